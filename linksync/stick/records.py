"""linksync's own records on the stick, read within bounds and not believed (format 1, "Bounds").

Each sealed folder becomes a ``RawFolder``: its files as bytes, and by name whatever else stands there. Nothing that is
not part of the format is opened; it is named.
"""

import errno
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from linksync.custody import lists, names, seal, strict_yaml
from linksync.custody.findings import Finding, finding
from linksync.custody.handoff import INDEX_BYTES_MAX
from linksync.custody.payload import MANIFEST, OUTSIDE
from linksync.custody.seal import RawFolder
from linksync.custody.signers import BYTES_MAX as SIGNERS_BYTES_MAX
from linksync.machine.spool import Laid, Spool
from linksync.stick.medium import Entry, Medium, pieces_up_to

TEMPORARY = b".new-"
"""How the name of an unfinished file of ours begins, in ``linksync/``; twelve hexadecimal digits follow."""

FOLDERS_MAX = 100_000
"""Folders of one kind; more is named and not read."""

BYTES_MAX = 2 * 1024 * 1024 * 1024
"""Bytes of all sealed folders on a stick together; what goes beyond is named and not read."""

NAMED_MAX = 1000
"""Foreign things in one folder that are named one by one; of the others only that there are more is said."""

_LIMITS = {
    seal.SEAL: lists.SEAL_BYTES_MAX,
    seal.SIGNATURE: seal.SIGNATURE_BYTES_MAX,
    "relay.yaml": strict_yaml.BYTES_MAX,
    "handoff.yaml": strict_yaml.BYTES_MAX,
    "receipt.yaml": strict_yaml.BYTES_MAX,
    "decision.yaml": strict_yaml.BYTES_MAX,
    "allowed_signers": SIGNERS_BYTES_MAX,
    "index.jsonl": INDEX_BYTES_MAX,
    "added.sha256": lists.LIST_BYTES_MAX,
    "refused.sha256": lists.LIST_BYTES_MAX,
    "gone.sha256": lists.LIST_BYTES_MAX,
    "state.sha256": lists.SEAL_BYTES_MAX,
}
"""The files of sealed folders that are read, and the most bytes of each."""

