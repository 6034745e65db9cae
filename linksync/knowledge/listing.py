"""What a container says that it holds: entries with their sizes, never their content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a container, as the container declares it; hostile until proven otherwise.

    Attributes:
        name: as it stands there, bytes in whatever encoding; of OLE2 the stream's own name in UTF-8.
        size: bytes when unpacked.
        packed: bytes that it takes in the container.
        encrypted: whether it asks for a password.
        offset: where it begins in the file: a zip's local header, the data in a tar; 0 where that means nothing.
        method: how it is packed, of zip: 0 stored, 8 deflated.
    """

    name: bytes
    size: int
    packed: int
    encrypted: bool = False
    offset: int = 0
    method: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What was read of a container's list.

    Attributes:
        entries: in the order of the list, no more than the limit.
        count: how many entries it declares; may be more than are here, and a lie.
        flaws: slugs of ``flaws.FLAWS`` that were met while reading.
    """

    entries: tuple[Entry, ...] = ()
    count: int = 0
    flaws: tuple[str, ...] = ()
