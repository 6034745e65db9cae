"""The doctor's rules about this host: its settings, key, relay, memory, what it owes, and where it sends that."""

import contextlib
import os
from collections.abc import Iterator

from linksync.host.doctor import Check, Patient, Rule, failing, note, ok, problem
from linksync.host.joining import Alone, Seat, look_at_archive, seat, signs_alone
from linksync.host.status import status
from linksync.machine.key_files import public_of
from linksync.people.texts import plain

ROOM_LEAST, ROOM_SMALL = 200_000_000, 5_000_000_000
"""Bytes free below which nothing can be taken in, and below which a full stick may not fit."""
EARLIEST = 1_760_000_000
"""Seconds since 1970: this linksync was not there before October 2025."""
_DAY = 86_400


def settings(patient: Patient) -> tuple[Check, ...]:
    """Whether they say who this is, with what key."""
    if patient.wrong is not None:
        return failing("settings", patient.wrong)
    missing = [name for name, value in (("as", patient.holder), ("key", patient.key)) if not value]
    if missing:
        return problem("settings-missing", fields=", ".join(missing))
    return ok("settings-complete", host=patient.holder, policy=patient.policy)


def organiser(patient: Patient) -> tuple[Check, ...]:
    """Whether the fingerprint on the label is known here."""
    found = patient.organisers
    if not found:
        return problem("organiser-none")
    version = patient.roster.newest
    if version is None:
        return note("organiser-alone", key=found[0])
    return ok("organiser-known", relay=plain(version.relay.name), version=version.number)


def key(patient: Patient) -> tuple[Check, ...]:
    """Whether the key can sign, and counts."""
    if patient.key is None:
        return ()
    alone = signs_alone(patient.key)
    public = public_of(patient.key)
    found: tuple[Check, ...] = ()
    if alone is Alone.NO:
        found = problem("key-locked") if patient.policy == "auto" else note("key-locked")
    elif alone is Alone.AGENT:
        found = note("key-agent")
    place = seat(patient.roster, patient.holder, public)
    if place is Seat.UNKNOWN:
        return found + note("key-unknown", key=public.fingerprint)
    if place is not Seat.LISTED:
        return found + problem("key-unlisted", key=public.fingerprint, host=patient.holder)
    return found + ok("key-listed", host=patient.holder)


def memory(patient: Patient) -> tuple[Check, ...]:
    """Whether there is room to take things in, and all of it can be read."""
    damaged = status(patient.state).damaged
    if damaged:
        return problem("memory-damaged", path=plain(damaged[0]))
    folder = patient.state.folder
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        return problem("memory-closed", path=plain(str(folder)))
    found = os.statvfs(folder)
    room = found.f_bavail * found.f_frsize
    if room < ROOM_LEAST:
        return problem("memory-full", room=room, path=plain(str(folder)))
    if room < ROOM_SMALL:
        return note("memory-small", room=room, path=plain(str(folder)))
    return ok("memory-roomy", room=room)


def outbox(patient: Patient) -> tuple[Check, ...]:
    """What this computer still owes."""
    owed = [one for link in status(patient.state).links for one in link.owed]
    if owed:
        return note("outbox-owed", count=len(owed), size=sum(one.size for one in owed))
    return ok("outbox-empty")


def archive(patient: Patient) -> tuple[Check, ...]:
    """Whether it can be reached, and is of this relay."""
    if not patient.archive:
        return note("archive-none")
    known = patient.organisers
    seen = look_at_archive(patient.archive, known[0]) if known else None
    if seen is None:
        return note("archive-untried")
    told = plain(patient.archive)
    return ok("archive-reached", archive=told) if seen.why is None else note("archive-away", archive=told)


def clock(patient: Patient) -> tuple[Check, ...]:
    """Whether the time can be right: it goes into every hand-off."""
    last = max(_seen(patient), default=0.0)
    if patient.now < max(EARLIEST, last - _DAY):
        return problem("clock-behind")
    return ok("clock-right")


RULES: tuple[tuple[str, Rule], ...] = (
    ("settings", settings),
    ("organiser", organiser),
    ("key", key),
    ("archive", archive),
    ("memory", memory),
    ("outbox", outbox),
    ("clock", clock),
)


def _seen(patient: Patient) -> Iterator[float]:
    """When this computer's memory was last written, by its own clock."""
    for link in patient.state.links():
        with contextlib.suppress(OSError):
            yield (patient.state.folder / "links" / link / "memory.json").stat().st_mtime
