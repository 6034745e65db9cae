r"""The mount table: what is mounted where, from which device, and a bell that rings when it changes.

``/proc/thread-self/mountinfo`` is read whole and compared, always: a mount and an unmount in quick turn give one event.
(``self`` would be the same, but for threads in a namespace of their own.) A mount can linger there after its stick was
pulled out. Paths are raw bytes; the kernel writes a space, tab, line feed and backslash as ``\040``, ``\011``,
``\012``, ``\134``, and ``#`` as ``\043`` in a source.
"""

import contextlib
import os
import re
import select
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from linksync.host.daemon.bells import Bell, Ear, Ring, open_file

MOUNTINFO = "/proc/thread-self/mountinfo"
_EVERY = 30.0
_EVERY_BLIND = 3.0
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_SYSTEM = (b"/boot", b"/usr", b"/var", b"/etc", b"/opt", b"/nix", b"/lib/live", b"/run/live", b"/run/initramfs")
_SYSTEM_ALONE = (b"/", b"/home", b"/cdrom", b"/sysroot", b"/ostree")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A line of the mount table.

    Attributes:
        id: the mount's number; given again to others once it is gone. ``parent`` is the mount that it stands on.
        device: ``8:17``; of a file system in user space a number of its own, as ``0:54``.
        root: the folder of the file system that is seen here, ``/`` for all of it.
        path: where it is mounted, raw bytes.
        options: of this mount and of its file system, as ``ro``, ``noexec``, ``relatime``.
        fs: the file system's type, as ``vfat``, ``fuseblk``.
        source: what was mounted, as ``/dev/sdb1``.
    """

    id: int
    parent: int
    device: str
    root: bytes
    path: bytes
    options: frozenset[str]
    fs: str
    source: bytes

    @property
    def writable(self) -> bool:
        """Whether the mount and its file system both let write."""
        return "ro" not in self.options

    @property
    def is_of_the_system(self) -> bool:
        """Whether the computer itself runs from it: not to be touched, whatever stands on it."""
        return self.path in _SYSTEM_ALONE or any(_covers(top, self.path) for top in _SYSTEM)


def parsed(table: bytes) -> tuple[Mount, ...]:
    """The mounts of a mountinfo, in its order; a line that cannot be read is passed over."""
    found = []
    for line in table.split(b"\n"):
        with contextlib.suppress(ValueError, IndexError):
            found.append(_mount(line.split(b" ")))
    return tuple(found)


def _mount(words: list[bytes]) -> Mount:
    dash = words.index(b"-", 6)  # optional fields of any number stand before it
    of_mount, of_file_system = words[5], words[dash + 3] if len(words) > dash + 3 else b""
    return Mount(
        id=int(words[0]),
        parent=int(words[1]),
        device=words[2].decode("ascii"),
        root=_plain(words[3]),
        path=_plain(words[4]),
        options=_options(of_mount) | _options(of_file_system),
        fs=words[dash + 1].decode("ascii", "replace"),
        source=_plain(words[dash + 2]),
    )


def _options(word: bytes) -> frozenset[str]:
    options = frozenset(option for option in os.fsdecode(word).split(",") if option)
    return options - {"rw"}  # what is "rw" as a mount may be "ro" as a file system: what is not "ro" is writable


def _plain(word: bytes) -> bytes:
    return _OCTAL.sub(lambda match: bytes([int(match[1], 8)]), word)


def read_mounts(path: str = MOUNTINFO) -> tuple[Mount, ...]:
    """What is mounted now; empty where the system has no such table.

    Raises:
        OSError: the table is there and cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return parsed(file.read())
    except FileNotFoundError:
        return ()


def visible(mounts: Iterable[Mount]) -> tuple[Mount, ...]:
    """Those that can be reached by their path: nothing was mounted over them later."""
    listed = tuple(mounts)
    parents = {mount.id: mount.parent for mount in listed}
    found = []
    for place, mount in enumerate(listed):
        below = _below(mount, parents)
        later = listed[place + 1 :]
        if not any(_covers(over.path, mount.path) and over.id not in below for over in later):
            found.append(mount)
    return tuple(found)


def _below(mount: Mount, parents: dict[int, int]) -> frozenset[int]:
    """The mounts that one stands on."""
    below: set[int] = set()
    one = mount.parent
    while one in parents and one not in below:
        below.add(one)
        one = parents[one]
    return frozenset(below)


def _covers(over: bytes, path: bytes) -> bool:
    return over == path or path.startswith(over.rstrip(b"/") + b"/")


def of_device(mounts: Iterable[Mount], number: str, node: str) -> tuple[Mount, ...]:
    """The mounts of a block device, hidden ones too.

    Args:
        mounts: the whole table.
        number: ``8:17``.
        node: ``/dev/sdb1``; by this are found the mounts of programs (fuseblk) and of btrfs, which carry a device
            number of their own.
    """
    source = os.fsencode(node)
    return tuple(
        mount
        for mount in mounts
        if mount.device == number or (mount.device.startswith("0:") and mount.source == source)
    )


def mount_under(mounts: Iterable[Mount], path: bytes) -> Mount | None:
    """The mount that an absolute path lies on, from the table alone: a stick that hangs is not asked."""
    on = (mount for mount in visible(mounts) if _covers(mount.path, path))
    return max(on, key=lambda mount: len(mount.path), default=None)


class MountBell(Bell):
    """Rings when the mount table has changed; where there is none, every few seconds.

    Attributes:
        works: whether the kernel tells of changes.
    """

    def __init__(self, ring: Ring, path: str = MOUNTINFO) -> None:
        super().__init__("mount bell", ring, self._listening)
        self.works = os.path.exists(path)
        self._path = path

    @contextlib.contextmanager
    def _listening(self) -> Iterator[Ear]:
        if not self.works:
            yield Ear(heard=_always, every=_EVERY_BLIND)
            return
        with open_file(self._path) as descriptor:
            compared = _Compared(descriptor)
            yield Ear(heard=compared.heard, descriptor=descriptor, events=select.POLLPRI | select.POLLERR, every=_EVERY)


class _Compared:
    """The table as it was when it was read last."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seen = self._read()

    def heard(self, *, event: bool) -> bool:
        """Whether it has changed; read again whatever the kernel says."""
        before, self._seen = self._seen, self._read()
        return event or before != self._seen

    def _read(self) -> bytes:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        pieces = []
        while piece := os.read(self._descriptor, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces)


def _always(*, event: bool) -> bool:  # noqa: ARG001 - time alone rings
    return True
