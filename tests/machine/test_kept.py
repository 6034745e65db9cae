"""A file of our own gets one more name instead of a copy, where that can be."""

from pathlib import Path

import pytest
from media import fat_stick

from linksync.machine.kept import KeptFile


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
