"""A world of its own: real udevd, real system bus and real udisksd, which see only the sticks of one test.

A world is a mount and a network namespace, so that udev's messages, mounts and ``/run`` are apart from the computer
that the tests run on. ``World.inside`` runs a function in a thread that has gone in there; what it starts is in there
too. Sticks are loop devices that a rule of udev says are on USB. Needs root.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from media import attach, detach, need

Result = TypeVar("Result")

_CLONE_FS, _CLONE_NEWNS, _CLONE_NEWNET = 0x200, 0x20000, 0x40000000
_NOBODY = 65534
_SETRESUID, _SETRESGID = (147, 149) if os.uname().machine == "aarch64" else (117, 119)
_LIBC = ctypes.CDLL(None, use_errno=True)
_UDEVD = "/lib/systemd/systemd-udevd"
_UDISKSD = "/usr/libexec/udisks2/udisksd"
_PATIENCE = 15.0

_BUS = """<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/></policy></busconfig>
"""
_RULE = """SUBSYSTEM=="block", KERNEL=="loop*[0-9]", ATTR{{loop/backing_file}}=="{folder}/*", \\
  ENV{{ID_BUS}}="usb", ENV{{ID_SERIAL}}="Maker_Stick_1234", ENV{{ID_MODEL}}="Stick_of_the_tests"
"""


@dataclass(slots=True, kw_only=True)
class World:
    """Where real daemons run that know nothing of the computer around them.

    Attributes:
        folder: for its sticks' images; short, outside of it nothing is seen as a stick.
        bus: the address of its system bus.
        running: what was started in it, by name.
    """

    folder: Path
    bus: str = ""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def inside(self, function: Callable[[], Result]) -> Result:
        """Run a function in there, and hand back what it returns or raises."""
        return _in_a_thread(self._go_in, function)

    def start(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        """Start a program in there; it is ended with the world."""
        log = self.folder / f"{name}.log"

        def started() -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.bus, **(environment or {})},
                )

        self.running[name] = self.inside(started)

    def end(self, name: str) -> None:
        """End a program that was started in there."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def log(self, name: str) -> str:
        """What a program has said."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def start_udev(self) -> None:
        """Start udevd, with a rule by which the images of this world are sticks on USB."""
        rules = _RULE.format(folder=self.folder)
        self.inside(lambda: _write(Path("/run/udev/rules.d/61-sticks.rules"), rules))
        need("udevadm")
        self.start("udevd", [_UDEVD])
        self.wait(lambda: os.path.exists("/run/udev/control"), "udevd did not start")

    def start_bus(self) -> None:
        """Start the system bus."""
        place = "/run/udisks2/bus"  # where every user may come
        self.bus = f"unix:path={place}"
        _write(self.folder / "bus.conf", _BUS.format(socket=place))
        self.start(
            "dbus", [need("dbus-daemon"), f"--config-file={self.folder / 'bus.conf'}", "--nofork", "--nopidfile"]
        )
        self.wait(lambda: _listens(place), "dbus-daemon did not start")

    def start_udisks(self) -> None:
        """Start udisksd on that bus."""
        need("udisksctl")
        self.start("udisksd", [_UDISKSD])
        self.wait(lambda: "Acquired the name" in self.log("udisksd"), "udisksd did not start")

    def wait(self, condition: Callable[[], object], otherwise: str) -> None:
        """Wait until something is so in there.

        Raises:
            TimeoutError: it is not, after a while.
        """
        deadline = time.monotonic() + _PATIENCE
        while not self.inside(lambda: bool(condition())):
            if time.monotonic() > deadline:
                raise TimeoutError(otherwise)
            time.sleep(0.02)

    def settle(self) -> None:
        """Wait until udev has handled everything that has happened."""
        self.run(need("udevadm"), "settle", "--timeout=10")

    def run(self, *command: str, check: bool = True) -> bytes:
        """Run a program in there until it ends; gives its output."""
        return self.inside(lambda: subprocess.run(command, capture_output=True, check=check).stdout)

    @contextlib.contextmanager
    def plugged_in(self, image: Path) -> Iterator[str]:
        """A stick that is in, on a loop device; gives its node. Whatever still mounts it in there is unmounted."""
        node = attach(image)
        try:
            yield node
        finally:
            self.run(need("umount"), "--all-targets", node, check=False)
            detach(node)

    @contextlib.contextmanager
    def new_stick(self, *options: str) -> Iterator[str]:
        """An empty ext4 stick that is in, and that udisksd knows; gives its node.

        Args:
            *options: of ``mkfs.ext4``.
        """
        image = self.folder / "stick.img"
        image.unlink(missing_ok=True)
        with image.open("wb") as file:
            file.truncate(16 << 20)
        subprocess.run([need("mkfs.ext4"), "-q", *options, str(image)], check=True)
        with self.plugged_in(image) as node:
            self.settle()
            self.wait(lambda: node.encode() in self.run(need("udisksctl"), "dump"), "udisksd does not see the stick")
            yield node

    def close(self) -> None:
        """End everything in there."""
        for name in reversed(list(self.running)):
            if name != "keeper":
                self.end(name)
        self.end("keeper")

    def _go_in(self) -> None:
        if "keeper" not in self.running:
            return
        pid = self.running["keeper"].pid
        _checked(_LIBC.unshare(_CLONE_FS))
        for name, kind in (("net", _CLONE_NEWNET), ("mnt", _CLONE_NEWNS)):
            descriptor = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
            try:
                _checked(_LIBC.setns(descriptor, kind))
            finally:
                os.close(descriptor)


@contextlib.contextmanager
def new_world(folder: Path) -> Iterator[World]:
    """A world in which nothing runs yet, with a ``/run/udev``, ``/run/udisks2`` and ``/media`` of its own."""
    world = World(folder=folder)
    script = (
        f"{need('ip')} link set lo up; mount --make-rprivate /; for at in /run/udev /run/udisks2 /media; do"
        " mkdir -p $at; mount -t tmpfs tmpfs $at; done; mkdir /run/udev/rules.d && echo ready && exec sleep 1000000"
    )
    world.start("keeper", [need("unshare"), "--mount", "--net", "sh", "-c", script])
    try:
        deadline = time.monotonic() + _PATIENCE
        while "ready" not in world.log("keeper"):
            if time.monotonic() > deadline or world.running["keeper"].poll() is not None:
                raise TimeoutError(f"no world of its own: {world.log('keeper')}")
            time.sleep(0.01)
        yield world
    finally:
        world.close()


@contextlib.contextmanager
def udisks_world(folder: Path) -> Iterator[World]:
    """A world with udevd, a system bus and udisksd."""
    with new_world(folder) as world:
        world.start_udev()
        world.start_bus()
        world.start_udisks()
        yield world


def as_nobody(function: Callable[[], Result]) -> Result:
    """Run a function as a user who may nothing; in a thread of its own, the only one whose rights change."""

    def become_nobody() -> None:
        _checked(_LIBC.syscall(_SETRESGID, -1, _NOBODY, -1))
        _checked(_LIBC.syscall(_SETRESUID, -1, _NOBODY, -1))

    return _in_a_thread(become_nobody, function)


def _in_a_thread(first: Callable[[], None], function: Callable[[], Result]) -> Result:
    """Run a function in a thread that has made itself ready, and hand back what it returns or raises."""
    found: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            first()
            found.append(function())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _listens(place: str) -> bool:
    """Whether somebody listens at a socket, which exists a moment before that."""
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex(place) == 0
