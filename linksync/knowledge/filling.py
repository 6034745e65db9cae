"""Filling: documents read in limited processes and put into a catalogue, a batch at a time.

What was put stays, wherever it is cut off; a document that brings its process down, or cannot be opened, is in the
catalogue all the same, without a text and with the reason. Where no process can be started at all nothing is said of
any document.
"""

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from linksync.custody.card import Card
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.document import Document
from linksync.knowledge.extracted import PASSING, Extract
from linksync.knowledge.identity import Family
from linksync.machine.limited import LimitedError, Limits, Pending, Workers

ENTRY = "linksync.knowledge.reading:work"
LIMITS = Limits()

_BATCH, _BATCH_CHARACTERS, _BATCH_SECONDS = 64, 8_000_000, 5.0
_SETTLE = 20_000
"""Documents after which what was put is found; sooner would make more compounds wait for words that come later."""
_FAMILIES = frozenset(Family)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A document that is to be read.

    Attributes:
        document: what is known of it.
        open: opens it; None where it is no longer there.
        card: what it says where it is a card itself: then it is not opened, and its contact is not found.

    ``open`` may raise ``OSError``: the document is then ``not-read``.
    """

    document: Document
    open: Callable[[], BinaryIO | None]
    card: Card | None = None


@dataclass(slots=True)
class Filled:
    """What came of filling.

    Attributes:
        read: documents that were put in.
        whys: why those of them have no text that have none, and how many.
        missing: those that were no longer there.
    """

    read: int = 0
    whys: Counter[str] = field(default_factory=Counter)
    missing: int = 0

    @property
    def without(self) -> int:
        """Of those that were put in, those without a text."""
        return self.whys.total()

    @property
    def again(self) -> int:
        """Of these, those that may have one when they are tried again."""
        return sum(count for why, count in self.whys.items() if why in PASSING)


def fill(
    catalogue: Catalogue,
    unread: Iterable[Unread],
    *,
    processes: int = 2,
    progress: Callable[[int], None] = lambda _done: None,
) -> Filled:
    """Read documents and put them in; ``Catalogue.settle`` is done.

    Args:
        catalogue: from ``Catalogue.fill``.
        unread: in any order.
        processes: children at the most.
        progress: told how many are done.

    Raises:
        MediumError: ``catalogue-failed``; what was put in before stays.
        LimitedError: ``worker-died`` (``why``): no process can be started; likewise.
    """
    filled = Filled()
    batch = _Batch(catalogue)
    try:
        with Workers(ENTRY, LIMITS, count=processes) as workers:
            _read(workers, unread, batch, filled, 2 * processes, progress)
    except (LimitedError, KeyboardInterrupt):
        batch.put()
        raise
    batch.put()
    catalogue.settle()
    return filled


def _read(
    workers: Workers,
    unread: Iterable[Unread],
    batch: "_Batch",
    filled: Filled,
    ahead: int,
    progress: Callable[[int], None],
) -> None:
    """Have documents read, so many ahead of the one whose answer is awaited."""
    waiting: deque[tuple[Unread, Pending | Extract]] = deque()
    for one in unread:
        given = _given(workers, one)
        if given is None:
            filled.missing += 1
            continue
        waiting.append((one, given))
        if len(waiting) > ahead:
            _take(batch, *waiting.popleft(), filled)
            progress(filled.read)
    while waiting:
        _take(batch, *waiting.popleft(), filled)
        progress(filled.read)


def _given(workers: Workers, one: Unread) -> Pending | Extract | None:
    """What will be read: by a child, or from the card that it is; None where it is no longer there."""
    if one.card is not None:
        card = one.card
        told = (card.title, card.who, card.where, card.what, ", ".join(card.keywords))
        return Extract(text="\n".join(filter(None, told)), title=card.title)
    try:
        file = one.open()
        if file is None:
            return None
        with file:
            size = os.fstat(file.fileno()).st_size
            return workers.submit({"size": size, "place_allowed": one.document.audience == "everyone"}, file.fileno())
    except OSError:
        return Extract(why="not-read")


def _take(batch: "_Batch", one: Unread, given: Pending | Extract, filled: Filled) -> None:
    """Take an answer into the batch."""
    if isinstance(given, Pending):
        document = _answered(one.document, given)
    elif given.why:
        document = replace(one.document, extract=given)
    else:
        document = replace(one.document, extract=given, media_type="text/plain", family="text")
    filled.read += 1
    if document.extract and document.extract.why:
        filled.whys[document.extract.why] += 1
    batch.add(document)


def _answered(document: Document, pending: Pending) -> Document:
    """A document with what a child said of it, which is not believed to be anything but text.

    Raises:
        LimitedError: no child can be started.
    """
    try:
        answer = pending.result()
        told = answer.get("extract")
        extract = Extract.from_answer(told if isinstance(told, dict) else {})
    except LimitedError as error:
        if not error.is_of_document:
            raise
        return replace(document, extract=Extract(why=error.slug))
    except ValueError:
        return replace(document, extract=Extract(why="worker-answer"))
    media_type, family = str(answer.get("media_type", ""))[:200], str(answer.get("family", ""))
    return replace(document, extract=extract, media_type=media_type, family=family if family in _FAMILIES else "other")


class _Batch:
    """Documents that are put in together."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._documents: list[Document] = []
        self._characters = 0
        self._unsettled = 0
        self._put_at = time.monotonic()

    def add(self, document: Document) -> None:
        self._documents.append(document)
        self._characters += len(document.extract.text) if document.extract else 0
        is_old = time.monotonic() - self._put_at > _BATCH_SECONDS  # whoever is ended now loses no more than that
        if len(self._documents) >= _BATCH or self._characters >= _BATCH_CHARACTERS or is_old:
            self.put()

    def put(self) -> None:
        self._catalogue.put(self._documents)
        self._unsettled += len(self._documents)
        self._documents, self._characters, self._put_at = [], 0, time.monotonic()
        if self._unsettled >= _SETTLE:
            self._catalogue.settle()
            self._unsettled = 0
