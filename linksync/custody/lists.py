"""Checksum lists: what ``sha256sum -c`` reads, and nothing else.

A line is 64 lower-case hexadecimal digits, two spaces, the raw bytes of the path, LF. Lines are sorted by the bytes of
their paths, without doubles, so a list has one spelling: ``to_bytes(from_bytes(b)) == b`` (format 1, "The lists").
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping

from linksync.custody import names
from linksync.errors import FormatError

Digest = bytes
"""32 bytes of SHA-256."""

LINES_MAX = 1_000_000
"""Lines in one list, unless the relay's policy says less (format 1, "Bounds")."""

LIST_BYTES_MAX = LINES_MAX * 200
SEAL_BYTES_MAX = 64 * 1024

_LINE = re.compile(rb"([0-9a-f]{64})  ([^\n]+)\n")


def sha256(data: bytes) -> Digest:
    """The SHA-256 of ``data``, 32 bytes."""
    return hashlib.sha256(data).digest()


def from_bytes(
    data: bytes, *, check: Callable[[bytes], None] = names.require_person_path, lines: int = LINES_MAX
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
    if data.count(b"\n") > lines:
        raise FormatError("list-too-long", lines=data.count(b"\n"), most=lines)
    found: dict[bytes, Digest] = {}
    at, last = 0, b""
    for number, match in enumerate(_LINE.finditer(data), start=1):
        digest, path = match.groups()
        if match.start() != at:
            raise FormatError("list-line", line=number)
        check(path)
        if path <= last:
            raise FormatError("list-order", line=number)
        found[path] = bytes.fromhex(digest.decode("ascii"))
        at, last = match.end(), path
    if at != len(data):
        raise FormatError("list-line", line=len(found) + 1)
    return found


def to_bytes(entries: Mapping[bytes, Digest] | Iterable[tuple[bytes, Digest]]) -> bytes:
    """Print a checksum list, sorted by path."""
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    return b"".join(b"%s  %s\n" % (digest.hex().encode("ascii"), path) for path, digest in sorted(pairs))
