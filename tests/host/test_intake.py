"""Intake: what is new is staged and classed, what moves waits, and only what was meant for everyone is for everyone."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from played import FIRST, SECOND, THIRD, a_link, codes, copy_of, open_descriptors, put

from linksync.custody.handoff import Handoff, handoff_from_bytes
from linksync.demo.world import World
from linksync.errors import MediumError
from linksync.host import staging
from linksync.host.handoff import Outcome, hand_over
from linksync.stick.medium import Medium

YES = b"Titel: Idee\nMag iedereen dit zien? ja\n"
NO = b"Titel: Idee\nMag iedereen dit zien? nee\n"
DS_STORE = b"\0\0\0\x01Bud1" + bytes(100)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    files = {
        "data/Open/a.txt": b"for everyone",
        "data/Open/KAART.txt": YES,
        "data/Dicht/b.txt": b"for the organisers",
        "data/leeg.txt": b"",
    }
    return a_link(tmp_path_factory.mktemp("sealed"), files)


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def page_of(world: World, outcome: Outcome) -> Handoff:
    return handoff_from_bytes((world.stick / "linksync" / "handoffs" / outcome.folder / "handoff.yaml").read_bytes())


def audiences(outcome: Outcome) -> dict[str, str]:
    return {os.fsdecode(path): taken.audience for path, taken in outcome.intake.taken.items()}


def classes(outcome: Outcome) -> dict[str, str]:
    return {os.fsdecode(path): taken.class_ for path, taken in outcome.intake.taken.items()}


def meanwhile(world: World, holder: str, change: Callable[[], object], *, late: bool = False) -> Outcome:
    """Hand over while something happens to the stick: between listing and reading, or when all was read."""
    done: list[bool] = []

    def once(count: int, total: int) -> None:
        if not done and (count == total or not late):
            done.append(True)
            change()

    with Medium.open(world.stick) as medium:
        return hand_over(medium, world.state(holder), world.request(holder), progress=once)


def content_on_host(world: World, holder: str, outcome: Outcome, path: bytes) -> bytes | None:
    copy = world.state(holder).staging(outcome.link).open(outcome.intake.taken[path].digest)
    if copy is None:
        return None
    with copy:
        return copy.read()


# Reading.


def test_each_byte_is_read_once(world: World) -> None:
    put(world.stick, {"data/new.bin": os.urandom(3 << 20), "data/small.txt": b"small", "data/Dicht/b.txt": b"edited"})
    outcome = world.hand_over(SECOND)
    assert outcome.intake.bytes_read == sum(size for size, _ in outcome.intake.tree.files.values())
    for path in outcome.intake.taken:
        assert content_on_host(world, SECOND, outcome, path) == (world.stick / os.fsdecode(path)).read_bytes()


def test_a_file_that_grows_while_it_is_read_waits_for_the_next_hand_off(world: World) -> None:
    put(world.stick, {"data/log.txt": bytes(3 << 20), "data/still.txt": b"still"})
    stop = threading.Event()

    def write() -> None:
        with open(world.stick / "data" / "log.txt", "ab", buffering=0) as file:
            while not stop.wait(0.001):
                file.write(b"another line\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        outcome = world.hand_over(SECOND)
    finally:
        stop.set()
        writer.join()
    assert outcome.intake.waiting == {b"data/log.txt": "changed-meanwhile"}
    assert set(outcome.intake.taken) == {b"data/still.txt"}
    assert [(one.path, one.reason) for one in page_of(world, outcome).waiting] == [
        ("data/log.txt", "changed-meanwhile")
    ]
    assert codes(world.verify()) == []
    assert set(world.hand_over(SECOND).intake.taken) == {b"data/log.txt"}


def test_what_appears_while_the_stick_is_read_waits(world: World) -> None:
    outcome = meanwhile(world, SECOND, lambda: put(world.stick, {"data/late.txt": b"late"}))
    assert outcome.intake.waiting == {b"data/late.txt": "changed-meanwhile"}
    assert outcome.intake.taken == {}
    assert world.hand_over(SECOND).intake.taken.keys() == {b"data/late.txt"}


def test_what_goes_while_the_stick_is_read_is_not_missing_yet(world: World) -> None:
    outcome = meanwhile(world, SECOND, lambda: (world.stick / "data" / "Dicht" / "b.txt").unlink())
    assert outcome.intake.gone == {}
    assert world.hand_over(SECOND).intake.gone.keys() == {b"data/Dicht/b.txt"}


def test_a_folder_that_becomes_a_link_while_the_stick_is_read_leads_nowhere(world: World, tmp_path: Path) -> None:
    put(tmp_path, {"secret/b.txt": b"a secret of the host", "secret/c.txt": b"another"})

    def swap() -> None:
        (world.stick / "data" / "Dicht").rename(tmp_path / "moved")
        (world.stick / "data" / "Dicht").symlink_to(tmp_path / "secret")

    outcome = meanwhile(world, SECOND, swap)
    assert not outcome.intake.taken
    assert not outcome.intake.gone
    assert outcome.intake.tree.special == {b"data/Dicht": "link"}
    assert b"a secret of the host" not in b"".join(
        path.read_bytes() for path in world.folder.rglob("*") if path.is_file()
    )


def test_an_edit_of_the_same_size_and_time_is_taken_in(world: World) -> None:
    place = world.stick / "data" / "Dicht" / "b.txt"
    told = place.stat()
    place.write_bytes(b"FOR the organisers")
    os.utime(place, ns=(told.st_atime_ns, told.st_mtime_ns))
    outcome = world.hand_over(SECOND)
    assert outcome.intake.changes.changed == (b"data/Dicht/b.txt",)
    assert content_on_host(world, SECOND, outcome, b"data/Dicht/b.txt") == b"FOR the organisers"


def test_an_unreadable_file_waits_and_is_never_called_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world.stick, {"data/bad.txt": b"bad sector", "data/good.txt": b"good"})
    original = os.read

    def read(descriptor: int, count: int) -> bytes:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith(("bad.txt", "Dicht/b.txt")):
            raise OSError(5, "Input/output error")
        return original(descriptor, count)

    with monkeypatch.context() as broken:
        broken.setattr(os, "read", read)
        outcome = world.hand_over(SECOND)
        assert world.verify().report.exit == 60
    waiting = {b"data/bad.txt": "unreadable", b"data/Dicht/b.txt": "unreadable"}
    assert (outcome.intake.waiting, outcome.intake.gone) == (waiting, {})
    assert set(outcome.intake.taken) == {b"data/good.txt"}
    assert set(world.hand_over(SECOND).intake.taken) == {b"data/bad.txt"}


# Names.


def test_hostile_names_are_taken_in_where_a_list_can_carry_them(world: World) -> None:
    names = [b"\x1b[31m.txt", b"\xff\xfe.txt", b"e\xcc\x81.txt", b"\xc3\xa9.txt", b"A.txt", b"a.txt", b"x" * 255]
    names += [b"..foo", b" ", b"%0A", b"&<script>.txt", b"-rf", b"con.txt", b"\\x0a"]
    put(world.stick, {b"data/" + name: name for name in names} | {b"data/cr\rlf\n.txt": b"x"})
    outcome = world.hand_over(SECOND)
    assert set(outcome.intake.taken) == {b"data/" + name for name in names}
    assert outcome.intake.tree.unlistable == {b"data/cr\rlf\n.txt": "path-line-break"}
    assert [one.path for one in page_of(world, outcome).unlistable] == ["data/cr\\x0dlf\\x0a.txt"]
    assert (world.verify().report.exit, codes(world.verify())) == (0, [])


def test_links_and_devices_are_named_and_never_opened(world: World) -> None:
    (world.stick / "data" / "link").symlink_to("/etc/passwd")
    os.mkfifo(world.stick / "data" / "fifo")
    os.mknod(world.stick / "data" / "device", 0o20600, os.makedev(10, 130))
    outcome = world.hand_over(SECOND)
    named = {one.path: one.reason for one in page_of(world, outcome).special}
    assert named == {"data/link": "link", "data/fifo": "fifo", "data/device": "device"}
    assert outcome.intake.taken == {}


def test_a_folder_that_cannot_be_listed_is_named_among_what_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = os.scandir

    def scandir(folder: int) -> object:
        if os.readlink(f"/proc/self/fd/{folder}").endswith("data/Dicht"):
            raise OSError(5, "Input/output error")
        return original(folder)

    with monkeypatch.context() as broken:
        broken.setattr(os, "scandir", scandir)
        outcome = world.hand_over(SECOND)
        assert world.verify().report.exit == 60
    assert (outcome.intake.waiting, outcome.intake.gone) == ({b"data/Dicht": "unreadable"}, {})
    assert [(one.path, one.reason) for one in page_of(world, outcome).waiting] == [("data/Dicht", "unreadable")]
    assert world.verify().report.exit == 0


# Consent.


def test_a_card_that_says_yes_opens_its_folder_and_nothing_else(world: World) -> None:
    put(world.stick, {"data/Open/new.txt": b"1", "data/Dicht/new.txt": b"2", "data/Open/diep/x.txt": b"3"})
    told = audiences(world.hand_over(SECOND))
    assert told == {
        "data/Open/new.txt": "everyone",
        "data/Dicht/new.txt": "organisers",
        "data/Open/diep/x.txt": "everyone",
    }


@pytest.mark.parametrize(
    ("card", "audience"),
    [
        (NO, "organisers"),
        (b"", "organisers"),
        (b"\xff\xff\xff", "organisers"),
        (YES + b"x" * 70_000, "organisers"),
        (YES, "everyone"),
    ],
)
def test_every_card_on_the_way_down_must_say_yes(world: World, card: bytes, audience: str) -> None:
    put(world.stick, {"data/Open/diep/KAART.txt": card, "data/Open/diep/x.txt": b"x", "data/Open/y.txt": b"y"})
    told = audiences(world.hand_over(SECOND))
    assert (told["data/Open/diep/x.txt"], told["data/Open/y.txt"]) == (audience, "everyone")


def test_a_card_that_is_a_link_allows_nothing(world: World) -> None:
    put(world.stick, {"data/Open/diep/x.txt": b"x", "data/Nieuw/y.txt": b"y"})
    (world.stick / "data" / "Open" / "diep" / "KAART.txt").symlink_to("../KAART.txt")
    (world.stick / "data" / "Nieuw" / "KAART.txt").symlink_to("../Open/KAART.txt")
    assert set(audiences(world.hand_over(SECOND)).values()) == {"organisers"}


@pytest.mark.parametrize("late", [False, True])
def test_a_card_that_changes_or_appears_while_the_stick_is_read_allows_nothing(world: World, late: bool) -> None:
    put(world.stick, {"data/Open/new.txt": b"1", "data/Nieuw/KAART.txt": YES, "data/Nieuw/diep/x.txt": b"x"})

    def change() -> None:
        put(world.stick, {"data/Open/KAART.txt": NO, "data/Nieuw/diep/KAART.txt": NO})

    outcome = meanwhile(world, SECOND, change, late=late)
    assert audiences(outcome)["data/Open/new.txt"] == "organisers"
    assert audiences(outcome)["data/Nieuw/diep/x.txt"] == "organisers"


def test_a_card_that_goes_or_no_longer_says_yes_narrows_and_a_later_yes_does_not_widen(world: World) -> None:
    (world.stick / "data" / "Open" / "KAART.txt").unlink()
    outcome = world.hand_over(SECOND)
    assert page_of(world, outcome).narrowed == ("data/Open",)
    assert "a.txt" not in (world.stick / "START-HIER.txt").read_text("utf-8")
    put(world.stick, {"data/Open/KAART.txt": YES, "data/Open/a.txt": b"a revision", "data/Open/n.txt": b"new"})
    told = audiences(world.hand_over(THIRD))
    assert (told["data/Open/a.txt"], told["data/Open/n.txt"]) == ("organisers", "everyone")
    assert world.verify().report.exit == 0


def test_a_copy_or_a_move_to_an_open_folder_does_not_open_what_was_closed(world: World) -> None:
    put(world.stick, {"data/Open/copy.txt": b"for the organisers"})
    (world.stick / "data" / "Dicht" / "b.txt").rename(world.stick / "data" / "Open" / "moved.txt")
    assert set(audiences(world.hand_over(SECOND)).values()) == {"organisers"}
    assert world.verify().report.exit == 0


def test_a_copy_or_a_move_to_a_closed_folder_closes(world: World) -> None:
    (world.stick / "data" / "Open" / "a.txt").rename(world.stick / "data" / "Dicht" / "a.txt")
    outcome = world.hand_over(SECOND)
    assert audiences(outcome) == {"data/Dicht/a.txt": "organisers"}
    assert dict(outcome.intake.changes.moved) == {b"data/Dicht/a.txt": b"data/Open/a.txt"}
    assert "a.txt" not in (world.stick / "START-HIER.txt").read_text("utf-8").split("data/Open")[-1][:20]


# Litter.


def test_litter_in_data_goes_and_is_listed_and_elsewhere_it_stays(world: World) -> None:
    put(
        world.stick, {"data/.DS_Store": DS_STORE, "data/Open/._a.txt": b"\0\5\x16\7" + bytes(22), ".DS_Store": DS_STORE}
    )
    outcome = world.hand_over(SECOND)
    assert page_of(world, outcome).litter == ("data/.DS_Store", "data/Open/._a.txt")
    assert outcome.intake.taken == {}
    assert not (world.stick / "data" / ".DS_Store").exists()
    assert (world.stick / ".DS_Store").exists()
    assert world.verify().report.exit == 0


@pytest.mark.parametrize("name", ["desktop.ini", "Thumbs.db", ".DS_Store", "._notes"])
def test_a_real_document_with_a_name_of_litter_is_taken_in(world: World, name: str) -> None:
    put(world.stick, {f"data/{name}": b"[Netwerk]\nwritten by a person\n", f"data/large/{name}": os.urandom(80_000)})
    outcome = world.hand_over(SECOND)
    assert set(classes(outcome)) == {f"data/{name}", f"data/large/{name}"}
    assert (world.stick / "data" / name).exists()


def test_a_document_that_cannot_be_read_is_not_taken_for_litter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world.stick, {"data/desktop.ini": b"[Netwerk]\nwritten by a person\n"})
    original = os.read

    def read(descriptor: int, count: int) -> bytes:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith("desktop.ini"):
            raise OSError(5, "Input/output error")
        return original(descriptor, count)

    with monkeypatch.context() as broken:
        broken.setattr(os, "read", read)
        outcome = world.hand_over(SECOND)
    assert outcome.intake.litter == frozenset()
    assert (world.stick / "data" / "desktop.ini").exists()


def test_litter_that_turns_into_a_document_meanwhile_stays(world: World) -> None:
    put(world.stick, {"data/.DS_Store": DS_STORE})
    document = {"data/.DS_Store": b"written by a person"}
    outcome = meanwhile(world, SECOND, lambda: put(world.stick, document), late=True)
    assert outcome.intake.waiting == {b"data/.DS_Store": "changed-meanwhile"}
    assert (world.stick / "data" / ".DS_Store").read_bytes() == b"written by a person"


# Policy.


def test_the_policy_holds_and_refuses_and_a_later_version_that_changes_its_mind_lets_in(world: World) -> None:
    plain = world.page
    world.sign_relay(plain.replace("hold: []", 'hold: ["*.dat"]').replace("refuse: []", 'refuse: ["*.BAK"]'))
    put(world.stick, {"data/a.dat": b"some data", "data/b.bak": b"a backup", "data/c.txt": b"a text"})
    outcome = world.hand_over(SECOND, relays=True)
    assert classes(outcome) == {"data/a.dat": "hold", "data/b.bak": "refuse", "data/c.txt": "pass"}
    assert (page_of(world, outcome).counts.held, page_of(world, outcome).counts.refused) == (1, 1)
    assert content_on_host(world, SECOND, outcome, b"data/b.bak") == b"a backup"
    assert codes(world.verify()) == [("E401", "data/a.dat"), ("E402", "data/b.bak")]
    assert world.hand_over(SECOND).folder == ""
    world.sign_relay(plain)
    again = world.hand_over(THIRD, relays=True)
    assert classes(again) == {"data/a.dat": "pass", "data/b.bak": "pass"}
    assert content_on_host(world, THIRD, again, b"data/b.bak") == b"a backup"
    assert world.verify().report.exit == 0


# Room.


def test_what_does_not_fit_waits_and_the_numbers_are_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world.stick, {"data/large.bin": bytes(5 << 20), "data/small.txt": b"small"})
    with monkeypatch.context() as full:
        room_of(full, staging.RESERVE + (1 << 20))
        outcome = world.hand_over(SECOND)
    assert outcome.intake.waiting == {b"data/large.bin": "no-room"}
    assert (outcome.intake.needed, outcome.intake.room) == (5 << 20, 1 << 20)
    assert set(outcome.intake.taken) == {b"data/small.txt"}
    assert codes(world.verify()) == []
    assert set(world.hand_over(SECOND).intake.taken) == {b"data/large.bin"}


def test_small_files_count_for_the_blocks_that_they_take(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world.stick, {f"data/{number}.txt": b"%d" % number for number in range(100)})
    with monkeypatch.context() as full:
        room_of(full, staging.RESERVE + 50 * 8192)
        outcome = world.hand_over(SECOND)
    assert len(outcome.intake.waiting) == 50
    assert len(outcome.intake.taken) == 50


def room_of(patch: pytest.MonkeyPatch, octets: int) -> None:
    original = os.statvfs

    def statvfs(path: str) -> os.statvfs_result:
        found = list(original(path))
        found[1], found[4] = 1, octets
        return os.statvfs_result(found)

    patch.setattr(os, "statvfs", statvfs)


def test_copies_that_an_unfinished_run_left_make_room_again(world: World) -> None:
    host = world.state(SECOND)
    world.hand_over(SECOND)
    left = host.staging(host.links()[0])
    left.stage(b"left by a killed run", b"x" * 32)
    put(world.stick, {"data/new.txt": b"new"})
    world.hand_over(SECOND)
    assert left.open(b"x" * 32) is None


def test_a_stick_whose_root_cannot_be_listed_is_not_an_empty_stick(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = os.scandir
    calls: list[object] = []

    def scandir(folder: object) -> object:
        if isinstance(folder, int) and os.readlink(f"/proc/self/fd/{folder}") == str(world.stick):
            calls.append(folder)
            if len(calls) > 5:
                raise OSError(5, "Input/output error")
        return original(folder)  # type: ignore[call-overload]

    descriptors = open_descriptors()
    with monkeypatch.context() as broken:
        broken.setattr(os, "scandir", scandir)
        with pytest.raises(MediumError) as told:
            world.hand_over(SECOND)
    assert told.value.slug == "stick-unreadable"
    assert open_descriptors() == descriptors
    assert world.verify().report.number == 2
    assert world.hand_over(FIRST).folder == ""
