"""The most memory that verifying and handing over a million small files take."""

from pathlib import Path

from bench import relay
from bench.report import Report
from bench.timing import Command, run


def measure(report: Report, folder: Path, _names: list[str], scale: float, _runs: int) -> None:
    files = max(1000, int(1_000_000 * scale))
    world = relay.link_with(folder / "million", None)
    for number in range(files // 1000):
        place = world.stick / "data" / f"Bijdrage {number:05}"
        place.mkdir()
        for one in range(1000):
            (place / f"blad {one:05}.txt").write_bytes(f"{number} {one}\n".encode())
    for what, command in (("first hand-off", relay.handoff), ("verify", relay.verify)):
        done = run(Command(argv=command(world, folder / "million" / "seen")))
        report.add("memory", f"{what} of {files:,} small files", f"{done.memory:.0f} MiB", "500 MiB", done.memory < 500)
