"""A lost stick is made again from the archive, with its chain intact, whatever happens meanwhile."""

import errno
import shutil
from pathlib import Path

import pytest
from faults import Faults, count_calls
from media import exfat_stick, fat_stick

from linksync.archive.opening import open_archive
from linksync.demo.world import World
from linksync.errors import LinksyncError, RefusedError, TrustError
from linksync.host.reseed import Reseeded, reseed
from linksync.host.state import State
from linksync.stick.medium import Medium

LAST = "bibliotheek-leeuwarden"


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A Link whose hand-offs are all in the archive, and which is then lost."""
    world = World.begin(tmp_path_factory.mktemp("lost"))
    world.travel(2)
    world.sync(LAST)
    return world


def made(lost: World, stick: Path, memory: Path, *, organiser: str = "") -> Reseeded:
    archive = open_archive(str(lost.folder / "archive"), clock=lost.now)
    with Medium.open(stick) as medium:
        return reseed(medium, State(memory), archive, organiser=organiser or lost.organiser)


def files(stick: Path) -> dict[str, bytes]:
    return {str(p.relative_to(stick)): p.read_bytes() for p in sorted(stick.rglob("*")) if p.is_file()}


def verified(lost: World, stick: Path) -> tuple[int, int]:
    report = lost.verify(stick=stick).report
    return report.exit, report.number


def test_the_new_stick_is_the_lost_one_to_the_byte_with_its_receipts(lost: World, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    told = made(lost, stick, tmp_path / "memory")
    assert (told.handoffs, told.lacking) == (3, {})
    again = files(stick)
    receipts = [name for name in again if name.startswith("linksync/receipts/")]
    assert len(receipts) == 3 * 3
    assert {name: data for name, data in again.items() if name not in receipts} == files(lost.stick)
    assert verified(lost, stick) == (0, 3)


def test_the_journey_goes_on_from_the_new_stick(lost: World, tmp_path: Path) -> None:
    world = World(folder=tmp_path, stick=tmp_path / "stick", relays=lost.relays, time=lost.time)
    world.stick.mkdir()
    made(lost, world.stick, tmp_path / "memory")
    (world.stick / "data" / "nieuw.txt").write_text("nieuw")
    outcome = world.hand_over("gemeente-assen")
    assert (outcome.problem, outcome.folder) == (None, "000004-gemeente-assen")
    assert verified(lost, world.stick) == (0, 4)


def test_a_stick_that_has_files_already_keeps_them(lost: World, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    taken = next(name for name in files(lost.stick) if name.endswith(".docx"))
    (stick / taken).parent.mkdir(parents=True)
    (stick / taken).write_bytes(b"of somebody else")
    (stick / "data" / "vakantie.txt").write_bytes(b"mooi")
    told = made(lost, stick, tmp_path / "memory")
    assert told.lacking == {taken.encode(): "taken"}
    assert ((stick / taken).read_bytes(), (stick / "data" / "vakantie.txt").read_bytes()) == (
        b"of somebody else",
        b"mooi",
    )


def test_another_link_is_left_as_it_is_and_the_same_link_needs_nothing(lost: World, tmp_path: Path) -> None:
    other = World.begin(tmp_path / "other")
    other.prepare()
    before = files(other.stick)
    with pytest.raises(RefusedError, match="already-a-link"):
        made(lost, other.stick, tmp_path / "memory")
    assert files(other.stick) == before
    stick = tmp_path / "stick"
    stick.mkdir()
    made(lost, stick, tmp_path / "memory")
    before = files(stick)
    assert made(lost, stick, tmp_path / "memory").written == 0
    assert files(stick) == before


def test_without_the_right_organiser_nothing_is_written(lost: World, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    archive = open_archive(str(lost.folder / "archive"))
    with Medium.open(stick) as medium, pytest.raises(RefusedError, match="organiser-unknown"):
        reseed(medium, State(tmp_path / "memory"), archive)
    with pytest.raises(TrustError, match="organiser-not-label"):
        made(lost, stick, tmp_path / "memory", organiser="SHA256:" + "A" * 43)
    assert list(stick.iterdir()) == []


def test_what_is_damaged_in_the_archive_is_not_put_on_the_stick(lost: World, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(lost.folder / "archive", copy)
    victim = next(path for path in sorted(copy.rglob("*.docx")) if path.is_file())
    victim.write_bytes(b"x" + victim.read_bytes()[1:])
    stick = tmp_path / "stick"
    stick.mkdir()
    with Medium.open(stick) as medium:
        told = reseed(medium, State(tmp_path / "memory"), open_archive(str(copy)), organiser=lost.organiser)
    assert list(told.lacking.values()) == ["other"]
    assert verified(lost, stick) == (10, 3)


@pytest.mark.parametrize("make", [exfat_stick, fat_stick])
def test_on_a_real_stick_what_its_file_system_cannot_carry_is_said(lost: World, tmp_path: Path, make: object) -> None:
    assert callable(make)
    with make(tmp_path) as stick:
        told = made(lost, stick.path, tmp_path / "memory")
        exit_, number = verified(lost, stick.path)
        assert number == 3
        assert exit_ == (10 if told.lacking else 0)
        if make is exfat_stick:
            assert told.lacking == {}


def test_cut_off_at_any_call_it_is_finished_by_the_next(lost: World, tmp_path: Path, full: bool) -> None:
    def fresh(name: str) -> Path:
        stick = tmp_path / name / "stick"
        stick.mkdir(parents=True)
        return stick

    counting = fresh("counted")
    with count_calls(counting) as counted:
        made(lost, counting, tmp_path / "counted" / "memory")
    for number in range(1, len(counted.calls) + 1, 1 if full else 9):
        stick = fresh(str(number))
        faults = Faults(stick, fail_at=number, error=errno.ENODEV, torn=True)
        try:
            with faults:
                made(lost, stick, tmp_path / str(number) / "memory")
        except LinksyncError:
            pass
        assert faults.fired
        told = made(lost, stick, tmp_path / str(number) / "memory")
        assert told.lacking == {}, (number, faults.calls[-1])
        assert verified(lost, stick) == (0, 3), (number, faults.calls[-1])
        shutil.rmtree(tmp_path / str(number))
