"""The hand-off at the table, step by step (format 1, "The hand-off"; DESIGN's promises 1, 2 and 5).

Judge the records → finish what an earlier run began → take in → seal on the host → write to the stick → refresh what
follows → read back. A stick that cannot be written to is still taken in: the hand-off stays pending.

``hand_over`` does all of it. ``receive`` is its first half alone, up to the seal, and only reads the stick: it works on
a mount that cannot be written to. ``finishing.finish`` is the second half.
"""

from dataclasses import dataclass, replace

from linksync.custody.report import Report, attest
from linksync.custody.roster import RelayVersion
from linksync.custody.taken import Takings
from linksync.errors import MediumError
from linksync.host.admission import Request, open_link, require_holder, version_in_force
from linksync.host.delivery import Tell, silently
from linksync.host.finishing import awaited, delivered, finish_pending, is_unfinished, put_aside, refreshed
from linksync.host.intake import Intake, take_in
from linksync.host.keeping import give_way, let_go
from linksync.host.outbox import Entry
from linksync.host.sealing import free_name, seal_intake
from linksync.host.state import State
from linksync.stick.medium import Medium
from linksync.stick.verify import Judged, Progress


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What the reading half of a hand-off found.

    Attributes:
        link: the Link's id.
        number: of the new hand-off; of the last one where there is none.
        folder: the new hand-off's folder, signed and pending in the outbox; empty where there was nothing to hand over.
        seal: its hash, or that of the last one.
        pending: the folder of an earlier hand-off that must be finished first: nothing was read then, and ``intake`` is
            None; receive again afterwards.
        unfinished: whether ``finish`` has anything to write to the stick.
        intake: what was found and taken in.
        report: of the records, as they were found.
    """

    link: str
    number: int
    folder: str
    seal: str
    pending: str
    unfinished: bool
    intake: Intake | None
    report: Report


def hand_over(
    medium: Medium,
    host: State,
    request: Request,
    *,
    progress: Progress = lambda _done, _all: None,
    told: Tell = silently,
) -> Outcome:
    """Hand over a stick.

    Args:
        medium: the stick.
        host: this host's memory.
        request: who hands over.
        progress: told how far reading has come.
        told: told each step.

    Raises:
        RefusedError: ``not-a-link``, ``half-prepared``, ``organiser-unknown``, ``host-unknown``, ``stick-busy`` …
        TrustError: ``organiser-other``, ``organiser-not-label``, ``relay-other``, ``host-key-other``.
        FormatError: ``link-newer``.
        MediumError: the stick could not be read, or the host's disk failed. In all these cases nothing was changed.
    """
    host.require_apart(medium)
    with medium.locked(), host.locked():
        judged, version = _opened(medium, host, request, told)
        judged, finished = finish_pending(medium, host, judged)
        intake, entry = _taken_in(medium, host, judged, version, request, progress, told)
        report = _report(judged)
        if entry is None:
            unwritten, problem = refreshed(medium, host, judged, intake)
        else:
            unwritten, problem = delivered(medium, host, judged, entry, intake, told)
    head = judged.history.chain.line[-1]
    return Outcome(
        link=judged.history.link,
        number=entry.number if entry else head.number,
        folder=entry.folder.name if entry else "",
        seal=entry.seal if entry else head.seal.hash,
        finished=finished,
        intake=intake,
        report=report,
        problem=problem,
        unwritten=unwritten,
    )


def receive(
    medium: Medium,
    host: State,
    request: Request,
    *,
    progress: Progress = lambda _done, _all: None,
    told: Tell = silently,
) -> Received:
    """Take in and seal what is new on a stick, without writing to it: it may be mounted to be read only.

    Args:
        medium: the stick.
        host: this host's memory.
        request: who hands over.
        progress: told how far reading has come.
        told: told each step.

    Raises:
        LinksyncError: as ``hand_over``; nothing was changed.
    """
    host.require_apart(medium)
    with medium.locked(), host.locked():
        judged, version = _opened(medium, host, request, told)
        pending = awaited(host, judged)
        if pending is not None:
            return _received(judged, pending=pending)
        put_aside(host, judged)
        intake, entry = _taken_in(medium, host, judged, version, request, progress, told)
        unfinished = entry is not None or is_unfinished(medium, host, judged, intake)
        return _received(judged, entry=entry, intake=intake, unfinished=unfinished)


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
        intake = take_in(
            medium, judged, version.relay.policy, copy.staging(link), progress, keep=False, scanner=request.scanner
        )
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


def _opened(medium: Medium, host: State, request: Request, told: Tell) -> tuple[Judged, RelayVersion]:
    """The stick's records and the relay version in force; all that can be refused is refused here."""
    judged = open_link(medium, host, request)
    version = version_in_force(judged, host)
    require_holder(version, request)
    told("recognised")
    return judged, version


def _taken_in(
    medium: Medium,
    host: State,
    judged: Judged,
    version: RelayVersion,
    request: Request,
    progress: Progress,
    told: Tell,
) -> tuple[Intake, Entry | None]:
    """Read the stick, and seal what is new; no entry where the same holder has nothing new to hand over."""
    let_go(host, reads=True)
    intake = take_in(
        medium,
        judged,
        version.relay.policy,
        host.staging(judged.history.link),
        progress,
        scanner=request.scanner,
        make_room=lambda: give_way(host),
    )
    told("staged")
    told("screened")
    if not intake.anything and judged.history.chain.line[-1].holder == request.holder:
        return intake, None
    entry = seal_intake(medium, host, judged, intake, version, request)
    told("sealed")
    return intake, entry


def _received(
    judged: Judged,
    *,
    pending: Entry | None = None,
    entry: Entry | None = None,
    intake: Intake | None = None,
    unfinished: bool = True,
) -> Received:
    head = judged.history.chain.line[-1]
    return Received(
        link=judged.history.link,
        number=entry.number if entry else head.number,
        folder=entry.folder.name if entry else "",
        seal=entry.seal if entry else head.seal.hash,
        pending=pending.folder.name if pending else "",
        unfinished=unfinished,
        intake=intake,
        report=_report(judged),
    )


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
        taken=Takings(pair for pair in intake.taken.pairs() if contents.get(pair[0]) != pair[1].digest),
        gone={path: digest for path, digest in intake.gone.items() if path not in gone},
    )


def _report(judged: Judged) -> Report:
    chain = judged.history.chain
    return Report(
        findings=tuple(attest(judged.findings, chain.line)),
        link=chain.link,
        number=chain.line[-1].number,
        seal=chain.line[-1].seal.hash,
        standing=judged.standing,
    )
