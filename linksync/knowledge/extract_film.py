"""How long films last, how large they are, and what they say of themselves: MP4 and QuickTime, Matroska, AVI.

Boxes, elements and chunks are walked by their own sizes, from the file, each level with a bound on how many; of the
pictures and the sound nothing is read. ISO 14496-12, RFC 9559, and Microsoft's description of AVI.
"""

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from linksync.knowledge.ebml import ebml_number
from linksync.knowledge.extract_text import decoded, words_of
from linksync.knowledge.extracted import Place
from linksync.knowledge.gathering import Gathering
from linksync.knowledge.sample import Sample

WINDOWS_MEDIA = frozenset({"video/x-ms-asf", "video/x-ms-wmv", "audio/x-ms-wma"})

_BOXES_MAX = 4000
_HEAD_MAX = 4096
_DEEPER = frozenset({b"moov", b"trak", b"udta", b"ilst", b"mvex", b"mdia", b"moof", b"traf"})
_ILST = {b"\xa9nam": "title", b"\xa9ART": "author", b"\xa9aut": "author"}
_ISO6709 = re.compile(rb"([+-]\d{1,2}(?:\.\d{1,8})?)([+-]\d{1,3}(?:\.\d{1,8})?)")
_EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_EPOCH_2001 = datetime(2001, 1, 1, tzinfo=UTC)


def read(file: BinaryIO, size: int, media_type: str, into: Gathering, place_allowed: bool) -> None:
    """Read what stands around a film."""
    sample = Sample(file, size)
    if media_type in ("video/x-matroska", "video/webm", "audio/webm", "audio/x-matroska"):
        _matroska(sample, into)
    elif media_type == "video/x-msvideo":
        _avi(sample, into)
    elif media_type in WINDOWS_MEDIA:
        read_asf(sample, into)
    else:
        _Mp4(sample, into, place_allowed).read()


