"""The example relay: complete, in order, and honest about what is invented."""

import datetime as dt
import re

import pytest

from linksync.custody.names import is_id
from linksync.custody.strict_yaml import load
from linksync.demo.estafette import EXAMPLE_RELAY, HOSTS, INVENTED, KEY_OWNERS, demo_hosts, example_relay

KEYS = {owner: f"ssh-ed25519 {owner}" for owner in KEY_OWNERS}


def test_every_key_is_filled_in_and_the_yaml_is_strict() -> None:
    text = example_relay(KEYS)
    assert "{key:" not in text
    relay = load(text.encode())
    assert isinstance(relay, dict)
    assert list(relay) == [
        *("format", "id", "name", "period", "languages", "organiser", "contact", "privacy", "rights"),
        *("hosts", "archives", "archivists", "stops", "policy", "revoked"),
    ]
    assert relay["organiser"] == {"id": "ncsi", "name": "NCSI", "keys": ["ssh-ed25519 ncsi"]}


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="no key for gemeente-assen"):
        example_relay({owner: key for owner, key in KEYS.items() if owner != "gemeente-assen"})


def test_everybody_signs_with_a_key_of_their_own() -> None:
    assert len(set(KEY_OWNERS)) == len(KEY_OWNERS) == len(HOSTS) + 3
    assert all(is_id(owner) for owner in KEY_OWNERS)


def test_the_stops_follow_each_other_through_the_month_on_working_days() -> None:
    dates = [host.date for host in HOSTS]
    assert dates == sorted(set(dates))
    assert (dates[0], dates[-1]) == (dt.date(2011, 10, 31), dt.date(2011, 11, 30))
    assert all(date.weekday() < 5 for date in dates)


def test_the_first_week_stays_in_friesland_groningen_and_drenthe() -> None:
    week = {host.region for host in HOSTS if host.date <= dt.date(2011, 11, 4)}
    assert week == {"Friesland", "Groningen", "Drenthe"}


def test_every_stop_but_the_kick_off_says_that_it_is_invented() -> None:
    assert [host.id for host in HOSTS if not host.invented] == ["gemeente-groningen"]
    assert EXAMPLE_RELAY.count(f'note: "{INVENTED}"') == len(HOSTS) - 1


def test_places_lie_in_the_netherlands_to_four_decimals() -> None:
    assert all(50.75 < host.latitude < 53.56 and 3.35 < host.longitude < 7.23 for host in HOSTS)
    assert len(re.findall(r"^    l(?:at|ong)itude: \d+\.\d{4}$", EXAMPLE_RELAY, re.MULTILINE)) == 2 * len(HOSTS)


def test_the_demo_visits_six_of_the_hosts_in_order() -> None:
    hosts = demo_hosts()
    assert len(hosts) == 6
    assert [host for host in HOSTS if host in hosts] == list(hosts)
    assert (hosts[0], hosts[-1]) == (HOSTS[0], HOSTS[-1])
