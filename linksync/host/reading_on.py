"""Reading on: after the seal, when nobody waits, what was taken in is read into this host's own catalogue.

``<state>/catalogue.sqlite`` holds what the documents say; nothing of it is sealed or sent. It is filled from the copies
of the outbox, a hand-off at a time, and goes on where it was cut off; what is read stays when the copies go. Only one
process reads on at a time.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from linksync.custody import names
from linksync.custody.card import BYTES_MAX as CARD_MAX
from linksync.custody.card import Card, read_card
from linksync.custody.consent import contribution, is_card
from linksync.custody.handoff import Handoff, handoff_from_bytes
from linksync.custody.index import read_text
from linksync.custody.lists import Digest, from_text
from linksync.custody.pieces import text_of
from linksync.errors import FormatError
from linksync.host.outbox import Entry
from linksync.host.state import State
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.document import Document, Giver
from linksync.knowledge.filling import Unread, fill
from linksync.knowledge.indexing import contribution_key
from linksync.machine import durable, locks

CATALOGUE = "catalogue.sqlite"
"""In the host's memory."""

_READ = "read "


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOn:
    """What came of it.

    Attributes:
        handoffs: those that are read whole now and were not before.
        read: documents that were opened; ``without`` those of them that gave no text.
    """

    handoffs: int = 0
    read: int = 0
    without: int = 0


def read_on(
    host: State, *, processes: int = 1, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> ReadOn:
    """Read what was taken in and is not read yet.

    Args:
        host: this host's memory; what others write to it meanwhile does no harm.
        processes: limited children in which documents are opened.
        progress: told how many documents of how many are read.

    Returns:
        What came of it; nothing where another process is at it, or there is nothing to read.

    Raises:
        MediumError: ``catalogue-failed`` (``path``, ``why``), or ``disk-write``.
    """
    owed = [(link, entry) for link in host.links() for entry in host.outbox(link).entries()]
    if not owed:
        return ReadOn()
    with _alone(host) as is_alone:
        if not is_alone:
            return ReadOn()
        with Catalogue.fill(host.folder / CATALOGUE) as catalogue:
            return _read(host, catalogue, owed, processes, progress)


def _read(
    host: State,
    catalogue: Catalogue,
    owed: list[tuple[str, Entry]],
    processes: int,
    progress: Callable[[int, int], None],
) -> ReadOn:
    noted = catalogue.noted(_READ)
    left = [(link, entry) for link, entry in owed if entry.seal not in noted]
    counts = [len(entry.contents()) for _, entry in left]
    total = sum(counts)
    handoffs = read = without = before = 0
    for (link, entry), count in zip(left, counts, strict=True):
        given = _Given.of(host, link, entry)
        if given is not None:
            given.hear_cards(catalogue)
            known = before
            filled = fill(
                catalogue,
                given.unread(catalogue),
                processes=processes,
                progress=lambda done, known=known: progress(known + done, total),  # type: ignore[misc]
            )
            read, without = read + filled.read, without + filled.without
        catalogue.note(_READ + entry.seal, "")
        handoffs += 1
        before += count
    return ReadOn(handoffs=handoffs, read=read, without=without)


class _Given:
    """A hand-off and the copies of what it took in."""

    def __init__(self, host: State, link: str, handoff: Handoff, added: dict[bytes, Digest], entry: Entry) -> None:
        self._staging = host.staging(link)
        self._link, self._handoff, self._added = link, handoff, added
        files = entry.folder.files
        self._told = read_text(text_of(files, "index.jsonl")) if "index.jsonl" in files else {}

    @classmethod
    def of(cls, host: State, link: str, entry: Entry) -> "_Given | None":
        """What an entry of the outbox gave; None where it gave nothing, or its records cannot be read."""
        try:
            added = from_text(text_of(entry.folder.files, "added.sha256"))
            return cls(host, link, handoff_from_bytes(entry.folder.files["handoff.yaml"]), added, entry)
        except (KeyError, FormatError):
            return None

    def hear_cards(self, catalogue: Catalogue) -> None:
        """Take in what its cards say, and tell it of what is known of their contributions."""
        for path, digest in self._added.items():
            if is_card(path):
                key = self._key(path)
                catalogue.put_card(key, digest, self._time, self._card(path, digest))
                catalogue.follow_card(key)

    def unread(self, catalogue: Catalogue) -> Iterator[Unread]:
        """What is to be read; of what is known already the catalogue is told who gave it too."""
        seen: dict[Digest, Document] = {}
        for path, digest in sorted(self._added.items()):
            known = seen.get(digest) or catalogue.document(digest)
            document = self._document(path, digest, known, catalogue)
            if known is not None and digest not in seen:
                catalogue.put([document])
            elif known is None:
                card = self._card(path, digest) if is_card(path) else None
                copy = digest
                yield Unread(document=document, open=lambda copy=copy: self._staging.open(copy), card=card)  # type: ignore[misc]
            seen[digest] = document

    def _document(self, path: bytes, digest: Digest, known: Document | None, catalogue: Catalogue) -> Document:
        told = self._told.get(path)
        audience = told.audience if told is not None else "organisers"
        if known is not None and known.audience == "organisers":
            audience = "organisers"  # it was narrow before; nothing but an archivist widens
        giver = Giver(
            host=self._handoff.holder,
            stop=self._handoff.place,
            time=self._time,
            path=names.escape(path),
            link=self._link,
            number=self._handoff.number,
            contribution=names.escape(contribution(path)),
        )
        return Document(
            digest=digest,
            place=known.place if known is not None else names.escape(path),
            givers=tuple(dict.fromkeys((*(known.givers if known is not None else ()), giver))),
            size=told.size if told is not None else 0,
            audience=audience,
            held=told is not None and told.class_ == "hold",
            work=known.work if known is not None else sha256(f"{self._link} ".encode() + path).digest(),
            card=catalogue.card(self._key(path)),
        )

    @property
    def _time(self) -> str:
        return self._handoff.time.isoformat().replace("+00:00", "Z")

    def _key(self, path: bytes) -> str:
        return contribution_key(self._link, names.escape(contribution(path)))

    def _card(self, path: bytes, digest: Digest) -> Card | None:
        file = self._staging.open(digest)
        if file is None:
            return None
        with file:
            return read_card(path.rpartition(b"/")[2].decode("ascii"), file.read(CARD_MAX + 1))


@contextmanager
def _alone(host: State) -> Iterator[bool]:
    """Whether nobody else reads on; while it lasts nobody does."""
    with durable.translated("disk-write", host.folder):
        durable.make_folder(host.folder)
        descriptor = os.open(host.folder / f"{CATALOGUE}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield locks.take(descriptor)
    finally:
        os.close(descriptor)
