"""Hardware that fails: each time one sentence, nothing hangs, nothing is called missing that is not.

After each the same stick, sound again, is plugged in: the hand-off is made or finished, and names nothing as gone.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from played import people_files

from vm import plugging, sticks
from vm.campaign import Ground, Scenario
from vm.hearing import Card, newest
from vm.installed import big_file
from vm.plugging import Failing
from vm.stage import PATIENCE, Stage
from vm.sticks import KINDS, Kind

Play = Callable[[Stage, Kind, Path], None]
"""What happens to a stick until it is out again."""
_CALLED_MISSING = {"E301", "E302", "E309"}
_RULES = "/run/udev/rules.d/95-hostile.rules"


def scenarios() -> list[Scenario]:
    """Each failure, on FAT and on exFAT."""
    plays: dict[str, Play] = {
        "read-error": _read_error,
        "write-error": partial(_failing, failing=Failing(at="write")),
        "flush-error": partial(_failing, failing=Failing(at="flush")),
        "full": _full,
        "read-only": _read_only,
        "slow": _slow,
        "hangs": _hangs,
        "label-lost": _label_lost,
        "change-before-remove": _change_before_remove,
        "gone-while-listed": _gone_while_listed,
    }
    kinds = (KINDS[0], KINDS[3])
    return [
        Scenario(group="hostile", name=f"{name}-{kind.fs}", play=partial(_hostile, kind=kind, happens=play))
        for name, play in plays.items()
        for kind in kinds
    ]


def _hostile(ground: Ground, kind: Kind, happens: Play) -> None:
    with ground.stage() as stage:
        folders = stage.own_folders()
        image = stage.link(kind)
        with sticks.opened(image, kind) as place:
            people = people_files(place)
        happens(stage, kind, image)
        _note(stage)
        _never_missing(stage)
        stage.check_sentences()
        _sound_again(stage, kind, image, people)
        stage.check(stage.own_folders() == folders, f"the host's own folders changed: {stage.own_folders()}")
        stage.check(stage.pid() == stage.first_pid, "the daemon was started anew")


def _note(stage: Stage) -> None:
    """What was said, for whoever reads the report."""
    said = [newest(heard.board) for heard in stage.hearing.history if newest(heard.board)]
    slugs = list(dict.fromkeys(card["sentence"]["slug"] for card in said))
    stage.account.figures.append(f"said: {' '.join(slugs)}")
    held = [card for card in said if card["state"] == "held"]
    if held:
        stage.account.figures.append(f"held: {held[-1]['sentence']['en']} {held[-1]['next']['en']}")


def _never_missing(stage: Stage) -> None:
    findings = {
        (found["code"], found["path"])
        for heard in stage.hearing.history
        for card in heard.board["cards"]
        for found in card["findings"]
    }
    called = [found for found in findings if found[0] in _CALLED_MISSING]
    stage.check(not called, f"called missing: {called}")


def _sound_again(stage: Stage, kind: Kind, image: Path, people: dict[str, str]) -> None:
    """The same stick without its failure: handed over with all that could not be read before, and nothing is gone."""
    before = any(card["safe"] and card["waiting"] for heard in stage.hearing.history for card in heard.board["cards"])
    time.sleep(2)
    stage.plug(image)
    stage.wait_state("mounted", "recognised", "sealed", "written", "read-back", "queued")
    stage.wait_safe()
    stage.yank()
    filled = _said(stage, "stick-full")
    stage.judge(image, kind, 3 if before or filled else 2, people=people)
    with sticks.opened(image, kind) as place:
        lists = [path.read_text("utf-8") for path in place.glob("linksync/handoffs/*/gone.sha256")]
    gone = [line for told in lists for line in told.splitlines() if not (filled and line.endswith("data/vol.bin"))]
    stage.check(not gone, f"a hand-off says that files are gone: {gone}")


def _held(stage: Stage, *states: str, limit: float = PATIENCE) -> Card:
    """It is held, or whatever else it may be, and says so; then it stays so."""
    card = stage.wait_state("held", *states, limit=limit)
    time.sleep(3)
    return card


def _read_error(stage: Stage, kind: Kind, image: Path) -> None:
    sector = sticks.place_of(image, big_file()[:4096]) + 2000
    stage.plug(image, failing=(Failing(at="read", sector=sector),))
    _held(stage, "safe")
    stage.yank()


def _failing(stage: Stage, kind: Kind, image: Path, failing: Failing) -> None:
    stage.plug(image, failing=(failing,))
    card = _held(stage, "queued", limit=PATIENCE * 1.5)
    stage.check(not card["safe"], "said to be safe, with a stick that writes nothing")
    stage.yank()


def _full(stage: Stage, kind: Kind, image: Path) -> None:
    """Full to the last cluster: all is safe on the host's disk, and it is said that the stick has no room."""
    stage.fill(image)
    stage.plug(image)
    _held(stage, "queued")
    stage.yank()
    _note(stage)
    stage.empty(image)


