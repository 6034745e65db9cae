"""Who holds a mounted stick open: the programs that keep it from being taken out, and those that write on it.

From ``/proc``: open files, working folder, root and mapped files. Only links are read, nothing on the stick is touched,
so a stick that hangs cannot hang this. An ordinary user sees only his own programs: an empty answer means "none that
can be seen", and people are told of "another program".
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from linksync.custody import names

_PROC = "/proc"
_NAMED = {
    "soffice.bin": "LibreOffice",
    "nautilus": "Files",
    "nemo": "Files",
    "thunar": "Files",
    "dolphin": "Dolphin",
    "evince": "Document Viewer",
    "vlc": "VLC",
    "firefox-bin": "Firefox",
}
"""What people know a program by, where its file is called otherwise."""
_WRITING = os.O_WRONLY | os.O_RDWR
_GONE = b" (deleted)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A program that holds something of a stick open.

    Attributes:
        pid: its number.
        program: its name, as people know it; escaped.
        path: what it holds, raw bytes, from the mount's root; b"" for the root itself.
        writing: whether it may write to it.
    """

    pid: int
    program: str
    path: bytes
    writing: bool = False


def holders(mount: bytes, *, mapped: bool = True) -> tuple[Holder, ...]:
    """Everything that programs hold open below a mount point, as far as this user may see.

    Args:
        mount: the mount point, raw bytes, absolute.
        mapped: look for files mapped into memory too, which is slower.
    """
    below = mount.rstrip(b"/") + b"/"
    found = []
    for pid in _processes():
        held = [*_opened(pid, below), *_standing(pid, below), *(_mapped(pid, below) if mapped else ())]
        if held:
            program = _program(pid)
            found += [Holder(pid=pid, program=program, path=path, writing=writing) for path, writing in held]
    return tuple(found)


def written(mount: bytes) -> frozenset[bytes]:
    """The files below a mount point that a program has open for writing; paths from the mount's root."""
    return frozenset(holder.path for holder in holders(mount, mapped=False) if holder.writing)


def programs(held: tuple[Holder, ...]) -> str:
    """The names of the programs, each once, as they stand in a sentence: ``LibreOffice, bash``; "" for none."""
    return ", ".join(dict.fromkeys(holder.program for holder in held))


def _processes() -> Iterator[int]:
    try:
        listed = os.listdir(_PROC)
    except OSError:
        return
    yield from (int(name) for name in listed if name.isdigit())


def _opened(pid: int, below: bytes) -> Iterator[tuple[bytes, bool]]:
    folder = f"{_PROC}/{pid}/fd"
    try:
        listed = os.listdir(folder)
    except OSError:
        return
    for name in listed:
        path = _link(f"{folder}/{name}", below)
        if path is not None:
            yield path, _is_writing(pid, name)


def _standing(pid: int, below: bytes) -> Iterator[tuple[bytes, bool]]:
    for name in ("cwd", "root", "exe"):
        path = _link(f"{_PROC}/{pid}/{name}", below)
        if path is not None:
            yield path, False


def _mapped(pid: int, below: bytes) -> Iterator[tuple[bytes, bool]]:
    try:
        with open(f"{_PROC}/{pid}/maps", "rb") as file:
            table = file.read()
    except OSError:
        return
    if below in table:
        pattern = re.compile(rb"^(?:\S+ +){5}" + re.escape(below) + rb"([^\n]*)$", re.MULTILINE)
        for path in dict.fromkeys(match[1] for match in pattern.finditer(table)):
            yield path.removesuffix(_GONE), False


def _link(link: str, below: bytes) -> bytes | None:
    """Where a link of ``/proc`` leads, from the mount's root; None where it leads elsewhere."""
    try:
        target = os.readlink(os.fsencode(link))
    except OSError:
        return None
    if target == below[:-1]:
        return b""
    return target[len(below) :].removesuffix(_GONE) if target.startswith(below) else None


def _is_writing(pid: int, descriptor: str) -> bool:
    try:
        with open(f"{_PROC}/{pid}/fdinfo/{descriptor}", "rb") as file:
            flags = re.search(rb"^flags:\s*([0-7]+)$", file.read(4096), re.MULTILINE)
    except OSError:
        return False
    return flags is not None and bool(int(flags[1], 8) & _WRITING)


def _program(pid: int) -> str:
    """What a program is called: its file's name, else what the kernel calls it, which is cut at 15 letters."""
    name = _first_word(pid) or _comm(pid) or b"?"
    told = names.escape(name)
    return _NAMED.get(told, told)


def _first_word(pid: int) -> bytes:
    comm = _comm(pid)
    try:
        with open(f"{_PROC}/{pid}/cmdline", "rb") as file:
            first = os.path.basename(file.read(4096).split(b"\0")[0])
    except OSError:
        return b""
    return first if len(comm) == 15 and first.startswith(comm) else b""


def _comm(pid: int) -> bytes:
    try:
        with open(f"{_PROC}/{pid}/comm", "rb") as file:
            return file.read(64).strip()
    except OSError:
        return b""
