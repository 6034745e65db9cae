"""What is plugged in: which media there are now, where each is mounted, and what is known of each beside its stand."""

import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from linksync.custody import names
from linksync.host.daemon.devices import Device
from linksync.host.daemon.jobs import Running
from linksync.host.daemon.mounts import Mount, of_device, visible
from linksync.host.daemon.stand import Act, Look, Result, Stand

_PACE_OVER = 15.0
"""Seconds over which the pace of reading is reckoned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A medium that is there now.

    Attributes:
        key: which; another plug, or another mount on a watched folder, is another one.
        path: where it can be reached, as ``os.fsdecode`` gives it; "" for nowhere.
        mount: the number of its mount, 0 for none.
        number: of its block device, ``8:17``, or "".
        again_as: what is probably the same in another plug, or "".
        beside: whether something else on the same stick is mounted: a second partition.
    """

    key: str
    name: str
    device: Device | None = None
    path: str = ""
    mount: int = 0
    number: str = ""
    writable: bool = False
    held: bool = False
    answers: bool = True
    again_as: str = ""
    beside: bool = False


def places(devices: Iterable[Device], mounts: tuple[Mount, ...], watch: Iterable[Path]) -> dict[str, Place]:
    """Every medium that is there now, by key; what the computer itself runs from is none."""
    seen, devices = visible(mounts), tuple(devices)
    watched = [place for path in watch if (place := _folder(path, seen)) is not None]
    taken = {place.mount for place in watched if place.mount}
    on = {device.id: of_device(mounts, device.number, device.node) for device in devices}
    held = Counter(device.disk for device in devices if device.disk and on[device.id])
    found = [
        replace(place, beside=held[device.disk] > place.held)
        for device in devices
        if (place := _stick(device, on[device.id], seen, taken)) is not None
    ]
    return {place.key: place for place in (*found, *watched)}


def _stick(device: Device, on: tuple[Mount, ...], seen: tuple[Mount, ...], taken: set[int]) -> Place | None:
    if any(mount.is_of_the_system or mount.id in taken for mount in on):
        return None
    here = [mount for mount in on if mount in seen and mount.root == b"/"]
    best = next((mount for mount in here if mount.writable), here[0] if here else None)
    label = names.escape(os.fsencode(device.label)) if device.label else ""
    return Place(
        key=device.id,
        name=label or names.escape(os.fsencode(device.model)) or device.node,
        device=device,
        path=os.fsdecode(best.path) if best else "",
        mount=best.id if best else 0,
        number=device.number,
        writable=best.writable if best else False,
        held=bool(on),
        answers=device.answers,
        again_as=device.medium,
    )


def _folder(path: Path, seen: tuple[Mount, ...]) -> Place | None:
    """A watched folder; where a stick is mounted on it, that is not touched to see whether it is there."""
    real = os.fsencode(os.path.abspath(path))
    mount = next((one for one in reversed(seen) if one.path == real), None)
    if mount is None and not os.path.isdir(real):
        return None
    shown = names.escape(real)
    return Place(
        key=f"folder:{shown}:{mount.id if mount else 0}:{mount.device if mount else ''}",
        name=shown,
        path=os.fsdecode(real),
        mount=mount.id if mount else 0,
        number=mount.device if mount and not mount.device.startswith("0:") else "",
        writable=mount.writable if mount else True,
        held=mount is not None,
        again_as=f"folder:{shown}",
    )


class Pace:
    """How fast it goes, and how long it will last."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque(maxlen=200)

    def seconds_left(self, now: float, done: int, total: int) -> int | None:
        """Seconds to the end at the pace of the last while; None while that cannot be said."""
        if self._points and done < self._points[-1][1]:
            self._points.clear()
        if not self._points or done != self._points[-1][1]:
            self._points.append((now, done))
        while len(self._points) > 2 and now - self._points[0][0] > _PACE_OVER:
            self._points.popleft()
        began, was = self._points[0]
        if now - began < 1.0 or done <= was:
            return None
        return round((total - done) * (now - began) / (done - was))


class Errand:
    """Something that whoever mounts here is asked to do, in a thread, since it may take its time."""

    def __init__(self, act: Act, work: Callable[[], Result], ring: Callable[[], None]) -> None:
        self.act = act
        self.result: Result | None = None
        self._work, self._ring = work, ring
        threading.Thread(target=self._run, name=f"{act} errand", daemon=True).start()

    def _run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:
            self.result = Result(error="disk-failed", filled={"why": type(error).__name__})
            raise
        finally:
            self._ring()


@dataclass(slots=True, kw_only=True)
class Plugged:
    """A medium in the daemon's hands.

    Attributes:
        stand: where it stands; ``kept`` as the ledger has it.
        place: where it is now; None where it is not there.
        running: the process at work on it; ``errand`` what is done about its mount.
        since: when its state began, seconds of the epoch.
        facts: what its card shows beside its sentence: ``added``, ``waiting``, ``findings`` and their counts.
        pace: of what is read now.
        looked_at: when the signs of life of ``running`` were last looked at.
        was_here: whether it is known from the ledger alone, and was not looked for yet.
    """

    stand: Stand
    since: float
    place: Place | None = None
    kept: tuple[Stand, str] | None = None
    running: Running | None = None
    errand: Errand | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    looked_at: float = 0.0
    was_here: bool = False

    def look(self, now: float, *, disks: bool, turn: bool) -> Look:
        """What the rules look at."""
        place = self.place
        if place is None:
            return Look(now=now, present=False, disks=disks, turn=turn)
        return Look(
            now=now,
            answers=place.answers,
            mounted=bool(place.path),
            writable=place.writable,
            held=place.held or bool(place.path),
            beside=place.beside,
            disks=disks,
            turn=turn,
        )
