"""The bell on a stick rings when visitors add files, says where, and holds nothing up; where it is deaf, time rings."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from media import Stick, exfat_stick, ext4_stick, fat_stick, remount
from played import open_descriptors
from waiting import until

from linksync.host.daemon import watching
from linksync.host.daemon.holders import holders
from linksync.host.daemon.watching import Arrivals, StickBell
from linksync.stick.medium import Medium


class Heard:
    """What a bell on a folder says."""

    def __init__(self, bell: StickBell, rung: threading.Event) -> None:
        self.bell, self.rung = bell, rung
        self.folders: set[bytes] = set()
        self.everything = 0

    def hears(self, folder: bytes) -> bool:
        rang = self.bell.rang()
        self.folders |= rang or set()
        self.everything += rang is None
        return folder in self.folders


@contextmanager
def listening(path: Path) -> Iterator[Heard]:
    rung = threading.Event()
    with StickBell(str(path), rung.set) as bell:
        assert rung.wait(5)  # once at the beginning
        assert bell.rang() is None  # which is about everything
        rung.clear()
        yield Heard(bell, rung)


@pytest.fixture(name="quick")
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "EVERY", 0.2)


def test_a_new_file_rings_in_its_folder_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "data/assen").mkdir(parents=True)
    with listening(tmp_path) as heard:
        (tmp_path / "data/assen/plan.odt").write_bytes(b"plan")
        assert until(lambda: heard.hears(b"data/assen"))
        assert heard.folders <= {b"data/assen", b"data"}
        assert not heard.bell.deaf


def test_changes_moves_and_removals_ring(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    file = tmp_path / "a/plan.odt"
    file.write_bytes(b"plan")
    with listening(tmp_path) as heard:
        with file.open("ab") as opened:
            opened.write(b"more")
        assert until(lambda: heard.hears(b"a"))
        heard.folders.clear()
        file.rename(tmp_path / "b/plan.odt")
        assert until(lambda: heard.hears(b"b"))
        heard.folders.clear()
        (tmp_path / "b/plan.odt").unlink()
        assert until(lambda: heard.hears(b"b"))


def test_a_folder_that_comes_later_is_heard_too(tmp_path: Path) -> None:
    with listening(tmp_path) as heard:
        (tmp_path / "new/deep").mkdir(parents=True)
        assert until(lambda: heard.hears(b"new"))
        time.sleep(0.3)
        (tmp_path / "new/deep/plan.odt").write_bytes(b"plan")
        assert until(lambda: heard.hears(b"new/deep"))


def test_reading_does_not_ring(tmp_path: Path) -> None:
    (tmp_path / "plan.odt").write_bytes(b"plan")
    with listening(tmp_path) as heard:
        for _ in range(3):
            (tmp_path / "plan.odt").read_bytes()
            os.listdir(tmp_path)
        assert not heard.rung.wait(1)


def test_names_of_any_bytes_ring(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\n"
    os.mkdir(folder)
    with listening(tmp_path) as heard:
        Path(os.fsdecode(folder), "x").touch()
        assert until(lambda: heard.hears(b"\xff\n"))


def test_a_flood_is_told_as_everything(tmp_path: Path) -> None:
    with listening(tmp_path) as heard:
        for number in range(2500):
            (tmp_path / str(number)).touch()

        def over() -> bool:
            heard.rung.clear()
            return not heard.rung.wait(0.5)

        assert until(over)  # whoever asks meanwhile is told of a part each time
        assert heard.bell.rang() is None


@pytest.mark.parametrize("stick_of", [fat_stick, exfat_stick, ext4_stick])
def test_a_watched_stick_can_be_unmounted_and_is_held_by_nobody(
    tmp_path: Path, stick_of: Callable[[Path], AbstractContextManager[Stick]]
) -> None:
    with stick_of(tmp_path) as stick:
        (stick.path / "data").mkdir()
        with listening(stick.path):
            assert holders(os.fsencode(stick.path)) == ()
            remount(stick)  # which unmounts it first


def test_after_a_remount_it_hears_again(tmp_path: Path, quick: None) -> None:
    with ext4_stick(tmp_path, holding={"data/plan.odt": b"plan"}) as stick, listening(stick.path) as heard:
        remount(stick)
        assert until(lambda: heard.rung.is_set() and heard.bell.rang() is None)
        heard.rung.clear()
        (stick.path / "data/new.odt").write_bytes(b"new")
        assert until(lambda: heard.hears(b"data"))
        assert heard.bell.alive


def test_a_folder_that_vanishes_and_comes_back_is_heard_again(tmp_path: Path, quick: None) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    with listening(place) as heard:
        place.rmdir()
        assert until(lambda: heard.bell.deaf)
        assert heard.bell.alive
        place.mkdir()
        assert until(lambda: not heard.bell.deaf)
        heard.bell.rang()
        (place / "x").mkdir()
        assert until(lambda: heard.hears(b"x"))


WITHOUT_WATCHES = """
import ctypes, os, sys, threading, time
from pathlib import Path
from linksync.host.daemon import watching
watching.EVERY = 0.2
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x10000000):  # a user namespace has a limit of its own
    sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
