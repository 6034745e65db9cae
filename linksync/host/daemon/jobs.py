"""Jobs: a process at work on a stick, as the daemon sees it.

The daemon never touches a stick itself. A process that hangs in the kernel cannot even be killed: it is let be, and
nothing waits for it. What it says is kept in bounded memory: the newest progress, the newest arrivals, and the few
steps in a row. A job is silent when it says nothing, uses no processor, moves no byte, and its stick moves none either;
a stick of 20 kB/s is slow, and never silent.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from linksync.host.daemon.telling import LINE_MAX, Event, Job, event_of

SILENT_AFTER = 60.0
"""Seconds without a sign of life after which people are told that the stick does not answer.

A sign is a request that the device has done; Linux asks a USB 3 stick for up to 1 MiB at once, 52 s at 20 kB/s.
"""
PATIENCE = 3.0
"""Seconds from asking a process to end to ending it."""
_STEPS_MAX = 64
_LAST = frozenset({"result", "error"})


class Running:
    """A job that runs in a process of its own, or has ended.

    Attributes:
        job: what it does.
        progress: bytes done and in all, as it said last; None before it said any.
        arrivals: what it said last of what arrives; None before it said any.
        started: when, by the monotonic clock.
    """

    def __init__(self, job: Job, ring: Callable[[], None], *, device: str = "", command: tuple[str, ...] = ()) -> None:
        """Start the process.

        Args:
            job: what it is to do.
            ring: called from a thread whenever it has said something, or has ended.
            device: the number of the stick's block device, ``8:17``, for its signs of life; "" where there is none.
            command: what to run instead of the worker, for tests.

        Must be called from the thread that lives longest: the kernel ends the process with the thread that made it.
        """
        self.job = job
        self.progress: tuple[int, int] | None = None
        self.arrivals: Event | None = None
        self.started = time.monotonic()
        self._ring, self._device = ring, device
        self._steps: deque[str] = deque(maxlen=_STEPS_MAX)
        self._last: Event | None = None
        self._ended = False
        self._asked_to_end = 0.0
        self._signs: tuple[object, ...] = ()
        self._spoke = self._moved = time.monotonic()
        program = command or (sys.executable, "-m", "linksync.host.daemon.work", str(os.getpid()))
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._thread = threading.Thread(target=self._listen, name=f"{job.task} job", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended, and all that it said has been heard."""
        return self._ended

    @property
    def outcome(self) -> Event | None:
        """Its ``result`` or ``error``; None where it ended without a word, or has not ended."""
        return self._last if self._ended else None

    def steps(self) -> list[str]:
        """The steps that it said since this was asked last."""
        found = []
        with contextlib.suppress(IndexError):
            while True:
                found.append(self._steps.popleft())
        return found

    def silent_for(self, now: float) -> float:
        """Seconds since its last sign of life. Ask every few seconds: what moved in between is seen by comparing."""
        signs = (*_signs_of(self.pid), *_moved_on(self._device))
        if signs != self._signs:
            self._signs, self._moved = signs, now
        return max(0.0, now - max(self._spoke, self._moved))

    def cancel(self) -> None:
        """Ask it to end; ``nudge`` makes it. What it has done so far stays, and can be done again."""
        if not self._asked_to_end:
            self._asked_to_end = time.monotonic()
            self._send(signal.SIGTERM)

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to end."""
        return bool(self._asked_to_end)

    def nudge(self, now: float) -> None:
        """End a process that was asked to and has not done so."""
        if self._asked_to_end and not self._ended and now - self._asked_to_end > PATIENCE:
            self._send(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Wait for its end, so long at the most; whether it has come."""
        self._thread.join(seconds)
        return self._ended

    def _send(self, number: int) -> None:
        """To the process and what helps it: it leads a group of its own."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.returncode is None:
                os.killpg(self.pid, number)

    def _listen(self) -> None:
        """Hear the process to its end; the daemon's thread for this job."""
        try:
            self._give_job()
            self._hear()
        finally:
            if self._last is None or self._process.stdout is None:
                self._send(signal.SIGKILL)  # it is of no more use: its pipe is closed, or it spoke nonsense
            with contextlib.suppress(OSError):
                if self._process.stdout is not None:
                    self._process.stdout.close()
            self._process.wait()
            self._ended = True
            self._ring()

    def _give_job(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin:
            self._process.stdin.write(self.job.to_line())

    def _hear(self) -> None:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline(LINE_MAX + 1):
            if len(line) > LINE_MAX:
                return
            event = event_of(line)
            if event is not None:
                self._spoke = time.monotonic()
                self._note(event)
                self._ring()

    def _note(self, event: Event) -> None:
        kind = event["event"]
        if kind == "progress":
            self.progress = (_number(event.get("done")), _number(event.get("total")))
        elif kind == "step":
            self._steps.append(str(event.get("step"))[:40])
        elif kind == "arrivals":
            self.arrivals = event
        elif kind in _LAST:
            self._last = event


def _number(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _signs_of(pid: int) -> tuple[str, ...]:
    """What a process and those it made have read, written and reckoned so far."""
    found = []
    for number in (pid, *_children(pid)):
        with contextlib.suppress(OSError), open(f"/proc/{number}/io", encoding="ascii") as file:
            found.append(file.read(400))
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{number}/stat", encoding="utf-8") as file:
            found += file.read(2000).rpartition(")")[2].split()[11:13]  # time in user mode, in the kernel
    return tuple(found)


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read(400).split()]
    except (OSError, ValueError):
        return []


def _moved_on(device: str) -> tuple[str, ...]:
    """What a block device has read and written so far."""
    if not device:
        return ()
    try:
        with open(f"/sys/dev/block/{device}/stat", encoding="ascii") as file:
            told = file.read(400).split()
    except OSError:
        return ()
    return (*told[0:3], *told[4:7])  # requests, merges and sectors that were read and written
