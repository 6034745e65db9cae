"""Checksum lists: what ``sha256sum -c`` reads, and nothing else.

A line is 64 lower-case hexadecimal digits, two spaces, the raw bytes of the path, LF. Lines are sorted by the bytes of
their paths, without doubles, so a list has one spelling: ``to_bytes(from_bytes(b)) == b`` (format 1, "The lists").
"""

import hashlib
import re
from binascii import unhexlify
from collections.abc import Callable, Iterable, Mapping

from linksync.custody import names
from linksync.errors import FormatError

Digest = bytes
"""32 bytes of SHA-256."""

LINES_MAX = 1_000_000
"""Lines in one list, unless the relay's policy says less (format 1, "Bounds")."""

LIST_BYTES_MAX = LINES_MAX * 200
SEAL_BYTES_MAX = 64 * 1024

_DIGEST = re.compile(rb"[0-9a-f]{64}  ")
_PLAIN = re.compile(rb"data(?:/[^/.\0\r\n][^/\0\r\n]*)+")
"""Most of people's paths; nothing in ``names`` forbids them but their length."""


def require_person_path(path: bytes) -> None:
    """As ``names.require_person_path``, in half the time for most paths."""
    if len(path) > names.PATH_MAX or _PLAIN.fullmatch(path) is None:
        names.require_person_path(path)


def sha256(data: bytes) -> Digest:
    """The SHA-256 of ``data``, 32 bytes."""
    return hashlib.sha256(data).digest()


def from_bytes(
    data: bytes, *, check: Callable[[bytes], None] = require_person_path, lines: int = LINES_MAX
) -> dict[bytes, Digest]:
    """Parse a checksum list strictly; paths map to digests, in order.

    Args:
        data: the file's bytes; the empty list has no file, so empty bytes are refused.
        check: raises FormatError for a path that this list may not name.
        lines: the most lines that are read.

    Raises:
        FormatError: ``list-empty``, ``list-too-long``, ``list-line``, ``list-order`` or what ``check`` raises.
    """
    if not data:
        raise FormatError("list-empty")
    count = data.count(b"\n")
    if count > lines:
        raise FormatError("list-too-long", lines=count, most=lines)
    *parts, end = data.split(b"\n")
    found: dict[bytes, Digest] = {}
    last = b""
    for number, line in enumerate(parts, start=1):
        path = line[66:]
        if not path or _DIGEST.match(line) is None:
            raise FormatError("list-line", line=number)
        check(path)
        if path <= last:
            raise FormatError("list-order", line=number)
        found[path] = unhexlify(line[:64])
        last = path
    if end:
        raise FormatError("list-line", line=count + 1)
    return found


def to_bytes(entries: Mapping[bytes, Digest] | Iterable[tuple[bytes, Digest]]) -> bytes:
    """Print a checksum list, sorted by path."""
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    return b"".join(b"%s  %s\n" % (digest.hex().encode("ascii"), path) for path, digest in sorted(pairs))
