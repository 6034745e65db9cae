"""Servers of limited children, from their parent's side: started, asked for children, held by those who need them.

There is one for each entry and thread, however many ``Workers`` it has; ``limited_server`` is the process itself.
"""

import atexit
import contextlib
import errno
import importlib.util
import json
import os
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from linksync.machine.limited_server import REQUEST

_START = "import sys; sys.path[:] = sys.argv[2:]; from linksync.machine.limited_server import main; main(sys.argv[1])"
_ENVIRONMENT = {"LANG": "C.UTF-8", "TZ": "UTC0"}
_DYING = 2.0
"""Seconds that one that was killed is waited for."""
Places: TypeAlias = tuple[list[str], list[str]]


class Server:
    """A process that forks limited children for an entry; see ``limited_server``.

    Forks of this process may ask it for children as well, each for its own.
    """

    def __init__(self, entry: str) -> None:
        """Nothing is started yet.

        Args:
            entry: ``package.module:function``.

        Raises:
            ValueError: there is no such package.
        """
        self._entry, self._places = entry, places(entry)
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._owner = 0
        self._lock = threading.RLock()
        self.holders = 0

    def start(self) -> None:
        """Start it, unless it runs.

        Raises:
            OSError: the system has no process or descriptor to give.
        """
        with self._lock:
            self._forget_another()
            if self._channel is None or (self._process is not None and self._process.poll() is not None):
                self.end()
                self._start()

    def _start(self) -> None:
        search, readable = self._places
        ours, theirs = socket.socketpair()
        told = {"entry": self._entry, "channel": theirs.fileno(), "parent": os.getpid(), "readable": readable}
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
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        self._channel, self._owner = ours, os.getpid()

    def fork(self, bounds: Mapping[str, int | float], channel: int, leash: int) -> None:
        """Ask for a child.

        Args:
            bounds: the fields of ``limited.Limits``.
            channel: the descriptor that it is spoken to on.
            leash: the descriptor whose other end is let go of to end it, and on which its end is told.

        Raises:
            OSError: there is no server, and none can be started.
        """
        request = json.dumps(bounds).encode("ascii").ljust(REQUEST)
        with self._lock:
            try:
                self.start()
                self._send(request, channel, leash)
            except (BrokenPipeError, ConnectionResetError):  # it was killed
                self.end()
                self.start()
                self._send(request, channel, leash)

    def end(self) -> None:
        """End it, and with it all of its children."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
            if self._process is not None and self._owner == os.getpid():
                self._process.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_DYING)
            self._process = self._channel = None

    def _forget_another(self) -> None:
        """In a fork: the process is its parent's, only the channel is shared."""
        if self._owner != os.getpid():
            self._process, self._owner = None, os.getpid()

    def _send(self, request: bytes, channel: int, leash: int) -> None:
        assert self._channel is not None
        if socket.send_fds(self._channel, [request], [channel, leash]) != len(request):
            self.end()  # it would take the next request for the rest of this one
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


_servers: dict[tuple[str, int], Server] = {}
"""By entry and thread; see ``hold``."""
_servers_lock = threading.Lock()


def prepare(entry: str) -> Callable[[], None]:
    """Start the server of an entry, which is ready for the ``Workers`` to come.

    It is no more than a head start: where no server can be had, the ``Workers`` will say so.

    Returns:
        What lets go of it, once: it ends with the last of those who hold it, or with this process.
    """
    server = hold(entry)
    with contextlib.suppress(OSError):
        server.start()
    return partial(release, server)


def hold(entry: str) -> Server:
    """The server of an entry for this thread: the kernel ends one with the thread that started it."""
    key = (entry, threading.get_ident())
    with _servers_lock:
        server = _servers.get(key)
        if server is None:
            server = _servers[key] = Server(entry)
        server.holders += 1
    return server


def release(server: Server) -> None:
    """Let go of a server; it ends with the last who does."""
    with _servers_lock:
        server.holders -= 1
        if server.holders == 0:
            for key in [key for key, one in _servers.items() if one is server]:
                del _servers[key]
            server.end()


@atexit.register
def _release_all() -> None:
    for server in _servers.values():
        server.end()


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
