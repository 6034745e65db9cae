"""The guest while it runs: booted cold, or restored in seconds from a state that was frozen before.

Each run has a disk of its own on top of the frozen one, so nothing that happens in it lasts. Commands and files go
through the agent; there is no network.
"""

import base64
import io
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from media import need

from vm.image import PORT, USER
from vm.qmp import agent, qemu

MEMORY = 768
"""MiB of the guest."""

_KERNEL = (
    "console=ttyS0 quiet mitigations=off nokaslr panic=-1 tsc=reliable no_timer_check systemd.show_status=0 "
    "net.ifnames=0"
)
# by the user's own systemd, as the daemon is: polkit then sees somebody who sits at this computer
_AS_USER = (
    *("/usr/sbin/runuser", "-u", USER, "--", "/usr/bin/systemd-run", "--user", "--pipe", "--wait", "--quiet"),
    *("--collect", f"--working-directory=/home/{USER}", "--setenv=PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"),
    "--",
)
_PIECE = 4 << 20
_BOOT_LIMIT = 400.0


class GuestError(Exception):
    """The guest does not run, or a command in it failed that should not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that has ended in the guest."""

    code: int
    out: str
    err: str


class Guest:
    """A guest that runs.

    Attributes:
        run: the folder of its sockets and of its disk.
    """

    def __init__(self, run: Path, process: subprocess.Popen[bytes]) -> None:
        self.run = run
        self._process = process

    @property
    def qmp(self) -> Path:
        """The socket of QEMU."""
        return self.run / "qmp"

    @property
    def board(self) -> Path:
        """The socket at whose other end the guest tells the board."""
        return self.run / "board"

    def do(self, command: str, *, as_user: bool = False, stdin: bytes | None = None, limit: float = 600) -> Done:
        """Run a line of shell in the guest and wait for its end.

        Args:
            command: for ``sh -c``.
            as_user: as the logged-in user, with the user's own bus and systemd; else as root.
            stdin: what it reads.
            limit: seconds.

        Raises:
            GuestError: it did not end in time.
        """
        with agent(self.run / "agent") as talk:
            pid = talk.ask("guest-exec", _execution(command, as_user, stdin))["pid"]
            end, nap = time.monotonic() + limit, 0.02
            while not (told := talk.ask("guest-exec-status", {"pid": pid}))["exited"]:
                if time.monotonic() > end:
                    talk.ask("guest-exec", {"path": "/bin/kill", "arg": ["-9", str(pid)]})
                    raise GuestError(f"not done after {limit:.0f} s in the guest: {command}")
                time.sleep(nap)
                nap = min(nap * 1.5, 0.25)
        code = told.get("exitcode", 128 + told.get("signal", 0))
        return Done(code=code, out=_decoded(told, "out-data"), err=_decoded(told, "err-data"))

    def get(self, command: str, *, as_user: bool = False, stdin: bytes | None = None, limit: float = 600) -> str:
        """What a command tells on its standard output.

        Raises:
            GuestError: it failed.
        """
        done = self.do(command, as_user=as_user, stdin=stdin, limit=limit)
        if done.code:
            raise GuestError(f"{command}\n  ended with {done.code}: {done.err.strip()[-2000:]} {done.out[-1000:]}")
        return done.out

    def begin(self, command: str, *, as_user: bool = False) -> None:
        """Begin a command and leave it to itself."""
        with agent(self.run / "agent") as talk:
            talk.ask("guest-exec", {**_execution(command, as_user, None), "capture-output": False})

    def push(self, files: Mapping[str, bytes | Path], folder: str, *, owner: str = "root") -> None:
        """Put files, or whole trees, in a folder of the guest.

        Args:
            files: names under the folder, each with its bytes or with what stands here.
            folder: made where it is not there.
            owner: whose they are.
        """
        data = _packed(files)
        self.get(f"mkdir -p {folder} && : > /tmp/pushed")
        for at in range(0, len(data), _PIECE):
            self.get("cat >> /tmp/pushed", stdin=data[at : at + _PIECE])
        as_owner = f"runuser -u {owner} --" if owner != "root" else ""
        self.get(f"chown {owner}: {folder} && {as_owner} tar -xzf /tmp/pushed --no-same-owner -C {folder}")
        self.get("rm /tmp/pushed")

    def pull(self, path: str) -> bytes:
        """A file of the guest, or a folder as an uncompressed tar archive.

        A link to a file that goes elsewhere meanwhile changes its time alone, which tar tells as 1.
        """
        tar = f"tar -cf /tmp/pulled -C {path} . || [ $? = 1 ]"
        self.get(f"rm -f /tmp/pulled; if [ -d {path} ]; then {tar}; else cp {path} /tmp/pulled; fi")
        pieces: list[bytes] = []
        while not pieces or len(pieces[-1]) == _PIECE:
            command = (
                f"dd if=/tmp/pulled bs={_PIECE} skip={len(pieces)} count=1 iflag=fullblock status=none | base64 -w0"
            )
            pieces.append(base64.b64decode(self.get(command)))
        return b"".join(pieces)

    def set_clock(self) -> None:
        """The guest's clock says what this computer's says."""
        with agent(self.run / "agent") as talk:
            talk.ask("guest-set-time", {"time": time.time_ns()})

    def freeze(self, folder: Path, name: str) -> None:
        """Save memory and disk as they are, and end: ``restored`` starts there."""
        self.get("sync; echo 3 > /proc/sys/vm/drop_caches")
        state = folder / f"{name}.state"
        with qemu(self.qmp) as talk:
            talk.ask("stop")
            talk.ask("migrate", {"uri": f"exec:cat > '{state}.new'"})
            while (status := talk.ask("query-migrate").get("status")) not in {"completed", "failed"}:
                time.sleep(0.1)
            talk.ask("quit")
        self._process.wait(timeout=60)
        if status == "failed":
            raise GuestError("the guest could not be frozen")
        shutil.move(self.run / "disk.qcow2", folder / f"{name}.qcow2")
        Path(f"{state}.new").rename(state)

    def is_running(self) -> bool:
        """Whether QEMU runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it, as pulling the plug does."""
        if self.is_running():
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=20)
        if self.is_running():
            self._process.kill()
        self._process.wait()


