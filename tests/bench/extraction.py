"""Documents a second that are read by limited children, format by format, and the most memory that a child took."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import documents

from bench.report import Report
from bench.timing import with_children
from linksync.machine.limited import Pending, Workers

ENTRY = "linksync.knowledge.extract:work"
SECONDS = 2.0
"""How long each format is read."""
MIB_MAX = 512
JOBS_MAX = 800
"""A child makes room for a fresh one after a thousand."""
KINDS = (
    *("letter-nl.docx", "letter-nl.odt", "letter-nl.rtf", "letter-nl.pdf", "letter-nl.html", "letter-nl.epub"),
    *("sheets-nl.xlsx", "sheets-nl.ods", "slides-nl.pptx", "slides-nl.odp", "utf8-nl.txt", "readme-nl.md"),
    *("utf8-nl.csv", "attached-nl.eml", "camera.jpg", "sound.mp3", "film.mp4"),
    *("long-nl.docx", "long-nl.odt", "long-nl.rtf", "long-nl.pdf"),
)


def measure(report: Report, _folder: Path, _names: list[str], scale: float, runs: int) -> None:
    """Each format by one child; then all of them in turn by two."""
    for kind in KINDS:
        done = [_read([kind], 1, SECONDS * scale) for _ in range(runs)]
        _add(report, kind, done)
    _add(report, "all of these in turn, two children", [_read(KINDS, 2, 4 * SECONDS * scale) for _ in range(runs)])


@dataclass(frozen=True, slots=True)
class _Done:
    """Documents a second, documents a second of the children's processor time, and the most MiB of a child."""

    pace: float
    processor: float
    memory: float


def _add(report: Report, kind: str, done: list[_Done]) -> None:
    memory = max(one.memory for one in done)
    report.add("extraction", f"{kind}, documents a second", f"{median(one.pace for one in done):.0f}")
    report.add("extraction", f"{kind}, the same, of processor time", f"{median(one.processor for one in done):.0f}")
    report.add("extraction", f"{kind}, the largest child", f"{memory:.0f} MiB", f"{MIB_MAX} MiB", memory < MIB_MAX)


def _read(kinds: Sequence[str], count: int, seconds: float) -> _Done:
    paths = [documents.document(kind) for kind in kinds]
    with Workers(ENTRY, count=count) as workers:
        first = [_submit(workers, path) for path in paths for _ in range(count)]  # what is imported late is, now
        for one in first:
            one.result()
        children = with_children(os.getpid())[1:]
        pending: list[Pending] = []
        began, spent = time.monotonic(), sum(map(_processor, children))
        while time.monotonic() < began + seconds and len(pending) < JOBS_MAX:
            pending += [_submit(workers, path) for path in paths]
        for one in pending:
            one.result()
        took, spent = time.monotonic() - began, sum(map(_processor, children)) - spent
        return _Done(len(pending) / took, len(pending) / max(spent, 0.01), max(map(_most_memory, children)))


def _submit(workers: Workers, path: Path) -> Pending:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return workers.submit({"size": os.fstat(descriptor).st_size}, descriptor)
    finally:
        os.close(descriptor)


def _processor(pid: int) -> float:
    """Seconds of processor time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _most_memory(pid: int) -> float:
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(row.split()[1]) / 1024 for row in rows if row.startswith("VmHWM:"))
