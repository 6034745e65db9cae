"""The measure of finding, over a small sample: it runs, and what does not depend on the machine's speed is met."""

from pathlib import Path

from bench import finding
from bench.report import Report


def test_a_small_sample_is_filled_asked_and_found(tmp_path: Path) -> None:
    report = Report(tmp_path)
    finding.measure(report, tmp_path, None, 0.075, 1)
    rows = {row.what.partition(",")[0]: row for row in report.rows}
    assert rows["answers to 130 questions found"].met
    assert len(report.rows) == 8
    assert all(row.figure for row in report.rows)
