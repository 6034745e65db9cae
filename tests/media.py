"""Sticks that are really there: FAT, exFAT and ext4, which tests mount, pull out and plug in again.

Each stick is an image on a loop device, so it has an ``st_dev`` and a size of its own and fails as hardware
fails. FAT and exFAT are mounted by FUSE programs, since not every kernel has drivers for them. All of it
needs root; what is missing is an error that names the Debian package, never a reason to skip.

What these sticks do, measured on Debian 12:

=============================  ================================  ================  ================
what                           FAT (fusefat)                     exFAT             ext4 (kernel)
=============================  ================================  ================  ================
names outside ASCII            read only; **making: EPERM**      yes               yes
``A.TXT`` beside ``a.txt``     the same file                     the same file     two files
rename over a file             yes                               yes               yes
fsync                          succeeds and **does nothing**     real              real
syncfs                         succeeds, even on a dead stick    the same          real
flock                          yes                               yes               yes
link                           EPERM                             EPERM             yes
rename without replacing       EINVAL                            EINVAL            yes
a removed, still open file     reads as zeros                    stays readable    stays readable
full                           **EPERM**                         ENOSPC            ENOSPC
yanked: list                   **empty, without an error**       from memory       from memory
yanked: write, make, rename    EPERM; ENOENT for what exists     EIO               EROFS
yanked: fsync                  succeeds                          EIO               EIO
=============================  ================================  ================  ================

FAT is always FAT16 here (up to 2 GiB), since on FAT32 ``fusefat`` reports no free space. What an fsync is
worth can only be tested on exFAT and ext4, or with ``faults``.
"""

import errno
import fcntl
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_SEARCHED = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
_PACKAGES = Path(__file__).with_name("debian-packages.txt")

# linux/loop.h
_LOOP_SET_STATUS64, _LOOP_GET_STATUS64, _LOOP_CTL_GET_FREE = 0x4C04, 0x4C05, 0x4C82
_SIZE_OF_LOOP_INFO64, _OFFSET_OF_SIZELIMIT = 232, 32


class MissingToolError(Exception):
    """A program or a right that the tests need is not there; the text says what to install."""


def need(program: str) -> str:
    """Find a program that tests call.

    Args:
        program: its name, as in ``debian-packages.txt``.

    Returns:
        Its path.

    Raises:
        MissingToolError: it is not installed; names the Debian package.
    """
    found = shutil.which(program, path=_SEARCHED)
    if found is None:
        raise MissingToolError(f"{program} is missing: apt-get install {_package_of(program)}")
    return found


def _package_of(program: str) -> str:
    for line in _PACKAGES.read_text("utf-8").splitlines():
        words = line.split()
        if len(words) > 2 and words[1] == program:
            return words[0]
    return program


@dataclass(slots=True, kw_only=True)
class Stick:
    """A stick in the machine.

    Attributes:
        path: where it is mounted; what is on it.
        kind: ``plain`` (a folder), ``fat``, ``exfat`` or ``ext4``.
        image: the file that plays the stick's memory; None for ``plain``.
        device: the loop device it is attached to now, as ``/dev/loop3``.
        kept: what the memory held when the stick was yanked and unsynced writes were to be lost.
        daemon: the FUSE program that serves it, where it runs as our child.
    """

    path: Path
    kind: str
    image: Path | None = None
    device: str = ""
    kept: Path | None = None
    daemon: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def number(self) -> str:
        """The number of its device, as the mount table says it."""
        number = os.stat(self.device).st_rdev
        return f"{os.major(number)}:{os.minor(number)}"


@contextmanager
def plain(tmp: Path) -> Iterator[Stick]:
    """A stick that is only a folder: the fastest, and the one that cannot be yanked."""
    yield Stick(path=_new_folder(tmp, "plain"), kind="plain")