class _Mp4:
    def __init__(self, sample: Sample, into: Gathering, place_allowed: bool) -> None:
        self._sample, self._into, self._place_allowed = sample, into, place_allowed
        self._boxes = _BOXES_MAX
        self._scale = self._media_scale = 0
        self._fragments = self._track = self._first = self._begun = self._usual = 0

    def read(self) -> None:
        self._walk(0, self._sample.size, b"")
        if not self._into.seconds and self._fragments and self._media_scale:
            self._into.seconds = self._fragments / self._media_scale

    def _walk(self, at: int, end: int, within: bytes, depth: int = 0) -> None:
        while at + 8 <= end and self._boxes > 0:
            self._boxes -= 1
            head = self._sample.at(at, 16)
            if len(head) < 8:
                return
            length, kind, start = int.from_bytes(head[:4], "big"), head[4:8], at + 8
            if length == 1:
                length, start = int.from_bytes(head[8:16], "big"), at + 16
            elif length == 0:
                length = end - at
            if length < start - at:
                return
            self._box(kind, start, min(end, at + length), within, depth)
            at += length

    def _box(self, kind: bytes, start: int, end: int, within: bytes, depth: int) -> None:
        if kind in _DEEPER and depth < 8:
            self._walk(start, end, kind, depth + 1)
        elif kind == b"meta" and depth < 8:  # QuickTime's is a plain box, MP4's has a version before its boxes
            self._walk(start if self._sample.at(start + 4, 4) == b"hdlr" else start + 4, end, kind, depth + 1)
        elif within == b"ilst":
            if field := _ILST.get(kind):
                self._said(field, self._sample.at(start + 16, min(end - start - 16, _HEAD_MAX)))
        elif within == b"udta":
            self._user_data(kind, self._sample.at(start, min(end - start, _HEAD_MAX)))
        else:
            self._header(kind, self._sample.at(start, min(end - start, _HEAD_MAX)))

    def _said(self, field: str, data: bytes) -> None:
        if not getattr(self._into, field):
            setattr(self._into, field, decoded(data, "utf-8"))

    def _user_data(self, kind: bytes, data: bytes) -> None:
        if kind in _ILST:
            self._said(_ILST[kind], data[4 : 4 + int.from_bytes(data[:2], "big")])
        elif kind == b"titl" and len(data) > 6:
            self._said("title", data[6:].partition(b"\0")[0])
        elif kind == b"\xa9xyz" and self._place_allowed:
            self._into.place = self._into.place or _iso6709(data[4 : 4 + int.from_bytes(data[:2], "big")])

    def _header(self, kind: bytes, data: bytes) -> None:
        if kind in (b"mvhd", b"mdhd"):
            self._times(kind, data)
        elif kind == b"tkhd" and len(data) >= (84 if data[0] == 0 else 96):
            width, height = (side >> 16 for side in struct.unpack_from(">II", data, 76 if data[0] == 0 else 88))
            if width * height > self._into.width * self._into.height:
                self._into.width, self._into.height = width, height
        elif kind == b"mehd" and self._scale:
            self._into.seconds = int.from_bytes(data[4 : 12 if data[:1] == b"\1" else 8], "big") / self._scale
        else:
            self._fragment(kind, data)

    def _fragment(self, kind: bytes, data: bytes) -> None:
        """A film in pieces has no length of its own: it ends where the last piece of its first track does."""
        if kind == b"tfhd" and len(data) >= 8:
            flags, self._track = int.from_bytes(data[1:4], "big"), int.from_bytes(data[4:8], "big")
            at = 8 + 8 * bool(flags & 1) + 4 * bool(flags & 2)
            self._usual = int.from_bytes(data[at : at + 4], "big") if flags & 8 else 0
            self._first = self._first or self._track
        elif self._track != self._first or not self._first:
            return
        elif kind == b"tfdt":
            self._begun = int.from_bytes(data[4 : 12 if data[:1] == b"\1" else 8], "big")
            self._fragments = max(self._fragments, self._begun)
        elif kind == b"trun" and len(data) >= 8:
            self._fragments = max(self._fragments, self._begun + _run_length(data, self._usual))

    def _times(self, kind: bytes, data: bytes) -> None:
        form, at = (">IIII", 4) if data[:1] == b"\0" else (">QQIQ", 4)
        if len(data) < at + struct.calcsize(form):
            return
        made, _, scale, length = struct.unpack_from(form, data, at)
        if kind == b"mdhd":
            self._media_scale = self._media_scale or scale
            return
        self._scale = scale
        self._into.taken = _since(_EPOCH_1904, made)
        if scale and length not in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF):
            self._into.seconds = length / scale


def _run_length(data: bytes, usual: int) -> int:
    """How long the samples of a run last together, as far as they are here."""
    flags, count = int.from_bytes(data[1:4], "big"), int.from_bytes(data[4:8], "big")
    if not flags & 0x100:
        return count * usual
    at = 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    step = 4 * (flags >> 8 & 15).bit_count()
    ends = range(at, min(len(data) - 3, at + step * count), step)
    return sum(int.from_bytes(data[place : place + 4], "big") for place in ends)


