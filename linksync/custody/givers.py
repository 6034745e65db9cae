"""Who took in what stands on a stick: a hand-off for each path, in little room."""

from collections.abc import Collection, Iterator, Mapping

from linksync.custody.chain import Node
from linksync.custody.lists import Digest


class Givers(Mapping[bytes, Node]):
    """Path to the hand-off that took it in last; the one that took in most is noted once, not by path.

    Args:
        files: of the state; it changes, and this follows.
    """

    def __init__(self, files: Mapping[bytes, Digest]) -> None:
        self._files = files
        self._most: Node | None = None
        self._others: dict[bytes, Node] = {}

    def __getitem__(self, path: bytes) -> Node:
        found = self._others.get(path) or (self._most if path in self._files else None)
        if found is None:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[bytes]:
        yield from self._others
        yield from (path for path in self._files if self._most and path not in self._others)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def add(self, taken: Collection[bytes], node: Node) -> None:
        """Note that a hand-off took in files, which are put in the state next."""
        if len(taken) <= len(self._files):
            self._others |= dict.fromkeys(taken, node)
            return
        left = (path for path in self._files if path not in taken)
        self._others = {path: before for path in left if (before := self.get(path))}
        self._most = node

    def drop(self, path: bytes) -> None:
        """Forget a path that is no longer in the state."""
        self._others.pop(path, None)

    def spell_out(self) -> None:
        """Note each path by itself, before the state gets paths that nobody knows the giver of."""
        self._others, self._most = dict(self), None
