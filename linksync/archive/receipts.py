"""Receipts: the archive's signed word that it holds a hand-off with every byte (format 1, "Receipts").

Three small files, each create-only, so that of two who write at once one wins and both read the same. What lies there
already is used only where it says what this archive would say.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from linksync import __version__
from linksync.archive.appraisal import Sound
from linksync.archive.entries import sharded
from linksync.archive.records import folder_files, read_folder
from linksync.archive.store import Store
from linksync.custody.keys import Signer
from linksync.custody.payload import sizes_of
from linksync.custody.receipt import Receipt, receipt_from_bytes
from linksync.custody.relay import RECEIPT_NAMESPACE
from linksync.custody.roster import RelayVersion, Roster
from linksync.custody.seal import (
    HANDOFFS,
    RECEIPT,
    RECEIPTS,
    RELAYS,
    SEAL,
    SIGNATURE,
    RawFolder,
    build,
    seal_path,
)
from linksync.custody.side import read_receipts
from linksync.errors import FormatError

_RECORD = "receipt.yaml"


class Receipts:
    """The receipts of an archive."""

    def __init__(self, store: Store, archive: str, clock: Callable[[], dt.datetime]) -> None:
        """Stand in an archive.

        Args:
            store: of the archive.
            archive: its id.
            clock: tells the time, in UTC.
        """
        self._store = store
        self._archive = archive
        self._clock = clock

    def get(self, seal: str, folder: str, roster: Roster) -> Mapping[str, bytes] | None:
        """The receipt for a hand-off; None where there is none that stands.

        Args:
            seal: the hash of the hand-off's seal.
            folder: the name of its folder.
            roster: the relay versions that stand.
        """
        raw = self._read(seal, folder)
        stand, _ = read_receipts([raw], roster)
        good = [one for one in stand if one.record.handoff == seal and one.record.archive == self._archive]
        return dict(raw.files) if good and set(raw.files) == {_RECORD, SEAL, SIGNATURE} else None

    def make(self, sound: Sound, roster: Roster, signer: Signer | None) -> Mapping[str, bytes] | None:
        """The receipt for a hand-off that is in, made where there is none.

        Args:
            sound: the hand-off.
            roster: the relay versions that stand.
            signer: the archive's key; None where it is not at hand, and then no receipt is made.
        """
        seal = sound.node.seal.hash
        there = self.get(seal, sound.node.folder, roster)
        newest = roster.newest
        if there is not None or signer is None or newest is None or not self._may_sign(signer, newest):
            return there
        at = sharded("receipts", seal)
        wanted = self._sealed(sound, newest, self._record(sound), signer)
        for name in (SEAL, SIGNATURE):
            self._store.create(f"{at}/{name}", wanted[name])
        made = self.get(seal, sound.node.folder, roster)
        if made is None:  # left by a run under another relay version, or by a stranger
            for name in (SEAL, SIGNATURE):
                self._store.replace(f"{at}/{name}", wanted[name])
        return made or wanted

    def _may_sign(self, signer: Signer, version: RelayVersion) -> bool:
        return version.signers.holds(self._archive, RECEIPT_NAMESPACE, signer.public)

    def _record(self, sound: Sound) -> bytes:
        """The record: the one that is there, where it is the same but for an earlier time; so two runs sign one."""
        wanted = self._wanted(sound)
        name = f"{sharded('receipts', sound.node.seal.hash)}/{_RECORD}"
        if self._store.create(name, wanted.to_bytes()):
            return wanted.to_bytes()
        begun = self._begun(sound)
        if begun is not None and begun.time <= wanted.time and _but_time(begun) == _but_time(wanted):
            return begun.to_bytes()
        self._store.replace(name, wanted.to_bytes())
        return wanted.to_bytes()

    def _begun(self, sound: Sound) -> Receipt | None:
        data = self._read(sound.node.seal.hash, sound.node.folder).files.get(_RECORD)
        try:
            return receipt_from_bytes(data) if data is not None else None
        except FormatError:
            return None

    def _wanted(self, sound: Sound) -> Receipt:
        return Receipt(
            format=1,
            relay=sound.handoff.relay,
            link=sound.handoff.link,
            number=sound.node.number,
            handoff=sound.node.seal.hash,
            archive=self._archive,
            object=sound.object,
            files=len(sound.lists.added),
            size=sum(sizes_of(sound.lists.index, sound.lists.added)),
            time=self._clock().replace(microsecond=0),
            software=f"linksync {__version__}",
        )

    def _sealed(self, sound: Sound, version: RelayVersion, record: bytes, signer: Signer) -> dict[str, bytes]:
        folder = _folder(self._archive, sound.node.folder)
        follows = {
            seal_path(f"{RELAYS}/{version.number:04}"): bytes.fromhex(version.seal),
            seal_path(f"{HANDOFFS}/{sound.node.folder}"): bytes.fromhex(sound.node.seal.hash),
        }
        return build(RECEIPT, folder, {_RECORD: record}, follows=follows, signer=signer)

    def _read(self, seal: str, folder: str) -> RawFolder:
        return receipt_folder(self._store, self._archive, seal, folder)


def receipt_folder(store: Store, archive: str, seal: str, folder: str) -> RawFolder:
    """The receipt for a hand-off as it stands there, not believed; without files where there is none.

    Args:
        store: of the archive.
        archive: its id.
        seal: the hash of the hand-off's seal.
        folder: the name of its folder.
    """
    raw = read_folder(store, "", sharded("receipts", seal), RECEIPT)
    return RawFolder(path=_folder(archive, folder), files=folder_files(RECEIPT, raw))


def _folder(archive: str, handoff: str) -> str:
    return f"{RECEIPTS}/{archive}/{handoff}"


def _but_time(receipt: Receipt) -> tuple[object, ...]:
    return tuple(getattr(receipt, name) for name in receipt.__struct_fields__ if name != "time")
