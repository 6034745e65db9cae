"""Public keys, Ed25519 only, as OpenSSH writes them (format 1, "Signatures")."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

from linksync.errors import FormatError

KEY_TYPE = b"ssh-ed25519"
_PREFIX = len(KEY_TYPE).to_bytes(4, "big") + KEY_TYPE + (32).to_bytes(4, "big")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_OTHER_TYPE = re.compile(r"(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ ")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key: ``raw`` is its 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise ValueError(f"an Ed25519 key has 32 bytes, not {len(self.raw)}")

    @classmethod
    def from_line(cls, text: str) -> "PublicKey":
        """Parse ``ssh-ed25519 <base64>[ comment]``, a line of a ``.pub`` file.

        Raises:
            FormatError: ``key-type`` for a key that is not Ed25519, else ``key-line``.
        """
        type_, _, rest = text.partition(" ")
        if type_ != KEY_TYPE.decode():
            raise FormatError("key-type" if _OTHER_TYPE.match(text) else "key-line")
        encoded = rest.partition(" ")[0]
        try:
            blob = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise FormatError("key-line") from error
        if base64.b64encode(blob).decode() != encoded or "\n" in text or "\r" in text:
            raise FormatError("key-line")
        return cls.from_blob(blob)

    @classmethod
    def from_blob(cls, blob: bytes) -> "PublicKey":
        """Parse the wire form: type and key, each with its length.

        Raises:
            FormatError: ``key-line``.
        """
        if len(blob) != len(_PREFIX) + 32 or not blob.startswith(_PREFIX):
            raise FormatError("key-line")
        return cls(blob[len(_PREFIX) :])

    @property
    def blob(self) -> bytes:
        """The wire form."""
        return _PREFIX + self.raw

    @property
    def line(self) -> str:
        """``ssh-ed25519 <base64>``, without a comment."""
        return f"{KEY_TYPE.decode()} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -lf`` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


class Signer(Protocol):
    """Somebody who can sign: a key file, an agent, a token."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies what ``sign`` makes."""

    def sign(self, data: bytes) -> bytes:
        """The raw Ed25519 signature of ``data``, 64 bytes."""


def fingerprint(text: str) -> str:
    """A fingerprint as a person gave it, without the white space around it.

    Raises:
        FormatError: ``fingerprint``, with what was given.
    """
    found = text.strip()
    if not _FINGERPRINT.fullmatch(found):
        raise FormatError("fingerprint", found=ascii(found)[1:-1][:80])
    return found
