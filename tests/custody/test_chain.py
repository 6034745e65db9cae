"""The chain: which hand-offs stand, in which order, whatever a thief, a liar or a cut-off write left there."""

import random
import time
from dataclasses import replace

import pytest
from links import (
    LINK,
    ORGANISER,
    OTHER_LINK,
    Hand,
    Link,
    codes,
    hash_of,
    party,
    played,
    relay_record,
    sha256,
    with_file,
)

from linksync.custody import seal
from linksync.custody.chain import GAP_MAX, folder_name, number_of
from linksync.custody.findings import Finding
from linksync.custody.seal import RawFolder


def line_of(link: Link) -> list[str]:
    return [node.folder for node in link.chain()[0].line]


def found_in(link: Link) -> list[str]:
    return codes(link.chain()[1])


def the(link: Link, code: str) -> Finding:
    return next(f for f in link.chain()[1] if f.code == code)


def revoke(link: Link, hand: str, last_good: str = "", *hosts: str) -> None:
    """The organiser drops a key and says which seal by it is the last good one."""
    good = {link.id: last_good} if last_good else {}
    revoked = [{"key": Hand(hand).public.fingerprint, "last_good": good}]
    link.sign_relay(hosts=relay_record(*hosts)["hosts"], revoked=revoked)


# Honest relays.


def test_hand_offs_stand_in_order_whatever_the_order_they_are_read_in() -> None:
    link = played("assen", "emmen", "meppel")
    random.Random(7).shuffle(link.handoffs)
    chain, found = link.chain()
    assert found == []
    assert [node.number for node in chain.line] == [1, 2, 3, 4]
    assert [node.holder for node in chain.line] == [ORGANISER, "assen", "emmen", "meppel"]
    assert chain.head == chain.line[-1]
    assert (chain.link, chain.side, chain.gaps, chain.torn) == (LINK, (), False, ())


def test_nothing_is_an_empty_chain() -> None:
    link = Link()
    link.handoffs.clear()
    chain, found = link.chain()
    assert (chain.link, chain.line, chain.head, found) == ("", (), None, [])


def test_a_rotated_key_does_not_void_what_it_signed() -> None:
    link = played("assen")
    link.sign_relay(hosts=[party("assen", "new"), party("emmen")])
    link.hand_over("assen", hand="new")
    assert found_in(link) == []
    link.hand_over("assen")
    assert found_in(link) == ["E202"]


def test_a_host_with_several_keys_signs_with_any_of_them() -> None:
    link = Link()
    link.sign_relay(hosts=[party("assen", "laptop", "tablet")])
    link.hand_over("assen", hand="laptop")
    link.hand_over("assen", hand="tablet")
    assert found_in(link) == []
    assert len(line_of(link)) == 3


# Who signed.


@pytest.mark.parametrize(
    ("hand", "code"), [("thief", "E202"), ("emmen", "E203"), ("archief", "E202"), ("archivaris", "E202")]
)
def test_a_seal_by_another_than_the_holder_does_not_stand(hand: str, code: str) -> None:
    link = played("assen")
    link.hand_over("meppel", hand=hand)
    assert found_in(link) == [code]
    assert len(line_of(link)) == 2


def test_a_record_that_names_another_holder_than_the_signer_does_not_stand() -> None:
    link = played("assen")
    link.hand_over("emmen", record={"holder": "meppel"})
    assert found_in(link) == ["E203"]


@pytest.mark.parametrize("namespace", ["linksync-relay-v1", "linksync-receipt-v1", "linksync-decision-v1", "file"])
def test_a_signature_for_another_purpose_does_not_stand(namespace: str) -> None:
    link = played("assen")
    link.hand_over("emmen", namespace=namespace)
    assert found_in(link) == ["E204"]


def test_only_the_organiser_writes_hand_off_1() -> None:
    link = Link()
    link.handoffs.clear()
    link.hand_over("assen", number=1)
    assert found_in(link) == ["E203"]


def test_a_seal_that_was_edited_no_longer_bears_its_signature() -> None:
    link = played("assen", "emmen")
    data = link.handoffs[2].files[seal.SEAL]
    link.replace_handoff(2, lambda f: with_file(f, seal.SEAL, data.replace(data[:4], b"0000", 1)))
    assert "E201" in found_in(link)


