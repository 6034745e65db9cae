"""What an archive stands on: names and bytes, with promises that a folder and an object store can both keep.

There is no rename and no lock. Content goes first, then what describes it, and last, with ``create``, the one small
file that says the rest counts; whatever lies there without it is unfinished and is never trusted.
"""

import errno
import os
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol

from linksync.custody import names
from linksync.errors import FormatError, MediumError
from linksync.machine.kept import KeptFile

NAME_MAX = 1024
"""Bytes in a name, as in any object store."""
PART_MAX = 255
"""Bytes between two slashes, as on any disk."""
PIECE = 1024 * 1024
"""Bytes that are read or written at a time."""

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class Store(Protocol):
    """A place for an archive. Safe for several threads and several processes at once.

    A name is text: parts joined by ``/``, as in ``feed/000000/000001.json``. Reading one that is not there gives
    None. A failing medium raises MediumError (``store-read`` or ``store-write``); a name that is none, FormatError
    (``store-name``).
    """

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Put content there, in place of what was there. Only ``settle`` makes it durable.

        Until this returns the name may hold anything, so put only what counts through something else. What
        ``pieces`` raises is passed on.
        """

    def adopt(self, name: str, file: KeptFile) -> bool:
        """Take a file that never changes as it is, in place of what was there, instead of copying it.

        Only ``settle`` makes it durable. False where this store cannot: ``put`` it then.
        """

    def replace(self, name: str, data: bytes) -> None:
        """Put a small file there at once: old or new, never between, and durable."""

    def create(self, name: str, data: bytes) -> bool:
        """Put a small file there, whole and durable, unless one is; of any number who try at once, one gets True."""

    def read(self, name: str, limit: int) -> bytes | None:
        """All bytes of a small file.

        Raises:
            FormatError: ``store-too-large`` (``name``, ``most``): it has more than ``limit`` bytes.
        """

    def open(self, name: str) -> BinaryIO | None:
        """A reader from the start; the caller closes it."""

    def names(self, folder: str) -> Iterator[str]:
        """Every name below a folder, sorted; the whole store for ``""``. Those put meanwhile may be left out."""

    def remove(self, name: str) -> None:
        """Take away what is there, if anything is."""

    def settle(self) -> None:
        """Make all that was put before durable."""


def require_name(name: str) -> str:
    """Refuse what is no name in a store; gives it back.

    Raises:
        FormatError: ``store-name`` (``name``): empty, absolute, with an empty, ``.`` or ``..`` part, with a control
            character, too long, or not text.
    """
    try:
        data = name.encode()
    except UnicodeEncodeError:
        raise FormatError("store-name", name=ascii(name)[:200]) from None
    parts = data.split(b"/")
    bad_part = any(part in {b"", b".", b".."} or len(part) > PART_MAX for part in parts)
    if bad_part or len(data) > NAME_MAX or has_control(data):
        raise FormatError("store-name", name=names.escape(data[:200]))
    return name


def failed(slug: str, name: str, error: OSError) -> MediumError:
    """What a failing call means, as the store tells it (``name``, ``why``)."""
    number = error.errno or errno.EIO
    return MediumError(slug, errno=number, name=shown(name), why=os.strerror(number))


def shown(name: str) -> str:
    """A name for people."""
    return names.escape(os.fsencode(name))[:200]


def has_control(data: bytes) -> bool:
    """Whether an ASCII control character stands in it."""
    return _CONTROL.search(data) is not None


def in_pieces(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a reader, up to 1 MiB at a time."""
    while piece := file.read(PIECE):
        yield piece
