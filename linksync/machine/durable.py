"""The host's own disk, written so that power may fail: old or new, never between.

The only module that renames or fsyncs on the host's disk. A stick has rules of its own: ``stick/writing.py``.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from linksync.errors import MediumError

_LIBC = ctypes.CDLL(None, use_errno=True)
_RANGE_WRITE = 2
TEMPORARY = ".new-"
"""How the name of an unfinished file begins; what is left of it may be removed by anyone who holds the lock."""


def syncfs(fd: int) -> None:
    """Make everything that was written to the file system of ``fd`` durable.

    Raises:
        OSError: the medium says that something was not written.
    """
    if not hasattr(_LIBC, "syncfs"):
        os.sync()
        return
    if _LIBC.syncfs(fd) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def begin_to_sync(fd: int) -> None:
    """Have the disk begin to write down what was written to a file, without waiting for it; nothing is durable yet.

    The disk is idle otherwise until ``syncfs`` waits for all of it at once.
    """
    if hasattr(_LIBC, "sync_file_range"):
        _LIBC.sync_file_range(fd, ctypes.c_int64(0), ctypes.c_int64(0), _RANGE_WRITE)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_disk(path: Path) -> None:
    """Make durable all that was written to the disk on which ``path`` stands."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        syncfs(fd)
    finally:
        os.close(fd)


def make_folder(path: Path) -> None:
    """Make a folder with its parents, durably."""
    missing = []
    at = path
    while not at.exists():
        missing.append(at)
        at = at.parent
    for folder in reversed(missing):
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700 if folder == path else 0o755)
        sync_folder(folder.parent)


def write(path: Path, data: bytes, *, mode: int = 0o644, workshop: Path | None = None) -> None:
    """Put ``data`` at ``path``, in place of what was there: afterwards it is the old file or the new one.

    Args:
        path: of the file.
        data: what it holds afterwards.
        mode: of the file, less the umask.
        workshop: the folder, on the same disk, of the unfinished file; beside ``path`` where none is given.

    Raises:
        MediumError: ``disk-write``; what was there still is.
    """
    write_pieces(path, (data,), mode=mode, workshop=workshop)


def write_pieces(path: Path, pieces: Iterable[bytes], *, mode: int = 0o644, workshop: Path | None = None) -> None:
    """The same of what is too much for memory.

    Raises:
        MediumError: as ``write``.
    """
    with translated("disk-write", path):
        make_folder(path.parent)
        temporary = unfinished(path, workshop)
        try:
            _write_pieces(temporary, pieces, mode)
            os.replace(temporary, path)
        except BaseException:
            _remove_quietly(temporary)
            raise
        sync_folder(path.parent)


def create(path: Path, data: bytes, *, mode: int = 0o644, workshop: Path | None = None) -> bool:
    """Put ``data`` at ``path`` unless something is there; whether it was put.

    Args:
        path: of the file.
        data: what it holds afterwards.
        mode: of the file, less the umask.
        workshop: as for ``write``.

    Raises:
        MediumError: ``disk-write``; nothing was put.
    """
    with translated("disk-write", path):
        make_folder(path.parent)
        temporary = unfinished(path, workshop)
        try:
            _write_new(temporary, data, mode)
            os.link(temporary, path)
        except FileExistsError:
            return False
        finally:
            _remove_quietly(temporary)
        sync_folder(path.parent)
        return True


def create_folder(path: Path, files: Mapping[str, bytes]) -> bool:
    """Put a folder of files at ``path`` unless something is there: all of it appears at once, or nothing.

    Args:
        path: of the folder.
        files: relative path, with ``/`` between its parts, to bytes.

    Raises:
        MediumError: ``disk-write``; nothing was put.
    """
    with new_folder(path.parent) as folder:
        for name, data in files.items():
            folder.add(name, (data,))
        return folder.keep(path)


class NewFolder:
    """A folder of files in the making: nobody sees it until it is kept, all at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file; ``name`` is its relative path, with ``/`` between its parts.

        Raises:
            MediumError: ``disk-write``.
        """
        path = self._folder / name
        with translated("disk-write", path):
            make_folder(path.parent)
            _write_pieces(path, pieces, 0o644)
            sync_folder(path.parent)

    def keep(self, path: Path) -> bool:
        """Put the folder at ``path``, on the same disk, unless something is there; whether it was put.

        Raises:
            MediumError: ``disk-write``; nothing was put.
        """
        with translated("disk-write", path):
            try:
                os.rename(self._folder, path)
            except OSError:
                if path.is_dir():
                    return False
                raise
            sync_folder(path.parent)
            return True


@contextlib.contextmanager
def new_folder(above: Path) -> Iterator[NewFolder]:
    """Begin a folder that will stand in ``above``; what of it is not kept is removed.

    Raises:
        MediumError: ``disk-write``.
    """
    with translated("disk-write", above):
        make_folder(above)
    temporary = unfinished(above / "folder")
    try:
        yield NewFolder(temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def remove_folder(path: Path) -> None:
    """Take a folder away, all of it at once; what of it may stay for a moment has the name of something unfinished.

    Raises:
        MediumError: ``disk-write``; the folder is still there, whole.
    """
    with translated("disk-write", path):
        aside = unfinished(path)
        try:
            os.rename(path, aside)
        except FileNotFoundError:
            return
        sync_folder(path.parent)
    clear_unfinished(path.parent)


def clear_unfinished(folder: Path) -> None:
    """Remove the files and folders that a process which was killed left unfinished; for whoever holds the lock."""
    for left in folder.glob(f"{TEMPORARY}*"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            _remove_quietly(left)


def link(descriptor: int, path: Path | str | os.PathLike[str]) -> None:
    """Give an open file one more name.

    Raises:
        OSError: something has that name, or the system or the disk cannot.
    """
    # the folder's descriptor goes unused, but makes Python follow the link in /proc to the open file
    os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor, follow_symlinks=True)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write bytes to the last one, however many the system takes at a time; they are not synced."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def settle(temporary: Path, path: Path) -> None:
    """Give a finished file or folder its name, in place of a file there; the caller has synced its content."""
    os.replace(temporary, path)


@contextlib.contextmanager
def translated(slug: str, path: Path) -> Iterator[None]:
    """Turn an ``OSError`` about ``path`` into a MediumError."""
    try:
        yield
    except OSError as error:
        raise MediumError(slug, errno=error.errno or 0, path=str(path), why=os.strerror(error.errno or 0)) from error


def unfinished(path: Path, workshop: Path | None = None) -> Path:
    """A name for what will stand at ``path`` when it is whole, in ``workshop`` or beside it."""
    return (workshop or path.parent) / f"{TEMPORARY}{secrets.token_hex(6)}"


def _write_new(path: Path, data: bytes, mode: int) -> None:
    _write_pieces(path, (data,), mode)


def _write_pieces(path: Path, pieces: Iterable[bytes], mode: int) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        for piece in pieces:
            write_all(fd, piece)
        os.fsync(fd)
    finally:
        os.close(fd)


def _remove_quietly(path: Path) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