def test_an_id_that_another_begins_with_is_told_apart() -> None:
    link = Link(hosts=("a", "a-2", "a-2-3"))
    link.hand_over("a-2")
    link.hand_over("a", folder="linksync/handoffs/000003-a-2")
    link.hand_over("a-2", folder="linksync/handoffs/000004-a-2-2")
    assert found_in(link) == []
    assert [node.holder for node in link.chain()[0].line] == [ORGANISER, "a-2", "a", "a-2"]
    for number, (holder, tail) in enumerate([("a-2", "a"), ("a", "a-2-3"), ("a", "a-1"), ("a", "a-0")]):
        other = link.copy()
        other.hand_over(holder, folder=f"linksync/handoffs/000005-{tail}")
        assert found_in(other) == ["E203"], number


@pytest.mark.parametrize("tail", ["-2", "assen-", "-assen", "assen--2", "2"])
def test_a_folder_that_names_nobody_does_not_stand(tail: str) -> None:
    link = Link()
    link.hand_over("assen", folder=f"linksync/handoffs/000002-{tail}")
    assert found_in(link) == ["E203"]


# Torn, damaged and vanished.


def test_every_truncation_of_a_hand_off_s_signature_is_torn_and_the_line_ends_before_it() -> None:
    link = played("assen", "emmen")
    whole = link.handoffs[2]
    for end in range(len(whole.files[seal.SIGNATURE])):
        link.handoffs[2] = with_file(whole, seal.SIGNATURE, whole.files[seal.SIGNATURE][:end])
        chain, found = link.chain()
        assert codes(found) == ["W101"]
        assert chain.torn == ("000003-emmen",)
        assert len(chain.line) == 2


def test_a_real_hand_off_made_to_look_torn_is_missed_by_the_next() -> None:
    link = played("assen", "emmen", "meppel")
    link.replace_handoff(2, lambda f: with_file(f, seal.SIGNATURE, b""))
    assert found_in(link) == ["E210", "W101"]
    assert the(link, "E210").path == "linksync/handoffs/000003-emmen"
    assert link.chain()[0].gaps


def test_a_torn_folder_of_another_host_is_left_and_the_next_takes_another_name() -> None:
    link = played("assen")
    link.hand_over("emmen")
    torn = with_file(link.handoffs.pop(), seal.SIGNATURE, b"")
    taken = [folder.name for folder in (*link.handoffs, torn)]
    assert folder_name(3, "emmen", taken) == "000003-emmen-2"
    assert folder_name(3, "meppel", taken) == "000003-meppel"
    assert folder_name(3, "emmen", [*taken, "000003-EMMEN-2"]) == "000003-emmen-3"
    link.hand_over("emmen", folder="linksync/handoffs/000003-emmen-2")
    link.handoffs.append(torn)
    assert found_in(link) == ["W101"]
    assert line_of(link)[-1] == "000003-emmen-2"


@pytest.mark.parametrize("name", ["000007-gemeente-assen", "000001-a", "999999-a-2"])
def test_the_number_stands_in_the_folder_s_name(name: str) -> None:
    assert number_of(name) == int(name[:6])


@pytest.mark.parametrize(
    "name",
    ["7-a", "000007", "000007-", "000007-A", "0000007-a", "000007-a\n", "\u0660\u0660\u0660\u0660\u0660\u0667-a"],
)
def test_any_other_name_has_no_number(name: str) -> None:
    assert number_of(name) == 0


def test_a_hand_off_gone_from_the_middle_leaves_a_gap_and_the_line_goes_on() -> None:
    link = played("assen", "emmen", "meppel", "assen")
    del link.handoffs[2]
    chain, found = link.chain()
    assert codes(found) == ["E210"]
    assert [node.number for node in chain.line] == [1, 2, 4, 5]
    assert chain.gaps


def test_a_first_hand_off_that_is_gone_is_a_gap_too() -> None:
    link = played("assen", "emmen")
    del link.handoffs[0]
    assert found_in(link) == ["E210"]
    assert [node.number for node in link.chain()[0].line] == [2, 3]


def test_a_newest_hand_off_that_is_gone_shows_nowhere_on_the_stick_itself() -> None:
    link = played("assen", "emmen")
    link.handoffs.pop()
    assert found_in(link) == []


