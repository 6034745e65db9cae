"""systemd is told the truth, and installing the service can be undone; with real sockets, real files, and the real
judge of units."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from media import need

from linksync import __version__
from linksync.errors import MediumError, RefusedError
from linksync.host.daemon.installing import (
    Program,
    Systemd,
    autostart_text,
    install,
    standing,
    this_program,
    uninstall,
    unit_text,
)
from linksync.host.daemon.service import Notifier

HIDES_MOUNTS = (
    *("Private", "ProtectSystem", "ProtectHome", "ProtectProc", "ProtectKernel", "ProtectControlGroups"),
    *("ProtectClock", "ProtectHostname", "ReadOnlyPaths", "ReadWritePaths", "InaccessiblePaths", "Bind", "ExecPaths"),
    *("NoExecPaths", "TemporaryFileSystem", "Mount", "Root", "DynamicUser", "LogNamespace", "StateDirectory"),
    "RuntimeDirectory",
)
"""Settings that give a service a mount namespace, or folders of another owner."""


@pytest.fixture(params=["path", "abstract"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A service manager's socket: its address as ``$NOTIFY_SOCKET`` says it, and its end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        told = str(tmp_path / "notify") if request.param == "path" else f"@linksync-test-{os.getpid()}"
        end.bind(told.replace("@", "\0") if request.param == "abstract" else told)
        end.settimeout(5)
        yield told, end


def heard(end: socket.socket) -> list[str]:
    return end.recv(4096).decode().split("\n")


def test_systemd_hears_what_the_daemon_says(listening: tuple[str, socket.socket]) -> None:
    address, end = listening
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address})
    assert notifier.ready("Wacht\nop de Link.")
    assert heard(end) == ["READY=1", f"STATUS=linksync {__version__}: Wacht op de Link."]
    assert notifier.status("De stick wordt gelezen.")
    assert heard(end) == [f"STATUS=linksync {__version__}: De stick wordt gelezen."]
    assert notifier.alive()
    assert heard(end) == ["WATCHDOG=1"]
    assert notifier.stopping()
    assert heard(end) == ["STOPPING=1"]


def test_a_status_stays_one_short_line(listening: tuple[str, socket.socket]) -> None:
    address, end = listening
    Notifier(address=address).status("a\0b\nREADY=1 " * 1000)
    (line,) = heard(end)
    assert len(line) <= 500


def test_the_watchdog_is_fed_twice_as_often_as_systemd_waits() -> None:
    told = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000"}
    assert Notifier.from_environment(told).interval == 30
    assert Notifier.from_environment({**told, "WATCHDOG_PID": str(os.getpid())}).interval == 30


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"WATCHDOG_USEC": "60000000"},
        {"NOTIFY_SOCKET": "vsock:2:1"},
        {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"},
        {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "0"},
        {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "many"},
    ],
)
def test_without_a_watchdog_none_is_fed(told: dict[str, str]) -> None:
    assert Notifier.from_environment(told).interval is None


def test_where_nobody_listens_nothing_fails() -> None:
    assert not Notifier.from_environment({}).ready("x")
    assert not Notifier.from_environment({"NOTIFY_SOCKET": "/nowhere/socket"}).ready("x")


def test_a_manager_that_does_not_read_holds_nothing_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        notifier = Notifier(address=str(tmp_path / "notify"))
        said = [notifier.alive() for _ in range(3000)]
    assert said[0]
    assert not said[-1]


# The unit.

AWKWARD = Program(
    command=(
        '/opt/een map/$pad %h/"py\\thon"',
        "-P",
        "-m",
        "linksync",
        "daemon",
        "run",
        "--watch",
        "/srv/ $HOME %i 'x'",
    ),
    environment={"XDG_STATE_HOME": '/srv/een "map" 100%'},
)


def verified(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """What systemd itself says to a unit."""
    (folder / "run").mkdir(exist_ok=True)
    (folder / "linksync.service").write_text(text)
    command = [need("systemd-analyze"), "verify", "--user", "--man=no", str(folder / "linksync.service")]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder / "run"), "SYSTEMD_LOG_LEVEL": "notice"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_a_service_that_fails_again_and_again_is_never_given_up() -> None:
    """A disk that was full for an evening: the next day it runs, without anybody having to know of systemd."""
    lines = unit_text(this_program()).splitlines()
    assert "StartLimitIntervalSec=0" in lines
    assert not [line for line in lines if line.startswith("StartLimitBurst")]


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    done = verified(tmp_path, unit_text(this_program(["--watch", "/srv/de spiegel"])))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_would_say_it_if_something_were_wrong(tmp_path: Path) -> None:
    done = verified(tmp_path, unit_text(this_program()).replace("WatchdogSec=60", "WatchdogSecs=60"))
    assert "WatchdogSecs" in done.stdout + done.stderr


def test_an_awkward_path_is_still_the_same_program_to_systemd(tmp_path: Path) -> None:
    folder = tmp_path / "een map $pad %h é"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    program = Program(command=(str(folder / "python"), *AWKWARD.command[1:]), environment=AWKWARD.environment)
    done = verified(tmp_path, unit_text(program))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    (folder / "python").unlink()
    done = verified(tmp_path, unit_text(program))
    assert "is not executable" in done.stdout + done.stderr


def test_the_unit_sees_sticks_that_are_mounted_after_it_started() -> None:
    settings = {line.partition("=")[0] for line in unit_text(this_program()).splitlines()}
    assert [name for name in settings if any(name.startswith(hides) for hides in HIDES_MOUNTS)] == []
    assert {"NotifyAccess", "WatchdogSec", "Restart", "MemoryMax", "NoNewPrivileges"} <= settings


def test_the_program_is_this_installation_wherever_it_is_started(tmp_path: Path) -> None:
    command = this_program().command
    (tmp_path / "linksync").mkdir()
    (tmp_path / "linksync" / "__init__.py").write_text("raise SystemExit('another linksync')")
    done = subprocess.run([*command[:4], "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert os.path.isabs(command[0])
    assert done.stdout.strip().endswith(__version__)


def test_an_autostart_entry_starts_the_same_words() -> None:
    text = autostart_text(AWKWARD)
    (line,) = [line.removeprefix("Exec=") for line in text.splitlines() if line.startswith("Exec=")]
    value = line.replace("\\\\", "\\").replace("%%", "%")  # quotes in Exec are a shell's
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {value}"], capture_output=True, text=True, check=True)
    assert done.stdout.split("\0")[:-1] == [
        "env",
        *(f"{name}={told}" for name, told in AWKWARD.environment.items()),
        *AWKWARD.command,
    ]


# Installing.

SYSTEMCTL = """\
#!/bin/sh
# Stands in for systemctl on a computer where no service manager runs: keeps what it was told, and says what it knows.
shift 2
echo "$@" >> "$HOME/told"
case "$*" in
show\\ --property=Version*) echo 252 ;;
show\\ *UnitFileState*) cat "$HOME/enabled" 2>/dev/null ;;
show\\ *ActiveState*) cat "$HOME/active" 2>/dev/null ;;
show\\ *StatusText*) echo "linksync 0.0.9: Wacht op de Link." ;;
enable*) echo enabled > "$HOME/enabled" ;;
restart*)
    [ ! -e "$HOME/broken" ] || { echo "Job for linksync.service failed." >&2; exit 1; }
    echo active > "$HOME/active" ;;
