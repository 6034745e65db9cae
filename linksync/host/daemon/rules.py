"""The rules: from where a medium stands and what is there now to its next step; pure, one table by phase.

``decide`` gives what to do, if anything, and the stand that goes with it; it can be asked as often as one likes, and
asks for nothing twice. What came of an act is told by ``outcomes``.

What never happens, and why: a stick that is not known to be a Link is never mounted to be written to, nor worked on by
anything but ``recognise``; ``safe`` is only reached from a stick no part of which is mounted; nothing is done about a
medium while something is under way.
"""

import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from linksync.host.daemon.stand import Act, Look, Phase, Stand, Terms
from linksync.host.daemon.states import State, Value, Words, words

WRITABLE_TRIES = 3
MUTE_FOR = 20.0
"""Seconds for which a stick may not answer before it is held."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now.

    Attributes:
        stand: where the medium stands then.
        act: what to do; "" for nothing.
        wake: when to ask again at the latest, by the monotonic clock; None where only an event changes anything.
    """

    stand: Stand
    act: Act | str = ""
    wake: float | None = None


def decide(stand: Stand, look: Look, terms: Terms) -> Decision:
    """The next step of a medium."""
    if not look.present:
        return _lost(stand)
    if stand.phase is Phase.GONE:
        return Decision(stand)
    if stand.doing:
        return _while_doing(stand)
    opened = look.mounted and not stand.mounted
    stand = replace(stand, mounted=look.held or look.mounted)
    if opened and stand.phase is Phase.REST and stand.state is State.HELD:
        return Decision(seen(turn_to(stand, Phase.ATTACH, look.now)))  # somebody opened it: it may go on now
    if stand.phase is Phase.EJECT and not stand.mounted:
        stand = replace(stand, unmounted=True)
    if look.now < stand.not_before:
        return Decision(stand, wake=stand.not_before)
    return _PHASES[stand.phase](stand, look, terms)


def say(stand: Stand, state: State, slug: str, **fields: Value) -> Stand:
    """The same medium, with something else to be told of it."""
    return replace(stand, state=state, told=words(slug, **fields), meanwhile=None)


def seen(stand: Stand) -> Stand:
    """The same medium, told to be there and no more."""
    if stand.kind == "folder":
        return say(stand, State.SEEN, "daemon-folder-seen", path=stand.name)
    return say(stand, State.SEEN, "daemon-seen")


def turn_to(stand: Stand, phase: Phase, now: float = 0.0) -> Stand:
    """The same medium in another phase."""
    return replace(stand, phase=phase, doing="", since=now, not_before=0.0, tries=0)


def hold(stand: Stand, told: Words) -> Stand:
    """Hold a medium: a person has to do something."""
    return replace(turn_to(stand, Phase.REST), state=State.HELD, told=told, meanwhile=None, leaving=False)


def safe_words(stand: Stand) -> Words:
    """What is said of a stick that can be taken out."""
    if stand.sealed and not stand.written:
        return words("daemon-safe-unwritten", number=stand.number)
    if not stand.touched:
        return words("daemon-safe-untouched")
    if not stand.sealed and stand.waiting:
        return words("daemon-safe-left", number=stand.number, waiting=stand.waiting)
    if not stand.sealed:
        return words("daemon-safe-nothing", number=stand.number)
    if stand.waiting:
        return words("daemon-safe-waiting", number=stand.number, count=stand.new, waiting=stand.waiting)
    return words("daemon-safe", number=stand.number, count=stand.new, bytes=stand.new_bytes)


def _act(stand: Stand, act: Act) -> Decision:
    return Decision(replace(stand, doing=act), act)


def _while_doing(stand: Stand) -> Decision:
    """Only watching is ended for something else; all other work is let run."""
    return Decision(stand, "cancel" if stand.doing == "watch" and (stand.asked or stand.leaving) else "")


def _lost(stand: Stand) -> Decision:
    """It is there no more."""
    if stand.phase is Phase.GONE:
        return Decision(stand)
    told = _told_of_lost(stand)
    return Decision(replace(turn_to(told, Phase.GONE), ours=False, mounted=False), "abandon" if stand.doing else "")


