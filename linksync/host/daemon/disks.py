"""Disks: mounting, unmounting and switching off sticks; the port, and what is done where nobody can mount.

Unmounting is never lazy and never forced, nothing is repaired, and what the computer itself runs from is left alone.
"""

import errno
import os
import subprocess
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NoReturn, Protocol

from linksync.custody import names
from linksync.errors import MediumError, RefusedError
from linksync.host.daemon import holders, mounts
from linksync.host.daemon.devices import Device, mounted_beside

_GLANCE = 0.05
_NULL = subprocess.DEVNULL


class Off(StrEnum):
    """How far a stick could be switched off; after each of them it can be taken out."""

    OFF = "off"
    """It has no power any more; udev will say ``remove``."""
    EJECTED = "ejected"
    """The drive stays, its medium was let go; udev says no ``remove``."""
    LEFT = "left"
    """Neither is possible on this drive: it is unmounted, and that is all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds that each step may take. A stick with much still unwritten takes minutes to unmount."""

    ask: float = 25.0
    mount: float = 60.0
    unmount: float = 600.0
    power_off: float = 60.0


class Disks(Protocol):
    """Mounts sticks and lets go of them. Calls block: not for the daemon's own loop."""

    @property
    def works(self) -> bool:
        """Whether somebody is there to do it; asks anew each time."""

    def mount(self, device: Device, *, writable: bool = False) -> str:
        """Mount a stick, to read unless ``writable``; always without running or believing anything on it.

        Returns:
            The mount point, as ``os.fsdecode`` gives it.

        Raises:
            RefusedError: ``disks-absent``; ``disk-not-allowed`` (``node``); ``disk-already-mounted`` (``node``,
                ``path``): somebody else was first, use that; ``disk-not-mountable`` (``node``).
            MediumError: ``disk-gone``, ``disk-read-only``, ``disk-timeout`` (``node``); ``disk-failed`` (``node``,
                ``why``).
        """

    def unmount(self, device: Device) -> None:
        """Unmount a stick wherever it is mounted; on return it is gone from the mount table. Never lazy, never forced.

        What is not mounted is no error.

        Raises:
            RefusedError: ``disks-absent``; ``disk-not-allowed``; ``disk-of-the-system`` (``node``); ``unmount-busy``
                (``node``, ``path``, ``programs``: their names) or ``unmount-busy-unseen`` (``node``, ``path``) where
                this user may not see who.
            MediumError: ``disk-gone``, ``disk-timeout``, ``disk-failed``.
        """

    def power_off(self, device: Device) -> Off:
        """Switch the whole stick off; what else of it is mounted is unmounted first, as ``unmount``.

        Raises:
            RefusedError: as ``unmount``.
            MediumError: as ``unmount``. ``disk-gone`` where it was taken out meanwhile.
        """


class NoDisks:
    """Where there is no udisksd: nothing is mounted; unmounting is tried with the system's own ``umount``."""

    works = False

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def mount(self, device: Device, *, writable: bool = False) -> str:  # noqa: ARG002 - as every Disks
        """See ``Disks``; always ``disks-absent``."""
        _refuse_absent()

    def unmount(self, device: Device) -> None:
        """See ``Disks``; ``disks-absent`` where this user may not unmount."""
        require_not_of_the_system(device.number, device.node)
        for mount in reversed(mounts.of_device(mounts.read_mounts(), device.number, device.node)):
            self._unmount(mount.path, device)
        wait_until_unmounted(device.number, device.node, self._limits.ask)

    def power_off(self, device: Device) -> Off:
        """See ``Disks``: all of it is unmounted, and that is all."""
        self.unmount(device)
        for number, node in mounted_beside(device, mounts.read_mounts()):
            self.unmount(replace(device, number=number, node=node))
        return Off.LEFT

    def _unmount(self, path: bytes, device: Device) -> None:
        """With ``umount``; one that hangs is left to end when it can, since waiting for it would hang as well."""
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell, and the path comes from the kernel
                [b"umount", b"--", path], stdin=_NULL, stdout=_NULL, stderr=_NULL
            )
        except OSError:
            _refuse_absent()
        try:
            failed = process.wait(self._limits.unmount) != 0
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise MediumError("disk-timeout", errno=errno.ETIMEDOUT, node=device.node) from error
        if failed and any(mount.path == path for mount in mounts.read_mounts()):
            if os.geteuid() != 0:
                _refuse_absent()
            raise busy(device.number, device.node)


def _refuse_absent() -> NoReturn:
    raise RefusedError("disks-absent")


def busy(number: str, node: str) -> RefusedError:
    """Why a device cannot be let go, with the names of those that hold it."""
    found = mounts.of_device(mounts.read_mounts(), number, node)
    path = mount_point(number, node)
    programs = holders.programs(tuple(held for mount in found for held in holders.holders(mount.path)))
    if programs:
        return RefusedError("unmount-busy", node=node, path=path, programs=programs)
    return RefusedError("unmount-busy-unseen", node=node, path=path)


def mount_point(number: str, node: str) -> str:
    """Where a device is mounted, escaped for people; its node where it is not."""
    found = mounts.of_device(mounts.read_mounts(), number, node)
    return names.escape(found[-1].path) if found else node


def require_not_of_the_system(number: str, node: str) -> None:
    """Leave alone what the computer runs from, also when it hangs on USB.

    Raises:
        RefusedError: ``disk-of-the-system`` (``node``).
    """
    if any(mount.is_of_the_system for mount in mounts.of_device(mounts.read_mounts(), number, node)):
        raise RefusedError("disk-of-the-system", node=node)


def wait_until_unmounted(number: str, node: str, limit: float) -> None:
    """Wait until a device is gone from the mount table: a file system in user space goes a little later.

    Raises:
        MediumError: ``disk-timeout`` (``node``) after ``limit`` seconds.
    """
    deadline = time.monotonic() + limit
    while mounts.of_device(mounts.read_mounts(), number, node):
        if time.monotonic() > deadline:
            raise MediumError("disk-timeout", errno=errno.ETIMEDOUT, node=node)
        time.sleep(_GLANCE)
