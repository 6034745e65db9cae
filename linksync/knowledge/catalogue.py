"""The catalogue: what documents say, kept so that it is found; one for a host and one for a library.

It is derived: where it is damaged, of an older version, or lost, it is filled again. Texts are kept in it, compressed,
so that a new version of the stemmer needs no document opened again. Filling is two steps, each in transactions of
their own, and can be cut off anywhere: ``put`` keeps documents, ``settle`` makes what was kept found.
"""

import sqlite3
import zlib
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
from linksync.knowledge.indexing import kept_text, row_of, said
from linksync.knowledge.lexicon import Lexicon
from linksync.knowledge.query import Query
from linksync.knowledge.stems import VERSION, words
from linksync.knowledge.topics import telling_words

_AT_ONCE = 500
"""Documents that are settled in one transaction."""
_BUCKET_MAX = 40
_INDEX_STAMP = f"{INDEX_VERSION} {VERSION}"


class Catalogue(Database):
    """A catalogue, to be used in a ``with``: a failing database leaves it as ``MediumError`` ``catalogue-failed``."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Stand on a database; ``open`` and ``fill`` give one."""
        super().__init__(connection, path)
        self._lexicon = Lexicon(connection)

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

    def without_text(self) -> dict[str, int]:
        """Why documents have no text, and how many."""
        return dict(self._do("SELECT why, count(*) FROM documents WHERE why != '' GROUP BY why"))

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
            spoken: set[str] = set()
            for document in documents:
                spoken |= self._put(document)
            self._lexicon.add(spoken)

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
                    self._take_out(row[0])
                    self._do("DELETE FROM documents WHERE id = ?", row)
                    dropped += 1
        if dropped:
            with self._changing():  # what was taken out is gone from the file as well, not only from what is found
                self._do("INSERT INTO found (found) VALUES ('optimize')")
                self._do("INSERT INTO spelt (spelt) VALUES ('optimize')")
        return dropped

    def settle(self) -> None:
        """Make everything found that was put in."""
        if self._lexicon.is_scattered():
            self._index_anew()
        touched: set[str] = set()
        placed = 0
        sql = "SELECT d.id, d.kept, t.text FROM documents d JOIN texts t USING (id) WHERE NOT settled LIMIT ?"
        while True:
            with self._changing():
                self._lexicon.settle()
                rows = self._do(sql, (_AT_ONCE,)).fetchall()
                self._place(rows)
                touched |= self._contributions(row[0] for row in rows)
                placed += len(rows)
            if len(rows) < _AT_ONCE:
                break
        with self._changing():
            if placed >= _AT_ONCE:
                self._do("INSERT INTO found (found) VALUES ('optimize')")
            for one in sorted(touched):
                told = " ".join(telling_words(self._connection, one))
                self._do("INSERT OR REPLACE INTO topics VALUES (?, ?)", (one, told))

    def _put(self, document: Document) -> set[str]:
        """Keep a document; the words that it brings."""
        row = self._do(
            "SELECT d.id, d.kept, t.text FROM documents d JOIN texts t USING (id) WHERE digest = ?", (document.digest,)
        ).fetchone()
        extract = document.extract
        if row is not None:
            id_, kept, text = row
            if extract is None:
                before = unpacked(kept)
                extract = replace(before.extract, text=zlib.decompress(text).decode())
                document = replace(
                    document,
                    media_type=document.media_type or before.document.media_type,
                    family=document.family or before.document.family,
                )
            self._take_out(id_)
        else:
            id_ = None
        return self._keep(document, extract or Extract(why="no-reader"), id_)

    def _keep(self, document: Document, extract: Extract, id_: int | None) -> set[str]:
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
        sql = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)"
        id_ = self._do(sql, (id_, *told)).lastrowid
        assert id_ is not None
        body = words(text)
        sketch = likeness.sketch(body)
        self._do("INSERT INTO texts VALUES (?, ?, ?)", (id_, zlib.compress(text.encode(), 3), sketch))
        self._put_bands(id_, sketch)
        for giver in document.givers:
            where = (giver.host, giver.stop, giver.time[:10], f"{giver.link}/{giver.contribution}")
            self._do("INSERT INTO givings VALUES (?, ?, ?, ?, ?)", (id_, *where))
        return said(document, extract, body)

    def _put_bands(self, id_: int, sketch: bytes) -> None:
        """Note what a document is like, and of which kin it is: that of the first that it is nearly the same as."""
        some = list(likeness.bands(sketch))
        kin = id_
        sql = f"SELECT document FROM bands WHERE band IN ({', '.join('?' * len(some))}) ORDER BY document LIMIT ?"
        for (other,) in self._do(sql, (*some, _BUCKET_MAX)).fetchall() if some else ():
            row = self._do("SELECT t.sketch, d.kin FROM texts t JOIN documents d USING (id) WHERE id = ?", (other,))
            theirs, of = row.fetchone()
            if likeness.likeness(sketch, theirs) >= likeness.ALIKE:
                kin = of
                break
        self._do("UPDATE documents SET kin = ? WHERE id = ?", (kin, id_))
        self._connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", ((one, id_) for one in some))

    def _take_out(self, id_: int) -> None:
        """Take out all of a document but its row."""
        kept, text, sketch, settled = self._do(
            "SELECT d.kept, t.text, t.sketch, d.settled FROM documents d JOIN texts t USING (id) WHERE id = ?", (id_,)
        ).fetchone()
        known, body = unpacked(kept), words(zlib.decompress(text).decode())
        if settled:
            (parts,) = self._do("SELECT parts FROM placed WHERE id = ?", (id_,)).fetchone()
            columns = row_of(known.document, known.extract, body)
            sql = "INSERT INTO found (found, rowid, title, keywords, card, path, body, other, parts)"
            self._do(f"{sql} VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?)", (id_, *columns, parts))
            self._lexicon.forget(said(known.document, known.extract, body))
        bands = ((band, id_) for band in likeness.bands(sketch))
        self._connection.executemany("DELETE FROM bands WHERE band = ? AND document = ?", bands)
        for table, column in (("placed", "id"), ("texts", "id"), ("givings", "document")):
            self._do(f"DELETE FROM {table} WHERE {column} = ?", (id_,))

    def _place(self, rows: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Put documents into the index."""
        read = [(id_, unpacked(kept), words(zlib.decompress(text).decode())) for id_, kept, text in rows]
        spoken = [said(known.document, known.extract, body) for _, known, body in read]
        parts = self._lexicon.all_parts() if len(rows) == _AT_ONCE else self._lexicon.parts_of(set().union(*spoken))
        placed, found = [], []
        for (id_, known, body), some in zip(read, spoken, strict=True):
            told = " ".join(parts[word] for word in sorted(some) if word in parts)
            placed.append((id_, told, len(body)))
            found.append((id_, *row_of(known.document, known.extract, body), told))
        sql = "INSERT INTO found (rowid, title, keywords, card, path, body, other, parts)"
        self._connection.executemany(f"{sql} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", found)
        self._connection.executemany("INSERT INTO placed VALUES (?, ?, ?)", placed)
        self._connection.executemany("UPDATE documents SET settled = 1 WHERE id = ?", ((one[0],) for one in placed))

    def _contributions(self, ids: Iterable[int]) -> set[str]:
        sql = "SELECT contribution FROM givings WHERE document = ?"
        return {one for id_ in ids for (one,) in self._do(sql, (id_,))}

    def _index_anew(self) -> None:
        """Make the index again from what is kept; ``settle`` fills it."""
        with self._changing():
            for table in INDEX_TABLES:
                self._do(f"DROP TABLE IF EXISTS {table}")
        self._make(INDEX, "index", _INDEX_STAMP)
        with self._changing():
            sql = "SELECT d.id, d.kept, t.text, t.sketch FROM documents d JOIN texts t USING (id)"
            for id_, kept, text, sketch in self._do(sql).fetchall():
                known, body = unpacked(kept), words(zlib.decompress(text).decode())
                self._lexicon.add(said(known.document, known.extract, body))
                self._put_bands(id_, sketch)
            self._do("UPDATE documents SET settled = 0")
