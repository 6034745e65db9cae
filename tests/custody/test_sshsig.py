"""OpenSSH signatures: to the byte those of ssh-keygen, and nothing accepted that ssh-keygen refuses."""

import base64
import hashlib
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from media import need

from linksync.custody import sshsig
from linksync.custody.keys import PublicKey, string
from linksync.custody.signers import AllowedSigner, AllowedSigners
from linksync.custody.sshsig import Signature, check, could_be_torn, parse, sign
from linksync.errors import FormatError, TrustError

HANDOFF = "linksync-handoff-v1"
MESSAGE = b"0123456789abcdef  linksync/handoffs/000007-gemeente-assen/handoff.yaml\n"
HEAD, FOOT = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"
ORDER = 2**252 + 27742317777372353535851937790883648493
PRIME = 2**255 - 19
ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")


@dataclass(frozen=True, slots=True)
class Hand:
    """A signer in memory, its key made from its name."""

    name: str

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.name.encode()).digest())

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.private.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)

    def write(self, folder: Path) -> Path:
        path = folder / f"{self.name}.key"
        path.touch(mode=0o600)
        path.write_bytes(
            self.private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
            )
        )
        return path


ASSEN = Hand("gemeente-assen")
GOOD = sign(MESSAGE, namespace=HANDOFF, signer=ASSEN)


