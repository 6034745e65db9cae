"""Files of a record that may be too large for memory: read a piece at a time, where whoever holds them can do so."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Protocol, TypeGuard, runtime_checkable

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


_HOLD_PIECES: dict[type, bool] = {}


def _is_in_pieces(files: object) -> TypeGuard[InPieces]:
    """Whether it holds files in pieces; a protocol takes long to look, and is asked thousands of times."""
    kind = type(files)
    if kind not in _HOLD_PIECES:
        _HOLD_PIECES[kind] = isinstance(files, InPieces)
    return _HOLD_PIECES[kind]


class Parts(Mapping[str, bytes]):
    """Files by name, each still with whoever holds it."""

    def __init__(self, parts: Mapping[str, tuple[Mapping[str, bytes], str]]) -> None:
        """Take, for each name, who holds that file, and under which name."""
        self._parts = parts

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, a piece at a time."""
        return pieces_of(*self._parts[name])

    def digest(self, name: str) -> Digest:
        """The SHA-256 of a file."""
        return digest_of(*self._parts[name])

    def size(self, name: str) -> int:
        """The bytes of a file."""
        return size_of(*self._parts[name])

    def __getitem__(self, name: str) -> bytes:
        files, own = self._parts[name]
        return files[own]

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


def pieces_of(files: Mapping[str, bytes], name: str) -> Iterator[bytes]:
    """The bytes of one of some files, a piece at a time."""
    return files.pieces(name) if _is_in_pieces(files) else iter((files[name],))


def text_of(files: Mapping[str, bytes], name: str) -> Text:
    """The same, anew each time."""
    return lambda: pieces_of(files, name)


def digest_of(files: Mapping[str, bytes], name: str) -> Digest:
    """The SHA-256 of one of some files."""
    return files.digest(name) if _is_in_pieces(files) else sha256(files[name])


def size_of(files: Mapping[str, bytes], name: str) -> int:
    """The bytes of one of some files."""
    return files.size(name) if _is_in_pieces(files) else len(files[name])
