"""The merge: what stands where in the library, as a pure function of a set of hand-offs.

A set has no order and holds nothing twice, so whatever way hand-offs arrive, the same ones give the same library.

- A **gift** is a file that a hand-off added. Gifts of one path on one Link, a later hand-off following an earlier one,
  are versions of one document; the newest bears its name. Two hand-offs of which neither follows the other, on a fork
  or on two Links, gave two documents: both stay, under names that say from whom.
- A **content** stands once, at the best of its places: where it still is, rather than where it was thrown away,
  rewritten or moved from; where several are as good, where it was given first.
- What is held, or was sealed with a stolen key, stands apart. What was refused is not there.
- Audience (format 1, "Audience"): a content that was for the organisers alone once is so everywhere, and so are the
  later versions of its document, and what a card that no longer says yes covers.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from linksync.archive.appraisal import Sound
from linksync.custody import names
from linksync.custody.handoff import Audience
from linksync.custody.lists import Digest
from linksync.library.naming import given_path, key_of, plain_path

TAG_MIN = 8


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A content of the library.

    Attributes:
        place: its path in the library.
        givings: everyone who gave it, the first first.
        versions: the contents of the document that it is a version of, the oldest first; itself alone for one.
    """

    digest: Digest
    size: int
    place: str
    audience: Audience
    givings: tuple[Giving, ...]
    versions: tuple[Digest, ...]

    @property
    def best(self) -> Giving:
        """The giving that decides where it stands."""
        return min(self.givings, key=lambda one: one.rank)


def merge(given: Iterable[Given], revoked: Mapping[str, Mapping[str, str]] | None = None) -> tuple[Content, ...]:
    """What stands where, sorted by digest.

    Args:
        given: hand-offs, in any order, some perhaps twice.
        revoked: fingerprint of a stolen key to the last good seal by it, by Link.
    """
    handoffs = {one.seal: one for one in given}
    stolen = _stolen(handoffs, revoked or {})
    lines = _Lines(handoffs, stolen)
    givings = [giving for seal in sorted(handoffs) for giving in lines.givings(handoffs[seal])]
    places = _places(givings)
    narrow = _narrow(givings, handoffs.values(), stolen)
    versions = _versions(givings)
    by_digest: dict[Digest, list[Giving]] = {}
    for giving in givings:
        by_digest.setdefault(giving.gift.digest, []).append(giving)
    return tuple(_content(digest, some, places, narrow, versions) for digest, some in sorted(by_digest.items()))


def _content(
    digest: Digest,
    givings: list[Giving],
    places: Mapping[tuple[str, Digest], str],
    narrow: frozenset[Digest],
    versions: Mapping[tuple[str, bytes], tuple[Digest, ...]],
) -> Content:
    best = min(givings, key=lambda one: one.rank)
    return Content(
        digest=digest,
        size=best.gift.size,
        place=places[_key(best), digest],
        audience="organisers" if digest in narrow else "everyone",
        givings=tuple(sorted(givings, key=lambda one: one.order)),
        versions=versions[best.line],
    )


class _Lines:
    """Which hand-off follows which, and what became of each gift."""

    def __init__(self, handoffs: Mapping[str, Given], stolen: frozenset[str]) -> None:
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


