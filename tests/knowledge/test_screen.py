"""Screening: every rule sees what it is for, in hostile files and names, and lets ordinary documents alone."""

import io
import os
import random
import resource
import struct
import time
import zipfile
import zlib
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import documents
import documents_ordinary
import hostile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.screening import CODES, class_of
from linksync.knowledge.flaws import FLAWS
from linksync.knowledge.rules_names import twin_codes
from linksync.knowledge.screen import FLAW_CODES, Screened, screen
from linksync.machine.limited import Limits, Workers

HOSTILE = hostile.all_hostile()
ENTRY = "linksync.knowledge.screen:work"
MEMORY = 512 << 20


def screened(data: bytes, name: str | bytes) -> Screened:
    path = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
    return screen(io.BytesIO(data), len(data), b"data/Gemeente Assen/" + path)


def codes(data: bytes, name: str | bytes) -> set[str]:
    return set(screened(data, name).codes)


def screened_file(path: Path, name: bytes) -> Screened:
    with path.open("rb") as file:
        return screen(file, path.stat().st_size, name)


# Hostile files.


@pytest.mark.parametrize("one", HOSTILE, ids=[f"{at}-{one.name}" for at, one in enumerate(HOSTILE)])
def test_a_hostile_file_gets_its_codes_and_its_class(one: hostile.Hostile) -> None:
    found = screened(one.data, one.name)
    assert one.codes <= set(found.codes)
    assert class_of(found.codes, {}) == one.class_


def test_every_code_but_those_of_other_places_is_seen_in_some_hostile_file() -> None:
    seen = {code for one in HOSTILE for code in screened(one.data, one.name).codes}
    elsewhere = {"not-scanned", "twin-case", "twin-spelling"}  # clamd, and all paths together
    named = {code for name in NAMES for code in codes(b"tekst", name)}
    assert CODES.keys() - seen - named - elsewhere == {"corrupt", "not-screened"}


def test_every_flaw_of_a_file_has_a_code_that_people_are_told() -> None:
    assert set(FLAWS) == FLAW_CODES.keys()
    assert set(FLAW_CODES.values()) <= CODES.keys()


def test_a_file_that_contradicts_itself_is_told() -> None:
    data = bytearray(hostile.zipped({"goed.txt": b"x" * 50, "ander.txt": b"y"}, packed=False))
    data[data.index(b"goed.txt") : data.index(b"goed.txt") + 4] = b"fout"
    assert "contradictory" in codes(bytes(data), "a.zip")


def test_a_damaged_document_is_told() -> None:
    data = bytearray(documents.document("letter-nl.docx").read_bytes())
    at = data.index(b"PK\1\2")
    data[at : at + 60] = os.urandom(60)
    assert {"corrupt", "truncated"} & codes(bytes(data), "verslag.docx")


def test_what_hides_behind_too_much_to_look_at_is_held() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(documents.document("letter-nl.docx")) as whole,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in whole.infolist():
            if entry.filename != "word/document.xml":
                archive.writestr(entry, whole.read(entry))
        with archive.open("word/document.xml", "w") as text:
            for _ in range(40):
                text.write(random.Random(1).choices(b"ab", k=1)[0].to_bytes(1, "big") * (1 << 20))
            text.write(hostile.field(b' DDEAUTO cmd "/c calc" '))
    assert "not-screened" in codes(out.getvalue(), "verslag.docx")


# Names.

NAMES: dict[bytes, set[str]] = {
    b"verslag.txt": set(),
    b"Caf\xc3\xa9 & co (2), versie 3.1 #4 + 'x'.txt": set(),
    b"CON.txt": {"name-reserved"},
    b"aux": {"name-reserved"},
    b"com1.tar.txt": {"name-reserved"},
    b"nul .txt": {"name-reserved"},
    b"LPT9/verslag.txt": {"name-reserved"},
    b"console.txt": set(),
    b"comma.txt": set(),
    b"punt.txt.": {"name-end"},
    b"spatie.txt ": {"name-end"},
    b"map /a.txt": {"name-end"},
    b"map./a.txt": {"name-end"},
    b".verborgen.txt": set(),
    b"..a.txt": set(),
    b"a...txt": set(),
    b"vraag?.txt": {"name-characters"},
    b"tijd 12:30.txt": {"name-characters"},
    b'a<b>|c"d*.txt': {"name-characters"},
    b"back\\slash.txt": {"name-characters"},
    b"bel\x07.txt": {"name-characters"},
    b"oud\xe9.txt": {"name-not-utf8"},
    b"\xff\xfe\xfd.txt": {"name-not-utf8"},
    b"\xc0\xaf.txt": {"name-not-utf8"},
    "é".encode() * 130 + b".txt": {"name-long"},
    b"/".join([b"map"] * 80) + b".txt": {"name-long"},
    b"a/" * 2500 + b".txt": {"name-long"},
    "verslag\u202efdp.txt".encode(): {"name-turned"},
    "verslag\u2067txt.txt".encode(): {"name-turned"},
    "שלום.txt".encode(): set(),
    "soft\u00adhyphen\u200b.txt".encode(): set(),
    "\U0001f600 blij.txt".encode(): set(),
    b"verslag.pdf.txt": set(),
    b"verslag.txt.download": {"unfinished"},
    b"verslag.part": {"unfinished"},
}


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:40] for name in NAMES])
def test_a_name_that_is_trouble_elsewhere_is_told(name: bytes) -> None:
    assert codes(b"Een verslag.\n", name) == NAMES[name]


