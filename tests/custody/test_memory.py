"""Memory: behind, ahead, forked, and that a thief makes no fork."""

import datetime as dt

from links import LINK, Hand, Link, codes, hash_of, played, relay_record

from linksync.custody.memory import Memory, Seen, Standing, compare_memory, compare_relay
from linksync.custody.receipt import Receipt


def memory_of(*links: Link) -> Memory:
    memory = Memory()
    for link in links:
        memory = memory.learn(link.chain()[0], link.roster())
    return memory


def standing(link: Link, memory: Memory) -> tuple[Standing, list[str]]:
    told, found = compare_memory(link.chain()[0], memory, link.roster())
    return told, codes(found)


def receipt_for(link: Link, at: int) -> Receipt:
    folder = link.handoffs[at]
    return Receipt(
        format=1, relay="estafette", link=LINK, number=int(folder.name[:6]), handoff=hash_of(folder), archive="archief",
        object="urn:x", files=1, size=1, time=dt.datetime(2011, 11, 2, tzinfo=dt.UTC), software="test",
    )  # fmt: skip


def revoke(link: Link, hand: str, last_good: str, *hosts: str) -> None:
    revoked = [{"key": Hand(hand).public.fingerprint, "last_good": {LINK: last_good} if last_good else {}}]
    link.sign_relay(hosts=relay_record(*hosts)["hosts"], revoked=revoked)


def test_without_memory_nothing_can_be_behind() -> None:
    assert standing(played("assen"), Memory()) == (Standing.OK, [])


def test_the_same_stick_seen_again_is_well() -> None:
    link = played("assen", "emmen")
    assert standing(link, memory_of(link)) == (Standing.OK, [])


def test_a_stick_that_went_on_is_ahead() -> None:
    link = played("assen")
    memory = memory_of(link)
    link.hand_over("emmen")
    assert standing(link, memory) == (Standing.AHEAD, ["W106"])


def test_a_newest_hand_off_that_was_cut_off_is_behind() -> None:
    link = played("assen", "emmen")
    memory = memory_of(link)
    link.handoffs.pop()
    assert standing(link, memory) == (Standing.BEHIND, ["E211"])


def test_a_copy_that_went_another_way_is_forked_whichever_is_longer() -> None:
    link = played("assen")
    other = link.copy()
    link.hand_over("emmen")
    other.hand_over("meppel")
    other.hand_over("assen")
    assert standing(link, memory_of(other)) == (Standing.FORKED, ["E212"])
    assert standing(other, memory_of(link)) == (Standing.FORKED, ["E212"])


def test_a_rolled_back_stick_that_went_on_is_forked_and_not_well() -> None:
    link = played("assen", "emmen", "meppel")
    memory = memory_of(link)
    back = link.copy()
    del back.handoffs[2:]
    back.hand_over("meppel")
    back.hand_over("assen")
    back.hand_over("emmen")
    assert standing(back, memory) == (Standing.FORKED, ["E212"])


def test_a_fork_of_which_both_sides_stand_here_is_told_by_the_chain_and_not_twice() -> None:
    link = played("assen")
    other = link.copy()
    link.hand_over("emmen")
    other.hand_over("meppel")
    other.hand_over("assen")
    both = other.copy()
    both.handoffs.append(link.handoffs[-1])
    assert standing(both, memory_of(link))[0] is not Standing.FORKED
    assert codes(both.chain()[1]) == ["E212"]


def test_a_seal_listed_as_the_one_before_counts_although_its_folder_is_gone() -> None:
    link = played("assen", "emmen", "meppel")
    memory = memory_of(link)
    del link.handoffs[2]
    assert standing(link, memory) == (Standing.OK, [])


def test_what_was_learnt_in_any_order_is_the_same() -> None:
    link = played("assen")
    other = link.copy()
    other.hand_over("emmen")
    assert memory_of(link, other) == memory_of(other, link) == memory_of(other)


# Revocation.


def test_a_thief_whose_stick_was_seen_makes_no_fork_after_revocation() -> None:
    link = played("emmen")
    stolen = link.copy()
    stolen.hand_over("emmen")
    link.hand_over("assen")
    assert standing(link, memory_of(stolen))[0] is Standing.FORKED
    revoke(link, "emmen", hash_of(link.handoffs[1]), "assen", "meppel")
    assert standing(link, memory_of(stolen)) == (Standing.AHEAD, ["W106"])


def test_a_thief_who_forked_from_before_the_last_good_seal_makes_no_fork_either() -> None:
    link = played("assen", "emmen")
    stolen = played("assen")
    stolen.hand_over("emmen", {b"data/buit.txt": b"buit"})
    stolen.hand_over("emmen")
    revoke(link, "emmen", link.last, "assen", "meppel")
    link.hand_over("meppel")
    assert standing(link, memory_of(stolen)) == (Standing.AHEAD, ["W106"])


def test_a_thief_s_longer_line_makes_nobody_behind_after_revocation() -> None:
    link = played("emmen")
    stolen = link.copy()
    for _ in range(5):
        stolen.hand_over("emmen")
    assert standing(link, memory_of(stolen))[0] is Standing.BEHIND
    revoke(link, "emmen", link.last, "assen", "meppel")
    assert standing(link, memory_of(stolen)) == (Standing.OK, [])


def test_a_roll_back_past_the_last_good_seal_is_still_told() -> None:
    link = played("emmen", "assen", "emmen")
    memory = memory_of(link)
    revoke(link, "emmen", link.last, "assen", "meppel")
    del link.handoffs[2:]
    assert standing(link, memory) == (Standing.BEHIND, ["E211"])


# What archives and relays tell.


def test_a_receipt_tells_of_a_hand_off_that_is_no_longer_there() -> None:
    link = played("assen", "emmen")
    told = receipt_for(link, 2)
    assert standing(link, Memory().hear([told])) == (Standing.OK, [])
    link.handoffs.pop()
    assert standing(link, Memory().hear([told])) == (Standing.BEHIND, ["E211"])


def test_what_was_seen_is_not_forgotten_for_what_was_heard() -> None:
    link = played("assen", "emmen")
    memory = memory_of(link)
    assert memory.hear([receipt_for(link, 2)]) == memory


def test_a_receipt_for_a_thief_s_hand_off_makes_no_fork_after_revocation() -> None:
    link = played("emmen")
    stolen = link.copy()
    stolen.hand_over("emmen")
    link.hand_over("assen")
    memory = Memory().hear([receipt_for(stolen, 2)])
    assert standing(link, memory)[0] is Standing.FORKED
    revoke(link, "emmen", hash_of(link.handoffs[1]), "assen", "meppel")
    assert standing(link, memory) == (Standing.OK, [])


def test_fewer_relay_versions_than_once_stood_here_is_a_roll_back() -> None:
    link = played("assen")
    link.sign_relay()
    memory, roster = memory_of(link), link.roster()
    link.relays.pop()
    assert codes(compare_relay(link.roster(), roster, memory)) == ["E221"]
    assert codes(compare_relay(link.roster(), roster, Memory())) == ["W115"]
    assert codes(compare_relay(roster, roster, memory)) == []


def test_a_memory_of_many_hand_offs_is_compared_at_once() -> None:
    link = played("assen")
    seen = frozenset(Seen(number=number, seal=f"{number:064x}", key="k") for number in range(3, 100_000))
    assert standing(link, Memory(seen=seen)) == (Standing.BEHIND, ["E211"])
