"""Cards: what is lit with what is said."""

import pytest

from linksync.host.daemon.cards import light_of
from linksync.host.daemon.states import LIGHTS_OF_ERRORS, SENTENCES, State, words
from linksync.people.sentences_disks import ERRORS
from linksync.people.sentences_held import HELD


def test_every_reason_to_hold_a_stick_that_people_are_told_has_a_light_of_its_own() -> None:
    assert HELD.keys() | ERRORS.keys() <= LIGHTS_OF_ERRORS.keys()
    assert not LIGHTS_OF_ERRORS.keys() & SENTENCES.keys()


@pytest.mark.parametrize(
    ("slug", "light"),
    [
        ("state-busy", "busy"),
        ("stick-busy", "busy"),
        ("stick-gone", "attention"),
        ("disk-gone", "attention"),
        ("stick-full", "attention"),
        ("key-needs-passphrase", "attention"),
        ("host-unknown", "attention"),
        ("stick-readback", "bad"),
        ("organiser-not-label", "bad"),
        ("state-damaged", "bad"),
        ("daemon-work-died", "bad"),
    ],
)
def test_red_is_for_what_is_wrong_and_not_for_what_somebody_can_mend(slug: str, light: str) -> None:
    assert light_of(words(slug), State.HELD) == light


def test_an_error_that_nobody_thought_of_is_grave_where_a_stick_is_held_for_it() -> None:
    assert light_of(words("never-heard-of"), State.HELD) == "bad"
    assert light_of(words("never-heard-of"), State.QUEUED) == "attention"
