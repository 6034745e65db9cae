"""Receipts and decisions: records beside the chain, by those whom the relay lists and no one else."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from links import LINK, Hand, Link, codes, hash_of, naming, played, relay_record, sealed, with_file

from linksync.custody import seal
from linksync.custody.decision import Decision, decision_from_bytes
from linksync.custody.receipt import Receipt, receipt_from_bytes
from linksync.custody.seal import RawFolder
from linksync.custody.side import read_decisions, read_receipts
from linksync.custody.strict_yaml import dump
from linksync.errors import FormatError

HASH = "0" * 64
TIMES = st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(2000, 1, 1))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
RECEIPT: dict[str, Any] = {
    "format": 1,
    "relay": "estafette",
    "link": LINK,
    "number": 2,
    "handoff": HASH,
    "archive": "archief",
    "object": f"urn:linksync:{LINK}:2:{HASH}",
    "files": 1,
    "bytes": 9,
    "time": "2011-11-02T10:00:00Z",
    "software": "test 1",
}
DECISION: dict[str, Any] = {
    "format": 1,
    "relay": "estafette",
    "archivist": "archivaris",
    "number": 1,
    "act": "withdraw",
    "contents": [HASH],
    "reason": "Op verzoek van de gever.",
    "time": "2011-11-02T10:00:00Z",
    "software": "test 1",
}


def receipt(link: Link, *, archive: str = "archief", hand: str = "", namespace: str = "", **change: Any) -> RawFolder:
    handoff = link.handoffs[1]
    record = {**RECEIPT, "handoff": hash_of(handoff), "archive": archive, **change}
    kind = replace(seal.RECEIPT, namespace=namespace or seal.RECEIPT.namespace)
    place = f"linksync/receipts/{archive}/{handoff.name}"
    follows = naming(link.relays[-1], handoff)
    return sealed(kind, place, {"receipt.yaml": dump(record)}, follows, hand or archive)


def decision(
    link: Link, *, archivist: str = "archivaris", hand: str = "", folder: str = "0001", **change: Any
) -> RawFolder:
    record = {**DECISION, "archivist": archivist, **change}
    place = f"linksync/decisions/{archivist}/{folder}"
    follows = naming(link.relays[-1])
    return sealed(seal.DECISION, place, {"decision.yaml": dump(record)}, follows, hand or archivist)


def receipts_of(link: Link, *folders: RawFolder) -> tuple[int, list[str]]:
    stand, found = read_receipts(folders, link.roster())
    return len(stand), codes(found)


def decisions_of(link: Link, *folders: RawFolder) -> tuple[int, list[str]]:
    stand, found = read_decisions(folders, link.roster())
    return len(stand), codes(found)


@given(st.integers(0, 10**15), TIMES, TEXT)
def test_a_receipt_that_is_printed_is_read_again(count: int, time: dt.datetime, text: str) -> None:
    told = Receipt(
        format=1, relay="a", link=LINK, number=7, handoff=HASH, archive="b", object=text, files=count, size=count,
        time=time, software=text,
    )  # fmt: skip
    assert receipt_from_bytes(told.to_bytes()) == told
    assert receipt_from_bytes(told.to_bytes()).to_bytes() == told.to_bytes()


@given(st.sampled_from(["release", "refuse", "withdraw", "describe", "audience"]), TIMES, TEXT)
def test_a_decision_that_is_printed_is_read_again(act: Any, time: dt.datetime, text: str) -> None:
    told = Decision(
        format=1, relay="a", archivist="b", number=7, act=act, contents=(HASH,), reason=text, time=time, software=text,
        audience="everyone" if act == "audience" else None, text=text if act == "describe" else "",
    )  # fmt: skip
    assert decision_from_bytes(told.to_bytes()) == told
    assert decision_from_bytes(told.to_bytes()).to_bytes() == told.to_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"number": 0},
        {"number": 1_000_000},
        {"handoff": HASH + "\n"},
        {"archive": "Archief"},
        {"files": -1},
        {"time": "2011-11-02T10:00:00"},
        {"time": "2011-11-02T10:00:00+01:00"},
        {"surprise": 1},
    ],
)
def test_a_receipt_that_the_format_does_not_allow_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        receipt_from_bytes(dump({**RECEIPT, **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"number": 0},
        {"number": 10_000},
        {"act": "delete"},
        {"contents": []},
        {"contents": [HASH[:-1]]},
        {"reason": ""},
        {"act": "audience"},
        {"audience": "everyone"},
        {"act": "audience", "audience": "nobody"},
        {"text": "Alleen bij een beschrijving."},
        {"time": "2011-11-02T10:00:00+01:00"},
        {"surprise": 1},
    ],
)
def test_a_decision_that_the_format_does_not_allow_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        decision_from_bytes(dump({**DECISION, **change}))


@pytest.mark.parametrize(("parse", "record"), [(receipt_from_bytes, RECEIPT), (decision_from_bytes, DECISION)])
def test_every_truncation_of_a_side_record_is_refused_or_lacks_what_was_cut_off(parse: Any, record: Any) -> None:
    data = dump(record)
    whole = parse(data)
    for end in range(len(data) - 1):
        try:
            assert parse(data[:end]) != whole
        except FormatError:
            continue


# On the stick.


def test_a_receipt_and_a_decision_by_those_listed_stand() -> None:
    link = played("assen")
    assert receipts_of(link, receipt(link)) == (1, [])
    assert decisions_of(link, decision(link)) == (1, [])


def test_one_by_somebody_whom_the_relay_does_not_list_is_a_note_and_stands_for_nothing() -> None:
    link = played("assen")
    assert receipts_of(link, receipt(link, archive="ander-archief")) == (0, ["W114"])
    assert decisions_of(link, decision(link, archivist="ander")) == (0, ["W114"])


def test_a_stranger_in_the_place_of_somebody_listed_is_a_forger() -> None:
    link = played("assen")
    assert receipts_of(link, receipt(link, hand="thief")) == (0, ["E202"])
    assert decisions_of(link, decision(link, hand="thief")) == (0, ["E202"])


@pytest.mark.parametrize("hand", ["assen", "archivaris", "ncsi"])
def test_nobody_else_in_the_relay_signs_a_receipt(hand: str) -> None:
    link = played("assen")
    assert receipts_of(link, receipt(link, hand=hand))[0] == 0


def test_an_archive_cannot_sign_in_another_ones_folder() -> None:
    link = played("assen")
    link.sign_relay(archives=[*relay_record()["archives"], {**relay_record("tweede")["hosts"][0]}])
    assert receipts_of(link, receipt(link, archive="tweede")) == (1, [])
    assert receipts_of(link, receipt(link, hand="tweede")) == (0, ["E203"])


def test_a_receipt_signed_for_another_purpose_counts_for_nothing() -> None:
    link = played("assen")
    assert receipts_of(link, receipt(link, namespace="linksync-decision-v1")) == (0, ["E204"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"relay": "andere"}, "E216"),
        ({"number": 3}, "E117"),
        ({"handoff": HASH}, "E117"),
        ({"format": 2}, "E103"),
        ({"files": -1}, "E112"),
    ],
)
def test_a_receipt_that_says_another_thing_than_its_seal_falls(change: dict[str, Any], code: str) -> None:
    link = played("assen")
    assert receipts_of(link, receipt(link, **change)) == (0, [code])


def test_a_decision_in_the_place_of_another_falls() -> None:
    link = played("assen")
    assert decisions_of(link, decision(link, folder="0002")) == (0, ["E117"])
    assert decisions_of(link, decision(link, relay="andere")) == (0, ["E216"])


def test_a_record_of_a_relay_version_that_is_not_here_falls() -> None:
    link = played("assen")
    link.sign_relay()
    told = receipt(link)
    link.relays.pop()
    assert receipts_of(link, told) == (0, ["E217"])


def test_every_truncation_of_a_receipt_and_its_signature_stands_for_nothing() -> None:
    link = played("assen")
    whole = receipt(link)
    for name, data in whole.files.items():
        for end in range(len(data)):
            count, found = receipts_of(link, with_file(whole, name, data[:end]))
            assert count == 0
            assert found


def test_a_revoked_key_signs_nothing_beside_the_chain_whichever_version_it_names() -> None:
    link = played("assen")
    early = receipt(link)
    link.sign_relay(archives=[], revoked=[{"key": Hand("archief").public.fingerprint}])
    assert receipts_of(link, early) == (0, ["W114"])
    link.sign_relay(revoked=[])
    assert receipts_of(link, early) == (0, ["W114"])


def test_a_rotated_key_keeps_what_it_signed_before() -> None:
    link = played("assen")
    early = receipt(link)
    link.sign_relay(archives=[])
    assert receipts_of(link, early) == (1, [])
