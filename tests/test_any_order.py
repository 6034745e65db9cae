"""Promise 6: from whichever host has the network first, in any order, any number of times, with the same result.

Three copies of one stick went three ways, hand-offs were pulled out half-way, hosts were offline for weeks. Then each
of them has the network for a moment, in a shuffled order, some twice.
"""

import hashlib
import random
import shutil
from errno import ENODEV
from pathlib import Path

import pytest
from faults import Faults

from linksync.archive.opening import new_archive, open_archive
from linksync.demo.visitors import Add, play
from linksync.demo.world import World
from linksync.host.sync import sync
from linksync.library.pull import pull
from linksync.stick.medium import Medium

ORDERS, SAMPLE = 200, 12
COPIES = ("stick", "copy-b", "copy-c")


def moved(world: World, stick: str) -> World:
    """The same world with another copy of the stick in hand."""
    world.stick = world.folder / stick
    return world


def brought(world: World, name: str) -> None:
    play(world.stick, [Add(f"data/{name}/verslag.txt", f"van {name}\n".encode()), Add("data/samen.txt", name.encode())])


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A month in which everything happened, and nobody had the network."""
    world = World.begin(tmp_path_factory.mktemp("month"))
    world.travel(3)
    for copy in COPIES[1:]:
        shutil.copytree(world.stick, world.folder / copy)
    hosts = [host.id for host in world.hosts]
    for number, copy in enumerate(COPIES):
        moved(world, copy)
        for host in hosts[3 + 2 * number : 5 + 2 * number]:
            brought(world, f"{copy} {host}")
            assert world.hand_over(host).problem is None
    # host 9 takes in, and the stick is pulled out before anything of it stands there; host 10 goes on with that stick
    moved(world, "stick")
    brought(world, "half")
    with Faults(world.stick, fail_at=2, error=ENODEV, torn=True):
        assert world.hand_over(hosts[9]).problem is not None
    brought(world, "verder")
    assert world.hand_over(hosts[10]).problem is None
    # host 9 gets another copy in hand later, and learns nothing from it about its own
    assert world.hand_over(hosts[9]).problem is None
    world.archive()
    shutil.rmtree(world.folder / "archive")
    return world


def tree_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".linksync" not in path.parts
    }


def synced(month: World, folder: Path, chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """The archive's objects and the library, after everybody had the network in some order."""
    shutil.copytree(month.folder / "states", folder / "states")
    world = World(folder=folder, stick=month.stick, relays=month.relays)
    new_archive(folder / "archive", relay=month.folder / "desk", id_="archief", key=month.folder / "archief.key")
    turns = [(host.id, copy) for host in world.hosts[:11] for copy in (None, None, *COPIES)]
    turns = chance.sample(turns, 25) + [(host.id, None) for host in world.hosts[:11]] + [("ncsi", None)]
    chance.shuffle(turns)
    for turn, (host, copy) in enumerate(turns):
        archive = open_archive(str(folder / "archive"), clock=world.now)
        if copy is None:
            sync(world.state(host), archive)
        else:
            with Medium.open(month.folder / copy) as medium:
                sync(world.state(host), archive, medium)
        if turn % 7 == 3:
            pull(archive, folder / "library", organiser=month.organiser)
    pull(open_archive(str(folder / "archive")), folder / "library", organiser=month.organiser)
    return tree_of(folder / "archive" / "ocfl"), tree_of(folder / "library")


def test_every_order_gives_the_same_objects_and_the_same_library_to_the_byte(
    month: World, tmp_path: Path, full: bool
) -> None:
    first = synced(month, tmp_path / "first", random.Random(0))
    assert sum(name.endswith("0=ocfl_object_1.1") for name in first[0]) == 4 + 6 + 2
    for number in range(1, ORDERS if full else SAMPLE):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert synced(month, folder, random.Random(number)) == first, number
        shutil.rmtree(folder)


def test_who_was_honest_is_not_shown_as_having_forked(month: World) -> None:
    moved(month, "stick")
    for host in (*month.hosts[:3], *month.hosts[9:11]):
        report = month.verify(host.id).report
        assert "E212" not in {found.code for found in report.findings}, (host.id, report.findings)
