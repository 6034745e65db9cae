"""What was seen in files while they were read: media type and codes, of a million of them in a few megabytes.

The look itself is taken elsewhere (``Look``): this room reads bytes and hands them on.
"""

from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from linksync.custody.lists import Digest


class Seen(NamedTuple):
    """What was seen in a file; ``media_type`` is empty where it could not be looked at."""

    media_type: str
    codes: tuple[str, ...]


class Look(Protocol):
    """Looks at files as they are read, and may be slower than reading is."""

    def read(self, path: bytes, size: int, digest: Digest, data: bytes | memoryview | None, descriptor: int) -> None:
        """A file was read, and where it is new it stands on the stage.

        Args:
            path: as it stands on the stick.
            size: its bytes.
            digest: of its content.
            data: its content, where it is small enough to be at hand; of a memoryview for as long as this call takes.
            descriptor: of the file on the stick, still open.
        """

    def seen(self) -> dict[bytes, Seen]:
        """What was seen of every file since this was asked last; waits for it."""


class Sights:
    """What was seen of the files of a listing, by place; what many have in common is kept once."""

    __slots__ = ("_kinds", "_known", "_numbers")

    def __init__(self, count: int) -> None:
        """Nothing was seen yet of so many files."""
        self._numbers = array("I", bytes(4 * count))
        self._kinds: list[Seen | None] = [None]
        self._known: dict[Seen, int] = {}

    def add(self, start: int, seen: Iterable[Seen | None]) -> None:
        """What was seen of the files from a place on."""
        numbers = array("I", (self._number(one) for one in seen))
        self._numbers[start : start + len(numbers)] = numbers

    def at(self, place: int) -> Seen | None:
        """What was seen of the file in a place; None where nobody looked."""
        return self._kinds[self._numbers[place]]

    def __bool__(self) -> bool:
        return len(self._kinds) > 1

    def _number(self, one: Seen | None) -> int:
        if one is None:
            return 0
        number = self._known.get(one)
        if number is None:
            number = self._known[one] = len(self._kinds)
            self._kinds.append(one)
        return number


def of_part(paths: Iterable[bytes], seen: Mapping[bytes, Seen]) -> tuple[Seen | None, ...]:
    """What was seen of files that stand side by side; empty where nothing was, to be told to another process."""
    return tuple(seen.get(path) for path in paths) if seen else ()
