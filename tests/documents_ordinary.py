"""Hundreds of ordinary documents, as offices have them: letters, sheets, slides, their PDFs, and pictures.

Made by LibreOffice and ffmpeg from a vocabulary, the same for the same count, once for a state of these programs; kept
in pytest's cache. Nothing in them is odd: what screening says of them is a false alarm.
"""

import fcntl
import hashlib
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from documents_flat import DUTCH, ENGLISH, Telling, flat_sheets, flat_slides, flat_text
from documents_office import Order, run_office
from media import need

_FORMATS = {
    "brief": (
        ("odt", "writer8"),
        ("docx", "MS Word 2007 XML"),
        ("doc", "MS Word 97"),
        ("rtf", "Rich Text Format"),
        ("pdf", "writer_pdf_Export"),
    ),
    "cijfers": (
        ("ods", "calc8"),
        ("xlsx", "Calc MS Excel 2007 XML"),
        ("xls", "MS Excel 97"),
        ("pdf", "calc_pdf_Export"),
    ),
    "dia's": (
        ("odp", "impress8"),
        ("pptx", "Impress MS PowerPoint 2007 XML"),
        ("ppt", "MS PowerPoint 97"),
        ("pdf", "impress_pdf_Export"),
    ),
}
_SOURCES = {"brief": (flat_text, "fodt"), "cijfers": (flat_sheets, "fods"), "dia's": (flat_slides, "fodp")}
_PICTURES = ("jpg", "png", "gif", "tif", "webp", "bmp")
_AT_ONCE = 5
"""Tellings in one run of LibreOffice, which has two minutes, on however busy a computer."""
PER_TELLING = sum(map(len, _FORMATS.values())) + 2
"""Files of each telling: every format, and two pictures."""


def ordinary(tellings: int) -> Path:
    """The folder with ``PER_TELLING`` files for each of so many tellings; nobody may change what stands in it."""
    kept = Path(__file__).resolve().parent.parent / ".pytest_cache" / "ordinary"
    kept.mkdir(parents=True, exist_ok=True)
    made = kept / f"{_state()}-{tellings}"
    with open(kept / "lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():
            with tempfile.TemporaryDirectory() as room:
                target = Path(room) / "made"
                target.mkdir()
                for first in range(0, tellings, _AT_ONCE):
                    _make(Path(room) / f"run-{first}", target, range(first, min(first + _AT_ONCE, tellings)))
                shutil.copytree(target, kept / "half", dirs_exist_ok=True)
            (kept / "half").rename(made)
    return made


def _state() -> str:
    state = hashlib.sha256()
    for name in (Path(__file__).name, "documents_flat.py", "documents_office.py"):
        state.update((Path(__file__).parent / name).read_bytes())
    for program in ("soffice", "ffmpeg"):
        state.update(b"%d" % Path(need(program)).resolve().stat().st_size)
    return state.hexdigest()[:16]


def _make(room: Path, target: Path, numbers: range) -> None:
    (room / "office").mkdir(parents=True)
    run_office(list(_orders(room, target, numbers)), room / "office")
    for number in numbers:
        _pictures(target, number)


def _orders(room: Path, target: Path, numbers: range) -> Iterator[Order]:
    for number in numbers:
        for kind, formats in _FORMATS.items():
            make, ending = _SOURCES[kind]
            source = room / f"{kind[:3]}-{number}.{ending}"
            source.write_text(make(_telling(number)), "utf-8")
            for end, export in formats:
                yield Order(source=source, target=target / f"{kind[:3]} {number:03}.{end}", export=export)


def _telling(number: int) -> Telling:
    """Something to tell, from a few words to a few pages."""
    chance = random.Random(number)
    told = (DUTCH, ENGLISH)[number % 2]
    words = " ".join(told.sentences).replace(".", "").replace(",", "").lower().split()
    sentences = tuple(
        " ".join(chance.choices(words, k=chance.randint(4, 30))).capitalize() + "."
        for _ in range(chance.choice((3, 10, 40, 200)))
    )
    more = tuple((word, str(chance.randint(1, 999))) for word in chance.choices(words, k=chance.choice((1, 30, 120))))
    return replace(told, title=f"{told.title} {number}", sentences=sentences, cells=(*told.cells[:2], *more))


def _pictures(target: Path, number: int) -> None:
    """Two pictures, of a size and a kind that differ from one to the next."""
    size = f"{160 + 40 * (number % 30)}x{120 + 30 * (number % 20)}"
    names = [f"foto {number:03}.{end}" for end in random.Random(number).sample(_PICTURES, 2)]
    source = ("-f", "lavfi", "-i", f"mandelbrot=size={size}:start_scale={1 + number % 7}")
    outputs = [part for name in names for part in ("-frames:v", "1", str(target / name))]
    subprocess.run(
        [need("ffmpeg"), "-loglevel", "error", "-y", *source, *outputs], check=True, stdin=subprocess.DEVNULL
    )
