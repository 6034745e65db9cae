"""Keys that are the same on every computer, from a word: for tests, vectors and the example alone.

Whoever knows the word has the key, so nothing that matters is ever signed with one.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linksync.custody.keys import PublicKey


@dataclass(frozen=True, slots=True)
class SeedSigner:
    """A signer whose key follows from ``word``."""

    word: str

    @property
    def public(self) -> PublicKey:
        """The key that verifies what ``sign`` makes."""
        return PublicKey(_private(self.word).public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        """The raw Ed25519 signature over exactly ``data``, 64 bytes."""
        return _private(self.word).sign(data)


def write_key_file(path: Path, word: str) -> None:
    """The private key of ``word`` as an OpenSSH key file, mode 0600, without a passphrase."""
    data = _private(word).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(data)


@lru_cache(maxsize=256)
def _private(word: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"linksync demo key {word}".encode()).digest())
