"""Making an archive, and opening one by its URL: a path, or ``file://``."""

import datetime as dt
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from linksync.archive import ocfl
from linksync.archive.entries import Description
from linksync.archive.folder_store import WORKSHOP, FolderStore
from linksync.archive.records import read_folder
from linksync.archive.relays import write_version
from linksync.archive.repository import Repository
from linksync.archive.store import Store
from linksync.custody import names, strict_yaml
from linksync.custody.keys import Signer
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import RELAY, RELAYS, RawFolder
from linksync.errors import FormatError, LinksyncError, RefusedError, TrustError
from linksync.machine.durable import make_folder, translated
from linksync.machine.key_files import load_signer

DESCRIPTION = "archive.yaml"
_OURS = frozenset({WORKSHOP, "relay", "ocfl", "feed", "holds", "receipts", "register", "after"})
"""What a run that was cut off may have left where an archive is made."""

Clock = Callable[[], dt.datetime]
Passphrase = Callable[[], bytes] | None


def utc_now() -> dt.datetime:
    """The time of this computer."""
    return dt.datetime.now(dt.UTC)


def open_archive(url: str, *, clock: Clock = utc_now, passphrase: Passphrase = None) -> Repository:
    """Open an archive.

    Args:
        url: a path or ``file://`` URL of the folder of an archive.
        clock: tells the time, in UTC.
        passphrase: asks for the passphrase of the archive's key; without, a key that has one is as not at hand.

    Raises:
        FormatError: ``archive-url`` (``url``): another kind of URL; or what is wrong with its ``archive.yaml``.
        RefusedError: ``not-an-archive`` (``path``).
    """
    path = archive_path(url)
    store = FolderStore(path)
    data = store.read(DESCRIPTION, strict_yaml.BYTES_MAX) if path.is_dir() else None
    if data is None:
        raise RefusedError("not-an-archive", path=_shown(path))
    description = strict_yaml.load_record(data, Description, what=DESCRIPTION)
    return Repository(store, description, clock=clock, signer=_Key(path / description.key, passphrase))


def new_archive(path: Path, *, relay: Path, id_: str, key: Path, passphrase: Passphrase = None) -> Roster:
    """Make an archive.

    Args:
        path: of its folder; there is nothing yet, or nothing in it.
        relay: the organiser's folder, with the signed versions in ``linksync/relay/``.
        id_: under which the newest version lists it.
        key: its private key, which stays where it is.
        passphrase: asks for the passphrase of the key.

    Returns:
        The relay, as it was verified.

    Raises:
        RefusedError: ``archive-exists``, ``archive-place-taken``, ``archive-place-folds`` (all ``path``),
            ``relay-not-signed`` (``path``) or ``archive-not-listed`` (``id``, ``version``).
        TrustError: ``archive-key-not-listed`` (``id``, ``key``).
    """
    roster = read_signed_relay(relay)
    _require_listed(roster, id_, load_signer(key, passphrase=passphrase))
    _require_free(path)
    with translated("disk-write", path):
        make_folder(path)
        os.chmod(path, 0o777 & ~_umask())
    _require_telling_apart(path)
    store = FolderStore(path)
    _lay_out(store, roster)
    newest = roster.versions[-1]
    description = {
        "format": 1,
        "id": id_,
        "relay": newest.relay.id,
        "organiser": roster.organiser,
        "key": os.path.abspath(key),
    }
    if not store.create(DESCRIPTION, strict_yaml.dump(description)):
        raise RefusedError("archive-exists", path=_shown(path))
    return roster


def read_signed_relay(folder: Path) -> Roster:
    """The signed versions in an organiser's folder.

    Raises:
        RefusedError: ``relay-not-signed`` (``path``): none stands.
    """
    store = FolderStore(folder)
    found: list[RawFolder] = []
    while (raw := read_folder(store, "", f"{RELAYS}/{len(found) + 1:04}", RELAY)).files:
        found.append(raw)
    roster, _ = read_roster(found)
    if not roster.versions:
        raise RefusedError("relay-not-signed", path=_shown(folder))
    return roster


def archive_path(url: str) -> Path:
    """The folder that a URL names.

    Raises:
        FormatError: ``archive-url`` (``url``).
    """
    if "://" not in url:
        return Path(url)
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        raise FormatError("archive-url", url=names.escape(url.encode("utf-8", "surrogateescape"))[:200])
    return Path(unquote(parts.path))


class _Key:
    """The archive's key, looked for once; None where it is not at hand."""

    def __init__(self, path: Path, passphrase: Passphrase) -> None:
        self._path = path
        self._passphrase = passphrase
        self._looked = False
        self._signer: Signer | None = None

    def __call__(self) -> Signer | None:
        if not self._looked:
            self._looked = True
            try:
                self._signer = load_signer(self._path, passphrase=self._passphrase)
            except LinksyncError:
                self._signer = None
        return self._signer


def _require_listed(roster: Roster, id_: str, signer: Signer) -> None:
    newest = roster.versions[-1]
    party = next((one for one in newest.relay.archives if one.id == id_), None)
    if party is None:
        raise RefusedError("archive-not-listed", id=names.escape(os.fsencode(id_)), version=newest.number)
    if signer.public not in party.public_keys:
        raise TrustError("archive-key-not-listed", id=id_, key=signer.public.fingerprint)


def _require_free(path: Path) -> None:
    try:
        there = set(os.listdir(path))
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise RefusedError("archive-place-taken", path=_shown(path)) from None
    if DESCRIPTION in there:
        raise RefusedError("archive-exists", path=_shown(path))
    if there - _OURS:
        raise RefusedError("archive-place-taken", path=_shown(path))


def _require_telling_apart(path: Path) -> None:
    """Refuse a disk on which ``A`` and ``a``, or two spellings of one accent, are one file: some would be lost."""
    probe = f"probe-\u00e9-{secrets.token_hex(4)}"
    workshop = path / WORKSHOP
    with translated("disk-write", path):
        workshop.mkdir(exist_ok=True)
        (workshop / probe).touch()
        folds = any((workshop / twin).exists() for twin in (probe.upper(), probe.replace("\u00e9", "e\u0301")))
        (workshop / probe).unlink()
    if folds:
        raise RefusedError("archive-place-folds", path=_shown(path))


def _lay_out(store: Store, roster: Roster) -> None:
    for version in roster.versions:
        write_version(store, version.number, version.folder)
    for name, data in ocfl.root_files().items():
        store.replace(name, data)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _shown(path: Path) -> str:
    return names.escape(os.fsencode(path))
