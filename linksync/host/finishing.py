"""Finishing: what was sealed on the host goes to the stick, and what follows from it is written anew.

Of what people put on the stick only the cards are looked at here, for titles, and the litter that the hand-off lists:
their files were read when it was sealed. All of it can be run again: a stick that was pulled out, or a process that was
killed, is finished by the next run.
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass

from linksync.custody import names
from linksync.custody.consent import Consent, is_card, read_cards
from linksync.custody.lists import Digest
from linksync.custody.litter import is_litter, is_litter_name
from linksync.custody.pieces import digest_of, size_of
from linksync.custody.roster import Roster
from linksync.errors import MediumError, RefusedError
from linksync.host.admission import require_link
from linksync.host.delivery import (
    IN_THE_WAY,
    Parcel,
    Tell,
    deliver,
    mend,
    missing_relays,
    put_relays,
    refresh,
    silently,
)
from linksync.host.intake import Intake, removable
from linksync.host.outbox import Entry
from linksync.host.state import State
from linksync.stick.layout import derived_files
from linksync.stick.medium import Medium, digest_up_to, translated
from linksync.stick.reading import capture
from linksync.stick.tree import Tree, list_tree
from linksync.stick.verify import Judged, judge, stale_manifests
from linksync.stick.writing import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What came of finishing.

    Attributes:
        link: the Link's id; ``number`` that of the last hand-off that stands on it now.
        folder: of the hand-off that was brought to the stick; empty where none was pending for it.
        seal: its hash, or empty.
        unwritten: files of ours whose names something else has.
    """

    link: str
    number: int
    folder: str = ""
    seal: str = ""
    unwritten: tuple[str, ...] = ()


def finish(medium: Medium, host: State, link: str, *, told: Tell = silently) -> Finished:
    """Bring a pending hand-off of a Link to its stick, write what follows, and read it back.

    Where none is pending, what follows from the last hand-off is written all the same, if it is not there.

    Args:
        medium: the stick, which can be written to.
        host: this host's memory.
        link: the Link that is meant; another one is not touched.
        told: told each step.

    Raises:
        RefusedError: ``not-a-link``, ``half-prepared``, ``stick-busy``, ``state-busy``; nothing was changed.
        MediumError: the stick failed, or is another one than was meant; the hand-off stays pending.
    """
    host.require_apart(medium)
    with medium.locked(), host.locked():
        with translated(medium.path, reading=True):
            judged = judge(medium, host.trust())
        require_link(judged, medium)
        if judged.history.link != link or not judged.trusted:
            raise MediumError("stick-gone", errno=errno.ENODEV, path=medium.path, why=os.strerror(errno.ENODEV))
        entry = awaited(host, judged)
        after = _brought(medium, host, judged, entry, told) if entry else None
        tree, consent = _looked_at(medium)
        if entry is None or after is None:
            put_relays(Writer(medium), parcel_of(judged, host).relays)
        now = after or judged
        unwritten = refresh(medium, now.history, consent, _litter(medium, now, tree))
    return Finished(
        link=link,
        number=now.history.chain.line[-1].number,
        folder=entry.folder.name if entry and after else "",
        seal=entry.seal if entry and after else "",
        unwritten=unwritten,
    )


def awaited(host: State, judged: Judged) -> Entry | None:
    """The hand-off of an earlier run that goes to this stick next, or stands on it and was not read back."""
    chain = judged.history.chain
    here = {node.seal.hash for node in chain.nodes}
    head = chain.head.seal.hash if chain.head else None
    pending = (entry for entry in host.outbox(judged.history.link).entries() if entry.status == "pending")
    return next((one for one in pending if one.seal in here or one.previous == head), None)


def finish_pending(medium: Medium, host: State, judged: Judged) -> tuple[Judged, str]:
    """Bring to an end what an earlier run sealed and did not read back from a stick.

    Returns:
        The stick's records as they are now, and the folder of what was finished, or "".
    """
    finished = ""
    while (entry := awaited(host, judged)) is not None:
        after = _delivered_at_last(medium, host, judged, entry)
        if after is not None:
            judged, finished = after, entry.folder.name
    put_aside(host, judged)
    return judged, finished


def put_aside(host: State, judged: Judged) -> None:
    """Note which pending hand-offs the stick has gone on without."""
    head = judged.history.chain.head
    outbox = host.outbox(judged.history.link)
    for entry in outbox.entries():
        if entry.status == "pending" and entry.number <= (head.number if head else 0):
            outbox.mark(entry.seal, "aside")


