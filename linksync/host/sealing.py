"""Sealing what was taken in: the facts of a hand-off, its folder's name, and the signature, on the host's own disk."""

import contextlib
import datetime as dt

from linksync import __version__
from linksync.custody.chain import Node, folder_name
from linksync.custody.compose import Facts
from linksync.custody.findings import Finding
from linksync.custody.relay import Relay
from linksync.custody.report import attest, attestable
from linksync.custody.roster import RelayVersion
from linksync.custody.seal import HANDOFFS, SEAL, seal_path
from linksync.host.admission import Request
from linksync.host.delivery import seal_handoff
from linksync.host.intake import Intake, removable
from linksync.host.outbox import Entry
from linksync.host.state import State
from linksync.stick.medium import Medium, translated
from linksync.stick.verify import Judged

SOFTWARE = f"linksync {__version__}"


def seal_intake(
    medium: Medium, host: State, judged: Judged, intake: Intake, version: RelayVersion, request: Request
) -> Entry:
    """Seal what was taken in, as the next hand-off; from here on it is safe and signed on the host's disk.

    Args:
        medium: the stick, for its names; nothing is written to it.
        host: this host's memory.
        judged: the stick's records.
        intake: what was taken in.
        version: of the relay, in force.
        request: who hands over.

    Returns:
        The entry in the outbox, pending.

    Raises:
        MediumError: the host's disk failed; nothing was changed.
    """
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


def place_of(relay: Relay, holder: str, now: dt.datetime) -> str:
    """Where a holder is on that day, by the relay's stops; else by the holder's own place."""
    stops = sorted(
        (stop for stop in relay.stops if stop.host == holder), key=lambda stop: abs((now.date() - stop.date).days)
    )
    party = relay.holder(holder)
    return stops[0].place if stops else party.place[:200] if party else ""


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
