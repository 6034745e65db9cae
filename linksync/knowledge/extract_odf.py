"""Text of odt, ods, odp and odg: body, headers, footers, notes and remarks; and what ``meta.xml`` says.

OpenDocument 1.3. Deleted text is left out; notes stand behind the text, so that they part no sentence.
"""

from linksync.knowledge.gathering import Gathering, UnreadableError
from linksync.knowledge.parts import Parts, Walker, walk

_FIELDS = {
    "title": "title",
    "initial-creator": "author",
    "creation-date": "created",
    "date": "modified",
    "creator": "creator",
}


def read(parts: Parts, into: Gathering) -> None:
    """Read an OpenDocument file.

    Raises:
        UnreadableError: it is encrypted, broken, or unpacks to too much.
    """
    if b"encryption-data" in parts.whole("meta-inf/manifest.xml"):
        raise UnreadableError("encrypted")
    meta = _Meta(into)
    walk(parts, "meta.xml", meta, into)
    into.author = into.author or meta.creator
    body = _Body(into)
    walk(parts, "content.xml", body, into)
    into.pages = body.slides or body.sheets or into.pages
    for note in body.notes:
        into.line()
        into.say(note)
    into.line()
    walk(parts, "styles.xml", _Margins(into), into)


class _Meta(Walker):
    """``meta.xml``."""

    def __init__(self, into: Gathering) -> None:
        self._into, self._field = into, ""
        self.creator = ""

    def start(self, name: str, said: dict[str, str]) -> None:
        self._field = _FIELDS.get(name, "")
        pages = said.get("page-count", "") if name == "document-statistic" else ""
        if pages.isascii() and pages.isdigit():
            self._into.pages = int(pages[:9])

    def end(self, _name: str) -> None:
        self._field = ""

    def text(self, text: str) -> None:
        if self._field:
            holder: object = self if self._field == "creator" else self._into
            setattr(holder, self._field, getattr(holder, self._field) + text[:4000])


class _Body(Walker):
    """``content.xml``: paragraphs; a row of a table is a line."""

    _LEFT_OUT = frozenset({"tracked-changes", "note-citation", "creator", "date", "date-string", "sender-initials"})
    _ASIDE = frozenset({"note", "annotation"})

    def __init__(self, into: Gathering) -> None:
        self._into = into
        self._left_out = self._cells = self._aside = self._paragraphs = self._tables = 0
        self._note: list[str] = []
        self.notes: list[str] = []
        self.slides = self.sheets = 0
        self._spreadsheet = False

    def start(self, name: str, said: dict[str, str]) -> None:
        if self._left_out or name in self._LEFT_OUT:
            self._left_out += 1
        elif name in ("p", "h"):
            self._paragraphs += 1
        elif name in ("s", "tab", "line-break"):
            self._say(" ")
        else:
            self._begin(name, said)

    def _begin(self, name: str, said: dict[str, str]) -> None:
        if name in self._ASIDE:
            self._aside += 1
        elif name == "table-cell":
            self._cells += 1
        elif name == "table":
            self._tables += 1
            if self._spreadsheet and self._tables == 1:
                self.sheets += 1
                self._say(said.get("name", ""))
                self._line()
        elif name == "page":
            self.slides += 1
        elif name == "spreadsheet":
            self._spreadsheet = True

    def end(self, name: str) -> None:
        if self._left_out:
            self._left_out -= 1
        elif name in ("p", "h"):
            self._paragraphs -= 1
            self._say(" ") if self._cells or self._aside else self._line()
        elif name == "table-row":
            self._line()
        elif name == "table-cell":
            self._cells -= 1
        elif name == "table":
            self._tables -= 1
        elif name in self._ASIDE:
            self._aside -= 1
            if not self._aside:
                self.notes.append("".join(self._note))
                self._note = []

    def text(self, text: str) -> None:
        if self._paragraphs and not self._left_out:
            self._say(text)

    def _say(self, text: str) -> None:
        if self._aside:
            self._note.append(text)
        else:
            self._into.say(text)

    def _line(self) -> None:
        if not self._aside:
            self._into.line()


class _Margins(Walker):
    """``styles.xml``: headers and footers of the pages."""

    _MARGINS = frozenset({"header", "footer", "header-left", "footer-left", "header-first", "footer-first"})

    def __init__(self, into: Gathering) -> None:
        self._into = into
        self._within = self._paragraphs = 0

    def start(self, name: str, _said: dict[str, str]) -> None:
        if name in self._MARGINS:
            self._within += 1
        elif name in ("p", "h"):
            self._paragraphs += 1

    def end(self, name: str) -> None:
        if name in self._MARGINS:
            self._within -= 1
        elif name in ("p", "h"):
            self._paragraphs -= 1
            if self._within:
                self._into.line()

    def text(self, text: str) -> None:
        if self._within and self._paragraphs:
            self._into.say(text)
