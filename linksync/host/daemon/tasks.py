"""The tasks of a working process: what is done on a stick, each by what the command line uses too."""

import datetime as dt
import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from linksync.archive.opening import open_archive
from linksync.archive.port import Outcome
from linksync.custody.findings import Finding
from linksync.custody.keys import Signer
from linksync.errors import MediumError, RefusedError
from linksync.host.admission import Request, require_link
from linksync.host.daemon import attending
from linksync.host.daemon.attending import attend
from linksync.host.daemon.telling import Job, Task, added_told, findings_told, waiting_told
from linksync.host.finishing import finish
from linksync.host.handoff import receive
from linksync.host.intake import Intake
from linksync.host.keeping import read_and_let_go
from linksync.host.state import State
from linksync.host.sync import sync
from linksync.knowledge.clamd import scanner
from linksync.machine.agent import agent_signer, open_signer
from linksync.machine.key_files import public_of
from linksync.relay.folder import read_signed
from linksync.stick.medium import Medium, translated
from linksync.stick.verify import Judged, judge, verify

_MEEK = 19
"""How far a process that reads stands back for others."""
_OVERTAKEN = frozenset({"W106", "W115"})
"""What was found before a hand-off and is so no longer, as the command says it."""


class Voice(attending.Voice, Protocol):
    """Says what happens meanwhile."""

    def step(self, step: str) -> None:
        """Say a step."""


def recognise(job: Job, _voice: Voice) -> dict[str, object]:
    """Whether the stick is a Link, and which; nothing is remembered yet."""
    with opened(job) as medium:
        judged = _certain(medium, State(Path(job.state)), job.organiser)
        head = judged.history.chain.line[-1]
        newest = judged.history.roster.newest or head.version
        party = newest.relay.holder(job.holder)
        return {
            "link": judged.history.link,
            "number": head.number,
            "relay": newest.relay.name,
            "host_name": party.name if party else "",
        }


def settle(job: Job, voice: Voice) -> dict[str, object]:
    """Wait until nobody puts files on the stick any more."""
    with opened(job) as medium:
        attend(job, medium, voice, newcomers=None)
    return {}


def watch(job: Job, voice: Voice) -> dict[str, object]:
    """Tell what is new, and go on telling while more comes; does not end by itself."""
    with opened(job) as medium:
        judged = judged_link(medium, State(Path(job.state)), job.organiser)
        attend(job, medium, voice, newcomers=judged)
    return {}


def verify_all(job: Job, voice: Voice) -> dict[str, object]:
    """Verify the stick in full, with what this computer remembers."""
    with opened(job) as medium:
        verdict = verify(medium, State(Path(job.state)).trust(job.organiser), progress=voice.progress)
    report = verdict.report
    return {
        "link": report.link,
        "number": report.number,
        "exit": report.exit,
        "files": report.counts.get("files", 0),
        "findings": findings_told(report.findings),
    }


def take_in(job: Job, voice: Voice) -> dict[str, object]:
    """The reading half of a hand-off: what is new is signed and safe here afterwards."""
    request = Request(
        holder=job.holder,
        signer=signer_of(Path(job.key)),
        now=lambda: dt.datetime.now(dt.UTC),
        organiser=job.organiser,
        relays=read_signed(Path(job.relay)) if job.relay else (),
        scanner=scanner(job.clamd),
    )
    with opened(job) as medium:
        got = receive(medium, State(Path(job.state)), request, progress=voice.progress, told=voice.step)
    return {
        "link": got.link,
        "number": got.number,
        "handoff": got.folder,
        "seal": got.seal,
        "pending": got.pending,
        "unfinished": got.unfinished,
        "findings": findings_told(_worth_telling(got.report.findings)),
        **(_intake_told(got.intake) if got.intake else {}),
    }


def bring(job: Job, voice: Voice) -> dict[str, object]:
    """The writing half of a hand-off."""
    with opened(job) as medium:
        done = finish(medium, State(Path(job.state)), job.link, told=voice.step)
    return {"link": done.link, "number": done.number, "handoff": done.folder, "seal": done.seal}


