"""The first hand-off with an archive, durable: linksync beside the tools that copy or archive, and beside a limit.

Each run has a file system of its own.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench import relay, sets
from bench.report import Report
from bench.timing import Command, Run, ratio, run, wall
from linksync.demo.world import World

LIMIT = "two processes that hash and copy, and do nothing else"
GOALS = {"S": 1.3, "M": 0.7, "L": 0.7}


@contextmanager
def fresh_disk(folder: Path, gigabytes: int) -> Iterator[Path]:
    """A new ext4 file system, since making files anew on an old one costs up to six times as much."""
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir(exist_ok=True)
    with image.open("wb") as file:
        file.truncate(gigabytes << 30)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0", str(image)], check=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
        image.unlink()


def peers(data: Path, disk: Path) -> dict[str, Command]:
    """What others do with the same files: ``sync`` is part of it where they do not wait for the disk themselves."""
    to = disk / "copy"
    restic = {"RESTIC_PASSWORD": "x", "RESTIC_REPOSITORY": str(to), "RESTIC_CACHE_DIR": str(disk / "cache")}
    borg = {
        "BORG_REPO": str(to),
        "BORG_BASE_DIR": str(disk / "borg"),
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    }

    def prepared(command: list[str], environment: dict[str, str]) -> None:
        subprocess.run(command, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", **environment})

    return {
        "cp -r": Command(argv=["sh", "-c", f"cp -r '{data}' '{to}' && sync -f '{to}'"]),
        "rsync -a": Command(argv=["sh", "-c", f"rsync -a '{data}/' '{to}/' && sync -f '{to}'"]),
        "rclone copy --checksum": Command(
            argv=["sh", "-c", f"rclone --config /dev/null copy --checksum '{data}' '{to}' && sync -f '{to}'"]
        ),
        "borg create": Command(
            argv=["borg", "create", f"{to}::a", str(data)],
            before=lambda: prepared(["borg", "init", "-e", "none"], borg),
            environment=borg,
        ),
        "restic backup": Command(
            argv=["restic", "backup", "-q", str(data)],
            before=lambda: prepared(["restic", "init"], restic),
            environment=restic,
        ),
    }


def bare(data: Path, disk: Path) -> Command:
    """What has to be done by anybody; ``sync`` is part of it."""
    return Command(argv=[sys.executable, str(Path(__file__).with_name("bare.py")), str(data), str(disk / "copy")])


def first_handoff(folder: Path, world: World, disk: Path) -> Command:
    """A hand-off to a memory and an archive on that disk."""
    clean = folder / "clean"

    def before() -> None:
        subprocess.run(["rsync", "-a", "--delete", f"{clean}/", f"{world.stick}/"], check=True)
        shutil.copytree(folder / "archive", disk / "archive")

    if not clean.exists():
        shutil.copytree(world.stick, clean)
        world.archive()
    return Command(argv=relay.handoff(world, disk / "state", archive=disk / "archive"), before=before)


def measure(report: Report, folder: Path, names: list[str], scale: float, runs: int) -> None:
    for name in names:
        files = sets.make(folder, name, scale)
        world = relay.link_with(folder / f"ingest-{name}", files)
        data = world.stick / "data"
        gigabytes = max(2, 3 * sets.total(files)[1] // sets.GIB + 2)
        found: dict[str, list[Run]] = {}
        for round_ in range(runs + 1):
            with fresh_disk(folder, gigabytes) as disk:
                done = run(first_handoff(world.folder, world, disk))
            if round_:
                found.setdefault("linksync", []).append(done)
            for peer in (*peers(data, folder), LIMIT):
                with fresh_disk(folder, gigabytes) as disk:
                    done = run({**peers(data, disk), LIMIT: bare(data, disk)}[peer])
                if round_:
                    found.setdefault(peer, []).append(done)
        _tell(report, name, found)


def _spent(runs: list[Run]) -> float:
    return median(run.spent for run in runs)


def _tell(report: Report, name: str, found: dict[str, list[Run]]) -> None:
    ours, limit = found.pop("linksync"), found.pop(LIMIT)
    fastest = min(found, key=lambda peer: wall(found[peer]))
    times = ratio(ours, found[fastest])
    report.add(
        "ingest", f"{name} against the fastest, {fastest}", f"{times:.2f} x", f"{GOALS[name]} x", times <= GOALS[name]
    )
    for peer, runs in found.items():
        report.add("ingest", f"{name} against {peer} ({wall(runs):.2f} s)", f"{ratio(ours, runs):.2f} x")
    report.add("ingest", f"{name}: {LIMIT}, against {fastest}", f"{ratio(limit, found[fastest]):.2f} x")
    report.add("ingest", f"{name} linksync ({_spent(ours):.2f} s of processor time)", f"{wall(ours):.2f} s")
    report.add(
        "memory",
        f"ingest {name}",
        f"{max(run.memory for run in ours):.0f} MiB",
        "200 MiB",
        max(run.memory for run in ours) < 200,
    )
