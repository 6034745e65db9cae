"""Archives, by their lists alone: programs in them, and names that lead outside of where they are unpacked."""

import re

from linksync.knowledge.endings import IN_ARCHIVES
from linksync.knowledge.identity import Family
from linksync.knowledge.subject import Subject

_RUNS = frozenset(one.encode() for one in IN_ARCHIVES)
_UPWARDS = re.compile(rb"(?:^|[/\\])\.\.(?:[/\\]|$)", re.MULTILINE)
_OUTSIDE = re.compile(_UPWARDS.pattern + rb"|^[/\\]|^[A-Za-z]:[/\\]", re.MULTILINE)


def archive_program(subject: Subject) -> str | None:
    """Whether an archive lists programs or scripts."""
    endings = {name.rpartition(b".")[2] for name in subject.names.lower().split(b"\n")}
    return "archive-program" if endings & _RUNS else None


def archive_path(subject: Subject) -> str | None:
    """Whether an archive lists names that lead outside; some programs write ``/word/document.xml``, which does not."""
    leads = _OUTSIDE if subject.identity.family is Family.ARCHIVE else _UPWARDS
    return "archive-path" if leads.search(subject.names) else None
