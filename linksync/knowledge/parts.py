"""The parts of a zipped document, unpacked piece by piece under a budget: bytes of all parts together, and the ratio.

The list is read by ``zip_directory``, which believes nothing; the data by ``zlib``, never more than a piece at a time.
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from linksync.knowledge.gathering import Gathering, UnreadableError
from linksync.knowledge.listing import Entry
from linksync.knowledge.sample import Sample
from linksync.knowledge.zip_directory import DEFLATED, STORED, read_directory, read_local
from linksync.knowledge.zip_walk import walked

UNPACKED_MAX = 96 << 20
"""Bytes that all parts of a document may unpack to, as far as they are read."""
RATIO_MAX = 400
"""Times its packed size that a part over a mebibyte may be; XML packs to a tenth or twentieth, rarely a hundredth."""
_PIECE = 256 << 10
_NAME_MAX = 200
_NAMES_MAX = 4000
_PARTS_MAX = 20_000


class Parts:
    """A zipped document.

    Attributes:
        names: the names of its parts in small letters, sorted, without a slash before them.

    Raises:
        UnreadableError: there are no parts.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._sample = Sample(file, size)
        entries = read_directory(self._sample, _PARTS_MAX).listing.entries or tuple(walked(self._sample))
        if not entries:
            raise UnreadableError("unreadable")
        self._entries = {
            entry.name.decode("utf-8", "replace").replace("\\", "/").lstrip("/").lower(): entry
            for entry in entries
            if len(entry.name) <= _NAME_MAX
        }
        self.names = tuple(sorted(self._entries))
        self._room = UNPACKED_MAX

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def whole(self, name: str, most: int = 4 << 20) -> bytes:
        """All of a small part; empty when there is none of that name.

        Raises:
            UnreadableError: it is larger than ``most``, or not as a zip has it.
        """
        read = bytearray()
        for piece in self.pieces(name):
            read += piece
            if len(read) > most:
                raise UnreadableError("too-much")
        return bytes(read)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part, unpacked, piece by piece; nothing when there is none of that name.

        Raises:
            UnreadableError: it is encrypted, broken, or the budget is spent.
        """
        entry = self._entries.get(name.lower())
        if entry is None:
            return
        if _swells(entry.size, entry.packed):
            raise UnreadableError("too-much")
        given = 0
        for piece in self._unpacked(entry):
            given += len(piece)
            self._room -= len(piece)
            if self._room < 0 or _swells(given, entry.packed):
                raise UnreadableError("too-much")
            yield piece

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        if entry.encrypted:
            raise UnreadableError("encrypted")
        local = read_local(self._sample, entry.offset)
        if local is None or entry.method not in (STORED, DEFLATED):
            raise UnreadableError("unreadable")
        if entry.method == STORED:
            yield from self._stored(local.data, min(entry.packed, entry.size))
            return
        unpacking = zlib.decompressobj(-15)
        for packed in self._stored(local.data, entry.packed):
            try:
                while packed and not unpacking.eof:
                    if piece := unpacking.decompress(packed, _PIECE):
                        yield piece
                    packed = unpacking.unconsumed_tail
            except zlib.error as error:
                raise UnreadableError("unreadable") from error

    def _stored(self, at: int, length: int) -> Iterator[bytes]:
        while length > 0 and (piece := self._sample.at(at, min(length, _PIECE))):
            yield piece
            at += len(piece)
            length -= len(piece)


def _swells(size: int, packed: int) -> bool:
    return size > 1 << 20 and size > RATIO_MAX * max(packed, 1)


class Walker:
    """One walk through an XML part; subclasses say what they do at each element.

    Names come without their namespace. What is said of an element stands in ``start`` and ``end``; text in ``text``.
    """

    HEEDS_ATTRIBUTES = True
    """Whether ``start`` is told the attributes; most elements of a text have none that matter."""

    def start(self, name: str, said: dict[str, str], /) -> None:
        """An element begins; ``said`` are its attributes."""

    def end(self, name: str, /) -> None:
        """An element ends."""

    def text(self, text: str, /) -> None:
        """Text between elements."""


def walk(parts: Parts, name: str, walker: Walker, into: Gathering) -> None:
    """Lead a walker through a part; a part that is not there is a walk that is over at once.

    Raises:
        UnreadableError: it is no XML to its end, or declares a document type.
        FullError: enough was gathered.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    names, start, end, none = _Names(), walker.start, walker.end, dict[str, str]()
    if walker.HEEDS_ATTRIBUTES:
        parser.StartElementHandler = lambda tag, said: start(
            names[tag], {names[key]: value for key, value in said.items()}
        )
    else:
        parser.StartElementHandler = lambda tag, _said: start(names[tag], none)
    parser.EndElementHandler = lambda tag: end(names[tag])
    parser.CharacterDataHandler = walker.text
    parser.StartDoctypeDeclHandler = _refuse
    met = False
    try:
        for piece in parts.pieces(name):
            parser.Parse(piece, False)
            into.pause()
            met = True
        if met:
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableError("unreadable") from error


class _Names(dict[str, str]):
    """Names without the prefix of their namespace; each is cut once."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        if len(self) < _NAMES_MAX:
            self[name] = local
        return local


def _refuse(*_declared: object) -> None:
    raise UnreadableError("unreadable")
