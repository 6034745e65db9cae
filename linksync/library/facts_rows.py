"""The tables of a library's facts, and what their rows say."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from linksync.library.givings import Gift, Given, Giving, Status

Row = tuple[Any, ...]

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE handoffs (id INTEGER PRIMARY KEY, link TEXT, number INTEGER, seal TEXT UNIQUE, previous TEXT, holder TEXT,
    key TEXT, place TEXT, time TEXT, folder TEXT, signature TEXT, stolen INTEGER);
CREATE INDEX handoffs_number ON handoffs (link, number);
CREATE INDEX handoffs_previous ON handoffs (previous);
CREATE TABLE gifts (handoff INTEGER, link TEXT, path BLOB, digest BLOB, size INTEGER, audience TEXT, held INTEGER,
    came_from BLOB, key TEXT, status INTEGER, ended INTEGER, PRIMARY KEY (handoff, path)) WITHOUT ROWID;
CREATE INDEX gifts_digest ON gifts (digest);
CREATE INDEX gifts_path ON gifts (link, path);
CREATE INDEX gifts_key ON gifts (key);
CREATE TABLE gone (handoff INTEGER, link TEXT, path BLOB, digest BLOB, moved INTEGER,
    PRIMARY KEY (link, path, digest, handoff)) WITHOUT ROWID;
CREATE TABLE narrowed (handoff INTEGER, link TEXT, number INTEGER, folder BLOB,
    PRIMARY KEY (link, number, handoff, folder)) WITHOUT ROWID;
CREATE TABLE documents (link TEXT, path BLOB, document INTEGER, PRIMARY KEY (link, path)) WITHOUT ROWID;
CREATE INDEX documents_document ON documents (document);
CREATE TABLE contents (digest BLOB PRIMARY KEY, place TEXT, size INTEGER, narrow INTEGER, line BLOB) WITHOUT ROWID;
CREATE TABLE leaves (beginning TEXT PRIMARY KEY, sums BLOB, entries BLOB) WITHOUT ROWID;
"""
ASIDE = """
CREATE TABLE before (digest BLOB PRIMARY KEY, place TEXT) WITHOUT ROWID;
CREATE TABLE entangled (handoff INTEGER, path BLOB, PRIMARY KEY (handoff, path)) WITHOUT ROWID;
"""
"""Tables that are there while all is merged anew."""
ENTANGLED = (
    "g.digest IN (SELECT digest FROM gifts GROUP BY digest HAVING count(*) > 1)",
    "g.key IN (SELECT key FROM gifts GROUP BY key HAVING count(*) > 1)",
    "(g.link, g.path) IN (SELECT link, path FROM gifts GROUP BY link, path HAVING count(*) > 1)",
    "(g.link, g.path) IN (SELECT link, path FROM gone)",
    "(g.link, g.path) IN (SELECT link, came_from FROM gifts WHERE came_from IS NOT NULL)",
    "g.came_from IS NOT NULL",
    "g.handoff IN (SELECT id FROM handoffs WHERE stolen)",
    "EXISTS (SELECT 1 FROM gifts b WHERE b.key > g.key || '/' AND b.key < g.key || '0')",
)
"""Which gifts share a content, a name, a path or a document with another one, or what became of them with anything."""
HANDOFF = "h.link, h.number, h.seal, h.previous, h.holder, h.key, h.place, h.time, h.folder, h.signature"
GIVINGS = (
    f"SELECT {HANDOFF}, g.path, g.digest, g.size, g.audience, g.held, g.came_from, g.status, g.ended, h.stolen"
    " FROM gifts g JOIN handoffs h ON h.id = g.handoff WHERE "
)


def given_of(row: Sequence[Any], **more: Any) -> Given:
    """A hand-off from the columns of ``HANDOFF``, without what it gave unless ``more`` says it."""
    link, number, seal, previous, holder, key, place, time, folder, signature = row
    return Given(
        link=link,
        number=number,
        seal=seal,
        previous=previous,
        holder=holder,
        key=key,
        place=place,
        time=dt.datetime.fromisoformat(time),
        folder=folder,
        signature=signature,
        **({"gifts": ()} | more),
    )


def gift_of(row: Sequence[Any]) -> Gift:
    """A gift from its path, digest, size, audience and whether it is held."""
    path, digest, size, audience, held = row
    return Gift(path=path, digest=digest, size=size, audience=audience, held=bool(held))


def giving_of(row: Row) -> Giving:
    """A giving from the columns of ``GIVINGS``."""
    path, digest, size, audience, held, came_from, status, ended, stolen = row[10:]
    return Giving(
        by=given_of(row[:10]),
        gift=gift_of((path, digest, size, audience, held)),
        status=Status(status),
        held=bool(held or stolen),
        stolen=bool(stolen),
        came_from=came_from,
        ended=ended,
    )


def gift_row(id_: int | None, by: Given, gift: Gift, came_from: bytes | None, stolen: bool) -> Row:
    """The columns of the table of gifts, as if what was given were still there."""
    giving = Giving(
        by=by, gift=gift, status=Status.HERE, held=gift.held or stolen, stolen=stolen, came_from=came_from, ended=0
    )
    told = (gift.path, gift.digest, gift.size, gift.audience, gift.held, came_from)
    return (id_, by.link, *told, giving.key, Status.HERE, 0)
