"""Reconciling: what is there now against what the ledger says, and each medium is taken to its next step.

``reconcile`` can be run any number of times, at any moment, and never waits: it hears what came of what was begun,
looks at what is there, asks the rules (``rules``), and has done what they decide (``hands``). Nothing here touches a
stick.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from linksync.host.daemon.board import Board, Line, Reach, Snapshot
from linksync.host.daemon.cards import facts_of
from linksync.host.daemon.cataloguing import Cataloguing
from linksync.host.daemon.chronicle import Chronicle
from linksync.host.daemon.devices import Device
from linksync.host.daemon.disks import Disks
from linksync.host.daemon.hands import Hands, end, not_begun
from linksync.host.daemon.jobs import SILENT_AFTER, Running
from linksync.host.daemon.ledger import Ledger
from linksync.host.daemon.mounts import Mount
from linksync.host.daemon.outcomes import (
    arrived,
    looked_again,
    of_old,
    pressed,
    receipted,
    resumed,
    stalled,
    stepped,
    took,
)
from linksync.host.daemon.plugged import Place, Plugged, places
from linksync.host.daemon.posting import Beside, Posting
from linksync.host.daemon.rules import decide, seen
from linksync.host.daemon.stand import LOCKING, Act, Kind, Phase, Result, Stand, Terms
from linksync.host.daemon.states import State, Value, words
from linksync.host.daemon.telling import Event, Job

_STEPS_MAX = 50
"""Decisions about one medium in one go; more would be going round in circles."""
_SIGNS_EVERY = 5.0
_LIST_EVERY = 10.0
_GONE_MAX, _GONE_FOR = 8, 600.0
"""Cards of what is gone: how many stay at the most, and for how many seconds once nothing is awaited any more."""
_WANTING = frozenset({Phase.RECEIVE, Phase.FINISH})


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the daemon looks at and works with.

    Attributes:
        devices: lists what is plugged in, given the mount table.
        mounts: reads the mount table.
        disks: finds whoever mounts here; may take a while.
        blind: whether devices are only seen while they are mounted.
        watch: folders that are treated as sticks.
        job: what every job has in common: who hands over, with what.
    """

    devices: Callable[[tuple[Mount, ...]], tuple[Device, ...]]
    mounts: Callable[[], tuple[Mount, ...]]
    disks: Callable[[], Disks]
    blind: bool
    watch: tuple[Path, ...]
    job: Job


