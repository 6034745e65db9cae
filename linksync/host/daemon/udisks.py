"""UDisks: sticks mounted, unmounted and switched off by udisksd, as every desktop does it.

Every call has a limit on its time and uses a connection of its own, so that a udisksd that hangs holds up one caller
for that long and leaves nothing behind. Nobody is ever asked for a password. Errors are told apart by their D-Bus
names, never by their text.

A stick is mounted ``ro,noexec,nosuid,nodev`` to read and ``rw,noexec,nosuid,nodev`` to write; FAT also gets udisks' own
``flush``, which writes early; never ``sync``, which wears flash out and gives nothing that fsync does not.
"""

import contextlib
import errno
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

from linksync.custody import names
from linksync.errors import LinksyncError, MediumError, RefusedError
from linksync.host.daemon import bus, disks, mounts
from linksync.host.daemon.devices import Device, is_plugged_in, is_read_only
from linksync.host.daemon.disks import Disks, Limits, NoDisks, Off

_UDISKS = "org.freedesktop.UDisks2"
_ROOT = "/org/freedesktop/UDisks2"
_MANAGER = f"{_ROOT}/Manager"
_ERROR = f"{_UDISKS}.Error."
_DBUS_ERROR = "org.freedesktop.DBus.Error."
_NO_DRIVE = "/"
_SAFE = "noexec,nosuid,nodev"
_QUIETLY = {"auth.no_user_interaction": ("b", True)}
_TIMES_MOUNTED = 8
_SETTLES, _PAUSE = 3.0, 0.1
"""Seconds in which udisksd may not know the file system of a device that has one, and between asking."""


