"""Every code of screening is told in both languages: a word, a sentence and what to do."""

import pytest

from linksync.custody.screening import CODES, POLICY
from linksync.people.sentences_screening import SCREENED


def test_every_code_has_its_sentences_and_no_other() -> None:
    assert SCREENED.keys() == {*CODES, POLICY}


@pytest.mark.parametrize("code", sorted(SCREENED))
def test_a_code_is_told_to_lay_people(code: str) -> None:
    words, sentence, remedy = SCREENED[code]
    for nl, en in (words, sentence, remedy):
        assert nl != en
        assert "{" not in nl + en
    for told in (*sentence, *remedy):
        assert told.endswith(".")
        assert told[0].isupper()
    for told in words:
        assert not told.endswith(".")
        assert len(told) <= 60


@pytest.mark.parametrize("code", sorted(SCREENED))
def test_a_sentence_at_the_table_is_one_sentence(code: str) -> None:
    for told in SCREENED[code][1]:
        assert told.count(". ") == 0
        assert len(told) <= 120
