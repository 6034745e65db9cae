"""Text of xls, the sheets of Excel 97 to 2003: the names of the sheets, and their cells, a row a line.

[MS-XLS] 2.4: records of a kind and a length, the strings of all sheets in one table that is cut into records.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from linksync.knowledge.extract_ole2 import STREAM_MAX, opened
from linksync.knowledge.gathering import Gathering, UnreadableError
from linksync.knowledge.ole2 import stream
from linksync.knowledge.serial_dates import KNOWN_FORMATS, shown, shows_a_date

_SHEET, _STRINGS, _CONTINUE, _LOCKED = 0x85, 0xFC, 0x3C, 0x2F
_SHARED, _LABEL, _NUMBER, _RK, _MANY, _FORMULA, _RESULT = 0xFD, 0x204, 0x203, 0x27E, 0xBD, 0x06, 0x207
_WIDE, _EXTENDED, _RICH = 1, 4, 8
_STRINGS_MAX = 1 << 20
_FORMAT, _STYLE, _COUNTS_FROM = 0x41E, 0xE0, 0x22


def read(file: BinaryIO, size: int, into: Gathering) -> None:
    """Read a workbook.

    Raises:
        UnreadableError: it is encrypted.
    """
    sample, ole2 = opened(file, size, into)
    data = stream(sample, ole2, b"Workbook", STREAM_MAX) or stream(sample, ole2, b"Book", STREAM_MAX)
    into.pages = 0
    strings: list[str] = []
    styles = _Styles()
    row = -1
    for count, (kind, pieces) in enumerate(_records(data)):
        if count % 4096 == 0:
            into.pause()
        if kind == _LOCKED:
            raise UnreadableError("encrypted")
        if kind == _SHEET:
            into.pages += 1
            into.say(_short(pieces[0][6:]) + " ")
        elif kind == _STRINGS:
            strings = _Strings(pieces).read()
            into.line()
        elif kind in (_FORMAT, _STYLE, _COUNTS_FROM):
            styles.heed(kind, pieces[0])
        elif said := _cell(kind, pieces[0], strings, styles):
            here = int.from_bytes(pieces[0][:2], "little") if kind != _RESULT else row
            if here != row:
                into.line()
            row = here
            into.say(said + " ")


def _records(data: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """The kind of each record, and its pieces: more than one where it goes on."""
    at, kind, pieces = 0, -1, [b""]
    while at + 4 <= len(data):
        next_kind, length = struct.unpack_from("<HH", data, at)
        body = data[at + 4 : at + 4 + length]
        at += 4 + length
        if next_kind == _CONTINUE:
            pieces.append(body)
            continue
        if kind >= 0:
            yield kind, pieces
        kind, pieces = next_kind, [body]
    if kind >= 0:
        yield kind, pieces


def _short(data: bytes) -> str:
    """A string with one byte for its length and one that says how wide it is."""
    length, wide = data[0] if data else 0, len(data) > 1 and data[1] & _WIDE
    return data[2 : 2 + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


class _Styles:
    """Which styles of cells show a number as a date."""

    def __init__(self) -> None:
        self._formats = set(KNOWN_FORMATS)
        self._used: list[int] = []
        self._from_1904 = False

    def heed(self, kind: int, data: bytes) -> None:
        """A record that says something of it."""
        if kind == _COUNTS_FROM:
            self._from_1904 = data[:2] == b"\1\0"
        elif kind == _STYLE:
            self._used.append(int.from_bytes(data[2:4], "little"))
        elif shows_a_date(_long(data[2:])):
            self._formats.add(int.from_bytes(data[:2], "little"))
        else:
            self._formats.discard(int.from_bytes(data[:2], "little"))

    def number(self, style: bytes, number: float) -> str:
        """A number as its style shows it: a date, or itself."""
        place = int.from_bytes(style, "little")
        date = place < len(self._used) and self._used[place] in self._formats
        return (shown(number, self._from_1904) if date else "") or f"{number:.15g}"


def _long(data: bytes) -> str:
    """A string with two bytes for its length and one that says how wide it is."""
    length, wide = int.from_bytes(data[:2], "little"), data[2:3] == b"\1"
    return data[3 : 3 + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


def _cell(kind: int, data: bytes, strings: list[str], styles: _Styles) -> str:
    """What a cell shows; empty for records that are none."""
    if kind == _SHARED:
        number = int.from_bytes(data[6:10], "little")
        return strings[number] if number < len(strings) else ""
    if kind in (_LABEL, _RESULT):
        return _long(data[6:] if kind == _LABEL else data)
    if kind == _NUMBER or (kind == _FORMULA and data[12:14] != b"\xff\xff"):
        return styles.number(data[4:6], struct.unpack_from("<d", data, 6)[0]) if len(data) >= 14 else ""
    if kind == _RK and len(data) >= 10:
        return styles.number(data[4:6], _rk(data[6:10]))
    if kind == _MANY:
        places = range(4, len(data) - 7, 6)
        return " ".join(styles.number(data[at : at + 2], _rk(data[at + 2 : at + 6])) for at in places)
    return ""


def _rk(data: bytes) -> float:
    """A number in four bytes: half a float or a whole number, maybe a hundredth of it."""
    (raw,) = struct.unpack("<l", data)
    number = float(raw >> 2) if raw & 2 else struct.unpack("<d", b"\0\0\0\0" + struct.pack("<L", raw & 0xFFFFFFFC))[0]
    return float(number / 100 if raw & 1 else number)


class _Strings:
    """The table of strings; each may go on in the next piece, which then says again how wide it is."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces, self._piece, self._at = pieces, 0, 8

    def read(self) -> list[str]:
        strings: list[str] = []
        count = min(int.from_bytes(self._pieces[0][4:8], "little"), _STRINGS_MAX)
        while len(strings) < count and self._piece < len(self._pieces):
            strings.append(self._string())
        return strings

    def _string(self) -> str:
        head = self._take(3)
        length, flags = int.from_bytes(head[:2], "little"), head[2] if len(head) > 2 else 0
        runs = int.from_bytes(self._take(2), "little") if flags & _RICH else 0
        extended = int.from_bytes(self._take(4), "little") if flags & _EXTENDED else 0
        said, wide = "", flags & _WIDE
        while True:
            size = 2 if wide else 1
            here = self._take_here(length * size)
            said += here.decode("utf-16-le" if wide else "latin-1", "replace")
            length -= len(here) // size
            if length <= 0 or self._piece + 1 >= len(self._pieces):
                break
            self._piece, self._at = self._piece + 1, 1
            wide = self._pieces[self._piece][:1] == b"\1"
        self._take(4 * runs + extended)
        return said

    def _take_here(self, length: int) -> bytes:
        """So many bytes, as far as this piece has them."""
        taken = self._pieces[self._piece][self._at : self._at + length] if self._piece < len(self._pieces) else b""
        self._at += len(taken)
        return taken

    def _take(self, length: int) -> bytes:
        """So many bytes, from the next pieces where this one ends."""
        taken = bytearray(self._take_here(length))
        while len(taken) < length and self._piece + 1 < len(self._pieces):
            self._piece, self._at = self._piece + 1, 0
            taken += self._take_here(length - len(taken))
        if self._at >= len(self._pieces[self._piece]) and self._piece + 1 >= len(self._pieces):
            self._piece += 1
        return bytes(taken)
