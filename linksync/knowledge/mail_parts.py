"""The parts of a message, by the lines that divide them, in one pass; with the name that each gives itself.

RFC 2045 and 2046; names after RFC 2183, 2231 and 2047, as readers of mail know them.
"""

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

_DIVIDED = re.compile(rb"^--[^\r\n]{1,200}\r?\n", re.MULTILINE)
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_END = re.compile(rb"\r?\n\r?\n")
_CODING = re.compile(rb"^content-transfer-encoding:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(
    rb"\b(?:file)?name(?:\*(\d{1,2}))?(\*)?\s*=\s*(?:\"((?:[^\"\\\r\n]|\\.){0,500})\"|([^\s;\"]{1,500}))", re.IGNORECASE
)
_WORD = re.compile(rb"=\?[^?\s]{1,40}\?([bq])\?([^?\s]{0,500})\?=(?:\s+(?==\?))?", re.IGNORECASE)
_HEADERS_MAX = 16 << 10


def mail_parts(message: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Of each part its name, its transfer encoding in small letters, and its body as it stands; the message first."""
    at = 0
    for mark in _DIVIDED.finditer(message):
        yield _part(message[at : mark.start()])
        at = mark.end()
    yield _part(message[at:])


def _part(part: bytes) -> tuple[bytes, bytes, bytes]:
    end = _END.search(part, 0, _HEADERS_MAX)
    if end is None:
        return b"", b"", b""
    headers = _FOLDED.sub(b" ", part[: end.start()])
    coding = _CODING.search(headers)
    return _name(headers), coding[1].lower() if coding else b"", part[end.end() :]


def _name(headers: bytes) -> bytes:
    """The name of a part; the longest where there are several."""
    whole: list[bytes] = []
    pieces: dict[int, bytes] = {}
    for number, coded, quoted, plain in _NAME.findall(headers):
        said = quoted or plain
        if coded:
            said = unquote_to_bytes(said.rpartition(b"'")[2] if said.count(b"'") >= 2 else said)
        if number:
            pieces[int(number)] = said
        else:
            whole.append(_WORD.sub(_word, said))
    if pieces:
        whole.append(b"".join(pieces[number] for number in sorted(pieces)))
    return max(whole, key=len, default=b"")


def _word(found: "re.Match[bytes]") -> bytes:
    try:
        return binascii.a2b_base64(found[2]) if found[1] in b"bB" else binascii.a2b_qp(found[2], header=True)
    except binascii.Error:
        return found[0]
