"""What is said of a million files, in little room: their paths in order, and beside them columns of bytes.

An object for each file takes ten times what it says. Paths that stand side by side are alike, so they are kept in
compressed blocks; a digest is 32 bytes of a long row, and what most files have in common is not said of each.
"""

import zlib
from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, MutableSet, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import TypeVar, overload

from linksync.custody.lists import LINES_MAX, Digest, read

_AT_ONCE = 512
"""Paths in a block."""
_BETWEEN = b"\0"
"""Stands in no path of a file."""
_WIDTH = 32
_GROUPS = 0xFFF
"""The bits of a hash by which digests in a set are told apart."""


class Paths(Sequence[bytes]):
    """Paths, raw bytes, in the order of their bytes; none twice.

    Looking up one after the other is fast; looking up here and there takes apart a block each time.
    """

    __slots__ = ("_blocks", "_count", "_firsts", "_next", "_open", "_tail")

    def __init__(self, paths: Iterable[bytes] = ()) -> None:
        """Take paths, which are in order already."""
        self._blocks: list[bytes | list[bytes]] = []
        self._firsts: list[bytes] = []
        self._tail: list[bytes] = []  # those that do not fill a block
        self._open: tuple[int, list[bytes]] = (-1, [])
        self._next = 0  # in the open block, after the path that was looked up last
        self._count = 0
        left = iter(paths)
        while some := list(islice(left, _AT_ONCE)):
            self.extend(some)

    def extend(self, paths: Sequence[bytes]) -> None:
        """Add paths that come after all that are here."""
        tail = [*self._tail, *paths]
        whole = len(tail) - len(tail) % _AT_ONCE
        for start in range(0, whole, _AT_ONCE):
            self._firsts.append(tail[start])
            self._blocks.append(_together(tail[start : start + _AT_ONCE]))
        self._tail = tail[whole:]
        self._open = (-1, [])
        self._count += len(paths)

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

    @property
    def last(self) -> bytes | None:
        """The last one; None where there are none."""
        return self._tail[-1] if self._tail else self[-1] if self._blocks else None

    def __contains__(self, path: object) -> bool:
        return isinstance(path, bytes) and self.place(path) is not None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Paths):
            return self._tail == other._tail and self._blocks == other._blocks
        return isinstance(other, Sequence) and len(other) == self._count and all(map(bytes.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment] # as a list has none

    def __repr__(self) -> str:
        return f"Paths({list(self[:10])!r}{' …' if self._count > 10 else ''})"

    def place(self, path: bytes) -> int | None:
        """The place of a path, from 0; None where it is not among them."""
        number, block = self._open
        at = self._next
        if at >= len(block) or block[at] != path:
            number = len(self._blocks) if self._tail and path >= self._tail[0] else bisect_right(self._firsts, path) - 1
            if number < 0:
                return None
            block = self._block(number)
            at = bisect_left(block, path)
            if at == len(block) or block[at] != path:
                self._next = at
                return None
        self._next = at + 1
        return number * _AT_ONCE + at

    def placed(self, some: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """Some of them, which are in order too, each with its place."""
        here = enumerate(self)
        for path in some:
            yield next(pair for pair in here if pair[1] == path)

    def between(self, start: int, end: int) -> Iterator[bytes]:
        """Those from one place up to another."""
        number, end = start // _AT_ONCE, min(end, self._count)
        while start < end:
            inside = self._apart(number)[start - number * _AT_ONCE : end - number * _AT_ONCE]
            yield from inside
            number += 1
            start = number * _AT_ONCE

    def _block(self, number: int) -> list[bytes]:
        """The paths of a block; most often the one that was asked for last."""
        if self._open[0] != number:
            self._open = (number, self._apart(number))
        return self._open[1]

    def _apart(self, number: int) -> list[bytes]:
        if number == len(self._blocks):
            return self._tail
        block = self._blocks[number]
        return zlib.decompress(block).split(_BETWEEN) if isinstance(block, bytes) else block


def _together(some: list[bytes]) -> bytes | list[bytes]:
    """A block of paths; as they are where one of them, in an index that lies, has in it what stands between them."""
    joined = _BETWEEN.join(some)
    return zlib.compress(joined, 1) if joined.count(_BETWEEN) == len(some) - 1 else some


T = TypeVar("T")


class _InOrder(ItemsView[bytes, T]):
    """The items of a mapping that tells its pairs in order, without looking up each."""

    _mapping: "Ordered[T]"

    def __iter__(self) -> Iterator[tuple[bytes, T]]:
        return self._mapping.pairs()


class _ValuesInOrder(ValuesView[T]):
    """The values of such a mapping."""

    _mapping: "Ordered[T]"

    def __iter__(self) -> Iterator[T]:
        return (value for _, value in self._mapping.pairs())


class Ordered(Mapping[bytes, T]):
    """Path to what is said of it, in the order of the paths."""

    __slots__ = ()

    @abstractmethod
    def pairs(self) -> Iterator[tuple[bytes, T]]:
        """The pairs, in order, one after the other."""

    def items(self) -> ItemsView[bytes, T]:
        """The pairs, in order."""
        return _InOrder(self)

    def values(self) -> ValuesView[T]:
        """What is said of the paths, in their order."""
        return _ValuesInOrder(self)


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

    def __init__(self, paths: Paths, data: bytearray, without: AbstractSet[int] = frozenset()) -> None:
        """Put columns side by side."""
        super().__init__(paths, without)
        self.data = data

    @classmethod
    def of(cls, entries: Iterable[tuple[bytes, Digest]]) -> "Digests":
        """The same of pairs, which are in the order of their paths."""
        digests = cls(Paths(), bytearray())
        left = iter(entries)
        while some := list(islice(left, _AT_ONCE)):
            digests.extend([path for path, _ in some], b"".join([digest for _, digest in some]))
        return digests

    @classmethod
    def read(cls, text: Callable[[], Iterable[bytes]], *, lines: int = LINES_MAX) -> "Digests":
        """The same of a checksum list that comes in pieces, anew each time it is asked for.

        Raises:
            FormatError: as ``lists.from_bytes``.
        """
        digests = cls(Paths(), bytearray())
        for paths, data in read(text, lines=lines):
            digests.extend(paths, data)
        return digests

    def extend(self, paths: Sequence[bytes], data: bytes) -> None:
        """Add paths that come after all that are here, with their digests one after the other."""
        self.paths.extend(paths)
        self.data += data

    def but(self, paths: Iterable[bytes]) -> "Digests":
        """The same without some paths."""
        left_out = {place for path in sorted(paths) if (place := self.paths.place(path)) is not None}
        return Digests(self.paths, self.data, self.without | left_out) if left_out else self

    def between(self, start: int, end: int) -> Iterator[tuple[bytes, Digest]]:
        """The pairs from one place up to another."""
        some = bytes(self.data[_WIDTH * start : _WIDTH * end])
        digests = (some[at : at + _WIDTH] for at in range(0, len(some), _WIDTH))
        return zip(self.paths.between(start, end), digests, strict=True)

    def at(self, place: int) -> Digest:
        """The digest in a place."""
        return bytes(self.data[_WIDTH * place : _WIDTH * place + _WIDTH])

    def pairs(self) -> Iterator[tuple[bytes, Digest]]:
        """The pairs, in order, one after the other."""
        return super().pairs() if self.without else zip(self.paths, self._each(), strict=True)

    def values(self) -> ValuesView[Digest]:
        """The digests, in the order of the paths."""
        return super().values() if self.without else _EachDigest(self)

    def _each(self) -> Iterator[Digest]:
        for start in range(0, len(self.data), _WIDTH * _AT_ONCE):
            some = bytes(self.data[start : start + _WIDTH * _AT_ONCE])
            yield from [some[at : at + _WIDTH] for at in range(0, len(some), _WIDTH)]


class _EachDigest(ValuesView[Digest]):
    _mapping: Digests

    def __iter__(self) -> Iterator[Digest]:
        return self._mapping._each()


class DigestSet(MutableSet[Digest]):
    """A set of digests in little more room than their bytes; in no order.

    They are told apart by Python's own hash, which nobody can foresee: digests of a list may be anybody's choice.
    """

    __slots__ = ("_count", "_some")

    def __init__(self, digests: Iterable[Digest] = ()) -> None:
        """Take digests."""
        self._some: dict[int, bytearray] = {}  # by a few bits of their hash, one after the other
        self._count = 0
        self.update(digests)

    def add(self, value: Digest) -> None:
        """Put a digest in."""
        if value not in self:
            self._some.setdefault(_group(value), bytearray()).extend(value)
            self._count += 1

    def update(self, digests: Iterable[Digest]) -> None:
        """Put digests in."""
        known = self._some
        for digest in digests:
            group = hash(digest) & _GROUPS  # as ``_group``, without a call for each
            some = known.get(group)
            if some is None:
                known[group] = bytearray(digest)
                self._count += 1
            elif some.find(digest) < 0:
                some += digest
                self._count += 1
            else:  # there, or across two that are
                self.add(digest)

    def discard(self, value: Digest) -> None:
        """Take a digest out, where it is in."""
        at = self._place(value)
        if at >= 0:
            del self._some[_group(value)][at : at + _WIDTH]
            self._count -= 1

    def _place(self, value: Digest) -> int:
        some = self._some.get(_group(value), b"")
        at = some.find(value)
        while at > 0 and at % _WIDTH:
            at = some.find(value, at + 1)
        return at

    def __contains__(self, value: object) -> bool:
        return isinstance(value, bytes) and len(value) == _WIDTH and self._place(value) >= 0

    def __iter__(self) -> Iterator[Digest]:
        for some in self._some.values():
            yield from [bytes(some[at : at + _WIDTH]) for at in range(0, len(some), _WIDTH)]

    def __len__(self) -> int:
        return self._count


def _group(digest: Digest) -> int:
    return hash(digest) & _GROUPS
