"""One read: each byte that people put on the stick is hashed, and staged where it is new, in the same pass.

The sealed state says what to expect. A path that is known with the same size is hashed alone; anything else is copied
to the stage while it is hashed. Only a file of more than a megabyte that was changed without a change of its size has
to be read again to be staged. Afterwards the stick is listed again: what changed meanwhile was not read as one piece.
"""

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from mmap import mmap
from typing import Protocol

from linksync.custody.lists import Digest
from linksync.errors import MediumError
from linksync.machine.allocator import buffer, keep_freed
from linksync.machine.direct import LEAST
from linksync.machine.kept import Mark
from linksync.machine.shares import done, spans
from linksync.stick.listing import Files, Gathering, Part, Stamp
from linksync.stick.medium import Medium
from linksync.stick.sights import Look, Sights
from linksync.stick.tree import Tree

PIECE = 1024 * 1024
CAPTURE_MAX = 64 * 1024
"""Bytes of a small file that are kept for a look inside: cards, litter."""


class Copy(Protocol):
    """A copy that grows on the stage; ``keep`` or ``discard`` ends it."""

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes, the larger pieces best from the start of a page.

        Raises:
            MediumError: the host's disk fails or is full.
        """

    def keep(self, digest: Digest) -> Mark | None:
        """Keep the copy as the content with that digest; its mark, where it has one."""

    def discard(self) -> None:
        """Drop the copy."""


class Stage(Protocol):
    """Where new content is copied to on the host."""

    def begin(self) -> Copy:
        """Start a copy."""

    def stage(self, data: bytes | memoryview, digest: Digest) -> Mark | None:
        """Copy content that is at hand, as ``Copy.write`` does; the mark of the copy, where it has one.

        Raises:
            MediumError: the host's disk fails or is full.
        """


@dataclass(slots=True)
class Reading:
    """What one pass over the stick found.

    Attributes:
        digests: path to digest of every file that was read in one piece, but for ``same``; after a pass over a whole
            stick in columns, as ``stamps``.
        same: how many more are as they were sealed, where only that was asked for.
        stamps: path to stamp as it was opened.
        failed: path to errno of files that could not be read.
        unstaged: paths of new content for which the host has no room.
        captured: path to bytes of the small files that were asked for.
        marks: of the copies on the stage, each with its digest.
        sights: what was seen in new files, by their place in ``stamps``; None where nobody was to look.
        bytes_read: payload bytes that were read from the stick; ``bytes_told`` of them were told as progress.
    """

    digests: Mapping[bytes, Digest] = field(default_factory=dict)
    stamps: Mapping[bytes, Stamp] = field(default_factory=dict)
    failed: dict[bytes, int] = field(default_factory=dict)
    unstaged: set[bytes] = field(default_factory=set)
    captured: dict[bytes, bytes] = field(default_factory=dict)
    marks: dict[Mark, Digest] = field(default_factory=dict)
    bytes_read: int = 0
    same: int = 0
    bytes_told: int = 0
    sights: Sights | None = None

    def merge(self, other: "Reading") -> None:
        """Add what another pass found of other files, but for the columns."""
        self.failed |= other.failed
        self.unstaged |= other.unstaged
        self.captured |= other.captured
        self.marks |= other.marks
        self.bytes_read += other.bytes_read


@dataclass(slots=True)
class _Found(Reading):
    """The same while it is being found, of a batch of files."""

    digests: dict[bytes, Digest] = field(default_factory=dict)
    stamps: dict[bytes, Stamp] = field(default_factory=dict)

    def note(self, mark: Mark | None, digest: Digest) -> None:
        """Note a copy that was staged."""
        if mark is not None:
            self.marks[mark] = digest

    def drop(self, path: bytes) -> None:
        """Forget a file that turned out not to have been read in one piece."""
        self.digests.pop(path, None)
        self.captured.pop(path, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a pass is for.

    Attributes:
        known: the sealed digest of a path, with its size; None for a path that is not sealed.
        stage: where new content goes; None to hash alone.
        too_big: paths of new content for which the host has no room: hashed alone.
        look: who looks at new content; None for nobody.
        capture: whether to keep a small file's bytes, by path.
        progress: told the bytes that were read since the last call.
        buffer: all but small files are read into it: a new one for each costs as much as a fifth of hashing what is in
            it.
    """

    known: Callable[[bytes], tuple[Digest, int] | None]
    stage: Stage | None = None
    too_big: frozenset[bytes] = frozenset()
    look: Look | None = None
    capture: Callable[[bytes], bool] = lambda _path: False
    progress: Callable[[int], None] = lambda _count: None
    buffer: mmap = field(default_factory=lambda: buffer(PIECE), repr=False)