def delivered(
    medium: Medium, host: State, judged: Judged, entry: Entry, intake: Intake, told: Tell = silently
) -> tuple[tuple[str, ...], MediumError | None]:
    """Write to the stick; where it fails, all is safe on the host and pending.

    Returns:
        The paths that could not be written because something else has them, and how the stick failed.
    """
    try:
        after = deliver(medium, host, judged.history.link, entry, parcel_of(judged, host), told=told)
        after = _mended(medium, host, judged, after, entry, gone=intake.gone, now=intake.taken.digests)
        return refresh(medium, after.history, intake.consent, _listed_litter(after, intake)), None
    except MediumError as error:
        return (), error


def refreshed(
    medium: Medium, host: State, judged: Judged, intake: Intake
) -> tuple[tuple[str, ...], MediumError | None]:
    """Finish what an earlier run left, and bring relay versions that are new here: a revocation must travel."""
    relays = parcel_of(judged, host).relays
    try:
        put_relays(Writer(medium), relays)
        return refresh(medium, judged.history, intake.consent, _listed_litter(judged, intake)), None
    except MediumError as error:
        return (), error if relays or stale_manifests(judged) else None


def is_unfinished(medium: Medium, host: State, judged: Judged, intake: Intake) -> bool:
    """Whether ``refreshed`` would change anything on the stick; reads the files of ours that stand there."""
    if parcel_of(judged, host).relays or _listed_litter(judged, intake):
        return True
    if judged.history.damaged:
        return False
    files = derived_files(judged.history, intake.consent)
    with translated(medium.path, reading=True):
        return any(_differs(medium, path, files) for path in files)


def parcel_of(judged: Judged, host: State) -> Parcel:
    """What is known on this host and not on the stick."""
    here = judged.history.here.versions
    roster: Roster = host.roster(here[0].relay.id) if here else judged.history.roster
    there = {folder.path for folder in judged.records.receipts}
    receipts = tuple(folder for folder in host.receipts(judged.history.link) if folder.path not in there)
    return Parcel(relays=missing_relays(judged, roster), receipts=receipts)


def _brought(medium: Medium, host: State, judged: Judged, entry: Entry, told: Tell) -> Judged | None:
    after = _delivered_at_last(medium, host, judged, entry, told)
    if after is None:
        return None
    return _mended(medium, host, judged, after, entry, gone=entry.gone(), now=entry.contents())


def _delivered_at_last(
    medium: Medium, host: State, judged: Judged, entry: Entry, told: Tell = silently
) -> Judged | None:
    """Deliver what an earlier run sealed; None where something else has its place now: then it goes aside."""
    link = judged.history.link
    try:
        return deliver(medium, host, link, entry, parcel_of(judged, host), told=told)
    except RefusedError:
        pass
    except MediumError as error:
        if error.errno not in IN_THE_WAY:
            raise
    host.outbox(link).mark(entry.seal, "aside")
    return None


def _mended(
    medium: Medium,
    host: State,
    before: Judged,
    after: Judged,
    entry: Entry,
    *,
    gone: Mapping[bytes, Digest],
    now: Mapping[bytes, Digest],
) -> Judged:
    if not after.history.damaged:
        return after
    return mend(medium, host, entry, before.history.state, gone=gone, now=now)


def _listed_litter(judged: Judged, intake: Intake) -> tuple[bytes, ...]:
    """The litter that the last hand-off lists: no more than that is removed."""
    listed = _litter_listed(judged)
    return tuple(path for path in removable(intake) if path in listed)


def _litter_listed(judged: Judged) -> set[bytes]:
    last = judged.history.chain.line[-1].handoff
    return {names.unescape(path) for path in last.litter} if last else set()


def _litter(medium: Medium, judged: Judged, tree: Tree) -> tuple[bytes, ...]:
    """The same from the stick itself: litter by name and content, in ``data/``, that was never sealed."""
    sealed = judged.history.state.files
    listed = (path for path in _litter_listed(judged) if path in tree.files and path not in sealed)
    read = capture(medium, sorted(path for path in listed if names.is_payload(path) and is_litter_name(path)))
    return tuple(path for path, data in read.items() if is_litter(path, data))


def _looked_at(medium: Medium) -> tuple[Tree, Consent]:
    """The stick listed, and its cards read; a card that cannot be read allows nothing."""
    with translated(medium.path, reading=True):
        tree = list_tree(medium)
    cards = sorted(path for path in {*tree.files, *tree.special, *tree.unlistable} if is_card(path))
    return tree, Consent(read_cards(capture(medium, (path for path in cards if path in tree.files)), cards))


def _differs(medium: Medium, path: str, files: Mapping[str, bytes]) -> bool:
    try:
        with medium.opened(path.encode()) as descriptor:
            return digest_up_to(descriptor, size_of(files, path) + 1) != digest_of(files, path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        # what is no plain file has its name: nothing will be written there
        if error.errno in {errno.EINVAL, errno.ELOOP, errno.EISDIR, errno.EXDEV}:
            return False
        raise
