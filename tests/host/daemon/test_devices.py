"""Sticks are listed as udev tells of them, whatever comes in which order; and the bell never falls silent."""

import functools
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import exfat_stick, ext4_stick, need
from played import open_descriptors, resident
from udev import Testbed, played
from waiting import until
from worlds import World, new_world

from linksync.host.daemon.devices import Devices, UdevBell, is_plugged_in, mounted, twins
from linksync.host.daemon.mounts import parsed, read_mounts


@played
def test_a_file_system_on_the_whole_disk_is_a_stick(bed: Testbed) -> None:
    bed.plug("sdb")
    [stick] = Devices().listed()
    assert (stick.node, stick.number, stick.fs, stick.label) == ("/dev/sdb", "8:16", "vfat", "SLIMMERLINK")
    assert (stick.usb, stick.removable, stick.read_only, stick.answers) == (True, True, False, True)
    assert (stick.model, stick.size, stick.disk) == ("Stick 3.0", 31266816 * 512, "8:16")


@played
def test_a_file_system_on_a_partition_is_a_stick_and_its_disk_is_none(bed: Testbed) -> None:
    bed.plug("sdb", partition=1)
    [stick] = Devices().listed()
    assert (stick.node, stick.number, stick.removable) == ("/dev/sdb1", "8:17", True)
    assert stick.disk == "8:16", "by which its other partitions are known"


@played
def test_added_is_not_ready_and_change_is(bed: Testbed) -> None:
    devices, path = Devices(), bed.plug("sdb", ready=False)
    assert devices.listed() == ()
    bed.read_file_system(path)
    assert [one.node for one in devices.listed()] == ["/dev/sdb"]


@played
def test_what_does_not_hang_on_usb_or_holds_no_file_system_is_no_stick(bed: Testbed) -> None:
    bed.plug("sda", ID_BUS="ata")
    bed.plug("sdb", port=2, ID_FS_USAGE="crypto")
    bed.plug("sdc", port=3, UDISKS_IGNORE="1")
    assert Devices().listed() == ()


@played
def test_a_disk_behind_a_usb_bridge_that_says_ata_is_a_stick(bed: Testbed) -> None:
    bed.plug("sdb", ID_BUS="ata", ID_USB_DRIVER="uas")
    assert len(Devices().listed()) == 1


@played
def test_a_change_without_file_system_before_remove_is_a_stick_that_does_not_answer_and_then_gone(bed: Testbed) -> None:
    devices, path = Devices(), bed.plug("sdb")
    [before] = devices.listed()
    bed.lose_file_system(path)
    [after] = devices.listed()
    assert (after.id, after.answers) == (before.id, False)
    assert is_plugged_in(before)
    bed.pull(path)
    assert devices.listed() == ()
    assert not is_plugged_in(before)


@played
def test_a_stick_that_answers_again_is_the_same(bed: Testbed) -> None:
    devices, path = Devices(), bed.plug("sdb")
    [before] = devices.listed()
    bed.lose_file_system(path)
    assert [one.answers for one in devices.listed()] == [False]
    bed.read_file_system(path)
    assert devices.listed() == (before,)


@played
def test_a_label_that_is_lost_to_a_read_error_changes_nothing_but_the_label(bed: Testbed) -> None:
    devices, path = Devices(), bed.plug("sdb")
    [before] = devices.listed()
    bed.lose_file_system(path, only="ID_FS_LABEL")
    [after] = devices.listed()
    assert (after.id, after.medium, after.label, after.answers) == (before.id, before.medium, "", True)


@played
def test_a_stick_plugged_in_again_is_another_plug_of_the_same_medium(bed: Testbed) -> None:
    devices, path = Devices(), bed.plug("sdb")
    [before] = devices.listed()
    bed.pull(path)
    assert devices.listed() == ()
    bed.plug("sdb")
    [after] = devices.listed()
    assert after.number == before.number
    assert after.id != before.id
    assert after.medium == before.medium
    assert not is_plugged_in(before)
    assert is_plugged_in(after)