def _read_only(stage: Stage, kind: Kind, image: Path) -> None:
    stage.plug(image, read_only=True)
    _held(stage, "safe")
    stage.yank()


def _slow(stage: Stage, kind: Kind, image: Path) -> None:
    """20 kB/s: how far it is is said, and moves; then faster, since the end would take minutes."""
    stage.plug(image, speed=20_000)
    stage.wait(lambda board: _done(newest(board)) > 0, PATIENCE * 2, "how far it is")
    first = _done(newest(stage.hearing.board))
    stage.wait(lambda board: _done(newest(board)) > first, PATIENCE, "that it goes on")
    stage.check(not _said(stage, "daemon-stalled"), "a slow stick is said not to answer")
    plugging.set_speed(stage.guest, 5_000_000)
    stage.wait_safe()
    stage.yank()


def _said(stage: Stage, slug: str) -> bool:
    """Whether a card said it so far."""
    return any(card["sentence"]["slug"] == slug for heard in stage.hearing.history for card in heard.board["cards"])


def _done(card: Card) -> int:
    progress = card.get("progress") or {"done": 0}
    return int(progress["done"])


def _hangs(stage: Stage, kind: Kind, image: Path) -> None:
    """A stick that stops answering in the middle: it is said, everything else goes on, and it can be pulled out."""
    stage.plug(image, speed=2_000_000)
    stage.wait_state("recognised")
    stage.wait(lambda board: _done(newest(board)) > 0 or newest(board)["state"] != "recognised", 60, "reading")
    plugging.set_speed(stage.guest, 1)
    stage.wait(lambda board: newest(board)["sentence"]["slug"] == "daemon-stalled", PATIENCE, "that it hangs")
    stage.check(stage.ring(), "the panel does not answer")
    stage.yank()
    stage.wait_state("yanked", "safe", limit=120)


def _label_lost(stage: Stage, kind: Kind, image: Path) -> None:
    """After a read error udev may know the stick by its UUID alone."""
    stage.plug(image)
    stage.wait_state("mounted", "recognised")
    _rule(stage, 'ENV{ID_FS_LABEL}="", ENV{ID_FS_LABEL_ENC}=""')
    stage.wait_safe()
    stage.yank()
    stage.guest.get(f"rm {_RULES}; udevadm control --reload")


def _change_before_remove(stage: Stage, kind: Kind, image: Path) -> None:
    """A yank as it is told on a bad day: first that the device holds no file system, then that it is gone."""
    stage.plug(image)
    stage.wait_state("recognised", "staged", "screened", "sealed")
    _rule(stage, 'ENV{ID_FS_USAGE}="", ENV{ID_FS_TYPE}="", ENV{ID_FS_UUID}="", ENV{ID_FS_LABEL}=""')
    stage.yank()
    stage.wait_state("yanked", "safe", limit=60)
    stage.guest.get(f"rm {_RULES}; udevadm control --reload")


def _gone_while_listed(stage: Stage, kind: Kind, image: Path) -> None:
    stage.plug(image)
    stage.wait_state("mounted", "recognised")
    stage.yank()
    stage.wait_state("yanked", limit=60)


def _rule(stage: Stage, forgets: str) -> None:
    """udev forgets something of every stick, and tells everyone."""
    rule = f'SUBSYSTEM=="block", KERNEL=="sd*", {forgets}\n'
    stage.guest.push({Path(_RULES).name: rule.encode()}, str(Path(_RULES).parent))
    stage.guest.get("udevadm control --reload; udevadm trigger --action=change --subsystem-match=block")
