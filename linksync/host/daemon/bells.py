"""Bells: threads that listen to the computer and ring when something may have changed.

A bell says *that* something happened and never *what*: whoever hears it looks for itself and compares. So a bell may
ring too often, and nothing is lost when events come doubled, late or out of order. It must not fall silent: whatever
goes wrong in listening or in ringing, the bell opens its ear anew and rings, since it may have missed something.
"""

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, Self

Ring = Callable[[], None]
"""Called from a bell's thread; must return soon."""

_GLANCE = 10.0
_PAUSE, _LONGEST_PAUSE = 0.2, 30.0


class Heard(Protocol):
    """Hears what an ear has for us, and empties it."""

    def __call__(self, *, event: bool) -> bool:
        """Whether to ring.

        Args:
            event: the descriptor had something; otherwise only time went by.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """What a bell listens with.

    Attributes:
        heard: called after each event and after each ``every`` seconds without one.
        descriptor: what is polled for ``events``; None where there is nothing to poll, and only time goes by.
        every: seconds after which to look all the same.
    """

    heard: Heard
    descriptor: int | None = None
    events: int = select.POLLIN
    every: float = _GLANCE


OpenEar = Callable[[], AbstractContextManager[Ear]]


class Bell:
    """A thread that listens and rings, until it is stopped. A context manager.

    Attributes:
        failures: how often listening or ringing failed; ``last_failure`` what went wrong then, for a log.
    """

    def __init__(self, name: str, ring: Ring, ear: OpenEar) -> None:
        self.failures = 0
        self.last_failure: BaseException | None = None
        self._ring, self._ear = ring, ear
        self._beat = time.monotonic()
        self._every = _GLANCE
        self._pause = _PAUSE
        self._waker, self._wakes = os.pipe()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to listen; rings once, for what happened before."""
        self._beat = time.monotonic()
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Stop listening; waits ``patience`` seconds at the most for a ring that is under way."""
        if self._stopping:
            return
        self._stopping = True
        os.write(self._wakes, b"x")
        if self._thread.ident is not None:
            self._thread.join(patience)
        if not self._thread.is_alive():
            os.close(self._waker)
            os.close(self._wakes)

    @property
    def alive(self) -> bool:
        """Whether the thread runs and has come round lately; what feeds a watchdog asks this."""
        lately = time.monotonic() - self._beat < 3 * max(self._every, self._pause) + 5
        return self._thread.is_alive() and not self._stopping and lately

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stopping:
            try:
                with self._ear() as ear:
                    self._ring()
                    self._pause = _PAUSE
                    self._listen(ear)
            except Exception as error:
                self.failures += 1
                self.last_failure = error
                self._wait(None, 0, self._pause)
                self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _listen(self, ear: Ear) -> None:
        self._every = ear.every
        while not self._stopping:
            event = self._wait(ear.descriptor, ear.events, ear.every)
            if not self._stopping and ear.heard(event=event):
                self._ring()

    def _wait(self, descriptor: int | None, events: int, seconds: float) -> bool:
        """Until there is something at the descriptor, time is up, or the bell is to stop."""
        self._beat = time.monotonic()
        poll = select.poll()
        poll.register(self._waker, select.POLLIN)
        if descriptor is not None:
            poll.register(descriptor, events)
        found = poll.poll(seconds * 1000)
        self._beat = time.monotonic()
        return any(ready == descriptor for ready, _ in found)


@contextlib.contextmanager
def open_file(path: str) -> Iterator[int]:
    """A descriptor to read and poll, while it is needed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
