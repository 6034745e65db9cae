"""A whole relay in one folder: an organiser, hosts who each have a memory of their own, a Link and what happens to it.

Everything in it is done by the same code as on a real table; only the clock and the keys are the world's own, so that a
month can be played in a second and the same world gives the same bytes.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linksync.archive.opening import new_archive, open_archive
from linksync.archive.port import Archive
from linksync.custody.lists import sha256
from linksync.custody.relay import allowed_signers, relay_from_bytes
from linksync.custody.seal import RELAY, RELAYS, SEAL, RawFolder, build, seal_path
from linksync.demo.estafette import ARCHIVE, HOSTS, KEY_OWNERS, ORGANISER, Host, example_relay
from linksync.demo.keys import SeedSigner, write_key_file
from linksync.demo.visitors import play, visit
from linksync.host.admission import Request
from linksync.host.handoff import Outcome, hand_over
from linksync.host.prepare import Prepared, prepare
from linksync.host.state import State
from linksync.host.sync import Synced, sync
from linksync.stick.medium import Medium
from linksync.stick.verify import Verdict, verify

_START = dt.datetime(2011, 10, 30, 9, 0, tzinfo=dt.UTC)


@dataclass(slots=True)
class World:
    """A relay that is being played.

    Attributes:
        folder: where memories and the archive stand.
        stick: the Link, a mount point or a folder.
        hosts: in order of their stops.
        relays: the signed versions of the relay.
        time: what the world's clock says; every look at it takes an hour.
    """

    folder: Path
    stick: Path
    hosts: Sequence[Host] = HOSTS
    seed: int = 1
    relays: tuple[RawFolder, ...] = ()
    time: dt.datetime = _START
    page: str = ""
    _visits: int = field(default=0)

    @classmethod
    def begin(cls, folder: Path, *, stick: Path | None = None, seed: int = 1) -> "World":
        """A world with version 1 of the example relay signed, and a stick that is still empty."""
        place = stick or folder / "stick"
        place.mkdir(parents=True, exist_ok=True)
        world = cls(folder=folder, stick=place, seed=seed)
        world.page = example_relay({owner: signer_of(owner).public.line for owner in KEY_OWNERS})
        world.sign_relay(world.page)
        return world

    @property
    def organiser(self) -> str:
        """The fingerprint on the label."""
        return signer_of(ORGANISER).public.fingerprint

    def now(self) -> dt.datetime:
        """The world's clock."""
        self.time += dt.timedelta(hours=1)
        return self.time

    def sign_relay(self, page: str, *, by: SeedSigner | None = None) -> None:
        """Sign the next version of the relay."""
        number = len(self.relays) + 1
        path = f"{RELAYS}/{number:04}"
        data = page.encode()
        files = {"relay.yaml": data, "allowed_signers": allowed_signers(relay_from_bytes(data)).to_bytes()}
        follows = {seal_path(r.path): sha256(r.files[SEAL]) for r in self.relays[-1:]}
        sealed = build(RELAY, path, files, follows=follows, signer=by or signer_of(ORGANISER))
        self.relays = (*self.relays, RawFolder(path=path, files=sealed))
        self.page = page

    def state(self, holder: str) -> State:
        """The memory of a host or of the organiser."""
        return State(self.folder / "states" / holder)

    def request(self, holder: str, *, key: SeedSigner | None = None, relays: bool = False) -> Request:
        """What a holder comes to the table with."""
        return Request(
            holder=holder,
            signer=key or signer_of(holder),
            now=self.now,
            organiser=self.organiser,
            relays=self.relays if relays else (),
        )

    def prepare(self) -> Prepared:
        """The organiser makes the stick a Link."""
        with Medium.open(self.stick) as medium:
            return prepare(medium, self.state(ORGANISER), self.request(ORGANISER, relays=True))

    def visit(self, number: int = 0) -> None:
        """The visitors of a stop come by; of the next one where no number is given."""
        self._visits = number or self._visits + 1
        play(self.stick, visit(self._visits, self.seed))

    def hand_over(self, holder: str, *, key: SeedSigner | None = None, relays: bool = False) -> Outcome:
        """A host plugs the stick in and hands it over, on the day of its stop or later."""
        day = next((host.date for host in self.hosts if host.id == holder), self.time.date())
        self.time = max(self.time, dt.datetime.combine(day, dt.time(16), tzinfo=dt.UTC))
        with Medium.open(self.stick) as medium:
            return hand_over(medium, self.state(holder), self.request(holder, key=key, relays=relays))

    def archive(self) -> Archive:
        """The archive, made when it is first asked for."""
        place, desk, key = self.folder / "archive", self.folder / "desk", self.folder / f"{ARCHIVE}.key"
        if not place.exists():
            write_key_file(key, ARCHIVE)
            for relay in self.relays:
                for name, data in relay.files.items():
                    (desk / relay.path).mkdir(parents=True, exist_ok=True)
                    (desk / relay.path / name).write_bytes(data)
            new_archive(place, relay=desk, id_=ARCHIVE, key=key)
        return open_archive(str(place), clock=self.now)

    def sync(self, holder: str, *, with_stick: bool = True) -> Synced:
        """A host has the network for a moment."""
        if not with_stick:
            return sync(self.state(holder), self.archive())
        with Medium.open(self.stick) as medium:
            return sync(self.state(holder), self.archive(), medium)

    def verify(self, holder: str = "", *, quick: bool = False, stick: Path | None = None) -> Verdict:
        """Somebody verifies the stick, with a host's memory or with the label alone."""
        memory = self.state(holder or "nobody")
        with Medium.open(stick or self.stick) as medium:
            return verify(medium, memory.trust(self.organiser), quick=quick)

    def travel(self, stops: int) -> list[Outcome]:
        """Prepare, and for each of the first stops: visitors, then a hand-off."""
        self.prepare()
        outcomes = []
        for host in self.hosts[:stops]:
            self.visit()
            outcomes.append(self.hand_over(host.id))
        return outcomes


def signer_of(holder: str) -> SeedSigner:
    """The key of somebody in the example relay."""
    return SeedSigner(holder)
