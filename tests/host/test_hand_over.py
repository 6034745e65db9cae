"""The hand-off at the table: safe on the host before the stick is touched, and finished by whoever comes back."""

import errno
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from faults import Faults, Killed
from media import exfat_stick, ext4_stick, remount, remount_readonly
from played import FIRST, SECOND, THIRD, a_link, codes, copy_of, everything, notes, open_descriptors, people_files, put

from linksync.custody.handoff import handoff_from_bytes
from linksync.custody.lists import sha256
from linksync.custody.memory import Standing
from linksync.custody.seal import HANDOFF, RELAY, build
from linksync.demo.estafette import HOSTS
from linksync.demo.keys import SeedSigner
from linksync.demo.world import World, signer_of
from linksync.errors import FormatError, LinksyncError, MediumError, RefusedError, TrustError
from linksync.host.admission import Request
from linksync.host.handoff import Outcome, hand_over
from linksync.stick.medium import Medium


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def cut_off(world: World, holder: str, at: str, error: int = errno.ENODEV) -> None:
    """A hand-off during which the stick is pulled out, at the first call of that name."""
    counting = copy_of(world, world.folder.with_name(f"{world.folder.name}-counted"))
    with Faults(counting.stick) as counted:
        counting.hand_over(holder)
    shutil.rmtree(counting.folder)
    number = next(n for n, call in enumerate(counted.calls, start=1) if at in call)
    with Faults(world.stick, fail_at=number, error=error, stay_dead=True):
        outcome = world.hand_over(holder)
    assert outcome.problem is not None


def refused(world: World, request: Request | None = None, holder: str = SECOND) -> LinksyncError:
    """The error of a hand-off that must change nothing on the stick."""
    before = everything(world.stick)
    with pytest.raises(LinksyncError) as told, Medium.open(world.stick) as medium:
        hand_over(medium, world.state(holder), request or world.request(holder))
    assert everything(world.stick) == before
    return told.value


def statuses(world: World, outcome: Outcome) -> list[str]:
    """What became of the hand-offs that the second host made."""
    return sorted(entry.status for entry in world.state(SECOND).outbox(outcome.link).entries())


# Going well.


