"""The mount table is read as the kernel writes it, and rings when it changes."""

import os
import select
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import exfat_stick, ext4_stick, need, yank
from worlds import World, new_world

from linksync.host.daemon.mounts import Mount, MountBell, of_device, parsed, read_mounts, visible

TABLE = rb"""21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
36 21 8:17 / /media/anna/SLIMMER\040LINK ro,nosuid,nodev,noexec,relatime shared:7 - vfat /dev/sdb1 ro,uid=1000
37 21 0:54 / /media/anna/caf\303\251\011tab\134n rw,nosuid shared:1 master:2 propagate_from:3 - fuseblk /dev/sdc1 rw
38 21 8:33 /sub /mnt/\012 rw - ext4 /dev/sdd1 ro
"""


def test_spaces_tabs_line_feeds_backslashes_and_foreign_bytes_come_out_as_they_are() -> None:
    paths = [mount.path for mount in parsed(TABLE)]
    assert paths == [b"/", b"/media/anna/SLIMMER LINK", b"/media/anna/caf\xc3\xa9\ttab\\n", b"/mnt/\n"]


def test_optional_fields_of_any_number_stand_before_the_file_system() -> None:
    stick = parsed(TABLE)[2]
    assert (stick.fs, stick.source, stick.device) == ("fuseblk", b"/dev/sdc1", "0:54")


def test_what_is_read_only_as_a_mount_or_as_a_file_system_is_not_writable() -> None:
    assert [mount.writable for mount in parsed(TABLE)] == [True, False, True, False]


def test_bytes_that_are_no_utf8_stay_the_bytes_they_are() -> None:
    assert parsed(b"36 21 8:17 / /media/\xff\xfe rw - vfat /dev/sdb1 rw\n")[0].path == b"/media/\xff\xfe"


@pytest.mark.parametrize(
    "line",
    [b"", b"36", b"36 21 8:17 / /media rw", b"x 21 8:17 / /m rw - vfat /dev/sdb1 rw", b"36 21 8:1 / /m rw - vfat"],
)
def test_a_line_that_cannot_be_read_is_passed_over_and_the_others_are_not(line: bytes) -> None:
    assert [mount.id for mount in parsed(line + b"\n" + TABLE)] == [21, 36, 37, 38]


def test_every_cut_of_a_table_can_be_read() -> None:
    for end in range(len(TABLE)):
        assert len(parsed(TABLE[:end])) <= 4


def test_a_device_is_found_by_its_number_and_behind_a_program_by_its_node() -> None:
    table = parsed(TABLE)
    assert [mount.id for mount in of_device(table, "8:17", "/dev/sdb1")] == [36]
    assert [mount.id for mount in of_device(table, "8:33", "/dev/sdc1")] == [37, 38]
    assert of_device(table, "8:49", "/dev/sde1") == ()


def test_the_node_of_a_real_device_number_does_not_count_since_nodes_are_given_again() -> None:
    assert of_device(parsed(TABLE), "8:99", "/dev/sdb1") == ()


def test_what_lies_under_a_later_mount_is_not_visible_and_what_stands_on_it_is() -> None:
    table = parsed(
        b"1 0 254:0 / / rw - ext4 /dev/vda rw\n"
        b"2 1 8:17 / /media/a rw - vfat /dev/sdb1 rw\n"
        b"3 2 8:33 / /media/a rw - vfat /dev/sdc1 rw\n"
        b"4 1 8:49 / /media/ab rw - vfat /dev/sdd1 rw\n"
        b"5 3 8:65 / /media/a/in rw - vfat /dev/sde1 rw\n"
    )
    assert [mount.id for mount in visible(table)] == [1, 3, 4, 5]


def test_a_mount_over_a_folder_above_hides_what_is_below() -> None:
    table = parsed(
        b"1 0 254:0 / / rw - ext4 /dev/vda rw\n"
        b"2 1 8:17 / /media/a rw - vfat /dev/sdb1 rw\n"
        b"3 1 0:50 / /media rw - tmpfs tmpfs rw\n"
    )
    assert [mount.id for mount in visible(table)] == [1, 3]


