"""The panel's server: who has no business there gets nothing, and nobody who is slow or gone holds anybody up."""

import http.client
import json
import re
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from boards import card, every, hostile, snapshot
from panels import served
from waiting import until

from linksync.errors import MediumError
from linksync.host.daemon import panel as panel_module
from linksync.host.daemon.board import Board
from linksync.host.daemon.panel import CLIENTS_MAX, PANEL_FILE, Panel
from linksync.host.daemon.panel_http import BODY_MAX, HEAD_MAX


@dataclass
class House:
    """A panel that is served, and what was pressed on it."""

    board: Board
    panel: Panel
    state: Path
    pressed: list[tuple[str, str]]

    @property
    def port(self) -> int:
        return int(self.panel.url.rsplit(":", 1)[1].strip("/"))

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.panel.token}"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    board = Board(snapshot(card("daemon-ask")))
    with served(board, tmp_path) as (panel, pressed):
        yield House(board, panel, tmp_path, pressed)


def ask(
    house: House, path: str, headers: dict[str, str] | None = None, *, method: str = "GET", body: bytes | None = None
) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)) as connection:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def raw(house: House, data: bytes, *, wait: float = 20) -> bytes:
    with socket.create_connection(("127.0.0.1", house.port), timeout=wait) as connection:
        with suppress(OSError):
            connection.sendall(data)
        told = b""
        with suppress(ConnectionResetError):
            while more := connection.recv(65536):
                told += more
        return told


def status_of(told: bytes) -> int:
    return int(told.split(b" ", 2)[1])


@dataclass(frozen=True)
class Visit:
    """What a browser knows after it opened the page."""

    place: str
    key: str
    cookie: str


def visit(house: House) -> Visit:
    answer = ask(house, f"/?t={house.panel.token}")
    assert answer.status == 200
    found = {
        name: re.search(rb'name="linksync-%s" content="([^"]*)"' % name.encode(), answer.body)
        for name in ("key", "place")
    }
    assert found["key"]
    assert found["place"]
    return Visit(found["place"][1].decode(), found["key"][1].decode(), answer.headers["set-cookie"].split(";")[0])


def as_browser(house: House, seen: Visit, **more: str) -> dict[str, str]:
    headers = {"Cookie": seen.cookie, "Origin": f"http://{house.host}", "Content-Type": "application/json"}
    return headers | {"X-Linksync-Token": seen.key} | {name.replace("_", "-"): value for name, value in more.items()}


PRESS = json.dumps({"card": "3", "action": "hand-over"}).encode()


# Who may see it.


def test_where_the_panel_is_can_be_read_by_its_owner_alone_and_goes_at_the_end(house: House) -> None:
    file = house.state / PANEL_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_bytes())["token"] == house.panel.token
    house.panel.close()
    assert not file.exists()


def test_a_panel_that_ends_leaves_the_address_of_the_next_one_alone(house: House) -> None:
    after = Panel(house.board, lambda _card, _action: True, state=house.state)
    after.start()
    house.panel.close()
    assert json.loads((house.state / PANEL_FILE).read_bytes())["token"] == after.token
    after.close()


def test_the_token_opens_the_page_and_the_cookie_keeps_it_open(house: House) -> None:
    seen = visit(house)
    again = ask(house, seen.place, {"Cookie": seen.cookie})
    assert again.status == 200
    assert b"<title>" in again.body


def test_the_cookie_is_sent_to_no_stranger_on_another_port(house: House) -> None:
    told = ask(house, f"/?t={house.panel.token}").headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Strict" in told
    path = re.search(r"Path=(/[0-9a-f]{40}/)", told)
    assert path, "cookies know of no ports: only a path that nobody can guess keeps it here"
    assert house.panel.token not in told


@pytest.mark.parametrize("path", ["/", "/board", "/events", "/do", "/?t=", "/?t=wrong", "/etc/passwd", "/../board"])
def test_without_the_token_there_is_nothing(house: House, path: str) -> None:
    answer = ask(house, path)
    assert answer.status == 403
    assert b"SLIMMERLINK" not in answer.body


