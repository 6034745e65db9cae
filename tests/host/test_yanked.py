"""The stick is pulled out of a real machine: what stands on it is old or new, and the next run finishes."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from media import Stick, exfat_stick, ext4_stick, fat_stick, limit_size, need, replug, yank
from played import SECOND, a_link, codes, notes, people_files, put

from linksync.demo.world import World
from linksync.errors import LinksyncError, MediumError
from linksync.host.daemon.tasks import judged_link
from linksync.host.delivery import Step
from linksync.host.handoff import receive
from linksync.stick.medium import Medium
from linksync.stick.verify import Verdict

MakeStick = Callable[..., AbstractContextManager[Stick]]
REAL = pytest.mark.parametrize("make", [fat_stick, exfat_stick, ext4_stick])
FILES = {f"data/map {number}/{name}.txt": b"%d" % number * 1000 for number in range(5) for name in ("een", "twee")}


@contextmanager
def at_call(names: tuple[str, ...], number: int, then: Callable[[], object], where: Path) -> Iterator[list[str]]:
    """At the call of that number to one of these functions of ``os`` on the stick, something happens first."""
    calls: list[str] = []
    originals = {name: getattr(os, name) for name in names}

    def hooked(name: str) -> Callable[..., object]:
        def call(first: object, *args: object, **keywords: object) -> object:
            if _is_on(first, keywords.get("dir_fd"), where):
                calls.append(name)
                if len(calls) == number:
                    then()
            return originals[name](first, *args, **keywords)

        return call

    for name in names:
        setattr(os, name, hooked(name))
    try:
        yield calls
    finally:
        for name, original in originals.items():
            setattr(os, name, original)


def _is_on(first: object, folder: object, where: Path) -> bool:
    descriptor = first if isinstance(first, int) else folder
    if not isinstance(descriptor, int):
        return False
    return os.readlink(f"/proc/self/fd/{descriptor}").startswith(str(where))


def pull_out(stick: Stick) -> None:
    yank(stick, lose_unsynced=stick.kind != "fat")


def played(tmp_path: Path, stick: Stick) -> World:
    world = a_link(tmp_path / "w", stick=stick.path)
    put(stick.path, FILES)
    return world


def require_old_or_new(verdict: Verdict) -> None:
    bad = [one for one in codes(verdict) if one[0] != "E303"]
    assert bad == [], verdict.report.findings
    assert verdict.report.number in {2, 3}
    assert {code for code, _ in notes(verdict)} <= {"W101", "W103", "W104", "W112"}


@REAL
@pytest.mark.parametrize("at", [1, 4, 9, 15, 18, 21, 27, 34, 40])
def test_a_stick_pulled_out_in_the_middle_of_a_hand_off(make: MakeStick, tmp_path: Path, at: int) -> None:
    with make(tmp_path, megabytes=24) as stick:
        world = played(tmp_path, stick)
        os.sync()
        people = people_files(stick.path)
        problem: MediumError | None = None
        with at_call(("write", "fsync"), at, lambda: pull_out(stick), stick.path) as calls:
            try:
                problem = world.hand_over(SECOND).problem
            except MediumError as error:
                problem = error
        assert len(calls) >= at
        assert problem is not None or at > 20
        replug(stick)
        assert people_files(stick.path) == people
        require_old_or_new(world.verify())
        outcome = world.hand_over(SECOND)
        assert (outcome.problem, outcome.number) == (None, 3)
        replug(stick)
        report = world.verify(SECOND).report
        assert (report.exit, report.number) == (0, 3)
        assert people_files(stick.path) == people
        entries = world.state(SECOND).outbox(outcome.link).entries()
        assert [entry.status for entry in entries] == ["written"]


@REAL
@pytest.mark.parametrize("at", [1, 2, 4, 10, 20, 40])
def test_a_stick_pulled_out_while_it_is_verified_is_never_said_to_miss_anything(
    make: MakeStick, tmp_path: Path, at: int
) -> None:
    with make(tmp_path, megabytes=24) as stick:
        world = played(tmp_path, stick)
        world.hand_over(SECOND)
        replug(stick)
        with at_call(("open",), at, lambda: yank(stick), stick.path) as calls:
            try:
                verdict = world.verify(SECOND)
                assert verdict.report.exit == 60, verdict.report.findings
                assert not {code for code, _ in codes(verdict)} & {"E302", "E309", "E101"}
            except MediumError as error:
                assert error.slug in {"stick-gone", "stick-unreadable"}  # noqa: PT017 - one of two ways to say so
        assert len(calls) >= at
        replug(stick)
        assert world.verify(SECOND).report.exit == 0


@REAL
@pytest.mark.parametrize("at", [1, 20, 60])
def test_a_stick_pulled_out_while_it_is_read_changes_nothing(make: MakeStick, tmp_path: Path, at: int) -> None:
    with make(tmp_path, megabytes=24) as stick:
        world = played(tmp_path, stick)
        replug(stick)
        people = people_files(stick.path)
        replug(stick)
        with at_call(("open",), at, lambda: yank(stick), stick.path):
            try:
                outcome = world.hand_over(SECOND)
                assert outcome.problem is not None
                assert outcome.intake.gone == {}
            except LinksyncError as error:
                assert isinstance(error, MediumError) or at == 1, error  # noqa: PT017 - as above
        replug(stick)
        assert people_files(stick.path) == people
        assert world.hand_over(SECOND).problem is None
        assert world.verify(SECOND).report.exit == 0
        assert people_files(stick.path) == people


@REAL
@pytest.mark.parametrize("at", [1, 4, 10, 13, 16, 25, 30])
def test_a_stick_pulled_out_while_it_is_taken_in_gives_a_hand_off_of_all_that_is_new_or_none(
    make: MakeStick, tmp_path: Path, at: int
) -> None:
    with make(tmp_path, megabytes=24) as stick, ExitStack() as stack:
        world = played(tmp_path, stick)
        replug(stick)
        host = world.state(SECOND)

        def told(step: Step) -> None:
            if step == "recognised":
                stack.enter_context(at_call(("open",), at, lambda: yank(stick), stick.path))

        with Medium.open(stick.path) as medium:
            link = judged_link(medium, host, world.organiser).history.link
            try:
                receive(medium, host, world.request(SECOND), told=told)
            except MediumError as error:
                assert error.slug in {"stick-gone", "stick-unreadable"}  # noqa: PT017 - it dies here or there
        stack.close()
        assert [len(entry.contents()) for entry in host.outbox(link).entries()] in ([], [len(FILES)])
        replug(stick)
        assert world.hand_over(SECOND).number == 3
        assert world.verify(SECOND).report.exit == 0


@pytest.mark.parametrize("make", [fat_stick, ext4_stick])  # exfat-fuse gives zeros beyond the end of its device
def test_a_file_that_lies_on_bad_sectors_waits_and_all_else_is_taken_in(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path, megabytes=24) as stick:
        world = played(tmp_path, stick)
        put(stick.path, {"data/slecht.bin": b"slecht stuk geheugen".ljust(1024) * 500})
        replug(stick)
        assert stick.image is not None
        limit_size(stick.device, stick.image.read_bytes().index(b"slecht stuk geheugen") // 4096 * 4096)
        with Medium.open(stick.path) as medium:
            intake = receive(medium, world.state(SECOND), world.request(SECOND)).intake
        assert intake is not None
        assert intake.waiting == {b"data/slecht.bin": "unreadable"}
        assert len(intake.taken) == len(FILES)


def test_a_mount_point_that_vanished_is_not_written_into(tmp_path: Path) -> None:
    with exfat_stick(tmp_path, megabytes=24) as stick:
        world = played(tmp_path, stick)

        def vanish() -> None:
            yank(stick)
            subprocess.run([need("umount"), "--lazy", str(stick.path)], check=True)  # as desktops do

        with at_call(("write", "fsync"), 5, vanish, stick.path):
            try:
                assert world.hand_over(SECOND).problem is not None
            except MediumError as error:
                assert error.slug  # noqa: PT017 - as above
        assert os.listdir(stick.path) == []  # the mount point's own folder, on the host's disk
        subprocess.run([need("mount"), "-t", "tmpfs", "none", str(stick.path)], check=True)  # for replug to unmount
        replug(stick)
        assert world.hand_over(SECOND).problem is None
