"""Strict YAML: what is read, what is refused and by which name, and that nothing can make it fall over."""

import time
import tracemalloc
from contextlib import suppress
from typing import Literal

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from linksync.custody.strict_yaml import (
    BYTES_MAX,
    DEPTH_MAX,
    NODES_MAX,
    Value,
    convert,
    dump,
    load,
    load_record,
)
from linksync.errors import FormatError

SECONDS = 10.0  # a bomb that works takes minutes or the whole process; these take less than one


class Stop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Literal[1]
    host: str
    days: tuple[int, ...] = ()


def refused(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        load(data)
    return caught.value


def slug_and_line(data: bytes) -> tuple[str, object]:
    error = refused(data)
    return error.slug, error.fields.get("line")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("999999999999999999", 999_999_999_999_999_999),
        ("52.9925", 52.9925),
        ("-0.5", -0.5),
        ("1.0", 1.0),
    ],
)
def test_words_and_numbers_are_few_and_plain(typed: str, meant: Value) -> None:
    (found,) = load(f"- {typed}".encode())  # type: ignore[misc, str-unpack]
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "no",
        "yes",
        "on",
        "Off",
        "True",
        "NULL",
        "~",
        "y",
        "0123456",
        "12:30:45",
        "2011-11-01",
        "1e5",
        "1_000",
        "0x1f",
        "0o17",
        "+1",
        ".5",
        "5.",
        ".inf",
        ".nan",
        "1234567890123456789",
        "=",
        "<<",
        "00.5",
        "-01",
        "٣",
        "1" * 5000,
        "9" * 400 + ".0",
        "9" * 309 + ".0",
        "-",
        "a b",
        "http://x/y#z",
        "don't",
    ],
)
def test_every_other_unquoted_word_is_the_text_that_was_typed(typed: str) -> None:
    wanted: list[Value] = [None] if typed == "-" else [typed]
    assert load(f"[{typed}]".encode() if typed != "-" else b"-\n") == wanted


@pytest.mark.parametrize("typed", ['"true"', "'null'", '"1"', "'1.5'", '""', "|-\n  12", ">-\n  true"])
def test_quoted_is_always_text(typed: str) -> None:
    assert isinstance(load(f"a: {typed}\n".encode()), dict)
    assert type(next(iter(load(f"a: {typed}\n".encode()).values()))) is str  # type: ignore[union-attr]


def test_a_page_as_an_organiser_types_it_is_read() -> None:
    page = b"""---
# the relay
id: slimmer-werken
languages: [nl, en]
open: no
empty:
hosts:
- {id: assen, name: "Gemeente Assen"}
- id: emmen
  note: >
    two lines
    folded
stops:
  - date: 2011-11-01
    latitude: 52.99
...
"""
    assert load(page) == {
        "id": "slimmer-werken",
        "languages": ["nl", "en"],
        "open": "no",
        "empty": None,
        "hosts": [{"id": "assen", "name": "Gemeente Assen"}, {"id": "emmen", "note": "two lines folded\n"}],
        "stops": [{"date": "2011-11-01", "latitude": 52.99}],
    }


