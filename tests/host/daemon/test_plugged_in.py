"""The whole way with real udevd, udisksd and sticks: plugged in, handed over, let go, and "safe" said when it is."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from daemons import FILES, Daemon, running
from media import Stick, ext4_stick, limit_size, need
from played import SECOND, a_link, codes, put
from waiting import until
from worlds import World as Machine
from worlds import udisks_world

from linksync.demo.world import World
from linksync.host.daemon.stand import Stand
from linksync.host.daemon.states import State


@pytest.fixture(scope="module", name="machine")
def _machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with udisks_world(tmp_path_factory.mktemp("w")) as machine:
        yield machine


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A relay whose Link is the image of a stick, on which visitors have put files."""
    folder = tmp_path_factory.mktemp("made")
    image = folder / "link.img"
    with ext4_stick(folder, megabytes=24) as stick:
        world = a_link(folder / "w", stick=stick.path)
        put(stick.path, FILES)
        copied(stick, image)
    return world, image


def copied(stick: Stick, image: Path) -> None:
    """Take a stick out, and copy what is on it."""
    subprocess.run([need("umount"), str(stick.path)], check=True)
    assert stick.image is not None
    shutil.copyfile(stick.image, image)


@pytest.fixture(name="link")
def _link(made: tuple[World, Path], machine: Machine, tmp_path: Path) -> tuple[World, Path]:
    """The same for one test: memories, and an image that this machine takes for a stick on USB."""
    world, image = made
    shutil.copytree(world.folder, tmp_path / "w")
    here = machine.folder / f"{tmp_path.name}.img"
    shutil.copyfile(image, here)
    mine = World(folder=tmp_path / "w", stick=tmp_path / "at", relays=world.relays, page=world.page, time=world.time)
    mine.stick.mkdir()
    return mine, here


@contextmanager
def mounted(world: World, image: Path) -> Iterator[None]:
    """A copy of the stick in another computer for a moment; where the daemon's machine cannot see it."""
    copy = shutil.copyfile(image, world.folder / "copy.img")
    subprocess.run([need("mount"), "-o", "loop", str(copy), str(world.stick)], check=True)
    try:
        yield
    finally:
        subprocess.run([need("umount"), str(world.stick)], check=True)


def require_handed_over(world: World, image: Path, number: int = 3) -> None:
    with mounted(world, image):
        verdict = world.verify(SECOND)
        assert codes(verdict) == []
        assert (verdict.report.exit, verdict.report.number) == (0, number)
        for name, data in FILES.items():
            assert (world.stick / name).read_bytes() == data


def is_mounted(machine: Machine, node: str) -> bool:
    return node.encode() in machine.run("cat", "/proc/self/mountinfo")


def test_a_link_is_read_without_writing_handed_over_and_let_go_with_the_network_cut(
    machine: Machine, link: tuple[World, Path]
) -> None:
    world, image = link
    world.archive()
    away = (world.folder / "archive").rename(world.folder / "away")
    with running(world, "--archive", str(world.folder / "archive"), machine=machine) as daemon:
        with machine.plugged_in(image) as node:
            begun = time.monotonic()
            machine.settle()  # what udev itself needs for it on this computer, as busy as it is
            control = time.monotonic() - begun
            daemon.says("daemon-seen", "daemon-looking", "daemon-recognised")
            assert time.monotonic() - begun < 2 + 2 * control
            safe = daemon.comes_to(State.SAFE)
            assert not is_mounted(machine, node)
            assert (safe.told.slug, safe.number, safe.handoff) == ("daemon-safe", 3, f"000003-{SECOND}")
            time.sleep(1)
            assert daemon.stands() == [safe]  # it is not opened again
        out = daemon.says("daemon-taken-out")
        assert out.card == safe.card
        require_handed_over(world, image)
        away.rename(world.folder / "archive")
        assert daemon.comes_to(State.SYNCED).receipt == "archief"
        assert daemon.stop() == 0


