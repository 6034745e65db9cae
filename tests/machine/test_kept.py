"""A file of our own gets one more name instead of a copy, where that can be."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from media import fat_stick

from linksync.machine.kept import KNOWN_MIN, KeptFile, know, mark_of


def test_a_file_on_the_same_disk_is_linked_and_not_copied(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"kept")
    with KeptFile(str(tmp_path / "a"), "rb") as file:
        assert file.link_to(tmp_path / "b", 0o644)
    assert (tmp_path / "a").samefile(tmp_path / "b")
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o644


def test_what_is_linked_is_the_file_that_was_opened_and_not_what_took_its_name_since(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"opened")
    (tmp_path / "other").write_bytes(b"came later")
    with KeptFile(str(tmp_path / "a"), "rb") as file:
        (tmp_path / "other").rename(tmp_path / "a")
        assert not file.link_to(tmp_path / "b", 0o644) or (tmp_path / "b").read_bytes() == b"opened"


def test_nothing_is_linked_over_another_file_or_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"kept")
    (tmp_path / "b").write_bytes(b"there")
    with KeptFile(str(tmp_path / "a"), "rb") as file:
        with pytest.raises(FileExistsError):
            file.link_to(tmp_path / "b", 0o644)
        with pytest.raises(FileNotFoundError):
            file.link_to(tmp_path / "no" / "c", 0o644)
    assert (tmp_path / "b").read_bytes() == b"there"


def test_another_disk_and_one_without_links_are_said_to_need_a_copy(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"kept")
    with fat_stick(tmp_path) as stick:
        (stick.path / "f").write_bytes(b"on fat")
        with KeptFile(str(tmp_path / "a"), "rb") as file:
            assert not file.link_to(stick.path / "a", 0o644)
        with KeptFile(str(stick.path / "f"), "rb") as file:
            assert not file.link_to(stick.path / "g", 0o644)


def written(path: Path, data: bytes) -> None:
    """A file that this process hashes while it writes it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        mark = mark_of(file.fileno())
    assert mark is not None
    know(mark, hashlib.sha256(data).digest())


@pytest.fixture
def data() -> bytes:
    return os.urandom(KNOWN_MIN)


def test_what_this_process_hashed_while_writing_it_is_known_even_once_it_is_linked(tmp_path: Path, data: bytes) -> None:
    written(tmp_path / "a", data)
    for name in ("b", "c"):
        with KeptFile(str(tmp_path / "a"), "rb") as file:
            assert file.is_known_as(hashlib.sha256(data).digest())
            assert file.link_to(tmp_path / name, 0o644)


def test_nothing_else_is_known(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "somebody's").write_bytes(data)
    with KeptFile(str(tmp_path / "somebody's"), "rb") as file:
        assert not file.is_known_as(hashlib.sha256(data).digest())
        file.link_to(tmp_path / "linked", 0o644)
        assert not file.is_known_as(hashlib.sha256(data).digest())
    written(tmp_path / "a", data)
    with KeptFile(str(tmp_path / "a"), "rb") as file:
        assert not file.is_known_as(hashlib.sha256(b"other").digest())


@pytest.mark.parametrize("touch", ["rewritten", "exchanged", "times put back"])
def test_a_known_file_that_somebody_touched_is_known_no_longer(tmp_path: Path, data: bytes, touch: str) -> None:
    written(tmp_path / "a", data)
    before = (tmp_path / "a").stat()
    time.sleep(0.02)  # the clock of a disk goes in steps of some milliseconds
    if touch == "exchanged":
        (tmp_path / "new").write_bytes(data[::-1])
        (tmp_path / "new").rename(tmp_path / "a")
    else:
        with (tmp_path / "a").open("r+b") as file:
            file.write(data[::-1])
    if touch == "times put back":
        os.utime(tmp_path / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    with KeptFile(str(tmp_path / "a"), "rb") as file:
        assert not file.is_known_as(hashlib.sha256(data).digest())


def test_small_files_are_not_kept_in_mind(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"x" * (KNOWN_MIN - 1))
    with (tmp_path / "small").open("rb") as file:
        assert mark_of(file.fileno()) is None
