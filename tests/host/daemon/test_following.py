"""Following the daemon from a terminal: what it says is seen at once, and watching ends as cleanly as it begins."""

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from boards import card, every, hostile, snapshot
from panels import served
from rich.console import Console
from rich.screen import Screen

from linksync.cli.follow import Fitting, drawn
from linksync.errors import RefusedError
from linksync.host.daemon.board import Added, Board, Snapshot
from linksync.host.daemon.following import act, board, find, follow
from linksync.host.daemon.panel import PANEL_FILE
from linksync.people.panel import time_left

FOLLOW = [sys.executable, "-m", "linksync", "status", "--follow", "--language", "nl", "--state"]


@contextmanager
def followed(*words: str, **how: Any) -> Iterator[subprocess.Popen[str]]:
    """The command while it follows; ended whatever the test did."""
    with subprocess.Popen([*FOLLOW, *words], text=True, **how) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Board]:
    whole = Board(snapshot(card("daemon-reading")))
    with served(whole, tmp_path):
        yield whole


# The client.


def test_the_board_is_read_and_a_button_pressed(tmp_path: Path, shown: Board) -> None:
    address = find(tmp_path)
    assert board(address) == json.loads(json.dumps(shown.latest().to_json()))
    assert act(address, "3", "hand-over") is True
    assert act(address, "4", "hand-over") is False


def test_each_change_is_followed_until_the_daemon_ends(tmp_path: Path) -> None:
    whole = Board(snapshot())
    with served(whole, tmp_path) as (panel, _):
        seen = follow(find(tmp_path))
        assert next(seen)["cards"] == []
        whole.put_up(snapshot(card("daemon-safe")))
        assert next(seen)["cards"][0]["safe"] is True
        panel.close()
        assert list(seen) == []


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"[]",
        b'{"url": "http://evil.example:80/", "token": "x"}',
        b'{"url": "http://127.0.0.1/", "token": "x"}',
        b'{"url": "http://127.0.0.1:99999999/", "token": "x"}',
    ],
)
def test_a_file_that_is_no_address_is_no_daemon(tmp_path: Path, told: bytes) -> None:
    (tmp_path / "daemon").mkdir()
    (tmp_path / PANEL_FILE).write_bytes(told)
    with pytest.raises(RefusedError, match="daemon-absent"):
        find(tmp_path)


def test_a_daemon_that_was_killed_and_another_program_on_its_port_are_no_daemon(tmp_path: Path, shown: Board) -> None:
    address = find(tmp_path)
    other = {"url": address.url, "token": "another"}
    (tmp_path / PANEL_FILE).write_text(json.dumps(other))
    with pytest.raises(RefusedError, match="daemon-absent"):
        board(find(tmp_path))
    (tmp_path / PANEL_FILE).write_text(json.dumps({"url": "http://127.0.0.1:1/", "token": "x"}))
    with pytest.raises(RefusedError, match="daemon-absent"):
        next(follow(find(tmp_path)))


# In words.


def text_of(name: str, monkeypatch: pytest.MonkeyPatch, language: str = "nl") -> str:
    monkeypatch.setenv("LINKSYNC_LANGUAGE", language)
    return printed(dict(every())[name])


def printed(whole: Snapshot) -> str:
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(drawn(whole.to_json()))
    return console.export_text()


