"""Topics: the words that tell what a contribution is about, beside all that the others say.

A word is telling where it is said far more often than elsewhere, by Dunning's log-likelihood ratio; forms of one word
are counted together, and the one that is used most is shown.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log

from linksync.knowledge.document import unpacked
from linksync.knowledge.indexing import unpacked_text
from linksync.knowledge.stems import STOPWORDS, forms, words

TOPICS_MAX = 12
"""Telling words of a contribution."""

_DOCUMENTS_MAX, _TEXT_MAX, _WORDS_MAX = 40, 10_000, 250
_LEAST = 6.63
"""The ratio from which on chance explains less than one in a hundred."""
_DULL = STOPWORDS | {
    *"vaak binnen buiten ieder iedereen iemand niemand elke elk ander andere anders weer samen eerst laatste".split(),  # noqa: SIM905 - a list of words reads as words
    *"nieuw nieuwe goed goede each every everyone again first last new good often stap deel".split(),  # noqa: SIM905 - the same
}
_HEADINGS = 3
"""What a word counts for more that is in a title."""


class Topics:
    """What contributions of a catalogue are about; what is said everywhere is looked up once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Stand on the catalogue's database; nothing is put in or taken out meanwhile."""
        self._do = connection.execute
        (self._total,) = self._do("SELECT coalesce(sum(said), 0) FROM placed").fetchone()
        self._everywhere: dict[str, int] = {}

    def of(self, contribution: str) -> tuple[str, ...]:
        """The telling words of a contribution, the most telling first."""
        sql = (
            "SELECT DISTINCT d.id, d.kept, t.text FROM givings g JOIN documents d ON d.id = g.document"
            " JOIN texts t ON t.id = d.id WHERE g.contribution = ? LIMIT ?"
        )
        said: dict[str, Counter[str]] = {}
        headings: Counter[str] = Counter()
        for _, kept, text in self._do(sql, (contribution, _DOCUMENTS_MAX)):
            extract = unpacked(kept).extract
            body = words(unpacked_text(text)[:_TEXT_MAX])
            said.setdefault(extract.language, Counter()).update(body)
            headings.update(_token(word, extract.language) for word in words(extract.title))
        spoken: dict[str, Counter[str]] = {}
        for language, count in said.items():
            for word, times in count.most_common(_WORDS_MAX):
                if _may_tell(word):
                    spoken.setdefault(_token(word, language), Counter())[word] += times
        here = sum(count.total() for count in said.values())
        return telling(spoken, headings, here, self._said(spoken), self._total)

    def _said(self, tokens: Iterable[str]) -> Mapping[str, int]:
        """Token to how often it is said everywhere."""
        new = [token for token in tokens if token not in self._everywhere]
        sql = "SELECT term, cnt FROM told WHERE col = 'body' AND term IN (SELECT value FROM json_each(?))"
        self._everywhere.update(self._do(sql, (json.dumps(new),)).fetchall())
        return self._everywhere


def telling(
    spoken: Mapping[str, Counter[str]],
    headings: Mapping[str, int],
    here: int,
    everywhere: Mapping[str, int],
    total: int,
) -> tuple[str, ...]:
    """The telling words among some.

    Args:
        spoken: token to how often each of its forms is said here.
        headings: token to in how many titles it is.
        here: how many words are said here.
        everywhere: token to how often it is said everywhere, here included.
        total: how many words are said everywhere.
    """
    scored = []
    for token, some in spoken.items():
        said = some.total()
        others = max(0, everywhere.get(token, said) - said)
        score = _likelihood(said + _HEADINGS * headings.get(token, 0), others, here, max(0, total - here))
        if said > 1 and score >= _LEAST:
            shown = min(some, key=lambda word: (-some[word], len(word), word))
            scored.append((-score, shown))
    return tuple(word for _, word in sorted(scored)[:TOPICS_MAX])


def _likelihood(a: int, b: int, here: int, elsewhere: int) -> float:
    """Dunning's ratio of a word said ``a`` times here and ``b`` times elsewhere; 0 where it is rarer here."""
    if not elsewhere or a * elsewhere <= b * here:
        return 0.0 if elsewhere else float(a) * _LEAST
    expected = (a + b) / (here + elsewhere)
    return 2 * (a * log(a / (here * expected)) + (b * log(b / (elsewhere * expected)) if b else 0.0))


def _token(word: str, language: str) -> str:
    return forms(word).english if language == "en" else forms(word).dutch


def _may_tell(word: str) -> bool:
    return len(word) > 2 and word not in _DULL and not word.isdigit()
