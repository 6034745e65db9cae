"""The roster: which relay versions stand, and that nobody but the organiser makes one."""

import time
from dataclasses import replace

import pytest
from links import ORGANISER, Hand, Link, codes, naming, party, relay_record, sealed, sha256, signers_of, with_file

from linksync.custody import seal
from linksync.custody.roster import Roster, merge_rosters, read_roster
from linksync.custody.seal import RawFolder
from linksync.custody.strict_yaml import dump

A = "0" * 64


def versions(*hands: str, organisers: tuple[str, ...] = (ORGANISER,)) -> Link:
    """A relay with a version signed by each of these, after the first."""
    link = Link()
    link.relays.clear()
    link.sign_relay(organiser=party(ORGANISER, *organisers))
    for hand in hands:
        link.sign_relay(hand)
    return link


def stands(folders: list[RawFolder]) -> tuple[int, list[str]]:
    roster, found = read_roster(folders)
    return len(roster.versions), codes(found)


def test_versions_stand_in_order_whatever_the_order_they_are_read_in() -> None:
    link = versions(ORGANISER, ORGANISER)
    roster, found = read_roster(list(reversed(link.relays)))
    assert found == []
    assert [version.number for version in roster.versions] == [1, 2, 3]
    assert roster.organiser == Hand(ORGANISER).public.fingerprint
    assert roster.newest == roster.version(3)
    assert (roster.version(0), roster.version(4)) == (None, None)


def test_without_a_relay_nothing_stands_and_nobody_organises() -> None:
    roster, found = read_roster([])
    assert (roster.versions, roster.newest, roster.organiser, found) == ((), None, "", [])


def test_a_first_version_by_a_key_that_it_does_not_list_falls() -> None:
    link = Link()
    assert stands([sealed_version(link, hand="thief")]) == (0, ["E202"])
    assert stands([sealed_version(link, hand="assen")]) == (0, ["E202"])


def sealed_version(link: Link, hand: str, number: int = 1, **changes: object) -> RawFolder:
    record = {**link.relay, **changes}
    files = {"relay.yaml": dump(record), "allowed_signers": signers_of(record)}
    follows = naming(link.relays[number - 2]) if number > 1 else {}
    return sealed(seal.RELAY, f"linksync/relay/{number:04}", files, follows, hand)


@pytest.mark.parametrize("hand", ["thief", "assen", "archief"])
def test_a_version_by_anyone_but_the_organiser_of_the_version_before_falls(hand: str) -> None:
    link = versions()
    assert stands([*link.relays, sealed_version(link, hand, 2)]) == (1, ["E202"])


def test_a_new_organiser_key_cannot_sign_the_version_that_brings_it_in() -> None:
    link = versions()
    link.sign_relay("spare", organiser=party(ORGANISER, ORGANISER, "spare"))
    assert stands(link.relays) == (1, ["E205"])


def test_a_key_that_was_brought_in_by_the_old_one_signs_the_next_version() -> None:
    link = versions()
    link.sign_relay(ORGANISER, organiser=party(ORGANISER, "new"))
    link.sign_relay("new")
    assert stands(link.relays) == (3, [])
    link.sign_relay(ORGANISER)
    assert stands(link.relays) == (3, ["E202"])


def test_version_one_may_list_a_spare_key_and_then_the_spare_key_signs_on() -> None:
    link = versions("spare", organisers=(ORGANISER, "spare"))
    assert stands(link.relays) == (2, [])


def test_a_signature_for_another_purpose_counts_for_nothing() -> None:
    link = versions()
    kind = replace(seal.RELAY, namespace="linksync-handoff-v1")
    record = {"relay.yaml": dump(link.relay), "allowed_signers": signers_of(link.relay)}
    assert stands([sealed(kind, "linksync/relay/0001", record, {}, ORGANISER)]) == (0, ["E204"])


def test_every_truncation_of_a_version_and_of_its_signature_ends_the_roster() -> None:
    link = versions(ORGANISER)
    whole = link.relays[1]
    for name, data in whole.files.items():
        for end in range(len(data)):
            count, found = stands([link.relays[0], with_file(whole, name, data[:end])])
            assert count == 1
            assert found


def test_a_version_that_follows_another_seal_falls() -> None:
    link, other = versions(ORGANISER), versions(organisers=(ORGANISER, "spare"))
    assert stands([other.relays[0], link.relays[1]]) == (1, ["E217"])


def test_a_first_version_that_follows_one_falls() -> None:
    link = versions()
    files = {name: link.relays[0].files[name] for name in seal.RELAY.required}
    follows = {"linksync/relay/0002/seal.sha256": sha256(b"")}
    assert stands([sealed(seal.RELAY, "linksync/relay/0001", files, follows, ORGANISER)]) == (0, ["E109"])


