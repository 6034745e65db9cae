"""What came of it: from what was done, said or pressed to where the medium stands then; pure, one table by act."""

import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from linksync.custody.chain import number_of
from linksync.host.daemon.board import Button
from linksync.host.daemon.rules import cannot_write, hold, say, seen, settled, turn_to
from linksync.host.daemon.stand import ON_DISKS, Act, Phase, Result, Stand, Terms
from linksync.host.daemon.states import State, Value, Words, words

_AGAIN_SOON, _AGAIN_LATER = 2.0, 5.0
"""Seconds until something is tried again."""
_TRIES = 3
_ELSEWHERE = frozenset({"state-busy", "stick-busy"})
"""Another linksync is at work: ours waits."""
_CANNOT_WRITE = frozenset({"stick-read-only", "stick-forbidden", "stick-full", "disk-read-only"})
_GONE = frozenset({"stick-gone", "stick-missing", "stick-not-a-folder", "disk-gone"})
_NO_LINK = "not-a-link"
_DONE_WITH = frozenset({"daemon-taken-out", "daemon-folder-done", "daemon-yanked-done"})
"""What is said of a medium about which nobody has to do anything any more."""


def took(stand: Stand, act: Act, result: Result, terms: Terms, now: float) -> Stand:
    """Where a medium stands after an act.

    Args:
        stand: where it stood; ``doing`` is the act.
        act: what was done.
        result: what came of it.
        terms: how this host wants it.
        now: the monotonic clock.
    """
    stand = replace(stand, doing="")
    if stand.phase is Phase.GONE:
        return stand
    if act in ON_DISKS:
        return _disks_failed(stand, act, result, now) if result.error else _DISKS[act](stand, result, now)
    if act == "watch":
        return _watched(stand, result, now)
    if result.died or result.error:
        return _job_failed(stand, act, result, terms, now)
    return _JOBS[act](stand, result.fields, terms, now)


def stepped(stand: Stand, step: str) -> Stand:
    """A hand-off has come a step further."""
    if step == "staged":
        return say(replace(stand, touched=True), State.STAGED, "daemon-screening")
    if step == "screened":
        return say(stand, State.SCREENED, "daemon-signing")
    if step == "sealed":
        # the number of the new one is told with the result; until then it is the next one
        number = stand.number + 1
        return say(
            replace(stand, sealed=True, written=False, number=number), State.SEALED, "daemon-sealed", number=number
        )
    if step == "written":
        return say(stand, State.WRITTEN, "daemon-reading-back", number=stand.number)
    if step == "read-back":
        return say(replace(stand, written=True), State.READ_BACK, "daemon-read-back", number=stand.number)
    return stand


def arrived(stand: Stand, told: Mapping[str, Any], terms: Terms) -> Stand:
    """What is new was looked at, while the stick is plugged in."""
    count, octets, waiting = (_whole(told, name) for name in ("added_count", "added_bytes", "waiting_count"))
    if stand.doing == "settle":
        return say(stand, State.WAITING, "daemon-arriving", count=waiting) if waiting else stand
    if stand.doing != "watch":
        return stand
    if stand.phase is Phase.CHECK:
        if count:
            return say(stand, State.VERIFIED, "daemon-ask", count=count, bytes=octets)
        return say(stand, State.VERIFIED, "daemon-ask-nothing", number=stand.number)
    if stand.kind == "folder":
        return _arrived_in_folder(stand, count, octets, terms, waits=waiting > 0)
    if count:
        return say(stand, State.QUEUED, "daemon-stays-new", count=count, bytes=octets)
    return stand if stand.state is State.SYNCED else say(stand, State.QUEUED, "daemon-stays", number=stand.number)


def _arrived_in_folder(stand: Stand, count: int, octets: int, terms: Terms, *, waits: bool) -> Stand:
    """In a folder that was handed over: nobody takes it out, so what comes later is handed over by itself as well."""
    news = f"{count} {octets}" if count else ""
    if news and terms.policy != "auto":
        return say(stand, State.QUEUED, "daemon-folder-ask", count=count, bytes=octets)
    if news and news != stand.offered:
        new = say(stand, State.QUEUED, "daemon-folder-new", count=count, bytes=octets)
        return new if waits else replace(new, asked=True, offered=news)
    # what was offered and did not go along is among what waits, and is not offered until something else comes
    stand = replace(stand, offered=news)
    return stand if stand.state is State.SYNCED else say(stand, State.QUEUED, "daemon-folder-done", number=stand.number)


