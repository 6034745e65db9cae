"""What the daemon tells systemd: that it is ready, what it does, that it lives, that it ends (sd_notify(3)).

Datagrams to ``$NOTIFY_SOCKET``, a path or an abstract name (``@…``). Nothing here ever waits or fails: where nobody
listens, or the socket is full, the message is dropped. The watchdog is to be fed by whoever knows that every part of
the daemon lives, at least once every ``interval`` seconds.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from linksync import __version__

STATUS_HEAD = "linksync "
"""What a status starts with, before the version."""
_STATUS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """The way to the service manager.

    Attributes:
        address: of its socket; "" where there is none.
        interval: seconds between two signs of life, half of what systemd waits; None where it does not wait for any.
    """

    address: str = ""
    interval: float | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Notifier":
        """As systemd told this process; what is meant for another process counts for nothing."""
        address = environment.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")):
            return cls()
        return cls(address=address, interval=_interval(environment))

    def ready(self, status: str = "") -> bool:
        """All of it runs."""
        return self._send("READY=1", *_status(status))

    def status(self, text: str) -> bool:
        """What it does now, in one line, as ``systemctl status`` shows it."""
        return self._send(*_status(text))

    def alive(self) -> bool:
        """A sign of life, for the watchdog."""
        return self._send("WATCHDOG=1")

    def stopping(self) -> bool:
        """It ends, as it should."""
        return self._send("STOPPING=1")

    def _send(self, *lines: str) -> bool:
        """Whether a message went out."""
        if not self.address or not lines:
            return False
        address = os.fsencode(self.address)
        if address.startswith(b"@"):
            address = b"\0" + address[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way:
                way.setblocking(False)
                way.sendto("\n".join(lines).encode("utf-8", "replace"), address)
        except OSError:
            return False
        return True


def _status(text: str) -> tuple[str, ...]:
    """The line of a status; it starts with the version, by which ``doctor`` sees what runs."""
    told = " ".join(text.split())
    return (f"STATUS={STATUS_HEAD}{__version__}: {told}"[:_STATUS_MAX],) if told else ()


def _interval(environment: Mapping[str, str]) -> float | None:
    usec, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not (usec.isascii() and usec.isdigit() and int(usec)) or pid not in {"", str(os.getpid())}:
        return None
    return int(usec) / 1_000_000 / 2
