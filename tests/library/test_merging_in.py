"""Merging in gives, hand-off by hand-off and at the price of what is new, what merging all of them gives."""

import tempfile
import tracemalloc
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from months import a_gift, a_handoff, months

from linksync.library.describing import describe, describe_all
from linksync.library.facts import Facts
from linksync.library.givings import Gifts, Given
from linksync.library.index import line_of, read_index
from linksync.library.leaves import LEAF_MAX, cut, read_sums
from linksync.library.merge import merge
from linksync.library.merging_anew import merge_anew
from linksync.library.merging_in import Change, NotAloneError, merge_in

Revoked = Mapping[str, Mapping[str, str]]


def known(facts: Facts) -> list[tuple[bytes, str, bytes]]:
    return facts.lines("")


def wanted(handoffs: Iterable[Given], revoked: Revoked) -> list[tuple[bytes, str, bytes]]:
    return [(one.digest, one.place, line_of(one)) for one in merge(handoffs, revoked).contents]


def brought(facts: Facts, new: Sequence[Given], revoked: Revoked) -> tuple[list[Change], bool]:
    """As a pull does: merged in, or all anew where that has to be."""
    try:
        with facts.attempt():
            return merge_in(facts, new, revoked), True
    except NotAloneError:
        all_ = [*facts.all(), *new]
        merge_anew(facts, all_, revoked)
        return [], False


@settings(max_examples=300)
@given(
    months(),
    st.randoms(use_true_random=False),
    st.sampled_from([{}, {"h2": {}}, {"h1": {"l1": "0" * 64}}, {"other": {"l1": "1" * 64}}]),
)
def test_any_batches_in_any_order_give_what_merging_all_gives(
    month: list[Given], random: object, revoked: Revoked
) -> None:
    random.shuffle(month)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder, closing(Facts.anew(Path(folder), "relay")) as facts:
        there: dict[bytes, str] = {}
        at = 0
        while at < len(month):
            size = random.randint(1, 3)  # type: ignore[attr-defined]
            changes, is_alone = brought(facts, month[at : at + size], revoked)
            at += size
            assert known(facts) == wanted(month[:at], revoked)
            assert facts.counts() == (len(month[:at]), len(known(facts)))
            now = {digest: place for digest, place, _ in known(facts)}
            if is_alone:
                changed = {one.digest: (one.before, one.after) for one in changes}
                moved = {d: (there.get(d), place) for d, place in now.items() if there.get(d) != place}
                assert moved.items() <= changed.items()
            there = now
        again = sorted(facts.all(), key=lambda one: one.seal)
        assert [one.seal for one in again] == sorted(one.seal for one in month)
        assert wanted(again, revoked) == wanted(month, revoked)


def test_a_month_without_mishaps_is_merged_in_one_by_one(tmp_path: Path) -> None:
    month = a_long_month(40)
    with closing(Facts.anew(tmp_path, "relay")) as facts:
        for one in month:
            merge_in(facts, [one], {})
        assert known(facts) == wanted(month, {})


def test_going_on_from_either_side_of_a_fork_is_merged_in_too(tmp_path: Path) -> None:
    one = a_handoff(1, [a_gift(b"data/plan", b"1")])
    left, right = a_handoff(2, [a_gift(b"data/plan", b"2")], after=one), a_handoff(2, after=one, holder="h2")
    with closing(Facts.anew(tmp_path, "relay")) as facts:
        merge_in(facts, [one], {})
        merge_in(facts, [left], {})
        with pytest.raises(NotAloneError), facts.attempt():
            merge_in(facts, [right], {})
        merge_anew(facts, [one, left, right], {})
        later = a_handoff(3, [a_gift(b"data/plan", b"3")], after=right, holder="h2")
        merge_in(facts, [later], {})
        assert known(facts) == wanted([one, left, right, later], {})


