"""Describing: what the library says of itself, rewritten where something changed."""

from collections.abc import Iterable
from pathlib import Path

from linksync.custody.lists import Digest, sha256
from linksync.library.facts import Facts
from linksync.library.leaves import ALL, INDEX, SUMS, cut, leaf_name, listed, sums_bytes, write_leaves
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
    leaves: dict[str, bytes] = {}
    stale: list[str] = []
    for beginning in sorted(beginnings):
        again = _written(facts, beginning)
        leaves |= again
        stale += [name for kind in (SUMS, INDEX) if (name := leaf_name(kind, beginning)) not in again]
    write_leaves(root, leaves, stale, root / WORKSHOP)


def describe_all(root: Path, facts: Facts) -> None:
    """Write all leaves, and take away what is none any more."""
    facts.drop_leaves()
    leaves = _written(facts, "")
    stale = [name for kind in (SUMS, INDEX) for name in listed(root, kind) if name not in leaves]
    write_leaves(root, leaves, stale, root / WORKSHOP)


def _leaf_of(facts: Facts, digest: str) -> str:
    """The leaf in which a content stands, or which is to be cut for it."""
    return next(
        digest[:length]
        for length in range(65)
        if facts.has_leaf(digest[:length]) or length == 64 or facts.fits_leaf(digest[:length])
    )


def _written(facts: Facts, beginning: str) -> dict[str, bytes]:
    """The leaves of the contents that begin so, by their paths."""
    rows = facts.lines(beginning)
    found: dict[str, bytes] = {}
    facts.drop_leaf(beginning)
    for leaf, start, end in cut([row[0] for row in rows], beginning):
        sums = sums_bytes((digest, place) for digest, place, _ in rows[start:end])
        entries = b"".join(line for _, _, line in rows[start:end])
        facts.put_leaf(leaf, sha256(sums), sha256(entries))
        found |= {leaf_name(SUMS, leaf): sums, leaf_name(INDEX, leaf): entries}
    return found
