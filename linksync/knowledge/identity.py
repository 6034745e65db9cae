"""What a file is: its media type, PRONOM id where one is known, and the family it belongs to.

The answer of ``identify``, and what ``whole``, the screening and the reading of documents go by. A file's name has
no part in it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """The kinds of things that people carry: each is read, judged and shown in its own way."""

    TEXT = "text"
    OFFICE = "office"
    PDF = "pdf"
    PICTURE = "picture"
    AUDIO = "audio"
    VIDEO = "video"
    ARCHIVE = "archive"
    PROGRAM = "program"
    WEB = "web"
    MAIL = "mail"
    BOOK = "book"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the bytes of a file say that it is.

    Attributes:
        media_type: as ``application/pdf``; ``application/octet-stream`` when nothing is known, ``inode/x-empty``
            when there are no bytes.
        family: the kind of thing.
        pronom: the id in The National Archives' register, as ``fmt/18``; empty when not known for certain.
        encoding: of text: ``utf-8``, ``utf-16-le``, ``utf-16-be`` or ``cp1252``; empty for everything else.
    """

    media_type: str
    family: Family
    pronom: str = ""
    encoding: str = ""


def identity_of(media_type: str, family: Family, pronom: str = "") -> Identity:
    """What is no text, in one line."""
    return Identity(media_type=media_type, family=family, pronom=pronom)
