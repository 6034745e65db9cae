"""Sticks that are plugged in and pulled out event by event, played by umockdev.

``umockdev`` puts a /sys, a /run/udev and messages of its own before a program. A test marked ``played`` runs in a
program of its own for that, and builds what is plugged in with a ``Testbed``.
"""

import ctypes
import functools
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from media import need

_PLAYED: dict[str, Callable[["Testbed"], None]] = {}
_STAGE = 'mkdir -p /run/udev && mount -t tmpfs none /run/udev && touch /run/udev/control && exec "$0" "$@"'
_STICK = "/devices/pci0000:00/0000:00:14.0/usb1/1-{port}"
_FILE_SYSTEM = {
    "ID_FS_USAGE": "filesystem",
    "ID_FS_TYPE": "vfat",
    "ID_FS_UUID": "2E24-11A0",
    "ID_FS_LABEL": "SLIMMERLINK",
}


def played(test: Callable[["Testbed"], None]) -> Callable[[], None]:
    """Run a test under umockdev, in a program of its own."""

    @functools.wraps(test)
    def run() -> None:
        path = test.__code__.co_filename
        command = [need("unshare"), "--mount", "sh", "-c", _STAGE, need("umockdev-wrapper")]
        command += [sys.executable, "-c", "import sys, udev; udev.play(*sys.argv[1:])", path, test.__name__]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
        assert ended.returncode == 0, ended.stderr

    del run.__wrapped__  # pytest would see the test's own argument
    _PLAYED[run.__name__] = test
    return run


class Testbed:
    """A computer with USB ports, into which sticks are plugged."""

    __test__ = False

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libumockdev.so.0")
        for name in ("new", "add_devicev", "get_root_dir"):
            getattr(self._library, f"umockdev_testbed_{name}").restype = ctypes.c_void_p
        self._bed = ctypes.c_void_p(self._library.umockdev_testbed_new())
        self._sequence = 10

    def plug(
        self,
        name: str,
        *,
        port: int = 1,
        partition: int = 0,
        ready: bool = True,
        serial: str = "Maker_Stick_1",
        **more: str,
    ) -> str:
        """Put a stick in; gives its path in /sys. Its file system is on the disk, or on a partition of it.

        Args:
            name: of the disk, as ``sdb``.
            port: of the computer; each has a disk of its own.
            partition: its number; 0 for a file system on the whole disk.
            ready: whether udev has read its file system already.
            serial: the maker's.
            **more: properties that it has otherwise.
        """
        usb = _STICK.format(port=port)
        self._sequence += 1
        told = {"ID_BUS": "usb", "ID_SERIAL": serial, "ID_MODEL": "Stick_3.0", "DISKSEQ": str(self._sequence)}
        disk = {**told, "DEVTYPE": "disk", "DEVNAME": f"/dev/{name}", "MAJOR": "8", "MINOR": str(16 * port)}
        of_disk = {**disk, **(_FILE_SYSTEM if ready and not partition else {}), **({} if partition else more)}
        above = self._add("usb", f"1-{port}", "", {"idVendor": "0951"}, {"DEVTYPE": "usb_device"}, at=usb)
        attributes = {"removable": "1", "ro": "0", "size": "31266816", "dev": f"8:{16 * port}"}
        path = self._add("block", name, above, {**attributes, "diskseq": str(self._sequence)}, of_disk)
        self.event(path, "add")
        if partition:
            minor = str(16 * port + partition)
            of_part = {
                **told,
                "DEVTYPE": "partition",
                "DEVNAME": f"/dev/{name}{partition}",
                "MAJOR": "8",
                "MINOR": minor,
            }
            attributes = {"partition": str(partition), "ro": "0", "size": "31264768", "dev": f"8:{minor}"}
            of_part |= {**(_FILE_SYSTEM if ready else {}), **more}
            path = self._add("block", f"{name}{partition}", path, attributes, of_part)
            self.event(path, "add")
        return path

    def read_file_system(self, path: str, **told: str) -> None:
        """udev has read the file system; a ``change`` follows."""
        for name, value in {**_FILE_SYSTEM, **told}.items():
            self.say(path, name, value)
        self.event(path, "change")

    def lose_file_system(self, path: str, *, only: str = "ID_FS_") -> None:
        """udev can no longer read it; a ``change`` without ``ID_FS_*`` follows."""
        file = Path(self.root + path, "uevent")
        kept = [line for line in file.read_text("utf-8").splitlines() if not line.startswith(only)]
        file.write_text("\n".join(kept) + "\n", "utf-8")
        self.event(path, "change")

    def number(self, path: str) -> str:
        """The number of a block device, as the mount table says it."""
        return Path(self.root + path, "dev").read_text("utf-8").strip()

    def pull(self, path: str) -> None:
        """Pull out the whole stick that a device is on: partitions, disk and all."""
        stick = path[: path.index("/", path.index("/usb1/") + 6)]
        devices = sorted(Path(self.root + stick).rglob("dev"), key=lambda dev: -len(dev.parts))
        for device in devices:
            inside = str(device.parent).removeprefix(self.root)
            self.event(inside, "remove")
            number = self.number(inside)
            for left in (f"dev/block/{number}", f"dev/char/{number}", f"block/{device.parent.name}"):
                Path(self.root, "sys", left).unlink(missing_ok=True)  # which umockdev forgets
            self._library.umockdev_testbed_remove_device(self._bed, inside.encode())
        self.event(stick, "remove")
        self._library.umockdev_testbed_remove_device(self._bed, stick.encode())

    def say(self, path: str, name: str, value: str) -> None:
        """Set a property, which no event tells."""
        self._library.umockdev_testbed_set_property(self._bed, path.encode(), name.encode(), value.encode())

    def set(self, path: str, name: str, value: str) -> None:
        """Set an attribute in /sys."""
        self._library.umockdev_testbed_set_attribute(self._bed, path.encode(), name.encode(), value.encode())

    def event(self, path: str, action: str) -> None:
        """Let udev tell of something."""
        self._library.umockdev_testbed_uevent(self._bed, path.encode(), action.encode())

    @property
    def root(self) -> str:
        """The folder before the computer's own root."""
        found = self._library.umockdev_testbed_get_root_dir(self._bed)
        return (ctypes.string_at(found) or b"").decode()

    def _add(
        self, subsystem: str, name: str, above: str, attributes: dict[str, str], told: dict[str, str], at: str = ""
    ) -> str:
        device = self._library.umockdev_testbed_add_devicev(
            self._bed, subsystem.encode(), (at.removeprefix("/devices/") or name).encode(), above.encode() or None,
            _strings(attributes), _strings(told),
        )  # fmt: skip
        assert device, f"umockdev could not add {name}"
        path = ctypes.string_at(device).decode()
        if "dev" in attributes:  # umockdev takes every device for one of characters
            link = self._numbered(path)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(self.root + path)
        return path

    def _numbered(self, path: str) -> Path:
        return Path(self.root, "sys/dev/block", self.number(path))


def _strings(pairs: dict[str, str]) -> ctypes.Array[ctypes.c_char_p]:
    flat = [text.encode() for pair in pairs.items() for text in pair]
    return (ctypes.c_char_p * (len(flat) + 1))(*flat, None)


def play(path: str, name: str) -> None:
    """Run one test of a module, already under umockdev."""
    spec = importlib.util.spec_from_file_location("played", path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    _PLAYED[name](Testbed())
