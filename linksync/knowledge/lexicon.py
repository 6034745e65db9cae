"""The lexicon: every word of the documents, how it is searched by, and of which words it is made.

What a compound is made of is settled once all words of a batch are in, and goes into the index with its documents. A
word that comes later than a compound that holds it is remembered beside the index (``late``); a word that stands
nowhere by itself is looked for within others when somebody asks for it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable

from linksync.knowledge import compounds
from linksync.knowledge.compounds import PART_MIN, WORD_MAX, WORD_MIN, Known
from linksync.knowledge.indexing import Spoken
from linksync.knowledge.stems import STOPWORDS, Table, fold, forms

TOKENS_MAX = 64
"""Tokens for which one word of a query is looked for, at the most."""

_AT_ONCE = 2_000
"""New words from which on all words are held in memory to settle them."""
_FEW = 200
"""Documents up to which the parts of their words alone are looked up."""
_HOLDERS_MAX = 400
_FOLD_MIN, _FOLD_SHARE = 500, 0.2


class Lexicon:
    """The lexicon of a catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Stand on the catalogue's database."""
        self._many = connection.executemany
        self._do = connection.execute
        self._known: set[str] | None = None  # all words, while many are taken in
        self._asked: Table[list[str]] = Table(self._parts_of)
        self._parts: dict[str, str] | None = None  # of all words, while many documents are settled

    # Filling.

    def add(self, words: set[str]) -> None:
        """Take words in; those that are in already stay as they are."""
        if self._known is None and len(words) > _AT_ONCE:
            self._known = {word for (word,) in self._do("SELECT word FROM words")}
        known = self._known if self._known is not None else self._known_among(words)
        new = sorted(words - known)
        rows = ((word, forms(word).dutch) for word in new)
        self._many("INSERT INTO words (word, token, parts, settled) VALUES (?, ?, '', 0)", rows)
        mates = ((key, forms(word).dutch) for word in new for key in forms(word).keys)
        self._many("INSERT OR IGNORE INTO mates VALUES (?, ?)", mates)
        if self._known is not None:
            self._known.update(new)

    def forget(self, words: Iterable[str]) -> None:
        """Take out those of some words that no document says any more, in any form."""
        self._known = self._parts = None
        gone: list[str] = []
        sql = (
            "SELECT w.id, w.word, w.settled FROM words w WHERE w.word IN (SELECT value FROM json_each(?))"
            " AND NOT EXISTS (SELECT 1 FROM told WHERE term = w.token)"
        )
        for id_, word, settled in self._do(sql, (json.dumps(list(words)),)).fetchall():
            if forms(word).english != forms(word).dutch and self._is_told(forms(word).english):
                continue
            if settled and _may_hold(word):
                self._do("INSERT INTO spelt (spelt, rowid, word) VALUES ('delete', ?, ?)", (id_, word))
            self._do("DELETE FROM words WHERE id = ?", (id_,))
            mates = ((key, forms(word).dutch) for key in forms(word).keys)
            self._many("DELETE FROM mates WHERE key = ? AND token = ?", mates)
            gone.append(forms(word).dutch)
        if gone:
            self._do("DELETE FROM late WHERE token IN (SELECT value FROM json_each(?))", (json.dumps(gone),))

    def settle(self) -> None:
        """Take the new words apart, and note in which older ones they are."""
        self._parts = None
        self._asked.clear()
        new = self._do("SELECT id, word, token FROM words WHERE NOT settled").fetchall()
        if not new:
            return
        older = self._do("SELECT 1 FROM words WHERE settled LIMIT 1").fetchone() is not None
        known = self._all_known() if len(new) > _AT_ONCE else None
        may_hold = [(id_, word) for id_, word, _ in new if _may_hold(word)]
        parted = ((compounds.parts(word, known or self._known_within(word)), id_) for id_, word in may_hold)
        self._many("UPDATE words SET parts = ? WHERE id = ?", [(" ".join(some), id_) for some, id_ in parted if some])
        if older:
            for _, word, token in new:
                self._note_late(word, token, known)
        self._many(
            "INSERT INTO spelt (rowid, word) VALUES (?, ?)", ((i, word) for i, word, _ in new if _may_hold(word))
        )
        self._do("UPDATE words SET settled = 1 WHERE NOT settled")

    def is_scattered(self) -> bool:
        """Whether so much is beside the index that making it anew is worth its while."""
        late = int(self._do("SELECT count(*) FROM late").fetchone()[0])
        return late > _FOLD_MIN and late > _FOLD_SHARE * int(self._do("SELECT count(*) FROM words").fetchone()[0])

    def parts_among(self, said: Spoken, *, of: int) -> dict[str, str]:
        """The tokens of the parts of the compounds among the words of a document, with spaces between them.

        Args:
            said: its words.
            of: how many documents are asked about; of many the parts of all words are held.
        """
        if self._parts is None and of > _FEW:
            self._parts = dict(self._do("SELECT word, parts FROM words WHERE parts != ''").fetchall())
        if self._parts is not None:
            return self._parts
        asked = said.words
        sql = "SELECT word, parts FROM words WHERE word IN (SELECT value FROM json_each(?)) AND parts != ''"
        return dict(self._do(sql, (json.dumps(list(asked)),)).fetchall())

    # Asking.

    def tokens(self, word: str) -> tuple[str, ...]:
        """The tokens that a word of a query is looked for by, its own first.

        Args:
            word: in lower case.
        """
        own = forms(word)
        found = dict.fromkeys((own.dutch, own.english, *own.keys, fold(word)))
        marks = ", ".join("?" * len(found))
        found |= dict.fromkeys(
            token for (token,) in self._do(f"SELECT token FROM mates WHERE key IN ({marks}) LIMIT 32", tuple(found))
        )
        late = "SELECT token FROM late WHERE part = ? LIMIT ?"
        found |= dict.fromkeys(token for (token,) in self._do(late, (own.dutch, TOKENS_MAX)))
        alike = (own.dutch, *own.keys)
        if not any(map(self._stands, alike)):
            some = (token for token in alike if len(token) >= PART_MIN)
            found |= dict.fromkeys(holder for token in some for holder in self._tokens_with(word, token))
        return tuple(found)[:TOKENS_MAX]

    def parts(self, word: str) -> list[str]:
        """The tokens of the parts of a word."""
        return self._asked[word]

    def _parts_of(self, word: str) -> list[str]:
        row = self._do("SELECT parts FROM words WHERE word = ?", (word,)).fetchone() if _may_hold(word) else None
        return row[0].split() if row is not None else []

    def _stands(self, token: str) -> bool:
        return self._do("SELECT 1 FROM words WHERE token = ? LIMIT 1", (token,)).fetchone() is not None

    def _tokens_with(self, word: str, token: str) -> list[str]:
        """The tokens of the words that hold one that stands nowhere by itself."""
        own = {word, token}
        holders = {row for piece in sorted(own) for row in self._holders(piece, TOKENS_MAX)}
        found = []
        for _, spelt, holder, _ in sorted(holders):
            known = self._known_within(spelt)
            if token in compounds.parts(spelt, lambda piece, known=known: piece in own or known(piece)):  # type: ignore[misc]
                found.append(holder)
        return found

    def _is_told(self, token: str) -> bool:
        return self._do("SELECT 1 FROM told WHERE term = ?", (token,)).fetchone() is not None

    def _note_late(self, word: str, token: str, known: Known | None) -> None:
        """Note in which older words a new one is."""
        if not (PART_MIN <= len(word) <= WORD_MAX) or word in STOPWORDS or not word.isalpha():
            return
        for _, spelt, holder, parts in self._holders(word, _HOLDERS_MAX):
            if token in compounds.parts(spelt, known or self._known_within(spelt)) and token not in parts.split():
                self._do("INSERT OR IGNORE INTO late VALUES (?, ?)", (token, holder))

    def _holders(self, piece: str, most: int) -> list[tuple[int, str, str, str]]:
        """Settled words in which a piece stands."""
        sql = (
            "SELECT w.id, w.word, w.token, w.parts FROM spelt s CROSS JOIN words w ON w.id = s.rowid"
            " WHERE s.word MATCH ? LIMIT ?"
        )
        return self._do(sql, (f'"{piece}"', most)).fetchall()

    def _known_among(self, words: Iterable[str]) -> set[str]:
        sql = "SELECT word FROM words WHERE word IN (SELECT value FROM json_each(?))"
        return {word for (word,) in self._do(sql, (json.dumps(list(words)),))}

    def _known_within(self, word: str) -> Callable[[str], bool]:
        """What of a word is a word, or the token of one, asked at once."""
        length = len(word)
        pieces = {word[start:stop] for start in range(length - 2) for stop in range(start + 3, length + 1)}
        pieces |= {forms(word[start:]).dutch for start in range(1, length - 2)}
        asked = json.dumps(list(pieces))
        sql = "SELECT {0} FROM words WHERE {0} IN (SELECT value FROM json_each(?))"
        found = {one for name in ("word", "token") for (one,) in self._do(sql.format(name), (asked,))}
        return found.__contains__

    def _all_known(self) -> Callable[[str], bool]:
        known = {one for row in self._do("SELECT word, token FROM words") for one in row}
        return known.__contains__


def _may_hold(word: str) -> bool:
    return WORD_MIN <= len(word) <= WORD_MAX and word.isalpha()
