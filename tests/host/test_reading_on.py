"""Reading on: after the hand-off this host finds what it took in; nothing of that is sealed."""

from pathlib import Path

import pytest
from catalogues import places
from played import FIRST, SECOND, a_link, copy_of, put

from linksync.custody.lists import sha256
from linksync.demo.world import World
from linksync.host.reading_on import CATALOGUE, PAUSE, TRIES, ReadOn, read_here, read_on, unread
from linksync.host.state import State
from linksync.knowledge import filling
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.query import Query
from linksync.machine.limited import LimitedError, Limits


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def found(state: State, text: str, **narrowed: object) -> list[str]:
    with Catalogue.open(state.folder / CATALOGUE) as catalogue:
        return places(catalogue, text, **narrowed)


def test_what_was_taken_in_is_found_by_this_host(world: World) -> None:
    put(world.stick, {"data/Bakkerij/plan.txt": b"Wij gaan zelfroosteren in de bakkerij."})
    put(world.stick, {"data/Bakkerij/KAART.txt": b"Titel: Vrij\nTrefwoorden: nachtploeg\nMag iedereen dit zien? ja\n"})
    world.hand_over(SECOND)
    host = world.state(SECOND)
    told = read_on(host)
    assert (told.handoffs, told.without) == (1, 0)
    assert found(host, "rooster") == ["data/Bakkerij/plan.txt"]
    assert "data/Bakkerij/plan.txt" in found(host, "nachtploegen")
    assert found(host, "rooster", host=SECOND) == ["data/Bakkerij/plan.txt"]
    assert read_on(host) == ReadOn()


def test_what_was_read_stays_when_the_copies_go(world: World) -> None:
    host = world.state(FIRST)
    assert read_on(host).read == 1
    world.sync(FIRST)
    assert not list(host.folder.glob("links/*/content/*/*"))
    assert found(host, "idee") == ["data/Bakkerij/idee.txt"]
    assert read_on(host) == ReadOn()


def test_nothing_of_it_is_sealed_or_stands_on_the_stick(world: World) -> None:
    before = {path: path.read_bytes() for path in world.stick.rglob("*") if path.is_file()}
    outbox = {
        path: path.read_bytes() for path in world.state(FIRST).folder.glob("links/*/outbox/**/*") if path.is_file()
    }
    read_on(world.state(FIRST))
    assert {path: path.read_bytes() for path in world.stick.rglob("*") if path.is_file()} == before
    assert {path: path.read_bytes() for path in outbox} == outbox


def test_a_host_that_took_in_nothing_has_no_catalogue(tmp_path: Path) -> None:
    host = State(tmp_path / "state")
    assert read_on(host) == ReadOn()
    assert not host.folder.exists()


def test_copies_that_are_gone_already_are_passed_over(world: World) -> None:
    host = world.state(FIRST)
    for path in host.folder.glob("links/*/content/*/*"):
        path.unlink()
    assert read_on(host).read == 0


def test_a_content_that_comes_again_is_read_once_and_found_by_both(world: World) -> None:
    host = world.state(FIRST)
    read_on(host)
    put(world.stick, {"data/Kopie/idee.txt": (world.stick / "data/Bakkerij/idee.txt").read_bytes()})
    world.hand_over(FIRST)
    assert read_on(host).read == 0
    with Catalogue.open(host.folder / CATALOGUE) as catalogue:
        (result,) = catalogue.search(Query(text="idee")).results
    assert [giver.path for giver in result.kept.document.givers] == ["data/Bakkerij/idee.txt", "data/Kopie/idee.txt"]


def test_a_content_that_was_given_twice_at_once_is_found_by_both_places(world: World) -> None:
    put(world.stick, {"data/Een/tulp.txt": b"Over bloembollen.", "data/Twee/hyacint.txt": b"Over bloembollen."})
    world.hand_over(SECOND)
    host = world.state(SECOND)
    assert read_on(host).read == 1
    with Catalogue.open(host.folder / CATALOGUE) as catalogue:
        (result,) = catalogue.search(Query(text="hyacint")).results
        assert [giver.path for giver in result.kept.document.givers] == ["data/Een/tulp.txt", "data/Twee/hyacint.txt"]


def copy(host: State, data: bytes) -> Path:
    """Where the copy of some content stands."""
    (path,) = host.folder.glob(f"links/*/content/*/{sha256(data).hex()}")
    return path


def spoil(path: Path) -> None:
    """Let a file fail to open, as one on a bad disk does."""
    path.rename(path.with_name("aside"))
    path.mkdir()


