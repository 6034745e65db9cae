"""The list at the end of a zip, read by a parser of our own under limits; and small entries unpacked under a budget.

``zipfile`` is not used: it reads a directory of any size, believes the first end record that it meets, and says nothing
about entries that share their bytes. Specification: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from linksync.knowledge.flaws import CONTRADICTORY, CORRUPT, TRUNCATED
from linksync.knowledge.listing import Entry, Listing
from linksync.knowledge.sample import MOST, Sample

MOST_ENTRIES = 60_000
"""Entries that are read; more are only counted."""
_MOST_LIST = 32 << 20
"""Bytes of the list that are read."""

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
STORED, DEFLATED = 0, 8
ENCRYPTED_BIT, SIZES_FOLLOW_BIT, UTF8_BIT = 0x1, 0x8, 0x800

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_WHOLE_TAIL = 22 + 0xFFFF
_MAX32 = 0xFFFFFFFF
_MOST_ENDS = 16
_SEARCHED = 256 << 10
_FEW = 4000
_SECOND_NAME = 0x7075
_LOCALS_KEPT = 512
_SMALL, _ALIKE_KEPT = 512, 64
"""Bytes of packed parts that are unpacked once where they are alike: no more than half a megabyte comes out of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipDirectory:
    """A zip's list and where it stands.

    Attributes:
        listing: the entries, with offsets counted from the beginning of the file.
        start: where the list begins; the last entry ends there at the latest.
        prefix: bytes before the zip itself, as of a self-extracting one.
        end: where the zip ends.
        found: whether there is an end record at all.
    """

    listing: Listing
    start: int = 0
    prefix: int = 0
    end: int = 0
    found: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """The header that stands before an entry's data, and says the same again; and what was read along of the data."""

    name: bytes
    flags: int
    method: int
    size: int
    packed: int
    data: int
    begin: bytes


def read_directory(sample: Sample, most: int = MOST_ENTRIES) -> ZipDirectory:
    """Reads the list of a zip.

    Args:
        sample: the file.
        most: entries that are read; more are only counted. A list that was read further before has more.

    Returns:
        The list; with ``truncated`` when there is no end record, ``corrupt`` when the list is not where it says.
    """
    kept = sample.lists.get("zip")
    if isinstance(kept, ZipDirectory) and len(kept.listing.entries) >= min(kept.listing.count, most):
        return kept
    directory = _NOT_FOUND
    for at, record in _end_records(sample):
        found = _directory(sample, at, record, most)
        if found is not None:
            directory = found
            break
    sample.lists["zip"] = directory
    return directory


_NOT_FOUND = ZipDirectory(listing=Listing(flaws=(TRUNCATED,)), found=False)


def _directory(sample: Sample, at: int, record: bytes, most: int) -> ZipDirectory | None:
    """The list that an end record belongs to; ``None`` when it is the end of a zip that stands in this one."""
    end = _END.unpack(record)
    count, size, offset = int(end[4]), int(end[5]), int(end[6])
    start = at - size
    if _MAX32 in (size, offset) or count == 0xFFFF:
        wide = _end64(sample, at)
        if wide is not None:
            start, count, size, offset = wide
    prefix = start - offset
    finish = at + 22 + int(end[7])
    if prefix and finish != sample.size:
        return None
    if start < 0 or prefix < 0 or (count and sample.at(start, 4) != CENTRAL):
        return ZipDirectory(listing=Listing(count=count, flaws=(CORRUPT,)), end=finish)
    length = min(size, _MOST_LIST) if most > _FEW else min(size, MOST)
    told = b"".join(sample.at(start + at, min(MOST, length - at)) for at in range(0, length, MOST))
    entries, held, doubtful = _entries(told, min(count, most), prefix, count)
    flaws = (*((CONTRADICTORY,) if doubtful else ()), *(() if held or size > length else (CORRUPT,)))
    listing = Listing(entries=entries, count=count, flaws=flaws)
    return ZipDirectory(listing=listing, start=start, prefix=prefix, end=finish)


def _end_records(sample: Sample) -> Iterator[tuple[int, bytes]]:
    """End records from the last to the first, no more than a few, with where each stands."""
    tail = sample.tail(22)
    if len(tail) == 22 and tail[:4] == END and tail[-2:] == b"\0\0":
        yield sample.size - 22, tail
        return
    tail = sample.tail(_WHOLE_TAIL)
    begin, at = sample.size - len(tail), len(tail)
    for _ in range(_MOST_ENDS):
        at = tail.rfind(END, 0, at)
        if at < 0:
            return
        record = tail[at : at + 22]
        if len(record) == 22 and at + 22 + int.from_bytes(record[20:], "little") <= len(tail):
            yield begin + at, record


def _end64(sample: Sample, end: int) -> tuple[int, int, int, int] | None:
    """Start of the list, entries, bytes and declared offset, as the zip64 records say."""
    locator = sample.at(end - _END64_LOCATOR.size, _END64_LOCATOR.size)
    if len(locator) < _END64_LOCATOR.size or locator[:4] != b"PK\x06\x07":
        return None
    said = int(_END64_LOCATOR.unpack(locator)[2])
    for at in (said, end - _END64_LOCATOR.size - _END64.size):
        record = sample.at(at, _END64.size)
        if len(record) == _END64.size and record[:4] == b"PK\x06\x06":
            fields = _END64.unpack(record)
            return at - int(fields[8]), int(fields[7]), int(fields[8]), int(fields[9])
    return None


