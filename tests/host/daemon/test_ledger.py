"""The ledger outlives a kill, and whatever happens to its file costs nothing but itself."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from linksync.errors import MediumError
from linksync.host.daemon import ledger as ledger_module
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


def test_a_ledger_that_another_program_locks_for_a_while_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup, for one. It is as sound as before, and nobody is kept waiting at each word."""
    monkeypatch.setattr(ledger_module, "_PAUSE", 0.2)
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        assert ledger.new_card() == "1"
        assert ledger.keep(STAND)
        ledger.note(said(3))
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            assert not ledger.keep(STAND, '{"added": [1]}')
            assert all(not ledger.keep(STAND) for _ in range(100))
            assert ledger.new_card() == "2", "a number that was never given before, written or not"
            assert time.monotonic() - began < 4
            other.execute("ROLLBACK")
        assert ledger.lacking
        time.sleep(0.3)
        assert ledger.new_card() == "3"
        assert ledger.set_aside == ""
        assert ledger.media() == ((STAND, "{}"),)
        assert ledger.events(9) == (said(3),)


def test_a_ledger_on_a_full_disk_is_not_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "_PAUSE", 0.0)
    with small_disk(tmp_path / "disk", kilobytes=512) as disk, Ledger(disk / "ledger.sqlite") as ledger:
        ledger.keep(STAND)
        filled = disk / "filled"
        with contextlib.suppress(OSError), filled.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(512))
        kept = [ledger.keep(replace(STAND, number=number), json.dumps("x" * 9000)) for number in range(40)]
        assert not all(kept), "the disk was not full"
        assert ledger.lacking
        filled.unlink()
        assert ledger.keep(replace(STAND, number=99))
        assert (ledger.set_aside, [stand.number for stand, _ in ledger.media()]) == ("", [99])


def test_a_sound_ledger_that_cannot_be_opened_now_is_left_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.keep(STAND)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(MediumError, match="disk-write"):
            Ledger(path)
    with Ledger(path) as ledger:
        assert (ledger.set_aside, ledger.media()) == ("", ((STAND, "{}"),))


def test_a_ledger_begun_anew_while_it_is_open_gives_no_card_twice(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        given = [ledger.new_card() for _ in range(3)]
        with contextlib.closing(sqlite3.connect(path)) as other, other:
            other.execute("DROP TABLE numbers")
        given += [ledger.new_card() for _ in range(3)]
        assert ledger.set_aside
        assert ledger.lacking
    assert given == ["1", "2", "3", "4", "5", "6"]


@contextlib.contextmanager
def small_disk(folder: Path, *, kilobytes: int) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
