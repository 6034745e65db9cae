"""Small files that are not in memory are asked for ahead; what is in memory already is left alone."""

import os
import resource
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import ext4_stick, need

from linksync.stick.ahead import Ahead
from linksync.stick.cold import SMALL, Foresight
from linksync.stick.medium import Medium


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that is on a disk, so that it can be cold."""
    with ext4_stick(tmp_path) as stick:
        yield stick.path


def make_cold(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def in_memory(path: Path) -> int:
    """Bytes of a file that are in memory."""
    command = [need("fincore"), "--bytes", "--noheadings", "--output", "RES", str(path)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_small_files_come_to_memory_and_large_and_odd_ones_are_left(disk: Path) -> None:
    files = {"small": 5000, "largest": SMALL, "large": SMALL + 1, "empty": 0}
    for name, size in files.items():
        (disk / name).write_bytes(os.urandom(size))
        make_cold(disk / name)
    (disk / "link").symlink_to("large")
    with Medium.open(disk) as medium:
        Foresight(medium).ask(medium.root, [b"small", b"largest", b"large", b"empty", b"link", b"gone"])
    until = time.monotonic() + 10
    while not (in_memory(disk / "small") and in_memory(disk / "largest") == SMALL) and time.monotonic() < until:
        time.sleep(0.01)
    assert in_memory(disk / "small") >= 5000
    assert in_memory(disk / "largest") == SMALL
    assert in_memory(disk / "large") == in_memory(disk / "empty") == 0


def test_files_are_cold_where_they_came_from_the_device(disk: Path) -> None:
    (disk / "a").write_bytes(os.urandom(100_000))
    with Medium.open(disk) as medium:
        foresight = Foresight(medium)
        foresight.look()
        (disk / "a").read_bytes()
        foresight.look()
        assert not foresight.cold
        make_cold(disk / "a")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_inblock
        (disk / "a").read_bytes()
        assert resource.getrusage(resource.RUSAGE_SELF).ru_inblock > before
        foresight.look()
        assert foresight.cold


def test_a_cold_stick_is_read_as_a_warm_one_is(disk: Path) -> None:
    for number in range(500):
        path = disk / f"map {number % 9}" / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(os.urandom(10 * number))
        make_cold(path)
    read = []
    for _ in range(2):
        with Medium.open(disk) as medium, Ahead(medium) as ahead:
            tree = ahead.tree()
            reading = ahead.reading(tree, {}, lambda _count: None)
            read.append((reading.digests, reading.bytes_read, tree.octets))
    assert read[0] == read[1]
    assert read[0][1] == read[0][2] == sum(10 * number for number in range(500))