Path("/proc/sys/user/max_inotify_watches").write_text(sys.argv[2])
rung = threading.Event()
with watching.StickBell(sys.argv[1], rung.set) as bell:
    assert rung.wait(5)
    for _ in range(3):
        rung.clear()
        assert rung.wait(5), "time does not ring"
        assert bell.rang() is None
    assert bell.deaf and bell.alive
print("deaf and well")
"""


@pytest.mark.parametrize("limit", [0, 5])
def test_where_the_computer_has_no_watches_left_time_rings(tmp_path: Path, limit: int) -> None:
    for number in range(20):
        (tmp_path / str(number)).mkdir()
    command = [sys.executable, "-c", WITHOUT_WATCHES, str(tmp_path), str(limit)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "deaf and well\n", "")


def test_a_flood_is_everything_and_it_hears_on(tmp_path: Path) -> None:
    with listening(tmp_path) as heard:
        names = [str(tmp_path / f"x{number}") for number in range(10)]
        for turn in range(watching._EVENTS_MAX // 2):  # three events or more each
            descriptor = os.open(names[turn % 10], os.O_CREAT | os.O_WRONLY)
            os.write(descriptor, b"x")
            os.close(descriptor)
            os.unlink(names[turn % 10])
        assert until(lambda: _quiet(heard))  # all of it was heard, and nobody asked meanwhile
        assert heard.bell.rang() is None
        (tmp_path / "after").mkdir()
        assert until(lambda: heard.hears(b"after") or heard.everything)


def _quiet(heard: Heard) -> bool:
    heard.rung.clear()
    return not heard.rung.wait(0.5)


def test_a_bell_leaves_no_threads_no_files_and_no_watches_behind(tmp_path: Path) -> None:
    with listening(tmp_path):
        pass
    threads, files = threading.active_count(), open_descriptors()
    for _ in range(5):
        with listening(tmp_path):
            pass
    assert (threading.active_count(), open_descriptors()) == (threads, files)


def test_bell_and_looks_together_tell_a_file_at_the_first_looks_after_it_is_complete(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with closing(Medium.open(tmp_path)) as medium, listening(tmp_path) as heard:
        arrivals = Arrivals(medium, quiet=0.5)
        arrivals.look(time.monotonic())
        (tmp_path / "data/plan.odt").write_bytes(b"plan")
        complete: dict[bytes, object] = {}
        looks = 0
        while not complete and looks < 20:
            assert heard.rung.wait(5) or looks, "nothing rang"
            heard.rung.clear()
            settled = arrivals.look(time.monotonic(), heard.bell.rang())
            looks += 1
            complete |= settled.complete
            if not complete:
                heard.rung.wait(settled.look_again)
        assert list(complete) == [b"data/plan.odt"]
        assert looks <= 6, "its making and closing ring, then its being quiet is awaited"
