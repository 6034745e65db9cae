"""The hand-off at the table, step by step (format 1, "The hand-off"; DESIGN's promises 1, 2 and 5).

Judge the records → finish what an earlier run began → take in → seal on the host → write to the stick → refresh what
follows → read back. A stick that cannot be written to is still taken in: the hand-off stays pending.
"""

import contextlib
import datetime as dt
from dataclasses import dataclass, replace

from linksync import __version__
from linksync.custody import names
from linksync.custody.chain import Node, folder_name
from linksync.custody.compose import Facts
from linksync.custody.findings import Finding
from linksync.custody.relay import Relay
from linksync.custody.report import Report, attest, attestable
from linksync.custody.roster import RelayVersion, Roster
from linksync.custody.seal import HANDOFFS, SEAL, seal_path
from linksync.errors import MediumError, RefusedError
from linksync.host.admission import Request, open_link, require_holder, version_in_force
from linksync.host.delivery import (
    IN_THE_WAY,
    Parcel,
    deliver,
    mend,
    missing_relays,
    put_relays,
    refresh,
    seal_handoff,
)
from linksync.host.intake import Intake, removable, take_in
from linksync.host.outbox import Entry
from linksync.host.state import State
from linksync.stick.medium import Medium, translated
from linksync.stick.verify import Judged, Progress, stale_manifests
from linksync.stick.writing import Writer

SOFTWARE = f"linksync {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a hand-off.

    Attributes:
        link: the Link's id.
        folder: the new hand-off's folder; empty where there was nothing to hand over.
        finished: the folder of an earlier hand-off that was finished first, or empty.
        intake: what was found and taken in.
        report: of the records, as they were found.
        problem: why the stick could not be written; all is safe on the host then, and pending.
        unwritten: files of ours whose names something else has.
    """

    link: str
    number: int
    folder: str
    seal: str
    finished: str
    intake: Intake
    report: Report
    problem: MediumError | None = None
    unwritten: tuple[str, ...] = ()


def hand_over(
    medium: Medium, host: State, request: Request, *, progress: Progress = lambda _done, _all: None
) -> Outcome:
    """Hand over a stick.

    Raises:
        RefusedError: ``not-a-link``, ``half-prepared``, ``organiser-unknown``, ``host-unknown``, ``stick-busy`` …
        TrustError: ``organiser-other``, ``relay-other``, ``host-key-other``.
        FormatError: ``link-newer``.
        MediumError: the stick could not be read, or the host's disk failed. In all these cases nothing was changed.
    """
    host.require_apart(medium)
    with medium.locked(), host.locked():
        judged = open_link(medium, host, request)
        link = judged.history.link
        version = version_in_force(judged, host)
        require_holder(version, request)
        judged, finished = _finish_pending(medium, host, judged)
        host.drop_copies()
        intake = take_in(medium, judged, version.relay.policy, host.staging(link), progress)
        head = judged.history.chain.line[-1]
        report = _report(judged)
        if not intake.anything and head.holder == request.holder:
            unwritten, problem = _refreshed(medium, host, judged, intake)
            return Outcome(
                link=link,
                number=head.number,
                folder="",
                seal=head.seal.hash,
                finished=finished,
                intake=intake,
                report=report,
                problem=problem,
                unwritten=unwritten,
            )
        entry = _sealed(medium, host, judged, intake, version, request)
        unwritten, problem = _delivered(medium, host, judged, entry, intake)
        return Outcome(
            link=link,
            number=entry.number,
            folder=entry.folder.name,
            seal=entry.seal,
            finished=finished,
            intake=intake,
            report=report,
            problem=problem,
            unwritten=unwritten,
        )


def plan(medium: Medium, host: State, request: Request, *, progress: Progress = lambda _done, _all: None) -> Outcome:
    """What ``hand_over`` would do now, as far as can be seen: nothing is copied, signed, written or remembered.

    Returns:
        An outcome without a seal; ``folder`` is empty where there is nothing to hand over.

    Raises:
        LinksyncError: as ``hand_over``.
    """
    with host.scratch() as copy:
        judged = open_link(medium, copy, request)
        link, head = judged.history.link, judged.history.chain.line[-1]
        version = version_in_force(judged, copy)
        require_holder(version, request)
        pending = _to_finish(host, judged)
        intake = take_in(medium, judged, version.relay.policy, copy.staging(link), progress, keep=False)
        intake = _without(intake, pending) if pending else intake
        nothing = not intake.anything and (pending is not None or head.holder == request.holder)
        number = head.number + (2 if pending else 1)
        return Outcome(
            link=link,
            number=number - 1 if nothing else number,
            folder="" if nothing else free_name(medium, number, request.holder),
            seal="",
            finished=pending.folder.name if pending else "",
            intake=intake,
            report=_report(judged),
        )


def place_of(relay: Relay, holder: str, now: dt.datetime) -> str:
    """Where a holder is on that day, by the relay's stops; else by the holder's own place."""
    stops = sorted(
        (stop for stop in relay.stops if stop.host == holder), key=lambda stop: abs((now.date() - stop.date).days)
    )
    party = relay.holder(holder)
    return stops[0].place if stops else party.place[:200] if party else ""


def _finish_pending(medium: Medium, host: State, judged: Judged) -> tuple[Judged, str]:
    """Bring to an end what an earlier run sealed and did not read back from a stick."""
    link, chain = judged.history.link, judged.history.chain
    outbox = host.outbox(link)
    here = {node.seal.hash for node in chain.nodes}
    finished = ""
    for entry in outbox.entries():
        if entry.status != "pending":
            continue
        if entry.seal in here or (chain.head is not None and entry.previous == chain.head.seal.hash):
            after = _delivered_at_last(medium, host, judged, entry)
            if after is not None:
                judged, finished = after, entry.folder.name
                chain = judged.history.chain
        elif entry.number <= (chain.head.number if chain.head else 0):
            outbox.mark(entry.seal, "aside")
    return judged, finished


def _to_finish(host: State, judged: Judged) -> Entry | None:
    """The hand-off of an earlier run that goes to the stick first, as far as can be seen."""
    head, here = judged.history.chain.head, {node.seal.hash for node in judged.history.chain.nodes}
    pending = (entry for entry in host.outbox(judged.history.link).entries() if entry.status == "pending")
    fits = (one for one in pending if one.seal not in here and head and one.previous == head.seal.hash)
    return next(fits, None)


def _without(intake: Intake, entry: Entry) -> Intake:
    """What is left to take in once another hand-off is finished."""
    contents, gone = entry.contents(), entry.gone()
    return replace(
        intake,
        taken={path: one for path, one in intake.taken.items() if contents.get(path) != one.digest},
        gone={path: digest for path, digest in intake.gone.items() if path not in gone},
    )


def _delivered_at_last(medium: Medium, host: State, judged: Judged, entry: Entry) -> Judged | None:
    """Deliver what an earlier run sealed; None where something else has its place now: then it goes aside."""
    link = judged.history.link
    try:
        return deliver(medium, host, link, entry, _parcel(judged, host))
    except RefusedError:
        pass
    except MediumError as error:
        if error.errno not in IN_THE_WAY:
            raise
    host.outbox(link).mark(entry.seal, "aside")
    return None


def _sealed(
    medium: Medium, host: State, judged: Judged, intake: Intake, version: RelayVersion, request: Request
) -> Entry:
    history = judged.history
    head: Node = history.chain.line[-1]
    now = request.now()
    facts = Facts(
        version=version,
        link=history.link,
        number=head.number + 1,
        previous=head.seal.hash,
        holder=request.holder,
        received_from=head.holder,
        place=request.place or place_of(version.relay, request.holder, now),
        time=now,
        software=SOFTWARE,
        taken=intake.taken,
        gone=intake.gone,
        changes=intake.changes,
        waiting=intake.waiting,
        special=intake.tree.special,
        unlistable=intake.tree.unlistable,
        litter=removable(intake),
        findings=to_attest(judged),
        narrowed=intake.narrowed,
    )
    path = seal_path(head.seal.folder)
    files = next(f.files for f in judged.records.handoffs if f.path == head.seal.folder)
    return seal_handoff(
        host,
        facts,
        history.state,
        folder=free_name(medium, facts.number, request.holder),
        previous=(path, files[SEAL]),
        signer=request.signer,
    )


def to_attest(judged: Judged) -> tuple[Finding, ...]:
    """The findings about records that this hand-off records, so that they become notes."""
    return tuple(sorted(f for f in attest(judged.findings, judged.history.chain.line) if attestable(f)))


def free_name(medium: Medium, number: int, holder: str) -> str:
    """A name for the next hand-off's folder that nothing on the stick has."""
    taken: list[str] = []
    with (
        translated(medium.path, reading=True),
        contextlib.suppress(FileNotFoundError),
        medium.at(HANDOFFS.encode()) as folder,
    ):
        taken = [entry.name.decode("utf-8", "replace") for entry in medium.entries(folder)]
    return folder_name(number, holder, taken)


