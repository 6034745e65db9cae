"""Copies of what was taken in, on the host's own disk, each under its hash.

Small ones are written without waiting for the disk, large ones past the page cache; ``settle`` makes all of them
durable at once, before anything is signed. A copy that no hand-off in the outbox needs is what an unfinished run left.
"""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from linksync.custody.lists import Digest
from linksync.errors import MediumError
from linksync.machine import durable
from linksync.machine.direct import Appender, Pace
from linksync.machine.kept import KeptFile, Mark, mark_of

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

_REMEMBERED = 100_000
"""Copies that are not written again when the same content comes once more."""
_MUCH = 1 << 20
"""Bytes of a copy in the cache from which the disk begins to write it down at once."""
_MODE = 0o644
"""As an archive has it, so that it may be linked there as it is: the folder keeps others out meanwhile."""

RESERVE = 64 * 1024 * 1024
"""Bytes that are left free on the host's disk, for the records and for the host."""


class StagedCopy:
    """A copy that grows; see ``stick.reading.Copy``."""

    def __init__(self, folder: Path, pace: Pace) -> None:
        """Start a copy in the folder of all copies, on a disk of that pace."""
        self._folder = folder
        self._path = folder / f"{durable.TEMPORARY}{secrets.token_hex(6)}"
        with _translated(folder):
            self._descriptor = os.open(self._path, _NEW, _MODE)
        self._appender = Appender(self._descriptor, pace)

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes.

        Raises:
            MediumError: ``host-full`` or ``host-write`` (``path``, ``why``).
        """
        with _translated(self._folder):
            self._appender.write(data)

    def keep(self, digest: Digest) -> Mark | None:
        """Keep the copy under its hash.

        Returns:
            Its mark, where it has one.

        Raises:
            MediumError: as ``write``.
        """
        target = Path(_place(self._folder, digest))
        with _translated(self._folder):
            try:
                self._settle(target)
                if self._appender.cached >= _MUCH:
                    durable.begin_to_sync(self._descriptor)
                mark = mark_of(self._descriptor)
            finally:
                os.close(self._descriptor)
        return mark

    def _settle(self, target: Path) -> None:
        try:
            durable.settle(self._path, target)
        except FileNotFoundError:
            target.parent.mkdir(mode=0o700, exist_ok=True)
            durable.settle(self._path, target)

    def discard(self) -> None:
        """Drop the copy."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        with contextlib.suppress(OSError):
            os.unlink(self._path)


@dataclass(frozen=True, slots=True)
class Staging:
    """The copies of one Link's contents."""

    folder: Path
    _staged: set[Digest] = field(default_factory=set, compare=False, repr=False)
    _pace: Pace = field(default_factory=Pace, compare=False, repr=False)

    def begin(self) -> StagedCopy:
        """Start a copy.

        Raises:
            MediumError: ``host-full`` or ``host-write``.
        """
        try:
            return StagedCopy(self.folder, self._pace)
        except MediumError as error:
            if error.errno != errno.ENOENT:
                raise
        with _translated(self.folder):
            durable.make_folder(self.folder)
        return StagedCopy(self.folder, self._pace)

    def stage(self, data: bytes | memoryview, digest: Digest) -> Mark | None:
        """Stage content that is at hand, in one go.

        It is written under its own name: nobody reads a copy before it is settled, and one that an unfinished run left
        half-written is replaced.

        Returns:
            The mark of the copy, where it has one.

        Raises:
            MediumError: ``host-full`` or ``host-write``.
        """
        if digest in self._staged:
            return None
        with _translated(self.folder):
            try:
                mark = self._create(_place(self.folder, digest), data)
            except FileExistsError:
                pass
            else:
                if len(self._staged) < _REMEMBERED:
                    self._staged.add(digest)
                return mark
        copy = self.begin()
        try:
            copy.write(data)
        except BaseException:
            copy.discard()
            raise
        return copy.keep(digest)

    def _create(self, path: str, data: bytes | memoryview) -> Mark | None:
        """Write a new file; its mark, where it has one.

        Raises:
            FileExistsError: one has its name.
        """
        try:
            descriptor = os.open(path, _NEW, _MODE)
        except FileNotFoundError:
            durable.make_folder(self.folder)
            with contextlib.suppress(FileExistsError):
                os.mkdir(os.path.dirname(path), 0o700)
            return self._create(path, data)
        try:
            Appender(descriptor, self._pace).write(data)
            return mark_of(descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
        finally:
            os.close(descriptor)

    def open(self, digest: Digest) -> BinaryIO | None:
        """A reader of a copy, which an archive on the same disk may link; None where there is none."""
        with contextlib.suppress(FileNotFoundError):
            return cast("BinaryIO", KeptFile(_place(self.folder, digest), "rb"))
        return None

    def size(self, digest: Digest) -> int:
        """The bytes of a copy; 0 where there is none."""
        with contextlib.suppress(FileNotFoundError):
            return os.stat(_place(self.folder, digest)).st_size
        return 0

    def room(self) -> int:
        """How many bytes may be staged.

        Raises:
            MediumError: ``host-full`` or ``host-write``.
        """
        with _translated(self.folder):
            durable.make_folder(self.folder)
            found = os.statvfs(self.folder)
        return max(0, found.f_bavail * found.f_frsize - RESERVE)

    def settle(self) -> None:
        """Make every copy durable.

        Raises:
            MediumError: ``host-full`` or ``host-write``.
        """
        if self.folder.is_dir():
            with _translated(self.folder):
                durable.sync_disk(self.folder)

    def drop_all_but(self, needed: set[Digest]) -> None:
        """Remove the copies that nobody needs any more, and what unfinished runs left."""
        self._staged.clear()
        for path in self._copies():
            with contextlib.suppress(ValueError):
                if bytes.fromhex(path.name) in needed:
                    continue
            with contextlib.suppress(OSError):
                path.unlink()

    def _copies(self) -> Iterator[Path]:
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                yield from path.iterdir() if path.is_dir() else (path,)


def _place(folder: Path, digest: Digest) -> str:
    name = digest.hex()
    return f"{folder}/{name[:2]}/{name}"


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        slug = "host-full" if error.errno in _FULL else "host-write"
        number = error.errno or errno.EIO
        raise MediumError(slug, errno=number, path=str(path), why=os.strerror(number)) from error
