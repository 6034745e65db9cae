"""The files that hand-offs add up to, in little room: path to digest and size in columns, and beside them what changed.

A first hand-off of a million files is taken as it is; what the later ones change is kept by path until there is much of
it, and then becomes part of the columns.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import islice
from typing import Any

from linksync.custody.columns import Digests, Ordered
from linksync.custody.lists import Digest

_FEW = 32_768
"""So many changes are always kept by path, some megabytes of them."""
_AT_ONCE = 4096
_UNKNOWN = -1
"""In the place of a size."""


class StandingFiles(Ordered[Digest]):
    """Path to digest, in the order of the paths."""

    __slots__ = ("_changed", "_count", "_digests", "_sizes")

    def __init__(self) -> None:
        """Begin with nothing."""
        self._digests, self._sizes = Digests.of(()), array("q")
        self._changed: dict[bytes, tuple[Digest, int] | None] = {}  # None for a path that is there no more
        self._count = 0

    @classmethod
    def of(cls, files: Mapping[bytes, Digest], sizes: Mapping[bytes, int] | None = None) -> "StandingFiles":
        """The same of mappings; of a file that is not in ``sizes`` none is known."""
        standing = cls()
        standing.put(files, (_UNKNOWN if sizes is None else sizes.get(path, _UNKNOWN) for path in files))
        return standing

    @property
    def sizes(self) -> "Sizes":
        """Path to bytes, of those of which they are known."""
        return Sizes(self)

    def put(self, files: Mapping[bytes, Digest], sizes: Iterable[int]) -> None:
        """Add files, or other contents of those that are there; sizes in the order of the files."""
        if isinstance(files, Digests) and not files.without and len(self) <= min(_FEW, len(files)):
            left = {path: (digest, size) for path, digest, size in self.rows() if path not in files}
            self._digests, self._changed, self._count = files, {**left}, len(files) + len(left)
            self._sizes = sizes if isinstance(sizes, array) else array("q", sizes)
            return
        for (path, digest), size in zip(files.items(), sizes, strict=True):
            self._count += path not in self
            self._changed[path] = (digest, size)
            if len(self._changed) % _AT_ONCE == 0:
                self._settle()
        self._settle()

    def drop(self, paths: Iterable[bytes]) -> None:
        """Take files away, where they are there."""
        for path in paths:
            if path in self:
                self._count -= 1
                self._changed[path] = None
        self._settle()

    def _settle(self) -> None:
        """Make the changes part of the columns once they are many: each is moved a few times at the most."""
        if len(self._changed) > max(_FEW, len(self._digests) // 4):
            self._in_columns()

    def _in_columns(self) -> None:
        """Make the changes part of the columns now."""
        digests, sizes = Digests.of(()), array("q")
        rows = self._rows()
        while some := list(islice(rows, _AT_ONCE)):
            digests.extend([path for path, _, _ in some], b"".join([digest for _, digest, _ in some]))
            sizes.extend([size for _, _, size in some])
        self._digests, self._sizes, self._changed = digests, sizes, {}

    def rows(self) -> Iterator[tuple[bytes, Digest, int]]:
        """Path, digest and size of each file, in order; -1 for a size that is not known."""
        if len(self._changed) > _AT_ONCE:  # who goes through all does so more than once
            self._in_columns()
        return self._rows()

    def _rows(self) -> Iterator[tuple[bytes, Digest, int]]:
        changed = self._changed
        before = zip(self._digests.paths, self._digests.values(), self._sizes, strict=True)
        if not changed:
            return before
        left = (row for row in before if row[0] not in changed)
        return merge(left, ((path, *told) for path, told in sorted(changed.items()) if told is not None))

    def pairs(self) -> Iterator[tuple[bytes, Digest]]:
        """The pairs, in order, one after the other."""
        rows = self.rows()
        return ((path, digest) for path, digest, _ in rows) if self._changed else self._digests.pairs()

    def size(self, path: bytes) -> int:
        """The bytes of a file; -1 where they are not known, or it is not there."""
        if path in self._changed:
            told = self._changed[path]
            return _UNKNOWN if told is None else told[1]
        place = self._digests.paths.place(path)
        return _UNKNOWN if place is None else self._sizes[place]

    def told(self, path: bytes) -> tuple[Digest, int] | None:
        """Digest and size of a file, -1 for one that is not known; None where it is not there."""
        if path in self._changed:
            return self._changed[path]
        place = self._digests.paths.place(path)
        return None if place is None else (self._digests.at(place), self._sizes[place])

    def get(self, path: bytes, default: Any = None) -> Any:
        """The digest of a file, or ``default``."""
        if path in self._changed:
            told = self._changed[path]
            return default if told is None else told[0]
        place = self._digests.paths.place(path)
        return default if place is None else self._digests.at(place)

    def __getitem__(self, path: bytes) -> Digest:
        told = self.told(path)
        if told is None:
            raise KeyError(path)
        return told[0]

    def __contains__(self, path: object) -> bool:
        if path in self._changed:
            return self._changed[path] is not None
        return path in self._digests.paths

    def __iter__(self) -> Iterator[bytes]:
        return (path for path, _ in self.pairs()) if self._changed else iter(self._digests.paths)

    def __len__(self) -> int:
        return self._count


class Sizes(Ordered[int]):
    """Path to bytes, of the files of which they are known."""

    __slots__ = ("_files",)

    def __init__(self, files: StandingFiles) -> None:
        """Look at files; what changes in them shows."""
        self._files = files

    def pairs(self) -> Iterator[tuple[bytes, int]]:
        """The pairs, in order, one after the other."""
        return ((path, size) for path, _, size in self._files.rows() if size != _UNKNOWN)

    def __getitem__(self, path: bytes) -> int:
        size = self._files.size(path)
        if size == _UNKNOWN:
            raise KeyError(path)
        return size

    def __iter__(self) -> Iterator[bytes]:
        return (path for path, _ in self.pairs())

    def __len__(self) -> int:
        return sum(1 for _ in self)
