"""The catalogue of findings, and which exit status the gravest of them gives."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.findings import CATALOGUE, GRAVEST_FIRST, VERDICTS, Finding, finding, gravest

CODES = st.sampled_from(sorted(CATALOGUE))


def test_every_code_leads_to_an_exit_status_that_has_a_word_and_a_place() -> None:
    assert set(CATALOGUE.values()) - {0} <= set(GRAVEST_FIRST)
    assert set(GRAVEST_FIRST) | {0} == set(VERDICTS)
    assert len(set(VERDICTS.values())) == len(VERDICTS)


def test_a_note_is_a_note_and_everything_else_is_not() -> None:
    assert all((CATALOGUE[code] == 0) == code.startswith("W") for code in CATALOGUE)


@given(st.sets(st.sampled_from([0, *GRAVEST_FIRST])))
def test_the_gravest_is_the_first_that_applies(exits: set[int]) -> None:
    order = [*GRAVEST_FIRST, 0]
    assert order.index(gravest(exits)) == min((order.index(code) for code in exits), default=len(order) - 1)


@pytest.mark.parametrize(("grave", "less"), list(itertools.pairwise(GRAVEST_FIRST)))
def test_what_stands_first_wins(grave: int, less: int) -> None:
    assert gravest({less, grave, 0}) == grave


def test_a_finding_outside_the_catalogue_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="E999"):
        finding("E999")


@given(CODES, st.text(max_size=20))
def test_attesting_turns_a_finding_into_a_note_and_changes_nothing_else(code: str, path: str) -> None:
    told = finding(code, path, found=7, expected="eight")
    assert told.exit == CATALOGUE[code]
    assert told.fields == (("found", "7"), ("expected", "eight"))
    noted = told.attest(3)
    assert (noted.exit, noted.attested) == (0, 3)
    assert Finding(code=noted.code, path=noted.path, fields=noted.fields) == told
