"""Accession: a hand-off is verified, taken in whole, and answered.

Verify before acceptance; then content, records, inventory, declaration; then the feed, the register and the receipt.
Whatever is cut off, the next offer finishes: each step is done again harmlessly. What waits for others to arrive is
judged again when they do, so the order of arrival leaves no trace.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import BinaryIO

from linksync.archive.appraisal import Appraisal, Sound, appraise, dropped, revoked
from linksync.archive.entries import Hold, Reason, Registered
from linksync.archive.feed import Feed
from linksync.archive.holds import Holds, is_handoff_path, seal_of
from linksync.archive.objects import DamagedError, Objects, verified
from linksync.archive.port import Answer, Content, Outcome, Submission
from linksync.archive.receipts import Receipts
from linksync.archive.register import Register
from linksync.archive.relays import RosterShelf
from linksync.archive.store import Store
from linksync.custody import lists, names
from linksync.custody.findings import Finding, finding
from linksync.custody.keys import Signer
from linksync.custody.lists import Digest
from linksync.custody.seal import SEAL
from linksync.errors import FormatError
from linksync.machine.kept import KeptFile

_AFTER = "after-"
"""Before a seal: waits for somebody to go on from that hand-off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accession:
    """What it takes to take in: the parts of an archive.

    Attributes:
        organiser: the fingerprint of the relay's organiser.
        signer: gives the archive's key; None where it is not at hand.
    """

    store: Store
    organiser: str
    shelf: RosterShelf
    objects: Objects
    holds: Holds
    feed: Feed
    register: Register
    receipts: Receipts
    signer: Callable[[], Signer | None]

    def offer(self, submission: Submission) -> Answer:
        """Take a hand-off in, or hold it; then judge again what waited for it."""
        answer, sound = self._offer(submission)
        arrived = [sound] if sound is not None and answer.outcome is Outcome.ACCEPTED else []
        while arrived:
            for id_ in self._waiting_for(arrived.pop()):
                arrived += self._offer_again(id_)
        return answer

    def reconsider(self) -> None:
        """Judge every hold again that a new relay version may free."""
        for id_, hold in list(self.holds.all()):
            if hold.why == "findings":
                self._offer_again(id_)

    def _offer_again(self, id_: str) -> list[Sound]:
        hold = self.holds.get(id_)
        if hold is None or not is_handoff_path(hold.folder):
            return []
        answer, sound = self._offer(self.holds.submission(id_, hold))
        return [sound] if sound is not None and answer.outcome is Outcome.ACCEPTED else []

    def _offer(self, submission: Submission) -> tuple[Answer, Sound | None]:
        handoff = submission.handoff
        if not is_handoff_path(handoff.path):
            raise ValueError(f"{handoff.path!r} is no folder of a hand-off")
        found = appraise(
            handoff, submission.previous, submission.relays, known=self.shelf.roster(), organiser=self.organiser
        )
        self.shelf.keep(found.roster)
        if found.sound is None:
            return self._hold_unsound(submission, found), None
        sound = self._with_previous(found.sound)
        if self.objects.is_declared(sound.object):
            return self._finish(submission, sound, found, Outcome.ALREADY), sound
        if not submission.attested:
            return self._hold(submission, sound, why="unattested"), None
        problem, waits = self._signer_problem(sound, found)
        if problem is not None:
            return self._hold(submission, sound, why="findings", findings=(problem,), waits=waits), None
        missing = self._missing(submission, sound) or self._write(submission, sound)
        if missing:
            return self._hold(submission, sound, why="incomplete", missing=tuple(missing)), None
        return self._finish(submission, sound, found, Outcome.ACCEPTED), sound

    def _with_previous(self, sound: Sound) -> Sound:
        """The hand-off with the seal before it, from the archive where it did not come along."""
        before = self.register.get(sound.node.previous) if sound.node.previous and sound.previous is None else None
        fetched = self.objects.fetch(before.object, before.folder) if before is not None else None
        data = fetched.handoff.files.get(SEAL) if fetched is not None else None
        fits = data is not None and lists.sha256(data).hex() == sound.node.previous
        return replace(sound, previous=data) if fits else sound

    def _signer_problem(self, sound: Sound, found: Appraisal) -> tuple[Finding | None, str]:
        """What is wrong with the key since, and for what that waits."""
        last_good = revoked(sound, found.roster)
        if last_good is not None:
            stands, waits = self.register.stands_before(sound.node.seal.hash, last_good)
            problem = finding("E207", sound.folder.path, key=sound.node.key.fingerprint, holder=sound.node.holder)
            return (None, "") if stands else (problem, waits)
        problem_208 = dropped(sound, found.roster)
        if problem_208 is None or self.register.is_followed(sound.node.seal.hash):
            return None, ""
        return problem_208, f"{_AFTER}{sound.node.seal.hash}"

    def _missing(self, submission: Submission, sound: Sound) -> list[bytes]:
        """Paths whose bytes nobody has brought yet; looked at before the first byte is written."""
        missing = []
        if sound.node.previous and sound.previous is None:
            missing.append(sound.previous_path.encode())
        for path, digest in sound.lists.added.items():
            file = submission.content(path, digest) or self.holds.content(digest)
            if file is None:
                missing.append(path)
            else:
                file.close()
        return missing

    def _write(self, submission: Submission, sound: Sound) -> list[bytes]:
        def put_content(name: str, path: bytes, digest: Digest) -> bool:
            return self._put(submission.content, name, path, digest) or self._put_held(name, path, digest)

        return self.objects.write(sound, put_content)

    def _put(self, content: Content, name: str, path: bytes, digest: Digest) -> bool:
        file = content(path, digest)
        if file is None:
            return False
        with closing(file):
            try:
                if not self._adopted(name, file, digest):
                    self.store.put(name, verified(file, digest))
            except DamagedError:
                return False
        return True

    def _adopted(self, name: str, file: BinaryIO, digest: Digest) -> bool:
        """Verify a file of the host's own and take it as it is; False where it has to be copied.

        What this process hashed while it wrote it, and nobody touched since, is verified.
        """
        if not isinstance(file, KeptFile):
            return False
        if not file.is_known_as(digest):
            deque(verified(file, digest), maxlen=0)
            file.seek(0)
        return self.store.adopt(name, file)

    def _put_held(self, name: str, path: bytes, digest: Digest) -> bool:
        put = self._put(self.holds.held, name, path, digest)
        if not put:
            self.holds.drop(digest)
        return put

    def _finish(self, submission: Submission, sound: Sound, found: Appraisal, outcome: Outcome) -> Answer:
        """Keep what it refused, name it in the feed and the register, sign for it, and let go of its holds."""
        if sound.lists.refused:
            self.holds.keep(submission, _hold(submission, sound, why="refused"), sound.lists.refused.items())
        entry = _registered(sound)
        if self.register.get(entry.seal) != entry:
            self.feed.append(entry)
            self.register.add(entry)
        receipt = self.receipts.make(sound, self.shelf.roster(), self.signer())
        self.holds.release(entry.seal)
        return Answer(outcome=outcome, object=sound.object, receipt=receipt, findings=found.findings)

    def _hold(
        self,
        submission: Submission,
        sound: Sound,
        *,
        why: str,
        findings: tuple[Finding, ...] = (),
        missing: tuple[bytes, ...] = (),
        waits: str = "",
    ) -> Answer:
        hold = _hold(submission, sound, why=why, findings=findings, missing=missing, waits=waits)
        kept = {**sound.lists.refused, **sound.lists.added}
        self.holds.keep(submission, hold, kept.items())
        outcome = Outcome.INCOMPLETE if missing else Outcome.HELD
        return Answer(outcome=outcome, object=sound.object, missing=missing, findings=findings)

    def _hold_unsound(self, submission: Submission, found: Appraisal) -> Answer:
        contents = dict(_whatever_it_lists(submission))
        hold = Hold(
            object="",
            folder=submission.handoff.path,
            seal=seal_of(submission.handoff),
            why="findings" if submission.attested else "unattested",
            findings=tuple(map(Reason.of, found.findings)),
            contents=tuple(sorted({digest.hex() for digest in contents.values()})),
        )
        self.holds.keep(submission, hold, contents.items())
        return Answer(outcome=Outcome.HELD, object="", findings=found.findings)

    def _waiting_for(self, sound: Sound) -> Iterator[str]:
        """The holds that the arrival of a hand-off may free."""
        yield from self.holds.waiting(sound.node.seal.hash)
        if sound.node.previous:
            yield from self.holds.waiting(f"{_AFTER}{sound.node.previous}")


