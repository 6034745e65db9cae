"""Delivery: what was sealed on the host goes to the stick, the signature last, and is read back.

Until a hand-off was read back it is pending, and every step can be run again: a stick that was pulled out, or a process
that was killed, is finished by the next run with the same bytes.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from linksync.custody.compose import Facts, composed
from linksync.custody.consent import Consent
from linksync.custody.history import History
from linksync.custody.keys import Signer
from linksync.custody.lists import Digest, sha256
from linksync.custody.payload import MANIFEST, OUTSIDE, State, state_list
from linksync.custody.roster import Roster
from linksync.custody.seal import HANDOFF, HANDOFFS, SIGNATURE, RawFolder, seal_path, sealed
from linksync.custody.sshsig import could_be_torn
from linksync.custody.standing_files import StandingFiles
from linksync.errors import MediumError, RefusedError
from linksync.host.outbox import Entry
from linksync.host.state import State as HostState
from linksync.stick.layout import derived_files
from linksync.stick.medium import Medium, translated
from linksync.stick.verify import Judged, judge
from linksync.stick.writing import Writer

IN_THE_WAY = frozenset({errno.ENOTDIR, errno.ELOOP, errno.EEXIST, errno.EXDEV})
"""How a call fails where something that is not ours has a name of ours."""


Step = Literal["recognised", "staged", "screened", "sealed", "written", "read-back"]
"""What a hand-off has come to."""
Tell = Callable[[Step], None]


def silently(_step: Step) -> None:
    """Told each step of a hand-off, and says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What goes to the stick beside the hand-off itself.

    Attributes:
        relays: relay versions that are not there yet, or are torn; ``receipts`` likewise.
        files: files to put where none is, by path: ``data/LEES-MIJ.txt`` of a new Link.
    """

    relays: tuple[RawFolder, ...] = ()
    receipts: tuple[RawFolder, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def seal_handoff(
    host: HostState, facts: Facts, before: State, *, folder: str, previous: tuple[str, bytes] | None, signer: Signer
) -> Entry:
    """Seal a hand-off and keep it in the outbox: from here on it is safe and signed on the host's disk.

    Args:
        host: this host's memory.
        facts: what the hand-off tells.
        before: the state after the hand-off before.
        folder: the name of the new folder.
        previous: the path and bytes of the seal before; None for hand-off 1.
        signer: the holder's key.

    Raises:
        MediumError: the host's disk failed; nothing was changed.
    """
    host.staging(facts.link).settle()
    path = f"{HANDOFFS}/{folder}"
    version = facts.version
    follows = {seal_path(version.folder.path): bytes.fromhex(version.seal)}
    if previous is not None:
        follows[previous[0]] = sha256(previous[1])
    with host.outbox(facts.link).draft(path) as draft:
        own = {name: draft.write(name, pieces) for name, pieces in composed(facts, before)}
        seal = sealed(HANDOFF, path, own, follows=follows, signer=signer)
        return draft.keep(seal, previous[1] if previous else None)


def missing_relays(judged: Judged, roster: Roster) -> tuple[RawFolder, ...]:
    """The known relay versions that a stick lacks, as far as they can be put there.

    Where something else stands under a version's name, it and all later ones stay away: it is evidence, and not ours to
    remove.
    """
    there = {folder.path: folder for folder in judged.records.relays}
    foreign = {found.path for found in judged.records.findings}
    missing = []
    for version in roster.versions[len(judged.history.here.versions) :]:
        path = version.folder.path
        if path in foreign or (path in there and not _is_torn(there[path])):
            break
        missing.append(version.folder)
    return tuple(missing)


def _is_torn(folder: RawFolder) -> bool:
    """Whether a folder is one that was cut off, and nothing but that."""
    signature = folder.files.get(SIGNATURE)
    return not (folder.odd or folder.unreadable) and (signature is None or could_be_torn(signature))


def deliver(
    medium: Medium, host: HostState, link: str, entry: Entry, parcel: Parcel, *, told: Tell = silently
) -> Judged:
    """Write a sealed hand-off to the stick and read it back; each step is told.

    Returns:
        The stick's records as they are now; the entry is the last hand-off.

    Raises:
        MediumError: the stick failed; the entry stays pending.
    """
    writer = Writer(medium)
    writer.clear_unfinished()
    put_relays(writer, parcel.relays)
    receipts = [receipt for receipt in parcel.receipts if _put_aside(writer, receipt)]
    for path, data in parcel.files.items():
        writer.add_file(path, data)
    writer.put_sealed(entry.folder.path, entry.folder.files)
    told("written")
    for folder in (*receipts, entry.folder):
        writer.read_back(folder.files, below=folder.path)
    with translated(medium.path, reading=True):
        judged = judge(medium, host.trust())
    host.remember(link, host.memory(link).learn(judged.history.chain, judged.history.here))
    host.outbox(link).mark(entry.seal, "written")
    told("read-back")
    return judged


def mend(
    medium: Medium,
    host: HostState,
    entry: Entry,
    before: State,
    *,
    gone: Mapping[bytes, Digest],
    now: Mapping[bytes, Digest],
) -> Judged:
    """Write the manifests that a hand-off seals although a list before it is damaged: the state is read from them then.

    Args:
        medium: the stick; the hand-off stands on it.
        host: this host's memory.
        entry: the hand-off.
        before: the state that it was composed on.
        gone: what it says is gone.
        now: path to digest of what it took in or refused.

    Raises:
        MediumError: the stick failed.
    """
    kept = {path: digest for path, digest in before.files.items() if path not in gone}
    manifests = State(files=StandingFiles.of(kept | dict(now))).manifests()
    if state_list(manifests) == entry.folder.files.get("state.sha256", b""):
        for path, data in manifests.items():
            Writer(medium).replace(path, data)
    with translated(medium.path, reading=True):
        return judge(medium, host.trust())


def put_relays(writer: Writer, relays: Sequence[RawFolder]) -> None:
    """Put relay versions on the stick, and read them back."""
    for relay in relays:
        writer.put_sealed(relay.path, relay.files)
        writer.read_back(relay.files, below=relay.path)


def refresh(medium: Medium, history: History, consent: Consent, litter: Sequence[bytes] = ()) -> tuple[str, ...]:
    """Write what follows from the sealed folders, remove the litter that they list, and read back.

    Returns:
        The paths that could not be written, because something that is no file of ours has their name.

    Raises:
        MediumError: the stick failed; the next run writes the rest.
    """
    writer = Writer(medium)
    writer.clear_unfinished()
    files: Mapping[str, bytes] = derived_files(history, consent) if not history.damaged else {}
    unwritten = {path for path in files if not writer.replace_by(path, files)}
    for path in {MANIFEST, OUTSIDE} - files.keys() if files else ():
        writer.remove(path)
    for junk in litter:
        writer.remove_litter(junk)
    writer.settle()
    writer.read_back(files, but=unwritten)
    return tuple(sorted(unwritten))


def _put_aside(writer: Writer, receipt: RawFolder) -> bool:
    """Put a receipt on the stick, unless something else stands in its way: that hinders no hand-off."""
    try:
        writer.put_sealed(receipt.path, receipt.files)
    except RefusedError:
        return False
    except MediumError as error:
        if error.errno not in IN_THE_WAY:
            raise
        return False
    return True
