"""What a zip or an OLE2 file is: Office and OpenDocument by what they declare, books, programs, else an archive."""

import re

from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.identity import identity_of as _is
from linksync.knowledge.listing import Entry
from linksync.knowledge.ole2 import Ole2, read_ole2, stream
from linksync.knowledge.sample import Sample
from linksync.knowledge.zip_directory import local_entries, read_directory, unpack

ZIP = _is("application/zip", Family.ARCHIVE, "x-fmt/263")

_ENTRIES_LOOKED_AT = 2000
_MOST_TYPES = 64 << 10
_MAIN = re.compile(
    rb"application/vnd\.[\w.-]+?(?:document|template|sheet|presentation|slideshow|drawing|stencil|workbook|addin|fixeddocumentsequence"
    rb")(?:\.binary)?(?:\.macroEnabled)?\.main(?:\+xml)?"
)
_MACRO = "application/vnd.ms-{}.macroEnabled.12"
_OPEN = "application/vnd.openxmlformats-officedocument.{}"
_OOXML = {
    _OPEN.format("wordprocessingml.document"): "fmt/412",
    _OPEN.format("wordprocessingml.template"): "fmt/597",
    _OPEN.format("spreadsheetml.sheet"): "fmt/214",
    _OPEN.format("spreadsheetml.template"): "fmt/598",
    _OPEN.format("presentationml.presentation"): "fmt/215",
    _OPEN.format("presentationml.slideshow"): "fmt/629",
    _OPEN.format("presentationml.template"): "fmt/631",
    _MACRO.format("word.document"): "fmt/523",
    _MACRO.format("word.template"): "fmt/599",
    _MACRO.format("excel.sheet"): "fmt/445",
    _MACRO.format("excel.template"): "fmt/627",
    _MACRO.format("excel.addin"): "fmt/628",
    _MACRO.format("excel.sheet.binary"): "fmt/595",
    _MACRO.format("powerpoint.presentation"): "fmt/487",
    _MACRO.format("powerpoint.slideshow"): "fmt/630",
    _MACRO.format("powerpoint.template"): "fmt/632",
    _MACRO.format("powerpoint.addin"): "fmt/633",
    "application/vnd.ms-visio.drawing": "fmt/924",
}
_BY_PART = (
    (b"word/document.xml", _OPEN.format("wordprocessingml.document")),
    (b"xl/workbook.xml", _OPEN.format("spreadsheetml.sheet")),
    (b"ppt/presentation.xml", _OPEN.format("presentationml.presentation")),
)
_ODF = {
    "text": ("fmt/136", "fmt/290", "fmt/291", "fmt/1756"),
    "spreadsheet": ("fmt/137", "fmt/294", "fmt/295", "fmt/1755"),
    "presentation": ("fmt/138", "fmt/292", "fmt/293", "fmt/1754"),
    "graphics": ("fmt/139", "fmt/296", "fmt/297", "fmt/1753"),
}
_ODF_VERSION = re.compile(rb"""(?:manifest|office):version=["']1\.([0-3])["']""")
_ODF_TYPE = re.compile(rb"application/vnd\.oasis\.opendocument\.([a-z]+)(-template|-master)?\Z")


def by_zip(sample: Sample) -> Identity:
    """What a zip is: by the type it declares, else by the entries that only one format has."""
    entries = read_directory(sample, _ENTRIES_LOOKED_AT).listing.entries
    named = {entry.name: entry for entry in entries or local_entries(sample)}
    declared = _by_mimetype(sample, named) or _by_content_types(sample, named)
    return declared or _by_entries(sample, named) or (_by_folder(named) if not entries else None) or ZIP


def _by_folder(named: dict[bytes, Entry]) -> Identity | None:
    """Office Open XML that is cut off before its list and its declarations, by the folders that its parts stand in."""
    folders = {name.partition(b"/")[0] for name in named}
    if b"docProps" not in folders and b"_rels" not in folders:
        return None
    return next((_is(media, Family.OFFICE) for part, media in _BY_PART if part.partition(b"/")[0] in folders), None)


def _by_mimetype(sample: Sample, named: dict[bytes, Entry]) -> Identity | None:
    """OpenDocument and EPUB, which state their type in an entry of its own."""
    entry = named.get(b"mimetype")
    if entry is None:
        return None
    stated = unpack(sample, entry, 128).strip()
    if stated == b"application/epub+zip":
        return _is("application/epub+zip", Family.BOOK, "fmt/483")
    match = _ODF_TYPE.match(stated)
    if match is None:
        return None
    kind, template = match[1].decode("ascii"), (match[2] or b"").decode("ascii")
    return _is(f"application/vnd.oasis.opendocument.{kind}{template}", Family.OFFICE, _odf_pronom(sample, named, kind))


def _odf_pronom(sample: Sample, named: dict[bytes, Entry], kind: str) -> str:
    for part in (b"META-INF/manifest.xml", b"meta.xml", b"content.xml"):
        found = _ODF_VERSION.search(unpack(sample, named[part], 2048)) if part in named else None
        if found and kind in _ODF:
            return _ODF[kind][int(found[1])]
    return ""


def _by_content_types(sample: Sample, named: dict[bytes, Entry]) -> Identity | None:
    """Office Open XML, by the main part that ``[Content_Types].xml`` declares."""
    entry = named.get(b"[Content_Types].xml")
    if entry is None:
        return None
    found = _MAIN.search(unpack(sample, entry, _MOST_TYPES))
    if found is None:
        media_type = next((media for part, media in _BY_PART if part in named), "")
        if b"AppxManifest.xml" in named:
            return _is("application/appx", Family.PROGRAM)
        if b"FixedDocSeq.fdseq" in named:
            return _is("application/oxps", Family.OFFICE, "fmt/657")
        return _is(media_type, Family.OFFICE, _OOXML[media_type]) if media_type else None
    media_type = found[0].decode("ascii").removesuffix("+xml").removesuffix(".main")
    if media_type.endswith(".macroEnabled"):
        media_type += ".12"
    return _is(media_type, Family.OFFICE, _OOXML.get(media_type, ""))


