"""The catalogue: what documents say, kept so that it is found; one for a host and one for a library.

It is derived: where it is damaged, of an older version, or lost, it is filled again. Texts are kept in it, compressed,
so that a new version of the stemmer needs no document opened again. Filling is two steps, each in transactions of
their own, and can be cut off anywhere: ``put`` keeps documents, ``settle`` makes what was kept found.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from os import unlink
from pathlib import Path

import msgspec

from linksync.custody.card import Card
from linksync.errors import RefusedError
from linksync.knowledge import likeness
from linksync.knowledge.catalogue_tables import INDEX, INDEX_TABLES, INDEX_VERSION, KEPT, KEPT_VERSION
from linksync.knowledge.database import Database, connected, translated
from linksync.knowledge.document import Document, packed, unpacked
from linksync.knowledge.extracted import Extract
from linksync.knowledge.finding import Found, find
from linksync.knowledge.indexing import (
    Spoken,
    Written,
    contribution_key,
    kept_text,
    packed_text,
    spoken,
    unpacked_text,
)
from linksync.knowledge.lexicon import Lexicon
from linksync.knowledge.query import Query
from linksync.knowledge.stems import VERSION
from linksync.knowledge.topics import Topics

_AT_ONCE = 2_000
"""Documents that are settled in one transaction."""
_BUCKET_MAX = 40
_FRESH_MAX = 32_000_000
"""Characters of words that are held until their documents are settled; the others' are taken from their texts again."""
_INDEX_STAMP = f"{INDEX_VERSION} {VERSION}"


