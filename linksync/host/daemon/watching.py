"""Watching a mounted stick: a bell that rings when files come, and says in which folders.

The only module that knows watchdog, whose word is a hint and no more: it goes deaf on a remount, on an overflow and
when the computer has no watches left. So the truth comes from comparing two looks at the stick (``settling``), and
where the bell cannot hear, time rings. A watch holds no file open and does not keep a stick from being unmounted.
"""

import contextlib
import logging
import os
import re
import threading
from collections.abc import Iterator
from typing import TypeAlias

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from linksync.host.daemon.bells import Bell, Ear, Ring
from linksync.host.daemon.mounts import mount_under, read_mounts
from linksync.host.daemon.settling import ABANDONED, FULL_LOOK, QUIET, Arrivals, Settled, Stamp, Waiting

__all__ = ["ABANDONED", "FULL_LOOK", "QUIET", "Arrivals", "Settled", "Stamp", "StickBell", "Waiting"]

EVERY = 10.0
"""Seconds between two rings of time where the bell is deaf, and between two looks at whether it is."""
_WATCH = re.compile(rb"^inotify wd:\S+ (ino:\S+ sdev:\S+)", re.MULTILINE)
_FOLDERS_MAX = 1000
_EVENTS_MAX = 4000
_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
"""Not opening and closing to read: our own reading would ring."""

logging.getLogger("watchdog").addHandler(logging.NullHandler())  # an overflow is ours to deal with, not to print


class StickBell(Bell):
    """Rings when something on a mounted stick changed. Hears folders, so that a look need not read all of the stick.

    Survives whatever happens to the folder: when the mount there is another one than before, it lays its watches anew
    and rings.

    Attributes:
        deaf: no watch could be laid on all of it (the limit of the computer, a folder that vanished): time alone rings.
    """

    def __init__(self, path: str, ring: Ring) -> None:
        super().__init__("stick bell", ring, self._listening)
        self.deaf = False
        self._path, self._ring_all = path, ring
        self._lock = threading.Lock()
        self._rang: set[bytes] = set()
        self._events = 0
        self._all = True

    def rang(self) -> frozenset[bytes] | None:
        """The folders where something rang since this was asked last, from the root; None: look at everything."""
        with self._lock:
            everything = self._all or self.deaf
            found = frozenset(self._rang)
            self._rang.clear()
            self._events, self._all = 0, False
        return None if everything else found

    @contextlib.contextmanager
    def _listening(self) -> Iterator[Ear]:
        self._everything()
        mount = _mount_at(self._path)
        with contextlib.ExitStack() as stack:
            self.deaf = True
            try:
                observer = stack.enter_context(_observed(self._path, _Handler(self)))
                root = _watch_on(self._path)
            except OSError:  # no watches left, or nothing there: tried again after a while
                yield Ear(heard=_give_up, every=EVERY)
                return
            self.deaf = root is None or not _hears_all(self._path)

            def heard(*, event: bool) -> bool:  # noqa: ARG001 - time alone comes by here
                if mount != _mount_at(self._path) or root not in (None, *_watches()) or not _is_listening(observer):
                    raise _DeafError
                return self._heard_by_time()

            yield Ear(heard=heard, every=EVERY)

    def _heard_by_time(self) -> bool:
        if not self.deaf:
            return False
        self._everything()
        self.deaf = not _hears_all(self._path)
        return True

    def _everything(self) -> None:
        with self._lock:
            self._all = True

    def note(self, folders: tuple[bytes, ...]) -> None:
        """Something rang in these folders; too many are all of them."""
        with self._lock:
            self._events += 1
            self._rang.update(folders)
            if self._events > _EVENTS_MAX or len(self._rang) > _FOLDERS_MAX:
                self._all = True
                self._rang.clear()
        self._ring_all()

    def below(self, path: str | bytes) -> bytes | None:
        """A path from the root of the stick; None where it lies elsewhere."""
        root, full = os.fsencode(self._path).rstrip(b"/"), os.fsencode(path)
        if full == root:
            return b""
        return full[len(root) + 1 :] if full.startswith(root + b"/") else None


class _DeafError(Exception):
    """What was watched is not what stands there now: to be watched anew."""


def _give_up(*, event: bool) -> bool:  # noqa: ARG001 - time alone comes by here
    raise _DeafError


class _Handler(FileSystemEventHandler):
    def __init__(self, bell: StickBell) -> None:
        self._bell = bell

    def on_any_event(self, event: FileSystemEvent) -> None:
        paths = [self._bell.below(path) for path in (event.src_path, event.dest_path) if path]
        folders = [path.rpartition(b"/")[0] for path in paths if path]
        folders += [path for path in paths if path is not None and event.is_directory]
        if folders:
            self._bell.note(tuple(folders))


@contextlib.contextmanager
def _observed(path: str, handler: FileSystemEventHandler) -> Iterator[BaseObserver]:
    observer = Observer()
    try:
        observer.schedule(handler, path, recursive=True, event_filter=_EVENTS)
        observer.start()
        yield observer
    finally:
        observer.stop()
        if observer.ident is not None:
            observer.join(5)


def _is_listening(observer: BaseObserver) -> bool:
    return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)


_Place: TypeAlias = tuple[int, str] | None


def _mount_at(path: str) -> _Place:
    """Which mount a path lies on."""
    found = mount_under(read_mounts(), os.fsencode(os.path.abspath(path)))
    return (found.id, found.device) if found else None


def _hears_all(path: str) -> bool:
    """Whether there was a watch for each folder: watchdog says nothing when the computer has none left."""
    return sum(1 for _ in os.walk(path)) <= sum(1 for _ in _watches())


def _watch_on(path: str) -> bytes | None:
    """The watch on a folder; the kernel takes it away with an unmount, though what is mounted then looks the same.

    None where it cannot be told, since the file system shows other numbers than it has.
    """
    root = os.stat(path)
    device = os.major(root.st_dev) << 20 | os.minor(root.st_dev)
    watch = b"ino:%x sdev:%x" % (root.st_ino, device)
    return watch if watch in _watches() else None


def _watches() -> Iterator[bytes]:
    """The watches that this process has laid, as the kernel lists them."""
    for name in os.listdir("/proc/self/fdinfo"):
        with contextlib.suppress(OSError), open(f"/proc/self/fdinfo/{name}", "rb") as file:
            yield from (match[1] for match in _WATCH.finditer(file.read()))
