"""A picture: rings around seeded points, sixteen colours, with its title inside.

Drawn with integers and written in stored blocks, so that no library's arithmetic or compression shows in the
bytes.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from math import isqrt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLOCK = 65535
_DEPTH, _INDEXED = 4, 3
_POINTS = 3


def make_png(title: str, w: int, h: int, seed: int) -> bytes:
    """A PNG of ``w`` by ``h`` pixels, sixteen colours; another seed gives another picture.

    Raises:
        ValueError: a side under 1 or over 4,096 pixels.
    """
    if not (1 <= w <= 4096 and 1 <= h <= 4096):
        raise ValueError(f"a picture of {w} by {h} pixels is not made here")
    chance = hashlib.shake_256(f"picture {seed}".encode()).digest(64)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", w, h, _DEPTH, _INDEXED, 0, 0, 0)),
        (b"iTXt", b"Title\0\0\0nl\0\0" + title.encode()),
        (b"PLTE", b"".join(_palette(chance))),
        (b"IDAT", _stored(b"".join(_rows(w, h, chance)))),
        (b"IEND", b""),
    ]
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def _palette(chance: bytes) -> Iterator[bytes]:
    """Sixteen colours from one seeded colour to another and back, so that rings flow into each other."""
    first, last = chance[:3], bytes(255 - value // 2 for value in chance[3:6])
    for step in range(16):
        share = 2 * min(step, 16 - step)
        yield bytes((a * (16 - share) + b * share) // 16 for a, b in zip(first, last, strict=True))


def _rows(w: int, h: int, chance: bytes) -> Iterable[bytes]:
    """The rows as PNG wants them: filter 0, then two pixels a byte."""
    points = [(chance[at] * w // 255, chance[at + 1] * h // 255) for at in range(8, 8 + 2 * _POINTS, 2)]
    ring = max(2, min(w, h) // 24)
    across = [[(x - px) ** 2 for x in range(w)] for px, _ in points]
    for y in range(h):
        down = [(y - py) ** 2 for _, py in points]
        pixels = [
            sum(isqrt(column[x] + dy) for column, dy in zip(across, down, strict=True)) // ring % 16 for x in range(w)
        ]
        pixels.append(0)
        yield b"\0" + bytes(pixels[x] << 4 | pixels[x + 1] for x in range(0, w, 2))


def _stored(raw: bytes) -> bytes:
    """A zlib stream of stored blocks (RFC 1950, RFC 1951, "Non-compressed blocks")."""
    out = [b"\x78\x01"]
    for at in range(0, len(raw), _BLOCK):
        block = raw[at : at + _BLOCK]
        out.append(struct.pack("<BHH", at + _BLOCK >= len(raw), len(block), len(block) ^ 0xFFFF) + block)
    return b"".join(out) + struct.pack(">I", zlib.adler32(raw))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