def send(job: Job, voice: Voice) -> dict[str, object]:
    """Send what is owed to the archive, and what a stick that is there holds for it."""
    voice.step("reaching")
    archive = open_archive(job.archive)
    if job.path:
        with opened(job) as medium:
            done = sync(State(Path(job.state)), archive, medium, reads=True)
    else:
        done = sync(State(Path(job.state)), archive, reads=True)
    return {
        "archive": done.archive,
        "sent": [
            {
                "link": one.link,
                "handoff": one.folder,
                "seal": one.seal,
                "outcome": one.outcome.value,
                "receipt": one.receipt,
                "held": one.outcome in {Outcome.HELD, Outcome.INCOMPLETE},
            }
            for one in done.sent
        ],
        "pending": list(done.pending),
    }


def read(job: Job, voice: Voice) -> dict[str, object]:
    """Read what was taken in for the search, and let go of what was only kept for that; whoever is busy goes first."""
    with suppress(OSError):
        os.nice(_MEEK)
    done = read_and_let_go(State(Path(job.state)), progress=voice.progress)
    return {"handoffs": done.handoffs, "read": done.read, "without": done.without, "later": done.later}


TASKS: Mapping[Task, Callable[[Job, Voice], dict[str, object]]] = {
    "recognise": recognise,
    "settle": settle,
    "watch": watch,
    "verify": verify_all,
    "receive": take_in,
    "finish": bring,
    "sync": send,
    "read": read,
}


@contextmanager
def opened(job: Job) -> Iterator[Medium]:
    """The stick that is meant, and no other: after a yank its path leads into the host's own disk.

    Raises:
        RefusedError: ``stick-missing`` …
        MediumError: ``stick-gone``: something else is mounted there now, or nothing.
    """
    with Medium.open(job.path) as medium:
        if job.mount and _mount_of(medium.root) not in {0, job.mount}:
            raise MediumError("stick-gone", errno=errno.ENODEV, path=medium.path, why=os.strerror(errno.ENODEV))
        yield medium


def _mount_of(descriptor: int) -> int:
    """The number of the mount that an open folder is on; 0 where the system does not tell."""
    with open(f"/proc/self/fdinfo/{descriptor}", encoding="ascii") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name == "mnt_id":
                return int(value)
    return 0


def judged_link(medium: Medium, host: State, organiser: str) -> Judged:
    """The records of a stick that is a Link.

    Raises:
        RefusedError: ``not-a-link``, ``half-prepared``.
        FormatError: ``link-newer``.
        MediumError: the stick cannot be read.
    """
    with translated(medium.path, reading=True):
        judged = judge(medium, host.trust(organiser))
    require_link(judged, medium)
    return judged


def _certain(medium: Medium, host: State, organiser: str) -> Judged:
    """The same; a stick that failed meanwhile is not called foreign, since a dead one lists as empty.

    Raises:
        LinksyncError: as ``judged_link``.
    """
    before = medium.faults()
    try:
        return judged_link(medium, host, organiser)
    except RefusedError as error:
        if medium.faults() == before and medium.is_alive():
            raise
        why = os.strerror(errno.EIO)
        raise MediumError("stick-unreadable", errno=errno.EIO, path=medium.path, why=why) from error


def signer_of(key: Path) -> Signer:
    """A signer for a key file, or for what the ssh-agent holds of it; nobody is asked for a passphrase.

    Raises:
        LinksyncError: those of ``load_signer`` and ``agent_signer``.
    """
    return open_signer(key, None, locked=lambda file: agent_signer(public_of(file)))


def _intake_told(intake: Intake) -> dict[str, object]:
    taken = intake.taken
    left = {**intake.tree.special, **intake.tree.unlistable}
    return {
        "added": added_told((path, one.size, one.class_, one.codes) for path, one in taken.items()),
        "added_count": len(taken),
        "added_bytes": sum(taken.sizes),
        "gone": len(intake.gone),
        "waiting": waiting_told({**intake.waiting, **left}),
        "waiting_count": len(intake.waiting) + len(left),
        "needed": intake.needed,
        "room": intake.room,
    }


def _worth_telling(found: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in found if one.code not in _OVERTAKEN]
