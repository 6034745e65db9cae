"""What the facts do with all that is in them at once, however much it is: it stays in the database meanwhile."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from linksync.custody.lists import Digest
from linksync.library.facts_rows import ASIDE, ENTANGLED, HANDOFF, Row, gift_of, given_of
from linksync.library.givings import Gift, Given, Giving, Status, forked_links
from linksync.library.index import line_of
from linksync.library.merge import Content


class Together:
    """A database of facts, and what merging anew needs of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Stand on a database; ``open`` or ``anew`` give one."""
        self._connection = connection
        self._do = connection.execute

    def counts(self) -> tuple[int, int]:
        """Hand-offs and contents."""
        return self._count("handoffs"), self._count("contents")

    def empty(self) -> None:
        """Take everything out; where contents stood is known until ``commit``."""
        self._drop_aside()
        for statement in ASIDE.split(";"):
            self._do(statement)
        self._do("INSERT INTO before SELECT digest, place FROM contents")
        for table in ("handoffs", "gifts", "gone", "narrowed", "documents", "contents"):
            self._do(f"DELETE FROM {table}")
        self._set_meta("handoffs", 0)
        self._set_meta("contents", 0)

    def entangle(self) -> None:
        """Find the gifts that share something with another one; after ``add``, before anything else."""
        for which in ENTANGLED:
            self._do(f"INSERT OR IGNORE INTO entangled SELECT g.handoff, g.path FROM gifts g WHERE {which}")

    def entangled(self, seal: str) -> tuple[Gift, ...]:
        """Those of a hand-off."""
        sql = (
            "SELECT g.path, g.digest, g.size, g.audience, g.held FROM entangled e"
            " JOIN gifts g ON g.handoff = e.handoff AND g.path = e.path"
            " WHERE e.handoff = (SELECT id FROM handoffs WHERE seal = ?)"
        )
        return tuple(map(gift_of, self._do(sql, (seal,))))

    def alone(self) -> Iterator[Giving]:
        """All others, in the order of their digests; they are still there, and neither held apart nor stolen for it."""
        handoffs = {id_: given_of(row) for id_, *row in self._do(f"SELECT h.id, {HANDOFF} FROM handoffs h")}
        sql = (
            "SELECT g.handoff, g.path, g.digest, g.size, g.audience, g.held FROM gifts g WHERE NOT EXISTS"
            " (SELECT 1 FROM entangled e WHERE e.handoff = g.handoff AND e.path = g.path) ORDER BY g.digest"
        )
        for id_, *row in self._do(sql):
            gift = gift_of(row)
            yield Giving(
                by=handoffs[id_],
                gift=gift,
                status=Status.HERE,
                held=gift.held,
                stolen=False,
                came_from=None,
                ended=0,
            )

    def settle_all(self, givings: Iterable[Giving]) -> None:
        """As ``settle``, with what the givings themselves say."""
        ids = dict(self._do("SELECT seal, id FROM handoffs").fetchall())
        settled = ((one.status, one.ended, ids[one.by.seal], one.gift.path) for one in givings)
        self._connection.executemany("UPDATE gifts SET status = ?, ended = ? WHERE handoff = ? AND path = ?", settled)

    def put_documents(self, documents: Iterable[tuple[tuple[str, bytes], int]]) -> None:
        """Say of which documents paths on Links are."""
        self._many("documents", ((*line, number) for line, number in documents))

    def put_contents(self, contents: Sequence[Content]) -> None:
        """As ``put_content``, for contents that are not in."""
        told = ((one.digest, one.place, one.size, one.audience == "organisers", line_of(one)) for one in contents)
        self._many("contents", told)
        self._set_meta("contents", self.counts()[1] + len(contents))

    def note_forks(self, handoffs: Iterable[Given]) -> None:
        """Note on which Links hand-offs forked."""
        self._set_meta("forked", " ".join(sorted(forked_links(handoffs))))

    def replaced(self) -> Iterator[tuple[Digest, str | None, str | None]]:
        """The contents that stand elsewhere than before ``empty``, where they stood, and where they stand."""
        yield from self._do(
            "SELECT c.digest, b.place, c.place FROM contents c LEFT JOIN before b USING (digest)"
            " WHERE b.place IS NOT c.place"
        )
        yield from self._do(
            "SELECT b.digest, b.place, NULL FROM before b LEFT JOIN contents c USING (digest) WHERE c.digest IS NULL"
        )

    def _drop_aside(self) -> None:
        for table in ("before", "entangled"):
            self._do(f"DROP TABLE IF EXISTS {table}")

    def _many(self, table: str, rows: Iterable[Row]) -> None:
        left = iter(rows)
        first = next(left, None)
        if first is not None:
            sql = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"
            self._connection.executemany(sql, chain((first,), left))

    def _one(self, sql: str, *values: object) -> Row | None:
        row: Row | None = self._do(f"{sql} LIMIT 1", values).fetchone()
        return row

    def _meta(self, name: str) -> object:
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else row[0]

    def _count(self, name: str) -> int:
        return int(str(self._meta(name) or 0))

    def _set_meta(self, name: str, value: object) -> None:
        self._do("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