@contextmanager
def fat_stick(tmp: Path, *, megabytes: int = 64, holding: Mapping[str, bytes] | None = None) -> Iterator[Stick]:
    """A FAT16 stick, without a volume label, since ``fusefat`` lists that as a file.

    Args:
        tmp: the test's own folder.
        megabytes: its size, 16 to 2048 MiB.
        holding: files that other computers put on it, by path; this is how names outside ASCII get there
            (those beyond U+FFFF come out mangled).
    """
    image = _new_image(tmp, megabytes)
    _run("mkfs.vfat", "-F", "16", str(image))
    if holding:
        _copy_onto_fat(image, holding)
    with _plugged_in(Stick(path=_new_folder(tmp, "fat"), kind="fat", image=image)) as stick:
        yield stick


@contextmanager
def exfat_stick(tmp: Path, *, megabytes: int = 64, holding: Mapping[str, bytes] | None = None) -> Iterator[Stick]:
    """An exFAT stick; arguments as for ``fat_stick``, any name."""
    image = _new_image(tmp, megabytes)
    _run("mkfs.exfat", str(image))
    with _plugged_in(Stick(path=_new_folder(tmp, "exfat"), kind="exfat", image=image)) as stick:
        _write_all(stick.path, holding or {})
        yield stick


@contextmanager
def ext4_stick(tmp: Path, *, megabytes: int = 64, holding: Mapping[str, bytes] | None = None) -> Iterator[Stick]:
    """An ext4 stick, on which links, fifos and devices can stand; arguments as for ``fat_stick``."""
    image = _new_image(tmp, megabytes)
    _run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))
    with _plugged_in(Stick(path=_new_folder(tmp, "ext4"), kind="ext4", image=image)) as stick:
        _write_all(stick.path, holding or {})
        yield stick


@contextmanager
def reading(tmp: Path, image: Path, kind: str) -> Iterator[Path]:
    """What stands on a stick that was used elsewhere, mounted read-only; the image stays, and stays as it is.

    Args:
        tmp: a folder of the caller's own.
        image: its file system, from the first byte.
        kind: ``fat`` or ``exfat``.
    """
    stick = Stick(path=_new_folder(tmp, kind), kind=kind, image=image, device=attach(image))
    try:
        _mount(stick, readonly=True)
        yield stick.path
    finally:
        _unplug(stick)


def remount(stick: Stick, *, readonly: bool = False) -> None:
    """Take the stick out properly and put it in again: nothing is read from memory after this."""
    _unmount(stick)
    _mount(stick, readonly=readonly)


def remount_readonly(stick: Stick) -> None:
    """The same, for a computer that only looks: the device stays as it is."""
    remount(stick, readonly=True)


def yank(stick: Stick, *, lose_unsynced: bool = False) -> None:
    """Pull the stick out, whatever is in flight; the mount point stays and fails as the module's table says.

    Args:
        stick: the stick, mounted.
        lose_unsynced: after ``replug`` only what had reached the stick by now stands on it. Nobody may be
            writing at this moment. Not on FAT, where ``fusefat`` ignores fsync: synced files would go too.
    """
    if stick.image is None or (lose_unsynced and stick.kind == "fat"):
        raise ValueError(f"a {stick.kind} stick cannot be yanked like this")
    if lose_unsynced:
        stick.kept = stick.image.with_suffix(".kept")
        _run("cp", "--sparse=always", str(stick.image), str(stick.kept))
    limit_size(stick.device, 512)


def replug(stick: Stick) -> None:
    """Plug a yanked stick in again: mounted at the same place, never repaired."""
    assert stick.image is not None
    _unmount(stick)
    detach(stick.device)
    if stick.kept is not None:
        stick.kept.replace(stick.image)
        stick.kept = None
    stick.device = attach(stick.image)
    _mount(stick)


@contextmanager
def _plugged_in(stick: Stick) -> Iterator[Stick]:
    assert stick.image is not None
    stick.device = attach(stick.image)
    try:
        _mount(stick)
        yield stick
    finally:
        _unplug(stick)
        stick.image.unlink()


def _unplug(stick: Stick) -> None:
    """Leave nothing behind, whatever the test did; tell it when it left a file open."""
    try:
        if _is_mounted(stick.path):
            _unmount(stick)
    except subprocess.CalledProcessError as error:
        _run("umount", "--lazy", str(stick.path))
        _run("losetup", "--detach", stick.device)  # the kernel does so when the last file is closed
        told = error.stderr.decode(errors="replace").strip()
        raise AssertionError(f"the test left something open on its stick: {told}") from error
    else:
        detach(stick.device)
    finally:
        _end_daemon(stick)