disable*) rm -f "$HOME/enabled" "$HOME/active" ;;
esac
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home, with a service manager that can be seen through."""
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(SYSTEMCTL)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return Path(os.environ["HOME"])


def told(home: Path) -> list[str]:
    path = home / "told"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("show")] if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


def files(home: Path) -> set[str]:
    found = {str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir()}
    return {name for name in found if name.startswith(".")}


UNIT, ENTRY = ".config/systemd/user/linksync.service", ".config/autostart/linksync.desktop"


def test_installing_writes_the_unit_enables_and_starts_it(home: Path) -> None:
    done = install(this_program(), Systemd())
    assert (done.way, done.path, done.changed) == ("service", home / UNIT, True)
    assert told(home) == ["daemon-reload", "enable linksync.service", "restart linksync.service"]
    assert (home / UNIT).read_text() == unit_text(this_program())
    assert standing(this_program(), Systemd()).running == "0.0.9"


def test_installing_twice_changes_nothing_and_starts_nothing_anew(home: Path) -> None:
    install(this_program(), Systemd())
    told(home)
    assert not install(this_program(), Systemd()).changed
    assert told(home) == ["daemon-reload"]
    assert install(this_program(["--policy", "ask"]), Systemd()).changed
    assert told(home) == ["daemon-reload", "restart linksync.service"]


def test_uninstalling_undoes_exactly_what_installing_did(home: Path) -> None:
    (home / ".config" / "systemd" / "user").mkdir(parents=True)
    (home / ".config" / "systemd" / "user" / "other.service").write_text("[Service]\n")
    before = files(home)
    install(this_program(), Systemd())
    told(home)
    assert uninstall(Systemd()) == (home / UNIT,)
    assert told(home) == ["disable --now linksync.service", "daemon-reload"]
    assert files(home) == before
    assert uninstall(Systemd()) == ()
    assert told(home) == []


def test_a_unit_that_somebody_else_wrote_is_left_alone(home: Path) -> None:
    for place in (UNIT, ENTRY):
        (home / place).parent.mkdir(parents=True)
        (home / place).write_text("# van mij\n")
    for act in (lambda: install(this_program(), Systemd()), lambda: uninstall(Systemd())):
        with pytest.raises(RefusedError, match="service-not-ours"):
            act()
    assert (home / UNIT).read_text() == (home / ENTRY).read_text() == "# van mij\n"
    assert told(home) == []


def test_a_service_that_does_not_start_is_said_and_tried_again(home: Path) -> None:
    (home / "broken").touch()
    with pytest.raises(MediumError, match=r"Job for linksync\.service failed"):
        install(this_program(), Systemd())
    (home / "broken").unlink()
    told(home)
    assert install(this_program(), Systemd()).changed
    assert told(home) == ["daemon-reload", "restart linksync.service"]


def test_a_manager_that_hangs_is_as_none(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linksync.host.daemon.installing._ASK", 0.2)
    (tmp_path / "bin" / "systemctl").write_text("#!/bin/sh\nexec sleep 60\n")
    assert not Systemd().works


def test_without_systemd_the_desktop_starts_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = Path(os.environ["HOME"])
    monkeypatch.setenv("PATH", str(tmp_path))
    done = install(this_program(), Systemd())
    assert (done.way, done.path, done.changed) == ("autostart", home / ENTRY, True)
    assert not install(this_program(), Systemd()).changed
    assert standing(this_program(), Systemd()).way == "autostart"
    assert files(home) == {ENTRY}
    assert uninstall(Systemd()) == (home / ENTRY,)
    assert files(home) == set()


def test_once_systemd_does_it_the_desktop_no_longer_does(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(tmp_path))
    install(this_program(), Systemd())
    monkeypatch.setenv("PATH", path)
    install(this_program(), Systemd())
    assert files(home) == {UNIT}


def test_another_place_for_settings_is_found_again_by_the_service() -> None:
    program = this_program(environment={"XDG_CONFIG_HOME": "/srv/c", "XDG_STATE_HOME": "", "HOME": "/root"})
    assert 'Environment="XDG_CONFIG_HOME=/srv/c"\n' in unit_text(program)
    assert "XDG_STATE_HOME" not in unit_text(program)


def test_an_older_installation_is_told_apart(home: Path) -> None:
    assert standing(this_program(), Systemd()).way is None
    install(this_program(), Systemd())
    now = standing(this_program(), Systemd())
    assert (now.version, now.current, now.active) == (__version__, True, True)
    unit = home / UNIT
    unit.write_text(unit.read_text().replace(f"Version={__version__}", "Version=0.0.9"))
    assert (standing(this_program(), Systemd()).version, standing(this_program(), Systemd()).current) == (
        "0.0.9",
        False,
    )
