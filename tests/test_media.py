"""The sticks and the faults that other tests stand on do what they say."""

import errno
import os
import stat
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from importlib import import_module
from pathlib import Path

import media
import pytest
from faults import Faults, Killed, count_calls, each_fault
from media import (
    MissingToolError,
    Stick,
    exfat_stick,
    ext4_stick,
    fat_stick,
    need,
    plain,
    remount,
    remount_readonly,
    replug,
    yank,
)

MakeStick = Callable[..., AbstractContextManager[Stick]]

REAL = pytest.mark.parametrize("make", [fat_stick, exfat_stick, ext4_stick])
KEEPS_FSYNCED = pytest.mark.parametrize("make", [exfat_stick, ext4_stick])


def write(path: Path, content: bytes, *, synced: bool = True) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644)
    try:
        os.write(descriptor, content)
        if synced:
            os.fsync(descriptor)
            sync_folder(path.parent)
    finally:
        close(descriptor)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        close(descriptor)


def close(descriptor: int) -> None:
    """Close as programs do on a dead exFAT stick: closed it is, and EIO it says."""
    with suppress(OSError):
        os.close(descriptor)


@REAL
def test_what_is_written_stands_on_the_stick_when_it_is_put_in_again(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path) as stick:
        write(stick.path / "a.txt", b"knowledge")
        remount(stick)
        assert (stick.path / "a.txt").read_bytes() == b"knowledge"


@REAL
def test_a_stick_is_a_device_of_its_own_with_the_size_asked_for(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path, megabytes=24) as stick:
        assert stick.path.stat().st_dev != tmp_path.stat().st_dev
        room = os.statvfs(stick.path)
        assert 12 << 20 < room.f_bavail * room.f_frsize <= 24 << 20


@REAL
def test_a_stick_mounted_to_read_refuses_to_be_written_and_stays_identical(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path, holding={"data/a.txt": b"a"}) as stick:
        assert stick.image is not None
        remount_readonly(stick)
        before = stick.image.read_bytes()
        with pytest.raises(OSError, match="Read-only"):
            write(stick.path / "b.txt", b"b")
        assert (stick.path / "data" / "a.txt").read_bytes() == b"a"
        remount_readonly(stick)
        assert stick.image.read_bytes() == before


@REAL
def test_names_with_accents_that_others_wrote_are_read(make: MakeStick, tmp_path: Path) -> None:
    names = {"data/Café/één idee.txt", "data/日本.txt", "data/" + "lang " * 40 + ".txt"}
    with make(tmp_path, holding={name: name.encode() for name in names}) as stick:
        found = {str(path.relative_to(stick.path)) for path in stick.path.glob("data/**/*.txt")}
        assert found == names
        assert all((stick.path / name).read_bytes() == name.encode() for name in names)


def test_fat_and_exfat_take_upper_and_lower_case_for_the_same_name(tmp_path: Path) -> None:
    with fat_stick(tmp_path) as fat, exfat_stick(tmp_path) as exfat:
        for stick in (fat, exfat):
            write(stick.path / "kaart.txt", b"a")
            with pytest.raises(FileExistsError):
                write(stick.path / "KAART.TXT", b"b")


def test_an_ext4_stick_can_hold_links_and_fifos(tmp_path: Path) -> None:
    with ext4_stick(tmp_path) as stick:
        os.symlink("/etc/passwd", stick.path / "link")
        os.mkfifo(stick.path / "fifo")
        assert stat.S_ISFIFO((stick.path / "fifo").lstat().st_mode)


@KEEPS_FSYNCED
def test_a_yanked_stick_fails_and_comes_back(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path) as stick:
        write(stick.path / "a.txt", b"a")
        yank(stick)
        with pytest.raises(OSError, match=r"Input/output|Read-only"):
            write(stick.path / "b.txt", b"b")
        replug(stick)
        assert (stick.path / "a.txt").read_bytes() == b"a"
        write(stick.path / "c.txt", b"c")


def test_a_yanked_fat_stick_lists_as_empty_and_has_lost_nothing(tmp_path: Path) -> None:
    with fat_stick(tmp_path) as stick:
        write(stick.path / "a.txt", b"a")
        yank(stick)
        assert os.listdir(stick.path) == []
        replug(stick)
        assert os.listdir(stick.path) == ["a.txt"]


@KEEPS_FSYNCED
def test_a_yank_can_lose_what_was_not_synced_and_nothing_else(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path) as stick:
        write(stick.path / "synced.txt", b"s" * 100_000)
        write(stick.path / "loose.txt", b"l" * 100_000, synced=False)
        yank(stick, lose_unsynced=True)
        replug(stick)
        assert (stick.path / "synced.txt").read_bytes() == b"s" * 100_000
        loose = stick.path / "loose.txt"
        assert not loose.exists() or loose.read_bytes() != b"l" * 100_000


def test_a_yank_that_cannot_be_done_truly_is_refused(tmp_path: Path) -> None:
    with plain(tmp_path) as stick, pytest.raises(ValueError, match="plain"):
        yank(stick)
    with fat_stick(tmp_path) as stick, pytest.raises(ValueError, match="fat"):
        yank(stick, lose_unsynced=True)


@REAL
@pytest.mark.parametrize("yanked", [False, True])
def test_nothing_stays_behind_when_a_stick_is_done_with(make: MakeStick, yanked: bool, tmp_path: Path) -> None:
    with make(tmp_path) as stick:
        device = stick.device
        if yanked:
            yank(stick)
    assert device
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    assert (
        str(tmp_path)
        not in subprocess.run([need("losetup"), "--list"], check=True, capture_output=True, text=True).stdout
    )
    assert not list(tmp_path.glob("*.img"))


