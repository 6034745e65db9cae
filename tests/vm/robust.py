"""The daemon is killed, the desktop hangs, a thousand events come in a minute: the state is right, nothing leaks."""

import time
from functools import partial
from pathlib import Path

from played import people_files

from vm import sticks
from vm.campaign import Ground, Scenario
from vm.hearing import newest
from vm.image import USER
from vm.stage import STATES, Stage
from vm.sticks import KINDS

MOMENTS = (0.0, 0.7, 2.0)
"""Seconds after a state has begun."""
_EVENTS, _MINUTE = 1000, 60.0

_HANGING = """
from gi.repository import Gio, GLib
XML = '''<node><interface name="org.freedesktop.Notifications"><method name="Notify">
<arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method></interface></node>'''
asked = []
def own(bus, name):
    def ask(*arguments):
        asked.append(arguments)  # kept, so that nobody is ever answered
        open("/tmp/asked", "a").write("asked\\n")
    bus.register_object("/org/freedesktop/Notifications", Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], ask)
Gio.bus_own_name(Gio.BusType.SESSION, "org.freedesktop.Notifications", 0, own, None, None)
GLib.MainLoop().run()
"""


def scenarios() -> list[Scenario]:
    """Kills at every state and in the middle of each; a desktop that hangs; a storm."""
    kills = [
        Scenario(group="robust", name=f"kill-{state}", play=partial(_kills, state=state, at=at))
        for at, state in enumerate(STATES)
    ]
    return [
        *kills,
        Scenario(group="robust", name="desktop-hangs", play=_desktop_hangs),
        Scenario(group="robust", name="storm", play=_storm),
    ]


def _kills(ground: Ground, state: str, at: int) -> None:
    """Killed when this state begins, and in the middle of it; one of these where the campaign is not full."""
    moments = MOMENTS if ground.full else (MOMENTS[at % len(MOMENTS)],)
    for moment in moments:
        with ground.stage(desktop=bool(at % 2)) as stage:
            _killed(stage, state, moment, at)


def _killed(stage: Stage, state: str, moment: float, at: int) -> None:
    kind = KINDS[at % len(KINDS)]
    image = stage.link(kind)
    with sticks.opened(image, kind) as place:
        people = people_files(place)
    stage.plug(image)
    stage.wait_state(*STATES[STATES.index(state) :])
    time.sleep(moment)
    stage.guest.get(f"kill -9 {stage.first_pid}")
    was = newest(stage.hearing.board)["state"]
    boards = len(stage.hearing.history)
    stage.hearing.wait(lambda _: len(stage.hearing.history) > boards, 90, "the daemon after its end")
    stage.check(stage.pid() not in {0, stage.first_pid}, "systemd did not start it anew")
    stage.wait(lambda board: newest(board).get("state") in {"safe", "synced"}, what=f"safe, after a kill at {was}")
    stage.check(not stage.devices(), f"said to be safe, and still there: {stage.devices()}")
    stage.yank()
    stage.sound(image, kind)
    stage.judge(image, kind, 2, people=people)
    stage.check_sentences()
    stage.account.figures.append(f"killed at {was}, {moment} s after {state} began: went on")


def _desktop_hangs(ground: Ground) -> None:
    """Whoever shows notices never answers: nobody waits for it."""
    with ground.stage() as stage:
        stage.guest.push({"hanging.py": _HANGING.encode()}, "/opt")
        stage.guest.get("systemd-run --user --quiet --unit=hanging python3 /opt/hanging.py", as_user=True)
        known = f"runuser -u {USER} -- env DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus busctl --user list"
        stage.guest.get(f"until {known} | grep -q freedesktop.Notifications; do sleep 0.3; done", limit=60)
        begun = time.monotonic()
        stage.plug(stage.link(KINDS[0]))
        stage.wait_safe()
        stage.account.figures.append(f"plug to safe: {time.monotonic() - begun:.1f} s")
        stage.yank()
        time.sleep(45)
        asked = stage.guest.get("wc -l < /tmp/asked || echo 0").strip()
        stage.check(asked != "0", "nobody asked for a notice")
        stage.check(stage.ring(), "the panel does not answer")
        left = stage.guest.get(f"pgrep --parent {stage.first_pid} | wc -l").strip()
        stage.check(left == "0", f"{left} processes still wait for the desktop")


def _storm(ground: Ground) -> None:
    """A thousand events in a minute, of them as many real plugs as the bus takes; then a stick, handed over as ever."""
    with ground.stage() as stage:
        foreign = stage.foreign(KINDS[0])
        _settle(stage)
        before = _held(stage)
        told = _events(stage, foreign)
        _settle(stage)
        after = _held(stage)
        stage.account.figures.append(f"{told}; threads, files, kB: {before} before, {after} after")
        stage.check(after[0] <= before[0], f"threads: {before[0]} before, {after[0]} after")
        stage.check(after[1] <= before[1] + 2, f"open files: {before[1]} before, {after[1]} after")
        stage.check(after[2] <= before[2] + 8 * 1024, f"memory, in kB: {before[2]} before, {after[2]} after")
        stage.check(stage.pid() == stage.first_pid, "the daemon was started anew")
        image = stage.link(KINDS[0])
        stage.plug(image)
        stage.wait_safe()
        stage.yank()
        stage.judge(image, KINDS[0], 2)


def _events(stage: Stage, foreign: Path) -> str:
    """Real plugs while the kernel is made to tell of devices that come and go; how many there were of each."""
    tell = "for action in add remove change; do echo $action > /sys/block/loop$1/uevent; done"
    script = f"n=0; while [ $n -lt {_EVENTS // 3 + 1} ]; do set -- $((n % 8)); {tell}; n=$((n + 1)); sleep 0.1; done"
    stage.guest.begin(f"{script}; touch /tmp/told")
    begun, plugs = time.monotonic(), 0
    while time.monotonic() - begun < _MINUTE:
        stage.plug(foreign, "storm")
        time.sleep((0.05, 0.5, 2.0)[plugs % 3])
        stage.yank("storm")
        plugs += 1
    stage.guest.get("until [ -e /tmp/told ]; do sleep 0.5; done", limit=240)
    return f"{_EVENTS} events and {plugs} plugs in {time.monotonic() - begun:.0f} s"


def _settle(stage: Stage) -> None:
    stage.guest.get("udevadm settle --timeout=120; sleep 20")


def _held(stage: Stage) -> tuple[int, int, int]:
    """Threads, open files and kB of memory of the daemon."""
    place = f"/proc/{stage.first_pid}"
    told = stage.guest.get(f"ls {place}/task | wc -l; ls {place}/fd | wc -l; grep VmRSS: {place}/status")
    threads, files, _, memory, _ = told.split()
    return int(threads), int(files), int(memory)
