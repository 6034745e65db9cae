"""Rows in the order of their digests, more of them than should be in memory at once.

They are told apart by the first bytes of their digests, and laid aside on this computer's disk once there are many.
"""

import pickle
from collections.abc import Iterable, Iterator
from itertools import islice

from linksync.machine.spool import Spool

Row = tuple[bytes, bytes]
_AT_ONCE = 65536
"""Rows that are in memory, beside those of one first byte."""


class InOrder:
    """Pairs of a digest and something else, each in its place; can be gone through again."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Take rows, in any order."""
        self._spool = Spool()
        self._aside: dict[int, list[tuple[tuple[int, int], bytes | None]]] = {}
        self._here: dict[int, list[Row]] = {}
        left = iter(rows)
        while some := list(islice(left, _AT_ONCE)):
            if self._here:
                self._lay_aside()
            for row in some:
                self._here.setdefault(row[0][0], []).append(row)

    def __iter__(self) -> Iterator[Row]:
        for first in sorted(self._here.keys() | self._aside.keys()):
            rows = list(self._here.get(first, ()))
            for place, data in self._aside.get(first, ()):
                rows += pickle.loads(self._spool.get(place) if data is None else data)  # noqa: S301 - our own
            rows.sort()
            yield from rows

    def _lay_aside(self) -> None:
        for first, rows in self._here.items():
            told = self._spool.put((pickle.dumps(rows, protocol=pickle.HIGHEST_PROTOCOL),))
            self._aside.setdefault(first, []).append(told)
        self._here = {}