def _mount(stick: Stick, *, readonly: bool = False) -> None:
    if stick.kind == "fat":
        how = "ro" if readonly else "rw+"
        command = [need("fusefat"), "-f", "-s", "-o", how, stick.device, str(stick.path)]
        stick.daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_until(lambda: _is_mounted(stick.path), f"{stick.device} did not mount at {stick.path}")
    else:
        program = "mount.exfat-fuse" if stick.kind == "exfat" else "mount"
        _run(program, "-o", "ro" if readonly else "rw", stick.device, str(stick.path))


def _unmount(stick: Stick) -> None:
    """Unmount, and wait until the program that served the stick has written all of it down."""
    try:
        _run("umount", str(stick.path))
    except subprocess.CalledProcessError:
        time.sleep(1)  # a program that a test has just ended may still be closing its files
        _run("umount", str(stick.path))
    if stick.daemon is not None:
        stick.daemon.wait(timeout=30)
        stick.daemon = None


def _end_daemon(stick: Stick) -> None:
    if stick.daemon is not None:
        stick.daemon.kill()
        stick.daemon.wait()


def _is_mounted(path: Path) -> bool:
    shown = os.fsencode(os.path.realpath(path)).replace(b"\\", b"\\134").replace(b" ", b"\\040")
    lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    return any(line.split()[4] == shown for line in lines)


def attach(image: Path) -> str:
    """Attach an image to a free loop device; another process may take the same one first."""
    if os.geteuid() != 0:
        raise MissingToolError("real sticks need root: run the tests as root")
    for device in ("/dev/fuse", "/dev/loop-control"):
        if not os.path.exists(device):
            raise MissingToolError(f"{device} is missing: the kernel or container must offer it")
    for _ in range(20):
        device = _free_loop_device()
        with suppress(subprocess.CalledProcessError):
            _run("losetup", device, str(image))
            return device
        time.sleep(0.05)
    raise MissingToolError("no loop device is free: losetup --list shows what holds them")


def _free_loop_device() -> str:
    with open("/dev/loop-control", "rb") as control:
        number = fcntl.ioctl(control, _LOOP_CTL_GET_FREE)
    device = f"/dev/loop{number}"
    with suppress(FileExistsError):  # in a container no one else makes the node
        os.mknod(device, 0o60600, os.makedev(7, number))
    return device


def detach(device: str) -> None:
    """Detach a loop device and wait until it is; the kernel does so when the last user has let go."""
    _run("losetup", "--detach", device)
    held = Path("/sys/block", Path(device).name, "loop", "backing_file")
    _wait_until(lambda: not held.exists(), f"{device} is still in use")


def limit_size(device: str, size: int) -> None:
    """Let a loop device end after ``size`` bytes: all beyond is gone, as after a yank."""
    with open(device, "rb") as loop:
        info = bytearray(fcntl.ioctl(loop, _LOOP_GET_STATUS64, bytes(_SIZE_OF_LOOP_INFO64)))
        struct.pack_into("<Q", info, _OFFSET_OF_SIZELIMIT, size)
        fcntl.ioctl(loop, _LOOP_SET_STATUS64, bytes(info))


def _new_folder(tmp: Path, kind: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{kind}-stick-", dir=tmp))


def _new_image(tmp: Path, megabytes: int) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="stick-", suffix=".img", dir=tmp)
    os.ftruncate(descriptor, megabytes << 20)
    os.close(descriptor)
    return Path(name)


def _copy_onto_fat(image: Path, holding: Mapping[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(dir=image.parent) as folder:
        _write_all(Path(folder), holding)
        names = [str(path) for path in sorted(Path(folder).iterdir())]
        _run("mcopy", "-s", "-i", str(image), *names, "::/")


def _write_all(folder: Path, holding: Mapping[str, bytes]) -> None:
    for name, content in holding.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _run(program: str, *arguments: str) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run([need(program), *arguments], check=True, capture_output=True, env=environment)


def _wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise TimeoutError(errno.ETIMEDOUT, otherwise)
