"""Whether an encrypted PDF asks for a password: many only forbid printing, and open for everybody with an empty one.

Those are read as everybody reads them. Specification: ISO 32000-1, 7.6.2 (algorithm 1) and 7.6.3 (the standard security
handler), algorithms 2, 4 and 5; ISO 32000-2, algorithms 1.A, 2.A and 2.B. Of handlers of others it is said that they
ask.
"""

import hashlib
import re
from dataclasses import dataclass

from linksync.knowledge.sample import Sample

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_NUMBER = {name: re.compile(rb"/" + name + rb"\s+(-?\d{1,11})\b") for name in (b"R", b"P", b"Length", b"V")}
_STRING = {name: re.compile(rb"/" + name + rb"\s*(\(|<(?!<))") for name in (b"O", b"U", b"UE", b"ID")}
_ID = re.compile(rb"/ID\s*\[\s*(\(|<)")
_RC4_MAX = 4 << 20
_ESCAPES = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("f"): 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What an encrypted PDF is locked with that an empty password opens.

    Attributes:
        key: of the whole file.
        aes: whether it is used with AES; else with RC4.
        whole: whether every object has that key; else each has one of its own.
    """

    key: bytes
    aes: bool
    whole: bool

    def opened(self, data: bytes, number: int, generation: int) -> bytes:
        """The stream of an object; empty where it cannot be opened."""
        key = self.key
        if not self.whole:
            told = key + number.to_bytes(5, "little")[:3] + generation.to_bytes(4, "little")[:2]
            key = hashlib.md5(told + (b"sAlT" if self.aes else b"")).digest()[: min(len(key) + 5, 16)]  # noqa: S324
        if not self.aes:
            return _rc4(key, data) if len(data) <= _RC4_MAX else b""
        return _aes(key, data[:16], data[16 : len(data) // 16 * 16]) if len(data) >= 32 else b""


def lock_of(sample: Sample, trailer: bytes, encrypt: "re.Match[bytes]") -> Lock | None:
    """What opens it.

    Args:
        sample: the file.
        trailer: the bytes around its trailer.
        encrypt: the match of ``/Encrypt``; group 1 is the number of an object, or the dictionary stands there itself.

    Returns:
        ``None`` unless an empty password was tried and opens it.
    """
    dictionary = _object(sample, int(encrypt[1])) if encrypt[1] else trailer
    revision = _number(dictionary, b"R")
    user, owner = _string(dictionary, _STRING[b"U"]), _string(dictionary, _STRING[b"O"])
    if b"/Standard" not in dictionary or not user or not owner:
        return None
    if revision in (5, 6):
        if _digest(revision, user[32:40]) != user[:32]:
            return None
        held = _string(dictionary, _STRING[b"UE"])[:32]
        key = _aes(_digest(revision, user[40:48]), bytes(16), held) if len(held) == 32 else b""
        return Lock(key=key, aes=True, whole=True) if key else None
    if revision not in (2, 3, 4):
        return None
    key = _key(dictionary, revision, owner, _string(trailer, _ID))
    if _user(key, revision, _string(trailer, _ID)) != user[: 32 if revision == 2 else 16]:
        return None
    return Lock(key=key, aes=b"/AESV2" in dictionary, whole=False)


def _digest(revision: int, salt: bytes) -> bytes:
    digest = hashlib.sha256(salt).digest()
    return _hardened(digest) if revision == 6 else digest


def _object(sample: Sample, number: int) -> bytes:
    """The bytes of an object, found by its heading; the dictionary of a cipher is never packed."""
    heading = re.compile(rb"(?<!\d)%d\s+\d{1,5}\s+obj\b" % number)
    for offset in (max(0, sample.size - (256 << 10)), 0):
        body = sample.at(offset, 4 << 20)
        found = heading.search(body)
        if found:
            return body[found.end() : found.end() + 4096].partition(b"endobj")[0]
    return b""


def _number(dictionary: bytes, name: bytes) -> int:
    found = _NUMBER[name].search(dictionary)
    return int(found[1]) if found else 0


def _string(dictionary: bytes, begin: "re.Pattern[bytes]") -> bytes:
    """A string of PDF, written in hexadecimal or between brackets."""
    found = begin.search(dictionary)
    if found is None:
        return b""
    if found[1] == b"<":
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", dictionary[found.end() : found.end() + 1024].partition(b">")[0])
        return bytes.fromhex(digits.decode("ascii") + "0" * (len(digits) % 2))
    return _between_brackets(dictionary[found.end() : found.end() + 1024])


def _between_brackets(rest: bytes) -> bytes:
    out, depth, at = bytearray(), 1, 0
    while at < len(rest):
        byte = rest[at]
        at += 1
        if byte == ord("\\") and at < len(rest):
            octal = re.match(rb"[0-7]{1,3}", rest[at : at + 3])
            out.append(int(octal[0], 8) & 255 if octal else _ESCAPES.get(rest[at], rest[at]))
            at += len(octal[0]) if octal else 1
            continue
        depth += (byte == ord("(")) - (byte == ord(")"))
        if not depth:
            break
        out.append(byte)
    return bytes(out)


def _key(dictionary: bytes, revision: int, owner: bytes, first_id: bytes) -> bytes:
    """Algorithm 2 with an empty password."""
    length = 5 if revision == 2 else max(5, min(16, (_number(dictionary, b"Length") or 40) // 8))
    if _number(dictionary, b"V") == 4:
        length = 16
    permissions = (_number(dictionary, b"P") & 0xFFFFFFFF).to_bytes(4, "little")
    plain = revision == 4 and re.search(rb"/EncryptMetadata\s+false", dictionary)
    digest = hashlib.md5(_PADDING + owner[:32] + permissions + first_id + (b"\xff" * 4 if plain else b""))  # noqa: S324
    key = digest.digest()[:length]
    for _ in range(50 if revision > 2 else 0):
        key = hashlib.md5(key).digest()[:length]  # noqa: S324
    return key


def _hardened(key: bytes) -> bytes:
    """Algorithm 2.B with an empty password: at least 64 rounds, as many as their own outcome asks; 500 are never."""
    for turn in range(500):
        mixed = _aes(key[:16], key[16:32], key * 64, encrypting=True)
        key = hashlib.new(("sha256", "sha384", "sha512")[sum(mixed[:16]) % 3], mixed).digest()
        if turn >= 63 and mixed[-1] <= turn + 1 - 32:
            break
    return key[:32]


def _aes(key: bytes, begin: bytes, data: bytes, *, encrypting: bool = False) -> bytes:
    # where it is used: it takes a third of the time in which a limited process is ready
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    cipher = Cipher(algorithms.AES(key), modes.CBC(begin))
    return (cipher.encryptor() if encrypting else cipher.decryptor()).update(data)


def _user(key: bytes, revision: int, first_id: bytes) -> bytes:
    """Algorithms 4 and 5: what ``/U`` is when the password is empty."""
    if revision == 2:
        return _rc4(key, _PADDING)
    value = _rc4(key, hashlib.md5(_PADDING + first_id).digest())  # noqa: S324
    for turn in range(1, 20):
        value = _rc4(bytes(byte ^ turn for byte in key), value)
    return value


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)
