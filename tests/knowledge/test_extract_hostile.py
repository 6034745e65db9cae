"""Documents that are broken, cut off or made to harm: what can be read is read, and nothing else comes out."""

import io
import random
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from documents import NAMES, TELLINGS, document
from hostile import pdf, with_parts, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from linksync.knowledge.dates import when
from linksync.knowledge.extract import extract, work
from linksync.knowledge.extracted import Extract
from linksync.knowledge.gathering import Gathering, cleaned
from linksync.knowledge.identify import identify
from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.languages import language_of
from linksync.knowledge.markup import read_markup
from linksync.knowledge.sample import Sample
from linksync.knowledge.zip_walk import walked
from linksync.machine.limited import LimitedError, Pending, Workers

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
LENGTH = 300_000


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """A limited child that reads documents."""
    with Workers("linksync.knowledge.extract:work") as running:
        yield running


def submit(workers: Workers, data: bytes, media_type: str = "", family: str = "office", encoding: str = "") -> Pending:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        job = {"size": len(data), "media_type": media_type, "family": family, "encoding": encoding}
        with open(file.name, "rb") as reading:
            return workers.submit({**job, "place_allowed": True}, reading.fileno())


def read(workers: Workers, data: bytes, media_type: str = "", family: str = "office", encoding: str = "") -> Extract:
    return Extract.from_answer(submit(workers, data, media_type, family, encoding).result())


def broken(name: str, count: int) -> Iterator[bytes]:
    """A real document with bits flipped, and cut off, each in ``count`` ways that are the same every time."""
    chance, whole = random.Random(name), document(name).read_bytes()
    for _ in range(count):
        flipped = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30, 300))):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        yield bytes(flipped)
        yield whole[: chance.randrange(len(whole))]


@pytest.mark.parametrize("name", [name for name in NAMES if "en." not in name])
def test_a_broken_document_costs_no_child_whatever_it_is_taken_for(name: str, workers: Workers, full: bool) -> None:
    path = document(name)
    with open(path, "rb") as file:
        whole = identify(file, path.stat().st_size)
    pending = [
        submit(workers, data, media_type, whole.family, whole.encoding)
        for data in broken(name, 200 if full else 3)
        for media_type in (whole.media_type, "")
    ]
    for one in pending:
        Extract.from_answer(one.result())


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("name", ["utf8-nl.txt", "long-nl.rtf", "page-nl.html", "plain-en.eml", "letter-nl.html"])
def test_what_came_before_the_cut_is_read(name: str, share: float, workers: Workers) -> None:
    whole = document(name).read_bytes()
    text = read(workers, whole[: int(len(whole) * share)]).text
    assert TELLINGS["en" if "-en." in name else "nl"].sentences[0][:30] in text


@pytest.mark.parametrize("name", ["letter-nl.docx", "letter-nl.odt", "slides-nl.pptx", "long-nl.docx", "long-nl.odt"])
def test_of_a_document_that_a_stick_was_pulled_out_of_what_had_arrived_is_read(name: str, workers: Workers) -> None:
    whole = document(name).read_bytes()
    with open(document(name), "rb") as file:
        identity = identify(file, len(whole))
    found = read(workers, whole[: len(whole) * 9 // 10], identity.media_type)
    assert TELLINGS["nl"].sentences[0] in found.text


@pytest.mark.parametrize("name", [name for name in NAMES if name[-4:] in ("docx", "xlsx", "pptx", "epub")])
def test_the_parts_of_a_zip_are_found_without_its_list(name: str) -> None:
    data = document(name).read_bytes()
    if data[:2] == b"PK":
        with zipfile.ZipFile(document(name)) as package:
            listed = [(part.filename, part.file_size, part.compress_size) for part in package.infolist()]
        found = walked(Sample(io.BytesIO(data), len(data)))
        assert [(part.name.decode(), part.size, part.packed) for part in found] == listed


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Microsoft Word - Zelfroosteren in de zorg.docx", "Zelfroosteren in de zorg"),
        ("Microsoft PowerPoint - plan 2.0", "plan 2.0"),
        ("PowerPoint-presentatie", ""),
        ("PowerPoint Presentation", ""),
        ("Document1", ""),
        ("Untitled", ""),
        ("Dia 1", ""),
        ("Titel", ""),
        ("Presentatie voor de gemeenteraad", "Presentatie voor de gemeenteraad"),
        ("Blad 7 van het rooster", "Blad 7 van het rooster"),
    ],
)
def test_a_title_that_a_program_made_up_is_none(said: str, meant: str) -> None:
    into = Gathering()
    into.title = said
    assert into.extract().title == meant


