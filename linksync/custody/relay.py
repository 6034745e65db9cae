"""The relay: who organises it, who may sign what, where the Link goes (format 1, "The relay").

``relay.yaml`` is written by people and sealed as they wrote it; ``allowed_signers`` follows from it to the byte, so
that ``ssh-keygen`` and linksync can never be told two stories.
"""

import datetime as dt
import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from linksync.custody import names
from linksync.custody.keys import PublicKey
from linksync.custody.keys import fingerprint as parse_fingerprint
from linksync.custody.screening import CODES, GRAVEST_FIRST, Class, Code, class_of
from linksync.custody.signers import AllowedSigner, AllowedSigners
from linksync.custody.strict_yaml import load_record
from linksync.errors import FormatError

RELAY_NAMESPACE = "linksync-relay-v1"
HANDOFF_NAMESPACE = "linksync-handoff-v1"
RECEIPT_NAMESPACE = "linksync-receipt-v1"
DECISION_NAMESPACE = "linksync-decision-v1"

Id = Annotated[str, msgspec.Meta(pattern=names.whole(names.ID_PATTERN), max_length=names.ID_MAX)]
LinkId = Annotated[str, msgspec.Meta(pattern=names.whole("[0-9a-f]{32}"))]
SealHash = Annotated[str, msgspec.Meta(pattern=names.whole("[0-9a-f]{64}"))]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]
KeyLine = Annotated[str, msgspec.Meta(max_length=1000)]
Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Fingerprint = Annotated[str, msgspec.Meta(pattern=names.whole("SHA256:[A-Za-z0-9+/]{43}"))]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every record of format 1 is: frozen, by keyword, without surprises."""


class Period(Record, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The days of the relay, both included."""

    from_: dt.date
    to: dt.date


class Party(Record, frozen=True, kw_only=True):
    """Somebody who may sign: organiser, host, archive or archivist, with one or more public keys."""

    id: Id
    name: Name
    keys: Annotated[tuple[KeyLine, ...], msgspec.Meta(min_length=1, max_length=20)]
    place: Text = ""

    def __post_init__(self) -> None:
        for line in self.keys:
            try:
                PublicKey.from_line(line)
            except FormatError as error:
                raise ValueError(f"key of {self.id}: {error.slug}") from error

    @property
    def public_keys(self) -> tuple[PublicKey, ...]:
        """The keys, parsed."""
        return tuple(PublicKey.from_line(line) for line in self.keys)


class Stop(Record, frozen=True, kw_only=True):
    """A day at a host."""

    date: dt.date
    host: Id
    place: Name
    region: Text = ""
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    activities: tuple[Text, ...] = ()
    note: Text = ""


class Policy(Record, frozen=True, kw_only=True):
    """What is held or refused, and how long lists may be. Patterns match a file's name, whatever its case.

    Attributes:
        screening: the class of a code of screening, where it is another than its own.
    """

    hold: Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=200)] = ()
    refuse: Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=200)] = ()
    screening: dict[Code, Class] = {}
    list_lines: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1_000_000

    def __post_init__(self) -> None:
        unknown = sorted(self.screening.keys() - CODES.keys())
        if unknown:
            raise ValueError(f"screening names {unknown[0]}, a code that this version does not know")


class Revocation(Record, frozen=True, kw_only=True):
    """A stolen key: per Link, the last seal by it that stands, with that seal's ancestors."""

    key: Fingerprint
    last_good: dict[LinkId, SealHash] = {}

    def __post_init__(self) -> None:
        parse_fingerprint(self.key)


