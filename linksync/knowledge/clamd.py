"""A virus scanner that runs on this computer: ClamAV's ``clamd``, asked over its socket (clamd(8), INSTREAM).

Clean, found and not scanned are three answers, and silence is never clean. ``clamd`` says OK of what it does not look
into: of a file over its limit unless ``AlertExceedsMax`` is set, and of a large file in an archive even then. So what
is larger than it takes, by ``clamd.conf`` where that can be read and by the smallest default otherwise, is told apart
here; how deep archives lie in each other, only a ``clamd`` with ``AlertExceedsMax`` tells.

A document is only sent on, never parsed; ``clamd`` does that as another user. Several may be sent before the first
answer is asked for: it scans them at the same time.
"""

import os
import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from linksync.machine.settings import NO_SCANNER

PLACES = (
    "/run/clamav/clamd.ctl",  # Debian, Ubuntu, Arch
    "/run/clamd.scan/clamd.sock",  # Fedora
    "/run/clamav/clamd.sock",  # Alpine
    "/opt/homebrew/var/run/clamav/clamd.sock",
)
SETTINGS = ("/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf", "/opt/homebrew/etc/clamav/clamd.conf")
LARGEST = 25 << 20
"""Bytes that any clamd looks into unless it was told otherwise; newer ones take 100 MiB."""
SECONDS = 60.0
ABSENT, TOO_BIG, TOO_SLOW, FAILED = "scanner-absent", "scanner-too-big", "scanner-time", "scanner-error"

_CHUNK = 256 * 1024
_REPLY_MAX = 4096
_SETTINGS_MAX = 256 * 1024
_REPLY = re.compile(rb"stream: (?:(?P<ok>OK)|(?P<name>[!-~]{1,200}) FOUND)\0?")
_LIMITS = "Heuristics.Limits.Exceeded"
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_TCP = "tcp://"


class Verdict(StrEnum):
    """What a scanner says of a document."""

    CLEAN = "clean"
    FOUND = "found"
    NOT_SCANNED = "not-scanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What came of scanning a document.

    Attributes:
        name: of what was found, as the scanner calls it.
        why: of what was not scanned: one of this module's reasons.
    """

    verdict: Verdict
    name: str = ""
    why: str = ""


CLEAN = Scanned(verdict=Verdict.CLEAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """A clamd that may be asked.

    Attributes:
        address: the path of its socket, or ``tcp://host:port``.
        largest: bytes of the largest file that it looks into, on its own or in an archive.
    """

    address: str
    largest: int = LARGEST


def scanner(setting: str = "", settings: tuple[str, ...] = SETTINGS) -> Scanner | None:
    """The scanner that ``config.yaml`` names, or the one that is in its usual place; None where there is none.

    Args:
        setting: a path, ``tcp://host:port``, ``off``, or "" for the usual places.
        settings: where a ``clamd.conf`` may stand.
    """
    if setting == NO_SCANNER:
        return None
    told = {address: largest for path in settings for address, largest in _told_by(path)}
    places = (setting,) if setting else (*told, *PLACES)
    for place in places:
        if place.startswith(_TCP) or os.path.exists(place):
            return Scanner(address=place, largest=told.get(place, LARGEST))
    return Scanner(address=setting) if setting else None  # to be told as absent, not to be forgotten


def _told_by(path: str) -> Iterator[tuple[str, int]]:
    """The addresses that a ``clamd.conf`` gives, with the largest file there; none where it cannot be read."""
    told: dict[str, str] = {}
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        for line in file.read(_SETTINGS_MAX).splitlines():
            name, _, value = line.strip().partition(" ")
            told.setdefault(name, value.strip())
    largest = min(_bytes(told.get(name, "")) for name in ("MaxFileSize", "StreamMaxLength"))
    if "LocalSocket" in told:
        yield told["LocalSocket"], largest
    if "TCPSocket" in told:
        yield f"{_TCP}{told.get('TCPAddr', '127.0.0.1')}:{told['TCPSocket']}", largest


def _bytes(text: str) -> int:
    match = re.fullmatch(r"(\d{1,12})([KMG]?)", text.upper())
    return int(match[1]) * _UNITS[match[2]] or (2 << 30) if match else LARGEST  # 0 is no limit, save clamd's own


class Scanning:
    """A document that was sent, or could not be. To be asked for its result, or closed."""

    def __init__(self, connection: socket.socket | None, deadline: float, outcome: Scanned | None) -> None:
        self._connection, self._deadline, self._outcome = connection, deadline, outcome

    def result(self) -> Scanned:
        """Wait for the answer, no longer than the time limit; never an error."""
        if self._outcome is None:
            assert self._connection is not None
            try:
                self._outcome = _meant(_heard(self._connection, self._deadline))
            except TimeoutError:
                self._outcome = _not_scanned(TOO_SLOW)
            except OSError:
                self._outcome = _not_scanned(FAILED)
        self.close()
        return self._outcome

    def close(self) -> None:
        """Hang up, whether or not there was an answer."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def scan(asked: Scanner | None, file: BinaryIO, size: int, *, inside: int = 0, seconds: float = SECONDS) -> Scanned:
    """Have a document scanned, and wait for it; see ``begin``."""
    return begin(asked, file, size, inside=inside, seconds=seconds).result()


