"""A stick is listed and hashed by two other processes while its records are judged.

Hashing needs to know nothing of what is sealed; so it begins at once, and what the records say is held against it
afterwards. Nothing is staged here: a hand-off, which stages, reads with ``reading``. The rules are those of ``tree``
and ``reading``: each byte once, nothing followed, nothing from elsewhere, each file in one piece.
"""

import errno
import hashlib
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import accumulate, groupby, islice
from operator import itemgetter
from typing import Self

from linksync.custody.lists import Digest
from linksync.custody.litter import is_litter_name
from linksync.machine.allocator import buffer
from linksync.machine.shares import Apart, Doer, Progress, can_share
from linksync.stick.cold import AT_ONCE, Foresight
from linksync.stick.listing import Stamp
from linksync.stick.medium import Medium
from linksync.stick.reading import CAPTURE_MAX, PIECE, Reading, require_there, rest
from linksync.stick.tree import Tree, list_names, under

_PIECES = 8_000
"""Pieces of work at the most: few files each, so that the two end together."""
_SHARES = 64
"""A helper takes no larger share than one of so many at once: the last one would keep the other waiting."""
_FILES_TOLD = 4_096
"""Files after which a helper tells what it found."""
_BYTES_TOLD = 4 * 1024 * 1024
"""Bytes after which a helper tells how far it is."""
_UNSEEN: Stamp = (0, 0)
_NOTHING = bytes(32)
"""In the place of a digest: the file could not be read."""

Row = tuple[bytes, bytes]
"""A folder, and the names of the files in it with a line feed between them, which no listable name has in it."""


@dataclass(slots=True)
class _Found:
    """What a helper found of some pieces.

    Attributes:
        pieces: their numbers.
        digests: of their files, in order, 32 bytes each.
        failed: place among these to errno; ``captured`` likewise to the bytes of a small file.
        octets: bytes of these files as they were opened; ``read`` those that were read.
    """

    pieces: list[int] = field(default_factory=list)
    digests: bytes = b""
    failed: dict[int, int] = field(default_factory=dict)
    captured: dict[int, bytes] = field(default_factory=dict)
    octets: int = 0
    read: int = 0


