"""Preparing a stick: nothing of people's is in our way afterwards, and a preparation that is cut off is finished."""

import errno
import os
import subprocess
from pathlib import Path

import pytest
from faults import Faults, Killed, count_calls
from media import ext4_stick, fat_stick, remount, remount_readonly
from played import codes, everything, people_files, put

from linksync.demo.keys import SeedSigner
from linksync.demo.world import World, signer_of
from linksync.errors import LinksyncError
from linksync.host.admission import Request
from linksync.host.prepare import prepare
from linksync.stick.medium import Medium


def pending(world: World) -> list[str]:
    host = world.state("ncsi")
    return [entry.status for link in host.links() for entry in host.outbox(link).entries()]


def refused(world: World, request: Request | None = None) -> LinksyncError:
    before = everything(world.stick)
    with pytest.raises(LinksyncError) as told, Medium.open(world.stick) as medium:
        prepare(medium, world.state("ncsi"), request or world.request("ncsi", relays=True))
    assert everything(world.stick) == before
    return told.value


def test_an_empty_stick_becomes_a_link_with_a_page_for_participants(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    prepared = world.prepare()
    assert (prepared.finished, prepared.files, prepared.relay_version) == (False, 0, 1)
    assert (world.stick / "data" / "LEES-MIJ.txt").exists()
    assert (world.verify().report.exit, world.verify().report.number) == (0, 1)
    assert prepared.organiser == world.organiser


def test_every_link_is_another(tmp_path: Path) -> None:
    links = {World.begin(tmp_path / str(number)).prepare().link for number in range(5)}
    assert len(links) == 5


def test_what_stands_there_already_is_taken_in_and_stays(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    put(world.stick, {"foto.png": b"a picture", "data/A/a.txt": b"a", "map/b.txt": b"b"})
    before = people_files(world.stick)
    assert world.prepare().files == 3
    assert people_files(world.stick).items() >= before.items()
    assert world.verify().report.exit == 0


def test_a_link_is_not_prepared_again(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    link = world.prepare().link
    error = refused(world)
    assert (error.slug, error.fields["link"]) == ("already-a-link", link)


@pytest.mark.parametrize(
    "name",
    ["START-HIER.html", "start-hier.txt", "bagit.txt", "Manifest-SHA256.txt", "LINKSYNC/x.txt", "data", "Data/a.txt"],
)
def test_names_that_linksync_needs_are_refused_in_any_case(tmp_path: Path, name: str) -> None:
    world = World.begin(tmp_path)
    put(world.stick, {name: b"a person's"})
    error = refused(world)
    assert (error.slug, error.fields["path"]) == ("prepare-name-taken", name.split("/")[0])
    assert pending(world) == []


def test_linksync_or_data_as_a_link_is_refused(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    for name in ("linksync", "data"):
        (world.stick / name).symlink_to("/etc")
        assert refused(world).slug == "prepare-name-taken"
        (world.stick / name).unlink()
    assert world.prepare().files == 0


def test_a_persons_file_on_fat_that_the_stick_takes_for_ours_is_never_written_over(tmp_path: Path) -> None:
    held = {"start-hier.html": b"a person's page"}
    with fat_stick(tmp_path, holding=held) as stick:
        world = World.begin(tmp_path / "w", stick=stick.path)
        assert refused(world).slug == "prepare-name-taken"
        assert (stick.path / "start-hier.html").read_bytes() == b"a person's page"


@pytest.mark.parametrize("kind", ["file", "empty file", "folder", "link"])
def test_something_else_called_lees_mij_is_a_persons(tmp_path: Path, kind: str) -> None:
    world = World.begin(tmp_path)
    place = world.stick / "data" / "LEES-MIJ.txt"
    place.parent.mkdir()
    if kind == "folder":
        put(world.stick, {"data/LEES-MIJ.txt/a.txt": b"a"})
    elif kind == "link":
        place.symlink_to("elsewhere")
    else:
        place.write_bytes(b"" if kind == "empty file" else b"mine")
    before = people_files(world.stick)
    world.prepare()
    assert people_files(world.stick) == before
    assert world.verify().report.exit == 0


def test_a_case_twin_of_lees_mij_on_fat_is_a_persons(tmp_path: Path) -> None:
    with fat_stick(tmp_path) as stick:
        world = World.begin(tmp_path / "w", stick=stick.path)
        put(stick.path, {"data/lees-mij.txt": b"mine"})
        world.prepare()
        assert (stick.path / "data" / "lees-mij.txt").read_bytes() == b"mine"
        assert world.verify().report.exit == 0


def test_only_the_organiser_prepares_and_only_with_a_signed_relay(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    assert refused(world, world.request("ncsi")).slug == "relay-not-signed"
    other = world.request("ncsi", key=SeedSigner("somebody"), relays=True)
    assert refused(world, other).slug == "organiser-key-other"
    host = world.request("ncsi", key=signer_of("gemeente-assen"), relays=True)
    assert refused(world, host).slug == "organiser-key-other"


def test_a_stick_with_another_organisers_relay_is_refused(tmp_path: Path) -> None:
    world, stranger = World.begin(tmp_path / "w"), World.begin(tmp_path / "s")
    page = stranger.page.replace(signer_of("ncsi").public.line, SeedSigner("thief").public.line)
    stranger.relays = stranger.relays[:0]
    stranger.sign_relay(page, by=SeedSigner("thief"))
    for relay in stranger.relays:
        put(world.stick, {f"{relay.path}/{name}": data for name, data in relay.files.items()})
    assert refused(world).slug == "stick-other-relay"
    assert pending(world) == []


def test_a_read_only_stick_leaves_nothing_behind_on_the_host(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=32, holding={"data/a.txt": b"a"}) as stick:
        world = World.begin(tmp_path / "w", stick=stick.path)
        remount_readonly(stick)
        for _ in range(3):
            assert refused(world).slug == "stick-read-only"
        assert pending(world) == []
        host = world.state("ncsi")
        remount(stick)
        assert world.prepare().files == 1
        content = [path for path in (host.folder / "links").glob("*/content/*/*") if path.is_file()]
        assert len(content) == 2
        assert world.verify().report.exit == 0


FAULTS = {
    "one call fails": {"error": errno.EIO},
    "pulled out": {"error": errno.ENODEV, "torn": True},
    "killed": {"killed": True},
}


@pytest.mark.parametrize("how", FAULTS)
def test_a_preparation_cut_off_at_any_write_is_finished_by_the_next(tmp_path: Path, how: str) -> None:
    def fresh(number: int) -> World:
        world = World.begin(tmp_path / str(number))
        put(world.stick, {"data/A/a.txt": b"a", "foto.png": b"a picture"})
        return world

    def place(world: World) -> Path:
        return world.folder if how == "killed" else world.stick

    world = fresh(0)
    with count_calls(place(world)) as counted:
        world.prepare()
    for number in range(1 + list(FAULTS).index(how), len(counted.calls) + 1, 6):
        world = fresh(number)
        people = people_files(world.stick)
        faults = Faults(place(world), fail_at=number, **FAULTS[how])  # type: ignore[arg-type]
        try:
            with faults:
                world.prepare()
        except (LinksyncError, Killed):
            pass
        name = f"{how}, call {number}: {faults.calls[-1]}"
        assert people_files(world.stick).items() >= people.items(), name
        if world.verify().judged.is_link:
            world.hand_over("gemeente-groningen")
        else:
            world.prepare()
        report = world.verify().report
        assert (report.exit, codes(world.verify())) == (0, []), name
        assert people_files(world.stick).items() >= people.items(), name
        subprocess.run(["rm", "-rf", str(world.folder)], check=True)


def test_a_preparation_of_a_stick_that_holds_the_start_of_one_is_the_same_link(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    with count_calls(world.stick) as counted:
        counting = World.begin(tmp_path / "counting")
    with Faults(counting.stick) as counted:
        counting.prepare()
    number = next(
        n for n, call in enumerate(counted.calls, start=1) if call.endswith("seal.sha256.sig") and "hand" in call
    )
    with pytest.raises(LinksyncError), Faults(world.stick, fail_at=number, error=errno.ENODEV, stay_dead=True):
        world.prepare()
    host = world.state("ncsi")
    prepared = world.prepare()
    assert (prepared.finished, host.links()) == (True, (prepared.link,))
    assert os.listdir(world.stick / "linksync" / "handoffs") == ["000001-ncsi"]
