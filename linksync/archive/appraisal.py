"""Appraisal: whether a hand-off can stand in the archive by itself; pure.

Its record, its lists and its signer are judged under the relay version that its own seal names, with the archive's own
roster beside the one that came along. Neither its predecessors nor its successors need be there. Only what its seal
lists is looked at: what others laid beside it is left behind.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from linksync.archive.ocfl import object_id
from linksync.custody import lists, names
from linksync.custody.chain import Node, read_node
from linksync.custody.findings import CATALOGUE, Finding, finding
from linksync.custody.handoff import Handoff
from linksync.custody.lists import Digest
from linksync.custody.payload import Lists, read_lists
from linksync.custody.pieces import Parts
from linksync.custody.relay import HANDOFF_NAMESPACE
from linksync.custody.roster import RelayVersion, Roster, merge_rosters, read_roster
from linksync.custody.seal import (
    HANDOFF,
    HANDOFFS,
    RELAY,
    RELAYS,
    SEAL,
    SIGNATURE,
    RawFolder,
    SealError,
    parse_seal,
    seal_path,
)

_TOLERATED = frozenset({0, 20, 40})
"""Exit statuses of findings with which a hand-off is taken in all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A hand-off that can stand in an archive.

    Attributes:
        folder: its folder, with exactly the files that its seal lists.
        previous: the seal of the hand-off before, as bytes; None for hand-off 1, or where it was not given.
        versions: the relay versions up to the one in force.
    """

    node: Node
    handoff: Handoff
    lists: Lists
    folder: RawFolder
    previous: bytes | None
    versions: tuple[RelayVersion, ...]

    @property
    def object(self) -> str:
        """The id of its object."""
        return object_id(self.handoff.link, self.node.number, self.node.seal.hash)

    @property
    def previous_path(self) -> str:
        """Where the seal of the hand-off before stands; empty for hand-off 1."""
        return seal_path(f"{HANDOFFS}/{self.node.seal.handoff}") if self.node.previous else ""

    def records(self) -> Parts:
        """Every record that its object holds, by path."""
        found = {f"{self.folder.path}/{name}": (self.folder.files, name) for name in self.folder.files}
        for version in self.versions:
            path = f"{RELAYS}/{version.number:04}"
            found |= {f"{path}/{name}": (version.folder.files, name) for name in (*RELAY.files, SEAL, SIGNATURE)}
        if self.previous is not None:
            found[self.previous_path] = ({SEAL: self.previous}, SEAL)
        return Parts(dict(sorted(found.items())))

    def holdings(self) -> Iterator[tuple[bytes, Digest]]:
        """Path and digest of every file that its object holds, records first."""
        records = self.records()
        return chain(((path.encode(), records.digest(path)) for path in records), self.lists.added.pairs())


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What was found.

    Attributes:
        sound: None where the hand-off cannot stand as it is.
        roster: what stands of the relay, here and known together.
        findings: what is wrong; notes as well.
    """

    sound: Sound | None
    roster: Roster
    findings: tuple[Finding, ...]


def appraise(
    handoff: RawFolder, previous: bytes | None, relays: Sequence[RawFolder], *, known: Roster, organiser: str
) -> Appraisal:
    """Judge a hand-off by itself.

    Args:
        handoff: its folder, ``linksync/handoffs/<name>``.
        previous: the seal of the hand-off before; one that is another is as none.
        relays: the relay versions that came along.
        known: those that are known already.
        organiser: the fingerprint that must have signed version 1.
    """
    here, relay_findings = read_roster(relays)
    if here.versions and here.organiser != organiser:
        other = finding("E214", RELAYS, found=here.organiser, expected=organiser)
        return Appraisal(sound=None, roster=known, findings=(other,))
    roster, found = merge_rosters(here, known)
    if found:
        return Appraisal(sound=None, roster=known, findings=tuple(found))
    folder = _as_sealed(handoff)
    node, found = read_node(folder, roster)
    if node is None or node.handoff is None:
        return Appraisal(sound=None, roster=roster, findings=(*found, *relay_findings))
    told, problems = read_lists(node, folder.files)
    found = [*found, *problems, *_path_findings(node, told)]
    sound = _sound(node, node.handoff, told, folder, previous, roster) if _is_tolerable(found, told) else None
    return Appraisal(sound=sound, roster=roster, findings=tuple(found))


def _sound(
    node: Node, handoff: Handoff, told: Lists, folder: RawFolder, previous: bytes | None, roster: Roster
) -> Sound:
    fits = previous is not None and lists.sha256(previous).hex() == node.previous
    return Sound(
        node=node,
        handoff=handoff,
        lists=told,
        folder=folder,
        previous=previous if fits else None,
        versions=roster.versions[: node.version.number],
    )


def dropped(sound: Sound, roster: Roster) -> Finding | None:
    """Whether a newer relay version dropped the key that signed it (format 1, "Versions")."""
    newest = roster.newest
    if newest is None or sound.node.version.number >= newest.number:
        return None
    if sound.node.holder in newest.signers.who(HANDOFF_NAMESPACE, sound.node.key):
        return None
    path = f"{RELAYS}/{newest.number:04}"
    return finding("E208", sound.folder.path, version=newest.number, path=path)


def revoked(sound: Sound, roster: Roster) -> str | None:
    """The last good seal of the key that signed it, where that key was revoked; empty for none on this Link.

    Returns:
        None where the key is good.
    """
    return roster.revoked(sound.handoff.link).get(sound.node.key.fingerprint)


def _as_sealed(folder: RawFolder) -> RawFolder:
    """The folder with the files that its seal lists; as it is where the seal cannot be read."""
    try:
        own = parse_seal(HANDOFF, folder.path, folder.files.get(SEAL, b"")).own
    except SealError:
        return folder
    wanted = {*own, SEAL, SIGNATURE}
    return replace(
        folder,
        files=Parts({name: (folder.files, name) for name in folder.files if name in wanted}),
        others={name: size for name, size in folder.others.items() if name in wanted},
        odd=tuple(name for name in folder.odd if name in wanted),
        too_large=tuple(name for name in folder.too_large if name in wanted),
        unreadable=tuple(name for name in folder.unreadable if name in wanted),
    )


def _path_findings(node: Node, told: Lists) -> list[Finding]:
    """Two things at one place, which no disk can hold and so no reader of disks has sealed."""
    if node.seal.handoff == node.folder:
        return [finding("E117", f"{node.seal.folder}/{SEAL}", what="folder")]
    both = _file_and_folder(told.added.paths)
    if both is not None:
        where = names.escape(both)
        return [finding("E113", f"{node.seal.folder}/added.sha256", why="path-file-and-folder", where=where)]
    return []


def _file_and_folder(paths: Iterable[bytes]) -> bytes | None:
    """The first of some paths, in order, below which others of them stand; None where there is none."""
    begun: list[bytes] = []  # each of them begins as the one before it
    for path in paths:
        while begun and not path.startswith(begun[-1]):
            begun.pop()
        if begun and path.startswith(begun[-1] + b"/"):
            return begun[-1]
        begun.append(path)
    return None


def _is_tolerable(found: Sequence[Finding], told: Lists) -> bool:
    return told.whole and all(CATALOGUE[one.code] in _TOLERATED for one in found)