def test_a_wrong_token_a_wrong_cookie_and_a_cookie_elsewhere_get_nothing(house: House) -> None:
    seen = visit(house)
    wrong = seen.cookie[:-1] + ("0" if seen.cookie[-1] != "0" else "1")
    assert ask(house, "/board", {"Authorization": "Bearer wrong"}).status == 403
    assert ask(house, seen.place, {"Cookie": wrong}).status == 403
    assert ask(house, "/board", {"Cookie": seen.cookie}).status == 403
    assert ask(house, "/board", {"Authorization": "Bearer \xe9"}).status in {400, 403}
    assert ask(house, "/?t=%ff%00%C3%A9").status == 403


def test_a_foreign_name_that_points_here_gets_nothing(house: House) -> None:
    for host in ("evil.example", f"evil.example:{house.port}", "127.0.0.1", f"127.0.0.1:{house.port + 1}", ""):
        assert ask(house, "/board", house.bearer | {"Host": host}).status == 403, host
    assert ask(house, "/board", house.bearer | {"Host": f"localhost:{house.port}"}).status == 200
    assert status_of(raw(house, b"GET /board HTTP/1.0\r\n\r\n")) == 403


def test_another_origin_gets_nothing_whatever_it_knows(house: House) -> None:
    for origin in ("http://evil.example", "null", f"https://{house.host}", f"http://127.0.0.1:{house.port + 1}"):
        assert ask(house, "/board", house.bearer | {"Origin": origin}).status == 403, origin
    seen = visit(house)
    for site in ("cross-site", "same-site"):
        assert ask(house, seen.place, {"Cookie": seen.cookie, "Sec-Fetch-Site": site}).status == 403


def test_no_answer_lets_another_origin_read_it_or_frame_it(house: House) -> None:
    for answer in (ask(house, f"/?t={house.panel.token}"), ask(house, "/board", house.bearer), ask(house, "/")):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_policy_lets_in_this_style_and_this_script_and_nothing_from_elsewhere(house: House) -> None:
    policy = ask(house, f"/?t={house.panel.token}").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


# Pressing.


def test_the_button_of_the_page_is_passed_on(house: House) -> None:
    seen = visit(house)
    answer = ask(house, f"{seen.place}do", as_browser(house, seen), method="POST", body=PRESS)
    assert (answer.status, house.pressed) == (200, [("3", "hand-over")])


def test_a_program_presses_with_its_token(house: House) -> None:
    headers = house.bearer | {"Content-Type": "application/json"}
    assert ask(house, "/do", headers, method="POST", body=PRESS).status == 200
    gone = json.dumps({"card": "8", "action": "take-out"}).encode()
    assert ask(house, "/do", headers, method="POST", body=gone).status == 409
    assert house.pressed == [("3", "hand-over"), ("8", "take-out")]


def test_a_page_elsewhere_presses_nothing(house: House) -> None:
    seen = visit(house)
    ours = as_browser(house, seen)
    tries = [
        {name: value for name, value in ours.items() if name != "X-Linksync-Token"},
        ours | {"X-Linksync-Token": "wrong"},
        ours | {"X-Linksync-Token": seen.cookie.split("=")[1]},
        ours | {"Origin": "http://evil.example"},
        ours | {"Origin": "null"},
        ours | {"Sec-Fetch-Site": "cross-site"},
        {name: value for name, value in ours.items() if name != "Cookie"},
    ]
    assert [ask(house, f"{seen.place}do", one, method="POST", body=PRESS).status for one in tries] == [403] * len(tries)
    form = ours | {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(house, f"{seen.place}do", form, method="POST", body=PRESS).status == 415
    assert ask(house, f"{seen.place}do", ours, method="OPTIONS").status == 405
    assert house.pressed == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"card": 3, "action": "hand-over"}',
        b'{"card": "3", "action": "format"}',
        b'{"card": "' + b"3" * 41 + b'", "action": "hand-over"}',
        b"[" * 4000,
        b"\xff\xfe",
    ],
)
def test_a_wish_that_is_none_is_refused(house: House, body: bytes) -> None:
    headers = house.bearer | {"Content-Type": "application/json"}
    assert ask(house, "/do", headers, method="POST", body=body).status == 400
    assert house.pressed == []