def of_xml(body: bytes, declared: bytes = b"") -> bytes:
    """A docx with that body."""
    spaces = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    whole = b'<?xml version="1.0"?>%s<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (
        declared,
        spaces,
        body,
    )
    return with_parts("letter-nl.docx", {"word/document.xml": whole})


LAUGHS = b'<!DOCTYPE w [<!ENTITY a "haha">' + b"".join(
    b'<!ENTITY %s "%s">' % (bytes([98 + at]), b"&%s;" % bytes([97 + at]) * 10) for at in range(9)
)
OUTSIDE = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
RUN = b"<w:p><w:r><w:t>%s</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (of_xml(RUN % b"&j;", LAUGHS + b"]>"), "unreadable"),
        (of_xml(RUN % b"&x;", OUTSIDE), "unreadable"),
        (of_xml(b"<w:p>" * LENGTH), "unreadable"),
        (of_xml(b" " * (64 << 20)), "too-much"),
        (of_xml(b"<w:p a='b'/>" * (12 << 20)), "too-much"),
    ],
)
def test_a_docx_that_expands_is_not_followed(data: bytes, why: str, workers: Workers) -> None:
    found = read(workers, data)
    assert (found.why or why, found.cut) == (why, True)
    assert "root:" not in found.text
    assert "hahahaha" not in found.text


@pytest.mark.parametrize(
    ("data", "media_type", "family"),
    [
        (b"<" * LENGTH, "text/html", "web"),
        (b"<!--" * LENGTH, "text/html", "web"),
        (b"<a b='" * LENGTH, "text/html", "web"),
        (b"<script>" * LENGTH, "text/html", "web"),
        (b"<title>" * LENGTH, "text/html", "web"),
        (b"<meta name=" * LENGTH + b">", "text/html", "web"),
        (b"&" * LENGTH + b"&#x110000;" * 1000, "text/html", "web"),
        (b"<p>" * LENGTH, "text/html", "web"),
        (b"[" * LENGTH + b"](" * LENGTH, "text/markdown", "text"),
        (b"*_`" * LENGTH, "text/markdown", "text"),
        (b"---\n" + b"title: " * LENGTH, "text/markdown", "text"),
        (b'"' * LENGTH + b";", "text/csv", "text"),
        (b"{\\rtf1" + b"{" * LENGTH, "application/rtf", "office"),
        (b"{\\rtf1" + b"\\bin999999999999 " * LENGTH, "application/rtf", "office"),
        (b"{\\rtf1" + b"\\u-1?" * LENGTH, "application/rtf", "office"),
        (b"{\\rtf1" + b"\\'e9" * LENGTH, "application/rtf", "office"),
        (b"Subject: " + b"=?utf-8?q?" * LENGTH, "message/rfc822", "mail"),
        (b"From: " + b"(" * LENGTH + b"\n\nbody", "message/rfc822", "mail"),
        (b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 50_000, "message/rfc822", "mail"),
        (b"Content-Type: message/rfc822\n\n" * 5000, "message/rfc822", "mail"),
        (b"From a\n\nb\n" * LENGTH, "application/mbox", "mail"),
        (b"\xff\xd8" + b"\xff\xe1\0\2" * LENGTH, "image/jpeg", "picture"),
        (b"II*\0\x08\0\0\0" + b"\xff\xff" + b"\x69\x87\4\0\1\0\0\0\x08\0\0\0" * 300, "image/tiff", "picture"),
        (b"\0\0\0\x08moov" * LENGTH, "video/mp4", "video"),
        (b"\0\0\0\1moov" * LENGTH, "video/mp4", "video"),
        (b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * LENGTH, "video/webm", "video"),
        (b"\n".join(b"%d" % number for number in range(LENGTH)), "text/plain", "text"),
    ],
)
def test_what_takes_others_for_ever_is_read_in_a_moment(
    data: bytes, media_type: str, family: str, workers: Workers
) -> None:
    began = time.monotonic()
    read(workers, data, media_type, family)
    assert time.monotonic() - began < 20


def test_a_book_that_points_outside_itself_reads_nothing_there(workers: Workers) -> None:
    listed = b'<manifest><item id="a" href="../../../../etc/passwd"/></manifest>'
    package = b'<package>%s<spine><itemref idref="a"/></spine></package>' % listed
    root = b'<container><rootfiles><rootfile full-path="OEBPS/p.opf"/></rootfiles></container>'
    book = zipped({"mimetype": b"application/epub+zip", "META-INF/container.xml": root, "OEBPS/p.opf": package})
    assert read(workers, book, "application/epub+zip", "book") == Extract(why="no-text")


