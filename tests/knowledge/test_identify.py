"""What a file is, by its content: real documents of every format, judged beside ``file`` and ``fido``."""

import io
import subprocess
import time
from pathlib import Path

import pytest
from documents import LOCKED, NAMES, document, folder
from hypothesis import given
from hypothesis import strategies as st
from media import need
from packed import MADE, zipped

from linksync.knowledge.identify import EMPTY, SHORTCUTS, UNKNOWN, identify
from linksync.knowledge.identity import Family, Identity

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
BY_ENDING = {
    "aiff": "audio/aiff",
    "3gp": "video/3gpp",
    "avi": "video/x-msvideo",
    "bmp": "image/bmp",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": OOXML + "wordprocessingml.document",
    "dotx": OOXML + "wordprocessingml.template",
    "eml": "message/rfc822",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "html": "text/html",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "md": "text/markdown",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "odp": ODF + "presentation",
    "ods": ODF + "spreadsheet",
    "odt": ODF + "text",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "ott": ODF + "text-template",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppsx": OOXML + "presentationml.presentation",  # LibreOffice declares no show
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": OOXML + "presentationml.presentation",
    "rtf": "application/rtf",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "wma": "audio/x-ms-wma",
    "wmv": "video/x-ms-wmv",
    "xhtml": "application/xhtml+xml",
    "xls": "application/vnd.ms-excel",
    "xlsx": OOXML + "spreadsheetml.sheet",
}
LOCKED_OOXML = "application/x-encrypted-ooxml"
# What Debian's file calls otherwise, or does not know
CALLED = {
    "application/rtf": {"text/rtf"},
    "application/xhtml+xml": {"text/html", "text/xml"},
    "audio/aiff": {"audio/x-aiff"},
    "audio/mp4": {"audio/x-m4a"},
    "audio/wav": {"audio/x-wav"},
    "audio/x-ms-wma": {"video/x-ms-asf"},
    "video/x-ms-wmv": {"video/x-ms-asf"},
    "text/csv": {"text/plain", "application/csv"},
    "text/markdown": {"text/plain"},
    LOCKED_OOXML: {"application/encrypted"},
    OOXML + "wordprocessingml.template": {OOXML + "wordprocessingml.document"},
}
# The ids of what has no version in its name, where fido goes by the name alone or knows the older versions only
# (fmt/111 says no more than that it is OLE2)
NO_VERDICT = {"csv", "txt", "md", "svg", "odt", "ott", "ods", "odp", "eml", "html", "xhtml"}


def told(data: bytes) -> Identity:
    return identify(io.BytesIO(data), len(data))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_what_the_program_that_made_it_says(name: str) -> None:
    expected = LOCKED_OOXML if name == "locked-nl.docx" else BY_ENDING[name.rpartition(".")[2]]
    assert told(document(name).read_bytes()).media_type == expected


@pytest.mark.parametrize("kind", MADE)
def test_archives_images_and_programs_are_told(kind: str) -> None:
    make, media_type = MADE[kind]
    assert told(make()).media_type == media_type


def test_file_sees_the_same_in_every_document() -> None:
    paths = [document(name) for name in NAMES]
    command = [need("file"), "--brief", "--mime-type", *map(str, paths)]
    seen = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    ours = [told(path.read_bytes()).media_type for path in paths]
    other = [
        (path.name, mine, theirs)
        for path, mine, theirs in zip(paths, ours, seen, strict=True)
        if theirs != mine and theirs not in CALLED.get(mine, set())
    ]
    assert other == []


def test_fido_gives_the_same_pronom_ids() -> None:
    command = [
        need("fido"),
        "-q",
        "-matchprintf",
        "%(info.filename)s\t%(info.puid)s\t%(info.matchtype)s\n",
        str(folder()),
    ]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    seen: dict[str, set[str]] = {}
    for line in lines:
        path, puid, how = line.split("\t")
        judged = path.rpartition(".")[2] not in NO_VERDICT and Path(path).name not in LOCKED
        if judged and how in ("signature", "container") and puid != "fmt/111":
            seen.setdefault(path, set()).add(puid)
    ours = {path: told(Path(path).read_bytes()).pronom for path in seen}
    assert len(seen) > 50
    assert {path: (ours[path], puids) for path, puids in seen.items() if ours[path] and ours[path] not in puids} == {}


