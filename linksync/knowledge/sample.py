"""A file as it is looked at: its head at once, the rest in bounded pieces, and never more than there is.

Everything that judges hostile bytes in this room reads through here, so a size or an offset that a file claims
can neither move a read outside it nor make it large.
"""

from typing import BinaryIO

HEAD = 16 << 10
"""Bytes of the head that every file is judged by."""

MOST = 8 << 20
"""Bytes that one read brings at the most."""


class Sample:
    """One file under the glass.

    Attributes:
        size: bytes of the file, as its caller knows them.
        head: its first ``HEAD`` bytes, or all when it is shorter.
        lists: what was read of its lists, by the name of the reader, so that each is read once.
    """

    __slots__ = ("_file", "head", "lists", "size")

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.size = size
        self.lists: dict[str, object] = {}
        file.seek(0)
        self.head = file.read(min(HEAD, size)) if size > 0 else b""

    def at(self, offset: int, length: int) -> bytes:
        """The bytes that stand at an offset: fewer than asked where the file ends, none outside it."""
        if offset < 0 or length <= 0 or offset >= self.size:
            return b""
        end = offset + length
        if end <= len(self.head):
            return self.head[offset:end]
        self._file.seek(offset)
        return self._file.read(min(length, self.size - offset, MOST))

    def tail(self, length: int) -> bytes:
        """The last bytes of the file, or all when it is shorter."""
        start = max(0, self.size - length)
        return self.at(start, self.size - start)
