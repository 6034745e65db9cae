"""Screening sees through what is written to be overlooked."""

import io
import subprocess
from pathlib import Path

import dodges
import pytest
from hostile import PE, Hostile, pdf, zipped
from media import need

from linksync.custody.screening import class_of
from linksync.knowledge.screen import Screened, screen

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
