"""The objects of an archive: one per hand-off, written so that it counts all at once, and read again.

Content first, records and inventories next, the declaration last and create-only. An object without it is unfinished:
what lies there is replaced, never trusted, and never removed where it could be another run's work.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from linksync.archive import ocfl
from linksync.archive.appraisal import Sound
from linksync.archive.port import Content, Fetched
from linksync.archive.records import read_folder
from linksync.archive.store import Store, in_pieces
from linksync.custody import lists
from linksync.custody.chain import number_of
from linksync.custody.lists import Digest
from linksync.custody.seal import HANDOFF, HANDOFFS, RELAY, RELAYS, SEAL, RawFolder, SealError, parse_seal, seal_path
from linksync.errors import FormatError, MediumError
from linksync.machine.shares import Progress, batches, done


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
        files = self._described(sound)
        self._sweep(folder, files, sound)
        added = sound.lists.added
        parts = batches((path, sound.lists.index[path].size) for path in added)

        def put_part(number: int, _progress: Progress) -> list[bytes]:
            names = ((path, f"{at}/{ocfl.content_path(path, added[path])}") for path in parts[number])
            return [path for path, name in names if not put_content(name, path, added[path])]

        missing = [path for some in done(put_part, len(parts), lambda _count: None) for path in some]
        if missing:
            return sorted(missing)
        for name, pieces in files.items():
            self.store.put(f"{folder}/{name}", pieces)
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

    def _described(self, sound: Sound) -> dict[str, list[bytes]]:
        """Records, inventories and sidecars, by their names in the object, in the order in which they are written."""
        pieces = inventory_of(sound)
        files = {f"{ocfl.CONTENT}/{path}": [data] for path, data in sound.records().items()}
        for name in ocfl.INVENTORIES:
            files |= {name: pieces, f"{name}.sha256": [ocfl.sidecar(pieces)]}
        return files

    def _sweep(self, folder: str, files: Iterable[str], sound: Sound) -> None:
        """Take away, before an object counts, what no run of this hand-off can have put there."""
        there = {name.removeprefix(f"{folder}/") for name in self.store.names(folder)}
        if there:
            there -= {*files, ocfl.DECLARATION} | {f"{ocfl.CONTENT}/{one.stored}" for one in sound.holdings()}
        for name in sorted(there):
            self.store.remove(f"{folder}/{name}")


def inventory_of(sound: Sound) -> list[bytes]:
    """The inventory of a hand-off's object, in pieces."""
    handoff = sound.handoff
    return ocfl.inventory(
        sound.object, sound.holdings(), created=handoff.time, holder=handoff.holder, relay=handoff.relay
    )


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
