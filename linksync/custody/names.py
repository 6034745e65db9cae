"""Names: which paths a list may carry, how a hostile name is shown, and which two names are twins.

A path is the raw bytes that stand on the medium, relative to the stick's root, ``/`` between its parts. Nothing here
is normalised: a name is kept as people gave it, and only *shown* escaped (format 1, "Paths").
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby, islice
from operator import eq

from linksync.errors import FormatError

PATH_MAX = 1024
"""Bytes in a path (format 1, "Bounds")."""

ID_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
ID_MAX = 64

RESERVED = (
    b"start-hier.html",
    b"start-hier.txt",
    b"bagit.txt",
    b"bag-info.txt",
    b"manifest-sha256.txt",
    b"tagmanifest-sha256.txt",
)
"""What linksync itself writes at the root, in lower case; people's lists never name it."""

RECORDS = b"linksync"
PAYLOAD = b"data/"

SYSTEM_FOLDERS = frozenset(
    {
        b"$recycle.bin",
        b"system volume information",
        b".trashes",
        b".fseventsd",
        b".spotlight-v100",
        b".temporaryitems",
        b".documentrevisions-v100",
        b"lost+found",
    }
)
"""Folders at the root that Windows, macOS and Linux keep for themselves, in lower case."""

_AT_ONCE = 4096
"""Paths that are looked at together."""

_NUMBERED_SYSTEM = re.compile(rb"\.trash-[0-9]+|found\.[0-9]{3}")
_ID = re.compile(ID_PATTERN)
_TO_ESCAPE = re.compile(
    r"[\\\x00-\x1f\x7f-\x9f\ud800-\udfff"
    "\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2}))")
_BAG_BREAKS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


def whole(pattern: str) -> str:
    r"""A pattern for all of a text, in Python and in JSON Schema alike: Python's ``$`` lets a line feed follow."""
    return rf"^(?:{pattern})$(?!\n)"


def is_id(text: str) -> bool:
    """Whether ``text`` may name a relay, host, archive or archivist (format 1, "Conventions")."""
    return len(text) <= ID_MAX and _ID.fullmatch(text) is not None


def is_hex(text: str, length: int) -> bool:
    """Whether ``text`` is exactly ``length`` lower-case hexadecimal digits."""
    return len(text) == length and all(c in "0123456789abcdef" for c in text)


def path_fault(path: bytes) -> str | None:
    """The slug of what forbids ``path`` in any list, or None.

    Format 1, "Paths": relative, no empty, ``.`` or ``..`` part, no NUL, CR or LF, at most 1,024 bytes.
    """
    if not path or len(path) > PATH_MAX:
        return "path-length"
    if b"\0" in path or b"\n" in path or b"\r" in path:
        return "path-line-break"
    if path.startswith(b"/"):
        return "path-absolute"
    parts = path.split(b"/")
    if b".." in parts:
        return "path-dotdot"
    if b"" in parts or b"." in parts:
        return "path-empty-part"
    return None


def is_reserved(path: bytes) -> bool:
    """Whether ``path`` belongs to linksync: its records in any case, or a reserved name at the root.

    In any case means in any spelling that some system takes for the same, as with the Kelvin sign for a ``k``.
    """
    first, _, rest = path.partition(b"/")
    first = first.lower() if first.isascii() else twin_key(first)
    return first == RECORDS or (not rest and first in RESERVED)


def is_system(name: bytes) -> bool:
    """Whether a name at the root is a folder of an operating system: never opened, only named."""
    low = name.lower()
    return low in SYSTEM_FOLDERS or _NUMBERED_SYSTEM.fullmatch(low) is not None


def is_payload(path: bytes) -> bool:
    """Whether the path stands in ``data/``."""
    return path.startswith(PAYLOAD)


def require_person_path(path: bytes) -> None:
    """Refuse a path that no list of people's files may name.

    Raises:
        FormatError: its slug says why.
    """
    fault = path_fault(path)
    if fault is None and is_reserved(path):
        fault = "path-reserved"
    if fault is not None:
        raise FormatError(fault, path=escape(path))


