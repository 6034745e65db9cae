"""Sticks are mounted, let go of and switched off by a real udisksd; whatever fails says so in a sentence, in time."""

import errno
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from buses import Player, Told
from media import ext4_stick, limit_size, need
from played import open_descriptors
from worlds import World, as_nobody, new_world, udisks_world

from linksync.errors import LinksyncError, MediumError, RefusedError
from linksync.host.daemon import bus, devices
from linksync.host.daemon import mounts as mount_table
from linksync.host.daemon.devices import Device, Devices
from linksync.host.daemon.disks import Disks, Limits, NoDisks, Off
from linksync.host.daemon.mounts import Mount, of_device, read_mounts
from linksync.host.daemon.udisks import UDisks, find_disks
from linksync.people.sentences import ERRORS, error_sentence

Result = TypeVar("Result")
SHORT = Limits(ask=0.5, mount=0.5, unmount=0.5, power_off=0.5)


@pytest.fixture(scope="module", name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with udisks_world(tmp_path_factory.mktemp("w")) as world:
        yield world


@pytest.fixture(autouse=True)
def _on_its_bus(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", world.bus)


@pytest.fixture(name="device")
def _device(world: World) -> Iterator[Device]:
    with world.new_stick() as node:
        [device] = [one for one in world.inside(Devices().listed) if one.node == node]
        yield device


def mounts(device: Device) -> tuple[Mount, ...]:
    return of_device(read_mounts(), device.number, device.node)


def refused(do: Callable[[], object]) -> LinksyncError:
    """What it says, which has a sentence in both languages that leaves nothing out."""
    with pytest.raises(LinksyncError) as caught:
        do()
    assert caught.value.slug in ERRORS
    for language in ("nl", "en"):
        assert "…" not in error_sentence(caught.value, language)
    return caught.value


def test_a_stick_is_mounted_to_read_and_runs_nothing(world: World, device: Device) -> None:
    def run() -> None:
        path = UDisks().mount(device)
        [mount] = mounts(device)
        assert os.fsencode(path) == mount.path
        assert {"ro", "noexec", "nosuid", "nodev"} <= mount.options
        with pytest.raises(OSError, match="Read-only"):
            Path(path, "x").touch()

    world.inside(run)


def test_a_stick_is_mounted_to_write_and_runs_nothing(world: World, device: Device) -> None:
    def run() -> None:
        path = UDisks().mount(device, writable=True)
        [mount] = mounts(device)
        assert mount.writable
        assert {"noexec", "nosuid", "nodev"} <= mount.options
        Path(path, "x").touch()

    world.inside(run)


def test_from_reading_to_writing_and_out(world: World, device: Device) -> None:
    def run() -> None:
        disks = find_disks()
        for writable in (False, True):
            disks.mount(device, writable=writable)
            disks.unmount(device)
            assert mounts(device) == ()
        disks.unmount(device)  # what is not mounted is no error
        assert disks.power_off(device) is Off.LEFT  # a loop device has no drive

    world.inside(run)


def test_switching_off_unmounts_first(world: World, device: Device) -> None:
    def run() -> None:
        UDisks().mount(device)
        assert UDisks().power_off(device) is Off.LEFT
        assert mounts(device) == ()

    world.inside(run)


def test_what_somebody_else_has_mounted_is_told_with_its_place(world: World, device: Device) -> None:
    def run() -> None:
        path = UDisks().mount(device)
        error = refused(lambda: UDisks().mount(device, writable=True))
        assert (error.slug, error.fields["path"]) == ("disk-already-mounted", path)

    world.inside(run)


def test_what_was_mounted_by_hand_is_unmounted_too_as_often_as_it_is(
    world: World, device: Device, tmp_path: Path
) -> None:
    def run() -> None:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            subprocess.run([need("mount"), device.node, str(tmp_path / name)], check=True)
        assert len(mounts(device)) == 2
        UDisks().unmount(device)
        assert mounts(device) == ()

    world.inside(run)


@pytest.mark.parametrize("disks", [UDisks(), NoDisks()])
def test_a_busy_stick_stays_and_the_program_is_named(world: World, device: Device, disks: Disks) -> None:
    def run() -> None:
        path = UDisks().mount(device)
        with subprocess.Popen([need("sleep"), "1000"], cwd=path) as process:
            try:
                error = refused(lambda: disks.unmount(device))
            finally:
                process.kill()
        assert error.slug == "unmount-busy"
        assert error.fields["programs"] == "sleep"
        assert error.fields["path"] == path
        assert len(mounts(device)) == 1
        disks.unmount(device)
        assert mounts(device) == ()

    world.inside(run)


def test_a_stick_held_by_no_program_that_can_be_seen_says_another_program(world: World, device: Device) -> None:
    def run() -> None:
        path = UDisks().mount(device, writable=True)
        below = Path(path, "below")
        below.mkdir()
        subprocess.run([need("mount"), "-t", "tmpfs", "none", str(below)], check=True)
        for disks in (UDisks(), NoDisks()):
            error = refused(lambda disks=disks: disks.unmount(device))  # type: ignore[misc]
            assert (error.slug, error.fields["path"]) == ("unmount-busy-unseen", path)
        subprocess.run([need("umount"), str(below)], check=True)

    world.inside(run)


def test_a_stick_that_cannot_be_written_is_told_before_anything_is_mounted(world: World, device: Device) -> None:
    def run() -> None:
        subprocess.run([need("blockdev"), "--setro", device.node], check=True)
        try:
            error = refused(lambda: UDisks().mount(device, writable=True))
            assert (error.slug, isinstance(error, MediumError) and error.errno) == ("disk-read-only", errno.EROFS)
            assert mounts(device) == ()
            UDisks().mount(device)
            UDisks().unmount(device)
        finally:
            subprocess.run([need("blockdev"), "--setrw", device.node], check=True)

    world.inside(run)


def test_a_user_who_may_not_is_told_so(world: World, device: Device) -> None:
    error = world.inside(lambda: as_nobody(lambda: refused(lambda: UDisks().mount(device))))
    assert (error.slug, type(error)) == ("disk-not-allowed", RefusedError)


def test_a_stick_that_is_no_longer_there_is_gone(world: World, device: Device) -> None:
    gone = replace(device, id=f"{device.number}-1-{device.uuid}", number="259:99")
    for do in (UDisks().mount, UDisks().unmount, UDisks().power_off):
        assert world.inside(lambda do=do: refused(lambda: do(gone))).slug == "disk-gone"  # type: ignore[misc]


def test_a_stick_that_dies_while_it_is_mounted_can_still_be_let_go(world: World, device: Device) -> None:
    def run() -> None:
        path = UDisks().mount(device, writable=True)
        Path(path, "x").write_bytes(b"x" * 100_000)
        limit_size(device.node, 512)
        began = time.monotonic()
        UDisks().unmount(device)
        assert mounts(device) == ()
        assert time.monotonic() - began < 5

    world.inside(run)


def test_a_node_that_was_given_to_another_stick_is_not_touched(world: World, device: Device) -> None:
    other = replace(device, number="7:999")
    assert world.inside(lambda: refused(lambda: UDisks().mount(other))).slug == "disk-gone"


def test_a_stick_that_fails_while_it_is_mounted_says_so_and_does_not_hang(world: World, device: Device) -> None:
    def run() -> None:
        subprocess.run(
            [need("dd"), "if=/dev/zero", f"of={device.node}", "bs=64k", "count=16"], check=True, capture_output=True
        )
        began = time.monotonic()
        error = refused(lambda: UDisks().mount(device))
        assert error.slug in ("disk-failed", "disk-not-mountable")
        assert time.monotonic() - began < 5

    world.inside(run)


def test_what_the_computer_runs_from_is_never_let_go(world: World, device: Device) -> None:
    def run() -> None:
        subprocess.run([need("mount"), device.node, "/boot"], check=True)
        try:
            for disks in (UDisks(), NoDisks()):
                for do in (disks.unmount, disks.power_off):
                    assert refused(lambda do=do: do(device)).slug == "disk-of-the-system"  # type: ignore[misc]
            assert len(mounts(device)) == 1
        finally:
            subprocess.run([need("umount"), "/boot"], check=True)

    world.inside(run)


def test_which_udisks_it_is_is_told(world: World) -> None:
    assert world.inside(UDisks().version).startswith("2.")


def test_without_a_bus_nobody_mounts_and_it_is_said(monkeypatch: pytest.MonkeyPatch, device: Device) -> None:
    for address in ("unix:path=/nowhere/at/all", "nonsense", "unix:path=/dev/null"):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert not UDisks().works
        assert isinstance(find_disks(), NoDisks)
        assert refused(lambda: UDisks().mount(device)).slug == "disks-absent"
    assert refused(lambda: find_disks().mount(device)).slug == "disks-absent"


def test_without_udisks_a_stick_is_still_let_go_where_that_is_allowed(tmp_path: Path) -> None:
    with ext4_stick(tmp_path) as stick:
        plain = Device(
            id="", medium="", node=stick.device, number=stick.number, uuid="", label="", fs="ext4", usb=True,
            removable=True, read_only=False,
        )  # fmt: skip
        assert NoDisks().power_off(plain) is Off.LEFT
        assert of_device(read_mounts(), plain.number, plain.node) == ()
        subprocess.run([need("mount"), stick.device, str(stick.path)], check=True)


# What a drive answers, and a udisksd that fails, can only be played.

ERROR, DBUS = "org.freedesktop.UDisks2.Error.", "org.freedesktop.DBus.Error."
DRIVE, BLOCK = "/org/freedesktop/UDisks2/drives/Stick", "/org/freedesktop/UDisks2/block_devices/loop"


class Play:
    """A udisksd that knows one stick, on a bus of its own."""

    def __init__(self, device: Device, drive: Mapping[str, bool]) -> None:
        major, minor = map(int, device.number.split(":"))
        block = {
            "DeviceNumber": ("t", os.makedev(major, minor)),
            "Device": ("ay", os.fsencode(device.node) + b"\0"),
            "Drive": ("o", DRIVE),
        }
        self.answers: dict[str, tuple[str, tuple[Any, ...]] | Told | None] = {
            "Manager.ResolveDevice": ("ao", ([BLOCK],)),
            "Properties.GetAll Manager": ("a{sv}", ({"Version": ("s", "2.9.9")},)),
            "Properties.GetAll Block": ("a{sv}", (block,)),
            "Properties.GetAll Filesystem": ("a{sv}", ({"MountPoints": ("aay", [])},)),
            "Properties.GetAll Drive": ("a{sv}", ({name: ("b", is_so) for name, is_so in drive.items()},)),
            "ObjectManager.GetManagedObjects": ("a{oa{sa{sv}}}", ({BLOCK: {"org.freedesktop.UDisks2.Block": block}},)),
            "Filesystem.Mount": ("s", ("/media/stick",)),
            "Filesystem.Unmount": Told("org.freedesktop.UDisks2.Error.NotMounted"),
            "Drive.PowerOff": ("", ()),
            "Drive.Eject": ("", ()),
        }


@pytest.fixture(name="stage")
def _stage(tmp_path: Path, device: Device) -> Iterator[World]:
    """A bus without a udisksd."""
    with new_world(tmp_path) as stage:
        stage.start_bus()
        yield stage


def played(stage: World, play: Play, do: Callable[[], Result]) -> tuple[Result, Player]:
    """Do something while udisksd is played; what came of it, and the player, who knows what was asked."""

    def run() -> Result:
        with player.on(stage.bus, "org.freedesktop.UDisks2"):
            return do()

    player = Player(play.answers)
    return stage.inside(run), player


class Late(dict[str, Any]):
    """Answers of a udisksd that for a while knows of no file system on the stick."""

    def __init__(self, answers: Mapping[str, Any], *, times: int) -> None:
        super().__init__(answers)
        self.times = times

    def get(self, key: str, default: Any = None) -> Any:
        if key != "Properties.GetAll Filesystem" or not self.times:
            return super().get(key, default)
        self.times -= 1
        return Told(f"{DBUS}InvalidArgs", "No such interface")


@pytest.mark.parametrize("times", [1, 4])
def test_a_udisksd_that_still_reads_the_file_system_is_given_a_moment(stage: World, device: Device, times: int) -> None:
    play = Play(device, {})
    play.answers = Late(play.answers, times=times)
    path, player = played(stage, play, lambda: UDisks().mount(device))
    assert path == "/media/stick"
    assert player.asked.count("Properties.GetAll Filesystem") == times + 1


def test_a_stick_without_a_file_system_is_said_to_have_none_after_that_moment(stage: World, device: Device) -> None:
    play = Play(device, {})
    play.answers["Properties.GetAll Filesystem"] = Told(f"{DBUS}InvalidArgs")
    begun = time.monotonic()
    error, _ = played(stage, play, lambda: refused(lambda: UDisks(SHORT).mount(device)))
    assert error.slug == "disk-not-mountable"
    assert time.monotonic() - begun > SHORT.ask


@pytest.mark.parametrize(
    ("drive", "off", "asked"),
    [
        ({"CanPowerOff": True, "Ejectable": True}, Off.OFF, "Drive.PowerOff"),
        ({"CanPowerOff": False, "Ejectable": True}, Off.EJECTED, "Drive.Eject"),
        ({"CanPowerOff": False, "Ejectable": False}, Off.LEFT, "Properties.GetAll Drive"),
    ],
)
def test_a_drive_is_switched_off_else_ejected_else_left(
    stage: World, device: Device, drive: Mapping[str, bool], off: Off, asked: str
) -> None:
    found, player = played(stage, Play(device, drive), lambda: UDisks().power_off(device))
    assert found is off
    assert player.asked[-1] == asked
    assert player.asked.index("Filesystem.Unmount") < len(player.asked) - 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        (f"{ERROR}NotAuthorized", "disk-not-allowed"),
        (f"{ERROR}NotAuthorizedCanObtain", "disk-not-allowed"),
        (f"{ERROR}NotAuthorizedDismissed", "disk-not-allowed"),
        (f"{ERROR}MountedByOtherUser", "disk-not-allowed"),
        (f"{ERROR}OptionNotPermitted", "disk-not-allowed"),
        (f"{ERROR}AlreadyMounted", "disk-already-mounted"),
        (f"{ERROR}DeviceBusy", "unmount-busy-unseen"),
        (f"{ERROR}NotSupported", "disk-not-mountable"),
        (f"{ERROR}Timedout", "disk-timeout"),
        (f"{ERROR}Failed", "disk-failed"),
        (f"{ERROR}SomethingNew", "disk-failed"),
        (f"{DBUS}ServiceUnknown", "disks-absent"),
        (f"{DBUS}Spawn.ChildExited", "disks-absent"),
        (f"{DBUS}NoReply", "disk-timeout"),
        ("org.freedesktop.systemd1.UnitMasked", "disks-absent"),
    ],
)
def test_every_answer_that_is_an_error_is_told_by_its_name(stage: World, device: Device, name: str, slug: str) -> None:
    play = Play(device, {})
    play.answers["Filesystem.Mount"] = Told(name, "some text\n that nobody\x1b[2J decides upon")
    error, _ = played(stage, play, lambda: refused(lambda: UDisks().mount(device)))
    assert error.slug == slug
    assert "\n" not in str(error.fields.get("why"))


