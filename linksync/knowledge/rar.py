"""The blocks of a RAR: names, sizes and locks, of the format before version 5 and of that since; nothing is unpacked.

Specification: technote.txt of WinRAR 3, and RAR 5.0 archive format.
"""

from linksync.knowledge.flaws import CORRUPT, ENCRYPTED, TRUNCATED
from linksync.knowledge.listing import Entry, Listing
from linksync.knowledge.sample import Sample

MAGIC4, MAGIC5 = b"Rar!\x1a\7\0", b"Rar!\x1a\7\1\0"

_MOST_BLOCKS = 100_000
_SINCE_END_BLOCKS = 29
_MOST_EXTRA = 1024


def read_rar(sample: Sample) -> Listing:
    """The list of a RAR, with ``truncated``, ``corrupt`` or ``encrypted``."""
    return _read5(sample) if sample.head.startswith(MAGIC5) else _read4(sample)


def _read4(sample: Sample) -> Listing:
    at, entries, flaws, old = len(MAGIC4), list[Entry](), list[str](), False
    for _ in range(_MOST_BLOCKS):
        head = sample.at(at, 11 + 21)
        if len(head) < 7:
            flaws.extend(() if old and at == sample.size else (TRUNCATED,))
            break
        kind, flags, length = head[2], int.from_bytes(head[3:5], "little"), int.from_bytes(head[5:7], "little")
        if length < 7 or not 0x72 <= kind <= 0x7B:
            flaws.append(CORRUPT)
            break
        if kind == 0x7B:
            break
        if kind == 0x73 and flags & 0x80:
            flaws.append(ENCRYPTED)
            break
        added = int.from_bytes(head[7:11], "little") if flags & 0x8000 or kind == 0x74 else 0
        if kind == 0x74 and len(head) == 32:
            entry = _file4(sample, at, head, flags)
            entries.append(entry)
            added, old = entry.packed, head[24] < _SINCE_END_BLOCKS
        at += length + added
        if at > sample.size:
            flaws.append(TRUNCATED)
            break
    else:
        return Listing(entries=tuple(entries), count=len(entries) + 1, flaws=tuple(flaws))
    if any(entry.encrypted for entry in entries):
        flaws.append(ENCRYPTED)
    return Listing(entries=tuple(entries), count=len(entries), flaws=tuple(flaws))


def _file4(sample: Sample, at: int, head: bytes, flags: int) -> Entry:
    packed, size = int.from_bytes(head[7:11], "little"), int.from_bytes(head[11:15], "little")
    named = int.from_bytes(head[26:28], "little")
    start = at + 32
    if flags & 0x100:
        high = sample.at(start, 8)
        packed |= int.from_bytes(high[:4], "little") << 32
        size |= int.from_bytes(high[4:], "little") << 32
        start += 8
    name = sample.at(start, named).partition(b"\0")[0]
    return Entry(name=name, size=size, packed=packed, encrypted=bool(flags & 4), method=head[25])


def _read5(sample: Sample) -> Listing:
    at, entries, flaws = len(MAGIC5), list[Entry](), list[str]()
    for _ in range(_MOST_BLOCKS):
        block = _block5(sample, at)
        if block is None:
            flaws.append(TRUNCATED if at + 64 > sample.size else CORRUPT)
            break
        kind, header, packed, extra, end = block
        if kind == 4:
            flaws.append(ENCRYPTED)
            break
        if end > sample.size:
            flaws.append(TRUNCATED)
            break
        if kind == 2:
            entries.append(_file5(header, packed, extra))
        if kind == 5:
            break
        at = end
    else:
        return Listing(entries=tuple(entries), count=len(entries) + 1, flaws=tuple(flaws))
    if any(entry.encrypted for entry in entries):
        flaws.append(ENCRYPTED)
    return Listing(entries=tuple(entries), count=len(entries), flaws=tuple(flaws))


def _block5(sample: Sample, at: int) -> tuple[int, bytes, int, bytes, int] | None:
    """Kind, rest of the header, bytes of data, extra area, and where the next block begins."""
    head = sample.at(at + 4, 4)
    length, taken = vint(head, 0)
    header = sample.at(at + 4 + taken, length) if taken and 0 < length <= 2 << 20 else b""
    if not header or len(header) < length:
        return None
    kind, place = vint(header, 0)
    flags, step = vint(header, place)
    place += step
    extra_length = data = 0
    if flags & 1:
        extra_length, step = vint(header, place)
        place += step
    if flags & 2:
        data, step = vint(header, place)
        place += step
    extra = header[len(header) - extra_length :] if 0 < extra_length <= len(header) else b""
    return kind, header[place:], data, extra, at + 4 + taken + length + data


def _file5(header: bytes, packed: int, extra: bytes) -> Entry:
    flags, place = vint(header, 0)
    size, step = vint(header, place)
    place += step
    place += vint(header, place)[1]  # attributes
    place += 4 * bool(flags & 2) + 4 * bool(flags & 4)
    place += vint(header, place)[1]  # how it is packed
    place += vint(header, place)[1]  # the system that wrote it
    named, step = vint(header, place)
    place += step
    return Entry(name=header[place : place + min(named, 4096)], size=size, packed=packed, encrypted=_has_cipher(extra))


def _has_cipher(extra: bytes) -> bool:
    """Whether the records of the extra area include the one for encryption."""
    place = 0
    while place < min(len(extra), _MOST_EXTRA):
        length, step = vint(extra, place)
        if not step or not length:
            return False
        if vint(extra, place + step)[0] == 1:
            return True
        place += step + length
    return False


def vint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and the bytes that it takes; none when it does not end."""
    value = 0
    for place, byte in enumerate(data[at : at + 10]):
        value |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            return value, place + 1
    return 0, 0
