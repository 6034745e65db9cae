"""What changed on the stick since the last hand-off: added, changed, moved, missing, unchanged (format 1, "The lists").

An edited file is a new revision. A missing file whose content stands elsewhere under a new name was moved. What could
not be looked at (an unreadable folder, a dead medium) is never called missing: the caller names those places.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from linksync.custody.columns import Digests, Paths
from linksync.custody.lists import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The difference between a sealed state and what was found.

    Attributes:
        added: new paths whose content is not a missing file's, in order.
        changed: sealed paths with another content.
        moved: new path to the sealed path it came from, which is gone.
        missing: sealed paths that are gone, moved ones apart.
        exchanged: those of ``changed`` that now hold another sealed path's content.
    """

    added: Sequence[bytes]
    changed: tuple[bytes, ...]
    moved: Mapping[bytes, bytes]
    missing: tuple[bytes, ...]
    exchanged: frozenset[bytes]
    unchanged: int

    @property
    def anything(self) -> bool:
        """Whether a hand-off has something to seal."""
        return bool(self.added or self.changed or self.moved or self.missing)


def compare(
    sealed: Mapping[bytes, Digest],
    found: Mapping[bytes, Digest],
    *,
    unknown: Callable[[bytes], bool] = lambda _path: False,
    same: int = 0,
    there: Container[bytes] = (),
) -> Changes:
    """Compare a sealed state with what was found.

    Args:
        sealed: path to digest after the last hand-off.
        found: path to digest of every file that was read, but for ``same``.
        unknown: whether a sealed path could not be looked at; it is then not missing.
        same: how many more were read and are as they were sealed.
        there: the paths of those, and maybe of others that were read.
    """
    new = _new(sealed, found)
    changed = _changed(sealed, found) if len(new) < len(found) else ()
    unchanged = same + len(found) - len(new) - len(changed)
    absent: list[bytes] = []
    if unchanged + len(changed) < len(sealed):
        gone_from = (path for path in sealed if path not in found and path not in there)
        absent = sorted(path for path in gone_from if not unknown(path))
    origins: dict[Digest, list[bytes]] = {}
    for path in reversed(absent):
        origins.setdefault(sealed[path], []).append(path)
    moved = _moved(new, found, origins) if origins else {}
    gone = set(moved.values())
    touched = {sealed[path] for path in (*changed, *absent)}
    return Changes(
        added=Paths(path for path in new if path not in moved) if moved else new,
        changed=changed,
        moved=moved,
        missing=tuple(path for path in absent if path not in gone),
        exchanged=frozenset(path for path in changed if found[path] in touched),
        unchanged=unchanged,
    )


def _new(sealed: Mapping[bytes, Digest], found: Mapping[bytes, Digest]) -> Paths:
    """The paths that are not sealed."""
    new = (path for path in found if path not in sealed)
    return Paths(new if isinstance(found, Digests) else sorted(new))


def _changed(sealed: Mapping[bytes, Digest], found: Mapping[bytes, Digest]) -> tuple[bytes, ...]:
    """The sealed paths that have another digest now."""
    return tuple(sorted(path for path, digest in found.items() if sealed.get(path, digest) != digest))


def _moved(new: Paths, found: Mapping[bytes, Digest], origins: Mapping[Digest, list[bytes]]) -> dict[bytes, bytes]:
    """New path to the missing one that it came from, each used once."""
    moved = {}
    for path in new:
        if origins.get(found[path]):
            moved[path] = origins[found[path]].pop()
    return moved
