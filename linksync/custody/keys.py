"""SSH public keys, Ed25519 alone, and what it takes to be a signer (format 1, "Keys").

A ``PublicKey`` that was read is in its canonical form, of this one type, and none of the few points of small order,
with which anyone can sign. Whether it may sign anything is for ``signers`` and ``roster`` to say.

``string``, ``take_string`` and ``strings`` are the wire encoding that all of SSH is made of: a length in four bytes,
big end first, then the bytes.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Protocol, Self

from linksync.errors import FormatError

KEY_TYPE = "ssh-ed25519"
RAW_LENGTH = 32
SIGNATURE_LENGTH = 64

LINE_MAX = 8192
"""Characters in a public key's line: more than any type of key and its comment need."""

_LINE = re.compile(r"ssh-ed25519 ([A-Za-z0-9+/]{68})(?: .*)?")
_OTHER_TYPE = re.compile(r"((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]{1,60}) AAAA")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FINGERPRINT = re.compile(r"SHA256:([A-Za-z0-9+/]{43})")

_PRIME = 2**255 - 19
_ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_SMALL_ORDER = frozenset({0, 1, _PRIME - 1, _ORDER_8, _PRIME - _ORDER_8})
"""The y coordinates of the curve's eight points of small order."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key.

    Attributes:
        raw: the 32 bytes of the key.
    """

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != RAW_LENGTH:
            raise ValueError(f"an Ed25519 public key has {RAW_LENGTH} bytes, not {len(self.raw)}")

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Read ``ssh-ed25519 <base64>[ comment]``, as a ``.pub`` file holds it, without its line end.

        Args:
            line: base64 in its canonical form; the comment may be anything that does not control a screen.

        Raises:
            FormatError: ``key-is-private`` for the start of a private key, ``key-other-type`` (``kind``) for a key of
                another type, ``key-line`` for anything else that is not such a line; and those of ``from_blob``.
        """
        if line.startswith("-----BEGIN ") and "PRIVATE KEY" in line[:64]:
            raise FormatError("key-is-private")
        other = _OTHER_TYPE.match(line)
        if other and other[1] != KEY_TYPE:
            raise FormatError("key-other-type", kind=other[1])
        match = _LINE.fullmatch(line)
        if match is None or len(line) > LINE_MAX or _CONTROLS.search(line):
            raise FormatError("key-line")
        return cls.from_blob(base64.b64decode(match[1]))

    @classmethod
    def from_blob(cls, blob: bytes) -> Self:
        """Read a key in its wire encoding.

        Args:
            blob: a string with the type, a string with the 32 bytes, and nothing after.

        Raises:
            FormatError: ``key-other-type`` (``kind``), ``key-blob`` for what is not a key, or ``key-weak`` for one with
                which anyone can sign.
        """
        try:
            kind, *fields = strings(blob)
        except ValueError:
            raise FormatError("key-blob") from None
        if kind != KEY_TYPE.encode():
            raise FormatError("key-other-type", kind=ascii(kind[:64])[2:-1])
        if len(fields) != 1 or len(fields[0]) != RAW_LENGTH:
            raise FormatError("key-blob")
        if _is_weak(fields[0]):
            raise FormatError("key-weak")
        return cls(fields[0])

    @property
    def blob(self) -> bytes:
        """The wire encoding, 51 bytes."""
        return string(KEY_TYPE.encode()) + string(self.raw)

    @property
    def line(self) -> str:
        """``ssh-ed25519 AAAA…``, without a comment."""
        return f"{KEY_TYPE} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:`` and 43 characters, as ``ssh-keygen -l`` prints it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"


class Signer(Protocol):
    """Who holds a private key: a key file, an agent. Passed in; custody never looks for one."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies what ``sign`` makes."""

    def sign(self, data: bytes) -> bytes:
        """The raw Ed25519 signature over exactly ``data``, 64 bytes. May ask a person, or fail."""


def fingerprint(text: str) -> str:
    """Read a fingerprint that a person typed or pasted (format 1, "Keys").

    Args:
        text: ``SHA256:`` and 43 characters of base64; white space around it is allowed.

    Returns:
        The fingerprint alone.

    Raises:
        FormatError: ``fingerprint`` (``given``): a character too many, too few, or one that no fingerprint can end in.
    """
    stripped = text.strip()
    match = _FINGERPRINT.fullmatch(stripped)
    if match is None or base64.b64encode(base64.b64decode(f"{match[1]}=")) != f"{match[1]}=".encode():
        raise FormatError("fingerprint", given=ascii(stripped[:100])[1:-1])
    return stripped


def string(data: bytes) -> bytes:
    """``data`` in the wire encoding: its length, then itself."""
    return len(data).to_bytes(4, "big") + data


def take_string(data: bytes) -> tuple[bytes, bytes]:
    """The string that ``data`` starts with, and what follows it.

    Raises:
        ValueError: ``data`` is shorter than it says.
    """
    end = 4 + int.from_bytes(data[:4], "big")
    if len(data) < 4 or len(data) < end:
        raise ValueError(f"a string of {end} bytes in {len(data)}")
    return data[4:end], data[end:]


def strings(data: bytes) -> tuple[bytes, ...]:
    """The strings that ``data`` consists of, at least one, with nothing after them.

    Raises:
        ValueError: it does not consist of strings.
    """
    first, rest = take_string(data)
    found = [first]
    while rest:
        field, rest = take_string(rest)
        found.append(field)
    return tuple(found)


def _is_weak(raw: bytes) -> bool:
    """Whether a key is a point of small order, in whatever spelling: its top bit is the sign of x."""
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    return y % _PRIME in _SMALL_ORDER
