"""A plan says what a hand-off would do, and does none of it."""

import errno
from pathlib import Path

import pytest
from faults import Faults

from linksync.demo.world import World
from linksync.errors import RefusedError
from linksync.host.handoff import Outcome, plan
from linksync.stick.medium import Medium

FIRST, SECOND = "gemeente-groningen", "bibliotheek-leeuwarden"


def planned(world: World, holder: str) -> Outcome:
    with Medium.open(world.stick) as medium:
        return plan(medium, world.state(holder), world.request(holder))


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}


def test_the_plan_is_what_the_hand_off_then_does_and_leaves_no_trace(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    world.visit()
    (world.stick / "data" / "LEES-MIJ.txt").unlink()
    before = everything(tmp_path)
    told = planned(world, SECOND)
    assert everything(tmp_path) == before
    done = world.hand_over(SECOND)
    assert (told.number, told.folder) == (done.number, done.folder)
    assert (told.intake.taken, told.intake.gone) == (done.intake.taken, done.intake.gone)
    assert told.seal == ""


def test_where_nothing_is_new_the_plan_is_to_do_nothing(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    assert planned(world, FIRST).folder == ""
    assert planned(world, SECOND).folder == "000003-bibliotheek-leeuwarden"


def test_a_hand_off_that_was_cut_off_comes_first_in_the_plan(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    world.visit()
    with Faults(world.stick, fail_at=3, error=errno.ENODEV, stay_dead=True):
        assert world.hand_over(SECOND).problem is not None
    told = planned(world, SECOND)
    assert (told.finished, told.folder) == ("000003-bibliotheek-leeuwarden", "")
    (world.stick / "data" / "later.txt").write_text("later")
    told = planned(world, SECOND)
    assert (told.finished, told.folder, told.number) == (
        "000003-bibliotheek-leeuwarden",
        "000004-bibliotheek-leeuwarden",
        4,
    )
    assert set(told.intake.taken) == {b"data/later.txt"}


def test_what_would_be_refused_is_refused_in_the_plan_too(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    with pytest.raises(RefusedError, match="host-unknown"):
        planned(world, "niemand")
