"""How quick and how modest the daemon is, told beside how slow this guest is."""

import subprocess
import sys
import time
from statistics import median

from vm.campaign import Ground, Scenario
from vm.hearing import Board, newest
from vm.stage import Stage
from vm.sticks import KINDS

_PLUGS = 3
_IDLE = 60
_SENTENCE_MAX, _CORE_MAX, _MEMORY_MAX = 2.0, 0.002, 60.0
_TIMES = 5
_TIMED = f"""python3 -c '
import subprocess, time
begun = time.monotonic()
for _ in range({_TIMES}):
    subprocess.run(["python3", "-c", "pass"])
print((time.monotonic() - begun) / {_TIMES})'"""


def scenarios() -> list[Scenario]:
    """Idle, and from plug to first sentence."""
    return [
        Scenario(group="measure", name="idle", play=_idle),
        Scenario(group="measure", name="first-sentence", play=_first_sentence),
    ]


def slowness(stage: Stage) -> float:
    """How many times slower the guest is than this computer, by the start of a Python in both."""
    there = float(stage.guest.get(_TIMED))
    begun = time.monotonic()
    for _ in range(_TIMES):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    here = (time.monotonic() - begun) / _TIMES
    told = f"{there:.3f} s in the guest, {here:.3f} s here: {there / here:.0f} times"
    stage.account.figures.append(f"python3 -c pass: {told}")
    return there / here


def _idle(ground: Ground) -> None:
    with ground.stage() as stage:
        ratio = slowness(stage)
        time.sleep(20)
        before = _ticks(stage)
        time.sleep(_IDLE)
        share = (_ticks(stage) - before) / 100 / _IDLE
        told = stage.guest.get(f"grep -E '^(Rss|Pss):' /proc/{stage.first_pid}/smaps_rollup")
        rss, pss = (int(line.split()[1]) / 1024 for line in told.splitlines())
        stage.account.figures.append(
            f"idle for {_IDLE} s: {share:.2%} of a simulated core, {share / ratio:.3%} by that ratio; "
            f"{rss:.0f} MiB resident, {pss:.0f} MiB its own share"
        )
        stage.check(share / ratio < _CORE_MAX, f"idle, it takes {share / ratio:.3%} of a core")
        stage.check(rss < _MEMORY_MAX, f"idle, it takes {rss:.1f} MiB")


def _ticks(stage: Stage) -> int:
    told = stage.guest.get(f"cat /proc/{stage.first_pid}/stat").rpartition(")")[2].split()
    return int(told[11]) + int(told[12])


def _first_sentence(ground: Ground) -> None:
    """From the mount by the desktop to the first thing said of the stick after it."""
    with ground.stage(desktop=True) as stage:
        ratio, taken = slowness(stage), []
        image = stage.foreign(KINDS[0])
        time.sleep(5)
        for number in range(_PLUGS):
            stage.guest.begin("findmnt --poll=mount --first-only /dev/sda1 >/dev/null; date +%s.%N > /tmp/mounted")
            time.sleep(1)
            stage.plug(image, f"stick{number}")
            said = stage.wait(_is_said, 60, "a sentence")
            stage.wait_state("foreign")
            mounted = float(stage.guest.get("until [ -s /tmp/mounted ]; do sleep 0.1; done; cat /tmp/mounted"))
            stage.guest.get("rm /tmp/mounted")
            taken.append(said.time + time.time() - time.monotonic() - mounted)
            stage.yank(f"stick{number}")
            time.sleep(8)
        stage.account.figures.append(f"mount to sentence: {', '.join(f'{one:.2f}' for one in taken)} s, simulated")
        stage.check(median(taken) / min(ratio, 10) < _SENTENCE_MAX, f"{median(taken):.2f} s, {ratio:.0f} times slower")


def _is_said(board: Board) -> bool:
    return newest(board).get("state", "seen") in {"mounted", "foreign"}
