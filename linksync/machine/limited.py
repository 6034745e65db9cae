"""Work on documents from strangers, in processes that can do nothing but that, and that may be lost.

A document is parsed in a child process that was given an open file, and has nothing else: no network, no other file but
those of the program itself, no processes, no environment, bounded memory and time (``sandbox`` says what holds on which
kernel, ``guarantees`` what holds here). A document that ends its child, hangs it or makes it too large costs itself an
answer; another child takes its place and does the other jobs. Children are reused, and started when there is work. They
are forks of a server, which imports what they need once (``limited_server``).

    with Workers("linksync.knowledge.screen:work", Limits(memory=256 << 20), count=2) as workers:
        waiting = [workers.submit({"path": path}, fd) for path, fd in files]
        answers = [one.result() for one in waiting]

The entry is ``work(job, file)`` in a module of its own; ``file`` is read-only and seekable, the answer a dict that JSON
knows. What it imports late, what that imports too, it lists as ``IMPORTS_LATER = ("package.module", …)``: where the
kernel has no Landlock, a sealed child opens no file, and these are imported before. It starts no threads. What it
raises is ``worker-died``.

Nothing runs in the background here, so that this process may fork: jobs move on in ``submit``, ``result`` and ``done``.
Each child has two jobs at a time, so that it works on while its parent does something else. Call from threads that live
as long as the ``Workers``: the kernel ends a server, and thereby its children, with the thread that started it.

What this does not hold off: a document that takes over its child may answer falsely for those that follow it there,
until the child retires: after ``Limits.jobs`` jobs, which is counted here, after a job that raised an error, and where
whoever asked finds its answers odd (``renew``). Answers are data from strangers.
"""

import contextlib
import fcntl
import json
import os
import re
import select
import stat
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from typing import Self

from linksync.machine import limited_child as child
from linksync.machine.limited_process import LimitedProcess, TooMuchError
from linksync.machine.limited_servers import hold, release
from linksync.machine.limits import LimitedError, Limits, ending

__all__ = ["LimitedError", "Limits", "Pending", "Workers", "guarantees"]

_ENTRY = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)
_JOB_MAX = 64 * 1024
"""Bytes of a job as JSON."""
_AT_ONCE = 2
"""Jobs that a child has: the one that it does, and the next."""
_WAITING = 4
"""Jobs that may wait for each child."""
_STARTING, _GRACE = 30.0, 2.0
"""Seconds for a child to get ready; and beyond a job's wall time, when its own alarm has not gone off."""
_STARTS_MAX = 3
"""Children in a row that may fail to start before no other is tried for a while."""
_PAUSE = 2.0
"""Seconds of that while: what was short, of processes or descriptors, may be there again."""


_USUAL = Limits()


class Pending:
    """An answer that is there, or will be."""

    __slots__ = ("_answer", "_error", "_workers")

    def __init__(self, workers: "Workers") -> None:
        self._workers: Workers | None = workers
        self._answer: dict[str, object] = {}
        self._error: LimitedError | None = None

    def done(self) -> bool:
        """Whether it is there."""
        if self._workers is not None:
            self._workers.move_on()
        return self._workers is None

    def result(self) -> dict[str, object]:
        """Wait for it, no longer than the limits allow.

        Raises:
            LimitedError: there is none, and why.
            RuntimeError: the workers were closed before.
        """
        while (workers := self._workers) is not None:
            workers.move_on(self)
        if self._error is not None:
            raise self._error
        return self._answer

    def _settle(self, outcome: "dict[str, object] | LimitedError") -> None:
        if isinstance(outcome, LimitedError):
            self._error = outcome
        else:
            self._answer = outcome
        self._workers = None


class _Job:
    """A job, with a descriptor of its own, until it is settled."""

    __slots__ = ("body", "descriptor", "pending", "tried")

    def __init__(self, body: bytes, descriptor: int, pending: Pending) -> None:
        self.body, self.descriptor, self.pending = body, os.dup(descriptor), pending
        self.tried = False

    def settle(self, outcome: dict[str, object] | LimitedError) -> None:
        os.close(self.descriptor)
        self.pending._settle(outcome)


