"""Whether a PDF is whole: its last line, and what that line points to; and what in it is packed beyond sense.

Specification: ISO 32000-1, 7.5 (file structure), 7.4 (filters), annex F (linearized).
"""

import re
import zlib
from collections.abc import Iterator
from itertools import islice

from linksync.knowledge.bombs import picture_bombs
from linksync.knowledge.flaws import BOMB_STREAMS, CORRUPT, ENCRYPTED, TRUNCATED
from linksync.knowledge.pdf_password import lock_of
from linksync.knowledge.sample import Sample

LOCK = "pdf-lock"
"""Where a sample keeps what opens it, once it was looked whether it is whole: None where it asks for a password."""
_TAIL = 2048
_FAR_TAIL = 64 << 10
_SCANNED = 2 << 20
_MOST_OPENED, _MOST_PICTURES = 32, 5000
_START = re.compile(rb"startxref\s+(\d{1,12})\s*(?>(?:%(?!%EOF)[^\r\n]*\s*)*)%%EOF")
_OBJECT = re.compile(rb"[\r\n\s]\d{1,10}\s\d{1,5}\sobj\b")
_XREF = re.compile(rb"\s{0,64}(?:xref\b|\d{1,10}\s+\d{1,5}\s+obj\b)")
_LINEAR = re.compile(rb"/Linearized\b[^>]{0,300}?/L\s+(\d{1,12})\b|/L\s+(\d{1,12})\b[^>]{0,300}?/Linearized\b")
_ENCRYPT = re.compile(rb"/Encrypt\s*(?:(\d{1,10})\s+\d{1,5}\s+R|<<)")
_FILTERS = re.compile(rb"/(?:Filter|F)\s*\[([^\]]{0,400})\]")
_PACKERS = re.compile(rb"/(?:FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL|BrotliDecode)\b")
_STREAM = re.compile(rb"stream\r?\n")
_WIDTH, _HEIGHT = re.compile(rb"/Width\s+(\d{4,12})\b"), re.compile(rb"/Height\s+(\d{4,12})\b")


def pdf_flaws(sample: Sample) -> Iterator[str]:
    """What is wrong with a PDF by its structure."""
    tail = sample.tail(_TAIL)
    last = _last_end(tail)
    if last is None:
        tail = sample.tail(_FAR_TAIL)
        last = _last_end(tail)
    linear = _LINEAR.search(sample.head[:2048])
    if last is None or (linear and sample.size < int(linear[1] or linear[2])):
        yield TRUNCATED
        return
    target = sample.at(int(last[1]) + max(0, sample.head.find(b"%PDF-")), _TAIL)
    if not _XREF.match(target):
        target = sample.at(int(last[1]), _TAIL)
        if not _XREF.match(target):
            yield CORRUPT
    encrypt = _ENCRYPT.search(target) or _ENCRYPT.search(tail)
    if encrypt:
        lock = lock_of(sample, tail + target, encrypt)
        sample.lists[LOCK] = lock
        if lock is None:
            yield ENCRYPTED
    yield from _bombs(sample)


def _last_end(tail: bytes) -> "re.Match[bytes] | None":
    """The last end that a PDF states; none when an update begins behind it and has no end of its own."""
    last = None
    for last in _START.finditer(tail):  # noqa: B007 - the last is wanted
        pass
    return None if last is None or _OBJECT.search(tail, last.end()) else last


def _bombs(sample: Sample) -> Iterator[str]:
    """Streams packed several times over, and pictures with sizes beyond sense, in the first megabytes."""
    body = sample.at(0, _SCANNED)
    opened = 0
    for chain in _FILTERS.finditer(body):
        packers = len(_PACKERS.findall(chain[1]))
        opened += packers == 2
        if packers > 2 or (packers == 2 and opened < _MOST_OPENED and _swells(body, chain.end())):
            yield BOMB_STREAMS
            break
    for width in islice(_WIDTH.finditer(body), _MOST_PICTURES):
        around = body[max(0, width.start() - 400) : width.end() + 400]
        height = _HEIGHT.search(around)
        if height and next(picture_bombs(int(width[1]), int(height[1]), sample.size), ""):
            yield BOMB_STREAMS
            break


def _swells(body: bytes, at: int) -> bool:
    """Whether the stream that follows grows a hundred times when unpacked once, and is to be unpacked again."""
    stream = _STREAM.search(body, at, at + 2048)
    if stream is None:
        return False
    packed = body[stream.end() : stream.end() + 2048]
    opened = zlib.decompressobj()
    try:
        grown = opened.decompress(packed, 1 << 20)
    except zlib.error:
        return False
    return len(grown) > 100 * max(1, len(packed) - len(opened.unused_data) - len(opened.unconsumed_tail))
