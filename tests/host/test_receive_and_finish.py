"""A hand-off in two halves: reading alone, then writing; together they are the hand-off, byte for byte."""

import datetime as dt
import shutil
import stat
from pathlib import Path

import pytest
from faults import Faults, Killed, count_calls
from media import exfat_stick, remount, remount_readonly
from played import FIRST, SECOND, a_link, copy_of, everything, people_files, put

from linksync.demo.world import World
from linksync.errors import LinksyncError, MediumError, RefusedError
from linksync.host.delivery import Step
from linksync.host.finishing import Finished, finish
from linksync.host.handoff import Received, receive
from linksync.stick.medium import Medium


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A Link on which visitors have put this and that since the last hand-off."""
    world = a_link(tmp_path_factory.mktemp("visited"))
    world.visit()
    card = "Titel: Ideeën\nMag iedereen dit zien? ja\n".encode()
    litter = b"\0\0\0\x01Bud1" + bytes(100)
    put(world.stick, {"data/Ideeën/KAART.txt": card, "data/Ideeën/een.txt": b"een", "data/.DS_Store": litter})
    put(world.stick, {"data/leeg/.DS_Store": b"mine", "naast.txt": b"ook"})
    (world.stick / "data" / "Bakkerij" / "idee.txt").unlink()
    return world


@pytest.fixture
def world(visited: World, tmp_path: Path) -> World:
    return copy_of(visited, tmp_path / "world")


def received(world: World, told: list[Step] | None = None, holder: str = SECOND) -> Received:
    steps = told if told is not None else []
    with Medium.open(world.stick) as medium:
        return receive(medium, world.state(holder), world.request(holder), told=steps.append)


def finished(world: World, link: str, told: list[Step] | None = None, holder: str = SECOND) -> Finished:
    steps = told if told is not None else []
    with Medium.open(world.stick) as medium:
        return finish(medium, world.state(holder), link, told=steps.append)


def contents(root: Path) -> dict[str, str]:
    """Every plain file with its hash."""
    return {name: held for name, (mode, _, held) in everything(root).items() if stat.S_ISREG(mode)}


def test_the_two_halves_make_the_same_hand_off_as_both_at_once(world: World, tmp_path: Path) -> None:
    whole = copy_of(world, tmp_path / "whole")
    whole.hand_over(SECOND)
    world.time = whole.time - dt.timedelta(hours=1)
    steps: list[Step] = []
    before = everything(world.stick)
    first = received(world, steps)
    assert everything(world.stick) == before
    assert steps == ["recognised", "staged", "screened", "sealed"]
    assert first.intake is not None
    second = finished(world, first.link, steps)
    assert steps[4:] == ["written", "read-back"]
    assert (second.number, second.folder, second.seal, second.unwritten) == (3, first.folder, first.seal, ())
    assert contents(world.stick) == contents(whole.stick)
    assert not (world.stick / "data" / ".DS_Store").exists()
    assert (world.stick / "data" / "leeg" / ".DS_Store").read_bytes() == b"mine"
    assert world.verify(SECOND).report.exit == 0


def test_what_cannot_be_written_to_is_taken_in_and_finished_when_it_can(tmp_path: Path) -> None:
    with exfat_stick(tmp_path, megabytes=24) as stick:
        world = a_link(tmp_path / "w", stick=stick.path)
        put(stick.path, {"data/nieuw.txt": b"nieuw"})
        remount_readonly(stick)
        assert stick.image is not None
        image = stick.image.read_bytes()
        first = received(world)
        assert (first.number, first.unfinished) == (3, True)
        with pytest.raises(MediumError, match="stick-read-only"):
            finished(world, first.link)
        remount_readonly(stick)
        assert stick.image.read_bytes() == image
        remount(stick)
        assert finished(world, first.link).number == 3
        assert world.verify(SECOND).report.exit == 0


def test_reading_twice_gives_no_second_hand_off_before_the_first_is_finished(world: World) -> None:
    first = received(world)
    put(world.stick, {"data/later.txt": b"later"})
    again = received(world)
    assert (again.pending, again.folder, again.intake) == (first.folder, "", None)
    assert finished(world, first.link).folder == first.folder
    last = received(world)
    assert (last.number, last.intake and set(last.intake.taken)) == (4, {b"data/later.txt"})


def test_where_nothing_is_new_there_is_nothing_to_write(world: World) -> None:
    finished(world, received(world).link)
    told = received(world)
    assert (told.folder, told.unfinished, told.number) == ("", False, 3)
    (world.stick / "START-HIER.html").unlink()
    assert received(world).unfinished
    before = people_files(world.stick)
    assert finished(world, told.link).folder == ""
    assert (world.stick / "START-HIER.html").exists()
    assert people_files(world.stick) == before
    assert not received(world).unfinished


def test_another_link_or_none_in_its_place_is_not_written_to(world: World, tmp_path: Path) -> None:
    first = received(world)
    other = World.begin(tmp_path / "other")
    other.prepare()
    before = everything(other.stick)
    shutil.rmtree(world.stick)
    shutil.copytree(other.stick, world.stick)
    with pytest.raises(MediumError, match="stick-gone"):
        finished(world, first.link)
    assert contents(world.stick) == {name: held for name, (mode, _, held) in before.items() if stat.S_ISREG(mode)}
    shutil.rmtree(world.stick)
    world.stick.mkdir()
    with pytest.raises(RefusedError, match="not-a-link"):
        finished(world, first.link)
    assert list(world.stick.iterdir()) == []


def test_a_stick_that_has_gone_on_leaves_the_pending_hand_off_aside(world: World) -> None:
    first = received(world)
    world.hand_over(FIRST)
    told = received(world)
    assert (told.pending, told.number) == ("", 4)
    statuses = {e.folder.name: e.status for e in world.state(SECOND).outbox(first.link).entries()}
    assert statuses == {first.folder: "aside", told.folder: "pending"}


@pytest.mark.parametrize("how", ["fails", "killed"])
def test_finishing_that_is_cut_off_at_any_write_is_finished_by_the_next(
    visited: World, tmp_path: Path, how: str, full: bool
) -> None:
    sealed = copy_of(visited, tmp_path / "sealed")
    link = received(sealed).link
    counting = copy_of(sealed, tmp_path / "counting")
    with count_calls(counting.folder if how == "killed" else counting.stick) as counted:
        finished(counting, link)
    expected = contents(counting.stick)
    for number in range(1, len(counted.calls) + 1, 1 if full else 5):
        world = copy_of(sealed, tmp_path / str(number))
        where = world.folder if how == "killed" else world.stick
        with Faults(where, fail_at=number, killed=how == "killed", stay_dead=how == "fails") as faults:
            try:
                finished(world, link)
            except (LinksyncError, Killed):
                pass
            else:
                assert how == "fails"
        assert faults.fired
        finished(world, link)
        assert contents(world.stick) == expected, faults.calls[-1]
        shutil.rmtree(world.folder)
