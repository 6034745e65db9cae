"""Text that is text already: plain, Markdown, tables, JSON and XML; web pages; and the encodings that they are in."""

import codecs
import re
from typing import BinaryIO

from linksync.knowledge.gathering import Gathering
from linksync.knowledge.identity import Identity
from linksync.knowledge.markup import read_markup

BYTES_MAX = 32 << 20
"""Bytes of a text that are read."""

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KNOWN = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|us-ascii|iso-?8859-?\d{1,2}|windows-?12\d\d|cp12\d\d|macintosh|koi8-r", re.IGNORECASE
)
_HEADING = re.compile(r"\s*#{1,6}\s+(.{1,400})")
_FRONT = re.compile(r"(title|titel|author|auteur|date|datum)\s*:\s*(.{1,400})", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,400})\]\([^()\s]{0,2000}\)")
_MARKUP = re.compile(r"(?m)^\s{0,3}(?:#{1,6}\s|>\s?|[-*+]\s|\|?[ :|-]{3,200}$)|[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}")
_FIELDS = {"title": "title", "titel": "title", "author": "author", "auteur": "author", "date": "created"}


def decoded(data: bytes, encoding: str) -> str:
    """Bytes as text; what does not fit the encoding becomes a mark, never an error."""
    for mark in _MARKS:
        data = data.removeprefix(mark)
    return data.decode(known(encoding) or "utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


def words_of(field: bytes) -> str:
    """A field that ends at a zero, in UTF-8 or else as Windows writes."""
    value = field.partition(b"\0")[0]
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def known(encoding: str) -> str:
    """An encoding as Python calls it, if it is one that people's programs write; latin-1 means Windows', as on the web.

    Returns:
        Its name, or empty.
    """
    if not _KNOWN.fullmatch(encoding):
        return ""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return ""
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _whole(file: BinaryIO, size: int, into: Gathering) -> bytes:
    file.seek(0)
    into.cut = into.cut or size > BYTES_MAX
    return file.read(min(size, BYTES_MAX))


def read_plain(file: BinaryIO, size: int, identity: Identity, into: Gathering) -> None:
    """Plain text, tables, JSON and alike: as it stands."""
    into.say(decoded(_whole(file, size, into), identity.encoding))


def read_table(file: BinaryIO, size: int, identity: Identity, into: Gathering) -> None:
    """Values between commas, semicolons or tabs: without their quotes."""
    text = decoded(_whole(file, size, into), identity.encoding)
    into.say(re.sub("[;\t]|,(?=[^ ])", " ", text.replace('""', "\u201d").replace('"', "")).replace("\u201d", '"'))


def read_markdown(file: BinaryIO, size: int, identity: Identity, into: Gathering) -> None:
    """Markdown: without its marks; the first heading is the title, unless the front matter has one."""
    text = decoded(_whole(file, size, into), identity.encoding)
    lines = text.split("\n")
    if lines[0].strip() == "---" and "---" in map(str.strip, lines[1:40]):
        end = next(at for at, line in enumerate(lines[1:40], 1) if line.strip() == "---")
        for match in filter(None, map(_FRONT.match, lines[1:end])):
            setattr(into, _FIELDS.get(match[1].lower(), "created"), match[2].strip(" \"'"))
        lines = lines[end + 1 :]
    heading = next(filter(None, map(_HEADING.match, lines[:40])), None)
    into.title = into.title or (heading[1].rstrip("# ") if heading else "")
    into.say(_MARKUP.sub("", _LINK.sub(r"\1", "\n".join(lines))).replace("|", " "))


def read_page(file: BinaryIO, size: int, identity: Identity, into: Gathering) -> None:
    """A web page, in the encoding that it states when that is one."""
    data = _whole(file, size, into)
    stated = _CHARSET.search(data[:2048])
    encoding = identity.encoding
    if stated and not encoding.startswith("utf"):
        encoding = known(stated[1].decode("ascii")) or encoding
    read_markup(decoded(data, encoding), into)