def read_tree(medium: Medium, tree: Tree, wish: Wish) -> Reading:
    """Read every file that was listed, once.

    Raises:
        MediumError: ``stick-gone``: the stick is no longer there; or the host's disk failed.
    """
    keep_freed()
    files = Files.of(tree.files)
    parts = spans(files.sizes)
    reading, gathering = Reading(sights=Sights(len(files)) if wish.look is not None else None), Gathering(files)
    work = partial(_read_numbered, medium, files, parts, wish)
    for part, found in done(work, len(parts), wish.progress):
        gathering.add(part)
        reading.merge(found)
        if reading.sights is not None:
            reading.sights.add(part.start, part.seen)
    reading.digests, reading.stamps = gathering.digests(), gathering.stamps()
    require_there(medium, reading)
    return reading


def require_there(medium: Medium, reading: Reading) -> None:
    """Make sure that it was not the whole stick that could not be read.

    Raises:
        MediumError: ``stick-gone``.
    """
    if reading.failed and not medium.is_alive():
        number = next(iter(reading.failed.values()))
        raise MediumError("stick-gone", errno=number, path=medium.path, why=os.strerror(number))


def changed_since(reading: Reading, again: Tree) -> set[bytes]:
    """The paths that changed while the stick was read: their stamps differ, they appeared, or they are gone."""
    here, then = again.files, reading.stamps
    if isinstance(here, Files) and isinstance(then, Files) and then.is_as(here):
        return set()
    touched = {path for path, stamp in then.items() if here.get(path) != stamp}
    return touched | {path for path in here if path not in then and path not in reading.failed}


def _read_numbered(
    medium: Medium,
    files: Files,
    parts: Sequence[range],
    wish: Wish,
    number: int,
    progress: Callable[[int], None],
) -> tuple[Part, Reading]:
    """Read one of several batches of files, folder by folder."""
    part, reading = parts[number], _Found()
    here = replace(wish, progress=progress)
    inside = files.paths.between(part.start, part.stop)
    for folder, some in groupby(inside, key=lambda path: path.rpartition(b"/")[0]):
        paths = list(some)
        try:
            with medium.at(folder) as descriptor:
                for path in paths:
                    _read_one(medium, descriptor, path, here, reading)
        except OSError as error:
            reading.failed |= dict.fromkeys(paths, error.errno or errno.EIO)
    seen = wish.look.seen() if wish.look is not None else {}
    progress(reading.bytes_read - reading.bytes_told)
    told = Part.of(files, part.start, part.stop, reading.digests, reading.stamps, seen)
    return told, replace(reading, digests={}, stamps={})


def _read_one(medium: Medium, folder: int, path: bytes, wish: Wish, reading: _Found) -> None:
    name = path.rpartition(b"/")[2]
    try:
        descriptor, found = medium.open_plain(folder, name)
    except OSError as error:
        reading.failed[path] = error.errno or errno.EIO
        return
    try:
        reading.stamps[path] = (found.st_size, found.st_mtime_ns)
        _hash_and_stage(descriptor, path, found.st_size, wish, reading)
    except OSError as error:
        reading.failed[path] = error.errno or errno.EIO
        reading.drop(path)
    finally:
        os.close(descriptor)


