"""What the hand-offs add up to, and every lie that a listed host can seal in a list."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from links import MANIFEST, OUTSIDE, Link, codes, played, printed, sha256

from linksync.custody.findings import Finding
from linksync.custody.history import History
from linksync.custody.index_findings import NAMED_MAX

A, B = b"data/assen/a.txt", b"data/assen/b.txt"


def only(link: Link) -> list[Finding]:
    return list(link.history().findings)


def lying(**lie: Any) -> list[str]:
    """What is found on a Link on which the last host lied in one thing."""
    link = played("assen")
    link.hand_over("emmen", {A: b"een"}, **lie)
    return link.codes()


# Honest lists.


def test_hand_offs_add_up_to_what_stands_on_the_stick() -> None:
    link = Link()
    link.hand_over("assen", {A: b"een", B: b"twee"})
    link.hand_over("emmen", {A: b"een, beter"}, gone=(B,))
    link.hand_over("meppel", {b"beside.txt": b"naast"}, refused={b"data/x.txt": b"y"}, record={}, audience="everyone",
                   index=lambda line: line.update(audience="organisers"))  # fmt: skip
    history = link.history()
    assert {A: sha256(b"een, beter"), b"beside.txt": sha256(b"naast")}.items() <= history.state.files.items()
    assert B not in history.state.files
    assert history.state.manifests() == link.manifests()
    assert set(link.manifests()) == {MANIFEST, OUTSIDE}
    assert history.state.octets == sum(history.state.sizes.values())
    assert not history.damaged


STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from([b"data/%d" % n for n in range(4)]), st.binary(max_size=2), max_size=3),
        st.sets(st.sampled_from([b"data/%d" % n for n in range(4)]), max_size=2),
    ),
    max_size=5,
)


@given(STEPS)
def test_whatever_honest_hosts_add_and_miss_the_sums_are_right(
    steps: list[tuple[dict[bytes, bytes], set[bytes]]],
) -> None:
    link = Link()
    for added, gone in steps:
        link.hand_over("assen", added, gone=tuple(sorted((gone & link.files.keys()) - added.keys())))
    history = link.history()
    assert history.findings == ()
    assert history.state.files == link.files
    assert history.state.sizes == link.sizes
    assert history.state.octets == sum(link.sizes.values())
    assert all(history.state.givers[path].folder for path in link.files)


def test_a_last_file_that_goes_leaves_no_manifest() -> None:
    link = Link()
    link.hand_over("assen", gone=(b"data/LEES-MIJ.txt",))
    assert link.manifests() == {}
    assert link.codes() == []


# Lies.


@pytest.mark.parametrize("name", ["added.sha256", "index.jsonl", "state.sha256"])
def test_a_hand_off_that_omits_a_list_is_told(name: str) -> None:
    assert lying(files={name: None}) != []


def test_a_state_that_does_not_follow_is_told_at_the_last_hand_off() -> None:
    wrong = printed({MANIFEST.encode(): sha256(b"another")})
    assert lying(files={"state.sha256": wrong}) == ["E120"]
    assert lying(files={"state.sha256": printed({b"data/a": sha256(b"")})}) == ["E120"]
    assert lying(files={"state.sha256": b"nonsense"}) == ["E120"]
    assert lying(files={"state.sha256": None}) == ["E120"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (b"../x", "E114"),
        (b"data/../../x", "E114"),
        (b"/etc/passwd", "E114"),
        (b"linksync/relay/0002/relay.yaml", "E115"),
        (b"LINKSYNC/x", "E115"),
        (b"Manifest-sha256.txt", "E115"),
        (b"data//x", "E113"),
        (b"data/x\r", "E113"),
    ],
)
@pytest.mark.parametrize("name", ["added.sha256", "refused.sha256", "gone.sha256"])
def test_a_list_that_leads_out_of_the_stick_or_into_the_records_is_told(name: str, path: bytes, code: str) -> None:
    assert code in lying(files={name: printed({path: sha256(b"")})})


def test_a_list_longer_than_the_policy_allows_is_told() -> None:
    link = Link()
    link.sign_relay(policy={"list_lines": 2})
    link.hand_over("assen", {b"data/%d" % number: b"" for number in range(3)})
    assert "E116" in link.codes()


def test_an_index_that_is_longer_than_its_lists_can_be_is_told() -> None:
    link = Link()
    link.sign_relay(policy={"list_lines": 1})
    link.hand_over("assen", {A: b"een"}, files={"index.jsonl": b"{}\n" * 3})
    assert "E116" in link.codes()


def drop_line(data: bytes) -> bytes:
    return b"".join(data.splitlines(keepends=True)[1:])


def test_an_index_that_omits_a_file_is_told() -> None:
    link = Link()
    link.hand_over("assen", {A: b"een", B: b"twee"})
    whole = link.handoffs.pop().files["index.jsonl"]
    link.hand_over("assen", {A: b"een", B: b"twee"}, files={"index.jsonl": drop_line(whole)})
    assert set(link.codes()) == {"E118"}


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.update(path="data/assen/c.txt"),
        lambda line: line.update(sha256=sha256(b"another").hex()),
        lambda line: line.update({"class": "refuse"}),
    ],
)
def test_an_index_that_tells_of_another_file_is_told(change: Any) -> None:
    assert "E118" in lying(index=change)


def test_an_index_that_is_no_index_is_told() -> None:
    for data in (b"nonsense\n", b"\xff\n", b"[" * 9000 + b"\n", json.dumps({"path": "x"}).encode() + b"\n", b"\n"):
        assert "E113" in lying(files={"index.jsonl": data})


@pytest.mark.parametrize(
    "counts",
    [
        {"added": 2, "total": 3},
        {"added": 1, "total": 4},
        {"added": 1, "gone": 1, "total": 3},
        {"added": 1, "refused": 1, "total": 3},
        {"added": 1, "held": 1, "total": 3},
        {},
    ],
)
def test_counts_that_the_lists_do_not_bear_out_are_told(counts: dict[str, int]) -> None:
    assert lying(record={"counts": counts}) == ["E118"]
    assert lying(record={"counts": {"added": 1, "total": 3}}) == []


def test_sizes_that_the_index_does_not_bear_out_are_told() -> None:
    assert lying(record={"bytes": {"added": 999, "total": 999}}) == ["E118"]
    assert lying(index=lambda line: line.update(size=10**15)) == ["E118"]


def test_gone_files_that_never_were_there_or_were_others_are_told() -> None:
    link = played("assen")
    link.hand_over("emmen", gone=(b"data/nooit.txt",))
    assert "E224" in link.codes()
    link = played("assen")
    path = b"data/assen/verslag 2.txt"
    link.hand_over("emmen", gone=(path,), files={"gone.sha256": printed({path: sha256(b"anders")})})
    assert "E224" in link.codes()


def test_a_path_that_is_gone_and_added_at_once_is_told() -> None:
    link = Link()
    link.hand_over("assen", {A: b"een"})
    link.hand_over("emmen", {A: b"twee"}, files={"gone.sha256": printed({A: sha256(b"een")})})
    assert "E118" in link.codes()


def test_a_path_that_is_added_and_refused_at_once_is_told() -> None:
    assert "E118" in lying(files={"refused.sha256": printed({A: sha256(b"een")})})


# Held and refused.


def test_nothing_is_refused_or_held_without_ground_in_the_policy() -> None:
    link = played("assen")
    link.hand_over("emmen", refused={b"data/assen/verslag 2.txt": b"Geleerd 2"})
    told = only(link)
    assert codes(told) == ["E223"]
    assert told[0].path == "data/assen/verslag 2.txt"
    assert lying(index=lambda line: line.update({"class": "hold"}), record={"counts": {"added": 1, "held": 1, "total": 3}}) == ["E223"]  # fmt: skip  # noqa: E501


def test_what_the_policy_refuses_may_not_pass() -> None:
    link = Link()
    link.sign_relay(policy={"refuse": ["*.exe"]})
    link.hand_over("assen", {b"data/x.EXE": b"MZ"})
    assert link.codes() == ["E223"]
    link = Link()
    link.sign_relay(policy={"refuse": ["*.exe"]})
    link.hand_over("assen", refused={b"data/x.EXE": b"MZ"})
    assert link.codes() == []
    assert link.history().state.refused == {b"data/x.EXE"}


def test_of_a_list_that_is_wrong_all_through_the_first_are_named_and_that_there_are_more_is_one_finding() -> None:
    link = played("assen")
    link.hand_over("emmen", refused={b"data/%05d" % number: b"1" for number in range(NAMED_MAX + 500)})
    told = only(link)
    assert {one.code for one in told} == {"E223"}
    assert len(told) == NAMED_MAX + 1
    assert sum(one.path.endswith("-emmen/index.jsonl") for one in told) == 1


# Audience.


def audiences(*steps: tuple[str, bytes, str]) -> tuple[History, list[str]]:
    link = Link()
    for path, content, audience in steps:
        link.hand_over("assen", {path.encode(): content}, audience=audience)
    history = link.history()
    return history, codes(history.findings)


def test_what_was_first_sealed_for_the_organisers_is_not_widened_by_a_later_card() -> None:
    assert audiences(("data/a", b"1", "organisers"), ("data/a", b"1", "everyone"))[1] == ["E222"]


def test_nor_by_a_move_or_a_copy() -> None:
    assert audiences(("data/a", b"1", "organisers"), ("data/b", b"1", "everyone"))[1] == ["E222"]


def test_nor_by_a_revision() -> None:
    assert audiences(("data/a", b"1", "organisers"), ("data/a", b"2", "everyone"))[1] == ["E222"]


def test_a_later_card_may_narrow_and_then_it_stays_narrow() -> None:
    steps = (("data/a", b"1", "everyone"), ("data/a", b"1", "organisers"))
    assert audiences(*steps)[1] == []
    assert audiences(*steps, ("data/a", b"2", "everyone"))[1] == ["E222"]


def test_what_was_meant_for_everyone_stays_so_under_another_name() -> None:
    history, found = audiences(("data/a", b"1", "everyone"), ("data/b", b"1", "everyone"), ("data/a", b"2", "everyone"))
    assert found == []
    assert not history.state.narrow & {sha256(b"1"), sha256(b"2")}


def test_of_two_copies_in_one_hand_off_the_narrower_governs() -> None:
    link = Link()
    link.hand_over(
        "assen",
        {b"data/a": b"1", b"data/b": b"1"},
        index=lambda line: line.update(audience="everyone" if line["path"] == "data/b" else "organisers"),
    )
    assert sha256(b"1") in link.history().state.narrow


def test_a_folder_whose_card_no_longer_says_yes_narrows_all_that_stands_in_it() -> None:
    link = Link()
    link.hand_over("assen", {A: b"een", b"data/emmen/b": b"twee", b"data/assen2/c": b"drie"}, audience="everyone")
    link.hand_over("emmen", record={"narrowed": ["data/assen"]})
    assert link.history().state.narrow >= {sha256(b"een")}
    assert not link.history().state.narrow & {sha256(b"twee"), sha256(b"drie")}


# Work.


def test_many_hand_offs_over_many_files_cost_what_they_add_and_not_what_is_there() -> None:
    def cost(handoffs: int, files: int) -> float:
        link = Link()
        for number in range(handoffs):
            link.hand_over("assen", {b"data/%d/%d" % (number, n): b"%d" % n for n in range(files)})
        manifests = link.manifests()
        return min(once(link, manifests) for _ in range(3))  # what others do on this computer shows in some of them

    def once(link: Link, manifests: dict[str, bytes]) -> float:
        started = time.process_time()
        assert link.history(manifests=manifests).findings == ()
        return time.process_time() - started

    assert cost(200, 50) < 5 * cost(2, 5000)
