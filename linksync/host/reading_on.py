"""Reading on: after the seal, when nobody waits, what was taken in is read into this host's own catalogue.

``<state>/catalogue.sqlite`` holds what the documents say; nothing of it is sealed or sent. It is filled from the copies
of the outbox, a hand-off at a time, and goes on where it was cut off; what is read stays when the copies go. A hand-off
of which something could not be read for want of memory, time or a sound disk is tried again later, ``TRIES`` times in
all; then it counts as read. Only one process reads on at a time.
"""

import errno
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NoReturn

from linksync.custody import names
from linksync.custody.card import BYTES_MAX as CARD_MAX
from linksync.custody.card import Card, read_card
from linksync.custody.consent import contribution, is_card
from linksync.custody.handoff import Handoff, handoff_from_bytes
from linksync.custody.index import read_text
from linksync.custody.lists import Digest, from_text
from linksync.custody.pieces import text_of
from linksync.errors import FormatError, MediumError, RefusedError
from linksync.host.outbox import Entry
from linksync.host.state import State
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.document import Document, Giver
from linksync.knowledge.extracted import PASSING
from linksync.knowledge.filling import Unread, fill
from linksync.knowledge.indexing import contribution_key
from linksync.machine import durable, locks

CATALOGUE = "catalogue.sqlite"
"""In the host's memory."""
TRIES = 3
PAUSE = 600.0
"""Seconds at least from one try to the next: what ails this computer may have passed by then."""

_READ, _TRIED = "read ", "tried "


@dataclass(slots=True, kw_only=True)
class ReadOn:
    """What came of it.

    Attributes:
        handoffs: those that are read whole now and were not before.
        read: documents that were opened.
        whys: why those of them gave no text that gave none, and how many.
        later: hand-offs of which something is to be tried again.
    """

    handoffs: int = 0
    read: int = 0
    whys: Counter[str] = field(default_factory=Counter)
    later: int = 0

    @property
    def without(self) -> int:
        """How many gave no text."""
        return self.whys.total()


def read_on(
    host: State,
    *,
    processes: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    now: Callable[[], float] = time.time,
) -> ReadOn:
    """Read what was taken in and is not read yet.

    Args:
        host: this host's memory; what others write to it meanwhile does no harm.
        processes: limited children in which documents are opened.
        progress: told how many documents of how many are read.
        now: seconds since 1970.

    Returns:
        What came of it; where another process is at it, only how many hand-offs it has yet to read.

    Raises:
        MediumError: ``catalogue-failed`` (``path``, ``why``), or ``disk-write``.
        LimitedError: ``worker-died``: documents cannot be opened on this computer now; the next run goes on.
    """
    owed = [(link, entry) for link in host.links() for entry in host.outbox(link).entries()]
    done = ReadOn()
    if not owed and not (host.folder / CATALOGUE).exists():
        return done
    with _alone(host) as is_alone:
        if not is_alone:
            return ReadOn(later=unread(host))
        with Catalogue.fill(host.folder / CATALOGUE) as catalogue:
            _read(host, catalogue, owed, done, processes, progress, now())
    return done


def read_here(host: State) -> frozenset[str]:
    """The seals of the hand-offs that were read here; none where the catalogue cannot be used."""
    try:
        with Catalogue.open(host.folder / CATALOGUE) as catalogue:
            return frozenset(catalogue.noted(_READ))
    except (RefusedError, MediumError):
        return frozenset()


def unread(host: State) -> int:
    """How many hand-offs there are here whose documents were not read yet, or not all of them."""
    owed = [entry.seal for link in host.links() for entry in host.outbox(link).entries()]
    done = read_here(host) if owed else frozenset()
    return sum(seal not in done for seal in owed)


def _read(
    host: State,
    catalogue: Catalogue,
    owed: Sequence[tuple[str, Entry]],
    done: ReadOn,
    processes: int,
    progress: Callable[[int, int], None],
    now: float,
) -> None:
    noted, tries = catalogue.noted(_READ), _Tries(catalogue, now)
    left = [(link, entry) for link, entry in owed if entry.seal not in noted]
    due = [(link, entry) for link, entry in left if tries.is_due(entry.seal)]
    done.later = len(left) - len(due)
    if not due:
        catalogue.settle()  # what was cut off before that, or is found in another way by this version
    counts = [len(entry.contents()) for _, entry in due]
    total, before = sum(counts), 0
    tried: set[Digest] = set()
    for (link, entry), count in zip(due, counts, strict=True):
        given = _Given.of(host, link, entry)
        lacks = False
        if given is not None:
            given.hear_cards(catalogue)
            filled = fill(
                catalogue,
                given.unread(catalogue, tried),
                processes=processes,
                progress=lambda some, known=before: progress(known + some, total),  # type: ignore[misc]
            )
            done.read += filled.read
            done.whys += filled.whys
            lacks = given.lacks(catalogue)
        if lacks and tries.more(entry.seal):
            done.later += 1
        else:
            catalogue.note(_READ + entry.seal, "")
            done.handoffs += 1
        before += count


