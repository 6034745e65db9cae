"""linksync beside its peers and beside the hardware, in one run.

    tests/measure [what …] [--scale 0.1] [--runs 3] [--sets S,M,L] [--folder DIR]

``what`` is any of: verify ingest again growth memory slow screening extraction finding; all of them when none is named.
Sets: S, 50,000 files of 1 to 16 KiB; M, 5,000 office-like files, about 4 GiB; L, 4 files of 1 GiB; ``--scale`` makes
them smaller. Figures are medians of whole processes, in pairs, and ratios: this machine against itself. Nothing here
passes or fails.
"""

import argparse
import tempfile
from pathlib import Path

from bench import again, extraction, finding, growth, ingest, memory, screening, slow, verify
from bench.report import Report

PARTS = {
    "verify": verify,
    "ingest": ingest,
    "again": again,
    "growth": growth,
    "memory": memory,
    "slow": slow,
    "screening": screening,
    "extraction": extraction,
    "finding": finding,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="what")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sets", default="S,M,L")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "linksync-bench"))
    chosen = parser.parse_args()
    unknown = set(chosen.what) - PARTS.keys()
    if unknown:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    report = Report(chosen.folder)
    for name in chosen.what or PARTS:
        PARTS[name].measure(report, chosen.folder, chosen.sets.split(","), chosen.scale, chosen.runs)
    report.show()


if __name__ == "__main__":
    main()
