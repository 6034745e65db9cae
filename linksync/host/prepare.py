"""Preparing a stick: the relay's versions, a new Link, and hand-off 1 by the organiser (format 1, "The chain").

What stands on the stick already stays and is taken in by hand-off 1 like anything else. A preparation that was cut off
is finished with the same Link; a stick that is a Link already is left as it is.
"""

import errno
import os
import secrets
from dataclasses import dataclass

from linksync.custody.compose import Facts
from linksync.custody.consent import Consent
from linksync.custody.lists import sha256
from linksync.custody.relay import RELAY_NAMESPACE
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import SEAL
from linksync.custody.taken import Taken
from linksync.errors import MediumError, RefusedError, TrustError
from linksync.host.admission import Request
from linksync.host.delivery import IN_THE_WAY, Parcel, deliver, refresh, seal_handoff
from linksync.host.intake import Intake, removable, take_in
from linksync.host.outbox import Entry
from linksync.host.sealing import SOFTWARE, free_name, place_of
from linksync.host.state import State
from linksync.stick.layout import READ_ME, read_me_of
from linksync.stick.medium import Medium, medium_error, translated
from linksync.stick.verify import Judged, Progress, judge, require_free

_UNTOUCHED = IN_THE_WAY | {errno.EROFS, errno.EACCES}
"""How a call fails that wrote nothing of the hand-off to the stick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A Link that is ready to travel.

    Attributes:
        finished: whether an earlier preparation was finished, rather than a new one made.
        files: how many files stood on the stick already and were taken in, ``data/LEES-MIJ.txt`` apart.
    """

    link: str
    folder: str
    seal: str
    organiser: str
    relay_version: int
    finished: bool
    files: int


def prepare(
    medium: Medium, host: State, request: Request, *, progress: Progress = lambda _done, _all: None
) -> Prepared:
    """Make a stick a Link.

    Args:
        medium: the stick.
        host: the organiser's memory.
        request: with the relay's versions, and the organiser's key.
        progress: told how far reading has come.

    Raises:
        RefusedError: ``already-a-link`` (``link``), ``prepare-name-taken`` (``path``), ``relay-not-signed``.
        TrustError: ``organiser-key-other`` (``key``), ``relay-folder-wrong`` (``code``), ``stick-other-relay``.
        MediumError: the stick or the host's disk failed; another run finishes.
    """
    roster = _signed_roster(request)
    _require_organiser(roster, request)
    host.require_apart(medium)
    with medium.locked(), host.locked():
        with translated(medium.path, reading=True):
            judged = judge(medium, host.trust(roster.organiser))
            _require_free(medium, judged, roster)
        host.remember_organiser(roster.versions[0].relay.id, roster.organiser)
        host.learn_relay(roster)
        entry, link = _pending(judged, host)
        finished = entry is not None
        intake = None
        if entry is None:
            host.drop_copies()
            link = secrets.token_hex(16)
            entry, intake = _sealed(medium, host, judged, roster, link, request, progress)
        newest = roster.versions[-1]
        after = _delivered(medium, host, link, entry, _parcel(roster, entry), new=not finished)
        consent = intake.consent if intake else Consent({})
        refresh(medium, after.history, consent, removable(intake) if intake else ())
    return Prepared(
        link=link,
        folder=entry.folder.name,
        seal=entry.seal,
        organiser=roster.organiser,
        relay_version=newest.number,
        finished=finished,
        files=len(intake.taken) if intake else 0,
    )


def _stands(medium: Medium, path: bytes) -> bool:
    """Whether anything has that name, or one that the medium takes for the same."""
    above, _, name = path.rpartition(b"/")
    try:
        with medium.at(above) as folder:
            os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise medium_error(error, medium.path, reading=True) from error
    return True


def _signed_roster(request: Request) -> Roster:
    if not request.relays:
        raise RefusedError("relay-not-signed")
    roster, problems = read_roster(request.relays)
    if not roster.versions or len(roster.versions) < len(request.relays):
        raise TrustError("relay-folder-wrong", code=problems[0].code if problems else "E102")
    return roster


def _require_organiser(roster: Roster, request: Request) -> None:
    newest = roster.versions[-1]
    key = request.signer.public
    if not newest.signers.holds(newest.relay.organiser.id, RELAY_NAMESPACE, key):
        raise TrustError("organiser-key-other", key=key.fingerprint, organiser=newest.relay.organiser.id)


def _require_free(medium: Medium, judged: Judged, roster: Roster) -> None:
    """Make sure that the stick is no Link yet, and that nothing of people's is in our way."""
    if judged.is_link:
        raise RefusedError("already-a-link", link=judged.history.link)
    here = judged.history.here
    if here.versions and here.organiser != roster.organiser:
        raise TrustError("stick-other-relay", found=here.organiser, expected=roster.organiser)
    if not judged.records.there:
        require_free(medium)


def _pending(judged: Judged, host: State) -> tuple[Entry | None, str]:
    """The hand-off 1 that an earlier run sealed for this very stick and did not finish."""
    begun = {data for folder in judged.records.handoffs for data in folder.files.values() if data}
    for link in host.links():
        for entry in host.outbox(link).entries():
            known = entry.status == "pending" and entry.number == 1
            if known and (entry.folder.files[SEAL] in begun or entry.folder.files["handoff.yaml"] in begun):
                return entry, link
    return None, ""


def _parcel(roster: Roster, entry: Entry) -> Parcel:
    """The relay's versions, and the page for participants where hand-off 1 counts it."""
    read_me = read_me_of(roster.versions[-1].relay, roster.organiser)
    counted = entry.contents().get(READ_ME.encode()) == sha256(read_me)
    relays = tuple(version.folder for version in roster.versions)
    return Parcel(relays=relays, files={READ_ME: read_me} if counted else {})


def _delivered(medium: Medium, host: State, link: str, entry: Entry, parcel: Parcel, *, new: bool) -> Judged:
    """Deliver hand-off 1; where nothing of it can have reached the stick it is forgotten, to be made anew."""
    try:
        return deliver(medium, host, link, entry, parcel)
    except (RefusedError, MediumError) as error:
        if new and (isinstance(error, RefusedError) or error.errno in _UNTOUCHED):
            host.outbox(link).remove(entry.seal)
        raise


def _sealed(
    medium: Medium, host: State, judged: Judged, roster: Roster, link: str, request: Request, progress: Progress
) -> tuple[Entry, Intake]:
    version = roster.versions[-1]
    staging = host.staging(link)
    intake = take_in(medium, judged, version.relay.policy, staging, progress, scanner=request.scanner)
    taken = dict(intake.taken)
    read_me = read_me_of(version.relay, roster.organiser)
    path, digest = READ_ME.encode(), sha256(read_me)
    if not _stands(medium, path):
        staging.stage(read_me, digest)
        taken[path] = Taken(digest=digest, size=len(read_me), class_="pass", audience="organisers")
    now = request.now()
    facts = Facts(
        version=version,
        link=link,
        number=1,
        previous=None,
        holder=version.relay.organiser.id,
        received_from=None,
        place=request.place or place_of(version.relay, version.relay.organiser.id, now),
        time=now,
        software=SOFTWARE,
        taken=taken,
        gone={},
        changes=intake.changes,
        waiting=intake.waiting,
        special=intake.tree.special,
        unlistable=intake.tree.unlistable,
        litter=removable(intake),
    )
    name = free_name(medium, 1, version.relay.organiser.id)
    entry = seal_handoff(host, facts, judged.history.state, folder=name, previous=None, signer=request.signer)
    return entry, intake
