"""The campaign: scenarios with a name each, played one after the other, each with a verdict."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vm.installed import Workshop
from vm.stage import Account, Stage, staged


@dataclass(slots=True, kw_only=True)
class Ground:
    """Where a scenario plays.

    Attributes:
        full: whether campaigns have their whole length.
        kept: what tells why something failed is kept here.
    """

    workshop: Workshop
    full: bool
    kept: Path
    account: Account = field(default_factory=Account)
    _stages: int = 0

    @contextmanager
    def stage(self, *, desktop: bool = False) -> Iterator[Stage]:
        """A fresh guest with the daemon idle in it."""
        self._stages += 1
        with staged(self.workshop, self.account, self.kept / f"{self._stages:03}", desktop=desktop) as stage:
            yield stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Something that happens to a host and a stick.

    Attributes:
        group: what it belongs to; asking for a group plays all of it.
        name: its own.
        play: what happens, and what must hold.
    """

    group: str
    name: str
    play: Callable[[Ground], None]

    @property
    def title(self) -> str:
        """How it is asked for."""
        return f"{self.group}:{self.name}"


def run(scenarios: list[Scenario], workshop: Workshop, *, full: bool, kept: Path) -> bool:
    """Play them all, telling each verdict as it comes; whether all of it held."""
    well = True
    for scenario in scenarios:
        begun = time.monotonic()
        ground = Ground(workshop=workshop, full=full, kept=kept / scenario.title.replace(":", "-"))
        print(f"{scenario.title} …", file=sys.stderr, flush=True)
        scenario.play(ground)
        well = _told(scenario, ground, time.monotonic() - begun) and well
    return well


def _told(scenario: Scenario, ground: Ground, seconds: float) -> bool:
    account = ground.account
    verdict = "FAILED" if account.failed or not account.held else "ok"
    print(f"{verdict:6} {scenario.title:32} {account.held} held, {len(account.failed)} failed, {seconds:.0f} s")
    for line in (*account.figures, *(f"FAILED: {one}" for one in account.failed)):
        print(f"         {line}")
    if account.failed:
        print(f"         kept in {ground.kept}")
    sys.stdout.flush()
    return verdict == "ok"
