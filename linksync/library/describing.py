"""Describing: what the library says of itself, rewritten where something changed."""

from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from linksync.custody.lists import Digest, sha256
from linksync.library.facts import Facts
from linksync.library.leaves import ALL, INDEX, SUMS, leaf_name, listed, sums_bytes, write_leaves
from linksync.library.shelves import WORKSHOP


def describe(root: Path, facts: Facts, changed: Iterable[Digest], spoilt: Iterable[str] = ()) -> None:
    """Rewrite the leaves in which contents changed.

    Args:
        root: of the library.
        facts: begun; they know what changed.
        changed: the contents.
        spoilt: beginnings of leaves that are to be written again.
    """
    beginnings = {_leaf_of(facts, digest.hex()) for digest in changed}
    beginnings |= {"" if one == ALL else one for one in spoilt}
    before = [leaf_name(kind, beginning) for beginning in beginnings for kind in (SUMS, INDEX)]
    leaves = (leaf for beginning in sorted(beginnings) for leaf in _written(facts, beginning))
    write_leaves(root, leaves, lambda new: set(before) - new, root / WORKSHOP)


def describe_all(root: Path, facts: Facts) -> None:
    """Write all leaves, and take away what is none any more."""
    facts.drop_leaves()

    def stale(new: Set[str]) -> set[str]:
        return {name for kind in (SUMS, INDEX) for name in listed(root, kind)} - new

    write_leaves(root, _written(facts, ""), stale, root / WORKSHOP)


def _leaf_of(facts: Facts, digest: str) -> str:
    """The leaf in which a content stands, or which is to be cut for it."""
    return next(
        digest[:length]
        for length in range(65)
        if facts.has_leaf(digest[:length]) or length == 64 or facts.fits_leaf(digest[:length])
    )


def _written(facts: Facts, beginning: str) -> Iterator[tuple[str, bytes]]:
    """The leaves of the contents that begin so, by their paths; cut as ``leaves.cut`` cuts them."""
    facts.drop_leaf(beginning)
    if len(beginning) < 64 and not facts.fits_leaf(beginning):
        for digit in "0123456789abcdef":
            yield from _written(facts, beginning + digit)
        return
    rows = facts.lines(beginning)
    if rows:
        sums = sums_bytes((digest, place) for digest, place, _ in rows)
        entries = b"".join(line for _, _, line in rows)
        facts.put_leaf(beginning, sha256(sums), sha256(entries))
        yield leaf_name(SUMS, beginning), sums
        yield leaf_name(INDEX, beginning), entries
