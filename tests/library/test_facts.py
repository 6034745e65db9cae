"""Facts are believed only where they were made and while nothing was cut off; without them a pull finds all again."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from archives import library_trees, make
from sealed import Link, Relay

from linksync.archive.repository import Repository
from linksync.errors import FormatError
from linksync.library.facts import CHANGING, FACTS
from linksync.library.leaves import read_sums
from linksync.library.looking import PROOFS
from linksync.library.pull import pull


@pytest.fixture
def archive(tmp_path: Path, relay: Relay) -> Repository:
    return make(tmp_path, relay)


def a_month(relay: Relay, archive: Repository, handoffs: int, *, keep: int = 0) -> list[Callable[[], object]]:
    """So many hand-offs in the archive, and calls that offer the ``keep`` that follow."""
    link, last = Link(relay), None
    offers: list[Callable[[], object]] = []
    for number in range(1, handoffs + keep + 1):
        files = {f"data/h{number}/{one}.txt".encode(): f"{number} {one}".encode() for one in range(3)}
        if number > 2:
            files[f"data/h{number - 1}/0.txt".encode()] = b"again"
        last = link.seal("ncsi" if last is None else f"host-{'abcd'[number % 4]}", files, after=last)
        submission = last.submission()
        offers.append(partial(archive.offer, submission))
    for offer in offers[:handoffs]:
        offer()
    return offers[handoffs:]


def reads(archive: Repository, library: Path) -> int:
    """How many files of the proof a pull opens."""
    opened = 0
    original = os.open

    def counted(path: object, *arguments: object, **named: object) -> int:
        nonlocal opened
        opened += "/proof/" in os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else 0
        return original(path, *arguments, **named)  # type: ignore[arg-type]

    os.open = counted
    try:
        pull(archive, library)
    finally:
        os.open = original
    return opened


def test_a_pull_reads_as_much_proof_however_much_there_is(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    library = tmp_path / "library"
    offers = a_month(relay, archive, PROOFS, keep=PROOFS + 2)
    pull(archive, library)
    offers.pop(0)()
    before = reads(archive, library)
    for offer in offers[:-1]:
        offer()
    pull(archive, library)
    offers[-1]()
    assert reads(archive, library) <= before * 1.1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda facts: facts.unlink(),
        lambda facts: facts.write_bytes(b""),
        lambda facts: facts.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000),
        lambda facts: facts.write_bytes(facts.read_bytes()[:20_000]),
        lambda facts: facts.write_bytes(facts.read_bytes()[:4096] + os.urandom(len(facts.read_bytes()) - 4096)),
        lambda facts: (facts.parent.parent / CHANGING).write_bytes(b"\n"),
        lambda facts: Path(shutil.copy(facts, facts.with_name("copy"))).rename(facts),
    ],
    ids=["gone", "empty", "not a database", "cut short", "overwritten", "a change was cut off", "copied"],
)  # fmt: skip
def test_facts_that_cannot_be_believed_are_made_again_from_the_proof(
    spoil: Callable[[Path], object], archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    offers = a_month(relay, archive, 8, keep=1)
    pull(archive, library)
    spoil(library / FACTS)
    offers[0]()
    pulled = pull(archive, library)
    assert ([one.number for one in pulled.new], pulled.findings) == ([9], ())
    pull(archive, tmp_path / "once")
    assert library_trees(library) == library_trees(tmp_path / "once")
    assert not (library / CHANGING).exists()


def test_facts_that_lie_are_found_out_by_a_check(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    library = tmp_path / "library"
    a_month(relay, archive, 4)
    pull(archive, library)
    before = library_trees(library)
    connection = sqlite3.connect(library / FACTS)
    connection.execute("UPDATE contents SET narrow = 1, line = '{}' || char(10)")
    connection.commit()
    connection.close()
    pull(archive, library, check=True)
    assert library_trees(library) == before


def test_a_library_that_was_copied_goes_on_elsewhere(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    offers = a_month(relay, archive, 3, keep=1)
    pull(archive, tmp_path / "library")
    shutil.copytree(tmp_path / "library", tmp_path / "copy")
    offers[0]()
    for name in ("library", "copy"):
        assert [one.number for one in pull(archive, tmp_path / name).new] == [4]
    assert library_trees(tmp_path / "library") == library_trees(tmp_path / "copy")


def test_what_was_changed_anywhere_is_found_within_a_turn(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    library = tmp_path / "library"
    a_month(relay, archive, 2 * PROOFS)
    pull(archive, library)
    before = library_trees(library)
    seals = sorted(library.glob("proof/*/*@*/linksync/handoffs/*/handoff.yaml"))
    seals[0].write_bytes(b"nonsense")
    seals[-1].unlink()
    (library / "files/h7/1.txt").unlink()
    (library / "files/h33/2.txt").write_bytes(b"something longer")
    next((library / "index").iterdir()).write_bytes(b"{}\n")
    for _ in range(3):
        pull(archive, library)
    assert library_trees(library) == before


def test_a_list_that_was_lost_is_written_again(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    library = tmp_path / "library"
    a_month(relay, archive, 100)
    pull(archive, library)
    before = library_trees(library)
    lists = sorted((library / "sums").iterdir())
    assert len(lists) == 16
    lists[3].unlink()
    lists[9].write_bytes(b"")
    for _ in range(3):
        pull(archive, library)
    assert library_trees(library) == before
    lists[9].unlink()
    (library / FACTS).unlink()
    assert pull(archive, library).findings == ()
    assert library_trees(library) == before


def test_a_list_that_was_damaged_is_made_again_also_where_nothing_else_is_known(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    a_month(relay, archive, 3)
    pull(archive, library)
    before = library_trees(library)
    (library / "sums/all.sha256").write_bytes(b"nonsense\n")
    (library / FACTS).unlink()
    assert pull(archive, library).findings == ()
    assert library_trees(library) == before


def test_moves_that_were_damaged_are_told(archive: Repository, tmp_path: Path) -> None:
    library = tmp_path / "library"
    pull(archive, library)
    for data in (b"nonsense", b'{"placing":true,"moves":[["00",null,"../../x"]]}'):
        (library / ".linksync/moves.json").write_bytes(data)
        with pytest.raises(FormatError, match="library-list"):
            pull(archive, library)


def test_a_library_killed_at_any_moment_is_finished_by_the_next_pull(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    offers = a_month(relay, archive, 20, keep=12)
    pull(archive, library)
    code = "import sys; from pathlib import Path; from linksync.archive.opening import open_archive; "
    code += "from linksync.library.pull import pull; sys.stdout.write('.'); sys.stdout.flush(); "
    code += "pull(open_archive(sys.argv[1]), Path(sys.argv[2]))"
    for number, offer in enumerate(offers):
        offer()
        command = [sys.executable, "-c", code, str(tmp_path / "archive"), str(library)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.read(1) == b"."
            time.sleep(number * 0.006)
            child.send_signal(signal.SIGKILL)
        sums = read_sums(library)
        assert len(sums) >= 60
    assert pull(archive, library).findings == ()
    pull(archive, tmp_path / "once")
    assert library_trees(library) == library_trees(tmp_path / "once")
