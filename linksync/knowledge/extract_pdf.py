"""Text of PDF by pdfium, page by page, and what the document says of itself.

pdfium is C++ and may take any amount of memory or time, which is why this runs in a limited child only.
"""

from contextlib import closing
from typing import Any, BinaryIO

from linksync.knowledge.gathering import Gathering, UnreadableError

PAGES_MAX = 5000
_IN_MEMORY_MAX = 64 << 20
"""Bytes of a document that is read at once; of a larger one pdfium asks for what it wants."""
_PASSWORD = 4
"""``FPDF_ERR_PASSWORD``."""


def read(file: BinaryIO, size: int, into: Gathering) -> None:
    """Read a PDF.

    Raises:
        UnreadableError: it asks for a password, or is no PDF that can be read.
    """
    import pypdfium2  # 100 ms, which the other formats need not wait for

    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file.read() if size <= _IN_MEMORY_MAX else file)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("encrypted" if error.err_code == _PASSWORD else "unreadable") from error
    with closing(document):
        into.title, into.author = _said(document, "Title"), _said(document, "Author")
        into.created, into.modified = _said(document, "CreationDate"), _said(document, "ModDate")
        into.pages = len(document)
        for number in range(min(into.pages, PAGES_MAX)):
            into.pause()
            try:
                into.say(_page(document, number))
            except pypdfium2.PdfiumError:
                into.cut = True
            into.line()
        into.cut = into.cut or into.pages > PAGES_MAX


def _said(document: Any, name: str) -> str:
    try:
        return str(document.get_metadata_value(name))
    except UnicodeDecodeError:
        return ""


def _page(document: Any, number: int) -> str:
    """The text of a page; words that are parted at the end of a line are joined again."""
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        said = str(text.get_text_bounded(errors="ignore"))
    return said.replace("\ufffe\r\n", "").replace("\ufffe", "")
