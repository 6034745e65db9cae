"""Merging anew: all hand-offs, in the memory that those of their gifts take which share something.

The outcome is that of ``merge`` over all of them. A gift that is the only one of its content, its name in the library
and its path on its Link, of which nothing was moved, and over which no hand-off says another word, stands where it
wants to, whatever else was given: most of a million files are such. They are told one after the other, from the facts;
all others are merged together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count, islice

from linksync.library.facts import Facts
from linksync.library.givings import Given, Giving, stolen_seals
from linksync.library.merge import Content, content_of, is_narrow, merge
from linksync.library.naming import plain_path

_AT_ONCE = 1000


def merge_anew(facts: Facts, given: Iterable[Given], revoked: Mapping[str, Mapping[str, str]]) -> None:
    """Put the merge of hand-offs into the facts, in place of everything that was in.

    Args:
        facts: begun.
        given: in any order, some perhaps twice.
        revoked: fingerprint of a stolen key to the last good seal by it, by Link.
    """
    handoffs = {one.seal: one for one in given}
    stolen = stolen_seals(handoffs, revoked)
    facts.empty()
    for one in handoffs.values():
        facts.add(one, stolen=one.seal in stolen)
    facts.note_forks(handoffs.values())
    facts.entangle()
    numbers = count(1)
    _put_entangled(facts, handoffs.values(), revoked, numbers)
    _put_alone(facts, [one for one in handoffs.values() if one.seal not in stolen], numbers)


def _put_entangled(
    facts: Facts, handoffs: Iterable[Given], revoked: Mapping[str, Mapping[str, str]], numbers: "count[int]"
) -> None:
    some = [replace(one, gifts=facts.entangled(one.seal)) for one in handoffs]
    merged = merge(some, revoked, is_folder=facts.is_folder)
    facts.settle_all(giving for content in merged.contents for giving in content.givings)
    known: dict[tuple[str, bytes], int] = {}
    for root in merged.documents.values():
        if root not in known:
            known[root] = next(numbers)
    facts.put_documents((line, known[root]) for line, root in merged.documents.items())
    facts.put_contents(merged.contents)


def _put_alone(facts: Facts, honest: Iterable[Given], numbers: "count[int]") -> None:
    covered: dict[str, list[tuple[int, bytes]]] = {}
    for one in honest:
        covered.setdefault(one.link, []).extend((one.number, folder) for folder in one.narrowed)
    left = facts.alone()
    while some := list(islice(left, _AT_ONCE)):
        facts.put_contents([_content(giving, covered) for giving in some])
        facts.put_documents((giving.line, next(numbers)) for giving in some)


def _content(giving: Giving, covered: Mapping[str, list[tuple[int, bytes]]]) -> Content:
    gift = giving.gift
    return content_of(
        [giving],
        place=plain_path(gift.path, held=gift.held),
        is_narrow=is_narrow(giving, covered.get(giving.by.link, ())),
        versions=(gift.digest,),
    )
