"""The loop's heart, with devices that are played: it never stops, forgets nothing, and leaves nothing behind."""

import errno
import gc
import os
import sqlite3
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import waiting
from played import open_descriptors

from linksync.errors import MediumError
from linksync.host.daemon import hands, ledger
from linksync.host.daemon.board import Board, Snapshot
from linksync.host.daemon.devices import Device
from linksync.host.daemon.disks import Off
from linksync.host.daemon.ledger import Ledger
from linksync.host.daemon.mounts import Mount
from linksync.host.daemon.plugged import places
from linksync.host.daemon.reconcile import Reconciler, World
from linksync.host.daemon.stand import Phase, Stand, Terms
from linksync.host.daemon.states import State
from linksync.host.daemon.telling import Job


@dataclass
class Computer:
    """What is plugged in and mounted, as the test says; whoever mounts here always fails in time."""

    tmp: Path
    plugged: list[Device] = field(default_factory=list)
    mounted: list[Mount] = field(default_factory=list)
    works: bool = True
    hang: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    failing: bool = False

    def devices(self, _mounts: tuple[Mount, ...]) -> tuple[Device, ...]:
        if self.failing:
            raise OSError(errno.EIO, "played")
        return tuple(self.plugged)

    def mounts(self) -> tuple[Mount, ...]:
        return tuple(self.mounted)

    def mount(self, device: Device, *, writable: bool = False) -> str:
        self.asked.append(f"mount {device.id} {writable}")
        raise MediumError("disk-gone", errno=errno.ENODEV, node=device.node)

    def unmount(self, device: Device) -> None:
        self.asked.append(f"unmount {device.id}")
        self.mounted = [mount for mount in self.mounted if mount.device != device.number]

    def power_off(self, device: Device) -> Off:
        self.asked.append(f"power-off {device.id}")
        return Off.OFF

    def world(self, **job: Any) -> World:
        return World(
            devices=self.devices,
            mounts=self.mounts,
            disks=lambda: self,
            blind=False,
            watch=(),
            job=Job(task="recognise", state=str(self.tmp / "state"), holder="x", key="none", **job),
        )


def device(number: int, **other: Any) -> Device:
    told = {"medium": f"uuid-{number % 3}", "label": "", "model": f"Stick {number}"} | other
    return Device(
        id=f"8:16-{number}-u",
        node="/dev/sdb",
        number="8:16",
        uuid="u",
        fs="vfat",
        usb=True,
        removable=True,
        read_only=False,
        **told,
    )


def mount(path: Path, *, ident: int = 700) -> Mount:
    return Mount(
        id=ident,
        parent=1,
        device="8:16",
        root=b"/",
        path=os.fsencode(path),
        options=frozenset(),
        fs="vfat",
        source=b"/dev/sdb",
    )


@contextmanager
def reconciling(computer: Computer, terms: Terms | None = None) -> Iterator[tuple[Reconciler, Board]]:
    board = Board(Snapshot(holder="x"))
    with Ledger(computer.tmp / "ledger.sqlite") as kept:
        heart = Reconciler(computer.world(), terms or Terms(grace=0.0), kept, board, lambda: None)
        yield heart, board
        heart.stop(2.0)