class Catalogue(Database):
    """A catalogue, to be used in a ``with``: a failing database leaves it as ``MediumError`` ``catalogue-failed``."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Stand on a database; ``open`` and ``fill`` give one."""
        super().__init__(connection, path)
        self._lexicon = Lexicon(connection)
        self._touched: set[str] = set()  # contributions whose topics are to be found again
        self._fresh: dict[int, Written] = {}  # the words of what was put in last, until it is settled
        self._fresh_size = 0

    @classmethod
    def open(cls, path: Path) -> "Catalogue":
        """A catalogue to search in.

        Raises:
            RefusedError: ``catalogue-absent`` or ``catalogue-old`` (``path``): it must be filled first.
            MediumError: ``catalogue-failed``.
        """
        if not path.is_file():
            raise RefusedError("catalogue-absent", path=str(path))
        with translated(path):
            catalogue = cls(connected(path), path)
        try:
            with translated(path):
                if catalogue.meta("kept") == KEPT_VERSION and catalogue.meta("index") == _INDEX_STAMP:
                    return catalogue
            raise RefusedError("catalogue-old", path=str(path))
        except BaseException:
            catalogue.close()
            raise

    @classmethod
    def fill(cls, path: Path) -> "Catalogue":
        """A catalogue to fill; made where there is none, anew where what is there cannot be used.

        One process at a time fills a catalogue: the caller sees to that.
        """
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return cls._ready(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
                    raise  # the disk is full, or somebody else has it
                for name in (path, path.with_name(f"{path.name}-journal")):
                    with suppress(FileNotFoundError):
                        unlink(name)
                return cls._ready(path)

    @classmethod
    def _ready(cls, path: Path) -> "Catalogue":
        is_new = not path.exists() or path.stat().st_size == 0
        catalogue = cls(connected(path), path)
        catalogue.heals = True
        try:
            if is_new:
                with catalogue._changing():
                    catalogue._make(KEPT, "kept", KEPT_VERSION)
            if catalogue.meta("kept") != KEPT_VERSION:
                raise sqlite3.DatabaseError("no catalogue of this version")
            if catalogue.meta("index") != _INDEX_STAMP:
                catalogue._index_anew()
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    # What it holds.

    def count(self) -> int:
        """How many documents are in it."""
        return int(self._do("SELECT count(*) FROM documents").fetchone()[0])

    def known(self) -> dict[bytes, bytes]:
        """Digest to ``Document.told`` of every document that is in it."""
        return dict(self._do("SELECT digest, told FROM documents"))

    def known_of(self, digest: bytes) -> bytes | None:
        """``Document.told`` of one; None where it is not there."""
        row = self._do("SELECT told FROM documents WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else bytes(row[0])

    def known_between(self, first: bytes, last: bytes) -> list[bytes]:
        """The digests that are in it, from one to another."""
        sql = "SELECT digest FROM documents WHERE digest BETWEEN ? AND ?"
        return [digest for (digest,) in self._do(sql, (first, last))]

    def document(self, digest: bytes) -> Document | None:
        """What is known of a document, without what was read out of it; None where it is not in it."""
        row = self._do("SELECT kept FROM documents WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else unpacked(row[0]).document

    def given_in(self, contribution: str) -> list[bytes]:
        """The digests of the documents of a contribution."""
        sql = "SELECT DISTINCT d.digest FROM givings g JOIN documents d ON d.id = g.document WHERE g.contribution = ?"
        return [digest for (digest,) in self._do(sql, (contribution,))]

    def card(self, contribution: str) -> Card | None:
        """What was last said of a contribution; None where nothing was."""
        sql = "SELECT card FROM cards WHERE contribution = ? ORDER BY time DESC, digest LIMIT 1"
        row = self._do(sql, (contribution,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Card)

    def spoken_for(self, cards: Iterable[bytes]) -> list[str]:
        """The contributions of which some cards, by their digests, say something."""
        sql = "SELECT DISTINCT contribution FROM cards WHERE digest = ?"
        return [one for digest in cards for (one,) in self._do(sql, (digest,))]

    def follow_card(self, contribution: str) -> None:
        """Tell the documents of a contribution what is said of it now."""
        card = self.card(contribution)
        some = [self.document(digest) for digest in self.given_in(contribution)]
        self.put(replace(one, card=card) for one in some if one is not None and one.card != card)

    def without_text(self) -> dict[str, int]:
        """Why documents have no text, and how many."""
        return dict(self._do("SELECT why, count(*) FROM documents WHERE why != '' GROUP BY why"))

    def why(self, digest: bytes) -> str:
        """Why a document has no text; empty where it has one, or is not in it."""
        row = self._do("SELECT why FROM documents WHERE digest = ?", (digest,)).fetchone()
        return "" if row is None else str(row[0])

    def topics(self, contribution: str) -> tuple[str, ...]:
        """The telling words of a contribution, the most telling first; as of the last ``settle``.

        Args:
            contribution: ``<link>/<folder>``, as ``indexing.contribution_key`` makes it.
        """
        row = self._do("SELECT words FROM topics WHERE contribution = ?", (contribution,)).fetchone()
        return tuple(row[0].split()) if row is not None and row[0] else ()

    def search(self, query: Query) -> Found:
        """Find documents, the best first.

        Raises:
            RefusedError: ``search-empty``: there is no word to look for.
        """
        with translated(self._path):
            return find(self._connection, self._lexicon, query)

    # Filling.

    def put(self, documents: Iterable[Document]) -> None:
        """Keep documents, all of them or none; they are found after ``settle``."""
        with self._changing():
            said: set[str] = set()
            for document in documents:
                one = self._put(document)
                said.update(one.body, *one.beside)
            self._lexicon.add(said)

    def put_card(self, contribution: str, digest: bytes, time: str, card: Card | None) -> bool:
        """Keep what a card says of a contribution, or forget it; whether that says anything new.

        Args:
            contribution: as ``indexing.contribution_key`` makes it.
            digest: of the card.
            time: when it was given, RFC 3339: of several the last one counts.
            card: None where it is there no longer.
        """
        before = self.card(contribution)
        with self._changing():
            self._do("DELETE FROM cards WHERE contribution = ? AND digest = ?", (contribution, digest))
            if card is not None:
                told = (contribution, digest, time, msgspec.json.encode(card))
                self._do("INSERT INTO cards VALUES (?, ?, ?, ?)", told)
        return self.card(contribution) != before

    def drop(self, digests: Iterable[bytes]) -> int:
        """Take documents out, with their words; how many were there."""
        dropped = 0
        with self._changing():
            for digest in digests:
                row = self._do("SELECT id FROM documents WHERE digest = ?", (digest,)).fetchone()
                if row is not None:
                    self._touched |= self._contributions([row[0]])
                    self._take_out(row[0])
                    self._do("DELETE FROM documents WHERE id = ?", row)
                    self._do("DELETE FROM cards WHERE digest = ?", (digest,))
                    self._forget_kin(row[0])
                    dropped += 1
        if dropped:
            with self._changing():
                gone = json.dumps(sorted(self._touched))
                self._do(
                    "DELETE FROM topics WHERE contribution IN (SELECT value FROM json_each(?))", (gone,)
                )  # what was taken out is gone from the file as well, not only from what is found
                self._do("INSERT INTO found (found) VALUES ('optimize')")
                self._do("INSERT INTO spelt (spelt) VALUES ('optimize')")
        return dropped

    def settle(self) -> None:
        """Make everything found that was put in."""
        if self._lexicon.is_scattered():
            self._index_anew()
        placed = 0
        with self._changing():
            self._lexicon.settle()
        while True:
            with self._changing():
                ids = [id_ for (id_,) in self._do("SELECT id FROM unsettled LIMIT ?", (_AT_ONCE,))]
                self._place(ids)
                self._touched |= self._contributions(ids)
                placed += len(ids)
            if len(ids) < _AT_ONCE:
                break
        self._fresh.clear()
        self._fresh_size = 0
        with self._changing():
            if placed >= _AT_ONCE:
                self._do("INSERT INTO found (found) VALUES ('optimize')")
            topics = Topics(self._connection)
            for one in sorted(self._touched):
                self._do("INSERT OR REPLACE INTO topics VALUES (?, ?)", (one, " ".join(topics.of(one))))
        self._touched.clear()

    def _put(self, document: Document) -> Spoken:
        """Keep a document; the words that it brings."""
        row = self._do(
            "SELECT d.id, d.kept, t.text FROM documents d JOIN texts t USING (id) WHERE digest = ?", (document.digest,)
        ).fetchone()
        extract = document.extract
        if row is not None:
            id_, kept, text = row
            if extract is None:
                before = unpacked(kept)
                extract = replace(before.extract, text=unpacked_text(text))
                document = replace(
                    document,
                    media_type=document.media_type or before.document.media_type,
                    family=document.family or before.document.family,
                )
            self._take_out(id_)
        else:
            id_ = None
        return self._keep(document, extract or Extract(why="no-reader"), id_)

    def _keep(self, document: Document, extract: Extract, id_: int | None) -> Spoken:
        text = kept_text(extract.text)
        name = document.place.rpartition("/")[2]
        told = (
            document.digest,
            document.told,
            packed(document, extract),
            extract.why,
            document.family,
            document.media_type,
            name.rpartition(".")[2].lower() if "." in name else "",
            document.audience,
            document.work or document.digest,
        )
        said = spoken(document, extract, text)
        sketch = likeness.sketch(said.body)
        bands = likeness.bands(sketch)
        sql = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        id_ = self._do(sql, (id_, *told, self._kin(sketch, bands))).lastrowid
        assert id_ is not None
        self._do("INSERT INTO texts VALUES (?, ?, ?)", (id_, packed_text(text), sketch))
        self._do("INSERT OR IGNORE INTO unsettled VALUES (?)", (id_,))
        self._keep_bands(id_, bands)
        for giver in document.givers:
            where = (giver.host, giver.stop, giver.time[:10], contribution_key(giver.link, giver.contribution))
            self._do("INSERT INTO givings VALUES (?, ?, ?, ?, ?)", (id_, *where))
        if self._fresh_size + len(text) < _FRESH_MAX:
            self._fresh[id_] = said.written
            self._fresh_size += len(text)
        return said

    def _kin(self, sketch: bytes, bands: Sequence[int]) -> int | None:
        """The first document that one with such a sketch is nearly the same as; None where there is none."""
        sql = f"SELECT document FROM bands WHERE band IN ({', '.join('?' * len(bands))}) ORDER BY document LIMIT ?"
        for (other,) in self._do(sql, (*bands, _BUCKET_MAX)).fetchall() if bands else ():
            row = self._do("SELECT t.sketch, d.kin FROM texts t JOIN documents d USING (id) WHERE id = ?", (other,))
            theirs, of = row.fetchone()
            if likeness.likeness(sketch, theirs) >= likeness.ALIKE:
                return int(of or other)
        return None

    def _keep_bands(self, id_: int, bands: Iterable[int]) -> None:
        rows = ((band, id_) for band in bands)
        self._connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", rows)

    def _take_out(self, id_: int) -> None:
        """Take out all of a document but its row."""
        said, sketch = self._spoken(id_)
        placed = self._do("SELECT parts FROM placed WHERE id = ?", (id_,)).fetchone()
        if placed is not None:
            sql = "INSERT INTO found (found, rowid, title, keywords, card, path, body, other, parts)"
            self._do(f"{sql} VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?)", (id_, *said.columns, *placed))
        self._lexicon.forget(said.words)
        bands = ((band, id_) for band in likeness.bands(sketch))
        self._connection.executemany("DELETE FROM bands WHERE band = ? AND document = ?", bands)
        self._fresh.pop(id_, None)
        for table, column in (("placed", "id"), ("texts", "id"), ("unsettled", "id"), ("givings", "document")):
            self._do(f"DELETE FROM {table} WHERE {column} = ?", (id_,))

    def _forget_kin(self, id_: int) -> None:
        """Let those that are nearly the same as a document that goes be so of the next one."""
        (heir,) = self._do("SELECT min(id) FROM documents WHERE kin = ?", (id_,)).fetchone()
        self._do("UPDATE documents SET kin = nullif(?, id) WHERE kin = ?", (heir, id_))

    def _spoken(self, id_: int) -> tuple[Spoken, bytes]:
        """The words of a document, and its sketch."""
        sql = "SELECT d.kept, t.text, t.sketch FROM documents d JOIN texts t USING (id) WHERE id = ?"
        kept, text, sketch = self._do(sql, (id_,)).fetchone()
        known = unpacked(kept)
        return spoken(known.document, known.extract, unpacked_text(text)), sketch

    def _place(self, ids: Sequence[int]) -> None:
        """Put documents into the index."""
        sql = "INSERT INTO found (rowid, title, keywords, card, path, body, other, parts)"
        for id_ in ids:
            written = self._fresh.get(id_)
            said = self._spoken(id_)[0] if written is None else Spoken.read(written)
            parts = self._lexicon.parts_among(said, of=len(ids))
            held = set[str]().union(*(parts.keys() & some for some in (said.body, *said.beside)))
            told = " ".join(sorted({parts[word] for word in held}))
            self._do(f"{sql} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (id_, *said.columns, told))
            self._do("INSERT INTO placed VALUES (?, ?, ?)", (id_, told, len(said.body)))
        self._connection.executemany("DELETE FROM unsettled WHERE id = ?", ((id_,) for id_ in ids))

    def _contributions(self, ids: Sequence[int]) -> set[str]:
        sql = "SELECT DISTINCT contribution FROM givings WHERE document IN (SELECT value FROM json_each(?))"
        return {one for (one,) in self._do(sql, (json.dumps(ids),))}

    def _index_anew(self) -> None:
        """Make the index again from what is kept; ``settle`` fills it."""
        with self._changing():
            for table in INDEX_TABLES:
                self._do(f"DROP TABLE IF EXISTS {table}")
            self._make(INDEX, "index", _INDEX_STAMP)
            for (id_,) in self._do("SELECT id FROM documents").fetchall():
                said, sketch = self._spoken(id_)
                self._lexicon.add(said.words)
                self._keep_bands(id_, likeness.bands(sketch))
            self._do("INSERT OR IGNORE INTO unsettled SELECT id FROM documents")