@pytest.mark.parametrize(
    ("data", "slug", "line"),
    [
        (b"", "yaml-empty", None),
        (b"# nothing\n\n", "yaml-empty", None),
        (b"---\n", "yaml-empty", None),
        (b"\xef\xbb\xbfa: 1", "yaml-bom", None),
        (b"a: 1\nb: \xff", "yaml-not-utf8", 2),
        (b"a: \xed\xa0\x80", "yaml-not-utf8", 1),
        ("a: 1".encode("utf-16"), "yaml-not-utf8", 1),
        (b"a: 1\r\nb: 2\r\n", "yaml-carriage-return", 1),
        (b"a:\n\tb: 1", "yaml-tab", 2),
        (b"a: 1 \t# note", "yaml-tab", 1),
        (b"a: 1\nb: x\0y", "yaml-control", 2),
        (b"a: \x1b[31m", "yaml-control", 1),
        (b"a: \x7f", "yaml-control", 1),
        (b"a: \xc2\x85b: 2", "yaml-control", 1),
        ("a: b\u2028c: d".encode(), "yaml-invisible", 1),
        ("a: 1\n# \u202e hidden".encode(), "yaml-invisible", 2),
        ("a: \ufeffb".encode(), "yaml-invisible", 1),
        (b"a: 1\nb: &x 1", "yaml-anchor", 2),
        (b"a: &x [1]", "yaml-anchor", 1),
        (b"a: *x", "yaml-alias", 1),
        (b"*x : 1", "yaml-alias", 1),
        (b"a: !!str 1", "yaml-tag", 1),
        (b"a: ! 1", "yaml-tag", 1),
        (b"!!python/object/apply:os.system [ls]", "yaml-tag", 1),
        (b"a: !!binary aGk=", "yaml-tag", 1),
        (b"--- 1\n--- 2\n", "yaml-documents", 2),
        (b"a: 1\n...\n---\nb: 2\n", "yaml-documents", 3),
        (b"%YAML 1.1\n---\na: 1", "yaml-directive", 1),
        (b"# note\n%TAG ! tag:x,2000:\n---\na: 1", "yaml-directive", 2),
        (b"%FOO bar\n---\na: 1", "yaml-directive", 1),
        (b"a: 1\nb: 2\na: 3", "yaml-duplicate-key", 3),
        (b'a: 1\n"a": 3', "yaml-duplicate-key", 2),
        (b"- {a: 1, a: 2}", "yaml-duplicate-key", 1),
        (b"1: a", "yaml-key", 1),
        (b"true: a", "yaml-key", 1),
        (b"null: a", "yaml-key", 1),
        (b": a", "yaml-syntax", 1),
        (b"1.5: a", "yaml-key", 1),
        (b"? [a]\n: b", "yaml-key", 1),
        (b"? {a: b}\n: c", "yaml-key", 1),
        (b"a: 1\n<<: {b: 2}", "yaml-merge", 2),
        (b"a: [1, 2", "yaml-syntax", 1),
        (b"a: b: c", "yaml-syntax", 1),
        (b"a: 1\n  b: 2", "yaml-syntax", 2),
        (b"a: 'open", "yaml-syntax", 1),
        (b'a: "\\q"', "yaml-syntax", 1),
        (b'a: "\\ud800"', "yaml-syntax", 1),
        (b'a: "\\UFFFFFFFF"', "yaml-syntax", 1),
        (b"a: @x", "yaml-syntax", 1),
        (b"a: }", "yaml-syntax", 1),
    ],
)
def test_what_people_do_not_read_as_meant_is_refused_by_name_and_line(data: bytes, slug: str, line: int | None) -> None:
    assert slug_and_line(data) == (slug, line)


def test_a_key_in_an_error_is_shown_with_nothing_hidden_in_it() -> None:
    error = refused(b'"a\\u202e\\n": 1\n"a\\u202e\\n": 2')
    assert error.fields == {"line": 2, "key": r"a\xe2\x80\xae\x0a"}


def test_an_invisible_character_is_told_by_its_number() -> None:
    assert refused("a: \u202eb".encode()).fields == {"line": 1, "code": "U+202E"}


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_depth_20_is_read_and_21_is_refused(opening: str, closing: str) -> None:
    load((opening * DEPTH_MAX + closing * DEPTH_MAX).encode())
    error = refused((opening * (DEPTH_MAX + 1) + closing * (DEPTH_MAX + 1)).encode())
    assert (error.slug, error.fields["limit"]) == ("yaml-depth", DEPTH_MAX)


def test_as_many_nodes_as_allowed_are_read_and_one_more_is_refused() -> None:
    assert load(b"-\n" * (NODES_MAX - 1)) == [None] * (NODES_MAX - 1)
    assert refused(b"-\n" * NODES_MAX).slug == "yaml-nodes"


