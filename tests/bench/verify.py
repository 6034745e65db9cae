"""Verifying all of a stick, everything in memory already: linksync beside openssl and bagit.py."""

import sys
from pathlib import Path

from bench import relay, sets
from bench.report import Report
from bench.timing import Command, in_turn, ratio, wall

BAGIT = str(Path(sys.executable).parent / "bagit.py")
GOALS = {"S": 1.0, "M": 0.7, "L": 0.7}


def measure(report: Report, folder: Path, names: list[str], scale: float, runs: int) -> None:
    for name in names:
        files = sets.make(folder, name, scale)
        world = relay.link_with(folder / f"verify-{name}", files)
        world.hand_over(relay.HOST)
        data = world.stick / "data"
        openssl = f"find '{data}' -type f -print0 | xargs -0 openssl dgst -sha256"
        commands = {
            "linksync verify": Command(argv=relay.verify(world, folder / f"verify-{name}" / "seen")),
            "openssl dgst -sha256": Command(argv=["sh", "-c", openssl]),
            "bagit.py --validate --processes 2": Command(
                argv=[BAGIT, "--validate", "--quiet", "--processes", "2", str(world.stick)]
            ),
        }
        found = in_turn(commands, runs)
        ours = found["linksync verify"]
        for peer, goal in (("openssl dgst -sha256", GOALS[name]), ("bagit.py --validate --processes 2", 1.0)):
            times = ratio(ours, found[peer])
            report.add("verify", f"{name} against {peer}", f"{times:.2f} x", f"{goal} x", times <= goal)
        report.add("verify", f"{name} linksync, {sets.total(files)[0]} files", f"{wall(ours):.2f} s")
        report.add(
            "memory",
            f"verify {name}",
            f"{max(run.memory for run in ours):.0f} MiB",
            "200 MiB",
            max(run.memory for run in ours) < 200,
        )
