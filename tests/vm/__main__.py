"""linksync's daemon in a computer of its own: Debian in QEMU, with USB sticks that are plugged in and pulled out.

    tests/campaign [SCENARIO | GROUP | all] … [--full] [--list] [--dir DIR] [--keep DIR]

Groups: ``sample`` (which tests/all plays as well), ``whole`` (the whole way, each kind of stick, with and without a
desktop's automounter), ``yank``, ``hostile`` (hardware that fails), ``robust`` (kills, a desktop that hangs, a storm of
events) and ``measure``; without any, the scenarios are only named. ``--full`` plays the long campaigns at their whole
length: 50 yanks a file system instead of 5, three kills in each state instead of one. The guest is made once, in some
minutes, and kept in DIR (about 1.5 GB); it is started from a frozen state in seconds. Ends with 1 when something did
not hold.

As root, on Debian 12 or alike. Where the processor cannot run a guest by itself QEMU simulates one, ten to twenty times
slower than the hardware: figures are told beside how long ``python3 -c pass`` takes in the guest.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from vm import hostile, measured, robust, sample, whole, yanks
from vm.campaign import Scenario, run
from vm.installed import Workshop
from vm.sticks import KINDS


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="tests/campaign", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("what", nargs="*", metavar="SCENARIO")
    parser.add_argument("--full", action="store_true", help="the long campaigns at their whole length")
    parser.add_argument("--list", action="store_true", help="name the scenarios, and play none")
    parser.add_argument("--dir", type=Path, default=cache / "linksync-vm", help="where the guest is kept")
    parser.add_argument("--keep", type=Path, help="what tells why something failed; by default in DIR/failed")
    chosen = parser.parse_args()
    scenarios = [one for part in (sample, whole, yanks, hostile, robust, measured) for one in part.scenarios()]
    if chosen.list or not chosen.what:
        print("\n".join(scenario.title for scenario in scenarios))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the guest ends with us
    asked = _asked(parser, scenarios, chosen.what)
    only = all(one.group == "sample" for one in asked)
    workshop = Workshop(chosen.dir, (sample.KIND,) if only else KINDS)
    workshop.prepare()
    kept = chosen.keep or chosen.dir / "failed"
    return 0 if run(asked, workshop, full=chosen.full, kept=kept) else 1


def _asked(parser: argparse.ArgumentParser, scenarios: list[Scenario], words: list[str]) -> list[Scenario]:
    """The scenarios that were asked for, in their own order."""
    known = {scenario.title for scenario in scenarios} | {scenario.group for scenario in scenarios} | {"all"}
    if unknown := set(words) - known:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}; --list names them")
    return [one for one in scenarios if {"all", one.group, one.title} & set(words)]


if __name__ == "__main__":
    sys.exit(main())