def test_then_a_second_stick_beside_it_and_a_foreign_one(
    machine: Machine, link: tuple[World, Path], tmp_path: Path
) -> None:
    world, image = link
    foreign = machine.folder / "foreign.img"
    with ext4_stick(tmp_path, megabytes=16, holding={"foto.jpg": b"x" * 5000}) as stick:
        copied(stick, foreign)
    twin = machine.folder / "twin.img"
    shutil.copyfile(image, twin)
    before = foreign.read_bytes()
    with (
        running(world, machine=machine) as daemon,
        machine.plugged_in(image),
        machine.plugged_in(twin),
        machine.plugged_in(foreign) as node,
    ):
        stands = _all_at_rest(daemon, 3)
        assert sorted(stand.state for stand in stands) == [State.FOREIGN, State.SAFE, State.SAFE]
        assert not is_mounted(machine, node)
        assert daemon.stop() == 0
    assert foreign.read_bytes() == before
    for one in (image, twin):  # two copies of one Link went on side by side: each is whole, and the fork is said
        with mounted(world, one):
            report = world.verify(SECOND).report
            assert {found.code for found in report.findings if found.exit} <= {"E212"}
            assert report.number == 3


def _all_at_rest(daemon: Daemon, count: int) -> list[Stand]:
    deadline = time.monotonic() + 60
    while True:
        stands = daemon.stands()
        if len(stands) == count and all(one.state in {State.FOREIGN, State.SAFE, State.HELD} for one in stands):
            return stands
        assert time.monotonic() < deadline, [(one.state, one.told) for one in stands]
        time.sleep(0.05)


def test_a_stick_that_was_there_before_the_daemon_is_handed_over_too(
    machine: Machine, link: tuple[World, Path]
) -> None:
    world, image = link
    with machine.plugged_in(image):
        machine.settle()
        with running(world, machine=machine) as daemon:
            daemon.comes_to(State.SAFE)
            assert daemon.stop() == 0
        with running(world, machine=machine) as daemon:  # what is safe stays so over a restart
            time.sleep(5)
            assert [stand.state for stand in daemon.stands()] == [State.SAFE]
            assert daemon.said().count("daemon-looking") == 1
            assert daemon.stop() == 0
    require_handed_over(world, image)


@contextmanager
def mounted_by_the_desktop(machine: Machine, link: tuple[World, Path]) -> Iterator[tuple[Daemon, str]]:
    """A daemon, and the node of a stick that somebody mounted as soon as it was plugged in."""
    world, image = link
    with running(world, machine=machine) as daemon, machine.plugged_in(image) as node:
        machine.run(need("mount"), node, str(world.stick))
        yield daemon, node


def test_the_mount_of_the_desktop_is_used_and_let_go(machine: Machine, link: tuple[World, Path]) -> None:
    with mounted_by_the_desktop(machine, link) as (daemon, node):
        daemon.comes_to(State.SAFE)
        assert not is_mounted(machine, node)
        assert daemon.stop() == 0
    require_handed_over(*link)


def test_a_program_that_holds_the_stick_is_named_and_waited_for(machine: Machine, link: tuple[World, Path]) -> None:
    world, image = link
    with mounted_by_the_desktop(machine, link) as (daemon, _):
        held = machine.inside(lambda: os.open(world.stick / "START-HIER.html", os.O_RDONLY))
        try:
            busy = daemon.says("daemon-ejecting-busy")
            assert "python" in str(dict(busy.told.fields)["programs"])
        finally:
            os.close(held)
        daemon.comes_to(State.SAFE)
        assert daemon.stop() == 0
    require_handed_over(world, image)


def test_files_that_are_still_being_put_on_it_are_waited_for(machine: Machine, link: tuple[World, Path]) -> None:
    world, image = link
    with mounted_by_the_desktop(machine, link) as (daemon, _):
        film = machine.inside(lambda: os.open(world.stick / "data" / "film.mp4", os.O_WRONLY | os.O_CREAT))
        try:
            os.write(film, b"half ")
            waits = daemon.says("daemon-arriving")
            assert (waits.state, dict(waits.told.fields)) == (State.WAITING, {"count": 1})
            os.write(film, b"and whole")
        finally:
            os.close(film)
        daemon.comes_to(State.SAFE)
        assert daemon.stop() == 0
    with mounted(world, image):
        assert (world.stick / "data" / "film.mp4").read_bytes() == b"half and whole"
        assert world.verify(SECOND).report.exit == 0


