"""The three sets of files, the same on every computer for the same scale."""

import random
from pathlib import Path

KIB, MIB, GIB = 1024, 1024**2, 1024**3
DUPLICATES = 0.2


def make(folder: Path, name: str, scale: float) -> Path:
    """A set in a folder of its own, made once: ``S``, ``M`` or ``L``."""
    place = folder / f"set-{name}-{scale}"
    done = place.with_name(f"{place.name}.done")
    if not done.exists():
        sizes = {"S": _small, "M": _office, "L": _large}[name](random.Random(name), scale)
        _write(place, sizes, random.Random(f"content {name}"))
        done.touch()
    return place


def total(folder: Path) -> tuple[int, int]:
    """Files and bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def _small(chance: random.Random, scale: float) -> list[int]:
    return [chance.randint(KIB, 16 * KIB) for _ in range(max(10, int(50_000 * scale)))]


def _office(chance: random.Random, scale: float) -> list[int]:
    count = max(10, int(5_000 * scale))
    return [min(20 * MIB, max(10 * KIB, int(chance.lognormvariate(12.6, 1.4)))) for _ in range(count)]


def _large(_chance: random.Random, scale: float) -> list[int]:
    return [int(GIB * scale)] * 4


def _write(place: Path, sizes: list[int], chance: random.Random) -> None:
    kept: list[Path] = []
    for number, size in enumerate(sizes):
        folder = place / f"Organisatie {number // 250:03}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"Verslag {number:05} - café & co.docx"
        if kept and size > 16 * KIB and chance.random() < DUPLICATES and len(sizes) > 4:
            path.write_bytes(chance.choice(kept).read_bytes())
        else:
            with path.open("wb") as file:
                file.write(b"\1")  # by chance one in 65,536 would begin as a program does, and be refused
                for at in range(1, size, 16 * MIB):
                    file.write(chance.randbytes(min(16 * MIB, size - at)))
        if len(kept) < 50:
            kept.append(path)
