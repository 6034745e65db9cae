"""Whether a file is whole, by its own structure: cut short, damaged, locked, contradicting itself, or a bomb.

Looked at are lists, lengths, ends and first checksums, never all of the content: what a cut leaves behind is found, a
flipped bit inside a picture mostly is not. Nothing here unpacks more than a few kilobytes, except a gzip, which keeps
no length and is inflated up to eight megabytes and forgotten.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from linksync.knowledge.encodings import ZEROS
from linksync.knowledge.flaws import APPENDED, FLAWS, TRUNCATED
from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.ole2 import MAGIC as OLE2
from linksync.knowledge.sample import Sample
from linksync.knowledge.whole_archives import (
    bzip2_flaws,
    gzip_flaws,
    iso_flaws,
    ole2_flaws,
    rar_flaws,
    seven_zip_flaws,
    sqlite_flaws,
    tar_flaws,
    xz_flaws,
)
from linksync.knowledge.whole_media import (
    asf_flaws,
    box_flaws,
    flac_flaws,
    matroska_flaws,
    mp3_flaws,
    ogg_flaws,
    riff_flaws,
)
from linksync.knowledge.whole_pdf import pdf_flaws
from linksync.knowledge.whole_pictures import bmp_flaws, gif_flaws, jpeg_flaws, png_flaws, tiff_flaws
from linksync.knowledge.whole_text import json_flaws, mail_flaws, rtf_flaws, xml_flaws
from linksync.knowledge.whole_zip import zip_flaws
from linksync.knowledge.zip_directory import END, LOCAL, read_directory

Check = Callable[[Sample], Iterator[str]]

_CHECKS: dict[str, Check] = {
    "application/pdf": pdf_flaws,
    "image/jpeg": jpeg_flaws,
    "image/png": png_flaws,
    "image/apng": png_flaws,
    "image/gif": gif_flaws,
    "image/bmp": bmp_flaws,
    "image/tiff": tiff_flaws,
    "image/webp": riff_flaws,
    "audio/wav": riff_flaws,
    "audio/aiff": riff_flaws,
    "video/x-msvideo": riff_flaws,
    **dict.fromkeys(("image/heic", "image/heif", "image/avif", "image/x-canon-cr3"), box_flaws),
    **dict.fromkeys(("video/mp4", "video/quicktime", "audio/mp4", "video/3gpp", "video/3gpp2"), box_flaws),
    **dict.fromkeys(("video/webm", "video/x-matroska", "audio/webm", "audio/x-matroska"), matroska_flaws),
    **dict.fromkeys(("audio/ogg", "video/ogg", "application/ogg"), ogg_flaws),
    "audio/flac": flac_flaws,
    "audio/mpeg": mp3_flaws,
    **dict.fromkeys(("video/x-ms-asf", "video/x-ms-wmv", "audio/x-ms-wma"), asf_flaws),
    "application/gzip": gzip_flaws,
    "application/x-bzip2": bzip2_flaws,
    "application/x-xz": xz_flaws,
    "application/x-tar": tar_flaws,
    "application/x-7z-compressed": seven_zip_flaws,
    "application/vnd.rar": rar_flaws,
    "application/x-iso9660-image": iso_flaws,
    "application/vnd.sqlite3": sqlite_flaws,
    "application/rtf": rtf_flaws,
    "application/json": json_flaws,
    "message/rfc822": mail_flaws,
}
_MAY_HIDE_A_ZIP = frozenset(
    {Family.PICTURE, Family.AUDIO, Family.VIDEO, Family.PDF, Family.TEXT, Family.WEB, Family.MAIL, Family.OTHER}
)
_NEVER_ENDS_IN_ZEROS = frozenset(
    {"audio/mpeg", "audio/ogg", "audio/webm", "image/webp", "video/webm", "video/x-matroska", "audio/x-matroska"}
)
_ZEROS = 4096
_HUNG_ON = 64
"""Bytes that may stand behind the end of a zip that was hung on to something else."""


def flaws(file: BinaryIO, size: int, identity: Identity) -> tuple[str, ...]:
    """Tells what is wrong with a file.

    Args:
        file: open for reading, seekable; its position is not kept.
        size: its bytes.
        identity: what ``identify`` said of it.

    Returns:
        Slugs of ``FLAWS``, each once, in the order of that list; none when nothing was found, which says only that its
        structure is whole.

    Raises:
        OSError: the file could not be read.
    """
    return flawed(Sample(file, size), identity)


def flawed(sample: Sample, identity: Identity) -> tuple[str, ...]:
    """The same of a sample that was already taken."""
    found = set(_found(sample, identity))
    return tuple(slug for slug in FLAWS if slug in found)


def _found(sample: Sample, identity: Identity) -> Iterator[str]:
    if not sample.head:
        return
    if sample.head[:4] in (LOCAL, END) or identity.media_type == "application/zip":
        yield from zip_flaws(sample, identity)
    elif sample.head[:8] == OLE2:
        yield from ole2_flaws(sample)
    elif identity.media_type.endswith(("xml", "+xml", "-webloc")) and identity.encoding:
        yield from xml_flaws(sample, identity)
    else:
        check = _CHECKS.get(identity.media_type)
        yield from check(sample) if check else ()
    if _ends_in_zeros(sample, identity):
        yield TRUNCATED
    if identity.family in _MAY_HIDE_A_ZIP and _hides_a_zip(sample):
        yield APPENDED


def _ends_in_zeros(sample: Sample, identity: Identity) -> bool:
    """Whether zeros stand where a text or something packed would end: what a stick pulled too early leaves."""
    zeros = ZEROS if identity.encoding else _ZEROS if identity.media_type in _NEVER_ENDS_IN_ZEROS else 0
    return bool(zeros) and sample.size > zeros and not sample.tail(zeros).strip(b"\0")


def _hides_a_zip(sample: Sample) -> bool:
    """Whether a zip was hung on to a picture, film, text or PDF: its end is at the file's end, its list is sound."""
    if END not in sample.tail(22 + _HUNG_ON):
        return False
    directory = read_directory(sample, 1)
    return bool(directory.listing.entries) and directory.end + _HUNG_ON >= sample.size
