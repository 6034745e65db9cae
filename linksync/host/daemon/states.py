"""The states of a medium, what may follow what, and the sentences that the daemon says; pure.

A medium is a stick in one plug, or a folder that somebody told us to watch. On its way it is one thing after another,
as far as its policy takes it::

    seen → mounted → recognised → waiting → staged → screened → sealed → written → read-back → queued → safe
                   ↘ foreign    ↘ verified (policies ask and verify-only stop here)                     ↘ synced

and from any of them it may be held (something is wrong, and a person can do something about it) or yanked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

Light = Literal["busy", "good", "ask", "attention", "bad", "calm"]
"""The one light that people see: at work, done, a button waits, look at this, something is wrong, nothing to do."""
Value = str | int
"""What fills a sentence; text is escaped already."""


class State(StrEnum):
    """Where a medium stands. Its value is what the ledger, the panel and ``--json`` say."""

    SEEN = "seen"
    """It is plugged in; nobody has looked at it."""
    MOUNTED = "mounted"
    FOREIGN = "foreign"
    """It is no Link: left alone, not one byte written."""
    RECOGNISED = "recognised"
    """It is a Link, and its records are judged."""
    WAITING = "waiting"
    """Files are still being put on it."""
    VERIFIED = "verified"
    """What is on it was looked at, and nothing was taken in: a person decides."""
    STAGED = "staged"
    """What is new is copied to this computer."""
    SCREENED = "screened"
    SEALED = "sealed"
    """What is new is signed and safe in the outbox. From here on nothing can be lost."""
    WRITTEN = "written"
    READ_BACK = "read-back"
    QUEUED = "queued"
    """It stands on the stick as well; the archive gets it when it can be reached."""
    SAFE = "safe"
    """Unmounted and without power: it can be taken out, or was."""
    SYNCED = "synced"
    """An archive has signed for it, and the stick is out, or is a folder."""
    HELD = "held"
    """Something is wrong; the sentence says what, and what to do. Nothing is half-done."""
    YANKED = "yanked"
    """It was taken out before that was said to be safe."""


_EVER = frozenset({State.HELD, State.YANKED, State.SEEN})
"""What may follow anything: a plug begins anew."""
_WAY = (
    State.SEEN,
    State.MOUNTED,
    State.RECOGNISED,
    State.WAITING,
    State.VERIFIED,
    State.STAGED,
    State.SCREENED,
    State.SEALED,
    State.WRITTEN,
    State.READ_BACK,
    State.QUEUED,
    State.SAFE,
)


def _followers() -> dict[State, frozenset[State]]:
    """Each state may skip ahead on the way; whatever else there is stands in the second table."""
    ahead = {state: frozenset(_WAY[place + 1 :]) for place, state in enumerate(_WAY)}
    more = {
        State.MOUNTED: {State.FOREIGN},
        State.RECOGNISED: {State.FOREIGN},
        State.FOREIGN: {State.MOUNTED, State.QUEUED, State.SAFE},  # let go when somebody asks for it
        State.VERIFIED: {State.WAITING, State.RECOGNISED},
        State.STAGED: {State.RECOGNISED},
        State.READ_BACK: {State.RECOGNISED, State.STAGED},  # an earlier hand-off was finished first
        State.QUEUED: {State.SYNCED, State.RECOGNISED, State.WAITING, State.STAGED},  # it stays, and more arrives
        State.SAFE: {State.SYNCED, State.MOUNTED, State.QUEUED},  # another part of the stick was opened again
        State.SYNCED: {State.RECOGNISED, State.WAITING, State.STAGED, State.MOUNTED, State.SAFE, State.QUEUED},
        State.HELD: {*_WAY, State.FOREIGN},
        State.YANKED: {State.SYNCED, State.MOUNTED, State.RECOGNISED},
    }
    return {state: ahead.get(state, frozenset()) | more.get(state, set()) | (_EVER - {state}) for state in State}


FOLLOWS: Mapping[State, frozenset[State]] = MappingProxyType(_followers())
"""What may follow each state."""

RESTING = frozenset(
    {State.FOREIGN, State.VERIFIED, State.QUEUED, State.SAFE, State.SYNCED, State.HELD, State.YANKED, State.SEEN}
)
"""Where a medium may stay for ever; from all others it moves on by itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence that people are told, not yet in any language.

    Attributes:
        slug: one of ``SENTENCES``, or that of an error (``people.sentences.ERRORS``).
        fields: name and value of what fills it.
    """

    slug: str
    fields: tuple[tuple[str, Value], ...] = ()


def words(slug: str, **fields: Value) -> Words:
    """A sentence with its fields."""
    return Words(slug, tuple(sorted(fields.items())))


@dataclass(frozen=True, slots=True)
class Sentence:
    """What there is to say of a sentence beside its words, which stand in ``people``.

    Attributes:
        state: the state in which it is said; None for a line of the log alone.
        light: what is lit with it.
        fields: names of what fills it.
    """

    state: State | None
    light: Light
    fields: frozenset[str] = frozenset()


def _said(state: State | None, light: Light, *fields: str) -> Sentence:
    return Sentence(state, light, frozenset(fields))


SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    {
        # seen
        "daemon-seen": _said(State.SEEN, "busy"),  # a stick was plugged in; a moment
        "daemon-folder-seen": _said(State.SEEN, "busy", "path"),  # what stands in the watched folder is looked at
        "daemon-not-mounted": _said(State.SEEN, "attention"),  # nobody opens it here: open it in the file manager
        "daemon-opening-again": _said(State.SEEN, "busy"),  # the stick did not answer for a moment; tried again
        "daemon-folder-missing": _said(State.SEEN, "calm", "path"),  # the watched folder is not there yet
        # mounted
        "daemon-looking": _said(State.MOUNTED, "busy"),  # is it the Link?
        # foreign
        "daemon-foreign": _said(State.FOREIGN, "calm"),  # no Link: left alone, nothing was written on it
        "daemon-foreign-folder": _said(State.FOREIGN, "calm", "path"),  # no Link stands in the watched folder
        # recognised
        "daemon-recognised": _said(State.RECOGNISED, "busy", "number"),  # the Link, handed over `number` times
        "daemon-waiting-turn": _said(State.RECOGNISED, "busy"),  # another stick is first
        "daemon-waiting-memory": _said(State.RECOGNISED, "busy"),  # another linksync is at work on this computer
        "daemon-checking": _said(State.RECOGNISED, "busy"),  # policy ask: what was added is looked at
        "daemon-verifying": _said(State.RECOGNISED, "busy"),  # policy verify-only: all of it is read
        "daemon-reading": _said(State.RECOGNISED, "busy"),  # all of it is read, what is new is copied; leave it in
        # waiting
        "daemon-arriving": _said(State.WAITING, "busy", "count"),  # `count` files are still being put on it
        # verified: a person decides
        "daemon-ask": _said(State.VERIFIED, "ask", "count", "bytes"),  # checked; press the button to hand over
        "daemon-ask-nothing": _said(State.VERIFIED, "ask", "number"),  # nothing new since hand-off `number`
        "daemon-verified-well": _said(State.VERIFIED, "good", "number", "files"),  # verify-only: all is well
        "daemon-verified-ill": _said(State.VERIFIED, "bad", "exit"),  # verify-only: the verdict of exit status `exit`
        # being handed over
        "daemon-screening": _said(State.STAGED, "busy"),  # copied; being screened
        "daemon-signing": _said(State.SCREENED, "busy"),  # screened; being signed
        "daemon-sealed": _said(State.SEALED, "busy", "number"),  # safe and signed here; now onto the stick
        "daemon-writing": _said(State.SEALED, "busy", "number"),  # being written; leave it in
        "daemon-finishing": _said(State.SEALED, "busy", "handoff"),  # an earlier hand-off that was cut off is finished
        "daemon-reading-back": _said(State.WRITTEN, "busy", "number"),  # written; being read back
        "daemon-read-back": _said(State.READ_BACK, "busy", "number"),  # it stands there as it was signed
        # queued
        "daemon-ejecting": _said(State.QUEUED, "busy"),  # all is done; being let go; leave it in for a moment
        "daemon-ejecting-busy": _said(State.QUEUED, "attention", "programs"),  # `programs` still hold it: close them
        "daemon-ejecting-unseen": _said(State.QUEUED, "attention"),  # some program still holds it: close it
        "daemon-ejecting-beside": _said(State.QUEUED, "attention"),  # a second partition of it is still open: eject it
        "daemon-ejecting-failed": _said(State.QUEUED, "attention", "why"),  # letting go failed; tried again
        "daemon-eject-yourself": _said(State.QUEUED, "good", "number"),  # all is done; now eject it in the file manager
        "daemon-eject-only": _said(State.QUEUED, "attention"),  # nothing was handed over; eject it in the file manager
        "daemon-stays": _said(State.QUEUED, "good", "number"),  # handed over; it may stay; button before taking it out
        "daemon-stays-new": _said(State.QUEUED, "ask", "count", "bytes"),  # since then `count` files; the button seals
        "daemon-folder-new": _said(State.QUEUED, "busy", "count", "bytes"),  # more came; goes by itself once complete
        "daemon-folder-ask": _said(State.QUEUED, "ask", "count", "bytes"),  # policy ask: more came; the button seals it
        "daemon-folder-done": _said(State.QUEUED, "good", "number"),  # all stands in the folder, written and signed
        "daemon-stalled": _said(None, "attention", "seconds"),  # any state: it does not answer; leave it in; we wait
        # safe: each is true when it is said
        "daemon-safe": _said(State.SAFE, "good", "number", "count", "bytes"),  # take it out: handed over, this much new
        "daemon-safe-waiting": _said(
            State.SAFE, "good", "number", "count", "waiting"
        ),  # the same; `waiting` stayed out
        "daemon-safe-left": _said(State.SAFE, "good", "number", "waiting"),  # take it out: what was new stayed on it
        "daemon-safe-unwritten": _said(State.SAFE, "attention", "number"),  # take it out: signed here, not on the stick
        "daemon-safe-nothing": _said(State.SAFE, "good", "number"),  # take it out: nothing was new
        "daemon-safe-untouched": _said(State.SAFE, "good"),  # take it out: nothing was handed over
        "daemon-taken-out": _said(
            State.SAFE, "good", "number"
        ),  # it is out; the archive gets it when it can be reached
        "daemon-taken-out-untouched": _said(State.SAFE, "calm"),  # it is out; there is nothing to send
        # synced
        "daemon-synced": _said(State.SYNCED, "good", "number", "archive"),  # the archive has signed for it
        # yanked
        "daemon-yanked": _said(State.YANKED, "attention"),  # taken out too early; nothing was taken in or changed
        "daemon-yanked-sealed": _said(State.YANKED, "attention", "number"),  # … all new is safe here; plug it in again
        "daemon-yanked-done": _said(State.YANKED, "good", "number"),  # … but all stood on it, read back
        # held, beside the errors' own sentences
        "daemon-work-died": _said(State.HELD, "bad"),  # the work was cut off (no memory?); nothing is half-done
        # the log alone
        "daemon-started": _said(None, "calm", "version"),
        "daemon-no-udev": _said(None, "attention"),  # no device events here: the mount table is looked at
        "daemon-no-disks": _said(None, "attention"),  # nobody here mounts and ejects sticks
        "daemon-ended": _said(None, "calm"),
        "daemon-ledger-new": _said(None, "attention", "path"),  # it was damaged, and set aside; nothing is lost
        "daemon-archive-away": _said(None, "calm"),  # cannot be reached now; tried again
        "daemon-archive-back": _said(None, "calm"),
        "daemon-catalogued": _said(None, "calm", "count"),  # what was taken in can be searched here
        "daemon-sent": _said(None, "good", "handoff", "archive"),  # the archive's receipt is here
        "daemon-sent-held": _said(None, "attention", "handoff", "archive"),  # the archive holds it back
    }
)
"""Every sentence of the daemon's own. ``people`` has its words in Dutch and English, and what to do next."""

