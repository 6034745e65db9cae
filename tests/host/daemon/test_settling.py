"""A file is complete when it is quiet, nobody writes to it, and no program says that it is not finished."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Protocol

import pytest
from media import Stick, exfat_stick, ext4_stick
from worlds import as_nobody

from linksync.host.daemon.settling import ABANDONED, FULL_LOOK, QUIET, Arrivals, Settled
from linksync.people.sentences import REASONS
from linksync.stick.medium import Medium


class Visit:
    """Looks at a stick at moments that the test chooses; no time goes by."""

    def __init__(self, path: Path, medium: Medium) -> None:
        self.path, self.medium = path, medium
        self.arrivals = Arrivals(medium)
        self.now = 0.0

    def look(
        self, after: float = 0.0, *, rang: frozenset[bytes] | None = None, written: frozenset[bytes] = frozenset()
    ) -> Settled:
        self.now += after
        self.arrivals._after = self.arrivals._full_after = self.now  # however long the last look took
        return self.arrivals.look(self.now, rang, written)

    def put(self, name: str, content: bytes = b"knowledge") -> None:
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


@pytest.fixture(name="visit")
def _visit(tmp_path: Path) -> Iterator[Visit]:
    (tmp_path / "data").mkdir()
    with closing(Medium.open(tmp_path)) as medium:
        yield Visit(tmp_path, medium)


def waiting(settled: Settled) -> dict[bytes, str]:
    assert {one.reason for one in settled.waiting} <= REASONS.keys()
    return {one.path: one.reason for one in settled.waiting}


def test_what_was_there_at_the_first_look_waits_for_nothing(visit: Visit) -> None:
    visit.put("data/plan.odt")
    visit.put("data/half.part")
    visit.put("data/~$letter.docx")
    settled = visit.look()
    assert (settled.complete, settled.waiting, settled.look_again) == ({}, (), None)


def test_a_new_file_waits_and_is_complete_after_a_quiet_while(visit: Visit) -> None:
    visit.look()
    visit.put("data/plan.odt")
    first = visit.look(1)
    assert waiting(first) == {b"data/plan.odt": "waiting-changing"}
    assert first.look_again == QUIET
    assert waiting(visit.look(QUIET - 0.1)) == {b"data/plan.odt": "waiting-changing"}
    last = visit.look(0.2)
    assert [(path, stamp.size) for path, stamp in last.complete.items()] == [(b"data/plan.odt", 9)]
    assert (last.waiting, last.look_again) == ((), None)
    assert visit.look(1).complete == {}  # told once


def test_a_file_that_goes_on_growing_waits_from_then_on_anew(visit: Visit) -> None:
    visit.look()
    for length in range(1, 6):
        visit.put("data/film.mp4", b"x" * length)
        assert waiting(visit.look(QUIET - 1)) == {b"data/film.mp4": "waiting-changing"}
    assert list(visit.look(QUIET).complete) == [b"data/film.mp4"]


def test_a_change_of_the_same_size_counts(visit: Visit) -> None:
    visit.put("data/plan.odt", b"old knowledge")
    visit.look()
    visit.put("data/plan.odt", b"new knowledge")
    os.utime(visit.path / "data/plan.odt", ns=(0, 2_000_000_000))
    visit.look(1)
    assert list(visit.look(QUIET).complete) == [b"data/plan.odt"]


def test_an_open_writer_keeps_a_file_waiting_however_quiet_it_is(visit: Visit) -> None:
    visit.look()
    visit.put("data/film.mp4")
    held = frozenset({b"data/film.mp4"})
    for _ in range(4):
        assert waiting(visit.look(QUIET * 2, written=held)) == {b"data/film.mp4": "waiting-writer"}
    assert list(visit.look(0.1).complete) == [b"data/film.mp4"]


def test_what_was_there_before_and_is_written_to_waits_too(visit: Visit) -> None:
    visit.put("data/plan.odt")
    settled = visit.look(written=frozenset({b"data/plan.odt", b"linksync/lock", b"nowhere"}))
    assert waiting(settled) == {b"data/plan.odt": "waiting-writer"}
    assert visit.look(0.1, rang=frozenset()).waiting == ()


@pytest.mark.parametrize(
    "name",
    [
        "a.part", "a.PART", "film.mp4.crdownload", "a.tmp", "a.filepart", "a.download/film.mp4", "a.partial",
        "~$plan.docx", ".~lock.plan.odt#", ".goutputstream-ABC123", "~WRL0001.tmp", "plan.docx.sb-1234abcd-x1",
        ".plan.txt.swp", "Unconfirmed 1.crdownload", "a.opdownload", "a.aria2",
    ],
)  # fmt: skip
def test_names_of_what_is_not_finished_wait_but_not_for_ever(visit: Visit, name: str) -> None:
    visit.look()
    visit.put(f"data/{name}")
    visit.look(0)
    settled = visit.look(QUIET + 1)
    assert waiting(settled) == {os.fsencode(f"data/{name}"): "waiting-unfinished"}
    assert settled.look_again is not None
    assert list(visit.look(ABANDONED).complete) == [os.fsencode(f"data/{name}")]


@pytest.mark.parametrize(
    "name", ["partij.odt", "part", "~plan.odt", "poetry.lock", "a.tmpl", "deel.part.odt", "#1.odt"]
)
def test_names_that_only_look_like_it_do_not_wait(visit: Visit, name: str) -> None:
    visit.look()
    visit.put(f"data/{name}")
    visit.look(0)
    assert list(visit.look(QUIET).complete) == [os.fsencode(f"data/{name}")]


def test_a_download_that_gets_its_own_name_is_complete_under_that(visit: Visit) -> None:
    visit.look()
    visit.put("data/film.mp4.part")
    visit.look(60)
    (visit.path / "data/film.mp4.part").rename(visit.path / "data/film.mp4")
    settled = visit.look(1)
    assert settled.gone == {b"data/film.mp4.part"}
    assert waiting(settled) == {b"data/film.mp4": "waiting-changing"}
    assert list(visit.look(QUIET).complete) == [b"data/film.mp4"]


@pytest.mark.parametrize(
    ("name", "lock"),
    [
        ("plan.odt", ".~lock.plan.odt#"),
        ("werkplan.docx", "~$rkplan.docx"),
        ("plan.docx", "~$plan.docx"),
        ("éénplan.docx", "~$nplan.docx"),
    ],
)
def test_a_document_that_is_open_waits_until_it_is_closed(visit: Visit, name: str, lock: str) -> None:
    visit.look()
    visit.put(f"data/{name}")
    visit.put(f"data/{lock}")
    visit.look(0)
    assert waiting(visit.look(QUIET * 2))[os.fsencode(f"data/{name}")] == "waiting-open"
    (visit.path / "data" / lock).unlink()
    assert list(visit.look(1).complete) == [os.fsencode(f"data/{name}")]


def test_a_lock_file_that_another_computer_left_keeps_nothing_waiting(visit: Visit) -> None:
    visit.put("data/.~lock.plan.odt#")
    visit.look()
    visit.put("data/plan.odt")
    visit.look(0)
    assert list(visit.look(QUIET).complete) == [b"data/plan.odt"]


def test_a_folder_that_comes_with_all_in_it_is_looked_into(visit: Visit) -> None:
    visit.look()
    visit.put("data/assen/deep/deeper/plan.odt")
    settled = visit.look(0, rang=frozenset({b"data"}))
    assert waiting(settled) == {b"data/assen/deep/deeper/plan.odt": "waiting-changing"}
    assert list(visit.look(QUIET, rang=frozenset()).complete) == [b"data/assen/deep/deeper/plan.odt"]


def test_a_folder_that_goes_takes_all_in_it_along(visit: Visit) -> None:
    visit.put("data/assen/deep/plan.odt")
    visit.put("data/assenaren.odt")
    visit.look()
    (visit.path / "data/assen").rename(visit.path / "data/elders")
    settled = visit.look(1, rang=frozenset({b"data"}))
    assert settled.gone == {b"data/assen/deep/plan.odt"}
    assert waiting(settled) == {b"data/elders/deep/plan.odt": "waiting-changing"}


@pytest.mark.parametrize(
    "name",
    ["linksync/handoffs/x", "$RECYCLE.BIN/x", ".Trash-1000/files/x", "System Volume Information/x", "data/.DS_Store",
     "START-HIER.html", "manifest-sha256.txt"],
)  # fmt: skip
def test_what_is_not_of_visitors_is_not_shown_as_arriving(visit: Visit, name: str) -> None:
    visit.look()
    visit.put(name)
    settled = visit.look(1, rang=frozenset({os.fsencode(name).rpartition(b"/")[0], b""}))
    assert (settled.waiting, settled.look_again) == ((), None)
    assert visit.look(QUIET).complete == {}


def test_links_and_pipes_are_not_opened_and_not_shown(visit: Visit) -> None:
    visit.look()
    os.mkfifo(visit.path / "data/pipe")
    (visit.path / "data/link").symlink_to("/etc/passwd")
    (visit.path / "data/loop").symlink_to(visit.path)
    assert visit.look(1).waiting == ()


def test_names_that_are_no_utf8_and_line_feeds_are_kept_as_they_are(visit: Visit) -> None:
    visit.look()
    (Path(os.fsdecode(os.fsencode(visit.path) + b"/data/\xff\n.odt"))).write_bytes(b"x")
    visit.look(1)
    assert list(visit.look(QUIET).complete) == [b"data/\xff\n.odt"]


def test_only_where_something_rang_is_looked_and_all_of_it_seldom(visit: Visit) -> None:
    visit.look()
    visit.put("data/heard.odt")
    visit.put("elsewhere/unheard.odt")
    assert waiting(visit.look(1, rang=frozenset({b"data"}))) == {b"data/heard.odt": "waiting-changing"}
    later = visit.look(FULL_LOOK, rang=frozenset())
    assert waiting(later) == {b"elsewhere/unheard.odt": "waiting-changing"}


def test_a_look_too_soon_after_a_long_one_looks_at_nothing_and_says_when(visit: Visit) -> None:
    visit.look()
    visit.put("data/plan.odt")
    visit.arrivals._after = visit.now + 30  # as after a long look
    settled = visit.arrivals.look(visit.now + 1, frozenset({b"data"}))
    assert (settled.waiting, settled.complete) == ((), {})
    assert settled.look_again == 29
    assert waiting(visit.arrivals.look(visit.now + 30, frozenset())) == {b"data/plan.odt": "waiting-changing"}


def test_on_a_large_stick_an_arrival_costs_a_small_part_of_a_full_look(visit: Visit) -> None:
    for folder in range(200):
        (visit.path / f"data/{folder}").mkdir()
        for number in range(50):
            (visit.path / f"data/{folder}/{number}").touch()
    began = time.thread_time()  # what others do on this computer does not count
    visit.look()
    full = time.thread_time() - began
    visit.put("data/7/new")
    began = time.thread_time()
    visit.look(1, rang=frozenset({b"data/7"}))
    assert list(visit.look(QUIET, rang=frozenset()).complete) == [b"data/7/new"]
    assert time.thread_time() - began < full / 8


class StickOf(Protocol):
    def __call__(self, tmp: Path, *, holding: Mapping[str, bytes]) -> AbstractContextManager[Stick]: ...


@pytest.mark.parametrize("stick_of", [exfat_stick, ext4_stick])
def test_on_a_real_stick_files_arrive_and_reading_makes_no_difference(tmp_path: Path, stick_of: StickOf) -> None:
    with stick_of(tmp_path, holding={"data/plan.odt": b"plan"}) as stick, closing(Medium.open(stick.path)) as medium:
        visit = Visit(stick.path, medium)
        visit.look()
        (stick.path / "data/plan.odt").read_bytes()
        assert visit.look(1).waiting == ()
        visit.put("data/new.odt")
        visit.look(1)
        assert list(visit.look(QUIET).complete) == [b"data/new.odt"]


def test_a_folder_that_cannot_be_read_any_more_is_not_gone(tmp_path: Path) -> None:
    holding = {"data/assen/plan.odt": b"plan"}
    with ext4_stick(tmp_path, holding=holding) as stick, closing(Medium.open(stick.path)) as medium:
        visit = Visit(stick.path, medium)
        visit.look()
        (stick.path / "data/assen").chmod(0)
        settled = as_nobody(lambda: visit.look(1))
        assert (settled.gone, settled.waiting) == (frozenset(), ())


def test_a_root_that_cannot_be_read_is_an_error_and_not_a_stick_without_files(visit: Visit) -> None:
    visit.put("data/plan.odt")
    visit.look()
    os.close(visit.medium.root)
    visit.medium.root = os.open("/dev/null", os.O_RDONLY)
    with pytest.raises(OSError, match="Not a directory"):
        visit.look(1)