@played
def test_the_same_stick_in_another_port_is_the_same_medium(bed: Testbed) -> None:
    path = bed.plug("sdb")
    [before] = Devices().listed()
    bed.pull(path)
    bed.plug("sdc", port=2)
    [after] = Devices().listed()
    assert (after.medium, after.id == before.id) == (before.medium, False)


@played
def test_copies_side_by_side_stay_apart_and_are_known_for_copies(bed: Testbed) -> None:
    bed.plug("sdb")
    bed.plug("sdc", port=2)
    bed.plug("sdd", port=3, ID_FS_UUID="AAAA-BBBB")
    bed.plug("sde", port=4, serial="Other_Maker_7")
    one, two, three, four = Devices().listed()
    assert len({one.id, two.id, three.id, four.id}) == 4
    assert twins((one, two, three, four)) == {one.id, two.id}


@played
def test_a_stick_without_uuid_is_never_taken_for_another(bed: Testbed) -> None:
    bed.plug("sdb", ID_FS_UUID="")
    bed.plug("sdc", port=2, ID_FS_UUID="")
    listed = Devices().listed()
    assert [one.medium for one in listed] == ["", ""]
    assert twins(listed) == frozenset()


@played
def test_a_stick_that_was_formatted_meanwhile_is_another(bed: Testbed) -> None:
    devices, path = Devices(), bed.plug("sdb")
    [before] = devices.listed()
    bed.lose_file_system(path)
    bed.read_file_system(path, ID_FS_UUID="NEW0-0001")
    [after] = devices.listed()
    assert (after.uuid, after.id == before.id) == ("NEW0-0001", False)


@played
def test_a_card_taken_out_of_its_reader_is_gone_though_the_reader_stays(bed: Testbed) -> None:
    devices, path = Devices(), bed.plug("sdb")
    assert len(devices.listed()) == 1
    bed.set(path, "size", "0")
    bed.lose_file_system(path)
    assert devices.listed() == ()


@played
def test_a_switch_against_writing_is_seen(bed: Testbed) -> None:
    path = bed.plug("sdb", partition=1)
    bed.set(str(Path(path).parent), "ro", "1")
    assert [one.read_only for one in Devices().listed()] == [True]


@played
def test_the_bell_rings_for_every_plug_change_and_pull(bed: Testbed) -> None:
    rung = threading.Event()
    with UdevBell(rung.set) as bell:
        assert bell.works
        assert rung.wait(5)
        rung.clear()
        path = bed.plug("sdb")
        assert rung.wait(5)
        for do in (functools.partial(bed.event, path, "change"), functools.partial(bed.pull, path)):
            time.sleep(0.2)  # whatever of the last one was still on its way
            rung.clear()
            do()
            assert rung.wait(5)
        assert bell.failures == 0


def at_rest() -> tuple[int, int]:
    """How many threads and descriptors there are once the bell has heard everything: an event being read holds some."""
    seen: list[tuple[int, int]] = []
    while len(seen) < 6 or len(set(seen[-6:])) > 1:
        seen.append((threading.active_count(), open_descriptors()))
        time.sleep(0.05)
    return seen[-1]


@played
def test_a_thousand_plugs_and_pulls_leave_the_right_list_and_nothing_behind(bed: Testbed) -> None:
    devices, rung = Devices(), threading.Event()
    with UdevBell(rung.set) as bell:
        assert rung.wait(5)
        path = bed.plug("sdb", partition=1)
        assert len(devices.listed()) == 1
        assert until(rung.is_set)
        before, memory = at_rest(), resident()
        for turn in range(250):  # of several events each
            bed.event(path, "change")
            rung.clear()
            bed.pull(path)
            if turn % 10 == 0:
                assert until(lambda: devices.listed() == ())
            assert until(rung.is_set)  # umockdev gives up when ten messages wait
            rung.clear()
            path = bed.plug("sdb", partition=1)
            assert until(rung.is_set)
        assert until(lambda: len(devices.listed()) == 1)
        assert until(rung.is_set)
        assert bell.alive
        assert at_rest() == before
        assert resident() - memory < 30 << 20, "of which the testbed takes most"


