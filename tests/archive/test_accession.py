"""Taking in: whole or not at all, once, in any order, and checked by others' tools."""

import subprocess
from itertools import permutations
from pathlib import Path

import pytest
from archives import make, object_path, trees
from media import need
from sealed import Link, Relay, Sealed

from linksync.archive.port import Outcome
from linksync.archive.repository import Repository


@pytest.fixture
def relay() -> Relay:
    relay = Relay()
    relay.sign(hold=("*.exe",), refuse=("*.scr",))
    return relay


@pytest.fixture
def archive(tmp_path: Path, relay: Relay) -> Repository:
    return make(tmp_path, relay)


def a_month(relay: Relay) -> list[Sealed]:
    link = Link(relay)
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij\n"})
    second = link.seal("host-a", {b"data/Assen/plan.docx": b"plan 1", b"data/Assen/KAART.txt": b"ja"}, after=first)
    third = link.seal(
        "host-b", {b"data/Assen/plan.docx": b"plan 2", "data/België/café & 100%.txt".encode(): b"koffie"}, after=second
    )
    return [first, second, third]


def judge(command: list[str], cwd: Path) -> str:
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, errors="surrogateescape")
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_a_month_is_taken_in_and_every_object_passes_the_tools_of_others(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    for sealed in a_month(relay):
        answer = archive.offer(sealed.submission())
        assert answer.outcome is Outcome.ACCEPTED
        at = object_path(root, answer.object)
        judge([need("ocfl-validate.py"), str(at)], root)
        for name in ("seal.sha256", "added.sha256"):
            listed = f"{sealed.folder.path}/{name}"
            judge([need("sha256sum"), "--strict", "-c", listed], at / "v1/content")
    said = judge([need("ocfl-root.py"), "validate", "--root", str(root / "ocfl")], root)
    assert "is VALID" in said
    assert [arrival.position for arrival in archive.feed(0)] == [1, 2, 3]


def test_signatures_in_an_object_are_verified_with_ssh_keygen_alone(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    sealed = a_month(relay)[1]
    answer = archive.offer(sealed.submission())
    at = object_path(tmp_path / "archive", answer.object) / "v1/content"
    folder = at / sealed.folder.path
    run = subprocess.run(
        [
            need("ssh-keygen"), "-Y", "verify", "-f", "linksync/relay/0001/allowed_signers", "-I", "host-a",
            "-n", "linksync-handoff-v1", "-s", str(folder / "seal.sha256.sig"),
        ],
        cwd=at,
        input=(folder / "seal.sha256").read_bytes(),
        capture_output=True,
    )  # fmt: off
    assert run.returncode == 0, run.stderr
    assert answer.receipt is not None
    for name, data in answer.receipt.items():
        (tmp_path / name).write_bytes(data)
    run = subprocess.run(
        [
            need("ssh-keygen"), "-Y", "verify", "-f", str(at / "linksync/relay/0001/allowed_signers"), "-I", "archief",
            "-n", "linksync-receipt-v1", "-s", str(tmp_path / "seal.sha256.sig"),
        ],
        input=(tmp_path / "seal.sha256").read_bytes(),
        capture_output=True,
    )  # fmt: off
    assert run.returncode == 0, run.stderr


def test_taking_in_twice_changes_nothing(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    before = trees(tmp_path / "archive")
    for sealed in a_month(relay):
        again = archive.offer(sealed.submission())
        assert again.outcome is Outcome.ALREADY
        assert again.receipt == archive.receipt(sealed.seal)
        assert archive.holds_handoff(sealed.seal)
    assert trees(tmp_path / "archive") == before


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_leaves_no_trace_in_the_objects(
    order: tuple[int, ...], relay: Relay, tmp_path: Path
) -> None:
    month = a_month(relay)
    one, other = make(tmp_path / "one", relay), make(tmp_path / "other", relay)
    for sealed in month:
        one.offer(sealed.submission())
    for place in order:
        other.offer(month[place].submission())
    assert trees(tmp_path / "one/archive/ocfl") == trees(tmp_path / "other/archive/ocfl")


@pytest.mark.parametrize("between", [(), (b"data/a!", b"data/a-b", b"data/ab/c")])
def test_a_file_that_is_a_folder_too_is_no_hand_off(
    archive: Repository, relay: Relay, between: tuple[bytes, ...]
) -> None:
    """Its own name and what is below it need not stand one after the other in a list."""
    link = Link(relay)
    first = link.seal("ncsi")
    files = dict.fromkeys((b"data/a", *between, b"data/a/b/c"), b"x")
    both = link.seal("host-a", files, after=first)
    answer = archive.offer(both.submission())
    assert answer.outcome is Outcome.HELD
    assert [(one.code, dict(one.fields)["where"]) for one in answer.findings] == [("E113", "data/a")]
    alike = link.seal("host-a", dict.fromkeys((b"data/a", *between, b"data/b/c"), b"x"), after=first)
    assert archive.offer(alike.submission()).outcome is Outcome.ACCEPTED