class Names(Mapping[bytes, Stamp]):
    """The files of a stick by folder: their paths, in a third of the memory; a stamp says nothing here.

    They are cut into pieces of work, alike in every process.

    Attributes:
        pieces: how many there are.
    """

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._places = {folder: place for place, (folder, _) in enumerate(rows)}
        ends = list(accumulate(blob.count(b"\n") + 1 for _, blob in rows))
        self._count = ends[-1] if ends else 0
        self._starts = [0, *ends[:-1]]
        self._step = max(1, -(-self._count // _PIECES))
        self._hidden: set[bytes] = set()
        self._last: tuple[int, list[bytes]] = (-1, [])
        self.pieces = -(-self._count // self._step)

    def __getitem__(self, path: bytes) -> Stamp:
        folder, _, name = path.rpartition(b"/")
        place = self._places.get(folder)
        if place is None or path in self._hidden:
            raise KeyError(path)
        inside = self._inside(place)
        at = bisect_left(inside, name)
        if at == len(inside) or inside[at] != name:
            raise KeyError(path)
        return _UNSEEN

    def __iter__(self) -> Iterator[bytes]:
        for place, (folder, _) in enumerate(self._rows):
            for name in self._inside(place):
                path = under(folder, name)
                if path not in self._hidden:
                    yield path

    def __len__(self) -> int:
        return self._count - len(self._hidden)

    def hide(self, path: bytes) -> None:
        """Forget a file that turned out to be none of the stick."""
        self._hidden.add(path)

    def pieces_of(self, files: int) -> int:
        """How many pieces have about so many files, and are a small share of all."""
        return max(1, min(files, self._count // _SHARES) // self._step)

    def piece(self, number: int) -> Iterator[tuple[bytes, bytes]]:
        """Folder and name of each file of a piece."""
        at, end = number * self._step, min(self._count, (number + 1) * self._step)
        place = bisect_right(self._starts, at) - 1
        while at < end:
            start = self._starts[place]
            some = self._inside(place)[at - start : end - start]
            folder = self._rows[place][0]
            for name in some:
                yield folder, name
            at += len(some)
            place += 1

    def _inside(self, place: int) -> list[bytes]:
        """The names in a folder; most often the one that was asked for last."""
        if self._last[0] != place:
            self._last = (place, self._rows[place][1].split(b"\n"))
        return self._last[1]


class Ahead:
    """The two that read ahead. To be closed; a context manager.

    Raises:
        MediumError: the stick is no longer there.
    """

    def __init__(self, medium: Medium) -> None:
        self._medium = medium.again()
        self._apart: Apart[Row | Tree, _Found] = Apart(self._lead, self._follow)
        self._names = Names([])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._apart.close()
        self._medium.close()

    def tree(self) -> Tree:
        """What stands on the stick; stamps say nothing, and ``octets`` is known only once all was read."""
        *rows, tree = self._apart.told()
        assert isinstance(tree, Tree)
        self._names = Names([row for row in rows if isinstance(row, tuple)])
        tree.files = self._names
        return tree

    def reading(self, tree: Tree, sealed: Mapping[bytes, Digest], progress: Progress) -> Reading:
        """What was read of it; of the files that are as they were sealed, only how many they are.

        Args:
            tree: as ``tree`` gave it; gets its ``octets``.
            sealed: digests by path.
            progress: told the bytes that were read since the last call.

        Raises:
            MediumError: ``stick-gone``.
        """
        digests: dict[bytes, Digest] = {}
        reading = Reading(digests=digests)
        tree.octets = 0
        for found in self._apart.results(progress):
            self._add(found, sealed, tree, reading, digests)
        require_there(self._medium, reading)
        return reading

    def _add(
        self,
        found: _Found,
        sealed: Mapping[bytes, Digest],
        tree: Tree,
        reading: Reading,
        digests: dict[bytes, Digest],
    ) -> None:
        files = (file for piece in found.pieces for file in self._names.piece(piece))
        for place, (folder, name) in enumerate(files):
            path = under(folder, name)
            digest = found.digests[32 * place : 32 * place + 32]
            if place in found.failed:
                self._note_failure(path, found.failed[place], tree, reading)
            elif sealed.get(path) == digest:
                reading.same += 1
            else:
                digests[path] = digest
            if place in found.captured:
                reading.captured[path] = found.captured[place]
        reading.bytes_read += found.read
        tree.octets = (tree.octets or 0) + found.octets

    def _note_failure(self, path: bytes, number: int, tree: Tree, reading: Reading) -> None:
        reading.failed[path] = number
        if number == errno.EXDEV:  # listing alone does not tell that another file is mounted on it
            self._names.hide(path)
            tree.special[path] = "mount"
            tree.unreadable[path] = number

    def _lead(self, say: Callable[[Row | Tree], None]) -> tuple[Doer[_Found], int]:
        rows: list[Row] = []

        def note(folder: bytes, names: list[bytes]) -> None:
            row = (folder, b"\n".join(names))
            rows.append(row)
            say(row)

        say(list_names(self._medium, note))
        return self._doer(rows)

    def _follow(self, heard: Iterator[Row | Tree]) -> Doer[_Found]:
        return self._doer([row for row in heard if isinstance(row, tuple)])[0]

    def _doer(self, rows: list[Row]) -> tuple[Doer[_Found], int]:
        cut = Names(rows)
        return lambda pieces, progress: _Reader(self._medium, cut, progress).read(pieces), cut.pieces


@contextmanager
def reading_ahead(medium: Medium) -> Iterator[Ahead | None]:
    """Begin to read a stick; None where two processes would not be faster than one."""
    if not can_share():
        yield None
        return
    with Ahead(medium) as ahead:
        yield ahead


class _Reader:
    """Reads piece after piece, folder by folder, and keeps what it found until it is told."""

    def __init__(self, medium: Medium, names: Names, progress: Progress) -> None:
        self._medium, self._names, self._progress = medium, names, progress
        self._digests: list[bytes] = []
        self._found = _Found()
        self._untold = 0
        self._inside: bytes | None = None
        self._folder = -errno.EIO
        self._opened = ExitStack()
        self._foresight = Foresight(medium)
        self._buffer = buffer(PIECE)

    def read(self, pieces: Iterator[int]) -> Iterator[_Found]:
        """Read pieces; what was found comes many files at a time."""
        self._foresight.look()
        self._foresight.cold = False
        with self._opened:
            while some := list(islice(pieces, self._names.pieces_of(AT_ONCE) if self._foresight.cold else 1)):
                self._found.pieces += some
                files = [file for piece in some for file in self._names.piece(piece)]
                if self._foresight.cold:
                    self._ask(files)
                for path, name in files:
                    self._read_one(self._enter(path), name)
                self._foresight.look()
                if len(self._digests) >= _FILES_TOLD:
                    yield self._take()
        yield self._take()

    def _ask(self, files: list[tuple[bytes, bytes]]) -> None:
        for path, some in groupby(files, key=itemgetter(0)):
            folder = self._enter(path)
            if folder >= 0:
                self._foresight.ask(folder, [name for _, name in some])

    def _take(self) -> _Found:
        found = self._found
        found.digests = b"".join(self._digests)
        self._digests, self._found = [], _Found()
        self._progress(self._untold)
        self._untold = 0
        return found

    def _enter(self, path: bytes) -> int:
        """A descriptor of a folder; below nought the number of the error where it cannot be opened."""
        if path != self._inside:
            self._opened.close()
            self._inside = path
            try:
                self._folder = self._opened.enter_context(self._medium.at(path))
            except OSError as error:
                self._folder = -(error.errno or errno.EIO)
        return self._folder

    def _read_one(self, folder: int, name: bytes) -> None:
        try:
            self._digests.append(self._hashed(folder, name))
        except OSError as error:
            self._found.captured.pop(len(self._digests), None)
            self._found.failed[len(self._digests)] = error.errno or errno.EIO
            self._digests.append(_NOTHING)

    def _hashed(self, folder: int, name: bytes) -> Digest:
        if folder < 0:
            raise OSError(-folder, os.strerror(-folder))
        descriptor, there = self._medium.open_plain(folder, name)
        try:
            size = there.st_size
            self._found.octets += size
            first = os.read(descriptor, size + 1) if size <= CAPTURE_MAX else b""
            self._count(len(first))
            if first and len(first) == size:
                if is_litter_name(name):
                    self._found.captured[len(self._digests)] = first
                return hashlib.sha256(first).digest()
            hasher = hashlib.sha256(first)
            for piece in rest(descriptor, size - len(first), self._count, self._buffer):
                hasher.update(piece)
            return hasher.digest()
        finally:
            os.close(descriptor)

    def _count(self, count: int) -> None:
        self._found.read += count
        self._untold += count
        if self._untold >= _BYTES_TOLD:
            self._progress(self._untold)
            self._untold = 0
