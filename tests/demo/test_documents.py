"""Real documents: whole, readable by strict readers, the same everywhere."""

import io
import re
import struct
import zipfile
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linksync.demo.documents import (
    make_document,
    make_docx,
    make_odt,
    make_pdf,
    make_png,
    make_txt,
    make_xlsx,
)

TITLE = "Coördinatie: één 'gewoon' idee, 100% (& meer)"
PARAGRAPHS = ("Geïnteresseerde patiënten: é ë ï ö ü, € 12,50.", r"Haakjes (open \ dicht) & <geen tag>.")
OFFICE = {
    "docx": make_docx(TITLE, PARAGRAPHS),
    "odt": make_odt(TITLE, PARAGRAPHS),
    "xlsx": make_xlsx(TITLE, [("Vóór", "Na"), (12, 7.5)]),
}
WORDS = st.text(st.characters(codec="cp1252", exclude_categories=["C", "Z"]) | st.just(" "), max_size=300)


def parsed(xml: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(xml)  # noqa: S314 (these bytes were made by the code under test)


def text_of(package: bytes, part: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return [text for text in parsed(opened.read(part)).itertext() if text]


def objects(pdf: bytes) -> dict[int, bytes]:
    """The objects of a PDF, found through its cross-reference table alone."""
    found = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", pdf)
    assert found is not None
    table = pdf[int(found[1]) :]
    head = re.match(rb"xref\n0 (\d+)\n0000000000 65535 f \n", table)
    assert head is not None
    bodies = {}
    for number in range(1, int(head[1])):
        entry = table[head.end() + 20 * (number - 1) :][:20]
        assert re.fullmatch(rb"\d{10} 00000 n \n", entry)
        body = pdf[int(entry[:10]) :]
        start = b"%d 0 obj\n" % number
        assert body.startswith(start)
        bodies[number] = body[len(start) : body.index(b"\nendobj\n")]
    return bodies


def shown_text(pdf: bytes) -> str:
    """The words that a PDF's pages show, in order."""
    words = []
    for body in objects(pdf).values():
        stream = re.fullmatch(rb"<< /Length (\d+) >>\nstream\n(.*)\nendstream", body, re.DOTALL)
        if stream is not None:
            assert int(stream[1]) == len(stream[2])
            lines = re.findall(rb"^\(((?:[^()\\]|\\.)*)\) Tj T\*$", stream[2], re.MULTILINE)
            words += [re.sub(rb"\\(.)", rb"\1", line).decode("cp1252") for line in lines]
    return " ".join(" ".join(words).split())


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a four-bit picture, after checking every chunk."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", png, at + 8 + size) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        at += 12 + size
    assert next(iter(chunks)) == b"IHDR"
    assert list(chunks)[-1] == b"IEND"
    w, h, depth, colours, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colours, rest, len(chunks[b"PLTE"])) == (4, 3, [0, 0, 0], 48)
    raw, stride = zlib.decompress(chunks[b"IDAT"]), 1 + (w + 1) // 2
    assert len(raw) == h * stride
    assert set(raw[::stride]) == {0}
    return w, h, [raw[y * stride + 1 : (y + 1) * stride] for y in range(h)]


@pytest.mark.parametrize("kind", OFFICE)
def test_office_documents_are_whole_zips_of_well_formed_xml_with_fixed_times(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(OFFICE[kind])) as opened:
        assert opened.testzip() is None
        for part in opened.infolist():
            assert (part.date_time, part.create_system) == ((2011, 11, 1, 9, 0, 0), 3)
            if part.filename.endswith((".xml", ".rels")):
                parsed(opened.read(part))


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_every_part_of_an_open_xml_package_has_a_type_and_every_relation_leads_somewhere(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(OFFICE[kind])) as opened:
        names = set(opened.namelist())
        types = parsed(opened.read("[Content_Types].xml"))
        named = {part.attrib["PartName"].removeprefix("/") for part in types if "PartName" in part.attrib}
        assert named == {name for name in names if not name.endswith(".rels")} - {"[Content_Types].xml"}
        for links in (name for name in names if name.endswith(".rels")):
            folder = links.partition("_rels/")[0]
            targets = {folder + link.attrib["Target"] for link in parsed(opened.read(links))}
            assert targets <= names


def test_an_open_document_names_its_type_first_and_lists_its_parts() -> None:
    with zipfile.ZipFile(io.BytesIO(OFFICE["odt"])) as opened:
        assert opened.namelist()[0] == "mimetype"
        assert opened.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        manifest = parsed(opened.read("META-INF/manifest.xml"))
        paths = {value for entry in manifest for key, value in entry.attrib.items() if key.endswith("full-path")}
        assert paths == {"/", *opened.namelist()} - {"mimetype", "META-INF/manifest.xml"}
    assert OFFICE["odt"][30:38] == b"mimetype"