@pytest.mark.parametrize("batch", [1, 7])
def test_leaves_follow_from_what_is_in_and_not_from_how_it_came(batch: int, tmp_path: Path) -> None:
    month = a_long_month(90, each=12)
    often, once = tmp_path / "often", tmp_path / "once"
    with closing(Facts.anew(often, "relay")) as facts:
        for at in range(0, len(month), batch):
            changes = merge_in(facts, month[at : at + batch], {})
            describe(often, facts, [one.digest for one in changes])
    with closing(Facts.anew(once, "relay")) as facts:
        merge_anew(facts, month, {})
        describe_all(once, facts)
        lines = [line for _, _, line in known(facts)]
        places = {digest: place for digest, place, _ in known(facts)}
    assert leaves(often) == leaves(once)
    assert len(leaves(once)) >= 2 * 16
    assert b"".join(path.read_bytes() for path in sorted((once / "index").iterdir())) == b"".join(lines)
    assert read_sums(once) == places
    assert [bytes.fromhex(entry.sha256) for entry in read_index(once)] == sorted(places)


@given(st.sets(st.binary(min_size=2, max_size=2), max_size=1200), st.integers(0, 2))
def test_leaves_are_short_and_together_are_everything_in_order(heads: set[bytes], alike: int) -> None:
    digests = sorted(bytes(alike) + head.ljust(32 - alike, b"\0") for head in heads)
    leaves = list(cut(digests))
    assert [digest for _, start, end in leaves for digest in digests[start:end]] == digests
    for beginning, start, end in leaves:
        assert 0 < end - start <= LEAF_MAX
        assert all(digest.hex().startswith(beginning) for digest in digests[start:end])
    names = [beginning for beginning, _, _ in leaves]
    assert names == sorted(names)


def test_many_files_that_share_nothing_are_merged_anew_in_little_memory(tmp_path: Path) -> None:
    gifts = Gifts(
        a_gift(b"data/Bijdrage %03d/%05d.txt" % divmod(number, 100), b"%d" % number) for number in range(20_000)
    )
    with closing(Facts.anew(tmp_path, "relay")) as facts:
        tracemalloc.start()
        merge_anew(facts, [a_handoff(1, after=None), replace(a_handoff(2), gifts=gifts)], {})
        describe_all(tmp_path, facts)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert facts.counts() == (2, 20_000)
    assert most < 6 * 2**20


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 9)), max_size=9))
def test_gifts_in_columns_are_the_gifts(told: list[tuple[bool, bool, int]]) -> None:
    plain = [a_gift(b"data/%d" % at, b"x" * one[2], everyone=one[0], held=one[1]) for at, one in enumerate(told)]
    gifts = Gifts(iter(plain))
    assert (list(gifts), len(gifts), [gifts[at] for at in range(len(plain))]) == (plain, len(plain), plain)
    assert (list(gifts[1:]), [gifts[-1]] if plain else []) == (plain[1:], plain[-1:])


def a_long_month(handoffs: int, *, each: int = 3) -> list[Given]:
    """Each adds files, rewrites one that the one before brought, and moves another."""
    month = [a_handoff(1, [a_gift(b"data/LEES-MIJ.txt", b"lees mij")])]
    for number in range(2, handoffs + 1):
        gifts = [a_gift(b"data/h%d/%d.txt" % (number, one), b"%d %d" % (number, one)) for one in range(each)]
        gone = []
        if number > 2:
            gifts.append(a_gift(b"data/h%d/0.txt" % (number - 1), b"%d again" % number))
            gifts.append(a_gift(b"data/h%d/from before.txt" % number, b"%d 1" % (number - 1)))
            gone = [(b"data/h%d/1.txt" % (number - 1), b"%d 1" % (number - 1))]
        narrowed = (b"data/h%d" % (number - 1),) if number % 5 == 0 else ()
        month.append(a_handoff(number, gifts, after=month[-1], gone=gone, narrowed=narrowed))
    return month


def leaves(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for kind in ("sums", "index") for path in (root / kind).iterdir()
    }
