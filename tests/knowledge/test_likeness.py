"""Likeness: what is nearly the same is told from what is not, by a sketch of fixed size."""

import random
from array import array
from zlib import crc32

import pytest

from linksync.knowledge.likeness import ALIKE, BINS, bands, likeness, sketch


def talk(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f"w{chance.randrange(500)}" for _ in range(count)]


def test_the_same_words_are_alike_and_others_are_not() -> None:
    one, other = talk(300, 1), talk(300, 2)
    assert likeness(sketch(one), sketch(one)) == 1
    assert likeness(sketch(one), sketch(other)) < 0.1


def test_a_text_with_a_sentence_more_is_found_by_its_bands() -> None:
    missed = 0
    for seed in range(50):
        text = talk(300, seed)
        near = sketch([*text[:150], *talk(6, seed + 1000), *text[150:]])
        assert likeness(sketch(text), near) >= ALIKE
        missed += not set(bands(sketch(text))) & set(bands(near))
    assert missed <= 1


def test_what_is_too_short_is_like_nothing() -> None:
    assert sketch(talk(5, 1)) == b""
    assert list(bands(b"")) == []
    assert likeness(b"", b"") == 0


def test_likeness_follows_what_is_in_common() -> None:
    text = talk(400, 3)
    half = [*text[:200], *talk(200, 4)]
    assert 0.15 < likeness(sketch(text), sketch(half)) < 0.55


@pytest.mark.parametrize("count", [12, 30, 66, 300, 2000])
def test_a_sketch_holds_the_least_hash_of_each_bin_and_stays_what_older_catalogues_keep(count: int) -> None:
    text = [*talk(count - 1, 5), "één"]
    hashes = [crc32(word.encode()) for word in text]
    runs = [hash(tuple(hashes[at : at + 3])) for at in range(count - 2)]
    least = [min((run for run in runs if run % BINS == bin_), default=None) for bin_ in range(BINS)]
    for at, said in enumerate(array("I", sketch(text))):
        step = next(step for step in range(BINS) if least[(at + step) % BINS] is not None)
        lent = least[(at + step) % BINS]
        assert lent is not None
        assert said == ((lent >> 6) + step * 0x27D4EB2F) % 2**32
