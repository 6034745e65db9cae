"""Likeness: which documents are nearly the same, by the runs of three words that they have in common.

A **sketch** holds, for each of 64 bins, the least hash of the runs that fall into it; the share of bins in which two
sketches agree is about the share of runs that two documents have in common (one permutation hashing, empty bins filled
from their neighbours). Sketches that agree in one of ten bands of six bins are compared.
"""

from array import array
from collections.abc import Sequence
from zlib import crc32

BINS, BANDS, ROWS = 64, 10, 6
RUN = 3
"""Words of a run."""
WORDS_MIN, WORDS_MAX = 12, 20_000
"""Words that a text must have to be compared, and that are looked at."""
ALIKE = 0.75
"""The share of bins from which on two documents are nearly the same."""

_MASK = (1 << 32) - 1
_EMPTY = 1 << 64
"""More than any hash."""


def sketch(words: Sequence[str]) -> bytes:
    """The sketch of a text, 256 bytes; empty for one that is too short to compare."""
    if len(words) < WORDS_MIN:
        return b""
    some = list(map(crc32, map(str.encode, words[:WORDS_MAX])))  # quicker than to look them up
    # the hash of a tuple of whole numbers is the same in every process
    bins = [_EMPTY] * BINS
    for run in map(hash, zip(some, some[1:], some[2:])):  # noqa: B905 - as many as there are runs
        if run < bins[run & 63]:
            bins[run & 63] = run
    full = bins if _EMPTY not in bins else [_borrowed(bins, at) for at in range(BINS)]
    return array("I", [least >> 6 & _MASK for least in full]).tobytes()


def _borrowed(bins: Sequence[int], at: int) -> int:
    """What a bin has; an empty one what the next one has, changed by how far that is."""
    step = next(step for step in range(BINS) if bins[(at + step) % BINS] != _EMPTY)
    return bins[(at + step) % BINS] + (step * 0x27D4EB2F << 6)


def bands(sketch: bytes) -> list[int]:
    """What two documents that are nearly the same very probably have one of in common."""
    width = 4 * ROWS
    return [crc32(sketch[band * width :][:width]) | band << 32 for band in range(BANDS if sketch else 0)]


def likeness(one: bytes, other: bytes) -> float:
    """About which share of their runs two documents have in common, by their sketches."""
    if not one or not other:
        return 0.0
    pairs = zip(array("I", one), array("I", other), strict=True)
    return sum(a == b for a, b in pairs) / BINS