# From here with the real udev and the real kernel.


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    with new_world(tmp_path) as world:
        world.start_udev()
        yield world


def image(world: World, *command: str) -> Path:
    path = world.folder / "stick.img"
    with path.open("wb") as file:
        file.truncate(16 << 20)
    subprocess.run([need(command[0]), *command[1:], str(path)], check=True, capture_output=True)
    return path


@pytest.mark.parametrize(
    ("command", "fs"),
    [
        (("mkfs.vfat", "-n", "DE LINK", "-i", "2E2411A0"), "vfat"),
        (("mkfs.exfat", "-L", "DE LINK"), "exfat"),
        (("mkfs.ext4", "-q", "-L", "DE LINK"), "ext4"),
    ],
)
def test_a_real_stick_is_seen_as_soon_as_udev_has_it_and_missed_when_it_is_out(
    world: World, command: tuple[str, ...], fs: str
) -> None:
    path = image(world, *command)

    def run() -> None:
        devices, rung = Devices(), threading.Event()
        assert devices.works
        with UdevBell(rung.set):
            assert rung.wait(5)
            assert devices.listed() == ()
            rung.clear()
            with world.plugged_in(path) as node:
                world.settle()
                [stick] = devices.listed()
                assert rung.wait(5)
                assert (stick.node, stick.fs, stick.label) == (node, fs, "DE_LINK")
                assert stick.size == 16 << 20
                rung.clear()
            assert rung.wait(5)
            assert until(lambda: devices.listed() == ())

    world.inside(run)


def test_a_real_overflow_of_the_socket_is_survived(world: World) -> None:
    path = image(world, "mkfs.ext4", "-q")
    rings: list[float] = []
    hold = threading.Event()

    def ring() -> None:
        rings.append(time.monotonic())
        if len(rings) == 2:
            hold.wait(20)  # busy, while messages pile up

    def run() -> None:
        with UdevBell(ring, buffer=4096) as bell, world.plugged_in(path) as node:
            assert until(lambda: len(rings) >= 2)
            for _ in range(200):
                Path("/sys/class/block", Path(node).name, "uevent").write_text("change", "ascii")
            world.settle()
            hold.set()
            assert until(lambda: bell.failures >= 1)
            assert isinstance(bell.last_failure, OSError)
            count = len(rings)
            assert until(lambda: len(rings) > count or len(rings) >= 3)
            assert bell.alive
            time.sleep(0.5)
            count = len(rings)
            Path("/sys/class/block", Path(node).name, "uevent").write_text("change", "ascii")
            assert until(lambda: len(rings) > count)  # it hears again

    world.inside(run)


def test_where_there_is_no_udev_it_is_said_and_nothing_fails(tmp_path: Path) -> None:
    with new_world(tmp_path) as world:

        def run() -> None:
            devices = Devices()
            assert not devices.works
            assert devices.listed() == ()
            with UdevBell(lambda: None) as bell:
                assert not bell.works
                assert bell.alive

        world.inside(run)


def test_without_udev_what_is_mounted_from_usb_is_found_from_the_kernel_alone(tmp_path: Path) -> None:
    with ext4_stick(tmp_path), exfat_stick(tmp_path):
        assert mounted(read_mounts()) == ()  # loop devices do not hang on USB
    assert mounted(parsed(b"36 21 8:999 / /media/x rw - vfat /dev/sdzz1 rw\n")) == ()


@played
def test_without_udev_a_mounted_stick_is_listed_by_its_numbers(bed: Testbed) -> None:
    bed.plug("sdb", partition=1)
    [stick] = mounted(parsed(b"36 21 8:17 / /media/DE\\040LINK ro - vfat /dev/sdb1 ro\n"))
    assert (stick.node, stick.number, stick.fs, stick.usb, stick.medium) == ("/dev/sdb1", "8:17", "vfat", True, "")
    assert stick.id == f"8:17-{11}-"
