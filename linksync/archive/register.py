"""The register: which hand-offs are in, found by their seal, and who follows whom.

It follows from the objects and can be made again from them. An entry is written last, after the object's declaration
and the feed, so what stands here is in.
"""

from collections.abc import Iterator

from linksync.archive.entries import Registered, read_entry, sharded, to_bytes
from linksync.archive.store import Store
from linksync.errors import FormatError


class Register:
    """The register of an archive."""

    def __init__(self, store: Store) -> None:
        """Stand in an archive."""
        self._store = store

    def get(self, seal: str) -> Registered | None:
        """The hand-off with that seal; an entry that cannot be read is none."""
        try:
            return read_entry(self._store, sharded("register", seal, ".json"), Registered)
        except FormatError:
            return None

    def add(self, entry: Registered) -> None:
        """Register a hand-off, and that it follows the one before."""
        if entry.previous:
            self._store.create(f"{sharded('after', entry.previous)}/{entry.seal}", b"\n")
        if not self._store.create(sharded("register", entry.seal, ".json"), to_bytes(entry)):
            self._store.replace(sharded("register", entry.seal, ".json"), to_bytes(entry))

    def successors(self, seal: str) -> Iterator[Registered]:
        """The hand-offs that are in and follow the one with that seal."""
        for name in self._store.names(sharded("after", seal)):
            entry = self.get(name.rpartition("/")[2])
            if entry is not None and entry.previous == seal:
                yield entry

    def stands_before(self, seal: str, last_good: str) -> tuple[bool, str]:
        """Whether a seal is the last good one, or comes before it (format 1, "Revocation").

        Returns:
            Whether it is, and, where that is not known yet, the seal that must arrive first.
        """
        at, seen = last_good, set()
        while at and at not in seen:
            if at == seal:
                return True, ""
            seen.add(at)
            entry = self.get(at)
            if entry is None:
                return False, at
            at = entry.previous
        return False, ""

    def is_followed(self, seal: str) -> bool:
        """Whether somebody went on from the hand-off with that seal, and was taken in: that vouches for it."""
        return next(iter(self.successors(seal)), None) is not None
