"""SSH public keys: the canonical line, the wire form and the fingerprint, with ssh-keygen as judge."""

import base64
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import need

from linksync.custody.keys import PublicKey, fingerprint, string, strings, take_string
from linksync.errors import FormatError

KEY = PublicKey(bytes(range(1, 33)))
PRIME = 2**255 - 19
ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
TOP_BIT = 1 << 255
WEAK = [
    (y | sign).to_bytes(32, "little")
    for y in (0, 1, PRIME - 1, PRIME, PRIME + 1, ORDER_8, PRIME - ORDER_8)
    for sign in (0, TOP_BIT)
]


def slug_of(line: str) -> str:
    with pytest.raises(FormatError) as caught:
        PublicKey.from_line(line)
    return caught.value.slug


def made_by_ssh_keygen(folder: Path, *options: str, comment: str = "a comment") -> str:
    """The whole text of a ``.pub`` file that ssh-keygen wrote."""
    path = folder / "key"
    subprocess.run([need("ssh-keygen"), "-q", *options, "-N", "", "-C", comment, "-f", path], check=True)
    return path.with_suffix(".pub").read_text("utf-8")


@pytest.mark.parametrize("comment", ["", "host@laptop", "two words", "Groningen ✓ é"])
def test_a_line_of_ssh_keygen_is_read_whatever_its_comment(tmp_path: Path, comment: str) -> None:
    line = made_by_ssh_keygen(tmp_path, "-t", "ed25519", comment=comment).removesuffix("\n")
    key = PublicKey.from_line(line)
    assert line.split(" ")[:2] == key.line.split(" ")
    listed = subprocess.run(
        [need("ssh-keygen"), "-l", "-f", tmp_path / "key.pub"], check=True, capture_output=True, text=True
    )
    assert listed.stdout.split()[1] == key.fingerprint


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("-t", "rsa", "-b", "1024"), "ssh-rsa"),
        (("-t", "ecdsa"), "ecdsa-sha2-nistp256"),
        (("-t", "dsa"), "ssh-dss"),
    ],
)
def test_a_key_of_another_type_is_told_apart(tmp_path: Path, options: tuple[str, ...], kind: str) -> None:
    with pytest.raises(FormatError) as caught:
        PublicKey.from_line(made_by_ssh_keygen(tmp_path, *options).strip())
    assert (caught.value.slug, caught.value.fields) == ("key-other-type", {"kind": kind})


@pytest.mark.parametrize(
    "kind", ["sk-ssh-ed25519@openssh.com", "ssh-ed25519-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"]
)
def test_hardware_keys_and_certificates_are_other_types(kind: str) -> None:
    assert slug_of(f"{kind} AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t") == "key-other-type"


def test_a_private_key_given_as_a_line_is_named_as_such() -> None:
    assert slug_of("-----BEGIN OPENSSH PRIVATE KEY-----") == "key-is-private"
    assert slug_of("-----BEGIN RSA PRIVATE KEY-----") == "key-is-private"


@pytest.mark.parametrize(
    "line",
    [
        "",
        KEY.line[:-1],
        KEY.line + "=",
        KEY.line + "AAAA",
        KEY.line.replace(" ", "  "),
        " " + KEY.line,
        "\ufeff" + KEY.line,
        KEY.line + "\n",
        KEY.line + "\r",
        KEY.line + " comment\n" + KEY.line,
        KEY.line + " \x1b[2J",
        KEY.line + " " + 9000 * "x",
        KEY.line.replace("ssh-ed25519", "SSH-ED25519"),
        'namespaces="x" ' + KEY.line,
        KEY.line.replace("A", "_", 1),
    ],
)
def test_a_line_that_is_not_exactly_one_is_refused(line: str) -> None:
    assert slug_of(line) == "key-line"


@pytest.mark.parametrize(
    ("blob", "slug"),
    [
        (b"", "key-blob"),
        (KEY.blob[:-1], "key-blob"),
        (KEY.blob + b"\0", "key-blob"),
        (KEY.blob + string(b""), "key-blob"),
        (string(b"ssh-ed25519"), "key-blob"),
        (string(b"ssh-ed25519") + string(bytes(31)), "key-blob"),
        (string(b"ssh-ed25519") + string(bytes(33)), "key-blob"),
        (b"\xff\xff\xff\xff" + KEY.blob[4:], "key-blob"),
        (string(b"ssh-ed25518") + string(KEY.raw), "key-other-type"),
        (string(b"") + string(KEY.raw), "key-other-type"),
    ],
)
def test_a_blob_that_is_not_exactly_a_key_is_refused(blob: bytes, slug: str) -> None:
    with pytest.raises(FormatError) as caught:
        PublicKey.from_blob(blob)
    assert caught.value.slug == slug


@pytest.mark.parametrize("raw", WEAK)
def test_a_key_with_which_anyone_can_sign_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        PublicKey.from_line(PublicKey(raw).line)
    assert caught.value.slug == "key-weak"


def test_a_key_has_32_bytes() -> None:
    for length in (0, 31, 33):
        with pytest.raises(ValueError, match=str(length)):
            PublicKey(bytes(length))


@given(st.binary(min_size=32, max_size=32).filter(lambda raw: raw not in WEAK))
def test_line_and_blob_give_the_same_key_back(raw: bytes) -> None:
    key = PublicKey(raw)
    assert PublicKey.from_line(key.line) == PublicKey.from_blob(key.blob) == key
    assert fingerprint(f"\n {key.fingerprint}\t") == key.fingerprint


@pytest.mark.parametrize(
    "text",
    [
        "",
        KEY.fingerprint[:-1],
        KEY.fingerprint + "A",
        KEY.fingerprint + "=",
        KEY.fingerprint.removeprefix("SHA256:"),
        KEY.fingerprint.replace("SHA256", "sha256"),
        "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
        KEY.fingerprint[:20] + " " + KEY.fingerprint[20:],
        KEY.fingerprint[:20] + "_" + KEY.fingerprint[21:],
    ],
)
def test_a_fingerprint_that_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        fingerprint(text)
    assert caught.value.slug == "fingerprint"


def test_a_fingerprint_can_only_end_in_what_32_bytes_end_in() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    ends = [c for c in alphabet if _is_fingerprint(KEY.fingerprint[:-1] + c)]
    assert "".join(ends) == alphabet[::4]


def _is_fingerprint(text: str) -> bool:
    try:
        return fingerprint(text) == text
    except FormatError:
        return False


@given(st.lists(st.binary(max_size=20), min_size=1))
def test_strings_are_what_was_put_together(fields: list[bytes]) -> None:
    data = b"".join(map(string, fields))
    assert strings(data) == tuple(fields)
    assert take_string(data) == (fields[0], data[4 + len(fields[0]) :])


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\0\0\0", b"\0\0\0\1", b"\xff\xff\xff\xff", string(b"ab")[:-1], string(b"") + b"\0"]
)
def test_a_string_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="a string of"):
        strings(data)


def test_the_line_is_base64_of_the_blob() -> None:
    assert base64.b64decode(KEY.line.split(" ")[1]) == KEY.blob
