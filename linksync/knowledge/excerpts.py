"""Excerpts: the place in a document's own words where most of what was looked for stands together."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from linksync.knowledge.stems import WORD, WORD_MAX, lower

WIDTH = 240
"""Characters of an excerpt, about."""
_LEAD = 60
"""Characters before the first word that was found."""
_HITS_MAX, _LOOKED_MAX = 200, 5_000
_HEAD = re.compile(r"[^\W_]*\Z")

Mark = tuple[int, int]
"""Where a word that was found begins in a text, and where it ends."""
Hit = tuple[int, int, int]
"""A mark, and the number of the term that is found there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of a text.

    Attributes:
        text: on one line; an ellipsis stands where it was cut.
        marks: the words that were found in it.
    """

    text: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in a text.

    Attributes:
        roots: finds, in lower case, what every word that is found holds.
        term: the number of the term that a word, in lower case, is found by; -1 for none.
    """

    roots: re.Pattern[str]
    term: Callable[[str], int]

    def hits(self, text: str) -> Iterator[Hit]:
        """Where something is found, in order."""
        low, end = lower(text), 0
        for looked, match in enumerate(self.roots.finditer(low)):
            if looked > _LOOKED_MAX:
                return
            if match.start() >= end:
                start, end = _word_at(low, match.start())
                term = self.term(low[start:end])
                if term >= 0:
                    yield start, end, term

    def marks(self, text: str) -> tuple[Mark, ...]:
        """The words that are found in a short text."""
        return tuple((start, end) for start, end, _ in self.hits(text))


def excerpt(text: str, sought: Sought) -> Excerpt:
    """The piece of a text in which most different terms stand; its beginning where there are none.

    Args:
        text: on one line.
        sought: what was looked for.
    """
    hits = [hit for hit, _ in zip(sought.hits(text), range(_HITS_MAX), strict=False)]
    first = _best(hits)
    start = max(0, hits[first][0] - _LEAD) if hits else 0
    start, end = _whole_words(text, start, start + WIDTH)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shift = len(before) - start
    marks = tuple((one + shift, two + shift) for one, two, _ in hits if one >= start and two <= end)
    return Excerpt(text=f"{before}{text[start:end]}{after}", marks=marks)


def _best(hits: list[Hit]) -> int:
    """The hit with which the piece begins that has most different terms, and then most hits."""
    best, most = 0, (0, 0)
    for at, (start, _, _) in enumerate(hits):
        within = [term for one, two, term in hits[at : at + 40] if two <= start + WIDTH - _LEAD and one >= start]
        if (score := (len(set(within)), len(within))) > most:
            best, most = at, score
    return best


def _word_at(low: str, at: int) -> tuple[int, int]:
    """The word in which a place is."""
    before = _HEAD.search(low, max(0, at - WORD_MAX), at)
    after = WORD.match(low, at, at + WORD_MAX)
    return before.start() if before else at, after.end() if after else at + 1


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The same piece without the halves of words at its ends, unless one is very long."""
    if start:
        space = text.find(" ", start - 1, start + 30)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", end - 30, end + 1)
        end = space if space > start else end
    return start, min(end, len(text))


def common_root(forms: Iterable[str]) -> str:
    """What some words begin with alike; of more than three letters the first three at least must be."""
    some = sorted(forms)
    if not some:
        return ""
    first, last = some[0], some[-1]
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:same]