class _Tries:
    """How often hand-offs were tried that could not be read whole, and when they were last."""

    def __init__(self, catalogue: Catalogue, now: float) -> None:
        self._catalogue, self._now = catalogue, now
        self._noted = catalogue.noted(_TRIED)

    def is_due(self, seal: str) -> bool:
        """Whether it may be tried now; a clock that was set back holds nothing up."""
        last = self._of(seal)[1]
        return not last <= self._now < last + PAUSE

    def more(self, seal: str) -> bool:
        """Note a try; whether there will be another."""
        count = self._of(seal)[0] + 1
        if count >= TRIES:
            self._noted.pop(seal, None)
        else:
            self._noted[seal] = f"{count} {self._now}"
        self._catalogue.note_all(_TRIED, self._noted)
        return count < TRIES

    def _of(self, seal: str) -> tuple[int, float]:
        count, _, last = self._noted.get(seal, "0 -inf").partition(" ")
        return int(count), float(last)


class _Given:
    """A hand-off and the copies of what it took in."""

    def __init__(self, host: State, link: str, handoff: Handoff, added: dict[bytes, Digest], entry: Entry) -> None:
        self._staging = host.staging(link)
        self._link, self._handoff, self._added = link, handoff, added
        self._unheard: set[Digest] = set()
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
            if not is_card(path):
                continue
            key = self._key(path)
            try:
                card = self._card(path, digest)
            except OSError:
                self._unheard.add(digest)
            else:
                catalogue.put_card(key, digest, self._time, card)
                catalogue.follow_card(key)

    def unread(self, catalogue: Catalogue, tried: set[Digest]) -> Iterator[Unread]:
        """What is to be read; of what is known already the catalogue is told who gave it too.

        Args:
            catalogue: what is known.
            tried: what was read in this run, which this adds to: it is not read again.
        """
        places: dict[Digest, list[bytes]] = {}
        for path, digest in sorted(self._added.items()):
            places.setdefault(digest, []).append(path)
        for digest, paths in places.items():
            known = catalogue.document(digest)
            document = self._document(paths, digest, known, catalogue)
            if digest not in tried and (known is None or self._is_lacking(digest, catalogue)):
                tried.add(digest)
                yield self._to_read(document, paths[0])
            elif known is not None and known.told != document.told:
                catalogue.put([document])

    def lacks(self, catalogue: Catalogue) -> bool:
        """Whether something of it could not be read, and may be when it is tried again."""
        return any(self._is_lacking(digest, catalogue) for digest in set(self._added.values()))

    def _is_lacking(self, digest: Digest, catalogue: Catalogue) -> bool:
        return digest in self._unheard or catalogue.why(digest) in PASSING

    def _to_read(self, document: Document, path: bytes) -> Unread:
        digest = document.digest
        try:
            card = self._card(path, digest) if is_card(path) else None
        except OSError:
            self._unheard.add(digest)
        if digest in self._unheard:
            return Unread(document=document, open=_not_now)
        return Unread(document=document, open=lambda: self._staging.open(digest), card=card)

    def _document(
        self, paths: Sequence[bytes], digest: Digest, known: Document | None, catalogue: Catalogue
    ) -> Document:
        told = [self._told[path] for path in paths if path in self._told]
        everyone = len(told) == len(paths) and all(one.audience == "everyone" for one in told)
        if known is not None and known.audience == "organisers":
            everyone = False  # it was narrow before; nothing but an archivist widens
        before = known.givers if known is not None else ()
        givers = tuple(dict.fromkeys((*before, *map(self._giver, paths))))
        return Document(
            digest=digest,
            place=known.place if known is not None else names.escape(paths[0]),
            givers=givers,
            size=told[0].size if told else 0,
            audience="everyone" if everyone else "organisers",
            held=any(one.class_ == "hold" for one in told),
            work=known.work if known is not None else sha256(f"{self._link} ".encode() + paths[0]).digest(),
            card=catalogue.card(contribution_key(givers[0].link, givers[0].contribution)),
        )

    def _giver(self, path: bytes) -> Giver:
        return Giver(
            host=self._handoff.holder,
            stop=self._handoff.place,
            time=self._time,
            path=names.escape(path),
            link=self._link,
            number=self._handoff.number,
            contribution=names.escape(contribution(path)),
        )

    @property
    def _time(self) -> str:
        return self._handoff.time.isoformat().replace("+00:00", "Z")

    def _key(self, path: bytes) -> str:
        return contribution_key(self._link, names.escape(contribution(path)))

    def _card(self, path: bytes, digest: Digest) -> Card | None:
        """What a card says; None where it is no longer there.

        Raises:
            OSError: it cannot be read now.
        """
        file = self._staging.open(digest)
        if file is None:
            return None
        with file:
            return read_card(path.rpartition(b"/")[2].decode("ascii"), file.read(CARD_MAX + 1))


def _not_now() -> NoReturn:
    """How a document opens that failed a moment ago."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


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
