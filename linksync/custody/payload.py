"""What the hand-offs add up to: the state of the stick's content after each (format 1, "The lists").

``state(7) = state(6) - gone(7) + added(7) + refused(7)``. The two manifests are this state, printed; each hand-off
signs their hashes. Refused files are in the state, because they were hashed, but not taken in.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from linksync.custody import lists, names
from linksync.custody.chain import Node
from linksync.custody.columns import Digests, DigestSet, Paths
from linksync.custody.findings import Finding, finding
from linksync.custody.givers import Givers
from linksync.custody.handoff import Audience
from linksync.custody.index import Index, Told, read_text
from linksync.custody.index_findings import class_findings, first_of, index_findings, is_of
from linksync.custody.pieces import Text, digest_of, gathered, text_of
from linksync.custody.relay import Policy
from linksync.custody.standing_files import Sizes, StandingFiles
from linksync.errors import FormatError

MANIFEST = "manifest-sha256.txt"
OUTSIDE = "linksync/outside-sha256.txt"

_LISTS = frozenset({"added.sha256", "refused.sha256", "gone.sha256", "index.jsonl"})

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
        files: path to digest, with their sizes; ``octets`` the sum of these.
        held: paths whose latest class is hold; ``refused`` likewise.
        codes: of those that are held or refused, where any were sealed.
        narrow: contents that were sealed for the organisers alone at least once, and revisions of such.
        givers: path to the hand-off that took it in last.
        whole: whether every list on the way could be read; where not, ``files`` may lack some.
    """

    files: StandingFiles = field(default_factory=StandingFiles)
    held: set[bytes] = field(default_factory=set)
    refused: set[bytes] = field(default_factory=set)
    codes: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    narrow: DigestSet = field(default_factory=DigestSet)
    givers: Givers = field(init=False)
    octets: int = 0
    whole: bool = True

    def __post_init__(self) -> None:
        self.givers = Givers(self.files)

    @property
    def sizes(self) -> Sizes:
        """Path to bytes."""
        return self.files.sizes

    def manifests(self) -> dict[str, bytes]:
        """The two manifests, by path; an empty one is not written."""
        return {name: b"".join(lines) for name, lines in self._printed()}

    def sums(self) -> dict[str, str]:
        """The SHA-256 of the two manifests, hexadecimal, by path; without an empty one."""
        sums = {}
        for name, lines in self._printed():
            hasher = hashlib.sha256()
            for some in gathered(lines):
                hasher.update(some)
            sums[name] = hasher.hexdigest()
        return sums

    def manifest(self, name: str) -> Iterator[bytes]:
        """A manifest, by its path, a piece at a time."""
        for path, lines in self._printed():
            if path == name:
                yield from gathered(lines)

    def _printed(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The name and the lines of each manifest that is not empty."""
        for name, inside in ((OUTSIDE, False), (MANIFEST, True)):
            some = (pair for pair in self.files.pairs() if names.is_payload(pair[0]) is inside)
            first = next(some, None)
            if first is not None:
                yield name, lists.printed(chain((first,), some))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists of one hand-off, parsed.

    Attributes:
        index: by path, a line for each added and refused file.
        whole: whether every list that the seal names is here and could be read.
    """

    added: Digests
    refused: Digests
    gone: Digests
    index: Index
    whole: bool


def read_lists(node: Node, files: Mapping[str, bytes]) -> tuple[Lists, list[Finding]]:
    """Parse a hand-off's lists and hold them against each other and the policy (format 1, "The lists").

    Args:
        node: the hand-off.
        files: the files of its folder; those whose bytes are not the ones sealed are left aside.

    Returns:
        What could be read, and what is wrong in it; bytes other than the sealed ones were found before, not again.
    """
    folder = node.seal.folder
    policy = node.version.relay.policy
    sealed = _Sealed(node, files)
    found: list[Finding] = []
    index = _read_index(sealed, folder, policy, found)  # the largest first, while nothing else is there
    wrong, found = found, []
    added = _read_list(sealed, "added.sha256", folder, policy, found, index.paths)
    refused = _read_list(sealed, "refused.sha256", folder, policy, found)
    gone = _read_list(sealed, "gone.sha256", folder, policy, found)
    found += wrong
    whole = not found and not sealed.lacking
    if whole:
        found += index_findings(folder, added, refused, index)
        found += class_findings(folder, index, policy)
    index.digests.clear()  # the lists have them
    return Lists(added=added, refused=refused, gone=gone, index=index, whole=whole), found


def fold(state: State, node: Node, told: Lists) -> list[Finding]:
    """Add a hand-off to the state and hold its lists and record against it.

    Args:
        state: after the hand-off before; changed in place.
        node: the hand-off.
        told: its lists; where they are not whole, the state is not either.
    """
    found: list[Finding] = []
    state.whole = state.whole and told.whole
    if told.whole:
        found += _gone_findings(state, node.seal.folder, told)
        found += _audience_findings(state, node.seal.folder, told) if state.whole else []
    _apply(state, node, told)
    if node.handoff is not None:
        _narrow(state, node.handoff.narrowed)
    if state.whole and node.handoff is not None:
        found += _count_findings(state, node, told)
    return found


def state_hashes(node: Node, files: Mapping[str, bytes]) -> dict[str, str] | None:
    """What a hand-off seals of the manifests: their hashes by path; None where its ``state.sha256`` cannot be read."""
    if "state.sha256" not in node.seal.own:
        return {}
    if not _is_sealed(files, "state.sha256", node.seal.own["state.sha256"]):
        return None
    try:
        entries = lists.from_bytes(files["state.sha256"], check=require_manifest_name)
    except FormatError:
        return None
    return {path.decode(): digest.hex() for path, digest in entries.items()}


def _is_sealed(files: Mapping[str, bytes], name: str, digest: lists.Digest) -> bool:
    return name in files and digest_of(files, name) == digest


@dataclass(slots=True)
class _Sealed:
    """The files of a hand-off's folder whose bytes are those that were sealed; they may be large.

    Attributes:
        lacking: whether one of those that were asked for, or one that nobody asks for, is another or not here.
    """

    node: Node
    files: Mapping[str, bytes]
    lacking: bool = False

    def __post_init__(self) -> None:
        others = self.node.seal.own.keys() - _LISTS
        self.lacking = any(not _is_sealed(self.files, name, self.node.seal.own[name]) for name in others)

    def get(self, name: str) -> Text | None:
        """The text of a file; None where it is not sealed, not here or another."""
        if name not in self.node.seal.own:
            return None
        if _is_sealed(self.files, name, self.node.seal.own[name]):
            return text_of(self.files, name)
        self.lacking = True
        return None


def _read_list(
    files: _Sealed, name: str, folder: str, policy: Policy, found: list[Finding], paths: Paths | None = None
) -> Digests:
    text = files.get(name)
    if text is None:
        return Digests.of(())
    if paths and len(paths) <= policy.list_lines and (digests := lists.digests_of(text, paths)) is not None:
        return Digests(paths, digests)
    try:
        return Digests.read(text, lines=policy.list_lines)
    except FormatError as error:
        code = LIST_CODES.get(error.slug, "E113")
        where = error.fields.get("path") or error.fields.get("line", "")
        found.append(finding(code, f"{folder}/{name}", why=error.slug, where=where))
        return Digests.of(())


def _read_index(files: _Sealed, folder: str, policy: Policy, found: list[Finding]) -> Index:
    text = files.get("index.jsonl")
    if text is None:
        return Index()
    try:
        return read_text(text, lines=2 * policy.list_lines)
    except FormatError as error:
        where = error.fields.get("line", "")
        found.append(finding(LIST_CODES.get(error.slug, "E113"), f"{folder}/index.jsonl", why=error.slug, where=where))
        return Index()


def _gone_findings(state: State, folder: str, told: Lists) -> list[Finding]:
    gone = told.gone
    if any(path in told.added or path in told.refused for path in gone):
        return [finding("E118", f"{folder}/gone.sha256", what="gone")]
    if not state.whole:
        return []
    wrong = [path for path, digest in gone.items() if state.files.get(path) != digest]
    return [finding("E224", f"{folder}/gone.sha256", path=names.escape(path)) for path in wrong[:10]]


def _audience_findings(state: State, folder: str, told: Lists) -> list[Finding]:
    if not told.index.of_audience("everyone"):
        return []

    def wider() -> Iterator[Finding]:
        for path, line in told.index.pairs():
            digest = (told.refused if line.class_ == "refuse" else told.added).get(path, b"")
            if line.audience != state.audience(path, digest, line.audience):
                yield finding("E222", names.escape(path), folder=folder)

    return first_of(wider(), folder)


def _apply(state: State, node: Node, told: Lists) -> None:
    """Take away what is gone and add what was taken in, many files at once."""
    narrow = _narrow_contents(state, told)
    for path in told.gone:
        state.octets -= max(0, state.files.size(path))
        state.held.discard(path)
        state.refused.discard(path)
        state.codes.pop(path, None)
        state.givers.drop(path)
    state.files.drop(told.gone)
    for taken in (told.added, told.refused):
        sizes = sizes_of(told.index, taken)
        state.octets += sum(sizes)
        state.octets -= _replaced(state, taken)
        state.givers.add(taken, node)
        state.files.put(taken, sizes)
    _stop(state, told)
    state.narrow.update(narrow)


def _replaced(state: State, taken: Digests) -> int:
    """The bytes of the files in whose place others are taken in."""
    if len(state.files) < len(taken):
        return sum(size for path, size in state.sizes.pairs() if path in taken)
    return sum(max(0, state.files.size(path)) for path in taken)


def sizes_of(index: Index, taken: Digests) -> Sequence[int]:
    """The size of each file of a list, in its order; 0 where the index does not say."""
    if is_of(index, taken):
        return index.sizes
    return [line.size if (line := index.get(path)) else 0 for path in taken]


def _stop(state: State, told: Lists) -> None:
    """Note which of the files that were taken in are held or refused now."""
    for stopped in (state.refused, state.held):
        if stopped:
            stopped.difference_update(told.added, told.refused)
    for path in [path for path in state.codes if path in told.added or path in told.refused]:
        del state.codes[path]
    state.refused |= told.refused.keys()
    if told.index.of_class("hold"):
        held = (path for path, line in told.index.pairs() if line.class_ == "hold")
        state.held |= {path for path in held if path in told.added or path in told.refused}
    for at, codes in told.index.codes.items():
        path = told.index.paths[at]
        if path in state.held or path in state.refused:
            state.codes[path] = codes


def _narrow_contents(state: State, told: Lists) -> Iterable[lists.Digest]:
    """The contents that stay with the organisers, whatever a liar's index says of them."""
    if not told.index.of_audience("everyone"):
        return chain(told.added.values(), told.refused.values())
    taken = chain(told.added.items(), told.refused.items())
    return DigestSet(digest for path, digest in taken if _is_narrow(state, path, digest, told.index.get(path)))


def _is_narrow(state: State, path: bytes, digest: lists.Digest, line: Told | None) -> bool:
    return line is None or state.audience(path, digest, line.audience) == "organisers"


def _narrow(state: State, folders: Iterable[str]) -> None:
    """Keep with the organisers what stands in folders whose cards no longer say yes (format 1, "Audience").

    A name means the files directly in that folder; one that ends in a slash means all below it too.
    """
    told = {names.unescape(folder) for folder in folders}
    below = tuple(folder for folder in told if folder.endswith(b"/"))
    for path, digest in state.files.items() if told else ():
        if path.rpartition(b"/")[0] in told or path.startswith(below):
            state.narrow.add(digest)


def _count_findings(state: State, node: Node, told: Lists) -> list[Finding]:
    handoff = node.handoff
    assert handoff is not None
    counts = handoff.counts
    held = told.index.of_class("hold")
    pairs = (
        ("added", counts.added + counts.changed + counts.moved, len(told.added)),
        ("gone", counts.gone + counts.moved, len(told.gone)),
        ("refused", counts.refused, len(told.refused)),
        ("held", counts.held, held),
        ("total", counts.total, len(state.files)),
        ("bytes added", handoff.sizes.added, sum(sizes_of(told.index, told.added))),
        ("bytes", handoff.sizes.total, state.octets),
    )
    path = f"{node.seal.folder}/handoff.yaml"
    return [finding("E118", path, what=what, said=said, found=got) for what, said, got in pairs if said != got][:1]
