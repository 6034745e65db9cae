"""Cataloguing: the library's catalogue, brought to where the library stands.

``.linksync/catalogue.sqlite`` follows from the index and the files. What a run costs is what changed: the leaves of the
index that are as they were are not read, and a document is opened once. What is no longer in the library leaves the
catalogue; who may see what is as the index says. A run that was cut off is finished by the next.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from linksync.custody import names
from linksync.custody.card import BYTES_MAX as CARD_MAX
from linksync.custody.card import Card, read_card
from linksync.custody.consent import contribution, is_card
from linksync.custody.lists import sha256
from linksync.errors import FormatError
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.document import Document, Giver
from linksync.knowledge.filling import Filled, Unread, fill
from linksync.knowledge.indexing import contribution_key
from linksync.library.index import Entry
from linksync.library.index import Giver as Given
from linksync.library.leaves import ALL, INDEX, bounds, listed
from linksync.library.pull import opened
from linksync.library.shelves import PRIVATE

CATALOGUE = f"{PRIVATE}/catalogue.sqlite"

_LEAF = "leaf "


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogued:
    """What came of it.

    Attributes:
        read: documents that were opened; ``without`` those of them that gave no text.
        removed: documents that are no longer in the library.
        missing: documents of the library whose files do not stand where they should: the next pull brings them.
        total: documents in the catalogue.
    """

    read: int
    without: int
    removed: int
    missing: int
    total: int


def catalogue(
    library: Path, *, processes: int = 2, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> Catalogued:
    """Bring the catalogue to where the library stands.

    Args:
        library: its folder; nobody pulls into it meanwhile.
        processes: limited children in which documents are opened.
        progress: told how many documents of how many are read.

    Raises:
        RefusedError: ``library-busy`` (``path``).
        FormatError: ``library-list`` (``path``): the index is damaged; a pull mends it.
        MediumError: ``catalogue-failed`` (``path``, ``why``).
    """
    with opened(library), Catalogue.fill(library / CATALOGUE) as filling:
        return _Cataloguing(library, filling).run(processes, progress)


class _Cataloguing:
    def __init__(self, root: Path, filling: Catalogue) -> None:
        self._root = root
        self._catalogue = filling
        self._cards: dict[str, Card | None] = {}

    def run(self, processes: int, progress: Callable[[int, int], None]) -> Catalogued:
        leaves = {name: sha256((self._root / name).read_bytes()).hex() for name in listed(self._root, INDEX)}
        noted = self._catalogue.noted(_LEAF)
        changed = [name for name, digest in leaves.items() if noted.get(name) != digest]
        entries = [entry for name in changed for entry in _entries(self._root, name)]
        gone = self._gone(changed, set(noted) - leaves.keys(), entries)
        unsaid = self._catalogue.spoken_for(gone)
        removed = self._catalogue.drop(gone)
        self._hear_cards(entries, unsaid)
        unread = self._unread(entries)
        filled = fill(
            self._catalogue,
            (self._to_read(document, entry) for document, entry in unread),
            processes=processes,
            progress=lambda done: progress(done, len(unread)),
        )
        if not filled.missing:
            self._catalogue.note_all(_LEAF, leaves)
        return self._told(filled, removed)

    def _told(self, filled: Filled, removed: int) -> Catalogued:
        return Catalogued(
            read=filled.read,
            without=filled.without,
            removed=removed,
            missing=filled.missing,
            total=self._catalogue.count(),
        )

    def _gone(self, changed: Sequence[str], stale: set[str], entries: Sequence[Entry]) -> list[bytes]:
        """What is in the catalogue and, by the leaves that changed or are there no more, not in the library."""
        here = {bytes.fromhex(entry.sha256) for entry in entries}
        known = {digest for name in changed for digest in self._catalogue.known_between(*bounds(_beginning(name)))}
        if stale:  # leaves were cut anew: another one may have what this one had
            known |= self._catalogue.known().keys()
            leaves = listed(self._root, INDEX)
            here |= {bytes.fromhex(one.sha256) for name in leaves for one in _entries(self._root, name)}
        return sorted(known - here)

    def _hear_cards(self, entries: Sequence[Entry], unsaid: Sequence[str]) -> None:
        """Take in what cards say that came or went; what else is known of their contributions follows.

        Args:
            entries: that changed.
            unsaid: contributions that a card which is no longer in the library spoke for.
        """
        touched = set(unsaid)
        for entry in entries:
            for giver in entry.givers:
                path = names.unescape(giver.path)
                if is_card(path) and not giver.stolen:
                    key = contribution_key(giver.link, names.escape(contribution(path)))
                    card = None if giver.fate else self._card(entry, path)
                    if self._catalogue.put_card(key, bytes.fromhex(entry.sha256), giver.time, card):
                        touched.add(key)
        for key in sorted(touched):
            self._catalogue.follow_card(key)

    def _card(self, entry: Entry, path: bytes) -> Card | None:
        file = self._open(entry.place)
        if file is None:
            return None
        with file, suppress(OSError):
            return read_card(path.rpartition(b"/")[2].decode("ascii"), file.read(CARD_MAX + 1))
        return None

    def _unread(self, entries: Sequence[Entry]) -> list[tuple[Document, Entry]]:
        """What is new; of what is known already the catalogue is told what changed."""
        unread, changed = [], []
        for entry in entries:
            document = self._document(entry)
            known = self._catalogue.known_of(document.digest)
            if known is None:
                unread.append((document, entry))
            elif known != document.told:
                changed.append(document)
        self._catalogue.put(changed)
        return unread

    def _document(self, entry: Entry) -> Document:
        givers = tuple(_giver(one) for one in entry.givers)
        first = givers[0]
        key = contribution_key(first.link, first.contribution)
        if key not in self._cards:
            self._cards[key] = self._catalogue.card(key)
        return Document(
            digest=bytes.fromhex(entry.sha256),
            place=entry.place,
            givers=givers,
            size=entry.size,
            audience="everyone" if entry.audience == "everyone" else "organisers",
            held=entry.held,
            gone=entry.gone,
            work=bytes.fromhex(entry.versions[0]) if entry.versions else b"",
            card=self._cards[key],
        )

    def _to_read(self, document: Document, entry: Entry) -> Unread:
        path = names.unescape(entry.givers[0].path)
        card = self._card(entry, path) if is_card(path) else None
        return Unread(document=document, open=lambda: self._open(entry.place), card=card)

    def _open(self, place: str) -> BinaryIO | None:
        with suppress(OSError):
            return open(os.open(self._root / place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
        return None


def _entries(root: Path, leaf: str) -> Iterator[Entry]:
    try:
        yield from msgspec.json.Decoder(Entry).decode_lines((root / leaf).read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("library-list", path=leaf) from error


def _beginning(leaf: str) -> str:
    """The digits with which the digests of a leaf begin."""
    name = leaf.removeprefix(f"{INDEX}/").removesuffix(".jsonl")
    return "" if name == ALL else name


def _giver(given: Given) -> Giver:
    path = names.unescape(given.path)
    return Giver(
        host=given.holder,
        stop=given.town,
        time=given.time,
        path=given.path,
        link=given.link,
        number=given.number,
        contribution=names.escape(contribution(path)),
    )
