"""PDF: text set in Helvetica on A4 pages, in the encoding that has the Dutch accents (WinAnsi).

Every reader knows the two fonts, so none is embedded. The streams are not compressed, the cross-reference
table is exact to the byte, and the document's id follows from its content.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence

_PAGE = (595, 842)
_MARGIN = 72
_SIZE, _LEADING, _TITLE_SIZE = 11, 15, 18
_WIDTH = _PAGE[0] - 2 * _MARGIN
_LINES = (_PAGE[1] - 2 * _MARGIN) // _LEADING - 2

# Widths of Helvetica from space to tilde, in thousandths of the size, from Adobe's font metrics.
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_WIDEST = 1000


def make_pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    """A PDF 1.4 of as many pages as the text needs; the title stands on top and in its properties.

    Raises:
        ValueError: a character that WinAnsi does not have.
    """
    lines = [line for paragraph in paragraphs for line in (*_wrap(paragraph, _SIZE), "")]
    sheets = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)] or [[]]
    head = [*_wrap(title, _TITLE_SIZE)]
    streams = [_stream(head if number == 0 else [], sheet) for number, sheet in enumerate(sheets)]
    return _file(_objects(title, streams))


def _objects(title: str, streams: Sequence[bytes]) -> list[bytes]:
    """The bodies of objects 1, 2, 3…: catalogue, pages, two fonts, properties, then page and text in turn."""
    numbers = range(6, 6 + 2 * len(streams), 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (nl-NL) >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(streams)),
        _font(b"Helvetica"),
        _font(b"Helvetica-Bold"),
        b"<< /Title <%s> /Producer (linksync demo) /CreationDate (D:20111101090000Z) >>"
        % ("\ufeff" + title).encode("utf-16-be").hex().encode(),
    ]
    for number, stream in zip(numbers, streams, strict=True):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R" % (*_PAGE, number + 1)
            + b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return objects


def _font(name: bytes) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    identity = hashlib.sha256(out).hexdigest()[:32].encode()
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R /ID [<%s> <%s>] >>\n" % (
        len(objects) + 1,
        identity,
        identity,
    )
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _stream(head: Sequence[str], lines: Sequence[str]) -> bytes:
    """What draws one page: the title's lines, if any, in bold, then the text."""
    out = [b"BT", b"%d %d Td" % (_MARGIN, _PAGE[1] - _MARGIN)]
    if head:
        out += [b"/F2 %d Tf" % _TITLE_SIZE, b"%d TL" % (_TITLE_SIZE + 4), *_shown(head)]
    out += [b"/F1 %d Tf" % _SIZE, b"%d TL" % _LEADING, b"T*", *_shown(lines), b"ET"]
    return b"\n".join(out)


def _shown(lines: Sequence[str]) -> Iterator[bytes]:
    for line in lines:
        raw = line.encode("cp1252")
        yield b"(%s) Tj T*" % raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _wrap(text: str, size: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and _length(longer) * size > _WIDTH * 1000:
            yield line
            longer = word
        line = longer
    yield line


def _length(text: str) -> int:
    plain = (unicodedata.normalize("NFD", c)[0] for c in text)
    return sum(_WIDTHS[ord(c) - 32] if " " <= c <= "~" else _WIDEST for c in plain)
