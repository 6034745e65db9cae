"""Who holds a stick open is told by name, from what the kernel says alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from media import ext4_stick, need
from worlds import as_nobody

from linksync.host.daemon.holders import holders, programs, written


@contextmanager
def program(script: str, *, cwd: Path | None = None) -> Iterator[int]:
    """A program that says "ready" and then waits to be ended."""
    command = [sys.executable, "-c", f"import sys\n{script}\nprint('ready', flush=True)\nsys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=cwd) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process.pid
        finally:
            assert process.stdin is not None
            process.stdin.close()


@pytest.mark.parametrize(
    ("script", "writing"),
    [
        ("f = open('{path}', 'rb')", False),
        ("f = open('{path}', 'wb')", True),
        ("f = open('{path}', 'r+b')", True),
        ("f = open('{path}', 'ab')", True),
        ("import mmap; f = open('{path}', 'rb'); m = mmap.mmap(f.fileno(), 0, prot=1); f.close()", False),
    ],
)
def test_an_open_or_mapped_file_is_held_and_writing_is_told_apart(tmp_path: Path, script: str, writing: bool) -> None:
    path = tmp_path / "met spatie é.txt"
    path.write_bytes(b"x" * 5000)
    with program(script.format(path=path)) as pid:
        held = [one for one in holders(os.fsencode(tmp_path)) if one.pid == pid]
        assert {one.path for one in held} == {os.fsencode(path.name)}
        assert any(one.writing for one in held) is writing
        assert (os.fsencode(path.name) in written(os.fsencode(tmp_path))) is writing
    assert holders(os.fsencode(tmp_path)) == ()


def test_a_working_folder_is_held(tmp_path: Path) -> None:
    with program("pass", cwd=tmp_path) as pid:
        assert [(one.pid, one.path) for one in holders(os.fsencode(tmp_path))] == [(pid, b"")]


def test_a_removed_file_that_is_still_open_is_held_under_its_name(tmp_path: Path) -> None:
    with program(f"import os; f = open('{tmp_path}/gone', 'wb'); os.unlink(f.name)"):
        assert written(os.fsencode(tmp_path)) == {b"gone"}


def test_a_folder_whose_name_only_begins_the_same_is_another(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick2").mkdir()
    with program("pass", cwd=tmp_path / "stick2"):
        assert holders(os.fsencode(tmp_path / "stick")) == ()


def test_a_program_is_named_as_people_know_it_and_once(tmp_path: Path) -> None:
    renamed = tmp_path / "soffice.bin"
    renamed.symlink_to(need("sleep"))
    stick = tmp_path / "stick"
    stick.mkdir()
    running = [subprocess.Popen([renamed, "1000"], cwd=stick) for _ in range(2)]
    try:
        assert programs(holders(os.fsencode(stick))) == "LibreOffice"
    finally:
        for process in running:
            process.kill()
            process.wait()


def test_a_long_name_is_told_whole_and_a_hostile_one_escaped(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name, told in (
        ("a-name-longer-than-fifteen", "a-name-longer-than-fifteen"),
        ("a\nb\x1b[2J", "a\\x0ab\\x1b[2J"),
    ):
        renamed = tmp_path / name
        renamed.symlink_to(need("sleep"))
        process = subprocess.Popen([renamed, "1000"], cwd=stick)
        try:
            assert programs(holders(os.fsencode(stick))) == told
        finally:
            process.kill()
            process.wait()


def test_what_another_user_holds_is_not_seen_by_an_ordinary_one(tmp_path: Path) -> None:
    with program("pass", cwd=tmp_path):
        assert as_nobody(lambda: holders(os.fsencode(tmp_path))) == ()
        assert len(holders(os.fsencode(tmp_path))) == 1


def test_on_a_real_stick_a_holder_keeps_it_mounted_until_it_lets_go(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, holding={"plan.odt": b"plan"}) as stick:
        with program(f"f = open('{stick.path}/plan.odt', 'rb')") as pid:
            assert [(one.pid, one.path) for one in holders(os.fsencode(stick.path))] == [(pid, b"plan.odt")]
            assert subprocess.run([need("umount"), stick.path], capture_output=True, check=False).returncode != 0
        assert holders(os.fsencode(stick.path)) == ()
