"""Devices: the file systems that hang on USB now, as udev tells of them, and a bell that rings when one comes or goes.

The only module that knows pyudev. A file system lies on a whole disk or on a partition; ``add`` says that the device
is there, not that it is ready, so the list is made anew at every ring and only what carries a file system is on it.

**Which is which.** ``Device.id`` is one file system in one plug: device number, the kernel's disk sequence number
(never given twice between two starts of the computer), UUID. Two sticks that are copies of each other, side by side,
have two ids; the same stick plugged in again gets a new one. ``Device.medium`` (UUID and the maker's serial) stays the
same across plugs, but copies and cheap serials can share it: a hint for greeting a stick again, never a proof. What
proves which Link it is stands on the stick. Labels identify nothing: a read error makes them vanish.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyudev

from linksync.host.daemon.bells import Bell, Ear, Ring
from linksync.host.daemon.mounts import Mount

_UDEV = "/run/udev/control"
_SYS = "/sys"
_SECTOR = 512
_TRIES = 3
_EVERY = 10.0
_EVERY_BLIND = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A block device that carries a file system.

    Attributes:
        id: this file system in this plug; see the module.
        medium: the same stick in another plug, probably; "" where nothing tells it from others.
        node: ``/dev/sdb1``; ``number`` the same as the mount table says it, ``8:17``.
        disk: the number of the whole stick that it lies on, ``8:16``; "" where the kernel does not say.
        uuid: of the file system, ``label`` its name; "" where there is none or it could not be read. As udev writes it.
        fs: the file system's type, as ``vfat``; "" where it is not known.
        usb: whether it hangs on USB; ``removable`` whether the maker says so (many sticks say no).
        read_only: the device cannot be written at all.
        model: the maker's name for it, to tell people which stick is meant.
        size: bytes.
        answers: False where it is still plugged in, but its file system could not be read any more.
    """

    id: str
    medium: str
    node: str
    number: str
    uuid: str
    label: str
    fs: str
    usb: bool
    removable: bool
    read_only: bool
    model: str = ""
    disk: str = ""
    size: int = 0
    answers: bool = True


class Devices:
    """The list of what is plugged in. Remembers what it listed, so that a stick that stops answering is not "gone".

    Attributes:
        works: whether udev runs here; where it does not (a container), the list is empty, always.
    """

    def __init__(self) -> None:
        self._known: dict[str, Device] = {}
        self._context = _context()

    @property
    def works(self) -> bool:
        """Whether udev runs here."""
        return self._context is not None and os.path.exists(_UDEV)

    def listed(self) -> tuple[Device, ...]:
        """The file systems on USB that are there now, by node.

        One whose file system udev can no longer read stays on the list as ``answers=False`` for as long as the very
        same device is plugged in: a ``change`` without ``ID_FS_*`` comes before ``remove``, and with read errors.
        """
        found = {device.id: device for device in self._read()}
        taken = {device.number for device in found.values()}
        for device in self._known.values():
            if device.number not in taken and is_plugged_in(device):
                found[device.id] = replace(device, answers=False)
        self._known = found
        return tuple(sorted(found.values(), key=lambda device: device.node))

    def _read(self) -> tuple[Device, ...]:
        if self._context is None:
            return ()
        for tries in range(_TRIES):
            try:
                return _read(self._context)
            except Exception:  # a device that goes while it is looked at fails in many ways
                if tries == _TRIES - 1:
                    raise
        return ()


def _context() -> Any:
    try:
        return pyudev.Context()
    except (ImportError, OSError):  # no libudev here
        return None


def _read(context: Any) -> tuple[Device, ...]:
    found = []
    for one in context.list_devices(subsystem="block", ID_FS_USAGE="filesystem"):
        with contextlib.suppress(pyudev.DeviceNotFoundError, KeyError, ValueError, OSError):  # it went meanwhile
            device = _device(one)
            if device is not None:
                found.append(device)
    return tuple(found)


def _device(one: Any) -> Device | None:
    told = {key: one.properties[key] for key in one.properties}
    usb = told.get("ID_BUS") == "usb" or told.get("ID_USB_DRIVER") in ("usb-storage", "uas")
    if not usb or told.get("ID_FS_USAGE") != "filesystem" or told.get("UDISKS_IGNORE") == "1":
        return None
    number = f"{told['MAJOR']}:{told['MINOR']}"
    uuid = told.get("ID_FS_UUID", "")
    serial = told.get("ID_SERIAL", "")
    return Device(
        id=f"{number}-{_sequence(number) or told.get('USEC_INITIALIZED', '0')}-{uuid}",
        medium=f"{uuid}-{serial}" if uuid else "",
        node=told["DEVNAME"],
        number=number,
        uuid=uuid,
        label=told.get("ID_FS_LABEL", ""),
        fs=told.get("ID_FS_TYPE", ""),
        usb=True,
        removable=_of_disk(number, "removable") == "1",
        read_only=is_read_only(number),
        model=told.get("ID_MODEL", "").replace("_", " ").strip(),
        disk=_of_disk(number, "dev"),
        size=int(_attribute(number, "size") or 0) * _SECTOR,
    )


