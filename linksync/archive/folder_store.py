"""A store that is a folder: on this computer's disk, or shared by several.

Content is written under its own name at once and made durable by one ``syncfs``, since nothing counts before its
declaration; small files that count are written beside, in ``.new``, and get their name when they are whole. A link or
another odd thing in the folder is never followed nor opened.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from linksync.archive.store import failed, require_name, shown
from linksync.errors import FormatError, MediumError
from linksync.machine import durable
from linksync.machine.kept import KeptFile

WORKSHOP = ".new"
"""The folder of unfinished small files, outside everything that counts."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.EISDIR})


class FolderStore:
    """A ``Store`` in a folder that exists."""

    def __init__(self, root: Path) -> None:
        """Stand on a folder.

        Args:
            root: exists; everything in it belongs to the store.
        """
        self._root = root
        self._made: set[str] = set()

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """See ``Store``."""
        path = self._root / require_name(name)
        with self._writing(name):
            descriptor = self._new(name, path)
            if descriptor is None:
                self._put_over(path, pieces)
            else:
                _write_all(descriptor, pieces)

    def adopt(self, name: str, file: KeptFile) -> bool:
        """See ``Store``."""
        path = self._root / require_name(name)
        with self._writing(name):
            self._make_folder(name, lasting=False)
            with suppress(FileExistsError):
                return file.link_to(path, 0o644)
            temporary = durable.unfinished(path, self._workshop())
            if not file.link_to(temporary, 0o644):
                return False
            durable.settle(temporary, path)
            with suppress(FileNotFoundError):  # a name renamed over another of the same file stays
                os.unlink(temporary)
        return True

    def replace(self, name: str, data: bytes) -> None:
        """See ``Store``."""
        path = self._root / require_name(name)
        with self._writing(name):
            self._make_folder(name, lasting=True)
            durable.write(path, data, workshop=self._workshop())

    def create(self, name: str, data: bytes) -> bool:
        """See ``Store``."""
        path = self._root / require_name(name)
        with self._writing(name):
            self._make_folder(name, lasting=True)
            return durable.create(path, data, workshop=self._workshop())

    def read(self, name: str, limit: int) -> bytes | None:
        """See ``Store``."""
        file = self.open(name)
        if file is None:
            return None
        with file, _reading(name):
            data = file.read(limit + 1)
        if len(data) > limit:
            raise FormatError("store-too-large", name=shown(name), most=limit)
        return data

    def open(self, name: str) -> BinaryIO | None:
        """See ``Store``."""
        path = self._root / require_name(name)
        try:
            descriptor = os.open(path, _READ)
        except OSError as error:
            if error.errno in _NOT_THERE:
                return None
            raise failed("store-read", name, error) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return None
        return os.fdopen(descriptor, "rb", buffering=0)

    def names(self, folder: str) -> Iterator[str]:
        """See ``Store``."""
        if folder:
            require_name(folder)
        with _reading(folder):
            yield from self._below(folder)

    def remove(self, name: str) -> None:
        """See ``Store``."""
        path = self._root / require_name(name)
        with self._writing(name), suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(path)
        with suppress(OSError):  # a folder that still holds something stays
            for above in list(path.relative_to(self._root).parents)[:-1]:
                os.rmdir(self._root / above)
                self._made.discard(str(above))

    def settle(self) -> None:
        """See ``Store``."""
        with self._writing("."):
            durable.sync_disk(self._root)

    def _new(self, name: str, path: Path) -> int | None:
        """A descriptor of a new file; None where one is there."""
        self._make_folder(name, lasting=False)
        try:
            return os.open(path, _NEW, 0o644)
        except FileExistsError:
            return None
        except FileNotFoundError:  # somebody removed the folder, which was empty
            self._made.clear()
            self._make_folder(name, lasting=False)
            return os.open(path, _NEW, 0o644)

    def _put_over(self, path: Path, pieces: Iterable[bytes]) -> None:
        temporary = durable.unfinished(path, self._workshop())
        try:
            _write_all(os.open(temporary, _NEW, 0o644), pieces)
            durable.settle(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _make_folder(self, name: str, *, lasting: bool) -> None:
        """Make the folder of a name, and those above it; none of them may be a link."""
        folder = name.rpartition("/")[0]
        if not folder or folder in self._made:
            return
        self._make_folder(folder, lasting=lasting)
        path = self._root / folder
        try:
            os.mkdir(path)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                raise
        else:
            if lasting:
                durable.sync_folder(path.parent)
        self._made.add(folder)

    def _workshop(self) -> Path:
        self._make_folder(f"{WORKSHOP}/x", lasting=False)
        return self._root / WORKSHOP

    def _below(self, folder: str) -> Iterator[str]:
        try:
            with os.scandir(self._root / folder) as listed:
                entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in listed]
        except (FileNotFoundError, NotADirectoryError):
            return
        # as an object store sorts: by the whole name, so that "a-b" comes before "a/b"
        for name, is_folder in sorted(entries, key=lambda e: os.fsencode(e[0]) + (b"/" if e[1] else b"")):
            full = f"{folder}/{name}" if folder else name
            if full == WORKSHOP:
                continue
            if is_folder:
                yield from self._below(full)
            else:
                yield full

    @contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        """Turn the disk's errors into the store's; a folder that somebody removed meanwhile is made anew later."""
        try:
            yield
        except OSError as error:
            self._made.clear()
            raise failed("store-write", name, error) from error
        except MediumError as error:
            self._made.clear()
            raise MediumError("store-write", errno=error.errno, name=shown(name), why=os.strerror(error.errno)) from (
                error
            )


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise failed("store-read", name, error) from error


def _write_all(descriptor: int, pieces: Iterable[bytes]) -> None:
    try:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