def _since(epoch: datetime, seconds: float) -> str:
    """A time counted from an epoch; empty for 0, which means unknown."""
    try:
        return (epoch + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except OverflowError:
        return ""


def _iso6709(data: bytes) -> Place | None:
    """``+52.9966+006.5623/``: latitude and longitude."""
    match = _ISO6709.match(data)
    if match is None:
        return None
    north, east = float(match[1]), float(match[2])
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


# Matroska: the ids that are met, each with what it is.
_SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
_SCALE, _LENGTH, _DATE, _TITLE, _WIDTH, _HEIGHT = 0x2AD7B1, 0x4489, 0x4461, 0x7BA9, 0xB0, 0xBA
_INSIDE = frozenset({_SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO})
_CLUSTER = 0x1F43B675


def _matroska(sample: Sample, into: Gathering) -> None:
    scale, length = 1_000_000, 0.0
    for number, value in _elements(sample):
        if number == _SCALE:
            scale = int.from_bytes(value, "big") or scale
        elif number == _LENGTH and len(value) in (4, 8):
            (length,) = struct.unpack(">f" if len(value) == 4 else ">d", value)
        elif number == _DATE and len(value) == 8:
            into.taken = _since(_EPOCH_2001, int.from_bytes(value, "big", signed=True) / 1e9)
        elif number == _TITLE:
            into.title = into.title or decoded(value.rstrip(b"\0"), "utf-8")
        elif number == _WIDTH:
            into.width = into.width or int.from_bytes(value, "big")
        elif number == _HEIGHT:
            into.height = into.height or int.from_bytes(value, "big")
    seconds = length * scale / 1e9
    into.seconds = seconds if 0 < seconds < 1e7 else 0.0


def _elements(sample: Sample) -> Iterator[tuple[int, bytes]]:
    """Id and bytes of the small elements before the first cluster."""
    at = 0
    for _ in range(_BOXES_MAX):
        number, width = ebml_number(sample.at(at, 8), keep=True)
        length, taken = ebml_number(sample.at(at + width, 8), keep=False)
        start = at + width + taken
        if not width or not taken or number == _CLUSTER or (length < 0 and number not in _INSIDE):
            return
        at = start if number in _INSIDE else start + length
        if number not in _INSIDE and length <= _HEAD_MAX:
            yield number, sample.at(start, length)


def _avi(sample: Sample, into: Gathering) -> None:
    """``avih`` in the list of headers, and the title in the list of information, which stands before or behind."""
    at, end = 12, sample.size
    for _ in range(_BOXES_MAX):
        head = sample.at(at, 12)
        if len(head) < 8 or at >= end:
            return
        kind, length = head[:4], int.from_bytes(head[4:8], "little")
        if kind == b"LIST" and head[8:12] in (b"hdrl", b"INFO"):
            at += 12
            continue
        if kind == b"avih":
            data = sample.at(at + 8, 40)
            if len(data) == 40:
                frame, frames = struct.unpack_from("<I", data, 0)[0], struct.unpack_from("<I", data, 16)[0]
                into.seconds = frame * frames / 1e6
                into.width, into.height = struct.unpack_from("<II", data, 32)
        elif kind in (b"INAM", b"IART"):
            setattr(into, "title" if kind == b"INAM" else "author", words_of(sample.at(at + 8, min(length, _HEAD_MAX))))
        at += 8 + length + length % 2


_ASF_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_ABOUT = bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c")
_ASF_STREAM = bytes.fromhex("9107dcb7b7a9cf118ee600c00c205365")
_ASF_VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")


def read_asf(sample: Sample, into: Gathering) -> None:
    """Windows Media: the objects of the header, each with a GUID and a size."""
    at = 30
    for _ in range(_BOXES_MAX):
        head = sample.at(at, 24)
        length = int.from_bytes(head[16:24], "little")
        if len(head) < 24 or length < 24:
            return
        data = sample.at(at + 24, min(length - 24, 4 * _HEAD_MAX))
        kind = head[:16]
        if kind == _ASF_FILE and len(data) >= 64:
            _, _, lasts, _, before = struct.unpack_from("<QQQQQ", data, 24)
            into.seconds = max(0.0, lasts / 1e7 - before / 1e3)
        elif kind == _ASF_ABOUT and len(data) >= 10:
            title, author = struct.unpack_from("<HH", data)
            into.title = decoded(data[10 : 10 + title], "utf-16-le").rstrip("\0")
            into.author = decoded(data[10 + title : 10 + title + author], "utf-16-le").rstrip("\0")
        elif kind == _ASF_STREAM and data[:16] == _ASF_VIDEO and len(data) >= 62:
            into.width, into.height = struct.unpack_from("<II", data, 54)
        at += length
