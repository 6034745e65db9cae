"""Letting go of a stick: everything written, unmounted, switched off; "safe" is said only when it is.

What cannot be let go stays as it is, with the name of the program that holds it. Nothing is forced and nothing is
unmounted lazily. A stick that the daemon has under its hand is the daemon's to eject, since it seals what is new first.
"""

import contextlib
import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from linksync.custody import names
from linksync.errors import LinksyncError, RefusedError
from linksync.host.daemon.devices import Device, Devices, block_number, is_plugged_in, mounted, mounted_beside
from linksync.host.daemon.disks import Disks, Off
from linksync.host.daemon.mounts import Mount, mount_under, of_device, read_mounts, visible
from linksync.host.state import State
from linksync.machine.durable import syncfs
from linksync.stick.medium import Medium, translated
from linksync.stick.verify import judge

_GONE_WITHIN = 15.0
_GLANCE = 0.05
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Ejected:
    """A stick that can be taken out.

    Attributes:
        node: as ``/dev/sdb1``; ``name`` what people call it, escaped.
        off: how far it could be switched off.
    """

    node: str
    name: str
    off: Off


class Daemon(Protocol):
    """The daemon that runs on this computer, as its panel lets others speak to it."""

    def act(self, card: str, action: str) -> bool:
        """Press a button of a card; whether that could be done."""

    def follow(self) -> Iterator[Mapping[str, Any]]:
        """The board as JSON, now and whenever it changes; it ends when the daemon does."""


def link_on(device: Device, state: State) -> str:
    """The id of the Link on a stick that is mounted; "" where it is none, or cannot be read."""
    with contextlib.suppress(LinksyncError, OSError):
        for mount in visible(of_device(read_mounts(), device.number, device.node)):
            with Medium.open(os.fsdecode(mount.path)) as medium:
                return judge(medium, state.trust()).history.link or ""
    return ""


def by_daemon(daemon: Daemon, link: str) -> Mapping[str, Any] | None:
    """Have the daemon take a Link out, which seals what is new on it first.

    Returns:
        The card as it is in the end: ``safe``, or at rest with a sentence that says why it is not. None where the
        daemon does not have that Link under its hand.
    """
    pressed, before = "", 0
    card: Mapping[str, Any] | None = None
    for board in daemon.follow():
        here: list[Mapping[str, Any]] = [
            one for one in board["cards"] if (one["id"] == pressed if pressed else one["link"] == link)
        ]
        card = here[0] if here else None
        if card is None or card["safe"]:
            return card
        if pressed:
            if card["button"] == "try-again" and board["version"] != before:
                return card
            continue
        if not daemon.act(card["id"], "take-out"):
            return None
        pressed, before = card["id"], board["version"]
    return card


def find_stick(target: str) -> Device:
    """The stick that somebody means, by its device or by any path on it.

    Raises:
        RefusedError: ``stick-missing`` (``path``), ``eject-not-a-stick`` (``path``): the computer's own disk, or none.
        MediumError: ``stick-unreadable``.
    """
    shown = names.escape(os.fsencode(target))
    with translated(shown, reading=True):
        try:
            found = os.stat(target)
        except FileNotFoundError as error:
            raise RefusedError("stick-missing", path=shown) from error
    table = read_mounts()
    if stat.S_ISBLK(found.st_mode):
        device = _of_block(f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}", os.path.realpath(target), table)
    else:
        device = _of_path(os.fsencode(os.path.realpath(target)), table)
    if device is None or any(one.is_of_the_system for one in of_device(table, device.number, device.node)):
        raise RefusedError("eject-not-a-stick", path=shown)
    return device


def is_mounted(device: Device) -> bool:
    """Whether a stick is mounted anywhere, reachable or not."""
    return bool(of_device(read_mounts(), device.number, device.node))


def eject(device: Device, disks: Disks) -> Ejected:
    """Let go of a stick.

    Raises:
        RefusedError, MediumError: those of ``Disks.power_off``; ``eject-still-there`` (``node``): it was switched off
            and has not gone; and those of a stick that fails while it is written down.
    """
    for mount in of_device(read_mounts(), device.number, device.node):
        if mount.writable:
            _write_down(mount)
    off = disks.power_off(device)
    if is_mounted(device) or mounted_beside(device, read_mounts()):
        raise RefusedError("eject-still-there", node=device.node)
    if off is Off.OFF:
        _wait_until_gone(device)
    return Ejected(node=device.node, name=names.escape(os.fsencode(device.label or device.model)), off=off)


def _write_down(mount: Mount) -> None:
    """Have everything that was written to a mount stand on it."""
    with translated(names.escape(mount.path), reading=False):
        descriptor = os.open(mount.path, _FOLDER)
        try:
            syncfs(descriptor)
        finally:
            os.close(descriptor)


def _wait_until_gone(device: Device) -> None:
    deadline = time.monotonic() + _GONE_WITHIN
    while is_plugged_in(device):
        if time.monotonic() > deadline:
            raise RefusedError("eject-still-there", node=device.node)
        time.sleep(_GLANCE)


def _of_path(path: bytes, table: tuple[Mount, ...]) -> Device | None:
    """The device of the mount that a path lies on."""
    mount = mount_under(table, path)
    number = block_number(mount) if mount else ""
    if mount is None or not number or mount.is_of_the_system:
        return None
    return _of_block(number, os.fsdecode(mount.source), table)


def _of_block(number: str, node: str, table: tuple[Mount, ...]) -> Device | None:
    """The stick with that block device; of a whole disk the file system that lies on it, or on a part of it."""
    listed = (*Devices().listed(), *mounted(table))
    same = [device for device in listed if device.number == number or device.node == node]
    same += [device for device in listed if _whole_disk(device.number) == number]
    if same:
        return same[0]
    if not of_device(table, number, node):
        return None
    return Device(
        id=number, medium="", node=node, number=number, uuid="", label="", fs="", usb=False, removable=False,
        read_only=False,
    )  # fmt: skip


def _whole_disk(number: str) -> str:
    """The number of the disk that a part lies on; "" for none."""
    try:
        with open(f"/sys/dev/block/{number}/../dev", encoding="ascii", errors="replace") as file:
            return file.read(64).strip()
    except OSError:
        return ""