@REAL
def test_a_test_that_leaves_a_file_open_is_told_and_nothing_stays_behind(make: MakeStick, tmp_path: Path) -> None:
    # the error comes when the stick is done with, so all of the test stands in the block
    with pytest.raises(AssertionError, match="left something open"), make(tmp_path) as stick:  # noqa: PT012
        write(stick.path / "a.txt", b"a")
        opened = os.open(stick.path / "a.txt", os.O_RDONLY)
    close(opened)
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "_SEARCHED", "/nowhere")
    with pytest.raises(MissingToolError, match="apt-get install dosfstools"):
        need("mkfs.vfat")


def hand_over(folder: Path) -> None:
    """A write path as the stick wants it: a folder, a file, fsync of both."""
    os.mkdir(folder / "new")
    write(folder / "new" / "a.txt", b"abcd")
    sync_folder(folder)


def test_every_call_that_changes_something_is_counted_and_no_other(tmp_path: Path) -> None:
    inside = tmp_path / "stick"
    inside.mkdir()
    with count_calls(inside) as counted:
        hand_over(inside)
        os.listdir(inside)
        os.stat(inside / "new" / "a.txt")
        (tmp_path / "beside").mkdir()
    assert counted.calls == [
        "mkdir new",
        "open new/a.txt",
        "write new/a.txt",
        "fsync new/a.txt",
        "fsync new",
        "fsync .",
    ]


def test_calls_through_a_folder_descriptor_are_counted(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    with count_calls(tmp_path) as counted:
        os.mkdir("a", dir_fd=descriptor)
        os.rename("a", "b", src_dir_fd=descriptor, dst_dir_fd=descriptor)
        os.rmdir("b", dir_fd=descriptor)
    os.close(descriptor)
    assert counted.calls == ["mkdir a", "rename b", "rmdir b"]


def test_syncfs_counts_and_makes_everything_safe(tmp_path: Path) -> None:
    durable = import_module("linksync.machine.durable")
    with suppress(OSError), Faults(tmp_path, fail_at=4, torn=True) as faults:
        write(tmp_path / "a.txt", b"abcd", synced=False)
        descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
        durable.syncfs(descriptor)
        os.close(descriptor)
        os.mkdir(tmp_path / "fails")
    assert faults.calls == ["open a.txt", "write a.txt", "syncfs .", "mkdir fails"]
    assert (tmp_path / "a.txt").read_bytes() == b"abcd"


def test_the_call_of_the_given_number_fails_and_the_next_one_works(tmp_path: Path) -> None:
    with Faults(tmp_path, fail_at=2, error=errno.ENOSPC) as faults:
        os.mkdir(tmp_path / "one")
        with pytest.raises(OSError, match="No space"):
            os.mkdir(tmp_path / "two")
        os.mkdir(tmp_path / "three")
    assert faults.fired
    assert sorted(os.listdir(tmp_path)) == ["one", "three"]


def test_a_dead_stick_stays_dead_until_the_fault_is_over(tmp_path: Path) -> None:
    with Faults(tmp_path, fail_at=1, error=errno.ENODEV, stay_dead=True):
        for _ in range(3):
            with pytest.raises(OSError, match="No such device"):
                os.mkdir(tmp_path / "one")
    os.mkdir(tmp_path / "one")


def write_and_tidy_up(path: Path) -> None:
    try:
        write(path, b"abcd")
    finally:
        os.unlink(path)


def test_a_killed_process_changes_nothing_on_its_way_out(tmp_path: Path) -> None:
    with Faults(tmp_path, fail_at=2, killed=True), pytest.raises(Killed):
        write_and_tidy_up(tmp_path / "temp")
    assert os.listdir(tmp_path) == ["temp"]


def test_a_torn_write_leaves_what_fat_leaves_of_each_step(tmp_path: Path) -> None:
    left = []

    def plan(number: int) -> Faults:
        world = tmp_path / str(number)
        world.mkdir()
        return Faults(world, fail_at=number, torn=True)

    for number, faults in enumerate(each_fault(plan), start=1):
        with suppress(OSError), faults:
            hand_over(tmp_path / str(number))
        left.append(sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob(f"{number}/**/*")))
    assert left == [[], [], [], [], [], [], ["7/new", "7/new/a.txt"]]


@pytest.mark.parametrize(
    ("fsync_again", "content"), [(False, b""), (True, b"abcd")], ids=["textbook", "fsync the target again"]
)
def test_a_renamed_file_is_only_safe_on_fat_when_it_is_fsynced_again(
    fsync_again: bool, content: bytes, tmp_path: Path
) -> None:
    with suppress(OSError), Faults(tmp_path, fail_at=8 if fsync_again else 7, torn=True) as faults:
        write(tmp_path / "temp", b"abcd")
        os.rename(tmp_path / "temp", tmp_path / "a.txt")
        sync_folder(tmp_path)
        if fsync_again:
            descriptor = os.open(tmp_path / "a.txt", os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        os.mkdir(tmp_path / "fails")
    assert faults.fired
    assert (tmp_path / "a.txt").read_bytes() == content


def test_a_failing_write_can_stop_half_way(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"", synced=True)
    descriptor = os.open(tmp_path / "a.txt", os.O_WRONLY)
    with Faults(tmp_path, fail_at=1, torn=True), pytest.raises(OSError, match="Input/output"):
        os.write(descriptor, b"abcd")
    os.close(descriptor)
    assert (tmp_path / "a.txt").read_bytes() == b"ab"


def test_os_is_as_it_was_when_the_faults_are_over(tmp_path: Path) -> None:
    before = {name: getattr(os, name) for name in dir(os)}
    with Faults(tmp_path):
        assert os.open is not before["open"]
    assert {name: getattr(os, name) for name in dir(os)} == before