def _registered(sound: Sound) -> Registered:
    return Registered(
        object=sound.object,
        folder=sound.node.folder,
        link=sound.handoff.link,
        number=sound.node.number,
        seal=sound.node.seal.hash,
        previous=sound.node.previous,
        relay_version=sound.node.version.number,
    )


def _hold(
    submission: Submission,
    sound: Sound,
    *,
    why: str,
    findings: tuple[Finding, ...] = (),
    missing: tuple[bytes, ...] = (),
    waits: str = "",
) -> Hold:
    contents = {*sound.lists.added.values(), *sound.lists.refused.values()}
    return Hold(
        object=sound.object,
        folder=submission.handoff.path,
        seal=sound.node.seal.hash,
        why=why,
        findings=tuple(map(Reason.of, findings)),
        missing=tuple(map(names.escape, missing)),
        contents=tuple(sorted(digest.hex() for digest in contents)),
        waits=waits,
    )


def _whatever_it_lists(submission: Submission) -> Iterator[tuple[bytes, Digest]]:
    """The contents of a hand-off that cannot be judged, as far as its lists can be read: nothing is lost for it."""
    for name in ("added.sha256", "refused.sha256"):
        data = submission.handoff.files.get(name)
        try:
            yield from (lists.from_bytes(data) if data else {}).items()
        except FormatError:
            continue