@pytest.mark.parametrize(
    ("ending", "pronom"),
    [("odt", "fmt/1756"), ("ods", "fmt/1755"), ("odp", "fmt/1754"), ("xls", "fmt/61"), ("epub", "fmt/483")],
)
def test_the_version_of_a_format_is_in_its_id(ending: str, pronom: str) -> None:
    names = [name for name in NAMES if name.endswith(f".{ending}")]
    assert names
    assert {told(document(name).read_bytes()).pronom for name in names} == {pronom}


MACROS = [
    ("document", "word", "fmt/523"),
    ("template", "word", "fmt/599"),
    ("sheet", "excel", "fmt/445"),
    ("template", "excel", "fmt/627"),
    ("sheet.binary", "excel", "fmt/595"),
    ("addin", "excel", "fmt/628"),
    ("presentation", "powerpoint", "fmt/487"),
    ("slideshow", "powerpoint", "fmt/630"),
    ("template", "powerpoint", "fmt/632"),
]


@pytest.mark.parametrize(("kind", "program", "pronom"), MACROS)
def test_documents_that_may_hold_macros_are_told_by_what_they_declare(kind: str, program: str, pronom: str) -> None:
    main = f"application/vnd.ms-{program}.{kind}.macroEnabled.main{'' if 'binary' in kind else '+xml'}"
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    identity = told(zipped({"[Content_Types].xml": types.encode(), "word/document.xml": b"<x/>"}))
    assert identity.media_type == f"application/vnd.ms-{program}.{kind}.macroEnabled.12"
    assert (identity.family, identity.pronom) == (Family.OFFICE, pronom)


TEXTS = {
    "utf-8": "Één café in Coevorden, waar iedereen komt.\n",
    "utf-16-le": "Één café in Coevorden, waar iedereen komt.\n",
    "utf-16-be": "Één café in Coevorden, waar iedereen komt.\n",
    "cp1252": "“Één café” in Coevorden… waar iedereen komt.\n",
}


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_of_a_text_is_told(encoding: str, marked: bool) -> None:
    mark = "\ufeff".encode(encoding) if marked and encoding != "cp1252" else b""
    identity = told(mark + (TEXTS[encoding] * 9).encode(encoding))
    assert (identity.media_type, identity.encoding) == ("text/plain", encoding)


def test_a_character_that_the_head_cuts_in_two_is_no_other_encoding() -> None:
    for pad in range(4):
        assert told(b"x" * pad + "é€".encode() * 10_000).encoding == "utf-8"


def test_a_text_whose_later_part_is_cp1252_is_not_called_utf8() -> None:
    assert told(b"plain words\n" * 5000 + "café\n".encode("cp1252")).encoding == "cp1252"


SMALL = {
    b"[InternetShortcut]\r\nURL=https://example.org/\r\n": "application/x-mswinurl",
    b"[{000214A0-0000-0000-C000-000000000046}]\r\nProp3=19,2\r\n[InternetShortcut]\r\nURL=https://x.nl/\r\n": (
        "application/x-mswinurl"
    ),
    b"; of a camera\r\n[autorun]\r\nopen=setup.exe\r\n": "application/x-autorun",
    b"[Desktop Entry]\nType=Link\nURL=https://example.org/\n": "application/x-desktop",
    b'<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/x.dtd">'
    b'<plist version="1.0">'
    b"<dict><key>URL</key><string>https://example.org/</string></dict></plist>": "application/x-webloc",
    b"#!/bin/sh\nls\n": "text/x-shellscript",
    b"#!/usr/bin/env python3\nprint(1)\n": "text/x-python",
    b"@echo off\r\ndel *.*\r\n": "application/x-bat",
    b"REM tidy\r\n@ECHO OFF\r\ndel *.*\r\n": "application/x-bat",
    b'Option Explicit\r\nDim shell\r\nSet shell = CreateObject("WScript.Shell")\r\nshell.Run\r\n': "text/vbscript",
    b"param([string]$Name)\r\nWrite-Host $Name\r\n": "text/x-powershell",
    b"$a = New-Object Net.WebClient\r\nInvoke-Expression $a\r\n": "text/x-powershell",
    b"var shell = new ActiveXObject('WScript.Shell');\r\n": "text/javascript",
    b"<html><head><hta:application id=x></head></html>": "application/hta",
    b"<?php echo 1;": "text/x-php",
    b'{"plan": [1, 2, {"a": null}]}': "application/json",
    b'{"a": 1}\n{"a": 2}\n': "application/jsonl",
    b"<?xml version='1.0'?>\n<!-- a plan -->\n<plan/>": "application/xml",
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg xmlns="http://www.w3.org/2000/svg"/>': "image/svg+xml",
    b"<!-- saved --><!DOCTYPE html><title>Plan</title><p>Het plan": "text/html",
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n": "text/vcard",
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n": "text/calendar",
    b"From a@b.nl Tue Nov 24 10:00:00 2026\nFrom: a@b.nl\nTo: c@d.nl\nDate: x\nSubject: y\n\nz\n": "application/mbox",
    b"naam;plaats;aantal\r\nAnna;Assen;3\r\nBram;Coevorden;4\r\n": "text/csv",
    b"naam\tplaats\nAnna\tAssen\n": "text/tab-separated-values",
    b"# Het plan\n\nWij gaan **samen** aan de slag.\n\n- een\n- twee\n": "text/markdown",
    b"Beste Anna, Bram en Cor,\n\nDank, ook namens de buurt.\nGroet, Dirk\n": "text/plain",
    b"Dim the lights, please. On error resume next week.\n": "text/plain",
    b"# settings\nname = 3\nother = 4\nthird: yes\n": "text/plain",
    b"import os\n\n# a comment\n\ndef plan():\n    return os.name\n\nx = plan()\n": "text/plain",
    b"Van: wij\nAan: jullie\nOver: het plan\n\nDit is geen mail.\n": "text/plain",
    b"MZ is what programs of Windows begin with, and so does this text.\n": "text/plain",
    b"BM Accountants, Assen\n": "text/plain",
    b"PK Techniek in Emmen levert het dak.\n": "text/plain",
    b"A letter that tells of %PDF and of PK.\n": "text/plain",
}


