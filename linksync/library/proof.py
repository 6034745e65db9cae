"""The proof: every sealed folder that the library rests on, as it travelled.

``proof/<link>/<folder>@<seal>/`` looks like a stick without its contents, so ``ssh-keygen`` and ``sha256sum`` check it
there; ``proof/relay/`` holds the newest relay versions. A folder appears whole or not at all.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from linksync.archive.appraisal import Sound, appraise
from linksync.archive.folder_store import FolderStore
from linksync.archive.objects import digest_of
from linksync.archive.records import folder_files, read_folder
from linksync.custody import lists
from linksync.custody.chain import number_of
from linksync.custody.lists import Digest
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import (
    HANDOFF,
    HANDOFFS,
    RELAY,
    RELAYS,
    SEAL,
    SIGNATURE,
    RawFolder,
    SealError,
    parse_seal,
    seal_path,
)
from linksync.errors import FormatError
from linksync.library.givings import Given
from linksync.library.shelves import WORKSHOP, write_note
from linksync.machine import durable

PROOF = "proof"
_RELAY = f"{PROOF}/relay"
_UNFINISHED = f"{WORKSHOP}/proof"


class Proof:
    """The proof in a library."""

    def __init__(self, root: Path) -> None:
        """Stand in a library."""
        self._root = root
        self._store = FolderStore(root)

    def roster(self) -> Roster:
        """The newest relay versions that were kept."""
        folders: list[RawFolder] = []
        while (folder := read_folder(self._store, _RELAY, f"{RELAYS}/{len(folders) + 1:04}", RELAY)).files:
            folders.append(folder)
        return read_roster(folders)[0]

    def keep_roster(self, roster: Roster) -> None:
        """Keep a roster that was verified; its signatures last."""
        for version in roster.versions[len(self.roster().versions) :]:
            for name, data in folder_files(RELAY, version.folder).items():
                write_note(self._root, f"{_RELAY}/{version.folder.path}/{name}", data)

    def begin(self) -> None:
        """Clear what a run that was cut off left unfinished."""
        shutil.rmtree(self._root / WORKSHOP, ignore_errors=True)

    def prepare(self, sound: Sound) -> None:
        """Write the proof of a hand-off, where nobody looks yet and nothing is durable."""
        unfinished = self._root / _UNFINISHED / sound.node.seal.hash
        records = sound.records()
        for path in records:
            place = unfinished / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                file.writelines(records.pieces(path))

    def keep(self, prepared: Iterable[Sound]) -> None:
        """Give what was prepared its place, each folder at once; the caller has synced what is in them."""
        parents = set()
        for sound in prepared:
            place = self._root / place_of(sound.handoff.link, sound.node.folder, sound.node.seal.hash)
            place.parent.mkdir(parents=True, exist_ok=True)
            parents.add(place.parent)
            durable.settle(self._root / _UNFINISHED / sound.node.seal.hash, place)
        for parent in parents:
            durable.sync_folder(parent)
        if parents:
            durable.sync_folder(self._root / PROOF)

    def all(self, roster: Roster) -> Iterator[tuple[str, Sound | None]]:
        """Every hand-off that was kept, verified again; None with its place where it no longer stands."""
        for link in self._listed(PROOF):
            for name in self._listed(f"{PROOF}/{link}") if link != "relay" else ():
                folder, _, seal = name.partition("@")
                place = f"{PROOF}/{link}/{name}"
                sound = self._read(place, folder, roster) if number_of(folder) else None
                stands = sound is not None and place == place_of(sound.handoff.link, folder, sound.node.seal.hash)
                yield place, sound if stands and seal else None

    def stands(self, one: Given) -> bool:
        """Whether the proof of a hand-off is still, byte for byte, what was verified before."""
        try:
            return self._stands(place_of(one.link, one.folder, one.seal), one)
        except FormatError:
            return False

    def _stands(self, place: str, one: Given) -> bool:
        at = f"{place}/{HANDOFFS}/{one.folder}"
        seal = self._store.read(f"{at}/{SEAL}", lists.SEAL_BYTES_MAX) or b""
        signature = self._store.read(f"{at}/{SIGNATURE}", lists.SEAL_BYTES_MAX) or b""
        if lists.sha256(seal).hex() != one.seal or lists.sha256(signature).hex() != one.signature:
            return False
        sealed = lists.from_bytes(seal, check=lambda _path: None)
        return all(self._is_whole(f"{place}/{path.decode()}", digest) for path, digest in sealed.items())

    def _is_whole(self, name: str, digest: Digest) -> bool:
        file = self._store.open(name)
        if file is None:
            return False
        with file:
            return digest_of(file) == digest

    def _listed(self, folder: str) -> list[str]:
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(os.listdir(self._root / folder))
        return []

    def _read(self, place: str, folder: str, roster: Roster) -> Sound | None:
        raw = read_folder(self._store, place, f"{HANDOFFS}/{folder}", HANDOFF)
        try:
            before = parse_seal(HANDOFF, raw.path, raw.files.get(SEAL, b"")).handoff
        except SealError:
            return None
        name = f"{place}/{seal_path(f'{HANDOFFS}/{before}')}"
        previous = self._store.read(name, lists.SEAL_BYTES_MAX) if before else None
        return appraise(raw, previous, (), known=roster, organiser=roster.organiser).sound


def place_of(link: str, folder: str, seal: str) -> str:
    """Where in the library the proof of a hand-off stands."""
    return f"{PROOF}/{link}/{folder}@{seal}"
