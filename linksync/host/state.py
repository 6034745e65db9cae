"""The host's memory, on its own disk: whom it trusts, what it has seen, what it still owes.

::

    relays/<relay>/organiser                  the fingerprint that was first given for it
    relays/<relay>/linksync/relay/0001/       the relay's versions, as they stand on a stick
    links/<link>/memory.json                  every seal seen on that Link
    links/<link>/outbox/, content/            hand-offs that were made here, and copies of what they took in
    links/<link>/receipts/<archive>/          receipts, until they have travelled

All of it is written so that power may fail; a file that cannot be read is said, and never taken for an empty one.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linksync.custody import names, seal
from linksync.custody.history import NOTHING
from linksync.custody.keys import fingerprint as parse_fingerprint
from linksync.custody.memory import Memory, Seen
from linksync.custody.roster import Roster, merge_rosters, read_roster
from linksync.custody.seal import RawFolder
from linksync.errors import FormatError, MediumError, RefusedError, TrustError
from linksync.host.outbox import Outbox
from linksync.host.staging import Staging
from linksync.machine import durable, locks
from linksync.stick.medium import Medium
from linksync.stick.records import read_folder
from linksync.stick.verify import Trust

_MEMORY_MAX = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class State:
    """The memory in one folder; made when first written to."""

    folder: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing to it meanwhile.

        Raises:
            RefusedError: ``state-busy`` (``path``).
            MediumError: ``disk-write``.
        """
        with durable.translated("disk-write", self.folder):
            durable.make_folder(self.folder)
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not locks.take(descriptor):
                raise RefusedError("state-busy", path=str(self.folder))
            yield
        finally:
            os.close(descriptor)

    def require_apart(self, medium: Medium) -> None:
        """Make sure that the memory does not stand on the stick: a key, a copy and a memory there would travel along.

        Raises:
            RefusedError: ``state-on-stick`` (``path``).
        """
        stick = os.readlink(f"/proc/self/fd/{medium.root}") if os.path.isdir("/proc/self/fd") else medium.path
        if os.path.commonpath([os.path.realpath(self.folder), os.path.realpath(stick)]) == os.path.realpath(stick):
            raise RefusedError("state-on-stick", path=names.escape(os.fsencode(self.folder)))

    @contextmanager
    def scratch(self) -> Iterator["State"]:
        """A copy of what is known here, to try something out with; nothing of it stays.

        Raises:
            MediumError: ``disk-write``.
        """
        with durable.translated("disk-write", self.folder):
            durable.make_folder(self.folder)
            with tempfile.TemporaryDirectory(prefix=".scratch-", dir=self.folder) as place:
                copy = State(Path(place))
                if (self.folder / "relays").is_dir():
                    shutil.copytree(self.folder / "relays", copy.folder / "relays")
                for link in self.links():
                    copy.remember(link, self.memory(link))
                yield copy

    # Whom it trusts.

    def organiser(self, relay: str) -> str:
        """The fingerprint that is remembered for a relay; empty for none.

        Raises:
            FormatError: ``state-damaged`` (``path``).
        """
        if not relay:
            return ""
        path = self._relay(relay) / "organiser"
        data = _read(path, 200)
        if data is None:
            return ""
        try:
            return parse_fingerprint(data.decode("ascii", "replace"))
        except FormatError as error:
            raise FormatError("state-damaged", path=str(path)) from error

    def remember_organiser(self, relay: str, fingerprint: str) -> None:
        """Remember the organiser of a relay, the first time it is given.

        Raises:
            TrustError: ``organiser-other`` (``relay``, ``known``, ``given``): another one is remembered.
        """
        known = self.organiser(relay)
        if known and known != fingerprint:
            raise TrustError("organiser-other", relay=relay, known=known, given=fingerprint)
        if not known:
            durable.write(self._relay(relay) / "organiser", f"{fingerprint}\n".encode())

    def roster(self, relay: str) -> Roster:
        """The relay versions that are known here, verified again."""
        return read_roster(self.relay_folders(relay))[0] if relay else NOTHING

    def relays(self) -> tuple[str, ...]:
        """The ids of the relays that are known here."""
        return tuple(name for name in _listed(self.folder / "relays") if names.is_id(name))

    def relay_folders(self, relay: str) -> tuple[RawFolder, ...]:
        """The same as folders, as they travel."""
        return _sealed_folders(self._relay(relay), seal.RELAYS)

    def learn_relay(self, roster: Roster) -> bool:
        """Keep the versions of a verified roster that are new here; whether any was.

        Raises:
            TrustError: ``relay-other`` (``relay``, ``number``): it contradicts a version that is known here.
        """
        relay = roster.versions[0].relay.id
        known = self.roster(relay)
        _, problems = merge_rosters(roster, known)
        if problems:
            raise TrustError("relay-other", relay=relay, path=problems[0].path)
        new = roster.versions[len(known.versions) :]
        for version in new:
            folder = version.folder
            durable.create_folder(self._relay(relay) / folder.path, dict(folder.files))
        return bool(new)

    # What it has seen.

    def memory(self, link: str) -> Memory:
        """What was seen of a Link.

        Raises:
            FormatError: ``state-damaged`` (``path``).
        """
        if not link:
            return Memory()
        path = self._link(link) / "memory.json"
        data = _read(path, _MEMORY_MAX)
        if data is None:
            return Memory()
        try:
            told = json.loads(data)
            seen = frozenset(Seen(number=int(n), seal=str(s), key=str(k)) for n, s, k in told["seen"])
            return Memory(seen=seen, relay=int(told["relay"]))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise FormatError("state-damaged", path=str(path)) from error

    def remember(self, link: str, memory: Memory) -> None:
        """Keep what was seen of a Link."""
        seen = [[entry.number, entry.seal, entry.key] for entry in sorted(memory.seen)]
        text = json.dumps({"relay": memory.relay, "seen": seen}, indent=0)
        path = self._link(link) / "memory.json"
        if _read(path, _MEMORY_MAX) != text.encode():
            durable.write(path, text.encode())

    def trust(self, given: str = "") -> Trust:
        """What is known here, to verify with.

        Args:
            given: the organiser's fingerprint as somebody typed it now, or empty.
        """
        return Trust(
            organiser=lambda relay: given or self.organiser(relay),
            memory=self.memory,
            known=self.roster,
        )

    # What it still owes.

    def links(self) -> tuple[str, ...]:
        """The ids of the Links that are known here."""
        return tuple(name for name in _listed(self.folder / "links") if names.is_hex(name, 32))

    def outbox(self, link: str) -> Outbox:
        """The hand-offs that were made here."""
        return Outbox(self._link(link) / "outbox")

    def staging(self, link: str) -> Staging:
        """The copies of what they took in."""
        return Staging(self._link(link) / "content")

    def drop_copies(self) -> None:
        """Remove the copies that no hand-off in an outbox needs: what was signed for, and what unfinished runs left."""
        for link in self.links():
            for folder in (self._link(link), self.outbox(link).folder):
                durable.clear_unfinished(folder)
            needed = self.outbox(link).needed()
            if needed is not None:
                self.staging(link).drop_all_but(needed)

    def receipts(self, link: str) -> tuple[RawFolder, ...]:
        """Receipts that travel with the next hand-off."""
        root = self._link(link)
        archives = _listed(root / seal.RECEIPTS)
        return tuple(f for archive in archives for f in _sealed_folders(root, f"{seal.RECEIPTS}/{archive}"))

    def keep_receipt(self, link: str, path: str, files: Mapping[str, bytes]) -> None:
        """Keep a receipt; ``path`` as it stands on a stick."""
        durable.create_folder(self._link(link) / path, files)

    def _relay(self, relay: str) -> Path:
        if not names.is_id(relay):
            raise ValueError(f"no relay: {relay!r}")
        return self.folder / "relays" / relay

    def _link(self, link: str) -> Path:
        if not names.is_hex(link, 32):
            raise ValueError(f"no Link: {link!r}")
        return self.folder / "links" / link


def _sealed_folders(root: Path, below: str) -> tuple[RawFolder, ...]:
    names_there = [name for name in _listed(root / below) if not name.startswith(".")]
    if not names_there:
        return ()
    with Medium.open(root) as medium:
        found: Sequence[RawFolder] = [read_folder(medium, f"{below}/{name}") for name in names_there]
    return tuple(found)


def _listed(path: Path) -> list[str]:
    try:
        return sorted(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read(path: Path, most: int) -> bytes | None:
    """A file of ours, or None where there is none.

    Raises:
        MediumError: ``state-unreadable`` (``path``, ``why``).
    """
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MediumError("state-unreadable", errno=error.errno or 0, path=str(path), why=str(error)) from error
