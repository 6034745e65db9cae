"""Office Open XML and OpenDocument: macros, DDE, what is fetched from elsewhere, and files within.

A part counts by its relation as well as by its name, which is anybody's choice. Parts are unpacked under a budget and
searched as bytes; only relations are parsed.
"""

import re
from collections.abc import Iterator

from linksync.knowledge.listing import Entry
from linksync.knowledge.relations import Relation, UnreadableRelationsError, relations
from linksync.knowledge.rules_commands import dde_code, package_code
from linksync.knowledge.subject import Subject

_MACROS = re.compile(
    rb"(?:^|/)(?:vbaProject\.bin|vbaData\.xml)$|^xl/(?:intl)?macrosheets/.|(?:^|/)activeX/[^/\n]+\.bin$",
    re.IGNORECASE | re.MULTILINE,
)
_BASIC = re.compile(
    rb"^(?:Object [^/\n]*/)?(?:Basic/[^/\n]+/(?!script-lb\.xml$)[^/\n]+\.xml|Scripts/.*[^/\n])$", re.MULTILINE
)
_MACRO_WORDS = (b"vba", b"macrosheets", b"activex", b"basic/", b"scripts/")
"""One of these is in every such name."""
_RUNS = frozenset({"vbaproject", "xlmacrosheet", "xlintlmacrosheet", "control", "activexcontrolbinary"})
"""Kinds of relations that lead to a macro, or to a control that acts by itself."""
_FETCHED = frozenset({"attachedtemplate", "oleobject", "frame", "subdocument", "afchunk"})
_TEXT_KINDS = frozenset({"officedocument", "header", "footer", "footnotes", "endnotes", "comments", "glossarydocument"})
_LINK_KINDS = frozenset({"externallink"})
_OBJECT_KINDS = frozenset({"oleobject"})
_REMOTE = re.compile(r"\s*(?:https?|ftp|mhtml|ms-msdt|ms-[a-z]+|script|mk|ldap|webdav):", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_TEXTS = (
    re.compile(
        rb"^word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$", re.IGNORECASE | re.MULTILINE
    ),
    b"word/",
)
_LINKS = (
    re.compile(rb"^xl/externalLinks/[^/\n]+\.(?:xml|bin)$", re.IGNORECASE | re.MULTILINE),
    b"xl/externallinks/",
)
_SAID = rb"((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)"
"""The attributes of an element."""
_FIELD = re.compile(rb"(?<=[<:])(instrText|fldChar|fldSimple)\b" + _SAID + rb">([^<]*)")
_MARK = re.compile(rb"fldCharType\s*=\s*[\"']\s*(begin|separate|end)")
_SIMPLE = re.compile(rb"\binstr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_NO_WORDS = re.compile(rb"<[!?]")
_BETWEEN = re.compile(rb"<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)|<!\[CDATA\[|\]\]>", re.DOTALL)
_DDE = re.compile(rb"^\s*DDE(?:AUTO)?\b(.*)", re.IGNORECASE | re.DOTALL)
_DDE_LINK = re.compile(rb"(?<=[<:])ddeLink\b" + _SAID, re.IGNORECASE)
_DDE_BOOK = re.compile(rb"\A\xe8\x02(?:[\x00-\x7f]|[\x80-\xff][\x00-\x7f])\x01\0([\x00-\xff]{0,2000})")
"""The first record of a link of Excel's binary workbooks ([MS-XLSB] 2.4.165), where that is DDE."""
_ODF_PARTS = (b"content.xml", b"styles.xml")
_ODF_DDE = re.compile(rb"(?<=[<:])(?:dde-source|dde-connection-decl)\b" + _SAID)
_ODF_SCRIPTS = (b"vnd.sun.star.script:", b"macro:///")
_ODF_REMOTE = re.compile(
    rb"(?<=[<:])(?:section-source|table-source|object|plugin|applet|floating-frame)\b"
    rb"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?\bhref\s*=\s*[\"']\s*(?i:https?|ftp):",
)
_ODF_ADDRESS = re.compile(rb"href\s*=\s*[\"']\s*(?i:https?|ftp):")
_ODF_FETCHING = (
    b"section-source",
    b"table-source",
    b"object ",
    b"object\n",
    b"object\t",
    b"object\r",
    b"plugin",
    b"applet",
    b"floating-frame",
)
_FLAT_MODULE = re.compile(rb"(?<=[<:])module\b")
_OBJECTS = (
    re.compile(
        rb"(?:^|/)embeddings/[^/\n]+\.bin$|^Object \d+$|(?:^|/)oleObject\d*\.bin$", re.IGNORECASE | re.MULTILINE
    ),
    b"embeddings/",
    b"object",
)
_OBJECTS_MAX = 64
_OBJECT_MAX = 2 << 20
_TEXT_MAX = 32 << 20
_RELATIONS_MAX = 4 << 20


def macros(subject: Subject) -> str | None:
    """Whether there are macros in it; an OpenDocument's empty library is none."""
    may = any(word in subject.small_names for word in _MACRO_WORDS)
    if may and (_MACROS.search(subject.names) or _BASIC.search(subject.names)):
        return "macros"
    if any(one.kind in _RUNS for one in _relations(subject)):
        return "macros"
    return "macros" if any(map(_odf_acts, _odf_texts(subject))) else None


def dde(subject: Subject) -> str | None:
    """Whether it asks another program for data when it is opened."""
    found = [dde_code(command) for command in _dde_commands(subject)]
    return min(found, key=("dde-command", "dde").index) if found else None


def remote_content(subject: Subject) -> str | None:
    """Whether it fetches a template or an object from the internet; one on a disk or a company's server is usual."""
    external = (one for one in _relations(subject) if one.external and one.kind in _FETCHED)
    if any(_REMOTE.match(one.target) for one in external):
        return "remote-content"
    return "remote-content" if any(map(_odf_fetches, _odf_texts(subject))) else None


def embedded(subject: Subject) -> str | None:
    """Whether a file stands in it as an OLE package; a chart's table or a picture is none."""
    objects = _parts(subject, _OBJECTS, _OBJECT_KINDS)
    subject.unseen = subject.unseen or len(objects) > _OBJECTS_MAX
    return package_code(subject.begin(entry, _OBJECT_MAX) for entry in objects[:_OBJECTS_MAX])


def flat(subject: Subject) -> set[str]:
    """The same of an OpenDocument that is one text: modules of macros, their addresses, DDE and what is fetched."""
    text = _read(subject.text(_TEXT_MAX))
    found = {dde_code(command) for command in _odf_dde(text)}
    if _FLAT_MODULE.search(text) or _odf_acts(text):
        found.add("macros")
    return found | ({"remote-content"} if _odf_fetches(text) else set())


def _relations(subject: Subject) -> tuple[Relation, ...]:
    """All relations of all parts; those that cannot be read leave it unseen."""
    kept = subject.sample.lists.get("relations")
    if not isinstance(kept, tuple):
        kept = tuple(one for entry in subject.entries for one in _relations_in(subject, entry))
        subject.sample.lists["relations"] = kept
    return kept


def _relations_in(subject: Subject, entry: Entry) -> tuple[Relation, ...]:
    told = subject.part(entry, _RELATIONS_MAX) if entry.name.lower().endswith(b".rels") else b""
    try:
        return relations(told) if told else ()
    except UnreadableRelationsError:
        subject.unseen = True
        return ()


def _parts(
    subject: Subject, named: "tuple[re.Pattern[bytes], *tuple[bytes, ...]]", kinds: frozenset[str]
) -> list[Entry]:
    """The parts that have such a name, or that such a relation leads to."""
    targets = {one.target for one in _relations(subject) if one.kind in kinds and not one.external}
    led_to = {target.replace("\\", "/").rpartition("/")[2].lower().encode() for target in targets}
    places = set(subject.named(*named))
    if led_to:
        places.update(place for place, entry in enumerate(subject.entries) if _last_part(entry.name) in led_to)
    return [subject.entries[place] for place in sorted(places)]


def _last_part(name: bytes) -> bytes:
    return name.lower().replace(b"\\", b"/").rpartition(b"/")[2]


def _dde_commands(subject: Subject) -> Iterator[bytes]:
    for entry in _parts(subject, _TEXTS, _TEXT_KINDS):
        yield from _fields(subject.xml(entry, _TEXT_MAX))
    for entry in _parts(subject, _LINKS, _LINK_KINDS):
        if begin := _DDE_BOOK.match(subject.part(entry, 1 << 20)):
            yield begin[1].replace(b"\0", b"")
        else:
            yield from _DDE_LINK.findall(_read(subject.xml(entry, 1 << 20)))
    for text in _odf_texts(subject):
        yield from _odf_dde(text)


def _fields(text: bytes) -> Iterator[bytes]:
    """The commands of DDE fields; a field's instruction may be spread over many runs, and fields stand in fields."""
    if b"instr" not in text:
        return
    open_: list[bytes] = []
    for name, said, run in _FIELD.findall(_between(text)):
        mark = _MARK.search(said) if name == b"fldChar" else None
        if name == b"fldSimple":
            yield from (told for one, other in _SIMPLE.findall(said) for told in _DDE.findall(plain(one or other)))
        elif mark and mark[1] == b"begin":
            open_.append(b"")
        elif mark and open_:
            told = open_.pop()
            yield from _DDE.findall(told)
            if mark[1] == b"separate":
                open_.append(b"")
            elif open_:
                open_[-1] += told
        elif name == b"instrText":
            run = plain(run)
            if open_:
                open_[-1] += run
            yield from _DDE.findall(run)


def _between(text: bytes) -> bytes:
    """A text without what may stand within words and is none of them: comments, and the marks of plain text."""
    there = _NO_WORDS.search(text, 2) or b"<!" in text[:3]
    return _BETWEEN.sub(b"", text) if there else text


def plain(text: bytes) -> bytes:
    """A text without the references that may stand for its letters."""
    return _REFERENCE.sub(_letter, text)


def _letter(found: "re.Match[bytes]") -> bytes:
    number = min(int(found[1], 16) if found[1] else int(found[2]), 0x10FFFF)
    return chr(number).encode("utf-8", "replace")


def _read(text: bytes) -> bytes:
    return plain(_between(text))


def _odf_texts(subject: Subject) -> tuple[bytes, ...]:
    """The parts of an OpenDocument that may ask for something, read once."""
    if not subject.identity.media_type.startswith("application/vnd.oasis."):
        return ()
    kept = subject.sample.lists.get("odf")
    if not isinstance(kept, tuple):
        kept = tuple(_read(subject.xml(entry, _TEXT_MAX)) for entry in subject.entries if entry.name in _ODF_PARTS)
        subject.sample.lists["odf"] = kept
    return kept


def _odf_acts(text: bytes) -> bool:
    return any(word in text for word in _ODF_SCRIPTS)


def _odf_dde(text: bytes) -> list[bytes]:
    return _ODF_DDE.findall(text) if b"dde-" in text else []


def _odf_fetches(text: bytes) -> bool:
    """Whether it names what is fetched; addresses and words are looked for first, since most texts have neither."""
    may = _ODF_ADDRESS.search(text) and any(word in text for word in _ODF_FETCHING)
    return bool(may) and _ODF_REMOTE.search(text) is not None