def _hash_and_stage(descriptor: int, path: bytes, size: int, wish: Wish, reading: _Found) -> None:
    """Read an open file to its end; whatever is new stands on the stage afterwards.

    Raises:
        OSError: the stick failed.
        MediumError: the host failed.
    """
    known = wish.known(path)
    first = _first(descriptor, size, wish.buffer)
    _count(len(first), wish, reading)
    if size < PIECE and len(first) == size:
        digest = hashlib.sha256(first).digest()
        if wish.capture(path) and len(first) <= CAPTURE_MAX:
            reading.captured[path] = bytes(first)
        if known is None or known[0] != digest:
            _stage_whole(first, path, digest, wish, reading)
            _look(descriptor, path, size, digest, first, wish)
        reading.digests[path] = digest
        return
    expected = known is not None and known[1] == size
    copy = None if expected or wish.stage is None or path in wish.too_big else wish.stage.begin()
    digest = _stream(descriptor, first, size, copy, wish, reading)
    if copy is not None:
        reading.note(copy.keep(digest), digest)
    elif known is None or known[0] != digest:
        _stage_again(descriptor, path, size, digest, wish, reading)
    if copy is not None or known is None or known[0] != digest:
        _look(descriptor, path, size, digest, None, wish)
    reading.digests[path] = digest


def _first(descriptor: int, size: int, buffer: mmap) -> bytes | memoryview:
    """All that a file of less than a piece holds, and more if there is more; nothing of a larger one."""
    if size >= PIECE:
        return b""
    if size < LEAST:
        return os.read(descriptor, size + 1)
    return memoryview(buffer)[: os.readv(descriptor, [buffer])]


def _look(descriptor: int, path: bytes, size: int, digest: Digest, data: bytes | memoryview | None, wish: Wish) -> None:
    """Have new content looked at, but for what is not taken in this time."""
    if wish.look is not None and path not in wish.too_big:
        wish.look.read(path, size, digest, data, descriptor)


def _stage_whole(data: bytes | memoryview, path: bytes, digest: Digest, wish: Wish, reading: _Found) -> None:
    if wish.stage is None:
        return
    if path in wish.too_big:
        reading.unstaged.add(path)
        return
    reading.note(wish.stage.stage(data, digest), digest)


def _stream(
    descriptor: int, first: bytes | memoryview, size: int, copy: Copy | None, wish: Wish, reading: _Found
) -> Digest:
    """Hash, and copy, what is left of a file after its first piece.

    Raises:
        OSError: ``EBUSY`` where the file turns out longer or shorter than it was: it is being written to.
    """
    hasher = hashlib.sha256(first)
    try:
        if copy is not None:
            copy.write(first)
        for piece in rest(descriptor, size - len(first), lambda count: _count(count, wish, reading), wish.buffer):
            hasher.update(piece)
            if copy is not None:
                copy.write(piece)
    except BaseException:
        if copy is not None:
            copy.discard()
        raise
    return hasher.digest()


def rest(descriptor: int, left: int, counted: Callable[[int], None], buffer: mmap) -> Iterator[memoryview]:
    """What is left of a file, piece by piece; each is gone when the next one comes.

    Args:
        descriptor: of the file, read up to where the rest begins.
        left: bytes that there should be.
        counted: told the bytes of each piece.
        buffer: to read into.

    Raises:
        OSError: ``EBUSY`` where there are more or fewer: it is being written to.
    """
    view = memoryview(buffer)
    while left >= 0 and (count := os.readv(descriptor, [buffer])):
        yield view[:count]
        counted(count)
        left -= count
    if left:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _stage_again(descriptor: int, path: bytes, size: int, digest: Digest, wish: Wish, reading: _Found) -> None:
    """Stage a large file that was changed without a change of its size: the one case of a second read."""
    if wish.stage is None:
        return
    if path in wish.too_big:
        reading.unstaged.add(path)
        return
    os.lseek(descriptor, 0, os.SEEK_SET)
    copy = wish.stage.begin()
    if _stream(descriptor, b"", size, copy, wish, reading) != digest:
        copy.discard()
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
    reading.note(copy.keep(digest), digest)


def _count(count: int, wish: Wish, reading: _Found) -> None:
    reading.bytes_read += count
    if reading.bytes_read - reading.bytes_told >= PIECE:
        wish.progress(reading.bytes_read - reading.bytes_told)
        reading.bytes_told = reading.bytes_read


def capture(medium: Medium, paths: Iterable[bytes]) -> dict[bytes, bytes]:
    """The bytes of small files, by path, of those that can be read and are at most 64 KiB."""
    found = {}
    for path in paths:
        with contextlib.suppress(OSError):
            data = medium.read(path, CAPTURE_MAX)
            if len(data) <= CAPTURE_MAX:
                found[path] = data
    return found
