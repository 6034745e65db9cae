"""The chain: which hand-offs stand, in which order, and what breaks it (format 1, "The chain").

Signed folders go in with a roster; a line of hand-offs comes out, with findings. The theory:

- A **node** is a folder whose seal carries a signature by somebody whom the relay version named in that seal lists as a
  holder. Its identity is the hash of its seal; its place is the hash of the seal before, which it lists.
- The **line** is the longest path of nodes from hand-off 1. Two successors of one node are a fork; a node whose
  predecessor is not here leaves a gap, across which the line goes on.
- A node signed with a key revoked since is **void** unless it is, or comes before, that key's last good seal. Void
  nodes never win against others and make no fork.

What a record *contains* is not judged here: see ``payload``. Nothing here reads a list of files.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from linksync.custody import lists
from linksync.custody.findings import Finding, finding
from linksync.custody.handoff import Handoff, handoff_from_bytes
from linksync.custody.keys import PublicKey
from linksync.custody.relay import HANDOFF_NAMESPACE
from linksync.custody.roster import RelayVersion, Roster, record_finding, signature_problem
from linksync.custody.seal import HANDOFF, HANDOFFS, RELAYS, RawFolder, Seal, Signed, read_signed
from linksync.errors import FormatError

_FOLDER = re.compile(r"([0-9]{6})-([a-z0-9-]{1,80})")
_AGAIN = re.compile(r"-[1-9][0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A hand-off whose seal and signer stand.

    Attributes:
        folder: the folder's name, as ``000007-gemeente-assen``.
        number: from the folder's name, which the seal binds.
        handoff: the record; None where its bytes are no longer those that were sealed.
        previous: the hash of the seal before, empty for hand-off 1.
        void: signed with a key that was revoked, after its last good seal.
    """

    folder: str
    number: int
    holder: str
    seal: Seal
    key: PublicKey
    version: RelayVersion
    handoff: Handoff | None
    previous: str
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The line of hand-offs, oldest first, and what stands beside it.

    Attributes:
        link: the Link's id, empty where no hand-off tells it.
        line: the hand-offs in order.
        side: nodes that stand and are not on the line.
        gaps: whether a hand-off in the middle is missing.
        torn: names of hand-off folders that are torn.
    """

    link: str
    line: tuple[Node, ...]
    side: tuple[Node, ...]
    gaps: bool
    torn: tuple[str, ...]

    @property
    def head(self) -> Node | None:
        """The last hand-off on the line."""
        return self.line[-1] if self.line else None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every hand-off that stands."""
        return self.line + self.side


def folder_name(number: int, holder: str, taken: Iterable[str]) -> str:
    """The name of the next hand-off's folder: never one that is taken (format 1, "Torn folders")."""
    base = f"{number:06}-{holder}"
    used = {name.lower() for name in taken}
    again = 2
    name = base
    while name in used:
        name = f"{base}-{again}"
        again += 1
    return name


def number_of(folder: str) -> int:
    """The number in a hand-off folder's name; 0 where it is no such name."""
    match = _FOLDER.fullmatch(folder)
    return int(match[1]) if match else 0


def read_chain(folders: Sequence[RawFolder], roster: Roster) -> tuple[Chain, list[Finding]]:
    """Judge the folders of ``linksync/handoffs/`` (format 1, "The chain").

    Args:
        folders: in any order; each with at least its seal, signature and ``handoff.yaml`` read.
        roster: the relay versions that stand, those known from elsewhere among them.
    """
    found: list[Finding] = []
    nodes: list[Node] = []
    torn: list[str] = []
    for folder in sorted(folders, key=lambda f: f.path):
        node, problems = read_node(folder, roster)
        found += problems
        if node is not None:
            nodes.append(node)
        elif any(f.code in {"W101", "E226"} for f in problems):
            torn.append(folder.name)
    nodes, problems = _drop_twins(nodes)
    found += problems
    link = _link_of(nodes)
    nodes, problems = _drop_foreign(nodes, link)
    found += problems
    nodes, problems = _void_revoked(nodes, roster, link)
    found += problems
    line, gaps, problems = _line(nodes)
    found += problems
    side = tuple(node for node in nodes if node not in line)
    chain = Chain(link=link, line=line, side=side, gaps=gaps, torn=tuple(torn))
    found += _order_findings(line) + _dropped_key_findings(line, roster)
    return chain, found


