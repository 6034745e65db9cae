"""The ledger outlives a kill, and whatever happens to its file costs nothing but itself."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from linksync.host.daemon.ledger import EVENTS_MAX, VERSION, Event, Ledger
from linksync.host.daemon.stand import Phase, Stand
from linksync.host.daemon.states import State, words

STAND = Stand(medium="8:17-4-ABCD", card="1", name="LINK", phase=Phase.FINISH, state=State.SEALED, sealed=True)


def said(number: int) -> Event:
    return Event(time=f"2026-11-24T14:00:{number % 60:02}Z", card="1", said=words("daemon-sealed", number=number))


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "daemon" / "ledger.sqlite"
    with Ledger(path) as ledger:
        assert (ledger.new_card(), ledger.new_card()) == ("1", "2")
        ledger.keep(STAND, '{"added": []}')
        ledger.note(said(3))
    with Ledger(path) as ledger:
        assert ledger.media() == ((STAND, '{"added": []}'),)
        assert ledger.events(10) == (said(3),)
        assert ledger.new_card() == "3"
        ledger.drop("1")
        assert ledger.media() == ()
        assert ledger.set_aside == ""
    assert path.stat().st_mode & 0o077 == 0


def test_the_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        for number in range(EVENTS_MAX + 500):
            ledger.note(said(number))
        assert len(ledger.events(9999)) <= EVENTS_MAX + 201
        assert ledger.events(1) == (said(EVENTS_MAX + 499),)


PROGRAM = """
import os, sys
from pathlib import Path
from linksync.host.daemon.ledger import Ledger
from linksync.host.daemon.stand import Stand
ledger = Ledger(Path(sys.argv[1]))
for number in range(100000):
    ledger.keep(Stand(medium="m", card="1", number=number))
    print(number, flush=True)
"""


def test_what_was_kept_before_a_kill_stands(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            last = int(line)
            if last == 20:
                os.kill(running.pid, signal.SIGKILL)
    with Ledger(path) as ledger:
        assert ledger.set_aside == ""
        assert ledger.media()[0][0].number >= last


@pytest.mark.parametrize("damage", ["no database", "cut", "zeros", "version", "tables", "folder of others"])
def test_a_damaged_ledger_is_set_aside_and_begun_anew(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        for number in range(200):
            ledger.note(said(number))
        ledger.keep(STAND)
    if damage == "no database":
        path.write_bytes(b"what is this?\n" * 1000)
    elif damage == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif damage == "zeros":
        with open(path, "r+b") as file:
            file.seek(4096)
            file.write(bytes(8192))
    else:
        with sqlite3.connect(path) as database:
            if damage == "version":
                database.execute(f"PRAGMA user_version = {VERSION + 1}")
            elif damage == "tables":
                database.execute("DROP TABLE media")
            else:
                database.execute("ALTER TABLE media RENAME COLUMN stand TO seat")
        database.close()
    with Ledger(path) as ledger:
        assert Path(ledger.set_aside).exists()
        ledger.keep(STAND)
        assert ledger.media() == ((STAND, "{}"),)


def test_a_ledger_that_is_damaged_while_it_is_open_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        for number in range(300):
            ledger.note(said(number))
        with open(path, "r+b") as file:
            file.write(b"x" * (1 << 16))
        Path(f"{path}-wal").write_bytes(b"y" * 5000)
        for number in range(50):
            ledger.note(said(number))
            ledger.keep(STAND)
        assert ledger.media() in {((STAND, "{}"),), ()}
    with Ledger(path) as ledger:
        ledger.keep(STAND)
        assert ledger.media() == ((STAND, "{}"),)
