"""Attending a stick while it is plugged in: what arrives is looked at as soon as it is complete, and told.

For a working process; it holds the stick open, and is ended by the daemon before the stick is let go.
"""

import errno
import os
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

from linksync.custody.relay import Policy
from linksync.host.daemon.holders import written
from linksync.host.daemon.telling import Job, added_told, waiting_told
from linksync.host.daemon.watching import Arrivals, Settled, StickBell
from linksync.host.looking import Newcomers
from linksync.knowledge.clamd import scanner
from linksync.stick.medium import Medium, medium_error
from linksync.stick.tree import list_tree
from linksync.stick.verify import Judged

_LONGEST = 30.0
"""Seconds between two looks at whether the stick is still there, where nothing rings."""


class Voice(Protocol):
    """Says what was found."""

    def say(self, event: str, **more: Any) -> None:
        """Say an event."""

    def progress(self, done: int, total: int) -> None:
        """Say how far reading is."""


def attend(job: Job, medium: Medium, voice: Voice, newcomers: Judged | None) -> None:
    """Look whenever something rings.

    Args:
        job: for the path of the stick.
        medium: the same, open.
        voice: told ``arrivals`` after each look that found anything else than the one before.
        newcomers: the records of the stick, to tell what is new on it, for ever; None only to wait until nothing is
            being put there any more.

    Raises:
        MediumError: the stick is gone, or can no longer be read.
    """
    rung = threading.Event()
    bell = StickBell(job.path, rung.set)
    arrivals = Arrivals(medium)
    new = Newcomers(medium, newcomers, _policy(newcomers), scanner(job.clamd)) if newcomers else None
    if new is not None:
        new.there(list_tree(medium).files, voice.progress)
    bell.start()
    try:
        told: Mapping[str, Any] = {}
        rang: frozenset[bytes] | None = None
        while True:
            settled = _looked(medium, arrivals, job.path, rang)
            if new is not None:
                new.left(settled.gone)
                new.arrived({path: (stamp.size, stamp.changed) for path, stamp in settled.complete.items()})
            told = _told(voice, told, settled, new)
            if new is None and not settled.waiting:
                return
            rung.wait(min(_LONGEST, settled.look_again or _LONGEST))
            rung.clear()
            rang = bell.rang()
    finally:
        bell.stop()
        if new is not None:
            new.close()


def _looked(medium: Medium, arrivals: Arrivals, path: str, rang: frozenset[bytes] | None) -> Settled:
    if not medium.is_alive():
        raise medium_error(OSError(errno.ENODEV, os.strerror(errno.ENODEV)), medium.path)
    try:
        return arrivals.look(time.monotonic(), rang, written(path.encode("utf-8", "surrogateescape")))
    except OSError as error:
        raise medium_error(error, medium.path, reading=True) from error


def _policy(judged: Judged) -> Policy:
    newest = judged.history.roster.newest or judged.history.chain.line[-1].version
    return newest.relay.policy


def _told(voice: Voice, before: Mapping[str, Any], settled: Settled, new: Newcomers | None) -> Mapping[str, Any]:
    waiting = {one.path: one.reason for one in settled.waiting}
    now: dict[str, Any] = {"waiting": waiting_told(waiting), "waiting_count": len(waiting)}
    if new is not None:
        still = {path: one for path, one in new.files.items() if path not in waiting}
        now |= {
            "added": added_told((path, one.size, one.class_, one.codes) for path, one in still.items()),
            "added_count": len(still),
            "added_bytes": sum(one.size for one in still.values()),
            "unreadable": len(new.unreadable),
        }
    if now != before:
        voice.say("arrivals", **now)
    return now
