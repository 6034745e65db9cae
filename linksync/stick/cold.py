"""Small files that are not in memory yet: several are asked for at once, since each alone waits for the device.

A stick answers a small read in a third of a millisecond, whoever asks; the next one is not on its way meanwhile. So
where reading turns out to wait, the system is told of the next files before they are read. It costs little, and nothing
is read twice; where files are in memory already it is left alone.
"""

import contextlib
import os
import resource
from collections.abc import Iterable
from dataclasses import dataclass

from linksync.stick.medium import Medium

AT_ONCE = 64
"""Files that are asked for together."""
SMALL = 256 * 1024
"""Bytes of the largest file that is asked for ahead; the system itself reads on in larger ones."""


@dataclass(slots=True)
class Foresight:
    """Whether it pays to ask for files ahead: whether the last ones had to come from the device."""

    medium: Medium
    cold: bool = False
    _read: int = 0

    def look(self) -> None:
        """Some files have been read: see where they came from, as far as the system counts it."""
        read = resource.getrusage(resource.RUSAGE_SELF).ru_inblock
        self.cold, self._read = read > self._read and hasattr(os, "posix_fadvise"), read

    def ask(self, folder: int, names: Iterable[bytes]) -> None:
        """Ask for small files in an open folder; what is wrong with one is told when it is read."""
        for name in names:
            with contextlib.suppress(OSError):
                descriptor, there = self.medium.open_plain(folder, name)
                try:
                    if 0 < there.st_size <= SMALL:
                        os.posix_fadvise(descriptor, 0, there.st_size, os.POSIX_FADV_WILLNEED)
                finally:
                    os.close(descriptor)