@given(st.binary(min_size=1, max_size=300).filter(lambda name: b"\0" not in name))
def test_no_name_is_too_odd(name: bytes) -> None:
    assert set(screened(b"tekst", name).codes) <= CODES.keys()


def test_a_name_of_trouble_is_never_a_reason_to_refuse() -> None:
    assert {class_of(found, {}) for found in NAMES.values()} == {"pass", "hold"}


def test_twins_are_told_apart_by_how_they_differ() -> None:
    cafe = "data/café.txt".encode()
    spelled = "data/cafe\u0301.txt".encode()
    paths = [b"data/a.txt", b"data/A.txt", cafe, spelled, b"data/b/c.txt", b"data/B/c.txt", b"data/d.txt", b"data/\xff"]
    assert twin_codes(paths) == {
        b"data/a.txt": "twin-case",
        b"data/A.txt": "twin-case",
        cafe: "twin-spelling",
        spelled: "twin-spelling",
        b"data/b/c.txt": "twin-case",
        b"data/B/c.txt": "twin-case",
    }
    assert twin_codes([b"data/a.txt", b"data/b.txt"]) == {}


def test_ten_thousand_spellings_of_one_name_cost_no_more_than_as_many_names() -> None:
    spelled = sorted(b"data/" + bytes(one) for one in product(*[(97 + at, 65 + at) for at in range(14)]))[:10_000]
    since = time.process_time()
    assert set(twin_codes(spelled).values()) == {"twin-case"}
    assert time.process_time() - since < 3  # one with another, these are a hundred million pairs


# What is ordinary.


def test_three_hundred_ordinary_documents_and_pictures_pass_without_a_word() -> None:
    folder = documents_ordinary.ordinary(20)
    told = {path.name: screened_file(path, b"data/x/" + os.fsencode(path.name)).codes for path in folder.iterdir()}
    assert len(told) == 300
    assert {name: found for name, found in told.items() if found} == {}


