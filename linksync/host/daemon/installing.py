"""The daemon starts by itself: as a systemd user service, or from the desktop's autostart where there is no systemd.

``install`` and ``uninstall`` can be given any number of times, and the second undoes exactly what the first did: what
somebody else wrote under the same name is never touched.

The unit has no setting that gives the service a mount namespace of its own (``PrivateTmp``, ``ProtectSystem`` and their
like): sticks are mounted after the service has started, and it must see them. What is hardened is what can be without.
It is started again for as long as it fails: a disk that was full, or settings that were wrong, are put right one day,
and nobody at the table would know that the service had been given up.
"""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from linksync import __version__
from linksync.errors import MediumError, RefusedError
from linksync.host.daemon.service import STATUS_HEAD
from linksync.machine import durable
from linksync.people.texts import plain

SERVICE = "linksync.service"
_MARK = "# Made by linksync daemon install; linksync daemon uninstall takes it away."
_VERSION = "X-Linksync-Version="
_KEPT = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "PYTHONPATH")
_ASK, _START = 10.0, 120.0
"""Seconds that systemctl has to answer, and that a start may take."""

_UNIT = """\
{mark}
[Unit]
Description=linksync reads the Link when it is plugged in
{version}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
{environment}Restart=on-failure
RestartSec=10
RestartPreventExitStatus=2
WatchdogSec=60
TimeoutStartSec=60
TimeoutStopSec=90
KillMode=mixed
OOMPolicy=continue
MemoryMax=2G
TasksMax=256
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""

_ENTRY = """\
{mark}
[Desktop Entry]
Type=Application
Name=linksync
Comment=Reads the Link when it is plugged in
Comment[nl]=Leest de Link zodra hij erin zit
Exec={command}
Terminal=false
NoDisplay=true
{version}
"""

Way = Literal["service", "autostart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is to be started.

    Attributes:
        command: the program with its arguments; the first is an absolute path.
        environment: variables that it needs and a login does not set.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What stands now; ``changed`` whether anything was different before."""

    way: Way
    path: Path
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the daemon starts on this computer.

    Attributes:
        way: None where nothing is installed.
        version: of linksync that was installed; ``current`` whether that is this very installation, with whatever
            arguments.
        active: whether the service runs; ``running`` the version that does, "" where it does not say.
    """

    way: Way | None = None
    version: str = ""
    current: bool = False
    active: bool = False
    running: str = ""


def this_program(arguments: Sequence[str] = (), environment: Mapping[str, str] = os.environ) -> Program:
    """``linksync daemon run`` of this installation, with arguments; settings that stand elsewhere are found again."""
    kept = {name: environment[name] for name in _KEPT if environment.get(name)}
    executable = os.path.abspath(sys.executable)  # not resolved: in a venv the link is what makes it one
    return Program(command=(executable, "-P", "-m", "linksync", "daemon", "run", *arguments), environment=kept)


class Systemd:
    """The service manager of this user, asked through ``systemctl --user``, which never waits for long."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = {**environment, "LC_ALL": "C.UTF-8"}
        runtime = f"/run/user/{os.getuid()}"
        if not environment.get("XDG_RUNTIME_DIR") and os.path.isdir(runtime):
            self._environment["XDG_RUNTIME_DIR"] = runtime

    @property
    def works(self) -> bool:
        """Whether it is there."""
        return bool(self.told("Version"))

    def told(self, name: str, unit: str = "") -> str:
        """A property of the manager or of a unit; "" where nobody answers."""
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = self._run(_ASK, "show", *([unit] if unit else []), f"--property={name}", "--value")
            return done.stdout.strip() if done.returncode == 0 else ""
        return ""

    def call(self, *arguments: str) -> None:
        """Have something done.

        Raises:
            MediumError: ``service-failed`` (``what``, ``why``).
        """
        what = " ".join(arguments)
        try:
            done = self._run(_START, *arguments)
        except (OSError, subprocess.SubprocessError) as error:
            number = error.errno or 0 if isinstance(error, OSError) else 0
            raise MediumError("service-failed", errno=number, what=what, why=type(error).__name__) from error
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
            raise MediumError("service-failed", errno=0, what=what, why=plain(lines[0])[:200])

    def _run(self, limit: float, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["systemctl", "--user", "--no-pager", *arguments]
        return subprocess.run(  # noqa: S603 - words of ours
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            env=self._environment,
            timeout=limit,
            check=False,
        )


def install(program: Program, systemd: Systemd) -> Installed:
    """Have the daemon start by itself from now on, and start it where systemd can.

    Raises:
        RefusedError: ``service-not-ours`` (``path``): somebody else wrote what stands there; nothing was changed.
        MediumError: ``disk-write``; ``service-failed``: it is installed, and does not run.
    """
    if not systemd.works:
        changed = _put(_autostart_path(), autostart_text(program))
        return Installed(way="autostart", path=_autostart_path(), changed=changed)
    changed = _put(_unit_path(), unit_text(program))
    _take_away(_autostart_path())  # or it would start twice
    systemd.call("daemon-reload")
    was_enabled = systemd.told("UnitFileState", SERVICE) == "enabled"
    if not was_enabled:
        systemd.call("enable", SERVICE)
    was_active = systemd.told("ActiveState", SERVICE) == "active"
    if changed or not was_active:
        systemd.call("restart", SERVICE)
    return Installed(way="service", path=_unit_path(), changed=changed or not (was_enabled and was_active))


def uninstall(systemd: Systemd) -> tuple[Path, ...]:
    """Undo that: stop it, and take away what ``install`` wrote; the paths that were taken away.

    Raises:
        RefusedError: ``service-not-ours`` (``path``); nothing was changed.
        MediumError: ``disk-write``, ``service-failed``.
    """
    places = [path for path in (_unit_path(), _autostart_path()) if os.path.lexists(path)]
    for path in places:
        _require_ours(path)
    if _unit_path() in places:
        if systemd.works:
            systemd.call("disable", "--now", SERVICE)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(_unit_path().parent / "default.target.wants" / SERVICE)
    for path in places:
        _take_away(path)
    if _unit_path() in places and systemd.works:
        systemd.call("daemon-reload")
    return tuple(places)


def standing(program: Program, systemd: Systemd) -> Standing:
    """How the daemon starts here now; changes nothing."""
    unit, entry = _text(_unit_path()), _text(_autostart_path())
    if not unit and not entry:
        return Standing()
    if not unit:
        return Standing(way="autostart", version=_version(entry), current=_is_current(entry, program))
    active = systemd.told("ActiveState", SERVICE) == "active"
    status = systemd.told("StatusText", SERVICE) if active else ""
    found = re.match(re.escape(STATUS_HEAD) + r"([^ :]+):", status)
    return Standing(
        way="service",
        version=_version(unit),
        current=_is_current(unit, program),
        active=active,
        running=found[1] if found else "",
    )


def unit_text(program: Program) -> str:
    """The systemd unit of a program."""
    first, *others = program.command
    command = " ".join([_quoted(first), *(_quoted(word).replace("$", "$$") for word in others)])
    told = [f"Environment={_quoted(f'{name}={value}')}\n" for name, value in program.environment.items()]
    version = f"{_VERSION}{__version__}"
    return _UNIT.format(mark=_MARK, version=version, command=command, environment="".join(told))


def autostart_text(program: Program) -> str:
    """The autostart entry of a program, as desktops read it."""
    words = [f"{name}={value}" for name, value in program.environment.items()]
    command = [*(["env", *words] if words else []), *program.command]
    told = " ".join(_desktop_quoted(word) for word in command)
    return _ENTRY.format(mark=_MARK, version=f"{_VERSION}{__version__}", command=told)


def _quoted(word: str) -> str:
    """A word of a unit: specifiers doubled, in quotes with what is special in them escaped (systemd.syntax(7))."""
    told = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{told}"'.replace("\n", "\\n").replace("\t", "\\t")


def _desktop_quoted(word: str) -> str:
    """An argument of ``Exec``: quoted, then escaped once more as every value is, field codes doubled."""
    told = re.sub(r'(["`$\\])', r"\\\1", word)
    return f'"{told}"'.replace("\\", "\\\\").replace("%", "%%")


def _unit_path() -> Path:
    return Path(platformdirs.user_config_dir()) / "systemd" / "user" / SERVICE


def _autostart_path() -> Path:
    return Path(platformdirs.user_config_dir()) / "autostart" / "linksync.desktop"


def _put(path: Path, text: str) -> bool:
    """Write a file of ours where it is not there or says something else; whether it did."""
    _require_ours(path)
    if _text(path) == text:
        return False
    durable.write(path, text.encode())
    return True


def _take_away(path: Path) -> None:
    if not _is_ours(path):
        return
    with durable.translated("disk-write", path), contextlib.suppress(FileNotFoundError):
        os.unlink(path)
        durable.sync_folder(path.parent)


def _require_ours(path: Path) -> None:
    if os.path.lexists(path) and not _is_ours(path):
        raise RefusedError("service-not-ours", path=plain(str(path)))


def _is_ours(path: Path) -> bool:
    return not path.is_symlink() and _text(path).startswith(_MARK)


def _text(path: Path) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(65536)
    except (OSError, ValueError):
        return ""


def _is_current(text: str, program: Program) -> bool:
    """Whether a unit or an entry starts this installation, as this version would write it."""
    first = program.command[0]
    starts = _quoted(first) in text or _desktop_quoted(first) in text
    return starts and _version(text) == __version__


def _version(text: str) -> str:
    return next((line.removeprefix(_VERSION) for line in text.splitlines() if line.startswith(_VERSION)), "")
