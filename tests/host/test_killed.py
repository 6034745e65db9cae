"""A process that is killed lets go of the stick and the memory, with everything that helped it."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from played import SECOND, a_link, put

from linksync.demo.world import World

PROGRAM = """
import sys
from pathlib import Path
from played import SECOND
from linksync.demo.world import World
from linksync.host.handoff import hand_over
from linksync.stick.medium import Medium

def told(done, total):
    if done > total // 4:
        print("reading", flush=True)
        sys.stdin.read()

world = World.begin(Path(sys.argv[1]))
with Medium.open(world.stick) as medium:
    hand_over(medium, world.state(SECOND), world.request(SECOND), progress=told)
"""


def kill_while_reading(world: World) -> None:
    command = [sys.executable, "-c", PROGRAM, str(world.folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"reading\n"
        os.kill(running.pid, signal.SIGKILL)


def is_free(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_a_hand_off_that_is_killed_while_it_reads_holds_nobody_up(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    put(world.stick, {f"data/{number % 40}/{number:05}.txt": b"%d" % number for number in range(7_000)})
    kill_while_reading(world)
    until = time.monotonic() + 5
    while not is_free(world.stick):
        assert time.monotonic() < until, "somebody still holds the stick"
        time.sleep(0.05)
    outcome = world.hand_over(SECOND)
    assert (outcome.problem, len(outcome.intake.taken), world.verify(SECOND).report.exit) == (None, 7_000, 0)
