"""Promise 3: after each hand-off of a six-host relay, anyone can check everything without linksync."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from media import need

from linksync.demo.estafette import demo_hosts
from linksync.demo.world import World
from linksync.people.start_page import RECIPE_SH

HOSTS = demo_hosts()
VENV = Path(sys.executable).parent


def run(*command: str, cwd: Path, stdin: bytes = b"", code: int = 0) -> str:
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == code, f"{command}: {done.stdout.decode()}{done.stderr.decode()}"
    return done.stdout.decode()


def each_seal_holds(root: Path) -> int:
    """Every hand-off and relay version verifies with ``ssh-keygen -Y verify`` and ``sha256sum``; how many did."""
    signed = (*root.glob("linksync/relay/*/seal.sha256.sig"), *root.glob("linksync/handoffs/*/seal.sha256.sig"))
    seals = sorted(path.with_suffix("") for path in signed)
    for seal in seals:
        told = seal.read_text()
        is_relay = seal.parent.parent.name == "relay"
        own = seal.parent.name if is_relay else ""
        named = [number for number in re.findall(r"linksync/relay/([0-9]{4})/seal\.sha256", told) if number != own]
        signers = f"linksync/relay/{named[0] if named else own}/allowed_signers"
        holder = "ncsi" if is_relay else seal.parent.name[7:]
        space = "linksync-relay-v1" if is_relay else "linksync-handoff-v1"
        verify = ("-Y", "verify", "-f", signers, "-I", holder, "-n", space, "-s", f"{seal}.sig")
        run(need("ssh-keygen"), *verify, cwd=root, stdin=seal.read_bytes())
    return len(seals)


def listed_files_hold(root: Path, *lists: Path) -> None:
    for one in lists:
        run(need("sha256sum"), "--strict", "--quiet", "-c", str(one.relative_to(root)), cwd=root)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, list[Path]]:
    """A six-host relay, with the stick as it was after each hand-off, all of it archived."""
    root = tmp_path_factory.mktemp("relay")
    world = World.begin(root)
    world.prepare()
    kept = []
    for number, host in enumerate(HOSTS, start=1):
        world.visit()
        assert world.hand_over(host.id).problem is None
        world.sync(host.id)
        kept.append(root / f"after-{number}")
        shutil.copytree(world.stick, kept[-1])
    return world, kept


@pytest.mark.parametrize("stop", range(len(HOSTS)), ids=[host.id for host in HOSTS])
def test_after_a_hand_off_the_tools_of_strangers_find_everything_well(
    relay: tuple[World, list[Path]], stop: int
) -> None:
    stick = relay[1][stop]
    run(str(VENV / "bagit.py"), "--validate", "--quiet", str(stick), cwd=stick)
    assert each_seal_holds(stick) == stop + 3
    last = max(stick.glob("linksync/handoffs/*"))
    seals = sorted(stick.glob("linksync/*/*/seal.sha256"))
    listed_files_hold(stick, *seals, last / "state.sha256", stick / "manifest-sha256.txt")


def test_the_recipe_on_the_stick_itself_finds_everything_well(relay: tuple[World, list[Path]], tmp_path: Path) -> None:
    world, kept = relay
    told = (kept[-1] / "START-HIER.txt").read_text("utf-8")
    recipe = tmp_path / "nakijken.sh"
    recipe.write_text("\n".join(told.splitlines()[-RECIPE_SH.count("\n") :]) + "\n")
    assert "ALL IS WELL" in run("sh", str(recipe), str(kept[-1]), world.organiser, cwd=tmp_path)
    other = "SHA256:" + "A" * 43
    assert "the label says" in run("sh", str(recipe), str(kept[-1]), other, cwd=tmp_path, code=1)


def test_a_stick_that_was_in_a_mac_and_in_windows_is_still_well(
    relay: tuple[World, list[Path]], tmp_path: Path
) -> None:
    world, kept = relay
    stick = tmp_path / "stick"
    shutil.copytree(kept[-1], stick)
    for folder in (".fseventsd", ".Spotlight-V100", ".Trashes", ".Trash-1000", "$RECYCLE.BIN", "FOUND.000"):
        (stick / folder).mkdir()
        (stick / folder / "thing").write_bytes(b"of a system")
    recipe = tmp_path / "nakijken.sh"
    recipe.write_text(RECIPE_SH)
    assert "ALL IS WELL" in run("sh", str(recipe), str(stick), world.organiser, cwd=tmp_path)
    report = world.verify(stick=stick).report
    assert (report.exit, {found.code for found in report.findings}) == (0, {"W103"})


def test_linksync_says_the_same(relay: tuple[World, list[Path]]) -> None:
    world, kept = relay
    for stick in kept:
        report = world.verify(stick=stick).report
        assert (report.exit, report.findings) == (0, ())


def objects(world: World) -> list[Path]:
    return sorted(path.parent for path in (world.folder / "archive").rglob("0=ocfl_object_1.1"))


def test_every_object_of_the_archive_is_ocfl_and_checks_by_itself(relay: tuple[World, list[Path]]) -> None:
    world, _ = relay
    found = objects(world)
    assert len(found) == len(HOSTS) + 1
    for one in found:
        assert "is VALID" in run(str(VENV / "ocfl-validate.py"), str(one), cwd=one)
        inventory = json.loads((one / "inventory.json").read_bytes())
        assert inventory["head"] == "v1"
        content = one / "v1" / "content"
        assert each_seal_holds(content) == 2
        lists = [*content.glob("linksync/*/*/seal.sha256"), *content.glob("linksync/handoffs/*/added.sha256")]
        # the seal of the hand-off before is there alone, to check the chain
        listed_files_hold(content, *(one for one in lists if (one.parent / "seal.sha256.sig").exists()))
