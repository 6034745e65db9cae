"""What the hand-offs add up to: the state of the stick's content after each (format 1, "The lists").

``state(7) = state(6) - gone(7) + added(7) + refused(7)``. The two manifests are this state, printed; each hand-off
signs their hashes. Refused files are in the state, because they were hashed, but not taken in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from linksync.custody import lists, names
from linksync.custody.chain import Node
from linksync.custody.findings import Finding, finding
from linksync.custody.handoff import Audience, IndexLine, index_from_bytes
from linksync.custody.relay import Policy, policy_class
from linksync.errors import FormatError

MANIFEST = "manifest-sha256.txt"
OUTSIDE = "linksync/outside-sha256.txt"

LIST_CODES = {
    "path-dotdot": "E114",
    "path-absolute": "E114",
    "path-reserved": "E115",
    "list-too-long": "E116",
}
"""Which finding a parse error of a list becomes; any other is E113."""


@dataclass(slots=True)
class State:
    """The content of the stick as the hand-offs tell it; grows by ``fold``.

    Attributes:
        files: path to digest.
        sizes: path to bytes.
        held: paths whose latest class is hold; ``refused`` likewise.
        seen: every content ever sealed.
        narrow: contents that were sealed for the organisers alone at least once.
        whole: whether every list on the way could be read; where not, ``files`` may lack some.
    """

    files: dict[bytes, lists.Digest] = field(default_factory=dict)
    sizes: dict[bytes, int] = field(default_factory=dict)
    held: set[bytes] = field(default_factory=set)
    refused: set[bytes] = field(default_factory=set)
    narrow: set[lists.Digest] = field(default_factory=set)
    seen: set[lists.Digest] = field(default_factory=set)
    whole: bool = True

    def manifests(self) -> dict[str, bytes]:
        """The two manifests, by path; an empty one is not written."""
        inside = {path: digest for path, digest in self.files.items() if names.is_payload(path)}
        beside = {path: digest for path, digest in self.files.items() if not names.is_payload(path)}
        pairs = ((OUTSIDE, beside), (MANIFEST, inside))
        return {path: lists.to_bytes(entries) for path, entries in pairs if entries}

    def audience(self, path: bytes, digest: lists.Digest, asked: Audience) -> Audience:
        """Who may see a content at a path, given what its card asks (format 1, "Audience").

        The audience first sealed with a content governs it and its later revisions; later ones may only narrow.
        """
        before = self.files.get(path)
        if digest in self.narrow or (before is not None and before in self.narrow):
            return "organisers"
        return asked


def state_list(manifests: Mapping[str, bytes]) -> bytes:
    """``state.sha256``: the hashes of the manifests; empty where there is none."""
    return lists.to_bytes({path.encode(): lists.sha256(data) for path, data in manifests.items()})


def require_manifest_name(path: bytes) -> None:
    """Refuse a path that ``state.sha256`` may not name.

    Raises:
        FormatError: ``path-state``.
    """
    if path not in {MANIFEST.encode(), OUTSIDE.encode()}:
        raise FormatError("path-state", path=names.escape(path))


def fold(state: State, node: Node, files: Mapping[str, bytes]) -> list[Finding]:
    """Add a hand-off to the state and hold its lists against its record.

    Args:
        state: after the hand-off before; changed in place.
        node: the hand-off.
        files: its lists, only those whose bytes are the ones sealed; lists that the seal names and that are not here
            leave the state not whole.

    Returns:
        What the lists have wrong; none of it for a record that is itself damaged.
    """
    folder = node.seal.folder
    policy = node.version.relay.policy
    found: list[Finding] = []
    added = _read_list(files, "added.sha256", folder, policy, found)
    refused = _read_list(files, "refused.sha256", folder, policy, found)
    gone = _read_list(files, "gone.sha256", folder, policy, found)
    index = _read_index(files, folder, found)
    broken = bool(found) or any(name not in files for name in node.seal.own if name != "handoff.yaml")
    if broken:
        state.whole = False
    by_path = {names.unescape(line.path): line for line in index}
    if not broken:
        found += _gone_findings(state, folder, gone)
        found += _index_findings(folder, added, refused, by_path)
        found += _audience_findings(state, folder, by_path)
        found += _class_findings(folder, by_path, policy)
    _apply(state, added, refused, gone, by_path)
    if not broken and state.whole and node.handoff is not None:
        found += _count_findings(state, node, added, refused, gone, by_path)
    return found


def _read_list(
    files: Mapping[str, bytes], name: str, folder: str, policy: Policy, found: list[Finding]
) -> dict[bytes, lists.Digest]:
    if name not in files:
        return {}
    try:
        return lists.from_bytes(files[name], lines=policy.list_lines)
    except FormatError as error:
        code = LIST_CODES.get(error.slug, "E113")
        where = error.fields.get("path") or error.fields.get("line", "")
        found.append(finding(code, f"{folder}/{name}", why=error.slug, where=where))
        return {}


def _read_index(files: Mapping[str, bytes], folder: str, found: list[Finding]) -> tuple[IndexLine, ...]:
    if "index.jsonl" not in files:
        return ()
    try:
        return index_from_bytes(files["index.jsonl"])
    except FormatError as error:
        where = error.fields.get("line", "")
        found.append(finding("E113", f"{folder}/index.jsonl", why=error.slug, where=where))
        return ()


def _gone_findings(state: State, folder: str, gone: Mapping[bytes, lists.Digest]) -> list[Finding]:
    if not state.whole:
        return []
    wrong = [path for path, digest in gone.items() if state.files.get(path) != digest]
    return [finding("E224", f"{folder}/gone.sha256", path=names.escape(path)) for path in wrong[:10]]


def _index_findings(
    folder: str,
    added: Mapping[bytes, lists.Digest],
    refused: Mapping[bytes, lists.Digest],
    by_path: Mapping[bytes, IndexLine],
) -> list[Finding]:
    path = f"{folder}/index.jsonl"
    if added.keys() & refused.keys() or by_path.keys() != added.keys() | refused.keys():
        return [finding("E118", path, what="index")]
    for name, line in by_path.items():
        digest = (refused if line.class_ == "refuse" else added).get(name)
        if digest is None or digest.hex() != line.sha256:
            return [finding("E118", path, what=line.path)]
    return []


def _audience_findings(state: State, folder: str, by_path: Mapping[bytes, IndexLine]) -> list[Finding]:
    found = []
    for path, line in by_path.items():
        if line.audience != state.audience(path, bytes.fromhex(line.sha256), line.audience):
            found.append(finding("E222", line.path, folder=folder))
    return found


def _class_findings(folder: str, by_path: Mapping[bytes, IndexLine], policy: Policy) -> list[Finding]:
    return [
        finding("E223", line.path, folder=folder, found=line.class_, expected=expected)
        for path, line in by_path.items()
        if (expected := policy_class(policy, path)) != line.class_
    ]


def _apply(
    state: State,
    added: Mapping[bytes, lists.Digest],
    refused: Mapping[bytes, lists.Digest],
    gone: Mapping[bytes, lists.Digest],
    by_path: Mapping[bytes, IndexLine],
) -> None:
    for path in gone:
        state.files.pop(path, None)
        state.sizes.pop(path, None)
        state.held.discard(path)
        state.refused.discard(path)
    for path, digest in (*added.items(), *refused.items()):
        line = by_path.get(path)
        state.files[path] = digest
        state.seen.add(digest)
        state.sizes[path] = line.size if line else 0
        (state.refused.add if path in refused else state.refused.discard)(path)
        (state.held.add if line and line.class_ == "hold" else state.held.discard)(path)
        if line is None or line.audience == "organisers":
            state.narrow.add(digest)


def _count_findings(
    state: State,
    node: Node,
    added: Mapping[bytes, lists.Digest],
    refused: Mapping[bytes, lists.Digest],
    gone: Mapping[bytes, lists.Digest],
    by_path: Mapping[bytes, IndexLine],
) -> list[Finding]:
    handoff = node.handoff
    assert handoff is not None
    counts = handoff.counts
    held = sum(line.class_ == "hold" for line in by_path.values())
    pairs = (
        ("added", counts.added + counts.changed + counts.moved, len(added)),
        ("gone", counts.gone + counts.moved, len(gone)),
        ("refused", counts.refused, len(refused)),
        ("held", counts.held, held),
        ("total", counts.total, len(state.files)),
        ("bytes added", handoff.sizes.added, sum(by_path[path].size for path in added if path in by_path)),
        ("bytes", handoff.sizes.total, sum(state.sizes.values())),
    )
    path = f"{node.seal.folder}/handoff.yaml"
    return [finding("E118", path, what=what, said=said, found=got) for what, said, got in pairs if said != got][:1]
