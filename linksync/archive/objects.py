"""The objects of an archive: one per hand-off, written so that it counts all at once, and read again.

Content first, records and inventories next, the declaration last and create-only. An object without it is unfinished:
what lies there is replaced, never trusted, and never removed where it could be another run's work.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from linksync.archive import ocfl
from linksync.archive.appraisal import Sound
from linksync.archive.port import Content, Fetched
from linksync.archive.records import read_folder
from linksync.archive.store import Store, in_pieces
from linksync.custody import lists
from linksync.custody.chain import number_of
from linksync.custody.columns import DigestSet
from linksync.custody.lists import Digest
from linksync.custody.payload import sizes_of
from linksync.custody.seal import HANDOFF, HANDOFFS, RELAY, RELAYS, SEAL, RawFolder, SealError, parse_seal, seal_path
from linksync.errors import FormatError, MediumError
from linksync.machine.kept import KNOWN_MIN
from linksync.machine.shares import Progress, done, spans
from linksync.machine.sorting import InOrder
from linksync.machine.spool import Laid, Spool


class DamagedError(Exception):
    """Content that is not what its digest says, or that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """The objects in a store."""

    store: Store

    def is_declared(self, id_: str) -> bool:
        """Whether the object counts."""
        return self.store.read(f"{ocfl.object_folder(id_)}/{ocfl.DECLARATION}", 1024) == ocfl.DECLARED

    def write(self, sound: Sound, put_content: Callable[[str, bytes, Digest], bool]) -> list[bytes]:
        """Write the object of a hand-off.

        Args:
            sound: the hand-off.
            put_content: puts the content of a path with a digest under a name in the store; False where it has none.

        Returns:
            The paths whose content was not whole; empty where the object now counts, durably.
        """
        folder = ocfl.object_folder(sound.object)
        at = f"{folder}/{ocfl.CONTENT}"
        self._sweep(folder, sound)
        added = sound.lists.added
        sizes = sizes_of(sound.lists.index, added)
        parts, again = spans(sizes), _repeated(zip(added.values(), sizes, strict=True))

        def put(pairs: Iterable[tuple[bytes, Digest]]) -> list[bytes]:
            named = ((path, digest, f"{at}/{ocfl.content_path(path, digest)}") for path, digest in pairs)
            return [path for path, digest, name in named if not put_content(name, path, digest)]

        def put_part(number: int, _progress: Progress) -> list[bytes]:
            pairs = added.between(parts[number].start, parts[number].stop)
            return put(pair for pair in pairs if pair[1] not in again)

        missing = [path for some in done(put_part, len(parts), lambda _count: None) for path in some]
        missing += put(pair for pair in added.pairs() if pair[1] in again) if again else ()
        if missing:
            return sorted(missing)
        self._describe(folder, sound)
        self.store.settle()
        if not self.store.create(f"{folder}/{ocfl.DECLARATION}", ocfl.DECLARED) and not self.is_declared(sound.object):
            self.store.replace(f"{folder}/{ocfl.DECLARATION}", ocfl.DECLARED)
        return []

    def fetch(self, id_: str, folder: str) -> Fetched | None:
        """Read an object's records; None where it does not count or its names are none."""
        if not number_of(folder) or not self.is_declared(id_):
            return None
        return self.read(ocfl.object_folder(id_), folder)

    def read(self, object_folder: str, folder: str) -> Fetched:
        """Read the records in the folder of an object, whether it counts or not."""
        at = f"{object_folder}/{ocfl.CONTENT}"
        handoff = read_folder(self.store, at, f"{HANDOFFS}/{folder}", HANDOFF)
        previous, version = self._followed(at, handoff)
        relays = tuple(read_folder(self.store, at, f"{RELAYS}/{n:04}", RELAY) for n in range(1, version + 1))
        return Fetched(handoff=handoff, previous=previous, relays=relays, content=self._content(at))

    def _content(self, at: str) -> Content:
        def content(path: bytes, digest: Digest) -> BinaryIO | None:
            return self.store.open(f"{at}/{ocfl.content_path(path, digest)}")

        return content

    def _followed(self, at: str, handoff: RawFolder) -> tuple[bytes | None, int]:
        """The seal of the hand-off before, and how many relay versions came along."""
        try:
            seal = parse_seal(HANDOFF, handoff.path, handoff.files.get(SEAL, b""))
        except SealError:
            return None, 0
        if not seal.handoff:
            return None, seal.relay_version
        try:
            previous = self.store.read(f"{at}/{seal_path(f'{HANDOFFS}/{seal.handoff}')}", lists.SEAL_BYTES_MAX)
        except FormatError:
            previous = None
        return previous, seal.relay_version

    def _describe(self, folder: str, sound: Sound) -> None:
        """Put records, inventories and sidecars."""
        records = sound.records()
        for path in records:
            self.store.put(f"{folder}/{ocfl.CONTENT}/{path}", records.pieces(path))
        inventory = Laid(Spool())
        inventory.add(ocfl.INVENTORIES[0], inventory_of(sound))
        for name in ocfl.INVENTORIES:
            self.store.put(f"{folder}/{name}", inventory.pieces(ocfl.INVENTORIES[0]))
            self.store.put(f"{folder}/{name}.sha256", [ocfl.sidecar(inventory.digest(ocfl.INVENTORIES[0]))])

    def _sweep(self, folder: str, sound: Sound) -> None:
        """Take away, before an object counts, what no run of this hand-off can have put there."""
        there = self.store.names(folder)
        first = next(there, None)
        if first is not None:
            contained = Contained(sound)
            for name in [one for one in chain((first,), there) if one.removeprefix(f"{folder}/") not in contained]:
                self.store.remove(name)


