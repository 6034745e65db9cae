"""What screening may say of a file, and which class follows from it (format 1, "Content").

A code names one thing that was seen in a file or its name. Each has a class of its own, which a relay's policy may
change; the class that is sealed must follow from the sealed codes, so that nobody passes a program in silence, or makes
a document vanish. Harm is refused; what cannot be judged or used as it is waits for an archivist; the rest is a note.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypeAlias

import msgspec

from linksync.custody import names

Class: TypeAlias = Literal["pass", "hold", "refuse"]

Code = Annotated[str, msgspec.Meta(pattern=names.whole("[a-z0-9-]{1,40}"))]

GRAVEST_FIRST: tuple[Class, ...] = ("refuse", "hold", "pass")

POLICY = "policy"
"""Stands among a file's codes where a pattern of the policy gives its class; has no class of its own."""

CODES: dict[str, Class] = {
    # it runs, or makes something run
    "program": "refuse",
    "script": "refuse",
    "autorun": "refuse",
    "shortcut-command": "refuse",
    "double-extension": "refuse",
    "malware": "refuse",
    "bomb": "refuse",
    "dde-command": "refuse",
    "pdf-launch": "refuse",
    "embedded-program": "refuse",
    "source-code": "hold",
    "macros": "hold",
    "dde": "hold",
    "remote-content": "hold",
    "pdf-script": "hold",
    "picture-script": "hold",
    "rtf-object": "hold",
    "archive-program": "hold",
    "archive-path": "hold",
    "disk-image": "hold",
    "polyglot": "hold",
    "contradictory": "hold",
    "oversized": "hold",
    "page-script": "pass",
    "embedded-file": "pass",
    "inside-unseen": "pass",
    # it is not what its giver thinks it is
    "stub-cloud": "hold",
    "stub-web": "hold",
    "stub-shortcut": "hold",
    "truncated": "hold",
    "corrupt": "hold",
    "blank": "hold",
    "unfinished": "hold",
    "encrypted": "hold",
    "empty": "pass",
    "lock-file": "pass",
    "wrong-extension": "pass",
    # its name
    "name-turned": "hold",
    "name-reserved": "pass",
    "name-end": "pass",
    "name-characters": "pass",
    "name-long": "pass",
    "name-not-utf8": "pass",
    "twin-case": "pass",
    "twin-spelling": "pass",
    # screening itself
    "not-screened": "hold",
    "not-scanned": "pass",
}
"""Every code of this version with its class."""


def class_of(codes: Iterable[str], changed: Mapping[str, Class]) -> Class:
    """The gravest class of a file's codes.

    Args:
        codes: what was seen; one that this version does not know is no ground for anything.
        changed: the classes that the relay's policy gives instead.
    """
    found = {changed.get(code, CODES[code]) for code in codes if code in CODES}
    return next((class_ for class_ in GRAVEST_FIRST if class_ in found), "pass")


def gravest_code(codes: Iterable[str], changed: Mapping[str, Class]) -> str:
    """The code that tells most about a file's class; empty where there is none."""
    known = [code for code in codes if code in CODES]
    return min(known, key=lambda code: GRAVEST_FIRST.index(changed.get(code, CODES[code])), default="")
