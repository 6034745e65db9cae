"""Sealed folders: what a seal may list, and how a torn folder is told apart from a damaged or a forged one."""

from dataclasses import replace

import pytest
from links import Hand, Link, codes, printed, sealed, sha256, signed, with_file

from linksync.custody import seal, sshsig
from linksync.custody.seal import DECISION, HANDOFF, RECEIPT, RELAY, RawFolder, Signed, build, parse_seal, read_signed

FOLDER = "linksync/handoffs/000002-assen"
PREVIOUS = f"{FOLDER.replace('2-assen', '1-ncsi')}/seal.sha256"
FILES = {"handoff.yaml": b"format: 1\n", "added.sha256": b"x"}


def good(**changes: bytes) -> RawFolder:
    follows = {"linksync/relay/0001/seal.sha256": sha256(b"r"), PREVIOUS: sha256(b"p")}
    return sealed(HANDOFF, FOLDER, FILES | changes, follows, "assen")


def read(folder: RawFolder, kind: seal.Kind = HANDOFF) -> tuple[Signed | None, list[str]]:
    signed_, found = read_signed(kind, folder)
    return signed_, codes(found)


def resealed(*, drop: tuple[bytes, ...] = (), add: dict[bytes, bytes] | None = None) -> RawFolder:
    """The good folder with other lines in its seal, rightly signed."""
    folder = good()
    kept = [line[66:] for line in folder.files[seal.SEAL].split(b"\n") if line]
    entries = {path: sha256(path) for path in kept if not path.endswith(drop or (b"\0",))} | (add or {})
    return signed(HANDOFF.namespace, FOLDER, FILES, entries, "assen")


def test_a_sound_folder_has_a_seal_that_tells_what_it_follows() -> None:
    told, found = read(good())
    assert found == []
    assert told is not None
    assert told.holds
    assert told.seal.relay_version == 1
    assert (told.seal.relay, told.seal.previous) == (sha256(b"r"), sha256(b"p"))
    assert told.seal.handoff == "000001-ncsi"
    assert told.seal.own == {name: sha256(data) for name, data in FILES.items()}
    assert told.seal.hash == sha256(told.data).hex()


def test_what_is_built_can_be_read() -> None:
    follows = {"linksync/relay/0001/seal.sha256": sha256(b"r")}
    files = build(HANDOFF, FOLDER, FILES, follows=follows, signer=Hand("assen"))
    assert list(files)[-1] == seal.SIGNATURE
    told, found = read(RawFolder(path=FOLDER, files=files))
    assert found == []
    assert told is not None
    assert told.seal.previous is None


