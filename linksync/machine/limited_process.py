"""The parent's side of one limited child: started, spoken to, heard, ended. ``limited`` decides what for.

The child is a fork of another program, its server, so that nothing of this one is in it: no memory, no open file but a
socket, no environment, no terminal. Writing never waits; what does not fit is written when there is room.
"""

import contextlib
import json
import re
import socket
from collections.abc import Iterator, Mapping

from linksync.machine.limited_child import ANSWER, HEAD, JOB_HEAD, LAST_ANSWER
from linksync.machine.limited_server import STATUS
from linksync.machine.limited_servers import Server

_OWN_WORDS_MAX = 4096
"""Bytes of all that a child says beside answers."""
_PIECE = 256 * 1024
_GOING, _DYING = 1.0, 2.0
"""Seconds that a child that hung up, or was killed, is waited for."""


_VALUES_MAX = 100_000
"""Values of an answer: each takes far more room here than its bytes took on the way."""
_SMALL = 64 * 1024
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


class TooMuchError(Exception):
    """A child says more than it may, or what is not in the protocol."""


class LimitedProcess:
    """A limited child.

    Attributes:
        ready: whether it has said so.
        hung_up: whether it will say no more.
    """

    def __init__(self, server: Server, bounds: Mapping[str, int | float]) -> None:
        """Start it.

        Args:
            server: forks it.
            bounds: the fields of ``limited.Limits``.

        Raises:
            OSError: the system has no process or descriptor to give.
        """
        self._answer_max = int(bounds["answer"])
        self._heard, self._unsent = bytearray(), b""
        self.ready = self.hung_up = False
        with contextlib.ExitStack() as undone:
            self._socket, theirs = socket.socketpair()
            undone.callback(self._socket.close)
            with theirs:
                self._leash, held = socket.socketpair()
                undone.callback(self._leash.close)
                with held:
                    server.fork(bounds, theirs.fileno(), held.fileno())
            undone.pop_all()
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """Where to wait for what it says."""
        return self._socket.fileno()

    @property
    def unsent(self) -> bool:
        """Whether part of a job waits for room to be written."""
        return bool(self._unsent)

    def send(self, body: bytes, descriptor: int) -> bool:
        """Give it a job; False where there is no room for it now."""
        if self._unsent:
            return False
        message = JOB_HEAD.pack(len(body)) + body
        try:
            sent = socket.send_fds(self._socket, [message], [descriptor])
        except BlockingIOError:
            return False
        except OSError:  # it is no more, as hearing will tell
            return True
        self._unsent = message[sent:]
        return True

    def flush(self) -> None:
        """Write what waits for room, as far as there is any."""
        if self._unsent:
            with contextlib.suppress(OSError):
                self._unsent = self._unsent[self._socket.send(self._unsent) :]

    def hear(self) -> Iterator[tuple[bytes, bytes]]:
        """What it has said since: kind and payload of each word that is complete.

        Raises:
            TooMuchError: it talks too much.
        """
        try:
            data = self._socket.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.hung_up = not data
        self._heard += data
        while len(self._heard) >= HEAD.size:
            kind, length = HEAD.unpack_from(self._heard)
            if length > (self._answer_max if kind in (ANSWER, LAST_ANSWER) else _OWN_WORDS_MAX):
                raise TooMuchError
            if len(self._heard) < HEAD.size + length:
                return
            payload = bytes(self._heard[HEAD.size : HEAD.size + length])
            del self._heard[: HEAD.size + length]
            yield kind, payload

    def end(self) -> int | None:
        """End it, whatever it is at; once.

        Returns:
            How it ended by itself where it had hung up: its status, or minus a signal's number; else None.
        """
        if self._leash.fileno() < 0:
            return None
        status = self._told_status(_GOING) if self.hung_up else None
        self._socket.close()
        if status is None:
            with contextlib.suppress(OSError):
                self._leash.shutdown(socket.SHUT_WR)
            self._told_status(_DYING)  # one that the kernel does not let go of is left to it
        self._leash.close()
        return status

    def _told_status(self, seconds: float) -> int | None:
        """How it ended, once its server says so; None where that takes too long, or the server is no more."""
        self._leash.settimeout(seconds)
        with contextlib.suppress(OSError):
            told = self._leash.recv(STATUS.size)
            return int(STATUS.unpack(told)[0]) if len(told) == STATUS.size else None
        return None


def answer_of(payload: bytes) -> dict[str, object]:
    """An answer, which a stranger may have written.

    Raises:
        TooMuchError: it is none, or would take up too much here.
    """
    if len(payload) > _SMALL:
        values = _TEXT.sub(b"", payload)
        if sum(values.count(sign) for sign in (b",", b"[", b"{")) > _VALUES_MAX:
            raise TooMuchError
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise TooMuchError from error
    if not isinstance(answer, dict):
        raise TooMuchError
    return answer
