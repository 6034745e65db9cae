"""Screening: every rule put to a file, and what they say of it; which class follows is the law's (custody/screening).

A file is looked at where it lies: identified by content, checked to be whole, its lists and a few of its parts read
under budgets. Nothing is unpacked to disk, nothing is run. It runs in a limited process of its own (``work``): whatever
a file does to that, only that file is not screened.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from linksync.knowledge import (
    flaws,
    rules_archives,
    rules_names,
    rules_office,
    rules_ole,
    rules_pdf,
    rules_pointers,
    rules_programs,
    rules_shape,
    rules_text,
)
from linksync.knowledge.contained import Room, contained
from linksync.knowledge.identify import identified
from linksync.knowledge.identity import Family
from linksync.knowledge.ole2 import MAGIC as OLE2
from linksync.knowledge.sample import Sample
from linksync.knowledge.subject import Subject
from linksync.knowledge.whole import flawed

IMPORTS_LATER = (
    "cryptography.hazmat.primitives.ciphers",
    "cryptography.hazmat.primitives.ciphers.algorithms",
    "cryptography.hazmat.primitives.ciphers.modes",
)
"""Of a PDF that is locked in the newest way; see ``machine.limited``."""

Rule: TypeAlias = Callable[[Subject], str | Iterable[str] | None]
"""One thing that is looked for: its code, several, or None."""

_ALWAYS: tuple[Rule, ...] = (
    rules_programs.program,
    rules_programs.autorun,
    rules_programs.disk_image,
    rules_pointers.stub,
    rules_pointers.empty,
    rules_pointers.folder_settings,
    rules_shape.wrong_extension,
    rules_shape.polyglot,
    rules_shape.blank,
    rules_text.table,
    rules_text.picture,
    rules_text.macro_text,
)
_ZIPPED: tuple[Rule, ...] = (
    rules_archives.archive_path,
    rules_office.macros,
    rules_office.dde,
    rules_office.remote_content,
    rules_office.embedded,
)
_COMPOUND: tuple[Rule, ...] = (rules_ole.macros, rules_ole.dde, rules_ole.embedded)
_FLAT = tuple(
    f"application/vnd.oasis.opendocument.{kind}-flat-xml"
    for kind in ("text", "spreadsheet", "presentation", "graphics")
)
_BY_TYPE: dict[str, tuple[Rule, ...]] = {
    "application/pdf": (rules_pdf.active,),
    **dict.fromkeys(_FLAT, (rules_office.flat,)),
    "application/rtf": (rules_text.rich_text,),
}
_BY_FAMILY: dict[Family, tuple[Rule, ...]] = {
    Family.ARCHIVE: (rules_archives.archive_program, rules_archives.archive_path),
    Family.WEB: (rules_text.page,),
    Family.MAIL: (rules_text.mail,),
}

FLAW_CODES: dict[str, str] = {
    flaws.TRUNCATED: "truncated",
    flaws.CORRUPT: "corrupt",
    flaws.ENCRYPTED: "encrypted",
    flaws.CONTRADICTORY: "contradictory",
    flaws.APPENDED: "polyglot",
    flaws.EXTERNAL: "remote-content",
    flaws.BOMB_OVERLAP: "bomb",
    flaws.BOMB_ENTITIES: "bomb",
    flaws.BOMB_DEPTH: "bomb",
    flaws.BOMB_BYTES: "oversized",
    flaws.BOMB_RATIO: "oversized",
    flaws.BOMB_ENTRIES: "oversized",
    flaws.BOMB_PIXELS: "oversized",
    flaws.BOMB_STREAMS: "oversized",
}
"""What is wrong with a file's own bytes, as people are told it: what only a bomb does is one, what a large document may
do too waits to be judged."""


_DEEPEST = 3
"""Files in files in files that are looked into."""

_RUNS = frozenset(
    {
        "program",
        "script",
        "autorun",
        "shortcut-command",
        "malware",
        "dde-command",
        "pdf-launch",
        "embedded-program",
    }
)
_TOLD_OF_INNER = frozenset(
    {
        "archive-program",
        "archive-path",
        "bomb",
        "contradictory",
        "dde",
        "disk-image",
        "encrypted",
        "macros",
        "not-screened",
        "oversized",
        "pdf-script",
        "polyglot",
        "remote-content",
        "rtf-object",
    }
)
"""What is as true of the file in which another stands: what is cut, empty or oddly called in there does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What screening says of a file.

    Attributes:
        codes: of ``custody.screening.CODES``, in order of the alphabet.
        inside: bytes of the largest file in it, unpacked, where it is an archive.
    """

    media_type: str
    pronom: str
    codes: tuple[str, ...]
    inside: int = 0


def screen(file: BinaryIO, size: int, path: bytes) -> Screened:
    """Put every rule to a file.

    Args:
        file: open for reading, seekable.
        size: its bytes.
        path: as it stands on the stick, for what its name says.

    Raises:
        OSError: the file cannot be read.
    """
    subject = _subject(file, size, path)
    room = Room()
    codes = _codes(subject, room, 0)
    return Screened(
        media_type=subject.identity.media_type,
        pronom=subject.identity.pronom,
        codes=tuple(sorted(_told(codes))),
        inside=max((entry.size for entry in subject.entries), default=0),
    )


def _subject(file: BinaryIO, size: int, path: bytes) -> Subject:
    sample = Sample(file, size)
    return Subject(sample, identified(sample), path)


def _codes(subject: Subject, room: Room, depth: int) -> set[str]:
    """What every rule says of a file, and what they say of the files in it."""
    sample = subject.sample
    codes = {FLAW_CODES[flaw] for flaw in flawed(sample, subject.identity)}
    codes.update(rules_names.name_codes(subject.path, sample.size))
    for rule in _rules(subject):
        found = rule(subject)
        codes.update((found,) if isinstance(found, str) else found or ())
    runs = "archive-program" if subject.identity.family is Family.ARCHIVE else "embedded-program"
    for name, data in contained(subject, room):
        if depth >= _DEEPEST:
            room.unseen = True
            break
        inner = _codes(_subject(io.BytesIO(data), len(data), name), room, depth + 1)
        codes |= inner & _TOLD_OF_INNER
        if inner & _RUNS:
            codes.add(runs)
    if subject.unseen:
        codes.add("not-screened")
    if room.unseen:
        codes.add("inside-unseen")
    return codes


def work(job: dict[str, object], file: BinaryIO) -> dict[str, object]:
    """Screen files in a limited process.

    Args:
        job: ``files``: of each its path, with surrogates for what is no UTF-8, and its size.
        file: their content, one after the other.

    Returns:
        ``found``: of each its media type, its codes, and the bytes of the largest file in it where it is an archive.
    """
    files = job["files"]
    if not isinstance(files, list):
        raise TypeError("a job of screening has files")
    if len(files) == 1:
        return {"found": [_answer(file, files[0])]}
    return {"found": [_answer(io.BytesIO(file.read(size)), [path, size]) for path, size in files]}


def _answer(file: BinaryIO, told: list[object]) -> list[object]:
    path, size = told
    if not isinstance(path, str) or not isinstance(size, int):
        raise TypeError("a file has a path and a size")
    found = screen(file, size, path.encode("utf-8", "surrogateescape"))
    return [found.media_type, list(found.codes), found.inside]


def _rules(subject: Subject) -> Iterator[Rule]:
    """The rules for what a file is; those of containers go by its first bytes, whatever it is called by its content."""
    yield from _ALWAYS
    if subject.sample.head.startswith(b"PK"):
        yield from _ZIPPED
    elif subject.sample.head.startswith(OLE2):
        yield from _COMPOUND
    yield from _BY_TYPE.get(subject.identity.media_type, ())
    yield from _BY_FAMILY.get(subject.identity.family, ())


def _told(codes: set[str]) -> set[str]:
    """Without what another code says better: a lock file or a stub is no broken document."""
    if codes & {"empty", "blank", "lock-file"}:
        return codes - {"truncated", "corrupt", "wrong-extension"}
    if any(code.startswith("stub-") for code in codes) or "unfinished" in codes:
        return codes - {"wrong-extension"}
    return codes - {"corrupt"} if "truncated" in codes else codes
