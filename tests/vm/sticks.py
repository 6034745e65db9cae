"""Sticks as image files: made, written by visitors in the guest, and judged from outside, on this computer.

Four kinds, since both occur in shops: FAT and exFAT, on a partition or on the whole device.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from media import need, reading

LABEL = "SLIMMERLINK"
_PART = 1 << 20
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of stick.

    Attributes:
        fs: ``fat`` or ``exfat``.
        partitioned: the file system stands on the first partition, else on the whole device.
    """

    fs: str
    partitioned: bool

    @property
    def name(self) -> str:
        """What it is called in a report."""
        return f"{self.fs}-{'partition' if self.partitioned else 'whole'}"

    @property
    def offset(self) -> int:
        """Where the file system begins, in bytes."""
        return _PART if self.partitioned else 0


KINDS = tuple(Kind(fs=fs, partitioned=partitioned) for fs in ("fat", "exfat") for partitioned in (True, False))


def make(image: Path, kind: Kind, *, label: str = LABEL, megabytes: int = 96) -> None:
    """Make an empty stick.

    Args:
        image: the file, new or not.
        label: the volume's name; none where it is empty.
        megabytes: the size of its file system.
    """
    bare = image.with_suffix(".bare")
    _sized(bare, megabytes * _MIB)
    named = ["-n", label] if kind.fs == "fat" else ["-L", label]
    program = ["mkfs.vfat", "-F", "32", "-s", "1"] if kind.fs == "fat" else ["mkfs.exfat"]
    _run(*program, *(named if label else ()), str(bare))
    _sized(image, kind.offset + megabytes * _MIB)
    if kind.partitioned:
        table = f"label: dos\nstart={_PART // 512}, type={'c' if kind.fs == 'fat' else '7'}\n"
        _run("sfdisk", "--quiet", str(image), stdin=table)
    _copy(bare, image, to=kind.offset)
    bare.unlink()


def copy(image: Path, to: Path) -> Path:
    """A stick like another one, byte for byte; holes stay holes."""
    _run("cp", "--sparse=always", str(image), str(to))
    return to


def file_system(image: Path, kind: Kind, to: Path) -> Path:
    """The file system alone, as a file."""
    _copy(image, to, start=kind.offset)
    return to


def check(image: Path, kind: Kind) -> str:
    """What ``fsck`` finds, which repairs nothing; empty when all is well."""
    with tempfile.TemporaryDirectory() as folder:
        bare = file_system(image, kind, Path(folder, "bare"))
        program = "fsck.vfat" if kind.fs == "fat" else "fsck.exfat"
        done = subprocess.run([need(program), "-n", str(bare)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{program} {done.returncode}: {done.stdout.strip()} {done.stderr.strip()}"


@contextmanager
def opened(image: Path, kind: Kind) -> Iterator[Path]:
    """What stands on a stick, mounted read-only on this computer; the image stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        bare = file_system(image, kind, Path(folder, "bare"))
        if kind.fs == "fat":
            _run("fatlabel", "--reset", str(bare))  # fusefat lists a label as a file
        with reading(Path(folder), bare, kind.fs) as place:
            yield place


def place_of(image: Path, content: bytes) -> int:
    """The first sector, of 512 bytes, of something that stands on a stick.

    Raises:
        ValueError: it does not stand there in one piece, at the start of a sector.
    """
    at = image.read_bytes().find(content)
    if at < 0 or at % 512:
        raise ValueError(f"{image.name} does not hold it at the start of a sector: {at}")
    return at // 512


def _sized(path: Path, size: int) -> None:
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        os.truncate(file.fileno(), size)


def _copy(source: Path, target: Path, *, start: int = 0, to: int = 0) -> None:
    """Copy a file's bytes from one place to a place in another; zeros stay holes."""
    with open(source, "rb") as reading_from, open(target, "r+b" if target.exists() else "w+b") as writing_to:
        reading_from.seek(start)
        for at in range(to, to + os.path.getsize(source) - start, _MIB):
            piece = reading_from.read(_MIB)
            if piece.strip(b"\0"):
                writing_to.seek(at)
                writing_to.write(piece)
        writing_to.truncate(max(os.path.getsize(target), to + os.path.getsize(source) - start))


def _run(program: str, *arguments: str, stdin: str = "") -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [need(program), *arguments], check=True, capture_output=True, env=environment, input=stdin, text=True
    )
