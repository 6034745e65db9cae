"""What a hand-off leaves for people and for BagIt follows from the sealed folders, whatever stood there before."""

from pathlib import Path

import pytest
from played import FIRST, SECOND, a_link, copy_of, everything, put

from linksync.custody import lists
from linksync.custody.consent import Consent
from linksync.demo.world import World
from linksync.stick import layout
from linksync.stick.layout import READ_ME, START_HTML, START_TEXT, Derived, derived_files, read_me_of, start_page_of
from linksync.stick.medium import Medium
from linksync.stick.verify import Trust, judge

OPEN = b"Titel: Een idee\nMag iedereen dit zien? ja\n"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    files = {
        "data/Bakkerij/idee.txt": b"een idee",
        "data/Bakkerij/KAART.txt": OPEN,
        "data/Smederij/plan.txt": b"voor de organisatie",
        "los.txt": b"naast de map",
    }
    return a_link(tmp_path_factory.mktemp("sealed"), files)


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def derived(world: World) -> Derived:
    with Medium.open(world.stick) as medium:
        return derived_files(judge(medium, Trust()).history, Consent({}))


def test_everything_derived_stands_on_the_stick_as_it_follows(world: World) -> None:
    for path, data in derived(world).items():
        if path not in {START_HTML, START_TEXT}:  # their titles come from the cards
            assert (world.stick / path).read_bytes() == data, path


def test_the_manifests_name_every_file_in_and_beside_data(world: World) -> None:
    inside = lists.from_bytes((world.stick / "manifest-sha256.txt").read_bytes())
    beside = lists.from_bytes((world.stick / "linksync" / "outside-sha256.txt").read_bytes())
    assert inside[b"data/Bakkerij/idee.txt"] == lists.sha256(b"een idee")
    assert beside == {b"los.txt": lists.sha256(b"naast de map")}


def test_the_bag_tells_its_size_and_what_it_is(world: World) -> None:
    info = (world.stick / "bag-info.txt").read_text("utf-8")
    payload = [path for path in (world.stick / "data").rglob("*") if path.is_file()]
    assert f"Payload-Oxum: {sum(p.stat().st_size for p in payload)}.{len(payload)}\n" in info
    assert f"Internal-Sender-Identifier: 000002-{FIRST}\n" in info
    tags = lists.from_bytes((world.stick / "tagmanifest-sha256.txt").read_bytes(), check=lambda _path: None)
    assert tags.keys() == {b"bagit.txt", b"bag-info.txt", b"manifest-sha256.txt"}
    for path, digest in tags.items():
        assert lists.sha256((world.stick / path.decode()).read_bytes()) == digest


def test_only_what_was_meant_for_everyone_is_named_on_the_start_pages(world: World) -> None:
    for name in (START_HTML, START_TEXT):
        told = (world.stick / name).read_text("utf-8")
        assert "idee.txt" in told
        assert "Een idee" in told
        assert "plan.txt" not in told
        assert "Smederij" not in told


def test_a_start_page_names_so_many_files_and_says_how_many_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world.stick, {f"data/Bakkerij/{number:03}.txt": b"%d" % number for number in range(30)})
    world.hand_over(SECOND)
    monkeypatch.setattr(layout, "ITEMS_MAX", 10)
    with Medium.open(world.stick) as medium:
        page = start_page_of(judge(medium, Trust()).history, Consent({}))
    assert (len(page.shared), page.more) == (10, 21)
    assert page.kept_for_organisers == 2


def test_the_read_me_is_the_same_whenever_it_is_made(world: World) -> None:
    with Medium.open(world.stick) as medium:
        roster = judge(medium, Trust()).history.roster
    relay = roster.versions[0].relay
    assert read_me_of(relay, roster.organiser) == (world.stick / READ_ME).read_bytes()


def test_whatever_was_done_to_what_is_derived_the_next_hand_off_writes_it_anew(world: World) -> None:
    before = {name: (world.stick / name).read_bytes() for name in derived(world)}
    for number, name in enumerate(before):
        if number % 2:
            (world.stick / name).unlink()
        else:
            (world.stick / name).write_bytes(b"vandalism")
    outcome = world.hand_over(FIRST)
    assert (outcome.folder, outcome.problem, outcome.unwritten) == ("", None, ())
    assert {name: (world.stick / name).read_bytes() for name in before} == before


def test_the_same_holder_with_nothing_new_writes_nothing_at_all(world: World) -> None:
    before = everything(world.stick)
    outcome = world.hand_over(FIRST)
    assert (outcome.folder, outcome.number, outcome.problem) == ("", 2, None)
    assert everything(world.stick) == before


def test_a_manifest_that_no_longer_names_anything_goes(world: World) -> None:
    (world.stick / "los.txt").unlink()
    assert world.hand_over(SECOND).problem is None
    assert not (world.stick / "linksync" / "outside-sha256.txt").exists()
    assert world.verify().report.exit == 0
