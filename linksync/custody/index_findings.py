"""An index held against the lists of its hand-off and the policy of its relay (format 1, "The index", "Content")."""

from collections.abc import Iterator
from dataclasses import replace
from heapq import merge
from itertools import islice
from operator import eq

from linksync.custody import names
from linksync.custody.columns import Digests
from linksync.custody.findings import Finding, finding
from linksync.custody.index import Index
from linksync.custody.relay import Policy, policy_class

NAMED_MAX = 1000
"""Files of a hand-off that are named one by one for the same fault; of the others only that there are more is said."""


def index_findings(folder: str, added: Digests, refused: Digests, index: Index) -> list[Finding]:
    """Hold an index against the lists: a line for each added and refused file, with the same digest."""
    path = f"{folder}/index.jsonl"
    if is_of(index, added) and not refused and not index.of_class("refuse"):
        if index.digests == added.data:
            return []
    elif len(index) != len(added) + len(refused) or not all(map(eq, index, merge(added, refused))):
        return [finding("E118", path, what="index")]
    for place, (name, told) in enumerate(index.pairs()):
        digest = (refused if told.class_ == "refuse" else added).get(name)
        if digest is None or digest != index.digest(place):
            return [finding("E118", path, what=names.escape(name))]
    return []


def class_findings(folder: str, index: Index, policy: Policy) -> list[Finding]:
    """Hold the classes against the policy: each follows from the codes and the name of its file."""
    patterned = policy.hold or policy.refuse
    if not patterned and not index.codes and index.of_class("pass") == len(index):
        return []
    found = (
        finding("E223", names.escape(path), folder=folder, found=told.class_, expected=expected)
        for path, told in index.pairs()
        if (expected := policy_class(policy, path, told.codes)) != told.class_
    )
    return first_of(found, folder)


def first_of(found: Iterator[Finding], folder: str) -> list[Finding]:
    """The first of many findings; that there are more is one about the index, which a hand-off can still attest."""
    named = list(islice(found, NAMED_MAX))
    more = next(found, None)
    return named if more is None else [*named, replace(more, path=f"{folder}/index.jsonl")]


def is_of(index: Index, added: Digests) -> bool:
    """Whether an index tells of exactly the files of a list; both are in order."""
    return added.paths is index.paths or added.paths == index.paths