def _stolen(handoffs: Mapping[str, Given], revoked: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
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


def _key(giving: Giving) -> str:
    return key_of(plain_path(giving.gift.path, held=giving.held))


def _places(givings: Iterable[Giving]) -> dict[tuple[str, Digest], str]:
    """The name of each content under each key."""
    groups: dict[str, list[Giving]] = {}
    for giving in givings:
        groups.setdefault(_key(giving), []).append(giving)
    folders = {key[:at] for key in groups for at, char in enumerate(key) if char == "/"}
    found: dict[tuple[str, Digest], str] = {}
    for key, group in groups.items():
        for digest, path in _named(group, is_folder=key in folders).items():
            found[key, digest] = path
    return found


def _named(group: Iterable[Giving], *, is_folder: bool) -> dict[Digest, str]:
    """The names of the contents under one key.

    The only one that is current has the plain name, unless a folder has it; every other says from whom it came.
    """
    by_digest: dict[Digest, list[Giving]] = {}
    for giving in group:
        by_digest.setdefault(giving.gift.digest, []).append(giving)
    current = [d for d, some in by_digest.items() if any(one.status <= Status.GONE for one in some)]
    plain = current[0] if len(current) == 1 and not is_folder else None
    length = _tag_length(by_digest)
    found = {}
    for digest, some in by_digest.items():
        first = min(some, key=lambda one: one.rank)
        path = plain_path(first.gift.path, held=first.held)
        tag = digest.hex()[:length]
        found[digest] = (
            path if digest == plain else given_path(path, holder=first.by.holder, number=first.by.number, tag=tag)
        )
    return found


def _tag_length(digests: Iterable[Digest]) -> int:
    """How many digits tell these digests apart: eight, unless somebody made two that begin alike."""
    all_ = [digest.hex() for digest in digests]
    length = TAG_MIN
    while len({digest[:length] for digest in all_}) < len(all_):
        length += 1
    return length


def _narrow(givings: Sequence[Giving], handoffs: Iterable[Given], stolen: frozenset[str]) -> frozenset[Digest]:
    """The contents that stay with the organisers. A thief widens nothing, and narrows only what nobody else gave."""
    covered: dict[str, list[tuple[int, bytes]]] = {}
    for one in handoffs:
        if one.seal not in stolen:
            covered.setdefault(one.link, []).extend((one.number, folder.rstrip(b"/") + b"/") for folder in one.narrowed)
    honest = [one for one in givings if not one.stolen]
    narrow = {one.gift.digest for one in honest if _is_narrow(one, covered.get(one.by.link, ()))}
    narrow |= {one.gift.digest for one in givings} - {one.gift.digest for one in honest}
    documents = _documents(honest)
    by_document: dict[tuple[str, bytes], list[Giving]] = {}
    for giving in honest:
        by_document.setdefault(documents[giving.line], []).append(giving)
    return frozenset(_spread(narrow, list(by_document.values())))


def _is_narrow(giving: Giving, covered: Iterable[tuple[int, bytes]]) -> bool:
    if giving.gift.audience == "organisers":
        return True
    return any(number >= giving.by.number and giving.gift.path.startswith(below) for number, below in covered)


def _spread(narrow: set[Digest], documents: Sequence[Sequence[Giving]]) -> set[Digest]:
    """Narrow every version after a narrow one, until nothing changes."""
    while True:
        before = len(narrow)
        for document in documents:
            lowest = min((one.by.number for one in document if one.gift.digest in narrow), default=None)
            if lowest is not None:
                narrow |= {one.gift.digest for one in document if one.by.number > lowest}
        if len(narrow) == before:
            return narrow


def _documents(givings: Iterable[Giving]) -> dict[tuple[str, bytes], tuple[str, bytes]]:
    """For each path on a Link the first of the paths that its document has had there, by its moves."""
    parent: dict[tuple[str, bytes], tuple[str, bytes]] = {}

    def find(line: tuple[str, bytes]) -> tuple[str, bytes]:
        while parent.setdefault(line, line) != line:
            parent[line] = parent[parent[line]]
            line = parent[line]
        return line

    lines = set()
    for giving in givings:
        lines.add(giving.line)
        if giving.came_from is not None:
            one, other = sorted((find(giving.line), find((giving.by.link, giving.came_from))))
            parent[other] = one
    return {line: find(line) for line in lines}


def _versions(givings: Sequence[Giving]) -> dict[tuple[str, bytes], tuple[Digest, ...]]:
    """For each path on a Link the contents of its document, the oldest first."""
    documents = _documents(givings)
    contents: dict[tuple[str, bytes], dict[Digest, None]] = {}
    for giving in sorted(givings, key=lambda one: (one.by.number, one.by.seal, one.gift.path)):
        contents.setdefault(documents[giving.line], {})[giving.gift.digest] = None
    return {line: tuple(contents[document]) for line, document in documents.items()}
