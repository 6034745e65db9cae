"""Sync: what is owed arrives whole, receipts come back, copies go only then, and strangers get nothing."""

import contextlib
import errno
from pathlib import Path

import pytest
from faults import Faults
from media import exfat_stick, replug, yank
from played import FIRST, SECOND, THIRD, a_link, copy_of, put

from linksync.archive.port import Outcome
from linksync.custody.lists import sha256
from linksync.demo.keys import SeedSigner
from linksync.demo.world import World, signer_of
from linksync.errors import LinksyncError, RefusedError
from linksync.host.sync import sync
from linksync.stick.medium import Medium


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def copies(world: World, holder: str) -> int:
    return sum(path.is_file() for path in world.state(holder).folder.glob("links/*/content/*/*"))


def archived(world: World) -> list[str]:
    return [arrival.folder for arrival in world.archive().feed(0)]


def held(world: World) -> set[bytes]:
    """Every content that stands in the archive's holds."""
    return {
        path.read_bytes() for path in (world.folder / "archive").rglob("*") if path.is_file() and "holds" in str(path)
    }


def test_what_is_owed_is_accepted_signed_for_and_let_go(world: World) -> None:
    assert copies(world, FIRST) == 1
    told = world.sync(FIRST)
    assert {one.folder: one.outcome for one in told.sent} == {
        f"000002-{FIRST}": Outcome.ACCEPTED,
        "000001-ncsi": Outcome.ACCEPTED,
    }
    assert all(one.receipt for one in told.sent)
    assert sorted(archived(world)) == ["000001-ncsi", f"000002-{FIRST}"]
    assert copies(world, FIRST) == 0
    assert world.state(FIRST).outbox(told.sent[0].link).entries() == ()


def test_a_second_sync_has_nothing_to_do(world: World) -> None:
    world.sync(FIRST)
    again = world.sync(FIRST)
    assert (again.sent, again.pending) == ((), ())
    assert len(archived(world)) == 2


def test_any_host_sends_what_stands_on_the_stick_in_any_order(world: World) -> None:
    put(world.stick, {"data/B/2.txt": b"two"})
    world.hand_over(SECOND)
    world.hand_over(THIRD)
    told = world.sync(THIRD)
    assert len(told.sent) == 4
    assert len(archived(world)) == 4
    assert world.sync(FIRST, with_stick=False).sent[0].outcome is Outcome.ALREADY
    assert copies(world, FIRST) == 0


def test_without_the_stick_only_what_this_host_made_is_sent(world: World) -> None:
    assert [one.folder for one in world.sync(FIRST, with_stick=False).sent] == [f"000002-{FIRST}"]


def test_content_that_was_moved_on_the_stick_is_found_where_it_is_now(world: World) -> None:
    (world.stick / "data" / "Bakkerij").rename(world.stick / "data" / "Nieuw")
    world.hand_over(SECOND)
    assert {one.outcome for one in world.sync(SECOND).sent} == {Outcome.ACCEPTED}


def test_content_that_is_gone_from_the_stick_is_missing_until_somebody_brings_it(world: World) -> None:
    (world.stick / "data" / "Bakkerij" / "idee.txt").unlink()
    world.hand_over(SECOND)
    told = {one.folder: one for one in world.sync(SECOND).sent}
    assert told[f"000002-{FIRST}"].outcome is Outcome.INCOMPLETE
    assert told[f"000002-{FIRST}"].missing == (b"data/Bakkerij/idee.txt",)
    assert world.sync(FIRST, with_stick=False).sent[0].outcome is Outcome.ACCEPTED
    assert len(archived(world)) == 3


def test_content_that_was_altered_on_the_stick_is_not_taken_for_what_was_sealed(world: World) -> None:
    (world.stick / "data" / "Bakkerij" / "idee.txt").write_bytes(b"forged")
    told = {one.folder: one for one in world.sync(SECOND).sent}
    assert told[f"000002-{FIRST}"].outcome is Outcome.INCOMPLETE


def test_a_receipt_travels_with_the_next_hand_off(world: World) -> None:
    world.sync(FIRST)
    world.hand_over(SECOND)
    assert not (world.stick / "linksync" / "receipts").exists()
    world.hand_over(FIRST)
    receipts = sorted(path.name for path in (world.stick / "linksync" / "receipts" / "archief").iterdir())
    assert receipts == ["000001-ncsi", f"000002-{FIRST}"]
    assert world.verify().report.exit == 0


def pending(world: World) -> None:
    """A hand-off by the second host that no stick ever got."""
    put(world.stick, {"data/new.txt": b"never arrived"})
    with Faults(world.stick, fail_at=1, error=errno.ENODEV, stay_dead=True):
        assert world.hand_over(SECOND).problem is not None


