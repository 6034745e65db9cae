"""Posting: what this host owes the archive is sent when it can be reached and nobody waits.

Whether it can be reached, and whether anything is owed, is looked at in a thread of its own: a folder on a network that
is away can keep whoever looks at it for minutes. A sync is a process like any other, and gives way to a stick at once:
what was accepted stays so, and the rest is sent the next time.
"""

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linksync.archive.opening import DESCRIPTION, archive_path
from linksync.errors import LinksyncError
from linksync.host.daemon.board import Reach
from linksync.host.daemon.jobs import Running
from linksync.host.daemon.telling import Job
from linksync.host.state import State

GLANCE = 15.0
"""Seconds between two looks while something is owed; ``IDLE`` while nothing is."""
IDLE = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
_SEND_AGAIN = 3600.0
"""Seconds after which what the archive did not take is offered again."""
_TOLD_MAX = 100

Owed = frozenset[tuple[str, str]]
"""Link and seal of each hand-off that is to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A stick that stays plugged in: what other hosts handed over on it is offered too, once in a plug.

    Attributes:
        key: which medium, in which plug.
        path: where it is mounted; ``mount`` the number of its mount, 0 for a plain folder.
    """

    key: str
    path: str
    mount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found: whether the archive can be reached, and what is owed."""

    reachable: bool
    owed: Owed


class Posting:
    """The daemon's way to one archive. For the loop alone; only its looks run in threads.

    Attributes:
        reach: whether the archive could be reached when last looked at; ``seen`` the same, None before the first look.
        running: the sync that runs now, or None.
    """

    def __init__(self, job: Job, ring: Callable[[], None]) -> None:
        """Begin.

        Args:
            job: a sync, with state and archive; no archive for none.
            ring: called from a thread when there is something to hear.
        """
        self.reach: Reach = "away" if job.archive else "none"
        self.seen: Reach | None = None
        self.running: Running | None = None
        self._job, self._ring = job, ring
        self._seen: Seen | None = None
        self._found: Seen | None = None
        self._looking: threading.Thread | None = None
        self._look_at = self._send_at = 0.0
        self._pause = _FIRST_PAUSE
        self._beside: Beside | None = None
        self._told: list[str] = []
        self._offered: Owed = frozenset()
        self._offered_at = float("-inf")

    def soon(self) -> None:
        """Something may be owed now: look at once."""
        self._look_at = self._send_at = 0.0
        self._pause = _FIRST_PAUSE

    def give_way(self) -> None:
        """A stick is there: a sync that runs is ended."""
        if self.running is not None:
            self.running.cancel()

    def step(
        self, now: float, *, free: bool, beside: Beside | None = None
    ) -> tuple[dict[str, Any] | None, float | None]:
        """Look, and send what is owed.

        Args:
            now: the monotonic clock.
            free: whether nobody else needs this computer's memory.
            beside: a stick that is there, and may be offered too.

        Returns:
            The result of a sync that has ended, and when to ask again, by the clock.
        """
        if not self._job.archive:
            return None, None
        result = self._heard(now)
        self._note_look(now)
        if self._looking is None and now >= self._look_at:
            self._found = None
            self._looking = threading.Thread(target=self._look, name="archive look", daemon=True)
            self._looking.start()
        seen = self._seen
        if self.running is None and free and seen is not None and seen.reachable:
            self._begin(seen, beside if beside and beside.key not in self._told else None, now)
        wake = max(self._look_at, now + 0.5) if self._looking is None else None
        return result, wake

    def _begin(self, seen: Seen, beside: Beside | None, now: float) -> None:
        if now < self._send_at or not (beside or self._is_due(seen.owed, now)):
            return
        self._seen = None  # once it is done it is looked at anew
        self._offered, self._beside = seen.owed, beside
        job = replace(self._job, path=beside.path, mount=beside.mount) if beside else self._job
        self.running = Running(job, self._ring)

    def _is_due(self, owed: Owed, now: float) -> bool:
        return bool(owed) and (not owed <= self._offered or now - self._offered_at > _SEND_AGAIN)

    def _heard(self, now: float) -> dict[str, Any] | None:
        if self.running is None:
            return None
        self.running.nudge(now)
        if not self.running.ended:
            return None
        outcome, gave_way = self.running.outcome, self.running.cancelled
        self.running = None
        self._look_at = now
        if self._beside is not None and not gave_way:
            self._told = [*self._told[-_TOLD_MAX:], self._beside.key]
        if outcome is not None and outcome["event"] == "result":
            self._pause, self._offered_at = _FIRST_PAUSE, now
            return dict(outcome)
        self._offered = frozenset()
        if not gave_way:
            self._send_at = now + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return None

    def _look(self) -> None:
        try:
            self._found = Seen(reachable=is_reachable(self._job.archive), owed=owed_by(State(Path(self._job.state))))
        except Exception:  # a memory that cannot be read says so at the next hand-off; here it only has nothing to send
            self._found = Seen(reachable=False, owed=frozenset())
        self._ring()

    def _note_look(self, now: float) -> None:
        if self._looking is None or self._found is None:
            return
        self._looking, self._seen = None, self._found
        self.reach = self.seen = "reachable" if self._seen.reachable else "away"
        self._look_at = now + (GLANCE if self._seen.owed else IDLE)


def is_reachable(archive: str) -> bool:
    """Whether an archive seems to be there, by its folder; on a network that may take a while."""
    with contextlib.suppress(LinksyncError, OSError):
        return os.path.isfile(archive_path(archive) / DESCRIPTION)
    return False


def owed_by(state: State) -> Owed:
    """What a host owes archives, of its outboxes."""
    return frozenset(
        (link, entry.seal) for link in state.links() for entry in state.outbox(link).entries() if entry.is_owed
    )
