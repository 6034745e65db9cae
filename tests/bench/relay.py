"""A Link with a set on it, and the commands of linksync as a host types them."""

import shutil
import subprocess
import sys
from pathlib import Path

from linksync.demo.keys import write_key_file
from linksync.demo.world import World

LINKSYNC = str(Path(sys.executable).parent / "linksync")
HOST, NEXT = "gemeente-groningen", "bibliotheek-leeuwarden"


def link_with(folder: Path, files: Path | None) -> World:
    """A prepared Link in a new folder, with a set in ``data/`` that no hand-off has seen yet."""
    shutil.rmtree(folder, ignore_errors=True)
    world = World.begin(folder)
    world.prepare()
    if files is not None:
        subprocess.run(["cp", "-r", f"{files}/.", str(world.stick / "data")], check=True)
    for holder in (HOST, NEXT):
        write_key_file(folder / f"{holder}.key", holder)
    return world


def handoff(world: World, state: Path, *, holder: str = HOST, archive: Path | None = None) -> list[str]:
    """The command line of a hand-off."""
    key = world.folder / f"{holder}.key"
    command = [LINKSYNC, "handoff", str(world.stick), "--as", holder, "--key", str(key), "--json"]
    command += ["--organiser", world.organiser, "--state", str(state)]
    return command + (["--archive", str(archive)] if archive else [])


def verify(world: World, state: Path) -> list[str]:
    """The command line of a verification."""
    return [LINKSYNC, "verify", str(world.stick), "--organiser", world.organiser, "--state", str(state), "--json"]
