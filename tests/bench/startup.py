"""What ``linksync --version`` takes more than ``python -c pass``: the median, in milliseconds.

    python tests/bench/startup.py [RUNS]

The two run in turns, so that a busy machine slows both.
"""

import statistics
import subprocess
import sys
import time

BARE = [sys.executable, "-c", "pass"]
LINKSYNC = [sys.executable, "-m", "linksync", "--version"]
LIMIT = 100.0
"""Milliseconds that it may take more."""


def milliseconds(command: list[str]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main(runs: int) -> int:
    """Measure and print; 1 where it takes too long."""
    pairs = [(milliseconds(BARE), milliseconds(LINKSYNC)) for _ in range(runs)]
    bare = statistics.median(one for one, _ in pairs)
    more = statistics.median(two - one for one, two in pairs)
    print(f"python -c pass      {bare:6.1f} ms")
    print(f"linksync --version  {bare + more:6.1f} ms, {more:.1f} ms more; at most {LIMIT:.0f}")
    return int(more > LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 21))
