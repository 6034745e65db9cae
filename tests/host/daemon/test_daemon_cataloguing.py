"""What was taken in is read when nobody waits, again after what went wrong, and not again and again."""

import fcntl
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from played import SECOND, a_link, put

from linksync.demo.world import World
from linksync.host.daemon import cataloguing
from linksync.host.daemon.cataloguing import EVERY, SOON, Cataloguing
from linksync.host.daemon.telling import Job
from linksync.host.reading_on import CATALOGUE, PAUSE, unread


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_link(tmp_path)
    put(world.stick, {"data/nieuw.txt": b"nieuw"})
    world.hand_over(SECOND)
    return world


class Reading:
    """A reading whose clock can be put forward."""

    def __init__(self, world: World) -> None:
        self.daemons = Cataloguing(Job(task="read", state=str(world.state(SECOND).folder)), lambda: None)
        self.ahead = SOON
        self.results: list[dict[str, Any]] = []
        self.wake: float | None = None

    def now(self) -> float:
        return time.monotonic() + self.ahead

    def step(self, *, free: bool = True) -> None:
        result, self.wake = self.daemons.step(self.now(), free=free)
        self.results += [result] if result else []

    def until(self, condition: Callable[[], object], *, free: bool = True, seconds: float = 40.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline
            self.step(free=free)
            time.sleep(0.02)

    def ends(self) -> dict[str, Any]:
        """Let it read to the end."""
        before = len(self.results)
        self.until(lambda: len(self.results) > before)
        return self.results[-1]

    def rests(self) -> bool:
        self.step()
        return self.daemons.running is None


@contextmanager
def somebody_reads(world: World) -> Iterator[None]:
    with open(world.state(SECOND).folder / f"{CATALOGUE}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_what_was_taken_in_is_read_once_without_any_archive(world: World) -> None:
    reading = Reading(world)
    assert reading.ends()["read"] == 1
    assert unread(world.state(SECOND)) == 0
    assert reading.rests()
    reading.ahead += EVERY - 10
    assert reading.rests()
    reading.ahead += 20
    reading.step()
    assert reading.daemons.running is not None, "another linksync may have taken something in"
    assert reading.ends()["read"] == 0


def test_nothing_is_read_while_somebody_waits(world: World) -> None:
    reading = Reading(world)
    reading.step(free=False)
    assert reading.daemons.running is None
    assert reading.wake is None, "the loop would turn in vain"


def test_a_reading_gives_way_at_once_and_goes_on_afterwards(world: World) -> None:
    reading = Reading(world)
    with somebody_reads(world):  # so that it is at it for a while
        reading.step()
        running = reading.daemons.running
        assert running is not None
        time.sleep(1)
        reading.daemons.give_way()
        begun = time.monotonic()
        reading.until(lambda: reading.daemons.running is None, free=False)
        assert time.monotonic() - begun < 1.5
        assert running._process.returncode == -signal.SIGTERM, "it had to be killed"
    assert reading.ends()["read"] == 1


def test_what_another_is_reading_is_looked_at_again_later(world: World) -> None:
    reading = Reading(world)
    with somebody_reads(world):
        assert reading.ends()["later"] == 1
    assert reading.rests()
    reading.ahead += PAUSE + 1
    assert reading.ends()["read"] == 1


def test_what_was_taken_in_meanwhile_is_read_at_once(world: World) -> None:
    reading = Reading(world)
    reading.ends()
    put(world.stick, {"data/meer.txt": b"meer"})
    world.hand_over(SECOND)
    reading.daemons.soon(reading.now())
    assert reading.rests(), "people are told first"
    reading.ahead += SOON
    assert reading.ends()["read"] == 1


def test_what_was_taken_in_while_it_reads_is_not_forgotten(world: World) -> None:
    reading = Reading(world)
    reading.step()
    reading.daemons.soon(reading.now())
    reading.ends()
    reading.ahead += SOON
    reading.step()
    assert reading.daemons.running is not None
    reading.ends()


def test_a_reading_that_fails_is_tried_ever_less_often(world: World) -> None:
    (world.state(SECOND).folder / CATALOGUE).mkdir()
    reading = Reading(world)
    pauses = []
    for _ in range(3):
        reading.step()
        assert reading.daemons.running is not None
        reading.until(lambda: reading.daemons.running is None)
        assert reading.wake is not None
        pauses.append(reading.wake - reading.now())
        reading.ahead += pauses[-1] + 0.1
    assert reading.results == []
    for found, expected in zip(pauses, (1, 2, 4), strict=True):
        assert found == pytest.approx(expected * cataloguing._FIRST_PAUSE, abs=2.0)


def test_where_no_process_can_be_had_it_is_tried_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_arguments: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    reading = Reading(world)
    monkeypatch.setattr(cataloguing, "Running", none_left)
    reading.step()
    assert reading.daemons.running is None
    monkeypatch.undo()
    reading.ahead += cataloguing._FIRST_PAUSE + 1
    assert reading.ends()["read"] == 1
