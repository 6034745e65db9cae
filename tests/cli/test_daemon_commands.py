"""``linksync daemon``: installed and taken away as people do it, and run with the settings that they made."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from played import FIRST, put
from running import LINKSYNC, Terminal, run
from sealed import Key, Relay

from linksync.demo.keys import write_key_file
from linksync.demo.world import World
from linksync.machine.settings import config_path

ENTRY = ".config/autostart/linksync.desktop"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A computer that was made ready, and on which no systemd runs."""
    relay = Relay()
    relay.sign()
    key = Key("host-a").write(tmp_path / "key")
    done = run("host", "setup", "--as", "host-a", "--key", str(key), "--organiser", relay.fingerprint, "--yes")
    assert done.status == 0, done.err
    return config_path()


def home() -> Path:
    return Path(os.environ["HOME"])


@pytest.fixture(autouse=True)
def _no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")  # whose udisksd mounts real sticks


def test_without_systemd_it_starts_with_the_desktop_and_no_longer_once_taken_away(settings: Path) -> None:
    done = run("daemon", "install")
    assert (done.status, "starts by itself when you log in" in done.out) == (0, True)
    assert '"linksync daemon run"' in done.out
    assert "where the page with the buttons is" in done.out
    assert 'daemon" "run"' in (home() / ENTRY).read_text()
    assert json.loads(run("daemon", "install", "--json").out)["changed"] is False
    gone = run("daemon", "uninstall")
    assert (gone.status, str(home() / ENTRY) in gone.out) == (0, True)
    assert not (home() / ENTRY).exists()
    again = run("daemon", "uninstall")
    assert (again.status, "did not start by itself" in again.out) == (0, True)
    assert settings.exists()


def test_folders_to_watch_go_along_from_wherever_they_were_named(settings: Path, tmp_path: Path) -> None:
    run("daemon", "install", "--watch", "spiegel", "--watch", "/srv/de link", cwd=tmp_path)
    text = (home() / ENTRY).read_text()
    assert f'"--watch={tmp_path}/spiegel" "--watch=/srv/de link"' in text
    assert "--state" not in text


def test_a_computer_that_is_not_ready_yet_is_told_what_is_missing() -> None:
    done = run("daemon", "install")
    assert (done.status, "--as" in done.err) == (2, True)
    assert not (home() / ENTRY).exists()


def test_an_entry_of_somebody_else_is_said_in_dutch_too(settings: Path) -> None:
    (home() / ENTRY).parent.mkdir(parents=True)
    (home() / ENTRY).write_text("[Desktop Entry]\nName=mine\n")
    for command in ("install", "uninstall"):
        done = run("daemon", command, LINKSYNC_LANGUAGE="nl")
        assert (done.status, "is niet door linksync gemaakt" in done.err) == (1, True)
    assert "mine" in (home() / ENTRY).read_text()


def test_a_folder_that_is_watched_is_handed_over_by_the_running_daemon(tmp_path: Path) -> None:
    world = World.begin(tmp_path / "world")
    world.prepare()
    world.archive()
    put(world.stick, {"data/Bakkerij/idee.txt": b"een idee"})
    write_key_file(tmp_path / "key", FIRST)
    told = {"as": FIRST, "key": str(tmp_path / "key"), "organiser": world.organiser}
    told["archive"] = str(tmp_path / "world" / "archive")
    done = run("host", "setup", *(word for name, value in told.items() for word in (f"--{name}", value)), "--yes")
    assert done.status == 0, done.err
    command = [*LINKSYNC, "daemon", "run", "--no-notify", "--watch", str(world.stick)]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while not list((home() / ".local/state/linksync/links").glob("*/linksync/receipts/*/000002-*")):
            assert daemon.poll() is None, daemon.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert (world.stick / "linksync" / "handoffs" / f"000002-{FIRST}" / "seal.sha256.sig").exists()
        daemon.terminate()
        results, spoken = daemon.communicate(timeout=30)
        assert (daemon.returncode, results) == (0, b"")
        assert b"linksync status --follow" in spoken
        assert b"?t=" not in spoken, "a journal that others may read holds no key to the buttons"
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.communicate()


def test_in_a_terminal_it_says_where_its_page_is_and_then_each_thing_that_happens(tmp_path: Path) -> None:
    world = World.begin(tmp_path / "world")
    world.prepare()
    put(world.stick, {"data/Bakkerij/idee.txt": b"een idee"})
    write_key_file(tmp_path / "key", FIRST)
    told = {"as": FIRST, "key": str(tmp_path / "key"), "organiser": world.organiser, "state": str(tmp_path / "state")}
    words = [word for name, value in told.items() for word in (f"--{name}", value)]
    command = ["daemon", "run", "--no-notify", "--watch", str(world.stick), *words]
    for _ in range(2):  # the second time, what the first said is not said again
        daemon = Terminal(*command, LINKSYNC_LANGUAGE="nl", COLUMNS="500")
        daemon.until("Ctrl-C stopt. De pagina met de knoppen: http://127.0.0.1:")
        daemon.until("Het programma draait")
        daemon.until(f"{world.stick}: Klaar. Overdracht 2 staat geschreven en getekend in de map.")
        daemon.type("\x03")
        assert daemon.ends() == 0
        assert daemon.shown.count("Het programma draait") == 1
        assert daemon.shown.count("Het programma is gestopt.") == 1


def test_a_folder_of_an_organiser_that_holds_nothing_signed_is_a_mistake_at_once(tmp_path: Path) -> None:
    write_key_file(tmp_path / "key", FIRST)
    words = ["--as", FIRST, "--key", str(tmp_path / "key"), "--state", str(tmp_path / "state")]
    done = run("daemon", "run", *words, "--relay", str(tmp_path), LINKSYNC_LANGUAGE="en")
    assert (done.status, done.out) == (1, "")
    assert str(tmp_path) in done.err
    assert not (tmp_path / "state").exists()
