"""OpenSSH signatures, as ``ssh-keygen -Y`` makes and verifies them, and stricter (format 1, "Signatures").

What is signed is not the message but what names its purpose, the namespace, and its digest; so a signature for one
purpose cannot serve another. That, and what the armour holds in base64::

    "SSHSIG" | string namespace | string "" | string hash name | string H(message)

    "SSHSIG" | 1 as four bytes | string key | string namespace | string "" | string hash name | string signature

There is one spelling of each signature: what ``parse`` takes is to the byte what ``ssh-keygen`` would write. Whatever
is accepted here, ``ssh-keygen -Y verify`` accepts; not the other way round. Who may sign what is in ``signers``.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from linksync.custody.keys import KEY_TYPE, SIGNATURE_LENGTH, PublicKey, Signer, string, strings
from linksync.errors import FormatError, TrustError

BYTES_MAX = 4096
"""Bytes in an armoured signature (format 1, "Bounds")."""

SIGNS_WITH = "sha512"
HASHES = frozenset({"sha256", "sha512"})

_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_HEAD = b"-----BEGIN SSH SIGNATURE-----\n"
_FOOT = b"-----END SSH SIGNATURE-----\n"
_COLUMNS = 70
_NAMESPACE = re.compile(r"[!-~]{1,255}")

_ALWAYS = _MAGIC + _VERSION + string(bytes(51))[:4] + string(KEY_TYPE.encode()) + string(bytes(32))[:4]
"""What every signature by an Ed25519 key starts with: 33 bytes, so 44 whole characters of base64."""
_OPENING = _HEAD + base64.b64encode(_ALWAYS)
_BEGUN_BODY = re.compile(rb"(?:[A-Za-z0-9+/]{70}\n)*(?:[A-Za-z0-9+/=]{1,70}\n?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that could be read; nothing says yet that it holds, or for whom.

    Attributes:
        public: the key that it says made it.
        namespace: what it was made for; 1 to 255 visible ASCII characters.
        hash_name: ``sha256`` or ``sha512``.
        raw: the Ed25519 signature, 64 bytes.
    """

    public: PublicKey
    namespace: str
    hash_name: str
    raw: bytes

    def __post_init__(self) -> None:
        _require_namespace(self.namespace)
        if self.hash_name not in HASHES or len(self.raw) != SIGNATURE_LENGTH:
            raise ValueError(f"no signature of {len(self.raw)} bytes over {self.hash_name}")

    def to_bytes(self) -> bytes:
        """The armour, as ``ssh-keygen -Y sign`` writes it."""
        fields = (
            self.public.blob,
            self.namespace.encode(),
            b"",
            self.hash_name.encode(),
            string(KEY_TYPE.encode()) + string(self.raw),
        )
        return _armour(_MAGIC + _VERSION + b"".join(map(string, fields)))


def sign(message: bytes, *, namespace: str, signer: Signer) -> bytes:
    """Sign ``message``; to the byte what ``ssh-keygen -Y sign -n namespace`` gives with the same key.

    Args:
        message: any bytes; hashed with SHA-512.
        namespace: what the signature is for; 1 to 255 visible ASCII characters.
        signer: makes the raw signature.

    Returns:
        The armour, ending in a line feed.

    Raises:
        TrustError: ``signer-wrong`` (``key``): what the signer made does not verify with the key it says it has.
    """
    _require_namespace(namespace)
    raw = signer.sign(_signed_data(message, namespace, SIGNS_WITH))
    public = signer.public
    if len(raw) != SIGNATURE_LENGTH:
        raise TrustError("signer-wrong", key=public.fingerprint)
    signature = Signature(public=public, namespace=namespace, hash_name=SIGNS_WITH, raw=raw)
    if not check(message, signature):
        raise TrustError("signer-wrong", key=public.fingerprint)
    return signature.to_bytes()


