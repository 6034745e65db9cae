"""What is read out of real documents of every format, and what is not."""

import io
import json
import subprocess
import sys
import textwrap
from dataclasses import dataclass

import documents_media as media
import pytest
from documents import DUTCH, ENGLISH, LOCKED, NAMES, TELLINGS, document
from documents_flat import SHEET_DATE
from packed import heic

from linksync.knowledge.extract import extract, work
from linksync.knowledge.extracted import Extract
from linksync.knowledge.identify import identify
from linksync.knowledge.serial_dates import shown, shows_a_date

SENTENCES, HEAD, FOOT, NOTE, CELLS, TITLE = "sentences", "head", "foot", "note", "cells", "title"
BODY = (SENTENCES, TITLE)
LETTER = (*BODY, HEAD, FOOT, NOTE, CELLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is to be read out of one format.

    Attributes:
        text: which pieces of what the document tells stand in its text.
        about: which fields hold what the document tells.
        pages: how many; 0 when the format does not say.
        why: why there is no text.
    """

    text: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    pages: int = 0
    why: str = ""


ALL = ("title", "author", "created", "modified")
OFFICE = {
    "letter.odt": Known(text=LETTER, about=ALL, pages=1),
    "letter.ott": Known(text=LETTER, about=ALL, pages=1),
    "letter.docx": Known(text=LETTER, about=ALL),
    "letter.dotx": Known(text=LETTER, about=ALL),
    "letter.doc": Known(text=LETTER, about=ALL),
    "letter.rtf": Known(text=LETTER, about=ALL),
    "letter.pdf": Known(text=(TITLE, HEAD, FOOT, NOTE, CELLS), about=("title", "author"), pages=1),
    "letter.html": Known(text=LETTER, about=ALL),
    "letter.xhtml": Known(text=(*BODY, CELLS), about=("title", "author", "modified")),
    "letter.txt": Known(text=(*BODY, CELLS)),
    "letter.epub": Known(text=(*BODY, CELLS, NOTE), about=("title", "author")),
    "sheets.ods": Known(text=(SENTENCES, CELLS), about=ALL, pages=2),
    "sheets.xlsx": Known(text=(SENTENCES, CELLS), about=ALL, pages=2),
    "sheets.xls": Known(text=(SENTENCES, CELLS), about=ALL, pages=2),
    "sheets.csv": Known(text=(CELLS,)),
    "sheets.html": Known(text=(SENTENCES, CELLS), about=ALL),
    "sheets.pdf": Known(text=(CELLS,), about=("title", "author"), pages=3),
    "slides.odp": Known(text=(*BODY, NOTE), about=ALL, pages=3),
    "slides.pptx": Known(text=(*BODY, NOTE), about=ALL, pages=3),
    "slides.ppsx": Known(text=(*BODY, NOTE), about=ALL, pages=3),
    "slides.ppt": Known(text=(*BODY, NOTE), about=ALL, pages=3),
    "slides.pdf": Known(text=(TITLE,), about=("title", "author"), pages=3),
    "slides.png": Known(why="no-text"),
    "slides.svg": Known(text=(TITLE,)),
}
TEXTS = {
    "txt": Known(text=(*BODY, NOTE)),
    "csv": Known(text=(CELLS,)),
    "md": Known(text=(*BODY, NOTE, CELLS), about=("title",)),
    "html": Known(text=(*BODY, NOTE), about=("title", "author")),
}


def read(name: str, place_allowed: bool = False) -> Extract:
    path = document(name)
    size = path.stat().st_size
    with open(path, "rb") as file:
        return extract(file, size, identify(file, size), place_allowed)


def told(name: str, piece: str) -> tuple[str, ...]:
    """What a piece of the document of that name says."""
    telling = ENGLISH if "-en." in name else DUTCH
    if piece == CELLS:
        return tuple(word for pair in telling.cells for cell in pair for word in cell.split())
    said = getattr(telling, piece)
    return said if isinstance(said, tuple) else (said,)


def check(name: str, known: Known) -> None:
    """The text has what it should, on lines of its own; the fields too; what is not there is not made up."""
    found = read(name)
    telling = ENGLISH if "-en." in name else DUTCH
    missing = [said for piece in known.text for said in told(name, piece) if said not in found.text]
    assert missing == []
    assert (found.why, found.pages, found.cut) == (known.why, known.pages, False)
    assert bool(found.text) == bool(known.text)
    for field in known.about:
        assert getattr(found, field).removesuffix("Z") == getattr(telling, "created" if "ed" in field else field)
    if SENTENCES in known.text:
        assert found.language == telling.language
    assert "script text" not in found.text
    assert "color: red" not in found.text


@pytest.mark.parametrize("language", TELLINGS)
@pytest.mark.parametrize("kind", OFFICE)
def test_an_office_document_is_read(kind: str, language: str) -> None:
    stem, ending = kind.split(".")
    check(f"{stem}-{language}.{ending}", OFFICE[kind])


@pytest.mark.parametrize(
    ("ending", "date"), [("xlsx", SHEET_DATE), ("xls", SHEET_DATE), ("ods", "03-11-2011"), ("csv", "03-11-2011")]
)
def test_a_date_in_a_sheet_is_read_as_a_date(ending: str, date: str) -> None:
    text = read(f"sheets-nl.{ending}").text
    assert text.count(date) == len(DUTCH.cells)
    assert "40850" not in text
    assert "41" in text


@pytest.mark.parametrize("name", [name for name in NAMES if name.partition("-")[0] in ("utf8", "utf16", "cp1252")])
def test_a_text_is_read_in_each_encoding(name: str) -> None:
    check(name, TEXTS[name.rpartition(".")[2]])


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("page-", "readme-"))])
def test_a_page_is_read_without_what_only_programs_read(name: str) -> None:
    check(name, TEXTS[name.rpartition(".")[2]])


@pytest.mark.parametrize("kind", ["pdf"])
def test_the_sentences_of_a_pdf_go_on_over_the_end_of_a_line(kind: str) -> None:
    for name in (f"letter-nl.{kind}", f"letter-en.{kind}", f"slides-nl.{kind}"):
        text = read(name).text.replace("\n", " ")
        assert [said for said in told(name, SENTENCES)[1:] if said not in text] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("long-")])
def test_a_long_document_is_read_to_its_end(name: str) -> None:
    found = read(name)
    text = found.text.replace("\n", " ")
    assert text.count(DUTCH.sentences[1]) == 200
    assert (found.language, found.cut) == ("nl", False)
    assert found.pages >= 20 or name.endswith((".docx", ".rtf"))


@pytest.mark.parametrize("name", LOCKED)
def test_a_document_that_asks_for_a_password_is_said_to(name: str) -> None:
    found = read(name)
    assert (found.why, found.text) == ("encrypted", "")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".eml")])
def test_a_mail_is_read_with_who_when_and_what(name: str) -> None:
    found = read(name)
    telling = ENGLISH if "-en." in name else DUTCH
    assert [said for said in telling.sentences if said not in found.text] == []
    assert (found.created, found.language) == ("2011-11-09T08:15:00Z", telling.language)
    forwarded = name.startswith("forwarded")
    assert (found.title, found.author) == (
        ("Fwd: the meeting", "Eva") if forwarded else (telling.title, telling.author)
    )


def test_of_what_is_attached_to_a_mail_the_name_is_read() -> None:
    assert "rooster één.docx" in read("attached-nl.eml").text


@pytest.mark.parametrize("name", [*media.PICTURES, *media.CAMERA])
def test_a_picture_has_a_size(name: str) -> None:
    found = read(name)
    width, height = media.PICTURE
    turned = name.startswith("camera")  # the camera was held upright
    assert (found.width, found.height) == ((height, width) if turned else (width, height))
    assert (found.why, found.text) == ("no-text", "")


@pytest.mark.parametrize("name", media.CAMERA)
def test_a_picture_says_when_and_where_only_when_that_is_allowed(name: str) -> None:
    found = read(name, place_allowed=True)
    assert (found.taken, found.title, found.author) == (media.TAKEN, media.TITLE, "Anneke de Vries")
    turn = -1 if name == "camera-south-west.jpg" else 1
    assert found.place == pytest.approx((media.PLACE[0] * turn, media.PLACE[1] * turn), abs=1e-4)
    assert read(name).place is None


@pytest.mark.parametrize("name", [*media.SOUNDS, *media.FILMS])
def test_sound_and_film_have_a_length_and_a_title(name: str) -> None:
    found = read(name)
    assert found.seconds == pytest.approx(media.SECONDS, abs=0.15)
    assert (found.title, found.why) == (media.TITLE, "no-text")
    assert (found.width, found.height) == (media.PICTURE if name in media.FILMS else (0, 0))


def test_a_film_says_when_it_was_made() -> None:
    assert read("film.mp4").taken == f"{media.TAKEN}Z"


@pytest.mark.parametrize("name", ["letter-nl.docx", "long-nl.pdf", "camera.jpg", "film.mp4", "locked-nl.odt"])
def test_a_worker_answers_what_json_can_hold_and_the_same_comes_back(name: str) -> None:
    path = document(name)
    with open(path, "rb") as file:
        answer = work({"size": path.stat().st_size, "place_allowed": True}, file)
    assert Extract.from_answer(json.loads(json.dumps(answer))) == read(name, place_allowed=True)


def test_every_document_is_in_a_test() -> None:
    tested = {name for name in NAMES if name.endswith((".eml", ".txt", ".csv", ".md", ".html"))}
    tested |= {f"{kind.split('.')[0]}-{language}.{kind.split('.')[1]}" for kind in OFFICE for language in TELLINGS}
    tested |= {*media.PICTURES, *media.CAMERA, *media.SOUNDS, *media.FILMS, *LOCKED}
    assert {name for name in NAMES if not name.startswith("long-")} - tested == set()
    assert len(NAMES) >= 60


def test_a_sealed_child_opens_and_imports_nothing_that_it_did_not_say() -> None:
    """Where the kernel has no Landlock, no file can be opened: not even a module of Python's own."""
    script = """
        import importlib, io, sys
        from linksync.knowledge import extract
        for name in extract.IMPORTS_LATER:
            importlib.import_module(name)
        files = [io.BytesIO(open(path, "rb").read()) for path in sys.argv[1:]]
        met = []
        sys.addaudithook(lambda event, given: met.append((event, given[0])) if event in ("open", "import") else None)
        for file in files:
            extract.work({"size": len(file.getvalue()), "place_allowed": True}, file)
        print([one for one in met if "encodings" not in str(one)])
    """
    paths = [str(document(name)) for name in NAMES]
    command = [sys.executable, "-I", "-c", textwrap.dedent(script), *paths]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "[]"


def test_a_picture_of_a_telephone_has_a_size() -> None:
    data = heic()
    file = io.BytesIO(data)
    found = extract(file, len(data), identify(file, len(data)))
    assert (found.width, found.height) == media.PICTURE


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("dd-mm-yyyy", True),
        ("[$-413]d mmmm yyyy;@", True),
        ("d/m/yy h:mm", True),
        ("General", False),
        ("0.00", False),
        ('0 "dagen"', False),
        ('"datum" @', False),
        ("#,##0 [$EUR]", False),
        ("[Red]0", False),
    ],
)
def test_a_format_of_dates_is_told_from_one_of_numbers(code: str, is_date: bool) -> None:
    assert shows_a_date(code) is is_date


@pytest.mark.parametrize(
    ("days", "date"), [(40850, "2011-11-03"), (40850.25, "2011-11-03 06:00"), (0.5, ""), (59, ""), (3e9, ""), (-1, "")]
)
def test_days_are_counted_as_sheets_count_them(days: float, date: str) -> None:
    assert shown(days) == date
    assert shown(39388, from_1904=True) == "2011-11-03"
