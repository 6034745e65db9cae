"""Filling and searching a catalogue beside bare SQLite FTS5: the same documents, the same questions, in one run.

Bare FTS5 has the documents as they are, tokenised by ``unicode61``, and answers with ten snippets by rank. A question
is timed on both sides in turn. Seconds are those of the thread: what others do on this machine costs them little.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from statistics import median

from catalogues import digests
from corpus import Planted, corpus
from questions import questions

from bench.report import Report
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.query import Query

DOCUMENTS, LEAST = 20_000, 1_500
BATCH = 500
LIMIT = 10
BUSY = (
    "afspraak collega",
    "overleg",
    "kennis delen",
    "idee",
    "project bedrijf",
    "share knowledge",
    "better agreement",
    "klant vraag",
    "verbeteren",
    "ervaring",
    "customer meeting room",
    "plek ruimte tafel",
)
"""Questions about what nearly everybody speaks of."""


def measure(report: Report, folder: Path, _sets: object, scale: float, runs: int) -> None:
    """Fill both, and ask both."""
    count = max(LEAST, int(DOCUMENTS * scale))
    place = folder / "finding"
    rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    planted = list(corpus(count))
    catalogue = _filled(report, place, planted)
    bare = _bare(report, place, planted)
    _recall(report, catalogue, planted)
    _queries(report, catalogue, bare, runs)
    catalogue.close()
    bare.close()


def _filled(report: Report, place: Path, planted: list[Planted]) -> Catalogue:
    catalogue = Catalogue.fill(place / "catalogue.sqlite")

    def fill() -> None:
        for start in range(0, len(planted), BATCH):
            catalogue.put(one.document for one in planted[start : start + BATCH])
        catalogue.settle()

    wall, own = _timed(fill)
    count = len(planted)
    size = (place / "catalogue.sqlite").stat().st_size
    said = sum(len(one.document.extract.text.encode()) for one in planted if one.document.extract)
    met = count / own >= 1_000
    report.add("finding", f"{count:,} plain texts put in, by processor time", f"{count / own:,.0f} /s", "1,000 /s", met)
    report.add("finding", "the same, by the clock of a shared machine", f"{count / wall:,.0f} /s")
    report.add("finding", "bytes of the catalogue for a byte of text", f"{size / said:.2f}")
    return catalogue


def _bare(report: Report, place: Path, planted: list[Planted]) -> sqlite3.Connection:
    bare = sqlite3.connect(place / "bare.sqlite")
    bare.execute("CREATE VIRTUAL TABLE said USING fts5(title, body)")
    rows = [(one.document.place, one.document.extract.text) for one in planted if one.document.extract]

    def fill() -> None:
        bare.executemany("INSERT INTO said VALUES (?, ?)", rows)
        bare.commit()

    report.add("finding", "the same into bare FTS5, by processor time", f"{len(rows) / _timed(fill)[1]:,.0f} /s")
    return bare


def _recall(report: Report, catalogue: Catalogue, planted: list[Planted]) -> None:
    where: dict[str, set[bytes]] = {}
    for one in planted:
        where.setdefault(one.word, set()).add(one.document.digest)
    asked = found = misled = 0
    for question in questions():
        right = set().union(*(where[word] for word in question.answers))
        got = digests(catalogue.search(Query(text=question.text, limit=1000)))
        asked, found = asked + len(right), found + len(right & got)
        misled += len(got & set().union(set(), *(where[word] for word in question.wrong)))
    share = found / asked
    report.add("finding", f"answers to {len(questions())} questions found", f"{share:.1%}", "95 %", share >= 0.95)
    report.add("finding", "answers that only look alike, for each right one", f"{misled / asked:.1%}")


def _queries(report: Report, catalogue: Catalogue, bare: sqlite3.Connection, runs: int) -> None:
    ours: list[float] = []
    theirs: list[float] = []
    asked = [*(question.text for question in questions()), *BUSY]
    for round_ in range(runs + 1):
        for text in asked:
            other, own = _timed(lambda: _ask(bare, text))[1], _timed(lambda: _search(catalogue, text))[1]  # noqa: B023
            if round_:
                theirs.append(other)
                ours.append(own)
    for what, goal, of in (("median", 3.0, median), ("99th percentile", 10.0, _last)):
        ratio = of(ours) / of(theirs)
        told = f"a question, {what}: {of(ours) * 1000:.2f} ms, bare FTS5 {of(theirs) * 1000:.2f} ms"
        report.add("finding", told, f"{ratio:.2f} x", f"{goal:.0f} x", ratio <= goal)


def _ask(bare: sqlite3.Connection, text: str) -> list[object]:
    match = text if text.startswith('"') else " ".join(f'"{word}"' for word in text.split())
    snippet = "snippet(said, 1, '[', ']', '…', 32)"
    sql = f"SELECT rowid, title, {snippet} FROM said WHERE said MATCH ? ORDER BY rank LIMIT ?"  # noqa: S608 - no values
    return bare.execute(sql, (match, LIMIT)).fetchall()


def _search(catalogue: Catalogue, text: str) -> object:
    return catalogue.search(Query(text=text, limit=LIMIT))


def _last(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of this thread."""
    wall, own = time.perf_counter(), time.thread_time()
    work()
    return time.perf_counter() - wall, time.thread_time() - own
