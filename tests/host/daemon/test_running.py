"""The daemon as a real process, on a watched folder: handed over, sent, killed at every state, and gone on with."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from daemons import FILES, Daemon, children, running
from media import exfat_stick, fat_stick, need, replug, yank
from played import FIRST, SECOND, a_link, codes, copy_of, everything, people_files, put
from waiting import until

from linksync.demo.world import World
from linksync.host.daemon.following import act, board, find
from linksync.host.daemon.states import State
from linksync.host.reading_on import CATALOGUE
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.query import Query


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = a_link(tmp_path_factory.mktemp("visited"))
    put(world.stick, FILES)
    return world


@pytest.fixture
def world(visited: World, tmp_path: Path) -> World:
    return copy_of(visited, tmp_path / "world")


def watched(world: World, *arguments: str) -> tuple[str, ...]:
    return ("--watch", str(world.stick), *arguments)


def require_handed_over(world: World, number: int = 3) -> None:
    """The Link is in order with that hand-off, and nothing of people's has changed."""
    verdict = world.verify(SECOND)
    assert codes(verdict) == []
    assert (verdict.report.exit, verdict.report.number) == (0, number)


def test_a_folder_is_handed_over_with_the_archive_away_and_sent_when_it_returns(world: World) -> None:
    world.archive()
    away = (world.folder / "archive").rename(world.folder / "away")
    before = people_files(world.stick)
    with running(world, *watched(world), "--archive", str(world.folder / "archive")) as daemon:
        done = daemon.comes_to(State.QUEUED)
        require_handed_over(world)
        assert (done.number, done.handoff, done.receipt) == (3, f"000003-{SECOND}", "")
        assert people_files(world.stick) == before
        away.rename(world.folder / "archive")
        synced = daemon.comes_to(State.SYNCED)
        assert synced.receipt == "archief"
        assert "daemon-archive-back" in daemon.said()
        assert until(lambda: not entries(world)), "what was sent and read is let go of"
        assert daemon.stop() == 0
    assert can_be_found(world)


def entries(world: World) -> list[str]:
    host = world.state(SECOND)
    return [entry.seal for link in host.links() for entry in host.outbox(link).entries()]


def can_be_found(world: World) -> bool:
    with Catalogue.open(world.state(SECOND).folder / CATALOGUE) as catalogue:
        return bool(catalogue.search(Query(text="map")).results)


def test_without_an_archive_what_was_taken_in_can_be_found_too(world: World) -> None:
    with running(world, *watched(world)) as daemon:
        daemon.comes_to(State.QUEUED)
        daemon.has_said("daemon-catalogued")
        assert daemon.stop() == 0
    assert can_be_found(world)
    assert len(entries(world)) == 1, "no archive has it yet"


def test_what_others_handed_over_is_sent_from_a_stick_that_stays(world: World) -> None:
    archive = world.archive()
    with running(world, *watched(world)) as daemon:
        daemon.comes_to(State.SYNCED)
        numbers = ["000001", "000002", "000003"]
        assert until(lambda: sorted(arrival.folder[:6] for arrival in archive.feed(0)) == numbers), archive.feed(0)
        assert daemon.stop() == 0


