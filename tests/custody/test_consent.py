"""Consent: only an unmistakable yes on every card lets everyone see a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.consent import Consent, contribution, is_card, read_cards

YES = b"Titel: Les\nWie: Assen\nMag iedereen dit zien? ja\n"
NO = b"Titel: Les\nWie: Assen\nMag iedereen dit zien? nee\n"
SILENT = b"Titel: Les\nWie: Assen\n"


def asked(path: bytes, **cards: bytes | None) -> str:
    """What the cards in these folders (``data`` and what is below it, ``_`` for ``/``) ask for a file."""
    found = {f"{folder.replace('_', '/')}/KAART.txt".encode(): data for folder, data in cards.items()}
    captured = {card: data for card, data in found.items() if data is not None}
    return Consent(read_cards(captured, found)).asked(path)


FILE = b"data/assen/map/verslag.pdf"


def test_a_yes_on_the_card_of_the_contribution_is_a_yes_for_all_in_it() -> None:
    assert asked(FILE, data_assen=YES) == "everyone"
    assert asked(FILE, data_assen=YES, data_assen_map=YES) == "everyone"
    assert asked(FILE, data_assen_map=YES) == "everyone"


@pytest.mark.parametrize("card", [NO, SILENT, b"", b"Mag iedereen dit zien? misschien\n", b"\xff\xfe\xff", None])
def test_anything_else_than_a_yes_leaves_the_file_with_the_organisers(card: bytes | None) -> None:
    assert asked(FILE, data_assen=card) == "organisers"
    assert asked(FILE, data_assen=YES, data_assen_map=card) == "organisers"
    assert asked(FILE, data_assen=card, data_assen_map=YES) == "organisers"


def test_without_a_card_nobody_consented() -> None:
    assert asked(FILE) == "organisers"
    assert asked(FILE, data_emmen=YES, data=YES, data_assen_andere=YES) == "organisers"


def test_a_card_in_data_itself_speaks_for_the_files_directly_in_it() -> None:
    assert asked(b"data/los.pdf", data=YES) == "everyone"
    assert asked(b"data/assen/los.pdf", data=YES) == "organisers"
    assert asked(b"los.pdf", data=YES) == "organisers"


@given(st.dictionaries(st.sampled_from(["data", "data_assen", "data_assen_map"]), st.sampled_from([YES, NO, None])))
def test_one_more_card_without_a_yes_never_widens(cards: dict[str, bytes | None]) -> None:
    before = asked(FILE, **cards)
    for folder in ("data", "data_assen", "data_assen_map"):
        after = asked(FILE, **{**cards, folder: NO})
        assert (before, after) != ("organisers", "everyone")


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (b"data/assen/map/a", b"data/assen"),
        (b"data/assen/a", b"data/assen"),
        (b"data/a", b"data"),
        (b"map/sub/a", b"map"),
        (b"a", b""),
    ],
)
def test_a_contribution_is_a_folder_in_data_or_beside_it(path: bytes, folder: bytes) -> None:
    assert contribution(path) == folder


def test_a_card_is_known_by_its_name_alone() -> None:
    assert is_card(b"data/assen/KAART.txt")
    assert is_card(b"card.yaml")
    assert not is_card(b"data/KAART.txt/verslag.pdf")
    assert not is_card(b"data/KAART.txt.exe")
    assert not is_card(b"data/\xffKAART.txt")
