"""The board: what people see of the daemon, in the panel and in a terminal, as one snapshot.

The loop alone puts up a new one; any number of threads look at it and wait for the next. A snapshot never changes once
it is up, and its version only grows when something on it changed. ``to_json`` is what ``GET /board`` says.
"""

import threading
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from linksync.host.daemon.states import Light, State

Button = Literal["", "hand-over", "take-out", "try-again"]
Reach = Literal["reachable", "away", "none"]
ADDED_MAX = 200
"""Files of ``Card.added`` at the most; ``added_more`` says how many there are beside them."""
LOG_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The same in Dutch and in English."""

    nl: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is said now; ``slug`` is that of ``states.SENTENCES`` or of an error."""

    slug: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far reading has come.

    Attributes:
        done: bytes, of ``total``.
        seconds_left: None as long as it cannot be known.
    """

    done: int
    total: int
    seconds_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A file that was added: its path, escaped; ``why`` where it is held or refused."""

    path: str
    bytes: int
    class_: Literal["pass", "hold", "refuse"] = "pass"
    why: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A file that does not go along this time, and why."""

    path: str
    reason: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding with its sentence and what to do."""

    code: str
    path: str
    nl: str
    en: str
    todo_nl: str = ""
    todo_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One medium as people see it.

    Attributes:
        id: a number, as text; stays the same from plug to receipt, also over a restart of the daemon.
        name: what the stick is called, else its maker's name or the folder; escaped.
        link: the Link's id, "" while it is not known; ``number`` that of its last hand-off, 0 for none.
        handoff: the folder of the hand-off that was made in this plug, or "".
        sentence: what happens now; ``next`` what to do now, may be empty.
        added: at most ``ADDED_MAX``; ``added_count`` and ``added_bytes`` tell of all of them.
        button: the one thing that can be done now; "" for none.
        safe: whether it can be taken out: true only when it is.
        synced: whether an archive has signed for what was handed over here; ``receipt`` is its id, or "".
        since: when the state began, RFC 3339, UTC.
    """

    id: str
    state: State
    light: Light
    name: str
    sentence: Sentence
    next: Told = field(default_factory=Told)
    link: str = ""
    number: int = 0
    handoff: str = ""
    progress: Progress | None = None
    added: tuple[Added, ...] = ()
    added_more: int = 0
    added_count: int = 0
    added_bytes: int = 0
    waiting: tuple[Waits, ...] = ()
    findings: tuple[Found, ...] = ()
    button: Button = ""
    safe: bool = False
    synced: bool = False
    receipt: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the log; ``card`` is the id of the card it is about, or "". ``time`` in RFC 3339, UTC."""

    time: str
    nl: str
    en: str
    card: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that is to be seen at one moment.

    Attributes:
        holder: the host's id; ``host_name`` its name in the relay, or the id again.
        udev: whether this computer tells of devices; else the mount table is looked at.
        archive: whether the archive can be reached; ``none`` where none is set.
        cards: the newest plug first.
        log: the newest line last.
    """

    version: int = 0
    policy: str = "auto"
    holder: str = ""
    host_name: str = ""
    language: str = "nl"
    udev: bool = True
    archive: Reach = "none"
    cards: tuple[Card, ...] = ()
    log: tuple[Line, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The same as one JSON object."""
        told = asdict(self)
        for card in told["cards"]:
            for one in card["added"]:
                one["class"] = one.pop("class_")
        return told


class Board:
    """Where the newest snapshot hangs. Safe in threads."""

    def __init__(self, first: Snapshot | None = None) -> None:
        self._latest = first or Snapshot()
        self._changed = threading.Condition()

    def latest(self) -> Snapshot:
        """The newest snapshot."""
        return self._latest

    def put_up(self, snapshot: Snapshot) -> bool:
        """Put up a new one, whatever version it says; False where nothing on it changed, and the old one stays."""
        with self._changed:
            fresh = replace(snapshot, version=self._latest.version)
            if fresh == self._latest:
                return False
            self._latest = replace(fresh, version=self._latest.version + 1)
            self._changed.notify_all()
        return True

    def wait(self, version: int, timeout: float) -> Snapshot | None:
        """The newest snapshot as soon as it is another than ``version``; None after ``timeout`` seconds without one."""
        with self._changed:
            newer = self._changed.wait_for(lambda: self._latest.version != version, timeout)
            return self._latest if newer else None
