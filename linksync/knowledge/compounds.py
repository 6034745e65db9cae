"""Compounds: the words of which a long word is made, so that *rooster* finds *zelfroosteren*.

There is no dictionary: what counts as a word is what the documents say by itself somewhere. A word is taken apart only
where all of it falls into such words, with the sounds that Dutch puts between them; or where it begins or ends with a
long one. Parts of fewer than four letters are not found by themselves: too many words hold them by accident.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from linksync.knowledge.stems import STOPWORDS, Forms, dutch_token, fold, forms

PART_MIN = 4
"""Letters of a part that is searched by; the last one may have ``LAST_MIN`` where the first has ``_FIRST_MIN``."""
LAST_MIN, _FIRST_MIN = 3, 5
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
        known: whether a beginning, a middle or an end of it is a word, or the token of one.
    """
    if not WORD_MIN <= len(word) <= WORD_MAX or not word.isalpha():
        return ()
    plain, own = fold(word), forms(word)
    reached, spans = _reached(plain, own.dutch, known)
    found = _whole(plain, spans, reached, own) or list(_ends(plain, own.dutch, spans, reached, known))
    pieces = [plain[slice(*span)] for span in found]
    tokens = {*map(dutch_token, pieces), *(piece for piece in pieces if piece.endswith("en"))}  # the stem of a verb
    return tuple(sorted(tokens - {own.dutch, own.english, *own.keys})) if tokens else ()


def _reached(word: str, token: str, known: Known) -> tuple[set[int], list[Span]]:
    """Where a part may begin, given that all before it falls into words; and the parts that begin there."""
    length = len(word)
    reached = {0}
    reached.update(stop for stop in range(2, 6) if word[:stop] in _BOUND)
    if length >= 3 + _LONG - 1 and known(word[:3]) and word[:3] not in _NO_FIRST:
        reached.add(3)
    spans = []
    for start in range(length - LAST_MIN + 1):
        if start not in reached:
            continue
        for stop in range(start + PART_MIN, length):
            if known(word[start:stop]) and _may_be_part(word[start:stop]):
                spans.append((start, stop))
                reached.update(stop + len(link) for link in _LINKS if word.startswith(link, stop))
        if start and _is_last(word, token, start, known) and (length - start > LAST_MIN or start >= _FIRST_MIN):
            spans.append((start, length))
    return reached, spans


def _is_last(word: str, token: str, start: int, known: Known) -> bool:
    """Whether a word ends with a word, or with a form of one, from there on."""
    tail = word[start:]
    return (known(tail) or known(token[start:])) and _may_be_part(tail)


def _may_be_part(piece: str) -> bool:
    return len(piece) >= LAST_MIN and piece not in STOPWORDS and len(dutch_token(piece)) >= LAST_MIN


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
    lasts = tuple(one for one in (last.dutch, *last.keys) if len(one) >= LAST_MIN)
    return bool(lasts) and any(one.endswith(lasts) for one in (own.dutch, *own.keys))


def _ends(word: str, token: str, spans: Iterable[Span], reached: set[int], known: Known) -> Iterator[Span]:
    """Long words with which a word begins, whatever follows them, and the one with which it ends."""
    yield from ((start, stop) for start, stop in spans if stop - start >= _LONG and start in reached)
    for start in range(LAST_MIN, len(word) - _LONG + 1):
        if start not in reached and _is_last(word, token, start, known):
            if word[:start] not in _PREFIXES and _VOWEL.search(word[:start]):
                yield start, len(word)
            return
