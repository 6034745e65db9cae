"""Writing past the page cache: a copy that is written once and not read soon need not go through it.

Copying large files into the cache, and having the system write them down from there, takes more processor time than
hashing them; a disk that is given them from our own memory takes them for nearly nothing. What is not a whole number of
blocks goes the usual way, as does everything on a disk that cannot do it, or is slow at it: there the system had better
gather what it writes, while we read on.
"""

import errno
import fcntl
import os
import time
from dataclasses import dataclass

from linksync.machine.durable import write_all

BLOCK = 4096
"""Bytes of which a piece must hold a whole number, and at which its memory must begin."""
LEAST = 128 * 1024
"""Bytes below which it does not pay."""

_PROVES = 0.25
"""Seconds after which a disk has shown how fast it is."""
_SLOWEST = 100 << 20
"""Bytes a second."""
_CANNOT = frozenset({errno.EINVAL, errno.EOPNOTSUPP})


@dataclass(slots=True)
class Pace:
    """How fast the disk takes what is written past the cache.

    Attributes:
        octets: that it has taken, in so many ``seconds``.
        works: False once it could not.
    """

    octets: int = 0
    seconds: float = 0.0
    works: bool = hasattr(os, "O_DIRECT")

    @property
    def pays(self) -> bool:
        """Whether the next piece should go that way; until the disk has shown how fast it is, it should."""
        return self.works and (self.seconds < _PROVES or self.octets > _SLOWEST * self.seconds)


class Appender:
    """Writes a new file from its start to its end.

    Args:
        descriptor: of the file, empty; it stays the caller's.
        pace: of the disk that it is on.
    """

    def __init__(self, descriptor: int, pace: Pace) -> None:
        self._descriptor, self._pace = descriptor, pace
        self._may_be, self._is_direct = True, False
        self.cached = 0
        """Bytes that went through the cache."""

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes; they are not synced.

        Args:
            data: begins at a page of memory if it has ``LEAST`` bytes or more; else all goes through the cache from now
                on.

        Raises:
            OSError: the disk fails or is full.
        """
        view = memoryview(data)
        may_be = self._may_be and self._pace.pays and len(view) >= LEAST
        whole = len(view) - len(view) % BLOCK if may_be else 0
        view = view[self._past_the_cache(view[:whole]) :] if whole else view
        if view:
            self._switch(direct=False)
            self._may_be = False  # what comes next no longer begins at a block
            self.cached += len(view)
            write_all(self._descriptor, view)

    def _past_the_cache(self, view: memoryview) -> int:
        """Write whole blocks; how many bytes the disk took."""
        done = 0
        try:
            self._switch(direct=True)
            begun = time.monotonic()
            while done < len(view) and done % BLOCK == 0:
                done += os.write(self._descriptor, view[done:])
            self._pace.seconds += time.monotonic() - begun
            self._pace.octets += done
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            self._may_be = self._pace.works = False
        return done

    def _switch(self, *, direct: bool) -> None:
        if direct != self._is_direct:
            flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags | os.O_DIRECT if direct else flags & ~os.O_DIRECT)
            self._is_direct = direct
