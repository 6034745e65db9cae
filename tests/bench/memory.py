"""The most memory that verifying and handing over a million small files take, all processes together."""

from pathlib import Path

from bench import relay
from bench.report import Report
from bench.timing import Command, run

FILES, LIMIT = 1_000_000, 500


def measure(report: Report, folder: Path, _names: list[str], scale: float, _runs: int) -> None:
    files = max(1000, int(FILES * scale))
    world = relay.link_with(folder / "million", None)
    for number in range(files // 1000):
        place = world.stick / "data" / f"Bijdrage {number:05}"
        place.mkdir()
        for one in range(1000):
            (place / f"blad {one:05}.txt").write_bytes(f"{number} {one}\n".encode())
    for what, command in (("first hand-off", relay.handoff), ("verify", relay.verify)):
        done = run(Command(argv=command(world, folder / "million" / "seen")), look=True)
        limit, fits = f"{LIMIT} MiB", done.together < LIMIT
        report.add("memory", f"{what} of {files:,} small files, all processes", f"{done.together:.0f} MiB", limit, fits)
        report.add("memory", f"{what} of {files:,} small files, the largest process", f"{done.memory:.0f} MiB")
        report.add("memory", f"{what} of {files:,} small files", f"{done.wall:.1f} s")
