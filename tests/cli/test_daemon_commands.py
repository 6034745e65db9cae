"""``linksync daemon``: installed and taken away as people do it, and run with the settings that they made."""

import json
import os
from pathlib import Path

import pytest
from running import run
from sealed import Key, Relay

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


def test_without_systemd_it_starts_with_the_desktop_and_no_longer_once_taken_away(settings: Path) -> None:
    done = run("daemon", "install")
    assert (done.status, "starts by itself when you log in" in done.out) == (0, True)
    assert '"linksync daemon run"' in done.out
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