def begin(asked: Scanner | None, file: BinaryIO, size: int, *, inside: int = 0, seconds: float = SECONDS) -> Scanning:
    """Send a document to be scanned.

    Args:
        asked: the scanner; None where there is none.
        file: the document, read from where it stands to its end.
        size: its bytes.
        inside: bytes of the largest file in it, unpacked, where it is an archive.
        seconds: for all of it, the answer too.

    Raises:
        OSError: the document cannot be read; a scanner that fails is a result.
    """
    deadline = time.monotonic() + seconds
    if asked is None:
        return Scanning(None, deadline, _not_scanned(ABSENT))
    if max(size, inside) > asked.largest:
        return Scanning(None, deadline, _not_scanned(TOO_BIG))
    try:
        connection = _connected(asked.address, seconds)
    except (OSError, ValueError):
        return Scanning(None, deadline, _not_scanned(ABSENT))
    try:
        return Scanning(connection, deadline, _sent(connection, file, deadline))
    except BaseException:
        connection.close()
        raise


def _connected(address: str, seconds: float) -> socket.socket:
    if address.startswith(_TCP):
        host, _, port = address.removeprefix(_TCP).rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(seconds)
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def _sent(connection: socket.socket, file: BinaryIO, deadline: float) -> Scanned | None:
    """Send a document; None where that went well, or where the scanner has cut it short and will say why."""
    command = b"zINSTREAM\0"
    while True:
        data = file.read(_CHUNK)
        try:
            connection.settimeout(_left(deadline))
            connection.sendall(command + struct.pack(">I", len(data)) + data)
        except TimeoutError:
            return _not_scanned(TOO_SLOW)
        except OSError:
            return None
        if not data:
            return None
        command = b""


def _heard(connection: socket.socket, deadline: float) -> bytes:
    """The answer, to its end or to more than it may be."""
    heard = b""
    while not heard.endswith(b"\0") and len(heard) < _REPLY_MAX:
        connection.settimeout(_left(deadline))
        data = connection.recv(_REPLY_MAX)
        if not data:
            break
        heard += data
    return heard


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _meant(reply: bytes) -> Scanned:
    """What an answer means; one that is not understood is no clean document."""
    if reply.startswith(b"INSTREAM size limit exceeded"):
        return _not_scanned(TOO_BIG)
    match = _REPLY.fullmatch(reply)
    if match is None:
        return _not_scanned(FAILED)
    if match["ok"]:
        return CLEAN
    name = match["name"].decode("ascii")
    return _not_scanned(TOO_BIG) if name.startswith(_LIMITS) else Scanned(verdict=Verdict.FOUND, name=name)


def _not_scanned(why: str) -> Scanned:
    return Scanned(verdict=Verdict.NOT_SCANNED, why=why)
