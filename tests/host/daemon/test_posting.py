"""What is owed is sent when the archive can be reached and nobody waits, and not again and again."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from played import SECOND, a_link, put
from waiting import until

from linksync.demo.world import World
from linksync.host.daemon.posting import Posting, is_reachable, owed_by
from linksync.host.daemon.telling import Job


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_link(tmp_path)
    put(world.stick, {"data/nieuw.txt": b"nieuw"})
    world.hand_over(SECOND)
    return world


def posting(world: World) -> Posting:
    state = world.state(SECOND).folder
    return Posting(Job(task="sync", state=str(state), archive=str(world.folder / "archive")), lambda: None)


def go_on(
    post: Posting, until: Callable[[], object], *, free: bool = True, seconds: float = 30.0
) -> list[dict[str, Any]]:
    """Let it go on until something is so; what came of the syncs meanwhile."""
    deadline = time.monotonic() + seconds
    results = []
    while not until():
        assert time.monotonic() < deadline
        result, _ = post.step(time.monotonic(), free=free)
        results += [result] if result else []
        time.sleep(0.02)
    return results


def test_what_is_owed_is_sent_once(world: World) -> None:
    world.archive()
    post = posting(world)
    results = go_on(post, lambda: not owed_by(world.state(SECOND)) and post.running is None)
    assert [one["receipt"] for result in results for one in result["sent"]] == [True]
    assert post.reach == "reachable"
    begun = time.monotonic()
    while time.monotonic() - begun < 1.5:
        post.step(time.monotonic(), free=True)
        assert post.running is None
        time.sleep(0.02)


def test_nothing_is_sent_while_somebody_waits(world: World) -> None:
    world.archive()
    post = posting(world)
    begun = time.monotonic()
    go_on(post, lambda: time.monotonic() - begun > 2, free=False)
    assert post.running is None
    assert owed_by(world.state(SECOND))


def test_a_sync_gives_way_at_once_and_is_made_up_for(world: World) -> None:
    world.archive()
    post = posting(world)
    with world.state(SECOND).locked():  # so that it has to wait for its turn
        go_on(post, lambda: post.running is not None)
        running = post.running
        assert running is not None
        assert until(running.steps), "it has begun"
        post.give_way()
        go_on(post, lambda: post.running is None, free=False)  # it would never get its turn: this is its giving way
        assert running._process.returncode == -signal.SIGTERM, "it had to be killed"
    assert owed_by(world.state(SECOND))
    go_on(post, lambda: not owed_by(world.state(SECOND)))


def test_an_archive_that_is_away_is_found_when_it_comes_back(world: World) -> None:
    post = posting(world)
    begun = time.monotonic()
    go_on(post, lambda: time.monotonic() - begun > 1)
    assert post.reach == "away"
    world.archive()
    post.soon()
    go_on(post, lambda: not owed_by(world.state(SECOND)))


def test_without_an_archive_nothing_is_looked_at(tmp_path: Path) -> None:
    post = Posting(Job(task="sync", state=str(tmp_path)), lambda: None)
    assert post.step(time.monotonic(), free=True) == (None, None)
    assert post.reach == "none"


def test_an_archive_is_there_where_its_description_is(world: World, tmp_path: Path) -> None:
    assert not is_reachable(str(tmp_path / "archive"))
    world.archive()
    assert is_reachable(str(tmp_path / "archive"))
    assert is_reachable((tmp_path / "archive").as_uri())


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/archive", "https://archief.example/", "ftp://nowhere/x", ""])
def test_what_is_no_address_of_an_archive_is_not_asked(address: str) -> None:
    assert not is_reachable(address)
