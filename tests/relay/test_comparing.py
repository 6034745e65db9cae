"""Whoever signs a version of the relay is told what it changes, and what it would void."""

import ast
from pathlib import Path

import msgspec
import pytest
from sealed import Key
from wording import placeholders

from linksync.custody.relay import Relay, relay_from_bytes
from linksync.people.sentences_relay import CHANGES, change_told
from linksync.relay import comparing
from linksync.relay.comparing import changes, risks

LINK, SEAL = "0123456789abcdef0123456789abcdef", "ab" * 32
PAGE = f"""\
format: 1
id: proef
name: Proef
period: {{from: 2026-11-01, to: 2026-11-30}}
organiser: {{id: org, name: Org, keys: ["{Key("org").public.line}"]}}
contact: bel ons
hosts:
  - {{id: assen, name: Assen, keys: ["{Key("a").public.line}"]}}
  - {{id: emmen, name: Emmen, place: Emmen, keys: ["{Key("b").public.line}"]}}
stops:
  - {{date: 2026-11-03, host: assen, place: Assen}}
  - {{date: 2026-11-04, host: emmen, place: Emmen}}
"""


def page(*edits: tuple[str, str], more: str = "") -> Relay:
    text = PAGE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return relay_from_bytes((text + more).encode())


def slugs(before: Relay, after: Relay) -> list[str]:
    return [one.slug for one in changes(before, after)]


def test_the_same_page_changes_nothing_in_whatever_order() -> None:
    first = page()
    turned = msgspec.structs.replace(first, hosts=first.hosts[::-1], stops=first.stops[::-1])
    assert changes(first, first) == changes(first, turned) == ()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (("name: Proef", "name: De proef"), ["name"]),
        (("to: 2026-11-30", "to: 2026-12-01"), ["period"]),
        (("contact: bel ons", "contact: mail ons"), ["text"]),
        (("name: Assen", "name: Gemeente Assen"), ["party-name"]),
        (("place: Emmen, keys", "place: Coevorden, keys"), ["party-place"]),
        ((Key("a").public.line, Key("c").public.line), ["key-new", "key-gone"]),
        ((Key("org").public.line, Key("o").public.line), ["key-new", "key-gone"]),
        (("host: emmen, place: Emmen", "host: emmen, place: Markt"), ["stop-other"]),
        (("date: 2026-11-04", "date: 2026-11-05"), ["stop-gone", "stop-new"]),
    ],
)
def test_each_thing_that_changes_is_named(edit: tuple[str, str], told: list[str]) -> None:
    assert slugs(page(), page(edit)) == told


def test_who_comes_and_who_goes_is_named() -> None:
    line = f'  - {{id: emmen, name: Emmen, place: Emmen, keys: ["{Key("b").public.line}"]}}\n'
    stop = "  - {date: 2026-11-04, host: emmen, place: Emmen}\n"
    without = page((line, ""), (stop, ""))
    assert slugs(page(), without) == ["party-gone", "stop-gone"]
    assert slugs(without, page()) == ["party-new", "stop-new"]


def revoking(last_good: str) -> Relay:
    return page(more=f'revoked:\n  - {{key: "{Key("x").public.fingerprint}", last_good: {last_good}}}\n')


def test_a_revocation_that_names_no_link_is_a_risk_once() -> None:
    all_of_it, one_link = revoking("{}"), revoking(f"{{{LINK}: {SEAL}}}")
    assert slugs(page(), all_of_it) == ["revoked-all"]
    assert slugs(page(), one_link) == ["revoked"]
    assert slugs(one_link, page()) == ["revoked-no-more"]
    assert [one.slug for one in risks(page(), all_of_it)] == ["revoked-all"]
    assert [one.slug for one in risks(None, all_of_it)] == ["revoked-all"]
    assert risks(page(), one_link) == risks(all_of_it, all_of_it) == ()
    assert LINK in change_told("revoked", changes(page(), one_link)[0].fields, "nl")


def test_every_change_has_its_words_in_both_languages() -> None:
    calls = [node for node in ast.walk(ast.parse(Path(comparing.__file__).read_text())) if isinstance(node, ast.Call)]
    made = {
        str(call.args[0].value): {str(one.arg) for one in call.keywords}
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "_change" and isinstance(call.args[0], ast.Constant)
    }
    assert made.keys() == CHANGES.keys()
    for slug, pair in CHANGES.items():
        assert pair[0] != pair[1]
        for text in pair:
            assert placeholders(text) <= made[slug]