@pytest.mark.parametrize(
    ("path", "is_so"),
    [(b"/", True), (b"/boot/efi", True), (b"/home", True), (b"/home/anna/stick", False), (b"/media/anna/usr", False)],
)
def test_what_the_computer_runs_from_is_told_from_a_stick(path: bytes, is_so: bool) -> None:
    mount = Mount(
        id=1, parent=0, device="8:1", root=b"/", path=path, options=frozenset(), fs="ext4", source=b"/dev/sda1"
    )
    assert mount.is_of_the_system is is_so


def test_a_real_stick_with_a_space_in_its_place_is_in_the_table(tmp_path: Path) -> None:
    place = tmp_path / "met spatie\\en meer"
    place.mkdir()
    with ext4_stick(place) as stick:
        [mount] = of_device(read_mounts(), stick.number, stick.device)
        assert mount.path == os.fsencode(stick.path)
        assert (mount.fs, mount.writable) == ("ext4", True)


def test_a_stick_that_a_program_serves_is_found_by_its_node(tmp_path: Path) -> None:
    with exfat_stick(tmp_path) as stick:
        assert [mount.path for mount in of_device(read_mounts(), stick.number, stick.device)] == [
            os.fsencode(stick.path)
        ]


def test_a_yanked_stick_lingers_in_the_table(tmp_path: Path) -> None:
    with ext4_stick(tmp_path) as stick:
        yank(stick)
        assert of_device(read_mounts(), stick.number, stick.device)


def test_where_there_is_no_table_nothing_is_mounted() -> None:
    assert read_mounts("/proc/of/another/system") == ()


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    with new_world(tmp_path) as world:
        yield world


def test_the_bell_rings_for_each_mount_and_unmount_when_the_kernel_tells_of_it(world: World, tmp_path: Path) -> None:
    place = tmp_path / "here"
    place.mkdir()
    rung, told = threading.Event(), threading.Event()

    def kernel() -> None:
        """The same news without a bell: what this computer itself needs to tell it."""
        with open("/proc/thread-self/mountinfo", "rb") as table:
            poll = select.poll()
            poll.register(table, select.POLLPRI | select.POLLERR)
            told.set()
            while poll.poll(30_000):
                told.set()

    def listen() -> None:
        with MountBell(rung.set) as bell:
            assert bell.works
            assert rung.wait(30)  # once at the beginning
            threading.Thread(target=kernel, daemon=True).start()
            assert told.wait(30)
            for command in ([need("mount"), "-t", "tmpfs", "none", str(place)], [need("umount"), str(place)]):
                rung.clear()
                told.clear()
                subprocess.run(command, check=True)
                assert told.wait(30)
                assert rung.wait(2), "it rings by time alone"
            assert bell.alive
            assert bell.failures == 0

    world.inside(listen)


def test_a_mount_and_unmount_in_quick_turn_ring_though_the_table_is_as_before(world: World, tmp_path: Path) -> None:
    place = tmp_path / "here"
    place.mkdir()
    rung = threading.Event()

    def listen() -> None:
        with MountBell(rung.set):
            assert rung.wait(2)
            rung.clear()
            subprocess.run(["sh", "-c", f"mount -t tmpfs none '{place}' && umount '{place}'"], check=True)
            assert rung.wait(2)

    world.inside(listen)


def test_a_quiet_table_does_not_ring() -> None:
    rings: list[float] = []
    with MountBell(lambda: rings.append(time.monotonic()), path="/proc/self/mountinfo"):
        time.sleep(0.3)
    assert len(rings) <= 2  # at the beginning; another test may be mounting


def test_where_there_is_no_table_time_rings() -> None:
    bell = MountBell(lambda: None, path="/proc/of/another/system")
    assert not bell.works
    with bell:
        assert bell.alive