def parse(armour: bytes) -> Signature:
    """Read an armoured signature strictly; ``parse(armour).to_bytes() == armour``.

    Args:
        armour: at most 4,096 bytes.

    Raises:
        FormatError: ``signature-too-large`` (``size``, ``most``), ``signature-armour``, ``signature-structure``,
            ``signature-version``, ``signature-reserved``, ``signature-hash``, ``signature-namespace``,
            ``signature-value``; and those of ``PublicKey.from_blob``.
    """
    if len(armour) > BYTES_MAX:
        raise FormatError("signature-too-large", size=len(armour), most=BYTES_MAX)
    blob = _unarmoured(armour)
    if blob[: len(_MAGIC)] != _MAGIC:
        raise FormatError("signature-structure")
    if blob[len(_MAGIC) : len(_MAGIC) + 4] != _VERSION:
        raise FormatError("signature-version")
    key, namespace, reserved, hash_name, value = _fields(blob[len(_MAGIC) + 4 :])
    if reserved:
        raise FormatError("signature-reserved")
    return Signature(
        public=PublicKey.from_blob(key),
        namespace=_namespace(namespace),
        hash_name=_hash_name(hash_name),
        raw=_raw(value),
    )


def check(message: bytes, signature: Signature) -> bool:
    """Whether the signature is over ``message`` by the key it names: cryptography alone.

    That it was made for the purpose at hand (``signature.namespace``) and that the key may do that
    (``AllowedSigners.holds``) are the caller's to ask.
    """
    data = _signed_data(message, signature.namespace, signature.hash_name)
    try:
        Ed25519PublicKey.from_public_bytes(signature.public.raw).verify(signature.raw, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def could_be_torn(armour: bytes) -> bool:
    """Whether these bytes can be what stayed of a signature that was being written (format 1, "Torn folders").

    True for no bytes, for NULs alone, and for the start of an armoured Ed25519 signature, cut off before its last byte,
    with or without NULs after it. False for a whole one, damaged or not.
    """
    begun = armour.rstrip(b"\0")
    if len(begun) <= len(_OPENING):
        return _OPENING.startswith(begun)
    if len(begun) >= BYTES_MAX or not begun.startswith(_OPENING):
        return False
    body, dash, rest = begun[len(_HEAD) :].partition(b"-")
    foot = dash + rest
    if foot and not body.endswith(b"\n"):
        return False
    return _BEGUN_BODY.fullmatch(body) is not None and foot != _FOOT and _FOOT.startswith(foot)


def _signed_data(message: bytes, namespace: str, hash_name: str) -> bytes:
    digest = hashlib.new(hash_name, message).digest()
    return _MAGIC + b"".join(map(string, (namespace.encode(), b"", hash_name.encode(), digest)))


def _armour(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[at : at + _COLUMNS] + b"\n" for at in range(0, len(text), _COLUMNS)]
    return b"".join([_HEAD, *lines, _FOOT])


def _unarmoured(armour: bytes) -> bytes:
    if not (armour.startswith(_HEAD) and armour.endswith(_FOOT)):
        raise FormatError("signature-armour")
    try:
        blob = base64.b64decode(armour[len(_HEAD) : -len(_FOOT)].replace(b"\n", b""), validate=True)
    except ValueError:
        raise FormatError("signature-armour") from None
    if _armour(blob) != armour:
        raise FormatError("signature-armour")
    return blob


def _fields(data: bytes) -> tuple[bytes, ...]:
    try:
        fields = strings(data)
    except ValueError:
        raise FormatError("signature-structure") from None
    if len(fields) != 5:
        raise FormatError("signature-structure")
    return fields


def _namespace(field: bytes) -> str:
    namespace = field.decode("latin-1")
    if _NAMESPACE.fullmatch(namespace) is None:
        raise FormatError("signature-namespace")
    return namespace


def _hash_name(field: bytes) -> str:
    name = field.decode("latin-1")
    if name not in HASHES:
        raise FormatError("signature-hash", given=ascii(name[:32])[1:-1])
    return name


def _raw(field: bytes) -> bytes:
    try:
        kind, *values = strings(field)
    except ValueError:
        raise FormatError("signature-value") from None
    if kind != KEY_TYPE.encode() or len(values) != 1 or len(values[0]) != SIGNATURE_LENGTH:
        raise FormatError("signature-value")
    return values[0]


def _require_namespace(namespace: str) -> None:
    if _NAMESPACE.fullmatch(namespace) is None:
        raise ValueError(f"no namespace: {namespace!r}")
