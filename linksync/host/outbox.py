"""The outbox: the hand-offs that this host made, and what it still owes to whom.

An entry is a sealed folder, whole and durable before the stick is touched. It is *pending* until it was read back from
a stick; if the stick has gone on without it, it is *aside*: a side branch, which nobody forked. One that an archive has
signed for stays until ``keeping`` lets it go.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from linksync.custody import lists, names
from linksync.custody.pieces import digest_of, hashed, text_of
from linksync.custody.seal import HANDOFF, HANDOFFS, SEAL, SIGNATURE, RawFolder, SealError, parse_seal
from linksync.errors import FormatError, LinksyncError
from linksync.machine import durable
from linksync.stick.medium import Medium
from linksync.stick.records import read_folder

Status = Literal["pending", "written", "aside"]

_PREVIOUS, _STATUS = "previous.sha256", "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A hand-off that this host made.

    Attributes:
        seal: the hash of its seal, 64 hexadecimal digits; ``previous`` that of the hand-off before, or empty.
        previous_seal: the seal of the hand-off before, as bytes; None for hand-off 1.
        receipts: the ids of the archives that signed for it.
    """

    seal: str
    folder: RawFolder
    previous_seal: bytes | None
    status: Status
    receipts: frozenset[str] = frozenset()

    @property
    def is_received(self) -> bool:
        """Whether it stands on a stick and an archive has signed for it: it is owed to nobody any more."""
        return self.status == "written" and bool(self.receipts)

    @property
    def is_owed(self) -> bool:
        """Whether it is to be sent: a stick has given it back or gone on without it, and no archive has it."""
        return self.status != "pending" and not self.is_received

    @property
    def number(self) -> int:
        """The hand-off's number, from its folder's name."""
        return int(self.folder.name[:6])

    @property
    def previous(self) -> str:
        """The hash of the seal before, or empty."""
        return lists.sha256(self.previous_seal).hex() if self.previous_seal is not None else ""

    def contents(self) -> dict[bytes, lists.Digest]:
        """Path to digest of all that it took in or refused."""
        found: dict[bytes, lists.Digest] = {}
        for name in ("added.sha256", "refused.sha256"):
            if name in self.folder.files:
                found |= lists.from_text(text_of(self.folder.files, name))
        return found

    def gone(self) -> dict[bytes, lists.Digest]:
        """Path to digest of all that it calls gone."""
        name = "gone.sha256"
        return lists.from_text(text_of(self.folder.files, name)) if name in self.folder.files else {}


@dataclass(frozen=True, slots=True)
class Outbox:
    """The outbox of one Link."""

    folder: Path

    @contextlib.contextmanager
    def draft(self, folder: str) -> Iterator["Draft"]:
        """Begin a sealed folder; nothing of it stays unless it is kept.

        Args:
            folder: its path on the stick.

        Raises:
            MediumError: ``disk-write``.
        """
        with durable.new_folder(self.folder) as new:
            yield Draft(self, new, folder)

    def entries(self) -> tuple[Entry, ...]:
        """Every entry that can be read, in order of number."""
        found = (self.entry(name) for name in self._names())
        return tuple(sorted((e for e in found if e is not None), key=lambda e: (e.number, e.seal)))

    def damaged(self) -> tuple[str, ...]:
        """The paths of entries that cannot be read: what they owe is not sent, and their copies stay."""
        return tuple(str(self.folder / name) for name in self._names() if self.entry(name) is None)

    def needed(self) -> set[lists.Digest] | None:
        """The contents that are still needed; None where that cannot be known, because an entry is damaged."""
        entries = self.entries()
        if len(entries) < len(list(self._names())):
            return None
        return {digest for entry in entries for digest in entry.contents().values()}

    def entry(self, seal: str) -> Entry | None:
        """The entry of that seal; None where there is none or it is damaged."""
        with contextlib.suppress(OSError, StopIteration, LinksyncError), Medium.open(self.folder / seal) as medium:
            with medium.at(HANDOFFS.encode()) as above:
                name = next(e.name for e in medium.entries(above) if e.kind == "folder")
            folder = read_folder(medium, f"{HANDOFFS}/{names.escape(name)}")
            told = medium.read(_STATUS.encode(), 20).decode("ascii", "replace").strip()
            status: Status = "written" if told == "written" else "aside" if told == "aside" else "pending"
            previous = None
            with contextlib.suppress(FileNotFoundError):
                previous = medium.read(_PREVIOUS.encode(), lists.SEAL_BYTES_MAX)
            if lists.sha256(folder.files.get(SEAL, b"")).hex() == seal and _is_whole(folder):
                return Entry(
                    seal=seal,
                    folder=folder,
                    previous_seal=previous,
                    status=status,
                    receipts=frozenset(self._receipted(seal)),
                )
        return None

    def mark(self, seal: str, status: Status) -> None:
        """Note what became of an entry."""
        durable.write(self.folder / seal / _STATUS, f"{status}\n".encode())

    def note_receipt(self, seal: str, archive: str) -> None:
        """Note that an archive signed for an entry, if there is one."""
        if not (self.folder / seal).is_dir():
            return
        archives = sorted({*self._receipted(seal), archive})
        durable.write(self.folder / seal / "receipts.json", json.dumps(archives).encode())

    def remove(self, seal: str) -> None:
        """Drop an entry that an archive has signed for.

        Raises:
            MediumError: ``disk-write``; the entry is still there.
        """
        durable.remove_folder(self.folder / seal)

    def _receipted(self, seal: str) -> list[str]:
        with contextlib.suppress(OSError, ValueError):
            told = json.loads((self.folder / seal / "receipts.json").read_bytes())
            return [id_ for id_ in told if isinstance(id_, str)]
        return []

    def _names(self) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError):
            yield from sorted(name for name in os.listdir(self.folder) if names.is_hex(name, 64))


@dataclass(frozen=True, slots=True)
class Draft:
    """A hand-off that is being written to the outbox."""

    _outbox: Outbox
    _new: durable.NewFolder
    _folder: str

    def write(self, name: str, pieces: Iterable[bytes]) -> lists.Digest:
        """Write a file of the folder, piece by piece; its digest.

        Raises:
            MediumError: ``disk-write``.
        """
        total = hashlib.sha256()
        self._new.add(f"{self._folder}/{name}", hashed(pieces, total.update))
        return total.digest()

    def keep(self, sealed: Mapping[str, bytes], previous: bytes | None) -> Entry:
        """Keep what was written, durably, as pending.

        Args:
            sealed: the seal and its signature.
            previous: the seal of the hand-off before.

        Raises:
            MediumError: ``disk-write``; nothing was kept.
        """
        seal = lists.sha256(sealed[SEAL]).hex()
        for name, data in sealed.items():
            self._new.add(f"{self._folder}/{name}", (data,))
        self._new.add(_STATUS, (b"pending\n",))
        if previous is not None:
            self._new.add(_PREVIOUS, (previous,))
        self._new.keep(self._outbox.folder / seal)
        entry = self._outbox.entry(seal)
        if entry is None:
            raise FormatError("outbox-damaged", path=str(self._outbox.folder / seal))
        return entry


def _is_whole(folder: RawFolder) -> bool:
    """Whether a folder holds exactly the bytes that its seal lists."""
    try:
        own = parse_seal(HANDOFF, folder.path, folder.files[SEAL]).own
    except SealError:
        return False
    hashes = {name: digest_of(folder.files, name) for name in folder.files if name not in {SEAL, SIGNATURE}}
    return SIGNATURE in folder.files and hashes == own