class _Child:
    """A limited process with its jobs, the one that it does first."""

    __slots__ = ("answered", "given", "jobs", "process", "since")

    def __init__(self, process: LimitedProcess) -> None:
        self.process = process
        self.jobs: deque[_Job] = deque()
        self.answered = self.given = 0
        self.since = time.monotonic()

    def give(self, job: _Job) -> bool:
        """Give it another job; False where that has to wait."""
        if not self.process.send(job.body, job.descriptor):
            return False
        if not self.jobs and self.process.ready:
            self.since = time.monotonic()
        self.jobs.append(job)
        self.given += 1
        return True

    def deadline(self, wall: float) -> float:
        """When its patience ends, by the monotonic clock."""
        if not self.process.ready:
            return self.since + _STARTING
        return self.since + wall + _GRACE if self.jobs else float("inf")


class Workers:
    """Limited children that do jobs, in the order in which they are given."""

    def __init__(self, entry: str, limits: Limits = _USUAL, count: int = 1) -> None:
        """Nothing is started yet.

        Args:
            entry: ``package.module:function``; the module is never imported here.
            limits: for each child.
            count: children at the most.

        Raises:
            ValueError: the entry is not such a name, or there is no such package.
        """
        if not _ENTRY.fullmatch(entry) or count < 1:
            raise ValueError(f"{count} workers cannot be made of {entry!r}")
        self._server = hold(entry)
        self._limits, self._count = limits, count
        self._children: list[_Child] = []
        self._waiting: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._failed_starts, self._failed_at = 0, 0.0
        self._closed = False
        self._held: tuple[str, ...] = ()
        self._looked = time.monotonic()
        self._why = ""

    def submit(self, job: Mapping[str, object], fd: int) -> Pending:
        """Give a job; waits where four for each child are waiting already.

        Args:
            job: what JSON knows, 64 KiB of it at the most.
            fd: a regular file, open for reading only, read from its start. The caller may close it at once, but not
                seek or read it meanwhile: the position is shared.

        Raises:
            ValueError: the job or the descriptor is not so.
            RuntimeError: the workers were closed.
            OSError: no descriptor can be had for it.
        """
        body = json.dumps(dict(job), separators=(",", ":")).encode("ascii")
        if len(body) > _JOB_MAX:
            raise ValueError(f"a job of {len(body)} bytes, {_JOB_MAX} allowed")
        _require_readable(fd)
        pending = Pending(self)
        with self._lock:
            self._require_open()
            while len(self._waiting) >= _WAITING * self._count:
                self._move(wait=True)
            self._waiting.append(_Job(body, fd, pending))
            self._move(wait=False)
        return pending

    def move_on(self, pending: Pending | None = None) -> None:
        """Take in what was answered and hand out what waits; waits for something to happen where an answer is awaited.

        Raises:
            RuntimeError: the workers were closed.
        """
        with self._lock:
            if pending is None or pending._workers is not None:  # another thread may have moved it on
                self._require_open()
                self._move(wait=pending is not None)

    def get_ready(self) -> None:
        """Start what takes long to start, if it can be had: for work that is about to come, here or in a fork."""
        with contextlib.suppress(OSError):
            self._server.start()

    def held(self) -> tuple[str, ...]:
        """What holds for a child, once one is ready; waits for it.

        Raises:
            LimitedError: ``worker-died``: none can be started.
        """
        with self._lock:
            while not self._held:
                if self._failed_starts >= _STARTS_MAX:
                    raise LimitedError("worker-died", why=self._why)
                if not self._children:
                    self._start()
                self._move(wait=True)
        return self._held

    def renew(self) -> None:
        """Let go of the children; others do the jobs that these have no answer to yet."""
        with self._lock:
            for one in tuple(self._children):
                self._lose(one, None)

    def close(self) -> None:
        """End the children, whatever they are at. What has no answer yet gets none."""
        with self._lock:
            for one in self._children:
                one.process.end()
            if not self._closed:
                self._closed = True
                release(self._server)
            for job in (*(job for one in self._children for job in one.jobs), *self._waiting):
                os.close(job.descriptor)
            self._children.clear()
            self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("these workers are closed")

    def _move(self, *, wait: bool) -> None:
        """One round: hand out, hear (waiting for something to happen, or not), lose who is too late."""
        away = time.monotonic() - self._looked
        for one in self._children:
            one.since += away  # patience is for time that somebody waits: else an answer could lie here unheard
        self._hand_out()
        poll = select.poll()
        for one in self._children:
            poll.register(one.process.fileno(), select.POLLIN | (select.POLLOUT if one.process.unsent else 0))
        seconds = min((one.deadline(self._limits.wall) for one in self._children), default=0.0) - time.monotonic()
        events = dict(poll.poll(max(0.0, seconds) * 1000 + 1 if wait and self._children else 0))
        for one in tuple(self._children):
            if events.get(one.process.fileno()):
                one.process.flush()
                self._hear(one)
        self._looked = time.monotonic()
        for one in tuple(self._children):
            if self._looked > one.deadline(self._limits.wall):
                self._too_late(one)

    def _too_late(self, one: _Child) -> None:
        if not one.process.ready:
            self._start_failed("takes too long")
        self._lose(one, self._limits.out_of_time() if one.process.ready else None)

    def _hand_out(self) -> None:
        """Give waiting jobs to whoever has the fewest, and start who is missing."""
        while self._waiting:
            fresh = (one for one in self._children if one.given < self._limits.jobs)
            free = min(fresh, key=lambda one: len(one.jobs), default=None)
            if (free is None or free.jobs) and len(self._children) < self._count:
                free = self._start() or free
            if free is None and self._children:
                return
            if free is None:
                self._give_up()
            elif len(free.jobs) >= _AT_ONCE or not free.give(self._waiting[0]):
                return
            else:
                self._waiting.popleft()

    def _start(self) -> _Child | None:
        """Another child; None where there is none to be had."""
        if self._failed_starts >= _STARTS_MAX and time.monotonic() < self._failed_at + _PAUSE:
            return None
        try:
            started = _Child(LimitedProcess(self._server, asdict(self._limits)))
        except OSError as error:
            self._start_failed(os.strerror(error.errno or 0))
            return None
        self._children.append(started)
        return started

    def _start_failed(self, why: str) -> None:
        self._failed_starts += 1
        self._failed_at = time.monotonic()
        self._why = f"does not start: {why}"

    def _give_up(self) -> None:
        """No child can be started: what waits goes without an answer, now or after the next tries."""
        if self._failed_starts >= _STARTS_MAX:
            while self._waiting:
                self._waiting.popleft().settle(LimitedError("worker-died", why=self._why, started=False))

    def _hear(self, one: _Child) -> None:
        """Take in what a child has said, and its end."""
        try:
            for kind, payload in one.process.hear():
                self._take(one, kind, payload)
                if one not in self._children:
                    return
        except TooMuchError:
            self._lose(one, self._limits.too_much())
        if one in self._children and one.process.hung_up:
            self._lose(one, self._told_by(one))

    def _take(self, one: _Child, kind: bytes, payload: bytes) -> None:
        """One word of a child.

        Raises:
            TooMuchError: it is not its turn to say that.
        """
        if kind == child.READY and not one.process.ready:
            one.process.ready, one.since = True, time.monotonic()
            self._failed_starts, self._held = 0, tuple(json.loads(payload))
        elif kind == child.BROKEN and not one.process.ready:
            self._start_failed(payload.decode("ascii", "replace"))
            self._lose(one, None)
        elif one.jobs:
            outcome = self._limits.outcome(kind, payload)
            one.jobs.popleft().settle(outcome)
            one.answered, one.since = one.answered + 1, time.monotonic()
            if kind in (child.LAST_ANSWER, child.MEMORY, child.RAISED) or one.answered >= self._limits.jobs:
                self._lose(one, None)
        else:
            raise TooMuchError

    def _told_by(self, one: _Child) -> LimitedError | None:
        """What the end of a child says about the job that it was at; None where that job may try once more."""
        status = one.process.end()
        if not one.process.ready:
            self._start_failed(ending(status))
            return None
        error = self._limits.told_by(status)
        may_be_another = one.answered or status is None  # what an earlier job left behind, or the end of the server
        if error.slug == "worker-died" and one.jobs and may_be_another and not one.jobs[0].tried:
            one.jobs[0].tried = True
            return None
        return error

    def _lose(self, one: _Child, error: LimitedError | None) -> None:
        """End a child: the job that it was at gets the error, where there is one, and the others go to others."""
        self._children.remove(one)
        one.process.end()
        if error is not None and one.jobs:
            one.jobs.popleft().settle(error)
        self._waiting.extendleft(reversed(one.jobs))
        one.jobs.clear()


def guarantees() -> tuple[str, ...]:
    """What holds on this computer for work on documents: names from ``sandbox`` and ``limited_child``.

    Raises:
        LimitedError: ``worker-died``: no child can be started.
    """
    with Workers(f"{child.__name__}:nothing") as workers:
        return workers.held()


def _require_readable(fd: int) -> None:
    if not stat.S_ISREG(os.fstat(fd).st_mode) or fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY:
        raise ValueError("a job takes a regular file that is open for reading only")
