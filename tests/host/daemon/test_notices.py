"""Desktop notifications: the right thing is told, and a service that hangs or is not there holds up nobody."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from boards import card, snapshot
from media import need
from waiting import until

from linksync.host.daemon.board import Snapshot
from linksync.host.daemon.notices import Notice, Notices, notice_of

# A desktop's notification service: writes down what it is told, or never answers.
SERVICE = """
import json, sys, time
import jeepney
from jeepney.io.blocking import open_dbus_connection
from jeepney import DBusAddress, HeaderFields, new_method_call, new_method_return

log, hangs = sys.argv[1], sys.argv[2] == "hangs"
connection = open_dbus_connection("SESSION")
bus = DBusAddress("/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus")
connection.send_and_get_reply(new_method_call(bus, "RequestName", "su", ("org.freedesktop.Notifications", 0)))
open(log, "x").close()
number = 0
while True:
    message = connection.receive()
    member = message.header.fields.get(HeaderFields.member)
    if message.header.message_type is not jeepney.MessageType.method_call or hangs:
        continue
    if member == "GetCapabilities":
        connection.send(new_method_return(message, "as", (["body", "body-markup"],)))
    elif member == "Notify":
        number += 1
        _, replaces, icon, title, text, _, hints, _ = message.body
        with open(log, "a") as file:
            file.write(json.dumps([replaces, title, text, hints["urgency"][1]]) + "\\n")
        connection.send(new_method_return(message, "u", (number,)))
"""


@dataclass
class Desktop:
    """A session bus with a notification service on it."""

    log: Path

    @property
    def told(self) -> list[list[object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    command = [need("dbus-daemon"), "--session", "--nofork", "--nopidfile", f"--address=unix:path={tmp_path / 'bus'}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as bus:
        try:
            assert until((tmp_path / "bus").exists)
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
            yield
        finally:
            bus.terminate()


def serving(tmp_path: Path, how: str) -> Iterator[Desktop]:
    log = tmp_path / "told"
    with subprocess.Popen([sys.executable, "-c", SERVICE, str(log), how]) as service:
        try:
            assert until(log.exists)
            yield Desktop(log)
        finally:
            service.kill()


@pytest.fixture
def desktop(tmp_path: Path, session: None) -> Iterator[Desktop]:
    yield from serving(tmp_path, "answers")


@pytest.fixture
def hanging(tmp_path: Path, session: None) -> Iterator[Desktop]:
    yield from serving(tmp_path, "hangs")


def rests() -> bool:
    return not any(thread.name == "notices" for thread in threading.enumerate())


def children() -> list[str]:
    """The command lines of our own notice children."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
            line = entry.with_name("cmdline").read_text()
        except OSError:
            continue
        if parent == os.getpid() and "linksync.host.daemon.notices" in line:
            found.append(line)
    return found


# What is told.


def became(slug: str, *, before: str = "daemon-reading", **changes: object) -> Notice | None:
    return notice_of(snapshot(card(before)), snapshot(card(slug), **changes))


def test_that_the_stick_may_come_out_is_told_in_the_language_of_the_house() -> None:
    dutch, english = became("daemon-safe"), became("daemon-safe", language="en")
    assert dutch
    assert english
    assert dutch.title == "De stick mag eruit."
    assert english.title == "You can take the stick out."
    assert dutch.text.endswith("Haal de stick eruit en geef hem door.")
    assert not dutch.urgent


@pytest.mark.parametrize("slug", ["daemon-ask", "daemon-stays-new", "daemon-eject-yourself", "daemon-verified-well"])
def test_somebody_is_called_when_it_is_their_turn(slug: str) -> None:
    assert became(slug)


@pytest.mark.parametrize("slug", ["daemon-yanked", "stick-unreadable", "daemon-ejecting-busy", "daemon-work-died"])
def test_what_is_wrong_is_urgent(slug: str) -> None:
    notice = became(slug)
    assert notice
    assert notice.urgent


@pytest.mark.parametrize(
    "slug", ["daemon-seen", "daemon-sealed", "daemon-synced", "daemon-taken-out", "daemon-foreign"]
)
def test_nobody_is_called_for_what_goes_by_itself(slug: str) -> None:
    assert became(slug) is None


def test_nothing_is_told_twice() -> None:
    assert became("daemon-safe", before="daemon-safe") is None


def test_of_two_changes_the_gravest_is_told() -> None:
    before = snapshot(card("daemon-reading", id="1"), card("daemon-reading", id="2"))
    after = snapshot(card("daemon-safe", id="1"), card("stick-write", id="2"))
    notice = notice_of(before, after)
    assert notice
    assert notice.urgent


# How it is told.


def test_the_desktop_shows_what_changed_and_replaces_what_it_showed_before(desktop: Desktop) -> None:
    notices = Notices()
    notices.see(snapshot(card("daemon-safe")))
    notices.see(snapshot(card("daemon-reading")))
    assert desktop.told == []
    notices.see(snapshot(card("daemon-safe")))
    assert until(lambda: len(desktop.told) == 1)
    assert until(rests)
    notices.see(snapshot(card("stick-unreadable")))
    assert until(lambda: len(desktop.told) == 2)
    first, second = desktop.told
    assert first[:2] == [0, "De stick mag eruit."]
    assert (second[0], second[3]) == (1, 2)
    assert until(rests)
    notices.close()


def test_markup_in_what_is_told_is_shown_as_it_is(desktop: Desktop) -> None:
    notices = Notices()
    notices.show(Notice(title="<b>x</b>", text="<img src=x> & co"))
    assert until(lambda: len(desktop.told) == 1)
    assert desktop.told[0][1:3] == ["<b>x</b>", "&lt;img src=x&gt; &amp; co"]
    assert until(rests)


def test_a_service_that_hangs_holds_up_nobody_and_the_newest_is_told_after_it(hanging: Desktop) -> None:
    notices = Notices(limit=2)
    begun = time.monotonic()
    for at in range(100):
        notices.show(Notice(title=str(at), text=""))
    assert time.monotonic() - begun < 1
    assert until(lambda: len(children()) == 1)
    most, deadline = 0, time.monotonic() + 30
    while not rests():
        most = max(most, len(children()))
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert most == 1
    assert 2 <= time.monotonic() - begun < 15, "two children at the most: what was first, and the newest"
    assert children() == []


def test_no_bus_no_service_and_notices_that_are_not_wanted_are_no_trouble(
    session: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Notices()
    nobody.show(Notice(title="x", text=""))
    assert until(rests)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    nobody.show(Notice(title="x", text=""))
    assert until(rests)
    unwanted = Notices(enabled=False)
    unwanted.show(Notice(title="x", text=""))
    assert rests()


def test_the_end_ends_the_child_that_hangs(hanging: Desktop) -> None:
    notices = Notices(limit=60)
    notices.show(Notice(title="x", text=""))
    assert until(lambda: len(children()) == 1)
    begun = time.monotonic()
    notices.close()
    assert until(rests)
    assert time.monotonic() - begun < 5
    assert children() == []
    notices.show(Notice(title="y", text=""))
    assert rests()


def test_a_board_may_be_looked_at_before_anything_is_on_it() -> None:
    notices = Notices(enabled=False)
    notices.see(Snapshot())
    notices.see(snapshot(card("daemon-safe")))
