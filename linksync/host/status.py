"""What this computer knows and owes: a look at the memory, without a stick and without the network."""

from collections.abc import Iterator
from dataclasses import dataclass

from linksync.custody.seal import HANDOFFS
from linksync.errors import FormatError
from linksync.host.outbox import Status
from linksync.host.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A hand-off in the outbox; ``size`` the bytes of the copies that are kept for it."""

    folder: str
    seal: str
    status: Status
    files: int
    size: int
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """A Link as this computer knows it.

    Attributes:
        number: of the highest hand-off that was seen, 0 for none; ``relay_version`` likewise.
        kept: hand-offs that an archive has signed for, and whose copies stay until their documents are read here.
        travelling: receipts that go onto the stick with the next hand-off here.
    """

    link: str
    number: int
    relay_version: int
    owed: tuple[Owed, ...]
    kept: tuple[Owed, ...]
    travelling: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayStatus:
    """A relay as this computer knows it; ``organiser`` is the fingerprint that was first given."""

    id: str
    name: str
    organiser: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStatus:
    """Everything that a host's memory tells; ``damaged`` names what of it cannot be read."""

    relays: tuple[RelayStatus, ...]
    links: tuple[LinkStatus, ...]
    damaged: tuple[str, ...] = ()


def status(host: State) -> HostStatus:
    """Look at the memory; changes nothing."""
    damaged: list[str] = []
    return HostStatus(
        relays=tuple(_relays(host, damaged)),
        links=tuple(_links(host, damaged)),
        damaged=tuple(damaged),
    )


def _relays(host: State, damaged: list[str]) -> Iterator[RelayStatus]:
    for id_ in host.relays():
        newest = host.roster(id_).newest
        try:
            organiser = host.organiser(id_)
        except FormatError as error:
            damaged.append(str(error.fields.get("path", id_)))
            organiser = ""
        yield RelayStatus(
            id=id_,
            name=newest.relay.name if newest else "",
            organiser=organiser,
            version=newest.number if newest else 0,
        )


def _links(host: State, damaged: list[str]) -> Iterator[LinkStatus]:
    for link in host.links():
        damaged += host.outbox(link).damaged()
        try:
            memory = host.memory(link)
        except FormatError as error:
            damaged.append(str(error.fields.get("path", link)))
            continue
        yield LinkStatus(
            link=link,
            number=max((seen.number for seen in memory.seen), default=0),
            relay_version=memory.relay,
            owed=tuple(_told(host, link, received=False)),
            kept=tuple(_told(host, link, received=True)),
            travelling=len(host.receipts(link)),
        )


def _told(host: State, link: str, *, received: bool) -> Iterator[Owed]:
    staging = host.staging(link)
    for entry in host.outbox(link).entries():
        if entry.is_received is not received:
            continue
        contents = entry.contents()
        yield Owed(
            folder=entry.folder.path.removeprefix(f"{HANDOFFS}/"),
            seal=entry.seal,
            status=entry.status,
            files=len(contents),
            size=sum(staging.size(digest) for digest in set(contents.values())),
            receipts=tuple(sorted(entry.receipts)),
        )
