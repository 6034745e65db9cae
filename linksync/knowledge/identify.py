"""What a file is, by its content and never by its name.

Read are the head, where a format puts its list at the end also the tail and that list, and at the most a few kilobytes
of an entry that declares a type. Whatever the bytes are, there is an answer: ``application/octet-stream`` when nothing
is known. Hostile bytes raise nothing; a file that cannot be read raises ``OSError``.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import BinaryIO

from linksync.knowledge.identify_media import by_container
from linksync.knowledge.identify_office import ZIP, by_ole2, by_zip
from linksync.knowledge.identify_text import RICH_TEXT, by_text
from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.ole2 import MAGIC as OLE2
from linksync.knowledge.sample import Sample
from linksync.knowledge.signatures import by_signature
from linksync.knowledge.zip_directory import END, LOCAL, read_directory

EMPTY = Identity(media_type="inode/x-empty", family=Family.OTHER)
UNKNOWN = Identity(media_type="application/octet-stream", family=Family.OTHER)

SHORTCUTS = frozenset(
    {
        "application/x-ms-shortcut",
        "application/x-mswinurl",
        "application/x-desktop",
        "application/x-webloc",
    }
)
"""Media types of files that only point elsewhere: ``.lnk``, ``.url``, ``.desktop`` and ``.webloc``."""

_PDF_BEGINS_WITHIN = 1024
_PDF_OBJECT = re.compile(rb"[\r\n]\d{1,10} \d{1,5} obj\b")
_PDF_PRONOM = {
    b"1.0": "fmt/14",
    b"1.1": "fmt/15",
    b"1.2": "fmt/16",
    b"1.3": "fmt/17",
    b"1.4": "fmt/18",
    b"1.5": "fmt/19",
    b"1.6": "fmt/20",
    b"1.7": "fmt/276",
    b"2.0": "fmt/1129",
}


def identify(file: BinaryIO, size: int) -> Identity:
    """Tells what a file is.

    Args:
        file: open for reading, seekable; its position is not kept.
        size: its bytes.

    Returns:
        What it is; ``EMPTY`` when it has no bytes, ``UNKNOWN`` when nothing is known.
    """
    return identified(Sample(file, size))


def identified(sample: Sample) -> Identity:
    """The same of a sample that was already taken."""
    head = sample.head
    if not head:
        return EMPTY
    if head[:4] in (LOCAL, END) or head[:8] == b"PK00PK\x03\x04":
        return by_zip(sample)
    if head[:8] == OLE2:
        return by_ole2(sample)
    if head[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) and (text := by_text(sample)):
        return text
    return _pdf(head) or by_signature(sample) or by_container(sample) or _property_list(head) or _late(sample)


def _pdf(head: bytes) -> Identity | None:
    """PDF, whose first line may stand within the first kilobyte; a text that only speaks of it begins otherwise."""
    at = head.find(b"%PDF-", 0, _PDF_BEGINS_WITHIN)
    if at < 0:
        return None
    if at and (head[:2] in (b"MZ", b"\xff\xd8", b"\x89P", b"GI", b"#!") or not _PDF_OBJECT.search(head, at)):
        return None
    pronom = _PDF_PRONOM.get(head[at + 5 : at + 8], "")
    return Identity(media_type="application/pdf", family=Family.PDF, pronom=pronom)


def _property_list(head: bytes) -> Identity | None:
    """Apple's binary property list; one with a single address in it is what Safari leaves for a page."""
    if head[:8] != b"bplist00":
        return None
    if b"SURL" in head and b"http" in head and len(head) < 4096:
        return Identity(media_type="application/x-webloc", family=Family.OTHER)
    return Identity(media_type="application/x-bplist", family=Family.OTHER, pronom="fmt/984")


def _late(sample: Sample) -> Identity:
    """Text, or else rich text with letters that no text has, or a zip with something before it that nobody knows."""
    text = by_text(sample)
    if text is not None:
        return text
    if sample.head.lstrip().startswith(RICH_TEXT.encode()):
        return Identity(media_type="application/rtf", family=Family.OFFICE)
    if read_directory(sample, 1).listing.entries:
        return ZIP
    return UNKNOWN
