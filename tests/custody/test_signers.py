"""allowed_signers: the strict subset, read by linksync and ssh-keygen alike."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from media import need

from linksync.custody.keys import PublicKey
from linksync.custody.signers import BYTES_MAX, AllowedSigner, AllowedSigners
from linksync.errors import FormatError

HANDOFF = "linksync-handoff-v1"
RELAY = "linksync-relay-v1"


def private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def key(name: str) -> PublicKey:
    return PublicKey(private(name).public_key().public_bytes_raw())


def entry(id_: str, *namespaces: str, of: str = "") -> AllowedSigner:
    return AllowedSigner(id=id_, namespaces=namespaces or (HANDOFF,), key=key(of or id_))


SIGNERS = AllowedSigners(
    entries=(
        entry("organisatie", HANDOFF, RELAY),
        entry("gemeente-assen"),
        entry("gemeente-assen", of="second laptop"),
        entry("archief", "linksync-receipt-v1", of="organisatie"),
    )
)
GOOD = SIGNERS.to_bytes()
LINES = GOOD.splitlines(keepends=True)


def slug_of(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        AllowedSigners.from_bytes(data)
    return caught.value.slug


def test_the_file_reads_like_this() -> None:
    assert entry("gemeente-assen").line == f'gemeente-assen namespaces="{HANDOFF}" {key("gemeente-assen").line}'
    assert b"".join(sorted(f"{e.line}\n".encode() for e in SIGNERS.entries)) == GOOD
    assert AllowedSigners.from_bytes(GOOD) == SIGNERS


def test_a_key_counts_for_its_own_id_and_namespaces_alone() -> None:
    organiser, assen = key("organisatie"), key("gemeente-assen")
    assert SIGNERS.holds("organisatie", RELAY, organiser)
    assert SIGNERS.holds("gemeente-assen", HANDOFF, assen)
    assert SIGNERS.holds("gemeente-assen", HANDOFF, key("second laptop"))
    assert not SIGNERS.holds("gemeente-assen", RELAY, assen)
    assert not SIGNERS.holds("gemeente-assen", HANDOFF, organiser)
    assert not SIGNERS.holds("organisatie", "linksync-relay-v", organiser)
    assert not SIGNERS.holds("", HANDOFF, assen)


def test_whose_key_it_is_depends_on_what_it_signs() -> None:
    organiser = key("organisatie")
    assert SIGNERS.who(HANDOFF, organiser) == ("organisatie",)
    assert SIGNERS.who("linksync-receipt-v1", organiser) == ("archief",)
    assert SIGNERS.who(RELAY, key("a stranger")) == ()


def test_an_id_may_have_several_keys() -> None:
    assert {e.key for e in SIGNERS.by_id("gemeente-assen")} == {key("gemeente-assen"), key("second laptop")}
    assert SIGNERS.by_id("nobody") == ()


BAD_LINES: dict[str, Callable[[bytes], bytes]] = {
    "a comment": lambda line: b"# hosts\n" + line,
    "a blank line": lambda line: b"\n" + line,
    "a blank line at the end": lambda line: line + b"\n",
    "no line feed at the end": lambda line: line[:-1],
    "CRLF": lambda line: line.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda line: b"\xef\xbb\xbf" + line,
    "NUL at the end": lambda line: line + b"\0",
    "a trailing space": lambda line: line.replace(b"\n", b" \n"),
    "a comment after the key": lambda line: line.replace(b"\n", b" host\n"),
    "a leading space": lambda line: b" " + line,
    "two spaces": lambda line: line.replace(b" ssh", b"  ssh"),
    "a tab": lambda line: line.replace(b" ssh", b"\tssh"),
    "a wildcard for the id": lambda line: b"*" + line[line.index(b" ") :],
    "two ids": lambda line: b"a," + line,
    "a quoted id": lambda line: b'"gemeente-assen"' + line[line.index(b" ") :],
    "a negated id": lambda line: b"!" + line,
    "an upper-case id": lambda line: line.capitalize(),
    "an id that ends in a hyphen": lambda line: line.replace(b" ", b"- ", 1),
    "an id that is too long": lambda line: 65 * b"a" + line[line.index(b" ") :],
    "an address for an id": lambda line: b"x@" + line,
    "no options": lambda line: line.replace(b' namespaces="linksync-handoff-v1"', b""),
    "a wildcard namespace": lambda line: line.replace(b"handoff", b"*"),
    "any namespace": lambda line: line.replace(b"linksync-handoff-v1", b"*"),
    "a negated namespace": lambda line: line.replace(b'"linksync', b'"!linksync'),
    "an empty namespace": lambda line: line.replace(b'v1"', b'v1,"'),
    "no namespace": lambda line: line.replace(b"linksync-handoff-v1", b""),
    "namespaces not in order": lambda line: line.replace(b'v1"', b'v1,a"'),
    "a namespace twice": lambda line: line.replace(b'v1"', b'v1,linksync-handoff-v1"'),
    "a space in the namespaces": lambda line: line.replace(b'v1"', b'v1, z"'),
    "an escaped quote": lambda line: line.replace(b'v1"', b'v1\\""'),
    "NAMESPACES": lambda line: line.replace(b"namespaces", b"NAMESPACES"),
    "a validity": lambda line: line.replace(b'v1" ', b'v1",valid-before="20991231" '),
    "cert-authority": lambda line: line.replace(b" namespaces", b" cert-authority,namespaces"),
    "no type": lambda line: line.replace(b" ssh-ed25519", b""),
    "another type": lambda line: line.replace(b"ssh-ed25519", b"ssh-rsa"),
    "a key cut off": lambda line: line[:-5] + b"\n",
    "a key with more": lambda line: line[:-1] + b"AAAA\n",
    "a padded key": lambda line: line[:-1] + b"====\n",
    "a key of another type": lambda line: line.replace(b"AAAAC3NzaC1lZDI1NTE5", b"AAAAC3NzaC1lZDI1NTE4"),
    "a weak key": lambda line: line[: line.index(b" ssh-")] + f" {PublicKey(bytes(32)).line}\n".encode(),
    "bytes that are not ASCII": lambda line: line.replace(b"assen", "assén".encode()),
}


@pytest.mark.parametrize("what", BAD_LINES)
def test_a_line_that_is_not_exactly_one_is_refused(what: str) -> None:
    line = f"{entry('gemeente-assen').line}\n".encode()
    assert AllowedSigners.from_bytes(line).to_bytes() == line
    assert slug_of(BAD_LINES[what](line)) == "signers-line"


def test_the_number_of_the_bad_line_is_told() -> None:
    with pytest.raises(FormatError) as caught:
        AllowedSigners.from_bytes(LINES[0] + LINES[1] + b"# x\n" + LINES[2])
    assert caught.value.fields == {"line": 3}


def test_a_file_that_is_not_in_order_is_refused() -> None:
    assert slug_of(LINES[1] + LINES[0]) == "signers-order"


def test_a_line_twice_is_refused() -> None:
    assert slug_of(LINES[0] + LINES[0]) == "signers-duplicate"
    twice = sorted([entry("a", HANDOFF).line, entry("a", RELAY).line])
    assert slug_of("".join(f"{line}\n" for line in twice).encode()) == "signers-duplicate"


def test_an_empty_file_is_refused() -> None:
    assert slug_of(b"") == "signers-empty"


def test_a_file_over_its_bound_is_refused_before_it_is_read() -> None:
    assert slug_of(LINES[0] * (BYTES_MAX // len(LINES[0]) + 1)) == "signers-too-large"


def test_no_cut_off_file_is_read_unless_cut_between_lines() -> None:
    whole = {sum(map(len, LINES[:n])) for n in range(1, len(LINES) + 1)}
    for length in range(len(GOOD)):
        if length in whole:
            assert AllowedSigners.from_bytes(GOOD[:length]).to_bytes() == GOOD[:length]
        else:
            assert slug_of(GOOD[:length]) in {"signers-line", "signers-empty"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: entry("Assen"),
        lambda: entry("a" * 65),
        lambda: entry("a*"),
        lambda: entry("a", 'x"'),
        lambda: entry("a", "z", "a"),
        lambda: entry("a", "a", "a"),
        lambda: AllowedSigner(id="a", namespaces=(), key=key("a")),
        lambda: AllowedSigners(entries=()),
        lambda: AllowedSigners(entries=(entry("a", HANDOFF), entry("a", RELAY))),
    ],
)
def test_nonsense_cannot_be_made(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^no |sorted|nobody|twice"):
        make()


ids = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
entries = st.builds(
    lambda id_, spaces, seed: AllowedSigner(id=id_, namespaces=tuple(sorted(spaces)), key=key(seed)),
    ids,
    st.sets(ids, min_size=1, max_size=3),
    st.text("abc", max_size=2),
)


@given(st.lists(entries, min_size=1, max_size=6, unique_by=lambda e: (e.id, e.key)))
def test_the_order_in_which_signers_are_named_does_not_show(made: list[AllowedSigner]) -> None:
    signers = AllowedSigners(entries=tuple(made))
    backwards = AllowedSigners(entries=tuple(reversed(made)))
    assert signers == backwards
    assert AllowedSigners.from_bytes(signers.to_bytes()) == signers


@pytest.mark.parametrize(
    ("id_", "namespace", "of"),
    [
        ("organisatie", RELAY, "organisatie"),
        ("organisatie", HANDOFF, "organisatie"),
        ("gemeente-assen", HANDOFF, "gemeente-assen"),
        ("gemeente-assen", HANDOFF, "second laptop"),
        ("archief", "linksync-receipt-v1", "organisatie"),
        ("gemeente-assen", RELAY, "gemeente-assen"),
        ("gemeente-assen", HANDOFF, "organisatie"),
        ("archief", HANDOFF, "organisatie"),
        ("assen", HANDOFF, "gemeente-assen"),
        ("organisatie", "linksync-relay", "organisatie"),
        ("organisatie", RELAY, "a stranger"),
    ],
)
def test_ssh_keygen_says_the_same_of_who_may_sign_what(tmp_path: Path, id_: str, namespace: str, of: str) -> None:
    (tmp_path / "allowed_signers").write_bytes(GOOD)
    secret = private(of).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    (tmp_path / "key").touch(mode=0o600)
    (tmp_path / "key").write_bytes(secret)
    program = need("ssh-keygen")
    signed = subprocess.run(
        [program, "-Y", "sign", "-q", "-f", "key", "-n", namespace], cwd=tmp_path, input=b"x", capture_output=True
    )
    (tmp_path / "sig").write_bytes(signed.stdout)
    judged = subprocess.run(
        [program, "-Y", "verify", "-f", "allowed_signers", "-I", id_, "-n", namespace, "-s", "sig"],
        cwd=tmp_path,
        input=b"x",
        capture_output=True,
    )
    assert (judged.returncode == 0) is SIGNERS.holds(id_, namespace, key(of))
