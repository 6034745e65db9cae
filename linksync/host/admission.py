"""Before a hand-off: is this a Link, is its organiser the one known here, may this host hand it over?

Everything that can be refused is refused here, before anything is read of what people put on the stick.
"""

import datetime as dt
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass

from linksync.custody.chain import number_of
from linksync.custody.keys import Signer
from linksync.custody.relay import HANDOFF_NAMESPACE
from linksync.custody.roster import RelayVersion, read_roster
from linksync.custody.seal import HANDOFFS, RELAYS, RawFolder
from linksync.errors import FormatError, MediumError, RefusedError, TrustError
from linksync.host.delivery import missing_relays
from linksync.host.state import State
from linksync.knowledge.clamd import Scanner
from linksync.stick.medium import Medium, translated
from linksync.stick.verify import Judged, judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who hands over, with what, and when.

    Attributes:
        holder: the host's id in the relay.
        signer: holds the host's key.
        now: the clock; UTC.
        organiser: the fingerprint on the label, where it was given now.
        relays: relay versions that were given now, as folders.
        place: where it happens, where that was given.
        scanner: the virus scanner of this computer; None where there is none.
    """

    holder: str
    signer: Signer
    now: Callable[[], dt.datetime]
    organiser: str = ""
    relays: tuple[RawFolder, ...] = ()
    place: str = ""
    scanner: Scanner | None = None


def open_link(medium: Medium, host: State, request: Request) -> Judged:
    """Judge a stick and make sure that it is a Link whose organiser is the one known here.

    What was given now, a fingerprint or relay versions, is remembered once it fits.
    """
    given = _given_organiser(request)
    with translated(medium.path, reading=True):
        judged = judge(medium, host.trust(given))
    require_link(judged, medium)
    relay = judged.history.roster.versions[0].relay.id
    found = judged.history.roster.organiser
    known = host.organiser(relay)
    if given and known and given != known:
        raise TrustError("organiser-other", relay=relay, known=known, given=given)
    if not (given or known):
        raise RefusedError("organiser-unknown", found=found)
    if known and found != known:
        raise TrustError("organiser-other", relay=relay, known=known, given=found)
    if found != (given or known):
        raise TrustError("organiser-not-label", given=given, found=found)
    host.remember_organiser(relay, found)
    learnt = host.learn_relay(judged.history.here)
    if request.relays:
        roster, problems = read_roster(request.relays)
        if roster.organiser != found:
            raise TrustError("relay-folder-wrong", code=problems[0].code if problems else "E214")
        learnt = host.learn_relay(roster) or learnt
    if not learnt:
        return judged
    with translated(medium.path, reading=True):
        return judge(medium, host.trust())


def require_holder(version: RelayVersion, request: Request) -> None:
    """Make sure that the holder is in the relay, with this key."""
    key = request.signer.public
    party = version.relay.holder(request.holder)
    if party is None:
        raise RefusedError("host-unknown", host=request.holder, version=version.number)
    if not version.signers.holds(request.holder, HANDOFF_NAMESPACE, key):
        raise TrustError("host-key-other", host=request.holder, key=key.fingerprint, version=version.number)


def _given_organiser(request: Request) -> str:
    if request.organiser or not request.relays:
        return request.organiser
    roster, problems = read_roster(request.relays)
    if not roster.organiser:
        raise TrustError("relay-folder-wrong", code=problems[0].code if problems else "E102")
    return roster.organiser


def require_link(judged: Judged, medium: Medium) -> None:
    """Make sure that a stick is a Link that this version can read, and whose last hand-off can be seen.

    Raises:
        RefusedError: ``not-a-link``, ``half-prepared`` (``path``).
        FormatError: ``link-newer`` (``path``).
        MediumError: ``stick-unreadable``.
        TrustError: ``relay-other`` (``relay``, ``path``).
    """
    codes = {f.code for f in judged.findings}
    if any(f.code == "E103" and f.path.startswith((RELAYS, HANDOFFS)) for f in judged.findings):
        raise FormatError("link-newer", path=medium.path)
    if "E101" in codes:
        raise RefusedError("not-a-link", path=medium.path)
    if _may_hide_the_last(judged):
        raise MediumError("stick-unreadable", errno=errno.EIO, path=medium.path, why=os.strerror(errno.EIO))
    if not judged.is_link or not judged.history.link:
        raise RefusedError("half-prepared", path=medium.path)
    clash = next((f for f in judged.findings if f.code == "E218"), None)
    if clash is not None:
        raise TrustError("relay-other", relay=judged.history.roster.versions[0].relay.id, path=clash.path)


def _may_hide_the_last(judged: Judged) -> bool:
    """Whether the last hand-off may be one that could not be read: to seal beside it would fork the chain."""
    head = judged.history.chain.head
    if head is None:
        return any(f.code == "E307" for f in judged.findings)
    unread = (f.path.split("/") for f in judged.findings if f.code == "E307" and f.path.startswith(HANDOFFS))
    return any(len(parts) == 2 or number_of(parts[2]) > head.number for parts in unread)


def version_in_force(judged: Judged, host: State) -> RelayVersion:
    """The newest relay version that stands on the stick or can be put there."""
    here = judged.history.here.versions
    roster = host.roster(here[0].relay.id) if here else judged.history.roster
    count = len(here) + len(missing_relays(judged, roster))
    version = (here if len(here) >= count else roster.versions)[count - 1]
    head = judged.history.chain.line[-1].version
    return version if version.number >= head.number else head