@pytest.mark.parametrize("silent", ["Filesystem.Mount", "Manager.ResolveDevice", "Properties.GetAll Block"])
def test_a_udisksd_that_never_answers_costs_its_time_limit(stage: World, device: Device, silent: str) -> None:
    play = Play(device, {})
    play.answers[silent] = None
    began = time.monotonic()
    error, _ = played(stage, play, lambda: refused(lambda: UDisks(SHORT).mount(device)))
    assert (error.slug, isinstance(error, MediumError) and error.errno) == ("disk-timeout", errno.ETIMEDOUT)
    assert 0.4 < time.monotonic() - began < 3


@pytest.mark.parametrize("silent", ["Filesystem.Unmount", "Drive.PowerOff"])
def test_letting_go_has_its_time_limit_too(stage: World, device: Device, silent: str) -> None:
    play = Play(device, {"CanPowerOff": True})
    play.answers[silent] = None
    error, _ = played(stage, play, lambda: refused(lambda: UDisks(SHORT).power_off(device)))
    assert error.slug == "disk-timeout"


def test_a_real_udisksd_that_is_stopped_costs_its_time_limit_and_leaves_nothing_behind(
    world: World, device: Device
) -> None:
    threads, files = threading.active_count(), open_descriptors()
    world.running["udisksd"].send_signal(signal.SIGSTOP)
    try:
        error = world.inside(lambda: refused(lambda: UDisks(SHORT).mount(device)))
        assert error.slug == "disk-timeout"
        assert not world.inside(lambda: UDisks(SHORT).works)
    finally:
        world.running["udisksd"].send_signal(signal.SIGCONT)
    assert (threading.active_count(), open_descriptors()) == (threads, files)


