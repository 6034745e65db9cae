"""The test vectors as they stand in ``manifests/``: laid out on disk and judged, by nothing but their own pages."""

import importlib.util
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from linksync.custody import names
from linksync.custody.history import NOTHING
from linksync.custody.memory import Memory, Seen
from linksync.custody.report import Report
from linksync.custody.roster import read_roster
from linksync.custody.seal import RawFolder
from linksync.custody.strict_yaml import load
from linksync.stick.medium import Medium
from linksync.stick.records import read_records
from linksync.stick.verify import Trust, verify

MANIFESTS = Path(__file__).resolve().parent.parent / "manifests"
VECTORS = sorted((MANIFESTS / "vectors").iterdir())
SOUND = [folder for folder in VECTORS if folder.name.startswith("OK_")]


@cache
def maker() -> ModuleType:
    """``manifests/make.py`` as a module."""
    spec = importlib.util.spec_from_file_location("make", MANIFESTS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def relay_folders(root: Path) -> tuple[RawFolder, ...]:
    """The relay versions in a folder, as on a stick."""
    with Medium.open(root) as medium:
        return read_records(medium).relays


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector: its folder, its page, and the stick laid out in ``stick``."""

    folder: Path
    page: dict[str, Any]
    stick: Path

    @property
    def trust(self) -> Trust:
        seen = frozenset(Seen(**one) for one in self.page["memory"]["seen"])
        memory = Memory(seen=seen, relay=self.page["memory"]["relay"])
        known = self.folder / "known"
        roster = read_roster(relay_folders(known))[0] if known.is_dir() else NOTHING
        return Trust(organiser=lambda _: self.page["organiser"], memory=lambda _: memory, known=lambda _: roster)

    def judge(self) -> Report:
        with Medium.open(self.stick) as medium:
            return verify(medium, self.trust, quick=self.page["quick"]).report


def lay_out(folder: Path, tmp: Path) -> Vector:
    """Copy a vector's stick, and make on it what git cannot carry."""
    page: Any = load((folder / "vector.yaml").read_bytes())
    stick = tmp / "stick"
    stick.mkdir()
    if (folder / "stick").is_dir():
        shutil.copytree(folder / "stick", stick, dirs_exist_ok=True)
    for odd in page["also"]:
        path = bytes(stick) + b"/" + names.unescape(odd["path"])
        Path(path.decode("utf-8", "surrogateescape")).parent.mkdir(parents=True, exist_ok=True)
        _make(path, odd)
    return Vector(folder, page, stick)


def _make(path: bytes, odd: dict[str, Any]) -> None:
    place = Path(path.decode("utf-8", "surrogateescape"))
    if "link" in odd:
        place.symlink_to(names.unescape(odd["link"]).decode())
    elif "repeat" in odd:
        place.write_bytes(odd["repeat"].encode() * odd["times"])
    else:
        place.write_bytes(bytes.fromhex(odd["hex"]))
