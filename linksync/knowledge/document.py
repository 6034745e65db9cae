"""A document of the catalogue: what is found, who gave it, and what is known of it."""

from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Literal

import msgspec

from linksync.custody.card import Card
from linksync.knowledge.extracted import Extract

Audience = Literal["everyone", "organisers"]

TEXT_MAX = 1_000_000
"""Characters of a document's text that are kept and searched; what follows is not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """Who gave a document, where and when.

    Attributes:
        host: the id of who handed it over.
        stop: the place where that was; may be empty.
        time: RFC 3339.
        path: where it stood on the stick, escaped.
        contribution: the folder in which it was given, escaped; with ``link`` it names the contribution.
    """

    host: str
    stop: str
    time: str
    path: str
    link: str = ""
    number: int = 0
    contribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document, which is in the catalogue once however often it was given.

    Attributes:
        digest: SHA-256 of its bytes.
        place: where it stands, from the library's root or as it stood on the stick.
        givers: the first first.
        size: bytes.
        family: a word of ``identity.Family``.
        audience: who may see it.
        held: whether to look before one opens it.
        gone: whether it is an earlier version, or no longer on the Link.
        work: the digest of the oldest version of it; its own, or empty, where there is one.
        card: what is said of the contribution.
        extract: what was read out of it; None where what is known of it already stays.
    """

    digest: bytes
    place: str
    givers: tuple[Giver, ...] = ()
    size: int = 0
    media_type: str = ""
    family: str = ""
    audience: Audience = "organisers"
    held: bool = False
    gone: bool = False
    work: bytes = b""
    card: Card | None = None
    extract: Extract | None = None

    @property
    def told(self) -> bytes:
        """What is known of it without opening it, in short: where this is the same nothing needs to be done."""
        known = replace(self, extract=None, media_type="", family="")
        return blake2b(msgspec.json.encode(known), digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the catalogue keeps of a document beside its text, as one JSON object.

    Attributes:
        extract: without its text.
    """

    document: Document
    extract: Extract = field(default_factory=Extract)

    @property
    def title(self) -> str:
        """What the document is called: by itself, else by its file's name."""
        return self.extract.title or self.document.place.rpartition("/")[2]


def packed(document: Document, extract: Extract) -> bytes:
    """A document as the catalogue keeps it."""
    kept = Kept(document=replace(document, extract=None), extract=replace(extract, text=""))
    return msgspec.json.encode(kept)


unpacked = msgspec.json.Decoder(Kept).decode
"""A document from what ``packed`` made of it."""