_WAITS = ("state-busy", "stick-busy", "disk-already-mounted")
"""Goes on by itself."""
_MENDED_HERE = (
    # plugged in again, another port, the little switch, some room
    *("stick-gone", "stick-missing", "stick-not-a-folder", "disk-gone", "stick-read-only", "disk-read-only"),
    *("stick-full", "stick-forbidden", "host-full"),
    # somebody who opens it, ejects it, or closes a program
    *("disks-absent", "disk-not-allowed", "disk-not-mountable", "disk-timeout", "disk-failed"),
    *("unmount-busy", "unmount-busy-unseen"),
    # set up further: the relay, this host in it, its key, a newer linksync
    *("half-prepared", "link-newer", "organiser-unknown", "host-unknown", "host-key-other"),
    *("key-needs-passphrase", "key-missing"),
)
"""Nothing is wrong with the Link; somebody at the table, or who looks after it, has something to do."""
_WRONG = (
    # the stick or this computer fails
    *("stick-unreadable", "stick-write", "stick-readback", "stick-folder-taken", "host-write", "disk-write"),
    "state-damaged",
    # not to be trusted
    *("organiser-other", "organiser-not-label", "relay-other"),
)

_BY_LIGHT: Mapping[Light, tuple[str, ...]] = {
    "busy": _WAITS,
    "attention": _MENDED_HERE,
    "bad": _WRONG,
    "calm": ("disk-of-the-system",),  # left alone, and nobody has to do anything
}
LIGHTS_OF_ERRORS: Mapping[str, Light] = MappingProxyType(
    {slug: light for light, slugs in _BY_LIGHT.items() for slug in slugs}
)
"""What is lit with an error; any other is grave where a medium is held for it."""
