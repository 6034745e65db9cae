"""Whether sound and film are whole: every container states lengths, and the file must hold them."""

import struct
from collections.abc import Iterator

from linksync.knowledge.bombs import picture_bombs
from linksync.knowledge.ebml import ebml_number
from linksync.knowledge.flaws import CORRUPT, TRUNCATED
from linksync.knowledge.identify_media import id3_length, mpeg_frame
from linksync.knowledge.sample import Sample

_BOXES = 10_000
_BLANK = 4096
_UNKNOWN32 = (0, 0xFFFFFFFF)


def box_flaws(sample: Sample) -> Iterator[str]:
    """MP4, QuickTime, HEIC: boxes from the first to the last, with the one that holds the index among them."""
    at, kinds = 0, set[bytes]()
    for _ in range(_BOXES):
        head = sample.at(at, 16)
        if not head.strip(b"\0"):
            yield from (TRUNCATED,) if head and b"moof" in kinds else ()
            break  # the end, or zeros that some cameras leave behind it
        if len(head) < 8:
            yield TRUNCATED
            return
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = sample.size - at
        if length < 8 or not _is_kind(kind):
            yield from () if {b"moov", b"meta"} & kinds else (CORRUPT,)
            return
        kinds.add(kind)
        at += length
        if at > sample.size or (kind == b"mdat" and at == sample.size and _blank_end(sample, length)):
            yield TRUNCATED
            return
    if not kinds & {b"moov", b"meta"}:
        yield TRUNCATED


def _blank_end(sample: Sample, length: int) -> bool:
    """Whether packed sound and film end in zeros, as where a stick was pulled out before all of it came."""
    return length > _BLANK and not sample.tail(_BLANK).strip(b"\0")


def _is_kind(kind: bytes) -> bool:
    return all(byte in b" -_" or byte == 0xA9 or chr(byte).isalnum() for byte in kind)


def riff_flaws(sample: Sample) -> Iterator[str]:
    """WAV, AVI, WebP: the length in the first eight bytes; one written to a pipe states none."""
    order = "big" if sample.head[:4] in (b"RIFX", b"FORM") else "little"
    length = int.from_bytes(sample.head[4:8], order)  # type: ignore[arg-type]
    if sample.head[:4] == b"RF64":
        length = int.from_bytes(sample.at(20, 8), "little")
    if len(sample.head) < 12 or (length not in _UNKNOWN32 and length + 8 > sample.size + 1):
        yield TRUNCATED
    elif sample.head[8:12] == b"WEBP":
        yield from _webp_pixels(sample)


def _webp_pixels(sample: Sample) -> Iterator[str]:
    head = sample.head
    if head[12:16] == b"VP8X":
        width = 1 + int.from_bytes(head[24:27], "little")
        yield from picture_bombs(width, 1 + int.from_bytes(head[27:30], "little"), sample.size)


_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067


def matroska_flaws(sample: Sample) -> Iterator[str]:
    """MKV and WebM: the header, and the segment, whose length may be unknown when it was recorded as it came."""
    at = 0
    for _ in range(64):
        head = sample.at(at, 12)
        if not head:
            break
        element, width = ebml_number(head, keep=True)
        length, taken = ebml_number(head[width:], keep=False)
        if not width or not taken:
            yield CORRUPT if len(head) == 12 else TRUNCATED
            return
        if length < 0:
            return
        at += width + taken + length
        if at > sample.size:
            yield TRUNCATED
            return
        if element == _SEGMENT:
            return
    yield TRUNCATED


def ogg_flaws(sample: Sample) -> Iterator[str]:
    """The last page: it must be all there, and say that it is the last."""
    tail = sample.tail(64 << 10)
    at = tail.rfind(b"OggS\0")
    if at < 0 or len(tail) < at + 27:
        yield TRUNCATED
        return
    table = tail[at + 27 : at + 27 + tail[at + 26]]
    if len(table) < tail[at + 26] or at + 27 + len(table) + sum(table) > len(tail) or not tail[at + 5] & 4:
        yield TRUNCATED


_CRC16 = tuple(
    (lambda value: [value := (value << 1) ^ (0x8005 if value & 0x8000 else 0) for _ in range(8)][-1] & 0xFFFF)(
        byte << 8
    )
    for byte in range(256)
)


def flac_flaws(sample: Sample) -> Iterator[str]:
    """The blocks before the sound, and the last frame, found from the end by its checksum."""
    at = id3_length(sample.head)
    at += 4
    while True:
        head = sample.at(at, 4)
        if len(head) < 4:
            yield TRUNCATED
            return
        at += 4 + int.from_bytes(head[1:4], "big")
        if at > sample.size:
            yield TRUNCATED
            return
        if head[0] & 0x80:
            break
    tail = _without_id3v1(sample.tail(min(32 << 10, sample.size - at)))
    if not any(_crc16(tail[start:]) == 0 for start in _flac_frames(tail)):
        yield TRUNCATED


def _flac_frames(tail: bytes) -> Iterator[int]:
    """Where frames may begin, the last first, no more than four."""
    at = len(tail)
    for _ in range(4):
        at = max(tail.rfind(b"\xff\xf8", 0, at), tail.rfind(b"\xff\xf9", 0, at))
        if at < 0:
            return
        yield at


def _crc16(data: bytes) -> int:
    value = 0
    for byte in data:
        value = ((value << 8) & 0xFFFF) ^ _CRC16[(value >> 8) ^ byte]
    return value


def _without_id3v1(tail: bytes) -> bytes:
    return tail[:-128] if tail[-128:-125] == b"TAG" else tail


def mp3_flaws(sample: Sample) -> Iterator[str]:
    """The tag before the sound, and the bytes that the first frame states, where its encoder stated them."""
    tag = id3_length(sample.head)
    if tag >= sample.size:
        yield TRUNCATED
        return
    frame = sample.at(tag, 256)
    length = mpeg_frame(frame[:4])
    at = max(frame.find(b"Xing", 0, 64), frame.find(b"Info", 0, 64))
    if length and at > 0 and len(frame) >= at + 16:
        flags = int.from_bytes(frame[at + 4 : at + 8], "big")
        stated = int.from_bytes(frame[at + 8 + 4 * (flags & 1) : at + 12 + 4 * (flags & 1)], "big")
        if flags & 2 and tag + stated > sample.size + length:
            yield TRUNCATED


def asf_flaws(sample: Sample) -> Iterator[str]:
    """WMA and WMV: header, data and indexes by the length of each."""
    at = 0
    for _ in range(64):
        head = sample.at(at, 24)
        if not head:
            return
        length = struct.unpack_from("<Q", head.ljust(24, b"\0"), 16)[0]
        if len(head) < 24 or length < 24:
            yield TRUNCATED if len(head) < 24 else CORRUPT
            return
        at += length
        if at > sample.size:
            yield TRUNCATED
            return