def test_a_version_that_is_gone_from_the_middle_ends_the_roster() -> None:
    link = versions(ORGANISER, ORGANISER)
    assert stands([link.relays[0], link.relays[2]]) == (1, ["E217"])


def test_a_folder_named_9999_costs_nothing() -> None:
    link = versions()
    started = time.process_time()
    assert stands([*link.relays, RawFolder(path="linksync/relay/9999", files={})]) == (1, ["E217"])
    assert stands([RawFolder(path="linksync/relay/9999", files={})]) == (0, ["E217"])
    assert time.process_time() - started < 1


def test_a_version_of_another_relay_falls() -> None:
    link = versions()
    link.sign_relay(id="andere")
    assert stands(link.relays) == (1, ["E216"])


def test_allowed_signers_that_tells_another_story_falls() -> None:
    link = Link()
    link.relays.clear()
    thief = relay_record("assen", "emmen", "meppel", "thief")
    link.sign_relay(allowed=signers_of(thief))
    assert stands(link.relays) == (0, ["E220"])


def test_what_a_stranger_put_in_the_place_of_the_next_version_is_not_read_before_its_signer_is_known() -> None:
    link = versions()
    for record in (dump({"format": 2}), b"[" * 1000, dump({**link.relay, "id": "andere"})):
        files = {"relay.yaml": record, "allowed_signers": b"x"}
        folder = sealed(seal.RELAY, "linksync/relay/0002", files, naming(link.relays[0]), "thief")
        assert stands([link.relays[0], folder]) == (1, ["E202"])


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (b"format: 2\n", "E103"),
        (b"a: &x 1\nb: *x\n", "E111"),
        (b"[" * 100_000, "E111"),
        (b"a: 1\na: 2\n", "E110"),
        (b"format: 1\n", "E112"),
        (b"", "E110"),
    ],
)
def test_a_record_that_cannot_be_read_says_why(record: bytes, code: str) -> None:
    link = versions()
    files = {"relay.yaml": record, "allowed_signers": b"x"}
    folder = sealed(seal.RELAY, "linksync/relay/0002", files, naming(link.relays[0]), ORGANISER)
    assert stands([link.relays[0], folder]) == (1, [code])


def test_versions_beyond_what_a_relay_may_hold_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    link = versions(*[ORGANISER] * 9)
    monkeypatch.setattr("linksync.custody.roster.ROSTER_BYTES_MAX", 3 * len(link.relays[0].files["relay.yaml"]))
    count, found = stands(link.relays)
    assert count < 4
    assert found == ["E116"]


# Merging with what was known before.


def test_the_longer_of_two_rosters_of_one_relay_is_taken() -> None:
    link = versions(ORGANISER, ORGANISER)
    long, short = read_roster(link.relays)[0], read_roster(link.relays[:1])[0]
    assert merge_rosters(short, long) == (long, [])
    assert merge_rosters(long, short) == (long, [])
    assert merge_rosters(long, Roster(versions=())) == (long, [])


def test_where_two_rosters_contradict_what_was_known_first_stands_and_both_are_told() -> None:
    link = versions()
    other = link.copy()
    link.sign_relay(name="Een")
    other.sign_relay(name="Twee")
    other.sign_relay(name="Drie")
    here, known = read_roster(other.relays)[0], read_roster(link.relays)[0]
    roster, found = merge_rosters(here, known)
    assert roster == known
    assert [(f.code, f.path) for f in found] == [("E218", "linksync/relay/0002")]
    assert dict(found[0].fields) == {"seen": known.versions[1].seal, "found": here.versions[1].seal}


# Revocation.


def test_a_revocation_stays_when_a_later_version_no_longer_repeats_it() -> None:
    link, key = versions(), Hand("assen").public.fingerprint
    without = relay_record("emmen")["hosts"]
    link.sign_relay(hosts=without, revoked=[{"key": key, "last_good": {link.id: A}}])
    link.sign_relay(revoked=[])
    roster = link.roster()
    assert roster.revoked(link.id) == {key: A}
    assert roster.revoked("00" * 16) == {key: ""}


def test_a_later_version_may_name_another_last_good_seal_or_take_the_key_back() -> None:
    link, key = versions(), Hand("assen").public.fingerprint
    without = relay_record("emmen")["hosts"]
    link.sign_relay(hosts=without, revoked=[{"key": key, "last_good": {link.id: A}}])
    link.sign_relay(revoked=[{"key": key, "last_good": {link.id: "1" * 64}}])
    assert link.roster().revoked(link.id) == {key: "1" * 64}
    link.sign_relay(hosts=relay_record("assen", "emmen")["hosts"], revoked=[])
    assert link.roster().revoked(link.id) == {}