@contextmanager
def cold(folder: Path) -> Iterator[Guest]:
    """Boot the image of a folder, up to the point where everything in it is up."""
    with _running(folder, folder / "root.img", "raw") as guest:
        _wait_for_agent(guest)
        guest.set_clock()
        guest.get("systemctl is-system-running --wait || systemctl --failed >&2", limit=_BOOT_LIMIT)
        guest.get(f"until pgrep -u {USER} -x bash >/dev/null; do sleep 0.3; done", limit=_BOOT_LIMIT)
        yield guest


@contextmanager
def restored(folder: Path, name: str) -> Iterator[Guest]:
    """A guest from where ``freeze`` left it; its clock is set to now."""
    incoming = ("-incoming", f"exec:cat '{folder / f'{name}.state'}'")
    with _running(folder, folder / f"{name}.qcow2", "qcow2", *incoming) as guest:
        with qemu(guest.qmp) as talk:
            while (status := talk.ask("query-status")["status"]) != "running":
                if status == "paused":  # it was stopped when it was saved
                    talk.ask("cont")
                time.sleep(0.05)
        _wait_for_agent(guest)
        guest.set_clock()
        yield guest


@contextmanager
def _running(folder: Path, disk: Path, kind: str, *more: str) -> Iterator[Guest]:
    """QEMU, on a disk of its own over another; ended with everything that is left of it."""
    run = Path(tempfile.mkdtemp(prefix="linksync-vm-"))  # short, since a socket's path has at most 107 bytes
    try:
        backing = ("-f", "qcow2", "-F", kind, "-b", str(disk.resolve()))
        subprocess.run([need("qemu-img"), "create", "-q", *backing, str(run / "disk.qcow2")], check=True)
        with open(run / "qemu.log", "wb") as log:
            process = subprocess.Popen(_command(folder, run, *more), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        guest = Guest(run, process)
        try:
            _wait_for_socket(guest)
            yield guest
        finally:
            guest.end()
    finally:
        shutil.rmtree(run)


def has_kvm() -> bool:
    """Whether the processor can run a guest by itself; where not, QEMU simulates one, ten to twenty times slower."""
    flags = re.search(r"^flags.*\b(vmx|svm)\b", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return flags is not None and os.access("/dev/kvm", os.W_OK)


def _command(folder: Path, run: Path, *more: str) -> Sequence[str]:
    """QEMU's command; a frozen state can only be restored with the same arguments."""
    processor = ("-accel", "kvm", "-cpu", "host") if has_kvm() else ("-accel", "tcg,tb-size=256", "-cpu", "max")

    def socket_at(name: str, *rest: str) -> tuple[str, str]:
        return "-chardev", ",".join((f"socket,id={name},path={run}/{name},server=on,wait=off", *rest))

    ends_with_us = (need("setpriv"), "--pdeathsig", "KILL")
    return (
        *ends_with_us,
        *("nice", "-n", "10", need("qemu-system-x86_64"), "-name", "linksync", "-machine", "pc", *processor),
        *("-smp", "2", "-m", str(MEMORY), "-nodefaults", "-no-user-config", "-display", "none", "-nic", "none"),
        *("-no-reboot", "-kernel", str(folder / "vmlinuz"), "-initrd", str(folder / "initrd"), "-append", _KERNEL),
        *("-drive", f"if=none,id=root,file={run}/disk.qcow2,format=qcow2,cache=unsafe"),
        *("-device", "virtio-blk-pci,drive=root", "-device", "usb-ehci,id=ehci", "-device", "qemu-xhci,id=xhci"),
        *("-device", "virtio-serial-pci", *socket_at("agent"), *socket_at("board")),
        *("-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"),
        *("-device", f"virtserialport,chardev=board,name={PORT}"),
        *(*socket_at("console", f"logfile={run}/console.log"), "-serial", "chardev:console"),
        *("-qmp", f"unix:{run}/qmp,server=on,wait=off", *more),
    )


def _wait_for_socket(guest: Guest) -> None:
    for _ in range(600):
        if guest.qmp.exists():
            return
        if not guest.is_running():
            break
        time.sleep(0.05)
    raise GuestError(f"QEMU did not start: {(guest.run / 'qemu.log').read_text(errors='replace').strip()}")


def _wait_for_agent(guest: Guest) -> None:
    end = time.monotonic() + _BOOT_LIMIT
    while time.monotonic() < end and guest.is_running():
        with suppress(OSError), agent(guest.run / "agent", patience=3):
            return
        time.sleep(0.2)
    told = (guest.run / "qemu.log").read_text(errors="replace") + (guest.run / "console.log").read_text(
        errors="replace"
    )
    raise GuestError(f"the guest does not answer: {told[-3000:]}")


def _execution(command: str, as_user: bool, stdin: bytes | None) -> dict[str, object]:
    home = f"/home/{USER}" if as_user else "/root"
    environment = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": home}
    if as_user:
        environment["XDG_RUNTIME_DIR"] = "/run/user/1000"
        environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/run/user/1000/bus"
    argv = [*_AS_USER] if as_user else []
    argv += ["/bin/sh", "-c", command]
    told = [f"{name}={value}" for name, value in environment.items()]
    asked: dict[str, object] = {"path": argv[0], "arg": argv[1:], "capture-output": True, "env": told}
    if stdin is not None:
        asked["input-data"] = base64.b64encode(stdin).decode()
    return asked


def _decoded(told: dict[str, str], field: str) -> str:
    return base64.b64decode(told.get(field, "")).decode(errors="replace")


def _packed(files: Mapping[str, bytes | Path]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
        for name, content in files.items():
            if isinstance(content, Path):
                archive.add(content, name)
            else:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mtime, entry.mode = len(content), int(time.time()), 0o644
                archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()
