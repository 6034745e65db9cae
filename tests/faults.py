"""Faults on every write path: change number 1, 2, 3… fails, and what then stands there is judged.

Three ways to end, all at the call that the test names:

- one call fails and the next ones work: a disk that is full for a moment;
- ``stay_dead``: that call and every later one fails, as when the stick was pulled out. With ``torn`` what was
  not fsynced is lost, in the way that FAT loses it: a file that was written or renamed, and not fsynced after
  that, is empty; a name whose folder was not fsynced since the name was made is gone;
- ``killed``: the process ends there. ``Killed`` is raised, which no ``except Exception`` catches, and what
  runs on the way out (``finally``, ``except``) can change nothing any more.

Only calls through the attributes of ``os``, and ``syncfs`` of ``linksync.machine.durable``, are seen;
linksync calls those and no others. Reading goes on working. ``torn`` is for a stick played by a folder on a
disk, where inode numbers stay; it does not undo removals, nor bytes overwritten in place, and it is too hard
on a journalled disk, where a rename after an fsync is old or new.
"""

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Patched = Callable[..., Any]

_BY_DESCRIPTOR = ("write", "pwrite", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fchmod")
_BY_PATH = ("unlink", "remove", "mkdir", "rmdir", "truncate", "chmod", "utime")
_BY_TWO_PATHS = ("rename", "replace", "link", "symlink")
_CHANGES = os.O_CREAT | os.O_TRUNC
_WRITES = os.O_WRONLY | os.O_RDWR


class Killed(BaseException):
    """The process was ended here."""


@dataclass(slots=True)
class _Unsynced:
    """What would be lost now; by (device, inode), since names change."""

    contents: set[tuple[int, int]] = field(default_factory=set)
    names: set[tuple[int, int]] = field(default_factory=set)


class Faults:
    """While it is entered, calls that change something under ``root`` are counted, and one of them fails.

    Attributes:
        calls: what was called, in order, as ``write data/a.txt``; the last one is where it failed.
        fired: whether the fault has happened.
    """

    def __init__(
        self,
        root: Path,
        *,
        fail_at: int = 0,
        error: int = errno.EIO,
        stay_dead: bool = False,
        torn: bool = False,
        killed: bool = False,
    ) -> None:
        """Plan one fault.

        Args:
            root: the folder in which calls count; for ``killed``, one that holds all that is written.
            fail_at: the number of the call that fails, from 1; 0 for none.
            error: the errno it fails with.
            stay_dead: all later calls fail as well.
            torn: a failing write writes half of its bytes, and what was not fsynced is lost; stays dead.
            killed: the process ends at that call.
        """
        self._root = os.path.realpath(os.fsencode(root))
        self.fail_at = fail_at
        self._error = error
        self._stay_dead = stay_dead or torn or killed
        self._torn = torn
        self._killed = killed
        self._original: dict[str, Patched] = {}
        self._original_syncfs: list[tuple[object, str, Patched]] = []
        self._unsynced = _Unsynced()
        self._lock = threading.RLock()
        self.calls: list[str] = []
        self.fired = False

    def __enter__(self) -> Self:
        for name in _BY_DESCRIPTOR:
            self._patch(name, self._descriptor_call)
        for name in _BY_PATH:
            self._patch(name, self._path_call)
        for name in _BY_TWO_PATHS:
            self._patch(name, self._two_path_call)
        self._patch("open", self._open_call)
        self._patch_syncfs()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, original in self._original.items():
            setattr(os, name, original)
        for module, name, original in self._original_syncfs:
            setattr(module, name, original)

    def _patch(self, name: str, call: Callable[..., Any]) -> None:
        self._original[name] = getattr(os, name)
        setattr(os, name, lambda *args, **kwargs: call(name, *args, **kwargs))

    def _patch_syncfs(self) -> None:
        """Wherever it was imported to."""
        durable = sys.modules.get("linksync.machine.durable")
        original = getattr(durable, "syncfs", None)
        modules = [module for name, module in sys.modules.items() if name.startswith("linksync")]
        for module in modules:
            for name, value in list(vars(module).items()):
                if original is not None and value is original:
                    self._original_syncfs.append((module, name, original))
                    setattr(module, name, self._syncfs_call)

    # What the patched calls do: find out what is meant, count it, let it happen, note what is now unsynced.

    def _descriptor_call(self, name: str, descriptor: Any, *args: Any, **kwargs: Any) -> Any:
        path = _path_of(descriptor)
        if not self._counts(path):
            return self._original[name](descriptor, *args, **kwargs)
        with self._lock:
            half = self._half_write(name, descriptor, args) if self._torn else None
            self._count(name, path, half)
            result = self._original[name](descriptor, *args, **kwargs)
            if name in {"fsync", "fdatasync"}:
                self._synced(descriptor)
            elif name != "fchmod":
                self._unsynced.contents.add(_identity(descriptor))
            return result

    def _path_call(self, name: str, path: Any, *args: Any, **kwargs: Any) -> Any:
        meant = _resolve(path, kwargs.get("dir_fd"))
        if not self._counts(meant):
            return self._original[name](path, *args, **kwargs)
        with self._lock:
            self._count(name, meant)
            result = self._original[name](path, *args, **kwargs)
            if name == "mkdir":
                self._unsynced.names.add(_identity(meant))
            return result

    def _two_path_call(self, name: str, source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        meant = _resolve(target, kwargs.get("dst_dir_fd", kwargs.get("dir_fd")))
        left = meant if name == "symlink" else _resolve(source, kwargs.get("src_dir_fd"))
        if not (self._counts(meant) or self._counts(left)):
            return self._original[name](source, target, *args, **kwargs)
        with self._lock:
            self._count(name, meant)
            result = self._original[name](source, target, *args, **kwargs)
            self._unsynced.names.add(_identity(meant))
            if stat.S_ISREG(os.lstat(meant).st_mode):
                self._unsynced.contents.add(_identity(meant))
            return result

    def _open_call(self, name: str, path: Any, flags: int, mode: int = 0o777, *, dir_fd: Any = None) -> int:
        meant = _resolve(path, dir_fd)
        if not self._counts(meant) or not flags & (_CHANGES | _WRITES):
            return self._opened(path, flags, mode, dir_fd)
        with self._lock:
            if flags & _CHANGES or self.fired:
                self._count(name, meant)
            is_new = not os.path.lexists(meant)
            descriptor = self._opened(path, flags, mode, dir_fd)
            if is_new:
                self._unsynced.names.add(_identity(descriptor))
            if is_new or flags & os.O_TRUNC:
                self._unsynced.contents.add(_identity(descriptor))
            return descriptor

    def _opened(self, path: Any, flags: int, mode: int, dir_fd: Any) -> int:
        opened: int = self._original["open"](path, flags, mode, dir_fd=dir_fd)
        return opened

    def _syncfs_call(self, descriptor: int) -> None:
        path = _path_of(descriptor)
        with self._lock:
            if self._counts(path):
                self._count("syncfs", path)
                self._unsynced = _Unsynced()
            self._original_syncfs[0][2](descriptor)

    # Counting, failing, and what is lost.

    def _counts(self, path: bytes) -> bool:
        return path == self._root or path.startswith(self._root + b"/")

    def _count(self, name: str, path: bytes, half: Callable[[], object] | None = None) -> None:
        """Count one call, and raise when it is the one that fails, or a later one on a dead stick."""
        if self.fired and self._stay_dead:
            self._raise(path)
        self.calls.append(f"{name} {os.fsdecode(os.path.relpath(path, self._root))}")
        if len(self.calls) != self.fail_at:
            return
        self.fired = True
        if half is not None:
            half()
        if self._torn:
            self._lose_unsynced()
        self._raise(path)

    def _raise(self, path: bytes) -> None:
        if self._killed:
            raise Killed
        raise OSError(self._error, os.strerror(self._error), os.fsdecode(path))

    def _half_write(self, name: str, descriptor: int, args: tuple[Any, ...]) -> Callable[[], object] | None:
        if name not in {"write", "pwrite"}:
            return None
        part = bytes(args[0])[: len(args[0]) // 2]
        return lambda: self._original[name](descriptor, part, *args[1:])

    def _synced(self, descriptor: int) -> None:
        identity = _identity(descriptor)
        self._unsynced.contents.discard(identity)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            with os.scandir(descriptor) as entries:
                inside = {_identity(entry.stat(follow_symlinks=False)) for entry in entries}
            self._unsynced.names -= inside

    def _lose_unsynced(self) -> None:
        """Leave what FAT leaves: empty files where only names arrived, nothing where not even those did."""
        for folder, folders, files in os.walk(self._root, topdown=False):
            for name in files + folders:
                self._lose(os.path.join(folder, name))

    def _lose(self, path: bytes) -> None:
        found = os.lstat(path)
        if _identity(found) in self._unsynced.names:
            _remove(path, self._original)
        elif stat.S_ISREG(found.st_mode) and _identity(found) in self._unsynced.contents:
            self._original["truncate"](path, 0)


def _remove(path: bytes, original: dict[str, Patched]) -> None:
    """Remove a folder with all that is in it, or a file."""
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        original["unlink"](path)
        return
    for name in os.listdir(path):
        _remove(os.path.join(path, name), original)
    original["rmdir"](path)


def count_calls(root: Path) -> Faults:
    """Count the calls that change something under ``root``, without a fault: ``len(counted.calls)``."""
    return Faults(root)


def each_fault(
    plan: Callable[[int], Faults], *, at_most: int = 2_000, first: int = 1, step: int = 1
) -> Iterator[Faults]:
    """Fail call 1, then 2, then 3… until a run passes without reaching its fault.

    Args:
        plan: makes a fresh world, and the faults for the call of the given number in it.
        at_most: stop with an error beyond this many calls.
        first: the call that fails in the first run.
        step: how many calls further it is in each next; see ``turns``.

    Yields:
        The faults of each run; the caller enters them, runs, and judges. The last run has none.
    """
    for number in range(first, at_most + 1, step):
        faults = plan(number)
        yield faults
        if not faults.fired:
            return
    raise AssertionError(f"the write path has more than {at_most} calls")


def turns(kinds: Iterable[str], kind: str, *, full: bool) -> dict[str, int]:
    """Which calls a kind of fault is tried at, for ``each_fault``: all, or a sample in which the kinds take turns.

    In a sample every call fails once, with one of the kinds.
    """
    names = sorted(kinds)
    return {} if full else {"first": 1 + names.index(kind), "step": len(names)}


def _identity(found: "int | bytes | os.stat_result") -> tuple[int, int]:
    if isinstance(found, int):
        found = os.fstat(found)
    elif isinstance(found, bytes):
        found = os.lstat(found)
    return found.st_dev, found.st_ino


def _path_of(descriptor: Any) -> bytes:
    number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
    return os.readlink(b"/proc/self/fd/%d" % number).removesuffix(b" (deleted)")


def _resolve(path: Any, dir_fd: int | None) -> bytes:
    """The path that a call means, its folder without links; the last name as it is."""
    if isinstance(path, int):
        return _path_of(path)
    base = os.getcwdb() if dir_fd is None else _path_of(dir_fd)
    folder, name = os.path.split(os.path.normpath(os.path.join(base, os.fsencode(path))))
    return os.path.join(os.path.realpath(folder), name)
