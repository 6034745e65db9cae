"""Whether archives other than zip, disk images, databases and old Office files are whole: by lists and lengths."""

import zlib
from collections.abc import Iterator

from linksync.knowledge.bombs import archive_bombs
from linksync.knowledge.containers import read_gzip
from linksync.knowledge.flaws import BOMB_RATIO, CORRUPT, ENCRYPTED, TRUNCATED
from linksync.knowledge.listing import Listing
from linksync.knowledge.ole2 import Ole2, excel_records, read_ole2, stream
from linksync.knowledge.rar import read_rar
from linksync.knowledge.sample import Sample
from linksync.knowledge.seven_zip import read_seven_zip
from linksync.knowledge.tar import read_tar

_MOST_INFLATED = 8 << 20
_STEP = 64 << 10
_FILEPASS = 0x2F


def _by_list(listing: Listing, size: int) -> Iterator[str]:
    yield from listing.flaws
    yield from archive_bombs(listing.entries, listing.count, size)


def seven_zip_flaws(sample: Sample) -> Iterator[str]:
    """By its list."""
    return _by_list(read_seven_zip(sample), sample.size)


def rar_flaws(sample: Sample) -> Iterator[str]:
    """By its blocks."""
    return _by_list(read_rar(sample), sample.size)


def tar_flaws(sample: Sample) -> Iterator[str]:
    """By its headers."""
    return _by_list(read_tar(sample), sample.size)


def gzip_flaws(sample: Sample) -> Iterator[str]:
    """By its stream, which says nowhere how long it is: inflated and forgotten, up to a few megabytes."""
    entry = next(iter(read_gzip(sample).entries), None)
    if entry is None:
        yield TRUNCATED
        return
    inflate, at, out = zlib.decompressobj(31), 0, 0
    piece = b""
    try:
        while out < _MOST_INFLATED and not inflate.eof:
            if not piece:
                piece = sample.at(at, _STEP)
                at += len(piece)
            if not piece:
                yield TRUNCATED
                return
            out += len(inflate.decompress(piece, 1 << 20))
            piece = inflate.unconsumed_tail
    except zlib.error:
        yield CORRUPT
        return
    if out >= _MOST_INFLATED and out > 300 * max(1, at - len(piece)):
        yield BOMB_RATIO


def bzip2_flaws(sample: Sample) -> Iterator[str]:
    """The mark of the end, which may begin at any bit, before the last checksum."""
    end = int.from_bytes(sample.tail(12), "big")
    if not any((end >> shift) & 0xFFFFFFFFFFFF == 0x177245385090 for shift in range(32, 40)):
        yield TRUNCATED


def xz_flaws(sample: Sample) -> Iterator[str]:
    """The footer; zeros in fours may follow it."""
    if not sample.tail(4096).rstrip(b"\0").endswith(b"YZ"):
        yield TRUNCATED


def iso_flaws(sample: Sample) -> Iterator[str]:
    """The blocks that its first descriptor counts."""
    descriptor = sample.at(32768, 132)
    if descriptor[:6] == b"\1CD001":
        blocks, block = int.from_bytes(descriptor[80:84], "little"), int.from_bytes(descriptor[128:130], "little")
        if blocks * block > sample.size:
            yield TRUNCATED


def sqlite_flaws(sample: Sample) -> Iterator[str]:
    """The pages that its header counts, when the count is of the newest change."""
    head = sample.head
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    page = 65536 if page == 1 else page
    if len(head) < 100 or (head[24:28] == head[92:96] and page * pages > sample.size):
        yield TRUNCATED


def ole2_flaws(sample: Sample) -> Iterator[str]:
    """Sectors that are in use and not there; the flag or stream with which Office locks a document."""
    ole2 = read_ole2(sample)
    yield from ole2.listing.flaws
    if ole2.listing.entries and _ole2_locked(sample, ole2):
        yield ENCRYPTED


def _ole2_locked(sample: Sample, ole2: Ole2) -> bool:
    names = {entry.name for entry in ole2.listing.entries}
    if names & {b"EncryptedPackage", b"EncryptedSummary"}:
        return True
    word = stream(sample, ole2, b"WordDocument", 12)
    if word[:2] == b"\xec\xa5" and len(word) == 12 and word[11] & 1:
        return True
    records = excel_records(stream(sample, ole2, b"Workbook", 4096), 16)
    return any(kind == _FILEPASS for kind, _ in records)  # one that is only protected has a known password
