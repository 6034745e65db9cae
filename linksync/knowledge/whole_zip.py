"""Whether a zip, and what is made of one (Office, OpenDocument, books), is whole, honest and no bomb."""

import re
from collections.abc import Iterator

from .bombs import archive_bombs
from .flaws import APPENDED, BOMB_ENTITIES, BOMB_OVERLAP, CONTRADICTORY, CORRUPT, ENCRYPTED
from .identity import Family, Identity
from .listing import Entry
from .sample import Sample
from .zip_directory import DEFLATED, END, LOCAL, SIZES_FOLLOW_BIT, ZipDirectory, read_directory, read_local, unpack

_COMPARED = 256
_PARTS_LOOKED_AT = 64
_MOST_MANIFEST = 64 << 10
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MAY_HAVE_DOCTYPE = re.compile(rb"\.(?:x?html?|ncx|opf|svg)\Z", re.IGNORECASE)
_XML_PART = re.compile(rb"\.(?:xml|rels|vml)\Z", re.IGNORECASE)
_OBFUSCATED_FONT = re.compile(
    rb"Algorithm=[\"'](?!http://www\.idpf\.org/2008/embedding|http://ns\.adobe\.com/pdf/enc#RC)"
)


def zip_flaws(sample: Sample, identity: Identity) -> Iterator[str]:
    """Everything that is wrong with a zip by its lists."""
    directory = read_directory(sample)
    entries = directory.listing.entries
    yield from directory.listing.flaws
    if not directory.found:
        return
    if sample.head[:4] not in (LOCAL, END) and directory.prefix:
        yield APPENDED
    yield from archive_bombs(entries, directory.listing.count, sample.size)
    yield from _overlaps(directory)
    yield from _local_headers(sample, entries)
    if any(entry.encrypted for entry in entries):
        yield ENCRYPTED
    if identity.family in (Family.OFFICE, Family.BOOK):
        yield from _parts(sample, identity, entries)


def _overlaps(directory: ZipDirectory) -> Iterator[str]:
    """Entries that share bytes with each other or with the list: how a flat bomb packs one kernel a thousand times."""
    end = 0
    for entry in sorted(directory.listing.entries, key=lambda entry: entry.offset):
        if entry.offset < end:
            yield BOMB_OVERLAP
            return
        end = entry.offset + 30 + len(entry.name) + entry.packed
    if end > directory.start:
        yield CORRUPT


def _local_headers(sample: Sample, entries: tuple[Entry, ...]) -> Iterator[str]:
    """The header before each entry's data must say what the list says: programs believe the one or the other."""
    for entry in entries[:_COMPARED]:
        local = read_local(sample, entry.offset)
        if local is None:
            yield CORRUPT
            return
        follow = bool(local.flags & SIZES_FOLLOW_BIT)
        same = (local.name, local.method) == (entry.name, entry.method)
        if not same or not (follow or (local.size, local.packed) == (entry.size, entry.packed)):
            yield CONTRADICTORY
            return
        if entry.method == DEFLATED and entry.packed > entry.size + entry.size // 100 + 64:
            yield CONTRADICTORY  # deflate never grows what it packs: the size is a lie to a budget
            return


def _parts(sample: Sample, identity: Identity, entries: tuple[Entry, ...]) -> Iterator[str]:
    """What Office and OpenDocument forbid in their parts: two of one name, and a DOCTYPE, which entities need."""
    named = {entry.name: entry for entry in entries}
    if len(named) < len(entries):
        yield CONTRADICTORY
    for part in (b"META-INF/manifest.xml", b"META-INF/encryption.xml"):
        if part in named and _locked(unpack(sample, named[part], _MOST_MANIFEST), part):
            yield ENCRYPTED
    parts = [entry for entry in entries if _XML_PART.search(entry.name)] if identity.family is Family.OFFICE else []
    for entry in parts[:_PARTS_LOOKED_AT]:
        if entry.size > 100 and _DOCTYPE.search(unpack(sample, entry, 300)):
            yield BOMB_ENTITIES
            return


def _locked(stated: bytes, part: bytes) -> bool:
    if part == b"META-INF/manifest.xml":
        return b"encryption-data" in stated
    return b"EncryptionMethod" in stated and _OBFUSCATED_FONT.search(stated) is not None
