"""The feed: what arrived when, one small entry each, numbered from 1 without gaps.

Its end is found by halving, not by listing; whoever appends creates the number after the last, and the one who loses
takes the next. An entry is written before the register says that a hand-off is in, so a run that was cut off between
the two may name it twice: readers pass over what they have.
"""

from collections.abc import Iterator

from linksync.archive.entries import Registered, read_entry, to_bytes
from linksync.archive.port import Arrival
from linksync.archive.store import Store
from linksync.errors import FormatError


def entry_name(position: int) -> str:
    """Where an entry stands: a thousand to a folder."""
    return f"feed/{position // 1000:06}/{position:09}.json"


class Feed:
    """The feed of an archive."""

    def __init__(self, store: Store) -> None:
        """Stand in an archive."""
        self._store = store
        self._last = 0

    def last(self) -> int:
        """The position of the newest entry, 0 for none; costs a few reads however long the feed is."""
        low, step = self._last, 1
        while self._has(low + step):
            low, step = low + step, step * 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._has(middle) else (low, middle)
        self._last = low
        return low

    def append(self, entry: Registered) -> int:
        """Name a hand-off that arrived; its position."""
        position = self.last() + 1
        while not self._store.create(entry_name(position), to_bytes(entry)):
            position += 1
        self._last = position
        return position

    def after(self, position: int) -> Iterator[Arrival]:
        """The entries after a position, in order; one that cannot be read names nothing."""
        while True:
            position += 1
            try:
                entry = read_entry(self._store, entry_name(position), Registered)
            except FormatError:
                yield Arrival(position=position, object="", folder="", seal="")
                continue
            if entry is None:
                return
            yield entry.arrival(position)

    def _has(self, position: int) -> bool:
        file = self._store.open(entry_name(position))
        if file is not None:
            file.close()
        return file is not None
