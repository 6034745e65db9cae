"""What two others read ahead is what one finds alone; they are gone when it is over, however it ends."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest
from played import children, open_descriptors, put

from linksync.custody.memory import Memory
from linksync.demo.world import World
from linksync.errors import MediumError
from linksync.machine.shares import Apart
from linksync.stick.ahead import Ahead
from linksync.stick.medium import Medium
from linksync.stick.verify import Trust, Verdict, verify

FIRST = "gemeente-groningen"
MACINTOSH = b"\x00\x00\x00\x01Bud1" + bytes(100)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.begin(tmp_path / "world")
    world.prepare()
    put(world.stick, {f"data/A/{number % 7}/{number}.txt": b"%d" % number * number for number in range(300)})
    put(world.stick, {"data/B/large.bin": b"groot" * 629_147, "data/B/empty.txt": b"", "beside.txt": b"b"})
    world.hand_over(FIRST)
    return world


def alone(world: World) -> Verdict:
    with Medium.open(world.stick) as medium:
        return verify(medium, Trust(organiser=lambda _relay: world.organiser))


def with_others(world: World) -> Verdict:
    with Medium.open(world.stick) as medium, Ahead(medium) as ahead:
        return verify(medium, Trust(organiser=lambda _relay: world.organiser), ahead=ahead)


def test_a_sound_stick_is_sound_and_each_byte_is_read_once(world: World) -> None:
    descriptors = open_descriptors()
    report = with_others(world).report
    assert report == alone(world).report
    assert report.exit == 0
    assert report.counts["bytes_read"] == report.counts["bytes"] > 3 * 1024 * 1024
    assert (children(), open_descriptors()) == ([], descriptors)


def test_everything_that_is_wrong_is_found_alike(world: World) -> None:
    put(world.stick, {"data/A/1/1.txt": b"other", "data/new\n.txt": b"n", "data/B/large.bin": b"short"})
    put(world.stick, {"data/.DS_Store": MACINTOSH, "data/desktop.ini": b"mine", "data/NEW": b"1", "data/new": b"2"})
    put(world.stick, {"linksync.txt": b"x", "System Volume Information/x": b"x", "data/" + "d/" * 230 + "x": b"deep"})
    (world.stick / "data/A/2/2.txt").unlink()
    (world.stick / "data/A/3/3.txt").unlink()
    (world.stick / "data/A/3/3.txt").symlink_to("10.txt")
    (world.stick / "data/A/4/4.txt").rename(world.stick / "data/A/moved.txt")
    os.mkfifo(world.stick / "data" / "pipe")
    found = with_others(world).report
    assert found == alone(world).report
    assert {"E301", "E302", "E303", "E305", "E309", "E403", "E404", "W102", "W103", "W108"} <= {
        one.code for one in found.findings
    }


def test_a_file_of_another_disk_is_not_read_as_one_of_the_stick(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", str(other)], check=True)
    try:
        (other / "secret.txt").write_bytes(b"a secret of the host")
        place = world.stick / "data/A/5/5.txt"
        subprocess.run(["mount", "--bind", str(other / "secret.txt"), str(place)], check=True)
        try:
            assert set(with_others(world).report.findings) >= set(alone(world).report.findings)
            assert with_others(world).report.counts["bytes_read"] == alone(world).report.counts["bytes_read"]
        finally:
            subprocess.run(["umount", str(place)], check=True)
    finally:
        subprocess.run(["umount", str(other)], check=True)


def test_a_folder_that_is_no_link_is_judged_at_once_and_the_two_are_gone(tmp_path: Path) -> None:
    put(tmp_path, {f"{number}.bin": bytes(1024 * 1024) for number in range(50)})
    with Medium.open(tmp_path) as medium, Ahead(medium) as ahead:
        assert verify(medium, Trust(), ahead=ahead).report.exit == 50
    assert children() == []


def test_progress_ends_where_it_should_even_where_there_is_more_than_was_sealed(world: World) -> None:
    put(world.stick, {"data/more.bin": bytes(9 * 1024 * 1024)})
    told: list[tuple[int, int]] = []
    with Medium.open(world.stick) as medium, Ahead(medium) as ahead:
        report = verify(medium, Trust(), ahead=ahead, progress=lambda *step: told.append(step)).report
    assert told[-1] == (report.counts["bytes"], report.counts["bytes"])
    assert all(done <= total for done, total in told)


def test_a_stick_that_goes_meanwhile_is_gone_and_not_empty(world: World) -> None:
    for number in range(40):
        with (world.stick / "data" / f"{number}.bin").open("wb") as file:
            file.truncate(256 * 1024 * 1024)

    def goes(_link: str) -> Memory:
        shutil.rmtree(world.stick)
        return Memory()

    with Medium.open(world.stick) as medium, Ahead(medium) as ahead:
        ahead.tree()
        with pytest.raises(MediumError) as told:
            verify(medium, Trust(memory=goes), ahead=ahead)
    assert (told.value.slug, children()) == ("stick-gone", [])


def test_a_helper_that_ends_without_a_word_is_not_taken_for_one_that_found_nothing() -> None:
    def leads(_say: object) -> NoReturn:
        os._exit(0)

    apart: Apart[object, object] = Apart(leads, leads)
    with apart, pytest.raises(RuntimeError):
        apart.told()
    assert children() == []
