"""Where a medium stands, and what is seen of it: the two records that the rules work on; pure.

``Stand`` is what the daemon knows, and what the ledger keeps; ``Look`` is what is there now. Both are values: the rules
(``rules``, ``outcomes``) make new ones and touch nothing.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from linksync.host.daemon.states import State, Words, words
from linksync.machine.settings import After, Policy

Kind = Literal["device", "folder"]
"""A stick, or a folder that somebody told us to watch: never mounted, unmounted or switched off."""
Act = Literal[
    "mount",
    "mount-writable",
    "unmount",
    "power-off",
    "recognise",
    "settle",
    "watch",
    "verify",
    "receive",
    "finish",
    "cancel",
    "abandon",
]
"""What is done about a medium: by whoever mounts here, or by a process of its own; ``cancel`` ends what is under way,
``abandon`` lets go of it."""
SEEN = Words("daemon-seen")
ON_DISKS: frozenset[Act] = frozenset({"mount", "mount-writable", "unmount", "power-off"})
JOBS: frozenset[Act] = frozenset({"recognise", "settle", "watch", "verify", "receive", "finish"})
LOCKING: frozenset[Act] = frozenset({"receive", "finish"})
"""What needs this computer's memory to itself: one at a time."""


class Phase(StrEnum):
    """What is to be done next, whatever people are told meanwhile."""

    ATTACH = "attach"
    RECOGNISE = "recognise"
    SETTLE = "settle"
    CHECK = "check"
    """Policy ``ask``: what is new is shown, until the button is pressed."""
    VERIFY = "verify"
    RECEIVE = "receive"
    FINISH = "finish"
    DONE = "done"
    STAY = "stay"
    """Handed over, and plugged in still: what arrives is shown."""
    EJECT = "eject"
    OUT = "out"
    """Safe, and listed still."""
    LEAVE = "leave"
    """Foreign: only unmounted again where we mounted it."""
    REST = "rest"
    """Somebody has to do something."""
    GONE = "gone"
    """Nothing is there any more; only the card is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a medium stands.

    Attributes:
        medium: which: a device in one plug, or a folder.
        card: the number of its card.
        again_as: what is probably the same in another plug, or "".
        name: what people are shown.
        phase: what is to be done; ``doing`` is what is under way, or "".
        state, told: what people see; ``meanwhile`` is what will be told again when a stall is over.
        since: when the phase began, by the monotonic clock; ``not_before`` when to go on.
        tries: how often it failed in this phase.
        ours: whether the daemon mounted it.
        mounted: whether it was mounted when last looked at.
        asked: whether the button was pressed to hand over; ``leaving`` to take it out.
        link, number: of what stands on it; ``handoff``, ``seal`` of the hand-off that was made here last.
        sealed: whether a hand-off was signed here in this plug; ``written`` whether it was read back from the stick.
        earlier: the folder of a hand-off that an earlier run left, and that is being finished, or "".
        touched: whether all of it was read in this plug.
        new, new_bytes, waiting: of the hand-off: files, bytes, files that did not go along.
        offered: what was new in a folder when it was handed over by itself last, "" once all of that is sealed.
        unmounted: whether it was let go of; ``off`` how far it was switched off, or "".
        receipt: the archive that signed for the hand-off, or "".
    """

    medium: str
    card: str
    kind: Kind = "device"
    again_as: str = ""
    name: str = ""
    phase: Phase = Phase.ATTACH
    doing: Act | Literal[""] = ""
    state: State = State.SEEN
    told: Words = SEEN
    meanwhile: Words | None = None
    since: float = 0.0
    not_before: float = 0.0
    tries: int = 0
    ours: bool = False
    mounted: bool = False
    asked: bool = False
    leaving: bool = False
    link: str = ""
    number: int = 0
    handoff: str = ""
    seal: str = ""
    sealed: bool = False
    written: bool = False
    earlier: str = ""
    touched: bool = False
    new: int = 0
    new_bytes: int = 0
    waiting: int = 0
    offered: str = ""
    unmounted: bool = False
    off: str = ""
    receipt: str = ""

    def to_json(self) -> str:
        """As the ledger keeps it."""
        told = dataclasses.asdict(self)
        told["told"] = [self.told.slug, dict(self.told.fields)]
        told["meanwhile"] = None
        return json.dumps(told)

    @classmethod
    def from_json(cls, text: str) -> "Stand":
        """What the ledger kept.

        Raises:
            ValueError: it is no stand of this version.
        """
        told: dict[str, Any] = json.loads(text)
        try:
            slug, filled = told["told"]
            return cls(
                **{
                    **told,
                    "told": words(str(slug), **filled),
                    "state": State(told["state"]),
                    "phase": Phase(told["phase"]),
                }
            )
        except (KeyError, TypeError) as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is there of a medium now.

    Attributes:
        now: the monotonic clock.
        present: whether it is plugged in, or the folder is there.
        answers: whether its file system could be read when last listed.
        mounted: whether it can be reached somewhere; always for a folder.
        writable: whether it can be written there.
        held: whether it is mounted anywhere at all, reachable or not; ``beside`` whether something else on the same
            stick is: it cannot come out before that is let go as well.
        disks: whether somebody here can mount and unmount.
        turn: whether no other medium needs this computer's memory first.
    """

    now: float
    present: bool = True
    answers: bool = True
    mounted: bool = False
    writable: bool = False
    held: bool = False
    beside: bool = False
    disks: bool = True
    turn: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How this host wants it.

    Attributes:
        grace: seconds in which the desktop may mount a stick before the daemon does.
    """

    policy: Policy = "auto"
    after: After = "eject"
    grace: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of an act.

    Attributes:
        fields: of what was found, where it was done.
        error: the slug of what went wrong, or ""; ``filled`` its fields.
        died: whether the process ended without a word.
    """

    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    error: str = ""
    filled: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    died: bool = False
