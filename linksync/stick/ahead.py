"""A stick is listed and hashed by two other processes while its records are judged.

Hashing needs to know nothing of what is sealed; so it begins at once, and what the records say is held against it
afterwards. Nothing is staged here: a hand-off, which stages, reads with ``reading``. The rules are those of ``tree``
and ``reading``: each byte once, nothing followed, nothing from elsewhere, each file in one piece.
"""

import errno
import hashlib
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Self

from linksync.custody.lists import Digest
from linksync.custody.litter import is_litter_name
from linksync.machine.shares import Apart, Doer, Progress, can_share
from linksync.stick.medium import Medium
from linksync.stick.reading import CAPTURE_MAX, PIECE, Reading, require_there, rest
from linksync.stick.tree import Tree, list_names

_PIECES = 8_000
"""Pieces of work at the most: few files each, so that the two end together."""
_FILES_TOLD = 4_096
"""Files after which a helper tells what it found."""
_BYTES_TOLD = 4 * 1024 * 1024
"""Bytes after which a helper tells how far it is."""
_NOTHING = bytes(32)
"""In the place of a digest: the file could not be read."""

Row = tuple[bytes, list[bytes]]
"""A folder, and the names of the files in it."""


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


@dataclass(slots=True)
class _Rows:
    """The files of a stick by folder, and how they are cut into pieces."""

    rows: list[Row] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    count: int = 0
    step: int = 1

    @classmethod
    def of(cls, rows: list[Row]) -> Self:
        """Cut them: the same rows are cut alike in every process."""
        ends = list(accumulate(len(names) for _, names in rows))
        count = ends[-1] if ends else 0
        return cls(rows=rows, starts=[0, *ends[:-1]], count=count, step=max(1, -(-count // _PIECES)))

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return -(-self.count // self.step)

    def piece(self, number: int) -> Iterator[tuple[bytes, bytes]]:
        """Folder and name of each file of a piece."""
        at, end = number * self.step, min(self.count, (number + 1) * self.step)
        place = bisect_right(self.starts, at) - 1
        while at < end:
            folder, names = self.rows[place]
            some = names[at - self.starts[place] : end - self.starts[place]]
            for name in some:
                yield folder, name
            at += len(some)
            place += 1


class Ahead:
    """The two that read ahead. To be closed; a context manager.

    Raises:
        MediumError: the stick is no longer there.
    """

    def __init__(self, medium: Medium) -> None:
        self._medium = medium.again()
        self._apart: Apart[Row | Tree, _Found] = Apart(self._lead, self._follow)
        self._rows = _Rows()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._apart.close()
        self._medium.close()

    def tree(self) -> Tree:
        """What stands on the stick; the stamps of files are those of nothing until they were read."""
        *rows, tree = self._apart.told()
        assert isinstance(tree, Tree)
        self._rows = _Rows.of([row for row in rows if isinstance(row, tuple)])
        paths = (b"%s/%s" % (folder, name) if folder else name for folder, names in self._rows.rows for name in names)
        tree.files = dict.fromkeys(paths, (0, 0))
        return tree

    def reading(self, tree: Tree, sealed: Mapping[bytes, Digest], progress: Progress) -> Reading:
        """What was read of it.

        Args:
            tree: as ``tree`` gave it; gets its ``octets``.
            sealed: digests by path, which are used again where they are the same.
            progress: told the bytes that were read since the last call.

        Raises:
            MediumError: ``stick-gone``.
        """
        paths = list(tree.files)
        reading = Reading()
        tree.octets = 0
        for found in self._apart.results(progress):
            self._add(found, paths, sealed, tree, reading)
        require_there(self._medium, reading)
        return reading

    def _add(
        self, found: _Found, paths: list[bytes], sealed: Mapping[bytes, Digest], tree: Tree, reading: Reading
    ) -> None:
        step, digests = self._rows.step, found.digests
        there = [path for piece in found.pieces for path in paths[piece * step : (piece + 1) * step]]
        for place, path in enumerate(there):
            digest = digests[32 * place : 32 * place + 32]
            known = sealed.get(path)
            reading.digests[path] = known if known == digest else digest
        for place, number in found.failed.items():
            path = there[place]
            del reading.digests[path]
            reading.failed[path] = number
            if number == errno.EXDEV:  # listing alone does not tell that another file is mounted on it
                tree.note_mount(path)
        reading.captured |= {there[place]: data for place, data in found.captured.items()}
        reading.bytes_read += found.read
        tree.octets = (tree.octets or 0) + found.octets

    def _lead(self, say: Callable[[Row | Tree], None]) -> tuple[Doer[_Found], int]:
        rows: list[Row] = []

        def note(folder: bytes, names: list[bytes]) -> None:
            rows.append((folder, names))
            say((folder, names))

        say(list_names(self._medium, note))
        return self._doer(rows)

    def _follow(self, heard: Iterator[Row | Tree]) -> Doer[_Found]:
        return self._doer([row for row in heard if isinstance(row, tuple)])[0]

    def _doer(self, rows: list[Row]) -> tuple[Doer[_Found], int]:
        cut = _Rows.of(rows)
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

    def __init__(self, medium: Medium, rows: _Rows, progress: Progress) -> None:
        self._medium, self._rows, self._progress = medium, rows, progress
        self._digests: list[bytes] = []
        self._found = _Found()
        self._untold = 0

    def read(self, pieces: Iterator[int]) -> Iterator[_Found]:
        """Read pieces; what was found comes many files at a time."""
        inside: bytes | None = None
        folder = -errno.EIO
        with ExitStack() as opened:
            for piece in pieces:
                self._found.pieces.append(piece)
                for path, name in self._rows.piece(piece):
                    if path != inside:
                        opened.close()
                        folder, inside = self._enter(path, opened), path
                    self._read_one(folder, name)
                if len(self._digests) >= _FILES_TOLD:
                    yield self._take()
        yield self._take()

    def _take(self) -> _Found:
        found = self._found
        found.digests = b"".join(self._digests)
        self._digests, self._found = [], _Found()
        self._progress(self._untold)
        self._untold = 0
        return found

    def _enter(self, path: bytes, opened: ExitStack) -> int:
        """A descriptor of a folder; below nought the number of the error where it cannot be opened."""
        try:
            return opened.enter_context(self._medium.at(path))
        except OSError as error:
            return -(error.errno or errno.EIO)

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
            first = os.read(descriptor, min(PIECE, size + 1))
            self._count(len(first))
            self._found.octets += size
            if len(first) == size < PIECE:
                if size <= CAPTURE_MAX and is_litter_name(name):
                    self._found.captured[len(self._digests)] = first
                return hashlib.sha256(first).digest()
            hasher = hashlib.sha256(first)
            for piece in rest(descriptor, size - len(first), self._count):
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
