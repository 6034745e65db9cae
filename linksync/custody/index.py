"""``index.jsonl`` as columns: what a million lines say of as many files, in little room and little time.

It is held to the same spelling as ``handoff.index_from_bytes`` holds it to, many lines at once; where anything is wrong
in them, that function is asked which line it is.
"""

from array import array
from binascii import unhexlify
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import lt
from typing import NamedTuple

import msgspec

from linksync.custody import names
from linksync.custody.columns import Ordered, Paths
from linksync.custody.handoff import (
    INDEX_LINE_MAX,
    INDEX_LINES_MAX,
    Audience,
    Codes,
    Count,
    EscapedPath,
    index_from_bytes,
)
from linksync.custody.lists import Digest, blocks, measured
from linksync.custody.pieces import Text
from linksync.custody.relay import Name, Record
from linksync.custody.screening import Class
from linksync.errors import FormatError

_CLASSES: dict[int, Class] = {ord("p"): "pass", ord("h"): "hold", ord("r"): "refuse"}
_AUDIENCES: dict[int, Audience] = {ord("o"): "organisers", ord("e"): "everyone"}
_HEX = {ord(c): None for c in "0123456789abcdef"}
_HEX_BYTES = 64


class Told(NamedTuple):
    """What a line says of a file; ``size`` in bytes."""

    size: int
    class_: Class
    audience: Audience
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Index(Ordered[Told]):
    """What an index says, by path; in the order of the paths.

    Attributes:
        digests: those that its lines tell, one after the other, until they were held against the lists.
        classes: the first letter of each; ``audiences`` likewise.
        codes: by place, of those that have any.
    """

    paths: Paths = field(default_factory=Paths)
    digests: bytearray = field(default_factory=bytearray)
    sizes: "array[int]" = field(default_factory=lambda: array("q"))
    classes: bytearray = field(default_factory=bytearray)
    audiences: bytearray = field(default_factory=bytearray)
    codes: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, path: bytes) -> Told:
        at = self.paths.place(path)
        if at is None:
            raise KeyError(path)
        return self._told(at)

    def _told(self, at: int) -> Told:
        codes = self.codes.get(at, ()) if self.codes else ()
        return Told(self.sizes[at], _CLASSES[self.classes[at]], _AUDIENCES[self.audiences[at]], codes)

    def of_class(self, class_: Class) -> int:
        """How many files are of a class."""
        return self.classes.count(ord(class_[0]))

    def of_audience(self, audience: Audience) -> int:
        """How many files have an audience."""
        return self.audiences.count(ord(audience[0]))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def pairs(self) -> Iterator[tuple[bytes, Told]]:
        """The lines in order, each with its path."""
        return ((path, self._told(at)) for at, path in enumerate(self.paths))

    def digest(self, place: int) -> Digest:
        """The digest that the line in that place tells."""
        return bytes(self.digests[32 * place : 32 * (place + 1)])


class _Row(Record, frozen=True, kw_only=True, gc=False, rename={"class_": "class"}):
    """As ``IndexLine``, but for the digest, which is looked at together with those of other lines."""

    path: EscapedPath
    sha256: str
    size: Count
    class_: Class
    audience: Audience
    codes: Codes = ()
    media_type: Name | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(_Row).decode_lines
_encode = msgspec.json.Encoder().encode_lines


def read_index(data: bytes, *, lines: int = INDEX_LINES_MAX) -> Index:
    """Read ``index.jsonl`` strictly.

    Args:
        data: the file's bytes.
        lines: the most lines that are read.

    Raises:
        FormatError: as ``handoff.index_from_bytes``.
    """
    return read_text(lambda: (data,), lines=lines)


def read_text(text: Text, *, lines: int = INDEX_LINES_MAX) -> Index:
    """The same of an index that comes in pieces.

    Raises:
        FormatError: as ``handoff.index_from_bytes``.
    """
    _, count, whole = measured(text())
    if count > lines:
        raise FormatError("list-too-long", lines=count, most=lines)
    if not whole:
        raise FormatError("index-line", line=count + 1)
    found = Index()
    last = b""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}  # equal ones once
    for block in blocks(text()):
        rows = _plain(block, found)
        if rows is None:
            raise FormatError("index-line", line=_wrong_line(last + block, len(found) - len(last[:1])))
        before = len(found.sizes)
        coded = ((at, row.codes) for at, row in enumerate(rows, before) if row.codes)
        found.codes.update((at, known.setdefault(codes, codes)) for at, codes in coded)
        found.digests.extend(unhexlify("".join([row.sha256 for row in rows])))
        found.sizes.extend([row.size for row in rows])
        found.classes.extend("".join([row.class_[0] for row in rows]).encode())
        found.audiences.extend("".join([row.audience[0] for row in rows]).encode())
        last = block[block.rfind(b"\n", 0, -1) + 1 :]
    return found


def _plain(block: bytes, found: Index) -> list[_Row] | None:
    """The lines of a block, looked at all at once; their paths are added. None where one is not as it should be."""
    if max(map(len, block.split(b"\n"))) > INDEX_LINE_MAX:
        return None
    try:
        rows = _decode(block)
        shown = [row.path for row in rows]
        paths = [path.encode() for path in shown] if names.is_plain("/".join(shown)) else [*map(names.unescape, shown)]
    except (msgspec.DecodeError, UnicodeError, RecursionError, FormatError):
        return None
    digests = [row.sha256 for row in rows]
    if {len(digest) for digest in digests} != {_HEX_BYTES} or "".join(digests).translate(_HEX):
        return None
    last = found.paths.last
    if (last is not None and paths[0] <= last) or not all(map(lt, paths, islice(paths, 1, None))):
        return None
    if _encode(rows) != block:
        return None
    found.paths.extend(paths)
    return rows


def _wrong_line(lines: bytes, before: int) -> int:
    """The number of the line that is not as it should be."""
    try:
        index_from_bytes(lines)
    except FormatError as error:
        if isinstance(line := error.fields.get("line"), int):
            return before + line
    return before + lines.count(b"\n")
