"""Hands: what is decided about a medium is done, in a process or a thread of its own; nothing here waits for it."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import cast

from linksync.errors import LinksyncError, MediumError
from linksync.host.daemon.devices import Device
from linksync.host.daemon.disks import Disks
from linksync.host.daemon.jobs import Running
from linksync.host.daemon.plugged import Errand, Pace, Plugged
from linksync.host.daemon.stand import ON_DISKS, Act, Result
from linksync.host.daemon.telling import Job, Task

_FIND_AGAIN = 30.0
"""Seconds until somebody who mounts here is looked for again."""


class Hands:
    """Does things. For the loop alone.

    Attributes:
        disks_work: whether somebody here can mount and unmount, as far as it is known.
    """

    def __init__(self, job: Job, find: Callable[[], Disks], ring: Callable[[], None]) -> None:
        """Begin.

        Args:
            job: what every job has in common.
            find: finds whoever mounts here; may take a while.
            ring: called from a thread when there is something to hear.
        """
        self.disks_work = False
        self._job, self._find, self._ring = job, find, ring
        self._disks: Disks | None = None
        self._finding: threading.Thread | None = None
        self._found_at = float("-inf")
        self._left: list[Running] = []

    @property
    def nobody(self) -> bool:
        """Whether it is known that nobody here mounts."""
        return self._disks is not None and not self.disks_work

    def find_disks(self, now: float) -> None:
        """Look for somebody who mounts here, unless that is known."""
        if self.disks_work or now - self._found_at < _FIND_AGAIN or (self._finding and self._finding.is_alive()):
            return
        self._found_at = now
        self._finding = threading.Thread(target=self._found, name="disks finder", daemon=True)
        self._finding.start()

    def _found(self) -> None:
        self._disks = disks = self._find()
        self.disks_work = disks.works
        self._ring()

    def do(self, one: Plugged, act: Act, now: float) -> Result | None:
        """Begin to do something about a medium; what came of it where that is known at once.

        Where this computer has no process, thread or descriptor left for it, it is over before it began.
        """
        try:
            return self._do(one, act, now)
        except (OSError, RuntimeError) as error:
            return not_begun(act, str(error))

    def _do(self, one: Plugged, act: Act, now: float) -> Result | None:
        if act == "cancel":
            if one.running is None:
                return Result(died=True)
            one.running.cancel()
        elif act == "abandon":
            self._abandon(one)
        elif act in ON_DISKS:
            return self._ask(one, act, now)
        else:
            self._start(one, cast("Task", act), now)
        return None

    def heard(self, result: Result) -> None:
        """What came of asking whoever mounts here: where nobody does any more, somebody is looked for."""
        if result.error == "disks-absent":
            self.disks_work = False

    def _ask(self, one: Plugged, act: Act, _now: float) -> Result | None:
        disks, device = self._disks, one.place.device if one.place else None
        if disks is None or device is None:
            return Result(error="disks-absent")
        one.errand = Errand(act, lambda: asked(disks, act, device), self._ring)
        return None

    def _start(self, one: Plugged, task: Task, now: float) -> None:
        place = one.place
        assert place is not None, "nothing is done about what is not there"
        job = replace(self._job, task=task, path=place.path, mount=place.mount, link=one.stand.link)
        one.pace, one.looked_at = Pace(), now
        one.running = Running(job, self._ring, device=place.number)

    def _abandon(self, one: Plugged) -> None:
        """Let go of what is under way on a stick that is gone: nothing waits for it."""
        if one.running is not None:
            one.running.cancel()
            self._left.append(one.running)
        one.running = one.errand = None

    def nudge(self, now: float) -> bool:
        """End processes that were abandoned; whether any is left."""
        for running in self._left:
            running.nudge(now)
        self._left = [running for running in self._left if not running.ended]
        return bool(self._left)

    def stop(self, media: Iterable[Plugged], patience: float) -> None:
        """End all that is under way, then unmount what is ours; what is being written gets half of the time."""
        deadline = time.monotonic() + patience
        listed = list(media)
        for one in listed:
            if one.running is not None and one.stand.doing != "finish":
                one.running.cancel()
        end([*self._left, *(one.running for one in listed if one.running is not None)], deadline - patience / 2)
        self._unmount(listed, deadline)

    def _unmount(self, media: Iterable[Plugged], deadline: float) -> None:
        disks = self._disks
        errands = []
        for one in media:
            device = one.place.device if one.place and one.place.held and one.stand.ours else None
            if disks is not None and device is not None:
                errands.append(_unmounting(disks, device))
        while any(errand.result is None for errand in errands) and time.monotonic() < deadline:
            time.sleep(0.05)


def end(jobs: Iterable[Running], deadline: float) -> None:
    """Wait for processes until then, by the monotonic clock; after that they are ended."""
    listed = list(jobs)
    for running in listed:
        while not running.wait(0.05) and time.monotonic() < deadline:
            running.nudge(time.monotonic())
        running.cancel()
        running.nudge(float("inf"))
    for running in listed:
        running.wait(1.0)


def not_begun(act: Act, why: str) -> Result:
    """What came of an act that could not even be begun."""
    return Result(error="disk-failed", filled={"node": "", "why": why}) if act in ON_DISKS else Result(died=True)


def asked(disks: Disks, act: Act, device: Device) -> Result:
    """Ask whoever mounts here, and wait for the answer."""
    try:
        if act == "power-off":
            return Result(fields={"off": str(disks.power_off(device))})
        if act == "unmount":
            disks.unmount(device)
        else:
            disks.mount(device, writable=act == "mount-writable")
    except LinksyncError as error:
        number = {"errno": error.errno} if isinstance(error, MediumError) else {}
        return Result(error=error.slug, filled={**error.fields, **number})
    return Result()


def _unmounting(disks: Disks, device: Device) -> Errand:
    return Errand("unmount", lambda: asked(disks, "unmount", device), lambda: None)
