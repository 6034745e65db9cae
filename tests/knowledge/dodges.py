"""Hostile files that dodge: the same harm as in ``hostile``, written as no program writes it and as every reader reads.

Harmless in truth, like those.
"""

import base64
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

from compound import compound
from hostile import PE, Hostile, field, pdf, relation, shortcut, with_parts, without_field, zipped

_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_BEGIN = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_TEMPLATE = _KIND + "attachedTemplate"
_DDE = b' DDEAUTO cmd "/c calc" '
_SCRIPT = b"4 0 <</S/JavaScript/JS(app.alert\\(1\\))>>"
ONENOTE = b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"
_FILE_DATA = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")


def _relations(*lines: str) -> bytes:
    return _BEGIN + "".join(lines).encode() + b"</Relationships>"


def _external(attributes: str) -> bytes:
    return _relations(f"<Relationship {attributes}/>")


def _template(rels: bytes) -> bytes:
    return with_parts("letter-nl.docx", {"word/_rels/settings.xml.rels": rels})


def _renamed(data: bytes, old: str, new: str) -> bytes:
    """A document whose part has another name, and is found by its relation all the same."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        parts = {entry.filename: whole.read(entry) for entry in whole.infolist()}
    short = (old.partition("/")[2].encode(), new.partition("/")[2].encode())
    parts[new] = parts.pop(old)
    for name in ("[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"):
        parts[name] = parts[name].replace(*short)
    return zipped(parts)


def _in_text(text: bytes) -> bytes:
    return without_field("letter-nl.docx", "word/document.xml", (b"<w:p>", b"<w:p>" + text + b"</w:p>"))


def _other_prefix(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        parts = {entry.filename: whole.read(entry) for entry in whole.infolist()}
    text = parts["word/document.xml"]
    for old, new in ((b"<w:", b"<q:"), (b"</w:", b"</q:"), (b" w:", b" q:"), (b"xmlns:w=", b"xmlns:q=")):
        text = text.replace(old, new)
    return zipped({**parts, "word/document.xml": text})


def _wide(data: bytes, part: str) -> bytes:
    """A document with one part in UTF-16."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        parts = {entry.filename: whole.read(entry) for entry in whole.infolist()}
    text = parts[part].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return zipped({**parts, part: text.encode("utf-16")})


def _macro(target: str, named: str) -> bytes:
    kind = "http://schemas.microsoft.com/office/2006/relationships/" + named
    rels = _relations(f'<Relationship Id="r9" Type="{kind}" Target="{target}"/>')
    return with_parts("letter-nl.docx", {"word/_rels/document.xml.rels": rels, f"word/{target}": b"\xd0\xcf\x11\xe0"})


def _stored(data: bytes) -> bytes:
    """A deflated stream with what stands in it as it is, and the sum at its end wrong, which no reader looks at."""
    return zlib.compress(data)[:-4] + b"\0\0\0\0"


def _object_stream(packed: bytes, told: bytes = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>") -> bytes:
    return pdf(b"null", told % len(packed) + b"\nstream\n" + packed + b"\nendstream")


def _ending_within(data: bytes) -> bytes:
    """A stream that has the word for its end in it."""
    packer = zlib.compressobj(0)
    first = packer.compress(b"null endstream ") + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, zlib.DEFLATED, -15)
    return first + rest.compress(data) + rest.flush()


def _tarred(name: str, kind: int, data: bytes = PE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _other_name(shown: bytes, true: bytes) -> bytes:
    """A zip whose entry has another name for those who read the field of Info-ZIP."""
    told = struct.pack("<BL", 1, zlib.crc32(shown)) + true
    info = zipfile.ZipInfo(shown.decode())
    info.extra = struct.pack("<HH", 0x7075, len(told)) + told
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, PE)
    return out.getvalue()


def _uncounted(files: dict[str, bytes]) -> bytes:
    """A zip that counts one file less than its list has."""
    data = bytearray(zipped(files))
    for at in (8, 10):
        data[len(data) - 22 + at] -= 1
    return bytes(data)


def onenote(name: str, data: bytes) -> bytes:
    """A section of OneNote with a file in it."""
    kept = _FILE_DATA + struct.pack("<QLQ", len(data), 0, 0) + data + bytes(-len(data) % 8)
    return ONENOTE + bytes(1024) + name.encode("utf-16-le") + bytes(64) + kept + bytes(64)


def message(name: str, data: bytes) -> bytes:
    """A message of Outlook with one attachment."""
    streams = [("__properties_version1.0", bytes(32)), ("__substg1.0_3707001F", name.encode("utf-16-le"))]
    return compound([*streams, ("__substg1.0_37010102", data)])


