"""Likeness: which documents are nearly the same, by the runs of three words that they have in common.

A **sketch** holds, for each of 64 bins, the least hash of the runs that fall into it; the share of bins in which two
sketches agree is about the share of runs that two documents have in common (one permutation hashing, empty bins filled
from their neighbours). Sketches that agree in one of ten bands of six bins are compared.
"""

from array import array
from collections.abc import Iterator, Sequence
from zlib import crc32

from linksync.knowledge.stems import Table

BINS, BANDS, ROWS = 64, 10, 6
RUN = 3
"""Words of a run."""
WORDS_MIN, WORDS_MAX = 12, 20_000
"""Words that a text must have to be compared, and that are looked at."""
ALIKE = 0.75
"""The share of bins from which on two documents are nearly the same."""

_MASK = (1 << 32) - 1


def sketch(words: Sequence[str]) -> bytes:
    """The sketch of a text, 256 bytes; empty for one that is too short to compare."""
    if len(words) < WORDS_MIN:
        return b""
    some = list(map(_HASHES.__getitem__, words[:WORDS_MAX]))
    # the hash of a tuple of whole numbers is the same in every process
    runs = sorted(map(hash, zip(some, some[1:], some[2:])), reverse=True)  # noqa: B905 - as many as there are runs
    bins = {run & 63: run for run in runs}
    return array("I", [bins[at] >> 6 & _MASK if at in bins else _borrowed(bins, at) for at in range(BINS)]).tobytes()


def _borrowed(bins: dict[int, int], at: int) -> int:
    """What an empty bin has: the next one's, changed by how far that is."""
    step = next(step for step in range(BINS) if (at + step) % BINS in bins)
    return ((bins[(at + step) % BINS] >> 6) + step * 0x27D4EB2F) & _MASK


def bands(sketch: bytes) -> Iterator[int]:
    """What two documents that are nearly the same very probably have one of in common."""
    width = 4 * ROWS
    for band in range(BANDS if sketch else 0):
        yield crc32(sketch[band * width : (band + 1) * width]) | band << 32


def likeness(one: bytes, other: bytes) -> float:
    """About which share of their runs two documents have in common, by their sketches."""
    if not one or not other:
        return 0.0
    pairs = zip(array("I", one), array("I", other), strict=True)
    return sum(a == b for a, b in pairs) / BINS


_HASHES: Table[int] = Table(lambda word: crc32(word.encode("utf-8", "replace")))
