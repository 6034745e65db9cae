"""An open stick: everything goes through a descriptor of its root, and nothing through a path a second time.

When a stick is pulled out its mount point vanishes, and whoever walks to it by name again stands in a folder of the
host's own disk. So the root is opened once, every step from there is relative to a descriptor, no link is followed, and
whatever stands on another device than the root is not part of the stick.
"""

import errno
import fcntl
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Self

from linksync.custody import names
from linksync.custody.lists import Digest
from linksync.errors import MediumError, RefusedError

Kind = Literal["file", "folder", "link", "fifo", "socket", "device", "mount"]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_GONE = frozenset({errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN})
_SLUGS = {
    errno.ENOSPC: "stick-full",
    errno.EDQUOT: "stick-full",
    errno.EROFS: "stick-read-only",
    errno.EACCES: "stick-forbidden",
    errno.EPERM: "stick-forbidden",
}
_READ_PIECE = 1024 * 1024


class Entry(NamedTuple):
    """What stands in a folder; a tuple, since a stick has many and a tuple is made in a third of the time.

    Attributes:
        name: its bytes.
        size: bytes, for a file; ``changed`` the time of its last change in nanoseconds, as the medium tells it.
    """

    name: bytes
    kind: Kind
    size: int = 0
    changed: int = 0


