"""The directory of an OLE2 compound file (doc, xls, ppt, msg): its streams, and whether its sectors are all there.

Specification: [MS-CFB]. Chains are followed under a limit, so a chain that bites its own tail ends.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from linksync.knowledge.flaws import CORRUPT, TRUNCATED
from linksync.knowledge.listing import Entry, Listing
from linksync.knowledge.sample import Sample

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MOST_ENTRIES = 4096
"""Streams and storages that are read."""

_MOST_FAT_SECTORS = 2048
_MOST_STREAMS = 300
_SMALL, _MOST_SMALL = 4096, 4 << 20
_END_OF_CHAIN, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ole2:
    """What the header and directory of a compound file say.

    Attributes:
        listing: streams and storages in the order of the directory; a storage's size is 0 and its name ends with ``/``.
        root_class: the class id of the root storage, 16 bytes as they stand; empty when there is no root.
        sector: bytes of a sector.
        starts: first sector of each entry of ``listing``, in its order.
        fat: the allocation table as far as it was read.
        small: first sector of the stream that holds all streams of less than 4096 bytes, in pieces of 64.
        small_fat: first sector of the allocation table of these pieces.
    """

    listing: Listing
    root_class: bytes = b""
    sector: int = 512
    starts: tuple[int, ...] = ()
    fat: "array[int]"
    small: int = 0
    small_fat: int = 0


def read_ole2(sample: Sample) -> Ole2:
    """The header, allocation table and directory of a compound file, read once.

    Returns:
        What was found; with ``truncated`` when sectors are in use that the file does not hold, ``corrupt`` when header
        or directory make no sense.
    """
    kept = sample.lists.get("ole2")
    ole2 = kept if isinstance(kept, Ole2) else _read(sample)
    sample.lists["ole2"] = ole2
    return ole2


def _read(sample: Sample) -> Ole2:
    header = sample.at(0, 512)
    if len(header) < 512:
        return Ole2(listing=Listing(flaws=(TRUNCATED,)), fat=array("I"))
    shift = int.from_bytes(header[30:32], "little")
    if shift not in (9, 12) or header[28:30] != b"\xfe\xff":
        return Ole2(listing=Listing(flaws=(CORRUPT,)), fat=array("I"))
    sector = 1 << shift
    fat, flaws = _fat(sample, header, sector)
    directory = _chain(sample, fat, int.from_bytes(header[48:52], "little"), sector, MOST_ENTRIES * 128)
    entries, starts, root, small = _entries(directory)
    if not root and TRUNCATED not in flaws:
        flaws = (*flaws, CORRUPT)
    more = len(directory) >= MOST_ENTRIES * 128
    listing = Listing(entries=entries, count=len(entries) + more, flaws=flaws)
    small_fat = int.from_bytes(header[60:64], "little")
    return Ole2(
        listing=listing, root_class=root, sector=sector, starts=starts, fat=fat, small=small, small_fat=small_fat
    )


def stream(sample: Sample, ole2: Ole2, name: bytes, most: int) -> bytes:
    """The first bytes of the first stream with that name; empty when there is none."""
    for entry, start in zip(ole2.listing.entries, ole2.starts, strict=True):
        if entry.name == name:
            length = min(most, entry.size)
            if entry.size < _SMALL:
                return _small(sample, ole2, start, length)
            return _chain(sample, ole2.fat, start, ole2.sector, length)[:length]
    return b""


def streams(sample: Sample, ole2: Ole2, names: tuple[bytes, ...], most: int) -> Iterator[bytes]:
    """The first bytes of every stream with one of these names, wherever it stands; a few hundred at the most."""
    found = [
        (entry.size, start)
        for entry, start in zip(ole2.listing.entries, ole2.starts, strict=True)
        if entry.name in names
    ]
    for size, start in found[:_MOST_STREAMS]:
        length = min(most, size)
        if size < _SMALL:
            yield _small(sample, ole2, start, length)
        else:
            yield _chain(sample, ole2.fat, start, ole2.sector, length)[:length]


def excel_records(data: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of the records of an Excel stream ([MS-XLS] 2.1.4), so many at the most; the last may be cut."""
    at = 0
    for _ in range(most):
        if at + 4 > len(data):
            return
        kind, length = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + length]
        at += 4 + length


