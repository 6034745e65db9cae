"""An archive on a store: the parts put together, behind the port that hosts and archivists see."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from linksync.archive.accession import Accession
from linksync.archive.entries import Description
from linksync.archive.feed import Feed
from linksync.archive.holds import Holds
from linksync.archive.objects import Objects
from linksync.archive.port import Answer, Arrival, Fetched, Submission
from linksync.archive.receipts import Receipts
from linksync.archive.register import Register
from linksync.archive.relays import RosterShelf
from linksync.archive.store import Store
from linksync.custody.keys import Signer
from linksync.custody.seal import RawFolder


class Repository:
    """An ``Archive`` on a ``Store``."""

    def __init__(
        self,
        store: Store,
        description: Description,
        *,
        clock: Callable[[], dt.datetime],
        signer: Callable[[], Signer | None],
    ) -> None:
        """Put the parts together.

        Args:
            store: where the archive stands.
            description: its ``archive.yaml``.
            clock: tells the time, in UTC.
            signer: gives the archive's key; None where it is not at hand.
        """
        self.store = store
        self.description = description
        self.shelf = RosterShelf(store, description.organiser)
        self.objects = Objects(store=store)
        self.holds = Holds(store=store)
        self._feed = Feed(store)
        self._register = Register(store)
        self._receipts = Receipts(store, description.id, clock)
        self._accession = Accession(
            store=store,
            organiser=description.organiser,
            shelf=self.shelf,
            objects=self.objects,
            holds=self.holds,
            feed=self._feed,
            register=self._register,
            receipts=self._receipts,
            signer=signer,
        )

    @property
    def id(self) -> str:
        """See ``Archive``."""
        return self.description.id

    @property
    def organiser(self) -> str:
        """See ``Archive``."""
        return self.description.organiser

    def holds_handoff(self, seal: str) -> bool:
        """See ``Archive``."""
        return self._register.get(seal) is not None

    def offer(self, submission: Submission) -> Answer:
        """See ``Archive``."""
        known = len(self.shelf.roster().versions)
        answer = self._accession.offer(submission)
        if len(self.shelf.roster().versions) > known:
            self._accession.reconsider()
        return answer

    def receipt(self, seal: str) -> Mapping[str, bytes] | None:
        """See ``Archive``."""
        entry = self._register.get(seal)
        return self._receipts.get(seal, entry.folder, self.shelf.roster()) if entry is not None else None

    def arrivals(self) -> int:
        """How many entries the feed has."""
        return self._feed.last()

    def relay_versions(self) -> tuple[RawFolder, ...]:
        """See ``Archive``."""
        return tuple(version.folder for version in self.shelf.roster().versions)

    def learn_relay(self, folders: Sequence[RawFolder]) -> None:
        """See ``Archive``."""
        if self.shelf.learn(folders):
            self._accession.reconsider()

    def feed(self, after: int) -> Iterator[Arrival]:
        """See ``Archive``."""
        return self._feed.after(after)

    def fetch(self, arrival: Arrival) -> Fetched | None:
        """See ``Archive``."""
        return self.objects.fetch(arrival.object, arrival.folder) if arrival.object else None
