"""What an organiser is told of a new version of the relay: what it changes, in Dutch and English."""

from collections.abc import Mapping
from typing import TypeAlias

from linksync.people.sentences import filled
from linksync.people.texts import Language

_Pair: TypeAlias = tuple[str, str]

CHANGES: dict[str, _Pair] = {
    "name": ("De naam: {before} wordt {after}.", "The name: {before} becomes {after}."),
    "period": ("De dagen: {before} wordt {after}.", "The days: {before} becomes {after}."),
    "text": ("Anders: {field}.", "Changed: {field}."),
    "party-new": ("Erbij in {group}: {id}, {name}.", "New in {group}: {id}, {name}."),
    "party-gone": ("Weg uit {group}: {id}, {name}.", "Gone from {group}: {id}, {name}."),
    "party-name": ("{id} heet voortaan {after} in plaats van {before}.", "{id} is called {after} instead of {before}."),
    "party-place": ("{id} zit voortaan in {after} in plaats van {before}.", "{id} is in {after} instead of {before}."),
    "key-new": ("{id} mag voortaan tekenen met {key}.", "{id} may from now on sign with {key}."),
    "key-gone": ("{id} mag niet meer tekenen met {key}.", "{id} may no longer sign with {key}."),
    "stop-new": ("Nieuwe halte op {date}: {place}, bij {host}.", "New stop on {date}: {place}, at {host}."),
    "stop-gone": ("Vervallen halte op {date}: {place}, bij {host}.", "Dropped stop on {date}: {place}, at {host}."),
    "stop-other": (
        "Andere gegevens van de halte op {date} bij {host}.",
        "Other details of the stop on {date} at {host}.",
    ),
    "revoked": (
        "Sleutel {key} is ingetrokken; per Link geldt hij tot de genoemde verzegeling: {links}.",
        "Key {key} is revoked; per Link it counts up to the seal that is named: {links}.",
    ),
    "revoked-all": (
        "Sleutel {key} is ingetrokken zonder een Link te noemen: alle overdrachten die ermee getekend zijn, vervallen,"
        " ook die van vóór de diefstal. Wil je dat niet, zet dan onder last_good per Link de laatste goede"
        " verzegeling.",
        "Key {key} is revoked without naming a Link: every hand-off that was signed with it is void, those from before"
        " the theft too. If you do not want that, give the last good seal per Link under last_good.",
    ),
    "revoked-no-more": (
        "De intrekking van sleutel {key} staat er niet meer in; ze blijft gelden tot de sleutel er weer in staat.",
        "The revocation of key {key} is no longer there; it goes on counting until the key is listed again.",
    ),
}
"""Slug to sentence."""


def change_told(slug: str, fields: Mapping[str, str], language: Language) -> str:
    """One change, in one sentence."""
    return filled(CHANGES[slug], fields, language)
