"""What was seen of a Link before, elsewhere: the one thing that shows a rollback or a copy (format 1, "Verdicts").

A stick alone cannot show that its newest hand-off was cut off, nor that a copy of it went on. The memory holds, per
number, the seals that were read from sticks and who signed them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from linksync.custody.chain import Chain, Node
from linksync.custody.findings import Finding, finding
from linksync.custody.roster import Roster


class Standing(Enum):
    """How a stick stands to what was seen before."""

    OK = "ok"
    AHEAD = "ahead"
    BEHIND = "behind"
    FORKED = "forked"
    FOREIGN = "foreign"
    UNKNOWN = "organiser-unknown"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Seen:
    """A hand-off that was read from a stick: its number, its seal's hash, the fingerprint of its key."""

    number: int
    seal: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything that was seen of one Link."""

    seen: frozenset[Seen] = frozenset()

    def learn(self, chain: Chain) -> "Memory":
        """What is remembered after this chain was read."""
        nodes = (node for node in chain.line if not node.void)
        return Memory(seen=self.seen | {_seen(node) for node in nodes})


def compare_memory(chain: Chain, memory: Memory, roster: Roster) -> tuple[Standing, list[Finding]]:
    """Hold a stick's chain against the memory (format 1, "Verdicts").

    Two different seals of one number are a fork; a number that the stick does not reach is a rollback. Seals by a key
    that was revoked since, other than its last good one and before, are forgotten: a thief makes no fork.
    """
    remembered = _still_good(memory.seen, chain, roster)
    if not remembered or chain.head is None:
        return Standing.OK, []
    here = {node.number: node.seal.hash for node in chain.line if not node.void}
    here |= {node.number - 1: node.previous for node in chain.line if node.previous}
    beside = {node.seal.hash for node in chain.nodes}
    strangers = [s for s in remembered if s.number in here and s.seal != here[s.number] and s.seal not in beside]
    if strangers:
        first = min(strangers)
        return Standing.FORKED, [finding("E212", _place(first), other=here[first.number], number=first.number)]
    last = max(remembered)
    if last.number > chain.head.number:
        return Standing.BEHIND, [finding("E211", _place(last), seen=last.number, found=chain.head.number)]
    if chain.head.number > last.number:
        return Standing.AHEAD, [finding("W106", "", seen=last.number, found=chain.head.number)]
    return Standing.OK, []


def _still_good(seen: Iterable[Seen], chain: Chain, roster: Roster) -> Sequence[Seen]:
    newest = roster.newest
    revoked = {r.key: r.last_good.get(chain.link, "") for r in newest.relay.revoked} if newest else {}
    numbers = {entry.seal: entry.number for entry in seen} | {n.seal.hash: n.number for n in chain.nodes}
    return [e for e in seen if e.key not in revoked or e.number <= numbers.get(revoked[e.key], 0)]


def _place(entry: Seen) -> str:
    return f"linksync/handoffs/{entry.number:06}@{entry.seal}"


def _seen(node: Node) -> Seen:
    return Seen(number=node.number, seal=node.seal.hash, key=node.key.fingerprint)