# What is too much, too slow or no HTTP.


@pytest.mark.parametrize(
    "data",
    [
        b"HELLO\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"GET /[ HTTP/1.1\r\nHost: [\r\n\r\n",
        b"POST /do HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /do HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n",
        b"GET /?" + b"&".join(b"a%d=1" % n for n in range(30)) + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_what_is_no_plain_request_is_refused(house: House, data: bytes) -> None:
    assert status_of(raw(house, data)) in {400, 403}


def test_a_request_that_is_too_large_is_refused_before_it_is_whole(house: House) -> None:
    assert status_of(raw(house, b"GET / HTTP/1.1\r\nX: " + b"a" * (HEAD_MAX + 1))) == 431
    assert (
        status_of(raw(house, b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(99)) + b"\r\n")) == 400
    )
    told = f"POST /do HTTP/1.1\r\nContent-Length: {BODY_MAX + 1}\r\n\r\n".encode()
    assert status_of(raw(house, told)) == 413
    assert status_of(raw(house, b"POST /do HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")) == 501


def test_who_asks_too_slowly_is_sent_away_however_steadily_it_trickles(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel_module, "_REQUEST_SECONDS", 0.6)
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as slow:
        begun = time.monotonic()
        with suppress(OSError):
            for sign in b"GET /board HTTP/1.1\r\n" * 20:
                slow.send(bytes([sign]))
                time.sleep(0.05)
        assert time.monotonic() - begun < 10
        with suppress(OSError):
            assert status_of(slow.recv(1000)) == 408


def test_who_connects_and_leaves_is_forgotten(house: House) -> None:
    for _ in range(300):
        socket.create_connection(("127.0.0.1", house.port), timeout=20).close()
    assert until(lambda: threads() == 0)
    assert ask(house, "/board", house.bearer).status == 200


# Live.


def asking_for_events(house: House) -> bytes:
    head = f"GET /events HTTP/1.1\r\nHost: {house.host}\r\nAuthorization: Bearer {house.panel.token}\r\n\r\n"
    return head.encode()


@dataclass
class Stream:
    """A client of ``/events`` that keeps what it is told."""

    connection: socket.socket
    data: bytes = b""

    @classmethod
    def open(cls, house: House) -> "Stream":
        connection = socket.create_connection(("127.0.0.1", house.port), timeout=20)
        connection.sendall(asking_for_events(house))
        return cls(connection)

    def next_board(self) -> dict[str, object]:
        while True:
            match = re.search(rb"event: board\ndata: ([^\n]*)\n\n", self.data)
            if match:
                self.data = self.data[match.end() :]
                told = json.loads(match[1])
                assert isinstance(told, dict)
                return told
            more = self.connection.recv(65536)
            assert more, "the stream ended"
            self.data += more


def threads() -> int:
    return sum(thread.name == "panel client" for thread in threading.enumerate())


def test_the_board_is_told_as_it_is_in_the_plan_and_again_when_it_changes(house: House) -> None:
    now = json.loads(ask(house, "/board", house.bearer).body)
    assert now == json.loads(json.dumps(house.board.latest().to_json()))
    stream = Stream.open(house)
    assert stream.next_board() == now
    house.board.put_up(snapshot(card("daemon-safe")))
    begun = time.monotonic()
    told = stream.next_board()
    assert time.monotonic() - begun < 5
    assert told["cards"][0]["safe"] is True  # type: ignore[index]
    stream.connection.close()


def test_hostile_names_cross_as_one_line_of_plain_characters(house: House) -> None:
    house.board.put_up(hostile())
    body = ask(house, "/board", house.bearer).body
    assert body.isascii()
    assert b"\n" not in body
    assert json.loads(body) == json.loads(json.dumps(house.board.latest().to_json()))


def test_fifty_people_watch_at_once_and_each_sees_the_last_board(house: House) -> None:
    streams = [Stream.open(house) for _ in range(50)]
    assert all(stream.next_board() for stream in streams)
    for _, shown in every():
        house.board.put_up(shown)
    last = house.board.latest().version
    for stream in streams:
        while stream.next_board()["version"] != last:
            pass
        stream.connection.close()
    assert until(lambda: threads() == 0)


@contextmanager
def deaf(house: House, count: int) -> Iterator[None]:
    """Clients that ask for everything and take nothing in."""
    with ExitStack() as stack:
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", house.port))
            one.sendall(asking_for_events(house))
        assert until(lambda: threads() == count)
        yield


def test_who_takes_nothing_in_holds_up_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_module, "_SEND_SECONDS", 3600.0)  # whoever waited for one of them would wait for ever
    monkeypatch.setattr(panel_module, "_PACE_SECONDS", 0.0)
    put = threading.Event()

    def puts() -> None:
        for _ in range(300):
            house.board.put_up(hostile())
            house.board.put_up(snapshot(card("daemon-reading")))
            time.sleep(0.002)
        put.set()

    with deaf(house, 5):
        threading.Thread(target=puts, daemon=True).start()
        assert put.wait(120), "the loop waited for a client"
        assert threads() == 5
        assert ask(house, "/board", house.bearer).status == 200


def test_who_takes_nothing_in_is_dropped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_module, "_SEND_SECONDS", 0.5)
    monkeypatch.setattr(panel_module, "_PACE_SECONDS", 0.0)
    with deaf(house, 5):
        deadline = time.monotonic() + 60
        while threads() and time.monotonic() < deadline:
            house.board.put_up(hostile())
            house.board.put_up(snapshot(card("daemon-reading")))
            time.sleep(0.002)
        assert threads() == 0
        assert ask(house, "/board", house.bearer).status == 200


def test_one_more_than_there_is_room_for_is_told_so(house: House) -> None:
    streams = [Stream.open(house) for _ in range(CLIENTS_MAX)]
    assert until(lambda: threads() == CLIENTS_MAX and not house.panel._silent)
    assert status_of(raw(house, b"")) == 503
    for stream in streams:
        stream.connection.close()
    assert until(lambda: threads() == 0)
    assert ask(house, "/board", house.bearer).status == 200


def test_who_connects_and_asks_nothing_keeps_nobody_out(house: House) -> None:
    """Any user of this computer can connect; only who has the token can stay."""
    stream = Stream.open(house)
    stream.next_board()
    mute = [socket.create_connection(("127.0.0.1", house.port), timeout=20) for _ in range(2 * CLIENTS_MAX)]
    mute[-1].sendall(b"GET / HTTP/1.1\r\n")
    assert [ask(house, "/board", house.bearer).status for _ in range(5)] == [200] * 5
    house.board.put_up(snapshot(card("daemon-safe")))
    assert stream.next_board()
    assert until(lambda: threads() <= CLIENTS_MAX + 1)  # who has to go takes a moment
    for connection in (*mute, stream.connection):
        connection.close()
    assert until(lambda: threads() == 0)
    assert house.panel._clients == set()
    assert house.panel._silent == {}


def test_the_end_ends_every_stream_at_once(house: House) -> None:
    streams = [Stream.open(house) for _ in range(20)]
    for stream in streams:
        stream.next_board()
    begun = time.monotonic()
    assert house.panel.alive
    house.panel.close()
    for stream in streams:
        while stream.connection.recv(65536):
            pass
        stream.connection.close()
    assert until(lambda: threads() == 0)
    assert time.monotonic() - begun < 5
    assert until(lambda: not house.panel.alive)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", house.port), timeout=5)
    house.panel.close()


def test_a_port_that_is_taken_is_said(house: House, tmp_path: Path) -> None:
    second = Panel(house.board, lambda _card, _action: True, state=tmp_path / "second", port=house.port)
    with pytest.raises(MediumError) as caught:
        second.start()
    assert caught.value.slug == "panel-port"
    second.close()


def test_a_watched_board_that_rests_costs_next_to_nothing(house: House) -> None:
    streams = [Stream.open(house) for _ in range(10)]
    for stream in streams:
        stream.next_board()
    begun, wall = time.process_time(), time.monotonic()
    time.sleep(3)
    used = (time.process_time() - begun) / (time.monotonic() - wall)
    assert used < 0.05, f"{used:.1%} of a core for ten resting streams"
    for stream in streams:
        stream.connection.close()
