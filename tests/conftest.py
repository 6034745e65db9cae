"""Every test has a home, settings and a language of its own: nothing of the machine it runs on shows.

Beside that what tests of many rooms begin with: a relay, an ssh-agent.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from media import need
from sealed import Relay
from waiting import until

settings.register_profile("linksync", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("linksync")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--full`` runs the long campaigns at their whole length; without it a sample of each runs."""
    parser.addoption("--full", action="store_true", help="run the long campaigns at their whole length")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, so that nobody waits for it at the end."""
    items.sort(key=lambda item: "vm" not in item.path.parts)


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the long campaigns run at their whole length."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def relay() -> Relay:
    """A relay with one version; hosts ``host-a`` to ``host-d``, and an archive."""
    relay = Relay()
    relay.sign()
    return relay


@pytest.fixture
def ssh_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An ssh-agent of this test's own, without keys."""
    socket = tmp_path / "agent"
    running = subprocess.Popen([need("ssh-agent"), "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        assert until(socket.exists)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        yield
    finally:
        running.terminate()
        running.wait()


_OURS = ("LINKSYNC_", "XDG_", "LC_")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings, keys or ssh-agent of whoever runs it."""
    for name in list(os.environ):
        if name.startswith(_OURS):
            monkeypatch.delenv(name)
    for name in ("SSH_AUTH_SOCK", "LANGUAGE", "LANG", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