def receipted(stand: Stand, archive: str) -> Stand:
    """An archive has signed for the hand-off that was made in this plug."""
    stand = replace(stand, receipt=archive)
    if stand.told.slug in _DONE_WITH:
        return say(stand, State.SYNCED, "daemon-synced", number=stand.number, archive=archive)
    return stand


def stalled(stand: Stand, seconds: int) -> Stand:
    """The stick has not answered for so many seconds; 0 for one that answers again."""
    if seconds:
        return replace(stand, told=words("daemon-stalled", seconds=seconds), meanwhile=stand.meanwhile or stand.told)
    return replace(stand, told=stand.meanwhile, meanwhile=None) if stand.meanwhile else stand


def button_of(stand: Stand) -> Button:
    """The one thing that can be done now."""
    if stand.phase is Phase.CHECK and stand.doing == "watch" and stand.state is State.VERIFIED:
        return "" if stand.asked or stand.leaving else "hand-over"
    if stand.phase is Phase.STAY and stand.kind == "folder":  # it cannot be taken out
        return "hand-over" if stand.told.slug == "daemon-folder-ask" and not stand.asked else ""
    if stand.phase is Phase.STAY:
        return "" if stand.leaving else "take-out"
    if stand.phase is Phase.REST:
        return "take-out" if stand.state is State.VERIFIED and stand.kind == "device" else "try-again"
    return ""


def pressed(stand: Stand, action: str, now: float) -> Stand | None:
    """What pressing a button does; None where there is nothing for it to do."""
    if action == "hand-over" and stand.phase in {Phase.CHECK, Phase.STAY}:
        return replace(stand, asked=True)
    if action == "take-out" and stand.phase not in {Phase.EJECT, Phase.OUT, Phase.GONE}:
        return _taken_out(stand, now)
    if action in {"try-again", "ring"} and stand.phase is Phase.REST:
        return seen(replace(turn_to(stand, Phase.ATTACH, now), asked=stand.asked))
    if action == "ring" and stand.phase is Phase.LEAVE and stand.kind == "folder":
        return seen(turn_to(stand, Phase.ATTACH, now))
    return None


def of_old(stand: Stand, before: Stand) -> Stand:
    """A medium that was here a while ago: the hand-off that was made then may still wait for its receipt."""
    return replace(
        stand,
        link=before.link,
        number=before.number,
        handoff=before.handoff,
        seal=before.seal,
        receipt=before.receipt,
    )


def looked_again(stand: Stand, now: float) -> Stand:
    """A folder on which something else may be mounted now, under the same number: what was said of it is looked at."""
    if stand.phase is Phase.LEAVE or (stand.phase is Phase.REST and stand.state in {State.YANKED, State.HELD}):
        return seen(replace(turn_to(stand, Phase.ATTACH, now), asked=stand.asked))
    return stand


def resumed(stand: Stand, now: float) -> Stand:
    """Where a medium stands that is there still when the daemon begins again; whatever was under way is done again."""
    stand = replace(stand, doing="", since=now, not_before=0.0, tries=0, meanwhile=None)
    if stand.phase in {Phase.OUT, Phase.LEAVE, Phase.GONE}:
        return stand
    if stand.phase in {Phase.EJECT, Phase.DONE} and stand.touched and stand.kind == "device":
        return say(replace(stand, phase=Phase.EJECT, unmounted=False, off=""), State.QUEUED, "daemon-ejecting")
    asked = stand.asked or stand.phase in {Phase.RECEIVE, Phase.FINISH}
    return seen(replace(stand, phase=Phase.ATTACH, asked=asked, earlier="", off=""))


def _taken_out(stand: Stand, now: float) -> Stand:
    if stand.phase is Phase.ATTACH and stand.kind == "device" and not stand.doing:  # nothing was looked at
        return say(turn_to(stand, Phase.EJECT, now), State.QUEUED, "daemon-ejecting")
    return replace(stand, leaving=True)


def _whole(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name, 0)
    return value if isinstance(value, int) else 0


def _error_words(result: Result) -> Words:
    filled: dict[str, Value] = {
        name: value if isinstance(value, int | str) else str(value) for name, value in result.filled.items()
    }
    return words(result.error, **filled)


# What whoever mounts here did.


def _mounted(stand: Stand, _result: Result, _now: float) -> Stand:
    return replace(stand, ours=True, tries=0)


def _mounted_writable(stand: Stand, _result: Result, _now: float) -> Stand:
    return replace(stand, ours=True)


