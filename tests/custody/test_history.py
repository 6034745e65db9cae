"""The history: what all records of a stick prove together, and what can still be known where some are damaged."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from links import (
    LINK,
    MANIFEST,
    ORGANISER,
    Hand,
    Link,
    codes,
    hash_of,
    naming,
    played,
    printed,
    relay_record,
    sealed,
    sha256,
    with_file,
)

from linksync.custody import seal
from linksync.custody.history import NOTHING, read_history
from linksync.custody.seal import RawFolder

A = b"data/assen/a.txt"


def travelled() -> Link:
    link = Link()
    link.hand_over("assen", {A: b"een", b"beside.txt": b"naast"}, audience="everyone")
    link.hand_over("emmen", {b"data/emmen/b.txt": b"twee"})
    link.hand_over("meppel", {b"data/meppel/c.txt": b"drie"}, audience="everyone")
    return link


def test_a_sound_stick_tells_who_organises_what_stands_and_what_it_adds_up_to() -> None:
    link = travelled()
    history = link.history()
    assert history.findings == ()
    assert history.roster.organiser == Hand(ORGANISER).public.fingerprint
    assert history.link == LINK
    assert [node.number for node in history.chain.line] == [1, 2, 3, 4]
    assert history.state.files == link.files
    assert not history.damaged
    assert {sha256(data).hex() for data in link.manifests().values()} <= set().union(*history.manifests.values())


def test_the_order_of_reading_changes_nothing() -> None:
    link = travelled()
    link.sign_relay()
    told = link.history()
    for seed in range(5):
        random.Random(seed).shuffle(link.handoffs)
        random.Random(seed).shuffle(link.relays)
        again = link.history()
        assert [node.seal.hash for node in again.chain.line] == [node.seal.hash for node in told.chain.line]
        assert (again.state.files, again.manifests) == (told.state.files, told.manifests)


def test_nothing_at_all_is_a_history_without_a_link() -> None:
    history = read_history([], [], manifests={})
    assert (history.link, history.chain.line, history.findings, history.damaged) == ("", (), (), False)


def test_hand_offs_without_a_relay_prove_nothing() -> None:
    link = travelled()
    history = read_history([], link.handoffs, manifests=link.manifests())
    assert history.chain.line == ()
    assert set(codes(list(history.findings))) == {"E217"}


def test_relay_versions_known_from_elsewhere_judge_what_stands_here() -> None:
    link = played("assen")
    link.sign_relay()
    link.hand_over("emmen")
    known = link.roster()
    newest = link.relays.pop()
    assert link.codes() == ["E217"]
    history = link.history(known=known)
    assert history.findings == ()
    assert len(history.here.versions) == 1
    assert len(history.roster.versions) == 2
    link.relays.append(newest)
    assert link.history(known=NOTHING).findings == ()


def test_a_revocation_known_from_elsewhere_voids_what_stands_here() -> None:
    link = played("assen")
    good = link.last
    link.hand_over("assen")
    informed = link.copy()
    key = Hand("assen").public.fingerprint
    informed.sign_relay(
        hosts=relay_record("emmen", "meppel")["hosts"], revoked=[{"key": key, "last_good": {LINK: good}}]
    )
    assert link.codes() == []
    assert codes(link.history(known=informed.roster()).findings) == ["E207"]


def test_a_forged_relay_version_does_not_overrule_the_one_seen_before() -> None:
    link = played("assen")
    honest = link.copy()
    honest.sign_relay(name="Echt")
    link.sign_relay(hosts=relay_record("assen", "thief")["hosts"])
    link.hand_over("thief")
    history = link.history(known=honest.roster())
    assert codes(history.findings) == ["E217", "E218"]
    assert history.chain.head is not None
    assert history.chain.head.holder == "assen"


# Damage.


@pytest.mark.parametrize("name", ["added.sha256", "index.jsonl", "state.sha256"])
def test_where_a_list_is_damaged_the_last_sealed_manifests_tell_the_state(name: str) -> None:
    for change in (None, b"", b"damaged\n"):
        link = travelled()
        link.replace_handoff(2, lambda f: with_file(f, name, change))  # noqa: B023 - called at once
        history = link.history()
        assert set(codes(history.findings)) <= {"E106", "E206"}
        assert history.findings
        assert history.state.files == link.files
        assert not history.damaged


@pytest.mark.parametrize("late", [1, 2])
def test_the_manifests_of_a_hand_off_after_the_damage_are_gone_on_from(late: int) -> None:
    link = travelled()
    link.replace_handoff(1, lambda f: with_file(f, "added.sha256", None))
    manifests = link.manifests()
    for _ in range(late):
        link.hand_over(
            "assen", {b"data/nieuw %d.txt" % len(link.handoffs): b"nieuw"}, gone=(b"data/LEES-MIJ.txt",)[late - 1 :]
        )
    history = link.history(manifests=manifests)
    assert history.state.files == link.files
    assert not history.damaged
    assert link.history(manifests={}).damaged


def test_manifests_from_before_the_damage_do_not_make_it_whole() -> None:
    link = Link()
    manifests = link.manifests()
    link.hand_over("assen", {A: b"een"})
    link.hand_over("emmen")
    link.replace_handoff(1, lambda f: with_file(f, "added.sha256", None))
    assert link.history(manifests=manifests).damaged


def test_where_the_manifests_are_gone_too_the_history_says_that_files_may_be_lacking() -> None:
    link = travelled()
    link.replace_handoff(2, lambda f: with_file(f, "added.sha256", None))
    for manifests in ({}, {MANIFEST: printed({A: sha256(b"een")})}, {MANIFEST: b"nonsense"}):
        assert link.history(manifests=manifests).damaged


def test_manifests_that_the_last_hand_off_does_not_seal_are_not_believed() -> None:
    link = travelled()
    link.replace_handoff(2, lambda f: with_file(f, "added.sha256", None))
    forged = link.manifests()
    forged[MANIFEST] = printed({b"data/vals.txt": sha256(b"vals")})
    history = link.history(manifests=forged)
    assert history.damaged
    assert b"data/vals.txt" not in history.state.files


def test_a_hand_off_gone_from_the_middle_does_not_lose_what_it_took_in() -> None:
    link = travelled()
    del link.handoffs[2]
    history = link.history()
    assert codes(history.findings) == ["E210"]
    assert history.state.files == link.files
    assert not history.damaged


@pytest.mark.parametrize("lose", ["folder", "added.sha256", "index.jsonl"])
def test_what_nobody_can_tell_the_audience_of_stays_with_the_organisers(lose: str) -> None:
    link = travelled()
    if lose == "folder":
        del link.handoffs[1]
    else:
        link.replace_handoff(1, lambda f: with_file(f, lose, None))
    state = link.history().state
    assert {sha256(b"een"), sha256(b"naast")} <= state.narrow
    assert sha256(b"drie") not in state.narrow


def test_lies_before_a_gap_are_still_told() -> None:
    link = travelled()
    link.hand_over("assen", gone=(b"data/nooit.txt",))
    link.hand_over("emmen")
    link.hand_over("meppel")
    del link.handoffs[5]
    assert "E224" in link.codes()


def test_a_damaged_list_accuses_nobody_of_widening() -> None:
    link = travelled()
    link.hand_over("assen", {A: b"een, beter"}, audience="everyone")
    link.replace_handoff(1, lambda f: with_file(f, "index.jsonl", None))
    assert link.codes() == ["E106"]


def test_only_the_last_hand_off_s_state_is_held_against_the_sum() -> None:
    link = played("assen")
    link.hand_over("emmen", {A: b"een"}, files={"state.sha256": printed({MANIFEST.encode(): sha256(b"?")})})
    assert link.codes() == ["E120"]
    link.hand_over("meppel")
    assert link.codes() == []


def test_a_seal_replaced_by_that_of_another_hand_off_proves_nothing() -> None:
    link = travelled()
    other = link.handoffs[1]
    link.replace_handoff(
        2,
        lambda f: with_file(
            with_file(f, seal.SEAL, other.files[seal.SEAL]), seal.SIGNATURE, other.files[seal.SIGNATURE]
        ),
    )
    assert "E109" in link.codes()
    assert hash_of(other) in {node.seal.hash for node in link.history().chain.line}


# Whatever is changed is found, and nothing that anybody writes is a crash.

TRAVELLED = travelled()
ALL = [*((TRAVELLED.relays, at) for at in range(1)), *((TRAVELLED.handoffs, at) for at in range(4))]


@given(st.sampled_from(ALL), st.data())
def test_whatever_is_changed_in_any_file_of_any_record_is_found(
    where: tuple[list[RawFolder], int], draw: st.DataObject
) -> None:
    folder = where[0][where[1]]
    name = draw.draw(st.sampled_from(sorted(folder.files)))
    data = folder.files[name]
    at = draw.draw(st.integers(0, len(data)))
    changed = data[:at] + draw.draw(st.binary(max_size=3)) + data[at + draw.draw(st.integers(0, 70)) :]
    instead = with_file(folder, name, changed)
    relays = [instead if f is folder else f for f in TRAVELLED.relays]
    handoffs = [instead if f is folder else f for f in TRAVELLED.handoffs]
    found = read_history(relays, handoffs, manifests=TRAVELLED.manifests()).findings
    assert bool(found) == (changed != data)


GIVEN = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)).map(
        lambda value: json.dumps(value).encode() + b"\n"
    ),
    st.sampled_from(
        [b"[" * 100_000, b"{" * 100_000, b"\0" * 999, b"- " * 50_000, b"&a [*a]", b"9" * 9999, b"? " * 9999]
    ),
)


@given(
    st.sampled_from(["handoff.yaml", "added.sha256", "refused.sha256", "gone.sha256", "index.jsonl", "state.sha256"]),
    GIVEN,
)
def test_nothing_that_a_listed_host_seals_in_any_file_is_a_crash(name: str, data: bytes) -> None:
    link = played("assen")
    link.hand_over("emmen", {A: b"een"}, files={name: data})
    assert link.history().findings


@given(GIVEN, st.booleans())
def test_nothing_that_the_organiser_or_a_thief_of_that_key_seals_is_a_crash(data: bytes, later: bool) -> None:
    link = played("assen")
    files = {"relay.yaml": data, "allowed_signers": data}
    follows = naming(link.relays[0]) if later else {}
    bad = sealed(seal.RELAY, f"linksync/relay/{2 if later else 1:04}", files, follows, ORGANISER)
    link.relays[1 if later else 0 :] = [bad]
    assert link.history().findings


@given(st.dictionaries(st.sampled_from([seal.SEAL, seal.SIGNATURE, "handoff.yaml", "x"]), GIVEN), st.booleans())
def test_nothing_that_a_stranger_puts_there_is_a_crash_or_moves_the_head(files: dict[str, bytes], relay: bool) -> None:
    link = played("assen")
    head = link.chain()[0].head
    path = "linksync/relay/0002" if relay else "linksync/handoffs/000003-emmen"
    (link.relays if relay else link.handoffs).append(RawFolder(path=path, files=files))
    history = link.history()
    assert history.findings
    assert history.chain.head == head
