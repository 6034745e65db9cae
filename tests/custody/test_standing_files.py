"""What hand-offs add up to is what a dictionary would say, however many changes there are."""

import tracemalloc
from array import array

from hypothesis import given
from hypothesis import strategies as st

from linksync.custody import standing_files
from linksync.custody.columns import Digests
from linksync.custody.lists import sha256
from linksync.custody.standing_files import StandingFiles

NAMES = st.sampled_from([b"data/%02d" % number for number in range(30)])
STEPS = st.lists(st.tuples(st.booleans(), st.dictionaries(NAMES, st.integers(0, 9))))


@given(STEPS, st.booleans(), st.integers(0, 5))
def test_files_are_a_mapping_in_order_with_their_sizes(
    steps: list[tuple[bool, dict[bytes, int]]], in_columns: bool, few: int
) -> None:
    standing_files._FEW, before = few, standing_files._FEW
    try:
        standing, plain, sizes = StandingFiles(), dict[bytes, bytes](), dict[bytes, int]()
        for is_put, some in steps:
            if is_put:
                taken = {path: sha256(b"%d" % size) for path, size in sorted(some.items())}
                told = array("q", (some[path] for path in taken))
                standing.put(Digests.of(taken.items()) if in_columns else taken, told)
                plain |= taken
                sizes |= some
            else:
                standing.drop(some)
                for path in some:
                    plain.pop(path, None)
                    sizes.pop(path, None)
            assert (len(standing), list(standing), dict(standing.items())) == (len(plain), sorted(plain), plain)
            assert standing == plain
            assert standing.sizes == sizes
            for path in some:
                assert (path in standing, standing.get(path)) == (path in plain, plain.get(path))
                assert standing.told(path) == ((plain[path], sizes[path]) if path in plain else None)
    finally:
        standing_files._FEW = before


def test_a_hundred_thousand_files_take_less_than_sixty_bytes_each_also_after_a_few_more() -> None:
    files = Digests.of((b"data/Bijdrage %05d/blad %05d.txt" % divmod(n, 100), bytes(32)) for n in range(100_000))
    tracemalloc.start()
    standing = StandingFiles()
    standing.put(files, array("q", range(100_000)))
    standing.put({b"data/Later/%05d" % number: bytes(32) for number in range(10_000)}, range(10_000))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(standing) == 110_000
    assert held < 60 * len(standing)
