"""Files of a record that may be too large for memory: read a piece at a time, where whoever holds them can do so."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Protocol, runtime_checkable

from linksync.custody.lists import Digest, sha256

_AT_ONCE = 4096

Text = Callable[[], Iterable[bytes]]
"""A text in pieces, anew each time it is asked for."""


def gathered(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces, none of them empty, joined to larger ones."""
    left = iter(lines)
    while some := b"".join(islice(left, _AT_ONCE)):
        yield some


def hashed(pieces: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    """Pieces, each of which is told to a hash as it passes."""
    for piece in pieces:
        update(piece)
        yield piece


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
