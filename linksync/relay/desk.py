"""What an organiser does at the desk: begin a relay, add who takes part, sign the next version.

``relay.yaml`` stays people's page: what they wrote in it is kept, comments too, and it is sealed as they wrote it. A
version that was signed never changes; the next one is signed with a key that the one before lists (format 1, "The
relay").
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from linksync.custody import names
from linksync.custody.keys import PublicKey, Signer
from linksync.custody.relay import RELAY_NAMESPACE, Party, Relay, allowed_signers, relay_from_bytes
from linksync.custody.roster import RelayVersion, Roster, read_roster
from linksync.custody.seal import RELAY, RELAYS, RawFolder, build, seal_path
from linksync.custody.yaml_edit import append_to_list
from linksync.errors import FormatError, RefusedError, TrustError
from linksync.machine import durable
from linksync.people.texts import plain
from linksync.relay.draft import draft
from linksync.relay.folder import (
    PAGE,
    gravest_code,
    locked,
    read_page,
    shown,
    signed_roster,
    write_page,
)

VERSIONS_MAX = 9999

Group = Literal["hosts", "archives", "archivists"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What came of signing.

    Attributes:
        version: the newest version, as it stands now.
        anew: whether it was signed now; False where ``relay.yaml`` says what was signed before.
    """

    version: RelayVersion
    anew: bool


def new_relay(
    folder: Path, *, id_: str, name: str, organiser: tuple[str, str], key: PublicKey, today: dt.date
) -> Relay:
    """Begin a relay: a folder with a draft of ``relay.yaml``.

    Args:
        folder: is made where it is not there; must not hold a relay.
        id_: of the relay, for good.
        name: of the relay.
        organiser: the organiser's id and name.
        key: the organiser's.
        today: the draft's first day.

    Raises:
        RefusedError: ``relay-exists`` (``path``), ``relay-id-wrong`` (``id``, ``most``).
        FormatError: ``record-fields``: a name is empty or too long.
        MediumError: ``disk-write``; nothing was made.
    """
    for one in (id_, organiser[0]):
        _require_id(one)
    text = draft(id_=id_, name=_text(name), organiser=(organiser[0], _text(organiser[1])), key=key, today=today)
    relay = _parsed(text.encode(), folder)
    if (folder / RELAYS).exists() or not durable.create(folder / PAGE, text.encode()):
        raise RefusedError("relay-exists", path=shown(folder))
    return relay


def add_party(folder: Path, group: Group, *, id_: str, name: str, key: PublicKey, place: str = "") -> Relay:
    """Add a host, archive or archivist to ``relay.yaml``; takes effect with the next version.

    Returns:
        The relay as it is on the page now.

    Raises:
        RefusedError: ``relay-missing``, ``relay-id-wrong``, ``relay-id-taken`` (``id``, ``name``) or
            ``relay-key-taken`` (``id``, ``key``).
        FormatError: the page is wrong (``path`` and ``line``), or ``relay-edit``.
        MediumError: ``relay-unreadable`` or ``disk-write``; nothing was changed.
    """
    _require_id(id_)
    with locked(folder):
        page = read_page(folder)
        relay = _parsed(page, folder)
        _require_new(relay.holders if group == "hosts" else getattr(relay, group), id_, key)
        where = {"place": _text(place)} if place else {}
        item = {"id": id_, "name": _text(name), **where, "keys": [key.line]}
        text = append_to_list(page.decode(), group, item).encode()
        after = _parsed(text, folder)
        write_page(folder, text)
        return after


