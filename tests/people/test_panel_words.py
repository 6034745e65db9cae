"""What the daemon says: a short first sentence in both languages, never wrong about whether the stick can come out."""

import re
from typing import get_args

import pytest
from wording import placeholders

from linksync.host.daemon.board import Button
from linksync.host.daemon.states import SENTENCES, Light, State
from linksync.people import pages, panel_words
from linksync.people.panel import WORDS, told
from linksync.people.sentences import ERRORS
from linksync.people.sentences_daemon import SAID
from linksync.people.sentences_ejecting import EJECTING
from linksync.people.sentences_held import HELD
from linksync.people.sentences_log import LOG
from linksync.people.texts import LANGUAGES

NUMBERS = frozenset({"number", "count", "bytes", "waiting", "files", "seconds"})
WORKED_OUT = frozenset({"verdict", "remedy"})
MAY_COME_OUT = re.compile(r"mag eruit\.|can take the stick out\.")


def filled_in(slug: str) -> dict[str, object]:
    fields = SENTENCES[slug].fields
    return {name: 11 if name == "exit" else 3 if name in NUMBERS else f"<{name}>" for name in fields}


def test_every_sentence_of_the_daemon_has_its_words_and_no_other_has() -> None:
    assert SAID.keys() | EJECTING.keys() | LOG.keys() == SENTENCES.keys()


def test_the_words_for_the_panel_of_an_error_are_those_of_a_known_error() -> None:
    assert HELD.keys() - ERRORS.keys() == set()


def test_the_words_ask_for_no_field_that_the_daemon_does_not_give() -> None:
    for slug, pairs in (SAID | EJECTING | LOG).items():
        asked = {name for pair in pairs for text in pair for name in placeholders(text)}
        computed = WORKED_OUT if "exit" in SENTENCES[slug].fields else set()
        assert asked <= SENTENCES[slug].fields | computed, slug


def test_the_words_of_an_error_ask_for_no_field_that_its_own_sentence_does_not_have() -> None:
    for slug, pairs in HELD.items():
        asked = {name for pair in pairs for text in pair for name in placeholders(text)}
        has = {name for text in ERRORS[slug] for name in placeholders(text)}
        assert asked <= has, slug


@pytest.mark.parametrize("slug", sorted(SENTENCES))
def test_a_sentence_is_whole_in_both_languages(slug: str) -> None:
    said = told(slug, filled_in(slug))
    for text in (said.nl, said.en, said.next_nl, said.next_en):
        assert "{" not in text
        assert "…" not in text
        assert "\n" not in text
        assert not text or text.endswith((".", ">"))
    assert said.nl != said.en
    assert bool(said.next_nl) == bool(said.next_en)


@pytest.mark.parametrize("slug", sorted(WORDS))
def test_what_is_read_across_the_room_is_short(slug: str) -> None:
    for language in (0, 1):
        first = re.split(r"(?<=[.:!?]) ", WORDS[slug][0][language])[0]
        assert len(first) <= 95, first


def test_safe_to_remove_is_said_in_the_state_safe_alone() -> None:
    said = {slug for slug in SENTENCES for text in WORDS[slug][0] if MAY_COME_OUT.search(text)}
    assert said == {slug for slug, one in SENTENCES.items() if one.state is State.SAFE and "taken-out" not in slug}
    assert not any(MAY_COME_OUT.search(text) for pairs in HELD.values() for text in pairs[0])


def test_a_sentence_that_worries_says_that_nothing_is_lost() -> None:
    nl, en = r"[Nn]iets|is klaar", r"[Nn]othing|is done"
    worrying = {slug for slug, one in SENTENCES.items() if one.state in {State.HELD, State.YANKED}} | HELD.keys()
    for slug in worrying:
        assert re.search(nl, WORDS[slug][0][0]), slug
        assert re.search(en, WORDS[slug][0][1]), slug


def test_who_has_to_do_something_is_told_what() -> None:
    for slug, one in SENTENCES.items():
        if one.light in {"ask", "attention", "bad"} and one.state is not None:
            assert WORDS[slug][1] != ("", ""), slug
    assert all(pairs[1] != ("", "") for pairs in HELD.values())


def test_numbers_and_sizes_are_told_as_people_say_them() -> None:
    said = told("daemon-safe", {"number": 7, "count": 1, "bytes": 1_250_000})
    assert "1 bestand, 1,2 MB" in said.nl
    assert "1 file, 1.2 MB" in said.en


def test_a_bad_verdict_is_told_with_what_to_do() -> None:
    said = told("daemon-verified-ill", {"exit": 31})
    assert "keten van overdrachten is gebroken" in said.nl
    assert "organisers" in said.next_en


def test_an_error_without_words_for_the_panel_says_its_own_sentence() -> None:
    said = told("key-weak", {"path": "/home/a/key"})
    assert "/home/a/key" in said.nl
    assert said.next_nl == ""
    assert "brand-new" in told("brand-new").en


def test_an_error_on_the_panel_asks_for_no_command() -> None:
    for pairs in HELD.values():
        assert not re.search(r"--[a-z]|run this again|begin opnieuw|linksync [a-z]+\"", " ".join(pairs[0] + pairs[1]))


def test_a_field_that_looks_like_markup_or_a_placeholder_stays_what_it_is() -> None:
    hostile = "<script>alert(1)</script>{number!r:>9999}"
    assert hostile in told("daemon-ejecting-busy", {"programs": hostile}).nl


def test_the_page_gets_all_its_words_from_the_catalogue_and_has_none_of_its_own() -> None:
    script = pages.source("panel.js")
    used = set(re.findall(r"\bwords\.(\w+)", script))
    for language in LANGUAGES:
        words = panel_words.of_page(language)
        assert used == words.keys()
        texts = [text for word in words.values() for text in _texts(word) if len(text) > 6]
        assert [text for text in texts if text in script] == []


def _texts(word: object) -> list[str]:
    if isinstance(word, dict):
        return list(word.values())
    return [str(one) for one in word] if isinstance(word, list) else [str(word)]


def test_every_light_and_every_button_of_the_board_has_a_word() -> None:
    assert {*get_args(Light), "done"} == panel_words.LIGHTS.keys()
    assert {button for button in get_args(Button) if button} == panel_words.BUTTONS.keys()