def mend(path: Path) -> None:
    path.rmdir()
    path.with_name("aside").rename(path)


IDEA = b"een idee"


def test_what_cannot_be_opened_now_is_read_later_and_no_sooner(world: World) -> None:
    host = world.state(FIRST)
    spoil(copy(host, IDEA))
    told = read_on(host, now=lambda: 1000.0)
    assert (told.handoffs, dict(told.whys), told.later) == (0, {"not-read": 1}, 1)
    assert (unread(host), read_here(host)) == (1, frozenset())
    mend(copy(host, IDEA))
    assert read_on(host, now=lambda: 1000.0 + PAUSE - 1) == ReadOn(later=1), "it was tried a moment ago"
    told = read_on(host, now=lambda: 1000.0 + PAUSE)
    assert (told.handoffs, told.read, told.without, told.later) == (1, 1, 0, 0)
    assert found(host, "idee") == ["data/Bakkerij/idee.txt"]
    assert unread(host) == 0


def test_what_never_can_be_opened_is_tried_so_often_and_stays_to_be_found_by_its_name(world: World) -> None:
    host = world.state(FIRST)
    spoil(copy(host, IDEA))
    later = [read_on(host, now=lambda n=n: n * PAUSE).later for n in range(TRIES)]  # type: ignore[misc]
    assert later == [1] * (TRIES - 1) + [0]
    assert read_on(host, now=lambda: TRIES * PAUSE) == ReadOn()
    assert unread(host) == 0
    assert found(host, "idee") == ["data/Bakkerij/idee.txt"]


def test_a_clock_that_was_set_back_holds_no_reading_up(world: World) -> None:
    host = world.state(FIRST)
    spoil(copy(host, IDEA))
    read_on(host, now=lambda: 5e9)
    mend(copy(host, IDEA))
    assert read_on(host, now=lambda: 1e9).handoffs == 1


def test_only_what_failed_is_read_again(world: World) -> None:
    put(world.stick, {"data/A/een.txt": b"appel", "data/A/twee.txt": b"peer"})
    world.hand_over(SECOND)
    host = world.state(SECOND)
    spoil(copy(host, b"peer"))
    assert read_on(host, now=lambda: 0.0).read == 2
    mend(copy(host, b"peer"))
    assert read_on(host, now=lambda: PAUSE).read == 1
    assert found(host, "peer") == ["data/A/twee.txt"]


def test_a_card_that_cannot_be_read_now_is_heard_later(world: World) -> None:
    card = b"Titel: Vrij\nTrefwoorden: nachtploeg\nMag iedereen dit zien? ja\n"
    put(world.stick, {"data/Bakkerij/plan.txt": b"Een plan.", "data/Bakkerij/KAART.txt": card})
    world.hand_over(SECOND)
    host = world.state(SECOND)
    spoil(copy(host, card))
    assert read_on(host, now=lambda: 0.0).later == 1
    assert found(host, "nachtploegen") == []
    mend(copy(host, card))
    assert read_on(host, now=lambda: PAUSE).later == 0
    assert set(found(host, "nachtploegen")) == {"data/Bakkerij/KAART.txt", "data/Bakkerij/plan.txt"}


def test_a_document_whose_process_ran_out_of_time_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    host = world.state(FIRST)
    monkeypatch.setattr(filling, "LIMITS", Limits(wall=0.0001))
    told = read_on(host, now=lambda: 0.0)
    assert (dict(told.whys), told.later) == ({"worker-time": 1}, 1)
    monkeypatch.undo()
    told = read_on(host, now=lambda: PAUSE)
    assert (told.handoffs, told.read, told.without) == (1, 1, 0)


def test_where_no_process_can_be_started_nothing_is_said_of_any_document(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = world.state(FIRST)
    monkeypatch.setattr(filling, "ENTRY", "linksync.knowledge.nothing_at_all:work")
    for _ in range(TRIES + 1):
        with pytest.raises(LimitedError):
            read_on(host)
    monkeypatch.undo()
    assert unread(host) == 1
    assert read_on(host).read == 1


def test_a_document_without_a_text_is_read_all_the_same(world: World) -> None:
    put(world.stick, {"data/B/leeg.bin": bytes(range(256))})
    world.hand_over(SECOND)
    told = read_on(world.state(SECOND))
    assert (told.handoffs, told.later, dict(told.whys)) == (1, 0, {"no-reader": 1})