@pytest.mark.parametrize("data", SMALL, ids=lambda data: data[:24].decode("latin-1"))
def test_small_texts_are_told_apart_by_how_they_begin(data: bytes) -> None:
    assert told(data).media_type == SMALL[data]


def test_shortcuts_are_among_those_that_are_named() -> None:
    named = {media_type for media_type in SMALL.values() if media_type in SHORTCUTS}
    assert named | {"application/x-ms-shortcut"} == SHORTCUTS


def test_what_nobody_knows_is_called_nothing_else() -> None:
    assert told(b"") == EMPTY
    assert told(bytes(range(1, 256)) * 3) == UNKNOWN
    assert told(bytes(1000)) == UNKNOWN


def test_a_zip_behind_something_unknown_is_found_from_its_end() -> None:
    assert told(b"\0\1\2\3 something unknown" + zipped()).media_type == "application/zip"


def test_a_cut_document_is_still_identified_by_its_beginning() -> None:
    for name in ("letter-nl.odt", "letter-nl.docx", "letter-nl.epub", "letter-nl.doc", "letter-nl.pdf", "film.mp4"):
        data = document(name).read_bytes()
        assert told(data[: len(data) // 2]).media_type == BY_ENDING[name.rpartition(".")[2]]


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


@pytest.mark.parametrize("begin", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7", b"text\n" * 9])
def test_of_a_large_file_little_is_read(begin: bytes) -> None:
    file = Counted(begin + bytes(32 << 20))
    identify(file, len(begin) + (32 << 20))
    assert file.taken < 1 << 20


@given(st.binary(max_size=4096))
def test_no_bytes_raise(data: bytes) -> None:
    assert told(data).media_type


@given(st.sampled_from(NAMES), st.data())
def test_flipped_and_cut_documents_raise_nothing(name: str, data: st.DataObject) -> None:
    whole = bytearray(document(name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.one_of(st.integers(0, min(600, len(whole) - 1)), st.integers(0, len(whole) - 1)))
        whole[place] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(1, len(whole)))
    assert told(bytes(whole[:cut])).media_type


HARD = {
    "brackets": b"<!DOCTYPE x [" * 1200,
    "comments": b"<!--" * 4000,
    "power comments": b"<##>" * 4000,
    "batch comments": b"rem\n" * 4000,
    "headers": b"From: a\n" * 2000,
    "folded headers": b"From: a\n" + b" b\n" * 5000,
    "braces": b'{"' + b"\\" * 16000,
    "nested json": b"[" * 16000,
    "links": b"[" * 16000,
    "stars": b"**" * 8000,
    "pipes": b"|" * 16000,
    "quotes": b'"' * 16001,
    "types": b"PK\x03\x04" + b"application/vnd." * 1000,
    "spaces": b"<!DOCTYPE html" + b" " * 16000,
    "semicolons": b";" * 16000,
}


@pytest.mark.parametrize("kind", HARD)
def test_texts_made_to_be_hard_take_no_longer(kind: str) -> None:
    begun = time.process_time()
    assert told(HARD[kind])
    assert time.process_time() - begun < 0.5
