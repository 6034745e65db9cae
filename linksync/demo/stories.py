"""What a story of the demo is made of: who brings which documents, and the card beside them.

A story is text; a seed makes it a contribution. Every person and organisation in the stories is invented.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from linksync.demo.documents import make_document

CARD_NAME = "KAART.txt"

_RANGE = re.compile(r"\{(\d+)-(\d+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a participant fills in; ``everyone`` is the answer to "Mag iedereen dit zien?"."""

    title: str
    who: str
    learnt: str
    what: str
    keywords: str
    everyone: bool
    contact: str = ""
    licence: str = "CC-BY-4.0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document to be made.

    Attributes:
        name: its path in the contribution's folder; the ending decides what is made.
        title: its title.
        text: paragraphs with an empty line between them; for a spreadsheet a row per paragraph. ``{12-18}``
            becomes a number from 12 to 18, the same one throughout a story.
    """

    name: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one organisation brings to one stop."""

    folder: str
    sheets: tuple[Sheet, ...]
    card: Card | None = None


def paragraphs(text: str, chance: str) -> tuple[str, ...]:
    """The paragraphs of ``text`` on a line each, its ranges filled in; ``chance`` decides the numbers."""
    filled = _RANGE.sub(lambda span: str(_number(span, chance)), text)
    return tuple(" ".join(part.split()) for part in filled.split("\n\n") if part.strip())


def document(sheet: Sheet, chance: str, more: str = "") -> bytes:
    """The document that ``sheet`` describes; ``more`` is text added below, as in a later revision."""
    picture = int.from_bytes(hashlib.sha256(f"{chance} {sheet.name}".encode()).digest()[:4], "big")
    return make_document(sheet.name, sheet.title, paragraphs(sheet.text + "\n\n" + more, chance), picture)


def card_text(card: Card, chance: str) -> str:
    """``KAART.txt`` as a person fills it in, with the line ends of Windows (format 1, "The card")."""
    fields = (
        ("Titel", card.title),
        ("Wie", card.who),
        ("Waar geleerd", card.learnt),
        ("Wat", " ".join(paragraphs(card.what, chance))),
        ("Trefwoorden", card.keywords),
        ("Contact", card.contact),
    )
    lines = [f"{name}: {value}".rstrip() for name, value in fields]
    lines.append("Mag iedereen dit zien? " + ("ja" if card.everyone else "nee"))
    lines.append(f"Licentie: {card.licence}")
    return "".join(line + "\r\n" for line in lines)


def sheet_named(stories: Sequence[Story], folder: str, name: str) -> Sheet:
    """The sheet of that name in that folder.

    Raises:
        LookupError: no story has it.
    """
    found = [sheet for story in stories for sheet in story.sheets if (story.folder, sheet.name) == (folder, name)]
    if not found:
        raise LookupError(f"no story has {folder}/{name}")
    return found[0]


def _number(span: re.Match[str], chance: str) -> int:
    low, high = int(span[1]), int(span[2])
    return low + int.from_bytes(hashlib.sha256(f"{chance} {span[0]}".encode()).digest()[:4], "big") % (high - low + 1)
