"""Desktop notifications, told by a child process with a limit on its time.

The notification service of a desktop may hang for a minute, or not be there; so nobody here waits for it. At most one
child runs at a time, and of what comes up meanwhile only the newest is told after it. As a program,
``python -m linksync.host.daemon.notices``, this module is that child: one notice as JSON on stdin, its number on
stdout.
"""

import contextlib
import html
import json
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass

from linksync.host.daemon.board import Card, Snapshot
from linksync.host.daemon.bus import BusError, talking_to
from linksync.host.daemon.states import State

LIMIT = 10.0
"""Seconds that a child may take."""

_WORTH = {"good": 0, "ask": 1, "attention": 2, "bad": 3}
"""Lights that somebody is called for, the gravest last."""
_QUIET = frozenset({State.SYNCED, State.QUEUED})
"""States whose good news can wait until somebody looks."""
_OUT_ALREADY = frozenset({"daemon-taken-out", "daemon-taken-out-untouched", "daemon-yanked-done"})
_TEXT_MAX = 600
_SERVICE = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told: one line, and what to do; ``urgent`` where it should stay until somebody has seen it."""

    title: str
    text: str
    urgent: bool = False


def notice_of(before: Snapshot, after: Snapshot) -> Notice | None:
    """What somebody should be told who is not looking: the gravest of what changed, of the newest stick; else None."""
    known = {card.id: card.sentence.slug for card in before.cards}
    fresh = [card for card in after.cards if known.get(card.id) != card.sentence.slug and _is_worth_telling(card)]
    if not fresh:
        return None
    card = max(fresh, key=lambda one: _WORTH[one.light])
    dutch = after.language == "nl"
    sentence, todo = (card.sentence.nl, card.next.nl) if dutch else (card.sentence.en, card.next.en)
    title, _, rest = sentence.partition(". ")
    return Notice(
        title=(f"{title}." if rest else title)[:_TEXT_MAX],
        text=f"{rest} {todo}".strip()[:_TEXT_MAX],
        urgent=card.light in {"attention", "bad"},
    )


def _is_worth_telling(card: Card) -> bool:
    calm = card.light == "good" and (card.state in _QUIET or card.sentence.slug in _OUT_ALREADY)
    return card.light in _WORTH and (not calm or card.sentence.slug == "daemon-eject-yourself")


class Notices:
    """Tells what changes on the board. No method of it ever waits; safe in threads.

    Args:
        enabled: whether to tell anything at all.
        limit: seconds that a child may take.
    """

    def __init__(self, *, enabled: bool = True, limit: float = LIMIT) -> None:
        self._enabled, self._limit = enabled, limit
        self._guard = threading.Lock()
        self._seen: Snapshot | None = None
        self._next: Notice | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._busy = self._closed = False
        self._number = 0

    def see(self, snapshot: Snapshot) -> None:
        """Look at the board, and tell what is new on it; of the first one nothing is."""
        before, self._seen = self._seen, snapshot
        notice = notice_of(before, snapshot) if before is not None else None
        if notice is not None:
            self.show(notice)

    def show(self, notice: Notice) -> None:
        """Tell something, now or after what is being told; what was still to be told is dropped."""
        with self._guard:
            if not self._enabled or self._closed:
                return
            self._next = notice
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._tell, name="notices", daemon=True).start()

    def close(self) -> None:
        """Tell nothing more, and end the child."""
        with self._guard:
            self._closed = True
            if self._child is not None:
                self._child.kill()

    def _tell(self) -> None:
        while True:
            with self._guard:
                notice, self._next = self._next, None
                if notice is None or self._closed:
                    self._busy = False
                    return
                try:
                    self._child = child = _started()
                except OSError:  # no process or descriptor left: there is more to worry about
                    self._busy = False
                    return
            self._attend(child, notice)
            with self._guard:
                self._child = None

    def _attend(self, child: subprocess.Popen[bytes], notice: Notice) -> None:
        told = json.dumps(asdict(notice) | {"replaces": self._number, "limit": self._limit}).encode()
        with child:
            try:
                said, _ = child.communicate(told, timeout=self._limit)
            except subprocess.TimeoutExpired:
                child.kill()
            else:
                self._number = int(said) if said.isdigit() and len(said) < 10 else 0


def _started() -> subprocess.Popen[bytes]:
    pipe, none = subprocess.PIPE, subprocess.DEVNULL
    command = [sys.executable, "-m", __name__]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=none)  # noqa: S603 - ourselves


# The child.


def main() -> int:
    """Tell the notice that stands on stdin; 1 where nobody here shows notices."""
    told = json.loads(sys.stdin.buffer.read(1 << 16))
    signal.setitimer(signal.ITIMER_REAL, float(told["limit"]))  # ends by itself, also when nobody waits any more
    notice = Notice(title=told["title"], text=told["text"], urgent=told["urgent"])
    with contextlib.suppress(BusError):
        sys.stdout.write(str(_notified(notice, int(told["replaces"]), float(told["limit"]))))
        return 0
    return 1


def _notified(notice: Notice, replaces: int, limit: float) -> int:
    """Tell the desktop's service; the number that it gives the notice."""
    hints = {"urgency": ("y", 2 if notice.urgent else 1), "desktop-entry": ("s", "linksync")}
    with talking_to(_SERVICE, bus="SESSION") as service:
        (can,) = service.call(_PATH, f"{_SERVICE}.GetCapabilities", limit=limit)
        text = html.escape(notice.text) if "body-markup" in can else notice.text
        icon = "dialog-warning" if notice.urgent else "drive-removable-media"
        told: tuple[object, ...] = ("linksync", replaces, icon, notice.title, text, [], hints, -1)
        (number,) = service.call(_PATH, f"{_SERVICE}.Notify", "susssasa{sv}i", *told, limit=limit)
    return int(number)


if __name__ == "__main__":
    sys.exit(main())
