"""Finding: a query, asked of the index; what belongs together comes together, with the place where it says so.

Every word of a query becomes the tokens of its forms and of the compounds that it is in; FTS5 finds and ranks (bm25: a
word counts most in a title, then in the keywords and the path, then in the text; least as a part of a compound).
Versions of a document and documents that are nearly the same are one result: the best of them that is current.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from linksync.errors import RefusedError
from linksync.knowledge.catalogue_tables import COLUMNS, WEIGHTS
from linksync.knowledge.document import Kept, unpacked
from linksync.knowledge.excerpts import Excerpt, Mark, Sought, excerpt, roots_of
from linksync.knowledge.indexing import unpacked_text
from linksync.knowledge.lexicon import Lexicon
from linksync.knowledge.query import Query, Term
from linksync.knowledge.stems import forms

RELATED_MAX = 20
"""Versions and twins that are shown with one result."""

_OTHERS_MAX = 1_000
_RANK = f"bm25(found, {', '.join(map(str, WEIGHTS))})"
"""Asked for by name: sorting by the column ``rank`` takes twice as long."""
_SPOKEN = " ".join(COLUMNS[:-1])
"""The columns in which words stand in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What belongs with a result.

    Attributes:
        kind: another version of it, or nearly the same.
        kept: what the catalogue keeps of it.
    """

    kind: Literal["version", "alike"]
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A document that was found.

    Attributes:
        kept: what the catalogue keeps of it: its title, places and givers.
        marks: the words that were found in its title.
        excerpt: where the text says what was looked for; its beginning where only title, path or card do.
        score: bm25; the larger, the better.
    """

    kept: Kept
    marks: tuple[Mark, ...]
    excerpt: Excerpt
    score: float
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found.

    Attributes:
        more: whether there is more than was asked for.
    """

    results: tuple[Result, ...]
    more: bool = False


class _Hit(NamedTuple):
    id: int
    score: float
    work: bytes
    kin: int
    kept: bytes


@dataclass(slots=True)
class _Group:
    """Documents that are one result, the best first."""

    hits: list[_Hit]
    works: set[bytes]
    kins: set[int]


def find(connection: sqlite3.Connection, lexicon: Lexicon, query: Query) -> Found:
    """Find documents.

    Raises:
        RefusedError: ``search-empty``.
        sqlite3.Error: the catalogue is damaged.
    """
    terms = query.terms
    if all(term.excluded for term in terms):
        raise RefusedError("search-empty")
    asked = _Asked(lexicon, terms)
    where, values = _filters(query)
    groups = _groups(connection, asked.match, where, values, query.limit)
    sought = asked.sought()
    results = _results(connection, groups[: query.limit], sought, where, values)
    return Found(results=results, more=len(groups) > query.limit)


class _Asked:
    """The terms of a query as tokens."""

    def __init__(self, lexicon: Lexicon, terms: Sequence[Term]) -> None:
        self._lexicon = lexicon
        self._terms = terms
        self._tokens = {word: lexicon.tokens(word) for term in terms for word in term.words if len(term.words) == 1}

    @property
    def match(self) -> str:
        """What FTS5 is asked; every word in it is quoted."""
        wanted = " AND ".join(self._clause(term) for term in self._terms if not term.excluded)
        unwanted = " OR ".join(self._clause(term) for term in self._terms if term.excluded)
        return f"({wanted}) NOT ({unwanted})" if unwanted else wanted

    def sought(self) -> Sought:
        """What to look for in the text of what is found."""
        terms: dict[str, int] = {}
        starts: dict[str, int] = {}
        for number, term in enumerate(term for term in self._terms if not term.excluded):
            for word in term.words:
                terms |= dict.fromkeys(self._tokens.get(word) or (forms(word).dutch, forms(word).english), number)
            if term.prefix:
                starts[term.words[0]] = number

        def term_of(word: str) -> int:
            own = forms(word)
            for token in (own.dutch, own.english):
                if token in terms:
                    return terms[token]
            for token in self._lexicon.parts(word):
                if token in terms:
                    return terms[token]
            return next((number for start, number in starts.items() if word.startswith(start)), -1)

        return Sought(roots_of((*terms, *(f"{start}*" for start in starts))), cache(term_of))

    def _clause(self, term: Term) -> str:
        if len(term.words) > 1:
            both = [forms(word) for word in term.words]
            ways = dict.fromkeys((" ".join(one.dutch for one in both), " ".join(one.english for one in both)))
            return f"{{{_SPOKEN}}} : ({' OR '.join(map(_quoted, ways))})"
        ways = dict.fromkeys(map(_quoted, self._tokens[term.words[0]]))
        if term.prefix:
            ways |= {f"{_quoted(forms(term.words[0]).dutch)}": None, f"{_quoted(term.words[0])} *": None}
        return f"({' OR '.join(ways)})"


def _quoted(tokens: str) -> str:
    return f'"{tokens}"'


def _filters(query: Query) -> tuple[str, list[object]]:
    """What narrows a search: conditions on ``documents d``, and their values."""
    conditions, values = [], list[object]()
    given, told = [], list[object]()
    for column, part in (("host", query.host), ("stop", query.stop)):
        if part:
            given.append(f"g.{column} LIKE ? ESCAPE '!'")
            told.append(f"%{_plain(part)}%")
    if query.since:
        given.append("g.date >= ?")
        told.append(query.since)
    if query.until:
        given.append("g.date < ?")
        told.append(f"{query.until}~")
    if given:
        conditions.append(f"d.id IN (SELECT g.document FROM givings g WHERE {' AND '.join(given)})")
        values += told
    if query.type:
        kind = query.type.lower().removeprefix(".")
        conditions.append("? IN (d.family, d.media_type, d.ending)")
        values.append(kind)
    if query.audience:
        conditions.append("d.audience = ?")
        values.append(query.audience)
    return "".join(f" AND {one}" for one in conditions), values


def _plain(part: str) -> str:
    return "".join(f"!{c}" if c in "!%_" else c for c in part)


def _groups(
    connection: sqlite3.Connection, match: str, where: str, values: Sequence[object], limit: int
) -> list[_Group]:
    """The best results, one more than the limit where there are more."""
    count = limit + limit // 2 + 5
    while True:
        rows = _rows(connection, match, where, values, count)
        groups = _grouped(rows)
        if len(groups) > limit or len(rows) < count or count > 50 * limit + 1000:
            return groups[: limit + 1]
        count *= 4


def _rows(connection: sqlite3.Connection, match: str, where: str, values: Sequence[object], count: int) -> list[_Hit]:
    """The best documents."""
    narrow = f" AND f.rowid IN (SELECT d.id FROM documents d WHERE 1 {where})" if where else ""
    sql = f"SELECT f.rowid, {_RANK} AS best FROM found f WHERE found MATCH ?{narrow} ORDER BY best LIMIT ?"
    ranked = connection.execute(sql, (match, *values, count)).fetchall()
    marks = ", ".join("?" * len(ranked))
    of = f"SELECT id, work, coalesce(kin, id), kept FROM documents WHERE id IN ({marks})"
    known = {row[0]: row[1:] for row in connection.execute(of, [id_ for id_, _ in ranked])}
    return [_Hit(id_, -rank, *known[id_]) for id_, rank in ranked if id_ in known]


def _grouped(rows: Iterable[_Hit]) -> list[_Group]:
    """Versions and twins together, where the best of them stands."""
    groups: list[_Group] = []
    of_work: dict[bytes, _Group] = {}
    of_kin: dict[int, _Group] = {}
    for hit in rows:
        group = of_work.get(hit.work) or of_kin.get(hit.kin)
        if group is None:
            group = _Group(hits=[], works=set(), kins=set())
            groups.append(group)
        group.hits.append(hit)
        of_work[hit.work] = of_kin[hit.kin] = group
        group.works.add(hit.work)
        group.kins.add(hit.kin)
    return groups


def _results(
    connection: sqlite3.Connection, groups: Sequence[_Group], sought: Sought, where: str, values: Sequence[object]
) -> tuple[Result, ...]:
    """Groups as results: of each the best of its documents that is current, and the others."""
    others = _others(connection, groups, where, values)
    members = [{hit.id: (unpacked(hit.kept), hit.work) for hit in group.hits} for group in groups]
    bests = [_best(group, some) for group, some in zip(groups, members, strict=True)]
    marks = ", ".join("?" * len(bests))
    texts = dict(connection.execute(f"SELECT id, text FROM texts WHERE id IN ({marks})", bests).fetchall())
    return tuple(
        _result(best, group.hits[0].score, some | more, unpacked_text(texts[best]), sought)
        for group, some, more, best in zip(groups, members, others, bests, strict=True)
    )


def _others(
    connection: sqlite3.Connection, groups: Sequence[_Group], where: str, values: Sequence[object]
) -> list[dict[int, tuple[Kept, bytes]]]:
    """Of each group the documents that may be seen and were not found: by id what is kept of them, and their work."""
    works = {work: group for group in groups for work in group.works}
    kins = {kin: group for group in groups for kin in group.kins}
    hits = [hit.id for group in groups for hit in group.hits]
    marks = [", ".join("?" * len(some)) for some in (works, kins, kins, hits)]
    belong = f"(d.work IN ({marks[0]}) OR d.kin IN ({marks[1]}) OR d.id IN ({marks[2]})) AND d.id NOT IN ({marks[3]})"
    sql = f"SELECT d.id, d.kept, d.work, coalesce(d.kin, d.id) FROM documents d WHERE {belong}{where} LIMIT ?"
    found: dict[int, dict[int, tuple[Kept, bytes]]] = {id(group): {} for group in groups}
    for id_, kept, work, kin in connection.execute(sql, (*works, *kins, *kins, *hits, *values, _OTHERS_MAX)):
        found[id(works.get(work) or kins[kin])][id_] = unpacked(kept), work
    return [found[id(group)] for group in groups]


def _best(group: _Group, members: dict[int, tuple[Kept, bytes]]) -> int:
    """The best hit that is current; the best of all where none is."""
    hits = [hit.id for hit in group.hits]
    return next((id_ for id_ in hits if not members[id_][0].document.gone), hits[0])


def _result(best: int, score: float, members: dict[int, tuple[Kept, bytes]], text: str, sought: Sought) -> Result:
    own, work = members[best]
    others = sorted((one for id_, one in members.items() if id_ != best), key=lambda one: _latest(one[0]), reverse=True)
    others.sort(key=lambda one: one[1] != work)  # versions first, then twins; each the newest first
    return Result(
        kept=own,
        marks=sought.marks(own.title),
        excerpt=excerpt(text, sought),
        score=score,
        related=tuple(
            Related(kind="version" if theirs == work else "alike", kept=one) for one, theirs in others[:RELATED_MAX]
        ),
    )


def _latest(kept: Kept) -> str:
    """When a document was last given."""
    return max((giver.time for giver in kept.document.givers), default="")