@pytest.mark.parametrize("files", [{}, {"added.sha256": b""}, {"handoff.yaml": b"", "extra": b""}])
def test_a_folder_of_other_files_than_its_kind_has_cannot_be_built(files: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        build(HANDOFF, FOLDER, files, follows={}, signer=Hand("assen"))


# What stays of a folder.


def test_every_truncation_of_the_signature_is_torn_and_stands_for_nothing() -> None:
    folder = good()
    armour = folder.files[seal.SIGNATURE]
    for end in range(len(armour)):
        told, found = read(with_file(folder, seal.SIGNATURE, armour[:end]))
        assert (told, found) == (None, ["W101"])


def test_a_signature_that_was_never_written_is_torn() -> None:
    assert read(with_file(good(), seal.SIGNATURE, None)) == (None, ["W101"])
    assert read(with_file(good(), seal.SIGNATURE, bytes(300))) == (None, ["W101"])
    assert read(RawFolder(path=FOLDER, files={})) == (None, ["W101"])


def test_a_signature_that_no_interrupted_write_leaves_is_said_to_be_damaged() -> None:
    armour = good().files[seal.SIGNATURE]
    for bad in (armour + b"\n", armour[1:], b"x", armour.replace(b"\n", b"\r\n"), armour[:60] + b"!" + armour[61:]):
        assert read(with_file(good(), seal.SIGNATURE, bad)) == (None, ["E226"])
    folder = with_file(good(), seal.SIGNATURE, None)
    assert read(replace(folder, too_large=(seal.SIGNATURE,))) == (None, ["E116", "E226"])


def test_a_signature_that_cannot_be_read_is_not_called_torn_alone() -> None:
    folder = with_file(good(), seal.SIGNATURE, None)
    assert read(replace(folder, unreadable=(seal.SIGNATURE,))) == (None, ["E307", "W101"])
    assert read(replace(folder, odd=(seal.SIGNATURE,))) == (None, ["E104", "W101"])


def test_every_truncation_of_the_seal_fails() -> None:
    folder = good()
    data = folder.files[seal.SEAL]
    for end in range(len(data)):
        told, found = read(with_file(folder, seal.SEAL, data[:end]))
        assert told is None
        assert found in (["E107"], ["E108"])


def test_a_seal_cut_after_a_whole_line_of_what_may_be_left_out_no_longer_bears_its_signature() -> None:
    entries = {f"{FOLDER}/handoff.yaml".encode(): sha256(b"1"), f"{FOLDER}/index.jsonl".encode(): sha256(b"2")}
    follows = {b"linksync/relay/0001/seal.sha256": sha256(b"r")}
    data = printed(entries | follows)
    folder = signed(HANDOFF.namespace, FOLDER, {}, entries | follows, "assen")
    without = b"".join(line for line in data.splitlines(keepends=True) if b"index" not in line)
    told, _ = read(with_file(folder, seal.SEAL, without))
    assert told is not None
    assert not told.holds


def test_a_signature_without_a_seal_is_told() -> None:
    assert read(with_file(good(), seal.SEAL, None)) == (None, ["E106"])


def test_every_truncation_of_every_sealed_file_is_told_and_the_seal_stands() -> None:
    folder = good()
    for name, data in FILES.items():
        for end in range(len(data)):
            told, found = read(with_file(folder, name, data[:end]))
            assert told is not None
            assert found == ["E206"]
        assert read(with_file(folder, name, None))[1] == ["E106"]


# What a seal may list.


@pytest.mark.parametrize(
    ("drop", "add", "code"),
    [
        ((b"handoff.yaml",), {}, "E108"),
        ((b"relay/0001/seal.sha256",), {}, "E108"),
        ((), {b"data/a.txt": sha256(b"")}, "E109"),
        ((), {f"{FOLDER}/evil.sh".encode(): sha256(b"")}, "E109"),
        ((), {f"{FOLDER}/seal.sha256".encode(): sha256(b"")}, "E109"),
        ((), {f"{FOLDER}/seal.sha256.sig".encode(): sha256(b"")}, "E109"),
        ((), {b"linksync/relay/0002/seal.sha256": sha256(b"")}, "E109"),
        ((), {b"linksync/relay/00001/seal.sha256": sha256(b"")}, "E109"),
        ((), {b"linksync/relay/0001/relay.yaml": sha256(b"")}, "E109"),
        ((), {b"linksync/handoffs/000001-emmen/seal.sha256": sha256(b"")}, "E109"),
        ((), {b"linksync/handoffs/000001-emmen/added.sha256": sha256(b"")}, "E109"),
        ((), {b"linksync/receipts/archief/000001-x/seal.sha256": sha256(b"")}, "E109"),
        ((), {b"../x": sha256(b"")}, "E114"),
        ((), {b"linksync/../x": sha256(b"")}, "E114"),
        ((), {b"/etc/passwd": sha256(b"")}, "E114"),
        ((), {b"a//b": sha256(b"")}, "E107"),
        ((), {b"a\rb": sha256(b"")}, "E107"),
    ],
)
def test_a_seal_with_other_lines_than_its_kind_has_is_refused(
    drop: tuple[bytes, ...], add: dict[bytes, bytes], code: str
) -> None:
    assert read(resealed(drop=drop, add=add)) == (None, [code])


def test_a_folder_under_another_name_is_not_the_one_that_was_sealed() -> None:
    for name in ("000002-emmen", "000003-assen", "000002-assen-2", "000002-asse"):
        told, found = read(replace(good(), path=f"linksync/handoffs/{name}"))
        assert (told, found) == (None, ["E109"])


def test_a_seal_of_one_kind_is_none_of_another() -> None:
    assert read(good(), RECEIPT)[0] is None
    assert read(good(), DECISION)[0] is None
    assert read(good(), RELAY)[0] is None


@pytest.mark.parametrize("end", [b"\r\n", b"\n\n", b""])
def test_a_seal_has_one_spelling(end: bytes) -> None:
    data = good().files[seal.SEAL]
    assert read(with_file(good(), seal.SEAL, data[:-1] + end))[0] is None
    assert read(with_file(good(), seal.SEAL, b"".join(reversed(data.splitlines(keepends=True)))))[1] == ["E107"]


def test_a_seal_over_its_bound_is_refused_without_being_read() -> None:
    huge = {b"linksync/x%06d" % number: sha256(b"") for number in range(1000)}
    folder = signed(HANDOFF.namespace, FOLDER, FILES, huge, "assen")
    assert len(folder.files[seal.SEAL]) > 64 * 1024
    assert read(folder) == (None, ["E116"])


def test_an_organisers_first_seal_names_no_relay_and_a_receipt_names_its_hand_off() -> None:
    link = Link()
    with pytest.raises(seal.SealError) as caught:
        parse_seal(RECEIPT, "linksync/receipts/a/x", printed({
            b"linksync/receipts/a/x/receipt.yaml": sha256(b""),
            b"linksync/relay/0001/seal.sha256": sha256(b""),
        }))  # fmt: skip
    assert caught.value.code == "E108"
    told, _ = read_signed(RELAY, link.relays[0])
    assert told is not None
    assert (told.seal.relay_version, told.seal.relay) == (0, None)


# What stands around.


def test_whatever_else_stands_in_a_folder_is_named_and_the_seal_stands() -> None:
    folder = replace(good(), others={"evil.sh": 5, ".DS_Store": 9, "._seal.sha256": 4}, odd=("link",))
    told, found = read_signed(HANDOFF, folder)
    assert told is not None
    assert {(f.code, f.path.removeprefix(FOLDER + "/")) for f in found} == {
        ("E104", "link"),
        ("E105", "evil.sh"),
        ("W102", ".DS_Store"),
        ("W102", "._seal.sha256"),
    }


def test_a_list_that_the_seal_does_not_list_is_named() -> None:
    folder = with_file(good(), "gone.sha256", b"0")
    told, found = read_signed(HANDOFF, folder)
    assert told is not None
    assert [(f.code, f.path) for f in found] == [("E105", f"{FOLDER}/gone.sha256")]


def test_a_seal_signed_by_somebody_over_other_bytes_does_not_hold() -> None:
    folder = good()
    other = sshsig.parse(good(**{"handoff.yaml": b"format: 1\n# \n"}).files[seal.SIGNATURE])
    told, _ = read(with_file(folder, seal.SIGNATURE, other.to_bytes()))
    assert told is not None
    assert not told.holds
