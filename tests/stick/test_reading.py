"""One read: each byte is read once, hashed and staged in the same pass, and what moves meanwhile is not believed."""

import errno
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from played import open_descriptors, put

from linksync.custody.lists import Digest, sha256
from linksync.errors import MediumError
from linksync.host.staging import Staging
from linksync.machine.direct import LEAST
from linksync.stick.medium import Medium
from linksync.stick.reading import CAPTURE_MAX, PIECE, Reading, Wish, changed_since, read_tree
from linksync.stick.tree import list_tree

Known = Callable[[bytes], tuple[Digest, int] | None]


def nothing(_path: bytes) -> None:
    return None


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick" / "data").mkdir(parents=True)
    return tmp_path / "stick"


@pytest.fixture
def medium(stick: Path) -> Iterator[Medium]:
    with Medium.open(stick) as opened:
        yield opened


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path / "staging")


def read(medium: Medium, wish: Wish) -> Reading:
    return read_tree(medium, list_tree(medium), wish)


def staged(staging: Staging, digest: Digest) -> bytes | None:
    copy = staging.open(digest)
    if copy is None:
        return None
    with copy:
        return copy.read()


@pytest.mark.parametrize("size", [0, 1, 4096, LEAST - 1, LEAST, LEAST + 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17])
def test_a_new_file_of_any_size_is_hashed_and_staged_in_one_read(
    stick: Path, medium: Medium, staging: Staging, size: int
) -> None:
    data = os.urandom(size)
    put(stick, {"data/a.bin": data})
    reading = read(medium, Wish(known=nothing, stage=staging))
    assert reading.digests == {b"data/a.bin": hashlib.sha256(data).digest()}
    assert reading.bytes_read == size
    assert staged(staging, sha256(data)) == data
    assert reading.failed == {}


@pytest.mark.parametrize("size", [10, 2 * PIECE])
def test_a_known_file_is_hashed_and_not_staged(stick: Path, medium: Medium, staging: Staging, size: int) -> None:
    data = os.urandom(size)
    put(stick, {"data/a.bin": data})
    reading = read(medium, Wish(known=lambda _path: (sha256(data), size), stage=staging))
    assert (reading.bytes_read, staged(staging, sha256(data))) == (size, None)


@pytest.mark.parametrize("size", [10, LEAST + 5, PIECE + 5])
def test_an_edit_of_the_same_size_and_time_is_found_by_hashing_and_staged(
    stick: Path, medium: Medium, staging: Staging, size: int
) -> None:
    old, new = os.urandom(size), os.urandom(size)
    put(stick, {"data/a.bin": new})
    reading = read(medium, Wish(known=lambda _path: (sha256(old), size), stage=staging))
    assert reading.digests[b"data/a.bin"] == sha256(new)
    assert staged(staging, sha256(new)) == new
    assert reading.bytes_read == (size if size < PIECE else 2 * size)  # the one case of a second read


def test_content_for_which_there_is_no_room_is_hashed_and_not_staged(
    stick: Path, medium: Medium, staging: Staging
) -> None:
    large, small = os.urandom(2 * PIECE), b"small"
    put(stick, {"data/large": large, "data/small": small})
    wish = Wish(known=nothing, stage=staging, too_big=frozenset({b"data/large", b"data/small"}))
    reading = read(medium, wish)
    assert reading.digests == {b"data/large": sha256(large), b"data/small": sha256(small)}
    assert staged(staging, sha256(large)) is None
    assert staged(staging, sha256(small)) is None


def test_small_files_that_are_asked_for_are_kept_and_large_ones_not(stick: Path, medium: Medium) -> None:
    put(stick, {"data/card": b"x" * CAPTURE_MAX, "data/larger": b"x" * (CAPTURE_MAX + 1), "data/no": b"x"})
    reading = read(medium, Wish(known=nothing, capture=lambda path: path != b"data/no"))
    assert reading.captured == {b"data/card": b"x" * CAPTURE_MAX}


def test_progress_counts_every_byte_once(stick: Path, medium: Medium) -> None:
    put(stick, {f"data/{number}": b"x" * number * 1000 for number in range(1, 30)} | {"data/l": bytes(2 * PIECE)})
    counted: list[int] = []
    reading = read(medium, Wish(known=nothing, progress=counted.append))
    assert sum(counted) == reading.bytes_read == 435_000 + 2 * PIECE


def test_a_file_that_grows_while_it_is_read_is_not_read_as_one_piece(
    stick: Path, medium: Medium, staging: Staging
) -> None:
    put(stick, {"data/log": bytes(3 * PIECE)})
    grown = threading.Event()

    def grow(_count: int) -> None:
        if not grown.is_set():
            grown.set()
            with open(stick / "data" / "log", "ab") as file:
                file.write(bytes(PIECE))

    reading = read(medium, Wish(known=nothing, stage=staging, progress=grow))
    assert reading.failed == {b"data/log": errno.EBUSY}
    assert reading.digests == {}
    assert [path for path in staging.folder.rglob("*") if path.is_file()] == []


def test_a_file_that_is_written_to_without_end_does_not_hold_anybody_up(stick: Path, medium: Medium) -> None:
    put(stick, {"data/log": bytes(2 * PIECE)})

    def grow(_count: int) -> None:
        with open(stick / "data" / "log", "ab") as file:
            file.write(bytes(2 * PIECE))

    reading = read(medium, Wish(known=nothing, progress=grow))
    assert reading.failed == {b"data/log": errno.EBUSY}
    assert reading.bytes_read <= 4 * PIECE


