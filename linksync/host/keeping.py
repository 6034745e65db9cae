"""Keeping: how long this host keeps the copies of what it took in.

A hand-off and its copies go once an archive has signed for it and its documents were read for the search here. What is
only signed for is kept for that reading, within bounds: beyond ``UNREAD_MAX`` the oldest go unread, and all of it gives
way where a hand-off at the table needs the room. Nothing is lost then: the archive has it. All of it can be cut off and
run again.
"""

import contextlib
import os
from collections.abc import Callable, Iterator

from linksync.errors import RefusedError
from linksync.host.outbox import Entry
from linksync.host.reading_on import ReadOn, read_here, read_on
from linksync.host.state import State

UNREAD_MAX = 8_000_000_000
"""Bytes of copies that wait for nothing but to be read; the newest hand-off's may be more."""


def let_go(host: State, *, reads: bool) -> None:
    """Drop the hand-offs that nothing is waited for of, and every copy that none needs; the memory is locked.

    Args:
        host: this host's memory.
        reads: whether documents are read for the search here; else a receipt is enough.

    Raises:
        MediumError: ``disk-write``; what was not dropped goes the next time.
    """
    received = _received(host)
    done = read_here(host) if reads and received else None
    unread = []
    for link, entry in received:
        if done is None or entry.seal in done:
            host.outbox(link).remove(entry.seal)
        else:
            unread.append((link, entry))
    for link, entry in _beyond(host, unread):
        host.outbox(link).remove(entry.seal)
    host.drop_copies()


def give_way(host: State) -> None:
    """Drop every copy that waits for nothing but to be read: its room is needed; the memory is locked.

    Raises:
        MediumError: ``disk-write``.
    """
    let_go(host, reads=False)


def read_and_let_go(host: State, *, progress: Callable[[int, int], None] = lambda _done, _total: None) -> ReadOn:
    """Read what was taken in and is not read yet, then let go of what was only kept for that.

    Args:
        host: this host's memory, not locked: what is at the table need not wait for this.
        progress: told how many documents of how many are read.

    Raises:
        MediumError: as ``read_on``, or ``disk-write``.
        LimitedError: as ``read_on``.
    """
    done = read_on(host, progress=progress)
    if _received(host):
        with contextlib.suppress(RefusedError), host.locked():  # who has it now lets go as well, or the next one does
            let_go(host, reads=True)
    return done


def _received(host: State) -> list[tuple[str, Entry]]:
    return [(link, entry) for link in host.links() for entry in host.outbox(link).entries() if entry.is_received]


def _beyond(host: State, unread: list[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Those for which there is no room among what is kept, the newest first; the very newest always is kept."""
    if len(unread) < 2:
        return  # no need to ask how large fifty thousand copies are
    total = 0
    for place, (link, entry) in enumerate(sorted(unread, key=lambda one: -_made(host, *one))):
        staging = host.staging(link)
        total += sum(staging.size(digest) for digest in set(entry.contents().values()))
        if place and total > UNREAD_MAX:
            yield link, entry


def _made(host: State, link: str, entry: Entry) -> float:
    """When an entry was made, by this computer's clock."""
    with contextlib.suppress(OSError):
        return os.stat(host.outbox(link).folder / entry.seal).st_mtime
    return 0.0
