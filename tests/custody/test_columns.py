"""Columns say what a mapping with an object for each file says, in a tenth of the memory."""

import tracemalloc
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.columns import Digests, Listed, Paths
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


@given(st.dictionaries(st.binary(min_size=1, max_size=3), st.binary(max_size=3)))
def test_lists_side_by_side_are_a_mapping_too(files: dict[bytes, bytes]) -> None:
    plain = {path: sha256(data) for path, data in sorted(files.items())}
    listed = Listed(list(plain), list(plain.values()))
    assert listed == plain
    assert (list(listed.items()), list(listed.values()), len(listed)) == (
        [*plain.items()],
        [*plain.values()],
        len(plain),
    )
    assert listed.get(b"elsewhere") is None
