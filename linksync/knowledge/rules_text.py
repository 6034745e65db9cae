"""Texts that act: tables with commands, RTF with objects, pages and pictures with scripts, mail with programs.

A table with formulae, a page with a picture, a form: none of these is held for being what it is.
"""

import re
from collections.abc import Iterator
from itertools import islice

from linksync.knowledge.rules_commands import INTERPRETERS, dde_code, is_program_name, package_code
from linksync.knowledge.rules_office import plain
from linksync.knowledge.subject import Subject

_SEARCHED, _LONGEST = 48 << 20, 4 << 30
_TABLE_ENDINGS = frozenset({"csv", "tsv", "tab", "slk", "iqy", "oqy", "dif"})
_CELL_DDE = re.compile(
    rb"(?:^|[;,\t\"|])[ \t]*[=+@-][^;,\t\"\r\n]{0,80}?\b([A-Za-z][\w.]{1,30}\|[^;,\t\r\n!]{1,400})!"
    rb"|\b((?:%s|msexcel)(?:\.exe)?[ \t]*\|[^\r\n!]{1,400})!" % INTERPRETERS.encode(),
    re.MULTILINE | re.IGNORECASE,
)
_SYLK_CALL = re.compile(rb"^C;.*;E[^;\r\n]*(?:EXEC|CALL|REGISTER)\s*\(|^NN;.*auto_open", re.IGNORECASE | re.MULTILINE)
_WEB_QUERY = re.compile(rb"^\s*(?:WEB\s+\d*\s*)?(?:https?|ftp|\\\\)", re.IGNORECASE)
_RTF_FIELD = re.compile(rb"\\fldinst\b(?=(.{0,1000}))", re.DOTALL)
_RTF_WORDS = re.compile(rb"\\[a-z]{1,32}-?\d{0,10} ?|\\\*|[{}\r\n\t]", re.IGNORECASE)
_RTF_DDE = re.compile(rb"\s*DDE(?:AUTO)?\b(.{0,400})", re.IGNORECASE | re.DOTALL)
_RTF_STARTS = re.compile(
    rb"\\objupdate\b|\\objautlink\b|\\objocx\b|\\objhtml\b|\\objclass\s+(?:htmlfile|script|Equation\.3)", re.IGNORECASE
)
_RTF_TEMPLATE = re.compile(rb"\\\*\\template\b[\s{]*(?:https?|ftp|\\u-?\d|\\'[0-9a-f]{2})", re.IGNORECASE)
_RTF_DATA = re.compile(rb"\\objdata\b\s*([0-9A-Fa-f\s]*)(\\?.?)", re.DOTALL)
_RTF_OBJECTS_MAX, _RTF_FIELDS_MAX = 1000, 20_000
_MACRO_XML = re.compile(
    rb"\bmacrosPresent\s*=\s*[\"']yes|vnd\.ms-office\.vbaProject|/relationships/vbaProject|editdata\.mso", re.IGNORECASE
)
_MIME = re.compile(rb"^MIME-Version:", re.IGNORECASE | re.MULTILINE)
_ACTIVE_MIME = re.compile(rb"\s*".join(bytes([one]) for one in b"QWN0aXZlTWlt"))
"""What Word puts macros in when it saves a document as a web page in one file."""
_PAGE_SCRIPT = re.compile(rb"<script\b|javascript:|\bon(?:load|click|error|mouseover|submit)\s*=", re.IGNORECASE)
_PICTURE_SCRIPT = re.compile(
    rb"(?<=[<:])(?:script|iframe|embed|object)\b|javascript:|<!ENTITY|\son[a-z]{3,30}\s*=\s*[\"']",
    re.IGNORECASE,
)
_SVG = "image/svg+xml"
_ATTACHED = re.compile(rb"\b(?:file)?name\*?=\s*\"?([^\"\r\n;]{1,300})", re.IGNORECASE)


