"""Text of docx, pptx and xlsx: bodies, headers, footers, notes, remarks, text in drawings; and their properties.

ECMA-376. Deleted text and field codes are left out, and so is the second copy that a text box keeps for older programs.
"""

import re
from collections.abc import Iterable

from linksync.knowledge.gathering import FullError, Gathering, UnreadableError
from linksync.knowledge.parts import Parts, Walker, walk
from linksync.knowledge.serial_dates import KNOWN_FORMATS, shown, shows_a_date

_WORD = (
    r"word/document\d*\.xml",
    r"word/(?:footnotes|endnotes)\d*\.xml",
    r"word/comments\d*\.xml",
    r"word/header\d*\.xml",
    r"word/footer\d*\.xml",
    r"word/diagrams/data\d*\.xml",
)
_POINT = (
    r"ppt/slides/slide\d+\.xml",
    r"ppt/notesslides/notesslide\d+\.xml",
    r"ppt/comments/[^/]+\.xml",
    r"ppt/diagrams/data\d*\.xml",
)
_EXCEL = (r"xl/(?:threadedcomments/threadedcomment|comments|drawings/drawing)\d*\.xml",)
_NUMBER = re.compile(r"\d+")
_NUMERIC = re.compile(r"\d{1,7}(?:\.\d{1,20})?")
_CELL_MAX = 32
"""Characters of a number in a cell; more is no number that people look for."""
_STRINGS_MAX = 16 << 20
"""Characters of the strings that all sheets share."""


def read(parts: Parts, into: Gathering) -> None:
    """Read a docx, pptx or xlsx, whichever its parts say that it is."""
    walk(parts, "docprops/core.xml", _Core(into), into)
    walk(parts, "docprops/app.xml", _App(into), into)
    if any(name.startswith("xl/") for name in parts.names):
        _read_sheets(parts, into)
        return
    slides = [name for name in parts.names if re.fullmatch(_POINT[0], name)]
    into.pages = len(slides) or into.pages
    _read_all(parts, _POINT if slides else _WORD, into)


def _read_all(parts: Parts, patterns: Iterable[str], into: Gathering) -> None:
    """Every part of these names; one that breaks costs itself, and the text is said to be cut."""
    for pattern in patterns:
        for name in sorted(filter(re.compile(pattern).fullmatch, parts.names), key=_in_order):
            try:
                walk(parts, name, _Paragraphs(into), into)
            except UnreadableError as error:
                into.cut, into.why = True, error.why
            into.line()


def _in_order(name: str) -> tuple[int, str]:
    found = _NUMBER.findall(name)
    return int(found[-1][:9]) if found else 0, name


class _Core(Walker):
    """``docProps/core.xml``: Dublin Core."""

    _FIELDS = {"title": "title", "creator": "author", "created": "created", "modified": "modified"}  # noqa: RUF012

    def __init__(self, into: Gathering) -> None:
        self._into, self._field = into, ""

    def start(self, name: str, _said: dict[str, str]) -> None:
        self._field = self._FIELDS.get(name, "")

    def end(self, _name: str) -> None:
        self._field = ""

    def text(self, text: str) -> None:
        if self._field:
            setattr(self._into, self._field, getattr(self._into, self._field) + text[:4000])


class _App(Walker):
    """``docProps/app.xml``: how many pages the program counted."""

    def __init__(self, into: Gathering) -> None:
        self._into, self._said = into, ""
        self._counting = False

    def start(self, name: str, _said: dict[str, str]) -> None:
        self._counting = name == "Pages"

    def end(self, name: str) -> None:
        if name == "Pages" and self._said.isascii() and self._said.isdigit():
            self._into.pages = int(self._said)
        self._counting = False

    def text(self, text: str) -> None:
        if self._counting:
            self._said = (self._said + text)[:9]


