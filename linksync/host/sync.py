"""Sync: what this host, and a stick that is plugged in, still owe an archive; and what the archive knows in return.

Any host may send anybody's hand-offs, in any order and any number of times: the archive verifies each by itself and
answers with a receipt. Nothing is deleted but the host's own copies, and those only after a receipt that was verified:
``keeping`` says when.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, cast

from linksync.archive.port import Answer, Archive, Outcome, Submission
from linksync.custody import lists
from linksync.custody.findings import Finding
from linksync.custody.history import History
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import RECEIPTS, SEAL, RawFolder
from linksync.custody.side import read_receipts
from linksync.errors import RefusedError
from linksync.host.keeping import let_go
from linksync.host.outbox import Entry
from linksync.host.state import State
from linksync.stick.medium import Medium, PlainFile, translated
from linksync.stick.verify import Judged, judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What an archive said to one hand-off.

    Attributes:
        folder: the hand-off's folder; ``link`` and ``seal`` as hexadecimal digits.
        receipt: whether a receipt was given that holds.
        missing: paths, raw bytes, that the archive still needs.
    """

    link: str
    folder: str
    seal: str
    outcome: Outcome
    receipt: bool
    missing: tuple[bytes, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What came of a sync.

    Attributes:
        sent: in order; hand-offs that the archive had already are there only where this host still owed them.
        pending: folders of hand-offs that no stick has given back yet; they stay here.
        relay_version: the newest relay version known here afterwards, 0 for none.
    """

    archive: str
    sent: tuple[Sent, ...]
    pending: tuple[str, ...]
    relay_version: int


def sync(host: State, archive: Archive, medium: Medium | None = None, *, reads: bool = False) -> Synced:
    """Send what is owed, and learn what the archive knows.

    Args:
        host: this host's memory.
        archive: where to.
        medium: a stick whose hand-offs are offered too.
        reads: whether this host reads what it took in (``reading_on``): copies then stay until that is done.

    Raises:
        MediumError: the archive, the stick or the host's disk failed; what was accepted stays so, the rest is owed.
        RefusedError: ``state-busy``; ``sync-other-organiser`` (``found``, ``archive``): the stick is of another relay.
    """
    with host.locked():
        _learn_relays(host, archive)
        relays = set(_relays(host, archive))
        owed = [(link, entry) for link in host.links() for entry in host.outbox(link).entries()]
        sent = [
            _offer_entry(host, archive, link, entry, relay)
            for link, entry in owed
            if entry.is_owed and (relay := _relay_of(host, entry.folder)) in relays
        ]
        if medium is not None:
            with translated(medium.path, reading=True):
                judged = judge(medium, host.trust())
            found = judged.history.roster.organiser
            if found != archive.organiser:
                raise RefusedError("sync-other-organiser", found=found or "-", archive=archive.organiser)
            known = {one.seal for one in sent if one.outcome in {Outcome.ACCEPTED, Outcome.ALREADY}}
            sent += _offer_stick(host, archive, medium, judged, known)
        let_go(host, reads=reads)
        pending = [e.folder.name for link in host.links() for e in host.outbox(link).entries() if e.status == "pending"]
        newest = max((len(host.roster(relay).versions) for relay in _relays(host, archive)), default=0)
    return Synced(archive=archive.id, sent=tuple(sent), pending=tuple(pending), relay_version=newest)


def _relays(host: State, archive: Archive) -> Iterator[str]:
    """The ids of the relays known here whose organiser is the archive's."""
    for relay in host.relays():
        if host.organiser(relay) == archive.organiser:
            yield relay


def _learn_relays(host: State, archive: Archive) -> None:
    """Relay versions travel both ways, between those who trust the same organiser."""
    roster, _ = read_roster(archive.relay_versions())
    for relay in _relays(host, archive):
        if roster.versions and roster.versions[0].relay.id == relay and roster.organiser == host.organiser(relay):
            host.learn_relay(roster)
        archive.learn_relay(host.relay_folders(relay))


def _offer_entry(host: State, archive: Archive, link: str, entry: Entry, relay: str) -> Sent:
    staging = host.staging(link)
    submission = Submission(
        handoff=entry.folder,
        previous=entry.previous_seal,
        relays=host.relay_folders(relay),
        content=lambda _path, digest: staging.open(digest),
        attested=entry.status == "written",
    )
    answer = archive.offer(submission)
    return _taken_note(host, archive, link, entry.folder, entry.seal, answer, host.roster(relay))


def _relay_of(host: State, folder: RawFolder) -> str:
    """The relay that a hand-off's seal names, among those known here."""
    told = folder.files[SEAL]
    for relay in host.relays():
        if any(version.seal.encode() in told for version in host.roster(relay).versions):
            return relay
    return ""


def _offer_stick(host: State, archive: Archive, medium: Medium, judged: Judged, known: set[str]) -> Iterator[Sent]:
    history = judged.history
    folders = {folder.name: folder for folder in judged.records.handoffs}
    seals = {node.seal.hash: folders[node.folder].files[SEAL] for node in history.chain.nodes}
    relays = tuple(version.folder for version in history.roster.versions)
    content = _content_of(medium, history, host)
    for node in history.chain.nodes:
        if node.seal.hash in known:
            continue
        folder = folders[node.folder]
        if archive.holds_handoff(node.seal.hash):
            _keep_receipt(host, history, folder, archive.receipt(node.seal.hash), archive.id)
            continue
        submission = Submission(
            handoff=folder,
            previous=seals.get(node.previous),
            relays=relays,
            content=content,
        )
        answer = archive.offer(submission)
        yield _taken_note(host, archive, history.link, folder, node.seal.hash, answer, history.roster)


def _content_of(medium: Medium, history: History, host: State) -> Callable[[bytes, lists.Digest], BinaryIO | None]:
    """Content from the host's copies, or from the stick: under its own path, or wherever it was moved to."""

    @cache
    def moved() -> dict[lists.Digest, bytes]:
        return {digest: path for path, digest in history.state.files.items()}

    staging = host.staging(history.link) if history.link else None

    def content(path: bytes, digest: lists.Digest) -> BinaryIO | None:
        copy = staging.open(digest) if staging else None
        if copy is not None:
            return copy
        here = path if history.state.files.get(path) == digest else moved().get(digest, path)
        with contextlib.suppress(OSError):
            above, _, name = here.rpartition(b"/")
            with medium.at(above) as folder:
                return cast("BinaryIO", PlainFile(medium.open_file(folder, name), "rb"))
        return None

    return content


def _taken_note(
    host: State, archive: Archive, link: str, folder: RawFolder, seal: str, answer: Answer, roster: Roster
) -> Sent:
    """Keep the receipt, if it holds."""
    holds = _receipt_holds(folder, answer.receipt, archive.id, roster)
    if holds and answer.receipt is not None:
        host.keep_receipt(link, _receipt_path(archive.id, folder), answer.receipt)
        host.outbox(link).note_receipt(seal, archive.id)
    return Sent(
        link=link,
        folder=folder.name,
        seal=seal,
        outcome=answer.outcome,
        receipt=holds,
        missing=answer.missing,
        findings=answer.findings,
    )


def _keep_receipt(
    host: State, history: History, folder: RawFolder, receipt: Mapping[str, bytes] | None, archive: str
) -> None:
    if history.link and receipt is not None and _receipt_holds(folder, receipt, archive, history.roster):
        host.keep_receipt(history.link, _receipt_path(archive, folder), receipt)


def _receipt_holds(folder: RawFolder, receipt: Mapping[str, bytes] | None, archive: str, roster: Roster) -> bool:
    """Whether a receipt was signed by an archive of the relay, for this very hand-off."""
    if receipt is None:
        return False
    stand, problems = read_receipts([RawFolder(path=_receipt_path(archive, folder), files=receipt)], roster)
    seal = lists.sha256(folder.files[SEAL]).hex()
    return not problems and [one.record.handoff for one in stand] == [seal]


def _receipt_path(archive: str, folder: RawFolder) -> str:
    return f"{RECEIPTS}/{archive}/{folder.name}"