def _small(sample: Sample, ole2: Ole2, number: int, length: int) -> bytes:
    """A stream of less than 4096 bytes: pieces of 64, chained by a table of their own, in the stream of the root."""
    table = array("I")
    chained = _chain(sample, ole2.fat, ole2.small_fat, ole2.sector, _MOST_SMALL // 16)
    table.frombytes(chained[: len(chained) // 4 * 4])
    held = _chain(sample, ole2.fat, ole2.small, ole2.sector, _MOST_SMALL)
    pieces: list[bytes] = []
    for _ in range((length + 63) // 64):
        piece = held[number * 64 : number * 64 + 64]
        if not piece:
            break
        pieces.append(piece)
        number = table[number] if number < len(table) else _END_OF_CHAIN
    return b"".join(pieces)[:length]


def _fat(sample: Sample, header: bytes, sector: int) -> tuple["array[int]", tuple[str, ...]]:
    """The allocation table, and what is wrong with it."""
    count = int.from_bytes(header[44:48], "little")
    numbers = [number for number in struct.unpack_from("<109L", header, 76) if number < _END_OF_CHAIN]
    following, most = int.from_bytes(header[68:72], "little"), _MOST_FAT_SECTORS
    while following < 0xFFFFFFFA and len(numbers) < most:
        more = sample.at((following + 1) * sector, sector)
        if len(more) < sector:
            return array("I"), (TRUNCATED,)
        *named, following = struct.unpack(f"<{sector // 4}L", more)
        numbers.extend(number for number in named if number < _END_OF_CHAIN)
    fat = array("I")
    for number in numbers[: min(count, most)]:
        piece = sample.at((number + 1) * sector, sector)
        if len(piece) < sector:
            return fat, (TRUNCATED,)
        fat.frombytes(piece)
    return fat, _sectors_missing(fat, sample.size, sector)


def _sectors_missing(fat: "array[int]", size: int, sector: int) -> tuple[str, ...]:
    """``truncated`` when the last sector in use begins behind the end of the file."""
    held = (size + sector - 1) // sector - 1
    return (TRUNCATED,) if any(number != _FREE for number in fat[held:]) else ()


def _chain(sample: Sample, fat: "array[int]", number: int, sector: int, most: int) -> bytes:
    pieces: list[bytes] = []
    for _ in range((most + sector - 1) // sector):
        piece = sample.at((number + 1) * sector, sector) if number < 0xFFFFFFFA else b""
        if not piece:
            break
        pieces.append(piece)
        number = fat[number] if number < len(fat) else _END_OF_CHAIN
    return b"".join(pieces)


def _entries(directory: bytes) -> tuple[tuple[Entry, ...], tuple[int, ...], bytes, int]:
    """Streams and storages, their first sectors, the class of the root, and where its stream begins."""
    entries: list[Entry] = []
    starts: list[int] = []
    root, small = b"", _END_OF_CHAIN
    for at in range(0, len(directory) - 127, 128):
        kind = directory[at + 66]
        if kind == _ROOT and not root:
            root = directory[at + 80 : at + 96]
            small = int.from_bytes(directory[at + 116 : at + 120], "little")
        if kind not in (_STORAGE, _STREAM):
            continue
        length = min(64, int.from_bytes(directory[at + 64 : at + 66], "little"))
        name = directory[at : at + max(0, length - 2)].decode("utf-16-le", "replace").encode("utf-8")
        size = int.from_bytes(directory[at + 120 : at + 124], "little") if kind == _STREAM else 0
        entries.append(Entry(name=name if kind == _STREAM else name + b"/", size=size, packed=size))
        starts.append(int.from_bytes(directory[at + 116 : at + 120], "little"))
    return tuple(entries), tuple(starts), root, small
