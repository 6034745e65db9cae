"""The ledger: where each medium stood, and what happened, so that a daemon that was killed goes on where it was.

Only a help: the truth is on the stick and in the outbox, and every step can be done again. So a ledger that is damaged,
or of another version, is set aside under another name and begun anew; and where it cannot be written for a while (a
full disk, a program that locks it) the daemon goes on without, and writes what it has once that is over. SQLite in the
host's own memory, every change durable before the next step is taken.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linksync.errors import MediumError
from linksync.host.daemon.stand import Stand
from linksync.host.daemon.states import Value, Words, words
from linksync.machine import durable

VERSION = 1
EVENTS_MAX = 1000
_SLACK = 200
_PATIENCE, _PAUSE = 1.0, 5.0
"""Seconds to wait for somebody who has locked it, and to leave it alone after it could not be written."""
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
    }
)
"""What says nothing of the ledger itself, but that it cannot be written or read now."""
_SCHEMA = """
CREATE TABLE media (card INTEGER PRIMARY KEY, medium TEXT NOT NULL, stand TEXT NOT NULL, told TEXT NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, card TEXT NOT NULL, slug TEXT NOT NULL,
                     fields TEXT NOT NULL);
CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: when (RFC 3339, UTC), to which card ("" for none), and what is said of it."""

    time: str
    card: str
    said: Words


class Ledger:
    """The ledger in one file. For one thread; a context manager.

    Attributes:
        set_aside: where a damaged one was put, or "".
        lacking: whether something that was to be kept may not stand in it: it could not be written, or was begun anew.
    """

    def __init__(self, path: Path) -> None:
        """Open it, or begin one.

        Raises:
            MediumError: ``disk-write``: this computer's disk cannot hold one.
        """
        self.path = path
        self.set_aside = ""
        self.lacking = False
        self._quiet_until = 0.0
        durable.make_folder(path.parent)
        try:
            self._db = _opened(path)
        except sqlite3.Error as error:
            if _is_passing(error):
                raise MediumError("disk-write", errno=0, path=str(path), why=str(error)) from error
            self.set_aside = _put_aside(path)
            self._db = self._anew()
        self._cards = self._highest_card()

    def _anew(self) -> sqlite3.Connection:
        try:
            return _opened(self.path)
        except sqlite3.Error as error:
            raise MediumError("disk-write", errno=0, path=str(self.path), why=str(error)) from error

    def _highest_card(self) -> int:
        rows = [*self._all("SELECT MAX(card) FROM media"), *self._all("SELECT value FROM numbers WHERE name = 'card'")]
        return max((row[0] for row in rows if isinstance(row[0], int)), default=0)

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def new_card(self) -> str:
        """The number of a card that was never given before."""
        self._cards += 1
        self._do("INSERT OR REPLACE INTO numbers VALUES ('card', ?)", self._cards)
        return str(self._cards)

    def keep(self, stand: Stand, told: str = "{}") -> bool:
        """Keep where a medium stands; durable when this returns, unless it says otherwise.

        Args:
            stand: under its card's number.
            told: what its card shows beside that, as JSON.

        Returns:
            False where it cannot be kept now.
        """
        row = (int(stand.card), stand.medium, stand.to_json(), told)
        return self._do("INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?)", *row)

    def drop(self, card: str) -> None:
        """Forget a medium."""
        self._do("DELETE FROM media WHERE card = ?", int(card))

    def media(self) -> tuple[tuple[Stand, str], ...]:
        """All that was kept, with what its card showed, oldest card first; what cannot be read is left out."""
        found = []
        for stand, told in self._all("SELECT stand, told FROM media ORDER BY card"):
            with contextlib.suppress(ValueError):
                read = Stand.from_json(stand)
                found.append((replace(read, card=str(int(read.card))), str(told)))
        return tuple(found)

    def note(self, event: Event) -> None:
        """Write down what happened; the oldest lines go."""
        row = (event.time, event.card, event.said.slug, json.dumps(dict(event.said.fields)))
        if not self._do("INSERT INTO events (time, card, slug, fields) VALUES (?, ?, ?, ?)", *row):
            return
        ids = self._one("SELECT MIN(id), MAX(id) FROM events")
        if ids and ids[1] - ids[0] > EVENTS_MAX + _SLACK:
            self._do("DELETE FROM events WHERE id <= ?", ids[1] - EVENTS_MAX)

    def events(self, most: int) -> tuple[Event, ...]:
        """The newest lines, the newest last."""
        rows = self._all("SELECT time, card, slug, fields FROM events ORDER BY id DESC LIMIT ?", most)
        return tuple(
            Event(time=time, card=card, said=words(slug, **_fields(fields)))
            for time, card, slug, fields in reversed(list(rows))
        )

    def _do(self, statement: str, *values: Any) -> bool:
        """Change something; whether it stands there now.

        A ledger that turns out to be damaged is begun anew, without what stood there; one that cannot be written now is
        left alone for a moment, so that nobody waits for it at each word.
        """
        if time.monotonic() < self._quiet_until:
            self.lacking = True
            return False
        try:
            self._execute(statement, values)
        except sqlite3.Error as error:
            self.lacking = True
            if not _is_passing(error) and self._begun_anew(statement, values):
                return True
            self._quiet_until = time.monotonic() + _PAUSE
            return False
        return True

    def _execute(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._db:
            self._db.execute(statement, values)

    def _begun_anew(self, statement: str, values: tuple[Any, ...]) -> bool:
        self.close()
        self.set_aside = _put_aside(self.path)
        try:
            self._db = self._anew()
            self._execute(statement, values)
        except (sqlite3.Error, MediumError):
            return False
        return True

    def _one(self, statement: str) -> tuple[Any, ...] | None:
        return next(iter(self._all(statement)), None)

    def _all(self, statement: str, *values: Any) -> Iterable[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError:
            return []


def _opened(path: Path) -> sqlite3.Connection:
    """Open a ledger of this version, or make one.

    Raises:
        sqlite3.Error: it is damaged, or none of ours.
    """
    database = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if not tables:
            with database:
                database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        elif version != VERSION:
            raise sqlite3.DatabaseError(f"version {VERSION} expected, {version} found")
        (sound,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(str(sound))
        database.execute("SELECT card, medium, stand, told FROM media").fetchall()
        database.execute("SELECT COUNT(time), COUNT(card), COUNT(slug), COUNT(fields) FROM events").fetchone()
        database.execute("SELECT name, value FROM numbers").fetchall()
    except BaseException:
        database.close()
        raise
    os.chmod(path, 0o600)
    return database


def _is_passing(error: sqlite3.Error) -> bool:
    """Whether an error says nothing of the ledger itself; SQLite's codes have their kind in the lowest byte."""
    return (getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF) in _PASSING


def _put_aside(path: Path) -> str:
    """Give a ledger that cannot be read another name, in place of the one set aside before; its new path."""
    aside = path.with_name(f"{path.name}.damaged")
    for tail in ("-wal", "-shm"):
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{tail}")
    try:
        durable.settle(path, aside)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(path)
    return str(aside)


def _fields(text: str) -> dict[str, Value]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {str(name): value for name, value in told.items() if isinstance(value, int | str)}
