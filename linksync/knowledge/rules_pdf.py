"""PDF: scripts, programs that it starts, files within; an ordinary form, link or first page is none of these.

Streams are skipped, but for those that hold objects (ISO 32000-1, 7.5.7), which are unpacked under a budget. What is
long enough not to stand in a packed picture by chance is searched everywhere.
"""

import re
import zlib
from collections.abc import Iterator

from linksync.knowledge.rules_commands import STARTERS, is_program_name
from linksync.knowledge.subject import Subject

_SEARCHED = 512 << 20
_OBJECTS_MAX = 4 << 20
_BUDGET = 32 << 20
_STREAM = re.compile(rb">>\s{0,4}stream\r?\n")
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b")
_OBFUSCATED = re.compile(rb"#([0-9A-Fa-f]{2})")
_SCRIPT = re.compile(rb"/S\s*/JavaScript\b")
_SCRIPT_KEY = re.compile(rb"/JS\s*(?:[(<]|\d{1,10}\s+\d{1,5}\s+R)")
_LAUNCH = re.compile(rb"/S\s*/Launch\b")
_EMBEDDED = re.compile(rb"/Type\s*/EmbeddedFile\b|/EF\s*<<")
_FILE_NAME = re.compile(rb"/(?:UF|F)\s*(?:\(((?:[^()\\]|\\.){1,500})\)|<([0-9A-Fa-f\s]{2,1000})>)", re.DOTALL)
_DIRECT_FILE = re.compile(rb"/(?:F|Win)\s*(?:\(|<)")
_AROUND = 600


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
        yield "embedded-program" if any(map(is_program_name, _file_names(text))) else "embedded-file"


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
    for piece in subject.pieces(_SEARCHED):
        between, packed = _apart(piece)
        yield _plain(between), False
        for stream in packed:
            data = _unpacked(stream, min(budget, _OBJECTS_MAX))
            budget -= len(data)
            yield _plain(data), False
            if budget <= 0:
                break
        if len(between) < len(piece):
            yield piece, True


def _apart(piece: bytes) -> tuple[bytes, list[bytes]]:
    """What stands between the streams, and the streams that hold objects."""
    between: list[bytes] = []
    packed: list[bytes] = []
    at = 0
    while found := _STREAM.search(piece, at):
        head = piece[at : found.end()]
        between.append(head)
        end = piece.find(b"endstream", found.end())
        end = len(piece) if end < 0 else end
        if _OBJECT_STREAM.search(head[-2000:]):
            packed.append(piece[found.end() : end])
        at = end
    return b"".join([*between, piece[at:]]), packed


def _plain(text: bytes) -> bytes:
    """Names without the escapes that may stand in them."""
    return _OBFUSCATED.sub(lambda found: bytes([int(found[1], 16)]), text) if b"#" in text else text


def _unpacked(stream: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, max(1, most))
    except zlib.error:
        return stream[:most]
