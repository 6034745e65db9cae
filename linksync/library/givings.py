"""Givings: what every hand-off gave, and what became of it on its own Link; pure.

A later hand-off follows an earlier one where its chain leads back to it; across a gap their numbers decide, and on a
Link without a fork there is nothing to decide.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from linksync.archive.appraisal import Sound
from linksync.custody import names
from linksync.custody.handoff import Audience
from linksync.custody.lists import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A file that a hand-off added."""

    path: bytes
    digest: Digest
    size: int
    audience: Audience
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A hand-off, as the merge sees it.

    Attributes:
        folder: the name of its folder on the stick.
        key: the fingerprint of the key that sealed it.
        gone: paths that were no longer there, with their last digest.
        narrowed: folders whose cards no longer say yes.
    """

    link: str
    number: int
    seal: str
    previous: str
    holder: str
    key: str
    place: str
    time: dt.datetime
    gifts: tuple[Gift, ...]
    gone: frozenset[tuple[bytes, Digest]] = frozenset()
    narrowed: tuple[bytes, ...] = ()
    folder: str = ""

    @classmethod
    def of(cls, sound: Sound) -> "Given":
        """What a verified hand-off gives."""
        handoff, told = sound.handoff, sound.lists
        return cls(
            link=handoff.link,
            number=sound.node.number,
            seal=sound.node.seal.hash,
            previous=sound.node.previous,
            holder=sound.node.holder,
            key=sound.node.key.fingerprint,
            place=handoff.place,
            time=handoff.time,
            gifts=tuple(
                Gift(
                    path=path,
                    digest=digest,
                    size=told.index[path].size,
                    audience=told.index[path].audience,
                    held=told.index[path].class_ == "hold",
                )
                for path, digest in told.added.items()
            ),
            gone=frozenset(told.gone.items()),
            narrowed=tuple(names.unescape(folder) for folder in handoff.narrowed),
            folder=sound.node.folder,
        )


class Status(IntEnum):
    """What became of a gift on its own Link; the smaller, the better a place."""

    HERE = 0
    GONE = 1
    REWRITTEN = 2
    MOVED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """A gift and the hand-off that it came with.

    Attributes:
        held: by the policy, or because its key was stolen (``stolen``).
        came_from: the path that it was moved from in this hand-off.
        ended: the number of the hand-off that found it gone, rewritten or moved; 0 where it is still there.
    """

    by: Given
    gift: Gift
    status: Status
    held: bool
    stolen: bool
    came_from: bytes | None
    ended: int

    @property
    def order(self) -> tuple[object, ...]:
        """By time as claimed, then by what nobody can choose."""
        return (self.by.time, self.by.number, self.by.link, self.by.seal, self.gift.path)

    @property
    def rank(self) -> tuple[object, ...]:
        """The best place first."""
        return (self.held, self.status, *self.order)

    @property
    def line(self) -> tuple[str, bytes]:
        """The document: a path on a Link."""
        return (self.by.link, self.gift.path)


class Lines:
    """Which hand-off follows which, and what became of each gift."""

    def __init__(self, handoffs: Mapping[str, Given], stolen: frozenset[str]) -> None:
        """Take the hand-offs, by seal, and which of them were sealed with a stolen key."""
        self._handoffs = handoffs
        self._stolen = stolen
        self._forked = _forked_links(handoffs)
        self._moved = {seal: _moved(one) for seal, one in handoffs.items()}
        self._later: dict[tuple[str, bytes, bool], list[Given]] = {}
        self._gone: dict[tuple[str, bytes, Digest], list[Given]] = {}
        for one in handoffs.values():
            for gift in one.gifts:
                self._later.setdefault((one.link, gift.path, self._held(one, gift)), []).append(one)
            if one.seal not in stolen:
                for path, digest in one.gone:
                    self._gone.setdefault((one.link, path, digest), []).append(one)

    def givings(self, by: Given) -> Iterator[Giving]:
        """The gifts of a hand-off, each with what became of it."""
        moved = self._moved[by.seal]
        for gift in by.gifts:
            status, ended = self._fate(by, gift)
            yield Giving(
                by=by,
                gift=gift,
                status=status,
                held=self._held(by, gift),
                stolen=by.seal in self._stolen,
                came_from=moved.get(gift.path),
                ended=ended,
            )

    def _held(self, by: Given, gift: Gift) -> bool:
        return gift.held or by.seal in self._stolen

    def _fate(self, by: Given, gift: Gift) -> tuple[Status, int]:
        rewritten = self._first(by, self._later[by.link, gift.path, self._held(by, gift)])
        gone = self._first(by, self._gone.get((by.link, gift.path, gift.digest), ()))
        in_time = gone is not None and (rewritten is None or gone.number <= rewritten.number)
        if gone is not None and in_time and gift.path in self._moved[gone.seal].values():
            return Status.MOVED, gone.number
        if rewritten is not None:
            return Status.REWRITTEN, rewritten.number
        return (Status.GONE, gone.number) if gone is not None else (Status.HERE, 0)

    def _first(self, by: Given, later: Sequence[Given]) -> Given | None:
        after = [one for one in later if self._follows(one, by)]
        return min(after, key=lambda one: (one.number, one.seal), default=None)

    def _follows(self, later: Given, earlier: Given) -> bool:
        """Whether one hand-off follows another on their Link; across a gap, by their numbers."""
        if later.number <= earlier.number:
            return False
        if later.link not in self._forked:
            return True
        at: Given | None = later
        while at is not None and at.number > earlier.number:
            if at.previous == earlier.seal:
                return True
            if at.previous not in self._handoffs:
                return True
            at = self._handoffs[at.previous]
        return False


def _forked_links(handoffs: Mapping[str, Given]) -> frozenset[str]:
    seen: set[tuple[str, int]] = set()
    forked = set()
    for one in handoffs.values():
        if (one.link, one.number) in seen:
            forked.add(one.link)
        seen.add((one.link, one.number))
    return frozenset(forked)


def stolen_seals(handoffs: Mapping[str, Given], revoked: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    """The seals by stolen keys that are neither the last good one nor before it (format 1, "Revocation")."""
    standing: dict[tuple[str, str], set[str]] = {}
    found = set()
    for one in handoffs.values():
        if one.key not in revoked:
            continue
        where = (one.key, one.link)
        if where not in standing:
            standing[where] = _ancestry(revoked[one.key].get(one.link, ""), handoffs)
        if one.seal not in standing[where]:
            found.add(one.seal)
    return frozenset(found)


def _ancestry(seal: str, handoffs: Mapping[str, Given]) -> set[str]:
    found: set[str] = set()
    while seal and seal not in found:
        found.add(seal)
        seal = handoffs[seal].previous if seal in handoffs else ""
    return found


def _moved(by: Given) -> dict[bytes, bytes]:
    """New path to the path that its content was moved from, in one hand-off; as ``custody.changes`` pairs them."""
    origins: dict[Digest, list[bytes]] = {}
    for path, digest in sorted(by.gone, reverse=True):
        origins.setdefault(digest, []).append(path)
    moved = {}
    for gift in sorted(by.gifts, key=lambda one: one.path):
        if origins.get(gift.digest):
            moved[gift.path] = origins[gift.digest].pop()
    return moved
