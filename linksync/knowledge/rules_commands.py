"""What DDE and embedded files start: the words that several kinds of documents have in common."""

import re
from collections.abc import Iterable

from linksync.knowledge.endings import AMBIGUOUS, HARMFUL, WITH_MACROS

_HIDDEN = HARMFUL - AMBIGUOUS

INTERPRETERS = (
    "cmd|powershell|pwsh|wscript|cscript|mshta|rundll32|regsvr32|certutil|bitsadmin|msiexec|wmic|forfiles|explorer|bash"
)
"""Programs that carry out whatever they are given; of a regular expression."""
STARTERS = re.compile(rb"\b(?:%s|msexcel|calc|curl)(?:\.exe)?\b" % INTERPRETERS.encode(), re.IGNORECASE)
"""What a document has no reason to start."""

PACKAGE = re.compile(rb"\x02\0([\x20-\xff]{1,260})\0([\x20-\xff]{1,260})\0\0\0[\x01\x03]\0")
"""The names of the file in an OLE package ([MS-OLEDS], Ole10Native), wherever it stands."""

NATIVE = "\x01Ole10Native".encode("utf-16-le")
"""The name of a package's stream, as a compound file's directory spells it."""


def dde_code(command: bytes) -> str:
    """How grave a DDE link is: most name another office document, an attack names a command interpreter."""
    return "dde-command" if STARTERS.search(command) else "dde"


def is_program_name(name: bytes) -> bool:
    """Whether a name within a document is that of a program; UTF-16 or not."""
    return _ending(name) in _HIDDEN


def has_macros_by_name(name: bytes) -> bool:
    """Whether a name within a document is that of one with macros."""
    return _ending(name) in WITH_MACROS


def _ending(name: bytes) -> str:
    text = name.replace(b"\0", b"").rstrip(b" .)\"'").lower()
    return text.rpartition(b".")[2].decode("latin-1") if b"." in text else ""


def package_code(blobs: Iterable[bytes]) -> str | None:
    """What OLE objects hold: ``embedded-program``, ``embedded-file``, or None where none is a package."""
    found = None
    for blob in blobs:
        for label, path in PACKAGE.findall(blob):
            if is_program_name(label) or is_program_name(path):
                return "embedded-program"
            found = "embedded-file"
        if NATIVE in blob and b"MZ" in blob and b"This program cannot be run in DOS mode" in blob:
            return "embedded-program"
    return found
