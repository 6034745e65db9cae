"""What people put on the stick, listed: every file, and everything that is none, each with a reason.

Nothing is opened but folders. linksync's own files are left out, the folders of operating systems are named and not
opened, and a folder that cannot be read is told apart from an empty one: what it held is not missing but unknown.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from linksync.custody import names
from linksync.stick.medium import Entry, Medium

DEPTH_MAX = 200
"""Folders inside folders; a path of 1,024 bytes cannot be deeper than 512."""

Stamp = tuple[int, int]
"""Size in bytes and time of change: equal means untouched as far as one can see without reading."""


@dataclass(slots=True)
class Tree:
    """What stands on the stick.

    Attributes:
        files: path to stamp, of every plain file that a list can carry.
        special: path to reason, of links, fifos, sockets, devices and mounts.
        unlistable: path to reason, of files and folders that no list can carry.
        system: names of operating systems' folders at the root.
        unreadable: path to errno, of folders that could not be listed, or not for certain to the end, and of places
            that a mount hides.
    """

    files: dict[bytes, Stamp] = field(default_factory=dict)
    special: dict[bytes, str] = field(default_factory=dict)
    unlistable: dict[bytes, str] = field(default_factory=dict)
    system: list[bytes] = field(default_factory=list)
    unreadable: dict[bytes, int] = field(default_factory=dict)

    def is_unknown(self, path: bytes) -> bool:
        """Whether ``path`` stands, or stood, where nobody could look."""
        if not self.unreadable:
            return False
        at = path
        while at and at not in self.unreadable:
            at = at.rpartition(b"/")[0]
        return at in self.unreadable


def list_tree(medium: Medium, listed: Callable[[int], None] = lambda _count: None) -> Tree:
    """List the stick, folder by folder.

    Args:
        medium: the stick.
        listed: told from time to time how many files were found.
    """
    tree = Tree()
    _list_folder(medium, medium.root, b"", tree, listed, 0)
    return tree


def _list_folder(
    medium: Medium, folder: int, path: bytes, tree: Tree, listed: Callable[[int], None], depth: int
) -> None:
    before = medium.faults()
    try:
        entries = medium.entries(folder)
    except OSError as error:
        tree.unreadable[path] = error.errno or errno.EIO
        return
    if medium.faults() != before:  # what FAT shows of a folder may not be all of it
        tree.unreadable[path] = errno.EIO
    if path and _all_listable(path, entries):
        tree.files |= {
            b"%s/%s" % (path, name): (size, changed) for name, kind, size, changed in entries if kind == "file"
        }
        entries = [entry for entry in entries if entry.kind != "file"]
    inside = []
    for entry in entries:
        full = path + b"/" + entry.name if path else entry.name
        if entry.kind == "folder" and not _is_left_out(entry, full, path, tree, depth):
            inside.append((entry.name, full))
        elif entry.kind != "folder":
            _note(entry, full, tree)
    listed(len(tree.files))
    for name, full in inside:
        try:
            below = medium.open_folder(folder, name)
        except OSError as error:
            tree.unreadable[full] = error.errno or errno.EIO
            continue
        try:
            _list_folder(medium, below, full, tree, listed, depth + 1)
        finally:
            os.close(below)


def _all_listable(path: bytes, entries: list[Entry]) -> bool:
    """Whether a list can carry each name in a folder below the root, looked at all at once.

    A name has no slash in it and no NUL, and is neither ``.`` nor ``..``; only what stands at the root is reserved.
    """
    together = b"/".join([entry.name for entry in entries])
    longest = max([len(entry.name) for entry in entries], default=0)
    return b"\n" not in together and b"\r" not in together and len(path) + 1 + longest <= names.PATH_MAX


def _is_left_out(entry: Entry, full: bytes, above: bytes, tree: Tree, depth: int) -> bool:
    """Whether a folder is not entered; says why in the tree where people should know."""
    if not above and full == names.RECORDS:
        return True
    if not above and names.is_system(entry.name):
        tree.system.append(full)
        return True
    reason = "path-reserved" if names.is_reserved(full) else names.path_fault(full)
    if reason is None and depth >= DEPTH_MAX:
        reason = "path-length"
    if reason is not None:
        tree.unlistable[full] = reason
    return reason is not None


def _note(entry: Entry, full: bytes, tree: Tree) -> None:
    if entry.kind == "mount":
        tree.unreadable[full] = errno.EXDEV
    if entry.kind != "file":
        tree.special[full] = entry.kind
        return
    if full in OWN_AT_ROOT:
        return
    reason = names.path_fault(full) or ("path-reserved" if names.is_reserved(full) else None)
    if reason is not None:
        tree.unlistable[full] = reason
    else:
        tree.files[full] = (entry.size, entry.changed)


OWN_AT_ROOT = frozenset(
    {
        b"START-HIER.html",
        b"START-HIER.txt",
        b"bagit.txt",
        b"bag-info.txt",
        b"manifest-sha256.txt",
        b"tagmanifest-sha256.txt",
    }
)
"""What linksync itself writes at the root, as it is spelled; another spelling is a stranger's."""
