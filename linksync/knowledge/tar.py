"""The headers of a tar, one before each file: names and sizes, and whether the empty blocks at its end are there."""

import re

from linksync.knowledge.flaws import CORRUPT, TRUNCATED
from linksync.knowledge.listing import Entry, Listing
from linksync.knowledge.sample import Sample
from linksync.knowledge.signatures import tar_checksum

_MOST_ENTRIES = 100_000
_BLOCK = 512
_SIZE = re.compile(rb"(?:^|\n)\d{1,10} size=(\d{1,18})\n")
_PATH = re.compile(rb"(?:^|\n)\d{1,10} path=([^\n]{1,32768})\n")
_MOST_HEADER = 64 << 10


def read_tar(sample: Sample) -> Listing:
    """The list of a tar, with ``truncated`` or ``corrupt``."""
    entries, at = list[Entry](), 0
    flaws: tuple[str, ...] = ()
    stated: int | None = None
    named = b""
    while len(entries) < _MOST_ENTRIES:
        header = sample.at(at, _BLOCK)
        if len(header) < _BLOCK:
            flaws = (TRUNCATED,)
            break
        if not header.strip(b"\0"):
            break
        if not tar_checksum(header):
            flaws = (CORRUPT,)
            break
        size = _number(header[124:136]) if stated is None else stated
        kind, name = header[156:157], named or _name(header)
        told = sample.at(at + _BLOCK, min(size, _MOST_HEADER)) if kind in (b"x", b"L") else b""
        stated, named = _stated(told) if kind == b"x" else (None, told.partition(b"\0")[0])
        entries.append(Entry(name=name, size=size, packed=size, offset=at + _BLOCK))
        at += _sparse(sample, at) + (size + _BLOCK - 1) // _BLOCK * _BLOCK
        if at > sample.size + _BLOCK - 1:
            flaws = (TRUNCATED,)
            break
    else:
        return Listing(entries=tuple(entries), count=len(entries) + 1, flaws=flaws)
    return Listing(entries=tuple(entries), count=len(entries), flaws=flaws)


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    if header[257:263] == b"ustar\0" and header[345]:
        name = header[345:500].partition(b"\0")[0] + b"/" + name
    return name


def _stated(told: bytes) -> tuple[int | None, bytes]:
    """The size and the name that an extended header of POSIX gives the file after it, where it gives them."""
    size, path = _SIZE.search(told), _PATH.search(told)
    return int(size[1]) if size else None, path[1] if path else b""


def _sparse(sample: Sample, at: int) -> int:
    """Bytes of a header: GNU's sparse files (kind S) have more blocks, each saying whether another follows."""
    header, length = sample.at(at, _BLOCK), _BLOCK
    more = header[156:157] == b"S" and header[257:265] == b"ustar  \0" and header[482]
    while more and length < _MOST_HEADER:
        more = sample.at(at + length + 504, 1) not in (b"", b"\0")
        length += _BLOCK
    return length


def _number(field: bytes) -> int:
    """A size: octal digits, or binary when the first bit is set."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else 0
