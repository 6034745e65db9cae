"""Verifying an archive: every object as OCFL and as a hand-off, every byte, the feed and the receipts.

An inventory is not read: it is made again from the hand-off and compared. Nothing is written. What a run that was cut
off left behind is a note; the next offer of that hand-off finishes it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, groupby

from linksync.archive import ocfl
from linksync.archive.appraisal import Sound, appraise
from linksync.archive.objects import Contained, inventory_of
from linksync.archive.receipts import receipt_folder
from linksync.archive.repository import Repository
from linksync.archive.store import in_pieces
from linksync.custody import names
from linksync.custody.columns import Paths
from linksync.custody.findings import Finding, finding
from linksync.custody.lists import Digest, sha256
from linksync.custody.report import Report
from linksync.custody.seal import HANDOFFS, SIGNATURE
from linksync.custody.side import read_receipts

_DEPTH = 5
"""Parts of the path of an object's folder: the root, three tuples, the object."""


@dataclass(slots=True)
class _Tally:
    """What was seen so far: findings, counts, and the seals of the objects that count."""

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seals: dict[str, str] = field(default_factory=dict)


def verify_archive(repository: Repository, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Report:
    """Verify everything in an archive.

    Args:
        repository: the archive.
        progress: told how many hand-offs of how many that the feed names are done.

    Returns:
        Findings with their paths in the archive, and counts: ``objects``, ``files``, ``bytes``, ``receipts``,
        ``holds`` and ``arrivals``.

    Raises:
        TrustError: ``archive-organiser-other``: the relay versions in it are not this archive's.
        MediumError: its place fails.
    """
    tally = _Tally()
    total = repository.arrivals()
    for name, data in ocfl.root_files().items():
        if repository.store.read(name, 1 << 16) != data:
            tally.findings.append(finding("E301", name))
    for done, (folder, files) in enumerate(_objects(repository, tally), start=1):
        _verify_object(repository, folder, files, tally)
        progress(done, max(done, total))
    _verify_feed(repository, tally)
    tally.counts["holds"] = sum(1 for _ in repository.holds.all())
    return Report(findings=tuple(sorted(tally.findings)), counts=dict(tally.counts))


def _objects(repository: Repository, tally: _Tally) -> Iterator[tuple[str, Paths]]:
    """The folder of each object that counts, with the names of its files; whatever else stands there is a finding."""
    own = set(ocfl.root_files())
    for folder, group in groupby(repository.store.names(ocfl.ROOT), key=_object_folder):
        if not folder:
            tally.findings += [finding("E119", _shown(name)) for name in group if name not in own]
            continue
        files = Paths(_encoded(name.removeprefix(f"{folder}/")) for name in group)
        if ocfl.DECLARATION.encode() not in files:
            tally.findings.append(finding("W112", _shown(folder)))
        else:
            yield folder, files


def _object_folder(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[:_DEPTH]) if len(parts) > _DEPTH and parts[1] != "extensions" else ""


def _verify_object(repository: Repository, folder: str, files: Paths, tally: _Tally) -> None:
    sound = _sound(repository, folder, files, tally)
    if sound is None:
        return
    tally.counts["objects"] += 1
    tally.seals[sound.node.seal.hash] = folder
    contained = Contained(sound)
    for name in _decoded(files):
        if name not in contained:
            tally.findings.append(finding("E119", _shown(f"{folder}/{name}")))
    inventory = _hash(inventory_of(sound))
    described = dict.fromkeys(ocfl.INVENTORIES, inventory)
    described |= {f"{name}.sha256": sha256(ocfl.sidecar(inventory)) for name in ocfl.INVENTORIES}
    described[ocfl.DECLARATION] = sha256(ocfl.DECLARED)
    for name, digest in chain(described.items(), contained.content()):
        _verify_file(repository, f"{folder}/{name}", digest, tally)
    _verify_receipt(repository, sound, tally)


def _sound(repository: Repository, folder: str, files: Paths, tally: _Tally) -> Sound | None:
    """The hand-off in an object; None, with findings, where it does not stand there."""
    prefix, suffix = f"{ocfl.CONTENT}/{HANDOFFS}/", f"/{SIGNATURE}"
    sealed = [name for name in _decoded(files) if name.startswith(prefix) and name.endswith(suffix)]
    if len(sealed) != 1:
        tally.findings.append(finding("E106", _shown(f"{folder}/{prefix}")))
        return None
    name = sealed[0].removeprefix(prefix).removesuffix(suffix)
    fetched = repository.objects.read(folder, name)
    found = appraise(
        fetched.handoff,
        fetched.previous,
        fetched.relays,
        known=repository.shelf.roster(),
        organiser=repository.organiser,
    )
    at = f"{folder}/{ocfl.CONTENT}"
    tally.findings += [replace(one, path=_shown(f"{at}/{one.path}")) for one in found.findings if found.sound is None]
    sound = found.sound
    if sound is not None and ocfl.object_folder(sound.object) != folder:
        tally.findings.append(finding("E117", _shown(folder), what="object"))
        return None
    if sound is not None and sound.node.previous and sound.previous is None:
        tally.findings.append(finding("E302", _shown(f"{at}/{sound.previous_path}")))
    return sound


def _verify_file(repository: Repository, name: str, digest: Digest, tally: _Tally) -> None:
    file = repository.store.open(name)
    if file is None:
        tally.findings.append(finding("E302", _shown(name)))
        return
    total, size = hashlib.sha256(), 0
    with file:
        for piece in in_pieces(file):
            total.update(piece)
            size += len(piece)
    tally.counts["files"] += 1
    tally.counts["bytes"] += size
    if total.digest() != digest:
        tally.findings.append(finding("E301", _shown(name)))


def _verify_receipt(repository: Repository, sound: Sound, tally: _Tally) -> None:
    folder = receipt_folder(repository.store, repository.id, sound.node.seal.hash, sound.node.folder)
    if not folder.files:
        return
    stand, found = read_receipts([folder], repository.shelf.roster())
    tally.findings += found
    tally.counts["receipts"] += len(stand)
    wrong = [one for one in stand if (one.record.handoff, one.record.object) != (sound.node.seal.hash, sound.object)]
    tally.findings += [finding("E117", one.folder.path, what="object") for one in wrong]


def _verify_feed(repository: Repository, tally: _Tally) -> None:
    named = set()
    for arrival in repository.feed(0):
        tally.counts["arrivals"] += 1
        named.add(arrival.seal)
        if arrival.seal not in tally.seals:
            tally.findings.append(finding("E302", _shown(arrival.object or f"feed {arrival.position}")))
    for seal, folder in tally.seals.items():
        if seal not in named:
            tally.findings.append(finding("W112", _shown(folder)))


def _hash(pieces: Iterable[bytes]) -> Digest:
    total = hashlib.sha256()
    for piece in pieces:
        total.update(piece)
    return total.digest()


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _decoded(names_: Iterable[bytes]) -> Iterator[str]:
    return (name.decode("utf-8", "surrogateescape") for name in names_)


def _shown(name: str) -> str:
    return names.escape(_encoded(name))
