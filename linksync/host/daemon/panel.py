"""The panel's server: a page on 127.0.0.1 that shows the board, live, and presses its buttons.

Who may see it: whoever has the token, which stands in ``<state>/daemon/panel.json``, readable by its owner alone.

- ``GET /?t=TOKEN`` shows the page and gives the browser a cookie (``SameSite=Strict``, ``HttpOnly``) for a path that
  nobody can guess: cookies do not know of ports, so on any other path a stranger's server on this computer would be
  sent it. There the page finds its ``events``, and presses at ``do`` with a key that stands in the page alone.
- Programs say ``Authorization: Bearer TOKEN`` to ``/board``, ``/events`` and ``/do``.
- ``Host`` must be this server's own name, so that no foreign name can be made to point here; ``Origin`` and
  ``Sec-Fetch-Site``, where given, must be ours. No other origin is ever let in. Anything else is 403 or 404.

One thread a client, at most ``CLIENTS_MAX``; each write has a time limit, so a client that is slow or gone costs only
its own thread. The loop of the daemon never waits for any of them. Where all places are taken, the one who has waited
longest without asking anything gives way: a stranger on this computer, or a page in a browser, keeps nobody out by
connecting and saying nothing.
"""

import hashlib
import hmac
import json
import os
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from linksync.errors import MediumError
from linksync.host.daemon.board import Board, Snapshot
from linksync.host.daemon.panel_http import RefusedRequestError, Request, answer, head, read_request
from linksync.machine import durable
from linksync.people.panel import page, policy
from linksync.people.texts import Language

Act = Callable[[str, str], bool]
"""Told the id of a card and what is to be done; whether that can be done now. Returns at once."""

ACTIONS = frozenset({"hand-over", "take-out", "try-again", "ring"})
CLIENTS_MAX = 64
PANEL_FILE = Path("daemon", "panel.json")
"""In the memory's folder: where the panel is, and the token."""

_REQUEST_SECONDS, _SEND_SECONDS = 5.0, 5.0
_LOOK_SECONDS = 1.0
"""How often a waiting stream looks whether its client is still there, or the server is ending."""
_COMMENT_SECONDS = 10.0
_PACE_SECONDS = 0.1
"""Between two snapshots to one client."""

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_STREAM = {"Content-Type": "text/event-stream; charset=utf-8"}


