"""Bringing: hand-offs fetched from an archive, verified as the archive did, every byte, and put to wait.

Nothing of the library changes here: contents wait under their digests, proof waits in the workshop.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from linksync.archive.appraisal import Sound, appraise
from linksync.archive.objects import DamagedError, digest_of, verified
from linksync.archive.ocfl import object_id
from linksync.archive.port import Archive, Arrival, Content, Fetched
from linksync.custody import names
from linksync.custody.columns import DigestSet
from linksync.custody.findings import Finding, finding
from linksync.custody.lists import Digest
from linksync.custody.payload import sizes_of
from linksync.custody.relay import Record
from linksync.custody.roster import Roster
from linksync.custody.seal import HANDOFFS
from linksync.library.facts import Facts
from linksync.library.proof import Proof
from linksync.library.shelves import Shelves, writing
from linksync.machine import durable
from linksync.machine.shares import Progress


class Cursor(Record, frozen=True, kw_only=True):
    """How far the feed of an archive was read.

    Attributes:
        seal: what stood at that position; where something else does, the archive was made anew under the same id.
        again: entries before that must be tried again.
    """

    position: int = 0
    seal: str = ""
    again: tuple[int, ...] = ()


@dataclass(slots=True)
class Batch:
    """What came in now.

    Attributes:
        contents: the new ones; ``size`` their bytes.
        again: entries of the feed that did not come in.
        position: of the last entry that was read; ``seal`` what stood there.
    """

    sounds: list[Sound] = field(default_factory=list)
    contents: DigestSet = field(default_factory=DigestSet)
    size: int = 0
    findings: list[Finding] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    position: int = 0
    seal: str = ""

    @property
    def cursor(self) -> Cursor:
        """Where to go on reading."""
        return Cursor(position=self.position, seal=self.seal, again=tuple(sorted(self.again)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringing:
    """What it takes to bring.

    Attributes:
        stands: whether a content need not be brought.
        progress: told how many bytes of how many that are known of by then.
    """

    archive: Archive
    facts: Facts
    shelves: Shelves
    proof: Proof
    stands: Callable[[Digest], bool]
    progress: Callable[[int, int], None]

    def bring(self, cursor: Cursor, roster: Roster) -> Batch:
        """Fetch and verify what is new."""
        batch = Batch(position=cursor.position, seal=cursor.seal)
        judged: list[tuple[Arrival, Sound, Fetched]] = []
        known: set[str] = set()
        for arrival in self._arrivals(cursor):
            if arrival.position > batch.position:
                batch.position, batch.seal = arrival.position, arrival.seal
            if arrival.seal in known or self.facts.has(arrival.seal):
                continue
            found = self._judged(arrival, roster, batch)
            if found is not None:
                known.add(arrival.seal)
                judged.append((arrival, *found))
            else:
                batch.again.append(arrival.position)
        self._bring_contents(judged, batch)
        return batch

    def restore(self, missing: Iterable[Digest], batch: Batch) -> None:
        """Bring again what somebody took away from the library, or wrote over."""
        for digest in sorted(missing):
            path = b""
            for giving in self.facts.of_content(digest):
                by, path = giving.by, giving.gift.path
                id_ = object_id(by.link, by.number, by.seal)
                fetched = self.archive.fetch(Arrival(position=0, object=id_, folder=by.folder, seal=by.seal))
                if fetched is not None and self._bring_content(fetched.content, path, digest):
                    break
            else:
                batch.findings.append(finding("E302", names.escape(path)))

    def _arrivals(self, cursor: Cursor) -> Iterator[Arrival]:
        for position in cursor.again:
            yield from islice(self.archive.feed(position - 1), 1)
        yield from self.archive.feed(cursor.position)

    def _judged(self, arrival: Arrival, roster: Roster, batch: Batch) -> tuple[Sound, Fetched] | None:
        """One hand-off, verified; None, with findings, where it does not stand there."""
        where = f"{HANDOFFS}/{names.escape(arrival.folder.encode())}"
        fetched = self.archive.fetch(arrival)
        if fetched is None:
            batch.findings.append(finding("E302", where))
            return None
        appraisal = appraise(
            fetched.handoff, fetched.previous, fetched.relays, known=roster, organiser=roster.organiser
        )
        sound = appraisal.sound
        if sound is None:
            batch.findings += appraisal.findings
            return None
        if sound.object != arrival.object or (sound.node.previous and sound.previous is None):
            batch.findings.append(finding("E117", where, what="object"))
            return None
        return sound, fetched

    def _bring_contents(self, judged: list[tuple[Arrival, Sound, Fetched]], batch: Batch) -> None:
        """Bring what they added, and prepare the proof of those that came whole."""
        total = sum(sum(sizes_of(sound.lists.index, sound.lists.added)) for _, sound, _ in judged)
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.progress(done, total)

        for arrival, sound, fetched in judged:
            lost = self._lost(sound, fetched, batch, advance)
            if lost is not None:
                batch.findings.append(finding("E301", names.escape(lost)))
                batch.again.append(arrival.position)
                continue
            with writing():
                self.proof.prepare(sound)
            batch.sounds.append(sound)

    def _lost(self, sound: Sound, fetched: Fetched, batch: Batch, advance: Progress) -> bytes | None:
        """The first path of a hand-off that did not come whole; None where all did."""
        sizes = sizes_of(sound.lists.index, sound.lists.added)
        for (path, digest), size in zip(sound.lists.added.pairs(), sizes, strict=True):
            if not self.stands(digest) and digest not in batch.contents:
                if not self._bring_content(fetched.content, path, digest):
                    return path
                batch.contents.add(digest)
                batch.size += size
            advance(size)
        return None

    def _bring_content(self, content: Content, path: bytes, digest: Digest) -> bool:
        waiting = self.shelves.waiting_path(digest)
        with writing(waiting):
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


def _copy(file: BinaryIO, digest: Digest, target: Path) -> bool:
    """Copy a content, hashed as it passes; False where it is not what it should be."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        for piece in verified(file, digest):
            durable.write_all(descriptor, piece)
    except DamagedError:
        os.unlink(target)
        return False
    finally:
        os.close(descriptor)
    return True
