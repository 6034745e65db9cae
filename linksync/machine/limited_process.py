"""The parent's side of one limited child: started, spoken to, heard, ended. ``limited`` decides what for.

The child is another program (no fork), so that nothing of this one is in it: no memory, no open file but a socket, no
environment, no terminal. Writing never waits; what does not fit is written when there is room.
"""

import contextlib
import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from linksync.machine.limited_child import ANSWER, HEAD, JOB_HEAD, LAST_ANSWER

_START = "import sys; sys.path[:] = sys.argv[2:]; from linksync.machine.limited_child import main; main(sys.argv[1])"
_ENVIRONMENT = {"LANG": "C.UTF-8", "TZ": "UTC0"}
_OWN_WORDS_MAX = 4096
"""Bytes of all that a child says beside answers."""
_PIECE = 256 * 1024
Places: TypeAlias = tuple[list[str], list[str]]
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

    def __init__(self, entry: str, where: Places, bounds: Mapping[str, int | float]) -> None:
        """Start it.

        Args:
            entry: ``package.module:function``.
            where: the ``places`` of that entry.
            bounds: the fields of ``limited.Limits``.

        Raises:
            OSError: the system has no process or descriptor to give.
        """
        search, readable = where
        self._answer_max = int(bounds["answer"])
        self._heard, self._unsent = bytearray(), b""
        self.ready = self.hung_up = False
        self._socket, theirs = socket.socketpair()
        told = {"entry": entry, "channel": theirs.fileno(), "parent": os.getpid(), "readable": readable, **bounds}
        command = (sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _START, json.dumps(told), *search)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # the terminal's Ctrl-C is for its parent
            )
        except OSError:
            self._socket.close()
            raise
        finally:
            theirs.close()
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
        """End it, whatever it is at.

        Returns:
            How it ended by itself where it had hung up: its status, or minus a signal's number; else None.
        """
        status = self._waited(_GOING) if self.hung_up else None
        self._socket.close()
        if status is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._waited(_DYING)  # one that the kernel does not let go of is left to it
        return status

    def _waited(self, seconds: float) -> int | None:
        deadline = time.monotonic() + seconds
        while (status := self._process.poll()) is None and time.monotonic() < deadline:
            time.sleep(0.001)
        return status


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


def places(entry: str) -> Places:
    """Where a child looks for modules, and what it may read: what this program is made of, and nothing beside it.

    Raises:
        ValueError: there is no such package.
    """
    standard = sysconfig.get_path("stdlib")
    ours = [path for path in sys.path if path == standard or path.startswith(standard + os.sep)]
    packages = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    own = [_place_of(name) for name in dict.fromkeys(("linksync", entry.partition(".")[0].partition(":")[0]))]
    roots = [os.path.dirname(place) for place in own]
    libraries = [sysconfig.get_config_var("LIBDIR") or standard]
    return list(dict.fromkeys((*ours, *roots, *packages))), [*ours, *own, *packages, *libraries]


def _place_of(name: str) -> str:
    """The folder of a package, or the file of a module, that stands on its own."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ValueError(f"there is no module {name}")
    return os.path.dirname(found.origin) if found.submodule_search_locations else found.origin