def _by_entries(sample: Sample, named: dict[bytes, Entry]) -> Identity | None:
    """What only one format holds: Android's and Java's programs, Apple's documents, books of maps."""
    if b"AndroidManifest.xml" in named and b"classes.dex" in named:
        return _is("application/vnd.android.package-archive", Family.PROGRAM)
    if b"META-INF/MANIFEST.MF" in named:
        return _is("application/java-archive", Family.PROGRAM, "x-fmt/412")
    if any(name.startswith(b"Payload/") and b".app/" in name for name in named):
        return _is("application/x-ios-app", Family.PROGRAM)
    if b"install.rdf" in named or _is_extension(sample, named.get(b"manifest.json")):
        return _is("application/x-xpinstall", Family.PROGRAM)
    if b"doc.kml" in named:
        return _is("application/vnd.google-earth.kmz", Family.OTHER, "fmt/724")
    if b"Index/Document.iwa" in named or b"index.apxl" in named or b"Index.zip" in named:
        return _is("application/vnd.apple.iwork", Family.OFFICE)
    if b"Index/Presentation.iwa" in named:
        return _is("application/vnd.apple.keynote", Family.OFFICE)
    return next((_is(media, Family.OFFICE, _OOXML[media]) for part, media in _BY_PART if part in named), None)


def _is_extension(sample: Sample, manifest: Entry | None) -> bool:
    """Whether a browser would take it in as a part of itself; a web site may have a manifest too."""
    return manifest is not None and b'"manifest_version"' in unpack(sample, manifest, _MOST_TYPES)


_OLE2 = _is("application/x-ole-storage", Family.OTHER, "fmt/111")
_DOC, _XLS, _PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
_BY_STREAM = (
    (b"EncryptedPackage", _is("application/x-encrypted-ooxml", Family.OFFICE, "fmt/494")),
    (b"WordDocument", _is(_DOC, Family.OFFICE, "fmt/609")),
    (b"Workbook", _is(_XLS, Family.OFFICE)),
    (b"Book", _is(_XLS, Family.OFFICE, "fmt/59")),
    (b"PowerPoint Document", _is(_PPT, Family.OFFICE, "fmt/126")),
    (b"PP40", _is(_PPT, Family.OFFICE, "x-fmt/88")),
    (b"__properties_version1.0", _is("application/vnd.ms-outlook", Family.MAIL, "x-fmt/430")),
    (b"VisioDocument", _is("application/vnd.visio", Family.OFFICE, "fmt/442")),
    (b"Quill/", _is("application/x-mspublisher", Family.OFFICE)),
    (b"FileHeader", _is("application/x-hwp", Family.OFFICE)),
    (b"Catalog", _is("image/vnd.ms-thumbs-db", Family.OTHER)),
)


def by_ole2(sample: Sample) -> Identity:
    """What an OLE2 file is, by the streams that only one format has."""
    ole2 = read_ole2(sample)
    names = {entry.name for entry in ole2.listing.entries}
    if ole2.root_class == _INSTALLER:
        return _is("application/x-msi", Family.PROGRAM)
    found = next((identity for name, identity in _BY_STREAM if name in names), None)
    if found is None:
        return _by_class(ole2) or _by_sector(sample, ole2)
    if found.media_type == _DOC:
        return _is(_DOC, Family.OFFICE, _word_pronom(stream(sample, ole2, b"WordDocument", 32)))
    if found.media_type == _XLS and not found.pronom:
        return _is(_XLS, Family.OFFICE, _excel_pronom(stream(sample, ole2, b"Workbook", 16)))
    return found


def _by_class(ole2: Ole2) -> Identity | None:
    """By the class of the root, where a directory is cut off after its first sector."""
    known = {b"\x06\x09\x02\0": _DOC, b"\x20\x08\x02\0": _XLS, b"\x10\x08\x02\0": _XLS, b"\x10\x8d\x81\x64": _PPT}
    media_type = known.get(ole2.root_class[:4])
    return _is(media_type, Family.OFFICE) if media_type else None


def _by_sector(sample: Sample, ole2: Ole2) -> Identity:
    """By how Word's and Excel's main streams begin, where the directory is cut off."""
    if ole2.listing.entries:
        return _OLE2
    for at in range(ole2.sector, len(sample.head), ole2.sector):
        if sample.head.startswith(b"\xec\xa5", at) and sample.head[at + 3 : at + 4] in (b"\0", b"\1"):
            return _is(_DOC, Family.OFFICE)
        if sample.head.startswith(b"\x09\x08\x10\0\0\6\5\0", at):
            return _is(_XLS, Family.OFFICE)
    return _OLE2


def _word_pronom(information: bytes) -> str:
    """The version that Word's file information block begins with; one of its flags says that a password is asked."""
    if len(information) < 12 or information[:2] not in (b"\xec\xa5", b"\xdc\xa5"):
        return "fmt/609"
    if information[11] & 1:
        return "fmt/754"
    return "fmt/40" if int.from_bytes(information[2:4], "little") >= 0xC1 else "fmt/39"


def _excel_pronom(begin: bytes) -> str:
    """Excel 97 or later, by the build year in the workbook's first record."""
    if len(begin) < 12 or begin[:2] != b"\x09\x08" or begin[4:6] != b"\0\6":
        return ""
    return "fmt/61" if int.from_bytes(begin[10:12], "little") <= 1996 else "fmt/62"