class _Paragraphs(Walker):
    """WordprocessingML and DrawingML: runs of text in paragraphs; a row of a table is a line."""

    HEEDS_ATTRIBUTES = False
    _LEFT_OUT = frozenset({"Fallback", "fld", "delText", "instrText", "pPrChange"})

    def __init__(self, into: Gathering) -> None:
        self._into = into
        self._saying = False
        self._left_out = self._cells = 0

    def start(self, name: str, _said: dict[str, str]) -> None:
        if self._left_out or name in self._LEFT_OUT:
            self._left_out += 1
        elif name in ("t", "text"):
            self._saying = True
        elif name == "tc":
            self._cells += 1
        elif name in ("tab", "br", "cr"):
            self._into.say(" ")

    def end(self, name: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        if name in ("t", "text"):
            self._saying = False
            if name == "text":  # a whole remark
                self._into.line()
        elif name == "tc":
            self._cells -= 1
        elif name == "p" and self._cells:
            self._into.say(" ")
        elif name in ("p", "tr"):
            self._into.line()

    def text(self, text: str) -> None:
        if self._saying and not self._left_out:
            self._into.say(text)


def _read_sheets(parts: Parts, into: Gathering) -> None:
    names = [name for name in parts.names if re.fullmatch(r"xl/(?:work|chart)sheets/[^/]+\.xml", name)]
    into.pages = len(names)
    book = _Book(into)
    walk(parts, "xl/workbook.xml", book, into)
    into.line()
    styles = _Styles()
    walk(parts, "xl/styles.xml", styles, into)
    shared = _Shared()
    try:
        walk(parts, "xl/sharedstrings.xml", shared, into)
    except (FullError, UnreadableError):
        into.cut = True
    for name in sorted(names, key=_in_order):
        try:
            walk(parts, name, _Sheet(shared.strings, styles.dates(), book.from_1904, into), into)
        except UnreadableError as error:
            into.cut, into.why = True, error.why
        into.line()
    _read_all(parts, _EXCEL, into)


class _Book(Walker):
    """The workbook: the names of the sheets, and from when days are counted."""

    def __init__(self, into: Gathering) -> None:
        self._into = into
        self.from_1904 = False

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "sheet":
            self._into.say(said.get("name", "") + " ")
        elif name == "workbookPr":
            self.from_1904 = said.get("date1904", "0") in ("1", "true")


class _Styles(Walker):
    """Which styles of cells show a number as a date."""

    def __init__(self) -> None:
        self._formats: dict[str, bool] = {str(number): True for number in KNOWN_FORMATS}
        self._used: list[str] = []
        self._in_cells = False

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[said.get("numFmtId", "")] = shows_a_date(said.get("formatCode", ""))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._used.append(said.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def dates(self) -> frozenset[str]:
        """The numbers of these styles."""
        return frozenset(str(style) for style, used in enumerate(self._used) if self._formats.get(used, False))


class _Shared(Walker):
    """The strings that all sheets share, by number; how they sound is left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._string: list[str] = []
        self._saying = False
        self._sounds = 0
        self._room = _STRINGS_MAX

    def start(self, name: str, _said: dict[str, str]) -> None:
        self._sounds += name == "rPh"
        self._saying = name == "t" and not self._sounds

    def end(self, name: str) -> None:
        self._saying = False
        self._sounds -= name == "rPh"
        if name == "si":
            self.strings.append("".join(self._string))
            self._string = []

    def text(self, text: str) -> None:
        if self._saying:
            self._room -= len(text)
            if self._room < 0:
                raise FullError
            self._string.append(text)


class _Sheet(Walker):
    """The cells of a sheet, a row a line; formulas are left out, what they came to is said."""

    def __init__(self, shared: list[str], dates: frozenset[str], from_1904: bool, into: Gathering) -> None:
        self._shared, self._dates, self._from_1904, self._into = shared, dates, from_1904, into
        self._kind, self._value, self._saying, self._style = "", "", False, ""

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "c":
            self._kind, self._value, self._style = said.get("t", "n"), "", said.get("s", "")
        self._saying = name in ("v", "t")

    def end(self, name: str) -> None:
        self._saying = False
        if name == "c":
            self._into.say(self._shown() + " ")
        elif name == "row":
            self._into.line()

    def text(self, text: str) -> None:
        if self._saying:
            self._value += text

    def _shown(self) -> str:
        if self._kind == "s":
            number = int(self._value) if self._value.isascii() and self._value.isdigit() else -1
            return self._shared[number] if 0 <= number < len(self._shared) else ""
        if self._kind in ("inlineStr", "str"):
            return self._value
        if self._kind == "e" or len(self._value) > _CELL_MAX:
            return ""
        if self._style in self._dates and _NUMERIC.fullmatch(self._value):
            return shown(float(self._value), self._from_1904) or self._value
        return self._value
