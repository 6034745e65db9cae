"""Private keys on this computer: OpenSSH key files, made once and never overwritten (format 1, "Keys").

A private key stands with mode 0600 or not at all: a place that cannot keep that, as FAT on a stick, is refused when a
key is made, and a key that others can read is refused when it is used, by the rule that ``ssh-keygen`` has. Existing
Ed25519 keys work, with or without a passphrase.

``new_key`` writes both files beside their names, then links them there, the private key first: at any instant there is
no key or a whole one. A private key alone is whole too; its file holds the public key.
"""

import base64
import errno
import os
import pathlib
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linksync.custody import names
from linksync.custody.keys import PublicKey, Signer, take_string
from linksync.errors import FormatError, MediumError, RefusedError, TrustError
from linksync.machine import durable

BYTES_MAX = 64 * 1024
COMMENT_MAX = 255
PASSPHRASE_MAX = 1023

Path = str | os.PathLike[str]

_MAGIC = b"openssh-key-v1\0"
_ONE_KEY = (1).to_bytes(4, "big")
_ARMOUR = re.compile(
    rb"\s*-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----\s*"
)
_PUBLIC = re.compile(rb"\s*(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+ AAAA")
_OTHER = re.compile(rb"\s*(?:-----BEGIN ([A-Z0-9 ]{0,32}?) ?PRIVATE KEY-----|(PuTTY)-User-Key-File)")
_CANNOT_LINK = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP})


@dataclass(frozen=True, slots=True)
class _FileSigner:
    public: PublicKey
    _private: Ed25519PrivateKey = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


def new_key(path: Path, *, comment: str, passphrase: bytes | None) -> PublicKey:
    """Make a key: the private one at ``path``, mode 0600, and the public one beside it with ``.pub``.

    Args:
        path: in a folder that exists; neither file may.
        comment: stands in the ``.pub`` file; one line of at most 255 characters.
        passphrase: encrypts the private key; None for a key that anyone who has the file can use.

    Returns:
        The public key.

    Raises:
        RefusedError: ``key-exists`` (``path``), ``key-comment``, ``key-passphrase-length`` (``most``) or
            ``key-place-open`` (``path``) where the place cannot keep a secret.
        MediumError: ``key-not-written`` (``path``).
    """
    _require_comment(comment)
    if passphrase is not None and not 1 <= len(passphrase) <= PASSPHRASE_MAX:
        raise RefusedError("key-passphrase-length", most=PASSPHRASE_MAX)
    private = Ed25519PrivateKey.generate()
    public = PublicKey(private.public_key().public_bytes_raw())
    contents = {
        os.fspath(path): (_encoded(private, passphrase), 0o600),
        f"{os.fspath(path)}.pub": (f"{public.line} {comment}".rstrip().encode() + b"\n", 0o644),
    }
    try:
        _create_all(contents)
    except OSError as error:
        raise MediumError("key-not-written", errno=error.errno or errno.EIO, path=_shown(path)) from error
    return public


def load_signer(path: Path, *, passphrase: Callable[[], bytes] | None) -> Signer:
    """Read a private key.

    Args:
        path: an OpenSSH private key file with an Ed25519 key, at most 64 KiB.
        passphrase: asks for it, once, where the key has one; None where nobody can be asked.

    Raises:
        MediumError: ``key-missing`` or ``key-unreadable`` (``path``).
        FormatError: all with ``path``: ``key-not-a-file``, ``key-too-large`` (``most``), ``key-is-public``,
            ``key-other-type`` (``kind``), ``key-other-form`` (``kind``) for an old or PuTTY's file, ``key-not-a-key``,
            ``key-damaged``, ``key-cipher`` (``cipher``).
        RefusedError: ``key-open-to-others`` or ``key-needs-passphrase`` (``path``).
        TrustError: ``key-passphrase-wrong`` (``path``).
    """
    data, found = _read(path)
    with _about(path):
        cipher, public = _envelope(data)
    if os.name == "posix" and found.st_uid == os.getuid() and found.st_mode & 0o077:
        raise RefusedError("key-open-to-others", path=_shown(path))
    word = None
    if cipher != "none":
        if passphrase is None:
            raise RefusedError("key-needs-passphrase", path=_shown(path))
        word = passphrase()
    with _about(path):
        return _decrypted(data, cipher, word, public)


def load_public(path: Path) -> PublicKey:
    """Read the first line of a ``.pub`` file.

    Raises:
        MediumError: ``key-missing`` or ``key-unreadable`` (``path``).
        FormatError: all with ``path``: ``key-not-a-file``, ``key-too-large`` (``most``), and those of
            ``PublicKey.from_line``: ``key-is-private`` where the private key was given instead.
    """
    data, _ = _read(path)
    first = data.split(b"\n", 1)[0].removesuffix(b"\r").decode("utf-8", "replace")
    with _about(path):
        return PublicKey.from_line(first)