class Contained:
    """The files in the folder of a hand-off's object, by their names there."""

    def __init__(self, sound: Sound) -> None:
        """Take the hand-off."""
        self._added = sound.lists.added
        self._records = sound.records()
        sidecars = (f"{name}.sha256" for name in ocfl.INVENTORIES)
        self._described = frozenset((*ocfl.INVENTORIES, *sidecars, ocfl.DECLARATION))
        self._renamed = DigestSet(digest for path, digest in self._added.pairs() if _is_renamed(path, digest))

    def content(self) -> Iterator[tuple[str, Digest]]:
        """Name and digest of each record and each content."""
        for record in self._records:
            yield f"{ocfl.CONTENT}/{record}", self._records.digest(record)
        for path, digest in self._added.pairs():
            if digest not in self._renamed or not _is_renamed(path, digest):
                yield f"{ocfl.CONTENT}/{path.decode()}", digest
        for digest in self._renamed:
            yield f"{ocfl.CONTENT}/{ocfl.renamed(digest)}", digest

    def __contains__(self, name: str) -> bool:
        if name in self._described:
            return True
        inside = name.removeprefix(f"{ocfl.CONTENT}/")
        if inside == name:
            return False
        path = inside.encode("utf-8", "surrogateescape")
        digest = self._added.get(path)
        if inside in self._records or (digest is not None and not _is_renamed(path, digest)):
            return True
        return ocfl.renamed_digest(inside) in self._renamed


def _repeated(sizes: Iterable[tuple[Digest, int]]) -> DigestSet:
    """The large contents that come more than once: only who put one knows its file still when it comes again."""
    seen, again = DigestSet(), DigestSet()
    for digest, size in sizes:
        if size >= KNOWN_MIN:
            (again if digest in seen else seen).add(digest)
    return again


def _is_renamed(path: bytes, digest: Digest) -> bool:
    return ocfl.content_path(path, digest) == ocfl.renamed(digest)


def inventory_of(sound: Sound) -> Iterator[bytes]:
    """The inventory of a hand-off's object, in pieces."""
    handoff = sound.handoff
    holdings = InOrder((digest, path) for path, digest in sound.holdings())
    return ocfl.inventory(sound.object, holdings, created=handoff.time, holder=handoff.holder, relay=handoff.relay)


def verified(file: BinaryIO, digest: Digest) -> Iterator[bytes]:
    """The bytes of a reader, hashed as they pass.

    Raises:
        DamagedError: at the end, where they are not those of ``digest``; or where reading fails.
    """
    total = hashlib.sha256()
    try:
        for piece in in_pieces(file):
            total.update(piece)
            yield piece
    except (OSError, MediumError) as error:
        raise DamagedError from error
    if total.digest() != digest:
        raise DamagedError


def digest_of(file: BinaryIO) -> Digest:
    """The SHA-256 of what a reader gives."""
    total = hashlib.sha256()
    for piece in in_pieces(file):
        total.update(piece)
    return total.digest()
