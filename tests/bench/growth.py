"""How cost grows: many small hand-offs against few large ones, and a long archive against a short one."""

from pathlib import Path

from bench import archived, relay
from bench.report import Report
from bench.timing import Command, in_turn, ratio
from linksync.demo.world import World


def measure(report: Report, folder: Path, _names: list[str], scale: float, runs: int) -> None:
    files = max(1000, int(100_000 * scale))
    few = long_link(folder / "few", 10, files // 10)
    many = long_link(folder / "many", max(10, int(1000 * scale)), 100)
    for what, command in (("verify", relay.verify), ("hand-off", relay.handoff)):
        commands = {
            "few": Command(argv=command(few, folder / "few" / "seen")),
            "many": Command(argv=command(many, folder / "many" / "seen")),
        }
        found = in_turn(commands, runs)
        times = ratio(found["many"], found["few"])
        report.add(
            "growth",
            f"{what}: {int(1000 * scale)} hand-offs of 100 against 10 of {files // 10}",
            f"{times:.2f} x",
            "1.3 x",
            times <= 1.3,
        )
    archived.measure(report, folder, scale, runs)


def long_link(folder: Path, handoffs: int, files: int) -> World:
    """A Link with so many hand-offs of so many small files each."""
    world = relay.link_with(folder, None)
    for number in range(handoffs):
        place = world.stick / "data" / f"Bijdrage {number:05}"
        place.mkdir()
        for one in range(files):
            (place / f"blad {one:05}.txt").write_bytes(f"{number} {one}\n".encode() * 20)
        world.hand_over(world.hosts[number % 2].id)
    return world
