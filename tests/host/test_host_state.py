"""The host's memory: what cannot be read is said, and never taken for nothing."""

import os
from pathlib import Path

import pytest
from media import ext4_stick
from played import FIRST, SECOND, a_link, copy_of, put

from linksync.custody.memory import Memory, Seen
from linksync.demo.world import World
from linksync.errors import FormatError, LinksyncError, MediumError, RefusedError, TrustError
from linksync.host.state import State
from linksync.stick.medium import Medium

LINK = "0" * 32


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


def test_a_new_memory_knows_nothing_and_writes_nothing_to_say_so(state: State) -> None:
    assert (state.organiser("x"), state.relays(), state.links()) == ("", (), ())
    assert state.memory(LINK) == Memory()
    assert state.memory("") == Memory()
    assert state.outbox(LINK).entries() == ()
    assert state.receipts(LINK) == ()
    assert not state.folder.exists()


def test_the_first_organiser_is_remembered_and_another_is_refused(state: State) -> None:
    one, other = "SHA256:" + "A" * 43, "SHA256:" + "B" * 43
    state.remember_organiser("proef", one)
    state.remember_organiser("proef", one)
    assert state.organiser("proef") == one
    with pytest.raises(TrustError) as told:
        state.remember_organiser("proef", other)
    assert (told.value.slug, state.organiser("proef")) == ("organiser-other", one)


def test_what_was_seen_is_remembered(state: State) -> None:
    memory = Memory(seen=frozenset({Seen(number=2, seal="a" * 64, key="k"), Seen(number=1, seal="b", key="")}), relay=3)
    state.remember(LINK, memory)
    assert state.memory(LINK) == memory


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"seen": 1, "relay": 1}',
        b'{"seen": [[1]], "relay": 1}',
        b'{"seen": [["x", 1, 1]], "relay": 1}',
        b'{"seen": [], "relay": Infinity}',
        b'{"seen": [], "relay": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_damaged_memory_is_said_and_changes_nothing(world: World, data: bytes) -> None:
    host = world.state(FIRST)
    place = host.folder / "links" / host.links()[0] / "memory.json"
    place.write_bytes(data)
    with pytest.raises(FormatError) as told:
        host.memory(host.links()[0])
    assert (told.value.slug, told.value.fields["path"]) == ("state-damaged", str(place))
    put(world.stick, {"data/new.txt": b"new"})
    with pytest.raises(FormatError):
        world.hand_over(FIRST)
    assert world.verify().report.number == 2
    assert place.read_bytes() == data


def test_a_damaged_organiser_is_said(world: World) -> None:
    host = world.state(FIRST)
    (host.folder / "relays" / host.relays()[0] / "organiser").write_bytes(b"SHA256:\xff")
    with pytest.raises(FormatError) as told:
        host.organiser(host.relays()[0])
    assert told.value.slug == "state-damaged"


def test_a_memory_that_is_a_folder_is_said(world: World) -> None:
    host = world.state(FIRST)
    place = host.folder / "links" / host.links()[0] / "memory.json"
    place.unlink()
    place.mkdir()
    with pytest.raises(MediumError) as told:
        host.memory(host.links()[0])
    assert told.value.slug == "state-unreadable"


def test_names_that_are_no_ids_never_become_paths(state: State) -> None:
    for relay in ("../x", "a/b", "a\n", ".."):
        with pytest.raises(ValueError, match="no relay"):
            state.organiser(relay)
    for link in ("../" + "0" * 29, "0" * 31, "0" * 31 + "\n", "G" * 32):
        with pytest.raises(ValueError, match="no Link"):
            state.memory(link)


def test_two_at_work_on_one_memory_wait_for_each_other_and_say_so_in_the_end(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linksync.machine.locks.PATIENCE", 0.2)
    with state.locked():
        with pytest.raises(RefusedError) as told, state.locked():
            pass
        assert told.value.slug == "state-busy"
    with state.locked():
        pass


def test_relay_versions_are_kept_verified_and_only_once(world: World) -> None:
    host = world.state(FIRST)
    relay = host.relays()[0]
    roster = host.roster(relay)
    assert [folder.files for folder in host.relay_folders(relay)] == [dict(f.files) for f in world.relays]
    assert not host.learn_relay(roster)
    page = host.folder / "relays" / relay / "linksync" / "relay" / "0001" / "relay.yaml"
    page.write_bytes(page.read_bytes() + b"# forged\n")
    assert host.roster(relay).versions == ()


def test_a_memory_on_another_disk_serves_as_well(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=128) as disk:
        world = a_link(tmp_path / "w")
        elsewhere = World(folder=disk.path, stick=world.stick, relays=world.relays, page=world.page, time=world.time)
        put(world.stick, {"data/B/2.txt": b"two"})
        outcome = elsewhere.hand_over(SECOND)
        assert (outcome.problem, elsewhere.verify(SECOND).report.exit) == (None, 0)
        assert elsewhere.state(SECOND).outbox(outcome.link).entries()[0].status == "written"


def test_a_truly_full_disk_changes_nothing_and_room_is_all_it_takes(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=96) as disk:
        world = a_link(tmp_path / "w")
        elsewhere = World(folder=disk.path, stick=world.stick, relays=world.relays, page=world.page, time=world.time)
        put(world.stick, {"data/B/2.txt": b"two"})
        fill(disk.path / "ballast")
        with pytest.raises(LinksyncError) as told:
            elsewhere.hand_over(SECOND)
        assert isinstance(told.value, MediumError)
        assert world.verify().report.number == 2
        (disk.path / "ballast").unlink()
        assert elsewhere.hand_over(SECOND).problem is None
        assert world.verify().report.exit == 0


def fill(path: Path) -> None:
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 4096, 512):
            try:
                while True:
                    file.write(os.urandom(size))
            except OSError:
                continue


def test_a_memory_on_the_stick_itself_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    with Medium.open(world.stick) as medium:
        for folder in (world.stick, world.stick / "data" / "geheugen"):
            with pytest.raises(RefusedError, match="state-on-stick"):
                State(folder).require_apart(medium)
        State(tmp_path / "stick-geheugen").require_apart(medium)
    assert list(world.stick.iterdir()) == []
