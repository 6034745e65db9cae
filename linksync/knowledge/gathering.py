"""What the readers of documents fill: text under a budget of characters and time, and what a document says of itself.

A reader says what it meets, in order; when the budget is spent ``say`` raises ``FullError`` and what was gathered until
then is kept, as it is when a document breaks off half way.
"""

import re
import time
import unicodedata

from linksync.knowledge.dates import when
from linksync.knowledge.extracted import Extract, Place
from linksync.knowledge.languages import language_of

TEXT_MAX = 8 << 20
"""Characters of text that are kept of a document."""
SECONDS_MAX = 10.0
"""Processor time after which a document is cut off; a limited child would be ended at 20."""
LINE_MAX = 500
"""Characters of a title or an author."""

_SPACE = "\x00-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_SPACES = re.compile(f" ?[{_SPACE}][ {_SPACE}]*|  +")
_UNSEEN = re.compile(
    "[\ue000-\uf8ff\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
_ODD = re.compile("[^\n -~\u00a1-\u00ac\u00ae-\u0300]")
_EDGES = re.compile(r" ?\n[ \n]*")
_BY_PROGRAM = re.compile(r"Microsoft (?:Office )?(?:Word|Excel|PowerPoint) - (.*?)(?:\.\w{2,5})?")
_NO_TITLE = re.compile(
    r"(?:document|presentatie|presentation|map|book|blad|sheet|dia|slide|naamloos|untitled|titel|title)\s?-?\s?\d*"
    r"|(?:powerpoint|power ?point)[- ](?:presentatie|presentation)|geen (?:dia)?titel|no (?:slide )?title",
    re.IGNORECASE,
)
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"})


class FullError(Exception):
    """Enough was read of a document."""


class UnreadableError(Exception):
    """A document cannot be read further; ``why`` is a slug of ``extracted.WHYS``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Gathering:
    """What was read of one document so far. Readers set the attributes as they come; ``extract`` cleans them.

    Attributes:
        title: as found; the first one counts, which readers see to.
        author: the same.
        created: in any form that ``dates.when`` reads; ``modified`` and ``taken`` the same.
        pages: pages, slides or sheets; ``width``, ``height``, ``place`` and ``seconds`` as in ``Extract``.
        cut: whether there is more text than was gathered.
        why: why there is no text, when there is none.
    """

    def __init__(self, most: int = TEXT_MAX, seconds: float = SECONDS_MAX) -> None:
        self._pieces: list[str] = []
        self._room = most
        self._until = time.process_time() + seconds
        self.title = self.author = self.created = self.modified = self.taken = ""
        self.pages = self.width = self.height = 0
        self.place: Place | None = None
        self.seconds = 0.0
        self.cut = False
        self.why = ""

    def say(self, text: str) -> None:
        """Add text.

        Raises:
            FullError: there is no room for all of it; what fits is kept.
        """
        if len(text) > self._room:
            self._pieces.append(text[: self._room])
            self._room = 0
            self.cut = True
            raise FullError
        self._room -= len(text)
        self._pieces.append(text)

    def line(self) -> None:
        """End a line; several in a row are one."""
        self._pieces.append("\n")

    def pause(self) -> None:
        """Look at the clock; readers do so now and then.

        Raises:
            FullError: too much time went by.
        """
        if time.process_time() > self._until:
            self.cut = True
            raise FullError

    def extract(self) -> Extract:
        """What was gathered, cleaned."""
        text = cleaned("".join(self._pieces))
        width, height = (side if 0 < side <= 1 << 24 else 0 for side in (self.width, self.height))
        return Extract(
            text=text,
            title=_meant(one_line(self.title)),
            author=one_line(self.author),
            created=when(self.created),
            modified=when(self.modified),
            language=language_of(text),
            pages=self.pages if 0 < self.pages <= 1 << 20 else 0,
            width=width,
            height=height,
            taken=when(self.taken),
            place=self.place,
            seconds=round(self.seconds, 3) if 0 < self.seconds < 1e7 else 0.0,
            why="" if text else self.why or "no-text",
            cut=self.cut,
        )


def _meant(title: str) -> str:
    """A title that somebody gave: not one that a program made up, nor the name of the program before it."""
    match = _BY_PROGRAM.fullmatch(title)
    title = match[1] if match else title
    return "" if _NO_TITLE.fullmatch(title) else title


def cleaned(text: str) -> str:
    """Text as it is kept: composed characters, single spaces, no empty lines, nothing unseen."""
    if _ODD.search(text):
        text = _UNSEEN.sub("", text.translate(_LIGATURES).replace("\u2028", "\n").replace("\u2029", "\n"))
        text = unicodedata.normalize("NFC", text)
    return _EDGES.sub("\n", _SPACES.sub(" ", text.replace("\r", "\n"))).strip(" \n")


def one_line(text: str) -> str:
    """A title or a name on one line, without what cannot be seen."""
    return cleaned(text[: 4 * LINE_MAX]).replace("\n", " ")[:LINE_MAX].rstrip()
