"""A stick is let go with everything on it, by a real udisksd or with the system's own means; "safe" is said only when
it is."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from faults import Faults
from media import ext4_stick, need, replug, yank
from played import FIRST, a_link, put
from worlds import World, udisks_world

from linksync.cli.stick import command as stick_commands
from linksync.errors import LinksyncError, MediumError, RefusedError
from linksync.host.daemon.devices import Device
from linksync.host.daemon.disks import Limits, NoDisks, Off
from linksync.host.daemon.mounts import read_mounts
from linksync.host.daemon.udisks import UDisks
from linksync.host.ejecting import by_daemon, eject, find_stick, link_on
from linksync.host.state import State
from linksync.people.sentences import error_sentence


@pytest.fixture(scope="module", name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with udisks_world(tmp_path_factory.mktemp("w")) as world:
        yield world


@pytest.fixture(name="node")
def _node(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A stick in that world; its device."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", world.bus)
    with world.new_stick("-L", "LINK") as node:
        yield node


def command(*words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    """``linksync stick eject`` as people give it."""
    environment = {**os.environ, "LINKSYNC_LANGUAGE": language}
    program = [sys.executable, "-m", "linksync", "stick", "eject", *words]
    return subprocess.run(program, capture_output=True, text=True, env=environment, check=False)


def mounted(node: str) -> bool:
    return any(mount.source == node.encode() for mount in read_mounts())


def test_a_stick_is_let_go_by_any_path_on_it_or_by_its_device(world: World, node: str) -> None:
    def let_go() -> None:
        for way in ("device", "root", "below"):
            path = UDisks().mount(find_stick(node), writable=True)
            (Path(path) / "data").mkdir(exist_ok=True)
            (Path(path) / "data" / f"{way}.txt").write_text("een idee")
            target = {"device": node, "root": path, "below": f"{path}/data/{way}.txt"}[way]
            done = eject(find_stick(target), UDisks())
            assert (done.node, done.name) == (node, "LINK")
            assert not mounted(node)
        path = UDisks().mount(find_stick(node))
        assert sorted(os.listdir(Path(path) / "data")) == ["below.txt", "device.txt", "root.txt"]
        eject(find_stick(node), UDisks())
        eject(find_stick(node), UDisks())  # once more changes nothing

    world.inside(let_go)


def test_the_command_says_that_it_can_come_out_in_both_languages(world: World, node: str) -> None:
    def let_go() -> None:
        path = UDisks().mount(find_stick(node))
        done = command(path, language="nl")
        assert (done.returncode, done.stdout.splitlines()[0]) == (0, "✔ De stick LINK kan eruit.")
        assert not mounted(node)
        told = json.loads(command(node, "--json").stdout)
        assert (told["safe"], told["device"]) == (True, node)

    world.inside(let_go)


def test_who_holds_it_is_named_and_it_stays_where_it_is(world: World, node: str) -> None:
    def let_go() -> None:
        path = UDisks().mount(find_stick(node), writable=True)
        (Path(path) / "open.txt").write_text("x")
        holder = subprocess.Popen(["tail", "-f", f"{path}/open.txt"], stdout=subprocess.DEVNULL)
        try:
            world.wait(lambda: "tail" in command(path).stderr, "tail is not named")
            done = command(path, "--json")
            told = json.loads(done.stdout)
            assert (done.returncode, told["error"], "tail" in told["message"]) == (1, "unmount-busy", True)
            assert "can come out" not in done.stdout
            assert mounted(node)
        finally:
            holder.kill()
            holder.wait()
        assert command(path).returncode == 0

    world.inside(let_go)


def test_without_udisks_the_systems_own_umount_does_it(tmp_path: Path) -> None:
    with ext4_stick(tmp_path) as stick:
        done = eject(find_stick(str(stick.path)), NoDisks())
        assert (done.node, done.off) == (stick.device, Off.LEFT)
        assert not mounted(stick.device)
        subprocess.run([need("mount"), stick.device, str(stick.path)], check=True)  # as the fixture left it


def test_a_stick_that_fails_while_it_is_written_down_is_not_let_go_and_not_called_safe(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=32) as stick:
        put(stick.path, {"data/nog niet geschreven.bin": os.urandom(1_000_000)})
        yank(stick)
        with pytest.raises(MediumError) as told:
            eject(find_stick(str(stick.path)), NoDisks())
        assert (told.value.slug, told.value.errno) == ("stick-write", errno.EIO)
        assert mounted(stick.device)
        replug(stick)


def test_the_command_says_so_and_lets_go_once_the_stick_can_be_written_down(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=32) as stick:
        with Faults(stick.path, fail_at=1, error=errno.EIO) as faults:
            done = CliRunner().invoke(stick_commands, ["eject", str(stick.path), "--state", str(tmp_path / "state")])
        assert (faults.calls, faults.fired) == (["syncfs ."], True)
        assert isinstance(done.exception, MediumError)
        assert "can come out" not in done.output
        assert mounted(stick.device)
        done = CliRunner().invoke(stick_commands, ["eject", str(stick.path), "--state", str(tmp_path / "state")])
        assert (done.exit_code, "can come out" in done.output) == (0, True)
        subprocess.run([need("mount"), stick.device, str(stick.path)], check=True)  # as the fixture left it


def test_a_stick_that_is_no_longer_there_is_not_called_safe() -> None:
    gone = Device(
        id="x", medium="", node="/dev/none", number="99:99", uuid="", label="", fs="", usb=True, removable=True,
        read_only=False,
    )  # fmt: skip
    with pytest.raises(LinksyncError):
        eject(gone, UDisks(Limits(ask=0.5)))


@pytest.mark.parametrize("target", ["/", "/etc", "plain", "nowhere", "/dev/null"])
def test_what_is_no_stick_is_left_alone(tmp_path: Path, target: str) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises((RefusedError, MediumError)) as told:
        find_stick(str(tmp_path / target))
    assert told.value.slug in {"eject-not-a-stick", "stick-missing"}
    for language in ("nl", "en"):
        assert "…" not in error_sentence(told.value, language)


# By the daemon.


class Played:
    """A daemon that has one Link under its hand: its boards in turn, and what was pressed."""

    def __init__(self, *states: dict[str, Any], takes: bool = True) -> None:
        told: dict[str, Any] = {"id": "3", "link": LINK, "safe": False, "button": ""}
        self.boards = [
            {
                "version": state.get("version", number),
                "cards": [{**told, "id": "2", "link": "other"}, {**told, **state}],
            }
            for number, state in enumerate(states, 1)
        ]
        self.pressed: list[tuple[str, str]] = []
        self._takes = takes

    def act(self, card: str, action: str) -> bool:
        self.pressed.append((card, action))
        return self._takes

    def follow(self) -> Iterator[Mapping[str, Any]]:
        yield from self.boards


LINK = "0123456789abcdef0123456789abcdef"


def test_the_daemon_takes_a_link_out_and_says_when_it_is_safe() -> None:
    daemon = Played({"button": "take-out"}, {}, {}, {"safe": True})
    card = by_daemon(daemon, LINK)
    assert card is not None
    assert card["safe"]
    assert daemon.pressed == [("3", "take-out")]


def test_what_keeps_it_from_being_safe_ends_the_waiting() -> None:
    before = {"button": "try-again", "version": 7}
    daemon = Played(before, before, {}, {"button": "try-again", "version": 9}, {"safe": True})
    card = by_daemon(daemon, LINK)
    assert card is not None
    assert not card["safe"]
    assert daemon.pressed == [("3", "take-out")]


def test_a_link_that_is_out_already_is_not_pressed_for() -> None:
    daemon = Played({"safe": True})
    assert by_daemon(daemon, LINK) is not None
    assert daemon.pressed == []


def test_a_link_that_the_daemon_does_not_have_or_cannot_take_out_is_not_its_to_eject() -> None:
    assert by_daemon(Played({"link": "another"}), LINK) is None
    assert by_daemon(Played({}, {}, takes=False), LINK) is None
    assert by_daemon(Played(), LINK) is None


def test_the_link_on_a_stick_is_read_from_it(tmp_path: Path) -> None:
    with ext4_stick(tmp_path) as stick:
        device = find_stick(str(stick.path))
        assert link_on(device, State(tmp_path / "state")) == ""
        world = a_link(tmp_path / "world", stick=stick.path)
        assert len(link_on(device, world.state(FIRST))) == 32
