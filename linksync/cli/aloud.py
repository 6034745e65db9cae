"""``linksync daemon run`` says aloud, on stderr, where its page is and what happens: a line for each thing it says."""

import queue
import sys
import threading
from contextlib import suppress
from datetime import datetime
from typing import Self

import click

from linksync.cli.render import language, say
from linksync.host.daemon.board import Card, Line, Snapshot
from linksync.people.texts import plain

_LAST_WORDS = 1.0
"""Seconds that the last words may take."""


class Aloud:
    """An onlooker of the daemon, for whoever started it: in a terminal, or reading the journal of the service.

    A context manager. The daemon never waits for it: a terminal that stands still (Ctrl-S) or is gone holds up nothing.
    """

    def __init__(self) -> None:
        """Begin; what was said by earlier runs is not said again."""
        self._last: Line | None = None
        self._words: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._mouth = threading.Thread(target=self._speak, name="aloud", daemon=True)

    def __enter__(self) -> Self:
        self._mouth.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._words.put("")
        self._mouth.join(_LAST_WORDS)

    def _speak(self) -> None:
        while word := self._words.get():
            with suppress(OSError):
                click.echo(word, err=True)

    def begun(self, page: str, before: Line | None) -> None:
        """Say where the page is; only to a terminal, since whoever has the address may press the buttons."""
        self._last = before
        if not sys.stderr.isatty():
            self._words.put(say("Volg het met: linksync status --follow", "Follow it with: linksync status --follow"))
            return
        told = say(
            "linksync wacht op de Link. Ctrl-C stopt. De pagina met de knoppen:",
            "linksync waits for the Link. Ctrl-C ends it. The page with the buttons:",
        )
        self._words.put(f"{told} {page}")

    def see(self, snapshot: Snapshot) -> None:
        """Say what has come since the last look."""
        fresh: list[Line] = []
        for line in reversed(snapshot.log):
            if line is self._last:
                break
            fresh.append(line)
        cards = {card.id: card for card in snapshot.cards}
        for line in reversed(fresh):
            self._words.put(_told(line, cards.get(line.card)))
        self._last = snapshot.log[-1] if snapshot.log else None


def _told(line: Line, card: Card | None) -> str:
    """A line, with the name of the stick; and with what to do now, where it is what the stick says now."""
    sentence = line.nl if language() == "nl" else line.en
    todo = ""
    if card is not None and (card.sentence.nl, card.sentence.en) == (line.nl, line.en):
        todo = card.next.nl if language() == "nl" else card.next.en
    when = datetime.fromisoformat(line.time).astimezone().strftime("%H:%M:%S")
    whose = f"{card.name}: " if card is not None else ""
    return plain(f"{when}  {whose}{sentence} {todo}".rstrip())
