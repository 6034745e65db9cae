"""Adding to a page that people keep by hand: their bytes stay, and it says what it said plus the item."""

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linksync.custody.strict_yaml import dump, load
from linksync.custody.yaml_edit import append_to_list, set_fields
from linksync.errors import FormatError

ITEM = {"id": "emmen", "name": "Emmen: Centrum", "keys": ["ssh-ed25519 AAAA"]}
ADDED = '- id: emmen\n  name: "Emmen: Centrum"\n  keys:\n    - ssh-ed25519 AAAA\n'


def added(column: int) -> str:
    return "".join(f"{' ' * column}{line}\n" for line in ADDED.splitlines())


def lost_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith("- ")]


PAGE = """\
# De estafette van november    (é 🙂)
format: 1   # do not change
id:   "slimmer-werken"

hosts:          # who may sign
  - id: assen
    name: Gemeente Assen     # since 2010
    keys: [ "ssh-ed25519 AAAB" ]
    # their second key is lost

  # next: ask Emmen
stops: []
# the end
"""


def test_a_host_is_added_below_the_last_one_and_every_comment_stays() -> None:
    after = append_to_list(PAGE, "hosts", ITEM)
    head, tail = PAGE.split("    # their second key is lost\n")
    assert after == head + "    # their second key is lost\n" + added(2) + tail


def test_a_second_addition_stands_below_the_first() -> None:
    after = append_to_list(append_to_list(PAGE, "hosts", ITEM), "hosts", {"id": "hoogeveen"})
    assert "    - ssh-ed25519 AAAA\n  - id: hoogeveen\n" in after
    assert lost_lines(PAGE, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("hosts: []", "hosts:\n" + added(2)),
        ("hosts: []   # none yet\nb: 1\n", "hosts:   # none yet\n" + added(2) + "b: 1\n"),
        ("hosts:\nb: 1\n", "hosts:\n" + added(2) + "b: 1\n"),
        ("hosts:", "hosts:\n" + added(2)),
        ("hosts:  # none\n# end\n", "hosts:  # none\n" + added(2) + "# end\n"),
        ("hosts: null\nb: 1\n", "hosts:\n" + added(2) + "b: 1\n"),
        ("a: 1\n", "a: 1\nhosts:\n" + added(2)),
        ("a: 1", "a: 1\nhosts:\n" + added(2)),
        ("a: 1\n...\n", "a: 1\nhosts:\n" + added(2) + "...\n"),
        ("a: 1\n# tail\n", "a: 1\nhosts:\n" + added(2) + "# tail\n"),
        ("a: |\n  text\n\n# tail\n", "a: |\n  text\n\nhosts:\n" + added(2) + "# tail\n"),
        ("---\na: 1\nhosts:\n- x\nb: 1\n", "---\na: 1\nhosts:\n- x\n" + added(0) + "b: 1\n"),
        ("hosts:\n      - x\nb: 1\n", "hosts:\n      - x\n" + added(6) + "b: 1\n"),
        ("hosts:\n- - x\n  - y\n", "hosts:\n- - x\n  - y\n" + added(0)),
        (
            "hosts:\n- n: >\n    long\n    text\nb: 1\n",
            "hosts:\n- n: >\n    long\n    text\n" + added(0) + "b: 1\n",
        ),
        ("hosts:\n- a: 'x\n    y' # c\n# d", "hosts:\n- a: 'x\n    y' # c\n" + added(0) + "# d"),
        ("hosts:\n- {a: 1,\n   b: 2} # c\nz: 1", "hosts:\n- {a: 1,\n   b: 2} # c\n" + added(0) + "z: 1"),
        ("hosts:\n-\n# c\nb: é", "hosts:\n-\n" + added(0) + "# c\nb: é"),
        (
            "ü: é # ñ\nhosts: [x, 'y']  # z\nb: 1\n",
            "ü: é # ñ\nhosts:  # z\n  - x\n  - y\n" + added(2) + "b: 1\n",
        ),
        ("  a: 1\n  hosts: [x]\n", "  a: 1\n  hosts:\n    - x\n" + added(4)),
        ('"hosts": [x]\n', '"hosts":\n  - x\n' + added(2)),
    ],
)
def test_each_way_to_write_a_list_keeps_what_stands_around_it(before: str, after: str) -> None:
    assert append_to_list(before, "hosts", ITEM) == after


def test_comments_inside_brackets_move_above_the_block() -> None:
    before = 'hosts: [ # first\n  {id: "a # b"}, # second\n  x#y,\n] # third\nz: 1\n'
    after = append_to_list(before, "hosts", ITEM)
    head = 'hosts: # third\n  # first\n  # second\n  - id: "a # b"\n  - x#y\n'
    assert after == head + added(2) + "z: 1\n"


