"""Real documents of every format, made by the programs that people make them with, whose content is known.

LibreOffice makes the office documents in one run, ffmpeg and exiftool the pictures, sound and film. All are made once
for one state of these programs and makers, and kept in pytest's cache; the first test that asks makes them, in one of
xdist's processes, while the others wait for it.

``NAMES`` is known without making anything, so that tests can be parametrised with it; ``document(name)`` gives the
file.
"""

import fcntl
import functools
import hashlib
import shutil
import tempfile
import time
from pathlib import Path

import documents_media
import documents_text
from documents_flat import DUTCH, ENGLISH, TELLINGS, Telling, flat_sheets, flat_slides, flat_text
from documents_office import Order, run_office
from media import need

__all__ = ["DUTCH", "ENGLISH", "LOCKED", "NAMES", "PASSWORD", "TELLINGS", "document", "folder"]

PASSWORD = "slimmer"  # noqa: S105 - what opens the documents of LOCKED
_CSV = "59,34,76,1"
_LETTERS = {
    "odt": ("writer8", ""),
    "ott": ("writer8_template", ""),
    "docx": ("MS Word 2007 XML", ""),
    "dotx": ("MS Word 2007 XML Template", ""),
    "doc": ("MS Word 97", ""),
    "rtf": ("Rich Text Format", ""),
    "pdf": ("writer_pdf_Export", ""),
    "html": ("HTML (StarWriter)", ""),
    "xhtml": ("XHTML Writer File", ""),
    "txt": ("Text (encoded)", "UTF8,CRLF,,,"),
    "epub": ("EPUB", ""),
}
_SHEETS = {
    "ods": ("calc8", ""),
    "xlsx": ("Calc MS Excel 2007 XML", ""),
    "xls": ("MS Excel 97", ""),
    "csv": ("Text - txt - csv (StarCalc)", _CSV),
    "html": ("HTML (StarCalc)", ""),
    "pdf": ("calc_pdf_Export", ""),
}
_SLIDES = {
    "odp": ("impress8", ""),
    "pptx": ("Impress MS PowerPoint 2007 XML", ""),
    "ppsx": ("Impress MS PowerPoint 2007 XML AutoPlay", ""),
    "ppt": ("MS PowerPoint 97", ""),
    "pdf": ("impress_pdf_Export", ""),
    "png": ("impress_png_Export", ""),
    "svg": ("impress_svg_Export", ""),
}
_KINDS = {"letter": _LETTERS, "sheets": _SHEETS, "slides": _SLIDES}
_LONG = ("odt", "docx", "pdf", "rtf")
_LOCKED = ("odt", "docx", "pdf", "doc")
LOCKED = tuple(f"locked-nl.{ending}" for ending in _LOCKED)
"""Documents that ask for ``PASSWORD``."""

OFFICE = (
    *(f"{kind}-{language}.{ending}" for kind, endings in _KINDS.items() for language in TELLINGS for ending in endings),
    *(f"long-nl.{ending}" for ending in _LONG),
    *LOCKED,
)
NAMES: tuple[str, ...] = (
    *OFFICE,
    *documents_text.TEXTS,
    *documents_text.TABLES,
    *documents_text.MARKDOWN,
    *documents_text.PAGES,
    *documents_text.MAILS,
    *documents_media.PICTURES,
    *documents_media.CAMERA,
    *documents_media.SOUNDS,
    *documents_media.FILMS,
)
"""The names of all documents; ``-nl`` says what ``DUTCH`` does, ``-en`` what ``ENGLISH`` does."""


def document(name: str) -> Path:
    """The file of that name; nobody may change it."""
    if name not in NAMES:
        raise ValueError(f"{name} is not made here")
    return folder() / name


@functools.cache
def folder() -> Path:
    """The folder with all of ``NAMES``; made by whoever comes first. Nobody may change what stands in it."""
    kept = Path(__file__).resolve().parent.parent / ".pytest_cache" / "documents"
    kept.mkdir(parents=True, exist_ok=True)
    made = kept / _state()
    with open(kept / "lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():
            _clear(kept)
            with tempfile.TemporaryDirectory() as room:
                _make(Path(room))
                shutil.copytree(Path(room) / "made", kept / "half")
            (kept / "half").rename(made)
    return made


def _clear(kept: Path) -> None:
    """Remove what was left half made, and what nobody has made anew for a day; another session may read the rest."""
    shutil.rmtree(kept / "half", ignore_errors=True)
    for old in kept.glob("made-*"):
        if old.stat().st_mtime < time.time() - 86_400:
            shutil.rmtree(old)


def _state() -> str:
    """What the documents follow from: these makers and the programs they call."""
    state = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("documents*.py")):
        state.update(path.read_bytes())
    for program in ("soffice", "ffmpeg", "exiftool"):
        found = Path(need(program)).resolve().stat()
        state.update(b"%d %d" % (found.st_size, found.st_mtime_ns))
    return f"made-{state.hexdigest()[:16]}"


def _make(room: Path) -> None:
    made, sources, office = (room / name for name in ("made", "sources", "office"))
    for path in (made, sources, office):
        path.mkdir()
    run_office(_orders(sources, made), office)
    documents_media.make_media(made)
    documents_text.make_texts(made)
    missing = [name for name in NAMES if not (made / name).is_file() or not (made / name).stat().st_size]
    if missing:
        raise RuntimeError(f"not made: {missing}")


def _orders(sources: Path, made: Path) -> list[Order]:
    orders = []
    for language, told in TELLINGS.items():
        for kind, endings in _KINDS.items():
            source = _source(sources, kind, told)
            for ending, (export, options) in endings.items():
                target = made / f"{kind}-{language}.{ending}"
                orders.append(Order(source=source, target=target, export=export, options=options))
    long = sources / "long.fodt"
    long.write_text(flat_text(DUTCH, times=200), "utf-8")
    orders += [Order(source=long, target=made / f"long-nl.{kind}", export=_LETTERS[kind][0]) for kind in _LONG]
    locked = _source(sources, "letter", DUTCH)
    for kind in _LOCKED:
        target = made / f"locked-nl.{kind}"
        orders.append(Order(source=locked, target=target, export=_LETTERS[kind][0], password=PASSWORD))
    return orders


def _source(folder: Path, kind: str, told: Telling) -> Path:
    make, ending = {
        "letter": (flat_text, "fodt"),
        "sheets": (flat_sheets, "fods"),
        "slides": (flat_slides, "fodp"),
    }[kind]
    source = folder / f"{kind}-{told.language}.{ending}"
    source.write_text(make(told), "utf-8")
    return source
