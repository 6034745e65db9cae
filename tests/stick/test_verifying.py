"""Verifying a stick: every finding in one report, nothing written, nothing believed, and a dead stick is said to be."""

import os
import shutil
from pathlib import Path

import pytest
from played import FIRST, SECOND, a_link, codes, copy_of, everything, notes, open_descriptors, put

from linksync.custody.memory import Standing
from linksync.demo.world import World
from linksync.errors import MediumError
from linksync.stick.medium import Medium
from linksync.stick.verify import Trust, require_alive, verify


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"), {"data/A/1.txt": b"one", "data/A/2.txt": b"two"})


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def test_verifying_writes_nothing_and_leaves_nothing_open(world: World) -> None:
    put(world.stick, {"data/new.txt": b"new"})
    before, descriptors = everything(world.stick), open_descriptors()
    for quick in (False, True):
        world.verify(quick=quick)
    assert everything(world.stick) == before
    assert open_descriptors() == descriptors


def test_what_is_no_link_has_a_verdict_like_any_other(tmp_path: Path) -> None:
    put(tmp_path, {"data/a.txt": b"a"})
    with Medium.open(tmp_path) as medium:
        report = verify(medium, Trust()).report
    assert (report.exit, [f.code for f in report.findings]) == (50, ["E101"])


def test_the_organiser_is_known_only_to_who_was_told(world: World) -> None:
    with Medium.open(world.stick) as medium:
        told = verify(medium, Trust())
        other = verify(medium, Trust(organiser=lambda _relay: "SHA256:" + "A" * 43))
        known = verify(medium, Trust(organiser=lambda _relay: world.organiser))
    assert (told.report.exit, told.report.standing, told.judged.trusted) == (34, Standing.UNKNOWN, False)
    assert (other.report.exit, other.report.standing, other.judged.trusted) == (30, Standing.FOREIGN, False)
    assert (known.report.exit, known.report.standing, known.judged.trusted) == (0, Standing.OK, True)


def test_a_memory_tells_behind_and_forked(world: World, tmp_path: Path) -> None:
    older = copy_of(world, tmp_path / "older")
    world.hand_over(SECOND)
    assert world.verify(SECOND, stick=older.stick).report.exit == 32
    other = copy_of(older, tmp_path / "other")
    put(other.stick, {"data/B/3.txt": b"three"})
    other.hand_over("gemeente-assen")
    assert world.verify(SECOND, stick=other.stick).report.exit == 33


def test_a_torn_folder_without_a_seal_does_not_make_a_stick_look_dead(world: World) -> None:
    put(world.stick, {"linksync/handoffs/000003-zorghuis/added.sha256": b"", "linksync/relay/0000/relay.yaml": b""})
    (world.stick / "data" / "A" / "1.txt").unlink()
    found = world.verify()
    assert ("E302", "data/A/1.txt") in codes(found)
    assert ("W101", "linksync/handoffs/000003-zorghuis") in notes(found)
    assert world.hand_over(SECOND).intake.gone.keys() == {b"data/A/1.txt"}


def test_nothing_is_called_missing_when_the_records_are_gone_as_well(world: World) -> None:
    with Medium.open(world.stick) as medium:
        judged = verify(medium, Trust()).judged
        shutil.rmtree(world.stick / "linksync")
        with pytest.raises(MediumError) as told:
            require_alive(medium, judged)
    assert told.value.slug == "stick-gone"


def test_a_sealed_file_that_cannot_be_opened_is_unreadable_and_not_missing(world: World, tmp_path: Path) -> None:
    seen: list[int] = []

    def swap(done: int, _total: int) -> None:
        if not seen:
            seen.append(done)
            (world.stick / "data" / "A").rename(tmp_path / "moved")
            (world.stick / "data" / "A").symlink_to(tmp_path / "moved")

    with Medium.open(world.stick) as medium:
        found = verify(medium, Trust(organiser=lambda _relay: world.organiser), progress=swap)
    assert codes(found) == [("E307", "data/A/1.txt"), ("E307", "data/A/2.txt")]
    assert found.report.exit == 60


def test_progress_ends_where_it_should(world: World) -> None:
    told: list[tuple[int, int]] = []
    with Medium.open(world.stick) as medium:
        report = verify(medium, Trust(), progress=lambda *step: told.append(step)).report
    assert told[0] == (0, report.counts["bytes"])
    assert told[-1] == (report.counts["bytes"], report.counts["bytes"])


def test_manifests_that_are_behind_are_a_note_and_forged_ones_are_not(world: World) -> None:
    manifest = world.stick / "manifest-sha256.txt"
    old = manifest.read_bytes()
    put(world.stick, {"data/A/3.txt": b"three"})
    world.hand_over(FIRST)
    for data in (old, b""):
        manifest.write_bytes(data)
        assert (codes(world.verify()), notes(world.verify())) == ([], [("W104", "manifest-sha256.txt")])
    manifest.unlink()
    assert notes(world.verify()) == [("W104", "manifest-sha256.txt")]
    manifest.write_bytes(old[:-2] + b"x\n")
    assert codes(world.verify()) == [("E306", "manifest-sha256.txt")]


def test_fifty_verifications_leave_no_descriptor_behind_whatever_the_stick_is_like(world: World) -> None:
    (world.stick / "data" / "link").symlink_to("/etc")
    os.mkfifo(world.stick / "data" / "fifo")
    put(world.stick, {b"data/\r/a.txt": b"x", b"linksync/handoffs/000003-x/seal.sha256": b"x"})
    os.mkfifo(world.stick / "linksync" / "handoffs" / "000003-x" / "seal.sha256.sig")
    before = open_descriptors()
    for _ in range(50):
        world.verify()
    assert open_descriptors() == before
