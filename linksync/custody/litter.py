"""Litter of operating systems, recognised by name and content (format 1, "Litter").

The only thing that linksync removes from a stick by itself, in ``data/`` alone, and lists. A file that bears such a
name and holds something else is people's, and is taken in like any other.
"""

import re

BYTES_MAX = 64 * 1024
"""A larger file is never litter."""

_NAMES = frozenset({b".DS_Store", b"Thumbs.db", b"thumbs.db", b"desktop.ini", b"Desktop.ini"})
_DESKTOP_INI = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[(?:\.ShellClassInfo|ViewState|LocalizedFileNames)\]", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_APPLE_DOUBLE = b"\x00\x05\x16\x07"
_RESOURCE_FORK, _FINDER_INFO = 2, 9
_EMPTY_FORK_MAX = 286
"""Bytes of the resource fork that macOS writes where a file has none."""


def is_litter_name(path: bytes) -> bool:
    """Whether a file is litter as far as its name can tell."""
    name = path.rpartition(b"/")[2]
    return name in _NAMES or name.startswith(b"._")


def is_litter(path: bytes, data: bytes) -> bool:
    """Whether a file is litter, by its name and its whole content."""
    name = path.rpartition(b"/")[2]
    if len(data) > BYTES_MAX or not is_litter_name(path):
        return False
    if name.startswith(b"._"):
        return data.startswith(_APPLE_DOUBLE) and _says_nothing(data)
    if name == b".DS_Store":
        return data.startswith(b"\0\0\0\x01Bud1")
    if name.lower() == b"thumbs.db":
        return data.startswith(_OLE)
    text = data.decode("utf-16", "replace").encode() if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else data
    return _DESKTOP_INI.match(text) is not None


def _says_nothing(data: bytes) -> bool:
    """Whether an AppleDouble file is whole and holds only Finder notes and an empty resource fork."""
    count = int.from_bytes(data[24:26], "big")
    end = 26 + 12 * count
    if len(data) < end:
        return False
    for at in range(26, 26 + 12 * count, 12):
        kind, offset, length = (int.from_bytes(data[at + n : at + n + 4], "big") for n in (0, 4, 8))
        is_empty_fork = kind == _RESOURCE_FORK and length <= _EMPTY_FORK_MAX
        if not (kind == _FINDER_INFO or is_empty_fork):
            return False
        end = max(end, offset + length)
    return end == len(data)
