"""Text of mail: who wrote it, when, about what; the bodies; and the names of what is attached.

RFC 5322 and MIME. Attached files are not opened. A mailbox of many mails is read mail by mail.
"""

import email
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO

from linksync.knowledge.extract_text import decoded, known
from linksync.knowledge.gathering import FullError, Gathering
from linksync.knowledge.markup import read_markup

BYTES_MAX = 16 << 20
_PARTS_MAX = 1000
_MAILS_MAX = 5000
_DEPTH_MAX = 20
_BETWEEN = re.compile(rb"(?:\A|\n)From [^\n]{1,200}\r?\n")


def read_mail(file: BinaryIO, size: int, into: Gathering) -> None:
    """Read one mail."""
    file.seek(0)
    into.cut = size > BYTES_MAX
    mail = email.message_from_bytes(file.read(min(size, BYTES_MAX)), policy=compat32)
    _head(mail, into)
    _body(mail, into)


def read_mailbox(file: BinaryIO, size: int, into: Gathering) -> None:
    """Read a mailbox; the first mail gives the title."""
    file.seek(0)
    into.cut = size > BYTES_MAX
    mails = [one for one in _BETWEEN.split(file.read(min(size, BYTES_MAX))) if one.strip()]
    into.cut = into.cut or len(mails) > _MAILS_MAX
    for one in mails[:_MAILS_MAX]:
        into.pause()
        mail = email.message_from_bytes(one, policy=compat32)
        if not into.title:
            _head(mail, into)
        else:
            into.say(_header(mail, "Subject"))
            into.line()
        _body(mail, into)


def _head(mail: Message, into: Gathering) -> None:
    into.title = _header(mail, "Subject")
    name, address = parseaddr(_header(mail, "From"))
    into.author = name or address
    try:
        into.created = parsedate_to_datetime(str(mail.get("Date", ""))).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        into.created = ""


def _header(mail: Message, name: str) -> str:
    """A header as it is meant; as it stands when its encoding is broken."""
    raw = str(mail.get(name, ""))[:8000]
    try:
        return str(make_header(decode_header(raw)))
    except (ValueError, LookupError, AssertionError, IndexError, TypeError, email.errors.MessageError):
        return raw


def _body(mail: Message, into: Gathering) -> None:
    for part in _parts(mail):
        into.pause()
        if name := _file_name(part):
            into.say(name)
            into.line()
        elif part.get_content_type() == "text/plain":
            into.say(_text(part))
            into.line()
        elif part.get_content_type() == "text/html":
            _page(part, into)


def _parts(mail: Message) -> Iterator[Message]:
    """The parts that are no containers; of two that say the same the plain one. In order, no more than a thousand.

    Raises:
        FullError: there are more.
    """
    waiting, count = [(mail, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > _PARTS_MAX or depth > _DEPTH_MAX:
            raise FullError
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            held = [one for one in inner if isinstance(one, Message)]
            plain = [one for one in held if one.get_content_type() == "text/plain"]
            if part.get_content_subtype() == "alternative" and plain:
                held = plain[:1]
            waiting += [(one, depth + 1) for one in reversed(held)]
        else:
            yield part


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
        return str(make_header(decode_header(name[:1000])))
    except (ValueError, LookupError, AssertionError, IndexError, TypeError, email.errors.MessageError):
        return "?" if part.get_content_disposition() == "attachment" else ""


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        charset = known(str(part.get_content_charset() or ""))
    except (ValueError, LookupError, TypeError):
        charset = ""
    return decoded(payload, charset or "utf-8")


def _page(part: Message, into: Gathering) -> None:
    """A body in HTML; the mail's own title and author stay."""
    title, author = into.title, into.author
    into.title = title or "-"
    read_markup(_text(part), into)
    into.title, into.author = title, author
    into.line()