class UDisks:
    """Disks by udisksd, as every desktop does it. Safe in threads: nothing is kept between calls."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    @property
    def works(self) -> bool:
        """Whether udisksd answers; starts it where it is installed and not running."""
        return bool(self.version())

    def version(self) -> str:
        """Which udisks it is; "" where none answers."""
        try:
            with bus.talking_to(_UDISKS) as talk:
                return str(talk.told(_MANAGER, f"{_UDISKS}.Manager", limit=self._limits.ask).get("Version", ""))
        except bus.BusError:
            return ""

    def mount(self, device: Device, *, writable: bool = False) -> str:
        """See ``Disks``."""
        with self._asking(device) as asked:
            block = asked.block()
            already = asked.mount_points(block)
            if already:
                raise RefusedError("disk-already-mounted", node=device.node, path=names.escape(already[0]))
            if writable and is_read_only(device.number):  # udisksd learns of it only at the next plug
                raise MediumError("disk-read-only", errno=errno.EROFS, node=device.node)
            options = {"options": ("s", f"{'rw' if writable else 'ro'},{_SAFE}")}
            (path,) = asked.do(block, "Filesystem.Mount", options, limit=self._limits.mount)
            return str(path)

    def unmount(self, device: Device) -> None:
        """See ``Disks``."""
        with self._asking(device) as asked:
            self._let_go(asked, asked.block(), device.number, device.node)

    def power_off(self, device: Device) -> Off:
        """See ``Disks``."""
        with self._asking(device) as asked:
            block = asked.block()
            drive = asked.told(block, "Block").get("Drive", _NO_DRIVE)
            self._let_go(asked, block, device.number, device.node)
            if drive == _NO_DRIVE:
                return Off.LEFT
            for other, number, node in asked.mounted_on(drive):
                self._let_go(asked, other, number, node)
            told = asked.told(drive, "Drive")
            if told.get("CanPowerOff"):
                asked.do(drive, "Drive.PowerOff", {}, limit=self._limits.power_off)
                return Off.OFF
            if told.get("Ejectable"):
                asked.do(drive, "Drive.Eject", {}, limit=self._limits.power_off)
                return Off.EJECTED
            return Off.LEFT

    def _let_go(self, asked: "_Asked", block: str, number: str, node: str) -> None:
        """Unmount a block device as often as it is mounted."""
        disks.require_not_of_the_system(number, node)
        for _ in range(_TIMES_MOUNTED):
            if not asked.unmount(block, limit=self._limits.unmount):
                break
            if not mounts.of_device(mounts.read_mounts(), number, node):
                return
        disks.wait_until_unmounted(number, node, self._limits.ask)

    @contextlib.contextmanager
    def _asking(self, device: Device) -> Iterator["_Asked"]:
        try:
            with bus.talking_to(_UDISKS) as talk:
                yield _Asked(talk, device, self._limits.ask)
        except bus.BusError as error:
            raise _told(error, device) from error


class _Asked:
    """What udisksd is asked about one device; whatever fails is a BusError."""

    def __init__(self, talk: bus.Talk, device: Device, limit: float) -> None:
        self._talk, self._device, self._limit = talk, device, limit

    def block(self) -> str:
        """The object of the device, which must be the very one that was meant."""
        (found,) = self._talk.call(
            _MANAGER,
            f"{_UDISKS}.Manager.ResolveDevice",
            "a{sv}a{sv}",
            {"path": ("s", self._device.node)},
            {},
            limit=self._limit,
        )
        for path in found:
            if _number(self.told(path, "Block")) == self._device.number:
                return str(path)
        raise MediumError("disk-gone", errno=errno.ENODEV, node=self._device.node)

    def told(self, path: str, interface: str) -> dict[str, Any]:
        """The properties of one of its objects."""
        return self._talk.told(path, f"{_UDISKS}.{interface}", limit=self._limit)

    def mount_points(self, block: str) -> tuple[bytes, ...]:
        """Where a block device is mounted; waits a moment for udisksd to know its file system.

        After an unmount, or when it is new, udev reads a device once more, and until then it is told without one.
        """
        until = time.monotonic() + min(_SETTLES, self._limit)
        while True:
            try:
                return _paths(self.told(block, "Filesystem"))
            except bus.BusError as error:
                if error.name not in _NO_FILE_SYSTEM or time.monotonic() > until:
                    raise
            time.sleep(_PAUSE)

    def mounted_on(self, drive: str) -> list[tuple[str, str, str]]:
        """The object, number and node of each block device of a drive that is mounted."""
        (found,) = self._talk.call(_ROOT, "org.freedesktop.DBus.ObjectManager.GetManagedObjects", "", limit=self._limit)
        listed = []
        for path, interfaces in found.items():
            block = bus.plain(interfaces.get(f"{_UDISKS}.Block", {}))
            if block.get("Drive") == drive and _paths(bus.plain(interfaces.get(f"{_UDISKS}.Filesystem", {}))):
                listed.append((path, _number(block), os.fsdecode(_bytes(block.get("Device", b"")))))
        return listed

    def do(self, path: str, method: str, options: Mapping[str, tuple[str, object]], *, limit: float) -> tuple[Any, ...]:
        """Have something done, without anybody being asked for a password."""
        return self._talk.call(path, f"{_UDISKS}.{method}", "a{sv}", {**_QUIETLY, **options}, limit=limit)

    def unmount(self, block: str, *, limit: float) -> bool:
        """Unmount once; False where it is not mounted, or somebody else is just doing it."""
        try:
            self.do(block, "Filesystem.Unmount", {}, limit=limit)
        except bus.BusError as error:
            if error.name not in (f"{_ERROR}NotMounted", f"{_ERROR}AlreadyUnmounting"):
                raise
            return False
        return True


def _number(block: dict[str, Any]) -> str:
    number = int(block.get("DeviceNumber", 0))
    return f"{os.major(number)}:{os.minor(number)}"


def _paths(file_system: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple(_bytes(path) for path in file_system.get("MountPoints", ()))


def _bytes(text: Any) -> bytes:
    return bytes(text).rstrip(b"\0")


_ABSENT = frozenset({bus.ABSENT, f"{_DBUS_ERROR}ServiceUnknown", f"{_DBUS_ERROR}NameHasNoOwner"})
_LATE = frozenset(
    {
        bus.TIMED_OUT,
        f"{_ERROR}Timedout",
        f"{_DBUS_ERROR}NoReply",
        f"{_DBUS_ERROR}Timeout",
        f"{_DBUS_ERROR}TimedOut",
    }
)
_NOT_ALLOWED = frozenset(
    {
        f"{_ERROR}NotAuthorized",
        f"{_ERROR}NotAuthorizedCanObtain",
        f"{_ERROR}NotAuthorizedDismissed",
        f"{_ERROR}OptionNotPermitted",
        f"{_ERROR}MountedByOtherUser",
        f"{_DBUS_ERROR}AccessDenied",
    }
)
_NO_FILE_SYSTEM = frozenset({f"{_ERROR}NotSupported", f"{_DBUS_ERROR}UnknownInterface", f"{_DBUS_ERROR}InvalidArgs"})
_SPAWNING = (f"{_DBUS_ERROR}Spawn.", "org.freedesktop.systemd1.")


def _told(error: bus.BusError, device: Device) -> LinksyncError:
    """What udisksd's answer means, by its name."""
    node, name = device.node, error.name
    if name in _ABSENT or name.startswith(_SPAWNING):
        return RefusedError("disks-absent")
    if name in _LATE:
        return MediumError("disk-timeout", errno=errno.ETIMEDOUT, node=node)
    if not is_plugged_in(device):
        return MediumError("disk-gone", errno=errno.ENODEV, node=node)
    if name in _NOT_ALLOWED:
        return RefusedError("disk-not-allowed", node=node)
    if name == f"{_ERROR}DeviceBusy":
        return disks.busy(device.number, node)
    if name == f"{_ERROR}AlreadyMounted":
        return RefusedError("disk-already-mounted", node=node, path=disks.mount_point(device.number, node))
    if name in _NO_FILE_SYSTEM:
        return RefusedError("disk-not-mountable", node=node)
    return MediumError("disk-failed", errno=errno.EIO, node=node, why=names.escape(os.fsencode(error.text[:200])))


def find_disks(limits: Limits | None = None) -> Disks:
    """Whoever can mount here: udisksd where it answers, else nobody."""
    found = UDisks(limits)
    return found if found.works else NoDisks(limits)
