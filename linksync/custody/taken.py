"""What a hand-off takes in, a file at a time or a million of them in columns.

How a file is classed may still change after it was taken in: by what is found inside it (``Takings.judge``).
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from linksync.custody.columns import Digests, InColumns
from linksync.custody.handoff import Audience
from linksync.custody.lists import Digest
from linksync.custody.screening import Class

_CLASSES: dict[int, Class] = {ord("p"): "pass", ord("h"): "hold", ord("r"): "refuse"}
_PASS, _REFUSE = ord("p"), ord("r")
_AUDIENCES: dict[int, Audience] = {ord("o"): "organisers", ord("e"): "everyone"}
_MEDIA_TYPES_MAX = 1 << 16
"""As many as a column can tell apart; what is beyond is not told."""


class Taken(NamedTuple):
    """A file that a hand-off takes in, or hashes and refuses.

    Attributes:
        size: in bytes.
        codes: why it is held or refused.
        media_type: empty where nobody looked inside.
    """

    digest: Digest
    size: int
    class_: Class
    audience: Audience
    codes: tuple[str, ...] = ()
    media_type: str = ""


class Takings(InColumns[Taken]):
    """Path to what is taken in, in the order of the paths; places count from 0.

    Attributes:
        sizes: in bytes; ``digests``, ``classes`` and ``audiences`` likewise by place, the latter two as first letters.
    """

    __slots__ = (
        "_codes",
        "_kinds",
        "_known",
        "_media_types",
        "_named",
        "audiences",
        "classes",
        "digests",
        "sizes",
    )

    def __init__(self, files: Iterable[tuple[bytes, Taken]] = ()) -> None:
        """Take files, which are in the order of their paths already."""
        self.sizes = array("q")
        self.classes, self.audiences = bytearray(), bytearray()
        self._codes: dict[int, tuple[str, ...]] = {}
        self._kinds = array("H")  # by place, the number of its media type
        self._media_types: dict[str, int] = {"": 0}
        self._named: tuple[str, ...] = ("",)
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}  # what is said of many files is kept once
        self.digests = Digests.of(self._noted(files))
        super().__init__(self.digests.paths)

    @classmethod
    def of(cls, files: Mapping[bytes, Taken]) -> "Takings":
        """The same of any mapping."""
        return files if isinstance(files, Takings) else cls(sorted(files.items()))

    def _noted(self, files: Iterable[tuple[bytes, Taken]]) -> Iterator[tuple[bytes, Digest]]:
        for place, (path, taken) in enumerate(files):
            self.sizes.append(taken.size)
            self.classes.append(ord(taken.class_[0]))
            self.audiences.append(ord(taken.audience[0]))
            self._kinds.append(0)
            self._say(place, taken.codes, taken.media_type)
            yield path, taken.digest

    def judge(self, place: int, class_: Class, codes: tuple[str, ...], media_type: str = "") -> None:
        """Say anew how the file in a place is classed, and why; what it was before counts no more."""
        self.classes[place] = ord(class_[0])
        self._codes.pop(place, None)
        self._say(place, codes, media_type)

    def _say(self, place: int, codes: tuple[str, ...], media_type: str) -> None:
        if codes:
            self._codes[place] = self._known.setdefault(codes, codes)
        number = self._media_types.setdefault(media_type, len(self._media_types))
        self._kinds[place] = number if number < _MEDIA_TYPES_MAX else 0

    def at(self, place: int) -> Taken:
        """The file in a place."""
        return Taken(
            digest=self.digests.at(place),
            size=self.sizes[place],
            class_=_CLASSES[self.classes[place]],
            audience=_AUDIENCES[self.audiences[place]],
            codes=self._codes.get(place, ()),
            media_type=self._media_type(self._kinds[place]),
        )

    def _media_type(self, number: int) -> str:
        if len(self._named) < len(self._media_types):
            self._named = tuple(self._media_types)
        return self._named[number]

    def of_class(self, class_: Class) -> int:
        """How many files are of a class."""
        return self.classes.count(ord(class_[0]))

    def is_refused(self, place: int) -> bool:
        """Whether the file in a place is hashed and not taken in."""
        return self.classes[place] == _REFUSE

    def refused(self) -> Iterator[tuple[bytes, Digest]]:
        """Path and digest of those that are refused."""
        pairs = enumerate(self.digests.pairs()) if self.of_class("refuse") else ()
        return (pair for place, pair in pairs if self.is_refused(place))

    def kept(self) -> Iterator[tuple[bytes, Digest]]:
        """Path and digest of those that are not."""
        if not self.of_class("refuse"):
            return self.digests.pairs()
        return (pair for place, pair in enumerate(self.digests.pairs()) if not self.is_refused(place))

    def stopped(self) -> Iterator[tuple[bytes, Taken]]:
        """Those that are held or refused."""
        pairs = enumerate(self.paths) if self.of_class("pass") < len(self) else ()
        return ((path, self.at(place)) for place, path in pairs if self.classes[place] != _PASS)

    def told(self) -> Iterator[tuple[bytes, Taken]]:
        """Those of which something was seen, or that are held or refused."""
        pairs = enumerate(self.paths) if self._codes or self.of_class("pass") < len(self) else ()
        return ((path, self.at(place)) for place, path in pairs if place in self._codes or self.classes[place] != _PASS)

    def octets_kept(self) -> int:
        """Bytes of those that are not refused."""
        refused = (size for place, size in enumerate(self.sizes) if self.is_refused(place))
        return sum(self.sizes) - (sum(refused) if self.of_class("refuse") else 0)
