"""The most memory that a million small files take, all processes together: handing over, verifying, taking in, pulling.

The first hand-off is sent to an archive and pulled from there into a library; then one file in a hundred more is given
and handed over by the next host. What documents say is not read here: sending and pulling are measured without.
"""

import sys
from pathlib import Path

from bench import relay
from bench.report import Report
from bench.timing import Command, run
from linksync.demo.world import World

FILES, LIMIT = 1_000_000, 500
_IN_A_FOLDER = 1000

_SEND = """
import sys
from pathlib import Path
from linksync.archive.opening import open_archive
from linksync.archive.port import Outcome
from linksync.host.state import State
from linksync.host.sync import sync
sent = sync(State(Path(sys.argv[1])), open_archive(sys.argv[2])).sent
sys.exit(any(one.outcome is not Outcome.ACCEPTED for one in sent) or not sent)
"""


def measure(report: Report, folder: Path, _names: list[str], scale: float, _runs: int) -> None:
    files = max(1000, int(FILES * scale))
    place = folder / "million"
    world = relay.link_with(place, None)
    _give(world, "Bijdrage", files)
    archive, seen, library = place / "archive", place / "seen", place / "library"
    world.archive()
    pull = [relay.LINKSYNC, "pull", str(archive), str(library), "--unread", "--organiser", world.organiser]
    for what, command in (
        ("first hand-off", relay.handoff(world, seen)),
        ("verify", relay.verify(world, seen)),
        ("taking in", [sys.executable, "-c", _SEND, str(seen), str(archive)]),
        ("archive verify", [relay.LINKSYNC, "archive", "verify", str(archive)]),
        ("pull", [*pull, "--state", str(seen)]),
    ):
        _add(report, what, files, command)
    _give(world, "Later", files // 100)
    _add(report, "second hand-off", files, relay.handoff(world, place / "next", holder=relay.NEXT))


def _give(world: World, name: str, files: int) -> None:
    """Put so many small files on the stick, each another content."""
    for start in range(0, files, _IN_A_FOLDER):
        place = world.stick / "data" / f"{name} {start // _IN_A_FOLDER:05}"
        place.mkdir()
        for one in range(min(_IN_A_FOLDER, files - start)):
            (place / f"blad {one:05}.txt").write_bytes(f"{name} {start // _IN_A_FOLDER} {one}\n".encode())


def _add(report: Report, what: str, files: int, command: list[str]) -> None:
    done = run(Command(argv=command), look=True)
    limit, fits = f"{LIMIT} MiB", done.together < LIMIT
    report.add("memory", f"{what} of {files:,} small files, all processes", f"{done.together:.0f} MiB", limit, fits)
    report.add("memory", f"{what} of {files:,} small files, the largest process", f"{done.memory:.0f} MiB")
    report.add("memory", f"{what} of {files:,} small files", f"{done.wall:.1f} s, {done.spent:.1f} s of processor time")
