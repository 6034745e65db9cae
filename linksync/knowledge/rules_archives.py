"""Archives, by their lists alone: programs in them, and names that lead outside of where they are unpacked."""

import re

from linksync.knowledge.endings import IN_ARCHIVES
from linksync.knowledge.identity import Family
from linksync.knowledge.subject import Subject

_RUNS = re.compile(rb"\.(?:%s)$" % b"|".join(re.escape(one.encode()) for one in sorted(IN_ARCHIVES)), re.IGNORECASE)
_UPWARDS = re.compile(rb"(?:^|[/\\])\.\.(?:[/\\]|$)")
_OUTSIDE = re.compile(_UPWARDS.pattern + rb"|^[/\\]|^[A-Za-z]:[/\\]")


def archive_program(subject: Subject) -> str | None:
    """Whether an archive lists programs or scripts."""
    return "archive-program" if any(_RUNS.search(entry.name) for entry in subject.entries) else None


def archive_path(subject: Subject) -> str | None:
    """Whether an archive lists names that lead outside; some programs write ``/word/document.xml``, which does not."""
    leads = _OUTSIDE if subject.identity.family is Family.ARCHIVE else _UPWARDS
    return "archive-path" if any(leads.search(entry.name) for entry in subject.entries) else None
