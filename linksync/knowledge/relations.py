"""The relations of Office Open XML, by which a program finds each part whatever its name (ECMA-376 part 2, 9.3).

Read by an XML parser, since letters may be written as references, in UTF-16 and behind any prefix; nothing expands
here, for a document type is refused.
"""

from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

_MOST = 20_000
_SMALL, _KEPT = 4096, 64
"""Bytes of what is read once for all that are alike: of 200 layouts of a presentation, all say the same."""


class UnreadableRelationsError(ValueError):
    """They are no XML, or declare what may expand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One relation of a part.

    Attributes:
        kind: the last word of its type, in small letters.
        target: where it leads: to a part, or out of the document where it is ``external``.
    """

    kind: str
    target: str
    external: bool


def relations(data: bytes) -> tuple[Relation, ...]:
    """Those that stand in a part of relations.

    Raises:
        UnreadableRelationsError: it cannot be read to its end.
    """
    return _known(data) if len(data) <= _SMALL else _parsed(data)


def _parsed(data: bytes) -> tuple[Relation, ...]:
    found: list[Relation] = []

    def start(name: str, said: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "Relationship":
            return
        if len(found) >= _MOST:
            raise UnreadableRelationsError
        kind = said.get("Type", "").strip().rpartition("/")[2].lower()
        external = said.get("TargetMode", "").strip().lower() == "external"
        found.append(Relation(kind=kind, target=said.get("Target", ""), external=external))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise UnreadableRelationsError from error
    return tuple(found)


_known = lru_cache(maxsize=_KEPT)(_parsed)


def _refuse(*_declared: object) -> None:
    raise UnreadableRelationsError
