"""Screening sees through what is written to be overlooked."""

import gzip
import io
import subprocess
from pathlib import Path

import documents
import dodges
import packed
import pytest
from hostile import PE, Hostile, docx_with, pdf, zipped
from media import need

from linksync.custody.screening import class_of
from linksync.host.screening import LIMITS
from linksync.knowledge.screen import Screened, screen
from linksync.machine.limited import Workers

_FLAT_WITH_EMPTY_LIBRARY = (
    b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'office:mimetype="application/vnd.oasis.opendocument.text"><office:scripts><office:script '
    b'script:language="ooo:Basic"><ooo:libraries><ooo:library-embedded ooo:name="Standard"/></ooo:libraries>'
    b"</office:script></office:scripts></office:document>"
)
DODGES = [*dodges.all_dodges(), *dodges.all_inside()]


def screened(data: bytes, name: str) -> Screened:
    return screen(io.BytesIO(data), len(data), b"data/Gemeente Assen/" + name.encode())


@pytest.mark.parametrize("one", DODGES, ids=[f"{at}-{one.name}" for at, one in enumerate(DODGES)])
def test_a_file_that_dodges_gets_the_codes_of_one_that_does_not(one: Hostile) -> None:
    found = screened(one.data, one.name)
    assert one.codes <= set(found.codes)
    assert class_of(found.codes, {}) == one.class_


def locked(folder: Path, data: bytes, *how: str) -> bytes:
    """A PDF that everybody opens, and that may only be printed by who knows the owner's password."""
    (folder / "a.pdf").write_bytes(data)
    command = [need("qpdf"), "--allow-weak-crypto", "--object-streams=generate", "--encrypt", "", "owner", *how, "--"]
    subprocess.run([*command, "a.pdf", "b.pdf"], cwd=folder, check=True)
    return (folder / "b.pdf").read_bytes()


@pytest.mark.parametrize("how", [("40",), ("128", "--use-aes=n"), ("128", "--use-aes=y"), ("256",)])
def test_a_pdf_that_only_forbids_printing_is_looked_into(how: tuple[str, ...], tmp_path: Path) -> None:
    assert screened(locked(tmp_path, pdf(b"<</S/URI/URI(https://e.org)>>"), *how), "a.pdf").codes == ()
    script = pdf(b"<</S/JavaScript/JS(app.alert\\(1\\))>>")
    assert screened(locked(tmp_path, script, *how), "a.pdf").codes == ("pdf-script",)


@pytest.mark.parametrize("before", [(8 << 20) - 300, (8 << 20) - 100, (16 << 20) - 4500])
def test_a_pdf_is_looked_into_across_the_pieces_in_which_it_is_read(before: int) -> None:
    filler = b"<</Length %d>>\nstream\n" % before + b"x" * before + b"\nendstream"
    data = pdf(filler, packed=b"4 0 " + b"(x)" * 3000 + b"<</S/JavaScript/JS(app.alert\\(1\\))>>")
    assert screened(data, "a.pdf").codes == ("pdf-script",)


def test_a_list_that_is_longer_than_is_read_is_not_called_looked_at() -> None:
    files = {f"{number}.txt": b"" for number in range(61_000)} | {"setup.exe": PE}
    assert "not-screened" in screened(zipped(files), "a.zip").codes


def test_a_7z_of_thousands_of_long_names_is_not_called_damaged(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 200)
    folder.mkdir()
    for number in range(6_000):
        (folder / f"{number:05}.jpg").touch()
    command = [need("7z"), "a", "-bd", "-bso0", "a.7z", folder.name]
    subprocess.run(command, cwd=tmp_path, check=True)
    data = (tmp_path / "a.7z").read_bytes()
    assert screened(data, "a.7z").codes == ()
    (folder / "setup.exe").touch()
    subprocess.run(command, cwd=tmp_path, check=True)
    assert screened((tmp_path / "a.7z").read_bytes(), "a.7z").codes == ("archive-program",)


# What is only odd.


def _real(name: str) -> bytes:
    return documents.document(name).read_bytes()


_LETTER = _real("letter-nl.docx")
_NAMED = b"Content-Disposition: attachment; filename*=UTF-8''br%C3%ADef.pdf"
_FIELD = b'{\\rtf1\\ansi {\\field{\\*\\fldinst{HYPERLINK "https://e.org"}}{\\fldrslt DDE}} DDEAUTO cmd}'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("stukken.zip", zipped({"a.docx": _LETTER, "b.pdf": _real("letter-nl.pdf"), "c.csv": b"a;b\n"})),
        ("stukken.tgz", gzip.compress(packed.tarred())),
        ("stukken.zip", zipped({"oud.zip": zipped({"oud.docx": _LETTER}), "foto.jpg": b"\xff\xd8\xff"})),
        ("site.zip", zipped({"manifest.json": b'{"name":"Museum"}', "img/background.png": b"x", "index.html": b"x"})),
        ("bericht.eml", dodges.mail(_LETTER, b'Content-Type: x/y; name="brief.docx"')),
        ("bericht.eml", dodges.mail(_real("letter-nl.pdf"), _NAMED)),
        ("bericht.msg", dodges.message("brief.docx", _LETTER)),
        ("notities.one", dodges.onenote("foto.png", _real("plain.png"))),
        ("notities.one", dodges.onenote("Start setup.exe op de server", _real("plain.png"))),
        ("rekening.csv", b"datum;bedrag;tekst\n2024-01-01;-12,50;Jan|Piet\n2024-01-02;+3,00;Fijn!\n"),
        ("groot.csv", b"naam;bedrag\n" + b"Gemeente Assen;12,50\n" * 2_600_000),
        ("leeg.csv", b"naam|bedrag!\n" + b"\n" * 300_000),
        ("brief.fodt", _FLAT_WITH_EMPTY_LIBRARY),
        ("brief.rtf", _FIELD),
        ("desktop.ini", b"[.ShellClassInfo]\r\nIconResource=C:\\Windows\\system32\\imageres.dll,-113\r\n"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_only_odd_passes_without_a_word(name: str, data: bytes) -> None:
    found = screened(data, name)
    assert found.codes == ()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", docx_with(b"<!--" * 2_000_000 + b"instrText")),
        ("a.docx", docx_with(b"<?" * 4_000_000 + b"instrText")),
        ("a.docx", docx_with(b"<w:fldChar a='" * 1_000_000)),
        ("a.rtf", b"{\\rtf1" + b"\\fldinst" * 1_000_000 + b"}"),
        ("a.csv", b"a|b!" + b"\n" * 2_000_000),
    ],
    ids=["comments", "instructions", "fields", "rich", "lines"],
)
def test_what_is_left_open_a_million_times_is_looked_at_in_seconds_and_in_little_memory(
    name: str, data: bytes, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(data)
    with Workers("linksync.knowledge.screen:work", LIMITS) as workers, (tmp_path / "a").open("rb") as file:
        assert workers.submit({"files": [[f"data/{name}", len(data)]]}, file.fileno()).result()["found"]
