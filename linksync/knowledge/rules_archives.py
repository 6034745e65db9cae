"""Archives, by their lists: programs in them, disks, documents with macros, and names that lead outside."""

import re
from collections.abc import Iterator

from linksync.knowledge.endings import IMAGES, IN_ARCHIVES, WITH_MACROS
from linksync.knowledge.identity import Family
from linksync.knowledge.subject import Subject

_RUNS = frozenset(one.encode() for one in IN_ARCHIVES)
_DISKS = frozenset(one.encode() for one in IMAGES)
_MACROS = frozenset(one.encode() for one in WITH_MACROS)
_PAGES = frozenset({b"htm", b"html", b"xhtml"})
_UPWARDS = re.compile(rb"(?:^|[/\\])\.\.(?:[/\\]|$)", re.MULTILINE)
_OUTSIDE = re.compile(_UPWARDS.pattern + rb"|^[/\\]|^[A-Za-z]:[/\\]", re.MULTILINE)


def archive_program(subject: Subject) -> Iterator[str]:
    """Whether an archive lists programs, scripts, disks in a file, or documents with macros.

    A script beside a page is a part of that; one without is an old way to send a program.
    """
    endings = {_ending(name) for name in subject.names.lower().split(b"\n")}
    if endings & _RUNS or (b"js" in endings and not endings & _PAGES):
        yield "archive-program"
    if endings & _DISKS:
        yield "disk-image"
    if endings & _MACROS:
        yield "macros"


def archive_path(subject: Subject) -> str | None:
    """Whether an archive lists names that lead outside; some programs write ``/word/document.xml``, which does not."""
    leads = _OUTSIDE if subject.identity.family is Family.ARCHIVE else _UPWARDS
    may = leads is _OUTSIDE or b".." in subject.names
    return "archive-path" if may and leads.search(subject.names) else None


def _ending(name: bytes) -> bytes:
    """The end of a name as it is once unpacked: Windows drops dots and spaces, and others what follows a NUL."""
    return name.partition(b"\0")[0].rstrip(b" .").rpartition(b".")[2]
