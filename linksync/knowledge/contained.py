"""The files that stand in a file, to be looked at as if they lay on the stick: of archives, mail, notes and documents.

Only what may do harm or hold it is taken out (documents, archives, mail), never to disk, under a budget of bytes and of
files that all levels share. What is left in there unseen is said.
"""

import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from linksync.knowledge.endings import HARMFUL, IN_ARCHIVES, WITH_MACROS
from linksync.knowledge.identity import Family
from linksync.knowledge.listing import Entry
from linksync.knowledge.mail_parts import mail_parts
from linksync.knowledge.ole2 import streams
from linksync.knowledge.sample import Sample
from linksync.knowledge.subject import Subject
from linksync.knowledge.zip_directory import DEFLATED, STORED, read_local

Inner: TypeAlias = tuple[bytes, bytes]
"""The name of a file, which may be empty, and its bytes."""

# fmt: off
LOOKED_INTO = WITH_MACROS | frozenset({
    "7z", "bz2", "cab", "csv", "doc", "docx", "dot", "dotx", "eml", "fodp", "fods", "fodt", "gz", "lha", "lzh", "mht",
    "mhtml", "msg", "odg", "odp", "ods", "odt", "one", "ott", "pdf", "pot", "potx", "pps", "ppsx", "ppt", "pptx", "rar",
    "rtf", "slk", "tar", "tgz", "txz", "xls", "xlsb", "xlsx", "xlt", "xltx", "xz", "zip", "zst",
})
"""Of what is looked into where it stands in another file; what runs is told by its name already."""
# fmt: on

_ENTRY_MAX = 32 << 20
_STEP = 256 << 10
_PACKED_ONCE = ("application/gzip", "application/x-bzip2", "application/x-xz")
_LISTED_ONLY = ("application/x-7z-compressed", "application/vnd.rar")
_ATTACHED = (b"__substg1.0_37010102",)
_NAMED = tuple(b"__substg1.0_%s" % tag for tag in (b"3707001F", b"3704001F", b"3707001E", b"3704001E"))
_FILE_DATA = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
"""Before each file in a OneNote section ([MS-ONESTORE] 2.6.13)."""
_FILE_HEAD = 36
_NOTED_NAME = re.compile(
    rb"((?:[^\0\\/:\"|<>\r\n]\0){1,100}\.\0(?:%s))(?=\0|[^\0]{2}|\Z)"
    % b"|".join("".join(one).encode("utf-16-le") for one in sorted(HARMFUL & IN_ARCHIVES, key=len, reverse=True)),
    re.IGNORECASE,
)
_NOTES_MAX = 256 << 20


@dataclass(slots=True)
class Room:
    """What may still be taken out, at all levels together.

    Attributes:
        octets: bytes.
        files: files.
        unseen: whether something stayed in there that should have been looked at.
    """

    octets: int = 96 << 20
    files: int = 2000
    unseen: bool = False

    def take(self, octets: int) -> bool:
        """Whether there is room for another file of that size."""
        if octets > min(self.octets, _ENTRY_MAX) or self.files <= 0:
            self.unseen = True
            return False
        self.octets, self.files = self.octets - octets, self.files - 1
        return True


def contained(subject: Subject, room: Room) -> Iterator[Inner]:
    """What stands in a file and is to be looked at."""
    media_type, family = subject.identity.media_type, subject.identity.family
    if subject.sample.head.startswith(b"PK"):
        yield from _of_zip(subject, room)
    elif media_type == "application/x-tar":
        yield from _of_tar(subject, room)
    elif media_type in _PACKED_ONCE:
        yield from _unpacked(subject, room)
    elif media_type in _LISTED_ONLY:
        room.unseen = room.unseen or any(_is_looked_into(entry) for entry in subject.entries)
    elif media_type == "application/vnd.ms-outlook":
        yield from _of_message(subject, room)
    elif media_type == "application/msonenote":
        yield from _of_notes(subject, room)
    elif family is Family.MAIL and subject.identity.encoding:
        yield from _of_mail(subject, room)
    elif family is Family.ARCHIVE and media_type != "application/x-iso9660-image":
        room.unseen = True


def _is_looked_into(entry: Entry) -> bool:
    ending = entry.name.partition(b"\0")[0].rstrip(b" .").rpartition(b".")[2].lower()
    return ending.decode("latin-1") in LOOKED_INTO