def read_node(folder: RawFolder, roster: Roster) -> tuple[Node | None, list[Finding]]:
    """Judge one hand-off folder by itself: its seal, its signer, its record (format 1, "The chain").

    Returns:
        None where it does not stand; the findings say why.
    """
    signed, found = read_signed(HANDOFF, folder)
    if signed is None:
        return None, found
    seal = signed.seal
    version = roster.version(seal.relay_version)
    if version is None or version.seal != (seal.relay or b"").hex():
        return None, [*found, finding("E217", folder.path, version=seal.relay_version)]
    match = _FOLDER.fullmatch(folder.name)
    if match is None or (int(match[1]) == 1) != (seal.previous is None):
        return None, [*found, finding("E117", folder.path, what="folder")]
    allowed = _holders_named(match[2], version, first=int(match[1]) == 1)
    problem = signature_problem(signed, version.signers, HANDOFF_NAMESPACE, allowed)
    if problem is not None:
        return None, [*found, problem]
    holders = version.signers.who(HANDOFF_NAMESPACE, signed.signature.public)
    handoff, problem = _read_record(folder, signed, holders[0], version)
    if problem is not None:
        return None, [*found, problem]
    node = Node(
        folder=folder.name,
        number=int(match[1]),
        holder=holders[0],
        seal=seal,
        key=signed.signature.public,
        version=version,
        handoff=handoff,
        previous=(seal.previous or b"").hex(),
    )
    return node, found


def _holders_named(tail: str, version: RelayVersion, *, first: bool) -> dict[str, None]:
    holders = (version.relay.organiser,) if first else version.relay.holders
    return {p.id: None for p in holders if tail == p.id or _AGAIN.fullmatch(tail.removeprefix(p.id))}


def _read_record(
    folder: RawFolder, signed: Signed, holder: str, version: RelayVersion
) -> tuple[Handoff | None, Finding | None]:
    """The record; None without a finding where its bytes are not those sealed, which was found already."""
    data = folder.files.get("handoff.yaml")
    seal = signed.seal
    if data is None or lists.sha256(data) != seal.own["handoff.yaml"]:
        return None, None
    path = f"{folder.path}/handoff.yaml"
    try:
        record = handoff_from_bytes(data)
    except FormatError as error:
        return None, record_finding(error, path)
    if record.relay != version.relay.id:
        return None, finding("E216", path, found=record.relay, expected=version.relay.id)
    if record.holder != holder:
        return None, finding("E203", path, found=holder, expected=record.holder)
    said = (record.number, record.relay_version, record.previous or "")
    if said != (int(folder.name[:6]), seal.relay_version, (seal.previous or b"").hex()):
        return None, finding("E117", path, what="record")
    return record, None


def _drop_twins(nodes: Sequence[Node]) -> tuple[list[Node], list[Finding]]:
    seen: set[str] = set()
    kept, found = [], []
    for node in nodes:
        if node.seal.hash in seen:
            found.append(finding("E225", node.seal.folder))
        else:
            kept.append(node)
            seen.add(node.seal.hash)
    return kept, found


def _link_of(nodes: Sequence[Node]) -> str:
    """The Link's id: what the first hand-off says, else the lowest numbered that still says it."""
    told = sorted((node.number, node.folder, node.handoff.link) for node in nodes if node.handoff)
    return told[0][2] if told else ""


def _drop_foreign(nodes: Sequence[Node], link: str) -> tuple[list[Node], list[Finding]]:
    kept, found = [], []
    for node in nodes:
        if node.handoff is not None and node.handoff.link != link:
            found.append(finding("E215", node.seal.folder, found=node.handoff.link, expected=link))
        else:
            kept.append(node)
    return kept, found


