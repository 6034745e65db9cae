"""Whether a zip, and what is made of one (Office, OpenDocument, books), is whole, honest and no bomb."""

import io
import re
from collections.abc import Iterator

from linksync.knowledge.bombs import MOST_RATIO, SMALL, archive_bombs
from linksync.knowledge.flaws import (
    APPENDED,
    BOMB_DEPTH,
    BOMB_ENTITIES,
    BOMB_OVERLAP,
    CONTRADICTORY,
    CORRUPT,
    ENCRYPTED,
)
from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.listing import Entry
from linksync.knowledge.sample import Sample
from linksync.knowledge.zip_directory import (
    DEFLATED,
    END,
    LOCAL,
    SIZES_FOLLOW_BIT,
    Local,
    ZipDirectory,
    inflated,
    read_directory,
    read_local,
    unpack,
)

_COMPARED = 256
_DEEPEST, _MOST_INNER, _INNER_ENTRIES, _INNER_RATIO = 4, 1 << 20, 500, 50
_ARCHIVE = re.compile(rb"\.(?:zip|gz|tgz|bz2|xz|7z|rar|jar|lzma|zst)\Z", re.IGNORECASE)
_MOST_MANIFEST = 64 << 10
_ENTITIES = re.compile(rb"<!\s*ENTITY|<!\s*DOCTYPE[^>\[]{0,400}\[", re.IGNORECASE)
_BEGIN = 800
_PARTS_OPENED = 24
_XML_PART = re.compile(rb"\.(?:xml|rels|vml)\Z", re.IGNORECASE)
_OTHER_THAN_FONTS = re.compile(
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
    elif directory.prefix:
        yield CONTRADICTORY  # a zip hung on to another: most programs see the second alone, a few the first
    yield from archive_bombs(entries, directory.listing.count, sample.size)
    if _deep(sample, entries):
        yield BOMB_DEPTH
    yield from _overlaps(directory)
    yield from _local_headers(sample, identity, entries)
    if any(entry.encrypted for entry in entries):
        yield ENCRYPTED
    if identity.family in (Family.OFFICE, Family.BOOK):
        yield from _locks(sample, entries)


def _deep(sample: Sample, entries: tuple[Entry, ...]) -> bool:
    """Whether archives in archives unpack to a bomb, or hardly end: the largest at each level is followed, in memory.

    One that is too large to follow must not shrink fifty times: what is packed already does not, unless it repeats.
    """
    times, size = 1, sample.size
    for _ in range(_DEEPEST):
        archives = [entry for entry in entries if _ARCHIVE.search(entry.name) and not entry.encrypted]
        if not archives:
            return False
        entry = max(archives, key=lambda entry: entry.size)
        if entry.size > _MOST_INNER:
            return entry.size > _INNER_RATIO * max(entry.packed, 1)
        data = unpack(sample, entry, _MOST_INNER)
        if data[:4] != LOCAL or len(data) < entry.size:
            return False
        sample = Sample(io.BytesIO(data), len(data))
        entries = read_directory(sample, _INNER_ENTRIES).listing.entries
        times *= len(archives)
        total = times * sum(entry.size for entry in entries)
        if total > SMALL and total > MOST_RATIO * size:
            return True
    return True


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


def _local_headers(sample: Sample, identity: Identity, entries: tuple[Entry, ...]) -> Iterator[str]:
    """The header before each entry's data must say what the list says: programs believe the one or the other.

    What is read along shows whether the part of an Office document declares entities, which none does that is honest; a
    DOCTYPE alone is harmless, and old OpenDocument has one.
    """
    parts = _PARTS_OPENED if identity.family is Family.OFFICE else 0
    for entry in entries[:_COMPARED]:
        local = read_local(sample, entry.offset)
        if local is None:
            yield CORRUPT
            return
        if not _agree(entry, local):
            yield CONTRADICTORY
            return
        if parts and not entry.encrypted and _XML_PART.search(entry.name):
            parts -= 1
            begin = inflated(local.begin, _BEGIN) if local.method == DEFLATED else local.begin
            if b"<!" in begin and _ENTITIES.search(begin):
                yield BOMB_ENTITIES
                return


def _agree(entry: Entry, local: Local) -> bool:
    """Whether both say the same; and no size so small that deflate would have made it grow, a lie to a budget."""
    follow = bool(local.flags & SIZES_FOLLOW_BIT)
    same = (local.name, local.method) == (entry.name, entry.method)
    sizes = follow or (local.size, local.packed) == (entry.size, entry.packed)
    return same and sizes and (entry.method != DEFLATED or entry.packed <= entry.size + entry.size // 100 + 64)


def _locks(sample: Sample, entries: tuple[Entry, ...]) -> Iterator[str]:
    """Two parts of one name, which Office and OpenDocument forbid; the ciphers that OpenDocument and books state."""
    named = {entry.name: entry for entry in entries}
    if len(named) < len(entries):
        yield CONTRADICTORY
    for part in (b"META-INF/manifest.xml", b"META-INF/encryption.xml"):
        if part in named and _locked(unpack(sample, named[part], _MOST_MANIFEST), part):
            yield ENCRYPTED


def _locked(stated: bytes, part: bytes) -> bool:
    if part == b"META-INF/manifest.xml":
        return b"encryption-data" in stated
    return b"EncryptionMethod" in stated and _OTHER_THAN_FONTS.search(stated) is not None
