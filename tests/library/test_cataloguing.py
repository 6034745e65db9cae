"""Cataloguing: after a pull all that the library holds is found, as the index says it, and nothing else."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from archives import make
from catalogues import places
from sealed import Link, Relay, Sealed

from linksync.archive.repository import Repository
from linksync.errors import RefusedError
from linksync.knowledge import filling
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.query import Query
from linksync.library.cataloguing import CATALOGUE, Catalogued, catalogue
from linksync.library.index import read_index
from linksync.library.pull import opened, pull
from linksync.machine.limited import LimitedError

CARD = b"Titel: Slim roosteren\nTrefwoorden: vrijheid\nContact: jan@voorbeeld.nl\nMag iedereen dit zien? ja\n"
PLAN = b"Ons plan voor zelfroosteren in de zorg."


@pytest.fixture
def relay() -> Relay:
    relay = Relay()
    relay.sign(hold=("*.exe",))
    return relay


@pytest.fixture
def archive(tmp_path: Path, relay: Relay) -> Repository:
    return make(tmp_path, relay)


@pytest.fixture
def link(relay: Relay) -> Link:
    return Link(relay)


@pytest.fixture
def second(archive: Repository, link: Link) -> Sealed:
    """Two hand-offs in the archive; the second one."""
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij\n"})
    given = link.seal("host-a", {b"data/Assen/plan.txt": PLAN, b"data/Assen/KAART.txt": CARD}, after=first)
    for sealed in (first, given):
        archive.offer(sealed.submission())
    return given


def brought(archive: Repository, library: Path) -> Catalogued:
    pull(archive, library)
    return catalogue(library)


def found(library: Path, text: str, **narrowed: object) -> list[str]:
    with Catalogue.open(library / CATALOGUE) as opened_catalogue:
        return places(opened_catalogue, text, **narrowed)


@pytest.mark.usefixtures("second")
def test_what_was_pulled_is_found_with_what_its_card_says(archive: Repository, tmp_path: Path) -> None:
    told = brought(archive, tmp_path / "library")
    assert (told.read, told.without, told.removed, told.missing, told.total) == (3, 0, 0, 0, 3)
    assert "files/Assen/plan.txt" in found(tmp_path / "library", "rooster")
    assert "files/Assen/plan.txt" in found(tmp_path / "library", "vrijheid")
    assert found(tmp_path / "library", "plan", host="host-a") == ["files/Assen/plan.txt"]
    assert found(tmp_path / "library", "plan", host="ncsi") == []


@pytest.mark.usefixtures("second")
def test_how_to_reach_somebody_is_not_found(archive: Repository, tmp_path: Path) -> None:
    brought(archive, tmp_path / "library")
    assert found(tmp_path / "library", "jan") == []


@pytest.mark.usefixtures("second")
def test_a_second_run_opens_nothing(archive: Repository, tmp_path: Path) -> None:
    brought(archive, tmp_path / "library")
    assert brought(archive, tmp_path / "library").read == 0


def test_a_new_version_leads_and_the_old_one_stands_with_it(
    archive: Repository, link: Link, second: Sealed, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    brought(archive, library)
    archive.offer(link.seal("host-b", {b"data/Assen/plan.txt": b"Ons tweede plan."}, after=second).submission())
    assert brought(archive, library).read == 1
    with Catalogue.open(library / CATALOGUE) as opened_catalogue:
        (result,) = opened_catalogue.search(Query(text="plan")).results
    assert result.excerpt.text == "Ons tweede plan."
    assert [one.kind for one in result.related] == ["version"]


def test_a_card_that_no_longer_says_yes_narrows_what_everyone_finds(
    archive: Repository, link: Link, second: Sealed, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    brought(archive, library)
    assert found(library, "zorg", audience="everyone") == ["files/Assen/plan.txt"]
    narrow = {b"data/Assen/KAART.txt": CARD.replace(b"? ja", b"? nee")}
    archive.offer(link.seal("host-b", narrow, after=second, narrowed=("data/Assen/",)).submission())
    brought(archive, library)
    assert {entry.place: entry.audience for entry in read_index(library)}["files/Assen/plan.txt"] == "organisers"
    assert found(library, "zorg", audience="everyone") == []
    assert found(library, "zorg") == ["files/Assen/plan.txt"]


@pytest.mark.usefixtures("second")
def test_what_is_no_longer_in_the_library_leaves_the_catalogue(archive: Repository, tmp_path: Path) -> None:
    library = tmp_path / "library"
    brought(archive, library)
    (leaf,) = (library / "index").iterdir()
    lines = leaf.read_bytes().splitlines(keepends=True)
    leaf.write_bytes(b"".join(line for line in lines if b"plan.txt" not in line))
    told = catalogue(library)
    assert (told.read, told.removed, told.total) == (0, 1, 2)
    assert found(library, "zorg") == []
    assert b"zelfroosteren" not in (library / CATALOGUE).read_bytes()


@pytest.mark.usefixtures("second")
def test_what_a_card_said_goes_with_it(archive: Repository, tmp_path: Path) -> None:
    library = tmp_path / "library"
    brought(archive, library)
    (leaf,) = (library / "index").iterdir()
    lines = leaf.read_bytes().splitlines(keepends=True)
    leaf.write_bytes(b"".join(line for line in lines if b"KAART.txt" not in line))
    assert catalogue(library).removed == 1
    assert found(library, "vrijheid") == []
    assert found(library, "zorg") == ["files/Assen/plan.txt"]
    assert b"vrijheid" not in (library / CATALOGUE).read_bytes().lower()


def test_a_document_that_cannot_be_read_is_found_by_its_name_and_says_why(
    archive: Repository, link: Link, second: Sealed, tmp_path: Path
) -> None:
    broken = {b"data/Assen/jaarverslag.pdf": b"%PDF-1.7\nbroken"}
    archive.offer(link.seal("host-b", broken, after=second).submission())
    told = brought(archive, tmp_path / "library")
    assert (told.read, told.without) == (4, 1)
    assert found(tmp_path / "library", "jaarverslagen") == ["files/Assen/jaarverslag.pdf"]
    with Catalogue.open(tmp_path / "library" / CATALOGUE) as opened_catalogue:
        assert list(opened_catalogue.without_text().values()) == [1]


@pytest.mark.usefixtures("second")
def test_a_file_that_somebody_took_away_is_read_when_it_is_back(archive: Repository, tmp_path: Path) -> None:
    library = tmp_path / "library"
    pull(archive, library)
    (library / "files/Assen/plan.txt").unlink()
    assert catalogue(library).missing == 1
    assert found(library, "zorg") == []
    assert brought(archive, library).read == 1
    assert found(library, "zorg") == ["files/Assen/plan.txt"]


@pytest.mark.usefixtures("second")
def test_while_somebody_pulls_nobody_reads(archive: Repository, tmp_path: Path) -> None:
    pull(archive, tmp_path / "library")
    with opened(tmp_path / "library"), pytest.raises(RefusedError, match="library-busy"):
        catalogue(tmp_path / "library")


def test_a_run_that_was_killed_is_finished_by_the_next(archive: Repository, link: Link, tmp_path: Path) -> None:
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij\n"})
    many = {f"data/Assen/{n}.txt".encode(): f"Document {n} over energie.".encode() for n in range(400)}
    for sealed in (first, link.seal("host-a", many, after=first)):
        archive.offer(sealed.submission())
    library = tmp_path / "library"
    pull(archive, library)
    program = "import sys; from pathlib import Path; from linksync.library.cataloguing import catalogue; "
    with subprocess.Popen([sys.executable, "-c", f"{program}catalogue(Path({str(library)!r}))"]) as process:
        _wait_for(library / CATALOGUE, 80, process)
        os.kill(process.pid, signal.SIGKILL)
    told = catalogue(library)
    assert 0 < told.read < 401
    assert told.total == 401
    assert len(found(library, "energie", limit=1000)) == 400
    assert catalogue(library).read == 0


def _wait_for(path: Path, count: int, process: "subprocess.Popen[bytes]") -> None:
    """Until so many documents are in the catalogue."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as half:
            if half.execute("SELECT count(*) FROM documents").fetchone()[0] >= count:
                return
        time.sleep(0.02)
    pytest.fail("it was done before it could be killed")


@pytest.mark.usefixtures("second")
def test_where_no_process_can_be_started_the_next_run_reads_everything(
    archive: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "ENTRY", "linksync.knowledge.nothing_at_all:work")
    with pytest.raises(LimitedError):
        brought(archive, tmp_path / "library")
    monkeypatch.undo()
    assert catalogue(tmp_path / "library").without == 0
    assert found(tmp_path / "library", "zelfroosteren") != []
