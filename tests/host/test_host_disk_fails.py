"""The host's own disk fails at any call of a hand-off or a sync: old or new, and the next run finishes."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from faults import Faults, Killed, count_calls

from linksync.demo.world import World
from linksync.errors import LinksyncError

HOLDER = "bibliotheek-leeuwarden"
FAULTS = {
    "a call fails": {"error": errno.EIO},
    "the disk is full": {"error": errno.ENOSPC, "stay_dead": True},
    "killed": {"killed": True},
}
SAMPLE = 5
"""Without ``--full`` every fifth call fails."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A Link after one stop, an archive, and visitors who have just gone."""
    world = World.begin(tmp_path_factory.mktemp("before"))
    world.travel(1)
    world.archive()
    world.visit()
    return world


def copy_of(world: World, folder: Path) -> World:
    shutil.copytree(world.folder, folder)
    key = folder / "archive" / "archive.yaml"
    key.write_text(key.read_text().replace(str(world.folder), str(folder)))
    stick = folder / world.stick.relative_to(world.folder)
    return World(folder=folder, stick=stick, relays=world.relays, page=world.page, time=world.time)


def numbers(calls: int, full: bool, how: str) -> range:
    return range(1, calls + 1, 1 if full else SAMPLE * (3 if how == "killed" else 1))


@pytest.mark.parametrize("how", FAULTS)
def test_a_hand_off_whose_host_fails_at_any_call_is_finished_by_the_next(
    before: World, tmp_path: Path, how: str, full: bool
) -> None:
    counted = _calls(before, tmp_path / "counted", lambda world: world.hand_over(HOLDER))
    assert counted > 30
    for number in numbers(counted, full, how):
        world = copy_of(before, tmp_path / str(number))
        name = _broken(world, number, how, lambda world: world.hand_over(HOLDER))
        report = world.verify().report
        assert report.exit in {0, 11, 20}, (name, report.findings)
        outcome = world.hand_over(HOLDER)
        assert outcome.problem is None, name
        after = world.verify(HOLDER).report
        assert (after.exit, after.number, after.findings) == (0, 3, ()), name
        synced = world.sync(HOLDER)
        assert all(one.receipt for one in synced.sent), name
        assert world.sync(HOLDER).sent == (), name
        shutil.rmtree(world.folder)


@pytest.mark.parametrize("how", FAULTS)
def test_a_sync_whose_host_fails_at_any_call_is_finished_by_the_next(
    before: World, tmp_path: Path, how: str, full: bool
) -> None:
    handed = copy_of(before, tmp_path / "handed")
    assert handed.hand_over(HOLDER).problem is None
    counted = _calls(handed, tmp_path / "counted", lambda world: world.sync(HOLDER))
    assert counted > 10
    for number in numbers(counted, full, how):
        world = copy_of(handed, tmp_path / str(number))
        name = _broken(world, number, how, lambda world: world.sync(HOLDER))
        world.sync(HOLDER)
        assert world.sync(HOLDER).sent == (), name
        archive = world.archive()
        seals = [node.seal.hash for node in world.verify().judged.history.chain.line]
        assert all(archive.holds_handoff(seal) and archive.receipt(seal) for seal in seals), name
        assert list((world.folder / "states" / HOLDER / "links").glob("*/content/*/*")) == [], name
        shutil.rmtree(world.folder)


def _states(world: World) -> Path:
    return world.folder / "states" / HOLDER


def _calls(world: World, folder: Path, act: Callable[[World], object]) -> int:
    copy = copy_of(world, folder)
    with count_calls(_states(copy)) as counted:
        act(copy)
    return len(counted.calls)


def _broken(world: World, number: int, how: str, act: Callable[[World], object]) -> str:
    faults = Faults(_states(world), fail_at=number, **FAULTS[how])  # type: ignore[arg-type]
    try:
        with faults:
            act(world)
    except (LinksyncError, Killed):
        pass
    assert faults.fired, number
    return f"{how}, call {number}: {faults.calls[-1]}"