def mail(attachment: bytes, headers: bytes) -> bytes:
    """A message with one attachment."""
    begin = b"From: a@b\r\nTo: c@d\r\nDate: x\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
    part = headers + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(attachment)
    return begin + b"boundary=q\r\n\r\n--q\r\n\r\nDag\r\n--q\r\n" + part + b"\r\n--q--\r\n"


def _told(name: str, data: bytes, class_: str, *codes: str) -> Hostile:
    return Hostile(name=name, data=data, codes=frozenset(codes), class_=class_)


def all_dodges() -> list[Hostile]:
    """All of them."""
    scripts = (
        b'<office:scripts><office:script script:language="ooo:Basic"><ooo:module/></office:script></office:scripts>'
    )
    archive = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=q\r\n\r\n--q\r\n"
    archive += b"Content-Location: editdata.mso\r\n\r\nQWN0aXZl\r\nTWltZQAAAfAEAAAA\r\n--q--\r\n"
    begin = b'<?xml version="1.0"?>'
    word = begin + b'<?mso-application progid="Word.Document"?>'
    word += b'<w:wordDocument xmlns:w="x" w:macrosPresent="yes"></w:wordDocument>'
    flat_package = begin + b'<pkg:package xmlns:pkg="x"><pkg:part'
    flat_package += b' pkg:contentType="application/vnd.ms-office.vbaProject"/></pkg:package>'
    macro = with_parts("letter-nl.docx", {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    flat = b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    flat += b'office:mimetype="application/vnd.oasis.opendocument.text">%s</office:document>'
    dde = _in_text(field(_DDE))
    escaped = b"".join(b"&#%d;" % byte for byte in b"DDEAUTO") + b" cmd"
    return [
        # Office: parts under other names, in other letters
        _told("m.docx", _macro("gegevens.bin", "vbaProject"), "hold", "macros"),
        _told("m.docx", _renamed(macro, "word/document.xml", "word/tekst.xml"), "hold", "macros"),
        _told("d.docx", _renamed(dde, "word/document.xml", "word/tekst.xml"), "refuse", "dde-command"),
        _told("d.docx", _wide(dde, "word/document.xml"), "refuse", "dde-command"),
        _told("d.docx", _other_prefix(dde), "refuse", "dde-command"),
        _told("d.docx", _in_text(field(b"<![CDATA[" + _DDE + b"]]>")), "refuse", "dde-command"),
        _told("d.docx", _in_text(field(b" DDE<!-- -->AUTO cmd ")), "refuse", "dde-command"),
        _told("d.docx", _in_text(field(escaped)), "refuse", "dde-command"),
        _told("d.docx", _in_text(field(_DDE).replace(b'"begin"', b"'begin'")), "refuse", "dde-command"),
        _told("d.docx", _in_text(b"<w:fldSimple w:instr='" + _DDE + b"'/>"), "refuse", "dde-command"),
        _told(
            "c.xlsx",
            with_parts(
                "sheets-nl.xlsx",
                {
                    "xl/deel.xml": b'<x><ddeLink ddeService="cmd" ddeTopic="/c"/></x>',
                    "xl/_rels/y.xml.rels": _relations(
                        f'<Relationship Id="r" Type="{_KIND}externalLink" Target="/xl/deel.xml"/>'
                    ),
                },
            ),
            "refuse",
            "dde-command",
        ),
        _told(
            "c.xlsx",
            with_parts(
                "sheets-nl.xlsx",
                {"xl/externalLinks/d\neel.xml": b'<x><ddeLink ddeService="cmd" ddeTopic="/c"/></x>'},
            ),
            "refuse",
            "dde-command",
        ),
        _told("d.docx", _renamed(dde, "word/document.xml", "word/header1.xml\n"), "refuse", "dde-command"),
        _told(
            "t.docx",
            _template(relation("attachedTemplate", "https://e.org/x").decode().encode("utf-16")),
            "hold",
            "remote-content",
        ),
        _told(
            "t.docx",
            _template(
                _external(f'Id="{"a" * 5000}" Type="{_TEMPLATE}" Target="https://e.org/x" TargetMode="External"')
            ),
            "hold",
            "remote-content",
        ),
        _told(
            "t.docx",
            _template(_external(f'Target="https://e.org/?a>b" Type="{_TEMPLATE}" TargetMode="External" Id="r"')),
            "hold",
            "remote-content",
        ),
        _told(
            "t.docx",
            _template(
                _external(
                    f'Id="r" Type="{_KIND}&#97;ttachedTemplate" Target="https://e.org/x" TargetMode="&#69;xternal"'
                )
            ),
            "hold",
            "remote-content",
        ),
        # flat documents
        _told("b.fodt", flat % scripts, "hold", "macros"),
        _told("b.xml", word, "hold", "macros"),
        _told("b.xml", flat_package, "hold", "macros"),
        _told("b.doc", archive, "hold", "macros"),
        # rich text
        _told("r.doc", b'{\\rt{\\field{\\*\\fldinst DDEAUTO cmd "/c calc"}{\\fldrslt x}}}', "refuse", "dde-command"),
        _told(
            "r.rtf",
            b'{\\rtf1\x01\x02{\\field{\\*\\fldinst DDEAUTO cmd "/c calc"}{\\fldrslt x}}}',
            "refuse",
            "dde-command",
        ),
        _told(
            "r.rtf",
            b"{\\rtf1{\\field{\\*\\fldinst{{\\rtlch\\af1 DDE}{\\b AUTO} cmd}}{\\fldrslt x}}}",
            "refuse",
            "dde-command",
        ),
        _told(
            "r.rtf",
            b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105{\\*\\x}0000020000000b00{\\*\\y 1}0000}}}",
            "hold",
            "rtf-object",
        ),
        # PDF
        _told("p.pdf", _object_stream(_stored(_SCRIPT)), "hold", "pdf-script"),
        _told("p.pdf", _object_stream(_ending_within(_SCRIPT)), "hold", "pdf-script"),
        _told(
            "p.pdf",
            _object_stream(zlib.compress(_SCRIPT), b"<</Type/O#62jStm/N 1/First 4/Filter/FlateDecode/Length %d>>"),
            "hold",
            "pdf-script",
        ),
        _told(
            "p.pdf",
            _object_stream(zlib.compress(_SCRIPT), b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>%%x\n"),
            "hold",
            "pdf-script",
        ),
        _told(
            "p.pdf",
            _object_stream(
                zlib.compress(_SCRIPT),
                b"<</Type/ObjStm/N 1/First 4/X(" + b"x" * 3000 + b")/Filter/FlateDecode/Length %d>>",
            ),
            "hold",
            "pdf-script",
        ),
        _told(
            "p.pdf",
            _object_stream(
                zlib.compress(_SCRIPT).hex().encode() + b">",
                b"<</Type/ObjStm/N 1/First 4/Filter[/ASCIIHexDecode/FlateDecode]/Length %d>>",
            ),
            "hold",
            "not-screened",
        ),
        _told("p.pdf", pdf(b"<</S%x\n/JavaScript/JS%x\n(app.alert\\(1\\))>>"), "hold", "pdf-script"),
        _told("p.pdf", pdf(b"<</S\0/JavaScript/JS\0(app.alert\\(1\\))>>"), "hold", "pdf-script"),
        _told("p.pdf", pdf(b"<</S%x\n/Launch/F(..\\\\x.exe)>>"), "refuse", "pdf-launch"),
        _told("p.pdf", pdf(b"<</Type/Filespec/F(x.exe)/EF 5 0 R>>", b"<</F 6 0 R>>"), "refuse", "embedded-program"),
        _told("p.pdf", pdf(b"<</Type/Filespec/F(x.docm)/EF<</F 5 0 R>>>>", b"null"), "hold", "macros"),
        # archives
        _told("a.zip", zipped({"lees.txt": b"x", "setup.exe.": PE}), "hold", "archive-program"),
        _told("a.zip", zipped({"lees.txt": b"x", "setup.exe ": PE}), "hold", "archive-program"),
        _told("a.zip", zipped({"factuur.js": b"x"}), "hold", "archive-program"),
        _told("a.zip", zipped({"factuur.iso": b"x"}), "hold", "disk-image"),
        _told("a.zip", zipped({"verslag.docm": b"x"}), "hold", "macros"),
        _told("a.zip", _other_name(b"lees.txt", b"setup.exe"), "hold", "contradictory"),
        _told("a.zip", _uncounted({"lees.txt": b"x", "setup.exe": PE}), "hold", "contradictory"),
        _told("a.tar", _tarred("x" * 120 + ".exe", tarfile.GNU_FORMAT), "hold", "archive-program"),
        _told("a.tar", _tarred("x" * 120 + ".exe", tarfile.PAX_FORMAT), "hold", "archive-program"),
        _told("a.zip", zipped({"manifest.json": b'{"manifest_version": 3}', "b.js": b"x"}), "refuse", "program"),
        _told("a.zip", b"tekst\n" * 4000 + zipped({"setup.exe": PE}), "hold", "polyglot"),
        # names and beginnings
        _told("desktop.ini", b"[.ShellClassInfo]\r\nIconResource=\\\\192.0.2.1\\x.ico,0\r\n", "hold", "remote-content"),
        _told("x.desktop", b"#\1\n[Desktop Entry]\nType=Application\nExec=sh -c x\n", "refuse", "shortcut-command"),
        _told("x.iso", b"GIF89a" + bytes(32763) + b"CD001" + bytes(40_000), "hold", "disk-image"),
        _told("x.appinstaller", b"<AppInstaller/>", "refuse", "program"),
        _told("x.terminal", b"<plist/>", "refuse", "script"),
        _told(
            "p.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><a href="java&#115;cript:x()"/></svg>',
            "hold",
            "picture-script",
        ),
        _told("p.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onpointerenter="x()"/>', "hold", "picture-script"),
        _told(
            "p.svg",
            b'<?xml version="1.0"?><!--'
            + b"x" * 20_000
            + b'--><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
            "hold",
            "picture-script",
        ),
        _told("t.csv", b"a,b\n\"=SUM(1,1)+cmd|' /C calc'!A0\",2\n", "refuse", "dde-command"),
        _told("t.csv", b"a;b\n=" + b"1+" * 60 + b"cmd|' /C calc'!A0;2\n", "refuse", "dde-command"),
    ]


def all_inside() -> list[Hostile]:
    """Those whose harm stands in a file that stands in them."""
    macro = with_parts("letter-nl.docx", {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    rich = b'{\\rtf1{\\field{\\*\\fldinst DDEAUTO cmd "/c calc"}{\\fldrslt x}}}'
    return [
        _told("a.zip", zipped({"brief.zip": zipped({"setup.exe": PE})}), "hold", "archive-program"),
        _told("a.zip", zipped({"brief.docx": macro}), "hold", "macros"),
        _told("a.zip", zipped({"t.rtf": rich}), "hold", "archive-program"),
        _told(
            "a.tar.gz",
            gzip.compress(_tarred("brief.zip", tarfile.PAX_FORMAT, zipped({"x.scr": PE}))),
            "hold",
            "archive-program",
        ),
        _told("a.tgz", gzip.compress(_tarred("setup.exe", tarfile.PAX_FORMAT)), "hold", "archive-program"),
        _told("a.tar.xz", lzma.compress(_tarred("setup.exe", tarfile.PAX_FORMAT)), "hold", "archive-program"),
        _told("a.tar.bz2", bz2.compress(_tarred("setup.exe", tarfile.PAX_FORMAT)), "hold", "archive-program"),
        _told("b.docx", with_parts("letter-nl.docx", {"word/embeddings/b.docm": macro}), "hold", "macros"),
        _told("m.eml", mail(macro, b'Content-Disposition: attachment; filename="brief.docx"'), "hold", "macros"),
        _told("m.eml", mail(zipped({"x.exe": PE}), b'Content-Type: x/y; name="a.zip"'), "hold", "archive-program"),
        _told("m.msg", message("factuur.pdf.exe", b"x"), "refuse", "embedded-program"),
        _told("m.msg", message("factuur.pdf", PE.ljust(5000, b"\0")), "refuse", "embedded-program"),
        _told("m.msg", message("brief.docx", macro), "hold", "macros"),
        _told(
            "b.doc", compound([("WordDocument", b"\xec\xa5" + bytes(600)), ("_vba_Project", b"x")]), "hold", "macros"
        ),
        _told("n.one", onenote("plaatje.png", PE), "refuse", "embedded-program"),
        _told("n.one", onenote("openen.hta", b"<script>1</script>"), "refuse", "embedded-program"),
        _told("n.one", onenote("foto.png", shortcut("C:\\x\\y.exe")), "refuse", "embedded-program"),
        _told(
            "m.eml",
            mail(PE, b"Content-Disposition: attachment; filename*=UTF-8''x%2Eexe"),
            "refuse",
            "embedded-program",
        ),
        _told("m.eml", mail(PE, b'Content-Type: x/y; name="=?utf-8?B?eC5leGU=?="'), "refuse", "embedded-program"),
        _told(
            "m.eml",
            mail(PE, b'Content-Disposition: attachment; filename*0="x.e"; filename*1="xe"'),
            "refuse",
            "embedded-program",
        ),
        _told("m.eml", mail(PE, b'Content-Disposition: attachment; filename="x.pdf"'), "refuse", "embedded-program"),
    ]
