"""Large copies go past the page cache where the disk can do that and keeps up, and are whole wherever they go."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import ext4_stick

from linksync.machine.allocator import buffer
from linksync.machine.direct import BLOCK, LEAST, Appender, Pace

SLOW = Pace(octets=1 << 20, seconds=1.0)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with ext4_stick(tmp_path_factory.mktemp("direct"), megabytes=64) as stick:
        yield stick.path


def paged(data: bytes) -> memoryview:
    """Bytes that begin at a page."""
    place = buffer(max(1, len(data)))
    place.write(data)
    return memoryview(place)[: len(data)]


def appended(path: Path, pieces: list[bytes | memoryview], pace: Pace) -> Appender:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        appender = Appender(descriptor, pace)
        for piece in pieces:
            appender.write(piece)
    finally:
        os.close(descriptor)
    return appender


def is_cached(path: Path) -> bool:
    """Whether the first block of a file stands in the page cache."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.preadv(descriptor, [bytearray(BLOCK)], 0, os.RWF_NOWAIT)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@pytest.mark.parametrize("size", [LEAST - 1, LEAST, LEAST + 1, LEAST + BLOCK, (1 << 20) - 1, 1 << 20])
@pytest.mark.parametrize("pace", [Pace(), SLOW, Pace(works=False)], ids=["fast", "slow", "cannot"])
def test_a_file_of_any_size_is_whole_on_a_disk_of_any_pace(disk: Path, size: int, pace: Pace) -> None:
    data = os.urandom(size)
    appended(disk / "file", [paged(data)], pace)
    assert (disk / "file").read_bytes() == data


@pytest.mark.parametrize(
    "sizes",
    [
        [1 << 20, 1 << 20, 17],
        [1 << 20, LEAST + 1, 1 << 20],  # what comes after an odd piece no longer begins at a block
        [10, 1 << 20],
        [LEAST, LEAST - BLOCK, LEAST],
    ],
)
def test_a_file_of_many_pieces_is_whole(disk: Path, sizes: list[int]) -> None:
    pieces = [os.urandom(size) for size in sizes]
    appended(disk / "file", [paged(piece) for piece in pieces], Pace())
    assert (disk / "file").read_bytes() == b"".join(pieces)


def test_whole_blocks_go_past_the_cache_and_the_rest_through_it(disk: Path) -> None:
    pace = Pace()
    assert appended(disk / "past", [paged(os.urandom(1 << 20)), paged(b"the rest")], pace).cached == len(b"the rest")
    assert not is_cached(disk / "past")
    assert pace.octets == 1 << 20
    assert appended(disk / "through", [paged(os.urandom(1 << 20))], SLOW).cached == 1 << 20
    assert is_cached(disk / "through")


def test_a_disk_that_turns_out_to_be_slow_is_left_to_the_system(disk: Path) -> None:
    pace = Pace(octets=1 << 20, seconds=0.2)
    assert pace.pays  # it has not shown it yet
    pace.seconds = 0.3
    assert not pace.pays
    pace.octets = 1 << 30
    assert pace.pays


def test_a_disk_that_turns_slow_in_the_middle_of_a_film_is_given_the_rest_through_the_cache(disk: Path) -> None:
    pace, pieces = Pace(), [os.urandom(1 << 20) for _ in range(4)]
    descriptor = os.open(disk / "film", os.O_WRONLY | os.O_CREAT, 0o600)
    appender = Appender(descriptor, pace)
    for number, piece in enumerate(pieces):
        appender.write(paged(piece))
        if number == 1:
            pace.seconds = 60.0
    os.close(descriptor)
    assert (disk / "film").read_bytes() == b"".join(pieces)
    assert appender.cached == 2 << 20


def test_memory_that_begins_anywhere_is_written_through_the_cache(disk: Path) -> None:
    data, pace = os.urandom((1 << 20) + 1), Pace()
    appender = appended(disk / "file", [memoryview(paged(data))[1:]], pace)
    assert (disk / "file").read_bytes() == data[1:]
    assert (appender.cached, pace.works) == (1 << 20, False)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=16) as small, pytest.raises(OSError) as told:  # noqa: PT011 - the errno is told
        appended(small.path / "file", [paged(bytes(1 << 20))] * 20, Pace())
    assert told.value.errno == errno.ENOSPC
