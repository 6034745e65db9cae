"""The chronicle: what happened, in the ledger for after a kill, and on the board for people."""

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from linksync.host.daemon.board import LOG_MAX, Board, Line, Snapshot
from linksync.host.daemon.cards import card_of, line_of, stamp
from linksync.host.daemon.ledger import Event, Ledger
from linksync.host.daemon.plugged import Plugged
from linksync.host.daemon.stand import Stand
from linksync.host.daemon.states import Words

_PASSING = frozenset({"daemon-arriving", "daemon-stalled", "daemon-opening-again", "daemon-waiting-memory"})
"""What comes and goes, and is no line of the log each time."""


class Chronicle:
    """Writes in the ledger and hangs the board. For the loop alone."""

    def __init__(self, ledger: Ledger, board: Board) -> None:
        """Begin with the lines that the ledger has."""
        self._ledger, self._board = ledger, board
        self._log = [line_of(event) for event in ledger.events(LOG_MAX)]

    def taken_up(self) -> list[Plugged]:
        """The media that the ledger has."""
        found = []
        for stand, told in self._ledger.media():
            facts = _facts(told)
            since = facts.pop("since", 0.0)
            began = float(since) if isinstance(since, int | float) else time.time()
            found.append(_that_can_be_shown(Plugged(stand=stand, since=began, facts=facts, was_here=True)))
        return found

    def new_card(self) -> str:
        """The number of a card that was never given before."""
        return self._ledger.new_card()

    def moved(self, one: Plugged, stand: Stand) -> None:
        """A medium stands elsewhere now."""
        before, one.stand = one.stand, stand
        if stand == before:
            return
        if stand.state is not before.state:
            one.since = time.time()
        passing = {stand.told.slug, before.told.slug} & _PASSING
        if stand.told.slug != before.told.slug and not passing:
            self.write(stand.card, stand.told)
        self.keep(one)

    def keep(self, one: Plugged) -> None:
        """Keep a medium in the ledger, unless only what does not matter after a kill has changed."""
        lasting = replace(one.stand, since=0.0, not_before=0.0, tries=0, doing="", meanwhile=None)
        told = json.dumps({**one.facts, "since": one.since})
        if one.kept != (lasting, told):
            one.kept = (lasting, told) if self._ledger.keep(lasting, told) else None

    def _keep_all(self, media: Iterable[Plugged]) -> None:
        """Keep every medium again: the ledger could not be written for a while, or was begun anew."""
        self._ledger.lacking = False
        for one in media:
            one.kept = None
            self.keep(one)

    def forget(self, card: str) -> None:
        """Take a card down for good."""
        self._ledger.drop(card)

    def write(self, card: str, said: Words) -> None:
        """Write a line in the log."""
        event = Event(time=stamp(time.time()), card=card, said=said)
        self._ledger.note(event)
        self._log = [*self._log[-LOG_MAX + 1 :], line_of(event)]

    @property
    def last(self) -> Line | None:
        """The newest line of the log; None where there is none."""
        return self._log[-1] if self._log else None

    def show(self, snapshot: Snapshot, media: Iterable[Plugged], now: float) -> None:
        """Hang up what there is to be seen: the snapshot with the cards and the log."""
        media = list(media)
        if self._ledger.lacking:
            self._keep_all(media)
        shown = sorted(media, key=lambda one: -int(one.stand.card))
        cards = tuple(card_of(one, now) for one in shown)
        language = self._board.latest().language
        self._board.put_up(replace(snapshot, cards=cards, log=tuple(self._log), language=language))


def _that_can_be_shown(one: Plugged) -> Plugged:
    """The same, without what another version of the daemon kept of it in another form."""
    try:
        card_of(one, 0.0)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        return replace(one, facts={}, since=time.time())
    return one


def _facts(told: str) -> dict[str, Any]:
    try:
        found = json.loads(told)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
