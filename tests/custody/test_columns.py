"""Columns say what a mapping with an object for each file says, in a tenth of the memory."""

import time
import tracemalloc
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody import columns
from linksync.custody.columns import Digests, DigestSet, Paths
from linksync.custody.lists import sha256

PATHS = st.lists(st.binary(min_size=1, max_size=12).filter(lambda path: b"\0" not in path), unique=True, max_size=40)
MANY = [b"data/Bijdrage %05d/blad %05d.txt" % divmod(number, 100) for number in range(100_000)]


@given(PATHS, st.data())
def test_paths_are_a_sequence_in_the_order_of_their_bytes(some: list[bytes], data: st.DataObject) -> None:
    ordered = sorted(some)
    paths = Paths(ordered)
    assert list(paths) == ordered
    assert (len(paths), bool(paths)) == (len(ordered), bool(ordered))
    assert paths == Paths(iter(ordered))
    assert paths == tuple(ordered)
    assert (paths == (*ordered, b"other")) is False
    for path in data.draw(st.lists(st.sampled_from([*ordered, b"elsewhere"]), max_size=5)):
        assert (path in paths) == (path in ordered)
        assert paths.place(path) == (bisect_left(ordered, path) if path in ordered else None)
    if ordered:
        place = data.draw(st.integers(-len(ordered), len(ordered) - 1))
        assert paths[place] == ordered[place]
    start, end = data.draw(st.integers(0, 45)), data.draw(st.integers(0, 45))
    assert list(paths[start:end]) == ordered[start:end]
    assert list(paths[::-1]) == ordered[::-1]


def test_many_paths_are_found_across_blocks_and_between_two_places() -> None:
    paths = Paths(MANY)
    for place in (0, 511, 512, 513, 99_999):
        assert paths[place] == MANY[place]
        assert paths.place(MANY[place]) == place
        assert list(paths.between(place, place + 700)) == MANY[place : place + 700]
    some = MANY[5::9_999]
    assert list(paths.placed(some)) == [(MANY.index(path), path) for path in some]
    with pytest.raises(IndexError):
        paths[100_000]


@given(st.dictionaries(st.binary(min_size=1, max_size=3).filter(lambda path: b"\0" not in path), st.binary(max_size=3)))
def test_digests_are_a_mapping_that_can_do_without_some_files(files: dict[bytes, bytes]) -> None:
    plain = {path: sha256(data) for path, data in sorted(files.items())}
    digests = Digests.of(plain.items())
    assert digests == plain
    assert list(digests.items()) == list(plain.items())
    left_out = [path for path in plain if path[0] % 2]
    rest = digests.but([*left_out, b"elsewhere"])
    assert rest == {path: digest for path, digest in plain.items() if path not in left_out}
    assert (len(rest), [path in rest for path in left_out]) == (len(plain) - len(left_out), [False] * len(left_out))
    assert digests == plain


def test_a_hundred_thousand_paths_with_their_digests_take_less_than_fifty_bytes_each() -> None:
    digest = bytes(32)
    tracemalloc.start()
    digests = Digests.of((path, digest) for path in MANY)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(digests) == len(MANY)
    assert held < 50 * len(MANY)


@given(PATHS, st.integers(1, 5))
def test_paths_grow_and_are_the_same_however_they_came(some: list[bytes], many: int) -> None:
    ordered, grown = sorted([*some, *MANY[:1500]]), Paths()
    for start in range(0, len(ordered), 300 * many):
        assert grown.last == (ordered[start - 1] if start else None)
        grown.extend(ordered[start : start + 300 * many])
    assert grown == Paths(ordered)
    assert [grown.place(path) for path in ordered] == list(range(len(ordered)))
    assert [grown.place(path) for path in reversed(ordered)] == list(reversed(range(len(ordered))))
    assert [grown.place(path + b"!") for path in ordered if path + b"!" not in ordered] == [None] * len(ordered)


def test_a_path_with_what_stands_between_paths_in_it_is_one_path() -> None:
    odd = sorted([*MANY[:1500], b"data/Bijdrage 00007/x\0y"])
    paths = Paths(odd)
    assert list(paths) == odd
    assert [paths.place(path) for path in odd] == list(range(len(odd)))


@pytest.mark.parametrize("groups", [columns._GROUPS, 0])
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 30))))
def test_a_set_of_digests_is_a_set(groups: int, steps: list[tuple[bool, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_GROUPS", groups)  # in one group some are found across two
        digests, plain = DigestSet(), set[bytes]()
        for is_added, number in steps:
            one = bytes([number // 16, 7]) * 15 + bytes([number // 16, number])  # alike enough for that
            (digests.add if is_added else digests.discard)(one)
            (plain.add if is_added else plain.discard)(one)
            assert (len(digests), set(digests), one in digests) == (len(plain), plain, one in plain)
        assert b"" not in digests


def test_no_list_can_choose_digests_that_are_slow_to_tell_apart() -> None:
    def seconds(beginning: bytes) -> float:
        begun = time.process_time()
        some = (beginning + sha256(b"%d" % number)[len(beginning) :] for number in range(40_000))
        assert len(DigestSet(some)) == 40_000
        return time.process_time() - begun

    assert seconds(b"\0\0") < 10 * max(seconds(b""), 0.01)
