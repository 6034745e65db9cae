"""Large files that were read and are needed again now and then: kept on this computer's disk, not in its memory.

A temporary file without a name, which is gone with the process. Where it cannot be written, memory has to do.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from linksync.custody.pieces import hashed

LARGE = 4 * 1024 * 1024
"""Bytes from which on a file is laid aside."""
PIECE = 1024 * 1024


@dataclass(slots=True)
class Spool:
    """Where large files are laid aside, one after the other."""

    _descriptor: int = -1
    _end: int = 0

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def put(self, pieces: Iterable[bytes]) -> tuple[tuple[int, int], bytes | None]:
        """Lay bytes aside, piece by piece.

        Returns:
            Where they are, and None; or, where there is no room, an empty place and the bytes themselves.
        """
        start = self._end
        for piece in pieces:
            try:
                self._write(piece)
            except OSError:
                written = self.get((start, self._end - start)) if self._end > start else b""
                self._end = start
                return (start, 0), b"".join([written, piece, *pieces])
        return (start, self._end - start), None

    def _write(self, piece: bytes) -> None:
        if self._descriptor < 0:
            with tempfile.TemporaryFile(buffering=0) as file:
                self._descriptor = os.dup(file.fileno())
        view = memoryview(piece)
        while view:
            view = view[os.pwrite(self._descriptor, view, self._end + len(piece) - len(view)) :]
        self._end += len(piece)

    def pieces(self, place: tuple[int, int]) -> Iterator[bytes]:
        """The bytes that were laid aside, a piece at a time.

        Raises:
            OSError: this computer's disk fails.
        """
        at, size = place
        for start in range(at, at + size, PIECE):
            yield self.get((start, min(PIECE, at + size - start)))

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
    _digests: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, pieces: Iterable[bytes]) -> int:
        """Add a file that comes in pieces; its bytes."""
        left = iter(pieces)
        begun, size = [], 0
        while size < LARGE and (piece := next(left, None)) is not None:
            begun.append(piece)
            size += len(piece)
        if size < LARGE:
            self._here[name] = b"".join(begun)
            return size
        total = hashlib.sha256()
        place, data = self.spool.put(hashed(chain(begun, left), total.update))
        self._digests[name] = total.digest()
        if data is not None:
            self._here[name] = data
            return len(data)
        self._aside[name] = place
        return place[1]

    def drop(self, name: str) -> None:
        """Forget a file."""
        for held in (self._here, self._aside, self._digests):
            held.pop(name, None)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, a piece at a time."""
        return iter((self._here[name],)) if name in self._here else self.spool.pieces(self._aside[name])

    def digest(self, name: str) -> bytes:
        """The SHA-256 of a file."""
        return self._digests.get(name) or hashlib.sha256(self[name]).digest()

    def size(self, name: str) -> int:
        """The bytes of a file."""
        return len(self._here[name]) if name in self._here else self._aside[name][1]

    def __getitem__(self, name: str) -> bytes:
        return self._here[name] if name in self._here else self.spool.get(self._aside[name])

    def __contains__(self, name: object) -> bool:
        return name in self._here or name in self._aside

    def __iter__(self) -> Iterator[str]:
        yield from self._here
        yield from self._aside

    def __len__(self) -> int:
        return len(self._here) + len(self._aside)
