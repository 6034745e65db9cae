"""linksync's own records are read within bounds, whatever stands in their place."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from media import need
from played import FIRST, a_link, codes, copy_of, notes, open_descriptors, put

from linksync.custody.lists import LIST_BYTES_MAX
from linksync.demo.world import World
from linksync.stick import records
from linksync.stick.medium import Medium
from linksync.stick.records import Records, read_records

HANDOFF = f"linksync/handoffs/000002-{FIRST}"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def read(stick: Path) -> Records:
    with Medium.open(stick) as medium:
        return read_records(medium)


def replace(path: Path, kind: str) -> None:
    """Put something that is not what it was in a file's or folder's place."""
    subprocess.run([need("rm"), "-rf", str(path)], check=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("/etc/passwd")
    elif kind == "device":
        os.mknod(path, 0o20600, os.makedev(10, 130))
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"x")


def test_a_stick_without_records_is_no_link(tmp_path: Path) -> None:
    assert read(tmp_path) == Records(there=False)


@pytest.mark.parametrize("kind", ["file", "link", "fifo", "device"])
def test_something_else_in_place_of_linksync_is_no_link(world: World, kind: str) -> None:
    replace(world.stick / "linksync", kind)
    assert not read(world.stick).there
    assert world.verify().report.exit == 50


@pytest.mark.parametrize("kind", ["file", "link", "fifo"])
@pytest.mark.parametrize("name", ["relay", "handoffs"])
def test_something_else_in_place_of_the_sealed_folders_is_named(world: World, name: str, kind: str) -> None:
    replace(world.stick / "linksync" / name, kind)
    report = world.verify().report
    assert "E104" in {found.code for found in report.findings}
    assert report.exit == 50


@pytest.mark.parametrize("kind", ["folder", "link", "fifo", "device"])
@pytest.mark.parametrize("name", ["seal.sha256", "seal.sha256.sig", "handoff.yaml", "added.sha256"])
def test_something_else_in_place_of_a_record_is_named_and_not_opened(world: World, name: str, kind: str) -> None:
    replace(world.stick / HANDOFF / name, kind)
    assert ("E104", f"{HANDOFF}/{name}") in codes(world.verify())


@pytest.mark.parametrize("kind", ["fifo", "link", "device", "folder"])
@pytest.mark.parametrize("name", ["manifest-sha256.txt", "linksync/outside-sha256.txt"])
def test_something_else_in_place_of_a_manifest_is_named_and_not_opened(world: World, name: str, kind: str) -> None:
    replace(world.stick / name, kind)
    assert ("E104", name) in codes(world.verify())


def test_what_is_foreign_among_the_records_is_named(world: World) -> None:
    foreign = ["linksync/x.txt", "linksync/handoffs/notes", "linksync/relay/1", "linksync/receipts/Not An Id/x"]
    put(world.stick, {f"{name}/y" if "." not in name else name: b"y" for name in foreign})
    found = codes(world.verify())
    assert ("E119", "linksync/x.txt") in found
    assert ("E119", "linksync/handoffs/notes") in found
    assert ("E119", "linksync/relay/1") in found
    assert ("E119", "linksync/receipts/Not An Id") in found


def test_litter_and_what_a_killed_run_left_among_the_records_are_notes(world: World) -> None:
    left = {"linksync/.DS_Store": b"", "linksync/.new-0123456789ab": b"", "linksync/handoffs/._x": b""}
    put(world.stick, left)
    verdict = world.verify()
    assert codes(verdict) == []
    assert {code for code, _ in notes(verdict)} == {"W102", "W112"}


def test_a_file_that_only_begins_like_an_unfinished_one_is_a_persons(world: World) -> None:
    put(world.stick, {"linksync/.new-plan.docx": b"mine"})
    assert ("E119", "linksync/.new-plan.docx") in codes(world.verify())
    assert world.hand_over("bibliotheek-leeuwarden").problem is None
    assert (world.stick / "linksync" / ".new-plan.docx").read_bytes() == b"mine"


def test_a_record_larger_than_its_bound_is_not_read(world: World) -> None:
    with open(world.stick / HANDOFF / "added.sha256", "wb") as file:
        file.truncate(LIST_BYTES_MAX + 1)
    with open(world.stick / "manifest-sha256.txt", "wb") as file:
        file.truncate(LIST_BYTES_MAX + 1)
    found = codes(world.verify())
    assert ("E116", f"{HANDOFF}/added.sha256") in found
    assert ("E116", "manifest-sha256.txt") in found


def test_all_records_together_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "BYTES_MAX", 200_000)
    for number in range(3, 9):
        put(world.stick, {f"linksync/handoffs/{number:06}-{FIRST}/index.jsonl": bytes(60_000)})
    found = read(world.stick)
    assert sum(len(data) for folder in found.handoffs for data in folder.files.values()) <= 200_000
    late = [folder.path for folder in found.handoffs if folder.too_large]
    assert late == [f"linksync/handoffs/{number:06}-{FIRST}" for number in (6, 7, 8)]


def test_heaps_of_junk_among_the_records_are_named_in_part_quickly_and_can_be_attested(
    world: World,
) -> None:
    for place in ("linksync", "linksync/handoffs", HANDOFF):
        for number in range(10_000):
            (world.stick / place / f"junk-{number}").touch()
    before, at = open_descriptors(), time.monotonic()
    verdict = world.verify()
    assert time.monotonic() - at < 5
    assert len(codes(verdict)) == 3 * records.NAMED_MAX + 2
    assert world.hand_over("bibliotheek-leeuwarden").problem is None
    assert (world.stick / "linksync/handoffs/000003-bibliotheek-leeuwarden/handoff.yaml").stat().st_size < 1_000_000
    assert world.verify().report.exit == 0
    assert open_descriptors() == before
