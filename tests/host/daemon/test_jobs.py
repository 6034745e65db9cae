"""A process at work: heard, told slow from silent, ended when it must be, and never waited for."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from played import SECOND, a_link, open_descriptors, put
from waiting import until

from linksync.demo.keys import write_key_file
from linksync.host.daemon.jobs import PATIENCE, Running
from linksync.host.daemon.telling import Job, Task, event_of

JOB = Job(task="receive")


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-u", "-c", "import sys, time, json, os, signal\n" + text)


@contextmanager
def started(text: str, ring: Callable[[], None] = lambda: None) -> Iterator[Running]:
    running = Running(JOB, ring, command=program(text))
    try:
        yield running
    finally:
        running.cancel()
        running.nudge(float("inf"))
        assert running.wait(10)


def test_what_it_says_is_heard_in_order_and_the_last_word_is_its_outcome() -> None:
    rung = threading.Event()
    text = """
job = json.loads(sys.stdin.readline())
for step in ("recognised", "staged"):
    print(json.dumps({"event": "step", "step": step}))
print(json.dumps({"event": "progress", "done": 5, "total": 9}))
print("no event at all")
print(json.dumps({"event": "result", "task": job["task"]}))
"""
    with started(text, rung.set) as running:
        assert running.wait(10)
        assert rung.is_set()
        assert running.steps() == ["recognised", "staged"]
        assert running.steps() == []
        assert running.progress == (5, 9)
        assert running.outcome == {"event": "result", "task": "receive"}


def test_one_that_ends_without_a_word_has_no_outcome() -> None:
    with started("os._exit(0)") as running:
        assert running.wait(10)
        assert running.outcome is None


def test_one_that_says_too_much_is_ended_and_costs_no_memory() -> None:
    with started("while True: sys.stdout.write('x' * 65536)") as running:
        assert running.wait(20)
        assert running.outcome is None
    with started("for n in range(100000): print(json.dumps({'event': 'step', 'step': str(n)}))") as running:
        assert running.wait(30)
        assert len(running.steps()) <= 64


def test_a_silent_one_is_told_from_a_slow_one() -> None:
    slow = """
with open("/dev/zero", "rb", buffering=0) as stick:
    while True:
        stick.read(4096)
        time.sleep(0.2)
"""
    with started("time.sleep(60)") as silent, started(slow) as slowly:

        def told_apart() -> bool:
            """Whether the one has been silent for long, and the other moved in the last part of that time."""
            now = time.monotonic()
            return silent.silent_for(now) >= 2.0 and slowly.silent_for(now) < silent.silent_for(now) / 2

        assert until(told_apart)
        before = silent.silent_for(time.monotonic())
        assert until(lambda: silent.silent_for(time.monotonic()) > before + 1.0), "it was taken to have moved"


def test_one_that_will_not_end_is_ended() -> None:
    text = """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"event": "step", "step": "x"}))
time.sleep(60)
"""
    with started(text) as running:
        assert until(running.steps)
        running.cancel()
        asked = time.monotonic()
        running.nudge(asked + PATIENCE / 2)
        assert not running.wait(0.5)
        running.nudge(asked + PATIENCE + 1)
        assert running.wait(30)
        assert running.cancelled


def test_a_hundred_jobs_leave_no_threads_no_processes_and_no_files_behind() -> None:
    before = threading.active_count(), open_descriptors()
    for _ in range(100):
        running = Running(JOB, lambda: None, command=("true",))
        assert running.wait(10)
    assert (threading.active_count(), open_descriptors()) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_job_and_its_line_are_the_same() -> None:
    job = Job(task="finish", path="/media/k\udcffapot", mount=7, link="a" * 32)
    assert Job.from_line(job.to_line()) == job
    for line in (b"[]", b'{"task": "receive", "more": 1}', b"x"):
        with pytest.raises(ValueError, match=r".*"):
            Job.from_line(line)
    assert event_of(b'{"no": "event"}') is None


@pytest.mark.parametrize("task", ["recognise", "receive", "finish", "verify", "settle"])
def test_another_mount_in_the_place_of_the_one_that_was_meant_is_not_touched(tmp_path: Path, task: Task) -> None:
    world = a_link(tmp_path)
    put(world.stick, {"data/nieuw.txt": b"nieuw"})
    write_key_file(tmp_path / "key", SECOND)
    job = Job(
        task=task,
        path=str(world.stick),
        mount=1 << 30,
        link="a" * 32,
        state=str(world.state(SECOND).folder),
        holder=SECOND,
        key=str(tmp_path / "key"),
        organiser=world.organiser,
    )
    running = Running(job, lambda: None)
    assert running.wait(30)
    assert running.outcome is not None
    assert running.outcome["slug"] == "stick-gone"
