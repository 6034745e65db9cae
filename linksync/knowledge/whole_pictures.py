"""Whether a picture is whole: JPEG by its markers, PNG by its chunks, GIF, TIFF and BMP by what they declare."""

import struct
import zlib
from collections.abc import Iterator

from linksync.knowledge.bombs import picture_bombs
from linksync.knowledge.flaws import CORRUPT, TRUNCATED
from linksync.knowledge.sample import Sample

_CHUNKS = 100_000
_SUB_BLOCKS = 200_000
_MOST_SCANNED = 64 << 20
_SEGMENTS = 4096
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def jpeg_flaws(sample: Sample) -> Iterator[str]:
    """Segments until the scan, then an end marker after it; inside a scan that marker cannot stand."""
    at = 2
    for _ in range(_SEGMENTS):
        head = sample.at(at, 4)
        if len(head) < 4:
            yield TRUNCATED
            return
        if head[0] != 0xFF:
            yield CORRUPT
            return
        marker = head[1]
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(head[2:4], "big")
        if marker == 0xD9 or length < 2:
            yield CORRUPT
            return
        if marker in _FRAMES:
            frame = sample.at(at + 5, 4)
            yield from picture_bombs(int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[:2], "big"), sample.size)
        at += 2 + length
        if marker == 0xDA:
            break
    if not _jpeg_ends(sample, at):
        yield TRUNCATED


def _jpeg_ends(sample: Sample, scan: int) -> bool:
    """Whether the end marker stands behind the beginning of the scan: at the end, or before what was hung on."""
    if sample.tail(2) == b"\xff\xd9" and sample.size - 2 >= scan:
        return True
    at, step = scan, 1 << 20
    while at < min(sample.size, scan + _MOST_SCANNED):
        if b"\xff\xd9" in sample.at(at, step + 1):
            return True
        at += step
    return False


def png_flaws(sample: Sample) -> Iterator[str]:
    """Every chunk by its length, up to ``IEND``; the first with its checksum."""
    at = 8
    for number in range(_CHUNKS):
        head = sample.at(at, 8)
        if len(head) < 8:
            yield TRUNCATED
            return
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if not kind.isalpha() or length > 0x7FFFFFFF:
            yield CORRUPT
            return
        if number == 0:
            yield from _png_header(sample, kind)
        at += 12 + length
        if at > sample.size:
            yield TRUNCATED
            return
        if kind == b"IEND":
            return
    yield CORRUPT


def _png_header(sample: Sample, kind: bytes) -> Iterator[str]:
    header = sample.at(12, 21)
    if kind != b"IHDR" or len(header) < 21 or zlib.crc32(header[:17]).to_bytes(4, "big") != header[17:21]:
        yield CORRUPT
        return
    width, height = struct.unpack_from(">2L", header, 4)
    yield from picture_bombs(width, height, sample.size)


def gif_flaws(sample: Sample) -> Iterator[str]:
    """An empty sub-block and the trailer at the end; some programs leave zeros behind it."""
    yield from picture_bombs(
        int.from_bytes(sample.head[6:8], "little"), int.from_bytes(sample.head[8:10], "little"), sample.size
    )
    end = sample.tail(4096).rstrip(b"\0")
    if end.endswith(b"\0;") or sample.size < 14:
        return
    if not _gif_ends(sample):
        yield TRUNCATED


def _gif_ends(sample: Sample) -> bool:
    """Walks the blocks up to the trailer, for what stands before something hung on."""
    at = 13 + (3 << ((sample.head[10] & 7) + 1) if len(sample.head) > 10 and sample.head[10] & 0x80 else 0)
    steps = 0
    while steps < _SUB_BLOCKS:
        kind = sample.at(at, 10)
        if kind[:1] == b";":
            return True
        if kind[:1] == b"!":
            at += 2
        elif kind[:1] == b"," and len(kind) == 10:
            at += 11 + (3 << ((kind[9] & 7) + 1) if kind[9] & 0x80 else 0)
        else:
            return False
        while size := sample.at(at, 1):
            at += 1 + size[0]
            steps += 1
            if not size[0] or steps >= _SUB_BLOCKS:
                break
        steps += 1
    return False


def bmp_flaws(sample: Sample) -> Iterator[str]:
    """The length and the place of the pixels that the header states."""
    length, start = int.from_bytes(sample.head[2:6], "little"), int.from_bytes(sample.head[10:14], "little")
    width, height = struct.unpack_from("<2l", sample.head.ljust(26, b"\0"), 18)
    yield from picture_bombs(abs(width), abs(height), sample.size)
    bits, packing = struct.unpack_from("<HL", sample.head.ljust(34, b"\0"), 28)
    need = start + ((abs(width) * bits + 31) // 32) * 4 * abs(height) if packing in (0, 3) else 0
    packed_missing = packing in (1, 2) and length > sample.size
    if start >= sample.size or need > sample.size or packed_missing:
        yield TRUNCATED


_SIZES = {3: 2, 4: 4}
"""Bytes of the two kinds of numbers that place and size a picture."""


def tiff_flaws(sample: Sample) -> Iterator[str]:
    """The directories of the pictures in it, and the strips or tiles of each, which must all be there."""
    order = "<" if sample.head[:2] == b"II" else ">"
    if sample.head[2:4] in (b"+\0", b"\0+") or len(sample.head) < 8:
        return  # BigTIFF is told, not judged
    at = struct.unpack_from(order + "L", sample.head, 4)[0]
    for _ in range(64):
        if not at:
            return
        directory = _tiff_directory(sample, order, at)
        if directory is None:
            yield TRUNCATED
            return
        values, at = directory
        yield from picture_bombs(max(values.get(256) or [0]), max(values.get(257) or [0]), sample.size)
        if any(_outside(sample.size, values, *tags) for tags in ((273, 279), (324, 325))):
            yield TRUNCATED
            return


def _outside(size: int, values: dict[int, list[int]], offsets: int, counts: int) -> bool:
    return any(at + length > size for at, length in zip(values.get(offsets, ()), values.get(counts, ()), strict=False))


def _tiff_directory(sample: Sample, order: str, at: int) -> tuple[dict[int, list[int]], int] | None:
    """The numbers of the tags that place and size a picture, and where the next directory is."""
    count = int.from_bytes(sample.at(at, 2), "little" if order == "<" else "big")
    rows = sample.at(at + 2, count * 12 + 4)
    if not count or len(rows) < count * 12 + 4:
        return None
    values: dict[int, list[int]] = {}
    for row in range(0, count * 12, 12):
        tag, kind, number = struct.unpack_from(order + "2HL", rows, row)
        if tag not in (256, 257, 273, 279, 324, 325) or kind not in _SIZES:
            continue
        number, size = min(number, 1 << 16), _SIZES[kind]
        held = rows[row + 8 : row + 12]
        if number * size > 4:
            held = sample.at(struct.unpack(order + "L", held)[0], number * size)
        if len(held) < number * size:
            return None
        values[tag] = list(struct.unpack_from(f"{order}{number}{'H' if kind == 3 else 'L'}", held))
    return values, struct.unpack_from(order + "L", rows, count * 12)[0]
