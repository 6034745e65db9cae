"""Givings: what every hand-off gave, and what became of it on its own Link; pure.

A later hand-off follows an earlier one where its chain leads back to it; across a gap their numbers decide, and on a
Link without a fork there is nothing to decide.
"""

import datetime as dt
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import IntEnum
from typing import overload

from linksync.archive.appraisal import Sound
from linksync.custody import names
from linksync.custody.columns import Digests
from linksync.custody.handoff import Audience
from linksync.custody.index import Told
from linksync.custody.lists import Digest, sha256
from linksync.custody.seal import SIGNATURE
from linksync.library.naming import key_of, plain_path

_MARKS: tuple[tuple[Audience, bool], ...] = (
    ("organisers", False),
    ("organisers", True),
    ("everyone", False),
    ("everyone", True),
)
"""Audience, and whether it is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A file that a hand-off added."""

    path: bytes
    digest: Digest
    size: int
    audience: Audience
    held: bool


class Gifts(Sequence[Gift]):
    """The files that a hand-off added, in the order of their paths and in little room."""

    __slots__ = ("_digests", "_marks", "_sizes")

    def __init__(self, gifts: Iterable[Gift] = ()) -> None:
        """Take files, which are in order already."""
        self._sizes, self._marks = array("q"), bytearray()
        self._digests = Digests.of(self._noted(gifts))

    def _noted(self, gifts: Iterable[Gift]) -> Iterator[tuple[bytes, Digest]]:
        for gift in gifts:
            self._sizes.append(gift.size)
            self._marks.append(_MARKS.index((gift.audience, gift.held)))
            yield gift.path, gift.digest

    def __iter__(self) -> Iterator[Gift]:
        for (path, digest), size, mark in zip(self._digests.pairs(), self._sizes, self._marks, strict=True):
            audience, held = _MARKS[mark]
            yield Gift(path=path, digest=digest, size=size, audience=audience, held=held)

    @overload
    def __getitem__(self, place: int) -> Gift: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Gift]: ...

    def __getitem__(self, place: int | slice) -> Gift | Sequence[Gift]:
        if isinstance(place, slice):
            return tuple(self)[place]
        audience, held = _MARKS[self._marks[place]]
        at = range(len(self))[place]
        path, digest = self._digests.paths[at], self._digests.at(at)
        return Gift(path=path, digest=digest, size=self._sizes[at], audience=audience, held=held)

    def __len__(self) -> int:
        return len(self._sizes)


