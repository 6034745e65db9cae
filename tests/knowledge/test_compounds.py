"""Compounds: a long word is taken apart into words that stand somewhere by themselves, and into nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.knowledge.compounds import parts
from linksync.knowledge.stems import forms

SAID = """rooster school scholen gemeenschap kant oren oor kantoor planning arbeid markt kind opvang personeel beleid
plan ten gemeente bestuur antwoord werk les zorg wijk team huis stijl pilot overleg leiding nationaal eten"""
KNOWN = frozenset({*SAID.split(), *(forms(word).dutch for word in SAID.split())})


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("zelfroosteren", {"rooster"}),
        ("scholengemeenschap", {"school", "gemeenschap"}),
        ("arbeidsmarkt", {"arbeid", "markt"}),
        ("kinderopvang", {"kind", "opvang"}),
        ("personeelsbeleid", {"personeel", "beleid"}),
        ("wijkzorgteam", {"wijk", "zorg", "team"}),
        ("lesrooster", {"rooster"}),
        ("zelfroosterexperiment", {"rooster"}),
        ("internationaal", {"nationaal"}),
    ],
)
def test_a_compound_falls_into_its_words(word: str, found: set[str]) -> None:
    assert {forms(one).dutch for one in found} <= set(parts(word, KNOWN.__contains__))


@pytest.mark.parametrize("word", ["kantoren", "planten", "verantwoorden", "rooster", "roosters", "voorbeeld", "weten"])
def test_what_is_no_compound_of_them_stays_whole(word: str) -> None:
    assert parts(word, KNOWN.__contains__) == ()


@given(st.text(alphabet="abdelnorstz", max_size=60), st.sets(st.text(alphabet="abdelnorstz", min_size=1, max_size=6)))
def test_parts_are_words_that_are_known_whatever_the_word(word: str, known: set[str]) -> None:
    assert parts(word, lambda piece: piece in known) == parts(word, known.__contains__)
