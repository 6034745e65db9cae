"""Leaves: long lists of contents, cut by the first digits of their digests into files that stay short.

``sums/`` says which content stands where, as ``sha256sum -c`` reads it; ``index/`` says of each content what is known.
Both are cut alike: all contents in ``all`` until there are more than 256, then sixteen by the first digit, and so on
wherever there are more than 256 of one beginning. So the leaves follow from the set of contents, ``cat index/*.jsonl``
is the whole index in the order of the digests, and one content more rewrites one leaf.
"""

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from pathlib import Path

from linksync.custody import lists, names
from linksync.custody.lists import Digest
from linksync.errors import FormatError
from linksync.library.naming import BESIDE, FILES, HELD
from linksync.machine import durable

SUMS, INDEX = "sums", "index"
LEAF_MAX = 256
"""Contents in one leaf."""
ALL = "all"
"""The name of the only leaf."""
_NAMES = {SUMS: re.compile(r"(all|[0-9a-f]+)\.sha256"), INDEX: re.compile(r"(all|[0-9a-f]+)\.jsonl")}


def cut(digests: Sequence[Digest], beginning: str = "") -> Iterator[tuple[str, int, int]]:
    """The leaves of contents.

    Args:
        digests: sorted; all of them begin as ``beginning`` says.
        beginning: hexadecimal digits.

    Yields:
        The digits with which a leaf's digests begin, and from where to where they stand; only those with any.
    """
    yield from _cut(digests, beginning, 0, len(digests))


def _cut(digests: Sequence[Digest], beginning: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    if end - start <= LEAF_MAX or len(beginning) == 64:
        if end > start:
            yield beginning, start, end
        return
    for digit in "0123456789abcdef":
        after = bisect_right(digests, _highest(beginning + digit), start, end)
        yield from _cut(digests, beginning + digit, start, after)
        start = after


def bounds(beginning: str) -> tuple[Digest, Digest]:
    """The lowest and the highest digest that begin so."""
    return bytes.fromhex(beginning.ljust(64, "0")), _highest(beginning)


def _highest(beginning: str) -> Digest:
    return bytes.fromhex(beginning.ljust(64, "f"))


def sums_bytes(places: Iterable[tuple[Digest, str]]) -> bytes:
    """A leaf of ``sums/``."""
    return lists.to_bytes([(place.encode(), digest) for digest, place in places])


def leaf_name(kind: str, beginning: str) -> str:
    """The path of a leaf in the library."""
    return f"{kind}/{beginning or ALL}{'.sha256' if kind == SUMS else '.jsonl'}"


def listed(root: Path, kind: str) -> list[str]:
    """The paths of all leaves that stand in a library, sorted."""
    try:
        found = os.listdir(root / kind)
    except FileNotFoundError:
        return []
    return sorted(f"{kind}/{name}" for name in found if _NAMES[kind].fullmatch(name))


def read_sums(root: Path) -> dict[Digest, str]:
    """Which content stands where; of a leaf that is damaged nothing is known."""
    found: dict[Digest, str] = {}
    for name in listed(root, SUMS):
        with suppress(FormatError, UnicodeDecodeError):
            leaf = lists.from_bytes((root / name).read_bytes(), check=_require_inside)
            found |= {digest: path.decode() for path, digest in leaf.items()}
    return found


def require_place(path: str) -> None:
    """Refuse a place outside the library's own folders.

    Raises:
        FormatError: ``library-list`` (``path``).
    """
    _require_inside(path.encode("utf-8", "surrogateescape"))


def _require_inside(path: bytes) -> None:
    parts = path.split(b"/")
    ours = {FILES.encode(), BESIDE.encode(), HELD.encode()}
    if len(parts) < 2 or parts[0] not in ours or any(part in {b"", b".", b".."} for part in parts):
        raise FormatError("library-list", path=names.escape(path))


def write_leaves(
    root: Path, leaves: Iterable[tuple[str, bytes]], stale: Callable[[Set[str]], Iterable[str]], workshop: Path
) -> None:
    """Put leaves in place, each at once; those that are the same already are left alone.

    The new ones are durable before a stale one goes, so that no content is ever in none.

    Args:
        root: of the library.
        leaves: paths in the library, with their bytes.
        stale: gives the paths of leaves that are no more, by those that are.
        workshop: for unfinished files.
    """
    workshop.mkdir(parents=True, exist_ok=True)
    there: set[str] = set()
    waiting: dict[str, str] = {}
    for name, data in leaves:
        there.add(name)
        if _differs(root, name, data):
            waiting[name] = _prepared(root / name, data, workshop).name
    folders = {root / name.partition("/")[0] for name in waiting}
    if waiting:
        durable.sync_disk(root)
    for folder in folders:
        folder.mkdir(exist_ok=True)
    for name, temporary in waiting.items():
        durable.settle(workshop / temporary, root / name)
    for folder in folders:
        durable.sync_folder(folder)
    for name in stale(there):
        with suppress(FileNotFoundError):
            os.unlink(root / name)


def _differs(root: Path, name: str, data: bytes) -> bool:
    try:
        return (root / name).read_bytes() != data
    except (FileNotFoundError, NotADirectoryError):
        return True


def _prepared(path: Path, data: bytes, workshop: Path) -> Path:
    temporary = durable.unfinished(path, workshop)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        durable.write_all(descriptor, data)
    finally:
        os.close(descriptor)
    return temporary
