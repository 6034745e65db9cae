"""Indexing: how a document becomes the tokens that it is found by."""

import re
from typing import NamedTuple

from linksync.knowledge.document import TEXT_MAX, Document
from linksync.knowledge.extracted import Extract
from linksync.knowledge.stems import DUTCH, ENGLISH, composed, words

_LINE_ENDS = re.compile(r"(?<=[.,;:!?…)\"”]) · | · (?=[a-zà-ž(])")
_CAPITAL = re.compile(r"(?<=[a-zà-ž])(?=[A-ZÀ-Ž])")
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


class Spoken(NamedTuple):
    """The words of a document, in lower case, in their order.

    Attributes:
        language: of its text.
        body: those of its text.
        beside: those of its title, its keywords, its card and its paths.
    """

    language: str
    body: list[str]
    beside: tuple[list[str], list[str], list[str], list[str]]

    @property
    def words(self) -> set[str]:
        """Each once."""
        return set(self.body).union(*self.beside)

    @property
    def columns(self) -> Columns:
        """Its tokens: those of the body in its language, in both where that is not known; all else in both."""
        title, keywords, card, path = map(_both, self.beside)
        if self.language == "en":
            return title, keywords, card, path, _english(self.body), ""
        other = "" if self.language == "nl" else _english(self.body)
        return title, keywords, card, path, _dutch(self.body), other


def spoken(document: Document, extract: Extract, text: str) -> Spoken:
    """The words of a document; ``text`` as ``kept_text`` makes it."""
    title, keywords, card, path = map(words, _beside(document, extract))
    return Spoken(extract.language, words(text), (title, keywords, card, path))


def contribution_key(link: str, contribution: str) -> str:
    """How a contribution is called in a catalogue."""
    return f"{link}/{contribution}"


def _beside(document: Document, extract: Extract) -> tuple[str, str, str, str]:
    """Title, keywords, card and path of a document, as texts."""
    card = document.card
    keywords = [extract.author, *((card.title, card.who, *card.keywords) if card else ())]
    # the first folder is ours: ``data`` on the stick, ``files`` in a library
    places = {place.partition("/")[2] or place for place in (document.place, *(one.path for one in document.givers))}
    return (
        composed(extract.title),
        composed(" ; ".join(keywords)),
        composed(f"{card.what} ; {card.where}" if card else ""),
        composed(" ; ".join(map(_spaced, sorted(places)))),
    )


def _spaced(path: str) -> str:
    """A path in which a capital begins a word: ``ZelfRoosteren`` is two as well as one."""
    spaced = _CAPITAL.sub(" ", path)
    return path if spaced == path else f"{path} ; {spaced}"


def _dutch(some: list[str]) -> str:
    return " ".join(map(DUTCH.__getitem__, some))


def _english(some: list[str]) -> str:
    return " ".join(map(ENGLISH.__getitem__, some))


def _both(some: list[str]) -> str:
    dutch, english = _dutch(some), _english(some)
    return dutch if dutch == english else dutch + _BREAK + english
