"""Conversations with QEMU (QMP) and with the agent inside the guest: a line of JSON there, a line of JSON back."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE = 120.0
"""Seconds after which an answer will not come any more: the processor is only simulated."""


class RefusedError(Exception):
    """QEMU or the agent understood what was asked and did not do it; the text says why."""


class Conversation:
    """A conversation over a unix socket; the other side tells events in between.

    Attributes:
        events: what the other side told so far.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(patience)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rb")
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        """Ask for something, and wait for the answer.

        Raises:
            RefusedError: it was not done.
            OSError: the other side went away, or is silent.
        """
        asked = {"execute": command, "arguments": arguments or {}}
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        while True:
            told = self._read()
            if "event" in told:
                self.events.append(told)
            elif "error" in told:
                raise RefusedError(f"{command}: {told['error']['desc']}")
            else:
                return told["return"]

    def wait_event(self, match: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until an event is told that matches."""
        while not any(map(match, self.events)):
            told = self._read()
            if "event" in told:
                self.events.append(told)

    def line(self) -> bytes:
        """The next line, whatever it is."""
        line = self._file.readline()
        if not line:
            raise ConnectionError("the other side closed the socket")
        return line

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._socket.sendall(data)

    def _read(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.line())
        return told


def qemu(path: Path) -> Conversation:
    """A conversation with QEMU."""
    talk = Conversation(path)
    talk.line()  # the greeting
    talk.ask("qmp_capabilities")
    return talk


def agent(path: Path, *, patience: float = PATIENCE) -> Conversation:
    """A conversation with the agent in the guest, past whatever an earlier one left in the pipe."""
    talk = Conversation(path, patience=patience)
    mark = time.time_ns() % 10**9
    asked = {"execute": "guest-sync-delimited", "arguments": {"id": mark}}
    talk.send(b"\xff" + json.dumps(asked).encode() + b"\n")
    while True:
        line = talk.line()
        if line.startswith(b"\xff") and json.loads(line[1:]).get("return") == mark:
            return talk
