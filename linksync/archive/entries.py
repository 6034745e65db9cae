"""The archive's own small notes: JSON on one line, read strictly, and found again by name."""

import hashlib
from collections.abc import Mapping
from typing import Literal, TypeVar

import msgspec

from linksync.archive.port import Arrival
from linksync.archive.store import Store
from linksync.custody import names, pieces
from linksync.custody.findings import Finding
from linksync.custody.handoff import EscapedPath
from linksync.custody.relay import Fingerprint, Id, LinkId, Record, SealHash
from linksync.errors import FormatError

ENTRY_BYTES_MAX = 64 * 1024 * 1024
"""Bytes in one note; only a hold that misses a million files comes near."""

T = TypeVar("T", bound=Record)


class Registered(Record, frozen=True, kw_only=True):
    """A hand-off that is in: ``register/<seal>`` and the feed tell it in the same words.

    Attributes:
        object: the id of its object; ``folder`` the name of its folder on the stick.
        previous: the hash of the seal before, empty for hand-off 1.
    """

    object: str
    folder: str
    link: LinkId
    number: int
    seal: SealHash
    previous: str
    relay_version: int

    def arrival(self, position: int) -> Arrival:
        """As the feed names it."""
        return Arrival(position=position, object=self.object, folder=self.folder, seal=self.seal)


class Reason(Record, frozen=True, kw_only=True):
    """A finding, as a hold notes it."""

    code: str
    path: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, found: Finding) -> "Reason":
        """The note of a finding."""
        return cls(code=found.code, path=found.path, fields=dict(found.fields))

    def finding(self) -> Finding:
        """The finding."""
        return Finding(code=self.code, path=self.path, fields=tuple(self.fields.items()))


class Hold(Record, frozen=True, kw_only=True):
    """``hold.json``: a hand-off that is not in, or files that it refused.

    Attributes:
        object: the id that its object would have; empty where its record cannot be read.
        folder: its folder's path on the stick.
        seal: the hash of its seal, whatever that says; empty for none.
        why: ``incomplete``, ``unattested``, ``refused`` (its files, not itself) or ``findings``.
        missing: paths whose bytes are needed, escaped.
        contents: what its lists name, 64 hexadecimal digits each.
        waits: the seal for which it waits, before it can be judged again.
    """

    object: str
    folder: str
    seal: str
    why: str
    findings: tuple[Reason, ...] = ()
    missing: tuple[EscapedPath, ...] = ()
    contents: tuple[SealHash, ...] = ()
    waits: str = ""


class Description(Record, frozen=True, kw_only=True):
    """``archive.yaml``: what this archive is.

    Attributes:
        organiser: the fingerprint of the relay's organiser.
        key: where the archive's private key stands, from the folder of ``archive.yaml``; it may be elsewhere, or on
            another computer.
    """

    format: Literal[1]
    id: Id
    relay: Id
    organiser: Fingerprint
    key: str


def to_bytes(record: Record) -> bytes:
    """Print a note."""
    return msgspec.json.encode(record) + b"\n"


def read_entry(store: Store, name: str, kind: type[T]) -> T | None:
    """Read a note; None where it is not there.

    Raises:
        FormatError: ``archive-entry`` (``name``): it is not what it should be.
    """
    data = store.read(name, ENTRY_BYTES_MAX)
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=kind, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("archive-entry", name=names.escape(name.encode())) from error


def sharded(folder: str, digest: str, suffix: str = "") -> str:
    """The name for something known by its hash: 4,096 folders, so that none grows too long."""
    return f"{folder}/{digest[:3]}/{digest}{suffix}"


def digest_of(parts: Mapping[str, bytes]) -> str:
    """One hash for a few files, names and bytes."""
    lines = [f"{pieces.digest_of(parts, name).hex()}  {name}\n" for name in sorted(parts)]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