def public_of(path: Path) -> PublicKey:
    """Read the public key of a key file of either kind; of a private one no passphrase is needed.

    Raises:
        MediumError, FormatError: those of ``load_public`` and ``load_signer`` that say what is wrong with the file.
    """
    data, _ = _read(path)
    if not data.lstrip().startswith(b"-----BEGIN "):
        return load_public(path)
    with _about(path):
        return _envelope(data)[1]


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Add to an error which file it is about."""
    try:
        yield
    except (FormatError, TrustError) as error:
        raise type(error)(error.slug, **error.fields, path=_shown(path)) from error


def _shown(path: Path) -> str:
    return names.escape(os.fsencode(path))


def _require_comment(comment: str) -> None:
    if len(comment) > COMMENT_MAX or not comment.isprintable():
        raise RefusedError("key-comment", most=COMMENT_MAX)


def _encoded(private: Ed25519PrivateKey, passphrase: bytes | None) -> bytes:
    encryption = (
        serialization.NoEncryption() if passphrase is None else serialization.BestAvailableEncryption(passphrase)
    )
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption)


def _create_all(contents: Mapping[str, tuple[bytes, int]]) -> None:
    """Create files, whole and in order, none over another; where one fails, take back those before it."""
    written: dict[str, str] = {}
    linked: list[str] = []
    try:
        for target, (data, mode) in contents.items():
            if os.path.lexists(target):
                raise RefusedError("key-exists", path=_shown(target))
            _write_beside(target, data, mode, written)
        for target, temporary in written.items():
            _link_new(temporary, target)
            linked.append(target)
        durable.sync_folder(pathlib.Path(linked[0]).parent)
    except BaseException:
        for target in linked:
            with suppress(OSError):
                os.unlink(target)
        raise
    finally:
        for temporary in written.values():
            with suppress(OSError):
                os.unlink(temporary)


def _write_beside(target: str, data: bytes, mode: int, written: dict[str, str]) -> None:
    """Write ``data`` to a new file beside ``target`` and note its name in ``written``, down to the disk."""
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    written[target] = temporary
    try:
        if os.name == "posix" and os.fstat(descriptor).st_mode & 0o077 & ~mode:
            raise RefusedError("key-place-open", path=_shown(target))
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link_new(temporary: str, target: str) -> None:
    """Give a file its name, unless something has it."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise RefusedError("key-exists", path=_shown(target)) from None
    except OSError as error:
        if error.errno in _CANNOT_LINK:
            raise RefusedError("key-place-open", path=_shown(target)) from error
        raise


def _read(path: Path) -> tuple[bytes, os.stat_result]:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise FormatError("key-not-a-file", path=_shown(path))
        with open(path, "rb") as file:
            data = file.read(BYTES_MAX + 1)
    except FileNotFoundError as error:
        raise MediumError("key-missing", errno=errno.ENOENT, path=_shown(path)) from error
    except OSError as error:
        raise MediumError("key-unreadable", errno=error.errno or errno.EIO, path=_shown(path)) from error
    if len(data) > BYTES_MAX:
        raise FormatError("key-too-large", most=BYTES_MAX, path=_shown(path))
    return data, found


def _envelope(data: bytes) -> tuple[str, PublicKey]:
    """The cipher and the public key of a private key file: what it tells without a passphrase."""
    armour = _ARMOUR.fullmatch(data)
    if armour is None:
        raise _not_openssh(data)
    try:
        blob = base64.b64decode(b"".join(armour[1].split()), validate=True)
        magic, rest = blob[: len(_MAGIC)], blob[len(_MAGIC) :]
        cipher, rest = take_string(rest)
        _kdf, rest = take_string(rest)
        _options, rest = take_string(rest)
        count, rest = rest[:4], rest[4:]
        key, _encrypted = take_string(rest)
    except ValueError:
        raise FormatError("key-damaged") from None
    if magic != _MAGIC or count != _ONE_KEY:
        raise FormatError("key-damaged")
    try:
        return cipher.decode("latin-1"), PublicKey.from_blob(key)
    except FormatError as error:
        raise (FormatError("key-damaged") if error.slug == "key-blob" else error) from None


def _not_openssh(data: bytes) -> FormatError:
    """What a file is that holds no private key in OpenSSH's form."""
    if _PUBLIC.match(data):
        return FormatError("key-is-public")
    other = _OTHER.match(data)
    if other is None:
        return FormatError("key-not-a-key")
    kind = (other[1] or other[2] or b"PKCS8").decode()
    if kind == "OPENSSH":
        return FormatError("key-damaged")
    return FormatError("key-other-form", kind=kind)


def _decrypted(data: bytes, cipher: str, word: bytes | None, public: PublicKey) -> Signer:
    try:
        private = serialization.load_ssh_private_key(data.strip(), word)
    except UnsupportedAlgorithm:
        raise FormatError("key-cipher", cipher=ascii(cipher[:64])[1:-1]) from None
    except (ValueError, TypeError):
        raise (FormatError("key-damaged") if word is None else TrustError("key-passphrase-wrong")) from None
    if not isinstance(private, Ed25519PrivateKey) or private.public_key().public_bytes_raw() != public.raw:
        raise FormatError("key-damaged")
    return _FileSigner(public, private)
