"""Verifying a stick: everything that is wrong with it, in one report (format 1, "Verdicts").

The records first, then the contents, each file read once. What memory and other people's records say of the Link is
held against it as well. Nothing is written, and nothing on the stick is believed.
"""

import errno
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from linksync.custody import lists, names, seal
from linksync.custody.changes import Changes
from linksync.custody.findings import Finding, finding
from linksync.custody.history import NOTHING, History, read_history
from linksync.custody.litter import is_litter_name
from linksync.custody.memory import Memory, Standing, compare_memory, compare_relay
from linksync.custody.payload import State
from linksync.custody.report import Report, attest
from linksync.custody.roster import Roster, read_roster
from linksync.custody.side import read_decisions, read_receipts
from linksync.errors import MediumError, RefusedError
from linksync.stick.ahead import Ahead
from linksync.stick.contents import (
    bag_findings,
    full_findings,
    manifest_findings,
    name_findings,
    place_findings,
    quick_findings,
)
from linksync.stick.medium import Medium, read_up_to, translated
from linksync.stick.reading import Reading, Wish, read_tree
from linksync.stick.records import Records, read_records
from linksync.stick.tree import Tree, list_tree

_PAYLOAD = names.PAYLOAD.rstrip(b"/")

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the one who verifies knew before.

    Attributes:
        organiser: the fingerprint on the label, empty where it is not known.
        memory: what was seen of this Link, by its id.
        known: the relay versions seen elsewhere, by the organiser's fingerprint and the relay's id.
    """

    organiser: Callable[[str], str] = lambda _relay: ""
    memory: Callable[[str], Memory] = lambda _link: Memory()
    known: Callable[[str], Roster] = lambda _relay: NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The records of a stick, judged: what verifying and handing over both start from.

    Attributes:
        findings: about records, trust and memory; not yet attested.
        trusted: whether the organiser is the one known here.
    """

    records: Records
    history: History
    standing: Standing
    findings: tuple[Finding, ...]
    trusted: bool

    @property
    def is_link(self) -> bool:
        """Whether a hand-off stands on it at all."""
        return bool(self.history.chain.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A report, with the records that it rests on."""

    report: Report
    judged: Judged


def verify(
    medium: Medium,
    trust: Trust,
    *,
    quick: bool = False,
    ahead: Ahead | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Verdict:
    """Verify a stick; every finding is in the report.

    Args:
        medium: the stick.
        trust: what is known from elsewhere.
        quick: look at names and sizes only, and say so.
        ahead: those who read the stick meanwhile; not where ``quick``.
        progress: told how far reading has come.

    Raises:
        MediumError: the stick could not be read to an end: ``stick-gone`` or ``stick-unreadable``.
    """
    with translated(medium.path, reading=True):
        judged = judge(medium, trust)
    if not judged.is_link:
        return Verdict(report=_report(judged, (), {}), judged=judged)
    tree = ahead.tree() if ahead else list_tree(medium)
    found = name_findings(tree) + bag_findings(judged.history) + stale_manifests(judged)
    reading, changes = None, None
    if quick:
        found += quick_findings(judged.history, tree)
    else:
        reading = _read(medium, judged.history, tree, ahead, progress)
        problems, changes = full_findings(judged.history, tree, reading)
        found += problems
    if any(f.code in {"E302", "E309"} for f in found):
        require_alive(medium, judged)
    found += place_findings(judged.history, tree, reading)
    return Verdict(report=_report(judged, found, _counts(judged, tree, reading, changes)), judged=judged)


def judge(medium: Medium, trust: Trust) -> Judged:
    """Read the records and hold them against what is known from elsewhere.

    Raises:
        OSError: the root cannot be listed, or no longer shows what it showed.
    """
    records = read_records(medium)
    here = read_roster(records.relays)[0].versions
    relay = here[0].relay.id if here else ""
    known = trust.known(relay)
    # relay versions from elsewhere judge what stands here only where both begin with the same one
    same = bool(known.versions and here) and known.versions[0].seal == here[0].seal
    known = known if same else NOTHING
    history = read_history(records.relays, records.handoffs, manifests=records.manifests, known=known)
    found = [*records.findings, *history.findings, *_nothing_stands(records, history)]
    receipts, problems = read_receipts(records.receipts, history.roster)
    found += problems
    found += read_decisions(records.decisions, history.roster)[1]
    memory = trust.memory(history.link)
    told = [r.record for r in receipts if r.record.link == history.link]
    found += [
        finding("E215", r.folder.path, found=r.record.link, expected=history.link)
        for r in receipts
        if history.link and r.record.link != history.link
    ]
    standing, problems = compare_memory(history.chain, memory.hear(told), history.roster)
    found += problems
    found += compare_relay(history.here, history.roster, memory) if history.roster.versions else []
    stranger = _organiser_findings(history, trust.organiser(relay))
    if stranger:
        standing = Standing.UNKNOWN if stranger[0].code == "E213" else Standing.FOREIGN
    return Judged(
        records=records,
        history=history,
        standing=standing,
        findings=tuple(found + stranger),
        trusted=bool(history.roster.versions) and not stranger,
    )


def stale_manifests(judged: Judged) -> list[Finding]:
    """Manifests on the stick that are not those of the last hand-off."""
    if judged.history.damaged:
        return []
    return manifest_findings(judged.history, judged.history.sums, judged.records.sums)


def require_free(medium: Medium) -> None:
    """Make sure that nothing of people's has a name that linksync writes to, on a stick without records.

    Raises:
        RefusedError: ``prepare-name-taken`` (``path``).
        OSError: the root cannot be listed.
    """
    for entry in medium.entries(medium.root):
        is_folder = (entry.name, entry.kind) == (_PAYLOAD, "folder")
        if names.is_reserved(entry.name) or (entry.name.lower() == _PAYLOAD and not is_folder):
            raise RefusedError("prepare-name-taken", path=names.escape(entry.name))


def require_alive(medium: Medium, judged: Judged) -> None:
    """Make sure that the stick still answers, before anything on it is called missing, or left out as unreadable.

    A dead FAT stick lists as empty, without an error, and the root of a dead exFAT stick answers from memory; so a
    record that was read before is read again from the medium.

    Raises:
        MediumError: ``stick-gone``.
    """
    read = [f for f in (*judged.records.relays, *judged.records.handoffs) if seal.SEAL in f.files]
    for folder in (*read[:1], *read[-1:]):
        path = seal.seal_path(folder.path)
        try:
            alive = read_uncached(medium, path.encode()) == folder.files[seal.SEAL]
        except OSError as error:
            raise MediumError("stick-gone", errno=error.errno or errno.EIO, path=medium.path, why=str(error)) from error
        if not alive:
            raise MediumError("stick-gone", errno=errno.ENODEV, path=medium.path, why=path)


def read_uncached(medium: Medium, path: bytes) -> bytes:
    """Read a record from the medium itself as far as the system lets us: what is cached is dropped first.

    Raises:
        OSError: it cannot be read.
    """
    above, _, name = path.rpartition(b"/")
    with medium.at(above) as folder:
        descriptor = medium.open_file(folder, name)
        try:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            return read_up_to(descriptor, lists.LIST_BYTES_MAX)
        finally:
            os.close(descriptor)


def _nothing_stands(records: Records, history: History) -> list[Finding]:
    if history.chain.line:
        return []
    if any(f.code == "E103" for f in history.findings):
        return []
    return [finding("E102" if records.there else "E101")]


def _organiser_findings(history: History, organiser: str) -> list[Finding]:
    found = history.roster.organiser
    if not found:
        return []
    if not organiser:
        return [finding("E213", seal.RELAYS, found=found)]
    return [] if found == organiser else [finding("E214", seal.RELAYS, found=found, expected=organiser)]


def _read(medium: Medium, history: History, tree: Tree, ahead: Ahead | None, progress: Progress) -> Reading:
    state = history.state
    if ahead is not None:
        return ahead.reading(tree, state.files, _towards(state.octets, progress))
    wish = Wish(known=sealed_before(state), capture=is_litter_name, progress=towards(tree, progress))
    return read_tree(medium, tree, wish)


def sealed_before(state: State) -> Callable[[bytes], tuple[lists.Digest, int] | None]:
    """The digest and size that a path was last sealed with, or None."""
    return state.files.told


def towards(tree: Tree, progress: Progress) -> Callable[[int], None]:
    """Turn counts of bytes into a progress over the whole tree."""
    return _towards(tree.total(), progress)


def _towards(total: int, progress: Progress) -> Callable[[int], None]:
    """The same; the total grows where there turns out to be more."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, max(done, total))

    progress(0, total)
    return advance


def _counts(judged: Judged, tree: Tree, reading: Reading | None, changes: Changes | None) -> dict[str, int]:
    counts = Counter(files=len(tree.files), bytes=tree.total())
    counts["handoffs"] = len(judged.history.chain.line)
    counts["sealed"] = len(judged.history.state.files)
    counts["bytes_read"] = reading.bytes_read if reading else 0
    if changes is not None:
        counts |= Counter(
            unchanged=changes.unchanged,
            added=len(changes.added),
            changed=len(changes.changed),
            moved=len(changes.moved),
            missing=len(changes.missing),
        )
    return dict(counts)


def _report(judged: Judged, found: "tuple[Finding, ...] | list[Finding]", counts: dict[str, int]) -> Report:
    chain = judged.history.chain
    head = chain.head
    about_records = attest(judged.findings, chain.line)
    everything = sorted(set(about_records) | set(found), key=lambda f: (f.exit == 0, f.code, f.path))
    return Report(
        findings=tuple(everything),
        link=chain.link,
        number=head.number if head else 0,
        seal=head.seal.hash if head else "",
        standing=judged.standing,
        counts=counts,
    )
