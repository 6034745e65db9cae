"""Composing a hand-off: from what was found on the stick to the files of its folder, ready to be sealed.

Pure: the same facts give the same bytes. What is sealed can never be taken back, so nothing of what stands inside a
document goes in, and the page stays short enough to be read: lists of names that are too long are counted instead
(format 1, "The hand-off").
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec import structs

from linksync.custody import lists, names
from linksync.custody.changes import Changes
from linksync.custody.consent import contribution
from linksync.custody.findings import Finding
from linksync.custody.handoff import (
    Audience,
    Class,
    Contribution,
    Counts,
    Handoff,
    IndexLine,
    Named,
    Noted,
    Sizes,
    index_to_bytes,
)
from linksync.custody.payload import State, state_list
from linksync.custody.roster import RelayVersion

T = TypeVar("T")

PAGE_BUDGET = 600_000
"""Bytes that the names in ``handoff.yaml`` may take; the page itself may have 1 MiB."""
NAMED_MAX = 20_000
"""Entries of those lists together; YAML may have 200,000 nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file that a hand-off takes in, or hashes and refuses."""

    digest: lists.Digest
    size: int
    class_: Class
    audience: Audience
    codes: tuple[str, ...] = ()


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
    added = {path: taken.digest for path, taken in facts.taken.items() if taken.class_ != "refuse"}
    refused = {path: taken.digest for path, taken in facts.taken.items() if taken.class_ == "refuse"}
    after = _after(facts, before, {**added, **refused})
    files = {
        "added.sha256": lists.to_bytes(added),
        "refused.sha256": lists.to_bytes(refused),
        "gone.sha256": lists.to_bytes(facts.gone),
        "index.jsonl": index_to_bytes(_index(facts.taken)),
        "state.sha256": state_list(after.manifests()),
        "handoff.yaml": _page(facts, after).to_bytes(),
    }
    return {name: data for name, data in files.items() if data}


def _after(facts: Facts, before: State, hashed: Mapping[bytes, lists.Digest]) -> State:
    files = {path: digest for path, digest in before.files.items() if path not in facts.gone} | dict(hashed)
    sizes = {path: size for path, size in before.sizes.items() if path in files}
    return State(files=files, sizes=sizes | {path: taken.size for path, taken in facts.taken.items()})


def _index(taken: Mapping[bytes, Taken]) -> Iterable[IndexLine]:
    for path, one in taken.items():
        yield IndexLine(
            path=names.escape(path),
            sha256=one.digest.hex(),
            size=one.size,
            class_=one.class_,
            audience=one.audience,
            codes=one.codes,
        )


def _page(facts: Facts, after: State) -> Handoff:
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
        counts=_counts(facts, after),
        sizes=_sizes(facts, after),
        software=facts.software,
    )
    return _Fitting().fill(page, facts, after)


def _counts(facts: Facts, after: State) -> Counts:
    kept = {path for path, taken in facts.taken.items() if taken.class_ != "refuse"}
    moved = sum(1 for path, old in facts.changes.moved.items() if path in kept and old in facts.gone)
    changed = sum(1 for path in facts.changes.changed if path in kept)
    return Counts(
        added=len(kept) - moved - changed,
        changed=changed,
        moved=moved,
        gone=len(facts.gone) - moved,
        refused=len(facts.taken) - len(kept),
        held=sum(1 for taken in facts.taken.values() if taken.class_ == "hold"),
        total=len(after.files),
    )


def _sizes(facts: Facts, after: State) -> Sizes:
    kept = sum(taken.size for taken in facts.taken.values() if taken.class_ != "refuse")
    return Sizes(added=kept, total=sum(after.sizes.values()))


class _Fitting:
    """Fills a page with names until it is long enough, and counts the rest."""

    def __init__(self) -> None:
        self._bytes = PAGE_BUDGET
        self._entries = NAMED_MAX
        self._left_out = 0

    def fill(self, page: Handoff, facts: Facts, after: State) -> Handoff:
        findings = [Noted(code=f.code, path=f.path) for f in facts.findings]
        bag = {path: why for path in after.files if (why := names.bag_exception(path))}
        filled = structs.replace(
            page,
            narrowed=tuple(names.escape(path) for path in _collapsed(facts.narrowed)),
            findings=self._take(findings, lambda one: len(one.path)),
            contributions=self._take(_contributions(facts.taken), lambda one: len(one.folder)),
            waiting=self._named(facts.waiting),
            unlistable=self._named(facts.unlistable),
            special=self._named(facts.special),
            litter=self._take([names.escape(path) for path in sorted(facts.litter)], len),
            bag_exceptions=self._named(bag),
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


def _contributions(taken: Mapping[bytes, Taken]) -> list[Contribution]:
    by_folder: dict[bytes, list[Taken]] = {}
    for path, one in taken.items():
        if one.class_ != "refuse":
            by_folder.setdefault(contribution(path), []).append(one)
    return [
        Contribution(
            folder=names.escape(folder) or ".",
            audience="everyone" if all(one.audience == "everyone" for one in some) else "organisers",
            files=len(some),
            size=sum(one.size for one in some),
        )
        for folder, some in sorted(by_folder.items())
    ]


def _collapsed(folders: Iterable[bytes]) -> list[bytes]:
    """Folders to narrow; widened to all of their contributions, then of ``data/``, until the page can name them."""
    here = sorted(set(folders))
    for depth in (2, 1):
        if sum(len(names.escape(folder)) for folder in here) <= PAGE_BUDGET // 8 and len(here) <= NAMED_MAX // 10:
            break
        here = sorted({b"/".join(folder.rstrip(b"/").split(b"/")[:depth]) + b"/" for folder in here})
    return here
