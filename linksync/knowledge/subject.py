"""What a rule of the screening looks at: a file under the glass, what it is, and how it is called.

Lists and parts of containers are read once, when the first rule asks for them.
"""

import re
from collections.abc import Iterator

from linksync.knowledge.containers import listed
from linksync.knowledge.identity import Identity
from linksync.knowledge.listing import Entry
from linksync.knowledge.ole2 import Ole2, read_ole2
from linksync.knowledge.sample import MOST, Sample
from linksync.knowledge.zip_directory import DEFLATED, STORED, unpack

BUDGET = 128 << 20
"""Bytes that are unpacked of one file, all its parts together."""

_METHODS = (STORED, DEFLATED)
_ODD_LETTERS = re.compile(
    rb"<\?xml\b[^>]{0,200}\bencoding\s*=\s*[\"'](?!utf-?8|utf-?16|(?:us-)?ascii|iso-8859-|windows-125)", re.IGNORECASE
)
_BEGIN = 400


class Subject:
    """A file that is screened.

    Attributes:
        sample: its bytes.
        identity: what it is by its content.
        path: as it stands on the stick.
        name: its last part, lower case; bytes that are no UTF-8 as lone surrogates.
        extension: of the name, without the dot; empty where there is none.
        unseen: whether something that should have been looked at was too large for that.
    """

    __slots__ = (
        "_entries",
        "_left",
        "_lines",
        "_names",
        "_ole2",
        "_parts",
        "_small_names",
        "extension",
        "identity",
        "name",
        "path",
        "sample",
        "unseen",
    )

    def __init__(self, sample: Sample, identity: Identity, path: bytes) -> None:
        self.sample, self.identity, self.path = sample, identity, path
        self.name = path.rpartition(b"/")[2].decode("utf-8", "surrogateescape").lower()
        stem, dot, extension = self.name.rstrip(" .").rpartition(".")
        self.extension = extension if dot and stem else ""
        self._entries: tuple[Entry, ...] | None = None
        self._names: bytes | None = None
        self._small_names: bytes | None = None
        self._lines: bytes | None = None
        self._ole2: Ole2 | None = None
        self._parts: dict[bytes, bytes] = {}
        self._left = BUDGET
        self.unseen = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of an archive, or of a document that is one, as its list has them."""
        if self._entries is None:
            listing = listed(self.sample, self.identity)
            self._entries = listing.entries
            self.unseen = self.unseen or listing.count > len(listing.entries)
        return self._entries

    @property
    def names(self) -> bytes:
        """The names of all entries, each on a line of its own."""
        if self._names is None:
            self._names = b"\n".join([entry.name.replace(b"\n", b"/") for entry in self.entries])
        return self._names

    @property
    def small_names(self) -> bytes:
        """The same in small letters."""
        if self._small_names is None:
            self._small_names = self.names.lower()
        return self._small_names

    def named(self, pattern: "re.Pattern[bytes]", *words: bytes) -> list[int]:
        """The places of the entries whose name matches, in order.

        Args:
            pattern: each name stands on a line; one with a line feed in it is tried as it is, and with a NUL instead.
            words: in small letters, one of which is in every such name: to find them takes a tenth of the time.
        """
        if not any(word in self.small_names for word in words):
            return []
        if self._lines is None:
            lines = b"\n".join([entry.name.replace(b"\n", b"\0") for entry in self.entries])
            self._lines = self.names if lines == self.names else lines
        places: list[int] = []
        place = before = 0
        for found in pattern.finditer(self._lines):
            place += self._lines.count(b"\n", before, found.start())
            before = found.start()
            if not places or places[-1] != place:
                places.append(place)
        if self._lines is not self.names:
            odd = {at for at, one in enumerate(self.entries) if b"\n" in one.name and pattern.search(one.name)}
            return sorted(odd.union(places))
        return places

    @property
    def ole2(self) -> Ole2:
        """The directory of a compound file."""
        if self._ole2 is None:
            self._ole2 = read_ole2(self.sample)
            self.unseen = self.unseen or self._ole2.listing.count > len(self._ole2.listing.entries)
        return self._ole2

    def part(self, entry: Entry, most: int) -> bytes:
        """An entry of a zip, unpacked, to be looked at from end to end."""
        data = self.begin(entry, most)
        self.unseen = self.unseen or len(data) >= most
        return data

    def xml(self, entry: Entry, most: int) -> bytes:
        """The same of a part that is XML, in letters of one byte each: UTF-16 without its zeros, no other encoding."""
        data = self.part(entry, most)
        if b"\0" in data[:4]:
            data = data.replace(b"\0", b"")
        begin = data[:_BEGIN]
        self.unseen = self.unseen or bool(data and (b"<" not in begin or _ODD_LETTERS.search(begin)))
        return data

    def begin(self, entry: Entry, most: int) -> bytes:
        """The first bytes of an entry of a zip, unpacked."""
        if entry.name not in self._parts:
            locked_in = entry.method not in _METHODS and not entry.encrypted and entry.size
            self.unseen = bool(self.unseen or not self._left or locked_in)
            self._parts[entry.name] = unpack(self.sample, entry, min(most, self._left)) if self._left else b""
            self._left = max(0, self._left - len(self._parts[entry.name]))
        return self._parts[entry.name]

    def text(self, most: int) -> bytes:
        """The whole file, to be looked at from end to end."""
        self.unseen = self.unseen or self.sample.size > most
        return b"".join(self.pieces(most, 0))

    def pieces(self, most: int, overlap: int = 4096) -> Iterator[bytes]:
        """The file in pieces, each with the end of the one before it, as far as ``most`` bytes."""
        self.unseen = self.unseen or self.sample.size > most
        for at in range(0, min(self.sample.size, most), MOST - overlap):
            yield self.sample.at(at, MOST)
