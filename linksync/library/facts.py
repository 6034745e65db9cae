"""The facts: what a library knows of all that was verified, kept so that a pull costs what is new.

``.linksync/facts.sqlite`` follows from the proof and can always be made from it again. It is believed only where it
was made, by this version, under the newest relay version, and while nothing was cut off: a copied, restored or
damaged one is none. Its pages are not synced one by one: the note ``CHANGING`` stands until the whole disk is.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from linksync.custody.lists import Digest
from linksync.library.facts_rows import (
    GIVINGS,
    HANDOFF,
    TABLES,
    Row,
    gift_of,
    gift_row,
    given_of,
    giving_of,
)
from linksync.library.facts_together import Together
from linksync.library.givings import Departure, Gifts, Given, Giving, Status, moved
from linksync.library.leaves import ALL, LEAF_MAX, bounds
from linksync.library.shelves import PRIVATE, forget_note, write_note

FACTS, CHANGING = f"{PRIVATE}/facts.sqlite", f"{PRIVATE}/changing"
_VERSION = 1
"""Goes up whenever the tables, the merge or the lines of the index change."""


class Facts(Together):
    """The facts of a library. Every method may raise ``sqlite3.Error``: then they are none any more."""

    @classmethod
    def open(cls, root: Path, relay: str) -> "Facts | None":
        """The facts of a library; None where there are none to believe.

        Args:
            root: of the library.
            relay: the hash of the seal of the newest relay version.
        """
        path = root / FACTS
        if (root / CHANGING).exists() or not path.is_file():
            return None
        facts = cls(_connected(path))
        try:
            if facts._meta("stamp") == _stamp(path, relay):
                return facts
        except sqlite3.Error:
            pass
        facts.close()
        return None

    @classmethod
    def anew(cls, root: Path, relay: str) -> "Facts":
        """Begin facts of nothing, in place of those that were; ``begin`` is done."""
        path = root / FACTS
        begin_change(root)
        for name in (FACTS, f"{FACTS}-journal"):
            with suppress(FileNotFoundError):
                os.unlink(root / name)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
        facts = cls(_connected(path))
        facts.begin()
        for statement in TABLES.split(";"):
            facts._do(statement)
        facts._set_meta("stamp", _stamp(path, relay))
        return facts

    def close(self) -> None:
        """Let go; what was not committed is forgotten."""
        self._connection.close()

    def begin(self) -> None:
        """Begin to change them, after ``begin_change``."""
        if not self._connection.in_transaction:
            self._do("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep what was changed; durable with the next sync of the disk."""
        if self._connection.in_transaction:
            self._drop_aside()
            self._do("COMMIT")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what is done within where it raises."""
        self._do("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._do("ROLLBACK TO attempt")
            raise
        finally:
            self._do("RELEASE attempt")

    # Hand-offs.

    def has(self, seal: str) -> bool:
        """Whether a hand-off is in."""
        return self._one("SELECT 1 FROM handoffs WHERE seal = ?", seal) is not None

    def is_followed(self, seal: str) -> bool:
        """Whether a hand-off that is in says that it follows the one with that seal."""
        return self._one("SELECT 1 FROM handoffs WHERE previous = ?", seal) is not None

    def has_number(self, link: str, number: int) -> bool:
        """Whether a hand-off of a Link has that number."""
        return self._one("SELECT 1 FROM handoffs WHERE link = ? AND number = ?", link, number) is not None

    def forked(self) -> frozenset[str]:
        """The Links on which two hand-offs have one number."""
        return frozenset(str(self._meta("forked") or "").split())

    def links(self) -> list[str]:
        """The Links of which there is a hand-off."""
        found: list[str] = []
        while row := self._one("SELECT link FROM handoffs WHERE link > ? ORDER BY link", found[-1] if found else ""):
            found.append(row[0])
        return found

    def handoff(self, seal: str) -> Given | None:
        """A hand-off without what it gave; None for one that is not in."""
        row = self._one(f"SELECT {HANDOFF} FROM handoffs h WHERE seal = ?", seal)
        return None if row is None else given_of(row)

    def some_handoffs(self, after: str, count: int) -> list[Given]:
        """The next hand-offs by their seals, without what they gave."""
        rows = self._do(f"SELECT {HANDOFF} FROM handoffs h WHERE seal > ? ORDER BY seal LIMIT ?", (after, count))
        return [given_of(row) for row in rows]

    def all(self) -> list[Given]:
        """Every hand-off with what it gave."""
        gone = self._by_handoff("gone", "path, digest")
        narrowed = self._by_handoff("narrowed", "folder")
        found = []
        for id_, *row in self._do(f"SELECT h.id, {HANDOFF} FROM handoffs h").fetchall():
            sql = "SELECT path, digest, size, audience, held FROM gifts WHERE handoff = ? ORDER BY path"
            given = Gifts(map(gift_of, self._do(sql, (id_,))))
            away = frozenset((path, digest) for path, digest in gone.get(id_, ()))
            folders = tuple(sorted(folder for (folder,) in narrowed.get(id_, ())))
            found.append(given_of(row, gifts=given, gone=away, narrowed=folders))
        return found

    def add(self, one: Given, *, stolen: bool = False) -> None:
        """Put a hand-off in; what became of its gifts is settled afterwards."""
        values = (one.link, one.number, one.seal, one.previous, one.holder, one.key, one.place)
        told = (one.time.isoformat(), one.folder, one.signature, stolen)
        marks = ", ".join("?" * 11)
        columns = "link, number, seal, previous, holder, key, place, time, folder, signature, stolen"
        id_ = self._do(f"INSERT INTO handoffs ({columns}) VALUES ({marks})", (*values, *told)).lastrowid
        came_from = moved(one)
        away = set(came_from.values())
        self._many("gifts", (gift_row(id_, one, gift, came_from.get(gift.path), stolen) for gift in one.gifts))
        self._many("gone", ((id_, one.link, path, digest, path in away) for path, digest in one.gone))
        self._many("narrowed", ((id_, one.link, one.number, folder) for folder in set(one.narrowed)))
        self._set_meta("handoffs", self.counts()[0] + 1)

    # What was given.

    def of_content(self, digest: Digest) -> list[Giving]:
        """Everything that gave a content."""
        return self._givings("g.digest = ?", digest)

    def at_path(self, link: str, path: bytes) -> list[Giving]:
        """Everything that was given at a path on a Link."""
        return self._givings("g.link = ? AND g.path = ?", link, path)

    def below_path(self, link: str, folder: bytes) -> list[Giving]:
        """Everything that was given in a folder on a Link or below it; the folder without a slash at its end."""
        return self._givings("g.link = ? AND g.path > ? AND g.path < ?", link, folder + b"/", folder + b"0")

    def under_key(self, key: str) -> list[Giving]:
        """Everything under a key of the library."""
        return self._givings("g.key = ?", key)

    def is_folder(self, key: str) -> bool:
        """Whether something stands below a key."""
        return self._one("SELECT 1 FROM gifts WHERE key > ? AND key < ?", f"{key}/", f"{key}0") is not None

    def departures(self, link: str, path: bytes) -> dict[Digest, list[Departure]]:
        """The hand-offs that no longer found a content at a path, by the content."""
        found: dict[Digest, list[Departure]] = {}
        sql = f"SELECT {HANDOFF}, n.digest, n.moved FROM gone n JOIN handoffs h ON h.id = n.handoff"
        for *row, digest, is_moved in self._do(f"{sql} WHERE n.link = ? AND n.path = ? AND NOT h.stolen", (link, path)):
            found.setdefault(digest, []).append(Departure(by=given_of(row), moved=bool(is_moved)))
        return found

    def narrowed(self, link: str, number: int) -> list[tuple[int, bytes]]:
        """The folders whose cards no longer say yes since a hand-off with that number or a higher one, with it."""
        sql = "SELECT n.number, n.folder FROM narrowed n JOIN handoffs h ON h.id = n.handoff"
        return self._do(f"{sql} WHERE n.link = ? AND n.number >= ? AND NOT h.stolen", (link, number)).fetchall()

    def settle(self, giving: Giving, status: Status, ended: int) -> None:
        """Say what became of a gift."""
        handoff = "(SELECT id FROM handoffs WHERE seal = ?)"
        sql = f"UPDATE gifts SET status = ?, ended = ? WHERE handoff = {handoff} AND path = ?"
        self._do(sql, (status, ended, giving.by.seal, giving.gift.path))

    # Documents.

    def document(self, link: str, path: bytes) -> int:
        """The document that a path on a Link is of; a new one where it is of none yet."""
        row = self._one("SELECT document FROM documents WHERE link = ? AND path = ?", link, path)
        if row is not None:
            return int(row[0])
        number = int(self._one("SELECT coalesce(max(document), 0) + 1 FROM documents", *())[0])  # type: ignore[index]
        self._do("INSERT INTO documents VALUES (?, ?, ?)", (link, path, number))
        return number

    def join(self, link: str, path: bytes, other: bytes) -> None:
        """Make one document of those of two paths on a Link."""
        one, two = self.document(link, path), self.document(link, other)
        self._do("UPDATE documents SET document = ? WHERE document = ?", (min(one, two), max(one, two)))

    def of_document(self, document: int) -> list[Giving]:
        """Everything that was given of a document."""
        rows = self._do("SELECT link, path FROM documents WHERE document = ?", (document,)).fetchall()
        return [giving for link, path in rows for giving in self.at_path(link, path)]

    # Contents.

    def place(self, digest: Digest) -> str | None:
        """Where a content stands; None for one that is not in."""
        row = self._one("SELECT place FROM contents WHERE digest = ?", digest)
        return None if row is None else str(row[0])

    def is_narrow(self, digest: Digest) -> bool:
        """Whether a content stays with the organisers."""
        row = self._one("SELECT narrow FROM contents WHERE digest = ?", digest)
        return row is not None and bool(row[0])

    def line(self, digest: Digest) -> bytes:
        """The line of a content in the index; empty for one that is not in."""
        row = self._one("SELECT line FROM contents WHERE digest = ?", digest)
        return b"" if row is None else bytes(row[0])

    def put_content(self, digest: Digest, place: str, size: int, *, narrow: bool, line: bytes) -> None:
        """Say where a content stands and what is known of it."""
        if self.place(digest) is None:
            self._set_meta("contents", self.counts()[1] + 1)
        self._do("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?)", (digest, place, size, narrow, line))

    def places(self) -> Iterator[tuple[Digest, str, int]]:
        """Each content, where it stands, and its bytes."""
        return iter(self._do("SELECT digest, place, size FROM contents").fetchall())

    def some_places(self, after: Digest, count: int) -> list[tuple[Digest, str, int]]:
        """As ``places``, for the next ones by their digests."""
        sql = "SELECT digest, place, size FROM contents WHERE digest > ? ORDER BY digest LIMIT ?"
        return self._do(sql, (after, count)).fetchall()

    def lines(self, beginning: str) -> list[tuple[Digest, str, bytes]]:
        """The contents whose digests begin so, sorted: digest, place and line."""
        sql = "SELECT digest, place, line FROM contents WHERE digest BETWEEN ? AND ? ORDER BY digest"
        return self._do(sql, bounds(beginning)).fetchall()

    def fits_leaf(self, beginning: str) -> bool:
        """Whether the contents whose digests begin so are few enough for one leaf."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM contents WHERE digest BETWEEN ? AND ? LIMIT {LEAF_MAX + 1})"
        return int(self._do(sql, bounds(beginning)).fetchone()[0]) <= LEAF_MAX

    # Leaves.

    def has_leaf(self, beginning: str) -> bool:
        """Whether a leaf was written for that beginning."""
        return self._one("SELECT 1 FROM leaves WHERE beginning = ?", beginning or ALL) is not None

    def put_leaf(self, beginning: str, sums: Digest, entries: Digest) -> None:
        """Say what the two files of a leaf are."""
        self._do("INSERT OR REPLACE INTO leaves VALUES (?, ?, ?)", (beginning or ALL, sums, entries))

    def drop_leaf(self, beginning: str) -> None:
        """Forget a leaf."""
        self._do("DELETE FROM leaves WHERE beginning = ?", (beginning or ALL,))

    def drop_leaves(self) -> None:
        """Forget all leaves."""
        self._do("DELETE FROM leaves")

    def some_leaves(self, after: str, count: int) -> list[tuple[str, Digest, Digest]]:
        """The next leaves by their beginnings, ``all`` for the only one, and what their files are."""
        sql = "SELECT beginning, sums, entries FROM leaves WHERE beginning > ? ORDER BY beginning LIMIT ?"
        return self._do(sql, (after, count)).fetchall()

    def _givings(self, where: str, *values: object) -> list[Giving]:
        return [giving_of(row) for row in self._do(GIVINGS + where, values)]

    def _by_handoff(self, table: str, columns: str) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        for id_, *row in self._do(f"SELECT handoff, {columns} FROM {table}"):
            found.setdefault(id_, []).append(tuple(row))
        return found


def begin_change(root: Path) -> None:
    """Note that the library is changing: should that be cut off, its facts are none."""
    write_note(root, CHANGING, b"\n")


def end_change(root: Path) -> None:
    """Note that it stands; all of it is durable."""
    forget_note(root, CHANGING)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _stamp(path: Path, relay: str) -> str:
    """By which the facts are known as those of this version, this place and this roster."""
    return f"{_VERSION} {os.stat(path).st_ino} {relay}"
