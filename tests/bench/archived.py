"""A long archive against a short one: taking in one more hand-off, and pulling it.

Each hand-off brings two new files and a new version of one that the hand-off before it brought. A Link goes round for
a hundred hand-offs, then the next one does. Every hand-off of the archive went through accession as a host's does.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from archives import make
from sealed import Link, Relay, Sealed

from bench import relay as commands
from bench.report import Report
from bench.timing import Command, run
from linksync.archive.opening import open_archive
from linksync.library.pull import pull

SHORT, LONG = 100, 10_000
PER_LINK = 100


@dataclass(slots=True)
class Month:
    """An archive of so many hand-offs, a library with all of them, and the hand-offs that go on from there."""

    folder: Path
    organiser: str
    more: Iterator[Sealed]
    accession: list[float] = field(default_factory=list)
    command: list[float] = field(default_factory=list)
    pull: list[float] = field(default_factory=list)

    @property
    def archive(self) -> str:
        """Where the archive stands."""
        return str(self.folder / "archive")

    def one_more(self) -> None:
        """Take one more in, pull it with the command, take in the next, and pull that within this process."""
        self.accession.append(self._offer())
        library = self.folder / "library"
        argv = [
            commands.LINKSYNC,
            "pull",
            self.archive,
            str(library),
            "--unread",
            "--state",
            str(self.folder / "state"),
        ]
        self.command.append(run(Command(argv=[*argv, "--organiser", self.organiser, "--json"])).wall)
        self.accession.append(self._offer())
        os.sync()  # what others have not written down yet is nobody's cost here
        start = time.monotonic()
        pulled = pull(open_archive(self.archive), library)
        self.pull.append(time.monotonic() - start)
        if len(pulled.new) != 1 or pulled.findings:
            raise RuntimeError(f"{len(pulled.new)} hand-offs came in, with {pulled.findings}")

    def _offer(self) -> float:
        submission = next(self.more).submission()
        os.sync()
        start = time.monotonic()
        open_archive(self.archive).offer(submission)
        return time.monotonic() - start


def measure(report: Report, folder: Path, scale: float, runs: int) -> None:
    """Short, middle and long archives in turn, so that a drifting machine moves all alike."""
    long = max(2 * SHORT, int(LONG * scale))
    counts = sorted({SHORT, max(SHORT, long // 10), long})
    months = {count: filled(folder / f"archived-{count}", count) for count in counts}
    for round_ in range(3 * runs + 1):
        for month in months.values():
            month.one_more()
            if not round_:
                month.accession, month.command, month.pull = [], [], []
    for what in ("accession", "pull", "command"):
        times = {count: getattr(month, what) for count, month in months.items()}
        for count, some in times.items():
            report.point(f"{_TOLD[what]}, hand-offs in the archive", count, median(some))
        pairs = zip(times[long], times[SHORT], strict=True)
        ratio = median(a / b for a, b in pairs)
        figures = ", ".join(f"{median(some) * 1000:.0f} ms at {count:,}" for count, some in times.items())
        report.add("growth", f"{_TOLD[what]}: {figures}", f"{ratio:.2f} x", "1.2 x", ratio <= 1.2)


_TOLD = {
    "accession": "taking in one more",
    "pull": "pulling one more, the work alone",
    "command": "pulling one more, the command",
}


def filled(folder: Path, handoffs: int) -> Month:
    """An archive of so many hand-offs, and its library."""
    shutil.rmtree(folder, ignore_errors=True)
    relay = Relay()
    relay.sign()
    archive = make(folder, relay)
    more = sealed(relay)
    for _ in range(handoffs):
        archive.offer(next(more).submission())
    pulled = pull(archive, folder / "library")
    if pulled.handoffs != handoffs or pulled.findings:
        raise RuntimeError(f"{pulled.handoffs} of {handoffs} came in, with {pulled.findings}")
    return Month(folder=folder, organiser=relay.fingerprint, more=more)


def sealed(relay: Relay) -> Iterator[Sealed]:
    """Hand-off after hand-off."""
    number = 0
    while True:
        link = Link(relay, hashlib.sha256(str(number).encode()).hexdigest()[:32])
        last = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij\n"})
        yield last
        for _ in range(PER_LINK - 1):
            number += 1
            files = {f"data/Bijdrage {number:06}/blad {one}.txt".encode(): _text(number, one) for one in range(2)}
            if last.number > 1:
                files[f"data/Bijdrage {number - 1:06}/blad 0.txt".encode()] = _text(number, 9)
            last = link.seal(f"host-{'abcd'[number % 4]}", files, after=last)
            yield last


def _text(number: int, one: int) -> bytes:
    return f"Bijdrage {number}, blad {one}\n".encode() * 40
