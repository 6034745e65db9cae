"""Looking whether what stands in a library is still as it was put there.

Every pull looks at a part, which stays as large however much the library holds, and goes on from there the next time;
a small library is all looked at every time. ``pull --check`` looks at everything, byte for byte.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from linksync.archive.objects import digest_of
from linksync.custody.lists import Digest, sha256
from linksync.custody.relay import Record
from linksync.library.facts import Facts
from linksync.library.leaves import INDEX, SUMS, leaf_name
from linksync.library.proof import Proof
from linksync.library.shelves import PRIVATE, Shelves, writing

_LOOKED = f"{PRIVATE}/looked"
CONTENTS, PROOFS, LEAVES = 256, 32, 8
"""So many are looked at in one pull."""

T = TypeVar("T")
K = TypeVar("K", str, bytes)


class _Looked(Record, frozen=True, kw_only=True):
    """Up to where was looked; any answer will do, so it is not made durable."""

    content: str = ""
    handoff: str = ""
    leaf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found.

    Attributes:
        proof: whether all proof that was looked at stands.
        missing: contents that do not stand where they should, and where that is.
        leaves: the beginnings of leaves that are not what was written; ``all`` for the only one.
    """

    proof: bool
    missing: dict[Digest, str]
    leaves: tuple[str, ...]


def look(root: Path, facts: Facts, proof: Proof, shelves: Shelves) -> Seen:
    """Look at the next part.

    Raises:
        sqlite3.Error: the facts are damaged.
    """
    last = _last(root)
    contents = _next(facts.some_places, bytes.fromhex(last.content), b"", CONTENTS)
    handoffs = _next(facts.some_handoffs, last.handoff, "", PROOFS)
    some = _next(facts.some_leaves, last.leaf, "", LEAVES)
    _remember(
        root,
        _Looked(
            content=contents[-1][0].hex() if contents else "",
            handoff=handoffs[-1].seal if handoffs else "",
            leaf=some[-1][0] if some else "",
        ),
    )
    changed = [
        one[0] for one in some if not _is_leaf(root, SUMS, one[0], one[1]) or not _is_leaf(root, INDEX, one[0], one[2])
    ]
    return Seen(proof=all(map(proof.stands, handoffs)), missing=shelves.missing(contents), leaves=tuple(changed))


def altered(
    root: Path, places: Iterable[tuple[Digest, str, int]], progress: Callable[[int, int], None]
) -> dict[Digest, str]:
    """Of contents that stand where they should, with the size that they have: those with other bytes, and where."""
    places = sorted(places)
    done, total = 0, sum(size for _, _, size in places)
    found = {}
    for digest, path, size in places:
        try:
            with (root / path).open("rb", buffering=0) as file:
                is_same = digest_of(file) == digest
        except OSError:
            is_same = False
        if not is_same:
            found[digest] = path
        done += size
        progress(done, total)
    return found


def _next(some: Callable[[K, int], list[T]], last: K, first: K, count: int) -> list[T]:
    """The next so many after the last, and then from the first on; each once."""
    found = some(last, count)
    if len(found) < count and last != first:
        found += [one for one in some(first, count - len(found)) if one not in found]
    return found


def _is_leaf(root: Path, kind: str, beginning: str, digest: Digest) -> bool:
    try:
        return sha256((root / leaf_name(kind, beginning)).read_bytes()) == digest
    except OSError:
        return False


def _last(root: Path) -> _Looked:
    try:
        looked = msgspec.json.decode((root / _LOOKED).read_bytes(), type=_Looked)
        bytes.fromhex(looked.content)
    except (OSError, ValueError, RecursionError):
        return _Looked()
    return looked


def _remember(root: Path, looked: _Looked) -> None:
    with writing():
        (root / _LOOKED).write_bytes(msgspec.json.encode(looked))
