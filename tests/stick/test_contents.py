"""What people did to the contents is found, each thing with its own code, and nothing is called missing that is not."""

import os
import subprocess
from pathlib import Path

import pytest
from media import need
from played import FIRST, SECOND, a_link, codes, copy_of, notes, put

from linksync.demo.world import World

DS_STORE = b"\0\0\0\x01Bud1" + bytes(100)
CODES = {"data/A/1.txt": b"one", "data/A/2.txt": b"two", "data/B/3.txt": b"three", "los.txt": b"loose"}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("sealed"), CODES)


@pytest.fixture
def world(sealed: World, tmp_path: Path) -> World:
    return copy_of(sealed, tmp_path / "world")


def test_a_link_that_nobody_touched_has_nothing_to_say(world: World) -> None:
    report = world.verify().report
    assert (report.exit, report.findings, report.counts["bytes_read"]) == (0, (), report.counts["bytes"])


def test_new_changed_missing_moved_and_exchanged_files_are_told_apart(world: World) -> None:
    put(world.stick, {"data/C/new.txt": b"new", "data/A/1.txt": b"One"})
    (world.stick / "los.txt").unlink()
    (world.stick / "data" / "B" / "3.txt").rename(world.stick / "data" / "B" / "drie.txt")
    assert codes(world.verify()) == [
        ("E301", "data/A/1.txt"),
        ("E302", "los.txt"),
        ("E303", "data/C/new.txt"),
        ("E305", "data/B/drie.txt"),
    ]
    assert world.verify().report.exit == 11


def test_two_files_that_were_exchanged_are_said_to_be(world: World) -> None:
    put(world.stick, {"data/A/1.txt": b"two", "data/A/2.txt": b"one"})
    assert codes(world.verify()) == [("E304", "data/A/1.txt"), ("E304", "data/A/2.txt")]


def test_an_edit_of_the_same_size_and_time_is_found_by_reading_alone(world: World) -> None:
    place = world.stick / "data" / "A" / "1.txt"
    told = place.stat()
    place.write_bytes(b"eno")
    os.utime(place, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert codes(world.verify()) == [("E301", "data/A/1.txt")]
    quick = world.verify(quick=True)
    assert codes(quick) == []
    assert ("W105", "") in notes(quick)


def test_quick_sees_names_and_sizes(world: World) -> None:
    put(world.stick, {"data/A/1.txt": b"longer", "data/new.txt": b"", "data/.DS_Store": DS_STORE})
    (world.stick / "los.txt").unlink()
    found = world.verify(quick=True)
    assert codes(found) == [("E302", "los.txt"), ("E303", "data/new.txt"), ("E308", "data/A/1.txt")]
    assert ("W102", "data/.DS_Store") in notes(found)
    assert found.report.counts["bytes_read"] == 0


@pytest.mark.parametrize("kind", ["folder", "link", "fifo"])
def test_a_sealed_file_that_is_something_else_now_was_replaced(world: World, kind: str) -> None:
    place = world.stick / "data" / "A" / "1.txt"
    place.unlink()
    if kind == "folder":
        put(world.stick, {"data/A/1.txt/inside.txt": b"x"})
        assert ("E302", "data/A/1.txt") in codes(world.verify())
        return
    if kind == "link":
        place.symlink_to("2.txt")
    else:
        os.mkfifo(place)
    assert codes(world.verify()) == [("E309", "data/A/1.txt")]


def test_links_and_names_that_no_list_carries_are_findings_until_a_hand_off_names_them(world: World) -> None:
    (world.stick / "data" / "link").symlink_to("/etc/passwd")
    put(world.stick, {b"data/a\nb.txt": b"x"})
    named = [("E403", "data/link"), ("E404", "data/a\\x0ab.txt")]
    assert codes(world.verify()) == named
    assert world.verify().report.exit == 20
    world.hand_over(SECOND)
    after = world.verify()
    assert (codes(after), after.report.exit) == ([], 0)
    assert sorted(notes(after)) == [("W111", "data/a\\x0ab.txt"), ("W111", "data/link")]


def test_what_a_mount_hides_is_unreadable_and_not_missing(world: World) -> None:
    subprocess.run([need("mount"), "-t", "tmpfs", "none", str(world.stick / "data" / "A")], check=True)
    try:
        put(world.stick, {"data/A/other.txt": b"of another device"})
        found = world.verify()
        assert ("E307", "data/A") in codes(found)
        assert "E302" not in {code for code, _ in codes(found)}
        assert found.report.exit == 60
        outcome = world.hand_over(SECOND)
        assert outcome.intake.gone == {}
        assert outcome.intake.taken == {}
    finally:
        subprocess.run([need("umount"), str(world.stick / "data" / "A")], check=True)
    assert world.verify().report.exit == 0


def test_a_mount_that_hides_nothing_is_only_named(world: World) -> None:
    (world.stick / "data" / "empty").mkdir()
    subprocess.run([need("mount"), "-t", "tmpfs", "none", str(world.stick / "data" / "empty")], check=True)
    try:
        assert codes(world.verify()) == [("E403", "data/empty")]
    finally:
        subprocess.run([need("umount"), str(world.stick / "data" / "empty")], check=True)


def test_twins_of_case_and_of_spelling_are_notes(world: World) -> None:
    put(world.stick, {b"data/A/1.TXT": b"x", b"data/\xc3\xa9": b"x", b"data/e\xcc\x81": b"y", b"data/E\xcc\x81": b"z"})
    world.hand_over(SECOND)
    found = notes(world.verify())
    assert ("W108", "data/A/1.txt") in found
    assert [code for code, _ in found].count("W109") == 1
    assert [code for code, _ in found].count("W108") == 3


def test_system_folders_are_named_and_never_opened(world: World) -> None:
    put(world.stick, {"System Volume Information/IndexerVolumeGuid": b"x"})
    found = world.verify()
    assert (codes(found), notes(found)) == ([], [("W103", "System Volume Information")])


def test_litter_is_told_by_name_and_content_and_a_document_of_that_name_is_not_litter(world: World) -> None:
    put(world.stick, {"data/.DS_Store": DS_STORE, "data/desktop.ini": b"[Netwerk]\nserver=1\n", "._x": b"\0\5\x16\7"})
    found = world.verify()
    assert codes(found) == [("E303", "._x"), ("E303", "data/desktop.ini")]
    assert notes(found) == [("W102", "data/.DS_Store")]


def test_a_bag_that_bagit_cannot_read_is_said(world: World) -> None:
    put(world.stick, {b"data/\xff.txt": b"x", b"data/%0A.txt": b"y", b"fetch.txt": b"z", b"data/end ": b"w"})
    world.hand_over(SECOND)
    found = world.verify()
    assert found.report.exit == 0
    assert [code for code, _ in notes(found)].count("W107") == 4


def test_a_hand_off_makes_every_change_of_contents_good(world: World) -> None:
    put(world.stick, {"data/C/new.txt": b"new", "data/A/1.txt": b"One"})
    (world.stick / "los.txt").unlink()
    (world.stick / "data" / "B" / "3.txt").rename(world.stick / "data" / "B" / "drie.txt")
    outcome = world.hand_over(FIRST)
    assert outcome.folder == f"000003-{FIRST}"
    assert set(outcome.intake.taken) == {b"data/C/new.txt", b"data/A/1.txt", b"data/B/drie.txt"}
    assert set(outcome.intake.gone) == {b"los.txt", b"data/B/3.txt"}
    assert world.verify().report.findings == ()
