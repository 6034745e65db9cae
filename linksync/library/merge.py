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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from linksync.custody.handoff import Audience
from linksync.custody.lists import Digest
from linksync.library.givings import Given, Giving, Lines, Status, stolen_seals
from linksync.library.naming import given_path, plain_path

TAG_MIN = 8


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
        return best_of(self.givings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a set of hand-offs comes to.

    Attributes:
        contents: what stands where, sorted by digest.
        stolen: the seals by stolen keys.
        documents: for each path on a Link the first of the paths that its document has had there, by its moves.
    """

    contents: tuple[Content, ...]
    stolen: frozenset[str]
    documents: Mapping[tuple[str, bytes], tuple[str, bytes]]


def merge(
    given: Iterable[Given],
    revoked: Mapping[str, Mapping[str, str]] | None = None,
    *,
    is_folder: Callable[[str], bool] = lambda _key: False,
) -> Merged:
    """Merge hand-offs.

    Args:
        given: in any order, some perhaps twice.
        revoked: fingerprint of a stolen key to the last good seal by it, by Link.
        is_folder: whether something that is not given here stands below a key.
    """
    handoffs = {one.seal: one for one in given}
    stolen = stolen_seals(handoffs, revoked or {})
    lines = Lines(handoffs, stolen)
    givings = [giving for seal in sorted(handoffs) for giving in lines.givings(handoffs[seal])]
    places = _places(givings, is_folder)
    narrow = _narrow(givings, handoffs.values(), stolen)
    documents = _documents(givings)
    versions = _versions(givings, documents)
    by_digest: dict[Digest, list[Giving]] = {}
    for giving in givings:
        by_digest.setdefault(giving.gift.digest, []).append(giving)
    contents = []
    for digest, some in sorted(by_digest.items()):
        best = best_of(some)
        place, document = places[best.key, digest], documents[best.line]
        contents.append(content_of(some, place=place, is_narrow=digest in narrow, versions=versions[document]))
    return Merged(contents=tuple(contents), stolen=stolen, documents=documents)


def best_of(givings: Iterable[Giving]) -> Giving:
    """The giving that decides where a content stands."""
    return min(givings, key=lambda one: one.rank)


def content_of(givings: Sequence[Giving], *, place: str, is_narrow: bool, versions: tuple[Digest, ...]) -> Content:
    """A content.

    Args:
        givings: all of it.
        place: its path in the library.
        is_narrow: whether it stays with the organisers.
        versions: the contents of its document, the oldest first.
    """
    gift = best_of(givings).gift
    return Content(
        digest=gift.digest,
        size=gift.size,
        place=place,
        audience="organisers" if is_narrow else "everyone",
        givings=tuple(sorted(givings, key=lambda one: one.order)),
        versions=versions,
    )


def _places(givings: Iterable[Giving], is_folder: Callable[[str], bool]) -> dict[tuple[str, Digest], str]:
    """The name of each content under each key."""
    groups: dict[str, list[Giving]] = {}
    for giving in givings:
        groups.setdefault(giving.key, []).append(giving)
    folders = {above for key in groups for above in folders_of(key)}
    found: dict[tuple[str, Digest], str] = {}
    for key, group in groups.items():
        for digest, path in named(group, is_folder=key in folders or is_folder(key)).items():
            found[key, digest] = path
    return found


def folders_of(key: str) -> list[str]:
    """The keys of the folders in which something stands."""
    return [key[:at] for at, char in enumerate(key) if char == "/"]


def named(group: Iterable[Giving], *, is_folder: bool) -> dict[Digest, str]:
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
        first = best_of(some)
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
            covered.setdefault(one.link, []).extend((one.number, folder) for folder in one.narrowed)
    honest = [one for one in givings if not one.stolen]
    narrow = {one.gift.digest for one in honest if is_narrow(one, covered.get(one.by.link, ()))}
    narrow |= {one.gift.digest for one in givings} - {one.gift.digest for one in honest}
    documents = _documents(honest)
    by_document: dict[tuple[str, bytes], list[Giving]] = {}
    for giving in honest:
        by_document.setdefault(documents[giving.line], []).append(giving)
    return frozenset(_spread(narrow, list(by_document.values())))


def is_narrow(giving: Giving, covered: Iterable[tuple[int, bytes]]) -> bool:
    """Whether its own hand-off or a later card keeps a gift with the organisers."""
    by, gift = giving.by, giving.gift
    return gift.audience == "organisers" or any(n >= by.number and covers(folder, gift.path) for n, folder in covered)


def covers(folder: bytes, path: bytes) -> bool:
    """Whether a folder's card speaks for a path: directly in it, or below it too where its name ends in a slash."""
    return path.startswith(folder) if folder.endswith(b"/") else path.rpartition(b"/")[0] == folder


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
    """For each path on a Link the first of the paths that its document has had there, by its moves.

    Paths from which something was moved are among them, also where nobody gave anything: a later hand-off may.
    """
    parent: dict[tuple[str, bytes], tuple[str, bytes]] = {}

    def find(line: tuple[str, bytes]) -> tuple[str, bytes]:
        while parent.setdefault(line, line) != line:
            parent[line] = parent[parent[line]]
            line = parent[line]
        return line

    for giving in givings:
        find(giving.line)
        if giving.came_from is not None:
            one, other = sorted((find(giving.line), find((giving.by.link, giving.came_from))))
            parent[other] = one
    return {line: find(line) for line in list(parent)}


def _versions(
    givings: Iterable[Giving], documents: Mapping[tuple[str, bytes], tuple[str, bytes]]
) -> dict[tuple[str, bytes], tuple[Digest, ...]]:
    """The contents of each document, the oldest first."""
    by_document: dict[tuple[str, bytes], list[Giving]] = {}
    for giving in givings:
        by_document.setdefault(documents[giving.line], []).append(giving)
    return {document: versions_of(some) for document, some in by_document.items()}


def versions_of(givings: Iterable[Giving]) -> tuple[Digest, ...]:
    """The contents of one document, the oldest first."""
    ordered = sorted(givings, key=lambda one: (one.by.number, one.by.seal, one.gift.path))
    return tuple(dict.fromkeys(one.gift.digest for one in ordered))
