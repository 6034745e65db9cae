"""Whether bytes are text, and in which encoding: UTF-8, UTF-16 or cp1252, as files of people are."""

import codecs
from dataclasses import dataclass

from linksync.knowledge.sample import Sample

UTF8, UTF16_LE, UTF16_BE, CP1252 = "utf-8", "utf-16-le", "utf-16-be", "cp1252"

ZEROS = 8
"""Zeros at the end that no text has, in whatever encoding."""

_TAIL, _LONG = 4 << 10, 256
_CONTROL = bytes(sorted({*range(32)} - {*b"\t\n\r\f\x1a\x1b\x0b"})) + b"\x7f"
_NOT_1252 = b"\x81\x8d\x8f\x90\x9d"
_MARKS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, UTF16_LE), (codecs.BOM_UTF16_BE, UTF16_BE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The beginning of a text.

    Attributes:
        encoding: of the whole, as far as head and tail show it.
        head: what the file's head says, without a byte order mark.
    """

    encoding: str
    head: str


def text_of(sample: Sample) -> Text | None:
    """The beginning of a file as text; ``None`` when its head is no text."""
    head = _before_zeros(sample.head)
    if not head:
        return None
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _marked(head[len(mark) :], encoding)
    if b"\0" in head:
        return _unmarked_utf16(head)
    if head.translate(None, _CONTROL) != head:
        return None
    return _eight_bits(head, sample)


def _before_zeros(head: bytes) -> bytes:
    """A head without the zeros that a pulled stick leaves where the rest of a text was to come.

    A word with zeros behind it is how many formats that are no text begin; a line is not.
    """
    if not head.endswith(bytes(ZEROS)):
        return head
    text = head.rstrip(b"\0")
    if b"\n" not in text and len(text) < _LONG:
        return head
    return head[: len(text) + len(text) % 2] if b"\0" in text else text


def _marked(rest: bytes, encoding: str) -> Text | None:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(rest)
    if text.count("\ufffd") * 20 > len(text) or text.count("\0") * 20 > len(text):
        return None
    return Text(encoding=encoding, head=text)


def _unmarked_utf16(head: bytes) -> Text | None:
    """UTF-16 without a mark: of western text, every other byte is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 4 or len(head) % 2:
        return None
    if odd * 10 >= half * 7 and even * 50 <= half:
        return _clean(head, UTF16_LE)
    if even * 10 >= half * 7 and odd * 50 <= half:
        return _clean(head, UTF16_BE)
    return None


def _clean(head: bytes, encoding: str) -> Text | None:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    controls = sum(text.count(chr(byte)) for byte in _CONTROL)
    return None if controls or "\ufffd" in text else Text(encoding=encoding, head=text)


def _eight_bits(head: bytes, sample: Sample) -> Text | None:
    tail = sample.tail(_TAIL) if sample.size > len(head) else b""
    text = _utf8(head)
    if text is not None and (tail.isascii() or _utf8(tail.lstrip(bytes(range(0x80, 0xC0)))) is not None):
        return Text(encoding=UTF8, head=text)
    if not _may_be_1252(head):
        return None
    return Text(encoding=CP1252, head=head.decode(CP1252, "replace"))


def _utf8(piece: bytes) -> str | None:
    """Decoded, a character that is cut off at the end left out."""
    try:
        return codecs.getincrementaldecoder(UTF8)().decode(piece)
    except UnicodeDecodeError:
        return None


def _may_be_1252(head: bytes) -> bool:
    """Mostly ASCII, and none of the five bytes that cp1252 leaves empty: text, not the noise of a packed file."""
    high = len(head) - len(head.translate(None, bytes(range(0x80, 0x100))))
    return high * 3 <= len(head) and head.translate(None, _NOT_1252) == head