def _told_of_lost(stand: Stand) -> Stand:
    if stand.state is State.SAFE and stand.off == "off":
        return stand  # it has no power any more, and stays in its port until somebody takes it out
    if stand.phase is Phase.EJECT and stand.unmounted:
        return replace(stand, state=State.SAFE, off="off", told=safe_words(stand), meanwhile=None)
    if stand.state is State.FOREIGN:
        return stand
    if stand.sealed and not stand.written:
        return say(stand, State.YANKED, "daemon-yanked-sealed", number=stand.number)
    if stand.phase is Phase.OUT or _is_let_go(stand):
        if stand.handoff:
            return say(stand, State.SAFE, "daemon-taken-out", number=stand.number)
        return say(stand, State.SAFE, "daemon-taken-out-untouched")
    if stand.touched and stand.phase in {Phase.DONE, Phase.STAY, Phase.EJECT}:
        return say(stand, State.YANKED, "daemon-yanked-done", number=stand.number)
    return say(stand, State.YANKED, "daemon-yanked")


def _is_let_go(stand: Stand) -> bool:
    """Whether somebody unmounted it before it was taken out."""
    if stand.kind == "folder":
        return stand.phase is Phase.STAY
    return not stand.mounted and not stand.doing and stand.phase not in {Phase.RECEIVE, Phase.FINISH}


# The phases.


def _attach(stand: Stand, look: Look, terms: Terms) -> Decision:
    if look.mounted:
        return Decision(say(turn_to(stand, Phase.RECOGNISE, look.now), State.MOUNTED, "daemon-looking"))
    if stand.kind == "folder":
        return Decision(stand)
    until = stand.since + (0.0 if stand.ours else terms.grace)
    if look.now < until:
        return Decision(stand, wake=until)
    if not look.answers:
        return _mute(stand, look)
    if not look.disks:
        return Decision(say(stand, State.SEEN, "daemon-not-mounted"))
    return _act(stand, "mount")


def _mute(stand: Stand, look: Look) -> Decision:
    """It is plugged in, and its file system cannot be read: often only for a moment, before it is gone."""
    until = stand.since + MUTE_FOR
    if look.now < until:
        return Decision(say(stand, State.SEEN, "daemon-opening-again"), wake=until)
    return Decision(hold(stand, words("stick-unreadable", path=stand.name, why=os.strerror(errno.EIO))))


def _recognise(stand: Stand, look: Look, _terms: Terms) -> Decision:
    return _act(stand, "recognise") if look.mounted else _attach_again(stand, look)


def _settle(stand: Stand, look: Look, terms: Terms) -> Decision:
    if not look.mounted:
        return _attach_again(stand, look)
    if stand.ours and not look.writable:  # nobody can put anything on it
        return Decision(settled(stand, terms, look.now))
    return _act(stand, "settle")


def settled(stand: Stand, terms: Terms, now: float) -> Stand:
    """Nobody is putting files on it any more: where that leads to."""
    if terms.policy == "verify-only":
        return say(turn_to(stand, Phase.VERIFY, now), State.RECOGNISED, "daemon-verifying")
    if terms.policy == "ask" and not (stand.asked or stand.leaving):
        return say(turn_to(stand, Phase.CHECK, now), State.RECOGNISED, "daemon-checking")
    return say(turn_to(stand, Phase.RECEIVE, now), State.RECOGNISED, "daemon-recognised", number=stand.number)


