"""Large files that were read and are needed again now and then: kept on this computer's disk, not in its memory.

A temporary file without a name, which is gone with the process. Where it cannot be written, memory has to do.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

LARGE = 4 * 1024 * 1024
"""Bytes from which on a file is laid aside."""


@dataclass(slots=True)
class Spool:
    """Where large files are laid aside, one after the other."""

    _descriptor: int = -1
    _end: int = 0

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def put(self, data: bytes) -> tuple[int, int] | None:
        """Lay bytes aside; where they are, or None where there is no room."""
        try:
            if self._descriptor < 0:
                with tempfile.TemporaryFile(buffering=0) as file:
                    self._descriptor = os.dup(file.fileno())
            view = memoryview(data)
            while view:
                view = view[os.pwrite(self._descriptor, view, self._end + len(data) - len(view)) :]
        except OSError:
            return None
        place = (self._end, len(data))
        self._end += len(data)
        return place

    def get(self, place: tuple[int, int]) -> bytes:
        """The bytes that were laid aside.

        Raises:
            OSError: this computer's disk fails.
        """
        at, size = place
        data = os.pread(self._descriptor, size, at)
        while len(data) < size:  # the system gives 2 GiB at a time
            more = os.pread(self._descriptor, size - len(data), at + len(data))
            if not more:
                raise OSError(f"the spool ends after {len(data)} of {size} bytes")
            data += more
        return data


@dataclass(slots=True, eq=False)
class Laid(Mapping[str, bytes]):
    """Files by name: the small ones at hand, the large ones laid aside and read again each time."""

    spool: Spool
    _here: dict[str, bytes] = field(default_factory=dict)
    _aside: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """Add a file."""
        place = self.spool.put(data) if len(data) >= LARGE else None
        if place is None:
            self._here[name] = data
        else:
            self._aside[name] = place

    def __getitem__(self, name: str) -> bytes:
        return self._here[name] if name in self._here else self.spool.get(self._aside[name])

    def __contains__(self, name: object) -> bool:
        return name in self._here or name in self._aside

    def __iter__(self) -> Iterator[str]:
        yield from self._here
        yield from self._aside

    def __len__(self) -> int:
        return len(self._here) + len(self._aside)