def test_a_record_that_was_altered_leaves_its_place_in_the_line() -> None:
    link = played("assen", "emmen")
    link.replace_handoff(1, lambda f: with_file(f, "handoff.yaml", b"format: 1\n"))
    chain, found = link.chain()
    assert codes(found) == ["E206"]
    assert chain.line[1].handoff is None
    assert chain.line[1].holder == "assen"


def test_every_truncation_of_a_record_is_told_and_the_line_stays() -> None:
    link = played("assen")
    whole = link.handoffs[1]
    for end in range(len(whole.files["handoff.yaml"])):
        link.handoffs[1] = with_file(whole, "handoff.yaml", whole.files["handoff.yaml"][:end])
        assert found_in(link) == ["E206"]
        assert len(line_of(link)) == 2


# Numbers.


@pytest.mark.parametrize("number", [2, 4, 5, 999_999])
def test_a_number_that_does_not_follow_is_no_part_of_the_line(number: int) -> None:
    link = played("assen")
    link.hand_over("emmen", number=number)
    assert found_in(link) == ["E219"]
    assert len(line_of(link)) == 2
    link.hand_over("meppel", number=3, previous=link.handoffs[1])
    assert line_of(link)[-1] == "000003-meppel"
    assert found_in(link) == ["E219"]


def test_nobody_uses_up_the_numbers_by_claiming_a_predecessor_that_never_was() -> None:
    link = played("assen")
    ghost = RawFolder(path="linksync/handoffs/999998-assen", files={seal.SEAL: b"never"})
    link.hand_over("emmen", number=999_999, previous=ghost)
    assert found_in(link) == ["E210", "E219"]
    assert len(line_of(link)) == 2
    assert not link.chain()[0].gaps


def test_a_line_goes_on_across_as_many_as_may_be_missing() -> None:
    link = Link()
    for number, stands in ((1 + GAP_MAX, 2), (2 + GAP_MAX, 1)):
        other = link.copy()
        ghost = RawFolder(path=f"linksync/handoffs/{number - 1:06}-assen", files={seal.SEAL: b"lost"})
        other.hand_over("emmen", number=number, previous=ghost)
        assert len(line_of(other)) == stands


@pytest.mark.parametrize("number", [0, 2])
def test_a_record_and_a_folder_that_disagree_about_the_number_do_not_stand(number: int) -> None:
    link = played("assen")
    link.hand_over("emmen", folder=f"linksync/handoffs/{number:06}-emmen")
    assert found_in(link) == ["E117"]


@pytest.mark.parametrize("change", [{"relay_version": 2}, {"previous": "0" * 64}, {"number": 4}])
def test_a_record_that_says_another_thing_than_its_seal_does_not_stand(change: dict[str, object]) -> None:
    link = played("assen")
    link.hand_over("emmen", record=change)
    assert found_in(link) == ["E117"]


def test_a_seal_that_lists_the_seal_before_under_another_name_is_no_part_of_the_line() -> None:
    link = played("assen")
    before = link.handoffs[1]
    link.hand_over("emmen", previous=replace(before, path="linksync/handoffs/000002-meppel"))
    assert found_in(link) == ["E117"]
    assert len(line_of(link)) == 2


# Forks.


def test_two_successors_of_one_hand_off_are_a_fork_and_the_longer_goes_on() -> None:
    link = played("assen")
    other = link.copy()
    link.hand_over("emmen")
    other.hand_over("meppel")
    other.hand_over("assen")
    link.handoffs += other.handoffs[2:]
    chain, found = link.chain()
    assert codes(found) == ["E212"]
    assert line_of(link) == ["000001-ncsi", "000002-assen", "000003-meppel", "000004-assen"]
    assert [node.folder for node in chain.side] == ["000003-emmen"]
    assert len(chain.nodes) == 5


def test_of_two_equal_branches_every_reader_takes_the_same() -> None:
    link = played("assen")
    other = link.copy()
    link.hand_over("emmen")
    other.hand_over("meppel")
    first = link.copy()
    first.handoffs.append(other.handoffs[-1])
    second = other.copy()
    second.handoffs.append(link.handoffs[-1])
    assert line_of(first) == line_of(second)