class Panel:
    """The server. ``start`` it, and ``close`` it at the end; safe in threads.

    Attributes:
        url: ``http://127.0.0.1:PORT/``, once it is started.
        token: whoever has it may see and press everything.
    """

    def __init__(self, board: Board, act: Act, *, state: Path, language: Language = "nl", port: int = 0) -> None:
        self.url = ""
        self.token = secrets.token_urlsafe(32)
        self._board, self._act = board, act
        self._file, self._language, self._port = state / PANEL_FILE, language, port
        self._key, self._cookie = self._derived("press"), self._derived("see")
        self._place = f"/{self._derived('place')}/"
        self._closing = threading.Event()
        self._clients: set[socket.socket] = set()
        self._silent: dict[socket.socket, None] = {}  # those of them who have asked nothing yet, in order
        self._guard = threading.Lock()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._encoded: tuple[int, bytes] = (-1, b"")

    def start(self) -> None:
        """Listen, and say where in ``panel.json``.

        Raises:
            MediumError: ``panel-port`` (``port``, ``why``); ``disk-write``.
        """
        try:
            self._listener = socket.create_server(("127.0.0.1", self._port), backlog=CLIENTS_MAX)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise MediumError("panel-port", errno=error.errno or 0, port=self._port, why=why) from error
        port = self._listener.getsockname()[1]
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._cookie_name = f"linksync-{port}"
        self.url = f"http://127.0.0.1:{port}/"
        told = {"url": self.url, "token": self.token, "pid": os.getpid()}
        durable.write(self._file, json.dumps(told).encode(), mode=0o600)
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), name="panel", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether somebody who comes now is let in."""
        return self._thread is not None and self._thread.is_alive()

    def close(self) -> None:
        """End: nobody is let in any more, every stream ends, ``panel.json`` goes. Can be called twice."""
        self._closing.set()
        if self._listener is None:
            return
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            for client in self._clients:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        with suppress(OSError, ValueError):
            if json.loads(self._file.read_bytes())["token"] == self.token:
                self._file.unlink()

    # Clients.

    def _accept(self, listener: socket.socket) -> None:
        while not self._closing.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                if not self._closing.wait(0.2):  # no descriptor left, for one: others may end meanwhile
                    continue
                return
            self._welcome(client)

    def _welcome(self, client: socket.socket) -> None:
        with self._guard:
            if len(self._clients) >= CLIENTS_MAX:
                self._send_one_away()
            full = len(self._clients) >= CLIENTS_MAX or self._closing.is_set()
            if not full:
                self._clients.add(client)
                self._silent[client] = None
        try:
            if full:
                client.setblocking(False)
                client.send(answer(HTTPStatus.SERVICE_UNAVAILABLE, b"", _HEADERS))
                client.close()
            else:
                threading.Thread(target=self._serve, args=(client,), name="panel client", daemon=True).start()
        except (OSError, RuntimeError):  # it left already; or there can be no more threads
            self._leave(client)

    def _send_one_away(self) -> None:
        """Make room, where somebody has asked nothing so far; its thread ends with it."""
        for client in list(self._silent)[:1]:
            del self._silent[client]
            self._clients.discard(client)
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _leave(self, client: socket.socket) -> None:
        with self._guard:
            self._clients.discard(client)
            self._silent.pop(client, None)
        client.close()

    def _serve(self, client: socket.socket) -> None:
        try:
            request = read_request(client, _REQUEST_SECONDS)
            with self._guard:
                self._silent.pop(client, None)
            if request is not None:
                client.settimeout(_SEND_SECONDS)
                self._answer(client, request)
        except RefusedRequestError as error:
            with suppress(OSError):
                client.settimeout(_SEND_SECONDS)
                client.sendall(answer(error.status, error.status.phrase.encode(), _HEADERS))
                client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the client left, or does not take what it asked for
        finally:
            self._leave(client)

    # Who may do what.

    def _answer(self, client: socket.socket, request: Request) -> None:
        self._require_ours(request)
        if request.path == "/" and "t" in request.query:
            self._require(hmac.compare_digest(request.query["t"].encode(), self.token.encode()))
            return self._show(client, request)
        browser = request.path.startswith(self._place)
        if browser:
            self._require(_same(request.cookie(self._cookie_name), self._cookie))
        else:
            self._require(_same(request.header("authorization"), f"Bearer {self.token}"))
        what = request.path[len(self._place) if browser else 1 :]
        if what == "" and browser:
            return self._show(client, request)
        if what == "board":
            return self._send(client, request, self._json(self._board.latest()), _JSON)
        if what == "events":
            _require_method(request, "GET")
            return self._stream(client)
        if what == "do":
            self._require(not browser or _same(request.header("x-linksync-token"), self._key))
            return self._do(client, request)
        raise RefusedRequestError(HTTPStatus.NOT_FOUND)

    def _require_ours(self, request: Request) -> None:
        host, origin = request.header("host"), request.header("origin")
        self._require(host in self._hosts and (not origin or origin == f"http://{host}"))
        arrives = request.path == "/" and request.method == "GET"  # a link that somebody clicked carries the token
        self._require(arrives or request.header("sec-fetch-site") in {"", "same-origin", "none"})

    def _require(self, well: bool) -> None:
        if not well:
            raise RefusedRequestError(HTTPStatus.FORBIDDEN)

    def _derived(self, use: str) -> str:
        return hmac.new(self.token.encode(), use.encode(), hashlib.sha256).hexdigest()[:40]

    # What is answered.

    def _show(self, client: socket.socket, request: Request) -> None:
        _require_method(request, "GET")
        shown = page(key=self._key, place=self._place, language=self._language)
        cookie = f"{self._cookie_name}={self._cookie}; Path={self._place}; HttpOnly; SameSite=Strict"
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Set-Cookie": cookie,
            "Content-Security-Policy": policy(),
        }
        self._send(client, request, shown, headers)

    def _do(self, client: socket.socket, request: Request) -> None:
        _require_method(request, "POST")
        if request.header("content-type").split(";")[0].strip() != "application/json":
            raise RefusedRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        card, action = _wish(request.body)
        done = self._act(card, action)
        status = HTTPStatus.OK if done else HTTPStatus.CONFLICT
        client.sendall(answer(status, json.dumps({"done": done}).encode(), _HEADERS | _JSON))

    def _send(self, client: socket.socket, request: Request, body: bytes, headers: Mapping[str, str]) -> None:
        _require_method(request, "GET")
        client.sendall(answer(HTTPStatus.OK, body, _HEADERS | dict(headers)))

    def _stream(self, client: socket.socket) -> None:
        client.sendall(head(HTTPStatus.OK, _HEADERS | _STREAM))
        version, told = -1, time.monotonic()
        while not self._closing.is_set() and not _left(client):
            snapshot = self._board.wait(version, _LOOK_SECONDS)
            if snapshot is not None:
                client.sendall(b"event: board\ndata: " + self._json(snapshot) + b"\n\n")
                version, told = snapshot.version, time.monotonic()
                self._closing.wait(_PACE_SECONDS)
            elif time.monotonic() - told > _COMMENT_SECONDS:
                client.sendall(b": still here\n\n")
                told = time.monotonic()

    def _json(self, snapshot: Snapshot) -> bytes:
        """A snapshot as one line, made once for all clients."""
        version, data = self._encoded
        if version != snapshot.version:
            data = json.dumps(snapshot.to_json(), separators=(",", ":")).encode("ascii")
            self._encoded = (snapshot.version, data)
        return data


def _same(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode(), ours.encode())


def _require_method(request: Request, method: str) -> None:
    if request.method != method:
        raise RefusedRequestError(HTTPStatus.METHOD_NOT_ALLOWED)


def _wish(body: bytes) -> tuple[str, str]:
    """The card and action in a request."""
    try:
        told = json.loads(body)
        card, action = told["card"], told["action"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST) from error
    if not isinstance(card, str) or len(card) > 40 or not isinstance(action, str) or action not in ACTIONS:
        raise RefusedRequestError(HTTPStatus.BAD_REQUEST)
    return card, action


def _left(client: socket.socket) -> bool:
    """Whether a client that has nothing more to say has gone."""
    readable = select.poll()
    readable.register(client, select.POLLIN)
    return bool(readable.poll(0)) and client.recv(1, socket.MSG_PEEK) == b""