def _check(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if not look.mounted:
        return _attach_again(stand, look)
    if stand.asked or stand.leaving:
        return Decision(turn_to(stand, Phase.SETTLE, look.now))
    return _act(stand, "watch")


def _verify(stand: Stand, look: Look, _terms: Terms) -> Decision:
    return _act(stand, "verify") if look.mounted else _attach_again(stand, look)


def _receive(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if not look.mounted:
        return _attach_again(stand, look) if not stand.ours else _mounting(stand, look, "mount")
    if stand.ours and look.writable and stand.kind == "device" and look.disks:
        return _act(stand, "unmount")  # it was written to a moment ago: reading needs no more than reading
    if not look.turn:
        return Decision(say(stand, State.RECOGNISED, "daemon-waiting-turn"))
    return _act(say(stand, State.RECOGNISED, "daemon-reading"), "receive")


def _finish(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if not look.mounted:
        return _mounting(stand, look, "mount-writable")
    if not look.writable:
        return _unprotected(stand, look)
    if not look.turn:
        return Decision(replace(stand, told=words("daemon-waiting-turn")))
    if stand.earlier:
        return _act(say(stand, stand.state, "daemon-finishing", handoff=stand.earlier), "finish")
    return _act(say(stand, stand.state, "daemon-writing", number=stand.number), "finish")


def _unprotected(stand: Stand, look: Look) -> Decision:
    """It is mounted to be read: mount it to be written to, as far as that goes."""
    if stand.kind == "device" and look.disks and stand.tries < WRITABLE_TRIES:
        return _act(replace(stand, tries=stand.tries + 1), "unmount")
    return Decision(cannot_write(stand, words("stick-read-only", path=stand.name), look.now))


def cannot_write(stand: Stand, told: Words, now: float) -> Stand:
    """A stick that cannot be written to is still taken in; where there was nothing to write but pages, that is all."""
    if stand.sealed or stand.earlier:
        return hold(stand, told)
    return turn_to(stand, Phase.DONE, now)


def _mounting(stand: Stand, look: Look, act: Act) -> Decision:
    if stand.kind == "folder" or not look.disks:
        return _attach_again(stand, look)
    return _act(stand, act)


def _attach_again(stand: Stand, look: Look) -> Decision:
    """Somebody unmounted it: begin again, as with any stick that is plugged in and not mounted."""
    return Decision(seen(replace(turn_to(stand, Phase.ATTACH, look.now), ours=False)))


def _done(stand: Stand, look: Look, terms: Terms) -> Decision:
    if stand.kind == "folder":
        done = turn_to(replace(stand, leaving=False, asked=False), Phase.STAY, look.now)
        return Decision(say(done, State.QUEUED, "daemon-folder-done", number=stand.number))
    if stand.leaving or terms.after == "eject":
        return Decision(say(turn_to(stand, Phase.EJECT, look.now), State.QUEUED, "daemon-ejecting"))
    done = turn_to(replace(stand, asked=False), Phase.STAY, look.now)
    return Decision(say(done, State.QUEUED, "daemon-stays", number=stand.number))


def _stay(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if not look.mounted:
        if stand.mounted:
            return Decision(stand)
        # somebody let go of it in the file manager: all is done, and nothing is mounted
        return Decision(turn_to(stand, Phase.EJECT, look.now))
    if stand.leaving or stand.asked:
        return Decision(turn_to(stand, Phase.SETTLE, look.now))
    return _act(stand, "watch")


def _eject(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if look.held or look.mounted:
        if stand.kind == "folder":
            return Decision(turn_to(replace(stand, leaving=False), Phase.REST, look.now))
        return _act(replace(stand, unmounted=False), "unmount")
    if not stand.off and look.disks:
        return _act(stand, "power-off")
    if look.beside:  # it could not be let go of; somebody else can
        return Decision(say(stand, State.QUEUED, "daemon-ejecting-beside"))
    out = replace(turn_to(stand, Phase.OUT, look.now), leaving=False, ours=False)
    return Decision(replace(out, state=State.SAFE, told=safe_words(stand), meanwhile=None))


def _out(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if not (look.held or look.mounted):
        return Decision(turn_to(stand, Phase.EJECT, look.now) if look.beside else stand)
    # somebody mounted it again: from that moment it is not safe any more, and it is as if it were plugged in anew
    fresh = Stand(medium=stand.medium, card=stand.card, kind=stand.kind, again_as=stand.again_as, name=stand.name)
    return Decision(seen(replace(fresh, since=look.now)))


def _leave(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if stand.leaving and stand.kind == "device":
        return Decision(say(turn_to(stand, Phase.EJECT, look.now), State.QUEUED, "daemon-ejecting"))
    if stand.ours and look.held and stand.kind == "device":
        return _act(stand, "unmount")
    return Decision(replace(stand, ours=False, leaving=False))


def _rest(stand: Stand, look: Look, _terms: Terms) -> Decision:
    if stand.leaving and stand.kind == "device":
        return Decision(say(turn_to(stand, Phase.EJECT, look.now), State.QUEUED, "daemon-ejecting"))
    if stand.ours and look.held and stand.kind == "device" and look.disks:
        return _act(stand, "unmount")
    return Decision(replace(stand, leaving=False))


_PHASES: Mapping[Phase, Callable[[Stand, Look, Terms], Decision]] = {
    Phase.ATTACH: _attach,
    Phase.RECOGNISE: _recognise,
    Phase.SETTLE: _settle,
    Phase.CHECK: _check,
    Phase.VERIFY: _verify,
    Phase.RECEIVE: _receive,
    Phase.FINISH: _finish,
    Phase.DONE: _done,
    Phase.STAY: _stay,
    Phase.EJECT: _eject,
    Phase.OUT: _out,
    Phase.LEAVE: _leave,
    Phase.REST: _rest,
}