def _attribute(number: str, name: str) -> str:
    """What the kernel says of a block device; "" where it does not."""
    try:
        with open(f"{_SYS}/dev/block/{number}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read(4096).strip()
    except OSError:
        return ""


def _of_disk(number: str, name: str) -> str:
    """The same of the whole disk that a partition lies on."""
    of_partition = bool(_attribute(number, "partition"))
    return _attribute(number, f"../{name}" if of_partition else name)


def _sequence(number: str) -> str:
    return _of_disk(number, "diskseq")


def is_read_only(number: str) -> bool:
    """Whether a block device cannot be written now, as the kernel says: by its switch, or worn out."""
    return "1" in (_attribute(number, "ro"), _of_disk(number, "ro"))


def is_plugged_in(device: Device) -> bool:
    """Whether the very same device is still there, and has something in it, as the kernel says."""
    sequence = _sequence(device.number)
    if not os.path.isdir(f"{_SYS}/dev/block"):
        return True  # nothing tells here
    same = not sequence or device.id.startswith(f"{device.number}-{sequence}-")
    return same and int(_attribute(device.number, "size") or 0) > 0


def twins(devices: Iterable[Device]) -> frozenset[str]:
    """The ids of devices that share their ``medium`` with another: copies, told apart by their ids alone."""
    listed = tuple(devices)
    counted = Counter(device.medium for device in listed)
    return frozenset(device.id for device in listed if device.medium and counted[device.medium] > 1)


def mounted(mounts: Iterable[Mount]) -> tuple[Device, ...]:
    """The same list from the mount table and the kernel, for where udev does not run: what is mounted and on USB.

    Without udev neither UUID nor label is known, so ``medium`` is empty.
    """
    found: dict[str, Device] = {}
    for mount in mounts:
        number = block_number(mount)
        if number and number not in found and (device := _without_udev(number, mount)) is not None:
            found[number] = device
    return tuple(sorted(found.values(), key=lambda device: device.node))


def block_number(mount: Mount) -> str:
    """The number of the block device under a mount; a file system in user space says another one."""
    if not mount.device.startswith("0:"):
        return mount.device
    if not mount.source.startswith(b"/dev/"):
        return ""
    try:
        number = os.stat(mount.source).st_rdev
    except OSError:
        return ""
    return f"{os.major(number)}:{os.minor(number)}" if number else ""


def mounted_beside(device: Device, mounts: Iterable[Mount]) -> tuple[tuple[str, str], ...]:
    """Number and node of what else of the same stick is mounted: it cannot come out before that is let go as well."""
    disk = device.disk or _of_disk(device.number, "dev")
    found = {block_number(mount): os.fsdecode(mount.source) for mount in mounts}
    others = ((number, node) for number, node in found.items() if number not in {"", device.number})
    return tuple((number, node) for number, node in others if disk and _of_disk(number, "dev") == disk)


def _without_udev(number: str, mount: Mount) -> Device | None:
    where = os.path.realpath(f"{_SYS}/dev/block/{number}")
    if not os.path.isdir(where) or "/usb" not in where:
        return None
    return Device(
        id=f"{number}-{_sequence(number) or mount.id}-",
        medium="",
        node=os.fsdecode(mount.source),
        number=number,
        uuid="",
        label="",
        fs=mount.fs,
        usb=True,
        removable=_of_disk(number, "removable") == "1",
        read_only=is_read_only(number),
        disk=_of_disk(number, "dev"),
        size=int(_attribute(number, "size") or 0) * _SECTOR,
    )


class UdevBell(Bell):
    """Rings when a block device comes, changes or goes.

    Its own loop on the monitor: it outlives an overflow of the socket and any exception in what it rings, makes the
    monitor anew and rings. Every few seconds it compares the kernel's list of names too, which is all there is where
    udev does not run.

    Attributes:
        works: whether udev tells of changes.
    """

    def __init__(self, ring: Ring, buffer: int = 0) -> None:
        """Made, not started.

        Args:
            ring: called at every change.
            buffer: bytes for messages that wait; 0 for as many as libudev likes.
        """
        super().__init__("udev bell", ring, self._listening)
        self._context, self._buffer = _context(), buffer

    @property
    def works(self) -> bool:
        """Whether udev runs here."""
        return self._context is not None and os.path.exists(_UDEV)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[Ear]:
        names = _Names()
        if not self.works:
            yield Ear(heard=names.heard, every=_EVERY_BLIND)
            return
        monitor = pyudev.Monitor.from_netlink(self._context)
        monitor.filter_by("block")
        if self._buffer:
            monitor.set_receive_buffer_size(self._buffer)
        monitor.start()

        def heard(*, event: bool) -> bool:
            told = False
            while event and monitor.poll(0) is not None:
                told = True
            return names.heard(event=False) or told

        yield Ear(heard=heard, descriptor=monitor.fileno(), every=_EVERY)


class _Names:
    """The names of the block devices as they were when they were read last."""

    def __init__(self) -> None:
        self._seen = self._read()

    def heard(self, *, event: bool) -> bool:
        """Whether one came or went."""
        before, self._seen = self._seen, self._read()
        return event or before != self._seen

    def _read(self) -> frozenset[str]:
        try:
            return frozenset(os.listdir(f"{_SYS}/class/block"))
        except OSError:
            return frozenset()
