"""How large pictures are, and what the camera says in them. Nothing is decoded: only headers are read."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from linksync.knowledge.exif import read_exif
from linksync.knowledge.extract_text import decoded
from linksync.knowledge.gathering import Gathering
from linksync.knowledge.markup import read_markup
from linksync.knowledge.sample import Sample

_SEGMENTS_MAX = 400
_CHUNKS_MAX = 400
_TEXT_MAX = 64 << 10
_SIZED = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PNG_FIELDS = {b"Title": "title", b"Author": "author", b"Creation Time": "created"}
_SEARCHED = 2 << 20


def read(file: BinaryIO, size: int, media_type: str, into: Gathering, place_allowed: bool) -> None:
    """Read a picture's header."""
    sample = Sample(file, size)
    match media_type:
        case "image/jpeg":
            _jpeg(sample, into, place_allowed)
        case "image/png" | "image/apng":
            _png(sample, into, place_allowed)
        case "image/gif":
            into.width, into.height = _numbers("<HH", sample.head, 6)
        case "image/bmp":
            _bmp(sample, into)
        case "image/webp":
            _webp(sample, into, place_allowed)
        case "image/tiff":
            read_exif(_whole(sample), into, place_allowed, sized=True)
        case "image/heic" | "image/heif" | "image/avif":
            _heif(sample, into, place_allowed)
        case "image/svg+xml":
            read_markup(decoded(_whole(sample), "utf-8"), into)


def _whole(sample: Sample) -> bytes:
    return sample.at(0, min(sample.size, 8 << 20))


def _numbers(form: str, data: bytes, at: int) -> tuple[int, int]:
    if len(data) < at + struct.calcsize(form):
        return 0, 0
    first, second, *_ = struct.unpack_from(form, data, at)
    return int(first), int(second)


def _jpeg(sample: Sample, into: Gathering, place_allowed: bool) -> None:
    found = b""
    for marker, at, length in _segments(sample):
        if marker == 0xE1 and not found and sample.at(at, 6) == b"Exif\0\0":
            found = sample.at(at + 6, length - 6)
        elif marker in _SIZED:
            into.height, into.width = _numbers(">HH", sample.at(at + 1, 4), 0)
            break
    read_exif(found, into, place_allowed)


def _segments(sample: Sample) -> Iterator[tuple[int, int, int]]:
    """Marker, place and length of each segment before the picture itself."""
    at = 2
    for _ in range(_SEGMENTS_MAX):
        head = sample.at(at, 4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xD9, 0xDA):
            return
        if head[1] == 0xFF:
            at += 1
            continue
        length = int.from_bytes(head[2:], "big")
        yield head[1], at + 4, length - 2
        at += 2 + max(2, length)


def _png(sample: Sample, into: Gathering, place_allowed: bool) -> None:
    into.width, into.height = _numbers(">II", sample.head, 16)
    at, exif = 8, b""
    for _ in range(_CHUNKS_MAX):
        head = sample.at(at, 8)
        if len(head) < 8 or head[4:] == b"IEND":
            break
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"eXIf":
            exif = sample.at(at + 8, min(length, _TEXT_MAX))
        elif head[4:] in (b"tEXt", b"iTXt"):
            _png_text(head[4:], sample.at(at + 8, min(length, _TEXT_MAX)), into)
        at += 12 + length
    read_exif(exif, into, place_allowed)


def _png_text(kind: bytes, data: bytes, into: Gathering) -> None:
    name, _, value = data.partition(b"\0")
    if kind == b"iTXt":
        packed, value = value[:1], value[2:].partition(b"\0")[2].partition(b"\0")[2]
        value = b"" if packed == b"\1" else value
    field = _PNG_FIELDS.get(name)
    if field and not getattr(into, field):
        setattr(into, field, decoded(value, "utf-8" if kind == b"iTXt" else "cp1252"))


def _bmp(sample: Sample, into: Gathering) -> None:
    old = sample.head[14:18] == b"\x0c\0\0\0"
    into.width, height = _numbers("<HH" if old else "<ii", sample.head, 18)
    into.height = abs(height)


def _webp(sample: Sample, into: Gathering, place_allowed: bool) -> None:
    at, exif = 12, b""
    for _ in range(_CHUNKS_MAX):
        head = sample.at(at, 18)
        if len(head) < 8:
            break
        kind, length = head[:4], int.from_bytes(head[4:8], "little")
        if kind == b"EXIF":
            exif = sample.at(at + 8, min(length, _TEXT_MAX)).removeprefix(b"Exif\0\0")
        elif not into.width:
            into.width, into.height = _webp_size(kind, head[8:])
        at += 8 + length + length % 2
    read_exif(exif, into, place_allowed)


def _webp_size(kind: bytes, data: bytes) -> tuple[int, int]:
    if kind == b"VP8X" and len(data) >= 10:
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        width, height = _numbers("<HH", data, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and data[:1] == b"\x2f":
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return 0, 0


def _heif(sample: Sample, into: Gathering, place_allowed: bool) -> None:
    """The largest size that is declared, and the first Exif: both are looked for, the boxes are not walked."""
    data = sample.at(0, min(sample.size, _SEARCHED))
    at = -1
    while (at := data.find(b"ispe\0\0\0\0", at + 1)) >= 0:
        width, height = _numbers(">II", data, at + 8)
        if width * height > into.width * into.height:
            into.width, into.height = width, height
    begin = data.find(b"Exif\0\0")
    if begin >= 0:
        width, height = into.width, into.height
        read_exif(data[begin + 6 : begin + 6 + _TEXT_MAX], into, place_allowed)
        into.width, into.height = width, height  # HEIF turns by a box of its own
