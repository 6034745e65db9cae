"""What people put on the stick, listed: every file, and everything that is none, each with a reason.

Nothing is opened but folders. linksync's own files are left out, the folders of operating systems are named and not
opened, and a folder that cannot be read is told apart from an empty one: what it held is not missing but unknown.
"""

import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from linksync.custody import names
from linksync.stick.listing import Files, Rows, Stamp
from linksync.stick.medium import Entry, Medium

DEPTH_MAX = 200
"""Folders inside folders; a path of 1,024 bytes cannot be deeper than 512."""


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

    files: Mapping[bytes, Stamp] = field(default_factory=dict)
    special: dict[bytes, str] = field(default_factory=dict)
    unlistable: dict[bytes, str] = field(default_factory=dict)
    system: list[bytes] = field(default_factory=list)
    unreadable: dict[bytes, int] = field(default_factory=dict)
    octets: int | None = None

    def total(self) -> int:
        """Bytes of the files together."""
        if self.octets is not None:
            return self.octets
        return sum(self.files.sizes if isinstance(self.files, Files) else (size for size, _ in self.files.values()))

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
    rows, tree = Rows(), Tree()

    def keep(path: bytes, entries: list[Entry]) -> None:
        rows.add(path, [(name, size, changed) for name, _, size, changed in entries])
        listed(rows.count)

    _Walk(medium, medium.entries, tree, keep).enter(medium.root, b"", 0)
    tree.files = rows.files()
    return tree


def list_names(medium: Medium, found: Callable[[bytes, list[bytes]], None]) -> Tree:
    """List the stick, folder by folder, without looking at the files themselves.

    Args:
        medium: the stick.
        found: told each folder, with the names of the files in it.

    Returns:
        What stands there but for the files.
    """
    tree = Tree()

    def keep(path: bytes, entries: list[Entry]) -> None:
        if entries:
            found(path, [entry.name for entry in entries])

    _Walk(medium, partial(medium.entries, sizes=False), tree, keep).enter(medium.root, b"", 0)
    return tree


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk over a stick; ``keep`` gets each folder, with the plain files in it that a list can carry."""

    medium: Medium
    look: Callable[[int], list[Entry]]
    tree: Tree
    keep: Callable[[bytes, list[Entry]], None]

    def enter(self, folder: int, path: bytes, depth: int) -> None:
        """List an open folder and all below it."""
        before = self.medium.faults()
        try:
            entries = self.look(folder)
        except OSError as error:
            self.tree.unreadable[path] = error.errno or errno.EIO
            return
        if self.medium.faults() != before:  # what FAT shows of a folder may not be all of it
            self.tree.unreadable[path] = errno.EIO
        self.keep(path, self._listable(path, [entry for entry in entries if entry.kind == "file"]))
        for entry in entries:
            if entry.kind == "folder":
                self._go_below(folder, path, entry, depth)
            elif entry.kind != "file":
                self._note_special(path, entry)

    def _listable(self, path: bytes, files: list[Entry]) -> list[Entry]:
        """The files that a list can carry, and that are not our own; the tree says why of the others."""
        if path and _all_listable(path, files):
            return files
        return [entry for entry in files if not self._is_named(under(path, entry.name))]

    def _is_named(self, full: bytes) -> bool:
        if full in OWN_AT_ROOT:
            return True
        reason = names.path_fault(full) or ("path-reserved" if names.is_reserved(full) else None)
        if reason is not None:
            self.tree.unlistable[full] = reason
        return reason is not None

    def _note_special(self, path: bytes, entry: Entry) -> None:
        full = under(path, entry.name)
        if entry.kind == "mount":
            self.tree.unreadable[full] = errno.EXDEV
        self.tree.special[full] = entry.kind

    def _go_below(self, folder: int, path: bytes, entry: Entry, depth: int) -> None:
        full = under(path, entry.name)
        if _is_left_out(entry, full, path, self.tree, depth):
            return
        try:
            below = self.medium.open_folder(folder, entry.name)
        except OSError as error:
            self.tree.unreadable[full] = error.errno or errno.EIO
            return
        try:
            self.enter(below, full, depth + 1)
        finally:
            os.close(below)


def under(path: bytes, name: bytes) -> bytes:
    """The path of a name in a folder; b"" is the root."""
    return b"%s/%s" % (path, name) if path else name


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
