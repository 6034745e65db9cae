"""Promise 2: pull the stick, cut the power, kill the process at any instant; the next run finishes.

Every call that changes something on the stick fails once, in four ways, and what stands there afterwards is judged;
then the host hands over again as if nothing had happened.
"""

import errno
import hashlib
import shutil
from pathlib import Path

import pytest
from faults import Faults, Killed, count_calls

from linksync.demo.world import World
from linksync.errors import LinksyncError
from linksync.stick.verify import Verdict

NEW_HOST = "gemeente-assen"


def people_files(world: World) -> dict[str, str]:
    """Every file of people's on the stick, with its hash."""
    return {
        str(path.relative_to(world.stick)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((world.stick / "data").rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A Link after two stops, with the third one's visitors just gone."""
    world = World.begin(tmp_path_factory.mktemp("before"))
    world.travel(2)
    world.visit()
    (world.stick / "naast de map.txt").write_text("hier ook")
    (world.stick / "data" / ".DS_Store").write_bytes(b"\0\0\0\x01Bud1" + bytes(100))
    return world


def copy_of(world: World, folder: Path) -> World:
    """The same world elsewhere, to be broken."""
    shutil.copytree(world.folder, folder)
    return World(
        folder=folder,
        stick=folder / world.stick.relative_to(world.folder),
        relays=world.relays,
        page=world.page,
        time=world.time,
    )


def require_old_or_new(verdict: Verdict, name: str) -> None:
    """After a fault the records stand; what is not sealed yet is only that."""
    report = verdict.report
    assert report.exit in {0, 20, 11}, (name, report.findings)
    bad = [f for f in report.findings if f.exit not in {0, 20} and f.code != "E301"]
    assert bad == [], name
    assert report.number in {3, 4}, name


FAULTS = {
    "one call fails": {"error": errno.EIO},
    "the stick is full": {"error": errno.ENOSPC, "stay_dead": True},
    "pulled out": {"error": errno.ENODEV, "torn": True},
    "killed": {"killed": True},
}


def number_of_calls(before: World, folder: Path, how: str) -> int:
    world = copy_of(before, folder)
    with count_calls(where(world, how)) as counted:
        world.hand_over(NEW_HOST)
    return len(counted.calls)


def where(world: World, how: str) -> Path:
    """A stick fails by itself; a process that is killed stops writing to the host's disk as well."""
    return world.folder if how == "killed" else world.stick


@pytest.mark.parametrize("how", FAULTS)
def test_a_hand_off_cut_off_at_any_write_to_the_stick_leaves_old_or_new_and_is_finished(
    before: World, tmp_path: Path, how: str
) -> None:
    calls = number_of_calls(before, tmp_path / "counted", how)
    assert calls > 40
    people = {path: digest for path, digest in people_files(before).items() if not path.endswith(".DS_Store")}
    for number in range(1, calls + 1):
        folder = tmp_path / str(number)
        world = copy_of(before, folder)
        faults = Faults(where(world, how), fail_at=number, **FAULTS[how])  # type: ignore[arg-type]
        try:
            with faults:
                world.hand_over(NEW_HOST)
        except (LinksyncError, Killed):
            pass
        assert faults.fired, number
        name = f"{how}, call {number}: {faults.calls[-1]}"
        require_old_or_new(world.verify(), name)
        outcome = world.hand_over(NEW_HOST)
        assert outcome.problem is None, name
        after = world.verify(NEW_HOST).report
        assert (after.exit, after.number, after.findings) == (0, 4, ()), name
        assert {p: d for p, d in people_files(world).items() if p in people} == people, name
        shutil.rmtree(folder)
