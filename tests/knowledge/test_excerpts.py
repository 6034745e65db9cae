"""Excerpts: the place where most of what was looked for stands together."""

from hypothesis import given
from hypothesis import strategies as st

from linksync.knowledge.excerpts import WIDTH, Sought, excerpt, roots_of

TERMS = {"rooster": 0, "zorg": 1}
SOUGHT = Sought(roots_of(TERMS), lambda word: TERMS.get(word, -1))


def test_the_place_with_most_different_words_is_shown() -> None:
    text = "rooster " + "en nog iets anders " * 40 + "het rooster van de zorg " + "daarna niets meer " * 40
    shown = excerpt(text, SOUGHT)
    assert "het rooster van de zorg" in shown.text
    assert shown.text.startswith("… ")
    assert shown.text.endswith(" …")
    assert [shown.text[start:end] for start, end in shown.marks] == ["rooster", "zorg"]


def test_where_nothing_is_found_the_beginning_is_shown() -> None:
    assert excerpt("niets van dat alles", SOUGHT) == excerpt("niets van dat alles", Sought((), lambda _word: -1))


def test_only_whole_words_are_marked() -> None:
    shown = excerpt("roosteren, rooster en zorgen", SOUGHT)
    assert [shown.text[start:end] for start, end in shown.marks] == ["rooster"]


def test_a_root_that_another_holds_is_enough() -> None:
    assert roots_of(["rooster", "roosteren", "ler"]) == ("le", "rooste")


@given(st.text(max_size=600))
def test_any_text_has_an_excerpt_that_is_not_long(text: str) -> None:
    shown = excerpt(text, SOUGHT)
    assert len(shown.text) <= WIDTH + 4
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
