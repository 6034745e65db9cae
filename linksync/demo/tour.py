"""The tour: a whole relay of six hosts, played for whoever wants to see one.

Every act is the real one, by the same code as the commands: keys, desk, stick, hand-offs, archive, library. Only the
clock is the tour's own: it runs through November 2011. Each act is told as it is done.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from linksync.archive.opening import new_archive, open_archive
from linksync.custody.report import Report
from linksync.demo.estafette import ARCHIVE, KEY_OWNERS, ORGANISER, Host, demo_hosts, example_relay
from linksync.demo.visitors import play, visit
from linksync.host.admission import Request
from linksync.host.handoff import hand_over
from linksync.host.prepare import prepare
from linksync.host.state import State
from linksync.host.sync import sync
from linksync.library.cataloguing import catalogue
from linksync.library.pull import pull
from linksync.machine import durable
from linksync.machine.key_files import load_public, load_signer, new_key
from linksync.people.label import label_svg
from linksync.relay.desk import sign
from linksync.relay.folder import PAGE, read_signed, write_page
from linksync.stick.medium import Medium
from linksync.stick.verify import verify

KEYS, DESK, STICK, HOSTS, ARCHIVED, LIBRARY, TAMPERED = (
    "keys",
    "desk",
    "stick",
    "hosts",
    "archive",
    "library",
    "tampered",
)
SEED = 2011

Act = Literal["keys", "signed", "prepared", "archive", "handed-over", "verified", "tampered", "pulled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An act that was done.

    Attributes:
        place: the host's place, or the folder that came to be.
        files: taken in, or in the library; ``size`` their bytes.
        report: of a verification.
    """

    act: Act
    place: str = ""
    name: str = ""
    date: dt.date | None = None
    number: int = 0
    files: int = 0
    size: int = 0
    gone: int = 0
    receipt: bool = False
    report: Report | None = None


@dataclass(slots=True)
class _Clock:
    time: dt.datetime

    def __call__(self) -> dt.datetime:
        self.time += dt.timedelta(minutes=7)
        return self.time


def tour(folder: Path) -> Iterator[Told]:
    """Play the whole relay in a folder that does not exist yet, an act at a time.

    Raises:
        LinksyncError: the disk failed.
    """
    clock = _Clock(dt.datetime(2011, 10, 30, 10, 0, tzinfo=dt.UTC))
    stick, desk = folder / STICK, folder / DESK
    yield _make_keys(folder)
    yield _sign_relay(folder)
    stick.mkdir()
    organiser = load_public(folder / KEYS / f"{ORGANISER}.pub").fingerprint
    with Medium.open(stick) as medium:
        request = _request(folder, ORGANISER, clock, organiser)
        prepared = prepare(medium, State(folder / HOSTS / ORGANISER), request)
    yield Told(act="prepared", place=STICK, name=prepared.link, number=1)
    new_archive(folder / ARCHIVED, relay=desk, id_=ARCHIVE, key=folder / KEYS / ARCHIVE)
    yield Told(act="archive", place=ARCHIVED)
    for number, host in enumerate(demo_hosts(), start=1):
        play(stick, visit(number, SEED))
        clock.time = dt.datetime.combine(host.date, dt.time(15, 30), tzinfo=dt.UTC)
        yield _stop(folder, host, clock, organiser)
    yield Told(act="verified", place=STICK, report=_verified(folder, stick, organiser))
    shutil.copytree(stick, folder / TAMPERED)
    changed = next(path for path in sorted((folder / TAMPERED / "data").rglob("*.docx")))
    _flip(changed)
    report = _verified(folder, folder / TAMPERED, organiser)
    yield Told(act="tampered", place=TAMPERED, name=str(changed.relative_to(folder / TAMPERED)), report=report)
    pulled = pull(open_archive(str(folder / ARCHIVED)), folder / LIBRARY, organiser=organiser)
    catalogue(folder / LIBRARY)
    yield Told(act="pulled", place=LIBRARY, number=pulled.handoffs, files=pulled.total, size=pulled.size)


def _make_keys(folder: Path) -> Told:
    durable.make_folder(folder / KEYS)
    for owner in KEY_OWNERS:
        new_key(folder / KEYS / owner, comment=f"{owner} (demo)", passphrase=None)
    return Told(act="keys", place=KEYS, number=len(KEY_OWNERS))


def _sign_relay(folder: Path) -> Told:
    desk = folder / DESK
    durable.make_folder(desk)
    page = example_relay({owner: load_public(folder / KEYS / f"{owner}.pub").line for owner in KEY_OWNERS})
    write_page(desk, page.encode())
    signed = sign(desk, load_signer(folder / KEYS / ORGANISER, passphrase=None))
    relay = signed.version.relay
    svg = label_svg(relay.name, signed.version.signed_by.fingerprint, None, relay_id=relay.id)
    durable.write(desk / "label.svg", svg.encode())
    return Told(act="signed", place=f"{DESK}/{PAGE}", name=relay.name, number=len(relay.hosts))


def _request(folder: Path, holder: str, clock: _Clock, organiser: str) -> Request:
    return Request(
        holder=holder,
        signer=load_signer(folder / KEYS / holder, passphrase=None),
        now=clock,
        organiser=organiser,
        relays=read_signed(folder / DESK) if holder == ORGANISER else (),
    )


def _stop(folder: Path, host: Host, clock: _Clock, organiser: str) -> Told:
    """A stop: the host plugs the stick in, hands over, and has the network for a moment."""
    memory = State(folder / HOSTS / host.id)
    archive = open_archive(str(folder / ARCHIVED), clock=clock)
    with Medium.open(folder / STICK) as medium:
        outcome = hand_over(medium, memory, _request(folder, host.id, clock, organiser))
        if outcome.problem is not None:
            raise outcome.problem
        synced = sync(memory, archive, medium)
    taken = outcome.intake.taken
    return Told(
        act="handed-over",
        name=host.name,
        place=host.place,
        date=host.date,
        number=outcome.number,
        files=len(taken) - taken.of_class("refuse"),
        size=taken.octets_kept(),
        gone=len(outcome.intake.gone),
        receipt=any(one.receipt and one.folder == outcome.folder for one in synced.sent),
    )


def _verified(folder: Path, stick: Path, organiser: str) -> Report:
    with Medium.open(stick) as medium:
        return verify(medium, State(folder / HOSTS / "anyone").trust(organiser)).report


def _flip(path: Path) -> None:
    """Change one bit of a document, and leave its size and time as they were."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
