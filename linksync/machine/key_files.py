"""Private keys on this computer: OpenSSH key files, made once and never overwritten (format 1, "Keys").

A private key stands with mode 0600 or not at all: a place that cannot keep that, as FAT on a stick, is refused when a
key is made, and a key that others can read is refused when it is used, by the rule that ``ssh-keygen`` has. Existing
Ed25519 keys work, with or without a passphrase.

``new_key`` writes both files beside their names, then links them there, the private key first: at any instant there is
no key or a whole one. A private key alone is whole too; its file holds the public key.
"""

import errno
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linksync.custody import names
from linksync.custody.keys import PublicKey, Signer
from linksync.errors import LinksyncError, MediumError, RefusedError

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
    cipher, public = _named(path, lambda: _envelope(data))
    if os.name == "posix" and found.st_uid == os.getuid() and found.st_mode & 0o077:
        raise RefusedError("key-open-to-others", path=_shown(path))
    word = None
    if cipher != "none":
        if passphrase is None:
            raise RefusedError("key-needs-passphrase", path=_shown(path))
        word = passphrase()
    return _named(path, lambda: _decrypted(data, cipher, word, public))


def load_public(path: Path) -> PublicKey:
    """Read the first line of a ``.pub`` file.

    Raises:
        MediumError: ``key-missing`` or ``key-unreadable`` (``path``).
        FormatError: all with ``path``: ``key-not-a-file``, ``key-too-large`` (``most``), and those of
            ``PublicKey.from_line``: ``key-is-private`` where the private key was given instead.
    """
    data, _ = _read(path)
    first = data.split(b"\n", 1)[0].removesuffix(b"\r").decode("utf-8", "replace")
    return _named(path, lambda: PublicKey.from_line(first))


def _named[T](path: Path, read: Callable[[], T]) -> T:
    """Add to an error of ``read`` which file it is about."""
    try:
        return read()
    except LinksyncError as error:
        raise type(error)(error.slug, **error.fields, path=_shown(path)) from error


def _shown(path: Path) -> str:
    return names.escape(os.fsencode(path))