def test_real_documents_of_every_format_are_never_refused() -> None:
    told = {name: screened_file(documents.document(name), b"data/" + name.encode()).codes for name in documents.NAMES}
    assert {name for name, found in told.items() if class_of(found, {}) == "refuse"} == set()
    held = {name for name, found in told.items() if class_of(found, {}) == "hold"}
    assert held == {*documents.LOCKED, "slides-nl.svg", "slides-en.svg"}  # LibreOffice's SVG slides run a script


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("handleiding.txt", b'Dim x\nSet x = CreateObject("Word.Application")\nWScript.Echo 1\n'),
        ("uitleg.md", b"#!/bin/sh\necho zo start je het\n"),
        ("kosten.csv", b"naam;bedrag\nx;=SUM(A1:A3)\ny;-12,50\nz;+31 6 12345678\n"),
        ("mail.csv", b"naam,adres\nx,@jan|piet\ny,=A1|B2\n"),
        ("site.company", b"Een verslag.\n"),
        ("www.voorbeeld.com", b"<html><body><p>Bewaarde pagina</p></body></html>"),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" version="1.1"><path d="M0 0"/></svg>'),
        (
            "formulier.pdf",
            hostile.pdf(b"<</Type/Annot/Subtype/Widget/FT/Tx/T(naam)>>", b"<</S/URI/URI(https://e.org)>>"),
        ),
        ("koppeling.pdf", hostile.pdf(b"<</S/Launch/F(bijlage.docx)>>", b"<</S/GoTo/D[3 0 R/Fit]>>")),
        ("plaatjes.pdf", hostile.pdf(b"<</Length 40>>\nstream\n/JS (x) /Launch /EmbeddedFile /JS 12 0 R\nendstream")),
        ("brief.docx", hostile.docx_with(hostile.field(b" PAGE ") + hostile.field(b' HYPERLINK "https://e.org" '))),
        ("brief.docx", hostile.docx_with(b"<w:r><w:t>DDEAUTO is een oude truc</w:t></w:r>")),
        (
            "sjabloon.docx",
            hostile.with_parts(
                "letter-nl.docx",
                {
                    "word/_rels/settings.xml.rels": hostile.relation(
                        "attachedTemplate", "file:///C:/Users/x/Normal.dotm"
                    )
                },
            ),
        ),
        (
            "link.docx",
            hostile.with_parts(
                "letter-nl.docx", {"word/_rels/document.xml.rels": hostile.relation("hyperlink", "https://e.org/")}
            ),
        ),
        ("leeg.odt", hostile.with_parts("letter-nl.odt", {"Basic/Standard/script-lb.xml": b"<x/>"})),
        ("foto's.zip", hostile.zipped({"foto's/": b"", "foto's/a.jpg": b"\xff\xd8\xff", "lees mij.txt": b"x"})),
        ("pagina.zip", hostile.zipped({"p.html": b"x", "p_files/jquery.js": b"x"})),
        ("tabel.zip", hostile.flat(20 << 20)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_only_looks_like_harm_is_let_alone(name: str, data: bytes) -> None:
    assert codes(data, name) == set()


# Nothing that a file does reaches further than itself.


def limited(paths: list[tuple[Path, bytes]]) -> list[list[Any]]:
    with Workers(ENTRY, Limits(memory=MEMORY, processor=20, wall=30), count=2) as workers:
        waiting = []
        for path, name in paths:
            with path.open("rb") as file:
                job = {"files": [[name.decode("utf-8", "surrogateescape"), path.stat().st_size]]}
                waiting.append(workers.submit(job, file.fileno()))
        return [one.result()["found"][0] for one in waiting]  # type: ignore[index]


def test_in_a_limited_process_it_says_the_same(tmp_path: Path) -> None:
    paths = []
    for at, one in enumerate(HOSTILE):
        (tmp_path / str(at)).write_bytes(one.data)
        paths.append((tmp_path / str(at), b"data/Gemeente Assen/" + one.name.encode()))
    for one, answer in zip(HOSTILE, limited(paths), strict=True):
        found = screened(one.data, one.name)
        assert answer == [found.media_type, list(found.codes), found.inside], one.name


def test_a_sparse_gibibyte_is_screened_in_a_moment_and_in_little_memory(tmp_path: Path) -> None:
    sizes = {"film.mp4": b"\0\0\0\x18ftypmp42", "niets.docx": b"", "tabel.csv": b"a;b\n", "boek.pdf": b"%PDF-1.4\n"}
    for name, head in sizes.items():
        with (tmp_path / name).open("wb") as file:
            file.write(head)
            file.truncate(1 << 30)
    answers = dict(zip(sizes, limited([(tmp_path / name, name.encode()) for name in sizes]), strict=True))
    assert answers["niets.docx"][1] == ["blank"]
    assert "truncated" in answers["boek.pdf"][1]


def test_the_largest_that_is_unpacked_stays_within_the_memory_of_a_worker(tmp_path: Path) -> None:
    parts = {f"word/_rels/{number}.rels": bytes(1 << 20) for number in range(200)}
    parts |= {f"word/embeddings/{number}.bin": bytes(3 << 20) for number in range(70)}
    parts |= {"word/header1.xml": b"<w:instrText>" + b"x" * (30 << 20), "word/header2.xml": b"x" * (31 << 20)}
    (tmp_path / "a.docx").write_bytes(hostile.with_parts("letter-nl.docx", parts))
    assert "not-screened" in limited([(tmp_path / "a.docx", b"a.docx")])[0][1]


def test_a_document_with_flipped_bits_never_breaks_the_screening() -> None:
    chance = random.Random(5)
    names = [name for name in documents.OFFICE if "long" not in name] + [
        "plain.png",
        "plain.jpg",
        "film.mp4",
        "page-nl.html",
    ]
    told: Counter[str] = Counter()
    for name in names:
        whole = documents.document(name).read_bytes()
        for _ in range(12):
            data = bytearray(whole)
            for _ in range(chance.choice((1, 8, 64))):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            found = screened(bytes(data), name)
            assert set(found.codes) <= CODES.keys()
            told[class_of(found.codes, {})] += 1
    assert told["hold"] > told["refuse"]


@given(st.binary(max_size=4000), st.sampled_from([one.data[:64] for one in HOSTILE]), st.sampled_from(HOSTILE))
def test_no_bytes_break_the_screening(tail: bytes, head: bytes, one: hostile.Hostile) -> None:
    assert set(codes(head + tail, one.name)) <= CODES.keys()


def test_records_that_bite_their_own_tail_end() -> None:
    workbook = b"".join(struct.pack("<HH", 0x85, 0) for _ in range(5000))
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + workbook
    assert codes(data, "x.xls") <= CODES.keys()


def test_a_pdf_of_a_million_small_streams_is_looked_at_in_seconds() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    stream = zlib.compress(b"1 0 <</A 1>>")
    told = b"<</Type/ObjStm/Length %d>>\nstream\n%s\nendstream\n" % (len(stream), stream)
    codes(b"%PDF-1.5\n" + told * 300_000, "a.pdf")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 15
