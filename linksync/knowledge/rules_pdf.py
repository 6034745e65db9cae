"""PDF: scripts, programs that it starts, files within; an ordinary form, link or first page is none of these.

Streams are skipped, but for those that hold objects (ISO 32000-1, 7.5.7), which are unpacked under a budget. What is
long enough not to stand in a packed picture by chance is searched everywhere.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from linksync.knowledge.pdf_password import Lock
from linksync.knowledge.rules_commands import STARTERS, has_macros_by_name, is_program_name
from linksync.knowledge.sample import MOST, Sample
from linksync.knowledge.subject import Subject
from linksync.knowledge.whole_pdf import LOCK

_SEARCHED = 512 << 20
_OBJECTS_MAX = 4 << 20
_BUDGET = 32 << 20
_GAP = rb"(?:[\s\0]|%[^\r\n]*[\r\n])*+"
"""What may stand between two words: white space, NUL among it, and remarks (7.2.3)."""
_STREAM = re.compile(rb">>" + _GAP + rb"stream\r?\n")
_OBJECT_STREAM = re.compile(rb"/Type" + _GAP + rb"/ObjStm\b")
_OBFUSCATED = re.compile(rb"#([0-9A-Fa-f]{2})")
_SCRIPT = re.compile(rb"/S" + _GAP + rb"/JavaScript\b")
_SCRIPT_KEY = re.compile(rb"/JS" + _GAP + rb"(?:[(<]|\d{1,10}\s+\d{1,5}\s+R)")
_LAUNCH = re.compile(rb"/S" + _GAP + rb"/Launch\b")
_EMBEDDED = re.compile(rb"/Type" + _GAP + rb"/EmbeddedFile\b|/EF" + _GAP + rb"(?:<<|\d{1,10}\s+\d{1,5}\s+R)")
_FILE_NAME = re.compile(
    rb"/(?:UF|F)" + _GAP + rb"(?:\(((?:[^()\\]|\\.){1,500})\)|<([0-9A-Fa-f\s]{2,1000})>)", re.DOTALL
)
_DIRECT_FILE = re.compile(rb"/(?:F|Win)" + _GAP + rb"(?:\(|<)")
_FILTERED = re.compile(rb"/(?:Filter|F)\b")
_REARRANGED = re.compile(rb"/Predictor" + _GAP + rb"(?:[2-9]|1\d)")
_NUMBERED = re.compile(rb"\b(\d{1,10})\s+(\d{1,5})\s+obj\b")
_DICTIONARY_MAX, _STEP, _OVERLAP = 64 << 10, 64 << 10, 4096
_AROUND = 600


class _Packed(NamedTuple):
    """A stream that holds objects: where it begins and seems to end in its piece, and what its dictionary says."""

    start: int
    end: int
    told: bytes


def active(subject: Subject) -> set[str]:
    """Scripts, programs that it starts, and files that stand in it."""
    found = {code for text, whole in _texts(subject) for code in _seen(text, whole)}
    return found - {"embedded-file"} if "embedded-program" in found else found


def _seen(text: bytes, whole: bool) -> Iterator[str]:
    if _SCRIPT.search(text) or (not whole and _SCRIPT_KEY.search(text)):
        yield "pdf-script"
    for launch in _LAUNCH.finditer(text):
        starts = _starts(text, launch.start())
        if starts is not False:
            yield "pdf-launch" if starts else "pdf-script"
    if not whole and _EMBEDDED.search(text):
        names = list(_file_names(text))
        yield "embedded-program" if any(map(is_program_name, names)) else "embedded-file"
        if any(map(has_macros_by_name, names)):
            yield "macros"


def _starts(text: bytes, at: int) -> bool | None:
    """Whether a launch action starts a program; None where what it starts stands elsewhere."""
    around = text[max(0, at - _AROUND) : at + _AROUND]
    if b"/Win" in around and b"/P" in around and STARTERS.search(around):
        return True
    names = list(_file_names(around))
    if not names and not _DIRECT_FILE.search(around):
        return None
    return any(is_program_name(name) or STARTERS.search(name) for name in names)


def _file_names(text: bytes) -> Iterator[bytes]:
    for literal, digits in _FILE_NAME.findall(text):
        hexadecimal = b"".join(digits.split()).decode()
        yield literal or bytes.fromhex(hexadecimal + "0" * (len(hexadecimal) % 2))


def _texts(subject: Subject) -> Iterator[tuple[bytes, bool]]:
    """What a reader takes for objects: what stands between streams and in object streams; and all of it as it stands.

    Yields:
        Bytes, and whether they are the file as it stands, packed pictures and all.
    """
    budget = _BUDGET
    asks_password = LOCK in subject.sample.lists and subject.sample.lists[LOCK] is None
    for number, piece in enumerate(subject.pieces(_SEARCHED, _OVERLAP)):
        between, packed = _apart(piece)
        yield _plain(between), False
        for stream in packed:
            most = min(budget, _OBJECTS_MAX)
            data, whole = _unpacked(subject.sample, number * (MOST - _OVERLAP), stream, most)
            if not whole and (opened := _opened(subject.sample, piece, stream)):
                data, whole = _unpacked(Sample(BytesIO(opened), len(opened)), -stream.start, stream, most)
            budget -= len(data)
            subject.unseen = subject.unseen or not (whole or asks_password)
            yield _plain(data), False
        if len(between) < len(piece):
            yield piece, True


def _apart(piece: bytes) -> tuple[bytes, list[_Packed]]:
    """What stands between the streams, and the streams that hold objects."""
    between: list[bytes] = []
    packed: list[_Packed] = []
    at = 0
    while found := _STREAM.search(piece, at):
        head = piece[at : found.end()]
        between.append(head)
        end = piece.find(b"endstream", found.end())
        end = len(piece) if end < 0 else end
        told = head[-_DICTIONARY_MAX:]
        if b"Obj" in told or b"#" in told:
            told = _plain(told[told.rfind(b"endobj") + 1 :])
            if _OBJECT_STREAM.search(told):
                packed.append(_Packed(found.end(), end, told))
        at = end
    return b"".join([*between, piece[at:]]), packed


def _plain(text: bytes) -> bytes:
    """Names without the escapes that may stand in them."""
    return _OBFUSCATED.sub(lambda found: bytes([int(found[1], 16)]), text) if b"#" in text else text


def _opened(sample: Sample, piece: bytes, stream: _Packed) -> bytes:
    """A stream of a PDF that is encrypted and opens for everybody; empty where it is none."""
    lock, place = sample.lists.get(LOCK), None
    for place in _NUMBERED.finditer(stream.told):  # noqa: B007 - the last is wanted
        pass
    if not isinstance(lock, Lock) or place is None:
        return b""
    return lock.opened(piece[stream.start : stream.end], int(place[1]), int(place[2]))


def _unpacked(sample: Sample, base: int, stream: _Packed, most: int) -> tuple[bytes, bool]:
    """What stands in a stream, and whether that is all.

    The sum behind it is not looked at, for no reader does; nor does the word for its end end it, which may stand in it.
    """
    at, end = base + stream.start, base + stream.end
    if not _FILTERED.search(stream.told):
        return sample.at(at, min(most, end - at)), end - at <= most
    unpacking, out = zlib.decompressobj(-15), bytearray()
    at += 2  # which say how it is packed
    try:
        while not unpacking.eof and len(out) < most:
            step = sample.at(at, min(_STEP, end - at) if at < end else _STEP)
            if not step:
                break
            at += len(step)
            out += unpacking.decompress(step, most - len(out))
    except zlib.error:
        return bytes(out), at > end and not _REARRANGED.search(stream.told)
    return bytes(out), len(out) < most and not _REARRANGED.search(stream.told)
