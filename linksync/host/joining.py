"""Joining a relay: this computer becomes a host's, by the fingerprint on the label.

What a host answers is data (``Answers``); ``join`` makes it so. The relay's versions come from a folder, from the
archive or from what this computer knows already; where none of them has any, only the fingerprint is remembered, and
the stick brings the rest. Written are first the memory and last ``config.yaml``, each whole: a run that is cut off
leaves old or new, and another run finishes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from linksync.archive.opening import archive_path, open_archive
from linksync.custody.history import NOTHING
from linksync.custody.keys import PublicKey
from linksync.custody.relay import HANDOFF_NAMESPACE
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import RawFolder
from linksync.errors import LinksyncError, RefusedError, TrustError
from linksync.host.state import State
from linksync.machine import durable
from linksync.machine.agent import agent_signer
from linksync.machine.key_files import load_public, load_signer, new_key, public_of
from linksync.machine.settings import After, Policy, write_config
from linksync.people.texts import Language, plain
from linksync.relay.folder import gravest_code


class Seat(StrEnum):
    """Whether a host may sign with a key, as far as is known here."""

    LISTED = "listed"
    UNKNOWN = "unknown"
    """No version of the relay is known here."""
    NO_HOST = "no-host"
    """The relay does not have this host."""
    OTHER_KEY = "other-key"
    """The relay has this host, with other keys."""


class Alone(StrEnum):
    """Whether a key signs without a person beside it."""

    YES = "yes"
    AGENT = "agent"
    """As long as the ssh-agent of the session holds it."""
    NO = "no"
    """It has a passphrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSeen:
    """An archive that was looked at.

    Attributes:
        id: "" where it could not be reached.
        roster: the relay's versions that it has.
        why: what stood in the way; it may be there another time.
    """

    id: str = ""
    roster: Roster = NOTHING
    why: LinksyncError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a host wants.

    Attributes:
        holder: the host's id.
        key: a private key file, or a ``.pub`` file whose private half the ssh-agent holds.
        organiser: the fingerprint on the label.
        archive: its folder or URL; "" for none.
        extra: other fields of ``config.yaml``, by name.
    """

    holder: str
    key: Path
    organiser: str
    archive: str
    policy: Policy
    after: After
    language: Language
    extra: Mapping[str, str]


def roster_of(folders: tuple[RawFolder, ...], organiser: str) -> Roster:
    """The relay in a folder that was given.

    Raises:
        TrustError: ``relay-folder-wrong`` (``code``): nothing in it stands; ``organiser-not-label`` (``given``,
            ``found``).
    """
    roster, problems = read_roster(folders)
    if not roster.versions:
        raise TrustError("relay-folder-wrong", code=gravest_code(problems))
    if roster.organiser != organiser:
        raise TrustError("organiser-not-label", given=organiser, found=roster.organiser)
    return roster


def look_at_archive(url: str, organiser: str) -> ArchiveSeen:
    """Whether an archive can be reached, and is of this organiser; only reads.

    Raises:
        FormatError: ``archive-url`` (``url``): it never will.
        TrustError: ``join-archive-other`` (``archive``, ``given``, ``found``).
    """
    archive_path(url)
    try:
        archive = open_archive(url)
        found = archive.organiser
        roster = read_roster(archive.relay_versions())[0]
    except LinksyncError as error:
        return ArchiveSeen(why=error)
    if found != organiser:
        raise TrustError("join-archive-other", archive=plain(url), given=organiser, found=found)
    return ArchiveSeen(id=archive.id, roster=roster if roster.organiser == organiser else NOTHING)


def known_roster(state: State, organiser: str) -> Roster:
    """The newest relay of an organiser that this computer knows; nothing where it knows none."""
    return newest(*(state.roster(id_) for id_ in state.relays() if state.organiser(id_) == organiser))


def newest(*rosters: Roster) -> Roster:
    """The relay to go by: the last in time, in its highest version."""
    return max((one for one in rosters if one.versions), key=_last_day, default=NOTHING)


def _last_day(roster: Roster) -> tuple[str, int]:
    relay = roster.versions[-1].relay
    return relay.period.to.isoformat(), len(roster.versions)


def seat(roster: Roster, holder: str, key: PublicKey) -> Seat:
    """Whether the relay lets a host sign with a key."""
    version = roster.newest
    if version is None:
        return Seat.UNKNOWN
    if version.signers.holds(holder, HANDOFF_NAMESPACE, key):
        return Seat.LISTED
    return Seat.NO_HOST if version.relay.holder(holder) is None else Seat.OTHER_KEY


def signs_alone(key: Path) -> Alone:
    """Whether a key signs without a person.

    Raises:
        LinksyncError: those of ``load_signer`` that say what is wrong with it, and of ``agent_signer`` for a ``.pub``.
    """
    try:
        load_signer(key, passphrase=None)
    except LinksyncError as error:
        if error.slug == "key-is-public":
            agent_signer(load_public(key))
            return Alone.AGENT
        if error.slug != "key-needs-passphrase":
            raise
        try:
            agent_signer(public_of(key))
        except LinksyncError:
            return Alone.NO
        return Alone.AGENT
    return Alone.YES


def make_key(path: Path, holder: str) -> PublicKey:
    """Make a host's key, without a passphrase, so that the daemon can sign by itself.

    Raises:
        LinksyncError: those of ``new_key``; ``disk-write``.
    """
    with durable.translated("disk-write", path):
        durable.make_folder(path.absolute().parent)
    return new_key(path, comment=holder, passphrase=None)


def keep_public(path: Path, key: PublicKey, holder: str) -> None:
    """Write the public half of a key that the ssh-agent holds; the same one may stand there already.

    Raises:
        RefusedError: ``key-exists`` (``path``): another key stands there.
        MediumError: ``disk-write``.
    """
    if not durable.create(path, f"{key.line} {holder}\n".encode()) and public_of(path) != key:
        raise RefusedError("key-exists", path=plain(str(path)))


def join(state: State, config: Path, answers: Answers, roster: Roster) -> bool:
    """Make it so; a second time changes nothing.

    Args:
        state: the memory of this computer.
        config: ``config.yaml``, made where there is none.
        answers: what the host wants.
        roster: the relay, of that organiser; nothing where it is not known yet.

    Returns:
        Whether anything was changed.

    Raises:
        RefusedError: ``state-busy``.
        TrustError: ``organiser-other`` or ``relay-other``: this computer knows the relay otherwise; all stays.
        FormatError: ``config.yaml`` is wrong.
        MediumError: ``disk-write``, ``config-unreadable``.
    """
    learnt = False
    if roster.newest is not None:
        relay = roster.newest.relay.id
        if state.organiser(relay) != answers.organiser or len(state.roster(relay).versions) < len(roster.versions):
            with state.locked():
                state.remember_organiser(relay, answers.organiser)
                state.learn_relay(roster)
            learnt = True
    fields: dict[str, str | None] = {
        "as": answers.holder,
        "key": str(answers.key.absolute()),
        "organiser": answers.organiser,
        "archive": answers.archive or None,
        "policy": answers.policy,
        "after": answers.after,
        "language": answers.language,
        **answers.extra,
    }
    return write_config(config, fields) or learnt
