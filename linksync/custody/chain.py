"""The chain: which hand-offs stand, in which order, and what breaks it (format 1, "The chain").

Signed folders go in with a roster; a line of hand-offs comes out, with findings. The theory:

- A **node** is a folder whose seal carries a signature by somebody whom the relay version named in that seal lists as a
  holder. Its identity is the hash of its seal; its place is the hash of the seal before, which it lists.
- The **line** is the longest path of nodes from hand-off 1, in which numbers grow by one and relay versions never fall.
  Two successors of one node are a fork. A node whose predecessor is not here leaves a gap, across which the line goes
  on where the next nodes still tell that they are of this Link.
- A node signed with a key revoked since is **void** unless it is, or comes before, that key's last good seal. Void
  nodes never win against others and make no fork; on the line they stand only below an honest hand-off built on them.

What a record *contains* is not judged here: see ``payload``. Nothing here reads a list of files.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from linksync.custody import lists
from linksync.custody.findings import Finding, finding
from linksync.custody.handoff import Handoff, handoff_from_bytes
from linksync.custody.keys import PublicKey
from linksync.custody.relay import HANDOFF_NAMESPACE
from linksync.custody.roster import RelayVersion, Roster, record_finding, signature_problem
from linksync.custody.seal import HANDOFF, HANDOFFS, RELAYS, RawFolder, Seal, Signed, read_signed
from linksync.errors import FormatError

_FOLDER = re.compile(r"([0-9]{6})-([a-z0-9-]{1,80})")
_AGAIN = re.compile(r"-(?:[2-9]|[1-9][0-9]+)\Z")

GAP_MAX = 1000
"""Hand-offs that may be missing in one place; beyond it the line does not go on (format 1, "Bounds")."""


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
    nodes, problems = _void_revoked(nodes, roster.revoked(link))
    found += problems
    misfits, problems = _misfits(nodes)
    found += problems
    line, gaps, problems = _line(nodes, misfits)
    found += problems
    on_line = {node.seal.hash for node in line}
    side = tuple(node for node in nodes if node.seal.hash not in on_line)
    chain = Chain(link=link, line=line, side=side, gaps=gaps, torn=tuple(torn))
    return chain, found + _dropped_key_findings(line, roster, link)


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
    if match is None or match[1] == "000000" or (int(match[1]) == 1) != (seal.previous is None):
        return None, [*found, finding("E117", folder.path, what="folder")]
    allowed = _holders_named(match[2], version, first=int(match[1]) == 1)
    problem = signature_problem(signed, version.signers, HANDOFF_NAMESPACE, allowed)
    if problem is not None:
        return None, [*found, problem]
    holders = version.signers.who(HANDOFF_NAMESPACE, signed.signature.public)
    handoff, problem = _read_record(folder, signed, holders[0], version)
    if problem is not None:
        fingerprint = signed.signature.public.fingerprint
        if fingerprint in roster.revoked(""):
            problem = finding("E207", folder.path, key=fingerprint, holder=holders[0])
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
    """Who may have signed a folder of that name: ``a-2`` names host ``a-2``, and ``a`` in a second try."""
    named = {tail: None, _AGAIN.sub("", tail): None}
    return {id_: None for id_ in named if not first or id_ == version.relay.organiser.id}


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
    """The Link's id: what hand-off 1 says; where it is gone, what most say, then what the lowest numbered says."""
    told = sorted((node.number, node.folder, node.handoff.link) for node in nodes if node.handoff)
    if not told or told[0][0] == 1:
        return told[0][2] if told else ""
    times = Counter(link for _, _, link in told)
    return max(times, key=lambda link: times[link])


def _drop_foreign(nodes: Sequence[Node], link: str) -> tuple[list[Node], list[Finding]]:
    kept, found = [], []
    for node in nodes:
        if node.handoff is not None and node.handoff.link != link:
            found.append(finding("E215", node.seal.folder, found=node.handoff.link, expected=link))
        else:
            kept.append(node)
    return kept, found


def _void_revoked(nodes: Sequence[Node], revoked: Mapping[str, str]) -> tuple[list[Node], list[Finding]]:
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


def _misfits(nodes: Sequence[Node]) -> tuple[set[str], list[Finding]]:
    """The seals of nodes that do not follow from the node before as they say (format 1, "The chain")."""
    by_seal = {node.seal.hash: node for node in nodes}
    wrong, found = set(), []
    for node in nodes:
        problem = _misfit(node, by_seal[node.previous]) if node.previous in by_seal else None
        if problem is not None:
            wrong.add(node.seal.hash)
            found.append(problem)
    return wrong, found