def _given(path: bytes, digest: Digest, told: Told) -> Gift:
    return Gift(path=path, digest=digest, size=told.size, audience=told.audience, held=told.class_ == "hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A hand-off, as the merge sees it.

    Attributes:
        folder: the name of its folder on the stick.
        key: the fingerprint of the key that sealed it; ``signature`` the hash of its signature.
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
    gifts: Sequence[Gift]
    gone: frozenset[tuple[bytes, Digest]] = frozenset()
    narrowed: tuple[bytes, ...] = ()
    folder: str = ""
    signature: str = ""

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
            gifts=Gifts(_given(path, digest, told.index[path]) for path, digest in told.added.pairs()),
            gone=frozenset(told.gone.items()),
            narrowed=tuple(names.unescape(folder) for folder in handoff.narrowed),
            folder=sound.node.folder,
            signature=sha256(sound.folder.files[SIGNATURE]).hex(),
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
    def key(self) -> str:
        """Under which it meets what any disk may take for the same path."""
        return key_of(plain_path(self.gift.path, held=self.held))

    @property
    def line(self) -> tuple[str, bytes]:
        """The document: a path on a Link."""
        return (self.by.link, self.gift.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A hand-off that no longer found a content at a path; ``moved`` where it found it elsewhere instead."""

    by: Given
    moved: bool


class Chain:
    """Which hand-off follows which on its Link."""

    def __init__(self, handoff: Callable[[str], Given | None], forked: Set[str]) -> None:
        """Take what is needed to tell.

        Args:
            handoff: gives the one with a seal; None for one that is not known. Asked on Links that forked alone.
            forked: the Links that forked.
        """
        self._handoff = handoff
        self._forked = forked

    def follows(self, later: Given, earlier: Given) -> bool:
        """Whether one hand-off follows another on their Link; across a gap, by their numbers."""
        if later.number <= earlier.number:
            return False
        if later.link not in self._forked:
            return True
        at = later
        while at.number > earlier.number:
            if at.previous == earlier.seal:
                return True
            before = self._handoff(at.previous)
            if before is None:
                return True
            at = before
        return False

    def fate(self, by: Given, rewritten: Iterable[Given], gone: Iterable[Departure]) -> tuple[Status, int]:
        """What became of a gift, and the number of the hand-off that saw so; 0 for what is still there.

        Args:
            by: the hand-off that gave it.
            rewritten: those that gave something at its path on the Link, as ``held`` as it is; ``by`` may be one.
            gone: those that no longer found it at its path.
        """
        after = [one for one in rewritten if self.follows(one, by)]
        newer = min(after, key=lambda one: (one.number, one.seal), default=None)
        left = [one for one in gone if self.follows(one.by, by)]
        first = min(left, key=lambda one: (one.by.number, one.by.seal), default=None)
        if first is not None and first.moved and (newer is None or first.by.number <= newer.number):
            return Status.MOVED, first.by.number
        if newer is not None:
            return Status.REWRITTEN, newer.number
        return (Status.GONE, first.by.number) if first is not None else (Status.HERE, 0)


class Lines:
    """What became of each gift of a set of hand-offs."""

    def __init__(self, handoffs: Mapping[str, Given], stolen: Set[str]) -> None:
        """Take the hand-offs, by seal, and which of them were sealed with a stolen key."""
        self._stolen = stolen
        self._chain = Chain(handoffs.get, forked_links(handoffs.values()))
        self._moved = {seal: moved(one) for seal, one in handoffs.items()}
        self._later: dict[tuple[str, bytes, bool], list[Given]] = {}
        self._gone: dict[tuple[str, bytes, Digest], list[Departure]] = {}
        for one in handoffs.values():
            for gift in one.gifts:
                self._later.setdefault((one.link, gift.path, self._held(one, gift)), []).append(one)
            if one.seal not in stolen:
                away = set(self._moved[one.seal].values())
                for path, digest in one.gone:
                    departure = Departure(by=one, moved=path in away)
                    self._gone.setdefault((one.link, path, digest), []).append(departure)

    def givings(self, by: Given) -> Iterator[Giving]:
        """The gifts of a hand-off, each with what became of it."""
        came_from = self._moved[by.seal]
        for gift in by.gifts:
            held = self._held(by, gift)
            gone = self._gone.get((by.link, gift.path, gift.digest), ())
            status, ended = self._chain.fate(by, self._later[by.link, gift.path, held], gone)
            yield Giving(
                by=by,
                gift=gift,
                status=status,
                held=held,
                stolen=by.seal in self._stolen,
                came_from=came_from.get(gift.path),
                ended=ended,
            )

    def _held(self, by: Given, gift: Gift) -> bool:
        return gift.held or by.seal in self._stolen


def forked_links(handoffs: Iterable[Given]) -> frozenset[str]:
    """The Links on which two hand-offs have one number."""
    seen: set[tuple[str, int]] = set()
    forked = set()
    for one in handoffs:
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


def moved(by: Given) -> dict[bytes, bytes]:
    """New path to the path that its content was moved from, in one hand-off; as ``custody.changes`` pairs them."""
    origins: dict[Digest, list[bytes]] = {}
    for path, digest in sorted(by.gone, reverse=True):
        origins.setdefault(digest, []).append(path)
    found = {}
    some = (gift for gift in by.gifts if gift.digest in origins) if origins else ()
    for gift in sorted(some, key=lambda one: one.path):
        if origins.get(gift.digest):
            found[gift.path] = origins[gift.digest].pop()
    return found
