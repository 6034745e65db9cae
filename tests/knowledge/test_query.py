"""Queries: what people type is understood, and never an error."""

from hypothesis import given
from hypothesis import strategies as st

from linksync.knowledge.query import TERMS_MAX, Term, read_terms


def test_words_phrases_beginnings_and_what_must_not_be_there() -> None:
    assert read_terms('Goed „samen werken” plan* -oud -"niet dit"') == (
        Term(words=("goed",)),
        Term(words=("samen", "werken")),
        Term(words=("plan",), prefix=True),
        Term(words=("oud",), excluded=True),
        Term(words=("niet", "dit"), excluded=True),
    )


def test_words_that_say_nothing_are_left_out_where_others_say_something() -> None:
    assert read_terms("hoe werkt de zorg") == (Term(words=("werkt",)), Term(words=("zorg",)))
    assert read_terms("de het") == (Term(words=("de",)), Term(words=("het",)))
    assert read_terms('"de zorg"') == (Term(words=("de", "zorg")),)


def test_a_word_with_a_hyphen_is_a_phrase() -> None:
    assert read_terms("e-learning") == (Term(words=("e", "learning")),)


def test_a_quote_that_is_not_closed_is_none() -> None:
    assert read_terms('goed "samen werken') == tuple(Term(words=(word,)) for word in ("goed", "samen", "werken"))


@given(st.text(max_size=400))
def test_anything_can_be_typed(text: str) -> None:
    terms = read_terms(text)
    assert len(terms) <= TERMS_MAX
    assert all(word and word.isalnum() for term in terms for word in term.words)