_NAMES = {
    "relay": re.compile(r"[0-9]{4}"),
    "handoffs": re.compile(r"[0-9]{6}-[a-z0-9-]{1,80}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What stands in ``linksync/``.

    Attributes:
        there: whether the stick has a folder of that name at all.
        manifests: the two manifests, by path, as far as they stand there; ``sums`` their hashes, hexadecimal.
        receipts: folders of ``linksync/receipts/<archive>/``, of all archives; ``decisions`` likewise.
        findings: what is foreign or could not be read.
    """

    there: bool
    relays: tuple[RawFolder, ...] = ()
    handoffs: tuple[RawFolder, ...] = ()
    receipts: tuple[RawFolder, ...] = ()
    decisions: tuple[RawFolder, ...] = ()
    manifests: Mapping[str, bytes] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def read_records(medium: Medium) -> Records:
    """Read ``linksync/`` and the manifests.

    Raises:
        OSError: the root itself cannot be listed; ``ENODEV`` where it no longer lists what it did: a FAT stick that is
            pulled out meanwhile looks empty, not broken.
    """
    found: list[Finding] = []
    first = {entry.name: entry.kind for entry in medium.entries(medium.root)}
    if first.get(names.RECORDS) != "folder":
        return Records(there=False)
    found += _first([one for entry in _listed(medium, seal.ROOT, found) for one in _about(entry)], seal.ROOT)
    budget = _Budget(BYTES_MAX)
    relays = tuple(_folders(medium, seal.RELAYS, found, budget))
    handoffs = tuple(_folders(medium, seal.HANDOFFS, found, budget))
    decisions = tuple(_nested(medium, seal.DECISIONS, found, budget))
    receipts = tuple(_nested(medium, seal.RECEIPTS, found, budget))
    manifests, sums = Laid(budget.spool), dict[str, str]()
    for path in (MANIFEST, OUTSIDE):
        if _lay_manifest(medium, path, manifests, found):
            sums[path] = manifests.digest(path).hex()
    if not any(entry.name == names.RECORDS for entry in medium.entries(medium.root)):
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
    return Records(
        there=True,
        relays=relays,
        handoffs=handoffs,
        receipts=receipts,
        decisions=decisions,
        manifests=manifests,
        sums=sums,
        findings=tuple(found),
    )


@dataclass(slots=True)
class _Budget:
    """The bytes that may still be read, and where large files are laid aside."""

    left: int
    spool: Spool = field(default_factory=Spool)

    def limit(self, name: str) -> int | None:
        """The most bytes of a file; None for one that is no part of the format."""
        limit = _LIMITS.get(name)
        return None if limit is None else min(limit, self.left)


def read_folder(medium: Medium, path: str, budget: _Budget | None = None) -> RawFolder:
    """Read one sealed folder.

    Args:
        medium: where it stands.
        path: of the folder.
        budget: what may still be read, of all folders together.

    Raises:
        OSError: it cannot be opened or listed.
    """
    budget = budget or _Budget(BYTES_MAX)
    files = Laid(budget.spool)
    others: dict[str, int] = {}
    odd: list[str] = []
    too_large: list[str] = []
    unreadable: list[str] = []
    with medium.at(path.encode()) as folder:
        for entry in medium.entries(folder):
            name = names.escape(entry.name)
            limit = budget.limit(name)
            if limit is None and len(others) + len(odd) >= NAMED_MAX:
                continue
            if entry.kind != "file":
                odd.append(name)
            elif limit is None:
                others[name] = entry.size
            elif entry.size > limit:
                too_large.append(name)
            else:
                size = _lay(medium, folder, entry.name, files, limit)
                if size is None:
                    unreadable.append(name)
                elif size > limit:
                    files.drop(name)
                    too_large.append(name)
                else:
                    budget.left -= size
    return RawFolder(
        path=path,
        files=files,
        others=others,
        odd=tuple(odd),
        too_large=tuple(too_large),
        unreadable=tuple(unreadable),
    )


def _lay(medium: Medium, folder: int, name: bytes, files: Laid, limit: int) -> int | None:
    """Read a file, one byte more than the limit at the most; its size, or None where it cannot be read."""
    try:
        descriptor = medium.open_file(folder, name)
    except OSError:
        return None
    try:
        return files.add(names.escape(name), pieces_up_to(descriptor, limit + 1))
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _listed(medium: Medium, path: str, found: list[Finding]) -> list[Entry]:
    try:
        with medium.at(path.encode()) as folder:
            return medium.entries(folder)
    except OSError as error:
        if error.errno != errno.ENOENT:
            code = "E104" if error.errno in {errno.ENOTDIR, errno.ELOOP, errno.EXDEV} else "E307"
            found.append(finding(code, path))
        return []


def _about(entry: Entry) -> list[Finding]:
    """What to say of something that stands directly in ``linksync/``."""
    path = f"{seal.ROOT}/{names.escape(entry.name)}"
    if is_unfinished(entry.name) and entry.kind == "file":
        return [finding("W112", path)]
    kinds = {b"relay": "folder", b"handoffs": "folder", b"receipts": "folder", b"decisions": "folder"}
    wanted = "file" if path == OUTSIDE else kinds.get(entry.name)
    if wanted is None:
        return [finding("W102" if _is_litter(entry) else "E119", path)]
    return [] if entry.kind == wanted else [finding("E104", path)]


def is_unfinished(name: bytes) -> bool:
    """Whether a name is that of an unfinished file of ours."""
    return name.startswith(TEMPORARY) and names.is_hex(name[len(TEMPORARY) :].decode("latin-1"), 12)


def _is_litter(entry: Entry) -> bool:
    return entry.kind == "file" and (
        entry.name in {b".DS_Store", b"Thumbs.db", b"desktop.ini"} or entry.name.startswith(b"._")
    )


def _folders(medium: Medium, path: str, found: list[Finding], budget: _Budget) -> Iterator[RawFolder]:
    """The sealed folders in a folder."""
    pattern = _NAMES.get(path.split("/")[1])
    read = 0
    foreign: list[Finding] = []
    for entry in _listed(medium, path, found):
        name = names.escape(entry.name)
        below = f"{path}/{name}"
        if entry.kind == "file" and _is_litter(entry):
            foreign.append(finding("W102", below))
        elif entry.kind != "folder":
            foreign.append(finding("E104", below))
        elif (pattern and not pattern.fullmatch(name)) or "\\" in name or read >= FOLDERS_MAX:
            foreign.append(finding("E119", below))
        else:
            read += 1
            try:
                yield read_folder(medium, below, budget)
            except OSError:
                found.append(finding("E307", below))
    found += _first(foreign, path)


def _first(foreign: list[Finding], folder: str) -> list[Finding]:
    """The first of many findings; that there are more is one about their folder, which a hand-off can still attest."""
    if len(foreign) <= NAMED_MAX:
        return foreign
    code = "E119" if any(one.exit for one in foreign[NAMED_MAX:]) else "W102"
    return [*foreign[:NAMED_MAX], finding(code, folder)]


def _nested(medium: Medium, path: str, found: list[Finding], budget: _Budget) -> Iterator[RawFolder]:
    """The sealed folders in the folders of archives or archivists."""
    foreign: list[Finding] = []
    for entry in _listed(medium, path, found):
        name = names.escape(entry.name)
        if entry.kind == "folder" and names.is_id(name):
            yield from _folders(medium, f"{path}/{name}", found, budget)
        else:
            foreign.append(finding("W102" if _is_litter(entry) else "E119", f"{path}/{name}"))
    found += _first(foreign, path)


def _lay_manifest(medium: Medium, path: str, manifests: Laid, found: list[Finding]) -> bool:
    """Read a manifest; whether there is one that can be read."""
    try:
        with medium.opened(path.encode()) as descriptor:
            size = manifests.add(path, pieces_up_to(descriptor, lists.LIST_BYTES_MAX + 1))
    except OSError as error:
        if error.errno != errno.ENOENT:
            found.append(finding("E104" if error.errno in {errno.EINVAL, errno.ELOOP} else "E307", path))
        return False
    if size > lists.LIST_BYTES_MAX:
        manifests.drop(path)
        found.append(finding("E116", path))
    return size <= lists.LIST_BYTES_MAX
