"""The hand-off manifest and its index: printed and read the same, and nothing read that nobody would print."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody import names
from linksync.custody.handoff import (
    Contribution,
    Counts,
    Handoff,
    IndexLine,
    Named,
    Noted,
    Sizes,
    handoff_from_bytes,
    index_from_bytes,
    index_to_bytes,
)
from linksync.custody.strict_yaml import dump
from linksync.errors import FormatError

HASH = "0" * 64
COUNT = st.integers(0, 10**15)
PATH = st.binary(min_size=1, max_size=40).map(names.escape)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
IDS = st.from_regex(names.ID_PATTERN, fullmatch=True).filter(names.is_id)
TIMES = st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(2000, 1, 1))
NAMED = st.lists(st.builds(Named, path=PATH, reason=st.from_regex("[a-z0-9-]{1,40}", fullmatch=True)), max_size=2)
HANDOFFS = st.builds(
    Handoff,
    format=st.just(1),
    relay=IDS,
    relay_version=st.integers(1, 9999),
    link=st.just("0f" * 16),
    number=st.integers(2, 999_999),
    previous=st.just(HASH),
    holder=IDS,
    received_from=st.none() | IDS,
    place=TEXT,
    time=TIMES,
    counts=st.builds(Counts, added=COUNT, held=COUNT, total=COUNT),
    sizes=st.builds(Sizes, added=COUNT, total=COUNT),
    contributions=st.lists(
        st.builds(
            Contribution, folder=PATH, audience=st.sampled_from(["organisers", "everyone"]), files=COUNT, size=COUNT
        ),
        max_size=2,
    ).map(tuple),
    waiting=NAMED.map(tuple),
    special=NAMED.map(tuple),
    litter=st.lists(PATH, max_size=2).map(tuple),
    narrowed=st.lists(PATH, max_size=2).map(tuple),
    findings=st.lists(st.builds(Noted, code=st.just("E301"), path=PATH), max_size=2).map(tuple),
    software=TEXT.filter(bool),
)
LINES = st.lists(
    st.builds(
        IndexLine,
        path=PATH,
        sha256=st.just(HASH),
        size=COUNT,
        class_=st.sampled_from(["pass", "hold", "refuse"]),
        audience=st.sampled_from(["organisers", "everyone"]),
        codes=st.lists(st.from_regex("[a-z0-9-]{1,40}", fullmatch=True), max_size=2).map(tuple),
        media_type=st.just("text/plain") | st.just(msgspec.UNSET),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda line: line.path,
)
GOOD: dict[str, Any] = {
    "format": 1,
    "relay": "estafette",
    "relay_version": 1,
    "link": "0f" * 16,
    "number": 2,
    "previous": HASH,
    "holder": "assen",
    "received_from": None,
    "place": "Assen",
    "time": "2011-11-01T10:00:00Z",
    "counts": {},
    "bytes": {},
    "software": "test 1",
}


@given(HANDOFFS)
def test_a_hand_off_that_is_printed_is_read_again(handoff: Handoff) -> None:
    data = handoff.to_bytes()
    assert handoff_from_bytes(data) == handoff
    assert handoff_from_bytes(data).to_bytes() == data


def test_every_truncation_of_a_hand_off_is_refused_or_lacks_what_was_cut_off() -> None:
    whole = handoff_from_bytes(dump(GOOD))
    data = dump(GOOD)
    for end in range(len(data) - 1):
        try:
            assert handoff_from_bytes(data[:end]) != whole
        except FormatError:
            continue


@pytest.mark.parametrize(
    "change",
    [
        {"format": 0},
        {"relay_version": 0},
        {"relay_version": 10_000},
        {"number": 0},
        {"number": 1_000_000},
        {"number": "2"},
        {"number": 1},
        {"previous": None},
        {"previous": HASH[:-1]},
        {"previous": HASH.replace("0", "A")},
        {"link": "0F" * 16},
        {"link": "0f" * 16 + "\n"},
        {"holder": "gemeente Assen"},
        {"holder": "assen\n"},
        {"time": "2011-11-01"},
        {"time": "2011-11-01T10:00:00"},
        {"time": "2011-11-01T10:00:00+01:00"},
        {"counts": {"added": -1}},
        {"counts": {"added": 10**15 + 1}},
        {"counts": {"added": 1.0}},
        {"surprise": 1},
        {"waiting": [{"path": "x", "reason": "Niet nu"}]},
        {"findings": [{"code": "X301"}]},
        {"narrowed": ["data/a\nb"]},
        {"software": ""},
    ],
)
def test_a_hand_off_with_a_field_that_the_format_does_not_allow_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(FormatError) as caught:
        handoff_from_bytes(dump({**GOOD, **change}))
    assert caught.value.slug == "record-fields"


def test_a_hand_off_of_a_newer_format_is_said_to_be_newer() -> None:
    with pytest.raises(FormatError) as caught:
        handoff_from_bytes(dump({**GOOD, "format": 2, "surprise": 1}))
    assert caught.value.slug == "future-format"


def test_in_transit_is_what_another_holder_sealed_before() -> None:
    assert not handoff_from_bytes(dump(GOOD)).in_transit
    assert not handoff_from_bytes(dump({**GOOD, "received_from": "assen"})).in_transit
    assert handoff_from_bytes(dump({**GOOD, "received_from": "emmen"})).in_transit


# The index.


@given(LINES)
def test_an_index_that_is_printed_is_read_again(lines: list[IndexLine]) -> None:
    data = index_to_bytes(lines)
    read = index_from_bytes(data)
    assert sorted(read, key=lambda line: names.unescape(line.path)) == list(read)
    assert index_to_bytes(read) == data


@given(LINES, st.data())
def test_whatever_index_is_accepted_prints_as_the_same_bytes(lines: list[IndexLine], draw: st.DataObject) -> None:
    data = bytearray(index_to_bytes(lines))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at : at + draw.draw(st.integers(0, 3))] = draw.draw(st.binary(max_size=3))
    try:
        read = index_from_bytes(bytes(data))
    except FormatError:
        return
    assert index_to_bytes(read) == bytes(data)


@given(LINES)
def test_every_truncation_of_an_index_is_refused_or_a_shorter_index(lines: list[IndexLine]) -> None:
    data = index_to_bytes(lines)
    for end in range(len(data)):
        if end and data[end - 1] == 10:
            assert len(index_from_bytes(data[:end])) < len(lines)
        else:
            with pytest.raises(FormatError):
                index_from_bytes(data[:end])


LINE = (
    b'{"path":"data/a","sha256":"' + HASH.encode() + b'","size":1,"class":"pass","audience":"organisers","codes":[]}\n'
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        LINE[:-1],
        LINE + b"\n",
        LINE + LINE,
        LINE.replace(b"data/a", b"data/b") + LINE,
        LINE.replace(b"\n", b"\r\n"),
        LINE.replace(b'"size":1', b'"size": 1'),
        LINE.replace(b'"size":1', b'"size":1.0'),
        LINE.replace(b'"size":1', b'"size":1e0'),
        LINE.replace(b'"size":1', b'"size":-1'),
        LINE.replace(b'"size":1', b'"size":2,"size":1'),
        LINE.replace(b'{"path":"data/a"', b'{"path":"data/b","path":"data/a"'),
        LINE.replace(b"data/a", b"data/\\u0061"),
        LINE.replace(b"data/a", b"data/\\ud800"),
        LINE.replace(b"data/a", b"data/\\n"),
        LINE.replace(b"data/a", b"data/\\\\x4"),
        LINE.replace(b"data/a", b"data/\xff"),
        LINE.replace(b"pass", b"PASS"),
        LINE.replace(b"organisers", b"nobody"),
        LINE.replace(b',"codes":[]', b""),
        LINE.replace(b"[]", b"[" * 100_000),
        LINE.replace(b"[]", b"[" + b'"x",' * 5000 + b'"x"]'),
        b"[]\n",
        b"null\n",
    ],
)
def test_an_index_that_could_be_read_in_two_ways_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        index_from_bytes(data)
    assert caught.value.slug == "index-line"


def test_an_index_of_more_lines_than_the_policy_allows_is_refused_before_it_is_read() -> None:
    assert len(index_from_bytes(LINE, lines=1)) == 1
    with pytest.raises(FormatError) as caught:
        index_from_bytes(b"x\n" * 101, lines=100)
    assert caught.value.slug == "list-too-long"
