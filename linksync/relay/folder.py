"""The organiser's folder on this computer: ``relay.yaml``, and the signed versions as they stand on a stick.

::

    relay.yaml                  what people edit
    linksync/relay/0001/        what was signed; copied to every stick

What stands in it is read within the bounds of the format and no link is followed.
"""

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from linksync.custody import names, strict_yaml
from linksync.custody.findings import Finding
from linksync.custody.lists import SEAL_BYTES_MAX
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import RELAYS, SEAL, SIGNATURE, SIGNATURE_BYTES_MAX, RawFolder
from linksync.custody.signers import BYTES_MAX as SIGNERS_BYTES_MAX
from linksync.errors import MediumError, RefusedError, TrustError
from linksync.machine import durable, locks

PAGE = "relay.yaml"

_LIMITS = {
    PAGE: strict_yaml.BYTES_MAX,
    "allowed_signers": SIGNERS_BYTES_MAX,
    SEAL: SEAL_BYTES_MAX,
    SIGNATURE: SIGNATURE_BYTES_MAX,
}
_VERSION = re.compile(r"[0-9]{4}")
_UNFINISHED = re.compile(re.escape(durable.TEMPORARY) + "[0-9a-f]{12}")

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def read_page(folder: Path) -> bytes:
    """``relay.yaml`` as it stands; one byte more than the format allows at the most.

    Raises:
        RefusedError: ``relay-missing`` (``path``).
        MediumError: ``relay-unreadable`` (``path``, ``why``).
    """
    path = folder / PAGE
    with _translated(path):
        try:
            descriptor = os.open(path, _FILE)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RefusedError("relay-missing", path=shown(folder)) from error
        return _read(descriptor, strict_yaml.BYTES_MAX)


def write_page(folder: Path, data: bytes) -> None:
    """Put a new ``relay.yaml`` in place of the old one.

    Raises:
        MediumError: ``disk-write``; what was there still is.
    """
    durable.write(folder / PAGE, data)


def read_signed(folder: Path) -> tuple[RawFolder, ...]:
    """The signed versions, as they stand, in order; none where nothing was signed yet. Nothing is believed.

    Raises:
        MediumError: ``relay-unreadable`` (``path``, ``why``).
    """
    above = folder / RELAYS
    with _translated(above):
        try:
            descriptor = _open_below(folder, RELAYS)
        except FileNotFoundError:
            return ()
        try:
            found = [entry.name for entry in _entries(descriptor) if _VERSION.fullmatch(entry.name)]
            return tuple(_read_version(descriptor, name) for name in sorted(found))
        finally:
            os.close(descriptor)


def given_versions(folder: Path) -> tuple[RawFolder, ...]:
    """The signed versions in a folder that somebody names; to name one that has none is a mistake.

    Raises:
        RefusedError: ``relay-nowhere`` (``path``).
        MediumError: ``relay-unreadable``.
    """
    found = read_signed(folder)
    if not found:
        raise RefusedError("relay-nowhere", path=shown(folder))
    return found


def signed_roster(folder: Path) -> Roster:
    """The versions that were signed, verified; empty where there is none.

    Raises:
        TrustError: ``relay-versions-wrong`` (``path``, ``code``): not all of them stand.
        MediumError: ``relay-unreadable``.
    """
    folders = read_signed(folder)
    roster, found = read_roster(folders)
    if len(roster.versions) != len(folders) or any(one.exit for one in found):
        raise TrustError("relay-versions-wrong", path=shown(folder / RELAYS), code=gravest_code(found))
    return roster


def organiser_fingerprint(folder: Path) -> str:
    """The fingerprint for the label: of the key that signed version 1.

    Raises:
        RefusedError: ``relay-not-signed``.
        TrustError, MediumError: as ``signed_roster``.
    """
    organiser = signed_roster(folder).organiser
    if not organiser:
        raise RefusedError("relay-not-signed", path=shown(folder))
    return organiser


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep another linksync from writing in the folder meanwhile, and clear what one that was cut off left.

    Raises:
        RefusedError: ``relay-missing``, ``relay-busy`` (``path``).
        MediumError: ``relay-unreadable``.
    """
    with _translated(folder):
        try:
            descriptor = os.open(folder, _FOLDER & ~os.O_NOFOLLOW)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RefusedError("relay-missing", path=shown(folder)) from error
    try:
        if not locks.take(descriptor):
            raise RefusedError("relay-busy", path=shown(folder))
        _clear_unfinished(folder)
        yield
    finally:
        os.close(descriptor)


def gravest_code(found: list[Finding]) -> str:
    """The code of the first finding that is no note."""
    return next((one.code for one in found if one.exit), found[0].code if found else "E104")


def shown(path: Path) -> str:
    """A path as people may read it."""
    return names.escape(os.fsencode(path))


def _clear_unfinished(folder: Path) -> None:
    for place in (folder, folder / RELAYS):
        with suppress(OSError):
            for name in os.listdir(place):
                if _UNFINISHED.fullmatch(name):
                    shutil.rmtree(place / name, ignore_errors=True)
                    with suppress(OSError):
                        os.unlink(place / name)


def _open_below(folder: Path, below: str) -> int:
    """A descriptor of a folder in the folder; no link is followed on the way."""
    descriptor = os.open(folder, _FOLDER & ~os.O_NOFOLLOW)
    for name in below.split("/"):
        above = descriptor
        try:
            descriptor = os.open(name, _FOLDER, dir_fd=above)
        finally:
            os.close(above)
    return descriptor


def _entries(descriptor: int) -> list[os.DirEntry[str]]:
    with os.scandir(descriptor) as listed:
        return list(listed)


def _read_version(above: int, name: str) -> RawFolder:
    path = f"{RELAYS}/{name}"
    try:
        descriptor = os.open(name, _FOLDER, dir_fd=above)
    except OSError as error:
        if error.errno not in {errno.ENOTDIR, errno.ELOOP}:
            raise
        return RawFolder(path=path, files={}, odd=(".",))
    files: dict[str, bytes] = {}
    others: dict[str, int] = {}
    odd: list[str] = []
    too_large: list[str] = []
    try:
        for entry in _entries(descriptor):
            told, limit = names.escape(os.fsencode(entry.name)), _LIMITS.get(entry.name)
            size = entry.stat(follow_symlinks=False).st_size
            if not entry.is_file(follow_symlinks=False):
                odd.append(told)
            elif limit is None:
                others[told] = size
            elif size > limit:
                too_large.append(told)
            else:
                files[told] = _read(os.open(entry.name, _FILE, dir_fd=descriptor), limit)
    finally:
        os.close(descriptor)
    return RawFolder(path=path, files=files, others=others, odd=tuple(odd), too_large=tuple(too_large))


def _read(descriptor: int, limit: int) -> bytes:
    """What an open file holds, at most one byte more than ``limit``; closes it."""
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return file.read(limit + 1)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        number = error.errno or errno.EIO
        raise MediumError("relay-unreadable", errno=number, path=shown(path), why=os.strerror(number)) from error
