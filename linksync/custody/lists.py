"""Checksum lists: what ``sha256sum -c`` reads, and nothing else.

A line is 64 lower-case hexadecimal digits, two spaces, the raw bytes of the path, LF. Lines are sorted by the bytes of
their paths, without doubles, so a list has one spelling: ``to_bytes(from_bytes(b)) == b`` (format 1, "The lists").
"""

import hashlib
import re
from binascii import hexlify, unhexlify
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import lt

from linksync.custody import names
from linksync.errors import FormatError

Digest = bytes
"""32 bytes of SHA-256."""

LINES_MAX = 1_000_000
"""Lines in one list, unless the relay's policy says less (format 1, "Bounds")."""

LIST_BYTES_MAX = LINES_MAX * 200
SEAL_BYTES_MAX = 64 * 1024

_BLOCK = 1024 * 1024
"""Bytes of a text that are taken apart at once."""

_HEX = b"0123456789abcdef"
_ODD = (b"/.", b"//", b"/\n", b"\r", b"\0")
"""What the plain paths of people do not have in them or at their end."""

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
    data: bytes,
    *,
    check: Callable[[bytes], None] = require_person_path,
    lines: int = LINES_MAX,
) -> dict[bytes, Digest]:
    """Parse a checksum list strictly; paths map to digests, in order.

    Args:
        data: the file's bytes; the empty list has no file, so empty bytes are refused.
        check: raises FormatError for a path that this list may not name.
        lines: the most lines that are read.

    Raises:
        FormatError: ``list-empty``, ``list-too-long``, ``list-line``, ``list-order`` or what ``check`` raises.
    """
    return from_text(lambda: (data,), check=check, lines=lines)


def from_text(
    text: Callable[[], Iterable[bytes]],
    *,
    check: Callable[[bytes], None] = require_person_path,
    lines: int = LINES_MAX,
) -> dict[bytes, Digest]:
    """The same of a list that comes in pieces, anew each time it is asked for.

    Raises:
        FormatError: as ``from_bytes``.
    """
    found: dict[bytes, Digest] = {}
    for some, raw in read(text, check=check, lines=lines):
        found.update(zip(some, [raw[at : at + 32] for at in range(0, len(raw), 32)], strict=True))
    return found


def read(
    text: Callable[[], Iterable[bytes]],
    *,
    check: Callable[[bytes], None] = require_person_path,
    lines: int = LINES_MAX,
) -> Iterator[tuple[list[bytes], bytes]]:
    """The same many lines at a time: their paths, and their digests one after the other.

    Raises:
        FormatError: as ``from_bytes``; what was told before counts no more.
    """
    octets, count, _ = measured(text())
    if not octets:
        raise FormatError("list-empty")
    if count > lines:
        raise FormatError("list-too-long", lines=count, most=lines)
    last, before = b"", 0
    for block in blocks(text()):
        plain = _plain(block, last) if check is require_person_path else None
        paths, raw = plain or _line_by_line(block, check, last, before)
        yield paths, raw
        last = paths[-1]
        before += len(paths)


def digests_of(text: Callable[[], Iterable[bytes]], paths: Sequence[bytes]) -> bytearray | None:
    """The digests of a list that names exactly these paths; None where it does not, or where anything in it is wrong.

    Args:
        text: of the list, anew each time.
        paths: in order.

    Returns:
        One after the other, 32 bytes each.
    """
    found = bytearray()
    for block in blocks(text()):
        place = len(found) // 32
        plain = _plain(block, b"")
        if plain is None or plain[0] != list(paths[place : place + len(plain[0])]):
            return None
        found += plain[1]
    return found if len(found) == 32 * len(paths) else None


def measured(pieces: Iterable[bytes]) -> tuple[int, int, bool]:
    """The bytes and the lines of a text, and whether the last one ends with its LF."""
    octets = count = 0
    whole = False
    for piece in pieces:
        octets += len(piece)
        count += piece.count(b"\n")
        whole = piece.endswith(b"\n") if piece else whole
    return octets, count, whole


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A text in blocks of whole lines, so that what is made of each can be dropped again; the end may lack its LF.

    So may a line that is longer than any line of ours: it comes in more than one block.
    """
    left = b""
    for piece in pieces:
        for at in range(0, len(piece), _BLOCK):
            some = left + piece[at : at + _BLOCK]
            end = some.rfind(b"\n") + 1 or (len(some) if len(some) > _BLOCK else 0)
            left = some[end:]
            if end:
                yield some[:end]
    if left:
        yield left


def _plain(block: bytes, last: bytes) -> tuple[list[bytes], bytes] | None:
    """What whole lines say, looked at all at once; None where they have to be looked at one by one.

    That is where one of them is wrong, and where a path is none of the plain ones in ``data/`` that nothing forbids.
    """
    if not block.endswith(b"\n"):
        return None
    rows = block[:-1].split(b"\n")
    digests = b"".join([row[:64] for row in rows])
    if b"".join([row[64:71] for row in rows]) != b"  data/" * len(rows) or digests.translate(None, _HEX):
        return None
    paths = [row[66:] for row in rows]
    together = b"\n".join([*paths, b""])
    if any(odd in together for odd in _ODD):
        return None
    if max(map(len, paths)) > names.PATH_MAX or paths[0] <= last or not all(map(lt, paths, islice(paths, 1, None))):
        return None
    return paths, unhexlify(digests)


def _line_by_line(block: bytes, check: Callable[[bytes], None], last: bytes, before: int) -> tuple[list[bytes], bytes]:
    """What lines say, each looked at by itself; ``before`` is how many came before them."""
    *rows, end = block.split(b"\n")
    paths: list[bytes] = []
    for number, row in enumerate(rows, start=before + 1):
        path = row[66:]
        if not path or _DIGEST.match(row) is None:
            raise FormatError("list-line", line=number)
        check(path)
        if path <= last:
            raise FormatError("list-order", line=number)
        paths.append(path)
        last = path
    if end:
        raise FormatError("list-line", line=before + len(rows) + 1)
    return paths, unhexlify(b"".join([row[:64] for row in rows]))


def to_bytes(entries: Mapping[bytes, Digest] | Iterable[tuple[bytes, Digest]]) -> bytes:
    """Print a checksum list, sorted by path."""
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    return b"".join(printed(sorted(pairs)))


def printed(pairs: Iterable[tuple[bytes, Digest]]) -> Iterator[bytes]:
    """The lines of a list whose pairs are in order."""
    return (b"%s  %s\n" % (hexlify(digest), path) for path, digest in pairs)