class Relay(Record, frozen=True, kw_only=True):
    """``relay.yaml`` (format 1, "The relay")."""

    format: Literal[1]
    id: Id
    name: Name
    period: Period
    organiser: Party
    languages: tuple[Literal["nl", "en"], ...] = ("nl", "en")
    contact: Text = ""
    privacy: Text = ""
    rights: Text = ""
    hosts: Annotated[tuple[Party, ...], msgspec.Meta(max_length=10_000)] = ()
    archives: Annotated[tuple[Party, ...], msgspec.Meta(max_length=100)] = ()
    archivists: Annotated[tuple[Party, ...], msgspec.Meta(max_length=100)] = ()
    stops: Annotated[tuple[Stop, ...], msgspec.Meta(max_length=10_000)] = ()
    policy: Policy = Policy()
    revoked: Annotated[tuple[Revocation, ...], msgspec.Meta(max_length=1000)] = ()

    def __post_init__(self) -> None:
        if self.period.to < self.period.from_:
            raise ValueError(f"period ends {self.period.to} before it starts {self.period.from_}")
        holders = (self.organiser, *self.hosts)
        for group in (holders, self.archives, self.archivists):
            _require_unique([party.id for party in group], "id")
            _require_unique([key.line for party in group for key in party.public_keys], "key")
        _require_unique([revocation.key for revocation in self.revoked], "revoked key")
        known = {party.id for party in holders}
        for stop in self.stops:
            if stop.host not in known:
                raise ValueError(f"stop on {stop.date} names host {stop.host}, which is not in hosts")
        gone = {revocation.key for revocation in self.revoked}
        for party in (*holders, *self.archives, *self.archivists):
            if any(key.fingerprint in gone for key in party.public_keys):
                raise ValueError(f"{party.id} still has a revoked key")

    @property
    def holders(self) -> tuple[Party, ...]:
        """Everyone who may sign hand-offs: the organiser first, then the hosts."""
        return (self.organiser, *self.hosts)

    def holder(self, id_: str) -> Party | None:
        """The organiser or host of that id."""
        return next((party for party in self.holders if party.id == id_), None)


def relay_from_bytes(data: bytes) -> Relay:
    """Read ``relay.yaml`` strictly.

    Raises:
        FormatError: the YAML is not allowed, a field is wrong, or the format is newer.
    """
    return load_record(data, Relay, what="relay.yaml")


def allowed_signers(relay: Relay) -> AllowedSigners:
    """The signers that follow from a relay, each bound to its namespaces (format 1, "The relay")."""
    bound: dict[tuple[str, PublicKey], set[str]] = {}
    groups = (
        ((relay.organiser,), RELAY_NAMESPACE),
        (relay.holders, HANDOFF_NAMESPACE),
        (relay.archives, RECEIPT_NAMESPACE),
        (relay.archivists, DECISION_NAMESPACE),
    )
    for parties, namespace in groups:
        for party in parties:
            for key in party.public_keys:
                bound.setdefault((party.id, key), set()).add(namespace)
    entries = [AllowedSigner(id=id_, namespaces=tuple(sorted(spaces)), key=key) for (id_, key), spaces in bound.items()]
    return AllowedSigners(entries=tuple(sorted(entries, key=lambda entry: entry.line)))


def policy_class(policy: Policy, path: bytes, codes: Iterable[str] = ()) -> Class:
    """The class of a file: the gravest of its codes' and what the patterns say of its name (format 1, "Content")."""
    found = (class_of(codes, policy.screening) if codes else "pass", name_class(policy, path))
    return next(class_ for class_ in GRAVEST_FIRST if class_ in found)


def name_class(policy: Policy, path: bytes) -> Class:
    """What the policy's patterns say of a file's name."""
    if not policy.refuse and not policy.hold:
        return "pass"
    name = path.rsplit(b"/", 1)[-1].decode("utf-8", "surrogateescape").casefold()
    patterned: tuple[tuple[Class, tuple[str, ...]], ...] = (("refuse", policy.refuse), ("hold", policy.hold))
    return next((class_ for class_, told in patterned if any(matches(name) for matches in _matchers(told))), "pass")


@lru_cache(maxsize=64)
def _matchers(patterns: tuple[str, ...]) -> tuple[Callable[[str], object], ...]:
    """The patterns, ready to match: a relay has few policies, a stick has many files."""
    return tuple(re.compile(fnmatch.translate(pattern.casefold())).match for pattern in patterns)


def _require_unique(values: list[str], what: str) -> None:
    value, times = max(Counter(values).items(), key=lambda pair: pair[1], default=("", 0))
    if times > 1:
        raise ValueError(f"the same {what} stands {times} times: {value}")
