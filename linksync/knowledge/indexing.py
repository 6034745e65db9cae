"""Indexing: how a document becomes the tokens that it is found by."""

import re

from linksync.knowledge.document import TEXT_MAX, Document
from linksync.knowledge.extracted import Extract
from linksync.knowledge.stems import composed, forms, words

_LINE_ENDS = re.compile(r"(?<=[.,;:!?…)\"”]) · | · (?=[a-zà-ž(])")
_BREAK = " xbreakx "
"""Stands between what is said in two ways, so that no phrase runs over it."""

Columns = tuple[str, str, str, str, str, str]
"""Tokens: title, keywords, card, path, body, and the body as the other language has it."""


def kept_text(text: str) -> str:
    """A document's text as it is kept: composed, on one line, not endless.

    A dot stands where a line ended that was no line of a paragraph.
    """
    lines = [" ".join(line.split()) for line in composed(text[:TEXT_MAX]).split("\n")]
    return _LINE_ENDS.sub(" ", " · ".join(filter(None, lines)))


def said(document: Document, extract: Extract, body: list[str]) -> set[str]:
    """The words by which a document is found; ``body`` are those of its text."""
    return {*body, *words(" ; ".join(_beside(document, extract)))}


def row_of(document: Document, extract: Extract, body: list[str]) -> Columns:
    """The tokens of a document: the body in its language, in both where that is not known; all else in both."""
    title, keywords, card, path = (_both(words(one)) for one in _beside(document, extract))
    if extract.language == "en":
        return title, keywords, card, path, _english(body), ""
    return title, keywords, card, path, _dutch(body), "" if extract.language == "nl" else _english(body)


def contribution_key(link: str, contribution: str) -> str:
    """How a contribution is called in a catalogue."""
    return f"{link}/{contribution}"


def _beside(document: Document, extract: Extract) -> tuple[str, str, str, str]:
    """Title, keywords, card and path of a document, as texts."""
    card = document.card
    keywords = [extract.author, *((card.title, card.who, *card.keywords) if card else ())]
    places = dict.fromkeys((document.place, *(giver.path for giver in document.givers)))
    return (
        composed(extract.title),
        composed(" ; ".join(keywords)),
        composed(f"{card.what} ; {card.where}" if card else ""),
        composed(" ; ".join(map(_spaced, places))),
    )


def _spaced(path: str) -> str:
    """A path in which a capital begins a word: ``ZelfRoosteren`` is two as well as one."""
    spaced = "".join(f" {c}" if c.isupper() and path[at - 1 : at].islower() else c for at, c in enumerate(path))
    return path if spaced == path else f"{path} ; {spaced}"


def _dutch(some: list[str]) -> str:
    return " ".join([forms(word)[0] for word in some])


def _english(some: list[str]) -> str:
    return " ".join([forms(word)[1] for word in some])


def _both(some: list[str]) -> str:
    dutch, english = _dutch(some), _english(some)
    return dutch if dutch == english else dutch + _BREAK + english
