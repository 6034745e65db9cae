"""Text of EPUB books, chapter by chapter in the order that they are read in; and what the package says.

EPUB 3.3. Chapters are read as web pages, for most declare a document type, which our XML reader refuses.
"""

import posixpath
from urllib.parse import unquote

from linksync.knowledge.extract_text import decoded
from linksync.knowledge.gathering import Gathering, UnreadableError
from linksync.knowledge.markup import read_markup
from linksync.knowledge.parts import Parts, Walker, walk

_CHAPTER_MAX = 16 << 20


def read(parts: Parts, into: Gathering) -> None:
    """Read a book.

    Raises:
        UnreadableError: it has no package, or a chapter is encrypted or broken.
    """
    root = _Root()
    walk(parts, "META-INF/container.xml", root, into)
    if root.path not in parts:
        raise UnreadableError("unreadable")
    package = _Package(into)
    walk(parts, root.path, package, into)
    told = into.title, into.author
    for href in package.chapters():
        name = posixpath.normpath(posixpath.join(posixpath.dirname(root.path), unquote(href).partition("#")[0]))
        read_markup(decoded(parts.whole(name, _CHAPTER_MAX), "utf-8"), into)
        into.line()
    into.title, into.author = told[0] or into.title, told[1] or into.author


class _Root(Walker):
    def __init__(self) -> None:
        self.path = ""

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "rootfile" and not self.path:
            self.path = said.get("full-path", "")


class _Package(Walker):
    """The package: metadata, what there is, and in which order it is read."""

    def __init__(self, into: Gathering) -> None:
        self._into, self._field = into, ""
        self._hrefs: dict[str, str] = {}
        self._order: list[str] = []

    def start(self, name: str, said: dict[str, str]) -> None:
        fields = {"title": "title", "creator": "author", "date": "created"}
        self._field = fields.get(name, "")
        if self._field and getattr(self._into, self._field):
            self._field = ""  # the first one counts
        if name == "item":
            self._hrefs[said.get("id", "")] = said.get("href", "")
        elif name == "itemref":
            self._order.append(said.get("idref", ""))

    def end(self, _name: str) -> None:
        self._field = ""

    def text(self, text: str) -> None:
        if self._field:
            setattr(self._into, self._field, getattr(self._into, self._field) + text[:4000])

    def chapters(self) -> list[str]:
        """Where the chapters stand, each once."""
        return list(dict.fromkeys(self._hrefs[name] for name in self._order if name in self._hrefs))
