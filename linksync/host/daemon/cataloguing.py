"""Cataloguing: what this host took in is read for the search when nobody waits, with an archive or without.

Reading is a process of its own that touches no stick, at the lowest priority. It runs beside a sync, and gives way to a
hand-off at once: what is in the catalogue stays there, and the rest is read the next time.
"""

import time
from collections.abc import Callable
from typing import Any

from linksync.host.daemon.jobs import Running
from linksync.host.daemon.telling import Job
from linksync.host.reading_on import PAUSE

EVERY = 3600.0
"""Seconds after which it is looked at again although nothing was handed over here: another linksync may have."""
SOON = 2.0
"""Seconds after something was taken in: what people are told of it comes first."""
_FIRST_PAUSE = 30.0


class Cataloguing:
    """The daemon's reading. For the loop alone.

    Attributes:
        running: the process that reads now, or None.
    """

    def __init__(self, job: Job, ring: Callable[[], None]) -> None:
        """Begin; what an earlier run left is read as soon as nobody waits.

        Args:
            job: a reading, with state.
            ring: called from a thread when there is something to hear.
        """
        self.running: Running | None = None
        self._job, self._ring = job, ring
        self._read_at = time.monotonic() + SOON
        self._pause = _FIRST_PAUSE

    def soon(self, now: float) -> None:
        """Something was taken in, at ``now`` by the monotonic clock: read it when nobody waits."""
        self._read_at = min(self._read_at, now + SOON)

    def give_way(self) -> None:
        """Somebody waits: a reading that runs is ended."""
        if self.running is not None:
            self.running.cancel()

    def step(self, now: float, *, free: bool) -> tuple[dict[str, Any] | None, float | None]:
        """Read what is to be read.

        Args:
            now: the monotonic clock.
            free: whether nobody waits.

        Returns:
            The result of a reading that has ended, and when to ask again, by the clock.
        """
        result = self._heard(now)
        if self.running is None and free and now >= self._read_at:
            self._begin(now)
        return result, self._read_at if self.running is None and self._read_at > now else None

    def _begin(self, now: float) -> None:
        self._read_at = float("inf")
        try:
            self.running = Running(self._job, self._ring)
        except (OSError, RuntimeError):  # no process or thread left on this computer
            self._later(now)

    def _heard(self, now: float) -> dict[str, Any] | None:
        running = self.running
        if running is None:
            return None
        running.nudge(now)
        if not running.ended:
            return None
        self.running = None
        outcome = running.outcome
        if outcome is not None and outcome["event"] == "result":
            self._pause = _FIRST_PAUSE
            self._read_at = min(self._read_at, now + (PAUSE if outcome.get("later") else EVERY))
            return dict(outcome)
        if running.cancelled:
            self._read_at = now
        else:
            self._later(now)
        return None

    def _later(self, now: float) -> None:
        self._read_at = min(self._read_at, now + self._pause)
        self._pause = min(2 * self._pause, EVERY)