@pytest.mark.parametrize(
    "page",
    ["hosts: text\n", "hosts: {a: 1}\n", "hosts: 5\n", "- hosts\n", "text\n", "{a: 1}\n", "{hosts: []}\n"],
)
def test_a_page_that_cannot_be_added_to_is_said_so(page: str) -> None:
    with pytest.raises(FormatError) as caught:
        append_to_list(page, "hosts", ITEM)
    assert (caught.value.slug, caught.value.fields) == ("relay-edit", {"key": "hosts"})


def test_an_addition_that_would_change_a_text_is_not_made() -> None:
    with pytest.raises(FormatError, match="relay-edit"):
        append_to_list("note: |\n  without a line break at the end", "hosts", ITEM)


@pytest.mark.parametrize("page", ["", "a: 1\na: 2\n", "a: &x 1\n", "a: \ud800", "hosts: [\n"])
def test_a_page_that_is_not_strict_yaml_is_refused_as_such(page: str) -> None:
    with pytest.raises(FormatError, match="yaml-"):
        append_to_list(page, "hosts", ITEM)


WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
ITEMS = st.dictionaries(WORDS, st.one_of(WORDS, st.lists(WORDS, max_size=2), st.integers(0, 9)), max_size=3)


@settings(max_examples=300, deadline=None)
@given(st.lists(ITEMS, max_size=3), ITEMS, st.dictionaries(WORDS, WORDS, max_size=2), st.booleans())
def test_whatever_is_added_the_page_says_what_it_said_plus_the_item(
    old: list[dict[str, object]], item: dict[str, object], rest: dict[str, str], last: bool
) -> None:
    rest.pop("hosts", None)
    record = {"a": 1, **rest, "hosts": old} if last else {"a": 1, "hosts": old, **rest}
    before = "# above\n" + dump(record).decode() + "# below\n"
    after = append_to_list(before, "hosts", item)
    assert load(after.encode()) == {**record, "hosts": [*old, item]}
    assert lost_lines(before, after) in ([], ["- hosts: []"])


@settings(max_examples=500, deadline=None)
@given(
    st.text(alphabet="ah:-[]{},#|'\" \n1", max_size=30),
    st.sampled_from(["", "hosts:", "hosts:\n  - a", "hosts: ["]),
)
def test_whatever_the_page_it_is_added_to_or_refused(noise: str, head: str) -> None:
    page = head + noise
    try:
        after = append_to_list(page, "hosts", ITEM)
    except FormatError:
        return
    old, new = load(page.encode()), load(after.encode())
    assert isinstance(old, dict)
    hosts = old.get("hosts") or []
    assert isinstance(hosts, list)
    assert new == {**old, "hosts": [*hosts, ITEM]}


SETTINGS = """\
# mijn instellingen
language: nl   # altijd
as:            gemeente-assen
archive:       # komt nog
  # later
watch:
  - /srv/link  # de spiegel
"""


def test_a_field_is_set_where_it_stands_and_every_comment_stays() -> None:
    after = set_fields(SETTINGS, {"as": "emmen", "archive": "/srv/a: b", "policy": "ask"})
    assert load(after.encode()) == {
        "language": "nl",
        "as": "emmen",
        "archive": "/srv/a: b",
        "watch": ["/srv/link"],
        "policy": "ask",
    }
    assert lost_lines(SETTINGS, after) == ["- as:            gemeente-assen", "- archive:       # komt nog"]
    for comment in ("# mijn instellingen", "# altijd", "# komt nog", "# later", "# de spiegel"):
        assert comment in after


@pytest.mark.parametrize(
    "before", ["", "# leeg\n", "# leeg", "{}\n", "{as: x, key: k} # kort\n", "as: |\n  x\nkey: k\n"]
)
def test_a_page_of_any_form_gets_its_fields(before: str) -> None:
    after = set_fields(before, {"as": "emmen", "archive": "a"})
    told = load(after.encode())
    assert isinstance(told, dict)
    assert (told["as"], told["archive"], told.get("key")) == ("emmen", "a", "k" if "key" in before else None)
    assert before.count("#") == after.count("#")
    assert set_fields(after, {"as": "emmen", "archive": "a"}) == after


def test_a_page_without_fields_at_the_top_is_left_alone() -> None:
    with pytest.raises(FormatError, match="record-fields"):
        set_fields("- a\n", {"as": "x"})


@settings(max_examples=60)
@given(st.text(), st.text())
def test_any_text_can_be_a_field(first: str, second: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in first + second):
        return
    after = set_fields(set_fields(SETTINGS, {"as": first}), {"as": second, "new": first})
    told = load(after.encode())
    assert isinstance(told, dict)
    assert (told["as"], told["new"], told["watch"]) == (second, first, ["/srv/link"])
