"""What is said of a million files, in little room: their paths in order, and beside them columns of bytes.

An object for each file takes ten times what it says. Paths that stand side by side are alike, so they are kept in
compressed blocks; a digest is 32 bytes of a long row, and what most files have in common is not said of each.
"""

import zlib
from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TypeVar, overload

from linksync.custody.lists import Digest

_AT_ONCE = 512
"""Paths in a block."""
_BETWEEN = b"\0"
"""Stands in no path."""
_WIDTH = 32


class Paths(Sequence[bytes]):
    """Paths, raw bytes without NUL, in the order of their bytes; none twice.

    Looking up one after the other is fast; looking up here and there takes apart a block each time.
    """

    __slots__ = ("_blocks", "_count", "_firsts", "_open")

    def __init__(self, paths: Iterable[bytes] = ()) -> None:
        """Take paths, which are in order already."""
        self._blocks: list[bytes] = []
        self._firsts: list[bytes] = []
        self._open: tuple[int, list[bytes]] = (-1, [])
        self._count = 0
        left = iter(paths)
        while some := list(islice(left, _AT_ONCE)):
            self._firsts.append(some[0])
            self._blocks.append(zlib.compress(_BETWEEN.join(some), 1))
            self._count += len(some)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        return self.between(0, self._count)

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            start, end, step = place.indices(self._count)
            return tuple(islice(self.between(start, end), 0, None, step)) if step > 0 else tuple(self)[place]
        at = place + self._count if place < 0 else place
        if not 0 <= at < self._count:
            raise IndexError(place)
        return self._block(at // _AT_ONCE)[at % _AT_ONCE]

    def __contains__(self, path: object) -> bool:
        return isinstance(path, bytes) and self.place(path) is not None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Paths):
            return self._count == other._count and self._blocks == other._blocks
        return isinstance(other, Sequence) and len(other) == self._count and all(map(bytes.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment] # as a list has none

    def __repr__(self) -> str:
        return f"Paths({list(self[:10])!r}{' …' if self._count > 10 else ''})"

    def place(self, path: bytes) -> int | None:
        """The place of a path, from 0; None where it is not among them."""
        number = bisect_right(self._firsts, path) - 1
        if number < 0:
            return None
        block = self._block(number)
        at = bisect_left(block, path)
        return number * _AT_ONCE + at if at < len(block) and block[at] == path else None

    def placed(self, some: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """Some of them, which are in order too, each with its place."""
        here = enumerate(self)
        for path in some:
            yield next(pair for pair in here if pair[1] == path)

    def between(self, start: int, end: int) -> Iterator[bytes]:
        """Those from one place up to another."""
        number, end = start // _AT_ONCE, min(end, self._count)
        while start < end:
            inside = _taken_apart(self._blocks[number])[start - number * _AT_ONCE : end - number * _AT_ONCE]
            yield from inside
            number += 1
            start = number * _AT_ONCE

    def _block(self, number: int) -> list[bytes]:
        """The paths of a block; most often the one that was asked for last."""
        if self._open[0] != number:
            self._open = (number, _taken_apart(self._blocks[number]))
        return self._open[1]


def _taken_apart(block: bytes) -> list[bytes]:
    return zlib.decompress(block).split(_BETWEEN)


T = TypeVar("T")


class _InOrder(ItemsView[bytes, T]):
    """The items of a mapping that tells its pairs in order, without looking up each."""

    _mapping: "Ordered[T]"

    def __iter__(self) -> Iterator[tuple[bytes, T]]:
        return self._mapping.pairs()


class Ordered(Mapping[bytes, T]):
    """Path to what is said of it, in the order of the paths."""

    __slots__ = ()

    @abstractmethod
    def pairs(self) -> Iterator[tuple[bytes, T]]:
        """The pairs, in order, one after the other."""

    def items(self) -> ItemsView[bytes, T]:
        """The pairs, in order."""
        return _InOrder(self)


class InColumns(Ordered[T]):
    """The same, where each column beside the paths says something of them, by place.

    Attributes:
        paths: of the files.
        without: places of which nothing is said.
    """

    __slots__ = ("paths", "without")

    def __init__(self, paths: Paths, without: AbstractSet[int] = frozenset()) -> None:
        """Put columns beside these paths."""
        self.paths, self.without = paths, without

    @abstractmethod
    def at(self, place: int) -> T:
        """What is said of the path in a place."""

    def __getitem__(self, path: bytes) -> T:
        place = self.paths.place(path)
        if place is None or place in self.without:
            raise KeyError(path)
        return self.at(place)

    def __iter__(self) -> Iterator[bytes]:
        if not self.without:
            return iter(self.paths)
        return (path for place, path in enumerate(self.paths) if place not in self.without)

    def __len__(self) -> int:
        return len(self.paths) - len(self.without)

    def pairs(self) -> Iterator[tuple[bytes, T]]:
        """The pairs, in order, one after the other."""
        without = self.without
        return ((path, self.at(place)) for place, path in enumerate(self.paths) if place not in without)


class Digests(InColumns[Digest]):
    """Path to digest.

    Attributes:
        data: the digests, 32 bytes each, in the order of the paths.
    """

    __slots__ = ("data",)

    def __init__(
        self, paths: Paths, data: bytes | bytearray | memoryview, without: AbstractSet[int] = frozenset()
    ) -> None:
        """Put columns side by side."""
        super().__init__(paths, without)
        self.data = data

    @classmethod
    def of(cls, entries: Iterable[tuple[bytes, Digest]]) -> "Digests":
        """The same of pairs, which are in the order of their paths."""
        data = bytearray()

        def paths() -> Iterator[bytes]:
            for path, digest in entries:
                data.extend(digest)
                yield path

        return cls(Paths(paths()), data)

    def but(self, paths: Iterable[bytes]) -> "Digests":
        """The same without some paths."""
        left_out = {place for path in sorted(paths) if (place := self.paths.place(path)) is not None}
        return Digests(self.paths, self.data, self.without | left_out) if left_out else self

    def at(self, place: int) -> Digest:
        """The digest in a place."""
        return bytes(self.data[_WIDTH * place : _WIDTH * place + _WIDTH])


class Listed(Ordered[Digest]):
    """Path to digest, both of which are wanted as objects anyway: in a tenth of the room of a dictionary of them.

    Attributes:
        paths: in order; ``digests`` in the same order.
    """

    __slots__ = ("digests", "paths")

    def __init__(self, paths: Sequence[bytes], digests: Sequence[Digest]) -> None:
        """Put lists side by side."""
        self.paths, self.digests = paths, digests

    def __getitem__(self, path: bytes) -> Digest:
        at = bisect_left(self.paths, path)
        if at == len(self.paths) or self.paths[at] != path:
            raise KeyError(path)
        return self.digests[at]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def pairs(self) -> Iterator[tuple[bytes, Digest]]:
        """The pairs, in order, one after the other."""
        return zip(self.paths, self.digests, strict=True)

    def values(self) -> ValuesView[Digest]:
        """The digests, in the order of the paths."""
        return _ListedDigests(self)


class _ListedDigests(ValuesView[Digest]):
    _mapping: Listed

    def __iter__(self) -> Iterator[Digest]:
        return iter(self._mapping.digests)
