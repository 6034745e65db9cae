"""The server's side of ``limited``: a process that has imported what limited children need, and forks them.

Importing takes a hundred times as long as forking, so that a child may retire early and another be there at once. The
server gets no document and is never sealed; what it forks closes all that is the server's, and is sealed before it gets
one (``limited_child``). It ends with the thread that started it, and when nobody holds its channel any more.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

from linksync.machine import limited_child, sandbox
from linksync.machine.limited_child import Told, Work

REQUEST = 1024
"""Bytes of a request: what a child is told, as JSON with spaces behind it; its channel and its leash come with it."""
STATUS = struct.Struct("<i")
"""What is said on a leash once its child has ended: its exit status, or minus a signal's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a server is told at its start.

    Attributes:
        entry: ``package.module:function``, for every child.
        channel: the descriptor of the socket to whoever asks for children; ``parent`` is who made it.
        readable: files and folders that the program itself stands in.
    """

    entry: str
    channel: int
    parent: int
    readable: list[str]


def main(text: str) -> None:
    """Be a server; the JSON of ``Served`` says of what. Never returns."""
    served = Served(**json.loads(text))
    sandbox.end_with(served.parent)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    work = _imported(served.entry)
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared
    try:
        _Server(served, work).serve()
    finally:
        os._exit(0)


def _imported(entry: str) -> Work | BaseException:
    """The entry, with all that may be imported later where no file can be opened then; or why there is none."""
    module, _, name = entry.partition(":")
    try:
        found = importlib.import_module(module)
        work: Work = getattr(found, name)
        if not sandbox.landlock():
            limited_child.import_all(getattr(found, "IMPORTS_LATER", ()))
    except BaseException as error:
        return error
    return work


class _Server:
    """Forks children, ends those whose leash was let go of, and says how each has ended."""

    def __init__(self, served: Served, work: Work | BaseException) -> None:
        self._served, self._work = served, work
        self._channel = socket.socket(fileno=served.channel)
        self._heard, self._bell = os.pipe()
        os.set_blocking(self._heard, False)
        os.set_blocking(self._bell, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(self._channel, select.POLLIN)
        self._poll.register(self._heard, select.POLLIN)
        self._children: dict[int, int] = {}  # process number by leash

    def serve(self) -> None:
        """Until nobody holds the channel; no child stays then."""
        try:
            self._serve()
        finally:
            for child in self._children.values():
                os.kill(child, signal.SIGKILL)

    def _serve(self) -> None:
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor == self._heard:
                    self._bury()
                elif descriptor != self._channel.fileno():
                    self._end(descriptor)
                elif not self._take():
                    return

    def _take(self) -> bool:
        """Take a request; False where there will be no more."""
        data, descriptors, _, _ = socket.recv_fds(self._channel, REQUEST, 2)
        if len(data) < REQUEST or len(descriptors) < 2:
            for descriptor in descriptors:
                os.close(descriptor)
            return bool(data)
        channel, leash = descriptors
        server = os.getpid()
        try:
            child = os.fork()
        except OSError:  # whoever asked finds that nobody is there
            child = -1
        if child == 0:
            self._become(server, channel, leash, data)
        os.close(channel)
        if child < 0:
            os.close(leash)
        else:
            self._children[leash] = child
            self._poll.register(leash, select.POLLIN)
        return True

    def _become(self, server: int, channel: int, leash: int, data: bytes) -> None:
        """Be a child. Never returns."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (self._channel.detach(), self._heard, self._bell, leash, *self._children):
                os.close(descriptor)
            told = Told(channel=channel, parent=server, readable=self._served.readable, **json.loads(data))
            limited_child.be(told, self._work)
        finally:
            os._exit(1)

    def _end(self, leash: int) -> None:
        """Whoever held a child let go of it, or ended: what it is at is lost."""
        if leash not in self._children:  # it ended by itself meanwhile, and is buried
            return
        self._poll.unregister(leash)
        with suppress(ProcessLookupError):
            os.kill(self._children[leash], signal.SIGKILL)  # it is not buried yet, so that nobody else has its number

    def _bury(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._heard, 64):
                pass
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                leash = next(leash for leash, child in self._children.items() if child == ended[0])
                del self._children[leash]
                with suppress(KeyError):
                    self._poll.unregister(leash)
                with suppress(OSError):
                    os.write(leash, STATUS.pack(os.waitstatus_to_exitcode(ended[1])))
                os.close(leash)
