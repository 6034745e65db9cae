"""Real documents, made without any office: what visitors put on the stick.

All of them open in strict readers, hold what they say and are made of the standard library alone. The same
call gives the same bytes on every computer: fixed times, integer arithmetic, and nothing compressed, because
two versions of zlib need not agree.
"""

from collections.abc import Sequence

from linksync.demo.documents_office import Cell, make_docx, make_odt, make_xlsx
from linksync.demo.documents_pdf import make_pdf
from linksync.demo.documents_png import make_png

__all__ = ["Cell", "make_document", "make_docx", "make_odt", "make_pdf", "make_png", "make_txt", "make_xlsx"]

PICTURE_SIZE = (160, 100)
"""Width and height, in pixels, of the pictures that ``make_document`` makes."""


def make_txt(title: str, paragraphs: Sequence[str]) -> bytes:
    """A plain text as a visitor's Windows writes it: UTF-8, CRLF, an empty line between paragraphs."""
    lines = [title, "=" * len(title)]
    for paragraph in paragraphs:
        lines += ["", paragraph]
    return "".join(line + "\r\n" for line in lines).encode()


def make_document(name: str, title: str, paragraphs: Sequence[str], seed: int = 0) -> bytes:
    """The document that the ending of ``name`` asks for: .docx, .odt, .xlsx, .pdf, .png or .txt.

    Args:
        name: a file name; only its ending counts.
        title: its title, also in its metadata.
        paragraphs: its text; for .xlsx a row each, cells between semicolons; for .png not used.
        seed: which picture a .png becomes.

    Raises:
        ValueError: an ending that is not made here, or text that the kind cannot hold.
    """
    match name.rpartition(".")[2].lower():
        case "docx":
            return make_docx(title, paragraphs)
        case "odt":
            return make_odt(title, paragraphs)
        case "xlsx":
            return make_xlsx(title, [_row(line) for line in paragraphs])
        case "pdf":
            return make_pdf(title, paragraphs)
        case "png":
            return make_png(title, *PICTURE_SIZE, seed)
        case "txt":
            return make_txt(title, paragraphs)
        case ending:
            raise ValueError(f"no document ends in .{ending}")


def _row(line: str) -> tuple[Cell, ...]:
    cells = (cell.strip() for cell in line.split(";"))
    return tuple(int(cell) if cell.isascii() and cell.isdigit() else cell for cell in cells)
