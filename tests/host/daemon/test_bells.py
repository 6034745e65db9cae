"""A bell rings for ever: whatever goes wrong, it listens anew and rings."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator

from played import open_descriptors
from waiting import until

from linksync.host.daemon.bells import Bell, Ear


class _Pipe:
    """Something to listen to."""

    def __init__(self) -> None:
        self.read, self.write = os.pipe()
        self.opened = 0
        self.broken = False

    @contextlib.contextmanager
    def ear(self) -> Iterator[Ear]:
        self.opened += 1
        if self.broken:
            raise OSError(105, "no buffer space")
        yield Ear(heard=self._heard, descriptor=self.read, every=60)

    def _heard(self, *, event: bool) -> bool:
        return event and bool(os.read(self.read, 1000))

    def close(self) -> None:
        os.close(self.read)
        os.close(self.write)


def test_a_bell_rings_at_the_beginning_and_at_each_event() -> None:
    pipe, rings = _Pipe(), []
    with contextlib.closing(pipe), Bell("test", lambda: rings.append(1), pipe.ear):
        assert until(lambda: len(rings) == 1)
        os.write(pipe.write, b"x")
        assert until(lambda: len(rings) == 2)


def test_an_exception_in_what_is_rung_ends_nothing_and_it_rings_again() -> None:
    pipe, rings = _Pipe(), []

    def ring() -> None:
        rings.append(1)
        if len(rings) in (2, 3):
            raise ValueError("a bug in a handler")

    with contextlib.closing(pipe), Bell("test", ring, pipe.ear) as bell:
        assert until(lambda: len(rings) == 1)
        os.write(pipe.write, b"x")
        assert until(lambda: len(rings) == 4)  # the event, anew, and anew once more
        assert bell.alive
        assert bell.failures == 2
        assert isinstance(bell.last_failure, ValueError)


def test_an_ear_that_cannot_be_opened_is_tried_until_it_can() -> None:
    pipe, rings = _Pipe(), []
    pipe.broken = True
    with contextlib.closing(pipe), Bell("test", lambda: rings.append(1), pipe.ear) as bell:
        assert until(lambda: bell.failures >= 2)
        assert rings == []
        pipe.broken = False
        assert until(lambda: len(rings) == 1)
        assert bell.alive


def test_an_idle_bell_costs_next_to_nothing_and_stops_at_once() -> None:
    pipe = _Pipe()
    with contextlib.closing(pipe):
        bell = Bell("test", lambda: None, pipe.ear)
        bell.start()
        time.sleep(0.2)
        used = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - used < 0.05
        began = time.monotonic()
        bell.stop()
        assert time.monotonic() - began < 1
        assert not bell.alive


def hang(go_on: threading.Event) -> None:
    go_on.wait(20)


def test_a_bell_that_hangs_in_a_ring_is_not_alive() -> None:
    pipe, go_on = _Pipe(), threading.Event()
    with contextlib.closing(pipe):
        bell = Bell("test", lambda: hang(go_on), pipe.ear)
        bell.start()
        assert bell.alive
        bell._beat -= 1000  # as if that time had gone by
        assert not bell.alive
        go_on.set()
        bell.stop()


def test_bells_leave_no_threads_and_no_files_behind() -> None:
    pipe = _Pipe()
    with contextlib.closing(pipe):
        threads, files = threading.active_count(), open_descriptors()
        for _ in range(50):
            with Bell("test", lambda: None, pipe.ear):
                pass
        assert threading.active_count() == threads
        assert open_descriptors() == files


def test_a_bell_that_was_never_started_can_be_stopped() -> None:
    with contextlib.closing(_Pipe()) as pipe:
        Bell("test", lambda: None, pipe.ear).stop()
