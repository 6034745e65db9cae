"""Compounds: the words of which a long word is made, so that *rooster* finds *zelfroosteren*.

There is no dictionary: what counts as a word is what the documents say by itself somewhere. A word is taken apart only
where all of it falls into such words, with the sounds that Dutch puts between them; or where it begins or ends with a
long one. Parts of fewer than four letters are not found by themselves: too many words hold them by accident.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from linksync.knowledge.stems import STOPWORDS, Forms, fold, forms

PART_MIN = 4
"""Letters of a part that is searched by."""
WORD_MIN, WORD_MAX = 7, 48
"""Letters of a word that is taken apart."""

_LONG = 6
"""Letters of a part that needs no known word beside it."""
_LINKS = ("", "s", "e", "en", "n", "er")
_BOUND = frozenset(
    "zelf mede her tele multi inter extra mini maxi auto micro macro bio eco pre post semi anti co sub super".split()  # noqa: SIM905 - a list of words reads as words
)
"""What stands before a word and is none."""
_PREFIXES = frozenset({"ver", "ont", "her", "mis", "wan"})
"""Beginnings that make another word of a verb: *verantwoorden* is no *antwoorden*."""
_NO_FIRST = STOPWORDS | _PREFIXES
_VOWEL = re.compile("[aeiouy]")

Span = tuple[int, int]
"""Where a part begins in a word, and where it ends."""

Known = Callable[[str], bool]
"""Whether a word, in lower case, stands somewhere by itself."""


def parts(word: str, known: Known) -> tuple[str, ...]:
    """The tokens of the words in a word, without the one that it is itself.

    Args:
        word: in lower case.
        known: whether a beginning, a middle or an end of it is a word.
    """
    if not WORD_MIN <= len(word) <= WORD_MAX or not word.isalpha():
        return ()
    plain, own = fold(word), forms(word)
    spans = [span for span in _spans(len(plain)) if _is_part(plain, span, known)]
    if not spans:
        return ()
    reached = _reached(plain, spans, known)
    whole = _whole(plain, spans, reached, own)
    found = {forms(plain[slice(*span)]).dutch for span in whole or _ends(plain, spans, reached)}
    return tuple(sorted(found - {own.dutch, own.english, *own.keys}))


def _spans(length: int) -> Iterator[tuple[int, int]]:
    """Where a part may stand in a word of that many letters: it is not all of it."""
    for start in range(length - PART_MIN + 1):
        for stop in range(start + PART_MIN, length + (start > 0)):
            yield start, stop


def _is_part(word: str, span: Span, known: Known) -> bool:
    piece = word[slice(*span)]
    is_known = known(piece) or (span[1] == len(word) and known(forms(piece).dutch))
    return is_known and piece not in STOPWORDS and len(forms(piece).dutch) >= 3


def _reached(word: str, spans: Sequence[Span], known: Known) -> set[int]:
    """Where a part may begin, given that all before it falls into words."""
    reached = {0, *(length for length in range(2, 6) if word[:length] in _BOUND)}
    if len(word) >= 3 + _LONG - 1 and word[:3] not in _NO_FIRST and known(word[:3]):
        reached.add(3)
    for start, stop in spans:
        if start in reached:
            reached |= {stop + len(link) for link in _LINKS if word.startswith(link, stop)}
    return reached


def _whole(word: str, spans: Sequence[Span], reached: set[int], own: Forms) -> list[Span]:
    """The parts of every way in which all of a word falls into words; the last one has the word's own ending."""
    ending: set[int] = set()
    found = []
    for start, stop in sorted(spans, key=lambda span: -span[1]):
        if start not in reached:
            continue
        if stop in ending or (stop == len(word) and _ends_alike(own, forms(word[start:]))):
            found.append((start, stop))
            ending |= {start - len(link) for link in _LINKS if word.endswith(link, 0, start)}
    return found


def _ends_alike(own: Forms, last: Forms) -> bool:
    """Whether a word has the ending of its last part: *kantoren* are no *oren*."""
    lasts = tuple(one for one in (last.dutch, *last.keys) if len(one) >= PART_MIN)
    return bool(lasts) and any(one.endswith(lasts) for one in (own.dutch, *own.keys))


def _ends(word: str, spans: Iterable[Span], reached: set[int]) -> Iterator[Span]:
    """Long words with which a word begins, whatever follows them, and the one with which it ends."""
    yield from ((start, stop) for start, stop in spans if stop - start >= _LONG and start in reached)
    for start, stop in spans:
        if stop == len(word) and stop - start >= _LONG and start >= 3 and start not in reached:
            if word[:start] not in _PREFIXES and _VOWEL.search(word[:start]):
                yield start, stop
            return
