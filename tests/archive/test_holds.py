"""What is not taken in waits, with its bytes and a reason, and comes in when it can, whatever came first."""

import io
from itertools import permutations
from pathlib import Path

import pytest
from archives import make, trees
from sealed import Link, Relay, Sealed

from linksync.archive.port import Answer, Outcome, Submission
from linksync.archive.repository import Repository
from linksync.custody.lists import sha256
from linksync.custody.seal import SEAL, SIGNATURE, RawFolder
from linksync.errors import TrustError

PLAN, PHOTO = b"data/plan.docx", b"data/photo.png"


@pytest.fixture
def relay() -> Relay:
    relay = Relay()
    relay.sign(hold=("*.exe",), refuse=("*.scr",))
    return relay


@pytest.fixture
def archive(tmp_path: Path, relay: Relay) -> Repository:
    return make(tmp_path, relay)


def two(relay: Relay) -> tuple[Sealed, Sealed]:
    link = Link(relay)
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij"})
    return first, link.seal("host-a", {PLAN: b"plan", PHOTO: b"photo"}, after=first)


def altered(sealed: Sealed, name: str, data: bytes) -> Submission:
    given = sealed.submission()
    folder = RawFolder(path=given.handoff.path, files={**given.handoff.files, name: data})
    return Submission(handoff=folder, previous=given.previous, relays=given.relays, content=given.content)


def codes(answer: Answer) -> list[str]:
    return [one.code for one in answer.findings]


def test_what_misses_bytes_waits_and_anyone_may_bring_them(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    _, second = two(relay)
    answer = archive.offer(second.submission(without=[PHOTO]))
    assert (answer.outcome, answer.missing, answer.receipt) == (Outcome.INCOMPLETE, (PHOTO,), None)
    assert not archive.holds_handoff(second.seal)
    assert not [name for name in trees(tmp_path / "archive/ocfl") if "host-a" in name]
    again = archive.offer(second.submission(without=[PLAN]))
    assert again.outcome is Outcome.ACCEPTED
    assert again.receipt is not None
    assert not trees(tmp_path / "archive/holds")


def test_content_that_is_not_what_its_hash_says_is_as_missing(archive: Repository, relay: Relay) -> None:
    _, second = two(relay)
    given = second.submission()
    contents = {**second.contents, PHOTO: b"phot0"}
    lying = Submission(
        handoff=given.handoff,
        previous=given.previous,
        relays=given.relays,
        content=lambda path, _digest: io.BytesIO(contents[path]),
    )
    answer = archive.offer(lying)
    assert (answer.outcome, answer.missing) == (Outcome.INCOMPLETE, (PHOTO,))
    assert archive.offer(second.submission()).outcome is Outcome.ACCEPTED


def test_the_seal_before_is_asked_for_or_taken_from_the_archive(archive: Repository, relay: Relay) -> None:
    first, second = two(relay)
    given = second.submission()
    without = Submission(handoff=given.handoff, previous=None, relays=given.relays, content=given.content)
    answer = archive.offer(without)
    assert answer.outcome is Outcome.INCOMPLETE
    assert answer.missing == (f"{first.folder.path}/{SEAL}".encode(),)
    archive.offer(first.submission())
    assert archive.offer(without).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("handoff.yaml", b"format: 1\n", "E206"),
        ("added.sha256", b"", "E206"),
        ("index.jsonl", b"{}\n", "E206"),
        (SEAL, b"not a list\n", "E107"),
        (SIGNATURE, b"nonsense", "E226"),
        (SIGNATURE, b"", "W101"),
    ],
)
def test_a_damaged_record_is_held_with_its_finding_and_a_whole_copy_comes_in(
    name: str, data: bytes, code: str, archive: Repository, relay: Relay, tmp_path: Path
) -> None:
    _, second = two(relay)
    answer = archive.offer(altered(second, name, data))
    assert answer.outcome is Outcome.HELD
    assert code in codes(answer)
    assert sha256(b"plan").hex() in "".join(trees(tmp_path / "archive/holds")) or name == "added.sha256"
    assert archive.offer(second.submission()).outcome is Outcome.ACCEPTED
    if name != SEAL:
        assert not [hold for _, hold in archive.holds.all()]