def test_a_file_that_shrinks_is_not_read_as_one_piece(stick: Path, medium: Medium) -> None:
    put(stick, {"data/a": bytes(3 * PIECE)})
    reading = read(medium, Wish(known=nothing, progress=lambda _count: os.truncate(stick / "data" / "a", PIECE)))
    assert reading.failed == {b"data/a": errno.EBUSY}


@pytest.mark.parametrize("size", [10, LEAST, PIECE - 1])
@pytest.mark.parametrize("by", [-1, 1, 2 * PIECE])
def test_a_file_of_any_size_that_changes_as_it_is_opened_is_not_read_as_one_piece(
    stick: Path, medium: Medium, staging: Staging, size: int, by: int
) -> None:
    put(stick, {"data/a": os.urandom(size)})

    def known(_path: bytes) -> None:
        os.truncate(stick / "data" / "a", size + by)

    reading = read(medium, Wish(known=known, stage=staging))
    assert (reading.failed, reading.digests) == ({b"data/a": errno.EBUSY}, {})
    assert [path for path in staging.folder.rglob("*") if path.is_file()] == []


def test_many_files_that_are_read_into_one_place_are_each_staged_as_they_are(
    stick: Path, medium: Medium, staging: Staging
) -> None:
    contents = {f"data/{number}": os.urandom(LEAST + number) for number in range(40)}
    put(stick, contents)
    read(medium, Wish(known=nothing, stage=staging))
    assert all(staged(staging, sha256(data)) == data for data in contents.values())


def test_what_appears_changes_or_goes_between_the_listings_is_told(stick: Path, medium: Medium) -> None:
    put(stick, {"data/a": b"a", "data/b": b"b", "data/c": b"c", "data/same": b"s"})
    reading = read(medium, Wish(known=nothing))
    (stick / "data" / "a").unlink()
    (stick / "data" / "b").write_bytes(b"longer")
    os.utime(stick / "data" / "c", ns=(1, 1))
    (stick / "data" / "new").write_bytes(b"new")
    assert changed_since(reading, list_tree(medium)) == {b"data/a", b"data/b", b"data/c", b"data/new"}


def test_a_folder_that_became_a_link_after_listing_leads_nowhere(stick: Path, medium: Medium, tmp_path: Path) -> None:
    put(stick, {"data/in/a.txt": b"a", "data/z.txt": b"z"})
    put(tmp_path, {"secret/a.txt": b"a secret of the host"})
    tree = list_tree(medium)
    (stick / "data" / "in").rename(tmp_path / "moved")
    (stick / "data" / "in").symlink_to(tmp_path / "secret")
    reading = read_tree(medium, tree, Wish(known=nothing))
    assert reading.failed.keys() == {b"data/in/a.txt"}
    assert reading.digests.keys() == {b"data/z.txt"}


def test_a_file_that_became_something_else_after_listing_is_not_read(stick: Path, medium: Medium) -> None:
    put(stick, {"data/fifo": b"1", "data/link": b"2", "data/gone": b"3"})
    tree = list_tree(medium)
    for name in ("fifo", "link", "gone"):
        (stick / "data" / name).unlink()
    os.mkfifo(stick / "data" / "fifo")
    (stick / "data" / "link").symlink_to("/etc/passwd")
    reading = read_tree(medium, tree, Wish(known=nothing))
    assert reading.failed == {b"data/fifo": errno.EINVAL, b"data/link": errno.ELOOP, b"data/gone": errno.ENOENT}


class Broken:
    """A stage on a disk that fails."""

    def begin(self) -> "Broken":
        return self

    def stage(self, data: bytes | memoryview, _digest: Digest) -> None:
        self.write(data)

    def write(self, _data: bytes | memoryview) -> None:
        raise MediumError("host-full", errno=errno.ENOSPC, path="disk", why="")

    def keep(self, _digest: Digest) -> None:
        raise AssertionError("what failed is kept")

    def discard(self) -> None:
        pass


@pytest.mark.parametrize("size", [10, 2 * PIECE])
def test_a_host_that_fails_is_not_taken_for_a_stick_that_fails(stick: Path, medium: Medium, size: int) -> None:
    put(stick, {"data/a": bytes(size)})
    before = open_descriptors()
    with pytest.raises(MediumError) as told:
        read(medium, Wish(known=nothing, stage=Broken()))
    assert told.value.slug == "host-full"
    assert open_descriptors() == before


def test_a_stage_whose_disk_is_read_only_is_not_taken_for_a_stick_that_fails(stick: Path, medium: Medium) -> None:
    put(stick, {"data/a": b"a"})
    with pytest.raises(MediumError) as told:
        read(medium, Wish(known=nothing, stage=Staging(Path("/proc/nowhere/staging"))))
    assert told.value.slug == "host-write"


def test_a_stick_that_is_gone_is_said_when_nothing_can_be_read_any_more(tmp_path: Path) -> None:
    put(tmp_path, {"stick/data/a": b"a"})
    with Medium.open(tmp_path / "stick") as medium:
        tree = list_tree(medium)
        (tmp_path / "stick" / "data" / "a").unlink()
        (tmp_path / "stick" / "data").rmdir()
        (tmp_path / "stick").rmdir()
        with pytest.raises(MediumError) as told:
            read_tree(medium, tree, Wish(known=nothing))
    assert told.value.slug == "stick-gone"
