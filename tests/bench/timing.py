"""Whole processes, timed in turn, so that a drifting machine moves both sides of a ratio alike."""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass(slots=True)
class Run:
    """A process that has ended: seconds it took, and the most memory, in MiB.

    Attributes:
        memory: of the largest process in it.
        together: of all of its processes together, what they share counted once; 0 where nobody looked.
        spent: seconds of processor time, of the process and those that it waited for.
    """

    wall: float
    memory: float
    together: float = 0
    spent: float = 0


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


def run(command: Command, *, look: bool = False) -> Run:
    """Run once; with ``look``, its memory is looked at ten times a second, which slows it."""
    command.before()
    os.sync()  # what others have not written down yet is nobody's cost here
    environment = {**os.environ, **command.environment}
    start = time.monotonic()
    with subprocess.Popen(
        command.argv, env=environment, cwd=command.cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        watch = _Watch(process.pid) if look else None
        told = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    if process.returncode not in command.codes:
        raise RuntimeError(f"{' '.join(command.argv)}: {process.returncode}: {told.decode(errors='replace')[-2000:]}")
    spent = usage.ru_utime + usage.ru_stime
    return Run(wall, usage.ru_maxrss / 1024, together=watch.most() if watch else 0, spent=spent)


class _Watch:
    """Looks at a process and all below it until it has ended."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def most(self) -> float:
        """The most memory of all together, in MiB."""
        self._thread.join()
        return self._most / 1024

    def _look(self) -> None:
        while now := sum(_proportional(pid) for pid in with_children(self._pid)):
            self._most = max(self._most, now)
            time.sleep(0.1)


def with_children(pid: int) -> list[int]:
    """A process and all below it; none when it has ended."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in below for one in with_children(int(child)))]


def _proportional(pid: int) -> int:
    """The KiB of a process, of what it shares with others its share; 0 where it has ended."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))


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
