"""Names: those that another system cannot open or shows otherwise, that pretend, or that say there is no document.

All is judged from the path alone. Which names are twins shows only among all paths together.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from itertools import pairwise

from linksync.custody import names
from linksync.knowledge.endings import DOCUMENTS, HARMFUL

_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])$")
_CHARACTERS = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_TURNED = re.compile("[\u202b\u202e\u2067]")
_PLAIN = re.compile(rb"(?:[A-Za-z0-9_\-(),&+'!=@#%\x80-\xff /]|\.(?![./]|$))+")
_OFFICE = re.compile(r"\.(?:doc|dot|xls|xlt|ppt|pot|pps|vsd|pub|one|mpp)[a-z]?$")
_UNFINISHED = frozenset({"part", "partial", "crdownload", "download", "opdownload", "filepart", "tmp", "aria2"})
_LOCK_MAX = 64 * 1024
_PART_MAX = 255
"""UTF-16 units in a name on FAT, exFAT, NTFS and a Mac; bytes on most disks of Linux."""
_PATH_MAX = 255
"""UTF-16 units that Windows' Explorer opens, a drive's letter and the final NUL aside."""


def name_codes(path: bytes, size: int) -> Iterator[str]:
    """What is to be said of a name.

    Args:
        path: as it stands on the stick.
        size: bytes of the file: a lock file is small.
    """
    text = path.decode("utf-8", "surrogateescape")
    name = text.rpartition("/")[2].lower()
    if _pretends(name.rstrip(" .")):
        yield "double-extension"
    if name.startswith(("~$", ".~lock.")) and size <= _LOCK_MAX and (_OFFICE.search(name) or name.endswith("#")):
        yield "lock-file"
    if name.rpartition(".")[2] in _UNFINISHED:
        yield "unfinished"
    if not path.isascii():
        if _is_not_utf8(path):
            yield "name-not-utf8"
        if _TURNED.search(text):
            yield "name-turned"
    yield from _elsewhere(path, text)


def _pretends(name: str) -> bool:
    """Whether the end of a program stands behind that of a document."""
    stem, _, ending = name.rpartition(".")
    before, dot, shown = stem.rstrip(" \t._-").rpartition(".")
    return ending in HARMFUL and bool(dot) and bool(before) and shown in DOCUMENTS


def _elsewhere(path: bytes, text: str) -> Iterator[str]:
    """What other systems make of it."""
    parts = text.split("/")
    if len(path) > _PATH_MAX and (_units(text) > _PATH_MAX or any(_is_long(part) for part in parts)):
        yield "name-long"
    if any(_RESERVED.match(part.partition(".")[0].rstrip(" ").lower()) for part in parts if len(part) >= 3):
        yield "name-reserved"
    if _PLAIN.fullmatch(path) and b" /" not in path and not path.endswith(b" "):
        return
    if any(part.endswith((".", " ")) for part in parts):
        yield "name-end"
    if any(_CHARACTERS.search(part) for part in parts):
        yield "name-characters"


def _is_long(part: str) -> bool:
    return _units(part) > _PART_MAX or len(part.encode("utf-8", "surrogateescape")) > _PART_MAX


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_not_utf8(path: bytes) -> bool:
    try:
        path.decode()
    except UnicodeDecodeError:
        return True
    return False


def twin_codes(paths: Collection[bytes]) -> dict[bytes, str]:
    """The paths that some systems take for another one, with the code that says in what they differ.

    Args:
        paths: all that stand together, maybe a million; they are gone through more than once.
    """
    if names.all_apart(paths):
        return {}
    hashes = sorted(hash(_twin_key(path)) for path in paths)
    shared = {one for one, other in pairwise(hashes) if one == other}
    by_key: dict[bytes, list[bytes]] = defaultdict(list)
    for path in paths:
        key = _twin_key(path)
        if hash(key) in shared:
            by_key[key].append(path)
    return {path: code for twins in by_key.values() if len(twins) > 1 for path, code in _differences(twins)}


def _twin_key(path: bytes) -> bytes:
    return names.twin_key(names.spelling_key(path))


def _differences(twins: list[bytes]) -> Iterator[tuple[bytes, str]]:
    """Each with ``twin-spelling`` where another has the same letters, written otherwise."""
    keys = [names.spelling_key(path) for path in twins]
    alike = Counter(keys)
    return ((path, "twin-spelling" if alike[key] > 1 else "twin-case") for path, key in zip(twins, keys, strict=True))
