"""Rows come in the order of their digests, and as often as they are asked for, however many were laid aside."""

import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.lists import sha256
from linksync.machine import sorting
from linksync.machine.sorting import InOrder

ROWS = st.lists(st.tuples(st.binary(min_size=1, max_size=2), st.binary(max_size=2)))


@given(ROWS, st.integers(1, 5))
def test_rows_are_in_order_and_none_is_lost(rows: list[tuple[bytes, bytes]], at_once: int) -> None:
    sorting._AT_ONCE, before = at_once, sorting._AT_ONCE
    try:
        ordered = InOrder(iter(rows))
    finally:
        sorting._AT_ONCE = before
    assert list(ordered) == sorted(rows)
    assert list(ordered) == sorted(rows)


def test_many_rows_are_not_in_memory_together() -> None:
    def rows() -> Iterator[tuple[bytes, bytes]]:
        for number in range(300_000):
            yield sha256(b"%d" % number), b"data/Bijdrage/blad %06d.txt" % number

    tracemalloc.start()
    ordered = InOrder(rows())
    assert sum(1 for _ in ordered) == 300_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40 * 2**20