def test_a_whole_relay_of_twelve_stops_is_in_order_at_each(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.prepare()
    for number, host in enumerate(HOSTS, start=2):
        world.visit()
        before = people_files(world.stick)
        outcome = world.hand_over(host.id)
        assert (outcome.number, outcome.problem, outcome.unwritten) == (number, None, ())
        assert outcome.intake.bytes_read == sum(size for size, _ in outcome.intake.tree.files.values())
        assert people_files(world.stick) == before
        for holder in ("", host.id, "ncsi"):
            assert world.verify(holder).report.exit == 0


def test_a_departure_and_an_arrival_without_changes_seal_the_same_state(world: World) -> None:
    outcome = world.hand_over(SECOND)
    assert outcome.number == 3
    folders = sorted(world.stick.glob("linksync/handoffs/*"))[-2:]
    assert len({(folder / "state.sha256").read_bytes() for folder in folders}) == 1
    page = handoff_from_bytes((folders[1] / "handoff.yaml").read_bytes())
    assert (page.received_from, page.holder, page.counts.added) == (FIRST, SECOND, 0)
    assert world.hand_over(SECOND).folder == ""


def test_hand_offs_leave_no_descriptor_behind(world: World) -> None:
    world.hand_over(SECOND)
    before = open_descriptors()
    for number in range(30):
        world.hand_over((FIRST, SECOND)[number % 2])
        if number % 10 == 0:
            world.verify(FIRST)
    assert open_descriptors() == before
    assert world.verify().report.number == 33


# Refusals.


def test_what_is_no_link_or_only_half_of_one_is_refused(world: World) -> None:
    shutil.rmtree(world.stick / "linksync" / "handoffs")
    assert refused(world).slug == "half-prepared"
    shutil.rmtree(world.stick / "linksync")
    assert refused(world).slug == "not-a-link"
    (world.stick / "linksync").write_bytes(b"a file")
    assert refused(world).slug == "not-a-link"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_something_else_in_place_of_the_hand_offs_is_refused(world: World, kind: str) -> None:
    place = world.stick / "linksync" / "handoffs"
    place.rename(world.folder / "moved")
    if kind == "file":
        place.write_bytes(b"x")
    else:
        place.symlink_to(world.folder / "moved")
    assert refused(world).slug == "half-prepared"


def test_a_host_that_the_relay_does_not_know_or_with_another_key_is_refused(world: World) -> None:
    assert refused(world, holder="niemand").slug == "host-unknown"
    error = refused(world, world.request(SECOND, key=SeedSigner("somebody else")))
    assert (type(error), error.slug) == (TrustError, "host-key-other")
    assert refused(world, world.request(SECOND, key=signer_of(THIRD))).slug == "host-key-other"


def test_another_organiser_than_the_one_given_or_remembered_is_refused(world: World) -> None:
    other = "SHA256:" + "A" * 43
    given = Request(holder=SECOND, signer=signer_of(SECOND), now=world.now, organiser=other)
    assert refused(world, given).slug == "organiser-not-label"
    nothing = Request(holder=SECOND, signer=signer_of(SECOND), now=world.now)
    error = refused(world, nothing)
    assert (type(error), error.slug, error.fields["found"]) == (RefusedError, "organiser-unknown", world.organiser)
    world.hand_over(SECOND)
    assert refused(world, given).slug == "organiser-other"
    with Medium.open(world.stick) as medium:
        assert hand_over(medium, world.state(SECOND), nothing).folder == ""


def test_a_relay_that_another_made_is_refused(world: World, tmp_path: Path) -> None:
    stranger = World.begin(tmp_path / "stranger")
    stranger.relays = ()
    stranger.sign_relay(
        stranger.page.replace(signer_of("ncsi").public.line, SeedSigner("thief").public.line), by=SeedSigner("thief")
    )
    given = Request(holder=SECOND, signer=signer_of(SECOND), now=world.now, relays=stranger.relays)
    assert refused(world, given).slug == "organiser-not-label"


def test_a_stick_of_a_newer_format_is_refused(world: World) -> None:
    page = world.page.replace("format: 1", "format: 2").encode()
    signers = world.relays[0].files["allowed_signers"]
    before = world.relays[0]
    files = build(
        RELAY,
        "linksync/relay/0002",
        {"relay.yaml": page, "allowed_signers": signers},
        follows={f"{before.path}/seal.sha256": sha256(before.files["seal.sha256"])},
        signer=signer_of("ncsi"),
    )
    put(world.stick, {f"linksync/relay/0002/{name}": data for name, data in files.items()})
    error = refused(world)
    assert (type(error), error.slug) == (FormatError, "link-newer")


def test_a_hand_off_of_a_newer_format_is_refused(world: World) -> None:
    last = max(world.stick.glob("linksync/handoffs/*"))
    page = (last / "handoff.yaml").read_bytes().replace(b"format: 1", b"format: 2")
    path = f"linksync/handoffs/000003-{SECOND}"
    follows = {
        f"{world.relays[0].path}/seal.sha256": sha256(world.relays[0].files["seal.sha256"]),
        f"linksync/handoffs/{last.name}/seal.sha256": sha256((last / "seal.sha256").read_bytes()),
    }
    files = build(HANDOFF, path, {"handoff.yaml": page}, follows=follows, signer=signer_of(SECOND))
    put(world.stick, {f"{path}/{name}": data for name, data in files.items()})
    assert refused(world).slug == "link-newer"


def test_two_hand_offs_at_once_are_not_possible(world: World) -> None:
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with Medium.open(world.stick) as medium, medium.locked():
            entered.set()
            leave.wait(10)

    other = threading.Thread(target=first)
    other.start()
    entered.wait(10)
    try:
        assert refused(world).slug == "stick-busy"
    finally:
        leave.set()
        other.join()
    assert world.hand_over(SECOND).problem is None


def test_another_process_that_holds_the_stick_is_noticed(world: World) -> None:
    program = (
        "import sys; from linksync.stick.medium import Medium\n"
        "with Medium.open(sys.argv[1]) as medium, medium.locked():\n    print('locked', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(world.stick)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        assert held.stdout is not None
        assert held.stdin is not None
        assert held.stdout.readline() == b"locked\n"
        assert refused(world).slug == "stick-busy"
        held.stdin.close()


# Cut off, and finished.


def test_a_stick_that_cannot_be_written_to_is_taken_in_and_finished_when_it_can(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=32) as stick:
        world = a_link(tmp_path / "w", stick=stick.path)
        put(stick.path, {"data/new.txt": b"new"})
        remount_readonly(stick)
        outcome = world.hand_over(SECOND)
        assert outcome.problem is not None
        assert outcome.problem.slug == "stick-read-only"
        (entry,) = world.state(SECOND).outbox(outcome.link).entries()
        assert entry.status == "pending"
        with pytest.raises(MediumError) as told:
            world.hand_over(SECOND)
        assert told.value.slug == "stick-read-only"
        remount(stick)
        again = world.hand_over(SECOND)
        assert (again.finished, again.folder, again.problem) == (outcome.folder, "", None)
        assert world.state(SECOND).outbox(outcome.link).entries()[0].status == "written"
        assert world.verify(SECOND).report.exit == 0


def test_a_read_only_stick_with_nothing_new_is_fine(tmp_path: Path) -> None:
    with exfat_stick(tmp_path, megabytes=32) as stick:
        world = a_link(tmp_path / "w", stick=stick.path)
        remount_readonly(stick)
        outcome = world.hand_over(FIRST)
        assert (outcome.folder, outcome.problem) == ("", None)


def test_a_hand_off_that_was_cut_off_is_finished_with_the_same_bytes(world: World) -> None:
    put(world.stick, {"data/new.txt": b"new"})
    cut_off(world, SECOND, "handoff.yaml")
    (entry,) = world.state(SECOND).outbox(world.verify().report.link).entries()
    assert entry.status == "pending"
    outcome = world.hand_over(SECOND)
    assert outcome.finished == entry.folder.name
    there = world.stick / entry.folder.path
    assert {path.name: path.read_bytes() for path in there.iterdir()} == dict(entry.folder.files)
    assert world.verify(SECOND).report.exit == 0


def test_a_hand_off_that_arrived_unnoticed_is_synced_and_read_back_before_it_counts(world: World) -> None:
    put(world.stick, {"data/new.txt": b"new"})
    copy = copy_of(world, world.folder.with_name("copy"))
    with Faults(copy.folder) as counted:
        copy.hand_over(SECOND)
    signed = [n for n, call in enumerate(counted.calls, start=1) if call.startswith("fsync") and call.endswith(".sig")]
    with pytest.raises(Killed), Faults(world.folder, fail_at=signed[-1], killed=True):
        world.hand_over(SECOND)
    with Faults(world.stick) as finishing:
        outcome = world.hand_over(SECOND)
    assert any(call.startswith("fsync") and call.endswith(".sig") for call in finishing.calls)
    assert outcome.finished == f"000003-{SECOND}"
    assert (outcome.problem, world.verify(SECOND).report.exit) == (None, 0)


def test_a_pending_hand_off_goes_aside_when_the_stick_went_on_without_it(world: World) -> None:
    put(world.stick, {"data/new.txt": b"new"})
    cut_off(world, SECOND, "handoff.yaml")
    assert world.hand_over(THIRD).problem is None
    outcome = world.hand_over(SECOND)
    assert (outcome.finished, outcome.number) == ("", 4)
    assert statuses(world, outcome) == ["aside", "written"]
    assert world.verify(SECOND).report.exit == 0
    assert ("W101", f"linksync/handoffs/000003-{SECOND}") in notes(world.verify())


@pytest.mark.parametrize("obstacle", ["a stranger's whole folder", "a fifo"])
def test_a_pending_hand_off_whose_place_was_taken_goes_aside_and_the_host_goes_on(world: World, obstacle: str) -> None:
    put(world.stick, {"data/new.txt": b"new"})
    cut_off(world, SECOND, f"mkdir linksync/handoffs/000003-{SECOND}")
    folder = world.stick / "linksync" / "handoffs" / f"000003-{SECOND}"
    if obstacle == "a fifo":
        subprocess.run(["mkfifo", str(folder)], check=True)
    else:
        path = f"linksync/handoffs/000003-{SECOND}"
        follows = {
            f"{world.relays[0].path}/seal.sha256": bytes(32),
            "linksync/handoffs/000002-x/seal.sha256": bytes(32),
        }
        files = build(HANDOFF, path, {"handoff.yaml": b"x"}, follows=follows, signer=SeedSigner("stranger"))
        put(world.stick, {f"{path}/{name}": data for name, data in files.items()})
    outcome = world.hand_over(SECOND)
    assert (outcome.problem, outcome.folder) == (None, f"000003-{SECOND}-2")
    assert set(outcome.intake.taken) == {b"data/new.txt"}
    assert statuses(world, outcome) == ["aside", "written"]
    assert {code for code, _ in codes(world.verify(SECOND))} == set()


def test_a_torn_folder_of_another_host_is_left_and_the_next_name_taken(world: World) -> None:
    torn = {f"linksync/handoffs/000003-{SECOND}/handoff.yaml": b"half"}
    put(world.stick, torn)
    outcome = world.hand_over(SECOND)
    assert outcome.folder == f"000003-{SECOND}-2"
    assert (world.stick / "linksync" / "handoffs" / f"000003-{SECOND}" / "handoff.yaml").read_bytes() == b"half"
    assert world.verify(SECOND).report.exit == 0


# What travels.


def test_a_newer_relay_version_goes_on_the_stick_even_when_nothing_else_is_new(world: World) -> None:
    world.sign_relay(world.page.replace('contact: "estafette@', 'contact: "vragen@'))
    outcome = world.hand_over(FIRST, relays=True)
    assert (outcome.folder, outcome.problem) == ("", None)
    assert (world.stick / "linksync" / "relay" / "0002" / "seal.sha256.sig").exists()
    assert "vragen@" in (world.stick / "START-HIER.txt").read_text("utf-8")
    assert world.verify(SECOND).report.exit == 0


def test_a_newer_relay_version_that_is_on_the_stick_reaches_the_next_host(world: World) -> None:
    world.sign_relay(world.page.replace('contact: "estafette@', 'contact: "vragen@'))
    world.hand_over(SECOND, relays=True)
    world.hand_over(THIRD)
    host = world.state(THIRD)
    assert len(host.roster(host.relays()[0]).versions) == 2


@pytest.mark.parametrize("kind", ["file", "folder with a folder"])
def test_something_else_in_place_of_a_relay_version_hinders_no_hand_off(world: World, kind: str) -> None:
    world.sign_relay(world.page.replace('contact: "estafette@', 'contact: "vragen@'))
    if kind == "file":
        put(world.stick, {"linksync/relay/0002": b"x"})
    else:
        (world.stick / "linksync" / "relay" / "0002" / "relay.yaml").mkdir(parents=True)
    outcome = world.hand_over(SECOND, relays=True)
    assert (outcome.problem, outcome.number) == (None, 3)
    page = handoff_from_bytes((world.stick / "linksync" / "handoffs" / outcome.folder / "handoff.yaml").read_bytes())
    assert page.relay_version == 1


def test_a_torn_relay_version_is_finished(world: World) -> None:
    world.sign_relay(world.page.replace('contact: "estafette@', 'contact: "vragen@'))
    put(world.stick, {"linksync/relay/0002/relay.yaml": b"half of"})
    assert world.hand_over(SECOND, relays=True).problem is None
    assert len(world.verify(SECOND).judged.history.here.versions) == 2
    assert world.verify(SECOND).report.exit == 0


@pytest.mark.parametrize("kind", ["folder", "link", "fifo"])
@pytest.mark.parametrize("name", ["START-HIER.html", "manifest-sha256.txt", "bagit.txt"])
def test_what_has_a_name_of_ours_and_is_no_file_stays_and_is_said(world: World, name: str, kind: str) -> None:
    place = world.stick / name
    place.unlink()
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to("data/Bakkerij/idee.txt")
    else:
        subprocess.run(["mkfifo", str(place)], check=True)
    outcome = world.hand_over(SECOND)
    assert (outcome.problem, outcome.unwritten) == (None, (name,))
    assert (world.stick / "data/Bakkerij/idee.txt").read_bytes() == b"een idee"
    assert place.is_dir() or place.is_symlink() or place.is_fifo()


# Damage.


def test_damage_to_records_is_attested_by_the_next_hand_off_and_is_a_note_from_then_on(world: World) -> None:
    put(world.stick, {"data/B/2.txt": b"two", "linksync/strange.txt": b"x"})
    world.hand_over(SECOND)
    assert codes(world.verify()) == []
    page = world.stick / "linksync" / "handoffs" / f"000002-{FIRST}" / "handoff.yaml"
    page.write_bytes(page.read_bytes() + b"# altered\n")
    assert codes(world.verify()) == [("E206", f"linksync/handoffs/000002-{FIRST}/handoff.yaml")]
    assert world.hand_over(THIRD).problem is None
    assert world.verify(THIRD).report.exit == 0


def test_a_damaged_list_costs_nothing_and_the_bag_stays_whole(world: World) -> None:
    put(world.stick, {"data/B/2.txt": b"two"})
    world.hand_over(SECOND)
    damaged = world.stick / "linksync" / "handoffs" / f"000002-{FIRST}" / "added.sha256"
    damaged.write_bytes(damaged.read_bytes().replace(b"a", b"b"))
    people = people_files(world.stick)
    for holder in (THIRD, FIRST, SECOND):
        put(world.stick, {f"data/C/{holder}.txt": holder.encode()})
        assert world.hand_over(holder).problem is None
        report = world.verify(holder).report
        assert (report.exit, report.number) == (0, world.verify().report.number), report.findings
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt"], cwd=world.stick, check=True)
    assert people_files(world.stick).items() >= people.items()


def test_a_stick_that_is_behind_is_worked_on_and_said_to_be(world: World) -> None:
    older = copy_of(world, world.folder.with_name("older"))
    put(world.stick, {"data/new.txt": b"new"})
    world.hand_over(SECOND)
    world.stick = older.stick
    outcome = world.hand_over(SECOND)
    assert outcome.report.standing is Standing.BEHIND
    assert outcome.problem is None
    assert world.verify(THIRD).report.exit == 0


@pytest.mark.parametrize("what", ["seal.sha256.sig", "seal.sha256"])
def test_a_last_hand_off_that_cannot_be_read_is_not_taken_for_one_that_was_cut_off(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """To seal beside it would be a fork by an honest host."""
    original = os.read

    def read(descriptor: int, count: int) -> bytes:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith(f"stick/linksync/handoffs/000002-{FIRST}/{what}"):
            raise OSError(errno.EIO, "a bad sector")
        return original(descriptor, count)

    with monkeypatch.context() as broken:
        broken.setattr(os, "read", read)
        assert world.verify().report.exit == 60
        assert refused(world).slug == "stick-unreadable"
    assert world.hand_over(SECOND).problem is None
    assert world.verify(SECOND).report.exit == 0
