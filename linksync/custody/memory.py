"""What was seen of a Link before, elsewhere: the one thing that shows a rollback or a copy (format 1, "Verdicts").

A stick alone cannot show that its newest hand-off was cut off, nor that a copy of it went on. The memory holds, per
number, the seals that were read from sticks and who signed them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from linksync.custody.chain import Chain, Node
from linksync.custody.findings import Finding, finding
from linksync.custody.receipt import Receipt
from linksync.custody.roster import Roster
from linksync.custody.seal import RELAYS


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
    """Everything that was seen of one Link.

    Attributes:
        relay: the highest relay version that was read from a stick of this Link; 0 for none.
    """

    seen: frozenset[Seen] = frozenset()
    relay: int = 0

    def learn(self, chain: Chain, here: Roster) -> "Memory":
        """What is remembered after a stick with this chain and these relay versions was read."""
        nodes = (node for node in chain.line if not node.void)
        return Memory(seen=self.seen | {_seen(node) for node in nodes}, relay=max(self.relay, len(here.versions)))

    def hear(self, receipts: Iterable[Receipt]) -> "Memory":
        """The same with what archives signed for: a receipt tells of a hand-off that once stood on the Link."""
        told = {Seen(number=receipt.number, seal=receipt.handoff, key="") for receipt in receipts}
        known = {entry.seal for entry in self.seen}
        return replace(self, seen=self.seen | {entry for entry in told if entry.seal not in known})


def compare_relay(here: Roster, roster: Roster, memory: Memory) -> list[Finding]:
    """Hold the relay versions on a stick against what is known elsewhere (format 1, "The relay").

    Fewer than once stood on this Link is a rollback; fewer than the newest that is known is only late: the next
    hand-off puts it there.
    """
    newest = len(here.versions)
    if newest < memory.relay:
        return [finding("E221", RELAYS, seen=memory.relay, found=newest)]
    if newest < len(roster.versions):
        return [finding("W115", RELAYS, known=len(roster.versions), found=newest)]
    return []


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
    """What is remembered, without what a thief may have signed.

    Of a revoked key the last good seal and what came before it stay: as the chain tells it, else by their numbers. Who
    signed what only a receipt tells of is not known, so there every revocation counts.
    """
    revoked = roster.revoked(chain.link)
    by_seal = {node.seal.hash: node for node in chain.nodes}
    numbers = {entry.seal: entry.number for entry in seen} | {n.seal.hash: n.number for n in chain.nodes}
    last = {key: numbers.get(seal, 0) for key, seal in revoked.items()}
    before = {key: _ancestors(seal, by_seal) for key, seal in revoked.items()}

    def stands(entry: Seen) -> bool:
        keys = revoked.keys() if not entry.key else revoked.keys() & {entry.key}
        return all(
            entry.number <= last[key] and before[key].get(entry.number, entry.seal) == entry.seal for key in keys
        )

    return [e for e in seen if stands(e)]


def _ancestors(seal: str, by_seal: Mapping[str, Node]) -> dict[int, str]:
    """A seal and those before it, by number, as far as they are here."""
    found: dict[int, str] = {}
    while seal in by_seal and by_seal[seal].number not in found:
        found[by_seal[seal].number] = seal
        seal = by_seal[seal].previous
    return found


def _place(entry: Seen) -> str:
    return f"linksync/handoffs/{entry.number:06}@{entry.seal}"


def _seen(node: Node) -> Seen:
    return Seen(number=node.number, seal=node.seal.hash, key=node.key.fingerprint)
