"""Composing a hand-off: from what was found on the stick to the files of its folder, ready to be sealed.

Pure: the same facts give the same bytes. What is sealed can never be taken back, so nothing of what stands inside a
document goes in, and the page stays short enough to be read: lists of names that are too long are counted instead
(format 1, "The hand-off").
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, islice
from typing import TypeVar

import msgspec
from msgspec import structs

from linksync.custody import lists, names
from linksync.custody.changes import Changes
from linksync.custody.consent import contribution
from linksync.custody.findings import Finding
from linksync.custody.handoff import Contribution, Counts, Handoff, IndexLine, Named, Noted, Sizes
from linksync.custody.payload import MANIFEST, OUTSIDE, State
from linksync.custody.pieces import gathered
from linksync.custody.roster import RelayVersion
from linksync.custody.taken import Taken, Takings

T = TypeVar("T")

PAGE_BUDGET = 600_000
"""Bytes that the names in ``handoff.yaml`` may take; the page itself may have 1 MiB."""
NAMED_MAX = 20_000
"""Entries of those lists together; YAML may have 200,000 nodes."""
_LINES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a hand-off tells.

    Attributes:
        version: the relay version in force.
        previous: the hash of the seal before; None for hand-off 1.
        taken: new, changed and moved files, by path.
        gone: missing and moved-away paths with their last hash.
        changes: what of it is new, changed, moved or missing.
        waiting: path to reason; ``special`` and ``unlistable`` likewise.
        litter: paths of litter in ``data/``, which is removed afterwards.
        findings: about records, to be attested.
        narrowed: folders whose cards no longer say yes.
    """

    version: RelayVersion
    link: str
    number: int
    previous: str | None
    holder: str
    received_from: str | None
    place: str
    time: dt.datetime
    software: str
    taken: Mapping[bytes, Taken]
    gone: Mapping[bytes, lists.Digest]
    changes: Changes
    waiting: Mapping[bytes, str] = field(default_factory=dict)
    special: Mapping[bytes, str] = field(default_factory=dict)
    unlistable: Mapping[bytes, str] = field(default_factory=dict)
    litter: tuple[bytes, ...] = ()
    findings: tuple[Finding, ...] = ()
    narrowed: tuple[bytes, ...] = ()


def compose(facts: Facts, before: State) -> dict[str, bytes]:
    """The files of a hand-off's folder, seal and signature apart.

    Args:
        facts: what it tells.
        before: the state after the hand-off before; left as it is.
    """
    return {name: b"".join(pieces) for name, pieces in composed(facts, before)}


def composed(facts: Facts, before: State) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The same piece by piece: a million files have lists of hundreds of megabytes, which need not be in memory.

    Yields:
        The name of each file, with its pieces, which are to be taken before the next file is asked for.
    """
    taken = Takings.of(facts.taken)
    refused = taken.of_class("refuse")
    if len(taken) > refused:
        yield "added.sha256", gathered(lists.printed(taken.kept()))
    if refused:
        yield "refused.sha256", gathered(lists.printed(taken.refused()))
    if facts.gone:
        yield "gone.sha256", (lists.to_bytes(facts.gone),)
    if taken:
        yield "index.jsonl", _index(taken)
    after = _After(before, taken, facts.gone)
    sums = after.sums()
    if sums:
        yield "state.sha256", (lists.to_bytes({path.encode(): digest for path, digest in sums.items()}),)
    yield "handoff.yaml", (_page(facts, taken, after).to_bytes(),)


class _After:
    """The state after a hand-off, told in the order of the paths and never held."""

    def __init__(self, before: State, taken: Takings, gone: Container[bytes]) -> None:
        self._before, self._taken, self._gone = before, taken, gone
        self._replaced = frozenset(path for path in taken if path in before.files) if before.files else frozenset()
        self.total = 0
        self.octets = sum(self._sizes()) + sum(taken.sizes)

    def sums(self) -> dict[str, lists.Digest]:
        """The hashes of the two manifests, by path, without an empty one; counts all files."""
        hashers = {OUTSIDE: hashlib.sha256(), MANIFEST: hashlib.sha256()}
        found = {}
        self.total = 0
        for inside, some in groupby(self.files(), key=lambda pair: names.is_payload(pair[0])):
            path = MANIFEST if inside else OUTSIDE
            for piece in gathered(lists.printed(self._counted(some))):
                hashers[path].update(piece)
            found[path] = hashers[path]
        return {path: hasher.digest() for path, hasher in sorted(found.items())}

    def files(self) -> Iterator[tuple[bytes, lists.Digest]]:
        """Path and digest of each file, in order."""
        if not self._before.files:
            return self._taken.digests.pairs()
        kept = (pair for pair in self._before.files.pairs() if self._stays(pair[0]))
        return merge(kept, self._taken.digests.pairs())

    def bag_exceptions(self) -> dict[bytes, str]:
        """Path to what makes BagIt's tools stumble over it."""
        if names.all_in_bags(path for path, _ in self.files()):
            return {}
        return {path: why for path, _ in self.files() if (why := names.bag_exception(path))}

    def _stays(self, path: bytes) -> bool:
        return path not in self._gone and path not in self._replaced

    def _sizes(self) -> Iterator[int]:
        return (size for path, size in self._before.sizes.pairs() if self._stays(path))

    def _counted(self, pairs: Iterable[tuple[bytes, lists.Digest]]) -> Iterator[tuple[bytes, lists.Digest]]:
        for pair in pairs:
            self.total += 1
            yield pair


