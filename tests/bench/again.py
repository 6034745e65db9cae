"""One file in a hundred is new, and everything is checked again: linksync beside ``sha256sum -c`` and ``rsync -a``."""

import random
import shutil
import subprocess
from pathlib import Path

from bench import relay, sets
from bench.ingest import fresh_disk
from bench.report import Report
from bench.timing import Command, Run, ratio, run, wall

GOALS = {"S": 0.6, "M": 0.25}


def measure(report: Report, folder: Path, names: list[str], scale: float, runs: int) -> None:
    for name in (name for name in names if name in GOALS):
        files = sets.make(folder, name, scale)
        world = relay.link_with(folder / f"again-{name}", files)
        world.hand_over(relay.HOST)
        world.sync(relay.HOST)
        _add_new(world.stick / "data", sets.total(files)[0] // 100)
        kept = folder / f"again-{name}" / "kept"
        shutil.copytree(world.stick, kept)
        gigabytes = max(2, 4 * sets.total(files)[1] // sets.GIB + 2)
        ours, theirs = list[Run](), list[Run]()
        for round_ in range(runs + 1):
            with fresh_disk(folder, gigabytes) as disk:
                subprocess.run(["rsync", "-a", "--delete", f"{kept}/", f"{world.stick}/"], check=True)
                shutil.copytree(world.folder / "archive", disk / "archive", symlinks=True)
                subprocess.run(["sync"], check=True)
                command = relay.handoff(world, disk / "state", holder=relay.NEXT, archive=disk / "archive")
                done = run(Command(argv=command))
            ours += [done] if round_ else []
            with fresh_disk(folder, gigabytes) as disk:
                subprocess.run(["cp", "-r", str(files), str(disk / "copy")], check=True)
                subprocess.run(["sync"], check=True)
                check = f"cd '{kept}' && sha256sum --quiet -c manifest-sha256.txt"
                peer = f"{check} && rsync -a data/ '{disk}/copy/' && sync -f '{disk}'"
                done = run(Command(argv=["sh", "-c", peer]))
            theirs += [done] if round_ else []
        times = ratio(ours, theirs)
        report.add(
            "again",
            f"{name} against sha256sum -c, rsync -a",
            f"{times:.2f} x",
            f"{GOALS[name]} x",
            times <= GOALS[name],
        )
        report.add("again", f"{name} linksync", f"{wall(ours):.2f} s")


def _add_new(data: Path, count: int) -> None:
    chance = random.Random("new")
    folder = data / "Nieuw hier"
    folder.mkdir()
    for number in range(count):
        (folder / f"Nieuw {number}.docx").write_bytes(chance.randbytes(chance.randint(1024, 64 * 1024)))