def ssh_keygen(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([need("ssh-keygen"), *map(str, arguments)], input=given, capture_output=True)


def blob_of(armour: bytes) -> bytes:
    return base64.b64decode(armour.replace(HEAD, b"").replace(FOOT, b""))


def fields_of(armour: bytes) -> list[bytes]:
    """Key, namespace, reserved, hash name and value, read by other means than those under test."""
    blob = blob_of(armour)[10:]
    fields = []
    while blob:
        length = int.from_bytes(blob[:4], "big")
        fields.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    return fields


def wrapped(blob: bytes, columns: int = 70) -> bytes:
    text = base64.b64encode(blob)
    return HEAD + b"".join(text[at : at + columns] + b"\n" for at in range(0, len(text), columns)) + FOOT


def built(fields: list[bytes], *, magic: bytes = b"SSHSIG", version: int = 1, after: bytes = b"") -> bytes:
    return wrapped(magic + version.to_bytes(4, "big") + b"".join(map(string, fields)) + after)


def signed_as(hand: Hand, message: bytes, namespace: str, hash_name: str, digest: str = "") -> bytes:
    """A signature over any hash, made by hand; ``digest`` is what is really computed."""
    hashed = hashlib.new(digest or hash_name, message).digest()
    data = b"SSHSIG" + b"".join(map(string, (namespace.encode(), b"", hash_name.encode(), hashed)))
    value = string(b"ssh-ed25519") + string(hand.sign(data))
    return built([hand.public.blob, namespace.encode(), b"", hash_name.encode(), value])


def slug_of(armour: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        parse(armour)
    return caught.value.slug


# Both ways with ssh-keygen.


@pytest.mark.parametrize("message", [b"", b"x", MESSAGE, bytes(range(256)) * 500, b"a\r\nb\n"])
@pytest.mark.parametrize("namespace", ["linksync-relay-v1", HANDOFF, *("n" * length for length in range(37, 42))])
def test_signatures_are_to_the_byte_those_of_ssh_keygen(tmp_path: Path, message: bytes, namespace: str) -> None:
    theirs = ssh_keygen("-Y", "sign", "-q", "-f", ASSEN.write(tmp_path), "-n", namespace, given=message).stdout
    assert sign(message, namespace=namespace, signer=ASSEN) == theirs
    parsed = parse(theirs)
    assert parsed.to_bytes() == theirs
    assert (parsed.public, parsed.namespace, parsed.hash_name) == (ASSEN.public, namespace, "sha512")
    assert check(message, parsed)


def test_signatures_of_ssh_keygen_over_sha256_are_taken(tmp_path: Path) -> None:
    key = ASSEN.write(tmp_path)
    theirs = ssh_keygen("-Y", "sign", "-q", "-O", "hashalg=sha256", "-f", key, "-n", HANDOFF, given=MESSAGE).stdout
    assert theirs == signed_as(ASSEN, MESSAGE, HANDOFF, "sha256")
    assert parse(theirs).hash_name == "sha256"
    assert check(MESSAGE, parse(theirs))


def test_ssh_keygen_verifies_what_linksync_signed(tmp_path: Path) -> None:
    assert Case().ssh_keygen_accepts(tmp_path)


def test_ssh_keygen_finds_who_signed(tmp_path: Path) -> None:
    (tmp_path / "allowed").write_bytes(SIGNERS)
    (tmp_path / "sig").write_bytes(GOOD)
    found = ssh_keygen("-Y", "find-principals", "-f", tmp_path / "allowed", "-s", tmp_path / "sig")
    assert found.stdout.decode().split() == list(AllowedSigners.from_bytes(SIGNERS).who(HANDOFF, ASSEN.public))


# Signing and checking.


@given(st.binary(max_size=300), st.from_regex(r"[!-~]{1,255}", fullmatch=True), st.sampled_from(["sha256", "sha512"]))
@settings(max_examples=50)
def test_what_is_parsed_prints_as_it_came(message: bytes, namespace: str, hash_name: str) -> None:
    armour = signed_as(ASSEN, message, namespace, hash_name)
    parsed = parse(armour)
    assert parsed.to_bytes() == armour
    assert check(message, parsed)
    assert not check(message + b"\n", parsed)
    assert not check(message, replace(parsed, namespace=namespace[:-1] + "~~"))


@pytest.mark.parametrize("namespace", ["", "a b", "é", "a\n", "a\0", 256 * "a"])
def test_a_namespace_that_no_signature_can_carry_is_the_callers_mistake(namespace: str) -> None:
    with pytest.raises(ValueError, match="no namespace"):
        sign(MESSAGE, namespace=namespace, signer=ASSEN)


@dataclass(frozen=True, slots=True)
class Wrong:
    """An agent that signs with another key, or gives something that is no signature."""

    answer: bytes
    public: PublicKey = ASSEN.public

    def sign(self, data: bytes) -> bytes:
        return self.answer or Hand("another").sign(data)


@pytest.mark.parametrize("answer", [b"", b"x", bytes(64), bytes(65)])
def test_a_signer_that_signs_wrongly_is_found_out_before_it_is_believed(answer: bytes) -> None:
    with pytest.raises(TrustError) as caught:
        sign(MESSAGE, namespace=HANDOFF, signer=Wrong(answer))
    assert caught.value.slug == "signer-wrong"


def test_a_key_that_is_no_point_of_the_curve_verifies_nothing() -> None:
    signature = parse(GOOD)
    for number in range(2, 12):
        assert not check(MESSAGE, replace(signature, public=PublicKey(number.to_bytes(32, "little"))))


@pytest.mark.parametrize("y", [0, 1, PRIME - 1, ORDER_8, PRIME - ORDER_8])
def test_with_a_weak_key_anyone_can_sign_and_so_it_is_refused(y: int) -> None:
    raw = y.to_bytes(32, "little")
    forged = Signature(public=PublicKey(raw), namespace=HANDOFF, hash_name="sha512", raw=b"\1" + bytes(63))
    assert any(check(bytes([n]), forged) for n in range(256))
    assert slug_of(forged.to_bytes()) == "key-weak"


@pytest.mark.parametrize("changed", [{"namespace": ""}, {"hash_name": "md5"}, {"raw": bytes(63)}])
def test_a_signature_of_nonsense_cannot_be_made(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no "):
        replace(parse(GOOD), **changed)  # type: ignore[arg-type]


# Strictness.

KEY, SPACE, RESERVED, HASH, VALUE = range(5)


def changed(place: int, field: bytes) -> bytes:
    fields = fields_of(GOOD)
    fields[place] = field
    return built(fields)


def value(kind: bytes = b"ssh-ed25519", raw: bytes = bytes(64), after: bytes = b"") -> bytes:
    return string(kind) + string(raw) + after


BLOB = blob_of(GOOD)
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "signature-armour"),
    "too large": (GOOD + 4096 * b"\n", "signature-too-large"),
    "leading text": (b"hello\n" + GOOD, "signature-armour"),
    "trailing text": (GOOD + b"hello\n", "signature-armour"),
    "a trailing line feed": (GOOD + b"\n", "signature-armour"),
    "a trailing NUL": (GOOD + b"\0", "signature-armour"),
    "a leading space": (b" " + GOOD, "signature-armour"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "signature-armour"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "signature-armour"),
    "CRLF": (GOOD.replace(b"\n", b"\r\n"), "signature-armour"),
    "CR": (GOOD.replace(b"\n", b"\r"), "signature-armour"),
    "one line": (wrapped(BLOB, 10_000), "signature-armour"),
    "76 columns": (wrapped(BLOB, 76), "signature-armour"),
    "69 columns": (wrapped(BLOB, 69), "signature-armour"),
    "an empty line": (GOOD.replace(FOOT, b"\n" + FOOT), "signature-armour"),
    "a space at a line's end": (GOOD.replace(b"\n", b" \n", 2), "signature-armour"),
    "lower-case armour": (GOOD.replace(b"BEGIN SSH", b"begin ssh"), "signature-armour"),
    "another armour": (GOOD.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"), "signature-armour"),
    "more padding": (GOOD.replace(b"\n-----END", b"=\n-----END"), "signature-armour"),
    "a head alone": (HEAD, "signature-armour"),
    "a foot alone": (FOOT, "signature-armour"),
    "nothing inside": (HEAD + FOOT, "signature-structure"),
    "twice": (GOOD + GOOD, "signature-armour"),
    "another magic": (built(fields_of(GOOD), magic=b"SSHSIH"), "signature-structure"),
    "version 0": (built(fields_of(GOOD), version=0), "signature-version"),
    "version 2": (built(fields_of(GOOD), version=2), "signature-version"),
    "a trailing byte": (built(fields_of(GOOD), after=b"\0"), "signature-structure"),
    "a trailing field": (built([*fields_of(GOOD), b""]), "signature-structure"),
    "a field too few": (built(fields_of(GOOD)[:4]), "signature-structure"),
    "a field that is cut off": (wrapped(BLOB[:-1]), "signature-structure"),
    "a length that overflows": (wrapped(BLOB[:10] + b"\xff\xff\xff\xff" + BLOB[14:]), "signature-structure"),
    "reserved bytes": (changed(RESERVED, b"x"), "signature-reserved"),
    "no namespace": (changed(SPACE, b""), "signature-namespace"),
    "a namespace with a NUL": (changed(SPACE, HANDOFF.encode() + b"\0"), "signature-namespace"),
    "a namespace with a space": (changed(SPACE, b"a b"), "signature-namespace"),
    "a namespace outside ASCII": (changed(SPACE, "é".encode()), "signature-namespace"),
    "a namespace that is too long": (changed(SPACE, 256 * b"a"), "signature-namespace"),
    "SHA512": (changed(HASH, b"SHA512"), "signature-hash"),
    "sha1": (signed_as(ASSEN, MESSAGE, HANDOFF, "sha1"), "signature-hash"),
    "md5": (signed_as(ASSEN, MESSAGE, HANDOFF, "md5"), "signature-hash"),
    "sha384": (signed_as(ASSEN, MESSAGE, HANDOFF, "sha384"), "signature-hash"),
    "a hash with a NUL": (signed_as(ASSEN, MESSAGE, HANDOFF, "sha512\0", "sha512"), "signature-hash"),
    "no hash": (changed(HASH, b""), "signature-hash"),
    "an empty key": (changed(KEY, b""), "key-blob"),
    "a key of 31 bytes": (changed(KEY, string(b"ssh-ed25519") + string(bytes(31))), "key-blob"),
    "a key of 33 bytes": (changed(KEY, string(b"ssh-ed25519") + string(bytes(33))), "key-blob"),
    "a key with a trailing byte": (changed(KEY, ASSEN.public.blob + b"\0"), "key-blob"),
    "an RSA key": (changed(KEY, string(b"ssh-rsa") + string(b"\1\0\1") + string(bytes(64))), "key-other-type"),
    "a hardware key": (changed(KEY, string(b"sk-ssh-ed25519@openssh.com") + string(bytes(32))), "key-other-type"),
    "an empty value": (changed(VALUE, b""), "signature-value"),
    "an RSA value": (changed(VALUE, value(b"rsa-sha2-512")), "signature-value"),
    "a value of 63 bytes": (changed(VALUE, value(raw=bytes(63))), "signature-value"),
    "a value of 65 bytes": (changed(VALUE, value(raw=bytes(65))), "signature-value"),
    "a value with a trailing byte": (changed(VALUE, value(after=b"\0")), "signature-value"),
    "a value with a trailing field": (changed(VALUE, value(after=string(b""))), "signature-value"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_exactly_a_signature_is_refused(what: str) -> None:
    armour, slug = REFUSED[what]
    assert slug_of(armour) == slug


def test_base64_has_one_spelling() -> None:
    armours = [sign(MESSAGE, namespace="n" * length, signer=ASSEN) for length in (19, 20, 21)]
    padded = [armour for armour in armours if b"=" in armour]
    assert len(padded) == 2
    for armour in padded:
        at = armour.index(b"=") - 1
        for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
            twin = armour[:at] + bytes([other]) + armour[at + 1 :]
            if _same_bytes(twin, armour) and twin != armour:
                assert slug_of(twin) == "signature-armour"
        assert slug_of(armour.replace(b"=", b"")) == "signature-armour"


def _same_bytes(one: bytes, other: bytes) -> bool:
    return fields_of(one) == fields_of(other)


# What a pulled stick leaves.


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_every_cut_off_signature_is_refused_and_known_as_torn(length: int) -> None:
    assert slug_of(GOOD[:length]) == "signature-armour"
    assert could_be_torn(GOOD[:length])
    assert could_be_torn(GOOD[:length] + bytes(len(GOOD) - length))


def test_nuls_alone_are_torn() -> None:
    assert could_be_torn(bytes(1))
    assert could_be_torn(bytes(sshsig.BYTES_MAX))


@pytest.mark.parametrize(
    "armour",
    [
        GOOD,
        GOOD + b"\n",
        GOOD + bytes(100),
        GOOD.replace(b"A", b"B", 5),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD[:100].replace(b"\n", b"\r\n"),
        b"\0" + GOOD[:50],
        GOOD[:50] + bytes(3) + GOOD[53:],
        GOOD[40:],
        b"hello",
        b"\n",
        HEAD + b"AAAA",
        HEAD + FOOT[:10],
        GOOD[:100] + b"!",
        GOOD[:90] + b"\n" + GOOD[90:120],
        GOOD[:150] + FOOT[:8],
        GOOD.replace(b"-----END SSH", b"-----END PGP"),
        GOOD[:-28] + b"-----BEGIN",
        GOOD[:99] + 4096 * b"A",
        b"-----BEGIN PGP SIGNATURE-----\n",
    ],
)
def test_what_no_interrupted_write_leaves_is_not_torn(armour: bytes) -> None:
    assert not could_be_torn(armour)


# The campaign: whatever linksync accepts, ssh-keygen accepts.

HANDS = tuple(Hand(name) for name in ("gemeente-assen", "school-emmen", "organisatie", "archief", "fabriek-2", "x"))
SPACES = (HANDOFF, "linksync-relay-v1", "linksync-receipt-v1", "linksync-decision-v1")
SIGNERS = AllowedSigners(
    entries=tuple(AllowedSigner(id=hand.name, namespaces=(HANDOFF,), key=hand.public) for hand in HANDS)
).to_bytes()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a verdict depends on."""

    allowed: bytes = SIGNERS
    armour: bytes = GOOD
    message: bytes = MESSAGE
    id: str = ASSEN.name
    namespace: str = HANDOFF

    def linksync_accepts(self) -> bool:
        try:
            signature, signers = parse(self.armour), AllowedSigners.from_bytes(self.allowed)
        except FormatError:
            return False
        return (
            signature.namespace == self.namespace
            and signers.holds(self.id, self.namespace, signature.public)
            and check(self.message, signature)
        )

    def ssh_keygen_accepts(self, folder: Path) -> bool:
        (folder / "allowed").write_bytes(self.allowed)
        (folder / "sig").write_bytes(self.armour)
        who = ("-f", folder / "allowed", "-I", self.id, "-n", self.namespace, "-s", folder / "sig")
        return ssh_keygen("-Y", "verify", *who, given=self.message).returncode == 0


Mutation = Callable[[random.Random, Case], Case]


def bytes_changed(chance: random.Random, data: bytes) -> bytes:
    """A bit, a byte, a cut, an insertion, a removal, a doubling, a swap, another case, a line end."""
    at, to = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    ends = (b"\n", b"\r\n", b"\0", b" ", b"\t", b"=", b"\xef\xbb\xbf", b"A", b"#", b'"', b"*", b",", b"-")
    options: list[Callable[[], bytes]] = [
        lambda: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
        lambda: data[:at] + bytes([chance.choice(b"ABab01+/=")]) + data[at + 1 :],
        lambda: data[:at],
        lambda: data[at:],
        lambda: data[:at] + chance.choice(ends) + data[at:],
        lambda: chance.choice(ends) + data,
        lambda: data + chance.choice(ends),
        lambda: data[:at] + data[at + 1 :],
        lambda: data[:at] + data[to:],
        lambda: data[:to] + data[at:],
        lambda: data[:at] + data[at : at + 2][::-1] + data[at + 2 :],
        lambda: data[:at] + data[at:to].swapcase() + data[to:],
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"", 1),
        lambda: data.replace(b" ", chance.choice((b"  ", b"\t", b"")), chance.randrange(1, 3)),
        lambda: b"\n".join(chance.sample(lines := data.split(b"\n"), len(lines))),
    ]
    return chance.choice(options)()


def armour_bytes(chance: random.Random, case: Case) -> Case:
    return replace(case, armour=bytes_changed(chance, case.armour))


def signers_bytes(chance: random.Random, case: Case) -> Case:
    return replace(case, allowed=bytes_changed(chance, case.allowed))


def message_bytes(chance: random.Random, case: Case) -> Case:
    return replace(case, message=bytes_changed(chance, case.message or b"x"))


def blob_bytes(chance: random.Random, case: Case) -> Case:
    """The armour stays canonical; what it holds does not stay what it was."""
    return replace(case, armour=wrapped(bytes_changed(chance, blob_of(case.armour))))


def one_field(chance: random.Random, case: Case) -> Case:
    fields = fields_of(case.armour)
    place = chance.randrange(5)
    fields[place] = bytes_changed(chance, fields[place] or b"\0")
    return replace(case, armour=built(fields))


def swapped_fields(chance: random.Random, case: Case) -> Case:
    fields = fields_of(case.armour)
    one, other = chance.sample(range(5), 2)
    fields[one], fields[other] = fields[other], fields[one]
    return replace(case, armour=built(fields))


def fields_of_another(chance: random.Random, case: Case) -> Case:
    """Key, hash name or value from somebody else's signature."""
    fields = fields_of(case.armour)
    other = fields_of(signed_as(chance.choice(HANDS), case.message, chance.choice(SPACES), "sha256"))
    place = chance.randrange(5)
    fields[place] = other[place]
    return replace(case, armour=built(fields))


def higher_s(chance: random.Random, case: Case) -> Case:
    """The same signature with the group's order added to its second half: equal for verifiers that do not look."""
    fields = fields_of(case.armour)
    raw = fields[VALUE][-64:]
    s = int.from_bytes(raw[32:], "little") + chance.randrange(1, 8) * ORDER
    fields[VALUE] = value(raw=raw[:32] + s.to_bytes(32, "little"))
    return replace(case, armour=built(fields))


def hand_of(case: Case) -> Hand:
    """Who signed a case that is still as it should be."""
    public = parse(case.armour).public
    return next(hand for hand in HANDS if hand.public == public)


def another_hash(chance: random.Random, case: Case) -> Case:
    name = chance.choice(("sha1", "md5", "sha384", "sha224", "SHA512", "sha-512", "sha512\0", "sha256 ", "sha3-512"))
    computed = name if name in hashlib.algorithms_available else "sha512"
    return replace(case, armour=signed_as(hand_of(case), case.message, case.namespace, name, computed))


def another_question(chance: random.Random, case: Case) -> Case:
    """Rightly signed, but asked about somebody else or another purpose."""
    return replace(case, id=chance.choice(HANDS).name, namespace=chance.choice(SPACES))


def looser_line(chance: random.Random, case: Case) -> Case:
    """What allowed_signers may hold and the subset may not, or what reads as if it were the same."""
    id_, space = case.id, case.namespace
    line = AllowedSigner(id=id_, namespaces=(space,), key=hand_of(case).public).line
    swaps = (
        (id_, "*"), (id_, f"{id_},b"), (id_, f'"{id_}"'), (id_, f"!{id_}"), (id_, f"\ufeff{id_}"), (id_, f"{id_}-b"),
        (space, "linksync-*"), (space, "*"), (space, f"!{space}"), (space, f"a,{space}"), (space, f"{space},a"),
        ('" ssh', '",valid-before="20000101" ssh'), ('" ssh', '",cert-authority ssh'), ('" ssh', '"\tssh'),
        (" namespaces", " cert-authority,namespaces"), ("namespaces", "Namespaces"), (f' namespaces="{space}"', ""),
        (" ssh-", " SSH-"), (" ssh-ed25519 ", " ssh-rsa "), ("AAAAC3", "AAAAC4"), ("-v1", "-v2"), ("-v1", "-V1"),
    )  # fmt: skip
    return replace(case, allowed=(line.replace(*chance.choice(swaps), 1) + "\n").encode())


def another_roster(chance: random.Random, case: Case) -> Case:
    """Lines that keep the one spelling of the subset: ids, namespaces and keys go round, and so does the question."""
    entries = list(AllowedSigners.from_bytes(case.allowed).entries)
    entries.append(
        AllowedSigner(id=chance.choice(("a", "b-2", "z")), namespaces=(case.namespace,), key=HANDS[0].public)
    )
    at = chance.randrange(len(entries))
    changes = (
        {"id": chance.choice(entries).id},
        {"key": chance.choice(entries).key},
        {"namespaces": tuple(sorted({*chance.sample(SPACES, 2), chance.choice(("a", case.namespace))}))},
    )
    entries[at] = replace(entries[at], **chance.choice(changes))
    once = {(entry.id, entry.key): entry for entry in entries}
    asked = chance.choice((case.id, case.id, chance.choice(entries).id))
    return replace(case, allowed=AllowedSigners(entries=tuple(once.values())).to_bytes(), id=asked)


HOSTILE: tuple[Mutation, ...] = (
    armour_bytes,
    signers_bytes,
    message_bytes,
    blob_bytes,
    one_field,
    swapped_fields,
    fields_of_another,
    higher_s,
    another_hash,
    another_question,
    looser_line,
    another_roster,
)


def benign(chance: random.Random) -> Case:
    """Another message, signer, purpose, hash and roster, all of it as it should be."""
    hand, namespace = chance.choice(HANDS), chance.choice(SPACES)
    message = chance.randbytes(chance.randrange(200))
    others = chance.sample([h for h in HANDS if h != hand], chance.randrange(len(HANDS)))
    id_ = chance.choice((hand.name, "a", "0", "a-b", "z" * 64))
    entries = [
        AllowedSigner(
            id=id_ if h == hand else h.name,
            namespaces=tuple(sorted({namespace, *chance.sample(SPACES, chance.randrange(4))})),
            key=h.public,
        )
        for h in [hand, *others]
    ]
    armour = signed_as(hand, message, namespace, chance.choice(("sha256", "sha512")))
    allowed = AllowedSigners(entries=tuple(entries)).to_bytes()
    return Case(allowed=allowed, armour=armour, message=message, id=id_, namespace=namespace)


def mutants() -> Iterator[tuple[str, Case]]:
    """The same 400 cases that are as they should be, and 1,800 mutants of others, every time; no two are alike."""
    chance = random.Random(201111)
    seen: set[Case] = set()
    while len(seen) < 400:
        case = benign(chance)
        seen.add(case)
        yield "benign", case
    while len(seen) < 2200:
        mutate, case = HOSTILE[len(seen) % len(HOSTILE)], benign(chance)
        mutant = mutate(chance, case)
        if mutant != case and mutant not in seen:
            seen.add(mutant)
            yield mutate.__name__, mutant


def test_of_2000_mutants_ssh_keygen_accepts_every_one_that_linksync_accepts(tmp_path: Path) -> None:
    cases = list(mutants())
    accepted = [(name, case) for name, case in cases if case.linksync_accepts()]
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda pair: _judged(tmp_path, *pair), enumerate(case for _, case in accepted)))
    assert [(name, case) for (name, case), good in zip(accepted, verdicts, strict=True) if not good] == []
    assert len(cases) >= 2000
    counts = Counter(name for name, _ in accepted)
    assert counts["benign"] == 400
    # Near the boundary there must be some on both sides. One spelling is allowed, so few changes of bytes stay within.
    assert counts["signers_bytes"] + counts["looser_line"] >= 5
    assert 30 <= counts["another_roster"] <= len([name for name, _ in cases if name == "another_roster"]) - 30
    assert len(cases) - len(accepted) >= 1400


def _judged(folder: Path, number: int, case: Case) -> bool:
    own = folder / str(number)
    own.mkdir()
    return case.ssh_keygen_accepts(own)


def test_the_judge_of_the_campaign_can_refuse(tmp_path: Path) -> None:
    for bad in (
        Case(message=b"another"),
        Case(id="school-emmen"),
        Case(namespace="linksync-relay-v1"),
        Case(armour=GOOD[:-40]),
        Case(allowed=SIGNERS.replace(b"gemeente-assen", b"gemeente-emmen")),
    ):
        assert not bad.ssh_keygen_accepts(tmp_path)
        assert not bad.linksync_accepts()


def test_linksync_is_stricter_than_ssh_keygen_where_that_leaves_one_spelling(tmp_path: Path) -> None:
    for loose in (
        Case(armour=wrapped(BLOB, 76)),
        Case(armour=GOOD + b"trailing text\n"),
        Case(allowed=SIGNERS.replace(HANDOFF.encode(), b"*")),
        Case(allowed=b"# hosts\n" + SIGNERS),
        Case(allowed=SIGNERS.replace(b"\n", b" comment\n")),
    ):
        assert loose.ssh_keygen_accepts(tmp_path)
        assert not loose.linksync_accepts()