def _entries(directory: bytes, most: int, prefix: int, count: int) -> tuple[tuple[Entry, ...], bool, bool]:
    """The entries of a list, whether it held together as far as it was read, and whether programs see others in it.

    These are one with two names, and more of them than are counted.
    """
    entries: list[Entry] = []
    two_named = False
    at, unpack = 0, _CENTRAL.unpack_from
    for _ in range(most):
        if at + 46 > len(directory) or directory[at : at + 4] != CENTRAL:
            return tuple(entries), False, two_named
        fields = unpack(directory, at)
        flags, method, packed, size = fields[3], fields[4], fields[8], fields[9]
        name_end = at + 46 + fields[10]
        offset = fields[16]
        extra = directory[name_end : name_end + fields[11]]
        two_named = two_named or (b"up" in extra and _is_two_named(directory[at + 46 : name_end], extra))
        if _MAX32 in (packed, size, offset):
            size, packed, offset = _wide(extra, size, packed, offset)
        entries.append(
            Entry(
                name=directory[at + 46 : name_end],
                size=size,
                packed=packed,
                encrypted=bool(flags & ENCRYPTED_BIT),
                offset=offset + prefix,
                method=method,
            )
        )
        at = name_end + fields[11] + fields[12]
    uncounted = most == count and directory[at : at + 4] == CENTRAL
    return tuple(entries), at <= len(directory), two_named or uncounted


def _is_two_named(name: bytes, extra: bytes) -> bool:
    """Whether Info-ZIP's second name of an entry (4.6.9) ends otherwise: programs go by the one or the other."""
    second = next((body[5:] for kind, body in _fields(extra) if kind == _SECOND_NAME), name)
    return second.rpartition(b".")[2].lower() != name.rpartition(b".")[2].lower()


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Sizes and offset with what the zip64 extra field says instead of the ones that do not fit."""
    body = next((body for kind, body in _fields(extra) if kind == 1), b"")
    values = iter(struct.unpack_from(f"<{len(body) // 8}Q", body))
    size = next(values, size) if size == _MAX32 else size
    packed = next(values, packed) if packed == _MAX32 else packed
    offset = next(values, offset) if offset == _MAX32 else offset
    return size, packed, offset


def read_local(sample: Sample, offset: int) -> Local | None:
    """The header before an entry's data; ``None`` when none stands there whole. The first ones are kept."""
    kept = sample.lists.setdefault("local", {})
    assert isinstance(kept, dict)
    if offset not in kept:
        if len(kept) >= _LOCALS_KEPT:
            return _read_local(sample, offset)
        kept[offset] = _read_local(sample, offset)
    found: Local | None = kept[offset]
    return found


def _read_local(sample: Sample, offset: int) -> Local | None:
    header = sample.at(offset, 1024)
    if len(header) < 30 or header[:4] != LOCAL:
        return None
    _, _, flags, method, _, _, _, packed, size, named, extra = _LOCAL.unpack_from(header)
    start = 30 + named + extra
    name = header[30 : 30 + named] if named <= 512 else sample.at(offset + 30, named)
    if len(name) < named:
        return None
    if _MAX32 in (packed, size):
        size, packed, _ = _wide(sample.at(offset + 30 + named, extra), size, packed, 0)
    return Local(
        name=name,
        flags=flags,
        method=method,
        size=size,
        packed=packed,
        data=offset + start,
        begin=header[start : start + packed] if packed else header[start:],
    )


def entry_of(local: Local, offset: int) -> Entry:
    """An entry as the header that stands at that offset has it."""
    return Entry(
        name=local.name,
        size=local.size,
        packed=local.packed,
        encrypted=bool(local.flags & ENCRYPTED_BIT),
        offset=offset,
        method=local.method,
    )


def local_entries(sample: Sample, most: int = 16) -> tuple[Entry, ...]:
    """The first entries by their local headers: what can still be said of a zip whose end is gone."""
    entries: list[Entry] = []
    at = 0
    while len(entries) < most and (local := read_local(sample, at)) is not None:
        entries.append(entry_of(local, at))
        at = local.data + local.packed
        if local.flags & SIZES_FOLLOW_BIT and not local.packed:
            following = sample.at(at, _SEARCHED).find(LOCAL)
            if following < 0:
                break
            at += following
    return tuple(entries)


def unpack(sample: Sample, entry: Entry, most: int) -> bytes:
    """The first bytes of an entry, unpacked, never more than asked.

    Args:
        sample: the file.
        entry: one of its entries.
        most: bytes that may come out; no more than about twice as many go in.

    Returns:
        What came out; empty when it is encrypted, packed in another way, broken, or not there.
    """
    if entry.encrypted or entry.method not in (STORED, DEFLATED):
        return b""
    local = read_local(sample, entry.offset)
    if local is None:
        return b""
    if entry.method == STORED:
        return sample.at(local.data, min(most, entry.size))
    if 0 < entry.packed <= min(len(local.begin), _SMALL):
        return _inflated_alike(local.begin[: entry.packed], most)
    wanted = min(entry.packed or most, most) * 2 + 1024
    packed = sample.at(local.data, min(entry.packed or wanted, wanted))
    return inflated(packed, most)


def inflated(packed: bytes, most: int) -> bytes:
    """The first bytes that come out of a deflated piece; empty when it is broken."""
    try:
        return zlib.decompressobj(-15).decompress(packed, most)
    except zlib.error:
        return b""


_inflated_alike = lru_cache(maxsize=_ALIKE_KEPT)(inflated)
