"""Text of doc and ppt, the formats of Office 97 to 2003, and what they say of themselves.

[MS-DOC] 2.4.1 (the piece table), [MS-PPT] 2.9 (text atoms), [MS-OLEPS] (the summary). Streams are found and bounded by
``ole2``; offsets and counts in them are a stranger's, and a slice outside a stream is empty.
"""

import codecs
import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from linksync.knowledge.gathering import Gathering, UnreadableError
from linksync.knowledge.ole2 import Ole2, read_ole2, stream
from linksync.knowledge.sample import Sample

STREAM_MAX = 48 << 20
_SUMMARY = b"\x05SummaryInformation"
_SUMMARY_MAX = 1 << 20
_PROPERTIES_MAX = 200
_TITLE, _AUTHOR, _CREATED, _SAVED, _PAGES = 2, 4, 12, 13, 14
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_CLX = 0x01A2
_PIECES_MAX = 200_000
_COMPRESSED = 0x40000000
_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*[\x14\x15]")
_MARKS = str.maketrans({"\r": "\n", "\x07": "\t", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": None})

_SLIDE, _MASTER, _HANDOUT, _CHARS, _BYTES = 1006, 1016, 4041, 4000, 4008
_RECORDS_MAX = 500_000
_NUMBERS = frozenset({b"*", b"*\0"})
"""What stands for the number of a slide, or for a date."""
_ENCRYPTED_SLIDES = b"\xdf\xc4\xd1\xf3"


def opened(file: BinaryIO, size: int, into: Gathering) -> tuple[Sample, Ole2]:
    """Open a compound file, and read its summary."""
    sample = Sample(file, size)
    ole2 = read_ole2(sample)
    read_summary(stream(sample, ole2, _SUMMARY, _SUMMARY_MAX), into)
    return sample, ole2


def read_summary(data: bytes, into: Gathering) -> None:
    """Title, author, dates and pages out of ``SummaryInformation``."""
    start = int.from_bytes(data[44:48], "little")
    count = min(int.from_bytes(data[start + 4 : start + 8], "little"), _PROPERTIES_MAX)
    found = dict(_properties(data, start, count))
    codec = _codec(found.get(1, b"")[4:6])
    into.title, into.author = _text(found.get(_TITLE, b""), codec), _text(found.get(_AUTHOR, b""), codec)
    into.created, into.modified = _time(found.get(_CREATED, b"")), _time(found.get(_SAVED, b""))
    into.pages = int.from_bytes(found.get(_PAGES, b"")[4:8], "little")


def _properties(data: bytes, start: int, count: int) -> Iterator[tuple[int, bytes]]:
    for number in range(count):
        place = data[start + 8 + 8 * number : start + 16 + 8 * number]
        if len(place) == 8:
            name, offset = struct.unpack("<LL", place)
            yield name, data[start + offset : start + offset + 4096]


def _codec(number: bytes) -> str:
    page = int.from_bytes(number, "little")
    name = {65001: "utf-8", 1200: "utf-16-le", 10000: "mac-roman"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _text(value: bytes, codec: str) -> str:
    """A property of text: its kind, its length, its bytes."""
    kind, length = int.from_bytes(value[:2], "little"), int.from_bytes(value[4:8], "little")
    if kind == 31:
        return value[8 : 8 + 2 * length].decode("utf-16-le", "replace").partition("\0")[0]
    return value[8 : 8 + length].decode(codec, "replace").partition("\0")[0] if kind == 30 else ""


def _time(value: bytes) -> str:
    """A property of time, in tenths of microseconds since 1601; empty for a length of time."""
    ticks = int.from_bytes(value[4:12], "little") if value[:2] == b"\x40\0" else 0
    try:
        return (_EPOCH + timedelta(microseconds=ticks // 10)).strftime("%Y-%m-%dT%H:%M:%SZ") if ticks else ""
    except OverflowError:
        return ""


def read_doc(file: BinaryIO, size: int, into: Gathering) -> None:
    """Read a Word document: body, notes, headers, remarks and text boxes, in the order that they are kept in.

    Raises:
        UnreadableError: it is encrypted, older than Word 97, or broken.
    """
    sample, ole2 = opened(file, size, into)
    text = stream(sample, ole2, b"WordDocument", STREAM_MAX)
    flags = int.from_bytes(text[10:12], "little")
    if text[:2] != b"\xec\xa5":
        raise UnreadableError("unreadable")
    if flags & _ENCRYPTED:
        raise UnreadableError("encrypted")
    table = stream(sample, ole2, b"1Table" if flags & _SECOND_TABLE else b"0Table", STREAM_MAX)
    said: list[str] = []
    for begin, length, wide in _pieces(text, table):
        into.pause()
        said.append(text[begin : begin + length].decode("utf-16-le" if wide else "cp1252", "replace"))
    whole = "".join(said)
    for _ in range(4):  # fields in fields
        whole, before = _FIELD_CODE.sub("", whole), whole
        if whole == before:
            break
    into.say(whole.replace("\x07\x07", "\n").translate(_MARKS))


def _pieces(text: bytes, table: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each piece of text begins, how many bytes it has, and whether a character has two of them."""
    at, length = struct.unpack_from("<LL", text, _CLX) if len(text) >= _CLX + 8 else (0, 0)
    clx = table[at : at + length]
    at = 0
    while clx[at : at + 1] == b"\1":
        at += 3 + int.from_bytes(clx[at + 1 : at + 3], "little")
    if clx[at : at + 1] != b"\2":
        raise UnreadableError("unreadable")
    listed = clx[at + 5 : at + 5 + int.from_bytes(clx[at + 1 : at + 5], "little")]
    count = min(max(0, len(listed) - 4) // 12, _PIECES_MAX)
    places = struct.unpack_from(f"<{count + 1}L", listed)
    room = len(text)
    for number in range(count):
        begin = int.from_bytes(listed[4 * (count + 1) + 8 * number + 2 :][:4], "little")
        characters = max(0, places[number + 1] - places[number])
        wide = not begin & _COMPRESSED
        length = characters * (2 if wide else 1)
        room -= length
        if room < 0:  # pieces that overlap
            raise UnreadableError("too-much")
        yield (begin if wide else (begin & ~_COMPRESSED) // 2), length, wide


def read_ppt(file: BinaryIO, size: int, into: Gathering) -> None:
    """Read a presentation; what its masters say is left out, and so is what stands in it twice.

    Raises:
        UnreadableError: it is encrypted.
    """
    sample, ole2 = opened(file, size, into)
    if stream(sample, ole2, b"Current User", 64)[12:16] == _ENCRYPTED_SLIDES:
        raise UnreadableError("encrypted")
    data = stream(sample, ole2, b"PowerPoint Document", STREAM_MAX)
    met: set[bytes] = set()
    slides = 0
    for kind, body in _atoms(data):
        if kind == _SLIDE:
            slides += 1
        elif body not in met and body not in _NUMBERS:
            met.add(body)
            into.pause()
            into.say(body.decode("utf-16-le" if kind == _CHARS else "latin-1", "replace").translate(_MARKS))
            into.line()
    into.pages = slides


def _atoms(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Slides as they begin, and every atom of text outside the masters."""
    at = 0
    for _ in range(_RECORDS_MAX):
        if at + 8 > len(data):
            return
        version, kind, length = struct.unpack_from("<HHL", data, at)
        at += 8
        if kind == _SLIDE:
            yield kind, b""
        if version & 15 == 15 and kind not in (_MASTER, _HANDOUT):
            continue  # a container: what is in it comes next
        if kind in (_CHARS, _BYTES):
            yield kind, data[at : at + length]
        at += length
