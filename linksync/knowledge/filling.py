"""Filling: documents read in limited processes and put into a catalogue, a batch at a time.

What was put stays, wherever it is cut off; a document that brings its process down is in the catalogue all the same,
without a text and with the reason.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO

from linksync.custody.card import Card
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.document import Document
from linksync.knowledge.extracted import Extract
from linksync.knowledge.identity import Family
from linksync.machine.limited import LimitedError, Limits, Pending, Workers

ENTRY = "linksync.knowledge.reading:work"
LIMITS = Limits()

_BATCH, _BATCH_CHARACTERS = 64, 8_000_000
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
    """

    document: Document
    open: Callable[[], BinaryIO | None]
    card: Card | None = None


@dataclass(slots=True)
class Filled:
    """What came of filling.

    Attributes:
        read: documents that were put in.
        without: of these, those without a text.
        missing: those that were no longer there.
    """

    read: int = 0
    without: int = 0
    missing: int = 0


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
    """
    filled = Filled()
    batch = _Batch(catalogue)
    with Workers(ENTRY, LIMITS, count=processes) as workers:
        waiting: deque[tuple[Unread, Pending | Extract]] = deque()
        for one in unread:
            given = _given(workers, one)
            if given is None:
                filled.missing += 1
                continue
            waiting.append((one, given))
            if len(waiting) > 2 * processes:
                _take(batch, *waiting.popleft(), filled)
                progress(filled.read)
        while waiting:
            _take(batch, *waiting.popleft(), filled)
            progress(filled.read)
    batch.put()
    catalogue.settle()
    return filled


def _given(workers: Workers, one: Unread) -> Pending | Extract | None:
    """What will be read: by a child, or from the card that it is; None where it is no longer there."""
    if one.card is not None:
        card = one.card
        told = (card.title, card.who, card.where, card.what, ", ".join(card.keywords))
        return Extract(text="\n".join(filter(None, told)), title=card.title)
    file = one.open()
    if file is None:
        return None
    with file:
        size = os.fstat(file.fileno()).st_size
        return workers.submit({"size": size, "place_allowed": one.document.audience == "everyone"}, file.fileno())


def _take(batch: "_Batch", one: Unread, given: Pending | Extract, filled: Filled) -> None:
    """Take an answer into the batch."""
    if isinstance(given, Extract):
        document = replace(one.document, extract=given, media_type="text/plain", family="text")
    else:
        document = _answered(one.document, given)
    filled.read += 1
    filled.without += bool(document.extract and document.extract.why)
    batch.add(document)


def _answered(document: Document, pending: Pending) -> Document:
    """A document with what a child said of it, which is not believed to be anything but text."""
    try:
        answer = pending.result()
        told = answer.get("extract")
        extract = Extract.from_answer(told if isinstance(told, dict) else {})
    except LimitedError as error:
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

    def add(self, document: Document) -> None:
        self._documents.append(document)
        self._characters += len(document.extract.text) if document.extract else 0
        if len(self._documents) >= _BATCH or self._characters >= _BATCH_CHARACTERS:
            self.put()

    def put(self) -> None:
        self._catalogue.put(self._documents)
        self._unsettled += len(self._documents)
        self._documents, self._characters = [], 0
        if self._unsettled >= _SETTLE:
            self._catalogue.settle()
            self._unsettled = 0
