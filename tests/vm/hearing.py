"""What the daemon says, heard outside the guest within milliseconds: the panel's own stream, through a virtio port.

A loop in the guest follows ``/events`` of whichever daemon runs, also after it was killed, and passes it on as it
comes.
"""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vm.guest import Guest
from vm.image import PORT
from vm.installed import STATE

Board = dict[str, Any]
Card = dict[str, Any]

_FOLLOW = f"""
exec > /dev/virtio-ports/{PORT}
page={STATE}/daemon/panel.json
while :; do
  url=$(sed -n 's/.*"url": *"\\([^"]*\\)".*/\\1/p' $page 2>/dev/null)
  token=$(sed -n 's/.*"token": *"\\([^"]*\\)".*/\\1/p' $page 2>/dev/null)
  [ -n "$token" ] && curl --silent --no-buffer --header "Authorization: Bearer $token" "${{url}}events"
  sleep 0.3
done
"""


class SilenceError(Exception):
    """The daemon did not say what was waited for; the text tells what it said last."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A board, and when it came: seconds of ``time.monotonic``."""

    time: float
    board: Board


class Hearing:
    """Hears everything that the daemon in a guest says, from now on.

    Attributes:
        history: every board, the newest last.
    """

    def __init__(self, guest: Guest) -> None:
        self.history: list[Heard] = []
        self._changed = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(guest.board))
        threading.Thread(target=self._hear, daemon=True).start()
        guest.begin(_FOLLOW)

    def end(self) -> None:
        """Hear no more."""
        self._socket.close()

    @property
    def board(self) -> Board:
        """The newest board; empty before the first."""
        return self.history[-1].board if self.history else {}

    def wait(
        self, match: Callable[[Board], object], limit: float, what: str = "", *, since: int | None = None
    ) -> Heard:
        """Wait for a board that matches.

        Args:
            match: whether a board is what is waited for.
            limit: seconds.
            what: is waited for, in words.
            since: how many boards do not count, since they were said before; all but the newest when None.

        Raises:
            SilenceError: none came within ``limit`` seconds.
        """
        end = time.monotonic() + limit
        seen = max(0, len(self.history) - 1) if since is None else since
        with self._changed:
            while True:
                for heard in self.history[seen:]:
                    seen += 1
                    if match(heard.board):
                        return heard
                left = end - time.monotonic()
                if left <= 0:
                    raise SilenceError(f"not heard within {limit:.0f} s: {what}; last: {brief(self.board)}")
                self._changed.wait(left)

    def _hear(self) -> None:
        try:
            with self._socket.makefile("rb") as lines:
                for line in lines:
                    if line.startswith(b"data:"):
                        self._take(line)
        except OSError:
            return

    def _take(self, line: bytes) -> None:
        try:
            board = json.loads(line.removeprefix(b"data:"))
        except ValueError:
            return  # the daemon was killed in the middle of it
        with self._changed:
            self.history.append(Heard(time.monotonic(), board))
            self._changed.notify_all()


def newest(board: Board) -> Card:
    """The card of the newest plug; empty where there is none."""
    cards = board.get("cards") or [{}]
    card: Card = cards[0]
    return card


def card_of(board: Board, ident: str) -> Card:
    """A card by its id; empty where it is gone."""
    return next((card for card in board.get("cards", ()) if card["id"] == ident), {})


def brief(board: Board) -> str:
    """A board in a line, for a report."""
    cards = (f"{card['id']}: {card['state']}, {card['sentence']['slug']}" for card in board.get("cards", ()))
    return f"archive {board.get('archive', '?')}; " + "; ".join(cards)
