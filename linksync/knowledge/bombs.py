"""When an archive or a picture is a bomb: limits on bytes, ratio, entries and pixels, as it declares them."""

from collections.abc import Iterable, Iterator

from linksync.knowledge.flaws import BOMB_BYTES, BOMB_ENTRIES, BOMB_PIXELS, BOMB_RATIO
from linksync.knowledge.listing import Entry

MOST_ENTRIES = 100_000
MOST_BYTES = 64 << 30
"""Bytes that an archive may unpack to when it is packed at all."""

SMALL = 64 << 20
"""What unpacks to less harms nobody, whatever its ratio."""

MOST_RATIO = 150
"""Times that contents may be larger than what they are packed in; text in tables reaches 50, zeros 1000."""

MOST_PIXELS = 500_000_000
MOST_PIXELS_OF_NOTHING = 100_000_000
_BITS_TO_ONE = 400


def archive_bombs(entries: Iterable[Entry], count: int, size: int) -> Iterator[str]:
    """The bombs that an archive's list shows.

    Args:
        entries: what it lists.
        count: how many it declares.
        size: bytes of the file.

    Yields:
        Slugs of ``flaws.FLAWS``.
    """
    if count > MOST_ENTRIES:
        yield BOMB_ENTRIES
    unpacked, swells = 0, False
    for entry in entries:
        unpacked += entry.size
        swells = swells or (entry.size > SMALL and entry.size > MOST_RATIO * max(entry.packed, 1))
    if swells or (unpacked > SMALL and unpacked > MOST_RATIO * max(size, 1)):
        yield BOMB_RATIO
    if unpacked > MOST_BYTES and unpacked > 2 * size:
        yield BOMB_BYTES


def picture_bombs(width: int, height: int, size: int) -> Iterator[str]:
    """``bomb-pixels`` when a picture declares more than is sensible, for anyone or for so few bytes."""
    pixels = width * height
    if pixels > MOST_PIXELS or (pixels > MOST_PIXELS_OF_NOTHING and pixels > _BITS_TO_ONE * size):
        yield BOMB_PIXELS
