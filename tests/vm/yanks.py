"""Sticks that are pulled out too early: in every state, and at any moment in between.

Whatever the moment, people's files stand, the stick is valid as it was or as it will be, and the next plug finishes.
Half of the yanks follow what the daemon says, half the clock; a third of the sticks are slow.
"""

import time
from functools import partial
from pathlib import Path

from played import people_files

from vm import sticks
from vm.campaign import Ground, Scenario
from vm.hearing import Board, newest
from vm.stage import PATIENCE, STATES, Stage
from vm.sticks import KINDS, Kind

FULL, SAMPLE = 50, 5
_SLOW = 1_500_000
_LONGEST = 22.0
"""Seconds that a hand-off takes where the processor is only simulated, until one was measured."""


def scenarios() -> list[Scenario]:
    """One for each file system; whole devices and partitions in turn."""
    return [Scenario(group="yank", name=fs, play=partial(_yanks, fs=fs)) for fs in ("fat", "exfat")]


def _yanks(ground: Ground, fs: str) -> None:
    count = FULL if ground.full else SAMPLE
    kinds = [kind for kind in KINDS if kind.fs == fs]
    lasts = _LONGEST
    for number in range(count):
        held, moment = len(ground.account.failed), "not played to its end"
        with ground.stage(desktop=number % 4 == 3) as stage:
            moment, lasts = yanked(stage, kinds[number % 2], number, count, lasts * number / count)
        verdict = "ok" if len(ground.account.failed) == held else "FAILED"
        ground.account.figures.append(f"yank {number + 1}, {kinds[number % 2].name}: {moment}: {verdict}")
        print(f"    {ground.account.figures[-1]}", flush=True)


def yanked(stage: Stage, kind: Kind, number: int, count: int, after: float) -> tuple[str, float]:
    """Pull it out at the moment of this number, judge it, plug it in again, and see all of it finished.

    Returns:
        What was said at that moment, and the seconds that the hand-off lasted in the next plug.
    """
    folders = stage.own_folders()
    image = stage.link(kind)
    with sticks.opened(image, kind) as place:
        people = people_files(place)
    stage.plug(image, speed=_SLOW if number % 3 == 1 else 0)
    _await_moment(stage, number, after, STATES[number * len(STATES) // count :])
    stage.yank()
    at = newest(stage.hearing.board)
    moment = f"{at.get('state', 'nothing said')}, {at.get('sentence', {}).get('slug', '')}"
    _old_or_new(stage, kind, image, people)
    if at:
        stage.wait(_is_out, 60, "yanked or safe")
    lasted = _finished(stage, kind, image, people)
    stage.check(stage.own_folders() == folders, f"{moment}: the host's own folders changed: {stage.own_folders()}")
    stage.check(stage.pid() == stage.first_pid, f"{moment}: the daemon was started anew")
    stage.check_sentences()
    return moment, lasted


def _is_out(board: Board) -> bool:
    """Nothing is said to be at work on the stick; one that nobody looked at yet may be forgotten."""
    return not board["cards"] or newest(board)["state"] in {"yanked", "safe", "synced"}


def _await_moment(stage: Stage, number: int, after: float, states: tuple[str, ...]) -> None:
    """Even numbers wait for the first of these states, or a later one, and a moment; odd ones for so many seconds."""
    if number % 2:
        time.sleep(after)
        return
    stage.wait_state(*states)
    time.sleep((0.0, 0.15, 0.4, 0.9)[number // 2 % 4])


def _old_or_new(stage: Stage, kind: Kind, image: Path, people: dict[str, str]) -> None:
    """What is on it is as it was before this hand-off, or after it."""
    told, found = stage.read(image, kind)
    stage.check(found == people, f"{kind.name}: what people put on it has changed")
    number = told["head"]["number"]
    well = (told["exit"], number) in {(20, 1), (0, 2), (20, 2)}
    stage.check(well, f"{kind.name}: verify ends with {told['exit']} at hand-off {number}: {told['findings']}")


def _finished(stage: Stage, kind: Kind, image: Path, people: dict[str, str]) -> float:
    """The next plug, with the stick as it is, ends well; and the archive gets all of it. Tells how long it lasted."""
    time.sleep(1)
    stage.archive_comes()
    begun = time.monotonic()
    stage.plug(image)
    stage.wait_safe()
    lasted = time.monotonic() - begun
    stage.yank()
    stage.judge(image, kind, 2, people=people)
    ident = newest(stage.hearing.board)["id"]
    stage.wait_card(ident, lambda card: card.get("synced"), PATIENCE, "synced")
    stage.judge_archive(1)
    return lasted
