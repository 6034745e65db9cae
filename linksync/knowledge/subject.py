"""What a rule of the screening looks at: a file under the glass, what it is, and how it is called.

Lists and parts of containers are read once, when the first rule asks for them.
"""

from linksync.knowledge.identity import Identity
from linksync.knowledge.listing import Entry
from linksync.knowledge.ole2 import Ole2, read_ole2
from linksync.knowledge.sample import Sample
from linksync.knowledge.zip_directory import ZipDirectory, read_directory, unpack

PART_MAX = 16 << 20
"""Bytes of a part of a document that are looked at, unpacked; the parts that may hold harm are far smaller."""


class Subject:
    """A file that is screened.

    Attributes:
        sample: its bytes.
        identity: what it is by its content.
        path: as it stands on the stick.
        name: its last part, lower case; bytes that are no UTF-8 as lone surrogates.
        extension: of the name, without the dot; empty where there is none.
    """

    __slots__ = ("_ole2", "_parts", "_zip", "extension", "identity", "name", "path", "sample")

    def __init__(self, sample: Sample, identity: Identity, path: bytes) -> None:
        self.sample, self.identity, self.path = sample, identity, path
        self.name = path.rpartition(b"/")[2].decode("utf-8", "surrogateescape").lower()
        stem, dot, extension = self.name.rstrip(" .").rpartition(".")
        self.extension = extension if dot and stem else ""
        self._zip: ZipDirectory | None = None
        self._ole2: Ole2 | None = None
        self._parts: dict[bytes, bytes] = {}

    @property
    def zip(self) -> ZipDirectory:
        """The list at the end of a zip."""
        if self._zip is None:
            self._zip = read_directory(self.sample)
        return self._zip

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of a zip."""
        return self.zip.listing.entries

    @property
    def ole2(self) -> Ole2:
        """The directory of a compound file."""
        if self._ole2 is None:
            self._ole2 = read_ole2(self.sample)
        return self._ole2

    def part(self, entry: Entry, most: int = PART_MAX) -> bytes:
        """The first bytes of an entry of a zip, unpacked."""
        if entry.name not in self._parts:
            self._parts[entry.name] = unpack(self.sample, entry, most)
        return self._parts[entry.name]