def test_a_stick_that_cannot_be_written_to_is_taken_in_held_and_finished_by_the_next_plug(
    machine: Machine, link: tuple[World, Path]
) -> None:
    world, image = link
    with running(world, machine=machine) as daemon:
        with machine.plugged_in(image) as node:
            machine.run(need("blockdev"), "--setro", node)
            try:
                held = daemon.comes_to(State.HELD)
            finally:
                machine.run(need("blockdev"), "--setrw", node)  # the loop device would remember it
            assert held.told.slug in {"stick-read-only", "disk-read-only"}
            assert held.sealed
        daemon.says("daemon-yanked-sealed")
        with machine.plugged_in(image):
            daemon.comes_to(State.SAFE)
        assert daemon.stop() == 0
    require_handed_over(world, image)


def test_it_stays_until_it_is_taken_out_where_the_host_wants_that(machine: Machine, link: tuple[World, Path]) -> None:
    world, image = link
    with running(world, "--after", "stay", machine=machine) as daemon, machine.plugged_in(image):
        stays = daemon.says("daemon-stays")
        assert stays.state is State.QUEUED
        assert daemon.stop() == 0
    require_handed_over(world, image)


def test_stick_eject_has_the_daemon_hand_over_what_is_new_first_and_says_when_it_is_safe(
    machine: Machine, link: tuple[World, Path]
) -> None:
    world, image = link
    with running(world, "--after", "stay", machine=machine) as daemon, machine.plugged_in(image) as node:
        daemon.says("daemon-stays")
        path = machine.run("findmnt", "-n", "-o", "TARGET", node).decode().strip()
        machine.inside(lambda: put(Path(path), {"data/later/nieuw.txt": b"nieuw"}))
        eject = ("stick", "eject", path, "--state", str(daemon.state), "--json")
        told = json.loads(machine.run(sys.executable, "-m", "linksync", *eject, check=False))
        assert told.get("safe") is True, told
        assert not is_mounted(machine, node)
        safe = daemon.comes_to(State.SAFE)
        assert (safe.told.slug, safe.number) == ("daemon-safe", 4)
        assert daemon.stop() == 0
    require_handed_over(world, image, number=4)


def test_a_host_that_the_relay_does_not_know_is_told_and_nothing_stays_mounted(
    machine: Machine, link: tuple[World, Path]
) -> None:
    world, image = link
    before = image.read_bytes()
    with running(world, holder="niemand", machine=machine) as daemon:
        with machine.plugged_in(image) as node:
            held = daemon.comes_to(State.HELD)
            assert held.told.slug == "host-unknown"
            assert until(lambda: not is_mounted(machine, node))
        assert daemon.stop() == 0
    assert image.read_bytes() == before


SLUGS = (
    "daemon-seen",
    "daemon-looking",
    "daemon-recognised",
    "daemon-reading",
    "daemon-screening",
    "daemon-sealed",
    "daemon-writing",
    "daemon-reading-back",
    "daemon-read-back",
    "daemon-ejecting",
)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_stick_that_is_yanked_at_any_state_is_finished_by_the_next_plug(
    machine: Machine, link: tuple[World, Path], slug: str
) -> None:
    world, image = link
    with running(world, machine=machine) as daemon:
        with machine.plugged_in(image) as node:
            daemon.has_said(slug)
            limit_size(node, 512)
            machine.run(need("umount"), "--lazy", "--all-targets", node, check=False)
        daemon.until(lambda one: one.state in {State.YANKED, State.SAFE})
        with machine.plugged_in(image):
            daemon.until(lambda one: one.state is State.SAFE and one.number == 3 and one.phase == "out")
        assert daemon.stop() == 0
    require_handed_over(world, image)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_daemon_that_is_killed_at_any_state_lets_the_stick_go_in_the_end(
    machine: Machine, link: tuple[World, Path], slug: str
) -> None:
    world, image = link
    with running(world, machine=machine) as daemon, machine.plugged_in(image) as node:
        daemon.has_said(slug)
        daemon.kill()
        daemon.start()
        safe = daemon.comes_to(State.SAFE)
        assert not is_mounted(machine, node)
        assert (safe.card, safe.number) == ("1", 3)
        assert daemon.stop() == 0
    require_handed_over(world, image)