def _misfit(node: Node, before: Node) -> Finding | None:
    folder = node.seal.folder
    if node.number != before.number + 1:
        return finding("E219", folder, found=node.number, expected=before.number + 1)
    if node.version.number < before.version.number:
        return finding("E209", folder, found=node.version.number, expected=before.version.number)
    return finding("E117", folder, what="previous") if node.seal.handoff != before.folder else None


@dataclass(frozen=True, slots=True)
class _Tree:
    """Nodes by the seal before them; ``best`` is how many hand-offs that are not void the best path from one holds."""

    children: Mapping[str, Sequence[Node]]
    best: Mapping[str, int]

    def follow(self, start: Node) -> list[Node]:
        """The best path from a node; of two that are equal the one that is not void, then the lower seal."""
        path = [start]
        while after := [n for n in self.children.get(path[-1].seal.hash, ()) if self.best[n.seal.hash] > 0]:
            path.append(min(after, key=lambda n: (-self.best[n.seal.hash], n.void, n.seal.hash)))
        return path

    def forks(self) -> list[Finding]:
        """Where two successors of one node both hold something that is not void."""
        found = []
        for before, siblings in self.children.items():
            rivals = sorted((n for n in siblings if self.best[n.seal.hash] > 0), key=lambda n: n.folder)
            if before and len(rivals) > 1:
                fields = {"other": rivals[0].folder, "number": rivals[0].number}
                found.append(finding("E212", rivals[-1].seal.folder, **fields))
        return found


def _tree(nodes: Sequence[Node], misfits: set[str]) -> _Tree:
    children: dict[str, list[Node]] = {}
    for node in nodes:
        if node.seal.hash not in misfits:
            children.setdefault(node.previous, []).append(node)
    best: dict[str, int] = {}
    for node in sorted(nodes, key=lambda n: n.number, reverse=True):
        after = [best[child.seal.hash] for child in children.get(node.seal.hash, ())]
        best[node.seal.hash] = (0 if node.void else 1) + max(after, default=0)
    return _Tree(children=children, best=best)


def _line(nodes: Sequence[Node], misfits: set[str]) -> tuple[tuple[Node, ...], bool, list[Finding]]:
    """The longest path from hand-off 1, carried on across gaps; forks and gaps are findings."""
    tree = _tree(nodes, misfits)
    present = {node.seal.hash for node in nodes}
    starts = [n for n in nodes if n.previous not in present and tree.best[n.seal.hash] > 0]
    line: list[Node] = []
    gaps = False
    found: list[Finding] = []
    for start in sorted(starts, key=lambda n: (n.number, -tree.best[n.seal.hash])):
        path = tree.follow(start)
        if start.previous:
            found.append(finding("E210", f"{HANDOFFS}/{start.seal.handoff}", next=start.number))
        problem = _start_problem(path, line)
        if problem is None:
            gaps = gaps or bool(start.previous)
            line += path
        elif problem.code != "E210":
            found.append(problem)
    return tuple(line), gaps, found + tree.forks()


def _start_problem(path: Sequence[Node], line: Sequence[Node]) -> Finding | None:
    """Why a path without a predecessor is not part of the line: E210 where no more is to be said than that."""
    start = path[0]
    lost = finding("E210", f"{HANDOFFS}/{start.seal.handoff}", next=start.number)
    if all(node.handoff is None for node in path):
        return lost
    if not line:
        return None
    last = line[-1]
    if start.number <= last.number:
        return lost if start.previous else finding("E225", start.seal.folder)
    if start.number > last.number + GAP_MAX:
        return finding("E219", start.seal.folder, found=start.number, expected=last.number + 1)
    if start.version.number < last.version.number:
        return finding("E209", start.seal.folder, found=start.version.number, expected=last.version.number)
    return None


def _dropped_key_findings(line: Sequence[Node], roster: Roster, link: str) -> list[Finding]:
    """Hand-offs at the end of the line by a key that a newer version, which nobody on the line knew, dropped.

    What somebody went on from with a key that is still listed is vouched for; so is a revoked key's last good seal,
    with what comes before it, by that version.
    """
    newest = roster.newest
    revoked = roster.revoked(link)
    found: list[Finding] = []
    for node in reversed(line):
        if newest is None or node.version.number >= newest.number:
            break
        if node.void or node.key.fingerprint in revoked:
            continue
        if node.holder in newest.signers.who(HANDOFF_NAMESPACE, node.key):
            break
        found.append(finding("E208", node.seal.folder, version=newest.number, path=f"{RELAYS}/{newest.number:04}"))
    return found
