"""Indexing: how a document becomes the tokens that it is found by."""

import re
import zlib
from typing import NamedTuple

from linksync.knowledge.document import TEXT_MAX, Document
from linksync.knowledge.extracted import Extract
from linksync.knowledge.stems import DUTCH, ENGLISH, composed, words

_COMPRESSED_MIN = 4_000
"""Characters from which on a text is compressed."""
_DOT = " · "
_LINE_ENDS = re.compile(r" ·(?: ·)+ | · (?P<within>(?=[a-zà-ž(]))")
_CAPITAL = re.compile(r"(?<=[a-zà-ž])(?=[A-ZÀ-Ž])")
_BREAK = " xbreakx "
"""Stands between what is said in two ways, so that no phrase runs over it."""

Columns = tuple[str, str, str, str, str, str]
"""Tokens: title, keywords, card, path, body, and the body as the other language has it."""


def kept_text(text: str) -> str:
    """A document's text as it is kept: composed, on one line, not endless.

    A dot stands where a line ended that was no line of a paragraph.
    """
    plain = composed(text[:TEXT_MAX]).strip()
    if "\n" not in plain:
        return _on_one_line(plain)
    kept = _on_one_line(plain.replace("\n", _DOT))
    for end in ".,;:!?":
        kept = kept.replace(f"{end}{_DOT}", f"{end} ")
    return _LINE_ENDS.sub(_line_end, kept) if _DOT in kept else kept


def _on_one_line(text: str) -> str:
    """A text with one space for every run of what is white; the only white that is printable is a space."""
    return text if text.isprintable() and "  " not in text else " ".join(text.split())


def _line_end(match: re.Match[str]) -> str:
    return " " if match["within"] is not None else _DOT


def packed_text(text: str) -> str | bytes:
    """A text as it is kept: compressed where that is worth the time to unpack it."""
    data = text.encode() if len(text) >= _COMPRESSED_MIN else b""
    return zlib.compress(data, 3) if data else text


def unpacked_text(kept: str | bytes) -> str:
    """A text from what ``packed_text`` made of it."""
    return kept if isinstance(kept, str) else zlib.decompress(kept).decode()


Written = tuple[str, str, tuple[str, ...]]
"""What is said in a language, in the body and beside it, with spaces between the words."""


class Spoken(NamedTuple):
    """The words of a document, in lower case, in their order.

    Attributes:
        language: of its text.
        body: those of its text.
        beside: those of its title, its keywords, its card and its paths.
    """

    language: str
    body: list[str]
    beside: tuple[list[str], ...]

    @property
    def written(self) -> "Written":
        """The same in a tenth of the memory."""
        return self.language, " ".join(self.body), tuple(map(" ".join, self.beside))

    @classmethod
    def read(cls, written: "Written") -> "Spoken":
        """From what ``written`` made of it."""
        language, body, beside = written
        return cls(language, body.split(), tuple(map(str.split, beside)))

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
    beside: tuple[list[str], ...] = ([], [], [], [])
    column = 0
    for word in words(_BREAK.join(_beside(document, extract))):
        if word == _BREAK.strip():
            column += 1
        elif column < len(beside):
            beside[column].append(word)
    return Spoken(extract.language, words(text), beside)


def contribution_key(link: str, contribution: str) -> str:
    """How a contribution is called in a catalogue."""
    return f"{link}/{contribution}"


def _beside(document: Document, extract: Extract) -> tuple[str, str, str, str]:
    """Title, keywords, card and path of a document, as texts."""
    card = document.card
    keywords = [extract.author, *((card.title, card.who, *card.keywords) if card else ())]
    # the first folder is ours: ``data`` on the stick, ``files`` in a library
    places = {place.partition("/")[2] or place for place in (document.place, *(one.path for one in document.givers))}
    said = (
        extract.title,
        " ; ".join(keywords),
        f"{card.what} ; {card.where}" if card else "",
        " ; ".join(map(_spaced, sorted(places))),
    )
    title, told, what, path = map(composed, said)
    return title, told, what, path


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