def test_a_bus_that_takes_the_call_and_says_nothing_does_not_hang_us(
    tmp_path: Path, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "PATIENCE", 0.5)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/mute")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(f"{tmp_path}/mute")
        mute.listen()
        began = time.monotonic()
        assert refused(lambda: UDisks().mount(device)).slug == "disk-timeout"
        assert time.monotonic() - began < 3


def test_nobody_is_asked_for_a_password_and_nothing_is_forced_or_lazy(stage: World, device: Device) -> None:
    def run() -> None:
        disks = UDisks()
        disks.mount(device)
        disks.mount(device, writable=True)
        disks.power_off(device)

    _, player = played(stage, Play(device, {"CanPowerOff": True}), run)
    assert [options["options"][1] for options in player.given if "options" in options] == [
        "ro,noexec,nosuid,nodev",
        "rw,noexec,nosuid,nodev",
    ]
    assert all(options["auth.no_user_interaction"] == ("b", True) for options in player.given)
    assert not any("force" in options or "lazy" in options for options in player.given)


def test_where_nobody_mounts_every_part_of_a_stick_is_let_go_before_it_is_told_to_be_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two partitions on one stick, and another stick; played, since a container has no partitions."""
    for disk, number, parts in (("sdb", 16, 2), ("sdc", 32, 1)):
        for part in range(parts + 1):
            folder = tmp_path / "devices" / disk / (f"{disk}{part}" if part else "")
            folder.mkdir(parents=True)
            (folder / "dev").write_text(f"8:{number + part}\n")
            if part:
                (folder / "partition").write_text(f"{part}\n")
            (tmp_path / "dev" / "block").mkdir(parents=True, exist_ok=True)
            (tmp_path / "dev" / "block" / f"8:{number + part}").symlink_to(folder)
    there = [played_mount("/a", "8:17", "/dev/sdb1"), played_mount("/b", "8:18", "/dev/sdb2")]
    other = played_mount("/c", "8:33", "/dev/sdc1")
    table = [*there, other]
    monkeypatch.setattr(devices, "_SYS", str(tmp_path))
    monkeypatch.setattr(mount_table, "read_mounts", lambda: tuple(table))
    monkeypatch.setattr(NoDisks, "_unmount", lambda _self, path, _device: table.remove(at(table, path)))
    stick = Device(
        id="x", medium="", node="/dev/sdb1", number="8:17", uuid="", label="", fs="", usb=True, removable=True,
        read_only=False,
    )  # fmt: skip
    assert devices.mounted_beside(stick, table) == (("8:18", "/dev/sdb2"),)
    assert NoDisks().power_off(stick) is Off.LEFT
    assert table == [other]


def played_mount(path: str, number: str, node: str) -> Mount:
    return Mount(
        id=int(number[2:]), parent=1, device=number, root=b"/", path=path.encode(), options=frozenset(), fs="vfat",
        source=node.encode(),
    )  # fmt: skip


def at(table: list[Mount], path: bytes) -> Mount:
    return next(mount for mount in table if mount.path == path)
