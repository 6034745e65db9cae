"""The hand-off manifest ``handoff.yaml`` and its ``index.jsonl`` (format 1, "The hand-off").

A hand-off is a page that people can read. What it says of lists (counts, contributions) is held against the lists
themselves when it is verified; what is sealed here can never be taken back, so no title, author or text of a document
stands in it.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from linksync.custody import names
from linksync.custody.lists import LINES_MAX
from linksync.custody.relay import Id, LinkId, Name, Record, SealHash
from linksync.custody.screening import Class, Code
from linksync.custody.strict_yaml import dump, load_record
from linksync.errors import FormatError

Audience = Literal["organisers", "everyone"]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
EscapedPath = Annotated[str, msgspec.Meta(min_length=1, max_length=5 * names.PATH_MAX)]

Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=64)]

INDEX_LINE_MAX = 16 * 1024
INDEX_LINES_MAX = 2 * LINES_MAX
INDEX_BYTES_MAX = 512 * 1024 * 1024


class Named(Record, frozen=True, kw_only=True):
    """Something that was seen and not taken in, with the slug of the reason."""

    path: EscapedPath
    reason: Annotated[str, msgspec.Meta(pattern=names.whole("[a-z0-9-]{1,40}"))]


class Noted(Record, frozen=True, kw_only=True):
    """A finding at sealing, which this hand-off attests."""

    code: Annotated[str, msgspec.Meta(pattern=names.whole("[EW][0-9]{3}"))]
    path: Annotated[str, msgspec.Meta(max_length=5 * names.PATH_MAX)] = ""


class Contribution(Record, frozen=True, kw_only=True, rename={"size": "bytes"}):
    """A folder that somebody gave, and who may see it; ``size`` in bytes."""

    folder: EscapedPath
    audience: Audience
    files: Count
    size: Count


class Counts(Record, frozen=True, kw_only=True):
    """How many files: new, changed, moved here; gone; refused and held among them; and in all after this hand-off."""

    added: Count = 0
    changed: Count = 0
    moved: Count = 0
    gone: Count = 0
    refused: Count = 0
    held: Count = 0
    total: Count = 0


class Sizes(Record, frozen=True, kw_only=True):
    """Bytes: taken in by this hand-off, and in all after it."""

    added: Count = 0
    total: Count = 0


class Handoff(Record, frozen=True, kw_only=True, rename={"sizes": "bytes"}):
    """``handoff.yaml``.

    Attributes:
        narrowed: folders whose cards no longer let everyone see what was taken in from them before.
        unnamed: how many entries of the lists from ``contributions`` on were left out, to keep the page short.
    """

    format: Literal[1]
    relay: Id
    relay_version: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    link: LinkId
    number: Annotated[int, msgspec.Meta(ge=1, le=999_999)]
    previous: SealHash | None
    holder: Id
    received_from: Id | None
    place: Annotated[str, msgspec.Meta(max_length=200)]
    time: dt.datetime
    counts: Counts
    sizes: Sizes
    contributions: tuple[Contribution, ...] = ()
    waiting: tuple[Named, ...] = ()
    special: tuple[Named, ...] = ()
    unlistable: tuple[Named, ...] = ()
    litter: tuple[EscapedPath, ...] = ()
    bag_exceptions: tuple[Named, ...] = ()
    findings: tuple[Noted, ...] = ()
    narrowed: tuple[EscapedPath, ...] = ()
    released: tuple[EscapedPath, ...] = ()
    unnamed: Count = 0
    software: Name

    def __post_init__(self) -> None:
        if (self.number == 1) != (self.previous is None):
            raise ValueError(f"hand-off {self.number} with previous {self.previous}")
        for folder in self.narrowed:
            _require_escaped(folder)
        require_utc(self.time)

    @property
    def in_transit(self) -> bool:
        """Whether what it added was put there after another holder had sealed."""
        return self.received_from is not None and self.received_from != self.holder

    def to_bytes(self) -> bytes:
        """Print as ``handoff.yaml``."""
        return dump(msgspec.to_builtins(self))


class IndexLine(Record, frozen=True, kw_only=True, rename={"class_": "class"}):
    """A line of ``index.jsonl``: one added or refused file (format 1, "The index").

    Attributes:
        sha256: 64 hexadecimal digits.
        size: bytes.
        media_type: absent where the host did not identify the file.
        codes: what screening saw in it, in order; ``policy`` among them where a pattern of the policy matches its name.
    """

    path: EscapedPath
    sha256: SealHash
    size: Count
    class_: Class
    audience: Audience
    codes: Codes = ()
    media_type: Name | msgspec.UnsetType = msgspec.UNSET


def require_utc(time: dt.datetime) -> None:
    """Refuse a time that is not said in UTC.

    Raises:
        ValueError: it is in another zone, or in none.
    """
    if time.utcoffset() != dt.timedelta(0):
        raise ValueError("time is not in UTC")


def _require_escaped(shown: str) -> None:
    try:
        names.unescape(shown)
    except FormatError as error:
        raise ValueError(f"no escaped path: {ascii(shown)[:200]}") from error


def handoff_from_bytes(data: bytes) -> Handoff:
    """Read ``handoff.yaml`` strictly.

    Raises:
        FormatError: the YAML is not allowed, a field is wrong, or the format is newer.
    """
    return load_record(data, Handoff, what="handoff.yaml")


def index_to_bytes(lines: Iterable[IndexLine]) -> bytes:
    """Print ``index.jsonl``, sorted by path."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(line) + b"\n" for line in sorted(lines, key=lambda line: names.unescape(line.path)))


def index_from_bytes(data: bytes, *, lines: int = INDEX_LINES_MAX) -> tuple[IndexLine, ...]:
    """Read ``index.jsonl`` strictly: one object a line, sorted by path; ``index_to_bytes`` gives the bytes back.

    Args:
        data: the file's bytes.
        lines: the most lines that are read.

    Raises:
        FormatError: ``index-line``, with its number; ``list-too-long`` (``lines``, ``most``).
    """
    count = data.count(b"\n")
    if count > lines:
        raise FormatError("list-too-long", lines=count, most=lines)
    if not data.endswith(b"\n"):
        raise FormatError("index-line", line=count + 1)
    decode = msgspec.json.Decoder(IndexLine).decode
    encode = msgspec.json.Encoder().encode
    found: list[IndexLine] = []
    last = b""
    for number, line in enumerate(data[:-1].split(b"\n"), start=1):
        try:
            record = decode(line if len(line) <= INDEX_LINE_MAX else b"")
            path = names.unescape(record.path)
            if path <= last or encode(record) != line:
                raise FormatError("index-line", line=number)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, FormatError) as error:
            raise FormatError("index-line", line=number) from error
        found.append(record)
        last = path
    return tuple(found)
