"""Reseeding: a lost stick made again from the archive, the chain intact (format 1, "The chain").

Every hand-off that the archive holds of the Link, its relay versions and receipts, and every file that the last of them
counts. Nothing that stands on the medium already is touched, and a reseeding that was cut off is finished by the next:
the hand-offs go last, so a stick with all of them has all files that could be had.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from linksync.archive.port import Archive, Fetched
from linksync.custody.chain import Node
from linksync.custody.consent import Consent, is_card, read_cards
from linksync.custody.history import History, read_history
from linksync.custody.lists import Digest
from linksync.custody.names import is_hex
from linksync.custody.roster import read_roster
from linksync.custody.seal import RECEIPTS, RawFolder
from linksync.custody.side import read_receipts
from linksync.errors import RefusedError, TrustError
from linksync.host.delivery import refresh
from linksync.host.state import State
from linksync.stick.medium import Medium, translated
from linksync.stick.reading import capture
from linksync.stick.verify import Judged, Progress, judge, require_free
from linksync.stick.writing import Put, Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Reseeded:
    """A stick that carries the Link again.

    Attributes:
        folder: of the last hand-off.
        handoffs: how many stand on it; ``written`` how many files were put there now, ``size`` their bytes.
        lacking: path to why a file could not be put there: ``taken``, ``impossible``, ``other``, or ``absent`` where
            the archive does not hold it, as with refused files.
    """

    link: str
    folder: str
    handoffs: int
    written: int
    size: int
    lacking: dict[bytes, Put | str]


def reseed(
    medium: Medium,
    host: State,
    archive: Archive,
    *,
    link: str = "",
    organiser: str = "",
    progress: Progress = lambda _done, _all: None,
) -> Reseeded:
    """Make a stick carry a Link again.

    Args:
        medium: an empty stick, or one on which this was begun.
        host: the memory of this computer.
        archive: where the Link's hand-offs are.
        link: which Link, where the archive knows several.
        organiser: the fingerprint on the label, where it was given now.
        progress: told how many bytes of how many are done.

    Raises:
        RefusedError: ``reseed-no-link``, ``reseed-which-link`` (``links``), ``already-a-link`` (``link``),
            ``prepare-name-taken`` (``path``), ``organiser-unknown`` (``found``).
        TrustError: ``organiser-other``, ``organiser-not-label``.
        MediumError: the stick or the archive failed; another run finishes.
    """
    fetched = _fetched(archive, link)
    history = _history(archive, fetched)
    relay = history.roster.versions[0].relay.id
    _require_trust(host, relay, history.roster.organiser, organiser)
    host.require_apart(medium)
    with medium.locked(), host.locked():
        host.remember_organiser(relay, history.roster.organiser)
        host.learn_relay(history.roster)
        with translated(medium.path, reading=True):
            _require_free(medium, judge(medium, host.trust()), history)
        writer = Writer(medium)
        writer.clear_unfinished()
        for version in history.roster.versions:
            writer.put_sealed(version.folder.path, version.folder.files)
        written, size, lacking = _put_contents(writer, history, fetched, progress)
        _put_records(writer, archive, history, fetched)
        with translated(medium.path, reading=True):
            after = judge(medium, host.trust())
        host.remember(history.link, host.memory(history.link).learn(after.history.chain, after.history.here))
        cards = [path for path in after.history.state.files if is_card(path)]
        refresh(medium, after.history, Consent(read_cards(capture(medium, cards), cards)))
    return Reseeded(
        link=history.link,
        folder=history.chain.line[-1].folder,
        handoffs=len(history.chain.line),
        written=written,
        size=size,
        lacking=lacking,
    )


def _fetched(archive: Archive, link: str) -> dict[str, Fetched]:
    """The hand-offs of one Link, by their seals."""
    arrivals = list(archive.feed(0))
    links = sorted({arrival.object.split(":")[2] for arrival in arrivals})
    chosen = link or (links[0] if len(links) == 1 else "")
    if not links or (chosen and chosen not in links) or not is_hex(chosen or links[0], 32):
        raise RefusedError("reseed-no-link", archive=archive.id, link=link or "-")
    if not chosen:
        raise RefusedError("reseed-which-link", links=", ".join(links))
    wanted = {arrival.seal: arrival for arrival in arrivals if arrival.object.split(":")[2] == chosen}
    found = ((seal, archive.fetch(arrival)) for seal, arrival in wanted.items())
    return {seal: one for seal, one in found if one is not None}


def _history(archive: Archive, fetched: dict[str, Fetched]) -> History:
    relays = archive.relay_versions()
    folders = [one.handoff for one in fetched.values()]
    history = read_history(relays, folders, manifests={}, known=read_roster(relays)[0])
    if not history.chain.line or not history.roster.versions:
        raise RefusedError("reseed-no-link", archive=archive.id, link=history.link or "-")
    return history


def _require_trust(host: State, relay: str, found: str, given: str) -> None:
    known = host.organiser(relay)
    if not (known or given):
        raise RefusedError("organiser-unknown", found=found)
    if known and known != found:
        raise TrustError("organiser-other", relay=relay, known=known, given=found)
    if given and given != found:
        raise TrustError("organiser-not-label", given=given, found=found)


def _require_free(medium: Medium, judged: Judged, history: History) -> None:
    """Make sure that the stick is empty of records, or carries the beginning of this very Link."""
    here = {node.seal.hash for node in judged.history.chain.nodes}
    ours = {node.seal.hash for node in history.chain.nodes}
    if here - ours:
        raise RefusedError("already-a-link", link=judged.history.link)
    if not judged.records.there:
        require_free(medium)


def _put_contents(
    writer: Writer, history: History, fetched: dict[str, Fetched], progress: Progress
) -> tuple[int, int, dict[bytes, Put | str]]:
    state = history.state
    total, done, written = sum(state.sizes.values()), 0, 0
    size = 0
    lacking: dict[bytes, Put | str] = {}
    for path, digest in state.files.items():
        put = _put_content(writer, path, digest, state.givers.get(path), fetched)
        done += state.sizes.get(path, 0)
        progress(done, total)
        if put == "written":
            written += 1
            size += state.sizes.get(path, 0)
        elif put != "there":
            lacking[path] = put
    return written, size, lacking


def _put_content(
    writer: Writer, path: bytes, digest: Digest, giver: Node | None, fetched: dict[str, Fetched]
) -> Put | str:
    source = fetched[giver.seal.hash].content(path, digest) if giver is not None else None
    if source is None:
        return "absent"
    with source:
        return writer.put_content(path, source, digest)


def _put_records(writer: Writer, archive: Archive, history: History, fetched: dict[str, Fetched]) -> None:
    """The receipts, and the hand-offs in order, the last one last."""
    for receipt in _receipts(archive, history):
        writer.put_sealed(receipt.path, receipt.files)
    nodes = sorted(history.chain.nodes, key=lambda node: (node.number, node in history.chain.line))
    for node in nodes:
        folder = fetched[node.seal.hash].handoff
        writer.put_sealed(folder.path, folder.files)
        writer.read_back(folder.files, below=folder.path)


def _receipts(archive: Archive, history: History) -> Iterator[RawFolder]:
    for node in history.chain.line:
        files = archive.receipt(node.seal.hash)
        if files is not None:
            folder = RawFolder(path=f"{RECEIPTS}/{archive.id}/{node.folder}", files=files)
            if not read_receipts([folder], history.roster)[1]:
                yield folder
