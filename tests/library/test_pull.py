"""Pulling: what the archive has stands in the library, merged, with its proof, whatever happens on the way."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from media import need
from sealed import Key, Link, Relay, Sealed

from linksync.archive.opening import new_archive, open_archive
from linksync.archive.repository import Repository
from linksync.custody.lists import sha256
from linksync.library.pull import pull


@pytest.fixture
def relay() -> Relay:
    relay = Relay()
    relay.sign(hold=("*.exe",), refuse=("*.scr",))
    return relay


@pytest.fixture
def archive(tmp_path: Path, relay: Relay) -> Repository:
    new_archive(tmp_path / "archive", relay=relay.write(tmp_path / "desk"), id_="archief", key=a_key(tmp_path))
    return open_archive(str(tmp_path / "archive"))


def a_key(folder: Path) -> Path:
    return Key("archief").write(folder / "key")


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


def trees(library: Path) -> dict[str, bytes]:
    """Everything that counts: linksync's own notes apart."""
    return {
        str(path.relative_to(library)): path.read_bytes()
        for path in sorted(library.rglob("*"))
        if path.is_file() and ".linksync" not in path.parts
    }


def index_of(library: Path) -> Mapping[str, Any]:
    lines = (library / "index.jsonl").read_text("utf-8").splitlines()
    return {entry["place"]: entry for entry in map(json.loads, lines)}


def test_a_month_stands_in_peoples_own_folders(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    library = tmp_path / "library"
    pulled = pull(archive, library)
    assert [one.number for one in pulled.new] == [1, 2, 3]
    assert pulled.findings == ()
    older = "files/Assen/plan (host-a 2 ~" + sha256(b"plan 1").hex()[:8] + ").docx"
    assert {name: data for name, data in trees(library).items() if name.startswith(("files/", "held/"))} == {
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
    assert trees(tmp_path / "often") == trees(tmp_path / "once")


def test_all_of_it_is_checked_without_linksync(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    for sealed in a_month(relay):
        archive.offer(sealed.submission())
    library = tmp_path / "library"
    pull(archive, library)
    run([need("sha256sum"), "--strict", "-c", "--quiet", "files.sha256"], library)
    listed = {line[:64] for line in (library / "files.sha256").read_bytes().splitlines()}
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


def run(command: list[str], cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
