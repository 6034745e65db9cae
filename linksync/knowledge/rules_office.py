"""Office Open XML and OpenDocument: macros, DDE, what is fetched from elsewhere, and files within.

Parts are unpacked under a budget and searched as bytes; nothing is parsed that could expand.
"""

import re
from collections.abc import Iterator

from linksync.knowledge.listing import Entry
from linksync.knowledge.rules_commands import dde_code, package_code
from linksync.knowledge.subject import Subject

_MACROS = re.compile(
    rb"(?:^|/)(?:vbaProject\.bin|vbaData\.xml)$|^xl/(?:intl)?macrosheets/.|(?:^|/)activeX/[^/\n]+\.bin$",
    re.IGNORECASE | re.MULTILINE,
)
_BASIC = re.compile(
    rb"^(?:Object [^/\n]*/)?(?:Basic/[^/\n]+/(?!script-lb\.xml$)[^/\n]+\.xml|Scripts/.*[^/\n])$", re.MULTILINE
)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]{0,4000}>")
_TYPE = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/(attachedTemplate|oleObject|frame|subDocument)[\"']")
_TARGET = re.compile(rb"\bTarget\s*=\s*[\"']([^\"']*)[\"']")
_REMOTE = re.compile(r"\s*(?:https?|ftp|mhtml|ms-msdt|ms-[a-z]+|script|mk|ldap|webdav):", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_TEXTS = re.compile(rb"^word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$", re.IGNORECASE)
_FIELD = re.compile(
    rb"<w:instrText\b[^>]*>([^<]*)</w:instrText>|<w:fldChar\b[^>]*w:fldCharType=\"(begin|separate|end)\"|\bw:instr=\"([^\"]*)\""
)
_DDE = re.compile(rb"^\s*DDE(?:AUTO)?\b(.*)", re.IGNORECASE | re.DOTALL)
_DDE_LINK = re.compile(rb"<(?:\w+:)?ddeLink\b([^>]*)>", re.IGNORECASE)
_ODF_DDE = re.compile(rb"<(?:office:dde-source|text:dde-connection-decl)\b([^>]*)>")
_ODF_SCRIPT = re.compile(rb"vnd\.sun\.star\.script:|macro:///")
_ODF_REMOTE = re.compile(
    rb"<(?:text:section-source|table:table-source|draw:object|draw:plugin|draw:applet)\b[^>]*xlink:href=\"(?:https?|ftp):"
)
_OBJECTS = re.compile(
    rb"(?:^|/)embeddings/[^/\n]+\.bin$|^Object \d+$|(?:^|/)oleObject\d*\.bin$", re.IGNORECASE | re.MULTILINE
)
_OBJECTS_MAX = 64
_OBJECT_MAX = 2 << 20
_TEXT_MAX = 32 << 20


def macros(subject: Subject) -> str | None:
    """Whether there are macros in it; an OpenDocument's empty library is none."""
    if _MACROS.search(subject.names) or _BASIC.search(subject.names):
        return "macros"
    content = _named(subject, b"content.xml")
    return "macros" if content and _ODF_SCRIPT.search(content) else None


def dde(subject: Subject) -> str | None:
    """Whether it asks another program for data when it is opened."""
    found = [dde_code(command) for command in _dde_commands(subject)]
    return min(found, key=("dde-command", "dde").index) if found else None


def remote_content(subject: Subject) -> str | None:
    """Whether it fetches a template or an object from the internet; one on a disk or a company's server is usual."""
    for entry in subject.entries:
        told = subject.part(entry, 1 << 20) if entry.name.lower().endswith(b".rels") else b""
        if b"External" in told and any(map(_is_remote, _RELATION.findall(told))):
            return "remote-content"
    content = _named(subject, b"content.xml")
    return "remote-content" if content and _ODF_REMOTE.search(content) else None


def embedded(subject: Subject) -> str | None:
    """Whether a file stands in it as an OLE package; a chart's table or a picture is none."""
    if not _OBJECTS.search(subject.names):
        return None
    objects = [entry for entry in subject.entries if _OBJECTS.search(entry.name)]
    return package_code(subject.begin(entry, _OBJECT_MAX) for entry in objects[:_OBJECTS_MAX])


def _is_remote(relation: bytes) -> bool:
    if not _TYPE.search(relation) or b"External" not in relation:
        return False
    target = _TARGET.search(relation)
    return target is not None and _REMOTE.match(_unescaped(target[1].decode("utf-8", "replace"))) is not None


def _unescaped(text: str) -> str:
    """An address without the references that may stand for its letters."""
    return _REFERENCE.sub(lambda found: chr(min(int(found[1] or found[2], 16 if found[1] else 10), 0x10FFFF)), text)


def _dde_commands(subject: Subject) -> Iterator[bytes]:
    for entry in subject.entries:
        if _TEXTS.search(entry.name):
            yield from _fields(subject.part(entry, _TEXT_MAX))
        elif entry.name.startswith(b"xl/externalLinks/") and entry.name.endswith(b".xml"):
            yield from _DDE_LINK.findall(subject.part(entry, 1 << 20))
    content = _named(subject, b"content.xml")
    yield from _ODF_DDE.findall(content) if content else ()


def _fields(text: bytes) -> Iterator[bytes]:
    """The commands of DDE fields; a field's instruction may be spread over many runs, and fields stand in fields."""
    if b"instr" not in text:
        return
    open_: list[bytes] = []
    for run, mark, simple in _FIELD.findall(text):
        if mark == b"begin":
            open_.append(b"")
        elif mark and open_:
            told = open_.pop()
            yield from _DDE.findall(told)
            if mark == b"separate":
                open_.append(b"")
            elif open_:
                open_[-1] += told
        elif run and open_:
            open_[-1] += run
        yield from _DDE.findall(run or simple)


def _named(subject: Subject, name: bytes) -> bytes:
    """A part of an OpenDocument; empty where there is none."""
    if not subject.identity.media_type.startswith("application/vnd.oasis."):
        return b""
    entry: Entry | None = next((entry for entry in subject.entries if entry.name == name), None)
    return subject.part(entry, _TEXT_MAX) if entry else b""
