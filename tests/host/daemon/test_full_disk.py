"""A computer whose disk is full: the daemon lives, says so, and goes on where it was once there is room."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import FILES, running
from media import need
from played import SECOND, a_link, codes, put
from waiting import until

from linksync.demo.world import World
from linksync.host.daemon.following import act, board, find
from linksync.host.daemon.states import State


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A Link in a folder, and a host whose memory stands on a disk of its own."""
    world = a_link(tmp_path)
    put(world.stick, FILES)
    memory = world.state(SECOND).folder
    memory.mkdir(parents=True, exist_ok=True)
    subprocess.run([need("mount"), "-t", "tmpfs", "-o", "size=100m", "none", str(memory)], check=True)
    try:
        yield world
    finally:
        subprocess.run([need("umount"), "--lazy", str(memory)], check=True)


def filled(memory: Path) -> Path:
    """A file that takes all there is, to the last byte."""
    path = memory / "filled"
    with path.open("wb", buffering=0) as file:
        for piece in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(bytes(piece)) == piece:
                    pass
    return path


def test_what_is_new_on_a_full_computer_is_not_called_nothing_new_and_goes_along_once_there_is_room(
    world: World,
) -> None:
    memory = world.state(SECOND).folder
    with running(world, "--watch", str(world.stick)) as daemon:
        card = daemon.says("daemon-folder-done").card
        full = filled(memory)
        put(world.stick, {"data/later.txt": b"later" * 9000})
        address = find(memory)

        def says() -> str:
            (card,) = board(address)["cards"]
            return str(card["sentence"]["slug"])

        assert until(lambda: says() == "host-full"), says()
        full.unlink()
        assert act(address, card, "try-again")
        done = daemon.until(lambda stand: stand.number == 4 and stand.state is State.QUEUED)
        assert (done.card, done.new) == (card, 1), "the ledger was not begun anew"
        assert not list((memory / "daemon").glob("*.damaged"))
        assert daemon.stop() == 0
    assert codes(world.verify(SECOND)) == []
