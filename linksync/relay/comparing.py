"""What a page of the relay says that the version before did not; pure.

For whoever signs: a version that was signed never changes, so what it changes is said before. ``risks`` names what is
allowed and seldom meant: a revocation without a Link voids every hand-off that the key ever signed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from linksync.custody.relay import Party, Relay
from linksync.people.texts import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs; ``slug`` names its sentence in ``people.sentences_relay``, ``fields`` fill it."""

    slug: str
    fields: dict[str, str]


def changes(before: Relay, after: Relay) -> tuple[Change, ...]:
    """Everything that differs, in the order of the page; places of lists do not count."""
    return (*_texts(before, after), *_parties(before, after), *_stops(before, after), *_revoked(before, after))


def risks(before: Relay | None, after: Relay) -> tuple[Change, ...]:
    """What would void more than is likely meant, where the version before did not do so already."""
    known = {one.key for one in before.revoked if not one.last_good} if before else set()
    return tuple(
        _change("revoked-all", key=one.key) for one in after.revoked if not one.last_good if one.key not in known
    )


def _change(slug: str, **fields: str) -> Change:
    return Change(slug=slug, fields={name: plain(text) for name, text in fields.items()})


def _texts(before: Relay, after: Relay) -> Iterator[Change]:
    if before.name != after.name:
        yield _change("name", before=before.name, after=after.name)
    if before.period != after.period:
        told = [f"{one.period.from_}/{one.period.to}" for one in (before, after)]
        yield _change("period", before=told[0], after=told[1])
    for name in ("languages", "contact", "privacy", "rights", "policy"):
        if getattr(before, name) != getattr(after, name):
            yield _change("text", field=name)


def _parties(before: Relay, after: Relay) -> Iterator[Change]:
    yield from _compared("organiser", (before.organiser,), (after.organiser,))
    for group in ("hosts", "archives", "archivists"):
        yield from _compared(group, getattr(before, group), getattr(after, group))


def _compared(group: str, before: tuple[Party, ...], after: tuple[Party, ...]) -> Iterator[Change]:
    old, new = ({party.id: party for party in parties} for parties in (before, after))
    for id_ in old.keys() - new.keys():
        yield _change("party-gone", group=group, id=id_, name=old[id_].name)
    for id_, party in new.items():
        if id_ not in old:
            yield _change("party-new", group=group, id=id_, name=party.name)
            continue
        if party.name != old[id_].name:
            yield _change("party-name", id=id_, before=old[id_].name, after=party.name)
        if party.place != old[id_].place:
            yield _change("party-place", id=id_, before=old[id_].place or "-", after=party.place or "-")
        was, now = ({key.fingerprint for key in one.public_keys} for one in (old[id_], party))
        yield from (_change("key-new", id=id_, key=key) for key in sorted(now - was))
        yield from (_change("key-gone", id=id_, key=key) for key in sorted(was - now))


def _stops(before: Relay, after: Relay) -> Iterator[Change]:
    old, new = ({(stop.date.isoformat(), stop.host): stop for stop in relay.stops} for relay in (before, after))
    for date, host in sorted(old.keys() - new.keys()):
        yield _change("stop-gone", date=date, host=host, place=old[date, host].place)
    for date, host in sorted(new.keys() - old.keys()):
        yield _change("stop-new", date=date, host=host, place=new[date, host].place)
    for date, host in sorted(new.keys() & old.keys()):
        if new[date, host] != old[date, host]:
            yield _change("stop-other", date=date, host=host, place=new[date, host].place)


def _revoked(before: Relay, after: Relay) -> Iterator[Change]:
    old, new = ({one.key: one.last_good for one in relay.revoked} for relay in (before, after))
    yield from (_change("revoked-no-more", key=key) for key in sorted(old.keys() - new.keys()))
    for key in sorted(new):
        if new[key] != old.get(key):
            links = ", ".join(sorted(new[key]))
            yield _change("revoked", key=key, links=links) if links else _change("revoked-all", key=key)
