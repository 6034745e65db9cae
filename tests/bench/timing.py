"""Whole processes, timed in turn, so that a drifting machine moves both sides of a ratio alike."""

import os
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass(slots=True)
class Run:
    """A process that has ended: seconds it took, and the most memory of any process in it, in MiB."""

    wall: float
    memory: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to time.

    Attributes:
        argv: the command; ``sync`` is part of it where it has to be durable.
        before: makes a fresh world for each run, untimed.
        codes: exit statuses that are fine.
    """

    argv: Sequence[str]
    before: Callable[[], None] = lambda: None
    environment: Mapping[str, str] = field(default_factory=dict)
    codes: frozenset[int] = frozenset({0})
    cwd: Path | None = None


def run(command: Command) -> Run:
    """Run once."""
    command.before()
    os.sync()  # what others have not written down yet is nobody's cost here
    environment = {**os.environ, **command.environment}
    start = time.monotonic()
    with subprocess.Popen(
        command.argv, env=environment, cwd=command.cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        told = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    if process.returncode not in command.codes:
        raise RuntimeError(f"{' '.join(command.argv)}: {process.returncode}: {told.decode(errors='replace')[-2000:]}")
    return Run(wall, usage.ru_maxrss / 1024)


def in_turn(commands: Mapping[str, Command], runs: int) -> dict[str, list[Run]]:
    """Each command so many times, one after the other, after a round that does not count."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for round_ in range(runs + 1):
        for name, command in commands.items():
            done = run(command)
            if round_:
                found[name].append(done)
    return found


def ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """The median of the ratios, pair by pair."""
    return median(a.wall / b.wall for a, b in zip(ours, theirs, strict=True))


def wall(runs: Sequence[Run]) -> float:
    """The median of the seconds."""
    return median(run.wall for run in runs)


def peak_children() -> float:
    """The most memory of any child so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
