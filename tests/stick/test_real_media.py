"""A relay of three hand-offs on FAT, exFAT and ext4, judged by linksync and by the tools of strangers."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from media import Stick, exfat_stick, ext4_stick, fat_stick, need, remount, remount_readonly
from played import FIRST, SECOND, THIRD, codes, everything, notes, people_files, put

from linksync.demo.world import World
from linksync.people.start_page import RECIPE_SH

MakeStick = Callable[..., AbstractContextManager[Stick]]
MEDIA = pytest.mark.parametrize("make", [fat_stick, exfat_stick, ext4_stick])
YES = b"Titel: Een idee\nMag iedereen dit zien? ja\n"
HELD = {
    "Bakkerij De Ooievaar/idée met ruimte & 100%.txt": "een idée".encode(),
    "Bakkerij De Ooievaar/cafe\u0301.txt": b"decomposed",
}


def run(*command: str, cwd: Path, code: int = 0) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == code, f"{command}: {done.stdout.decode()}{done.stderr.decode()}"
    return done.stdout.decode()


def strangers_agree(stick: Path, world: World, tmp_path: Path) -> None:
    """The recipe, ``sha256sum`` and ``bagit.py`` find everything well."""
    recipe = tmp_path / "nakijken.sh"
    recipe.write_text(RECIPE_SH)
    assert "ALL IS WELL" in run("sh", str(recipe), str(stick), world.organiser, cwd=tmp_path)
    last = max(stick.glob("linksync/handoffs/*"))
    lists = [*stick.glob("linksync/*/*/seal.sha256"), last / "state.sha256", stick / "manifest-sha256.txt"]
    for one in lists:
        run(need("sha256sum"), "--strict", "--quiet", "-c", str(one.relative_to(stick)), cwd=stick)
    run(str(Path(sys.executable).parent / "bagit.py"), "--validate", "--quiet", str(stick), cwd=tmp_path)


@MEDIA
def test_a_relay_of_three_hand_offs_holds_for_everybody(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path, megabytes=32, holding=HELD) as stick:
        world = World.begin(tmp_path / "w", stick=stick.path)
        assert world.prepare().files == 2
        for number, holder in enumerate((FIRST, SECOND, THIRD)):
            put(stick.path, {f"data/stop {number}/plan.txt": b"%d" % number, f"data/stop {number}/KAART.txt": YES})
            (stick.path / "data" / "groot.bin").unlink(missing_ok=True)  # fusefat truncates no file
            put(stick.path, {"data/groot.bin": os.urandom(1_500_000)})
            people = people_files(stick.path)
            outcome = world.hand_over(holder)
            assert (outcome.problem, outcome.unwritten) == (None, ())
            remount(stick)
            assert people_files(stick.path) == people
            assert (world.verify(holder).report.exit, codes(world.verify())) == (0, [])
            strangers_agree(stick.path, world, tmp_path)
        assert notes(world.verify()) == ([("W103", "lost+found")] if stick.kind == "ext4" else [])


@MEDIA
def test_the_same_holder_with_nothing_new_writes_nothing_on_any_medium(make: MakeStick, tmp_path: Path) -> None:
    with make(tmp_path, megabytes=32) as stick:
        world = World.begin(tmp_path / "w", stick=stick.path)
        world.prepare()
        put(stick.path, {"data/A/a.txt": b"a"})
        world.hand_over(FIRST)
        remount(stick)
        before = everything(stick.path)
        assert world.hand_over(FIRST).folder == ""
        remount(stick)
        assert everything(stick.path) == before


@MEDIA
def test_verifying_a_stick_that_may_only_be_read_leaves_every_byte_of_it_as_it_was(
    make: MakeStick, tmp_path: Path
) -> None:
    with make(tmp_path, megabytes=32) as stick:
        world = World.begin(tmp_path / "w", stick=stick.path)
        world.prepare()
        put(stick.path, {"data/A/a.txt": b"a"})
        world.hand_over(FIRST)
        remount_readonly(stick)
        assert stick.image is not None
        before = stick.image.read_bytes()
        assert world.verify(FIRST).report.exit == 0
        assert stick.image.read_bytes() == before


def test_names_that_only_exfat_and_ext4_can_carry_are_handed_over(tmp_path: Path) -> None:
    names = ["naam met accent é.txt", "日本語.txt", "emoji 🧁.txt", "Ünïcödé & 100%.txt", "x" * 200 + ".txt", "..foo"]
    for make in (exfat_stick, ext4_stick):
        with make(tmp_path, megabytes=32) as stick:
            world = World.begin(tmp_path / stick.kind, stick=stick.path)
            world.prepare()
            put(stick.path, {f"data/{name}": name.encode() for name in names})
            assert len(world.hand_over(FIRST).intake.taken) == len(names)
            remount(stick)
            assert world.verify(FIRST).report.exit == 0
            strangers_agree(stick.path, world, tmp_path)


def test_everything_that_can_stand_on_ext4_at_once_is_accounted_for(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=32) as stick:
        world = World.begin(tmp_path / "w", stick=stick.path)
        world.prepare()
        put(stick.path, {b"data/\xff\xfe": b"1", b"data/a\nb": b"2", b"data/A.txt": b"3", b"data/a.txt": b"4"})
        (stick.path / "data" / "link").symlink_to("/etc/passwd")
        os.mkfifo(stick.path / "data" / "fifo")
        os.mknod(stick.path / "data" / "device", 0o60600, os.makedev(7, 250))
        with open(stick.path / "data" / "sparse", "wb") as file:
            file.truncate(100 << 20)
        outcome = world.hand_over(FIRST)
        taken = {b"data/\xff\xfe", b"data/A.txt", b"data/a.txt", b"data/sparse"}
        assert set(outcome.intake.taken) == taken
        assert set(outcome.intake.tree.special) == {b"data/link", b"data/fifo", b"data/device"}
        remount(stick)
        found = world.verify(FIRST)
        assert codes(found) == [("E401", "data/sparse")], "nothing but zeros is held, and all else is well"
        assert {code for code, _ in notes(found)} == {"W103", "W107", "W108", "W111"}