def _of_zip(subject: Subject, room: Room) -> Iterator[Inner]:
    """Of an archive all; of a document what was put into it as a document."""
    archive = subject.identity.family is Family.ARCHIVE
    for entry in subject.entries:
        if not (archive or b"embeddings/" in entry.name.lower()) or entry.encrypted or not _is_looked_into(entry):
            continue
        if entry.method not in (STORED, DEFLATED):
            room.unseen = True
        elif room.take(entry.size):
            yield entry.name, _zipped(subject.sample, entry)


def _zipped(sample: Sample, entry: Entry) -> bytes:
    local = read_local(sample, entry.offset)
    if local is None:
        return b""
    packed = b"".join(_read(sample, local.data, entry.packed))
    if entry.method == STORED:
        return packed[: entry.size]
    try:
        return zlib.decompressobj(-15).decompress(packed, max(1, entry.size))
    except zlib.error:
        return b""


def _read(sample: Sample, at: int, length: int) -> Iterator[bytes]:
    end = at + min(length, _ENTRY_MAX)
    while at < end and (piece := sample.at(at, min(_STEP, end - at))):
        yield piece
        at += len(piece)


def _of_tar(subject: Subject, room: Room) -> Iterator[Inner]:
    for entry in subject.entries:
        if _is_looked_into(entry) and room.take(entry.size):
            yield entry.name, b"".join(_read(subject.sample, entry.offset, entry.size))


def _unpacked(subject: Subject, room: Room) -> Iterator[Inner]:
    """The one file of a gzip, bzip2 or xz, or its beginning."""
    most = min(room.octets, _ENTRY_MAX)
    out, whole = _inflated(subject, most)
    room.unseen = room.unseen or not whole
    if out and room.take(len(out)):
        stem, _, ending = subject.path.rpartition(b".")
        yield (stem + b".tar" if ending.lower() in (b"tgz", b"tbz", b"tbz2", b"txz") else stem), out


def _inflated(subject: Subject, most: int) -> tuple[bytes, bool]:
    unpacking = _unpacker(subject.identity.media_type)
    out, sample = bytearray(), subject.sample
    try:
        for piece in _read(sample, 0, sample.size):
            out += unpacking(piece, most - len(out))
            if len(out) >= most:
                return bytes(out), False
    except (zlib.error, lzma.LZMAError, OSError, EOFError):
        return bytes(out), bool(out)
    return bytes(out), sample.size <= _ENTRY_MAX


def _unpacker(media_type: str) -> Callable[[bytes, int], bytes]:
    if media_type == "application/gzip":
        return zlib.decompressobj(31).decompress
    if media_type == "application/x-bzip2":
        return bz2.BZ2Decompressor().decompress
    return lzma.LZMADecompressor(memlimit=128 << 20).decompress


def _of_message(subject: Subject, room: Room) -> Iterator[Inner]:
    """The attachments of a message of Outlook; which name belongs to which does not matter."""
    for name in streams(subject.sample, subject.ole2, _NAMED, 1024):
        yield name.decode("utf-16-le" if b"\0" in name else "latin-1", "replace").encode(), b""
    for data in streams(subject.sample, subject.ole2, _ATTACHED, _ENTRY_MAX):
        if room.take(len(data)):
            yield b"", data


def _of_notes(subject: Subject, room: Room) -> Iterator[Inner]:
    """The files in a section of OneNote; a name of a program counts where there is a file that may go by it."""
    sample, named, at = subject.sample, False, 0
    for piece in subject.pieces(_NOTES_MAX, 4096):
        found = piece.find(_FILE_DATA)
        while found >= 0:
            head = at + found + _FILE_HEAD
            length = int.from_bytes(sample.at(at + found + 16, 8), "little")
            if room.take(length):
                data = b"".join(_read(sample, head, length))
                named = named or not data.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8", b"%PDF", b"PK"))
                yield b"", data
            found = piece.find(_FILE_DATA, found + 16)
        at += len(piece) - 4096
    if named:
        for piece in subject.pieces(_NOTES_MAX, 4096):
            yield from ((name.decode("utf-16-le", "replace").encode(), b"") for name in _NOTED_NAME.findall(piece)[:99])


def _of_mail(subject: Subject, room: Room) -> Iterator[Inner]:
    for name, coding, body in mail_parts(subject.text(_ENTRY_MAX * 3 // 2)):
        if not name and coding != b"base64":
            continue
        if room.take(len(body)):
            yield name, _decoded(coding, body)


def _decoded(coding: bytes, body: bytes) -> bytes:
    try:
        if coding == b"base64":
            return binascii.a2b_base64(body)
        return binascii.a2b_qp(body) if coding == b"quoted-printable" else body
    except binascii.Error:
        return b""
