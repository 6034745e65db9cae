"""Whether a file is whole: real documents are, and cut anywhere are found to be cut; locks, bombs and two faces."""

import gzip
import io
import struct
import subprocess
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable

import pytest
from documents import LOCKED, NAMES, document
from hypothesis import given
from hypothesis import strategies as st
from media import need
from packed import FILES, MADE, PASSWORD, rar4, rar5, seven_zipped, zipped

from linksync.knowledge.flaws import FLAWS
from linksync.knowledge.identify import identify
from linksync.knowledge.whole import flaws

MUST_BE_FOUND = ("pdf", "docx", "xlsx", "pptx", "odt", "zip", "jpg", "png", "mp4")
# fmt: off
ALSO_FOUND = (
    "doc", "xls", "ppt", "ods", "odp", "epub", "rtf", "gif", "tif", "webp", "bmp", "heic", "avif", "svg", "mov", "m4a",
    "3gp", "mkv", "webm", "avi", "wmv", "wma", "wav", "flac", "ogg", "opus", "aiff", "mp3", "gz", "bz2", "xz", "7z",
    "rar 4", "rar 5", "iso", "sqlite",
)
# fmt: on
PLACES = (0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.97)


def told(data: bytes) -> set[str]:
    file = io.BytesIO(data)
    return set(flaws(file, len(data), identify(file, len(data))))


def real(kind: str) -> list[bytes]:
    """All real files of a kind that are not locked."""
    if kind in MADE:
        return [MADE[kind][0](), *([zipped(method=zipfile.ZIP_STORED)] if kind == "zip" else [])]
    return [document(name).read_bytes() for name in NAMES if name.endswith(f".{kind}") and name not in LOCKED]


def cuts(data: bytes) -> list[bytes]:
    """A file cut at ten places, the last so that only its last bytes are gone."""
    return [data[: max(1, int(len(data) * place))] for place in PLACES] + [data[:-4]]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in LOCKED])
def test_nothing_is_wrong_with_a_document_that_is_whole(name: str) -> None:
    assert told(document(name).read_bytes()) == set()


@pytest.mark.parametrize("kind", MADE)
def test_nothing_is_wrong_with_an_archive_that_is_whole(kind: str) -> None:
    assert told(MADE[kind][0]()) == set()


@pytest.mark.parametrize("kind", MUST_BE_FOUND)
def test_a_document_cut_at_any_place_is_found_to_be_cut(kind: str) -> None:
    pieces = [piece for data in real(kind) for piece in cuts(data)]
    found = Counter(bool(told(piece) & {"truncated", "corrupt"}) for piece in pieces)
    print(f"{kind}: {found[True]} of {len(pieces)} cuts found")  # shown by pytest -rP
    assert len(pieces) >= 10
    assert found[True] >= 0.95 * len(pieces)


@pytest.mark.parametrize("kind", ALSO_FOUND)
def test_most_cuts_are_found_in_other_formats_too(kind: str) -> None:
    pieces = [piece for data in real(kind) for piece in cuts(data)]
    found = Counter(bool(told(piece) & {"truncated", "corrupt"}) for piece in pieces)
    assert found[True] >= 0.8 * len(pieces) > 0


ZEROED = ("pdf", "docx", "xlsx", "pptx", "odt", "jpg", "png", "mp4", "txt", "md", "html", "eml", "rtf", "doc")


