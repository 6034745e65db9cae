"""Texts that act: tables with commands, RTF with objects, pages and pictures with scripts, mail with programs.

A table with formulae, a page with a picture, a form: none of these is held for being what it is.
"""

import re

from linksync.knowledge.rules_commands import dde_code, is_program_name, package_code
from linksync.knowledge.subject import Subject

_SEARCHED = 48 << 20
_TABLE_ENDINGS = frozenset({"csv", "tsv", "tab", "slk", "iqy", "oqy", "dif"})
_CELL_DDE = re.compile(
    rb"(?:^|[;,\t\"|])\s*[=+@-][^;,\t\"\r\n]{0,80}?\b([A-Za-z][\w.]{1,30}\|[^;,\t\r\n!]{1,400})!", re.MULTILINE
)
_SYLK_CALL = re.compile(rb"^C;.*;E[^;\r\n]*(?:EXEC|CALL|REGISTER)\s*\(|^NN;.*auto_open", re.IGNORECASE | re.MULTILINE)
_WEB_QUERY = re.compile(rb"^\s*(?:WEB\s+\d*\s*)?(?:https?|ftp|\\\\)", re.IGNORECASE)
_RTF_DDE = re.compile(rb"\\fldinst\b[^\\]{0,20}(?:\{[^{}]{0,100})?\s*DDE(?:AUTO)?\b([^}]{0,400})", re.IGNORECASE)
_RTF_STARTS = re.compile(rb"\\objupdate\b|\\objautlink\b|\\objclass\s+(?:htmlfile|script|Equation\.3)", re.IGNORECASE)
_RTF_TEMPLATE = re.compile(rb"\\\*\\template\s+(?:https?|ftp|\\u-?\d|\\'[0-9a-f]{2})", re.IGNORECASE)
_RTF_DATA = re.compile(rb"\\objdata\b[^0-9A-Fa-f]{0,200}([0-9A-Fa-f\s]{64,})")
_PAGE_SCRIPT = re.compile(rb"<script\b|javascript:|\bon(?:load|click|error|mouseover|submit)\s*=", re.IGNORECASE)
_PICTURE_SCRIPT = re.compile(
    rb"<(?:\w+:)?script\b|javascript:|<!ENTITY|\son(?:load|click|error|begin|end|repeat|activate|focus\w*|mouse\w+|key\w+|unload)\s*=",
    re.IGNORECASE,
)
_ATTACHED = re.compile(rb"\b(?:file)?name\*?=\s*\"?([^\"\r\n;]{1,300})", re.IGNORECASE)


def table(subject: Subject) -> str | None:
    """Whether a table of text starts a program where a spreadsheet opens it; an ordinary formula is none."""
    if (
        subject.identity.media_type not in ("text/csv", "text/tab-separated-values")
        and subject.extension not in _TABLE_ENDINGS
    ):
        return None
    data = _all(subject)
    found = [dde_code(command) for command in (_CELL_DDE.findall(data) if b"|" in data and b"!" in data else ())]
    if found:
        return min(found, key=("dde-command", "dde").index)
    if subject.extension == "slk" or data.startswith(b"ID;P"):
        return "macros" if _SYLK_CALL.search(data) else None
    return "remote-content" if subject.extension in ("iqy", "oqy") and _WEB_QUERY.match(data) else None


def rich_text(subject: Subject) -> set[str]:
    """What an RTF starts or fetches when it is opened, and the files in it."""
    data = _all(subject)
    found = {dde_code(command) for command in _RTF_DDE.findall(data)}
    if _RTF_STARTS.search(data):
        found.add("rtf-object")
    if _RTF_TEMPLATE.search(data):
        found.add("remote-content")
    packages = package_code(bytes.fromhex(_even(digits)) for digits in _RTF_DATA.findall(data)[:64])
    return found | ({packages} if packages else set())


def page(subject: Subject) -> str | None:
    """Whether a web page runs a script when it is opened, as most do."""
    return "page-script" if _PAGE_SCRIPT.search(_all(subject)) else None


def picture(subject: Subject) -> str | None:
    """Whether an SVG is more than a picture."""
    return "picture-script" if _PICTURE_SCRIPT.search(_all(subject)) else None


def mail(subject: Subject) -> str | None:
    """Whether a message carries a program."""
    named = _ATTACHED.findall(_all(subject))
    return "embedded-program" if any(is_program_name(name) for name in named) else None


def _all(subject: Subject) -> bytes:
    """The text, as far as it is searched; UTF-16 without its zeros."""
    data = subject.text(_SEARCHED)
    return data.replace(b"\0", b"") if subject.identity.encoding.startswith("utf-16") else data


def _even(digits: bytes) -> str:
    text = b"".join(digits[: 8 << 20].split()).decode()
    return text[: len(text) // 2 * 2]