class Reconciler:
    """The daemon's heart. ``press`` and ``world_changed`` may be called from any thread, all else from the loop's."""

    def __init__(self, world: World, terms: Terms, ledger: Ledger, board: Board, ring: Callable[[], None]) -> None:
        """Take up what the ledger says.

        Args:
            world: what is looked at.
            terms: how this host wants it.
            ledger: what was before.
            board: where people look.
            ring: has ``reconcile`` called soon; from any thread.
        """
        self._world, self._terms, self._ring = world, terms, ring
        self._chronicle = Chronicle(ledger, board)
        self._hands = Hands(world.job, world.disks, ring)
        self._posting = Posting(replace(world.job, task="sync"), ring)
        self._cataloguing = Cataloguing(replace(world.job, task="read"), ring)
        self._presses: queue.SimpleQueue[_Press] = queue.SimpleQueue()
        self._media = {one.stand.medium: one for one in self._chronicle.taken_up()}
        self._changed, self._remounted = True, False
        self._listed_at = float("-inf")
        self._reach: Reach | None = None
        self._host_name = world.job.holder
        self._alone = False

    def world_changed(self) -> None:
        """Something may have come or gone: list everything anew, soon. From any thread."""
        self._changed = True
        self._ring()

    def mounts_changed(self) -> None:
        """The mount table has changed: what is mounted on a watched folder may be another stick. From any thread."""
        self._remounted = True
        self.world_changed()

    def press(self, card: str, action: str, patience: float = 5.0) -> bool:
        """Press a button, or ring for everything with no card. From any thread.

        Returns:
            Whether there was anything for it to do.
        """
        press = _Press(card, action)
        self._presses.put(press)
        self._ring()
        return press.done.wait(patience) and press.good

    def note(self, slug: str, card: str = "", **fields: Value) -> None:
        """Write something in the log."""
        self._chronicle.write(card, words(slug, **fields))

    def reconcile(self) -> float:
        """Take every medium to its next step.

        Returns:
            Seconds after which to ask again at the latest.
        """
        now = time.monotonic()
        self._heed_presses(now)
        for one in list(self._media.values()):
            self._hear(one, now)
        self._see(now)
        wakes = [self._advance(one, now) for one in list(self._media.values())]
        wakes += self._aside(now)
        at_work = self._hands.nudge(now) or any(one.running or one.errand for one in self._media.values())
        wakes.append(now + (_SIGNS_EVERY if at_work else _LIST_EVERY))
        self._clear_away()
        self._show(now)
        return max(0.0, min(wake for wake in wakes if wake is not None) - now)

    def stop(self, patience: float) -> None:
        """End all that is under way, in order; what is being written may finish, within limits."""
        self._posting.give_way()
        self._cataloguing.give_way()
        self._hands.stop(self._media.values(), patience)
        end(filter(None, (self._posting.running, self._cataloguing.running)), time.monotonic() + 1.0)
        self._show(time.monotonic())

    @property
    def last_line(self) -> Line | None:
        """The newest line of the log; None where there is none."""
        return self._chronicle.last

    @property
    def summary(self) -> str:
        """What goes on, in a line for the service manager."""
        here = [f"{one.stand.name}: {one.stand.state}" for one in self._media.values() if one.place is not None]
        return "; ".join(here) or "no stick"

    # Hearing.

    def _heed_presses(self, now: float) -> None:
        while not self._presses.empty():
            press = self._presses.get()
            if press.action == "ring":
                self._changed = press.good = True
                self._posting.soon()
                self._cataloguing.soon(now)
            for one in self._media.values():
                if one.stand.card == press.card or (press.action == "ring" and not press.card):
                    after = pressed(one.stand, press.action, now)
                    if after is not None:
                        press.good = True
                        self._chronicle.moved(one, after)
            press.done.set()

    def _hear(self, one: Plugged, now: float) -> None:
        if one.errand is not None and one.errand.result is not None:
            act, result = one.errand.act, one.errand.result
            one.errand = None
            self._changed = True
            self._hands.heard(result)
            self._took(one, act, result, now)
        if one.running is not None:
            self._hear_job(one, one.running, now)
        elif one.stand.doing and one.errand is None:  # it was decided upon, and could not be begun
            self._took(one, one.stand.doing, not_begun(one.stand.doing, "?"), now)

    def _hear_job(self, one: Plugged, running: Running, now: float) -> None:
        ended = running.ended  # before its last words are heard, so that none is missed
        for step in running.steps():
            self._chronicle.moved(one, stepped(one.stand, step))
        if running.arrivals is not None:
            heard, running.arrivals = running.arrivals, None
            one.facts = {**one.facts, **facts_of(heard)}
            self._chronicle.moved(one, arrived(one.stand, heard, self._terms))
        running.nudge(now)
        if ended:
            one.running = None
            self._end_of_job(one, running, now)
        elif one.stand.doing not in {"watch", "settle"} and now - one.looked_at >= _SIGNS_EVERY:
            one.looked_at = now
            silent = running.silent_for(now)
            self._chronicle.moved(one, stalled(one.stand, int(silent) if silent >= SILENT_AFTER else 0))

    def _end_of_job(self, one: Plugged, running: Running, now: float) -> None:
        result = _result_of(running.outcome)
        if not (result.error or result.died):
            one.facts = {**one.facts, **facts_of(result.fields)}
            self._host_name = str(result.fields.get("host_name") or self._host_name)
        self._took(one, cast("Act", running.job.task), result, now)
        if running.job.task == "finish":
            self._posting.soon()
        if running.job.task in LOCKING:
            self._cataloguing.soon(now)

    def _took(self, one: Plugged, act: Act, result: Result, now: float) -> None:
        self._chronicle.moved(one, took(one.stand, act, result, self._terms, now))

    # Looking.

    def _see(self, now: float) -> None:
        if not self._changed and now - self._listed_at < _LIST_EVERY:
            return
        self._changed, self._listed_at = False, now
        remounted, self._remounted = self._remounted, False
        mounts = self._world.mounts()
        there = places(self._world.devices(mounts), mounts, self._world.watch)
        for key, one in self._media.items():
            if key in there or not (self._world.blind and one.errand is not None):
                one.place = there.get(key)
            if one.was_here and one.place is not None:
                self._chronicle.moved(one, resumed(one.stand, now))
            one.was_here = False
            if remounted and one.stand.kind == "folder" and one.place and one.place.mount:
                self._chronicle.moved(one, looked_again(one.stand, now))
        for place in there.values():
            known = self._media.get(place.key)
            if known is None or known.stand.phase is Phase.GONE:
                self._greet(place, now)
        if any(place.device for place in there.values()):
            self._hands.find_disks(now)
            if self._hands.nobody and not self._alone:
                self.note("daemon-no-disks")
            self._alone = self._hands.nobody

    def _greet(self, place: Place, now: float) -> None:
        """Something was plugged in; what was here a while ago gets its card back."""
        gone = [one for one in self._media.values() if one.stand.phase is Phase.GONE]
        before = [one for one in gone if place.again_as and one.stand.again_as == place.again_as]
        before += [one for one in gone if one.stand.medium == place.key and one not in before]
        for one in before[:-1]:
            self._forget(one)
        if before:
            self._media.pop(before[-1].stand.medium)
        card = before[-1].stand.card if before else self._chronicle.new_card()
        kind: Kind = "device" if place.device else "folder"
        fresh = Stand(medium=place.key, card=card, kind=kind, again_as=place.again_as, name=place.name, since=now)
        stand = seen(fresh)
        if before:
            stand = of_old(stand, before[-1].stand)
        self._media[place.key] = one = Plugged(stand=stand, since=time.time(), place=place)
        self._chronicle.write(card, stand.told)
        self._chronicle.keep(one)

    # Doing.

    def _advance(self, one: Plugged, now: float) -> float | None:
        for _ in range(_STEPS_MAX):
            before = one.stand
            look = one.look(now, disks=self._hands.disks_work, turn=self._has_turn(one))
            decision = decide(before, look, self._terms)
            self._chronicle.moved(one, decision.stand)
            if decision.act:
                result = self._hands.do(one, cast("Act", decision.act), now)
                if result is not None:
                    self._took(one, cast("Act", one.stand.doing), result, now)
                return None if result is None else now + 0.5
            if decision.wake is not None or decision.stand == before:
                return decision.wake
        return now + 1.0

    def _has_turn(self, one: Plugged) -> bool:
        """Whether this computer's memory is free, and no card that was there before waits for it."""
        others = [other.stand for other in self._media.values() if other is not one]
        if self._posting.running is not None or any(other.doing in LOCKING for other in others):
            return False
        waiting = (int(other.card) for other in others if other.phase in _WANTING and not other.doing)
        return int(one.stand.card) < min(waiting, default=1 << 60)

    def _aside(self, now: float) -> list[float | None]:
        """Send and read what there is, unless somebody waits for a hand-off."""
        free = not any(one.stand.phase in _WANTING for one in self._media.values())
        if not free:
            self._posting.give_way()
            self._cataloguing.give_way()
        result, wake = self._posting.step(now, free=free, beside=self._staying())
        read, read_at = self._cataloguing.step(now, free=free)
        if read and read["read"]:
            self.note("daemon-catalogued", count=read["read"])
        self._note_reach()
        for sent in result["sent"] if result else ():
            self._note_sent(sent, str(result["archive"]) if result else "")
        return [wake, read_at]

    def _note_reach(self) -> None:
        """An archive that is there from the first needs no line, only one that went or came back."""
        reach = self._posting.seen
        if reach is not None and reach != (self._reach or "reachable"):
            self.note("daemon-archive-back" if reach == "reachable" else "daemon-archive-away")
        self._reach = reach

    def _staying(self) -> Beside | None:
        """A stick that is handed over and stays: the archive may not have yet what others did on it."""
        for one in self._media.values():
            stand, place = one.stand, one.place
            if place and place.path and stand.phase is Phase.STAY and stand.doing == "watch" and not stand.leaving:
                return Beside(key=f"{place.key} {stand.seal}", path=place.path, mount=place.mount)
        return None

    def _note_sent(self, sent: dict[str, Any], archive: str) -> None:
        card = ""
        for one in self._media.values():
            if one.stand.seal and one.stand.seal == sent["seal"]:
                card = one.stand.card
                if sent["receipt"]:
                    self._chronicle.moved(one, receipted(one.stand, archive))
        if sent["receipt"] or sent["held"]:
            slug = "daemon-sent" if sent["receipt"] else "daemon-sent-held"
            self.note(slug, card, handoff=sent["handoff"], archive=archive)

    # Telling.

    def _clear_away(self) -> None:
        """Take down cards that say nothing any more."""
        gone = [one for one in self._media.values() if one.stand.phase is Phase.GONE]
        newest_first = sorted(gone, key=lambda one: -one.since)
        for place, one in enumerate(newest_first):
            unfinished = one.stand.state is State.YANKED and one.stand.link  # of a stranger nothing is awaited
            waits = unfinished or (one.stand.handoff and not one.stand.receipt)
            old = not waits and time.time() - one.since > _GONE_FOR
            if old or place >= _GONE_MAX or one.stand.state is State.FOREIGN:
                self._forget(one)

    def _forget(self, one: Plugged) -> None:
        self._media.pop(one.stand.medium, None)
        self._chronicle.forget(one.stand.card)

    def _show(self, now: float) -> None:
        snapshot = Snapshot(
            policy=self._terms.policy,
            holder=self._world.job.holder,
            host_name=self._host_name,
            udev=not self._world.blind,
            archive=self._posting.reach,
        )
        self._chronicle.show(snapshot, self._media.values(), now)


class _Press:
    """A button that somebody pressed, and whether it did anything."""

    def __init__(self, card: str, action: str) -> None:
        self.card, self.action = card, action
        self.good = False
        self.done = threading.Event()


def _result_of(outcome: Event | None) -> Result:
    if outcome is None:
        return Result(died=True)
    if outcome["event"] == "error":
        fields = outcome.get("fields")
        return Result(error=str(outcome.get("slug")), filled=fields if isinstance(fields, dict) else {})
    return Result(fields=outcome)