def _unmounted(stand: Stand, _result: Result, now: float) -> Stand:
    if stand.phase in {Phase.RECEIVE, Phase.FINISH}:
        return replace(stand, ours=True)  # only to be mounted otherwise, by us
    return replace(stand, ours=False, unmounted=stand.phase is Phase.EJECT, not_before=now)


def _switched_off(stand: Stand, result: Result, _now: float) -> Stand:
    return replace(stand, off=str(result.fields.get("off", "left")))


_DISKS: Mapping[str, Callable[[Stand, Result, float], Stand]] = {
    "mount": _mounted,
    "mount-writable": _mounted_writable,
    "unmount": _unmounted,
    "power-off": _switched_off,
}


def _disks_failed(stand: Stand, act: Act, result: Result, now: float) -> Stand:
    again = replace(stand, tries=stand.tries + 1, not_before=now + _AGAIN_SOON)
    if result.error == "disk-gone" and stand.tries < _TRIES:
        return again  # the list of devices will say whether it is
    if act in {"mount", "mount-writable"}:
        return _not_mounted(again, act, result, now)
    if stand.phase in {Phase.LEAVE, Phase.REST}:
        return replace(stand, ours=False)  # it stays mounted to be read: no harm
    if result.error == "unmount-busy":
        programs = str(result.filled.get("programs", ""))
        return replace(again, told=words("daemon-ejecting-busy", programs=programs), meanwhile=None)
    if result.error == "unmount-busy-unseen":
        return replace(again, told=words("daemon-ejecting-unseen"), meanwhile=None)
    if act == "unmount":
        return _not_unmounted(again, result, now)
    return again if stand.tries < _TRIES else replace(stand, off="left")  # it is mounted nowhere, and that is enough


def _not_mounted(again: Stand, act: Act, result: Result, now: float) -> Stand:
    if result.error == "disk-already-mounted" and again.tries <= _TRIES:
        return replace(again, not_before=now + 0.5)
    if result.error == "disks-absent" and again.phase is Phase.ATTACH:
        return replace(again, not_before=now + _AGAIN_LATER, told=words("daemon-not-mounted"))
    if act == "mount-writable" and result.error in _CANNOT_WRITE:
        return cannot_write(again, _error_words(result), now)
    return hold(again, _error_words(result))


def _not_unmounted(again: Stand, result: Result, now: float) -> Stand:
    """Letting go fails in a way that no program explains."""
    if again.phase is not Phase.EJECT:
        return cannot_write(again, _error_words(result), now) if again.tries > _TRIES else again
    if result.error in {"disks-absent", "disk-not-allowed", "disk-of-the-system"}:
        done = again.touched and (again.written or not again.sealed)
        told = words("daemon-eject-yourself", number=again.number) if done else words("daemon-eject-only")
        return replace(again, not_before=now + _AGAIN_LATER, told=told, meanwhile=None)
    told = words("daemon-ejecting-failed", why=str(result.filled.get("why", result.error)))
    return replace(again, not_before=now + _AGAIN_LATER, told=told, meanwhile=None)


# What processes did.


def _job_failed(stand: Stand, act: Act, result: Result, terms: Terms, now: float) -> Stand:
    again = replace(stand, tries=stand.tries + 1, not_before=now + _AGAIN_SOON)
    if result.error in _ELSEWHERE:
        return replace(again, tries=0, told=words("daemon-waiting-memory"), meanwhile=None)
    if result.error == _NO_LINK and act == "recognise":
        return _is_foreign(stand)
    if result.died:
        return again if stand.tries < 1 else hold(stand, words("daemon-work-died"))
    if result.error in _GONE:
        return _gone_or_not(stand, result, now)
    if act == "finish" and result.error in _CANNOT_WRITE:
        return cannot_write(stand, _error_words(result), now)
    if act == "settle":  # it is only to be kind: the hand-off itself lets wait what changes
        return settled(stand, terms, now) if stand.tries else again
    return hold(stand, _error_words(result))


def _is_foreign(stand: Stand) -> Stand:
    foreign = turn_to(stand, Phase.LEAVE)
    if stand.kind == "folder":
        return say(foreign, State.FOREIGN, "daemon-foreign-folder", path=stand.name)
    return say(foreign, State.FOREIGN, "daemon-foreign")


