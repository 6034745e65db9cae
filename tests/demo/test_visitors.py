"""Visitors: the same every time, fitting one on the other, and true to life."""

import re
from pathlib import Path

import pytest

from linksync.custody.card import read_card
from linksync.custody.names import bag_exception, path_fault, twin_key
from linksync.demo.visitors import STOPS, Add, Edit, Remove, Rename, contributions, play, visit

SEED = 2011
CARDS = {
    (stop, brought.folder): brought.card
    for stop in range(1, STOPS + 1)
    for brought in contributions(stop, SEED)
    if brought.card is not None
}


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def month(root: Path, stops: int, seed: int = SEED) -> dict[str, bytes]:
    for stop in range(1, stops + 1):
        play(root, visit(stop, seed))
    return tree(root)


def test_a_month_is_the_same_each_time_it_is_played(tmp_path: Path) -> None:
    first, second = month(tmp_path / "a", STOPS), month(tmp_path / "b", STOPS)
    contributions.cache_clear()
    visit.cache_clear()
    assert first == second == month(tmp_path / "c", STOPS)


def test_another_seed_gives_other_contents_under_the_same_names(tmp_path: Path) -> None:
    first, second = month(tmp_path / "a", STOPS), month(tmp_path / "b", STOPS, SEED + 1)
    assert first.keys() == second.keys()
    changed = {path for path in first if first[path] != second[path]}
    assert len(changed) > len(first) // 2


def test_every_visit_brings_something_new() -> None:
    for stop in range(1, 3 * STOPS):
        assert any(isinstance(event, Add) for event in visit(stop, SEED))


def test_later_stops_never_write_over_what_earlier_ones_brought() -> None:
    added = [event.path for stop in range(1, 3 * STOPS) for event in visit(stop, SEED) if isinstance(event, Add)]
    assert len({twin_key(path.encode()) for path in added}) == len(added)


def test_every_path_is_payload_that_lists_bags_and_other_systems_can_carry(tmp_path: Path) -> None:
    for path in month(tmp_path, STOPS):
        assert path.startswith("data/")
        assert path_fault(path.encode()) is None
        assert bag_exception(path.encode()) is None
        assert not set(path) & set('\\:*?"<>|')
        assert all(part == part.strip(" .") for part in path.split("/"))


def test_names_have_what_trips_up_careless_programs(tmp_path: Path) -> None:
    together = "".join(month(tmp_path, STOPS))
    assert all(mark in together for mark in " &%'()!éëïó")


def test_the_six_stops_of_the_demo_hold_an_edit_a_copy_a_removal_and_a_rename(tmp_path: Path) -> None:
    events = [event for stop in range(1, 7) for event in visit(stop, SEED)]
    assert {type(event) for event in events} == {Add, Edit, Rename, Remove}
    contents = list(month(tmp_path, 6).values())
    assert len(contents) - len(set(contents)) == 1


def test_an_edit_changes_a_file_that_is_there(tmp_path: Path) -> None:
    edits = 0
    for stop in range(1, STOPS + 1):
        before = tree(tmp_path)
        for event in visit(stop, SEED):
            if isinstance(event, Edit):
                edits += 1
                assert before[event.path] != event.data
        play(tmp_path, visit(stop, SEED))
    assert edits == 3


def test_some_cards_say_ja_some_nee_and_some_folders_have_none() -> None:
    cards = [brought.card for stop in range(1, 7) for brought in contributions(stop, SEED)]
    assert None in cards
    said = {line for card in cards if card for line in card.splitlines() if line.startswith("Mag iedereen")}
    assert said == {"Mag iedereen dit zien? ja", "Mag iedereen dit zien? nee"}


@pytest.mark.parametrize("where", CARDS, ids=str)
def test_every_card_reads_as_it_was_meant(where: tuple[int, str]) -> None:
    card = read_card("KAART.txt", CARDS[where].encode())
    assert card is not None
    assert card.title
    assert card.audience == ("everyone" if "zien? ja\r\n" in CARDS[where] else "organisers")


def test_a_card_at_stop_8_takes_back_what_its_first_version_allowed() -> None:
    (edit,) = [event for event in visit(8, SEED) if isinstance(event, Edit)]
    before = CARDS[2, "Bibliotheek 't Leespunt"]
    assert edit.data == before.replace("zien? ja", "zien? nee").encode() != before.encode()


def test_no_range_is_left_unfilled() -> None:
    for stop in range(1, STOPS + 1):
        for brought in contributions(stop, SEED):
            assert not [name for name, data in brought.files if re.search(rb"\{\d+-\d+\}", data)]
            assert "{" not in (brought.card or "")


def test_stops_are_numbered_from_one() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        visit(0, SEED)


def test_playing_does_what_a_file_manager_would(tmp_path: Path) -> None:
    play(tmp_path, [Add("data/a/b.txt", b"lang en breed"), Edit("data/a/b.txt", b"kort")])
    assert tree(tmp_path) == {"data/a/b.txt": b"kort"}
    play(tmp_path, [Rename("data/a/b.txt", "data/nieuw/c.txt"), Add("los.txt", b"")])
    assert tree(tmp_path) == {"data/nieuw/c.txt": b"kort", "los.txt": b""}
    play(tmp_path, [Remove("los.txt")])
    assert tree(tmp_path) == {"data/nieuw/c.txt": b"kort"}


@pytest.mark.parametrize("event", [Edit("a", b""), Remove("a"), Rename("a", "b")])
def test_what_is_not_there_cannot_be_changed(tmp_path: Path, event: Edit | Remove | Rename) -> None:
    with pytest.raises(FileNotFoundError):
        play(tmp_path, [event])


def test_a_rename_never_covers_another_file(tmp_path: Path) -> None:
    play(tmp_path, [Add("a", b"1"), Add("b", b"2")])
    with pytest.raises(FileExistsError):
        play(tmp_path, [Rename("a", "b")])
    assert tree(tmp_path) == {"a": b"1", "b": b"2"}


@pytest.mark.parametrize("path", ["", "/etc/x", "../x", "data/../../x", "data//x", "data/./x", "a\0b"])
def test_a_visitor_stays_inside_the_stick(path: str) -> None:
    with pytest.raises(ValueError, match="inside the stick"):
        Add(path, b"")
    with pytest.raises(ValueError, match="inside the stick"):
        Rename("data/x", path)
