"""The files of a stick in columns: path, size and time of change of a million of them in some twenty megabytes.

A stick is listed folder by folder, which is not the order of the paths: ``a.txt`` comes before what stands in ``a``,
and that before ``b.txt``.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from linksync.custody.columns import Digests, InColumns, Paths
from linksync.custody.lists import Digest
from linksync.stick.sights import Seen, of_part

Stamp = tuple[int, int]
"""Size in bytes and time of change: equal means untouched as far as one can see without reading."""

_BETWEEN = b"\0"
_NOTHING = bytes(32)
"""In the place of a digest: the file could not be read."""
_FITS = (1 << 63) - 1
"""A time beyond the year 2262, which some file systems can tell, is kept as far as a column is wide."""


class Files(InColumns[Stamp]):
    """Path to stamp, in the order of the paths.

    Attributes:
        sizes: in bytes, in that order; ``times`` of change likewise, in nanoseconds.
    """

    __slots__ = ("sizes", "times")

    def __init__(
        self, paths: Paths, sizes: "array[int]", times: "array[int]", without: AbstractSet[int] = frozenset()
    ) -> None:
        """Put columns side by side."""
        super().__init__(paths, without)
        self.sizes, self.times = sizes, times

    @classmethod
    def of(cls, files: Mapping[bytes, Stamp]) -> "Files":
        """The same of any mapping."""
        if isinstance(files, Files):
            return files
        ordered = sorted(files)
        sizes = array("q", (files[path][0] for path in ordered))
        return cls(Paths(ordered), sizes, array("q", (files[path][1] & _FITS for path in ordered)))

    def with_changes(self, stamps: Mapping[int, Stamp], without: AbstractSet[int]) -> "Files":
        """The same with other stamps in some places, and without some files."""
        sizes, times = (self.sizes[:], self.times[:]) if stamps else (self.sizes, self.times)
        for place, (size, time) in stamps.items():
            sizes[place], times[place] = size, time & _FITS
        return Files(self.paths, sizes, times, without)

    def is_as(self, other: "Files") -> bool:
        """Whether the very same files stand there, untouched."""
        same = self.sizes == other.sizes and self.times == other.times and self.paths == other.paths
        return same and not self.without and not other.without

    def at(self, place: int) -> Stamp:
        """The stamp in a place."""
        return self.sizes[place], self.times[place]

    def pairs(self) -> Iterator[tuple[bytes, Stamp]]:
        """The pairs, in order, one after the other."""
        stamps = zip(self.sizes, self.times, strict=True)
        if not self.without:
            return zip(self.paths, stamps, strict=True)
        rows = enumerate(zip(self.paths, stamps, strict=True))
        return (pair for place, pair in rows if place not in self.without)


@dataclass(frozen=True, slots=True)
class _Row:
    """A folder with the files in it; ``prefix`` is its path with the slash at its end."""

    prefix: bytes
    names: bytes
    sizes: "array[int]"
    times: "array[int]"


class Rows:
    """The files of a stick as they are listed: folder by folder, each once."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self.count = 0

    def add(self, folder: bytes, files: list[tuple[bytes, int, int]]) -> None:
        """Add a folder: the name, size and time of each file in it, in the order of the names."""
        self.count += len(files)
        if files:
            names = _BETWEEN.join([name for name, _, _ in files])
            sizes, times = (
                array("q", [size for _, size, _ in files]),
                array("q", [time & _FITS for _, _, time in files]),
            )
            self._rows.append(_Row(folder + b"/" if folder else b"", names, sizes, times))

    def files(self) -> Files:
        """All of them."""
        sizes, times = array("q"), array("q")

        def paths() -> Iterator[bytes]:
            for row, names, start in _runs(sorted(self._rows, key=lambda row: row.prefix)):
                sizes.extend(row.sizes[start : start + len(names)])
                times.extend(row.times[start : start + len(names)])
                yield from (row.prefix + name for name in names)

        return Files(Paths(paths()), sizes, times)


@dataclass(slots=True)
class _Begun:
    """A row of which some files have been told."""

    row: _Row
    names: list[bytes]
    told: int = 0

    def up_to(self, end: int) -> tuple[_Row, list[bytes], int]:
        start, self.told = self.told, end
        return self.row, self.names[start:end], start


def _runs(rows: Iterable[_Row]) -> Iterator[tuple[_Row, list[bytes], int]]:
    """Runs of names that follow on each other in the order of the paths: row, names, and where in the row they begin.

    Args:
        rows: in the order of their prefixes, so that a folder comes before all that is below it.
    """
    above: list[_Begun] = []
    for row in rows:
        while above and not row.prefix.startswith(above[-1].row.prefix):
            begun = above.pop()
            yield begun.up_to(len(begun.names))
        for begun in above:
            yield begun.up_to(bisect_left(begun.names, row.prefix[len(begun.row.prefix) :]))
        above.append(_Begun(row, row.names.split(_BETWEEN)))
    for begun in reversed(above):
        yield begun.up_to(len(begun.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was read of some files that stand side by side; small enough to be told by one process to another.

    Attributes:
        start: the place of the first one.
        digests: of all of them, 32 bytes each; of those in ``unread`` they say nothing.
        stamps: by place, of those that had another one when they were opened than in the listing.
        unread: places of files that have no digest; ``unopened`` of those of which not even the stamp is known.
        seen: what was seen in each of them; empty where nothing was.
    """

    start: int
    digests: bytes
    stamps: Mapping[int, Stamp]
    unread: frozenset[int]
    unopened: frozenset[int]
    seen: tuple[Seen | None, ...] = ()

    @classmethod
    def of(
        cls,
        files: Files,
        start: int,
        end: int,
        digests: Mapping[bytes, Digest],
        stamps: Mapping[bytes, Stamp],
        seen: Mapping[bytes, Seen],
    ) -> "Part":
        """What was read of the files from one place of a listing up to another."""
        paths = list(files.paths.between(start, end))
        listed = list(zip(files.sizes[start:end], files.times[start:end], strict=True))
        other = ((at, stamps[path]) for at, path in enumerate(paths) if path in stamps)
        return cls(
            start=start,
            digests=b"".join([digests.get(path, _NOTHING) for path in paths]),
            stamps={start + at: stamp for at, stamp in other if stamp != listed[at]},
            unread=frozenset(start + at for at, path in enumerate(paths) if path not in digests),
            unopened=frozenset(start + at for at, path in enumerate(paths) if path not in stamps),
            seen=of_part(paths, seen),
        )


class Gathering:
    """What was read of all files of a listing, put together part by part, in any order."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._digests = bytearray(len(_NOTHING) * len(files))
        self._stamps: dict[int, Stamp] = {}
        self._unread: set[int] = set()
        self._unopened: set[int] = set()

    def add(self, part: Part) -> None:
        """Add a part."""
        at = len(_NOTHING) * part.start
        self._digests[at : at + len(part.digests)] = part.digests
        self._stamps.update(part.stamps)
        self._unread |= part.unread
        self._unopened |= part.unopened

    def digests(self) -> Digests:
        """The digests of the files that could be read."""
        return Digests(self._files.paths, self._digests, self._unread)

    def stamps(self) -> Files:
        """The files as they were when they were opened."""
        return self._files.with_changes(self._stamps, self._unopened)