@pytest.mark.parametrize("kind", ZEROED)
def test_zeros_where_the_rest_was_to_come_are_found(kind: str) -> None:
    for data in real(kind):
        pieces = [data[: len(data) * part // 10].ljust(len(data), b"\0") for part in range(1, 10)]
        found = Counter(bool(told(piece) & {"truncated", "corrupt"}) for piece in pieces)
        assert found[True] * 3 >= len(pieces) * 2  # of a text that is cut in its first line nothing can be said


def test_a_word_with_zeros_behind_it_is_no_text() -> None:
    data = b"vhdxfile" + bytes(600)
    assert identify(io.BytesIO(data), len(data)).encoding == ""


def test_a_tar_cut_before_the_zeros_at_its_end_is_found_to_be_cut() -> None:
    data = MADE["tar, pax"][0]()
    used = len(data.rstrip(b"\0"))
    assert [told(data[:at]) for at in range(512, used, 997) if not told(data[:at]) & {"truncated", "corrupt"}] == []


def test_the_end_of_a_table_that_stands_in_a_cut_presentation_is_not_the_presentations_own() -> None:
    table = document("sheets-nl.xlsx").read_bytes()
    types = (
        b'<Override ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/>'
    )
    parts = {"[Content_Types].xml": types, "ppt/embeddings/table.xlsx": table, "ppt/media/foto.bin": bytes(30_000)}
    whole = zipped(parts, zipfile.ZIP_STORED)
    assert told(whole) == set()
    for cut in range(len(table), len(whole), 500):
        assert told(whole[:cut]) & {"truncated", "corrupt"}
        assert "presentation" in identify(io.BytesIO(whole), cut).media_type


def test_a_zip_hung_on_to_another_contradicts() -> None:
    assert told(zipped() + zipped({"other.txt": b"x"})) == {"contradictory"}


def test_a_mail_without_its_last_boundary_is_cut() -> None:
    data = document("attached-nl.eml").read_bytes()
    assert told(data[: len(data) // 2]) == {"truncated"}


def test_a_file_that_is_shorter_than_was_said_raises_nothing() -> None:
    for name in ("letter-nl.docx", "letter-nl.pdf", "plain.jpg", "plain.png", "film.mp4", "letter-nl.doc"):
        data = document(name).read_bytes()
        file = io.BytesIO(data[: len(data) // 2])
        assert flaws(file, len(data), identify(file, len(data)))


# locks


@pytest.mark.parametrize("name", LOCKED)
def test_a_document_that_asks_for_a_password_is_called_locked(name: str) -> None:
    assert told(document(name).read_bytes()) == {"encrypted"}


def test_an_archive_that_asks_for_a_password_is_called_locked() -> None:
    locked = (
        seven_zipped(f"-p{PASSWORD}"),
        seven_zipped(f"-p{PASSWORD}", "-mhe=on"),
        seven_zipped(f"-p{PASSWORD}", "-tzip"),
        rar4(encrypted=True),
        rar5(encrypted=True),
    )
    assert [told(data) for data in locked] == [{"encrypted"}] * len(locked)


@pytest.mark.parametrize("cipher", [["40"], ["128"], ["128", "--use-aes=y"], ["256"]], ids=" ".join)
def test_a_pdf_that_only_forbids_printing_opens_for_everybody_and_is_not_locked(cipher: list[str]) -> None:
    whole = document("letter-nl.pdf")
    assert told(_encrypted(str(whole), "", cipher)) == set()
    assert told(_encrypted(str(whole), PASSWORD, cipher)) == {"encrypted"}


def _encrypted(path: str, user: str, cipher: list[str]) -> bytes:
    command = [need("qpdf"), "--allow-weak-crypto", "--encrypt", user, "owner", *cipher, "--", path, "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


# bombs


def flat_bomb(times: int) -> bytes:
    """A zip whose entries all unpack the same bytes."""
    whole = zipped({"x": bytes(1 << 20)})
    start, end = whole.rfind(b"PK\1\2"), whole.rfind(b"PK\5\6")
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, times, times, (end - start) * times, start, 0)
    return whole[:start] + whole[start:end] * times + last


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">2L5B", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def pdf(objects: bytes) -> bytes:
    body = b"%PDF-1.7\n" + objects
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer <</Size 1>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def double() -> bytes:
    packed = zlib.compress(zlib.compress(bytes(300 << 20)[:1] * (50 << 20)))
    return pdf(
        b"1 0 obj <</Filter [/FlateDecode /FlateDecode] /Length %d>> stream\n%s\nendstream endobj\n"
        % (len(packed), packed)
    )


def nested(levels: int = 1, size: int = 40_000_000) -> bytes:
    """Zips in a zip, in which a few are many."""
    inner = zipped({f"{number}.txt": bytes(size) for number in range(3)})
    for level in range(levels):
        inner = zipped({f"lib {level} {number}.zip": inner for number in range(3)})
    return inner


LOL = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><lolz>&b;</lolz>'
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "flat": (lambda: flat_bomb(500), "bomb-overlap"),
    "zeros": (lambda: zipped({"x": bytes(80 << 20)}), "bomb-ratio"),
    "nested": (nested, "bomb-depth"),
    "nested deeper": (lambda: nested(4, 5_000_000), "bomb-depth"),
    "gz": (lambda: gzip.compress(bytes(80 << 20)), "bomb-ratio"),
    "png": (lambda: png(60_000, 60_000), "bomb-pixels"),
    "png of few bytes": (lambda: png(15_000, 15_000), "bomb-pixels"),
    "pdf": (double, "bomb-streams"),
    "pdf, three times": (
        lambda: pdf(b"1 0 obj <</Filter [/Fl /LZW /RL] /Length 3>> stream\nxyz\nendstream endobj\n"),
        "bomb-streams",
    ),
    "entities": (lambda: LOL, "bomb-entities"),
    "entities in svg": (lambda: LOL.replace(b"lolz", b"svg").replace(b"<svg>", b'<svg xmlns="x">'), "bomb-entities"),
    "entities in docx": (
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": LOL + b" " * 99}),
        "bomb-entities",
    ),
    "entity from a disk": (
        lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>',
        "external-entity",
    ),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_told_and_costs_little(kind: str) -> None:
    make, flaw = BOMBS[kind]
    data = make()
    begun = time.process_time()
    assert flaw in told(data)
    assert time.process_time() - begun < 0.5


def test_ordinary_archives_of_archives_and_of_tables_are_no_bombs() -> None:
    table = "\r\n".join(f"{number};Assen;{number % 7}" for number in range(200_000)).encode()
    inner = zipped({"table.csv": table})
    assert told(zipped({"table.csv": table, "zip.zip": inner, "zip2.zip": inner})) == set()
    assert told(zipped({"stored.zip": zipped({"table.csv": table}, zipfile.ZIP_STORED)})) == set()


def test_the_doctype_that_old_opendocument_has_is_no_bomb() -> None:
    old = b'<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">'
    parts = {"mimetype": b"application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": old + b"<manifest/>" * 9}
    assert told(zipped(parts)) == set()


# two faces


def test_a_zip_whose_two_lists_differ_contradicts_itself() -> None:
    whole = zipped()
    assert told(whole.replace(b"plan.txt", b"plan.exe", 1)) == {"contradictory"}


def test_a_size_that_is_a_lie_to_a_budget_contradicts() -> None:
    whole = bytearray(zipped({"x": FILES["map/foto.jpg"]}))
    for at in (22, whole.rfind(b"PK\1\2") + 24):
        whole[at : at + 4] = struct.pack("<L", 10)
    assert told(bytes(whole)) == {"contradictory"}


def test_two_parts_of_one_name_contradict_in_an_office_document() -> None:
    out = io.BytesIO(document("letter-nl.docx").read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/document.xml", b"<other/>")
    assert told(out.getvalue()) == {"contradictory"}


@pytest.mark.parametrize("name", ["plain.jpg", "plain.png", "plain.gif", "letter-nl.pdf", "film.mp4", "sound.mp3"])
def test_a_zip_that_hangs_on_to_something_else_is_seen(name: str) -> None:
    assert "appended" in told(document(name).read_bytes() + zipped())


def test_what_cameras_leave_behind_a_picture_is_nothing_wrong() -> None:
    picture, film = document("plain.jpg").read_bytes(), document("film.mp4").read_bytes()
    assert told(picture + bytes(4096)) == set()
    assert told(picture + film) == set()
    assert told(picture + picture) == set()


def test_pdfs_as_other_programs_write_them_are_whole() -> None:
    whole = document("letter-nl.pdf").read_bytes()
    assert told(b"\r\n" + whole) == set()
    assert told(whole + b"\r\n\0\0" + b" " * 3000) == set()
    linear = [need("qpdf"), "--linearize", str(document("letter-nl.pdf")), "-"]
    straight = subprocess.run(linear, check=True, capture_output=True).stdout
    assert told(straight) == set()
    assert told(straight[: straight.find(b"%%EOF") + 6]) == {"truncated"}
    updated = [need("exiftool"), "-q", "-Title=Plan", "-o", "-", str(document("letter-nl.pdf"))]
    longer = subprocess.run(updated, check=True, capture_output=True).stdout
    assert len(longer) > len(whole) + 500
    assert told(longer) == set()
    cut = (longer[:at] for at in range(len(whole) + 60, len(longer) - 8, 97))
    assert [len(piece) for piece in cut if "truncated" not in told(piece)] == []
    packed = [need("qpdf"), "--object-streams=generate", str(document("letter-nl.pdf")), "-"]
    assert told(subprocess.run(packed, check=True, capture_output=True).stdout) == set()


def test_texts_are_never_called_cut() -> None:
    texts = [name for name in NAMES if name.endswith((".txt", ".csv", ".md", ".html"))]
    assert [told(piece) for name in texts for piece in cuts(document(name).read_bytes()) if told(piece)] == []


# whatever comes


@given(
    st.sampled_from([*(name for name in NAMES if "slides" not in name), *(kind for kind in MADE if kind != "elf")]),
    st.data(),
)
def test_flipped_and_cut_files_raise_nothing(name: str, data: st.DataObject) -> None:
    whole = bytearray(document(name).read_bytes() if name in NAMES else MADE[name][0]())
    kind = identify(io.BytesIO(bytes(whole)), len(whole))
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(
            st.one_of(st.integers(0, min(600, len(whole) - 1)), st.integers(max(0, len(whole) - 600), len(whole) - 1))
        )
        whole[place] ^= data.draw(st.integers(1, 255))
    cut = bytes(whole[: data.draw(st.one_of(st.just(len(whole)), st.integers(1, len(whole))))])
    assert set(flaws(io.BytesIO(cut), len(cut), kind)) <= set(FLAWS)


def test_a_tiff_that_states_no_width_raises_nothing() -> None:
    row = struct.pack("<2HLL", 256, 4, 0, 0)
    assert told(b"II*\0\x08\0\0\0\1\0" + row + bytes(4)) == set()


@given(st.sampled_from(sorted(NAMES)), st.binary(max_size=2000))
def test_a_right_beginning_with_anything_behind_it_raises_nothing(name: str, rest: bytes) -> None:
    data = document(name).read_bytes()[:16] + rest
    file = io.BytesIO(data)
    assert set(flaws(file, len(data), identify(file, len(data)))) <= set(FLAWS)


HARD = {
    "pdf comments": lambda: b"%PDF-1.7\nstartxref 1 " + (b"%" + b" " * 40 + b"\n") * 1400,
    "pdf filters": lambda: b"%PDF-1.7\n" + b"/Filter[/Fl/Fl]\n>>stream\n" + zlib.compress(bytes(99_000))[:80] * 20_000,
    "pdf widths": lambda: b"%PDF-1.7\n" + b"/Width 9999\n" * 100_000 + b"startxref 9 %%EOF",
    "xml comments": lambda: b"<?xml version='1.0'?><a></a>" + b"<!---->" * 8000 + b"x",
    "xml instructions": lambda: b"<?xml version='1.0'?>" + b"<?" * 8000,
    "xml entities": lambda: b"<?xml version='1.0'?><!DOCTYPE a [" + b'<!ENTITY x "' * 1300,
    "png chunks": lambda: b"\x89PNG\r\n\x1a\n" + (bytes(4) + b"tEXt" + bytes(4)) * 200_000,
    "gif blocks": lambda: b"GIF89a\1\0\1\0\0\0\0!\xfe" + b"\1x" * 1_000_000,
    "jpeg without an end": lambda: b"\xff\xd8\xff\xda\0\2" + bytes(90 << 20),
    "boxes": lambda: b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 200_000,
    "tar": lambda: MADE["tar, pax"][0]()[:512].replace(b"0000007640", b"0000000000") * 40_000,
    "7z": lambda: seven_zip(b"\1\4\6\0\x80\xff\x09" + b"\x80\xff" * 900_000),
    "rar": lambda: b"Rar!\x1a\7\1\0" + (bytes(4) + b"\x81\x80\x40\2\1\x80\x7f" + b"\1\2" * 524_200) * 20,
}
"""Lists and endings made to be walked for ever."""


def seven_zip(header: bytes) -> bytes:
    start = struct.pack("<QQL", 0, len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<L", zlib.crc32(start)) + start + header


@pytest.mark.parametrize("kind", HARD)
def test_files_made_to_be_hard_take_no_longer(kind: str) -> None:
    data = HARD[kind]()
    begun = time.process_time()
    told(data)
    assert time.process_time() - begun < 3
