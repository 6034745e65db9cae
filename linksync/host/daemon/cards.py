"""Cards: from where a medium stands to what people see of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from linksync.host.daemon.board import Added, Card, Found, Line, Progress, Sentence, Told, Waits
from linksync.host.daemon.ledger import Event
from linksync.host.daemon.outcomes import button_of
from linksync.host.daemon.plugged import Plugged
from linksync.host.daemon.stand import LOCKING, Phase
from linksync.host.daemon.states import LIGHTS_OF_ERRORS, SENTENCES, Light, State, Words
from linksync.people.panel import told

_NAMED_FACTS = ("added", "waiting", "findings")


def card_of(one: Plugged, now: float) -> Card:
    """The card of a medium.

    Args:
        one: the medium.
        now: the monotonic clock.
    """
    stand, facts = one.stand, one.facts
    said = told(stand.told.slug, dict(stand.told.fields))
    added = facts.get("added", [])
    count = facts.get("added_count", 0)
    return Card(
        id=stand.card,
        state=stand.state,
        light=light_of(stand.told, stand.state),
        name=stand.name,
        sentence=Sentence(slug=stand.told.slug, nl=said.nl, en=said.en),
        next=Told(nl=said.next_nl, en=said.next_en),
        link=stand.link,
        number=stand.number,
        handoff=stand.handoff,
        progress=_progress(one, now),
        added=tuple(_added(one) for one in added),
        added_more=max(0, count - len(added)),
        added_count=count,
        added_bytes=facts.get("added_bytes", 0),
        waiting=tuple(Waits(path=w["path"], reason=Told(nl=w["nl"], en=w["en"])) for w in facts.get("waiting", [])),
        findings=tuple(Found(**found) for found in facts.get("findings", [])),
        button=button_of(stand),
        safe=stand.state is State.SAFE and stand.phase in {Phase.OUT, Phase.GONE},
        synced=bool(stand.receipt),
        receipt=stand.receipt,
        since=stamp(one.since),
    )


def _added(one: Mapping[str, Any]) -> Added:
    why = Told(nl=one["nl"], en=one["en"]) if "nl" in one else None
    return Added(path=one["path"], bytes=one["bytes"], class_=one["class"], why=why)


def light_of(said: Words, state: State) -> Light:
    """The light that goes with a sentence; that of an error nobody thought of goes by the state."""
    if said.slug in SENTENCES:
        return SENTENCES[said.slug].light
    if said.slug in LIGHTS_OF_ERRORS:
        return LIGHTS_OF_ERRORS[said.slug]
    return "bad" if state is State.HELD else "attention"


def line_of(event: Event) -> Line:
    """A line of the log."""
    said = told(event.said.slug, dict(event.said.fields))
    return Line(time=event.time, nl=said.nl, en=said.en, card=event.card)


def stamp(seconds: float) -> str:
    """A time as JSON has it: RFC 3339, UTC, whole seconds."""
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def facts_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of a job's result a card shows."""
    wanted = (*_NAMED_FACTS, "added_count", "added_bytes", "waiting_count")
    return {name: fields[name] for name in wanted if name in fields}


def _progress(one: Plugged, now: float) -> Progress | None:
    running = one.running
    if running is None or running.progress is None or not (one.stand.doing in LOCKING or one.stand.doing == "verify"):
        return None
    done, total = running.progress
    if one.stand.state not in {State.RECOGNISED, State.MOUNTED} or not total:
        return None
    return Progress(done=done, total=total, seconds_left=one.pace.seconds_left(now, done, total))
