"""The parts of a zip whose list was cut off: found one after the other, each by its own header.

Programs that write as they go put sizes behind the data, so where a part ends is only known by unpacking it.
"""

import zlib
from collections.abc import Iterator
from dataclasses import replace

from linksync.knowledge.listing import Entry
from linksync.knowledge.sample import Sample
from linksync.knowledge.zip_directory import DEFLATED, SIZES_FOLLOW_BIT, Local, entry_of, read_local

PARTS_MAX = 400
UNPACKED_MAX = 96 << 20
"""Bytes that are unpacked to find where parts end."""
_PIECE = 256 << 10


def walked(sample: Sample) -> Iterator[Entry]:
    """The parts of a zip from its beginning, as far as they are there; the last may be cut off."""
    at, room = 0, UNPACKED_MAX
    for _ in range(PARTS_MAX):
        local = read_local(sample, at)
        if local is None:
            return
        entry = entry_of(local, at)
        if local.flags & SIZES_FOLLOW_BIT and not local.packed:
            if local.method != DEFLATED:
                return
            packed, size = _measured(sample, local, room)
            room -= size
            entry = replace(entry, packed=packed, size=size)
            at = _behind(sample, local.data + packed)
        else:
            at = local.data + local.packed
        yield entry
        if room <= 0:
            return


def _measured(sample: Sample, local: Local, room: int) -> tuple[int, int]:
    """How many bytes a part takes, and how many it unpacks to; up to where it breaks off."""
    unpacking, at, size = zlib.decompressobj(-15), local.data, 0
    while not unpacking.eof and size <= room and (packed := sample.at(at, _PIECE)):
        at += len(packed)
        try:
            while packed and not unpacking.eof and size <= room:
                size += len(unpacking.decompress(packed, _PIECE))
                packed = unpacking.unconsumed_tail
        except zlib.error:
            break
    return at - len(unpacking.unused_data) - local.data, size


def _behind(sample: Sample, at: int) -> int:
    """Where the next part begins, behind the sizes of the one before, which may have a mark of their own."""
    return at + (16 if sample.at(at, 4) == b"PK\x07\x08" else 12)
