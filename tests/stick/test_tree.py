"""Everything on a stick is accounted for: a file to take in, or something else with a reason."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import need
from played import put, tree_of

from linksync.stick.medium import Entry, Medium
from linksync.stick.tree import DEPTH_MAX, Tree, list_tree


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def deep(stick: Path, name: bytes, depth: int) -> bytes:
    """Folders in folders, deeper than any path may say; the path of the last one, relative to the stick."""
    at = os.open(stick, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=at)
        os.close(at)
        at = below
    descriptor = os.open(b"bottom.txt", os.O_CREAT | os.O_WRONLY, dir_fd=at)
    os.close(descriptor)
    os.close(at)
    return b"/".join([name] * depth)


def test_files_are_listed_with_size_and_time(stick: Path) -> None:
    put(stick, {"data/a.txt": b"abc", "beside.txt": b""})
    os.utime(stick / "data" / "a.txt", ns=(1, 2_000_000_000))
    tree = tree_of(stick)
    assert tree.files[b"data/a.txt"] == (3, 2_000_000_000)
    assert tree.files.keys() == {b"data/a.txt", b"beside.txt"}


def test_two_dots_before_a_name_are_a_name_like_any_other(stick: Path) -> None:
    put(stick, {"data/..foo/...": b"1"})
    assert tree_of(stick).files.keys() == {b"data/..foo/..."}


def test_names_that_no_list_can_carry_are_named_with_the_reason(stick: Path) -> None:
    put(stick, {b"data/line\nbreak.txt": b"1", b"data/car\rriage/inside.txt": b"2", b"data/fine.txt": b"3"})
    tree = tree_of(stick)
    assert tree.files.keys() == {b"data/fine.txt"}
    assert tree.unlistable == {b"data/line\nbreak.txt": "path-line-break", b"data/car\rriage": "path-line-break"}


def test_other_controls_other_bytes_and_long_names_are_taken_in(stick: Path) -> None:
    long = b"x" * 255
    names = [b"\x01\x1b[31m", b"tab\there", b"\xff\xfe", b"e\xcc\x81.txt", b"\xc3\xa9.txt", b"%0A", b" ", long]
    put(stick, {b"data/" + name: b"1" for name in names})
    assert tree_of(stick).files.keys() == {b"data/" + name for name in names}


def test_a_path_longer_than_the_format_allows_is_named_where_it_begins(stick: Path) -> None:
    path = deep(stick, b"y" * 250, 20)
    assert len(path) > 5_000
    tree = tree_of(stick)
    assert tree.files == {}
    assert tree.unlistable == {b"/".join([b"y" * 250] * 5): "path-length"}


def test_a_depth_bomb_ends_where_the_format_does(stick: Path) -> None:
    deep(stick, b"d", 3_000)
    tree = tree_of(stick)
    assert list(tree.unlistable.values()) == ["path-length"]
    assert next(iter(tree.unlistable)).count(b"/") == DEPTH_MAX
    subprocess.run([need("rm"), "-rf", str(stick / "d")], check=True)


def test_twins_of_case_and_spelling_stand_side_by_side(stick: Path) -> None:
    put(stick, {b"data/A.txt": b"1", b"data/a.txt": b"2", b"data/\xc3\xa9": b"3", b"data/e\xcc\x81": b"4"})
    assert len(tree_of(stick).files) == 4


def test_what_is_no_file_is_named_by_its_kind(stick: Path) -> None:
    (stick / "data").mkdir()
    (stick / "data" / "link").symlink_to("/etc/passwd")
    (stick / "data" / "folder").symlink_to("/etc")
    os.mkfifo(stick / "data" / "fifo")
    os.mknod(stick / "data" / "device", 0o60600, os.makedev(7, 250))
    tree = tree_of(stick)
    assert tree.files == {}
    kinds = {b"data/link": "link", b"data/folder": "link", b"data/fifo": "fifo", b"data/device": "device"}
    assert tree.special == kinds


@pytest.mark.parametrize("name", ["linksync", "LINKSYNC", "LinkSync", "lin\u212async"])
@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_linksyncs_own_folder_in_any_case_and_kind_is_never_peoples(stick: Path, name: str, kind: str) -> None:
    if kind == "file":
        (stick / name).write_bytes(b"x")
    elif kind == "link":
        (stick / name).symlink_to("/etc")
    else:
        put(stick, {f"{name}/x.txt": b"x"})
    tree = tree_of(stick)
    assert tree.files == {}
    named = {**tree.special, **tree.unlistable}
    assert named == ({} if (name, kind) == ("linksync", "folder") else {os.fsencode(name): named[os.fsencode(name)]})


@pytest.mark.parametrize("name", ["START-HIER.html", "bagit.txt", "manifest-sha256.txt"])
def test_reserved_names_are_ours_as_files_and_named_as_anything_else(stick: Path, name: str) -> None:
    (stick / name).write_bytes(b"ours")
    assert tree_of(stick) == Tree()
    (stick / name).unlink()
    put(stick, {f"{name}/inside.txt": b"x"})
    assert tree_of(stick).unlistable == {name.encode(): "path-reserved"}
    subprocess.run([need("rm"), "-r", str(stick / name)], check=True)
    os.mkfifo(stick / name)
    assert tree_of(stick).special == {name.encode(): "fifo"}
    (stick / name).unlink()
    put(stick, {name.swapcase(): b"x", f"data/{name}": b"a person's"})
    tree = tree_of(stick)
    assert tree.unlistable == {name.swapcase().encode(): "path-reserved"}
    assert tree.files.keys() == {b"data/" + name.encode()}


def test_folders_of_operating_systems_are_named_and_not_entered(stick: Path) -> None:
    names = ["$RECYCLE.BIN", ".Trashes", ".Trash-1000", "System Volume Information", "FOUND.000", "lost+found"]
    put(stick, {f"{name}/x.txt": b"x" for name in [*names, "data/lost+found"]})
    tree = tree_of(stick)
    assert sorted(tree.system) == sorted(name.encode() for name in names)
    assert tree.files.keys() == {b"data/lost+found/x.txt"}


@pytest.fixture
def hidden(stick: Path) -> Iterator[Path]:
    """A folder with a file in it, hidden by a mount."""
    put(stick, {"data/hidden/a.txt": b"a", "data/b.txt": b"b"})
    subprocess.run([need("mount"), "-t", "tmpfs", "none", str(stick / "data" / "hidden")], check=True)
    try:
        yield stick
    finally:
        subprocess.run([need("umount"), str(stick / "data" / "hidden")], check=True)


def test_what_a_mount_hides_is_not_missing_but_unknown(hidden: Path) -> None:
    tree = tree_of(hidden)
    assert tree.special == {b"data/hidden": "mount"}
    assert tree.is_unknown(b"data/hidden/a.txt")
    assert not tree.is_unknown(b"data/hidden2")
    assert not tree.is_unknown(b"data/b.txt")


def test_a_folder_that_becomes_a_link_between_listing_and_opening_is_not_entered(stick: Path, tmp_path: Path) -> None:
    put(tmp_path, {"secret/key.txt": b"a secret of the host"})
    put(stick, {f"data/{number:02}/a.txt": b"a" for number in range(20)})
    swapped: list[bool] = []

    def swap(_count: int) -> None:
        if not swapped:  # the root was listed, data is opened next
            swapped.append(True)
            (stick / "data").rename(tmp_path / "moved")
            (stick / "data").symlink_to(tmp_path / "secret")

    with Medium.open(stick) as medium:
        tree = list_tree(medium, swap)
    assert tree.files == {}
    assert tree.unreadable.keys() == {b"data"}
    assert tree.is_unknown(b"data/01/a.txt")


def test_nothing_is_unknown_where_everything_could_be_listed_and_everything_where_the_root_could_not() -> None:
    assert not Tree().is_unknown(b"data/a")
    assert Tree(unreadable={b"": 5}).is_unknown(b"data/a")
    assert Tree(unreadable={b"data": 5}).is_unknown(b"data/a")
    assert not Tree(unreadable={b"data": 5}).is_unknown(b"database/a")


def test_a_hundred_thousand_unreadable_folders_do_not_make_looking_slow() -> None:
    tree = Tree(unreadable={b"data/%d" % number: 5 for number in range(100_000)})
    assert sum(tree.is_unknown(b"data/%d/a" % number) for number in range(0, 200_000, 2)) == 50_000


class Failing(Medium):
    """A stick whose device fails, as the system counts, whenever one of its folders is listed: FAT says nothing."""

    def entries(self, folder: int, *, sizes: bool = True) -> list[Entry]:
        found = super().entries(folder, sizes=sizes)
        if any(entry.name == b"last.txt" for entry in found):
            counter = Path(self.counter or "")
            counter.write_text(f"{int(counter.read_text(), 16) + 1:#x}\n")
        return found


def test_a_folder_is_not_taken_for_complete_when_the_device_failed_while_it_was_listed(
    stick: Path, tmp_path: Path
) -> None:
    put(stick, {"data/whole/a.txt": b"1", "data/half/last.txt": b"2"})
    counter = tmp_path / "ioerr_cnt"
    counter.write_text("0xe\n")
    with Failing.open(stick) as medium:
        medium.counter = str(counter)
        tree = list_tree(medium)
    assert tree.unreadable == {b"data/half": errno.EIO}
    assert tree.files.keys() == {b"data/whole/a.txt", b"data/half/last.txt"}
    assert tree.is_unknown(b"data/half/gone.txt")
    assert not tree.is_unknown(b"data/whole/gone.txt")
