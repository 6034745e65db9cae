"""Pulling: what the archive has stands in the library, merged, with its proof, whatever happens on the way."""

import json
import subprocess
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from archives import library_trees, make
from media import need
from sealed import Link, Relay, Sealed

from linksync.archive.repository import Repository
from linksync.custody.lists import sha256
from linksync.errors import RefusedError, TrustError
from linksync.library.pull import pull


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
    second = link.seal("host-a", {b"data/Assen/plan.docx": b"plan 1", b"data/Assen/kopie.txt": b"same"}, after=first)
    third = link.seal(
        "host-b",
        {b"data/Assen/plan.docx": b"plan 2", "data/België/café & 100%.txt".encode(): b"same", b"data/x.exe": b"MZ"},
        after=second,
        gone=[b"data/Assen/kopie.txt"],
    )
    return [first, second, third]


def index_of(library: Path) -> Mapping[str, Any]:
    leaves = [path.read_text("utf-8") for path in sorted((library / "index").iterdir())]
    return {entry["place"]: entry for entry in map(json.loads, "".join(leaves).splitlines())}


def test_a_month_stands_in_peoples_own_folders(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    library = tmp_path / "library"
    pulled = pull(archive, library)
    assert [one.number for one in pulled.new] == [1, 2, 3]
    assert pulled.findings == ()
    older = "files/Assen/plan (host-a 2 ~" + sha256(b"plan 1").hex()[:8] + ").docx"
    assert {name: data for name, data in library_trees(library).items() if name.startswith(("files/", "held/"))} == {
        "files/LEES-MIJ.txt": b"lees mij\n",
        "files/Assen/plan.docx": b"plan 2",
        older: b"plan 1",
        "files/België/café & 100%.txt": b"same",
        "held/data/x.exe": b"MZ",
    }
    same = index_of(library)["files/België/café & 100%.txt"]
    assert [(giver["holder"], giver["path"]) for giver in same["givers"]] == [
        ("host-a", "data/Assen/kopie.txt"),
        ("host-b", "data/België/café & 100%.txt"),
    ]
    assert index_of(library)["files/Assen/plan.docx"]["versions"] == index_of(library)[older]["versions"]


def test_a_second_pull_changes_nothing(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    pull(archive, tmp_path / "library")
    before = times(tmp_path / "library")
    again = pull(archive, tmp_path / "library")
    assert (again.new, again.contents, again.moved) == ((), 0, 0)
    assert times(tmp_path / "library") == before


def times(library: Path) -> dict[Path, int]:
    found = [path for path in library.rglob("*") if ".linksync" not in path.parts]
    return {path: path.stat().st_mtime_ns for path in found}


def test_one_pull_or_many_give_the_same_bytes(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
        pull(archive, tmp_path / "often")
    pull(archive, tmp_path / "once")
    assert library_trees(tmp_path / "often") == library_trees(tmp_path / "once")


def test_all_of_it_is_checked_without_linksync(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    library = tmp_path / "library"
    pull(archive, library)
    run([need("sha256sum"), "--strict", "-c", "--quiet", "sums/all.sha256"], library)
    listed = {line[:64] for line in (library / "sums/all.sha256").read_bytes().splitlines()}
    proven = set()
    for seal in library.glob("proof/*/*@*/linksync/handoffs/*/seal.sha256.sig"):
        folder = seal.parent
        stick = folder.parent.parent.parent
        run([need("sha256sum"), "--strict", "-c", "--quiet", str(folder / "seal.sha256")], stick)
        holder = "ncsi" if folder.name.endswith("ncsi") else folder.name[7:]
        signers = stick / "linksync/relay/0001/allowed_signers"
        with (folder / "seal.sha256").open("rb") as sealed_file:
            asked = ["-f", str(signers), "-I", holder, "-n", "linksync-handoff-v1", "-s", str(seal)]
            subprocess.run(
                [need("ssh-keygen"), "-Y", "verify", *asked], stdin=sealed_file, check=True, capture_output=True
            )
        proven |= {line[:64] for line in (folder / "added.sha256").read_bytes().splitlines()}
    assert listed <= proven


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_and_the_batches_leave_no_trace(
    order: tuple[int, ...], archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    month = a_month(relay)
    for place in order:
        archive.offer(month[place].submission())
        pull(archive, tmp_path / "often")
    other = make(tmp_path / "other", relay)
    for sealed in month:
        other.offer(sealed.submission())
    pull(other, tmp_path / "once")
    assert library_trees(tmp_path / "often") == library_trees(tmp_path / "once")


def test_two_archives_fill_one_library(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    month = a_month(relay)
    other = make(tmp_path / "other", relay)
    archive.offer(month[0].submission())
    archive.offer(month[1].submission())
    other.offer(month[1].submission())
    other.offer(month[2].submission())
    pull(archive, tmp_path / "library")
    pull(other, tmp_path / "library")
    archive.offer(month[2].submission())
    pull(archive, tmp_path / "once")
    assert library_trees(tmp_path / "library") == library_trees(tmp_path / "once")


def test_content_that_was_changed_in_the_archive_does_not_come_in_and_is_tried_again(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    plans = (tmp_path / "archive/ocfl").rglob("plan.docx")
    (damaged,) = (path for path in plans if path.read_bytes() == b"plan 2")
    damaged.write_bytes(b"plan X")
    pulled = pull(archive, tmp_path / "library")
    assert [(one.code, one.path) for one in pulled.findings] == [("E301", "data/Assen/plan.docx")]
    assert [one.number for one in pulled.new] == [1, 2]
    assert b"plan X" not in library_trees(tmp_path / "library").values()
    damaged.write_bytes(b"plan 2")
    assert [one.number for one in pull(archive, tmp_path / "library").new] == [3]
    pull(archive, tmp_path / "once")
    assert library_trees(tmp_path / "library") == library_trees(tmp_path / "once")


def test_what_was_taken_away_or_written_over_in_the_library_is_brought_again(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    library = tmp_path / "library"
    pull(archive, library)
    before = library_trees(library)
    (library / "files/LEES-MIJ.txt").unlink()
    (library / "files/Assen/plan.docx").write_bytes(b"something longer")
    next(library.glob("proof/*/000002*/linksync/handoffs/*/added.sha256")).write_bytes(b"")
    (library / "index/all.jsonl").unlink()
    pulled = pull(archive, library)
    assert {one.code for one in pulled.findings} == {"E206"}
    assert library_trees(library) == before
    assert pull(archive, library).findings == ()


def test_a_file_of_somebody_elses_is_never_overwritten(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    library = tmp_path / "library"
    pull(archive, library)
    (library / "files/Assen").mkdir(parents=True)
    (library / "files/Assen/plan.docx").write_bytes(b"mine")
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    with pytest.raises(RefusedError, match="library-place-taken"):
        pull(archive, library)
    assert (library / "files/Assen/plan.docx").read_bytes() == b"mine"
    (library / "files/Assen/plan.docx").rename(tmp_path / "mine")
    pull(archive, library)
    assert (library / "files/Assen/plan.docx").read_bytes() == b"plan 2"


def test_hostile_names_stay_in_the_library_and_out_of_each_others_way(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    files = {
        b"data/A.txt": b"1", b"data/a.txt": b"2", b"data/CON": b"3", b"data/x/..b": b"4", b"data/...": b"5",
        b"data/\xff\xfe": b"6", "data/\u202egnp.exe.txt".encode(): b"7", b"data/" + b"n" * 250: b"8",
        "data/e\u0301".encode(): b"9", "data/\u00e9".encode(): b"10", b"data/c:\\d": b"11", b"data/ x ": b"12",
        b"naast": b"13", b"data/.linksync/state.json": b"14", b"data/~": b"15",
    }  # fmt: skip
    archive.offer(Link(relay).seal("ncsi", files).submission())
    library = tmp_path / "library"
    assert pull(archive, library).findings == ()
    shown = {name: data for name, data in library_trees(library).items() if name.startswith(("files/", "beside/"))}
    assert sorted(shown.values()) == sorted(files.values())
    assert len({name.casefold() for name in shown}) == len(shown)
    run([need("sha256sum"), "--strict", "-c", "--quiet", "sums/all.sha256"], library)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "desk", "key", "library"]


def test_what_a_stolen_key_brought_before_it_was_revoked_stands_apart_afterwards(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    link = Link(relay)
    first = link.seal("ncsi", {b"data/plan.docx": b"good"})
    thief = link.seal("host-a", {b"data/plan.docx": b"evil"}, after=first)
    for sealed in (first, thief):
        archive.offer(sealed.submission())
    pull(archive, tmp_path / "library")
    assert (tmp_path / "library/files/plan.docx").read_bytes() == b"evil"
    relay.sign(hosts={"host-b": ("host-b",)}, revoked={"host-a": ""})
    archive.learn_relay(relay.versions)
    pull(archive, tmp_path / "library")
    assert (tmp_path / "library/files/plan.docx").read_bytes() == b"good"
    assert (tmp_path / "library/held/data/plan.docx").read_bytes() == b"evil"


def test_another_organiser_or_a_folder_that_is_no_library_is_refused(
    archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    pull(archive, tmp_path / "library")
    other = Relay(organiser="impostor")
    other.sign()
    impostor = make(tmp_path / "impostor", other)
    with pytest.raises(TrustError, match="library-organiser-other"):
        pull(impostor, tmp_path / "library")
    with pytest.raises(TrustError, match="library-organiser-other"):
        pull(archive, tmp_path / "new", organiser=other.fingerprint)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_bytes(b"mine")
    for place in ("mine", "mine/file"):
        with pytest.raises(RefusedError, match="not-a-library"):
            pull(archive, tmp_path / place)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["file"]


def run(command: list[str], cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
