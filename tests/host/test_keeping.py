"""Copies stay until an archive has signed for them and they were read here; within bounds, and never longer."""

import os
from pathlib import Path

import pytest
from played import FIRST, SECOND, a_link, copy_of, put

from linksync.custody.lists import sha256
from linksync.demo.world import World
from linksync.host import intake, keeping
from linksync.host.keeping import let_go, read_and_let_go
from linksync.host.reading_on import read_on, unread
from linksync.host.staging import Staging
from linksync.host.state import State
from linksync.host.status import status
from linksync.host.sync import Synced, sync
from linksync.stick.medium import Medium


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def copies(host: State) -> int:
    return sum(path.is_file() for path in host.folder.glob("links/*/content/*/*"))


def send(world: World, holder: str, *, stick: bool = False) -> Synced:
    if not stick:
        return sync(world.state(holder), world.archive(), reads=True)
    with Medium.open(world.stick) as medium:
        return sync(world.state(holder), world.archive(), medium, reads=True)


def test_a_copy_goes_when_it_was_received_and_read_and_not_before(world: World) -> None:
    host = world.state(FIRST)
    assert send(world, FIRST).sent[0].receipt
    assert (copies(host), unread(host)) == (1, 1)
    assert read_and_let_go(host).read == 1
    assert (copies(host), unread(host), host.outbox(host.links()[0]).entries()) == (0, 0, ())


def test_what_was_read_before_it_was_received_goes_with_the_receipt(world: World) -> None:
    host = world.state(FIRST)
    assert read_and_let_go(host).read == 1
    assert copies(host) == 1, "no archive has it yet"
    send(world, FIRST)
    assert copies(host) == 0


@pytest.mark.parametrize("stick", [False, True])
def test_what_is_kept_to_be_read_is_owed_to_nobody_and_not_sent_again(world: World, stick: bool) -> None:
    send(world, FIRST, stick=stick)
    assert send(world, FIRST, stick=stick).sent == ()
    (link,) = status(world.state(FIRST)).links
    assert link.owed == ()
    assert [(kept.folder, kept.files, kept.size, kept.receipts) for kept in link.kept] == [
        (f"000002-{FIRST}", 1, 8, ("archief",))
    ]


def test_what_was_read_and_not_let_go_of_goes_at_the_next_hand_off(world: World) -> None:
    host = world.state(FIRST)
    send(world, FIRST)
    read_on(host)  # killed here
    assert copies(host) == 1
    world.hand_over(FIRST)
    assert copies(host) == 0


def test_while_somebody_else_has_the_memory_nothing_is_dropped_and_nobody_waits_for_ever(world: World) -> None:
    host = world.state(FIRST)
    send(world, FIRST)
    with host.locked():
        assert read_and_let_go(host).read == 1
    assert copies(host) == 1
    assert read_and_let_go(host).read == 0
    assert copies(host) == 0


def test_a_host_that_does_not_read_keeps_nothing_that_was_received(world: World) -> None:
    sync(world.state(FIRST), world.archive())
    assert copies(world.state(FIRST)) == 0


def handed_over(world: World, number: int) -> None:
    put(world.stick, {f"data/{number}.txt": b"%d" % number * 1000})
    world.hand_over(SECOND)


def test_what_waits_only_to_be_read_is_bounded_and_the_oldest_goes_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "UNREAD_MAX", 2500)
    host = world.state(SECOND)
    for number in range(1, 5):
        handed_over(world, number)
        (entry,) = (one for one in host.outbox(host.links()[0]).entries() if not one.receipts)
        os.utime(host.outbox(host.links()[0]).folder / entry.seal, (number, number))
        send(world, SECOND)
    kept = [one.folder for one in status(host).links[0].kept]
    assert kept == [f"000005-{SECOND}", f"000006-{SECOND}"]
    assert copies(host) == 2


def test_the_newest_is_kept_however_large_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "UNREAD_MAX", 10)
    handed_over(world, 1)
    send(world, SECOND)
    assert copies(world.state(SECOND)) == 1


def test_what_is_owed_is_kept_however_much_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "UNREAD_MAX", 10)
    host = world.state(SECOND)
    for number in (1, 2):
        handed_over(world, number)
    with host.locked():
        let_go(host, reads=True)
        let_go(host, reads=False)
    assert copies(host) == 2


def test_what_waits_to_be_read_gives_way_to_what_is_at_the_table(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    host = world.state(SECOND)
    handed_over(world, 1)
    send(world, SECOND)
    handed_over(world, 2)
    assert copies(host) == 2
    left = 2 * intake._on_disk(1000)

    def room(staging: Staging) -> int:
        return left - sum(intake._on_disk(path.stat().st_size) for path in staging.folder.glob("*/*"))

    monkeypatch.setattr(Staging, "room", room)
    put(world.stick, {"data/3.txt": b"3" * 1000})
    outcome = world.hand_over(SECOND)
    assert (dict(outcome.intake.waiting), sorted(outcome.intake.taken)) == ({}, [b"data/3.txt"])
    held = {path.name for path in host.folder.glob("links/*/content/*/*")}
    assert held == {sha256(b"2" * 1000).hex(), sha256(b"3" * 1000).hex()}, "what is owed stays"
