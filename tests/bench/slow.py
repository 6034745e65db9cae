"""Slow sticks: one of 100 MB/s with less memory than it holds, and one whose small files have to come from the device.

The stick is an ext4 file system on a loop device of its own. Speed and memory are limited by the kernel, in groups of
processes (cgroup 1: ``blkio.throttle.read_bps_device`` and ``memory.limit_in_bytes``); a peer runs in the same groups.
Cold means that it was mounted anew, and that the loop device reads past the cache of the disk that it lies on.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench import relay, sets
from bench.report import Report
from bench.timing import Command, Run, ratio, run, wall
from linksync.demo.world import World

SPEED = 100_000_000
"""Bytes a second of the slow stick."""
GROUPS = Path("/sys/fs/cgroup")
CAT = "find '{}' -type f -print0 | xargs -0 cat > /dev/null"


@contextmanager
def stick_of(world: World, folder: Path) -> Iterator[tuple[World, str]]:
    """The same Link on a file system of its own; with its device."""
    image, place = folder / "stick.img", folder / "stick-disk"
    place.mkdir(exist_ok=True)
    files, octets = sets.total(world.stick)
    with image.open("wb") as file:
        file.truncate(octets + files * 8192 + (256 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-i", "8192", "-E", "lazy_itable_init=0", str(image)], check=True)
    command = ["losetup", "--direct-io=on", "--show", "-f", str(image)]
    device = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        subprocess.run(["mount", "-o", "noatime", device, str(place)], check=True)
        try:
            subprocess.run(["cp", "-r", f"{world.stick}/.", str(place)], check=True)
            yield replace(world, stick=place), device
        finally:
            subprocess.run(["umount", str(place)], check=True)
    finally:
        subprocess.run(["losetup", "-d", device], check=True)
        image.unlink()


@contextmanager
def groups(device: str, memory: int) -> Iterator[str]:
    """A prefix for a shell command that puts it in groups with so much memory and a slow device."""
    name = f"linksync-bench-{os.getpid()}"
    number = os.stat(device).st_rdev
    slow, small = GROUPS / "blkio" / name, GROUPS / "memory" / name
    for group in (slow, small):
        group.mkdir()
    try:
        (slow / "blkio.throttle.read_bps_device").write_text(f"{os.major(number)}:{os.minor(number)} {SPEED}")
        (small / "memory.limit_in_bytes").write_text(str(memory))
        yield f"echo $$ > {slow}/cgroup.procs; echo $$ > {small}/cgroup.procs; "
    finally:
        for group in (slow, small):
            with suppress(OSError):
                group.rmdir()


def forget(device: str, place: Path) -> None:
    """Let the system forget what it has of the stick in memory, and nothing else."""
    subprocess.run(["sync", "-f", str(place)], check=True)
    subprocess.run(["umount", str(place)], check=True)
    subprocess.run(["mount", "-o", "noatime", device, str(place)], check=True)


def quoted(argv: list[str]) -> str:
    """A command line for a shell."""
    return " ".join(f"'{one}'" for one in argv)


def measure(report: Report, folder: Path, names: list[str], scale: float, runs: int) -> None:
    for name, what in (("M", _throttled), ("S", _cold)):
        if name in names:
            files = sets.make(folder, name, scale)
            world = relay.link_with(folder / f"slow-{name}", files)
            what(report, folder, world, runs)


def _throttled(report: Report, folder: Path, world: World, runs: int) -> None:
    """A whole hand-off beside ``cat``, both in groups."""
    ours, theirs = list[Run](), list[Run]()
    octets = sets.total(world.stick)[1]
    for _ in range(runs):
        with stick_of(world, folder) as (slow, device), groups(device, max(256 << 20, octets // 4)) as inside:
            anew = partial(forget, device, slow.stick)
            cat = ["sh", "-c", inside + CAT.format(slow.stick)]
            theirs.append(run(Command(argv=cat, before=anew)))
            state = folder / "slow-state"
            shutil.rmtree(state, ignore_errors=True)
            command = quoted(relay.handoff(slow, state))
            ours.append(run(Command(argv=["sh", "-c", f"{inside} exec {command}"], before=anew)))
            shutil.rmtree(state)
    times = ratio(ours, theirs)
    report.add("slow", "M whole hand-off at 100 MB/s against cat", f"{times:.2f} x", "1.05 x", times <= 1.05)
    report.add("slow", "M linksync, cat", f"{wall(ours):.1f}, {wall(theirs):.1f} s")


def _cold(report: Report, folder: Path, world: World, runs: int) -> None:
    """Verifying small files that are not in memory beside reading one after the other."""
    world.hand_over(relay.HOST)
    with stick_of(world, folder) as (cold, device):
        anew = partial(forget, device, cold.stick)
        command = Command(argv=relay.verify(cold, folder / "slow-S" / "seen"), before=anew)
        cat = Command(argv=["sh", "-c", CAT.format(cold.stick)], before=anew)
        pairs = [(run(command), run(cat)) for _ in range(runs)]
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    times = ratio(ours, theirs)
    report.add("slow", "S cold, verify against one file after the other", f"{times:.2f} x", "0.5 x", times <= 0.5)
    report.add("slow", "S linksync, one after the other", f"{wall(ours):.1f}, {wall(theirs):.1f} s")
