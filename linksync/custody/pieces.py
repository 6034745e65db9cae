"""Files of a record that may be too large for memory: read a piece at a time, where whoever holds them can do so."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable

from linksync.custody.lists import Digest, sha256

Text = Callable[[], Iterable[bytes]]
"""A text in pieces, anew each time it is asked for."""


@runtime_checkable
class InPieces(Protocol):
    """Holds files by name, some of them too large for memory."""

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, a piece at a time."""

    def digest(self, name: str) -> Digest:
        """The SHA-256 of a file."""

    def size(self, name: str) -> int:
        """The bytes of a file."""


def pieces_of(files: Mapping[str, bytes], name: str) -> Iterator[bytes]:
    """The bytes of one of some files, a piece at a time."""
    return files.pieces(name) if isinstance(files, InPieces) else iter((files[name],))


def text_of(files: Mapping[str, bytes], name: str) -> Text:
    """The same, anew each time."""
    return lambda: pieces_of(files, name)


def digest_of(files: Mapping[str, bytes], name: str) -> Digest:
    """The SHA-256 of one of some files."""
    return files.digest(name) if isinstance(files, InPieces) else sha256(files[name])


def size_of(files: Mapping[str, bytes], name: str) -> int:
    """The bytes of one of some files."""
    return files.size(name) if isinstance(files, InPieces) else len(files[name])