def test_a_copy_of_a_hand_off_under_another_name_does_not_stand() -> None:
    link = played("assen")
    link.handoffs.append(replace(link.handoffs[1], path="linksync/handoffs/000002-assen-2"))
    assert found_in(link) == ["E109"]


def test_a_second_hand_off_1_is_told_and_the_line_is_one() -> None:
    second = Link()
    second.handoffs.clear()
    second.hand_over(ORGANISER, number=1, folder="linksync/handoffs/000001-ncsi-2", record={"place": "Elders"})
    link = played("assen")
    link.handoffs += second.handoffs
    assert found_in(link) == ["E225"]
    assert line_of(link) == ["000001-ncsi", "000002-assen"]


# Other Links and relays.


def other_link(*holders: str) -> Link:
    """A second Link of the same relay."""
    link = Link(id=OTHER_LINK)
    for holder in holders:
        link.hand_over(holder, {b"data/vreemd.txt": b"vreemd"})
    return link


def test_a_record_of_another_link_is_told_and_left_aside() -> None:
    link, other = played("assen"), other_link("emmen", "meppel")
    link.handoffs += other.handoffs[1:]
    assert found_in(link) == ["E215", "E215"]
    assert line_of(link) == ["000001-ncsi", "000002-assen"]


def test_a_replay_of_another_link_is_not_taken_in_because_its_record_was_taken_away() -> None:
    for change in (None, b"format: 1\n"):
        link, other = played("assen"), other_link("emmen", "meppel", "emmen")
        link.handoffs.append(with_file(other.handoffs[3], "handoff.yaml", change))
        assert line_of(link) == ["000001-ncsi", "000002-assen"]
        assert "E210" in found_in(link)
        assert not link.chain()[0].gaps


def test_where_hand_off_1_is_gone_a_single_stranger_does_not_take_the_link_over() -> None:
    link, other = played("emmen", "meppel", "emmen"), other_link("assen")
    del link.handoffs[0]
    link.handoffs.append(other.handoffs[1])
    assert link.chain()[0].link == LINK
    assert found_in(link) == ["E210", "E215"]


def test_a_record_of_another_relay_does_not_stand() -> None:
    link = played("assen")
    link.hand_over("emmen", record={"relay": "andere"})
    assert found_in(link) == ["E216"]


# Relay versions.


def test_a_relay_version_that_is_not_here_is_told() -> None:
    link = played("assen")
    link.sign_relay()
    link.hand_over("emmen")
    link.relays.pop()
    assert found_in(link) == ["E217"]
    assert len(line_of(link)) == 2


def test_a_hand_off_that_goes_back_to_an_older_relay_version_is_no_part_of_the_line() -> None:
    link = played("assen")
    link.sign_relay(hosts=relay_record("assen", "emmen")["hosts"])
    link.hand_over("emmen")
    link.hand_over("meppel", version=1)
    assert found_in(link) == ["E209"]
    assert line_of(link)[-1] == "000003-emmen"


def test_an_older_relay_version_is_no_part_of_the_line_across_a_gap_either() -> None:
    link = played("assen")
    link.sign_relay()
    link.hand_over("emmen")
    ghost = RawFolder(path="linksync/handoffs/000007-emmen", files={seal.SEAL: b"lost"})
    link.hand_over("meppel", version=1, number=8, previous=ghost)
    assert found_in(link) == ["E209", "E210"]
    assert line_of(link)[-1] == "000003-emmen"


def test_what_a_dropped_key_signed_last_is_held_until_somebody_goes_on_from_it() -> None:
    link = played("assen", "emmen")
    link.sign_relay(hosts=relay_record("assen")["hosts"])
    assert found_in(link) == ["E208"]
    assert the(link, "E208").path == "linksync/handoffs/000003-emmen"
    link.hand_over("assen")
    assert found_in(link) == []


# Revocation.


def thief_on(link: Link, hand: str = "emmen", count: int = 2) -> Link:
    """A copy on which a thief went on with a stolen key."""
    copy = link.copy()
    for number in range(count):
        copy.hand_over(hand, {f"data/buit {number}.txt".encode(): b"buit"}, version=1)
    return copy


