"""The doctor's rules about the computer itself: what the system must have for sticks to be read without a person."""

import contextlib
import locale
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator

from linksync import __version__
from linksync.host.daemon.devices import Devices
from linksync.host.daemon.disks import Limits
from linksync.host.daemon.installing import Systemd, standing, this_program
from linksync.host.daemon.udisks import UDisks
from linksync.host.doctor import Check, Patient, Rule, note, ok, problem

_ASK = 5.0
_MOUNT = "org.freedesktop.udisks2.filesystem-mount"
_AUTOMOUNTERS = {
    "gvfs-udisks2-vo": "GNOME",
    "udiskie": "udiskie",
    "kded5": "KDE",
    "kded6": "KDE",
    "thunar": "Thunar",
    "pcmanfm": "PCManFM",
    "pcmanfm-qt": "PCManFM",
    "caja": "Caja",
    "nemo-desktop": "Nemo",
    "devmon": "devmon",
}
"""Programs that open sticks by themselves, as the kernel names them."""
_SEARCHED = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/sbin"))


def system(_patient: Patient) -> tuple[Check, ...]:
    """Linux, and a Python that is new enough."""
    if sys.platform != "linux":
        return problem("system-other", system=platform.system())
    return ok("system-fine", linksync=__version__, python=platform.python_version())


def udev(_patient: Patient) -> tuple[Check, ...]:
    """Whether the computer tells when a stick is plugged in."""
    return ok("udev-tells") if Devices().works else note("udev-absent")


def udisks(_patient: Patient) -> tuple[Check, ...]:
    """Whether somebody can open and close sticks, for this user."""
    version = UDisks(Limits(ask=_ASK)).version()
    return (*ok("udisks-answers", version=version), *_allowed()) if version else problem("udisks-absent")


def _allowed() -> tuple[Check, ...]:
    """Whether this user may have that done without a password, as polkit says."""
    if os.geteuid() == 0:
        return ok("allowed-yes")
    program = shutil.which("pkcheck", path=_SEARCHED)
    if program is None:
        return note("allowed-unknown")
    status = _status(program, "--action-id", _MOUNT, "--process", str(os.getpid()))
    if status == 0:
        return ok("allowed-yes")
    if "SSH_CONNECTION" in os.environ:
        return note("allowed-from-afar")
    return problem("allowed-no", user=_user())


def automounter(_patient: Patient) -> tuple[Check, ...]:
    """Who opens sticks on this desktop; where nobody does, linksync does it."""
    found = next((_AUTOMOUNTERS[name] for name in _programs() if name in _AUTOMOUNTERS), "")
    return ok("automounter-there", program=found) if found else ok("automounter-none")


def drivers(_patient: Patient) -> tuple[Check, ...]:
    """The file systems that sticks have."""
    found: tuple[Check, ...] = ()
    if not _has("vfat", ()):
        found += problem("drivers-fat")
    if not _has("exfat", ("mount.exfat", "mount.exfat-fuse")):
        found += problem("drivers-exfat")
    if not _has("ntfs3", ("ntfs-3g", "mount.ntfs")):
        found += note("drivers-ntfs")
    return found or ok("drivers-all")


def systemd(_patient: Patient) -> tuple[Check, ...]:
    """Whether the daemon can start by itself, also when nobody has logged in."""
    if not Systemd().works:
        return note("systemd-absent")
    if os.environ.get("XDG_SESSION_TYPE") in {"x11", "wayland"} or _lingers():
        return ok("systemd-starts")
    return note("systemd-login", user=_user())


def service(_patient: Patient) -> tuple[Check, ...]:
    """Whether the daemon starts by itself, runs, and is this linksync."""
    here = standing(this_program(), Systemd())
    if here.way is None:
        return note("service-none")
    if not here.current:
        return problem("service-other", version=here.version or "?", expected=__version__)
    if here.way == "autostart":
        return ok("service-autostart")
    if not here.active:
        return problem("service-stopped")
    if here.running not in {"", __version__}:
        return problem("service-old", version=here.running, expected=__version__)
    return ok("service-runs", version=__version__)


def tools(_patient: Patient) -> tuple[Check, ...]:
    """What anyone needs who checks the stick without linksync."""
    missing = [name for name in ("ssh-keygen", "sha256sum") if shutil.which(name, path=_SEARCHED) is None]
    return note("tools-missing", programs=", ".join(missing)) if missing else ok("tools-there")


def notifications(_patient: Patient) -> tuple[Check, ...]:
    """Whether somebody shows notifications on this desktop."""
    name = "org.freedesktop.Notifications"
    told = _output("busctl", "--user", "--no-pager", "--no-legend", "list")
    return ok("notifications-shown") if name in told.split() else note("notifications-none")


def letters(_patient: Patient) -> tuple[Check, ...]:
    """Whether names with an accent can be shown."""
    encoding = locale.getpreferredencoding(False)
    if encoding.replace("-", "").casefold() == "utf8":
        return ok("letters-all")
    return note("letters-few", encoding=encoding)


RULES: tuple[tuple[str, Rule], ...] = (
    ("system", system),
    ("udev", udev),
    ("udisks", udisks),
    ("automounter", automounter),
    ("drivers", drivers),
    ("systemd", systemd),
    ("service", service),
    ("notifications", notifications),
    ("tools", tools),
    ("letters", letters),
)


def _programs() -> Iterator[str]:
    """What runs here, as the kernel names it."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/comm", encoding="utf-8", errors="replace") as file:
                yield file.read(64).strip()


def _has(driver: str, programs: tuple[str, ...]) -> bool:
    """Whether the kernel has a driver, or could load it, or a program does the same."""
    if any(shutil.which(program, path=_SEARCHED) for program in programs):
        return True
    modules = f"/lib/modules/{platform.release()}"
    wanted = (
        ("/proc/filesystems", f"\t{driver}\n"),
        (f"{modules}/modules.dep", f"/{driver}.ko"),
        (f"{modules}/modules.builtin", f"/{driver}.ko"),
    )
    for path, text in wanted:
        with contextlib.suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
            if text in file.read():
                return True
    return False


def _lingers() -> bool:
    return _output("loginctl", "show-user", str(os.getuid()), "--property=Linger", "--value").strip() == "yes"


def _user() -> str:
    with contextlib.suppress(OSError, KeyError, ImportError):
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    return str(os.getuid())


def _status(*command: str) -> int:
    """How a program ends; -1 where it does not."""
    done = _run(*command)
    return done.returncode if done else -1


def _output(*command: str) -> str:
    """What a program says; "" where it fails."""
    done = _run(*command)
    return done.stdout if done and done.returncode == 0 else ""


def _run(*command: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(  # noqa: S603 - words of ours
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_ASK,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