def _void_revoked(nodes: Sequence[Node], roster: Roster, link: str) -> tuple[list[Node], list[Finding]]:
    newest = roster.newest
    revoked = {r.key: r.last_good.get(link, "") for r in newest.relay.revoked} if newest else {}
    if not revoked:
        return list(nodes), []
    by_seal = {node.seal.hash: node for node in nodes}
    standing = {key: _ancestry(last, by_seal) for key, last in revoked.items()}
    kept, found = [], []
    for node in nodes:
        fingerprint = node.key.fingerprint
        if fingerprint in revoked and node.seal.hash not in standing[fingerprint]:
            found.append(finding("E207", node.seal.folder, key=fingerprint, holder=node.holder))
            kept.append(replace(node, void=True))
        else:
            kept.append(node)
    return kept, found


def _ancestry(seal: str, by_seal: Mapping[str, Node]) -> set[str]:
    found: set[str] = set()
    while seal and seal not in found:
        found.add(seal)
        seal = by_seal[seal].previous if seal in by_seal else ""
    return found


def _line(nodes: Sequence[Node]) -> tuple[tuple[Node, ...], bool, list[Finding]]:
    """The longest path from hand-off 1, carried on across gaps; forks and gaps are findings."""
    children: dict[str, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.previous, []).append(node)
    best = _best_paths(nodes, children)
    present = {node.seal.hash for node in nodes}
    starts = sorted((n for n in nodes if n.previous not in present), key=lambda n: (n.number, -best[n.seal.hash]))
    line: list[Node] = []
    gaps = False
    found: list[Finding] = []
    for start in starts:
        if start.previous:
            found.append(finding("E210", f"{HANDOFFS}/{start.seal.handoff}", next=start.number))
            gaps = True
        if not line or start.number > line[-1].number:
            line += _follow(start, children, best)
        elif not start.previous:
            found.append(finding("E225", start.seal.folder))
    for siblings in children.values():
        rivals = sorted(n.folder for n in siblings if not n.void)
        if siblings[0].previous and len(rivals) > 1:
            found.append(finding("E212", f"{HANDOFFS}/{rivals[-1]}", other=rivals[0], number=siblings[0].number))
    return tuple(line), gaps, found


def _best_paths(nodes: Sequence[Node], children: Mapping[str, list[Node]]) -> dict[str, int]:
    """For each node, how many hand-offs that are not void the best path from it holds."""
    best: dict[str, int] = {}
    for node in sorted(nodes, key=lambda n: n.number, reverse=True):
        after = [best.get(child.seal.hash, 0) for child in children.get(node.seal.hash, ())]
        best[node.seal.hash] = (0 if node.void else 1) + max(after, default=0)
    return best


def _follow(start: Node, children: Mapping[str, list[Node]], best: Mapping[str, int]) -> list[Node]:
    path = [start]
    while True:
        after = [n for n in children.get(path[-1].seal.hash, ()) if n.number > path[-1].number]
        after = [n for n in after if best[n.seal.hash] > 0]
        if not after:
            return path
        path.append(min(after, key=lambda n: (-best[n.seal.hash], n.seal.hash)))


def _order_findings(line: Sequence[Node]) -> list[Finding]:
    found = []
    for before, node in pairwise(line):
        folder = node.seal.folder
        if node.previous == before.seal.hash and node.number != before.number + 1:
            found.append(finding("E219", folder, found=node.number, expected=before.number + 1))
        if node.version.number < before.version.number:
            found.append(finding("E209", folder, found=node.version.number, expected=before.version.number))
    return found


def _dropped_key_findings(line: Sequence[Node], roster: Roster) -> list[Finding]:
    """Hand-offs at the end of the line by a key that a newer version, which nobody on the line knew, dropped."""
    newest = roster.newest
    found: list[Finding] = []
    for node in reversed(line):
        if newest is None or node.version.number >= newest.number:
            break
        if not node.void and node.holder not in newest.signers.who(HANDOFF_NAMESPACE, node.key):
            found.append(finding("E208", node.seal.folder, version=newest.number, path=f"{RELAYS}/{newest.number:04}"))
    return found