def _gone_or_not(stand: Stand, result: Result, now: float) -> Stand:
    """It answers as if it were gone: the list of devices will say whether it is, after a moment."""
    if stand.kind == "folder":
        slug = "daemon-yanked-sealed" if stand.sealed and not stand.written else "daemon-yanked"
        fields: dict[str, Value] = {"number": stand.number} if slug.endswith("sealed") else {}
        return say(turn_to(stand, Phase.REST, now), State.YANKED, slug, **fields)
    if stand.tries >= _TRIES:
        return hold(stand, _error_words(result))
    again = replace(stand, tries=stand.tries + 1, not_before=now + _AGAIN_SOON)
    return replace(again, told=words("daemon-opening-again"), meanwhile=None)


def _watched(stand: Stand, result: Result, now: float) -> Stand:
    if stand.asked or stand.leaving:
        return replace(stand, not_before=0.0)
    if result.error in _GONE:
        return _gone_or_not(stand, result, now)
    if result.died or result.error:
        if stand.tries >= _TRIES:
            return hold(stand, _error_words(result) if result.error else words("daemon-work-died"))
        return replace(stand, tries=stand.tries + 1, not_before=now + _AGAIN_SOON)
    return stand


def _recognised(stand: Stand, found: Mapping[str, Any], _terms: Terms, now: float) -> Stand:
    link, number = str(found.get("link", "")), _whole(found, "number")
    if link != stand.link:
        stand = replace(stand, handoff="", seal="", receipt="")
    known = replace(turn_to(stand, Phase.SETTLE, now), link=link, number=number)
    return say(known, State.RECOGNISED, "daemon-recognised", number=number)


def _settled(stand: Stand, _found: Mapping[str, Any], terms: Terms, now: float) -> Stand:
    return settled(stand, terms, now)


def _verified(stand: Stand, found: Mapping[str, Any], _terms: Terms, now: float) -> Stand:
    number, status = _whole(found, "number"), _whole(found, "exit")
    read = turn_to(replace(stand, number=number), Phase.REST, now)
    if status in {0, 20, 40}:
        return say(read, State.VERIFIED, "daemon-verified-well", number=number, files=_whole(found, "files"))
    return say(read, State.VERIFIED, "daemon-verified-ill", exit=status)


def _received(stand: Stand, found: Mapping[str, Any], _terms: Terms, now: float) -> Stand:
    pending, folder = str(found.get("pending", "")), str(found.get("handoff", ""))
    stand = replace(stand, link=str(found.get("link", stand.link)), number=_whole(found, "number"), earlier=pending)
    if pending:
        told = turn_to(replace(stand, sealed=True, written=False, number=number_of(pending)), Phase.FINISH, now)
        return say(told, State.SEALED, "daemon-finishing", handoff=pending)
    stand = replace(stand, touched=True, waiting=_whole(found, "waiting_count"))
    if not folder and _whole(found, "needed"):  # there is something new, and no room here for any of it
        return hold(stand, words("host-full", path="", why=os.strerror(errno.ENOSPC)))
    if folder:
        stand = replace(
            stand,
            handoff=folder,
            seal=str(found.get("seal", "")),
            new=_whole(found, "added_count"),
            new_bytes=_whole(found, "added_bytes"),
            sealed=True,
            written=False,
            receipt="",
        )
    if folder or found.get("unfinished"):
        return turn_to(stand, Phase.FINISH, now)
    return turn_to(stand, Phase.DONE, now)


def _finished(stand: Stand, found: Mapping[str, Any], _terms: Terms, now: float) -> Stand:
    folder, number = str(found.get("handoff", "")), _whole(found, "number")
    if stand.sealed and not (stand.earlier or folder) and number < stand.number:
        # something else got its place on the stick meanwhile: it is safe here, and sealed again when it is tried again
        return hold(replace(stand, number=number), words("stick-folder-taken", path=stand.handoff))
    stand = replace(stand, number=number or stand.number, written=True)
    if not stand.earlier:
        return turn_to(stand, Phase.DONE, now)
    # an earlier one is done; what came since is taken in now
    known = replace(stand, earlier="", handoff=folder or stand.handoff, seal=str(found.get("seal", "")) or stand.seal)
    return say(turn_to(known, Phase.RECEIVE, now), State.READ_BACK, "daemon-read-back", number=known.number)


_JOBS: Mapping[str, Callable[[Stand, Mapping[str, Any], Terms, float], Stand]] = {
    "recognise": _recognised,
    "settle": _settled,
    "verify": _verified,
    "receive": _received,
    "finish": _finished,
}
