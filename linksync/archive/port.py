"""The archive as hosts and archivists see it, wherever it stands.

Nothing that is offered is believed, and nothing that is fetched should be: whoever fetches verifies again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, Protocol

from linksync.custody.findings import Finding
from linksync.custody.lists import Digest
from linksync.custody.seal import RawFolder

Content = Callable[[bytes, Digest], BinaryIO | None]
"""Gives a reader of the content of a path with that digest, or None where it is not at hand. The caller closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A hand-off offered to an archive: nothing in it is believed.

    Attributes:
        handoff: its sealed folder, all files read.
        previous: ``seal.sha256`` of the hand-off before; None for hand-off 1.
        relays: every relay version up to the one it names; more is allowed.
        content: gives the files of its lists.
        attested: False for one that is pending or a side branch, or was taken in by a host that the relay does not
            know; it goes to holds.
    """

    handoff: RawFolder
    previous: bytes | None
    relays: tuple[RawFolder, ...]
    content: Content
    attested: bool = True


class Outcome(Enum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    ALREADY = "already"
    INCOMPLETE = "incomplete"
    """Waits in holds for bytes; anyone may complete it."""
    HELD = "held"
    """Will not be accepted as it is; the findings say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the archive says to a submission.

    Attributes:
        object: ``urn:linksync:<link>:<number>:<hash of the seal>``; empty where the record cannot be read.
        receipt: the files of the sealed receipt folder; None where the archive's key is not at hand.
        missing: paths whose bytes are still needed, relative to the stick's root.
        findings: what is wrong with it; notes as well.
    """

    outcome: Outcome
    object: str
    receipt: Mapping[str, bytes] | None = None
    missing: tuple[bytes, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An entry of the feed: a hand-off that was accepted.

    Attributes:
        position: from 1, without gaps, in the order of arrival; the same hand-off may, seldom, arrive twice.
        folder: the name of its folder on the stick.
        seal: the hash of its seal.
    """

    position: int
    object: str
    folder: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A hand-off as it came out of an archive: to be verified like a submission.

    Attributes:
        content: gives the files of ``added.sha256``.
    """

    handoff: RawFolder
    previous: bytes | None
    relays: tuple[RawFolder, ...]
    content: Content


class Archive(Protocol):
    """The central archive.

    Taking in is idempotent and commutes: the same hand-offs, in whatever order and however often, give the same
    objects. Any number of hosts may offer at once. A call that is cut off leaves old or new; the next offer finishes.

    Every method may raise MediumError where the place of the archive fails.
    """

    @property
    def id(self) -> str:
        """The archive's id in the relay."""

    @property
    def organiser(self) -> str:
        """The fingerprint of the organiser whose relay it keeps."""

    def holds_handoff(self, seal: str) -> bool:
        """Whether the hand-off with this seal is in, with every byte. Cheap."""

    def offer(self, submission: Submission) -> Answer:
        """Take a hand-off in, or hold it; what was accepted is durable when this returns."""

    def receipt(self, seal: str) -> Mapping[str, bytes] | None:
        """The files of the receipt for a hand-off; None where there is none."""

    def relay_versions(self) -> tuple[RawFolder, ...]:
        """The newest roster it knows: every version, oldest first."""

    def learn_relay(self, folders: Sequence[RawFolder]) -> None:
        """Keep newer relay versions, verified before; older ones and what does not stand are passed over.

        Raises:
            TrustError: ``archive-organiser-other`` (``found``, ``expected``) or ``archive-relay-other`` (``version``).
        """

    def feed(self, after: int) -> Iterator[Arrival]:
        """What arrived after a position; costs what is new."""

    def fetch(self, arrival: Arrival) -> Fetched | None:
        """A hand-off that was accepted; None where it is not there."""
