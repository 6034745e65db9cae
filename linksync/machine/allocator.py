"""Memory for reading much: what was freed is kept for the next piece, and what is read into lies where that is fast.

Whoever reads a stick takes and frees a megabyte many thousand times; each time the system clears fresh pages for it, a
tenth of the processor time of a hand-off.
"""

import contextlib
import ctypes
import mmap

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT, _OF_ITS_OWN = 32 << 20, 16 << 20
"""Bytes that are kept at the most; bytes from which a piece is got from the system and given back to it."""


def buffer(size: int) -> mmap.mmap:
    """A place to read into, at the start of a page: a ``bytearray`` begins elsewhere, which costs a tenth of hashing.

    A fork of this process has one of its own.
    """
    return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def keep_freed() -> None:
    """Keep some megabytes of what this process frees; where the C library cannot, nothing happens."""
    with contextlib.suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, _KEPT)
        mallopt(_MMAP_THRESHOLD, _OF_ITS_OWN)
