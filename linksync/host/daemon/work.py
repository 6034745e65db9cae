"""A process that does one job on a stick: ``python -m linksync.host.daemon.work``, the job on stdin, events on stdout.

It ends with the daemon, whichever way that ends: the kernel kills it with its parent, and a pipe that nobody reads any
more ends it at its next word. To be killed at any instant is what every job is made for.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from linksync.errors import LinksyncError
from linksync.host.daemon import telling
from linksync.host.daemon.telling import Job
from linksync.machine.durable import write_all
from linksync.machine.limited_servers import prepare
from linksync.machine.sandbox import end_with

SCREEN = "linksync.knowledge.screen:work"
_STEP = 0.2
"""Seconds between two words on progress."""


class Speaker:
    """Says events on a descriptor; progress no more often than people can see."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._spoke = 0.0

    def say(self, event: str, **more: Any) -> None:
        """Say an event at once."""
        write_all(self._descriptor, json.dumps({"event": event, **more}).encode("ascii") + b"\n")

    def step(self, step: str) -> None:
        """Say what a hand-off has come to."""
        self.say("step", step=step)

    def progress(self, done: int, total: int) -> None:
        """Say how far reading is."""
        now = time.monotonic()
        if done and done < total and now - self._spoke < _STEP:
            return
        self._spoke = now
        self.say("progress", done=done, total=total)


def main() -> int:
    """Do the job that stands on stdin; 0 where it was done, 1 where an error was said."""
    end_with(int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid())
    job = Job.from_line(sys.stdin.buffer.readline(telling.LINE_MAX))
    speaker = Speaker(os.dup(1))
    os.dup2(2, 1)  # whatever else is printed is no event
    if job.task == "receive":
        prepare(SCREEN)  # while this process imports what it needs itself
    tasks = importlib.import_module("linksync.host.daemon.tasks")
    return done(job, speaker, tasks.TASKS[job.task])


def done(job: Job, speaker: Speaker, task: Callable[[Job, Speaker], dict[str, object]]) -> int:
    """Do a task, and say what came of it."""
    try:
        result = task(job, speaker)
    except LinksyncError as error:
        speaker.say(**telling.error_event(error))  # type: ignore[arg-type]
        return 1
    speaker.say("result", **result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
