"""Pull: bring what is new from an archive, verify it, and merge it in.

Read the feed from where the last pull stopped; verify each hand-off as the archive did, every byte of it; merge; move
files until they stand as merged; and only then note how far the feed was read. A pull that was cut off anywhere is
finished by the next, and a second pull changes nothing.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from linksync.archive.appraisal import Sound, appraise
from linksync.archive.objects import DamagedError, digest_of, verified
from linksync.archive.ocfl import object_id
from linksync.archive.port import Archive, Arrival, Content
from linksync.custody import names
from linksync.custody.findings import Finding, finding
from linksync.custody.lists import Digest
from linksync.custody.relay import Fingerprint, Record
from linksync.custody.roster import Roster, merge_rosters, read_roster
from linksync.custody.seal import HANDOFFS
from linksync.errors import FormatError, MediumError, RefusedError, TrustError
from linksync.library.givings import Given
from linksync.library.index import INDEX, README, index_bytes, readme_bytes
from linksync.library.merge import Content as Merged
from linksync.library.merge import merge
from linksync.library.proof import Proof
from linksync.library.shelves import PRIVATE, Shelves, write_failed, write_note
from linksync.machine import durable

_STATE, _LOCK = f"{PRIVATE}/state.json", f"{PRIVATE}/lock"


class Cursor(Record, frozen=True, kw_only=True):
    """How far the feed of an archive was read.

    Attributes:
        seal: what stood at that position; where something else does, the archive was made anew under the same id.
        again: entries before that must be tried again.
    """

    position: int = 0
    seal: str = ""
    again: tuple[int, ...] = ()


class State(Record, frozen=True, kw_only=True):
    """What a library remembers of where it came from; not part of what it holds.

    Attributes:
        organiser: the fingerprint of the relay's organiser.
        archives: how far each was read, by its id.
    """

    organiser: Fingerprint
    archives: dict[str, Cursor] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull brought.

    Attributes:
        new: the hand-offs that came in, by number.
        contents: how many contents are new; ``size`` their bytes.
        moved: files that stood elsewhere in the library before.
        total: contents in the library; ``handoffs`` what they came from.
        findings: what was wrong; such a hand-off is left out and tried again.
    """

    organiser: str
    new: tuple[Given, ...]
    contents: int
    size: int
    moved: int
    total: int
    handoffs: int
    findings: tuple[Finding, ...]


def pull(archive: Archive, library: Path, *, organiser: str = "") -> Pulled:
    """Bring what is new.

    Args:
        archive: where from.
        library: a folder; made where there is none.
        organiser: the fingerprint on the label; where it is not given, that of the first pull counts.

    Raises:
        TrustError: ``library-organiser-other`` (``found``, ``expected``): another relay than this library's.
        RefusedError: ``not-a-library`` or ``library-busy`` (``path``), or ``library-place-taken`` (``path``).
        MediumError: the archive's place or the library's disk fails; the next pull finishes.
    """
    with _opened(library):
        return _Pull(archive, library, organiser).run()


