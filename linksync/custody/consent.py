"""Who may see what: consent, as the cards on the stick give it (format 1, "Audience").

A contribution is a folder in ``data/``, or beside it. Every card from there down to a file's own folder must say an
unmistakable yes, and there must be one; anything else leaves the file with the organisers. A card directly in ``data/``
speaks only for the files directly in ``data/``.
"""

from collections.abc import Iterable, Mapping

from linksync.custody import names
from linksync.custody.card import Card, is_card_name, read_card
from linksync.custody.handoff import Audience


def is_card(path: bytes) -> bool:
    """Whether a file is a card, by its name."""
    name = path.rpartition(b"/")[2]
    return name.isascii() and is_card_name(name.decode("ascii"))


def contribution(path: bytes) -> bytes:
    """The folder that a file was given in: ``data/<name>``, ``data``, ``<name>``, or b"" at the root."""
    parts = path.split(b"/")
    depth = 2 if names.is_payload(path) else 1
    return b"/".join(parts[: min(depth, len(parts) - 1)])


def read_cards(captured: Mapping[bytes, bytes], cards: Iterable[bytes]) -> dict[bytes, Card | None]:
    """The cards on the stick, by path; None for one that could not be read or says nothing.

    Args:
        captured: path to bytes of small files.
        cards: the paths of all cards.
    """
    found: dict[bytes, Card | None] = {}
    for path in cards:
        data = captured.get(path)
        found[path] = None if data is None else read_card(path.rpartition(b"/")[2].decode("ascii"), data)
    return found


class Consent:
    """What the cards allow, folder by folder."""

    def __init__(self, cards: Mapping[bytes, Card | None]) -> None:
        """Take the cards, by path."""
        self._cards: dict[bytes, list[Card | None]] = {}
        for path, card in sorted(cards.items()):
            self._cards.setdefault(path.rpartition(b"/")[0], []).append(card)
        self._told: dict[bytes, Audience] = {}

    def asked(self, path: bytes) -> Audience:
        """The audience that a file's cards ask for."""
        folder = path.rpartition(b"/")[0]
        if folder not in self._told:
            self._told[folder] = self._decide(contribution(path), folder)
        return self._told[folder]

    def title(self, folder: bytes) -> str:
        """The title on a contribution's own card, or empty."""
        return next((card.title for card in self._cards.get(folder, ()) if card is not None and card.title), "")

    def _decide(self, given: bytes, folder: bytes) -> Audience:
        if not given:
            return "organisers"
        depth, parts = given.count(b"/") + 1, folder.split(b"/")
        between = [b"/".join(parts[:count]) for count in range(depth, len(parts) + 1)]
        cards = [card for below in between for card in self._cards.get(below, ())]
        yes = bool(cards) and all(card is not None and card.everyone for card in cards)
        return "everyone" if yes else "organisers"