def test_what_is_no_link_is_left_alone(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    put(world.stick, {"foto's/een.jpg": b"x" * 1000, "brief.txt": b"hallo"})
    before = everything(world.stick)
    with running(world, *watched(world)) as daemon:
        assert daemon.comes_to(State.FOREIGN).told.slug == "daemon-foreign-folder"
        time.sleep(1)
        assert daemon.stop() == 0
    assert everything(world.stick) == before


STATES = (
    "daemon-folder-seen",
    "daemon-looking",
    "daemon-recognised",
    "daemon-reading",
    "daemon-screening",
    "daemon-signing",
    "daemon-sealed",
    "daemon-writing",
    "daemon-reading-back",
    "daemon-read-back",
    "daemon-folder-done",
)


@pytest.mark.parametrize("slug", STATES)
def test_a_daemon_that_is_killed_at_any_state_goes_on_where_it_was(world: World, slug: str) -> None:
    before = people_files(world.stick)
    with running(world, *watched(world)) as daemon:
        daemon.has_said(slug)
        left = children(daemon.process.pid) if daemon.process else []
        daemon.kill()
        assert until(lambda: all(map(_is_ended, left))), "a working process outlives its daemon"
        assert {code for code, _ in codes(world.verify())} <= {"E303"}
        daemon.start()
        stand = daemon.comes_to(State.QUEUED)
        assert (stand.card, stand.number) == ("1", 3)
        assert daemon.stop() == 0
    require_handed_over(world)
    assert people_files(world.stick) == before


def _is_ended(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] in {"Z", "X"}
    except FileNotFoundError:
        return True


def test_a_daemon_that_is_killed_again_and_again_in_the_middle_comes_to_the_end(world: World, full: bool) -> None:
    big = {f"data/groot/{number}.bin": os.urandom(2_000_000) for number in range(10)}
    put(world.stick, big)
    with running(world, *watched(world)) as daemon:
        for number in range(40 if full else 8):
            time.sleep(0.4 + number * 0.15)
            daemon.kill()
            daemon.start()
        daemon.comes_to(State.QUEUED)
        assert daemon.stop() == 0
    require_handed_over(world)


def test_a_working_process_that_is_killed_is_begun_again(world: World) -> None:
    with running(world, *watched(world)) as daemon:
        deadline = time.monotonic() + 20
        killed = 0
        while killed < 1 and time.monotonic() < deadline:
            for pid in children(daemon.process.pid) if daemon.process else []:
                os.kill(pid, signal.SIGKILL)
                killed += 1
        daemon.comes_to(State.QUEUED)
    assert killed
    require_handed_over(world)


def test_a_second_daemon_with_the_same_memory_is_refused(world: World) -> None:
    with running(world, *watched(world)) as daemon:
        daemon.comes_to(State.QUEUED)
        other = Daemon(world=world, arguments=watched(world))
        other.start(wait=False)
        assert other.process is not None
        try:
            assert other.process.wait(timeout=30) == 1
        finally:
            other.kill()
        assert daemon.stop() == 0


def test_a_link_of_another_organiser_is_held_and_nothing_is_written(world: World, tmp_path: Path) -> None:
    stranger = World.begin(tmp_path / "stranger")
    stranger.prepare()
    shutil.rmtree(world.stick)
    stranger.stick.rename(world.stick)
    before = everything(world.stick)
    with running(world, *watched(world), "--organiser", "SHA256:" + "A" * 43) as daemon:
        held = daemon.comes_to(State.HELD)
        assert held.told.slug == "organiser-not-label"
    assert everything(world.stick) == before


def test_a_link_whose_organiser_becomes_known_is_handed_over_when_it_is_tried_again(world: World) -> None:
    before = everything(world.stick)
    with running(world, *watched(world), label=False) as daemon:
        held = daemon.comes_to(State.HELD)
        assert (held.told.slug, held.sealed) == ("organiser-unknown", False)
        assert everything(world.stick) == before
        address = find(daemon.state)
        [card] = board(address)["cards"]
        assert (card["light"], card["button"]) == ("attention", "try-again")
        assert world.organiser in card["sentence"]["nl"]
        assert act(address, card["id"], "try-again")
        assert until(lambda: daemon.said().count("organiser-unknown") == 2), daemon.said()
        [relay] = os.listdir(world.state(FIRST).folder / "relays")
        world.state(SECOND).remember_organiser(relay, world.organiser)
        assert act(address, card["id"], "try-again")
        daemon.comes_to(State.QUEUED)
        assert daemon.stop() == 0
    require_handed_over(world)


def test_files_that_come_into_a_folder_later_are_handed_over_once_they_are_complete(world: World) -> None:
    with running(world, *watched(world)) as daemon:
        daemon.comes_to(State.QUEUED)
        with (world.stick / "data" / "groot.bin").open("wb") as growing:
            put(world.stick, {"data/later/nieuw.txt": b"nieuw"})
            stand = daemon.says("daemon-folder-new")
            assert (stand.number, dict(stand.told.fields)) == (3, {"count": 1, "bytes": 5})
            growing.write(b"groot")
        daemon.until(lambda one: one.number == 4 and one.told.slug == "daemon-folder-done")
        assert daemon.stop() == 0
    require_handed_over(world, number=4)


def test_an_archive_that_is_there_from_the_first_is_not_said_to_be_there_again(world: World) -> None:
    world.archive()
    with running(world, *watched(world)) as daemon:
        daemon.comes_to(State.SYNCED)
        assert not {"daemon-archive-back", "daemon-archive-away"} & set(daemon.said())
        assert daemon.stop() == 0


def test_ask_shows_what_is_new_and_does_nothing(world: World) -> None:
    before = everything(world.stick)
    with running(world, *watched(world), "--policy", "ask") as daemon:
        stand = daemon.comes_to(State.VERIFIED)
        assert dict(stand.told.fields)["count"] == len(FILES)
        assert daemon.stop() == 0
    assert everything(world.stick) == before


def test_verify_only_says_how_it_is_and_changes_nothing(world: World) -> None:
    before = everything(world.stick)
    with running(world, *watched(world), "--policy", "verify-only") as daemon:
        assert daemon.comes_to(State.VERIFIED).told.slug == "daemon-verified-well"
        target = next((world.stick / "data" / "Bakkerij").iterdir())
        assert daemon.stop() == 0
    assert everything(world.stick) == before
    target.write_bytes(b"anders!")
    with running(world, *watched(world), "--policy", "verify-only") as daemon:
        assert daemon.says("daemon-verified-ill")


@pytest.mark.parametrize("make", [fat_stick, exfat_stick])
@pytest.mark.parametrize(
    "slug", ["daemon-looking", "daemon-reading", "daemon-sealed", "daemon-writing", "daemon-reading-back", "at rest"]
)
def test_a_stick_that_is_pulled_out_at_any_state_is_finished_when_it_returns(
    make: Callable[..., object], tmp_path: Path, slug: str
) -> None:
    with make(tmp_path, megabytes=24) as stick:  # type: ignore[attr-defined]
        world = a_link(tmp_path / "w", stick=stick.path)
        put(stick.path, FILES)
        os.sync()
        people = people_files(stick.path)
        with running(world, *watched(world)) as daemon:
            daemon.has_said("daemon-folder-done" if slug == "at rest" else slug)
            yank(stick)
            time.sleep(1)
            daemon.until(
                lambda one: one.state in {State.YANKED, State.QUEUED, State.HELD, State.FOREIGN, State.READ_BACK}
            )
            if slug == "at rest":  # a dead exFAT stick answers from memory, and is watched on
                assert daemon.stop() == 0
            else:
                daemon_stick_is_free(daemon)
            replug(stick)
            if slug == "at rest":
                daemon.start()
            daemon.until(lambda one: one.state is State.QUEUED and one.number == 3, patience=60)
            assert daemon.stop() == 0
        assert people_files(stick.path) == people
        require_handed_over(world)
        entries = world.state(SECOND).outbox(world.verify(SECOND).report.link).entries()
        assert [entry.status for entry in entries] == ["written"]


@pytest.mark.parametrize("slug", ["daemon-looking", "daemon-reading", "daemon-sealed", "daemon-writing"])
def test_nothing_is_written_into_a_mount_point_that_vanished(tmp_path: Path, slug: str) -> None:
    with exfat_stick(tmp_path, megabytes=24) as stick:
        world = a_link(tmp_path / "w", stick=stick.path)
        put(stick.path, FILES)
        os.sync()
        with running(world, *watched(world)) as daemon:
            daemon.has_said(slug)
            yank(stick)
            subprocess.run([need("umount"), "--lazy", str(stick.path)], check=True)  # as desktops do
            for _ in range(20):
                assert os.listdir(stick.path) == []  # the mount point's own folder, on the host's disk
                time.sleep(0.1)
            daemon_stick_is_free(daemon)
            assert os.listdir(stick.path) == []
            subprocess.run([need("mount"), "-t", "tmpfs", "none", str(stick.path)], check=True)
            replug(stick)
            daemon.until(lambda one: one.state is State.QUEUED and one.number == 3, patience=60)
            assert daemon.stop() == 0
        require_handed_over(world)


def daemon_stick_is_free(daemon: Daemon) -> None:
    """Wait until nothing works on the dead stick any more, so that it can be taken from its mount point."""
    assert daemon.process is not None
    pid = daemon.process.pid
    assert until(lambda: not children(pid)), "something still works on a dead stick"


def test_another_linksync_at_work_on_this_computer_is_waited_for(world: World) -> None:
    world.state(SECOND).folder.mkdir(parents=True, exist_ok=True)
    with running(world, *watched(world)) as daemon:
        with world.state(SECOND).locked():
            waits = daemon.says("daemon-waiting-memory")
            assert waits.state is State.RECOGNISED
        daemon.comes_to(State.QUEUED)
        assert daemon.stop() == 0
    require_handed_over(world)


def test_an_idle_daemon_costs_next_to_nothing_and_ends_at_once(world: World) -> None:
    shutil.rmtree(world.stick / "linksync")
    with running(world, *watched(world)) as daemon:
        daemon.comes_to(State.FOREIGN)
        assert daemon.process is not None
        time.sleep(1)
        shares: list[float] = []  # what others do on this computer only adds: what it costs it costs each time
        while len(shares) < 4 and min(shares, default=1.0) >= 0.002:
            shares.append(_share(daemon.process.pid, 10.0))
        resident = next(
            int(line.split()[1])
            for line in Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        )
        assert min(shares) < 0.002, shares
        assert resident < 60 * 1024
        began = time.monotonic()
        assert daemon.stop() == 0
        assert time.monotonic() - began < 5


def _share(pid: int, seconds: float) -> float:
    """What share of a core a process takes in so many seconds."""
    began, used = time.monotonic(), _processor(pid)
    time.sleep(seconds)
    return (_processor(pid) - used) / (time.monotonic() - began)


def _processor(pid: int) -> float:
    """Seconds of processor time that the threads of a process have had, to the nanosecond."""
    spent = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            spent += int(file.read().split()[0])
    return spent / 1e9


def test_the_first_host_and_the_second_have_memories_of_their_own(world: World) -> None:
    with running(world, *watched(world)) as second:
        second.comes_to(State.QUEUED)
        assert second.stop() == 0
    with running(world, *watched(world), holder=FIRST) as first:
        first.comes_to(State.QUEUED)
        assert first.stop() == 0
    require_handed_over(world, number=4)
