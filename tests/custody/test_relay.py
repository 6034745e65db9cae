"""The relay: what people may write in relay.yaml, and whom it lets sign what."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from links import Hand, party, relay_record, signers_of

from linksync.custody.relay import (
    DECISION_NAMESPACE,
    HANDOFF_NAMESPACE,
    RECEIPT_NAMESPACE,
    RELAY_NAMESPACE,
    Policy,
    allowed_signers,
    policy_class,
    relay_from_bytes,
)
from linksync.custody.strict_yaml import dump
from linksync.errors import FormatError

GOOD = relay_record("assen", "emmen")


def slug_of(record: object) -> str:
    with pytest.raises(FormatError) as caught:
        relay_from_bytes(dump(record))
    return caught.value.slug


def test_a_relay_as_people_write_it_is_read() -> None:
    stop = {"date": "2011-11-02", "host": "assen", "place": "Assen", "latitude": 52.99, "longitude": 6.56}
    relay = relay_from_bytes(dump({**GOOD, "stops": [stop], "languages": ["nl"], "privacy": "Niets."}))
    assert [party.id for party in relay.holders] == ["ncsi", "assen", "emmen"]
    assert relay.stops[0].date == dt.date(2011, 11, 2)
    assert relay.holder("emmen") is not None
    assert relay.holder("meppel") is None


def test_every_truncation_of_a_relay_is_refused_or_lacks_what_was_cut_off() -> None:
    data = dump({**GOOD, "privacy": "Niets."})
    whole = relay_from_bytes(data)
    for end in range(len(data) - 1):
        try:
            assert relay_from_bytes(data[:end]) != whole
        except FormatError:
            continue


WRONG: list[Callable[[dict[str, Any]], Any]] = [
    lambda r: r.pop("organiser"),
    lambda r: r.update(format=0),
    lambda r: r.update(format="1"),
    lambda r: r.update(format=True),
    lambda r: r.update(surprise=1),
    lambda r: r.update(id="Estafette"),
    lambda r: r.update(id="estafette\n"),
    lambda r: r.update(id="a" * 65),
    lambda r: r.update(id="../x"),
    lambda r: r.update(name=""),
    lambda r: r.update(name="x" * 201),
    lambda r: r.update(period={"from": "2011-11-30", "to": "2011-10-31"}),
    lambda r: r.update(languages=["de"]),
    lambda r: r.update(hosts=[party("assen"), party("assen", "other")]),
    lambda r: r.update(hosts=[party("ncsi", "other")]),
    lambda r: r.update(hosts=[party("assen", "same"), party("emmen", "same")]),
    lambda r: r.update(hosts=[party("assen", "ncsi")]),
    lambda r: r.update(hosts=[{**party("assen"), "keys": []}]),
    lambda r: r.update(hosts=[{**party("assen"), "keys": ["ssh-rsa AAAA"]}]),
    lambda r: r.update(hosts=[{**party("assen"), "keys": [Hand("assen").public.line + "\nx"]}]),
    lambda r: r.update(stops=[{"date": "2011-11-01", "host": "zwolle", "place": "Zwolle"}]),
    lambda r: r.update(stops=[{"date": "2011-11-01", "host": "assen", "place": "Assen", "latitude": 91}]),
    lambda r: r.update(revoked=[{"key": Hand("assen").public.fingerprint}]),
    lambda r: r.update(revoked=[{"key": "SHA256:x"}]),
    lambda r: r.update(revoked=[{"key": Hand("x").public.fingerprint, "last_good": {"0f" * 16: "short"}}]),
    lambda r: r.update(revoked=[{"key": Hand("x").public.fingerprint}] * 2),
    lambda r: r.update(policy={"list_lines": 0}),
    lambda r: r.update(policy={"list_lines": 1_000_001}),
    lambda r: r.update(policy={"hold": ["*"] * 201}),
]


@pytest.mark.parametrize("change", WRONG)
def test_a_relay_that_contradicts_itself_or_the_format_is_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    record = relay_record("assen", "emmen")
    change(record)
    assert slug_of(record) == "record-fields"


def test_a_relay_of_a_newer_format_is_said_to_be_newer() -> None:
    assert slug_of({**GOOD, "format": 2, "surprise": 1}) == "future-format"


def test_allowed_signers_follows_to_the_byte_and_binds_each_to_its_own() -> None:
    record = {**GOOD, "archives": [party("assen", "archief-sleutel")], "archivists": [party("x", "emmen")]}
    signers = allowed_signers(relay_from_bytes(dump(record)))
    assert signers.to_bytes() == signers_of(record)
    assert signers.who(RELAY_NAMESPACE, Hand("ncsi").public) == ("ncsi",)
    assert signers.who(HANDOFF_NAMESPACE, Hand("ncsi").public) == ("ncsi",)
    assert signers.who(RELAY_NAMESPACE, Hand("assen").public) == ()
    assert signers.who(RECEIPT_NAMESPACE, Hand("archief-sleutel").public) == ("assen",)
    assert signers.who(HANDOFF_NAMESPACE, Hand("archief-sleutel").public) == ()
    assert signers.who(DECISION_NAMESPACE, Hand("emmen").public) == ("x",)
    assert signers.who(HANDOFF_NAMESPACE, Hand("emmen").public) == ("emmen",)


def test_several_keys_of_a_host_all_sign_for_it() -> None:
    record = {**GOOD, "hosts": [party("assen", "laptop", "tablet")]}
    signers = allowed_signers(relay_from_bytes(dump(record)))
    assert signers.who(HANDOFF_NAMESPACE, Hand("laptop").public) == ("assen",)
    assert signers.who(HANDOFF_NAMESPACE, Hand("tablet").public) == ("assen",)


@pytest.mark.parametrize(
    ("path", "class_"),
    [
        (b"data/x/setup.EXE", "refuse"),
        (b"data/x.exe/verslag.pdf", "pass"),
        (b"data/x/macro.docm", "hold"),
        (b"data/x/both.docm.exe", "refuse"),
        ("data/GEHEIM één.txt".encode(), "hold"),
        (b"data/\xff.exe", "refuse"),
        (b"data/a.ex", "pass"),
    ],
)
def test_policy_looks_at_the_name_whatever_its_case(path: bytes, class_: str) -> None:
    assert policy_class(Policy(refuse=("*.exe",), hold=("*.docm", "geheim*")), path) == class_


@given(st.text(min_size=1, max_size=200), st.binary(max_size=255))
def test_no_pattern_is_wrong_and_no_name_is_too_odd(pattern: str, name: bytes) -> None:
    assert policy_class(Policy(hold=(pattern,)), b"data/" + name) in {"pass", "hold"}


def test_no_pattern_takes_for_ever_on_any_name() -> None:
    slow = ("*a" * 99 + "b", "*?" * 100, "*" * 200, "[!b]*" * 40 + "b", "*a*b" * 50)
    started = time.process_time()
    for name in (b"a" * 255, b"ab" * 127):
        for pattern in slow:
            policy_class(Policy(hold=(pattern,)), b"data/" + name)
    assert time.process_time() - started < 1


def test_fifty_thousand_names_against_a_long_policy_take_seconds_not_minutes() -> None:
    policy = Policy(hold=tuple(f"*.h{number}" for number in range(50)), refuse=("*.exe",))
    started = time.process_time()
    for number in range(5_000):
        policy_class(policy, b"data/map/verslag %d.docx" % number)
    assert time.process_time() - started < 1