def test_a_hand_off_that_no_stick_gave_back_is_not_sent(world: World) -> None:
    pending(world)
    told = world.sync(SECOND, with_stick=False)
    assert (told.sent, told.pending) == ((), (f"000003-{SECOND}",))
    assert copies(world, SECOND) == 1
    assert archived(world) == []


def test_a_side_branch_goes_to_holds_with_its_files_and_forks_nothing(world: World) -> None:
    pending(world)
    (world.stick / "data" / "new.txt").unlink()
    world.hand_over(THIRD)
    world.hand_over(SECOND)
    told = {one.folder: one.outcome for one in world.sync(SECOND).sent}
    assert told[f"000003-{SECOND}"] is Outcome.HELD
    assert sorted(archived(world)) == ["000001-ncsi", f"000002-{FIRST}", f"000003-{THIRD}", f"000004-{SECOND}"]
    assert b"never arrived" in held(world)
    assert copies(world, SECOND) == 1
    assert world.verify(SECOND).report.exit == 0


def test_a_newer_relay_version_travels_both_ways(world: World) -> None:
    world.archive()
    world.hand_over(SECOND)
    world.sign_relay(world.page.replace('contact: "estafette@', 'contact: "vragen@'))
    world.hand_over(FIRST, relays=True)
    assert world.sync(FIRST, with_stick=False).relay_version == 2
    assert len(world.archive().relay_versions()) == 2
    host = world.state(SECOND)
    assert len(host.roster(host.relays()[0]).versions) == 1
    assert world.sync(SECOND, with_stick=False).relay_version == 2
    assert len(host.roster(host.relays()[0]).versions) == 2


def strange(folder: Path) -> World:
    """A relay with an organiser of its own, and another name."""
    world = World.begin(folder)
    page = world.page.replace(signer_of("ncsi").public.line, SeedSigner("other").public.line)
    page = page.replace("id: slimmer-werken-estafette-2011", "id: andere-estafette")
    world.relays = ()
    world.sign_relay(page, by=SeedSigner("other"))
    return world


def test_an_archive_of_another_organiser_gets_nothing_at_all(world: World, tmp_path: Path) -> None:
    """A host may take part in two relays: what it took in for one is no business of the other's archive."""
    put(world.stick, {"data/B/2.txt": b"confidential"})
    world.hand_over(SECOND)
    other = strange(tmp_path / "other")
    told = sync(world.state(SECOND), other.archive())
    assert told.sent == ()
    with pytest.raises(RefusedError) as refusal, Medium.open(world.stick) as medium:
        sync(world.state(SECOND), other.archive(), medium)
    assert refusal.value.slug == "sync-other-organiser"
    everything = [path.read_bytes() for path in (other.folder / "archive").rglob("*") if path.is_file()]
    assert not any(b"confidential" in data or sha256(b"confidential").hex().encode() in data for data in everything)
    assert copies(world, SECOND) == 1


def test_a_sync_cut_off_at_any_write_is_finished_by_the_next(world: World, tmp_path: Path) -> None:
    world.archive()
    with Faults(copy_of(world, tmp_path / "counted").folder) as counted:
        World(tmp_path / "counted", tmp_path / "counted/stick", relays=world.relays, time=world.time).sync(FIRST)
    assert len(counted.calls) > 50
    for number in range(1, len(counted.calls) + 1, 23):
        other = copy_of(world, tmp_path / str(number))
        try:
            with Faults(other.folder, fail_at=number, error=errno.EIO):
                other.sync(FIRST)
        except LinksyncError:
            pass
        other.sync(FIRST)
        assert sorted(set(archived(other))) == ["000001-ncsi", f"000002-{FIRST}"], counted.calls[number - 1]
        assert copies(other, FIRST) == 0, counted.calls[number - 1]


def test_a_stick_pulled_out_during_a_sync_costs_nothing(tmp_path: Path) -> None:
    with exfat_stick(tmp_path, megabytes=64) as stick:
        world = a_link(tmp_path / "w", {f"data/{n}.bin": bytes([n]) * 2_000_000 for n in range(8)}, stick=stick.path)
        world.archive()
        with Medium.open(stick.path) as medium:
            yank(stick)
            with contextlib.suppress(LinksyncError):
                sync(world.state(SECOND), world.archive(), medium)
        replug(stick)
        world.sync(SECOND)
        assert sorted(archived(world)) == ["000001-ncsi", f"000002-{FIRST}"]
        assert world.sync(SECOND).sent == ()
