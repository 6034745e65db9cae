"""Watching a mounted stick: a bell that rings when files come, and which of them are complete.

The only module that knows watchdog, whose word is a hint and no more: it goes deaf on a remount, on an overflow and
when the computer has no watches left. So the truth comes from comparing two looks at the stick, and where the bell
cannot hear, time rings. A watch holds no file open and does not keep a stick from being unmounted.

**Complete** is a file that was the same (size and time) at two looks that stand ``QUIET`` seconds apart (times on FAT
have steps of two seconds), that no program has open for writing, whose name is not one that programs give to what they
have not finished, and that no lock file says is open in a program. A file that was there already when the stick was
first looked at, and has not changed since, is judged by the programs alone: what another computer left behind is not
"being written".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from linksync.host.daemon.bells import Ring
from linksync.stick.medium import Medium

QUIET = 4.0
"""Seconds that a file must stay the same."""
ABANDONED = 600.0
"""Seconds after which an unfinished name or a lock file keeps nothing waiting any more."""
FULL_LOOK = 300.0
"""Seconds between two looks at everything; in between only where something rang."""


class Stamp(NamedTuple):
    """What is compared between two looks: bytes, and the time of the last change in nanoseconds, as the medium says."""

    size: int
    changed: int


Tree = dict[bytes, Stamp]
"""Every plain file on a stick, by its path from the root; system folders and linksync's own apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that is not complete yet.

    Attributes:
        path: raw bytes, from the stick's root.
        reason: ``waiting-changing``, ``waiting-writer``, ``waiting-unfinished`` or ``waiting-open``; words for each
            stand in ``people.sentences.REASONS``.
    """

    path: bytes
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a look found.

    Attributes:
        complete: files that came or changed since the first look and are complete, with their stamps.
        waiting: those that are not yet, sorted by path; whatever was there before and is open for writing too.
        gone: files of the first look, or complete since, that are there no more.
        look_again: seconds until another look may find more complete; None while nothing waits.
    """

    complete: Mapping[bytes, Stamp]
    waiting: tuple[Waiting, ...]
    gone: frozenset[bytes]
    look_again: float | None


class StickBell:
    """Rings when something on a mounted stick changed. Hears folders, so that a look need not read all of the stick.

    Attributes:
        deaf: no watch could be laid (the limit of the computer, a folder that vanished): time alone rings.
    """

    def __init__(self, path: str, ring: Ring) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Begin to listen."""

    def stop(self) -> None:
        """Stop; lays all watches down."""

    def rang(self) -> frozenset[bytes] | None:
        """The folders where something rang since this was asked last, from the root; None: look at everything."""


class Arrivals:
    """What arrives on a stick. Reading only; for the process that works on that stick.

    Each look costs what rang: a stick of 100,000 files is read whole at the first look and every ``FULL_LOOK`` seconds.
    """

    def __init__(self, medium: Medium, *, quiet: float = QUIET) -> None:
        raise NotImplementedError

    def look(
        self, now: float, rang: frozenset[bytes] | None = None, written: frozenset[bytes] = frozenset()
    ) -> Settled:
        """Look where something rang, and say what is complete.

        Args:
            now: seconds, of a clock that never goes back.
            rang: the folders where something rang; None for everything.
            written: files that a program has open for writing (``holders.written``).

        Raises:
            OSError: the stick cannot be read, or is gone.
        """
        raise NotImplementedError
