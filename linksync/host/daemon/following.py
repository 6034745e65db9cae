"""A program that watches the daemon, as ``status --follow`` does: finds the panel, reads the board, presses buttons.

All of it over the panel's own HTTP on 127.0.0.1, with the token that stands in ``panel.json``; what arrives has a bound
in bytes and in time.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from linksync.errors import RefusedError
from linksync.host.daemon.panel import PANEL_FILE

Shown: TypeAlias = dict[str, Any]
"""A board as ``Snapshot.to_json`` tells it."""

_FILE_MAX = 4096
_BOARD_MAX = 16 * 1024 * 1024
_SECONDS = 25.0
"""Without a word: the panel says something every ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a panel is: ``url`` as ``http://127.0.0.1:PORT/``, and the token that opens it."""

    url: str
    token: str

    @property
    def page(self) -> str:
        """The address of the page, for a browser; whoever has it may press its buttons."""
        return f"{self.url}?t={self.token}"


def find(state: Path) -> Address:
    """Where the panel of this memory is.

    Raises:
        RefusedError: ``daemon-absent``: no daemon runs here, as far as its file says.
    """
    try:
        with open(state / PANEL_FILE, "rb") as file:
            told = json.loads(file.read(_FILE_MAX))
        address = Address(url=str(told["url"]), token=str(told["token"]))
        if urlsplit(address.url).hostname != "127.0.0.1" or not urlsplit(address.url).port:
            raise ValueError("not here")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError("daemon-absent") from error
    return address


def board(address: Address) -> Shown:
    """The board as it is now.

    Raises:
        RefusedError: ``daemon-absent``; ``daemon-silent`` (``why``).
    """
    with closing(_connected(address)) as connection:
        answer = _asked(connection, address, "GET", "/board")
        return _parsed(answer.read(_BOARD_MAX))


def follow(address: Address) -> Iterator[Shown]:
    """The board, and again each time it changes, until the daemon ends.

    Raises:
        RefusedError: ``daemon-absent``; ``daemon-silent`` (``why``).
    """
    with closing(_connected(address)) as connection:
        answer = _asked(connection, address, "GET", "/events")
        try:
            while line := answer.readline(_BOARD_MAX):
                if line.startswith(b"data: "):
                    yield _parsed(line[len(b"data: ") :])
        except (OSError, http.client.HTTPException) as error:
            raise RefusedError("daemon-silent", why=_why(error)) from error


def act(address: Address, card: str, action: str) -> bool:
    """Press a button; whether that can be done now.

    Raises:
        RefusedError: ``daemon-absent``; ``daemon-silent`` (``why``).
    """
    with closing(_connected(address)) as connection:
        answer = _asked(connection, address, "POST", "/do", {"card": card, "action": action})
        return answer.status == http.client.OK


def _connected(address: Address) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(address.url).port, timeout=_SECONDS)
    try:
        connection.connect()
    except OSError as error:
        connection.close()
        raise RefusedError("daemon-absent") from error
    return connection


def _asked(
    connection: http.client.HTTPConnection, address: Address, method: str, path: str, wish: Shown | None = None
) -> http.client.HTTPResponse:
    headers = {"Authorization": f"Bearer {address.token}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, None if wish is None else json.dumps(wish), headers)
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise RefusedError("daemon-silent", why=_why(error)) from error
    if answer.status not in {http.client.OK, http.client.CONFLICT}:
        # another program has got the port of a daemon that was killed, or the daemon has too many clients
        busy = answer.status == http.client.SERVICE_UNAVAILABLE
        raise RefusedError("daemon-silent", why=answer.reason) if busy else RefusedError("daemon-absent")
    return answer


def _parsed(data: bytes) -> Shown:
    try:
        told = json.loads(data)
    except ValueError as error:
        raise RefusedError("daemon-silent", why="JSON") from error
    if not isinstance(told, dict):
        raise RefusedError("daemon-silent", why="JSON")
    return told


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
