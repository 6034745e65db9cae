"""Reading on: after the hand-off this host finds what it took in; nothing of that is sealed."""

from pathlib import Path

import pytest
from catalogues import places
from played import FIRST, SECOND, a_link, copy_of, put

from linksync.demo.world import World
from linksync.host.reading_on import CATALOGUE, ReadOn, read_on
from linksync.host.state import State
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.query import Query


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