def test_every_board_can_be_drawn_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, whole in every():
        dutch, english = text_of(name, monkeypatch), text_of(name, monkeypatch, "en")
        assert dutch != english, name
        for one in whole.cards[:1]:
            assert one.sentence.nl.split()[0] in dutch, name
            assert one.sentence.en.split()[0] in english, name


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 24), (100, 40)])
def test_every_stick_and_the_whole_address_fit_the_terminal(
    width: int, height: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKSYNC_LANGUAGE", "nl")
    boards = dict(every())
    page = f"http://127.0.0.1:45187/?t={'k' * 43}"
    for name in ("empty", "daemon-ask", "daemon-safe-waiting", "two", "three"):
        console = Console(record=True, width=width, height=height, file=io.StringIO())
        with console.screen():
            console.print(Screen(Fitting(boards[name].to_json(), page=page, gone=False)))
        told = console.export_text()
        assert len(told.splitlines()) <= height
        for one in boards[name].cards:
            assert one.sentence.nl.split(". ")[0] in " ".join(told.split()), name
        assert page in "".join(told.split()), name
        assert "Ctrl-C" in told


def test_lists_are_as_long_as_the_terminal_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKSYNC_LANGUAGE", "nl")
    added = tuple(Added(path=f"data/B/{number}.txt", bytes=1) for number in range(30))
    whole = snapshot(card("daemon-safe", added=added, added_count=30)).to_json()
    shown = []
    for height in (24, 18, 14):
        console = Console(record=True, width=80, height=height, file=io.StringIO())
        console.print(Fitting(whole, page="", gone=False))
        shown.append(console.export_text().count(".txt"))
    assert shown == [8, 2, 0]


def test_a_stick_that_may_come_out_has_another_light_than_one_that_is_well_but_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "✔ Klaar" in text_of("daemon-safe", monkeypatch)
    assert "✔ In orde" in text_of("daemon-stays", monkeypatch)


def test_a_hostile_name_can_do_nothing_to_the_terminal() -> None:
    evil = "data/\x1b]0;owned\x07\x1b[2J[bold]x[/bold].txt"
    told = printed(snapshot(card("daemon-ask", added=(Added(path=evil, bytes=1),), name=evil)))
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "[bold]x[/bold]" in told


@pytest.mark.parametrize(
    ("seconds", "nl", "en"),
    [
        (0, "nog 1 seconde", "1 second left"),
        (9, "nog 9 seconden", "9 seconds left"),
        (41, "nog 45 seconden", "45 seconds left"),
        (100, "nog ongeveer 2 minuten", "about 2 minutes left"),
        (5300, "nog ongeveer 88 minuten", "about 88 minutes left"),
        (7300, "nog ongeveer 2 uur", "about 2 hours left"),
        (99_999_999, "nog ongeveer 27.778 uur", "about 27,778 hours left"),
    ],
)
def test_the_time_left_is_told_as_roughly_as_it_is_known(seconds: int, nl: str, en: str) -> None:
    assert (time_left(seconds, "nl"), time_left(seconds, "en")) == (nl, en)


# The command.


def test_where_no_daemon_runs_that_is_said_with_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run([*FOLLOW, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "draait hier niet" in done.stderr
    assert "linksync daemon run" in done.stderr
    as_json = subprocess.run([*FOLLOW, str(tmp_path), "--json"], capture_output=True, text=True, timeout=60)
    assert json.loads(as_json.stdout)["error"] == "daemon-absent"


def test_in_a_pipe_every_change_is_a_line_and_the_daemon_may_come_back(tmp_path: Path) -> None:
    whole = Board(snapshot(card("daemon-reading")))
    with followed(str(tmp_path), stdout=subprocess.PIPE) as process:
        assert process.stdout
        with served(whole, tmp_path):
            assert "SLIMMERLINK: De stick wordt gelezen." in process.stdout.readline()
            whole.put_up(snapshot(card("daemon-safe")))
            assert "✔ Klaar  SLIMMERLINK: De stick mag eruit." in process.stdout.readline()
        assert "Het programma is gestopt" in process.stdout.readline()
        with served(whole, tmp_path):
            assert "De stick mag eruit." in process.stdout.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert process.stdout.read() == ""


def test_as_json_every_change_is_one_line(tmp_path: Path, shown: Board) -> None:
    with followed(str(tmp_path), "--json", stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert json.loads(process.stdout.readline()) == json.loads(json.dumps(shown.latest().to_json()))
        shown.put_up(hostile())
        assert json.loads(process.stdout.readline())["cards"][0]["light"] == "ask"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_on_a_terminal_it_is_live_and_leaves_the_terminal_as_it_was(tmp_path: Path, shown: Board) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    with followed(str(tmp_path), stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        seen = read_until(ours, "1,2 GB van 3,0 GB")
        assert "\x1b[?1049h" in seen, "a screen of its own"
        shown.put_up(snapshot(card("daemon-safe")))
        read_until(ours, "De stick mag eruit.")
        process.send_signal(signal.SIGINT)
        rest = read_until(ours, None)
        assert process.wait(30) == 0
    assert "\x1b[?1049l" in rest
    assert "\x1b[?25h" in rest, "the cursor shows again"
    assert "De stick mag eruit." in rest.rpartition("\x1b[?1049l")[2], "what was said last stays behind"
    assert "Traceback" not in rest
    os.close(ours)


def read_until(terminal: int, words: str | None) -> str:
    """What a terminal shows until these words, or the end."""
    told, until = "", time.monotonic() + 60
    while words is None or words not in told:
        assert time.monotonic() < until, told
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                more = os.read(terminal, 65536)
            except OSError:
                break
            told += more.decode(errors="replace")
    return told
