"""Excerpts: the place in a document's own words where most of what was looked for stands together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from linksync.knowledge.stems import WORD, WORD_MAX, lower

WIDTH = 240
"""Characters of an excerpt, about."""
_LEAD = 60
"""Characters before the first word that was found."""
_LOOKED_MAX = 2_000
"""Places that are looked at for each root."""

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
        roots: what every word that is found holds one of, in lower case; none of them holds another.
        term: the number of the term that a word, in lower case, is found by; -1 for none.
    """

    roots: tuple[str, ...]
    term: Callable[[str], int]

    def hits(self, text: str, most: int = 200) -> list[Hit]:
        """Where something is found, in order; so many at the most."""
        low, end = lower(text), 0
        found: list[Hit] = []
        for at in _places(low, self.roots):
            if at >= end:
                start, end = _word_at(low, at)
                term = self.term(low[start:end])
                if term >= 0:
                    found.append((start, end, term))
                    if len(found) == most:
                        break
        return found

    def marks(self, text: str) -> tuple[Mark, ...]:
        """The words that are found in a short text."""
        return tuple((start, end) for start, end, _ in self.hits(text))


def roots_of(tokens: Iterable[str]) -> tuple[str, ...]:
    """What every word with one of some tokens holds: a token may lack a vowel or have another last letter."""
    roots = sorted({token[:-1] if len(token) > 3 else token[:2] for token in tokens}, key=len)
    return tuple(root for at, root in enumerate(roots) if not any(short in root for short in roots[:at]))


def _places(low: str, roots: Iterable[str]) -> list[int]:
    """Where a text holds one of some roots."""
    found = []
    for root in roots:
        at, looked = low.find(root), 0
        while at >= 0 and looked < _LOOKED_MAX:
            found.append(at)
            at, looked = low.find(root, at + len(root)), looked + 1
    return sorted(found)


def excerpt(text: str, sought: Sought) -> Excerpt:
    """The piece of a text in which most different terms stand; its beginning where there are none.

    Args:
        text: on one line.
        sought: what was looked for.
    """
    hits = sought.hits(text)
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
    for at, (start, _, _) in enumerate(hits if len(hits) > 1 else ()):
        within = [term for one, two, term in hits[at : at + 40] if two <= start + WIDTH - _LEAD and one >= start]
        if (score := (len(set(within)), len(within))) > most:
            best, most = at, score
    return best


def _word_at(low: str, at: int) -> tuple[int, int]:
    """The word in which a place is."""
    start, least = at, max(0, at - WORD_MAX)
    while start > least and low[start - 1].isalnum():
        start -= 1
    after = WORD.match(low, at, at + WORD_MAX)
    return start, after.end() if after else at + 1


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The same piece without the halves of words at its ends, unless one is very long."""
    if start:
        space = text.find(" ", start - 1, start + 30)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", end - 30, end + 1)
        end = space if space > start else end
    return start, min(end, len(text))
