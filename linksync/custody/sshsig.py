"""OpenSSH signatures (SSHSIG), made and verified in-process, strictly (format 1, "Signatures").

Stricter than OpenSSH: wherever linksync accepts, ``ssh-keygen -Y verify`` does too. Exact armour, version 1, an empty
reserved field, SHA-256 or SHA-512, Ed25519 only, no trailing bytes. Whether a key may sign is not decided here.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from linksync.custody.keys import KEY_TYPE, PublicKey, Signer
from linksync.errors import FormatError

BYTES_MAX = 4096
MAGIC = b"SSHSIG"
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_COLUMNS = 70
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What an armoured signature says: who, for what, over which hash. ``raw`` is 64 bytes."""

    public: PublicKey
    namespace: str
    hash_name: str
    raw: bytes


def sign(message: bytes, *, namespace: str, signer: Signer) -> bytes:
    """Sign ``message``: the armour, to the byte what ``ssh-keygen -Y sign`` writes."""
    space = namespace.encode("ascii")
    raw = signer.sign(_signed_bytes(message, space, "sha512"))
    signature = Signature(public=signer.public, namespace=namespace, hash_name="sha512", raw=raw)
    return _armour(_blob(signature))


def check(message: bytes, signature: Signature) -> bool:
    """Whether the signature is over ``message``, by the key that it names."""
    data = _signed_bytes(message, signature.namespace.encode("ascii"), signature.hash_name)
    try:
        Ed25519PublicKey.from_public_bytes(signature.public.raw).verify(signature.raw, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def parse(armour: bytes) -> Signature:
    """Read an armoured signature strictly.

    Raises:
        FormatError: ``signature-armour``, ``signature-size`` or ``signature-blob``.
    """
    if len(armour) > BYTES_MAX:
        raise FormatError("signature-size")
    if not (armour.startswith(_BEGIN) and armour.endswith(_END)):
        raise FormatError("signature-armour")
    body = armour[len(_BEGIN) : -len(_END)].replace(b"\n", b"")
    try:
        blob = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError("signature-armour") from error
    if _armour(blob) != armour:
        raise FormatError("signature-armour")
    return _parse_blob(blob)


def could_be_torn(armour: bytes) -> bool:
    """Whether this is what a write that was cut off leaves: nothing, NULs, or the start of an armour."""
    kept = armour.rstrip(b"\0")
    if len(kept) <= len(_BEGIN):
        return _BEGIN.startswith(kept)
    if not kept.startswith(_BEGIN) or kept.endswith(_END):
        return False
    *whole, last = kept[len(_BEGIN) :].split(b"\n")
    if whole and (_END.startswith(last) or not last) and whole[-1:]:
        whole = whole[:-1] if len(whole[-1]) < _COLUMNS else whole
    elif len(last) > _COLUMNS or not _is_base64(last):
        return False
    return all(len(line) == _COLUMNS and _is_base64(line) for line in whole)


def _is_base64(line: bytes) -> bool:
    return all(c in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=" for c in line)


def _signed_bytes(message: bytes, namespace: bytes, hash_name: str) -> bytes:
    digest = _HASHES[hash_name](message).digest()
    return MAGIC + b"".join(map(_string, (namespace, b"", hash_name.encode(), digest)))


def _blob(signature: Signature) -> bytes:
    inner = _string(KEY_TYPE) + _string(signature.raw)
    fields = (signature.public.blob, signature.namespace.encode(), b"", signature.hash_name.encode(), inner)
    return MAGIC + (1).to_bytes(4, "big") + b"".join(map(_string, fields))


def _armour(blob: bytes) -> bytes:
    body = base64.b64encode(blob)
    lines = [body[at : at + _COLUMNS] + b"\n" for at in range(0, len(body), _COLUMNS)]
    return _BEGIN + b"".join(lines) + _END


def _parse_blob(blob: bytes) -> Signature:
    head = MAGIC + (1).to_bytes(4, "big")
    if not blob.startswith(head):
        raise FormatError("signature-blob")
    fields, rest = _strings(blob[len(head) :], 5)
    public, namespace, reserved, hash_name, inner = fields
    type_and_raw, inner_rest = _strings(inner, 2)
    sound = not rest and not inner_rest and not reserved and type_and_raw[0] == KEY_TYPE
    printable = 0 < len(namespace) <= 200 and all(0x21 <= c <= 0x7E for c in namespace)
    if not sound or not printable or len(type_and_raw[1]) != 64 or hash_name.decode("latin-1") not in _HASHES:
        raise FormatError("signature-blob")
    try:
        key = PublicKey.from_blob(public)
    except FormatError as error:
        raise FormatError("signature-blob") from error
    return Signature(
        public=key, namespace=namespace.decode("ascii"), hash_name=hash_name.decode("ascii"), raw=type_and_raw[1]
    )


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _strings(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    found = []
    for _ in range(count):
        size = int.from_bytes(data[:4], "big")
        if len(data) < 4 + size:
            raise FormatError("signature-blob")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    return found, data
