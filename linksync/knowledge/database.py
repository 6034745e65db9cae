"""The database that a catalogue stands in: notes, and changes that happen whole or not at all."""

import errno
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from os import unlink
from pathlib import Path
from typing import Self

from linksync.errors import MediumError

_PATIENCE = 10.0
"""Seconds to wait for another who has it."""
_DAMAGED = (
    "database disk image is malformed",
    "file is not a database",
    "fts5: corrupt",
    "no such table",
    "no such col",
)


class Database:
    """A database of ours.

    Attributes:
        heals: whether it is thrown away where it turns out to be damaged.
    """

    heals = False

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Stand on a connection; ``connected`` makes one."""
        self._connection = connection
        self._do = connection.execute
        self._path = path

    def close(self) -> None:
        """Let go."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        self.close()
        cause = error if isinstance(error, sqlite3.Error) else getattr(error, "__cause__", None)
        if isinstance(cause, sqlite3.DatabaseError) and str(cause).startswith(_DAMAGED) and self.heals:
            with suppress(OSError):
                unlink(self._path)  # it is derived: the next run makes it anew
        if isinstance(error, sqlite3.Error):
            raise failed(self._path, error) from error

    def meta(self, name: str) -> object:
        """What was noted under a name; None for nothing."""
        row = self._do("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def note(self, name: str, value: str) -> None:
        """Note something, to be asked for with ``meta``."""
        with self._changing():
            self._do("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def noted(self, beginning: str) -> dict[str, str]:
        """What was noted under names that begin so, by what follows."""
        rows = self._do("SELECT name, value FROM meta WHERE name >= ? AND name < ?", (beginning, f"{beginning}\x7f"))
        return {name.removeprefix(beginning): value for name, value in rows}

    def note_all(self, beginning: str, values: Mapping[str, str]) -> None:
        """Note things under names that begin so, in place of all that were."""
        with self._changing():
            self._do("DELETE FROM meta WHERE name >= ? AND name < ?", (beginning, f"{beginning}\x7f"))
            rows = ((beginning + name, value) for name, value in values.items())
            self._connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)

    def _make(self, tables: str, name: str, version: object) -> None:
        for statement in tables.split(";"):
            self._do(statement)
        self._do("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, version))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """All of it or nothing."""
        with translated(self._path):
            self._do("BEGIN IMMEDIATE")
            try:
                yield
                self._do("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._do("ROLLBACK")
                raise


def connected(path: Path) -> sqlite3.Connection:
    """A connection to a database, which is made where there is none."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
    for pragma in ("temp_store = MEMORY", "cache_size = -32000", "synchronous = NORMAL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Tell of a database that fails."""
    try:
        yield
    except sqlite3.Error as error:
        raise failed(path, error) from error


def failed(path: Path, error: sqlite3.Error) -> MediumError:
    """What a failing database means."""
    return MediumError("catalogue-failed", errno=errno.EIO, path=str(path), why=str(error))