@dataclass(slots=True)
class Medium:
    """A stick that is open. To be closed; a context manager.

    Attributes:
        path: where it was opened, for messages alone.
        root: the descriptor of its root; ``device`` its ``st_dev``.
        counter: the file in which the system counts how often the device failed; None where it does not.
    """

    path: str
    root: int
    device: int
    counter: str | None = None

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Open a mount point or a plain folder as a stick.

        Raises:
            RefusedError: ``stick-missing`` or ``stick-not-a-folder`` (``path``).
            MediumError: ``stick-unreadable`` (``path``, ``why``).
        """
        shown = names.escape(os.fsencode(path))
        try:
            root = os.open(path, _FOLDER & ~os.O_NOFOLLOW)
        except FileNotFoundError as error:
            raise RefusedError("stick-missing", path=shown) from error
        except NotADirectoryError as error:
            raise RefusedError("stick-not-a-folder", path=shown) from error
        except OSError as error:
            raise medium_error(error, shown, reading=True) from error
        device = os.fstat(root).st_dev
        return cls(path=shown, root=root, device=device, counter=fault_counter(device))

    def again(self) -> Self:
        """The same stick opened once more, for another process: two that list one open folder disturb each other.

        Raises:
            MediumError: it is no longer there.
        """
        with translated(self.path, reading=True):
            return replace(self, root=os.open(b".", _FOLDER, dir_fd=self.root))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the stick."""
        if self.root >= 0:
            os.close(self.root)
            self.root = -1

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others of our kind from writing to it meanwhile.

        Raises:
            RefusedError: ``stick-busy`` (``path``): another hand-off is at work on it.
        """
        try:
            fcntl.flock(self.root, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError("stick-busy", path=self.path) from error
        except OSError:  # a file system without locks has one writer at a time all the same
            yield
            return
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(self.root, fcntl.LOCK_UN)

    @contextmanager
    def at(self, path: bytes) -> Iterator[int]:
        """A descriptor of a folder on the stick, while it is needed; b"" is the root.

        Raises:
            OSError: it is not there, no folder, or a link; ``EXDEV`` where another file system is mounted on it.
        """
        opened = [self.root]
        try:
            for name in path.split(b"/") if path else ():
                opened.append(self.open_folder(opened[-1], name))
            yield opened[-1]
        finally:
            for descriptor in opened[1:]:
                os.close(descriptor)

    def entries(self, folder: int, *, sizes: bool = True) -> list[Entry]:
        """What stands in an open folder, sorted by name; ``.`` and ``..`` apart.

        Args:
            folder: its descriptor.
            sizes: False to believe what listing alone tells of plain files, without their size and time; so one that
                another file is mounted on shows only when it is opened.

        Raises:
            OSError: the medium fails.
        """
        found = []
        with os.scandir(folder) as listed:
            for one in listed:
                if not sizes and one.is_file(follow_symlinks=False):
                    found.append(Entry(os.fsencode(one.name), "file"))
                else:
                    found.append(self._entry(os.fsencode(one.name), one.stat(follow_symlinks=False)))
        return sorted(found)

    def open_folder(self, folder: int, name: bytes) -> int:
        """A descriptor of a folder in an open folder; the caller closes it.

        Raises:
            OSError: as ``at``.
        """
        descriptor = os.open(name, _FOLDER, dir_fd=folder)
        try:
            self._require_here(os.fstat(descriptor))
        except OSError:
            _let_go(descriptor)
            raise
        return descriptor

    def open_file(self, folder: int, name: bytes) -> int:
        """A descriptor of a plain file in an open folder, to read; the caller closes it.

        Raises:
            OSError: as ``open_plain``.
        """
        return self.open_plain(folder, name)[0]

    def open_plain(self, folder: int, name: bytes) -> tuple[int, os.stat_result]:
        """The same, with what the medium tells of the file.

        Raises:
            OSError: it is not there or the medium fails; ``EINVAL`` where it is no plain file.
        """
        descriptor = os.open(name, _FILE, dir_fd=folder)
        try:
            found = os.fstat(descriptor)
            _require_plain(found)
            self._require_here(found)
        except OSError:
            _let_go(descriptor)
            raise
        return descriptor, found

    @contextmanager
    def opened(self, path: bytes) -> Iterator[int]:
        """A descriptor of a file, by a path that may be anything's: what is no plain file is not opened.

        Raises:
            OSError: as ``open_file``.
        """
        above, _, name = path.rpartition(b"/")
        with self.at(above) as folder:
            _require_plain(os.stat(name, dir_fd=folder, follow_symlinks=False))
            descriptor = self.open_file(folder, name)
            try:
                yield descriptor
            finally:
                os.close(descriptor)

    def read(self, path: bytes, limit: int) -> bytes:
        """The bytes of a file, one more than ``limit`` at the most; what is no plain file is not opened.

        Raises:
            OSError: as ``open_file``.
        """
        with self.opened(path) as descriptor:
            return read_up_to(descriptor, limit + 1)

    def faults(self) -> int:
        """How often the device has failed so far, as far as the system counts it.

        FAT hides the names in a folder's sector that cannot be read, without an error; only the device tells.
        """
        if self.counter is None:
            return 0
        try:
            with open(self.counter, "rb") as file:
                return int(file.read(32), 16)
        except (OSError, ValueError):
            return 0

    def is_alive(self) -> bool:
        """Whether the root still answers as the folder that was opened."""
        try:
            found = os.fstat(self.root)
            os.scandir(self.root).close()
        except OSError:
            return False
        return found.st_dev == self.device and found.st_nlink > 0

    def _require_here(self, found: os.stat_result) -> None:
        if found.st_dev != self.device:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    def _entry(self, name: bytes, found: os.stat_result) -> Entry:
        mode = found.st_mode
        if found.st_dev != self.device:
            return Entry(name=name, kind="mount")
        if stat.S_ISREG(mode):
            return Entry(name, "file", found.st_size, found.st_mtime_ns)
        if stat.S_ISDIR(mode):
            return Entry(name=name, kind="folder")
        if stat.S_ISLNK(mode):
            return Entry(name=name, kind="link")
        if stat.S_ISFIFO(mode):
            return Entry(name=name, kind="fifo")
        return Entry(name=name, kind="socket" if stat.S_ISSOCK(mode) else "device")


class PlainFile(io.FileIO):
    """A reader of a file on a stick; letting go of it never fails, also where the stick was pulled out meanwhile."""

    def close(self) -> None:
        """Let go of it: what was read was read."""
        with suppress(OSError):
            super().close()


def fault_counter(device: int, devices: str = "/sys/dev/block") -> str | None:
    """The file that counts the failures of a device or of the disk that it is a part of; None where there is none.

    Args:
        device: its ``st_dev``.
        devices: the folder in which the system lists block devices by number.
    """
    place = os.path.realpath(f"{devices}/{os.major(device)}:{os.minor(device)}")
    for disk in (place, os.path.dirname(place)):
        counter = f"{disk}/device/ioerr_cnt"
        if os.path.exists(counter):
            return counter
    return None


def _require_plain(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def _let_go(descriptor: int) -> None:
    with suppress(OSError):
        os.close(descriptor)


def read_up_to(descriptor: int, most: int) -> bytes:
    """Read from where a descriptor stands to its end, ``most`` bytes at the most."""
    return b"".join(pieces_up_to(descriptor, most))


def pieces_up_to(descriptor: int, most: int) -> Iterator[bytes]:
    """The same, a piece at a time."""
    while most > 0:
        piece = os.read(descriptor, min(most, _READ_PIECE))
        if not piece:
            break
        yield piece
        most -= len(piece)


def digest_up_to(descriptor: int, most: int) -> Digest:
    """The SHA-256 of what ``read_up_to`` would give."""
    total = hashlib.sha256()
    for piece in pieces_up_to(descriptor, most):
        total.update(piece)
    return total.digest()


def medium_error(error: OSError, path: str, *, reading: bool = False) -> MediumError:
    """What a failing call on a stick means; ``path`` is already escaped."""
    number = error.errno or errno.EIO
    slug = "stick-gone" if number in _GONE else "" if reading else _SLUGS.get(number, "")
    slug = slug or ("stick-unreadable" if reading else "stick-write")
    return MediumError(slug, errno=number, path=path, why=os.strerror(number))


@contextmanager
def translated(path: str, *, reading: bool = False) -> Iterator[None]:
    """Turn an ``OSError`` of a stick into a MediumError."""
    try:
        yield
    except OSError as error:
        raise medium_error(error, path, reading=reading) from error
