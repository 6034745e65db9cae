"""The daemon, put together: bells that ring, one loop that reconciles, the panel, the watchdog, signals.

A bell, a button, a job and the time only set one event; the loop wakes, reconciles and sleeps again. The watchdog is
fed by the loop alone, and only while every bell and the panel are alive and the loop itself comes to its end now and
then; so systemd starts anew a daemon of which any part has died.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol

from linksync import __version__
from linksync.custody import names
from linksync.errors import RefusedError
from linksync.host.daemon.bells import Bell
from linksync.host.daemon.board import Board, Line, Snapshot
from linksync.host.daemon.devices import Device, Devices, UdevBell, mounted
from linksync.host.daemon.ledger import Ledger
from linksync.host.daemon.mounts import Mount, MountBell, read_mounts
from linksync.host.daemon.notices import Notices
from linksync.host.daemon.panel import Panel
from linksync.host.daemon.reconcile import Reconciler, World
from linksync.host.daemon.service import Notifier
from linksync.host.daemon.stand import Terms
from linksync.host.daemon.tasks import signer_of
from linksync.host.daemon.telling import Job
from linksync.host.daemon.udisks import find_disks
from linksync.machine import durable, locks
from linksync.machine.settings import After, Policy
from linksync.people.texts import Language

_LONGEST = 10.0
"""Seconds that the loop sleeps at the most."""
_SHORTEST = 0.05
"""Seconds between two rounds: what rings in between is one ring."""
_PATIENCE = 20.0
"""Seconds in which a hand-off that is being written may finish when the daemon ends."""
_STATUS_EVERY = 5.0
_GIVE_UP = 120.0
"""Seconds of nothing but errors in the loop after which it counts as dead."""
_TELL_AGAIN = 3600.0
"""Seconds after which the same error is told once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a daemon runs with.

    Attributes:
        state: the folder of this computer's memory.
        holder: the host's id in the relay; ``key`` the file of its private key (or ``.pub``, for the agent's).
        organiser: the fingerprint on the label, "" where it is remembered already.
        archive: its folder or URL; None for none.
        relay: the organiser's folder with signed versions; None for none.
        policy: ``auto`` hands over by itself, ``ask`` waits for the button, ``verify-only`` never hands over.
        after: whether a stick is ejected after the hand-off or stays until the button is pressed.
        watch: folders that are treated as sticks.
        panel_port: of the page on 127.0.0.1; 0 for any.
        notify: whether to show desktop notifications.
        clamd: the virus scanner: where it is, ``off``, or "" for its usual places.
        grace: seconds in which the desktop may mount a stick before the daemon does.
    """

    state: Path
    holder: str
    key: Path
    organiser: str = ""
    archive: str | None = None
    relay: Path | None = None
    policy: Policy = "auto"
    after: After = "eject"
    watch: tuple[Path, ...] = ()
    language: Language = "nl"
    panel_port: int = 0
    notify: bool = True
    clamd: str = ""
    grace: float = 3.0


class Onlooker(Protocol):
    """Somebody who looks on while the daemon runs; called from its loop, so it returns at once."""

    def begun(self, page: str, before: Line | None) -> None:
        """It runs.

        Args:
            page: the address of the page, whose buttons whoever has it may press.
            before: the last line of the log of earlier runs.
        """

    def see(self, snapshot: Snapshot) -> None:
        """The board, after each look at everything."""


class Daemon:
    """A daemon that runs. ``ring`` and ``end`` may be called from any thread and from a signal handler."""

    def __init__(self, settings: Settings, ledger: Ledger, world: World | None = None) -> None:
        """Put the parts together; nothing runs yet.

        Args:
            settings: how it runs.
            ledger: what was before.
            world: what it looks at; this computer if not given.
        """
        self._settings = settings
        self._rung = threading.Event()
        self._ending = False
        self._well_at = time.monotonic()
        self._failure, self._failure_told = "", float("-inf")
        self._devices = Devices()
        self.board = Board(Snapshot(holder=settings.holder, language=settings.language, policy=settings.policy))
        self._blind = world.blind if world else not self._devices.works
        self.reconciler = Reconciler(world or self._world(), _terms(settings), ledger, self.board, self.ring)
        self.panel = Panel(
            self.board,
            self.reconciler.press,
            state=settings.state,
            language=settings.language,
            port=settings.panel_port,
        )
        self.notices = Notices(enabled=settings.notify)
        self._bells: tuple[Bell, ...] = (
            UdevBell(self.reconciler.world_changed),
            MountBell(self.reconciler.mounts_changed),
        )

    def _world(self) -> World:
        return World(
            devices=self._listed,
            mounts=read_mounts,
            disks=find_disks,
            blind=self._blind,
            watch=self._settings.watch,
            job=job_of(self._settings),
        )

    def _listed(self, mounts: tuple[Mount, ...]) -> tuple[Device, ...]:
        return mounted(mounts) if self._blind else self._devices.listed()

    def ring(self) -> None:
        """Have the loop look soon."""
        self._rung.set()

    def end(self) -> None:
        """Have the loop end."""
        self._ending = True
        self._rung.set()

    @property
    def alive(self) -> bool:
        """Whether every bell is, and the panel, and a look at everything has come to its end lately."""
        well = time.monotonic() - self._well_at < _GIVE_UP
        return well and self.panel.alive and all(bell.alive for bell in self._bells)

    def run(self, notifier: Notifier, onlooker: Onlooker | None = None) -> None:
        """Reconcile until the end."""
        before = self.reconciler.last_line
        self.reconciler.note("daemon-started", version=__version__)
        if self._blind:
            self.reconciler.note("daemon-no-udev")
        with contextlib.ExitStack() as stack:
            stack.callback(self.notices.close)
            stack.callback(self.panel.close)
            self.panel.start()
            for bell in self._bells:
                stack.enter_context(bell)
            if onlooker:
                onlooker.begun(f"{self.panel.url}?t={self.panel.token}", before)
            self._loop(notifier, onlooker)
        notifier.stopping()
        self.reconciler.note("daemon-ended")
        self.reconciler.stop(_PATIENCE)
        if onlooker:
            onlooker.see(self.board.latest())

    def _loop(self, notifier: Notifier, onlooker: Onlooker | None) -> None:
        ready, told_at = False, float("-inf")
        while not self._ending:
            self._rung.clear()
            sleep = self._round()
            self.notices.see(self.board.latest())
            if onlooker:
                onlooker.see(self.board.latest())
            now = time.monotonic()
            if not ready:
                ready = True
                notifier.ready(self.reconciler.summary)
            if self.alive:
                notifier.alive()
            if now - told_at > _STATUS_EVERY:
                told_at = now
                notifier.status(self.reconciler.summary)
            self._rung.wait(min(sleep, _LONGEST, notifier.interval or _LONGEST))
            time.sleep(0.0 if self._ending else _SHORTEST)

    def _round(self) -> float:
        """Reconcile once; an error in it ends nothing, and is tried again."""
        try:
            wake = self.reconciler.reconcile()
        except Exception as error:
            self._tell(error)
            return 2.0
        self._well_at, self._failure = time.monotonic(), ""
        return wake

    def _tell(self, error: Exception) -> None:
        """For a log; the same error is not told at each round, since it would fill the disk in a week."""
        now, failure = time.monotonic(), f"{type(error).__name__}: {error}"
        if failure == self._failure and now - self._failure_told < _TELL_AGAIN:
            return
        self._failure, self._failure_told = failure, now
        print(f"linksync daemon: {failure}", file=sys.stderr, flush=True)
        sys.excepthook(type(error), error, error.__traceback__)


def run(settings: Settings, onlooker: Onlooker | None = None) -> int:
    """Run until SIGTERM or SIGINT, with somebody looking on; the exit status.

    Raises:
        LinksyncError: what is wrong with the settings, or another daemon runs with this memory; nothing was begun.
    """
    require_sound(settings)
    place = settings.state / "daemon"
    with alone(place), Ledger(place / "ledger.sqlite") as ledger:
        daemon = Daemon(settings, ledger)
        if ledger.set_aside:
            daemon.reconciler.note("daemon-ledger-new", path=ledger.set_aside)
        with _signals(daemon):
            daemon.run(Notifier.from_environment(), onlooker)
    return 0


def require_sound(settings: Settings) -> None:
    """Make sure that a hand-off could be made at all: a daemon that cannot sign says so before it starts.

    Raises:
        LinksyncError: those of a key that cannot be used.
    """
    if settings.policy == "verify-only":
        return
    signer_of(settings.key)


@contextlib.contextmanager
def alone(place: Path) -> Iterator[None]:
    """Be the only daemon with this memory.

    Raises:
        RefusedError: ``daemon-runs`` (``path``).
        MediumError: ``disk-write``.
    """
    with durable.translated("disk-write", place):
        durable.make_folder(place)
        descriptor = os.open(place / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not locks.take(descriptor):
            raise RefusedError("daemon-runs", path=names.escape(os.fsencode(place.parent)))
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _signals(daemon: Daemon) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        daemon.end()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terms(settings: Settings) -> Terms:
    return Terms(policy=settings.policy, after=settings.after, grace=settings.grace)


def job_of(settings: Settings) -> Job:
    """What every job of a daemon has in common."""
    return Job(
        task="recognise",
        state=str(settings.state),
        holder=settings.holder,
        key=str(settings.key),
        organiser=settings.organiser,
        relay=str(settings.relay) if settings.relay else "",
        archive=settings.archive or "",
        clamd=settings.clamd,
    )
