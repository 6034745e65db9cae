"""The documents that tests are made of are what they say, in the eyes of others."""

import subprocess

import pytest
from documents import NAMES, document, folder
from media import need

KINDS = {
    "doc": "Composite Document File V2 Document",
    "docx": "Microsoft Word 2007+",
    "gif": "GIF image data",
    "html": "HTML document",
    "jpg": "JPEG image data",
    "mkv": "Matroska data",
    "mov": "ISO Media, Apple QuickTime movie",
    "mp3": "Audio file with ID3",
    "mp4": "ISO Media",
    "odp": "OpenDocument Presentation",
    "ods": "OpenDocument Spreadsheet",
    "odt": "OpenDocument Text",
    "pdf": "PDF document",
    "png": "PNG image data",
    "pptx": "Microsoft PowerPoint 2007+",
    "rtf": "Rich Text Format data",
    "wav": "RIFF (little-endian) data, WAVE audio",
    "xls": "Composite Document File V2 Document",
    "xlsx": "Microsoft Excel 2007+",
}


@pytest.mark.parametrize("ending", KINDS)
def test_a_document_is_of_the_kind_that_its_name_says(ending: str) -> None:
    paths = [str(document(name)) for name in NAMES if name.endswith(f".{ending}") and name != "locked-nl.docx"]
    told = subprocess.run([need("file"), "--brief", *paths], check=True, capture_output=True, text=True).stdout
    assert [line for line in told.splitlines() if not line.startswith(KINDS[ending])] == []


def test_a_document_that_asks_for_a_password_is_really_locked() -> None:
    locked = document("locked-nl.docx").read_bytes()
    assert b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in locked
    assert b"/Encrypt" in document("locked-nl.pdf").read_bytes()


def test_there_is_nothing_beside_the_documents_that_are_named() -> None:
    assert sorted(path.name for path in folder().iterdir()) == sorted(NAMES)


def test_only_documents_that_are_made_here_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="not made here"):
        document("plan.docx")
