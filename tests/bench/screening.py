"""What identifying and screening add to the hand-off of real office documents, and to the bytes read from the stick."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import documents_ordinary

from bench import relay
from bench.report import Report
from bench.timing import Command, in_turn, ratio, wall
from linksync.demo.world import World

DOCUMENTS = 1000
GOAL = 1.6
MIB_MAX = 512
_OFFICE = 13
"""Of the files of each telling; the others are pictures."""


def measure(report: Report, folder: Path, _names: list[str], scale: float, runs: int) -> None:
    """The same hand-off, with and without a look into the files, in turn."""
    count = max(_OFFICE, int(DOCUMENTS * scale))
    world = relay.link_with(folder / "screening", _documents(folder, count))
    plain = _handoff(world, folder / "screening-plain", _unscreened())
    found = in_turn({"screened": _handoff(world, folder / "screening-looked", []), "plain": plain}, runs)
    times = ratio(found["screened"], found["plain"])
    report.add(
        "screening",
        f"hand-off of {count} office documents, to one that looks into none ({wall(found['plain']):.2f} s)",
        f"{times:.2f} x",
        f"{GOAL} x",
        times <= GOAL,
    )
    memory = max(one.memory for one in found["screened"])
    report.add("screening", "the largest process", f"{memory:.0f} MiB", f"{MIB_MAX} MiB", memory < MIB_MAX)
    read = [_bytes_read(_handoff(world, folder / "screening-read", how)) for how in ([], _unscreened())]
    share = read[0] / read[1]
    report.add("screening", f"bytes read from the stick, of {read[1]}", f"{share:.2f} x", "1.00 x", share == 1)


def _unscreened() -> list[str]:
    return [sys.executable, "-m", "bench.unscreened"]


def _documents(folder: Path, count: int) -> Path:
    """A folder with so many office documents."""
    place = folder / f"office-{count}"
    if not place.exists():
        made = documents_ordinary.ordinary(-(-count // _OFFICE))
        office = [path for path in sorted(made.iterdir()) if not path.name.startswith("foto")][:count]
        for number, path in enumerate(office):
            target = place / f"Organisatie {number // 50:02}" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return place


def _handoff(world: World, state: Path, how: list[str]) -> Command:
    """A hand-off to a memory of its own; ``how`` stands in place of the program."""
    clean = world.folder / "clean"
    if not clean.exists():
        shutil.copytree(world.stick, clean)

    def before() -> None:
        shutil.rmtree(state, ignore_errors=True)
        subprocess.run(["rsync", "-a", "--delete", f"{clean}/", f"{world.stick}/"], check=True)

    command = relay.handoff(world, state)
    return Command(argv=[*how, *command[1:]] if how else command, before=before)


def _bytes_read(command: Command) -> int:
    command.before()
    told = subprocess.run(command.argv, check=True, capture_output=True)
    return int(json.loads(told.stdout)["bytes_read"])