def bag_exception(path: bytes) -> str | None:
    """The slug of what makes BagIt tools stumble over ``path``, or None (format 1, "The bag").

    Such a file is taken in and sealed; only the promise that the stick is a bag has an exception.
    """
    if not is_payload(path):
        low = path.lower()
        tag = low == b"fetch.txt" or re.fullmatch(rb"(tag)?manifest-[a-z0-9]+\.txt", low) is not None
        return "bag-own-name" if tag else None
    try:
        text = path.decode()
    except UnicodeDecodeError:
        return "bag-not-utf8"
    if "%0a" in text.lower() or "%0d" in text.lower():
        return "bag-percent"
    if _BAG_BREAKS.search(text):
        return "bag-line-break"
    return "bag-space-at-end" if text != text.strip() else None


def escape(path: bytes) -> str:
    r"""Show a path so that nothing in it is hidden; ``unescape`` gives the bytes back.

    Backslashes are doubled; bytes that are not UTF-8, controls, line separators and characters that turn the direction
    of writing appear as ``\xNN``, byte by byte (format 1, "Paths").
    """
    text = path.decode("utf-8", "surrogateescape")
    return _TO_ESCAPE.sub(_shown, text)


def is_plain(shown: str) -> bool:
    """Whether an escaped path is the path itself: nothing in it had to be escaped."""
    return _TO_ESCAPE.search(shown) is None


def unescape(shown: str) -> bytes:
    """The bytes of an escaped path.

    Raises:
        FormatError: ``shown`` is not what ``escape`` writes.
    """
    if is_plain(shown):
        return shown.encode()
    parts: list[bytes] = []
    at = 0
    for match in _ESCAPE.finditer(shown):
        parts.append(shown[at : match.start()].encode("utf-8", "surrogatepass"))
        parts.append(bytes([int(match[1], 16)]) if match[1] else b"\\")
        at = match.end()
    parts.append(shown[at:].encode("utf-8", "surrogatepass"))
    path = b"".join(parts)
    if escape(path) != shown:
        raise FormatError("path-escape", path=ascii(shown)[:200])
    return path


def twin_key(path: bytes) -> bytes:
    """Equal for two paths that FAT, Windows or macOS may not tell apart: case and Unicode spelling ignored."""
    try:
        return unicodedata.normalize("NFC", path.decode().casefold()).encode()
    except UnicodeDecodeError:
        return path.lower()


def spelling_key(path: bytes) -> bytes:
    """Equal for two paths that differ in Unicode spelling (NFC, NFD) alone."""
    try:
        return unicodedata.normalize("NFC", path.decode()).encode()
    except UnicodeDecodeError:
        return path


def all_apart(paths: Iterable[bytes]) -> bool:
    """Whether no path is a twin of another in any way, looked at folder by folder; False where that is not sure."""
    folders: set[bytes] = set()
    for folder, inside in groupby(paths, key=lambda path: path.rpartition(b"/")[0]):
        if folder in folders or not _are_apart(path[len(folder) :] for path in inside):
            return False
        folders.add(folder)
    return _are_apart(folders)


def _are_apart(some: Iterable[bytes]) -> bool:
    try:
        together = b"\n".join(some).decode()
    except UnicodeDecodeError:
        return False
    folded = together.casefold()
    if not (unicodedata.is_normalized("NFC", together) and unicodedata.is_normalized("NFC", folded)):
        return False
    lines = folded.split("\n")
    return len(set(lines)) == len(lines)


def all_in_bags(paths: Iterable[bytes]) -> bool:
    """Whether no path is a ``bag_exception``, looked at many at once; False where that is not sure."""
    left = iter(paths)
    while some := list(islice(left, _AT_ONCE)):
        if not _are_in_bags(b"\n".join(some)):
            return False
    return True


def _are_in_bags(together: bytes) -> bool:
    try:
        text = together.decode()
    except UnicodeDecodeError:
        return False
    lines = text.splitlines()  # at every break that BagIt's tools could take for the end of a line
    whole = len(lines) == together.count(b"\n") + 1 and all(map(eq, lines, map(str.rstrip, lines)))
    inside = (b"\n" + together).count(b"\n" + PAYLOAD) == len(lines)
    return whole and inside and "%0" not in text


def _shown(match: re.Match[str]) -> str:
    char = match[0]
    return "\\\\" if char == "\\" else "".join(f"\\x{b:02x}" for b in char.encode("utf-8", "surrogateescape"))
