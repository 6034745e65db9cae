"""Indexing: a text is kept on one line, with one space for whatever is white."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from linksync.knowledge.indexing import kept_text


@given(st.text("ab. \t\r\n\u00a0\u2003\u200b", max_size=30))
def test_a_text_is_kept_on_one_line_with_single_spaces(text: str) -> None:
    kept = kept_text(text)
    assert kept == " ".join(kept.split())
    assert kept.replace("·", " ").split() == unicodedata.normalize("NFC", text).split()


def test_a_line_that_ends_within_a_sentence_goes_on_and_another_ends_at_a_dot() -> None:
    assert kept_text("Wij delen wat\nwij  weten.\nAgenda\nPlannen") == "Wij delen wat wij weten. Agenda · Plannen"
