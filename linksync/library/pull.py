"""Pull: bring what is new from an archive, verify it, and merge it in.

Read the feed from where the last pull stopped; verify each hand-off as the archive did, every byte of it; merge; move
files until they stand as merged; and only then note how far the feed was read. A pull that was cut off anywhere is
finished by the next, and a second pull changes nothing. What a pull costs is what is new: what was verified before is
known from the facts. Where there are none to believe, or ``check`` asks for it, everything is verified again.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from linksync.archive.port import Archive
from linksync.custody import names
from linksync.custody.findings import Finding, finding
from linksync.custody.lists import Digest
from linksync.custody.relay import Fingerprint, Record
from linksync.custody.roster import Roster, merge_rosters, read_roster
from linksync.errors import FormatError, MediumError, RefusedError, TrustError
from linksync.library.bringing import Batch, Bringing, Cursor
from linksync.library.describing import describe, describe_all
from linksync.library.facts import FACTS, Facts, begin_change, end_change
from linksync.library.givings import Given
from linksync.library.index import README, readme_bytes
from linksync.library.looking import altered, look
from linksync.library.merging_anew import merge_anew
from linksync.library.merging_in import Change, NotAloneError, merge_in
from linksync.library.proof import Proof, place_of
from linksync.library.shelves import PRIVATE, Move, Shelves, write_note, writing
from linksync.machine import durable

_STATE, _LOCK = f"{PRIVATE}/state.json", f"{PRIVATE}/lock"


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


def pull(
    archive: Archive,
    library: Path,
    *,
    organiser: str = "",
    check: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Pulled:
    """Bring what is new.

    Args:
        archive: where from.
        library: a folder; made where there is none.
        organiser: the fingerprint on the label; where it is not given, that of the first pull counts.
        check: whether all that stands in the library is verified again, every byte, instead of a part of it.
        progress: told how many bytes of how many are done.

    Raises:
        TrustError: ``library-organiser-other`` (``found``, ``expected``): another relay than this library's.
        RefusedError: ``not-a-library`` or ``library-busy`` (``path``), or ``library-place-taken`` (``path``).
        MediumError: the archive's place or the library's disk fails; the next pull finishes.
    """
    with opened(library):
        if not check:
            try:
                return _Pull(archive, library, organiser, progress).run()
            except sqlite3.Error:
                begin_change(library)  # the facts are damaged: they are none
        try:
            return _Pull(archive, library, organiser, progress, check=check).run()
        except sqlite3.Error as error:
            raise MediumError("library-write", errno=5, path=FACTS, why=str(error)) from error


@dataclass(slots=True)
class _Stand:
    """What stands in the library before anything comes in.

    Attributes:
        facts: of what the proof says; begun where ``anew``.
        elsewhere: contents that do not stand where the facts say, and where they do; None for nowhere.
        spoilt: files that are not what should stand there, to be put aside.
        lost: proof that no longer stands.
    """

    facts: Facts
    anew: bool
    elsewhere: dict[Digest, str | None] = field(default_factory=dict)
    spoilt: list[str] = field(default_factory=list)
    leaves: tuple[str, ...] = ()
    lost: list[Finding] = field(default_factory=list)

    def stands(self, digest: Digest) -> bool:
        """Whether a content is in the library, wherever."""
        there = self.elsewhere.get(digest, "")
        return there is not None and (there != "" or self.facts.place(digest) is not None)

    def misses(self, missing: Iterable[tuple[Digest, str]]) -> None:
        """Take note that contents do not stand where they should."""
        for digest, place in missing:
            self.elsewhere[digest] = None
            self.spoilt.append(place)


class _Pull:
    def __init__(
        self,
        archive: Archive,
        library: Path,
        organiser: str,
        progress: Callable[[int, int], None],
        *,
        check: bool = False,
    ) -> None:
        self._archive = archive
        self._root = library
        self._shelves = Shelves(library)
        self._proof = Proof(library)
        self._organiser = organiser
        self._progress = progress
        self._check = check

    def run(self) -> Pulled:
        state = self._state()
        self._shelves.recover()
        self._proof.begin()
        roster = self._roster(state.organiser)
        stand = self._known(roster) or self._anew(roster)
        with closing(stand.facts) as facts:
            batch = self._bring(state, roster, stand)
            new = [Given.of(sound) for sound in batch.sounds]
            moved = 0
            if stand.anew or stand.elsewhere or stand.leaves or new:
                moved = self._take_in(roster, stand, batch, new)
            with writing():
                self._describe_page(roster, facts)
                self._remember(state, batch.cursor)
                self._shelves.finish()
                end_change(self._root)
            handoffs, total = facts.counts()
        return Pulled(
            organiser=state.organiser,
            new=tuple(sorted(new, key=lambda one: (one.number, one.link, one.seal))),
            contents=len(batch.contents),
            size=batch.size,
            moved=moved,
            total=total,
            handoffs=handoffs,
            findings=(*stand.lost, *batch.findings),
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

    def _known(self, roster: Roster) -> _Stand | None:
        """What stands, by the facts, after a look at a part of it; None where there are none to believe."""
        facts = None if self._check else Facts.open(self._root, roster.versions[-1].seal)
        if facts is None:
            return None
        try:
            seen = look(self._root, facts, self._proof, self._shelves)
        except BaseException:
            facts.close()
            raise
        if not seen.proof:
            facts.close()
            return None
        stand = _Stand(facts=facts, anew=False, leaves=seen.leaves)
        stand.misses(seen.missing.items())
        return stand

    def _anew(self, roster: Roster) -> _Stand:
        """What stands, by the proof, all of it verified again; facts are made of it."""
        known, lost = self._proven(roster)
        standing = self._shelves.standing()
        with writing():
            facts = Facts.anew(self._root, roster.versions[-1].seal)
        merge_anew(facts, known, _revoked(roster, {one.link for one in known}))
        stand = _Stand(facts=facts, anew=True, lost=lost)
        places = {digest: (place, size) for digest, place, size in facts.places()}
        for digest in places.keys() | standing.keys():
            if standing.get(digest) != places.get(digest, ("", 0))[0]:
                stand.elsewhere[digest] = standing.get(digest)
        sized = [(digest, path, places[digest][1]) for digest, path in standing.items() if digest in places]
        missing = self._shelves.missing(sized)
        stand.misses(missing.items())
        sure = [one for one in sized if one[0] not in missing] if self._check else []
        strays = [(digest, path, 0) for digest, path in standing.items() if digest not in places]
        stand.misses(altered(self._root, [*sure, *strays], self._progress).items())
        return stand

    def _proven(self, roster: Roster) -> tuple[list[Given], list[Finding]]:
        """The hand-offs that are in; proof that no longer stands is put aside, so that it is fetched again."""
        known, lost = [], []
        for place, sound in self._proof.all(roster):
            if sound is not None:
                known.append(Given.of(sound))
            else:
                lost.append(finding("E206", names.escape(os.fsencode(place))))
                self._shelves.put_aside(place)
        return known, lost

    def _bring(self, state: State, roster: Roster, stand: _Stand) -> Batch:
        """Fetch what is new, and what is missing, to wait beside the library."""
        bringing = Bringing(
            archive=self._archive,
            facts=stand.facts,
            shelves=self._shelves,
            proof=self._proof,
            stands=stand.stands,
            progress=self._progress,
        )
        batch = bringing.bring(Cursor() if stand.lost else self._cursor(state), roster)
        absent = [digest for digest, place in stand.elsewhere.items() if place is None]
        bringing.restore((digest for digest in absent if stand.facts.place(digest) is not None), batch)
        return batch

    def _cursor(self, state: State) -> Cursor:
        """Where to go on reading: where the last pull stopped, in the feed that it read."""
        cursor = state.archives.get(self._archive.id, Cursor())
        last = next(self._archive.feed(cursor.position - 1), None) if cursor.position else None
        return cursor if last is not None and last.seal == cursor.seal else Cursor()

    def _take_in(self, roster: Roster, stand: _Stand, batch: Batch, new: Sequence[Given]) -> int:
        """Keep the proof, merge, and move files until they stand as merged; how many stood elsewhere before."""
        facts = stand.facts
        with writing():
            durable.sync_disk(self._root)
            begin_change(self._root)
            for one in new:
                self._shelves.put_aside(place_of(one.link, one.folder, one.seal))
            self._proof.keep_roster(roster)
            self._proof.keep(batch.sounds)
        facts.begin()
        changes, is_whole = _merged(facts, new, roster)
        for place in stand.spoilt:
            self._shelves.put_aside(place)
        moves = _Moves(facts, changes, stand.elsewhere)
        self._shelves.arrange(moves)
        moved = sum(one.before is not None and one.after is not None for one in moves)
        with writing():
            if stand.anew or is_whole:
                describe_all(self._root, facts)
            else:
                describe(self._root, facts, [one.digest for one in changes], stand.leaves)
            facts.commit()
            durable.sync_disk(self._root)
        return moved

    def _describe_page(self, roster: Roster, facts: Facts) -> None:
        handoffs, contents = facts.counts()
        page = readme_bytes(roster.versions[-1].relay.name, roster.organiser, contents, handoffs)
        write_note(self._root, README, page)

    def _remember(self, state: State, cursor: Cursor) -> None:
        archives = dict(sorted({**state.archives, self._archive.id: cursor}.items()))
        data = msgspec.json.encode(State(organiser=state.organiser, archives=archives)) + b"\n"
        write_note(self._root, _STATE, data)


def _merged(facts: Facts, new: Sequence[Given], roster: Roster) -> tuple[Iterable[Change], bool]:
    """Merge hand-offs in; what changed, and whether all was merged anew for that."""
    links = {*facts.links(), *(one.link for one in new)} if any(one.relay.revoked for one in roster.versions) else ()
    revoked = _revoked(roster, links)
    try:
        with facts.attempt():
            return merge_in(facts, new, revoked), False
    except NotAloneError:
        merge_anew(facts, [*facts.all(), *new], revoked)
    return _Replaced(facts), True


@dataclass(frozen=True, slots=True)
class _Replaced(Iterable[Change]):
    """What merging anew changed: as much as there is in the library, so it stays in the facts."""

    facts: Facts

    def __iter__(self) -> Iterator[Change]:
        return (Change(digest=digest, before=old, after=place) for digest, old, place in self.facts.replaced())


@dataclass(frozen=True, slots=True)
class _Moves(Iterable[Move]):
    """What has to move: what changed its place, and what did not stand where it should."""

    facts: Facts
    changes: Iterable[Change]
    elsewhere: Mapping[Digest, str | None]

    def __iter__(self) -> Iterator[Move]:
        for one in self.changes:
            if one.before != one.after and one.digest not in self.elsewhere:
                yield Move(digest=one.digest, before=one.before, after=one.after)
        for digest, before in sorted(self.elsewhere.items()):
            if (after := self.facts.place(digest)) != before:
                yield Move(digest=digest, before=before, after=after)


def _revoked(roster: Roster, links: Iterable[str]) -> dict[str, dict[str, str]]:
    """Fingerprint of each stolen key to the last good seal by it, by Link."""
    found: dict[str, dict[str, str]] = {}
    for link in links:
        for key, seal in roster.revoked(link).items():
            found.setdefault(key, {})[link] = seal
    return found


@contextmanager
def opened(library: Path) -> Iterator[None]:
    """Keep a second pull out; a folder that holds something else is not taken."""
    shown = names.escape(os.fsencode(library))
    with writing():
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
