"""What a document holds: text, title, author, dates, language, pages; of pictures, sound and film size and length.

``extract`` chooses the reader by what the file is, never by its name, and gives back an ``Extract`` whatever the bytes
are; ``work`` is its entry in a limited child. It may still take any amount of memory and time: call it in a child only.
"""

import json
from collections.abc import Callable
from typing import BinaryIO

from linksync.knowledge import (
    extract_epub,
    extract_film,
    extract_odf,
    extract_ole2,
    extract_ooxml,
    extract_pdf,
    extract_pictures,
    extract_rtf,
    extract_sound,
    extract_text,
    extract_xls,
)
from linksync.knowledge.extracted import Extract
from linksync.knowledge.gathering import FullError, Gathering, UnreadableError
from linksync.knowledge.identify import identify
from linksync.knowledge.identity import Family, Identity
from linksync.knowledge.parts import Parts

IMPORTS_LATER = ("pypdfium2", "tinytag", "linksync.knowledge.extract_mail", "email.parser", "quopri")
"""What is imported when the first document needs it, for the limited child that will not be able to."""

ANSWER_MAX = 15 << 20
"""Bytes of JSON that a child answers at the most; longer text is cut."""

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_WITH_MACROS = ".macroenabled.12"

Reader = Callable[[BinaryIO, int, Identity, Gathering, bool], None]


def extract(file: BinaryIO, size: int, identity: Identity, place_allowed: bool = False) -> Extract:
    """Read a document.

    Args:
        file: open for reading, seekable; its position is not kept.
        size: its bytes.
        identity: what it is, as ``identify`` says.
        place_allowed: whether to read where a picture was taken; only the giver's card can say so.

    Returns:
        What was read. Hostile bytes are told by ``why``, or by ``cut`` when some text came before them.

    Raises:
        OSError: the file cannot be read.
        MemoryError: for the limited child, which says so.
    """
    into = Gathering()
    reader = _reader(identity)
    if reader is None:
        return Extract(why="no-reader")
    try:
        reader(file, size, identity, into, place_allowed)
    except FullError:
        into.cut, into.why = True, "too-much"
    except UnreadableError as error:
        into.cut, into.why = True, error.why
    except (OSError, MemoryError):
        raise
    except Exception:  # a library that a stranger's bytes bring down costs that document only
        into.cut, into.why = True, "unreadable"
    return into.extract()


def work(job: dict[str, object], file: BinaryIO) -> dict[str, object]:
    """The entry for ``machine/limited.py``.

    Args:
        job: ``size`` in bytes, and ``place_allowed``; ``media_type``, ``family`` and ``encoding`` when it is known what
            the file is, else it is looked at.
        file: the document.

    Returns:
        ``Extract.to_answer``.
    """
    size = job.get("size")
    if not isinstance(size, int):
        raise TypeError("a job says how many bytes its file has")
    answer = extract(file, size, _identity(job, file, size), bool(job.get("place_allowed"))).to_answer()
    text = str(answer.get("text", ""))
    while len(text) > ANSWER_MAX // 12 and (length := len(json.dumps(text))) > ANSWER_MAX:
        text = text[: len(text) * ANSWER_MAX // length * 9 // 10]
        answer |= {"text": text, "cut": True}
    return answer


def _identity(job: dict[str, object], file: BinaryIO, size: int) -> Identity:
    said = {name: str(job.get(name, "")) for name in ("media_type", "family", "encoding")}
    if not said["media_type"] or said["family"] not in list(Family):
        return identify(file, size)
    return Identity(media_type=said["media_type"], family=Family(said["family"]), encoding=said["encoding"])


def _reader(identity: Identity) -> Reader | None:
    """Who reads documents of that kind; None when nobody does."""
    kind = identity.media_type
    known = _BY_TYPE.get(kind)
    if known is not None:
        return known
    if kind.startswith(_OOXML) or kind.lower().endswith(_WITH_MACROS):
        return _ooxml
    if kind.startswith(_ODF):
        return _odf
    if kind in extract_sound.READ_BY_TINYTAG:
        return _sound
    return _BY_FAMILY.get(identity.family)


def _ooxml(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_ooxml.read(Parts(file, size), into)


def _odf(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_odf.read(Parts(file, size), into)


def _epub(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_epub.read(Parts(file, size), into)


def _rtf(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_rtf.read(file, size, into)


def _pdf(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_pdf.read(file, size, into)


def _mail(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    from linksync.knowledge.extract_mail import read_mail  # email alone takes as long to import as all other readers

    read_mail(file, size, into)


def _mailbox(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    from linksync.knowledge.extract_mail import read_mailbox

    read_mailbox(file, size, into)


def _plain(file: BinaryIO, size: int, identity: Identity, into: Gathering, _place: bool) -> None:
    extract_text.read_plain(file, size, identity, into)


def _table(file: BinaryIO, size: int, identity: Identity, into: Gathering, _place: bool) -> None:
    extract_text.read_table(file, size, identity, into)


def _markdown(file: BinaryIO, size: int, identity: Identity, into: Gathering, _place: bool) -> None:
    extract_text.read_markdown(file, size, identity, into)


def _page(file: BinaryIO, size: int, identity: Identity, into: Gathering, _place: bool) -> None:
    extract_text.read_page(file, size, identity, into)


def _picture(file: BinaryIO, size: int, identity: Identity, into: Gathering, place: bool) -> None:
    extract_pictures.read(file, size, identity.media_type, into, place)


def _sound(file: BinaryIO, _size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_sound.read(file, into)


def _film(file: BinaryIO, size: int, identity: Identity, into: Gathering, place: bool) -> None:
    extract_film.read(file, size, identity.media_type, into, place)


def _doc(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_ole2.read_doc(file, size, into)


def _ppt(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_ole2.read_ppt(file, size, into)


def _xls(file: BinaryIO, size: int, _identity: Identity, into: Gathering, _place: bool) -> None:
    extract_xls.read(file, size, into)


def _locked(*_of: object) -> None:
    raise UnreadableError("encrypted")


_BY_TYPE: dict[str, Reader] = {
    "application/rtf": _rtf,
    "application/pdf": _pdf,
    "application/epub+zip": _epub,
    "application/x-encrypted-ooxml": _locked,
    "application/msword": _doc,
    "application/vnd.ms-excel": _xls,
    "application/vnd.ms-powerpoint": _ppt,
    "message/rfc822": _mail,
    "application/mbox": _mailbox,
    "text/csv": _table,
    "text/tab-separated-values": _table,
    "text/markdown": _markdown,
    "audio/x-ms-wma": _film,
    "audio/x-matroska": _film,
    "audio/webm": _film,
}
_BY_FAMILY: dict[Family, Reader] = {
    Family.TEXT: _plain,
    Family.WEB: _page,
    Family.PICTURE: _picture,
    Family.VIDEO: _film,
}