def _delivered(
    medium: Medium, host: State, judged: Judged, entry: Entry, intake: Intake
) -> tuple[tuple[str, ...], MediumError | None]:
    """Write to the stick; where it fails, all is safe on the host and pending."""
    try:
        after = deliver(medium, host, judged.history.link, entry, _parcel(judged, host))
        if after.history.damaged:
            now = {path: taken.digest for path, taken in intake.taken.items()}
            after = mend(medium, host, entry, judged.history.state, gone=intake.gone, now=now)
        return refresh(medium, after.history, intake.consent, _listed_litter(after, intake)), None
    except MediumError as error:
        return (), error


def _refreshed(
    medium: Medium, host: State, judged: Judged, intake: Intake
) -> tuple[tuple[str, ...], MediumError | None]:
    """Finish what an earlier run left, and bring relay versions that are new here: a revocation must travel."""
    relays = _parcel(judged, host).relays
    try:
        put_relays(Writer(medium), relays)
        return refresh(medium, judged.history, intake.consent, _listed_litter(judged, intake)), None
    except MediumError as error:
        return (), error if relays or stale_manifests(judged) else None


def _listed_litter(judged: Judged, intake: Intake) -> tuple[bytes, ...]:
    """The litter that the last hand-off lists: no more than that is removed."""
    last = judged.history.chain.line[-1].handoff
    listed = {names.unescape(path) for path in last.litter} if last else set()
    return tuple(path for path in removable(intake) if path in listed)


def _parcel(judged: Judged, host: State) -> Parcel:
    here = judged.history.here.versions
    roster: Roster = host.roster(here[0].relay.id) if here else judged.history.roster
    there = {folder.path for folder in judged.records.receipts}
    receipts = tuple(folder for folder in host.receipts(judged.history.link) if folder.path not in there)
    return Parcel(relays=missing_relays(judged, roster), receipts=receipts)


def _report(judged: Judged) -> Report:
    chain = judged.history.chain
    return Report(
        findings=tuple(attest(judged.findings, chain.line)),
        link=chain.link,
        number=chain.line[-1].number,
        seal=chain.line[-1].seal.hash,
        standing=judged.standing,
    )
