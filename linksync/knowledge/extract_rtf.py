r"""Text of RTF, by a small tolerant reader: groups, control words, and the characters that they stand for.

RTF 1.9.1. Tables of fonts, colours and styles, pictures, objects, field codes and what a reader that does not know it
shall skip (``\*``) are left out; headers, footers and footnotes are read.
"""

import codecs
import re
from typing import BinaryIO

from linksync.knowledge.gathering import Gathering, UnreadableError

BYTES_MAX = 32 << 20
DEPTH_MAX = 2000
_PAUSES = 20_000

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(\r\n|[^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
_SKIPPED = frozenset(
    b"""fonttbl colortbl stylesheet pict object objdata themedata colorschememapping datastore latentstyles listtable
    listoverridetable rsidtbl generator xmlnstbl fldinst filetbl revtbl mmathPr pgdsctbl nonshppict shpinst sp sn sv
    bkmkstart bkmkend ftnsep ftnsepc aftnsep aftnsepc ftncn aftncn datafield formfield atnid atnref atndate
    background template passwordhash ud""".split()
)
_KEPT_THOUGH_STARRED = frozenset({b"annotation", b"footnote", b"shptxt", b"shprslt"})
_LINES = frozenset({b"par", b"line", b"row", b"page", b"sect", b"column"})
_SPOKEN = {
    b"tab": "\t",
    b"cell": "\t",
    b"nestcell": "\t",
    b"emdash": "\u2014",
    b"endash": "\u2013",
    b"bullet": "\u2022",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"emspace": " ",
    b"enspace": " ",
}
_SYMBOLS = {b"~": "\u00a0", b"-": "", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_FIELDS = {b"title": "title", b"author": "author", b"creatim": "created", b"revtim": "modified"}


class _Group:
    """What holds between two braces."""

    __slots__ = ("field", "skipped", "unicode_copies")

    def __init__(self, skipped: bool = False, field: str = "", unicode_copies: int = 1) -> None:
        self.skipped, self.field, self.unicode_copies = skipped, field, unicode_copies

    def inner(self) -> "_Group":
        """A group within this one, where the same holds."""
        return _Group(self.skipped, self.field, self.unicode_copies)


class _Reader:
    def __init__(self, into: Gathering) -> None:
        self._into = into
        self._groups = [_Group()]
        self._starred = False
        self._left_out = 0  # characters that stand for one that was already said
        self._codec = "cp1252"
        self._eights = bytearray()
        self._high = 0
        self._fields: dict[str, list[str]] = {}
        self._date: dict[bytes, int] = {}

    def read(self, data: bytes) -> None:
        at, count = 0, 0
        while match := _TOKEN.match(data, at):
            at = match.end()
            word, number, eight, symbol, brace, text = match.groups()
            if eight is not None:
                self._eight(int(eight, 16))
                continue
            self._flush()
            if text is not None:
                self._text(text)
            elif word is not None:
                at += self._word(word, int(number) if number else None)
            elif brace is not None:
                self._brace(brace)
            elif symbol is not None:
                self._symbol(symbol)
            count += 1
            if count % _PAUSES == 0:
                self._into.pause()
        self._flush()

    def finish(self) -> None:
        for field, said in self._fields.items():
            setattr(self._into, field, "".join(said))

    def _brace(self, brace: bytes) -> None:
        self._left_out, self._starred = 0, False
        if brace == b"{":
            if len(self._groups) >= DEPTH_MAX:
                raise UnreadableError("unreadable")
            self._groups.append(self._groups[-1].inner())
        elif len(self._groups) > 1:
            left = self._groups.pop()
            if left.field in ("created", "modified") and self._date:
                self._end_date(left.field)

    def _end_date(self, field: str) -> None:
        year, month, day, hour, minute = (self._date.get(part, 0) for part in (b"yr", b"mo", b"dy", b"hr", b"min"))
        self._fields[field] = [f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00"]
        self._date = {}

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif symbol in (b"\r\n", b"\r", b"\n"):
            self._line()
        else:
            self._say(_SYMBOLS.get(symbol, ""))

    def _word(self, word: bytes, number: int | None) -> int:
        """Heed a control word; how many bytes behind it are no RTF."""
        group, starred = self._groups[-1], self._starred
        self._starred = False
        if word == b"bin":
            return max(0, number or 0)
        if word in _SKIPPED or (starred and word not in _KEPT_THOUGH_STARRED):
            group.skipped = True
        elif word in _LINES:
            self._line()
        elif word in _SPOKEN:
            self._say(_SPOKEN[word])
        elif word == b"info" or group.field:
            self._about(word, number, group)
        elif number is not None:
            self._encoding(word, number, group)
        return 0

    def _about(self, word: bytes, number: int | None, group: _Group) -> None:
        """A control word in what the document says of itself."""
        if word in _FIELDS:
            group.field = _FIELDS[word] if _FIELDS[word] not in self._fields else "other"
        elif group.field in ("created", "modified") and number is not None:
            self._date[word] = number
        elif not group.field:
            group.field = "other"
        elif number is not None:
            self._encoding(word, number, group)

    def _encoding(self, word: bytes, number: int, group: _Group) -> None:
        """A control word that says which characters are meant."""
        if word == b"u":
            self._unicode(number % 0x10000)
        elif word == b"uc":
            group.unicode_copies = min(max(number, 0), 8)
        elif word == b"ansicpg":
            self._codepage(number)

    def _codepage(self, number: int) -> None:
        name = {10000: "mac-roman", 65001: "utf-8"}.get(number, f"cp{number}")
        try:
            self._codec = codecs.lookup(name).name
        except LookupError:
            self._codec = "cp1252"

    def _unicode(self, unit: int) -> None:
        self._left_out = self._groups[-1].unicode_copies
        if 0xD800 <= unit < 0xDC00:
            self._high = unit
        elif 0xDC00 <= unit < 0xE000:
            if self._high:
                self._say(chr(0x10000 + ((self._high - 0xD800) << 10) + unit - 0xDC00), copied=False)
            self._high = 0
        else:
            self._say(chr(unit), copied=False)

    def _eight(self, byte: int) -> None:
        if self._left_out:
            self._left_out -= 1
        else:
            self._eights.append(byte)

    def _flush(self) -> None:
        """Say the bytes that stood one by one: together, for some alphabets take two for a character."""
        if self._eights:
            text = self._eights.decode(self._codec, "replace")
            self._eights.clear()
            self._say(text, copied=False)

    def _text(self, text: bytes) -> None:
        self._say(text.decode(self._codec, "replace"))

    def _say(self, text: str, copied: bool = True) -> None:
        if copied and self._left_out:
            left = min(self._left_out, len(text))
            self._left_out -= left
            text = text[left:]
        group = self._groups[-1]
        if not text or group.skipped:
            return
        if group.field:
            said = self._fields.setdefault(group.field, [])
            if len(said) < 1000 and group.field in ("title", "author"):
                said.append(text)
        else:
            self._into.say(text)

    def _line(self) -> None:
        group = self._groups[-1]
        if not group.skipped and not group.field:
            self._into.line()


def read(file: BinaryIO, size: int, into: Gathering) -> None:
    """Read an RTF document.

    Raises:
        UnreadableError: its groups stand deeper in each other than any program writes them.
    """
    file.seek(0)
    into.cut = size > BYTES_MAX
    reader = _Reader(into)
    try:
        reader.read(file.read(min(size, BYTES_MAX)))
    finally:
        reader.finish()
