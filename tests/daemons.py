"""A daemon that really runs: a process of its own, watched through its ledger, killed and started again."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from played import SECOND
from waiting import until
from worlds import World as Machine

from linksync.demo.keys import write_key_file
from linksync.demo.world import World
from linksync.host.daemon.stand import Stand
from linksync.host.daemon.states import State

PATIENCE = 40.0
"""Seconds that anything may take: other tests want the processor too."""
FILES = {f"data/map {number}/{name}.txt": b"%d" % number * 3000 for number in range(20) for name in ("een", "twee")}
"""What visitors put on a Link."""


@dataclass(slots=True, kw_only=True)
class Daemon:
    """A daemon for one host of a played relay.

    Attributes:
        world: the relay; the memory is the host's in it.
        machine: where it runs; None for this computer.
        arguments: further ones of ``linksync daemon run``.
        label: whether the fingerprint on the label is given to it.
    """

    world: World
    holder: str = SECOND
    machine: Machine | None = None
    arguments: tuple[str, ...] = ()
    label: bool = True
    process: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> Path:
        return self.world.state(self.holder).folder

    @property
    def log(self) -> Path:
        return self.world.folder / "daemon.log"

    def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it runs."""
        before = self.said().count("daemon-started")
        key = self.world.folder / f"{self.holder}.key"
        if not key.exists():
            write_key_file(key, self.holder)
        command = [sys.executable, "-m", "linksync", "daemon", "run", "--as", self.holder, "--key", str(key)]
        command += ["--organiser", self.world.organiser] if self.label else []
        command += ["--state", str(self.state), "--no-notify", *self.arguments]
        if (self.world.folder / "archive").exists():
            command += ["--archive", str(self.world.folder / "archive")]

        def started() -> subprocess.Popen[bytes]:
            bus = {"DBUS_SYSTEM_BUS_ADDRESS": self.machine.bus if self.machine else "unix:path=/nonexistent"}
            with self.log.open("ab") as log:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, **bus},
                )

        self.process = self.machine.inside(started) if self.machine else started()
        deadline = time.monotonic() + PATIENCE
        while wait and self.said().count("daemon-started") == before:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(self.log.read_text("utf-8", "replace")[-3000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as systemd does; its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def stands(self) -> list[Stand]:
        """Where each medium stands, as its ledger says, oldest card first."""
        return [Stand.from_json(stand) for (stand,) in self._rows("SELECT stand FROM media ORDER BY card")]

    def said(self, card: str = "") -> list[str]:
        """The slugs that it has said, in order; of one card, where it is given."""
        rows = self._rows("SELECT slug, card FROM events ORDER BY id")
        return [slug for slug, of in rows if of == card or not card]

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        """What its ledger answers; nothing where there is none yet."""
        with contextlib.suppress(sqlite3.Error):
            database = sqlite3.connect(f"file:{self.state / 'daemon' / 'ledger.sqlite'}?mode=ro", uri=True, timeout=5)
            with contextlib.closing(database):
                return database.execute(query).fetchall()
        return []

    def until(self, condition: Callable[[Stand], bool], *, patience: float = PATIENCE) -> Stand:
        """Wait until a medium stands so; that one."""
        deadline = time.monotonic() + patience
        while True:
            for stand in self.stands():
                if condition(stand):
                    return stand
            if time.monotonic() > deadline:
                told = [(one.card, one.name, str(one.state), one.told, str(one.phase)) for one in self.stands()]
                raise TimeoutError(f"{told}\n{self.said()[-15:]}\n{self.log.read_text('utf-8', 'replace')[-3000:]}")
            time.sleep(0.03)

    def comes_to(self, *states: State, patience: float = PATIENCE) -> Stand:
        """Wait until a medium is in one of these states; that one."""
        return self.until(lambda stand: stand.state in states, patience=patience)

    def says(self, *slugs: str, patience: float = PATIENCE) -> Stand:
        """Wait until one of these is said of a medium; that one."""
        return self.until(lambda stand: stand.told.slug in slugs, patience=patience)

    def has_said(self, slug: str) -> None:
        """Wait until something has been said, whatever has been said since."""
        assert until(lambda: slug in self.said()), self.said()


@contextmanager
def running(
    world: World, *arguments: str, holder: str = SECOND, machine: Machine | None = None, label: bool = True
) -> Iterator[Daemon]:
    """A daemon that runs, and is ended whatever the test did."""
    daemon = Daemon(world=world, holder=holder, machine=machine, arguments=arguments, label=label)
    try:
        daemon.start()
        yield daemon
    finally:
        if daemon.process is not None and daemon.process.poll() is None:
            daemon.kill()


def children(pid: int) -> list[int]:
    """The processes that a process has started and that run."""
    found: list[int] = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            found += map(int, file.read().split())
    return found