def test_what_others_laid_in_a_folder_is_left_behind(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    _, second = two(relay)
    assert archive.offer(altered(second, "refused.sha256", b"x")).outcome is Outcome.ACCEPTED
    assert not [name for name in trees(tmp_path / "archive/ocfl") if "refused" in name]


def test_one_signed_by_a_stranger_is_held(archive: Repository, relay: Relay) -> None:
    link = Link(relay)
    first = link.seal("ncsi")
    answer = archive.offer(link.seal("host-a", {PLAN: b"x"}, after=first, key="stranger").submission())
    assert (answer.outcome, codes(answer)) == (Outcome.HELD, ["E202"])


def test_one_by_another_host_is_held(archive: Repository, relay: Relay) -> None:
    link = Link(relay)
    first = link.seal("ncsi")
    answer = archive.offer(link.seal("host-a", {PLAN: b"x"}, after=first, key="host-b").submission())
    assert (answer.outcome, codes(answer)) == (Outcome.HELD, ["E203"])


def test_one_of_another_organiser_is_held_and_its_relay_not_learnt(archive: Repository) -> None:
    other = Relay(organiser="impostor")
    other.sign()
    other.sign()
    answer = archive.offer(Link(other).seal("ncsi", {PLAN: b"x"}, key="impostor").submission())
    assert (answer.outcome, codes(answer)) == (Outcome.HELD, ["E214"])
    assert len(archive.relay_versions()) == 1
    with pytest.raises(TrustError, match="archive-organiser-other"):
        archive.learn_relay(other.versions)


def test_a_version_other_than_the_known_one_is_held_and_refused(archive: Repository, relay: Relay) -> None:
    twin = Relay(versions=list(relay.versions))
    relay.sign(hosts={"host-a": ("host-a",)})
    twin.sign(hosts={"host-b": ("host-b",)})
    archive.learn_relay(relay.versions)
    answer = archive.offer(Link(twin).seal("ncsi", {PLAN: b"x"}).submission())
    assert (answer.outcome, codes(answer)) == (Outcome.HELD, ["E218"])
    with pytest.raises(TrustError, match="archive-relay-other"):
        archive.learn_relay(twin.versions)


def test_one_that_is_not_attested_waits_until_it_is(archive: Repository, relay: Relay) -> None:
    _, second = two(relay)
    assert archive.offer(second.submission(attested=False)).outcome is Outcome.HELD
    assert [hold.why for _, hold in archive.holds.all()] == ["unattested"]
    relay.sign()
    archive.learn_relay(relay.versions)
    assert not archive.holds_handoff(second.seal)
    assert archive.offer(second.submission(without=[PLAN, PHOTO])).outcome is Outcome.ACCEPTED


def test_a_new_version_that_comes_along_is_learnt(archive: Repository, relay: Relay) -> None:
    first, _ = two(relay)
    relay.sign(hosts={"host-e": ("host-e",)})
    newer = Link(relay).seal("host-e", {PLAN: b"x"}, after=first)
    assert archive.offer(newer.submission()).outcome is Outcome.ACCEPTED
    assert len(archive.relay_versions()) == 2


def test_one_whose_relay_version_comes_later_is_freed_by_it(archive: Repository, relay: Relay) -> None:
    first, _ = two(relay)
    relay.sign(hosts={"host-e": ("host-e",)})
    newer = Link(relay).seal("host-e", {PLAN: b"x"}, after=first)
    given = newer.submission()
    early = Submission(handoff=given.handoff, previous=given.previous, relays=given.relays[:1], content=given.content)
    assert codes(archive.offer(early)) == ["E217"]
    archive.learn_relay(relay.versions)
    assert archive.holds_handoff(newer.seal)
    assert not list(archive.holds.all())


def test_refused_files_stay_out_of_the_object_and_are_held(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    first, _ = two(relay)
    sealed = Link(relay).seal("host-a", {PLAN: b"x", b"data/virus.scr": b"MZ"}, after=first)
    assert archive.offer(sealed.submission()).outcome is Outcome.ACCEPTED
    assert b"MZ" not in trees(tmp_path / "archive/ocfl").values()
    assert b"MZ" in trees(tmp_path / "archive/holds").values()
    assert [hold.why for _, hold in archive.holds.all()] == ["refused"]
    before = trees(tmp_path / "archive")
    assert archive.offer(sealed.submission()).outcome is Outcome.ALREADY
    assert trees(tmp_path / "archive") == before


def test_refused_files_that_come_later_are_held_then(archive: Repository, relay: Relay, tmp_path: Path) -> None:
    first, _ = two(relay)
    sealed = Link(relay).seal("host-a", {PLAN: b"x", b"data/virus.scr": b"MZ"}, after=first)
    assert archive.offer(sealed.submission(without=[b"data/virus.scr"])).outcome is Outcome.ACCEPTED
    archive.offer(sealed.submission())
    assert b"MZ" in trees(tmp_path / "archive/holds").values()


def stolen(relay: Relay) -> list[Sealed]:
    """Hand-offs 2 to 4 by a host whose key is stolen then: 4 is its last good seal, the thief's is another 4."""
    link = Link(relay)
    first = link.seal("ncsi")
    second = link.seal("host-a", {b"data/2": b"2"}, after=first)
    third = link.seal("host-b", {b"data/3": b"3"}, after=second)
    fourth = link.seal("host-a", {b"data/4": b"4"}, after=third)
    thief = link.seal("host-a", {b"data/thief": b"thief"}, after=third)
    return [first, second, third, fourth, thief]


@pytest.mark.parametrize("order", list(permutations(range(1, 5))))
def test_only_the_last_good_seal_of_a_stolen_key_and_what_is_before_it_come_in_whatever_the_order(
    order: tuple[int, ...], relay: Relay, tmp_path: Path
) -> None:
    chain = stolen(relay)
    relay.sign(hosts={"host-a": ("host-a-2",), "host-b": ("host-b",)}, revoked={"host-a": chain[3].seal})
    archive = make(tmp_path, relay)
    for place in order:
        archive.offer(chain[place].submission())
    assert [archive.holds_handoff(one.seal) for one in chain] == [False, True, True, True, False]
    assert [hold.findings[0].code for _, hold in archive.holds.all()] == ["E207"]


def test_a_stolen_key_without_a_last_good_seal_brings_nothing_in(relay: Relay, tmp_path: Path) -> None:
    chain = stolen(relay)
    relay.sign(hosts={"host-b": ("host-b",)}, revoked={"host-a": ""})
    archive = make(tmp_path, relay)
    for one in chain:
        archive.offer(one.submission())
    assert [archive.holds_handoff(one.seal) for one in chain] == [True, False, True, False, False]


def test_a_revocation_counts_although_the_newest_version_no_longer_repeats_it(relay: Relay, tmp_path: Path) -> None:
    chain = stolen(relay)
    hosts = {"host-a": ("host-a-2",), "host-b": ("host-b",)}
    relay.sign(hosts=hosts, revoked={"host-a": chain[3].seal})
    relay.sign(hosts=hosts)
    archive = make(tmp_path, relay)
    for one in chain:
        archive.offer(one.submission())
    assert [archive.holds_handoff(one.seal) for one in chain] == [True, True, True, True, False]
    assert [hold.findings[0].code for _, hold in archive.holds.all()] == ["E207"]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_seals_by_a_dropped_key_come_in_when_somebody_who_knew_went_on_from_them(
    order: tuple[int, ...], relay: Relay, tmp_path: Path
) -> None:
    link = Link(relay)
    first = link.seal("ncsi")
    second = link.seal("host-a", {b"data/2": b"2"}, after=first)
    third = link.seal("host-a", {b"data/3": b"3"}, after=second)
    relay.sign(hosts={"host-a": ("host-a-2",), "host-b": ("host-b",)})
    fourth = link.seal("host-b", {b"data/4": b"4"}, after=third)
    aside = link.seal("host-a", {b"data/aside": b"aside"}, after=first, version=1, key="host-a")
    archive = make(tmp_path, relay)
    offered = [second, third, fourth, aside]
    for place in order:
        archive.offer(offered[place].submission())
    assert [archive.holds_handoff(one.seal) for one in offered] == [True, True, True, False]
    assert [hold.findings[0].code for _, hold in archive.holds.all()] == ["E208"]
