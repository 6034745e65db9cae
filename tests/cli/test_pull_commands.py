"""Pulling and checking an archive, as the archivist sees it."""

import json
from pathlib import Path

import pytest
from archives import make
from click.testing import CliRunner, Result
from running import Terminal, run
from sealed import Link, Relay

from linksync.cli.main import main


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with two hand-offs."""
    relay = Relay()
    relay.sign()
    archive = make(tmp_path, relay)
    link = Link(relay)
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij\n"})
    second = link.seal("host-a", {b"data/Assen/plan.docx": b"plan", b"data/Assen/idee.txt": b"idee"}, after=first)
    for sealed in (first, second):
        archive.offer(sealed.submission())
    return tmp_path / "archive"


def said(*arguments: str, language: str = "nl") -> Result:
    return CliRunner().invoke(main, [*arguments, "--language", language])


def pulled(archive: Path, *options: str, language: str = "nl") -> Result:
    state = str(archive.parent / "state")
    return said("pull", str(archive), str(archive.parent / "library"), "--state", state, *options, language=language)


def test_an_archivist_reads_what_came_in(archive: Path) -> None:
    result = pulled(archive)
    assert result.exit_code == 0, result.output
    assert "overdracht 1, ncsi, Assen, " in result.stdout
    assert "overdracht 2, host-a, Assen, " in result.stdout
    assert "3 nieuw (17 byte); 3 bestanden uit 2 overdrachten" in result.stdout
    again = pulled(archive, language="en")
    assert "There is nothing new." in again.stdout
    assert "0 new (0 bytes); 3 files from 2 hand-offs" in again.stdout


def test_a_pull_as_json_says_all_of_it(archive: Path) -> None:
    told = json.loads(pulled(archive, "--json").stdout)
    assert (told["verdict"], told["exit"], told["handoffs"]) == ("ok", 0, 2)
    assert told["contents"] == {"new": 3, "bytes": 17, "moved": 0, "total": 3}
    assert [(one["number"], one["holder"], one["files"]) for one in told["new"]] == [(1, "ncsi", 1), (2, "host-a", 2)]


def test_what_is_damaged_in_the_archive_is_told_without_speaking_of_a_stick(archive: Path) -> None:
    (plan,) = archive.rglob("plan.docx")
    plan.write_bytes(b"PLAN")
    for result in (pulled(archive, language="en"), said("archive", "verify", str(archive), language="en")):
        assert result.exit_code == 11, result.output
        assert "Put it back from another copy of the archive" in result.stdout.replace("\n", " ")
    (seal,) = archive.rglob("*/handoffs/000002-host-a/handoff.yaml")
    seal.write_bytes(b"nonsense")
    for result in (pulled(archive, language="nl"), said("archive", "verify", str(archive))):
        assert result.exit_code == 30, result.output
        assert "zet het terug uit een andere kopie van het archief" in result.stdout
        assert "bewaar de stick" not in result.stdout.lower()


def test_proof_that_was_changed_in_the_library_comes_again(archive: Path) -> None:
    pulled(archive)
    (record,) = archive.parent.glob("library/proof/*/000002*/linksync/handoffs/*/handoff.yaml")
    good = record.read_bytes()
    record.write_bytes(b"nonsense")
    result = pulled(archive, language="en")
    assert "This part of the library was put aside; it is fetched from the archive again." in result.stdout
    assert "keep the stick" not in result.stdout
    assert record.read_bytes() == good


def test_check_reads_every_byte_that_stands_in_the_library(archive: Path) -> None:
    pulled(archive)
    plan = archive.parent / "library/files/Assen/plan.docx"
    plan.write_bytes(b"PLAN")
    assert pulled(archive).exit_code == 0
    assert plan.read_bytes() == b"PLAN"
    assert pulled(archive, "--check").exit_code == 0
    assert plan.read_bytes() == b"plan"


def test_a_bar_shows_on_a_terminal_and_nothing_in_a_pipe(archive: Path) -> None:
    library = str(archive.parent / "library")
    screen = Terminal("pull", str(archive), library, "--language", "nl")
    screen.until("De bibliotheek wordt bijgewerkt")
    assert screen.ends() == 0
    screen = Terminal("archive", "verify", str(archive), "--language", "en")
    screen.until("Verifying the archive")
    screen.until("2/2")
    assert screen.ends() == 0
    done = run("archive", "verify", str(archive), "--language", "en")
    assert (done.status, done.err) == (0, "")
    assert "Archive archief: all is whole." in done.out


def test_a_folder_that_is_no_library_is_refused_in_a_sentence(archive: Path) -> None:
    (archive.parent / "library").mkdir()
    (archive.parent / "library/mine.txt").write_bytes(b"mine")
    result = pulled(archive, language="en")
    assert result.exit_code == 1, result.output
    assert "is not a library: other things stand in it. Nothing was changed" in result.stderr.replace("\n", " ")
