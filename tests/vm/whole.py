"""The whole way, as a host goes it: plug in, read one sentence, take it out; with the network cut until late.

Each kind of stick, with nobody who mounts sticks but the daemon, and with a desktop's automounter that mounts them
writable before anybody asks.
"""

import hashlib
import time
from functools import partial
from pathlib import Path

from played import people_files

from vm import sticks
from vm.campaign import Ground, Scenario
from vm.hearing import Board, Card
from vm.stage import PATIENCE, Stage
from vm.sticks import KINDS, Kind


def scenarios() -> list[Scenario]:
    """Each kind of stick, with a desktop and without."""
    return [
        Scenario(
            group="whole", name=f"{kind.name}{'-desktop' * desktop}", play=partial(_whole, kind=kind, desktop=desktop)
        )
        for desktop in (False, True)
        for kind in KINDS
    ]


def _whole(ground: Ground, kind: Kind, desktop: bool) -> None:
    with ground.stage(desktop=desktop) as stage:
        folders = stage.own_folders()
        first = _handed_over(stage, kind)
        _synced(stage, first)
        _two_beside_each_other(stage, kind)
        _foreign(stage, kind, desktop)
        stage.check(stage.own_folders() == folders, f"the host's own folders changed: {stage.own_folders()}")
        stage.check(stage.pid() == stage.first_pid, "the daemon was started anew")


def _handed_over(stage: Stage, kind: Kind) -> Card:
    """Plugged in, handed over with the network cut, and out at the very moment that this is said to be safe."""
    image = stage.link(kind)
    with sticks.opened(image, kind) as place:
        people = people_files(place)
    begun = time.monotonic()
    stage.plug(image)
    card = stage.wait_safe()
    stage.yank()
    stage.account.figures.append(f"plug to safe: {time.monotonic() - begun:.1f} s")
    stage.check(not stage.devices(), f"said to be safe, and still there: {stage.devices()}")
    stage.sound(image, kind)
    stage.judge(image, kind, 2, people=people)
    stage.check(card["number"] == 2 and card["added_count"] > 0, f"hand-off 2 was to be told: {card}")
    stage.check(not card["synced"] and not card["receipt"], "a receipt, while the network is cut")
    stage.check(stage.hearing.board["archive"] == "away", f"the archive is {stage.hearing.board['archive']}")
    stage.check_sentences()
    return card


def _synced(stage: Stage, card: Card) -> None:
    """The network is back: the archive signs for it."""
    stage.archive_comes()
    told = stage.wait_card(card["id"], lambda one: one.get("synced"), PATIENCE, "synced")
    stage.check(told["receipt"] == "archief", f"the receipt of {told['receipt']!r}")
    stage.judge_archive(1)


def _two_beside_each_other(stage: Stage, kind: Kind) -> None:
    """The first stick comes back with nothing new, and another Link beside it."""
    other = next(one for one in KINDS if one.fs != kind.fs and one.partitioned == kind.partitioned)
    stage.plug(stage.folder / f"stick-{kind.name}.img")
    stage.plug(stage.link(other, "second"), "second", bus="ehci")
    stage.wait(lambda board: len(board["cards"]) > 1 and not any(_safe(board)), what="both seen")
    stage.since = len(stage.hearing.history) - 1
    stage.wait(lambda board: all(_safe(board)), PATIENCE * 1.5, "both safe")
    stage.check(not stage.devices(), f"both are said to be safe, and still there: {stage.devices()}")
    for name, one in (("stick", kind), ("second", other)):
        image = stage.yank(name)
        stage.sound(image, one)
        stage.judge(image, one, 2)


def _safe(board: Board) -> list[bool]:
    return [card["safe"] for card in board["cards"][:2]]


def _foreign(stage: Stage, kind: Kind, desktop: bool) -> None:
    """A stick that is no Link: left alone, not one byte written by us."""
    image = stage.foreign(kind)
    time.sleep(3)
    with sticks.opened(image, kind) as place:
        people, whole = people_files(place), _hash(image)
    stage.plug(image, "foreign")
    card = stage.wait_state("foreign")
    stage.check(card["light"] == "calm", f"a foreign stick lights {card['light']}")
    time.sleep(3)
    stage.check(bool(stage.mounts()) == desktop, f"after a foreign stick is mounted: {stage.mounts()!r}")
    if desktop:
        stage.guest.get("udisksctl unmount -b /dev/disk/by-label/VAKANTIE", as_user=True)
    stage.yank("foreign")
    with sticks.opened(image, kind) as place:
        stage.check(people_files(place) == people, "a foreign stick's files changed")
    stage.check(desktop or _hash(image) == whole, "a foreign stick changed")


def _hash(image: Path) -> str:
    with open(image, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