def sign(folder: Path, signer: Signer) -> Signed:
    """Seal the next version of the relay, from ``relay.yaml`` as it stands.

    Args:
        folder: the organiser's.
        signer: a key of the organiser: of the draft's for version 1, then of the version before.

    Raises:
        RefusedError: ``relay-missing``, ``relay-id-changed`` (``found``, ``expected``), ``relay-versions-many``
            (``most``), ``relay-version-taken`` (``version``).
        FormatError: the page is wrong (``path`` and ``line``).
        TrustError: ``relay-key-not-organiser`` (``key``, ``version``, ``organiser``), ``relay-versions-wrong``,
            ``relay-would-not-stand`` (``code``).
        MediumError: ``relay-unreadable`` or ``disk-write``. In all these cases nothing was signed.
    """
    with locked(folder):
        page = read_page(folder)
        relay = _parsed(page, folder)
        roster = signed_roster(folder)
        newest = roster.newest
        if newest is not None and newest.folder.files[PAGE] == page:
            return Signed(version=newest, anew=False)
        number = len(roster.versions) + 1
        _require_successor(relay, newest, number)
        _require_organiser(relay, newest, signer, number)
        sealed = _sealed(page, relay, newest, number, signer)
        version = _stands(roster, sealed, number)
        if not durable.create_folder(folder / sealed.path, sealed.files):
            raise RefusedError("relay-version-taken", version=number)
        return Signed(version=version, anew=True)


def read_relay(folder: Path) -> tuple[Relay, Roster, bool]:
    """What the page says, what was signed, and whether the page says something that was not signed yet.

    Raises:
        LinksyncError: as ``sign``.
    """
    page = read_page(folder)
    roster = signed_roster(folder)
    newest = roster.newest
    return _parsed(page, folder), roster, newest is None or newest.folder.files[PAGE] != page


def _parsed(page: bytes, folder: Path) -> Relay:
    try:
        return relay_from_bytes(page)
    except FormatError as error:
        fields = {**error.fields, "path": shown(folder / PAGE)}
        raise FormatError(error.slug, **fields) from error


def _text(text: str) -> str:
    """Text from a command line, whatever its bytes, as YAML can say it."""
    return plain(text)


def _require_id(id_: str) -> None:
    if not names.is_id(id_):
        raise RefusedError("relay-id-wrong", id=plain(id_)[:80], most=names.ID_MAX)


def _require_new(parties: tuple[Party, ...], id_: str, key: PublicKey) -> None:
    for party in parties:
        if party.id == id_:
            raise RefusedError("relay-id-taken", id=id_, name=plain(party.name))
        if key in party.public_keys:
            raise RefusedError("relay-key-taken", id=party.id, key=key.fingerprint)


def _require_successor(relay: Relay, before: RelayVersion | None, number: int) -> None:
    if before is not None and relay.id != before.relay.id:
        raise RefusedError("relay-id-changed", found=relay.id, expected=before.relay.id)
    if number > VERSIONS_MAX:
        raise RefusedError("relay-versions-many", most=VERSIONS_MAX)


def _require_organiser(relay: Relay, before: RelayVersion | None, signer: Signer, number: int) -> None:
    """Make sure that the key is the organiser's in the version that judges this one."""
    judge = relay if before is None else before.relay
    signers = allowed_signers(judge)
    if not signers.holds(judge.organiser.id, RELAY_NAMESPACE, signer.public):
        told = {"key": signer.public.fingerprint, "version": number, "organiser": judge.organiser.id}
        raise TrustError("relay-key-not-organiser", **told)


def _sealed(page: bytes, relay: Relay, before: RelayVersion | None, number: int, signer: Signer) -> RawFolder:
    path = f"{RELAYS}/{number:04}"
    follows = {} if before is None else {seal_path(before.folder.path): bytes.fromhex(before.seal)}
    files = {PAGE: page, "allowed_signers": allowed_signers(relay).to_bytes()}
    return RawFolder(path=path, files=build(RELAY, path, files, follows=follows, signer=signer))


def _stands(roster: Roster, sealed: RawFolder, number: int) -> RelayVersion:
    """The new version as everybody else will read it.

    Raises:
        TrustError: ``relay-would-not-stand`` (``code``).
    """
    after, found = read_roster([*(version.folder for version in roster.versions), sealed])
    version = after.version(number)
    if version is None or any(one.exit for one in found):
        raise TrustError("relay-would-not-stand", code=gravest_code(found))
    return version
