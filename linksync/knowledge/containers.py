"""What a container says that it holds: zip, OLE2, tar, gzip, 7z and RAR, listed under limits and never unpacked."""

from typing import BinaryIO

from linksync.knowledge.identity import Identity
from linksync.knowledge.listing import Entry, Listing
from linksync.knowledge.ole2 import MAGIC as OLE2
from linksync.knowledge.ole2 import read_ole2
from linksync.knowledge.rar import read_rar
from linksync.knowledge.sample import Sample
from linksync.knowledge.seven_zip import read_seven_zip
from linksync.knowledge.tar import read_tar
from linksync.knowledge.zip_directory import END, LOCAL, read_directory

__all__ = ["Entry", "Listing", "listed", "listing"]

_GZIP_NAME, _GZIP_EXTRA = 8, 4


def listing(file: BinaryIO, size: int, identity: Identity) -> Listing:
    """Lists what a container holds.

    Args:
        file: open for reading, seekable.
        size: its bytes.
        identity: what ``identify`` said of it.

    Returns:
        Its entries, bounded; none when it is no container that is known here. Of gzip the one file, with the size that
        it states, which counts from zero again at 4 GiB.
    """
    return listed(Sample(file, size), identity)


def listed(sample: Sample, identity: Identity) -> Listing:
    """The same of a sample that was already taken."""
    head = sample.head
    if head[:4] in (LOCAL, END) or identity.media_type == "application/zip":
        return read_directory(sample).listing
    if head[:8] == OLE2:
        return read_ole2(sample).listing
    by_type = {
        "application/x-tar": read_tar,
        "application/gzip": read_gzip,
        "application/x-7z-compressed": read_seven_zip,
        "application/vnd.rar": read_rar,
    }
    reader = by_type.get(identity.media_type)
    return reader(sample) if reader else Listing()


def read_gzip(sample: Sample) -> Listing:
    """The one file of a gzip: the name it had, and the size that stands at the end."""
    head, at, name = sample.head, 10, b""
    if len(head) < 18:
        return Listing()
    if head[3] & _GZIP_EXTRA:
        at += 2 + int.from_bytes(head[10:12], "little")
    if head[3] & _GZIP_NAME:
        name = head[at : at + 1024].partition(b"\0")[0]
    size = int.from_bytes(sample.tail(4), "little")
    return Listing(entries=(Entry(name=name, size=size, packed=sample.size),), count=1)
