"""What runs: programs, scripts, what starts by itself; by content first, by its name where content says nothing."""

from linksync.knowledge.endings import AMBIGUOUS, IMAGES, PROGRAMS, READ, SCRIPTS, SOURCES
from linksync.knowledge.identity import Family
from linksync.knowledge.subject import Subject

_SCRIPTS = frozenset(
    {
        "application/hta",
        "application/x-bat",
        "application/vnd.ms-htmlhelp",
        "text/vbscript",
        "text/x-ms-regedit",
        "text/x-powershell",
        "text/x-applescript",
    }
)
"""Media types of what a double click carries out."""

_SOURCES = frozenset(
    {"text/x-python", "text/x-perl", "text/x-ruby", "text/javascript", "text/x-php", "text/x-shellscript"}
)
"""Media types of programs that are texts, which people also read."""

_DISKS = frozenset({"application/x-iso9660-image", "application/x-apple-diskimage"})
_AUTORUN_NAMES = frozenset({"autorun.inf", "autorun.sh", ".autorun", "autorun", "autoopen", ".autoopen"})


def program(subject: Subject) -> str | None:
    """Whether it is a program: by what it is, or by a name that a system would start."""
    identity, ending = subject.identity, _ending(subject)
    if identity.media_type == "application/x-eicar":
        return "malware"
    if identity.media_type == "application/x-autorun":
        return "autorun"
    if identity.encoding and subject.extension in READ:
        return None
    if identity.media_type in _SCRIPTS or ending in SCRIPTS:
        return "script"
    if identity.media_type in _SOURCES or subject.extension in SOURCES:
        return "source-code"
    return "program" if identity.family is Family.PROGRAM or ending in PROGRAMS else None


def _ending(subject: Subject) -> str:
    """The end of its name, where a system goes by it."""
    known = subject.identity.family not in (Family.OTHER, Family.PROGRAM)
    return "" if known and subject.extension in AMBIGUOUS else subject.extension


def autorun(subject: Subject) -> str | None:
    """Whether a system may start it by itself: a name of its own at any place, since sticks are copied into folders."""
    return "autorun" if subject.name in _AUTORUN_NAMES else None


def disk_image(subject: Subject) -> str | None:
    """Whether it is a whole disk in a file, whose content no system marks as coming from elsewhere."""
    return "disk-image" if subject.extension in IMAGES or subject.identity.media_type in _DISKS else None
