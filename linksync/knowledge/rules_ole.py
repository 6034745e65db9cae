"""The old Office formats (doc, xls, ppt, msg): macros, DDE, and files within, by their streams and records."""

import re
from collections.abc import Iterator
from itertools import takewhile

from linksync.knowledge.ole2 import excel_records, stream
from linksync.knowledge.rules_commands import dde_code, package_code
from linksync.knowledge.subject import Subject

_VBA = frozenset({b"vba/", b"macros/", b"_vba_project_cur/", b"_vba_project"})
_POWERPOINT_MACROS = re.compile(rb"\x02\0\0\x04\x0c\0\0\0.{4}\x01\0\0\0", re.DOTALL)
_WORD_DDE = re.compile(rb"\x13[ \r\n]*DDE(?:AUTO)? +([\x20-\x7e]{3,400})")
_WORD_DDE_WIDE = re.compile(rb"\x13\0(?: \0)*D\0D\0E\0(?:A\0U\0T\0O\0)?(?: \0)+((?:[\x20-\x7e]\0){3,400})")
_BOUND_SHEET, _SUP_BOOK, _END_OF_SHEET = 0x85, 0x1AE, 0x0A
_MACRO_SHEET = 1
_DDE_MARK = b"\x03"
_GLOBALS_MAX = 4 << 20
_RECORDS_MAX = 200_000
_SEARCHED = 512 << 20


def macros(subject: Subject) -> str | None:
    """Whether there are macros in it: VBA of Word, Excel and PowerPoint, and the macro sheets of Excel 4."""
    names = {entry.name for entry in subject.ole2.listing.entries}
    if _VBA & {name.lower() for name in names}:  # as a compound file's own rules look for them
        return "macros"
    if b"PowerPoint Document" in names and any(_POWERPOINT_MACROS.search(piece) for piece in subject.pieces(_SEARCHED)):
        return "macros"
    sheets = (data for kind, data in _records(subject) if kind == _BOUND_SHEET and len(data) > 5)
    return "macros" if any(data[5] == _MACRO_SHEET for data in sheets) else None


def dde(subject: Subject) -> str | None:
    """Whether it asks another program for data when it is opened."""
    commands = [data for kind, data in _records(subject) if kind == _SUP_BOOK and _DDE_MARK in data[4:]]
    if any(entry.name == b"WordDocument" for entry in subject.ole2.listing.entries):
        for piece in subject.pieces(_SEARCHED):
            commands += _WORD_DDE.findall(piece) + _WORD_DDE_WIDE.findall(piece)
    found = [dde_code(command.replace(b"\0", b"")) for command in commands]
    return min(found, key=("dde-command", "dde").index) if found else None


def embedded(subject: Subject) -> str | None:
    """Whether a file stands in it as an OLE package."""
    if not any(entry.name == b"\x01Ole10Native" for entry in subject.ole2.listing.entries):
        return None
    return package_code(subject.pieces(_SEARCHED)) or "embedded-file"


def _records(subject: Subject) -> Iterator[tuple[int, bytes]]:
    """The records of an Excel workbook's first part, in which sheets and links are named ([MS-XLS])."""
    names = {entry.name for entry in subject.ole2.listing.entries}
    name = next((name for name in (b"Workbook", b"Book") if name in names), b"")
    data = stream(subject.sample, subject.ole2, name, _GLOBALS_MAX) if name else b""
    return takewhile(lambda record: record[0] != _END_OF_SHEET, excel_records(data, _RECORDS_MAX))
