"""Why a document has no text is said in words, in both languages."""

import pytest

from linksync.knowledge.extracted import PASSING, WHYS
from linksync.people.sentences import reason_told
from linksync.people.sentences_reading import REASONS


def test_every_reason_for_having_no_text_has_words_and_no_others_have() -> None:
    assert set(REASONS) == {f"text-{why}" for why in WHYS}
    assert set(WHYS) >= PASSING


@pytest.mark.parametrize("why", WHYS)
def test_the_words_are_words_in_either_language(why: str) -> None:
    dutch, english = reason_told(f"text-{why}", "nl"), reason_told(f"text-{why}", "en")
    assert len({why, dutch, english}) == 3
    for told in (dutch, english):
        assert " " in told
        assert told[0].islower()
        assert not told.endswith(".")
