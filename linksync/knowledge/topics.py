"""Topics: the words that tell what a contribution is about, beside all that the others say.

A word is telling where it is said far more often than elsewhere, by Dunning's log-likelihood ratio; forms of one word
are counted together, and the one that is used most is shown.
"""

import sqlite3
import zlib
from collections import Counter
from collections.abc import Mapping
from math import log

from linksync.knowledge.document import unpacked
from linksync.knowledge.indexing import said
from linksync.knowledge.stems import STOPWORDS, forms

TOPICS_MAX = 12
"""Telling words of a contribution."""

_DOCUMENTS_MAX = 200
_LEAST = 10.83
"""The ratio from which on chance explains less than one in a thousand."""


def telling_words(connection: sqlite3.Connection, contribution: str) -> tuple[str, ...]:
    """The telling words of a contribution of a catalogue, the most telling first."""
    sql = (
        "SELECT DISTINCT d.id, d.kept, t.text FROM givings g JOIN documents d ON d.id = g.document"
        " JOIN texts t ON t.id = d.id WHERE g.contribution = ? LIMIT ?"
    )
    own: Counter[str] = Counter()
    for _, kept, text in connection.execute(sql, (contribution, _DOCUMENTS_MAX)):
        known = unpacked(kept)
        own += said(known.document, known.extract, zlib.decompress(text).decode())[0]
    tokens = {forms(word).dutch for word in own if _may_tell(word)}
    everywhere = {token: _times(connection, token) for token in tokens}
    (total,) = connection.execute("SELECT coalesce(sum(times), 0) FROM words").fetchone()
    return telling(own, everywhere, total)


def telling(own: Mapping[str, int], everywhere: Mapping[str, int], total: int) -> tuple[str, ...]:
    """The telling words among some.

    Args:
        own: word to how often it is said here.
        everywhere: token to how often it is said everywhere, here included.
        total: how many words are said everywhere.
    """
    spoken: dict[str, Counter[str]] = {}
    for word, times in own.items():
        if _may_tell(word):
            spoken.setdefault(forms(word).dutch, Counter())[word] += times
    here = sum(own.values())
    scored = []
    for token, some in spoken.items():
        a = some.total()
        b = max(0, everywhere.get(token, a) - a)
        score = _likelihood(a, b, here, max(0, total - here))
        if a > 1 and score >= _LEAST:
            shown = min(some, key=lambda word: (-some[word], len(word), word))
            scored.append((-score, shown))
    return tuple(word for _, word in sorted(scored)[:TOPICS_MAX])


def _likelihood(a: int, b: int, here: int, elsewhere: int) -> float:
    """Dunning's ratio of a word said ``a`` times here and ``b`` times elsewhere; 0 where it is rarer here."""
    if not elsewhere or a * elsewhere <= b * here:
        return 0.0 if elsewhere else float(a) * _LEAST
    expected = (a + b) / (here + elsewhere)
    return 2 * (a * log(a / (here * expected)) + (b * log(b / (elsewhere * expected)) if b else 0.0))


def _times(connection: sqlite3.Connection, token: str) -> int:
    row = connection.execute("SELECT coalesce(sum(times), 0) FROM words WHERE token = ?", (token,)).fetchone()
    return int(row[0])


def _may_tell(word: str) -> bool:
    return len(word) > 2 and word not in STOPWORDS and not word.isdigit()
