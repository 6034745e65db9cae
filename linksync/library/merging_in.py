"""Merging in: what new hand-offs change of a merge that stands, at the price of what they touch.

The outcome is that of ``merge`` over all hand-offs; only the paths, names, documents and contents that the new ones
touch are looked at. Where more could change (a Link that forks, a gap that closes on one that forked, a stolen key)
``NotAloneError`` says that all must be merged anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from linksync.custody.lists import Digest
from linksync.library.facts import Facts
from linksync.library.givings import Chain, Given, Giving, forked_links, moved
from linksync.library.index import line_of
from linksync.library.merge import best_of, content_of, covers, folders_of, is_narrow, named, versions_of

_MANY = 1000
"""So many gifts, and more than are in already, are merged faster with all the rest."""


class NotAloneError(Exception):
    """Merging these in changes more than what they touch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A content that is new, or of which something is known that was not.

    Attributes:
        before: where it stood; None where it did not.
        after: where it is to stand; None where it is no longer in.
    """

    digest: Digest
    before: str | None
    after: str | None


def merge_in(facts: Facts, new: Sequence[Given], revoked: Mapping[str, Mapping[str, str]]) -> list[Change]:
    """Put hand-offs that are not in yet into the facts.

    Args:
        facts: begun.
        new: in any order, each once.
        revoked: fingerprint of a stolen key to the last good seal by it, by Link.

    Raises:
        NotAloneError: then the facts are to be filled anew, and what was changed of them undone.
    """
    _require_alone(facts, new, revoked)
    for one in new:
        facts.add(one)
    return _Increment(facts, new).run()


def _require_alone(facts: Facts, new: Sequence[Given], revoked: Mapping[str, Mapping[str, str]]) -> None:
    gifts = sum(len(one.gifts) for one in new)
    if gifts > max(_MANY, facts.counts()[1]):
        raise NotAloneError
    forking = forked_links(new)
    good = {seal for by_link in revoked.values() for seal in by_link.values()}
    forked = facts.forked()
    for one in new:
        forks = one.link in forking or facts.has_number(one.link, one.number)
        if one.key in revoked or one.seal in good or (forks and one.link not in forked):
            raise NotAloneError
        if (revoked or one.link in forked) and facts.is_followed(one.seal):
            raise NotAloneError


@dataclass(slots=True)
class _Increment:
    facts: Facts
    new: Sequence[Given]
    narrowed: set[Digest] = field(default_factory=set)
    touched: set[Digest] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def run(self) -> list[Change]:
        self._settle_lines()
        documents = self._join_documents()
        for document in documents:
            self.touched |= {one.gift.digest for one in self._of_document(document)}
        self._narrow(documents)
        self._touch_names()
        return [change for digest in sorted(self.touched) if (change := self._change(digest)) is not None]

    def _settle_lines(self) -> None:
        """Say what became of everything that was given at the paths that the new hand-offs name."""
        chain = Chain(cache(self.facts.handoff), self.facts.forked())
        fresh = {one.seal for one in self.new}
        gifts = {(one.link, gift.path) for one in self.new for gift in one.gifts}
        gone = {(one.link, path) for one in self.new for path, _ in one.gone}
        for link, path in sorted(gifts | gone):
            some, departures = _honest(self.facts.at_path(link, path)), self.facts.departures(link, path)
            for giving in some:
                rewritten = [other.by for other in some if other.held == giving.held]
                status, ended = chain.fate(giving.by, rewritten, departures.get(giving.gift.digest, ()))
                is_other = (status, ended) != (giving.status, giving.ended)
                if is_other:
                    self.facts.settle(giving, status, ended)
                if is_other or giving.by.seal in fresh:
                    self.touched.add(giving.gift.digest)
                    self.keys.add(giving.key)

    def _join_documents(self) -> set[int]:
        """Count each new gift to its document; those that changed."""
        for one in self.new:
            came_from = moved(one)
            for gift in one.gifts:
                self.facts.document(one.link, gift.path)
                if gift.path in came_from:
                    self.facts.join(one.link, gift.path, came_from[gift.path])
        return {self.facts.document(one.link, gift.path) for one in self.new for gift in one.gifts}

    def _narrow(self, documents: set[int]) -> None:
        """Keep with the organisers what the new hand-offs and cards keep there, and what follows from that."""
        for giving in self._newly_covered():
            self._keep_narrow(giving.gift.digest, documents)
        while documents:
            some = self._of_document(documents.pop())
            lowest = min((one.by.number for one in some if self._is_narrow(one.gift.digest)), default=None)
            for one in some if lowest is not None else ():
                if one.by.number > lowest:  # type: ignore[operator]
                    self._keep_narrow(one.gift.digest, documents)

    def _newly_covered(self) -> list[Giving]:
        found = []
        for one in self.new:
            covered = self.facts.narrowed(one.link, one.number)
            for gift in one.gifts:
                some = [giving for giving in self.facts.at_path(one.link, gift.path) if giving.by.seal == one.seal]
                found += [giving for giving in some if is_narrow(giving, covered)]
            for folder in one.narrowed:
                below = _honest(self.facts.below_path(one.link, folder.rstrip(b"/")))
                found += [g for g in below if g.by.number <= one.number and covers(folder, g.gift.path)]
        return found

    def _keep_narrow(self, digest: Digest, documents: set[int]) -> None:
        if self._is_narrow(digest):
            return
        self.narrowed.add(digest)
        self.touched.add(digest)
        documents |= {self.facts.document(*one.line) for one in _honest(self.facts.of_content(digest))}

    def _is_narrow(self, digest: Digest) -> bool:
        return digest in self.narrowed or self.facts.is_narrow(digest)

    def _touch_names(self) -> None:
        """Everything of which the name hangs on what was given under one of the touched keys, or below it."""
        for key in self.keys | {above for one in self.keys for above in folders_of(one)}:
            self.touched |= {one.gift.digest for one in _honest(self.facts.under_key(key))}

    def _change(self, digest: Digest) -> Change | None:
        givings = _honest(self.facts.of_content(digest))
        best = best_of(givings)
        names = named(_honest(self.facts.under_key(best.key)), is_folder=self.facts.is_folder(best.key))
        versions = versions_of(self._of_document(self.facts.document(*best.line)))
        narrow = self._is_narrow(digest)
        content = content_of(givings, place=names[digest], is_narrow=narrow, versions=versions)
        line, before = line_of(content), self.facts.place(digest)
        if line == self.facts.line(digest):
            return None
        self.facts.put_content(digest, content.place, content.size, narrow=narrow, line=line)
        return Change(digest=digest, before=before, after=content.place)

    def _of_document(self, document: int) -> list[Giving]:
        return _honest(self.facts.of_document(document))


def _honest(givings: list[Giving]) -> list[Giving]:
    """The same, where no thief is among them: what a stolen key touches is merged with all the rest."""
    if any(one.stolen for one in givings):
        raise NotAloneError
    return givings