def test_a_stolen_key_s_branch_forged_before_its_revocation_makes_no_fork_and_loses() -> None:
    link = played("emmen", "assen")
    stolen = thief_on(link, count=5)
    link.hand_over("meppel")
    revoke(link, "emmen", hash_of(link.handoffs[1]), "assen", "meppel")
    link.handoffs += stolen.handoffs[3:]
    chain, found = link.chain()
    assert codes(found) == ["E207"] * 5
    assert line_of(link) == ["000001-ncsi", "000002-emmen", "000003-assen", "000004-meppel"]
    assert all(node.void for node in chain.side)


def test_a_last_good_seal_and_what_came_before_it_stand() -> None:
    link = played("emmen", "assen", "emmen")
    revoke(link, "emmen", link.last, "assen", "meppel")
    link.hand_over("meppel")
    assert found_in(link) == []
    assert not any(node.void for node in link.chain()[0].nodes)


def test_a_key_revoked_without_a_last_good_seal_signed_nothing_on_this_link() -> None:
    link = played("emmen")
    revoke(link, "emmen", "", "assen", "meppel")
    chain, found = link.chain()
    assert codes(found) == ["E207"]
    assert len(chain.line) == 1


def test_a_thief_who_claims_a_predecessor_that_never_was_gets_nowhere_after_revocation() -> None:
    link = played("emmen")
    good = link.last
    ghost = RawFolder(path="linksync/handoffs/000009-assen", files={seal.SEAL: b"never"})
    link.hand_over("emmen", number=10, previous=ghost)
    assert line_of(link)[-1] == "000010-emmen"
    revoke(link, "emmen", good, "assen", "meppel")
    assert found_in(link) == ["E207"]
    assert line_of(link)[-1] == "000002-emmen"
    assert not link.chain()[0].gaps


def test_honest_hand_offs_built_on_a_thief_s_stand_and_are_told() -> None:
    link = played("emmen")
    good = link.last
    link.hand_over("emmen")
    link.hand_over("assen")
    revoke(link, "emmen", good, "assen", "meppel")
    chain, found = link.chain()
    assert codes(found) == ["E207"]
    assert [(node.number, node.void) for node in chain.line] == [(1, False), (2, False), (3, True), (4, False)]


def test_two_honest_branches_are_a_fork_although_one_is_built_on_a_thief_s() -> None:
    link = played("emmen")
    good, other = link.last, link.copy()
    link.hand_over("meppel")
    other.hand_over("emmen")
    other.hand_over("assen")
    link.handoffs += other.handoffs[2:]
    revoke(link, "emmen", good, "assen", "meppel")
    assert found_in(link) == ["E207", "E212"]
    assert line_of(link)[-1] == "000003-meppel"


def test_a_thief_who_says_that_a_newer_format_wrote_it_stops_nobody_after_revocation() -> None:
    link = played("emmen")
    good = link.last
    link.hand_over("emmen", record={"format": 2})
    assert found_in(link) == ["E103"]
    revoke(link, "emmen", good, "assen", "meppel")
    assert found_in(link) == ["E207"]
    assert line_of(link)[-1] == "000002-emmen"


def test_a_revocation_that_a_later_version_forgets_still_holds() -> None:
    link = played("emmen")
    link.hand_over("emmen")
    revoke(link, "emmen", hash_of(link.handoffs[1]), "assen", "meppel")
    link.sign_relay(revoked=[])
    assert found_in(link) == ["E207"]


# Work.


def test_a_thousand_strangers_folders_and_a_thousand_gaps_cost_seconds() -> None:
    link = Link()
    for number in range(2, 1000, 2):
        ghost = RawFolder(path=f"linksync/handoffs/{number:06}-assen", files={seal.SEAL: sha256(bytes([number % 251]))})
        link.hand_over("emmen", number=number + 1, previous=ghost)
    strangers = [replace(link.handoffs[5], path=f"linksync/handoffs/{n:06}-vreemd") for n in range(1000)]
    link.handoffs += strangers
    started = time.process_time()
    found_in(link)
    assert time.process_time() - started < 10


def test_a_long_line_is_judged_without_recursion_and_in_line_with_its_length() -> None:
    link = Link()
    for number in range(1500):
        link.hand_over(("assen", "emmen", "meppel")[number % 3])
    started = time.process_time()
    assert len(line_of(link)) == 1501
    assert time.process_time() - started < 10