def test_office_documents_hold_their_words_with_accents() -> None:
    assert text_of(OFFICE["docx"], "word/document.xml") == [TITLE, *PARAGRAPHS]
    assert text_of(OFFICE["odt"], "content.xml") == [TITLE, *PARAGRAPHS]
    assert text_of(OFFICE["xlsx"], "xl/worksheets/sheet1.xml") == ["Vóór", "Na", "12", "7.5"]
    assert TITLE in text_of(OFFICE["docx"], "docProps/core.xml")
    assert TITLE in text_of(OFFICE["odt"], "meta.xml")


@pytest.mark.parametrize("title", ["[a]: b/c?*\\'d'", "x" * 40, "'", ""])
def test_a_sheet_has_a_name_that_spreadsheets_allow(title: str) -> None:
    with zipfile.ZipFile(io.BytesIO(make_xlsx(title, []))) as opened:
        book = parsed(opened.read("xl/workbook.xml"))
    (name,) = [sheet.attrib["name"] for sheet in book.iter() if "sheetId" in sheet.attrib]
    assert 1 <= len(name) <= 31
    assert not set(name) & set("[]:*?/\\'")


@given(st.lists(WORDS, max_size=40), WORDS)
@settings(max_examples=40, deadline=None)
def test_a_pdf_is_exact_to_the_byte_and_shows_every_word(lines: list[str], title: str) -> None:
    pdf = make_pdf(title, lines)
    bodies = objects(pdf)
    assert shown_text(pdf) == " ".join(" ".join([title, *lines]).split())
    pages = sum(body.startswith(b"<< /Type /Page ") for body in bodies.values())
    assert b"/Count %d " % pages in bodies[2]
    assert bodies[2].count(b" 0 R") == pages
    assert ("\ufeff" + title).encode("utf-16-be").hex().encode() in bodies[5]


def test_a_long_text_goes_on_to_the_next_page() -> None:
    pdf = make_pdf(TITLE, [f"Alinea {number}." for number in range(100)])
    assert pdf.count(b"/Type /Page ") > 1
    assert shown_text(pdf).endswith("Alinea 99.")


@pytest.mark.parametrize(("w", "h"), [(1, 1), (2, 3), (161, 100), (400, 400)])
def test_a_picture_decodes_to_its_size(w: int, h: int) -> None:
    width, height, rows = pixels(make_png(TITLE, w, h, 7))
    assert (width, height, len(rows)) == (w, h, h)


def test_another_seed_gives_another_picture_with_many_colours() -> None:
    rows = {seed: b"".join(pixels(make_png("x", 64, 48, seed))[2]) for seed in range(8)}
    assert len(set(rows.values())) == 8
    assert all(len(set(raw)) > 16 for raw in rows.values())


def test_a_picture_carries_its_title() -> None:
    assert b"iTXtTitle\0\0\0nl\0\0" + TITLE.encode() in make_png(TITLE, 4, 4, 1)


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (5000, 1)])
def test_a_picture_without_a_sensible_size_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="pixels"):
        make_png("x", *size, 1)


def test_a_text_is_what_windows_writes() -> None:
    assert make_txt("Één", ["idee"]) == "Één\r\n===\r\n\r\nidee\r\n".encode()


@pytest.mark.parametrize("kind", ["docx", "odt", "xlsx", "pdf", "png", "txt"])
def test_the_same_call_gives_the_same_bytes(kind: str) -> None:
    made = [make_document(f"naam.{kind}", TITLE, PARAGRAPHS, 3) for _ in range(2)]
    assert made[0] == made[1]


def test_semicolons_make_the_cells_of_a_spreadsheet_and_digits_make_numbers() -> None:
    made = make_document("a.xlsx", "Week", ("Week;Leeg", "40;2900", "²;x"))
    assert made == make_xlsx("Week", [("Week", "Leeg"), (40, 2900), ("²", "x")])


@pytest.mark.parametrize("name", ["film.mp4", "zonder", ".pptx"])
def test_a_kind_that_is_not_made_here_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no document ends in"):
        make_document(name, TITLE, PARAGRAPHS)


def test_text_that_a_kind_cannot_hold_is_refused() -> None:
    for make in (make_docx, make_odt):
        with pytest.raises(ValueError, match="printable"):
            make("bel\x07", [])
    with pytest.raises(ValueError, match="charmap"):
        make_pdf("日本", [])
    with pytest.raises(ValueError, match="26 cells"):
        make_xlsx("x", [("a",) * 27])