LAUGHS = b'a0: &a0 "ha"\n' + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 30)
)
DEEP = b"\n".join(b" " * n + b"a:" for n in range(1400))
FULL = BYTES_MAX
BOMBS = {
    "nested brackets": (b"[" * 100_000, "yaml-depth"),
    "nested brackets and their ends": (b"[" * 100_000 + b"]" * 100_000, "yaml-depth"),
    "nested brackets on lines": (b"[\n" * (FULL // 2), "yaml-depth"),
    "nested braces": (b"{" * 100_000, "yaml-key yaml-depth"),  # which of the two is libyaml's to see first
    "nested braces with keys": (b"{a: " * 100_000, "yaml-depth"),
    "nested brackets and braces": (b"[{a: " * 100_000, "yaml-depth"),
    "nested dashes": (b"- " * (FULL // 2), "yaml-depth"),
    "nested question marks": (b"? " * (FULL // 2), "yaml-key"),
    "deep indentation": (DEEP, "yaml-depth"),
    "billion laughs": (LAUGHS, "yaml-anchor"),
    "many nodes": (b"[" + b"a," * (FULL // 2 - 1) + b"]", "yaml-nodes"),
    "many dashes": (b"- \n" * (FULL // 3), "yaml-nodes"),
    "many empty maps": (b"{}," * 9 + b"- {}\n" * (FULL // 8), "yaml-syntax"),
    "a huge key": (b"a" * (FULL - 10) + b": b", "yaml-syntax"),
    "a huge anchor": (b"&" + b"a" * (FULL - 4) + b" b", "yaml-anchor"),
    "a huge tag": (b"!" + b"a" * (FULL - 4) + b" b", "yaml-tag"),
    "an open quote": (b'"' + b"a\n" * (FULL // 2 - 1), "yaml-syntax"),
    "a huge directive": (b"%" * FULL, "yaml-directive"),
    "many directives": (b"#\n" * (FULL // 2 - 4) + b"%A 1\n", "yaml-directive"),
    "only colons": (b":" * (FULL - 1) + b" ", "yaml-syntax"),
    "the same key again": (b"k: v\n" * (FULL // 5), "yaml-duplicate-key"),
    "lists in lists of one key": (b"- [[[[[[[[[[[[[[[[[[[[\n" * 10_000, "yaml-depth"),
    "empty lines": (b"\n" * FULL, "yaml-empty"),
    "comments": (b"#\n" * (FULL // 2), "yaml-empty"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_little_time_and_memory(name: str) -> None:
    data, slug = BOMBS[name]
    tracemalloc.start()
    start = time.perf_counter()
    try:
        found = refused(data).slug
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (found in slug.split(), time.perf_counter() - start < SECONDS, peak < 100 << 20) == (True, True, True)


def test_fifty_megabytes_are_refused_by_their_size_before_any_work() -> None:
    data = b"- " * (25 << 20)
    start = time.perf_counter()
    error = refused(data)
    assert time.perf_counter() - start < 0.05
    assert (error.slug, error.fields) == ("yaml-too-large", {"size": 50 << 20, "limit": BYTES_MAX})


def test_the_caller_may_set_a_lower_limit() -> None:
    assert load(b"a: 1", limit=4) == {"a": 1}
    with pytest.raises(FormatError, match="yaml-too-large"):
        load(b"a: 12", limit=4)


@pytest.mark.parametrize("data", [b"a" * FULL, b"'" + b"\n" * (FULL - 2) + b"'", b"|\n" + b" a\n" * (FULL // 3 - 1)])
def test_one_huge_text_is_read_in_little_time(data: bytes) -> None:
    start = time.perf_counter()
    assert isinstance(load(data), str)
    assert time.perf_counter() - start < SECONDS


YAMLISH = st.text(alphabet="ab1.-:?[]{},#&*!|>'\"%@<~= \n\\ué\u202e", max_size=60).map(str.encode)


@settings(max_examples=1500, deadline=None)
@given(st.one_of(YAMLISH, st.binary(max_size=200), st.text(max_size=100).map(lambda s: s.encode("utf-8", "replace"))))
def test_whatever_the_bytes_a_value_or_a_format_error_comes_out(data: bytes) -> None:
    try:
        value = load(data)
    except FormatError:
        return
    assert load(dump(value)) == value


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_byte_in_a_good_page_is_read_or_refused_and_never_a_crash(data: st.DataObject) -> None:
    page = bytearray(dump({"format": 1, "stops": [{"date": "2011-11-01", "n": 1, "t": "é \n"}], "e": [], "f": {}}))
    page[data.draw(st.integers(0, len(page) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FormatError):
        load(bytes(page))


ODD = st.sampled_from(
    [
        "no",
        "1",
        "-1",
        "1.5",
        "true",
        "null",
        "~",
        "",
        " ",
        "- a",
        "-",
        "a: b",
        "a:",
        ": a",
        "# c",
        "a # c",
        "a #",
        " a",
        "a ",
        "---",
        "...",
        "--- a",
        "? a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a",
        "[a]",
        "{a}",
        "a]",
        "<<",
        "=",
        "|",
        ">",
        "'a'",
        '"a"',
        "a\\b",
        "a\nb",
        "\n",
        "a\tb",
        "\t",
        "\r",
        "\0",
        "\x1b",
        "\x7f",
        "\x85",
        "\xa0",
        "\u2028",
        "\u2029",
        "\u202e",
        "\ufeff",
        "\ufffe",
        "\U0001f642",
        "\U0001f469\u200d\U0001f52c",
        "é",
        "e\u0301",
        "\u0301",
        "0123456",
        "12:30:45",
        "2011-11-01",
        "x" * 1500,
        "\u2028" * 300,
        "a, b",
        "a  b",
        "\ue000",
        "\U0010ffff",
        "\u00ad",
        "C:\\data",
        "ü: x",
    ],
)
TEXT = st.one_of(
    ODD, st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40), YAMLISH.map(bytes.decode)
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(1 - 10**18, 10**18 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=20,
)


def same(one: Value, other: Value) -> bool:
    """Equal in value, type and order of keys; minus zero is not zero."""
    return repr(one) == repr(other)


@settings(max_examples=1000, deadline=None)
@given(VALUES)
def test_what_is_written_is_read_back_the_same(value: Value) -> None:
    assert same(load(dump(value)), value)


@settings(max_examples=400, deadline=None)
@given(VALUES)
def test_what_is_written_is_one_form_only(value: Value) -> None:
    assert dump(load(dump(value))) == dump(value)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_both_parsers_of_pyyaml_read_what_is_written_alike(value: Value) -> None:
    def events(loader: type) -> list[tuple[str, object, bool]]:
        return [
            (type(e).__name__, getattr(e, "value", None), bool(getattr(e, "style", None)))
            for e in yaml.parse(dump(value), Loader=loader)
        ]

    assert events(yaml.CSafeLoader) == events(yaml.SafeLoader)


@settings(max_examples=500, deadline=None)
@given(VALUES)
def test_nothing_unseen_stands_raw_in_what_is_written(value: Value) -> None:
    text = dump(value).decode()
    unseen = {c for c in text if c != "\n" and (c < " " or "\x7f" <= c <= "\xa0" or "\u2000" <= c <= "\u200f")}
    unseen |= {c for c in text if "\u2028" <= c <= "\u202f" or "\u2060" <= c <= "\u206f" or c in "\xad\u061c\ufeff"}
    assert unseen == set()
    assert text.endswith("\n")


def test_a_record_reads_like_a_page() -> None:
    record = {
        "format": 1,
        "link": "0123456789abcdef0123456789abcdef",
        "number": 7,
        "previous": None,
        "holder": "gemeente-assen",
        "place": "Assen, Noordersingel 33",
        "time": "2011-11-07T09:30:00+01:00",
        "contributions": [
            {"folder": "data/Bakkerij 't Hoekje", "audience": "everyone", "sizes": [1, 2]},
            {"folder": "no: \u202e#", "audience": "organisers", "sizes": []},
        ],
        "counts": {"added": 3, "bytes": 1.5},
        "pairs": [["a", "b"], []],
        "findings": [],
        "policy": {},
        "note": "two\nlines",
    }
    assert dump(record).decode() == (
        "format: 1\n"
        "link: 0123456789abcdef0123456789abcdef\n"
        "number: 7\n"
        "previous: null\n"
        "holder: gemeente-assen\n"
        "place: Assen, Noordersingel 33\n"
        "time: 2011-11-07T09:30:00+01:00\n"
        "contributions:\n"
        "  - folder: data/Bakkerij 't Hoekje\n"
        "    audience: everyone\n"
        "    sizes:\n"
        "      - 1\n"
        "      - 2\n"
        '  - folder: "no: \\u202E#"\n'
        "    audience: organisers\n"
        "    sizes: []\n"
        "counts:\n"
        "  added: 3\n"
        "  bytes: 1.5\n"
        "pairs:\n"
        "  - - a\n"
        "    - b\n"
        "  - []\n"
        "findings: []\n"
        "policy: {}\n"
        'note: "two\\nlines"\n'
    )


def test_a_key_longer_than_yaml_allows_on_one_line_is_written_all_the_same() -> None:
    value: Value = {"k" * 2000: {"a": [1]}, "\u2028" * 500: "b", "é" * 1000: []}
    assert same(load(dump([value])), [value])


@pytest.mark.parametrize(
    "value",
    [
        10**18,
        -(10**18),
        float("inf"),
        float("nan"),
        "\ud800",
        {1: "a"},
        {None: 1},
        {"\udcff": 1},
        b"bytes",
        {1},
        object(),
    ],
)
def test_what_strict_yaml_cannot_say_is_the_callers_mistake(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        dump(value)


def test_what_holds_itself_or_is_too_deep_is_the_callers_mistake() -> None:
    endless: list[object] = []
    endless.append(endless)
    deep: list[object] = []
    for _ in range(DEPTH_MAX - 1):
        deep = [deep]
    load(dump(deep))
    for value in (endless, [deep], {"a": deep}):
        with pytest.raises(ValueError, match="deeper than 20"):
            dump(value)


def test_a_record_is_read_strictly() -> None:
    assert load_record(b"format: 1\nhost: no\ndays: [1, 2]\n", Stop, what="x.yaml") == Stop(
        format=1, host="no", days=(1, 2)
    )


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (b"format: 1\n", "missing required field `host`"),
        (b"format: 1\nhost: 5\n", "$.host"),
        (b"format: 1\nhost: a\ndays: ['1']\n", "$.days[0]"),
        (b"format: 1\nhost: a\nextra: 1\n", "unknown field `extra`"),
        (b"format: 0\nhost: a\n", "$.format"),
        (b"format: true\nhost: a\n", "$.format"),
        (b"- 1\n", "Expected `object`"),
        (b"text\n", "Expected `object`"),
    ],
)
def test_a_record_that_does_not_fit_says_why(page: bytes, why: str) -> None:
    with pytest.raises(FormatError) as caught:
        load_record(page, Stop, what="x.yaml")
    assert (caught.value.slug, caught.value.fields["what"]) == ("record-fields", "x.yaml")
    assert why in str(caught.value.fields["why"])


def test_a_hostile_field_name_is_shown_short_and_with_nothing_hidden() -> None:
    with pytest.raises(FormatError) as caught:
        convert({"format": 1, "host": "a", "\u202e\n" + "x" * 5000: 1}, Stop, what="x.yaml")
    why = str(caught.value.fields["why"])
    assert r"\xe2\x80\xae\x0a" in why
    assert "\u202e" not in why
    assert len(why) < 250


def test_a_newer_format_is_said_to_be_newer_whatever_its_fields() -> None:
    with pytest.raises(FormatError) as caught:
        load_record(b"format: 2\nnew: 1\n", Stop, what="x.yaml")
    assert (caught.value.slug, caught.value.fields) == ("future-format", {"what": "x.yaml", "found": 2})


def test_a_record_over_its_limit_is_refused() -> None:
    with pytest.raises(FormatError, match="yaml-too-large"):
        load_record(b"format: 1\nhost: a\n", Stop, what="x.yaml", limit=10)
