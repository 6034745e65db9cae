"""When an archive or a picture is a bomb: limits on bytes, ratio, entries, depth and pixels, as it declares them."""

import re
from collections.abc import Iterable, Iterator

from .flaws import BOMB_BYTES, BOMB_DEPTH, BOMB_ENTRIES, BOMB_PIXELS, BOMB_RATIO
from .listing import Entry

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

_ARCHIVE_NAME = re.compile(rb"\.(?:zip|gz|tgz|bz2|xz|7z|rar|jar|tar|cab|lzma|zst)\Z", re.IGNORECASE)
_NESTED_RATIO = 8


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
    unpacked, nested, most = 0, False, False
    for entry in entries:
        unpacked += entry.size
        if entry.size > SMALL and entry.size > MOST_RATIO * max(entry.packed, 1):
            most = True
        elif (
            entry.size > _NESTED_RATIO * max(entry.packed, 1) and entry.size > 4096 and _ARCHIVE_NAME.search(entry.name)
        ):
            nested = True
    if most or (unpacked > SMALL and unpacked > MOST_RATIO * max(size, 1)):
        yield BOMB_RATIO
    if unpacked > MOST_BYTES and unpacked > 2 * size:
        yield BOMB_BYTES
    if nested:
        yield BOMB_DEPTH


def picture_bombs(width: int, height: int, size: int) -> Iterator[str]:
    """``bomb-pixels`` when a picture declares more than is sensible, for anyone or for so few bytes."""
    pixels = width * height
    if pixels > MOST_PIXELS or (pixels > MOST_PIXELS_OF_NOTHING and pixels > _BITS_TO_ONE * size):
        yield BOMB_PIXELS