def _index(taken: Takings) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode_lines
    left = taken.pairs()
    while some := list(islice(left, _LINES_AT_ONCE)):
        yield encode([_line(path, one) for path, one in some])


def _line(path: bytes, one: Taken) -> IndexLine:
    return IndexLine(
        path=names.escape(path),
        sha256=one.digest.hex(),
        size=one.size,
        class_=one.class_,
        audience=one.audience,
        codes=one.codes,
        media_type=one.media_type or msgspec.UNSET,
    )


def _page(facts: Facts, taken: Takings, after: _After) -> Handoff:
    page = Handoff(
        format=1,
        relay=facts.version.relay.id,
        relay_version=facts.version.number,
        link=facts.link,
        number=facts.number,
        previous=facts.previous,
        holder=facts.holder,
        received_from=facts.received_from,
        place=facts.place,
        time=facts.time,
        counts=_counts(facts, taken, after),
        sizes=Sizes(added=taken.octets_kept(), total=after.octets),
        software=facts.software,
    )
    return _Fitting().fill(page, facts, taken, after)


def _counts(facts: Facts, taken: Takings, after: _After) -> Counts:
    def is_kept(path: bytes) -> bool:
        place = taken.paths.place(path)
        return place is not None and not taken.is_refused(place)

    refused = taken.of_class("refuse")
    moved = sum(1 for path, old in facts.changes.moved.items() if old in facts.gone and is_kept(path))
    changed = sum(1 for path in facts.changes.changed if is_kept(path))
    return Counts(
        added=len(taken) - refused - moved - changed,
        changed=changed,
        moved=moved,
        gone=len(facts.gone) - moved,
        refused=refused,
        held=taken.of_class("hold"),
        total=after.total,
    )


class _Fitting:
    """Fills a page with names until it is long enough, and counts the rest."""

    def __init__(self) -> None:
        self._bytes = PAGE_BUDGET
        self._entries = NAMED_MAX
        self._left_out = 0

    def fill(self, page: Handoff, facts: Facts, taken: Takings, after: _After) -> Handoff:
        findings = [Noted(code=f.code, path=f.path) for f in facts.findings]
        filled = structs.replace(
            page,
            narrowed=tuple(names.escape(path) for path in _collapsed(facts.narrowed)),
            findings=self._take(findings, lambda one: len(one.path)),
            contributions=self._take(_contributions(taken), lambda one: len(one.folder)),
            waiting=self._named(facts.waiting),
            unlistable=self._named(facts.unlistable),
            special=self._named(facts.special),
            litter=self._take([names.escape(path) for path in sorted(facts.litter)], len),
            bag_exceptions=self._named(after.bag_exceptions()),
        )
        return structs.replace(filled, unnamed=self._left_out)

    def _named(self, paths: Mapping[bytes, str]) -> tuple[Named, ...]:
        entries = [Named(path=names.escape(path), reason=reason) for path, reason in sorted(paths.items())]
        return self._take(entries, lambda one: len(one.path))

    def _take(self, entries: Iterable[T], size: Callable[[T], int]) -> tuple[T, ...]:
        kept = []
        for entry in entries:
            cost = 4 * size(entry) + 60
            if self._entries <= 0 or self._bytes < cost:
                self._left_out += 1
                continue
            kept.append(entry)
            self._entries -= 1
            self._bytes -= cost
        return tuple(kept)


@dataclass(slots=True)
class _Given:
    """What was given in a folder so far."""

    files: int = 0
    size: int = 0
    narrow: bool = False


def _contributions(taken: Takings) -> list[Contribution]:
    by_folder: dict[bytes, _Given] = {}
    for path, one in taken.pairs():
        if one.class_ != "refuse":
            given = by_folder.setdefault(contribution(path), _Given())
            given.files += 1
            given.size += one.size
            given.narrow = given.narrow or one.audience != "everyone"
    return [
        Contribution(
            folder=names.escape(folder) or ".",
            audience="organisers" if given.narrow else "everyone",
            files=given.files,
            size=given.size,
        )
        for folder, given in sorted(by_folder.items())
    ]


def _collapsed(folders: Iterable[bytes]) -> list[bytes]:
    """Folders to narrow; widened to all of their contributions, then of ``data/``, until the page can name them."""
    here = sorted(set(folders))
    for depth in (2, 1):
        if sum(len(names.escape(folder)) for folder in here) <= PAGE_BUDGET // 8 and len(here) <= NAMED_MAX // 10:
            break
        here = sorted({b"/".join(folder.rstrip(b"/").split(b"/")[:depth]) + b"/" for folder in here})
    return here