def table(subject: Subject) -> str | None:
    """Whether a table of text starts a program where a spreadsheet opens it; an ordinary formula is none."""
    if (
        subject.identity.media_type not in ("text/csv", "text/tab-separated-values")
        and subject.extension not in _TABLE_ENDINGS
    ):
        return None
    found = [dde_code(command) for piece in _pieces(subject) for command in _cell_commands(piece)]
    if found:
        return min(found, key=("dde-command", "dde").index)
    data = next(_pieces(subject), b"")
    if subject.extension == "slk" or data.startswith(b"ID;"):
        return "macros" if any(map(_SYLK_CALL.search, _pieces(subject))) else None
    return "remote-content" if subject.extension in ("iqy", "oqy") and _WEB_QUERY.match(data) else None


def rich_text(subject: Subject) -> set[str]:
    """What an RTF starts or fetches when it is opened, and the files in it."""
    data = _all(subject).replace(b"\0", b"")
    fields = [one[1] for one in islice(_RTF_FIELD.finditer(data), _RTF_FIELDS_MAX)]
    begun = (_RTF_DDE.match(_RTF_WORDS.sub(b"", told.partition(b"\\fldrslt")[0])) for told in fields)
    found = {dde_code(field[1]) for field in begun if field}
    objects = _RTF_DATA.findall(data)
    too_many = len(objects) > _RTF_OBJECTS_MAX or len(fields) >= _RTF_FIELDS_MAX
    subject.unseen = subject.unseen or too_many
    if _RTF_STARTS.search(data) or any(end not in (b"}", b"") for _, end in objects):
        found.add("rtf-object")  # data with words between its digits is how one is hidden from who looks for it
    if _RTF_TEMPLATE.search(data):
        found.add("remote-content")
    packages = package_code(bytes.fromhex(_even(digits)) for digits, _ in objects[:_RTF_OBJECTS_MAX])
    return found | ({packages} if packages else set())


def macro_text(subject: Subject) -> str | None:
    """Whether it is a text in which Office keeps a document with macros: XML of Word, or a message of parts."""
    head = subject.sample.head
    if subject.identity.media_type == "application/xml":
        return "macros" if _MACRO_XML.search(_all(subject)) else None
    if not subject.identity.encoding or not _MIME.search(head.replace(b"\0", b"")):
        return None
    return "macros" if any(_ACTIVE_MIME.search(piece) for piece in _pieces(subject)) else None


def page(subject: Subject) -> str | None:
    """Whether a web page runs a script when it is opened, as most do."""
    return "page-script" if _PAGE_SCRIPT.search(_all(subject)) else None


def picture(subject: Subject) -> str | None:
    """Whether an SVG is more than a picture."""
    if subject.extension != "svg" and subject.identity.media_type != _SVG:
        return None
    return "picture-script" if _PICTURE_SCRIPT.search(plain(_all(subject))) else None


def mail(subject: Subject) -> str | None:
    """Whether a message carries a program."""
    named = _ATTACHED.findall(_all(subject))
    return "embedded-program" if any(is_program_name(name) for name in named) else None


def _cell_commands(piece: bytes) -> list[bytes]:
    found = _CELL_DDE.findall(piece) if b"|" in piece and b"!" in piece else ()
    return [one or other for one, other in found]


def _pieces(subject: Subject) -> Iterator[bytes]:
    """The text in pieces, however long it is; UTF-16 without its zeros."""
    wide = subject.identity.encoding.startswith("utf-16")
    for piece in subject.pieces(_LONGEST):
        yield piece.replace(b"\0", b"") if wide else piece


def _all(subject: Subject) -> bytes:
    """The text, as far as it is searched; UTF-16 without its zeros."""
    data = subject.text(_SEARCHED)
    return data.replace(b"\0", b"") if subject.identity.encoding.startswith("utf-16") else data


def _even(digits: bytes) -> str:
    text = b"".join(digits[: 8 << 20].split()).decode()
    return text[: len(text) // 2 * 2]
