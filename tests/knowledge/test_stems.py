"""Stems: forms of a word meet; words that only look alike do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.knowledge.stems import WORD, composed, forms, lower, words


def meet(one: str, other: str) -> bool:
    a, b = forms(one), forms(other)
    return bool({a.dutch, *a.keys} & {b.dutch, *b.keys}) or a.english == b.english


@pytest.mark.parametrize(
    "told",
    [
        "rooster roosters roosteren geroosterd roosterde",
        "brief brieven briefje",
        "huis huizen",
        "plannen plan gepland plande",
        "haven havens haventje",
        "fiets fietsen gefietst",
        "gemeente gemeenten gemeentes",
        "kantoor kantoren kantoortje",
        "werken gewerkt werkte werkt",
        "schedule scheduled scheduling",
        "study studies studied",
        "café cafés cafe",
    ],
)
def test_forms_of_a_word_meet(told: str) -> None:
    first, *others = told.split()
    assert [other for other in others if not meet(first, other)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("plan", "plant"), ("gemeente", "mening"), ("begeleid", "beleid"), ("roman", "romantiek"), ("metselde", "met")],
)
def test_words_that_only_look_alike_do_not(one: str, other: str) -> None:
    assert not meet(one, other)


def test_words_are_parted_at_all_that_is_no_letter_or_digit() -> None:
    assert words("E-learning, foto's & plan_2011 (3de)") == ["e", "learning", "foto", "s", "plan", "2011", "3de"]


@given(st.text(max_size=80))
def test_a_text_in_lower_case_is_as_long_as_it_was(text: str) -> None:
    assert len(lower(composed(text))) == len(composed(text))


@given(st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1, max_size=100))
def test_any_word_has_a_token(word: str) -> None:
    one = forms(word.lower())
    assert one.dutch
    assert one.english
    assert all(one.keys)


_ODD = "aé²_-.'\u2019\u2014\u00b7\u00a0\u1680\u0301\u4e00\U0001f600 "
"""A letter, one with an accent, a digit that is none, marks, spaces, an accent alone, a sign."""


@given(st.text() | st.text(_ODD))
def test_words_are_runs_of_letters_and_digits_whatever_stands_between_them(text: str) -> None:
    assert words(text) == WORD.findall(lower(text))
