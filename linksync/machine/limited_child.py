"""The child's side of ``limited``: a process that does job after job on documents from strangers.

It is a fork of a server that has imported the entry (``limited_server``). It bounds itself, gives up everything else
(``sandbox``), says that it is ready and what holds, and then answers jobs until its parent hangs up. Each job has two
alarms, on the wall clock and on the processor's; their signals end the process. It retires of its own accord when it
has done many jobs, or when something was left behind.
"""

import encodings.aliases
import importlib
import json
import os
import signal
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from linksync.machine import sandbox

Work: TypeAlias = Callable[[dict[str, object], BinaryIO], dict[str, object]]

JOB_HEAD = struct.Struct("<I")
"""Before a job: its length; the descriptor comes with it."""
HEAD = struct.Struct("<cI")
"""Before what the child says: its kind and its length."""
READY, BROKEN, ANSWER, LAST_ANSWER, RAISED = b"r", b"b", b"a", b"l", b"e"
MEMORY, TOO_MUCH = b"m", b"t"
WALL_TIME, PROCESSOR_TIME = "wall-time", "processor-time"

_LOOK_EVERY = 8
"""Jobs between two looks at what files were left open."""
_LEFT_BEHIND = 0.6
"""Share of its memory that a process that goes on may have in use between two jobs."""
_WHY_MAX = 200
_OTHER_CODECS = ("idna", "punycode", "raw_unicode_escape", "unicode_escape", "utf_8_sig", "koi8_u", "mac_croatian")
"""Encodings that have no other name."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a child is told at its start; see ``limited.Limits``.

    Attributes:
        channel: the descriptor of the socket to whoever has work for it.
        parent: the process number of its server.
        readable: files and folders that the program itself stands in.
    """

    channel: int
    parent: int
    readable: list[str]
    memory: int
    open_files: int
    written: int
    answer: int
    jobs: int
    wall: float
    processor: float


class _Room:
    """Whether there is room in this process for another job. To be made before the process is sealed."""

    def __init__(self, told: Told) -> None:
        self._told, self._jobs, self._statm = told, 0, -1
        with suppress(OSError):  # there is none but on Linux
            self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def to_go_on(self) -> bool:
        """Whether a job that was done left room for others."""
        self._jobs += 1
        if self._jobs >= self._told.jobs or (self._jobs % _LOOK_EVERY == 0 and self._files_are_open()):
            return False
        if self._statm < 0:
            return True
        pages = int(os.pread(self._statm, 40, 0).split()[0])
        return pages * _PAGE < _LEFT_BEHIND * self._told.memory

    def _files_are_open(self) -> bool:
        """Whether half of the descriptors are in use."""
        return sum(map(_is_open, range(self._told.open_files))) > self._told.open_files // 2


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def be(told: Told, work: Work | BaseException) -> None:
    """Be a limited child, in a fork.

    Args:
        told: what for.
        work: what to do with each document; or why there is nothing that could do it.
    """
    channel = socket.socket(fileno=told.channel)
    room = _Room(told)
    try:
        if isinstance(work, BaseException):
            raise work
        held = _begin(told)
    except BaseException as error:
        _say(channel, BROKEN, _why(error))
        os._exit(1)
    _say(channel, READY, json.dumps(held).encode())
    try:
        _serve(channel, work, told, room)
    finally:
        os._exit(0)


def _begin(told: Told) -> list[str]:
    """Be bounded, and be sealed. Returns what holds."""
    held = [WALL_TIME, PROCESSOR_TIME, *([sandbox.WITH_PARENT] if sandbox.end_with(told.parent) else [])]
    sandbox.recede()
    held += sandbox.bound(memory=told.memory, open_files=told.open_files, written=told.written)
    held += sandbox.seal(told.readable)
    return list(dict.fromkeys(held))


def import_all(later: Iterable[str]) -> None:
    """Import what would be imported later: those modules, and every encoding that there is."""
    for codec in {*encodings.aliases.aliases.values(), *_OTHER_CODECS}:
        with suppress(ImportError):  # some are for other systems
            importlib.import_module(f"encodings.{codec}")
    for name in later:
        importlib.import_module(name)


def _serve(channel: socket.socket, work: Work, told: Told, room: _Room) -> None:
    while (received := _receive(channel)) is not None:
        body, descriptor = received
        kind, payload = _done(work, body, descriptor, told)
        if kind == ANSWER and not room.to_go_on():
            kind = LAST_ANSWER
        _say(channel, kind, payload)
        if kind in (LAST_ANSWER, MEMORY):
            return


def _receive(channel: socket.socket) -> tuple[bytes, int] | None:
    """The next job and its descriptor; None where there are no more."""
    head, descriptors, _, _ = socket.recv_fds(channel, JOB_HEAD.size, 1)
    if not head:
        return None
    (length,) = JOB_HEAD.unpack(head)
    body = channel.recv(length, socket.MSG_WAITALL)
    return body, descriptors[0]


def _done(work: Work, body: bytes, descriptor: int, told: Told) -> tuple[bytes, bytes]:
    """What came of a job, within its time."""
    _alarm(told.wall, told.processor)
    try:
        with open(descriptor, "rb") as file:
            file.seek(0)
            payload = json.dumps(work(json.loads(body), file), separators=(",", ":")).encode("ascii")
    except MemoryError:
        kind, payload = MEMORY, b""
    except BaseException as error:  # SystemExit too: a job ends no process
        kind, payload = RAISED, _why(error)
    else:
        kind = ANSWER
    _alarm(0, 0)
    return (TOO_MUCH, b"") if len(payload) > told.answer else (kind, payload)


def _alarm(wall: float, processor: float) -> None:
    """Be ended after so many seconds; 0 calls it off. The job may have left handlers of its own."""
    for number, timer, seconds in (
        (signal.SIGALRM, signal.ITIMER_REAL, wall),
        (signal.SIGPROF, signal.ITIMER_PROF, processor),
    ):
        signal.signal(number, signal.SIG_DFL)
        signal.setitimer(timer, seconds)


def _say(channel: socket.socket, kind: bytes, payload: bytes) -> None:
    channel.sendall(HEAD.pack(kind, len(payload)) + payload)


def _why(error: BaseException) -> bytes:
    """The kind of an error and the line that raised it, not its text: that may be a stranger's."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" in {os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}" if place else ""
    named = f" {error.name}" if isinstance(error, ImportError) else ""
    return f"{type(error).__name__}{named}{where}"[:_WHY_MAX].encode("ascii", "replace")


def nothing(_job: dict[str, object], _file: BinaryIO) -> dict[str, object]:
    """An entry that does nothing: to learn what holds, or what a job costs."""
    return {}