@dataclass(slots=True)
class _Batch:
    """What came in now."""

    sounds: list[Sound] = field(default_factory=list)
    contents: dict[Digest, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    position: int = 0
    seal: str = ""


class _Pull:
    def __init__(self, archive: Archive, library: Path, organiser: str) -> None:
        self._archive = archive
        self._root = library
        self._shelves = Shelves(library)
        self._proof = Proof(library)
        self._organiser = organiser

    def run(self) -> Pulled:
        state = self._state()
        self._shelves.recover()
        self._proof.begin()
        roster = self._roster(state.organiser)
        known, lost = self._known(roster)
        cursor = Cursor() if lost else self._cursor(state)
        missing = self._shelves.missing({gift.digest: gift.size for one in known for gift in one.gifts})
        batch = self._bring(cursor, roster, {one.seal for one in known})
        self._restore(known, missing, batch)
        with _writing():
            durable.sync_disk(self._root)
            self._proof.keep_roster(roster)
            self._proof.keep(batch.sounds)
        new = [Given.of(sound) for sound in batch.sounds]
        merged = merge([*known, *new], _revoked(roster, {one.link for one in (*known, *new)}))
        moved = self._shelves.arrange({content.digest: content.place for content in merged}, missing)
        with _writing():
            self._describe(roster, merged, len(known) + len(new))
            self._remember(state, batch)
        return Pulled(
            organiser=state.organiser,
            new=tuple(sorted(new, key=lambda one: (one.number, one.link, one.seal))),
            contents=len(batch.contents),
            size=sum(batch.contents.values()),
            moved=moved,
            total=len(merged),
            handoffs=len(known) + len(new),
            findings=(*lost, *batch.findings),
        )

    def _state(self) -> State:
        """What the library remembers; this archive must keep the same relay."""
        path = self._root / _STATE
        try:
            state = msgspec.json.decode(path.read_bytes(), type=State) if path.exists() else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise FormatError("library-state", path=_STATE) from error
        expected = self._organiser or (state.organiser if state is not None else self._archive.organiser)
        for found in (state.organiser if state is not None else expected, self._archive.organiser):
            if found != expected:
                raise TrustError("library-organiser-other", found=found, expected=expected)
        return state or State(organiser=expected)

    def _roster(self, organiser: str) -> Roster:
        """The newest relay versions that the archive or the library knows."""
        here, _ = read_roster(self._archive.relay_versions())
        if here.organiser != organiser:
            raise TrustError("library-organiser-other", found=here.organiser or "-", expected=organiser)
        merged, found = merge_rosters(here, self._proof.roster())
        if found:
            raise TrustError("library-relay-other", version=found[0].path.rpartition("/")[2])
        return merged

    def _known(self, roster: Roster) -> tuple[list[Given], list[Finding]]:
        """The hand-offs that are in; proof that no longer stands is put aside, so that it is fetched again."""
        known, lost = [], []
        for place, sound in self._proof.all(roster):
            if sound is not None:
                known.append(Given.of(sound))
            else:
                lost.append(finding("E206", names.escape(os.fsencode(place))))
                self._shelves.put_aside(place)
        return known, lost

    def _cursor(self, state: State) -> Cursor:
        """Where to go on reading: where the last pull stopped, in the feed that it read."""
        cursor = state.archives.get(self._archive.id, Cursor())
        last = next(self._archive.feed(cursor.position - 1), None) if cursor.position else None
        return cursor if last is not None and last.seal == cursor.seal else Cursor()

    def _bring(self, cursor: Cursor, roster: Roster, known: set[str]) -> _Batch:
        """Fetch and verify what is new, and put it to wait beside the library."""
        batch = _Batch(position=cursor.position, seal=cursor.seal)
        standing = self._shelves.standing()
        for arrival in self._arrivals(cursor):
            if arrival.position > batch.position:
                batch.position, batch.seal = arrival.position, arrival.seal
            if arrival.seal in known:
                continue
            if self._fetch(arrival, roster, standing, batch):
                known.add(arrival.seal)
            else:
                batch.again.append(arrival.position)
        return batch

    def _restore(self, known: Sequence[Given], missing: set[Digest], batch: _Batch) -> None:
        """Bring again what somebody took away from the library, or wrote over."""
        for one in known if missing else ():
            wanted = [gift for gift in one.gifts if gift.digest in missing]
            if not wanted:
                continue
            id_ = object_id(one.link, one.number, one.seal)
            fetched = self._archive.fetch(Arrival(position=0, object=id_, folder=one.folder, seal=one.seal))
            for gift in wanted:
                if fetched is None or not self._bring_content(fetched.content, gift.path, gift.digest):
                    batch.findings.append(finding("E302", names.escape(gift.path)))

    def _arrivals(self, cursor: Cursor) -> Iterator[Arrival]:
        for position in cursor.again:
            yield from islice(self._archive.feed(position - 1), 1)
        yield from self._archive.feed(cursor.position)

    def _fetch(self, arrival: Arrival, roster: Roster, standing: Mapping[Digest, str], batch: _Batch) -> bool:
        """Bring one hand-off; False, with findings, where it is not there whole."""
        where = f"{HANDOFFS}/{names.escape(arrival.folder.encode())}"
        fetched = self._archive.fetch(arrival)
        if fetched is None:
            batch.findings.append(finding("E302", where))
            return False
        appraisal = appraise(
            fetched.handoff, fetched.previous, fetched.relays, known=roster, organiser=roster.organiser
        )
        sound = appraisal.sound
        if sound is None:
            batch.findings += appraisal.findings
            return False
        if sound.object != arrival.object or (sound.node.previous and sound.previous is None):
            batch.findings.append(finding("E117", where, what="object"))
            return False
        for path, digest in sound.lists.added.items():
            if digest in standing or digest in batch.contents:
                continue
            if not self._bring_content(fetched.content, path, digest):
                batch.findings.append(finding("E301", names.escape(path)))
                return False
            batch.contents[digest] = sound.lists.index[path].size
        with _writing():
            self._proof.prepare(sound)
        batch.sounds.append(sound)
        return True

    def _bring_content(self, content: Content, path: bytes, digest: Digest) -> bool:
        waiting = self._shelves.waiting_path(digest)
        with _writing():
            if waiting.exists():
                with waiting.open("rb") as file:
                    if digest_of(file) == digest:
                        return True
            waiting.parent.mkdir(parents=True, exist_ok=True)
            came = content(path, digest)
            if came is None:
                return False
            with closing(came):
                return _copy(came, digest, waiting)

    def _describe(self, roster: Roster, merged: Sequence[Merged], handoffs: int) -> None:
        newest = roster.versions[-1]
        page = readme_bytes(newest.relay.name, roster.organiser, len(merged), handoffs)
        for name, data in ((INDEX, index_bytes(merged)), (README, page)):
            write_note(self._root, name, data)

    def _remember(self, state: State, batch: _Batch) -> None:
        cursor = Cursor(position=batch.position, seal=batch.seal, again=tuple(sorted(batch.again)))
        archives = dict(sorted({**state.archives, self._archive.id: cursor}.items()))
        data = msgspec.json.encode(State(organiser=state.organiser, archives=archives)) + b"\n"
        write_note(self._root, _STATE, data)


def _copy(file: BinaryIO, digest: Digest, target: Path) -> bool:
    """Copy a content, hashed as it passes; False where it is not what it should be."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        for piece in verified(file, digest):
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
    except DamagedError:
        os.unlink(target)
        return False
    finally:
        os.close(descriptor)
    return True


def _revoked(roster: Roster, links: Iterable[str]) -> dict[str, dict[str, str]]:
    """Fingerprint of each stolen key to the last good seal by it, by Link."""
    found: dict[str, dict[str, str]] = {}
    for link in links:
        for key, seal in roster.revoked(link).items():
            found.setdefault(key, {})[link] = seal
    return found


@contextmanager
def _opened(library: Path) -> Iterator[None]:
    """Keep a second pull out; a folder that holds something else is not taken."""
    shown = names.escape(os.fsencode(library))
    with _writing():
        if library.exists() and not library.is_dir():
            raise RefusedError("not-a-library", path=shown)
        if library.exists() and not (library / PRIVATE).is_dir() and os.listdir(library):
            raise RefusedError("not-a-library", path=shown)
        (library / PRIVATE).mkdir(parents=True, exist_ok=True)
        lock = os.open(library / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise RefusedError("library-busy", path=shown) from error
    finally:
        os.close(lock)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise write_failed(error) from error
    except MediumError as error:
        raise (write_failed(error) if error.slug == "disk-write" else error) from error