def until(heart: Reconciler, board: Board, *states: State, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not any(card.state in states for card in board.latest().cards):
        assert time.monotonic() < deadline, board.latest().cards
        heart.world_changed()
        heart.reconcile()
        time.sleep(0.02)


def test_a_thousand_plugs_and_pulls_leave_nothing_behind(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    with reconciling(computer) as (heart, board):

        def plug(number: int) -> None:
            computer.plugged = [device(number)]
            for _ in range(3):
                heart.world_changed()
                heart.reconcile()
            computer.plugged = []
            heart.world_changed()
            heart.reconcile()

        def plugs(first: int, count: int) -> float:
            """Seconds of processor time for each: what others do on this computer does not count."""
            began = time.process_time()
            for number in range(first, first + count):
                plug(number)
            spent = time.process_time() - began
            _at_rest(heart)
            return spent / count

        early = plugs(0, 100)
        threads, descriptors = set(threading.enumerate()), open_descriptors()
        plugs(100, 500)
        objects = len(gc.get_objects())
        late = plugs(600, 500)
        assert not set(threading.enumerate()) - threads
        assert open_descriptors() <= descriptors, "a test before this one may still close some of its own"
        assert len(gc.get_objects()) - objects < 250, "something of every second plug stays behind"
        tracemalloc.start()  # what the process has from its system depends on the tests before
        try:
            plugs(1100, 50)
            memory = tracemalloc.get_traced_memory()[0]
            plugs(1150, 200)
            assert tracemalloc.get_traced_memory()[0] - memory < 200 * 1000, "a kilobyte of every plug stays behind"
        finally:
            tracemalloc.stop()
        assert late < 0.06, "a thousand in a minute"
        assert late < 2 * early, "each plug makes the next one slower"
        assert len(board.latest().cards) <= 8
        computer.plugged = [device(5000)]
        heart.world_changed()
        heart.reconcile()
        assert board.latest().cards[0].state is State.SEEN


def _at_rest(heart: Reconciler) -> None:
    assert waiting.until(lambda: not any(thread.name.endswith("errand") for thread in threading.enumerate()))
    heart.reconcile()
    gc.collect()


def test_a_foreign_stick_that_the_desktop_mounted_is_recognised_and_left_alone(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "foto.jpg").write_bytes(b"x")
    mounted = mount(stick, ident=_mount_of(stick))
    with reconciling(computer) as (heart, board):
        computer.plugged, computer.mounted = [device(1)], [mounted]
        until(heart, board, State.FOREIGN)
        card = board.latest().cards[0]
        assert (card.light, card.safe, card.button) == ("calm", False, "")
        assert card.sentence.slug == "daemon-foreign"
        assert computer.asked == []
        assert heart.press(card.id, "ring", patience=0.0) is False
        computer.plugged, computer.mounted = [], []
        heart.world_changed()
        heart.reconcile()
        heart.reconcile()
        assert board.latest().cards == ()
    assert [path.name for path in stick.iterdir()] == ["foto.jpg"]


def test_a_stick_pulled_out_before_anybody_knew_it_is_told_for_a_while_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer = Computer(tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    with reconciling(computer) as (heart, board):
        computer.plugged, computer.mounted = [device(1)], [mount(stick, ident=_mount_of(stick))]
        until(heart, board, State.MOUNTED)
        computer.plugged, computer.mounted = [], []
        until(heart, board, State.YANKED)
        heart.reconcile()
        assert [card.sentence.slug for card in board.latest().cards] == ["daemon-yanked"]
        monkeypatch.setattr("linksync.host.daemon.reconcile._GONE_FOR", 0.0)
        heart.reconcile()
        assert board.latest().cards == ()


def _mount_of(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with open(f"/proc/self/fdinfo/{descriptor}", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("mnt_id"))
    finally:
        os.close(descriptor)


def test_what_the_computer_runs_from_is_no_stick(tmp_path: Path) -> None:
    computer = Computer(tmp_path, plugged=[device(1)], mounted=[mount(Path("/boot/efi"))])
    with reconciling(computer) as (heart, board):
        for _ in range(3):
            heart.world_changed()
            heart.reconcile()
        assert board.latest().cards == ()
        assert computer.asked == []


def test_a_second_partition_that_is_mounted_is_seen_beside_the_first_and_another_stick_is_not(tmp_path: Path) -> None:
    parts = [replace(device(n), number=f"8:{n}", node=f"/dev/sdb{n}", disk="8:0") for n in (1, 2)]
    other = replace(device(3), number="8:17", node="/dev/sdc1", disk="8:16")
    mounts = tuple(
        replace(mount(tmp_path / str(ident), ident=ident), device=number, source=b"/dev/sdb2")
        for ident, number in ((1, "8:2"), (2, "8:17"))
    )
    first, second, alone = places([*parts, other], mounts, ()).values()
    assert (first.held, first.beside) == (False, True)
    assert (second.held, second.beside) == (True, False)
    assert (alone.held, alone.beside) == (True, False)


def test_a_button_that_does_nothing_says_so_and_one_that_does_is_heard_from_any_thread(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    with reconciling(computer) as (heart, board):
        computer.plugged = [device(1)]
        until(heart, board, State.HELD)  # whoever mounts here says that it is gone, and the list says it is there
        card = board.latest().cards[0]
        assert (card.button, card.sentence.slug) == ("try-again", "disk-gone")
        answers: list[bool] = []
        for action in ("hand-over", "try-again"):
            pressing = threading.Thread(target=lambda action=action: answers.append(heart.press(card.id, action)))
            pressing.start()
            while pressing.is_alive():
                heart.reconcile()
                time.sleep(0.01)
        assert answers == [False, True]
        assert board.latest().cards[0].state is not State.HELD


def test_a_list_of_devices_that_cannot_be_read_is_an_error_of_that_round_alone(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    with reconciling(computer) as (heart, board):
        computer.failing = True
        with pytest.raises(OSError, match="played"):
            heart.reconcile()
        computer.failing, computer.plugged = False, [device(1)]
        heart.world_changed()
        heart.reconcile()
        assert len(board.latest().cards) == 1


@pytest.mark.parametrize("what", ["process", "thread"])
def test_what_cannot_be_begun_is_told_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """This computer has no process or thread left for a moment: nothing may wait for ever for what never began."""
    computer = Computer(tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()

    def none_left(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "played") if what == "process" else RuntimeError("can't start new thread")

    with reconciling(computer) as (heart, board):
        assert waiting.until(lambda: _disks_found(heart, computer))
        computer.plugged = [device(1)]
        computer.mounted = [mount(stick, ident=_mount_of(stick))] if what == "process" else []
        with monkeypatch.context() as patch:
            patch.setattr(*((hands, "Running") if what == "process" else (hands, "Errand")), none_left)
            until(heart, board, State.HELD)
        card = board.latest().cards[0]
        assert card.sentence.slug == ("daemon-work-died" if what == "process" else "disk-failed")
        assert card.button == "try-again"
        threading.Thread(target=heart.press, args=(card.id, "try-again")).start()
        until(heart, board, State.FOREIGN) if what == "process" else until(heart, board, State.SEEN)


def _disks_found(heart: Reconciler, computer: Computer) -> bool:
    computer.plugged = [device(9)]
    heart.world_changed()
    heart.reconcile()
    computer.plugged = []
    heart.world_changed()
    heart.reconcile()
    return heart._hands.disks_work


def test_a_ledger_that_could_not_be_written_for_a_while_gets_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_PAUSE", 0.1)
    computer = Computer(tmp_path)
    with reconciling(computer) as (heart, board):
        other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        computer.plugged = [device(1)]
        heart.world_changed()
        heart.reconcile()
        assert board.latest().cards[0].state is State.SEEN
        assert other.execute("SELECT COUNT(*) FROM media").fetchone() == (0,)
        other.execute("ROLLBACK")
        time.sleep(0.2)
        heart.reconcile()
        heart.reconcile()
        assert other.execute("SELECT card FROM media").fetchall() == [(int(board.latest().cards[0].id),)]
        other.close()


def test_what_was_known_of_a_stick_that_left_while_the_daemon_was_away_is_told_truly(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    with reconciling(computer) as (heart, board):
        computer.plugged = [device(1)]
        heart.reconcile()
        card = board.latest().cards[0].id
    computer.plugged = []
    with reconciling(computer) as (heart, board):
        heart.reconcile()
        [left] = board.latest().cards
        assert (left.id, left.state) == (card, State.SAFE)
        assert left.sentence.slug == "daemon-taken-out-untouched"


@pytest.mark.parametrize(
    "kept",
    [
        '{"added": [{"path": "data/x"}], "added_count": 1}',
        '{"findings": [{"code": "E302", "where": "data/x"}]}',
        '{"added": 3, "waiting": null, "since": 1e300}',
    ],
)
def test_what_another_version_kept_in_another_form_is_left_out_and_hinders_nothing(tmp_path: Path, kept: str) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as before:
        before.keep(Stand(medium="gone", card="1", name="STICK", state=State.HELD, phase=Phase.REST), kept)
    computer = Computer(tmp_path)
    with reconciling(computer) as (heart, board):
        computer.plugged = [device(1)]
        heart.world_changed()
        heart.reconcile()
        assert {card.name for card in board.latest().cards} == {"STICK", "Stick 1"}
        assert all(card.added == () for card in board.latest().cards)


def test_the_board_is_put_up_only_when_something_on_it_changed(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    with reconciling(computer) as (heart, board):
        heart.reconcile()
        version = board.latest().version
        for _ in range(5):
            heart.world_changed()
            heart.reconcile()
        assert board.latest().version == version
        assert board.wait(version, 0.05) is None
        computer.plugged = [device(1)]
        heart.world_changed()
        heart.reconcile()
        newer = board.wait(version, 1.0)
        assert newer is not None
        assert newer.to_json()["cards"][0]["name"] == "Stick 1"