def test_a_book_that_reads_one_chapter_for_ever_is_cut_off(workers: Workers) -> None:
    items = b"".join(
        b'<item id="%d" href="c.xhtml?%d"/><item id="x%d" href="c.xhtml#%d"/>' % ((at,) * 4) for at in range(20_000)
    )
    spine = b"".join(b'<itemref idref="x%d"/>' % at for at in range(20_000))
    package = b"<package><manifest>%s</manifest><spine>%s</spine></package>" % (items, spine)
    root = b'<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>'
    chapter = b"<p>" + b"een regel " * 20_000
    book = zipped({"META-INF/container.xml": root, "p.opf": package, "c.xhtml": chapter})
    found = read(workers, book, "application/epub+zip", "book")
    assert found.cut
    assert len(found.text) <= 8 << 20


def test_a_pdf_of_a_page_of_a_gigabyte_costs_its_child_at_most(workers: Workers) -> None:
    packed = zlib.compress(b"BT /F1 9 Tf (a) Tj ET " * 8_000_000, 9)
    found = submit(workers, pdf(packed=packed), "application/pdf", "pdf")
    with suppress(LimitedError):  # it may well cost the child
        Extract.from_answer(found.result())
    assert read(workers, b"hallo allemaal", "text/plain", "text").text == "hallo allemaal"


def test_more_text_than_a_child_may_answer_is_cut_and_said_to_be(workers: Workers) -> None:
    found = read(workers, "🦊".encode() * 2_000_000, "text/plain", "text")
    assert found.cut
    assert set(found.text) == {"🦊"}
    assert len(found.text) > 1_000_000


@given(st.binary(max_size=300), st.sampled_from(sorted({*Family})), st.sampled_from(["", "utf-16-le", "cp1252", "zip"]))
@settings(max_examples=300)
def test_any_bytes_taken_for_any_text_give_an_extract(data: bytes, family: Family, encoding: str) -> None:
    identity = Identity(media_type="text/x", family=family, encoding=encoding)
    assert isinstance(extract(io.BytesIO(data), len(data), identity), Extract)


@given(st.text(max_size=400))
def test_text_that_is_kept_is_clean_and_stays_the_same_when_it_is_cleaned_again(text: str) -> None:
    clean = cleaned(text)
    assert cleaned(clean) == clean
    assert all(letter == "\n" or letter.isprintable() or not letter.isascii() for letter in clean)
    assert clean.encode("utf-8", "strict").decode() == clean


@given(st.text(alphabet="<>/!-[]=\"'&;ab titlescript", max_size=200))
def test_any_markup_is_read(page: str) -> None:
    into = Gathering()
    read_markup(page, into)
    assert isinstance(into.extract(), Extract)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2011-11-03T09:30:00Z", "2011-11-03T09:30:00Z"),
        ("2011-11-03T09:30:00.123456789", "2011-11-03T09:30:00"),
        ("D:20111103093000+01'00'", "2011-11-03T09:30:00+01:00"),
        ("D:20111103", "2011-11-03"),
        ("2011:11:05 15:42:07", "2011-11-05T15:42:07"),
        ("2011:11:05 15:42:07+02:00", "2011-11-05T15:42:07+02:00"),
        ("2011", "2011"),
        ("2011-11", "2011-11"),
        ("2011-02-29", ""),
        ("0000:00:00 00:00:00", ""),
        ("2011-11-03T99:99:99", "2011-11-03"),
        ("1601-01-01T00:00:00Z", ""),
        ("gisteren", ""),
        ("", ""),
    ],
)
def test_a_date_is_told_as_exactly_as_it_was_and_no_date_is_made_up(said: str, meant: str) -> None:
    assert when(said) == meant


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We maken het rooster niet meer zelf, maar laten het aan het team.", "nl"),
        ("Nobody knew why it took so long, and the chairs are out of the room.", "en"),
        ("Die Planer machen den Plan nicht mehr selbst, sondern überlassen ihn dem Team und der Leitung.", ""),
        ("Les plannings ne sont pas faits par la direction, mais par les équipes qui sont dans les quartiers.", ""),
        ("Los equipos de la ciudad hacen el plan con una reunión por semana en el centro.", ""),
        ("Kloosterveen 12 41 2011-11-03", ""),
        ("", ""),
    ],
)
def test_only_dutch_and_english_are_called_so(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_job_that_does_not_say_how_large_its_file_is_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="how many bytes"):
        work({}, io.BytesIO())
