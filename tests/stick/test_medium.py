"""The medium is opened once and walked by descriptor: no link is followed, no other device entered, nothing leaks."""

import errno
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import need
from played import open_descriptors, put

from linksync.errors import MediumError, RefusedError
from linksync.stick.medium import Medium, PlainFile, fault_counter, medium_error, read_up_to, translated


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick" / "data").mkdir(parents=True)
    (tmp_path / "stick" / "data" / "a.txt").write_bytes(b"knowledge")
    return tmp_path / "stick"


@pytest.fixture
def medium(stick: Path) -> Iterator[Medium]:
    with Medium.open(stick) as opened:
        yield opened


@pytest.fixture
def mounted(stick: Path) -> Iterator[Path]:
    """A folder of the stick on which another file system is mounted."""
    place = stick / "data" / "mounted"
    place.mkdir()
    subprocess.run([need("mount"), "-t", "tmpfs", "none", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run([need("umount"), str(place)], check=True)


def refused(call: object) -> int | None:
    """The errno that a call fails with."""
    try:
        call()  # type: ignore[operator]
    except OSError as error:
        return error.errno
    return None


def test_what_is_not_there_or_no_folder_is_refused_in_a_word(stick: Path) -> None:
    for path, slug in ((stick / "elsewhere", "stick-missing"), (stick / "data" / "a.txt", "stick-not-a-folder")):
        with pytest.raises(RefusedError) as refusal:
            Medium.open(path)
        assert refusal.value.slug == slug


def test_a_mount_point_may_be_given_by_a_link_to_it(stick: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(stick)
    with Medium.open(tmp_path / "link") as medium:
        assert medium.read(b"data/a.txt", 100) == b"knowledge"


def test_a_link_is_never_followed_neither_as_file_nor_as_folder(stick: Path, medium: Medium) -> None:
    (stick / "away").symlink_to("/etc")
    (stick / "passwd").symlink_to("/etc/passwd")
    assert refused(lambda: medium.read(b"away/passwd", 100)) in {errno.ELOOP, errno.ENOTDIR}
    assert refused(lambda: medium.read(b"passwd", 100)) == errno.EINVAL
    assert refused(lambda: medium.open_file(medium.root, b"passwd")) == errno.ELOOP


def test_every_kind_of_thing_is_told_apart_and_only_plain_files_are_opened(stick: Path, medium: Medium) -> None:
    os.mkfifo(stick / "fifo")
    os.mknod(stick / "device", 0o20600, os.makedev(10, 130))  # opening it would start a watchdog
    (stick / "link").symlink_to("data")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(stick / "socket"))
    kinds = {entry.name: entry.kind for entry in medium.entries(medium.root)}
    assert kinds == {b"data": "folder", b"device": "device", b"fifo": "fifo", b"link": "link", b"socket": "socket"}
    for name in (b"fifo", b"device", b"socket"):
        assert refused(lambda name=name: medium.read(name, 10)) == errno.EINVAL


def test_another_file_system_is_not_part_of_the_stick(mounted: Path, medium: Medium) -> None:
    (mounted / "b.txt").write_bytes(b"elsewhere")
    with medium.at(b"data") as data:
        assert {entry.name: entry.kind for entry in medium.entries(data)} == {b"a.txt": "file", b"mounted": "mount"}
    assert refused(lambda: medium.read(b"data/mounted/b.txt", 100)) == errno.EXDEV


def test_a_file_that_is_mounted_over_another_is_not_opened(stick: Path, mounted: Path, medium: Medium) -> None:
    (mounted / "other.txt").write_bytes(b"another device")
    subprocess.run([need("mount"), "--bind", str(mounted / "other.txt"), str(stick / "data" / "a.txt")], check=True)
    try:
        with medium.at(b"data") as data:
            assert refused(lambda: medium.open_file(data, b"a.txt")) == errno.EXDEV
    finally:
        subprocess.run([need("umount"), str(stick / "data" / "a.txt")], check=True)


def test_names_come_as_the_bytes_that_they_are(stick: Path, medium: Medium) -> None:
    odd = [b"\xff\xfe.txt", b"line\nbreak", b"e\xcc\x81", b"\xc3\xa9", b"..foo", b" "]
    for name in odd:
        (Path(os.fsdecode(os.path.join(os.fsencode(stick), name)))).write_bytes(b"x")
    assert [entry.name for entry in medium.entries(medium.root)] == sorted([*odd, b"data"])


def test_no_more_is_read_than_asked_for(stick: Path, medium: Medium) -> None:
    (stick / "large").write_bytes(b"x" * 5_000_000)
    assert len(medium.read(b"large", 1_000)) == 1_001
    assert len(medium.read(b"large", 2_000_000)) == 2_000_001
    descriptor = medium.open_file(medium.root, b"large")
    try:
        assert len(read_up_to(descriptor, 6_000_000)) == 5_000_000
    finally:
        os.close(descriptor)


def test_nothing_is_left_open_whatever_goes_wrong(stick: Path, medium: Medium) -> None:
    os.mkfifo(stick / "fifo")
    (stick / "away").symlink_to("/etc")
    before = open_descriptors()
    for _ in range(50):
        for path in (b"fifo", b"away/passwd", b"data", b"data/none", b"none/none", b"data/a.txt/b"):
            assert refused(lambda path=path: medium.read(path, 10)) is not None
        medium.read(b"data/a.txt", 10)
        medium.entries(medium.root)
    assert open_descriptors() == before


def test_two_at_once_on_one_stick_is_refused_and_later_it_goes(stick: Path, medium: Medium) -> None:
    with Medium.open(stick) as other:
        with medium.locked(), pytest.raises(RefusedError) as refusal, other.locked():
            pass
        assert refusal.value.slug == "stick-busy"
        with other.locked():
            pass


def test_a_mount_point_that_vanishes_does_not_lead_to_the_hosts_own_folder(stick: Path, medium: Medium) -> None:
    stick.rename(stick.with_name("gone"))
    stick.mkdir()
    (stick / "data").mkdir()
    assert medium.read(b"data/a.txt", 100) == b"knowledge"
    assert medium.is_alive()


def test_a_root_that_was_removed_is_not_alive(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    with Medium.open(tmp_path / "stick") as medium:
        assert medium.is_alive()
        (tmp_path / "stick").rmdir()
        assert not medium.is_alive()


@pytest.mark.parametrize(
    ("number", "writing", "reading"),
    [
        (errno.ENODEV, "stick-gone", "stick-gone"),
        (errno.ENOSPC, "stick-full", "stick-unreadable"),
        (errno.EROFS, "stick-read-only", "stick-unreadable"),
        (errno.EACCES, "stick-forbidden", "stick-unreadable"),
        (errno.EIO, "stick-write", "stick-unreadable"),
    ],
)
def test_each_way_to_fail_has_its_own_sentence(number: int, writing: str, reading: str) -> None:
    error = OSError(number, "x")
    assert medium_error(error, "stick").slug == writing
    assert medium_error(error, "stick", reading=True).slug == reading
    with pytest.raises(MediumError) as told, translated("stick"):
        raise error
    assert (told.value.slug, told.value.errno, told.value.fields["path"]) == (writing, number, "stick")


def test_letting_go_of_a_file_of_a_stick_that_is_gone_is_no_error(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": b"read before"})
    with Medium.open(tmp_path) as medium:
        descriptor = medium.open_file(medium.root, b"a.txt")
        file = PlainFile(descriptor, "rb")
        assert file.read() == b"read before"
        os.close(descriptor)  # as when the system fails at it
        file.close()
        assert file.closed


@pytest.mark.parametrize("part", ["sdb", "sdb/sdb1"])
def test_the_failures_of_a_disk_are_counted_for_each_of_its_parts(tmp_path: Path, part: str) -> None:
    disk = tmp_path / "devices" / "sdb"
    (disk / "sdb1").mkdir(parents=True)
    (disk / "device").mkdir()
    (disk / "device" / "ioerr_cnt").write_text("0x1f\n")
    (tmp_path / "block").mkdir()
    (tmp_path / "block" / "8:17").symlink_to(tmp_path / "devices" / part)
    assert fault_counter(os.makedev(8, 17), str(tmp_path / "block")) == str(disk / "device" / "ioerr_cnt")
    assert fault_counter(os.makedev(8, 33), str(tmp_path / "block")) is None
    with Medium.open(tmp_path) as medium:
        medium.counter = str(disk / "device" / "ioerr_cnt")
        assert medium.faults() == 31
        medium.counter = str(tmp_path / "gone")
        assert medium.faults() == 0
