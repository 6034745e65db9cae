"""What tests of sticks and hosts have in common: a Link to play with, what stands on it, what is found there."""

import hashlib
import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

from linksync.demo.world import World
from linksync.stick.medium import Medium
from linksync.stick.tree import Tree, list_tree
from linksync.stick.verify import Verdict

FIRST, SECOND, THIRD = "gemeente-groningen", "bibliotheek-leeuwarden", "gemeente-assen"


def put(stick: Path, files: Mapping[str, bytes] | Mapping[bytes, bytes]) -> None:
    """Put files on a stick, as a visitor does."""
    for name, data in files.items():
        path = os.path.join(os.fsencode(stick), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def a_link(
    folder: Path, files: Mapping[str, bytes] | Mapping[bytes, bytes] | None = None, *, stick: Path | None = None
) -> World:
    """A Link that was prepared, and handed over once by the first host with these files."""
    world = World.begin(folder, stick=stick)
    world.prepare()
    put(world.stick, files or {"data/Bakkerij/idee.txt": b"een idee"})
    outcome = world.hand_over(FIRST)
    assert outcome.problem is None
    return world


def copy_of(world: World, folder: Path) -> World:
    """The same world elsewhere, to be broken."""
    shutil.copytree(world.folder, folder, symlinks=True)
    return World(
        folder=folder,
        stick=folder / world.stick.relative_to(world.folder),
        relays=world.relays,
        page=world.page,
        time=world.time,
    )


def codes(verdict: Verdict) -> list[tuple[str, str]]:
    """Code and path of every finding that is no note."""
    return [(one.code, one.path) for one in verdict.report.findings if one.exit]


def notes(verdict: Verdict) -> list[tuple[str, str]]:
    """Code and path of every note."""
    return [(one.code, one.path) for one in verdict.report.findings if not one.exit]


def everything(root: Path) -> dict[str, tuple[int, int, str]]:
    """Everything that stands in a folder: path to mode, time of change, and hash or target."""
    found = {}
    for path in sorted(root.rglob("*")):
        told = path.lstat()
        held = os.readlink(path) if path.is_symlink() else ""
        if not held and path.is_file():
            held = hashlib.sha256(path.read_bytes()).hexdigest()
        found[str(path.relative_to(root))] = (told.st_mode, told.st_mtime_ns, held)
    return found


def people_files(root: Path) -> dict[str, str]:
    """Every plain file that is not linksync's own, with its hash."""
    ours = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"}
    return {
        name: held
        for name, (_, _, held) in everything(root).items()
        if held and not name.startswith(("linksync/", "START-HIER.")) and name not in ours
    }


def tree_of(stick: Path) -> Tree:
    """The listing of a folder."""
    with Medium.open(stick) as medium:
        return list_tree(medium)


def open_descriptors() -> int:
    """How many descriptors this process holds."""
    return len(os.listdir("/proc/self/fd"))


def children() -> list[str]:
    """The processes that this thread has started and that have not been waited for."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()


def resident() -> int:
    """How many bytes of memory this process takes."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
