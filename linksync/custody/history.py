"""The history of a Link: everything that its sealed folders prove together (format 1, "Verdicts").

Folders go in as they were read; out comes who organises (``roster``), which hand-offs stand in which order (``chain``),
what they add up to (``state``) and everything that is wrong with them. Who is to be believed is not decided here: the
caller compares ``roster.organiser`` with the fingerprint on the label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linksync.custody import lists
from linksync.custody.chain import Chain, read_chain
from linksync.custody.findings import Finding, finding
from linksync.custody.payload import (
    MANIFEST,
    OUTSIDE,
    State,
    fold,
    read_lists,
    state_hashes,
)
from linksync.custody.roster import Roster, merge_rosters, read_roster
from linksync.custody.seal import RawFolder
from linksync.errors import FormatError

NOTHING = Roster(versions=())
_BOTH = (MANIFEST, OUTSIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the records of a stick prove.

    Attributes:
        roster: the relay versions that stand, those known from elsewhere among them.
        here: the relay versions that stand on the stick itself.
        state: the content after the last hand-off.
        manifests: for each manifest's path, the hashes that hand-offs on the line sealed, hexadecimal.
        sums: the hashes of the manifests that follow from ``state``.
        damaged: whether something that the last hand-off seals could not be read, so that ``state`` may lack files.
        findings: what is wrong with the records, before anything is attested.
    """

    roster: Roster
    here: Roster
    chain: Chain
    state: State
    manifests: Mapping[str, frozenset[str]]
    sums: Mapping[str, str]
    damaged: bool
    findings: tuple[Finding, ...]

    @property
    def link(self) -> str:
        """The Link's id, empty where no hand-off tells it."""
        return self.chain.link


def read_history(
    relays: Sequence[RawFolder],
    handoffs: Sequence[RawFolder],
    *,
    manifests: Mapping[str, bytes],
    known: Roster = NOTHING,
) -> History:
    """Read the records of a stick.

    Args:
        relays: the folders of ``linksync/relay/``.
        handoffs: the folders of ``linksync/handoffs/``.
        manifests: the two manifests as they stand on the stick, by path; used where a list of a hand-off is damaged and
            it or a later one seals exactly these bytes.
        known: relay versions seen before, elsewhere.
    """
    here, found = read_roster(relays)
    roster, problems = merge_rosters(here, known)
    found += problems
    chain, problems = read_chain(handoffs, roster)
    found += problems
    by_name = {folder.name: folder.files for folder in handoffs}
    state = State()
    before = ""
    sealed: list[Mapping[str, str] | None] = []
    for node in chain.line:
        files = by_name[node.folder]
        state.whole = state.whole and node.previous == before
        before = node.seal.hash
        told, problems = read_lists(node, files)
        found += problems
        found += fold(state, node, told)
        sealed.append(state_hashes(node, files))
    sums: Mapping[str, str] = state.sums()
    found += _state_findings(chain, state, sums, sealed)
    if not state.whole:
        sums = _adopt(state, chain, by_name, manifests, sealed) or sums
    return History(
        roster=roster,
        here=here,
        chain=chain,
        state=state,
        manifests={path: frozenset(told[path] for told in sealed if told and path in told) for path in _BOTH},
        sums=sums,
        damaged=not state.whole,
        findings=tuple(found),
    )


def _state_findings(
    chain: Chain, state: State, sums: Mapping[str, str], sealed: Sequence[Mapping[str, str] | None]
) -> list[Finding]:
    """Hold the last hand-off's ``state.sha256`` against what all of them add up to.

    Only the last: each was the last once, and whoever took over then recorded what was wrong with it.
    """
    head = chain.head
    if head is None or not state.whole or chain.gaps or head.handoff is None:
        return []
    if sealed[-1] == sums:
        return []
    return [finding("E120", f"{head.seal.folder}/state.sha256")]


def _adopt(
    state: State,
    chain: Chain,
    by_name: Mapping[str, Mapping[str, bytes]],
    manifests: Mapping[str, bytes],
    sealed: Sequence[Mapping[str, str] | None],
) -> Mapping[str, str] | None:
    """Take the state from the manifests where a hand-off seals exactly those bytes, and go on from there.

    A stick that was pulled between signature and manifest has the manifests of the hand-off before. What is known from
    there alone stays with the organisers: the list that said who may see it cannot be read.

    Returns:
        The hashes of the manifests that follow from it; None where no hand-off seals those on the stick.
    """
    here = _hashes(manifests)
    places = [place for place, told in enumerate(sealed) if told == here and not chain.line[place].void]
    if not places:
        return None
    try:
        files = {path: digest for data in manifests.values() for path, digest in lists.from_bytes(data).items()}
    except FormatError:
        return None
    told = [read_lists(node, by_name[node.folder])[0] for node in chain.line]
    seen = {digest for lists_ in told for digest in (*lists_.added.values(), *lists_.refused.values())}
    state.narrow.update(set(files.values()) - seen)
    before = ((digest, state.files.told(path)) for path, digest in files.items())
    sizes = [known[1] if known is not None and known[0] == digest else -1 for digest, known in before]
    state.givers.spell_out()
    state.files.drop(list(state.files))
    state.files.put(files, sizes)
    state.octets = sum(state.sizes.values())
    for place in range(places[-1] + 1, len(told)):
        fold(state, chain.line[place], told[place])
    sums = state.sums()
    state.whole = sealed[-1] == sums
    return sums


def _hashes(manifests: Mapping[str, bytes]) -> dict[str, str]:
    return {path: lists.sha256(data).hex() for path, data in manifests.items()}
