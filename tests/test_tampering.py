"""Attacks on a stick, each by name: ``linksync verify --json`` misses none, with its own code and exit status."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from linksync.cli.main import main
from linksync.custody.chain import read_node
from linksync.custody.findings import Finding
from linksync.custody.lists import sha256
from linksync.custody.payload import read_lists
from linksync.custody.roster import read_roster
from linksync.custody.seal import SEAL, SIGNATURE, RawFolder
from linksync.custody.side import read_decisions, read_receipts
from linksync.demo.scenes import LESSON, PLAN, REPORT, Scene, travelled
from linksync.demo.sticks import EMMEN, ZWOLLE, Stick, relay_page
from linksync.demo.tampering import CASES
from linksync.host.state import State

ATTACKS: dict[str, tuple[str, ...]] = {
    "payload flipped": ("E301_flipped", "E301_altered-with-its-manifest"),
    "payload grown, seen without reading": ("E308_size-differs",),
    "payload added": ("E303_added", "E303_added-and-put-in-the-manifest", "E303_litter-by-name-alone"),
    "payload removed": ("E302_removed",),
    "payload swapped": ("E304_swapped",),
    "payload moved": ("E305_moved",),
    "payload replaced by a link": ("E309_link-in-place-of-a-file",),
    "manifest edited": ("E306_manifest-of-no-state",),
    "seal edited": ("E201_seal-edited",),
    "record edited": ("E206_record-edited", "E206_audience-edited", "E206_allowed-signers-edited"),
    "a finding attested beforehand": ("E206_record-whose-damage-it-recorded-itself",),
    "record removed": ("E106_list-removed-from-a-sealed-folder",),
    "record added": (
        "E105_unlisted-file-in-a-sealed-folder",
        "E105_list-that-was-never-sealed",
        "E119_something-among-the-records",
        "E119_folder-that-is-no-hand-off",
    ),
    "record replaced by a link or a file": (
        "E104_link-in-place-of-a-record",
        "E104_file-where-a-folder-belongs",
    ),
    "re-signed by an outsider": ("E202_signed-again-by-an-outsider", "E202_relay-version-by-a-host"),
    "re-signed by another host": ("E203_signed-by-another-host", "E203_record-that-names-another-holder"),
    "in the wrong namespace": ("E204_signed-for-another-purpose", "E202_signed-by-the-archive"),
    "by a rotated key": ("E202_rotated-key", "E208_dropped-key-on-an-old-version"),
    "by a revoked key": ("E207_sealed-with-a-stolen-key",),
    "signature damaged": ("E226_signature-damaged", "E116_huge-signature"),
    "hand-off in the middle removed": ("E210_hand-off-in-the-middle-removed", "E210_first-hand-off-removed"),
    "newest removed": ("E211_newest-hand-off-removed", "E211_receipt-for-a-hand-off-that-is-gone"),
    "two copies": ("E212_copy-that-went-another-way", "E212_both-sides-of-a-fork"),
    "hand-off copied": ("E109_hand-off-copied-under-another-name",),
    "relay rolled back": ("E221_relay-rolled-back", "E217_relay-version-removed", "E209_back-to-an-old-relay-version"),
    "relay replaced": ("E214_relay-replaced", "E218_relay-version-exchanged", "E216_version-of-another-relay"),
    "relay version out of order": ("E217_relay-version-that-follows-nothing",),
    "record of another Link replayed": ("E215_record-of-another-link", "E215_receipt-of-another-link"),
    "record of another relay": ("E216_hand-off-for-another-relay",),
    "a listed host's seal that omits required files": (
        "E108_seal-that-omits-the-record",
        "E108_seal-that-names-no-relay",
        "E118_list-without-its-index",
    ),
    "a listed host's seal that lists foreign paths": ("E109_seal-that-lists-a-foreign-path",),
    "a listed host that lies about numbers": (
        "E117_number-other-than-the-folder-says",
        "E118_counts-that-hide-a-file",
        "E219_number-left-out",
        "E225_two-first-hand-offs",
    ),
    "a listed host that lies about the state": (
        "E120_state-of-another-stick",
        "E224_gone-that-was-never-there",
    ),
    "a stolen key forking before its revocation": ("E207_thief-who-forked-before-the-revocation",),
    "organiser rotation signed by the new key alone": ("E205_rotation-signed-by-the-new-key-alone",),
    "allowed_signers that tells another story": ("E220_allowed-signers-of-another-relay",),
    "audience widened by a later card": ("E222_audience-widened-by-a-later-card", "E222_audience-widened-by-a-move"),
    "files refused to make them vanish": ("E223_refused-to-make-it-vanish",),
    "a receipt forged": ("E202_receipt-signed-by-a-host", "W114_receipt-of-an-unlisted-archive"),
    "paths with ..": ("E114_list-that-leads-out-of-the-stick", "E114_seal-that-leads-out-of-the-stick"),
    "absolute paths": ("E114_list-with-an-absolute-path",),
    "link paths": ("E403_link-out-of-the-stick", "E403_linked-folder"),
    "paths of linksync's own": (
        "E115_list-that-names-the-records",
        "E115_list-that-names-what-linksync-writes",
        "E404_records-folder-in-another-case",
    ),
    "NFC and NFD paths": ("W109_spelling-twins", "W109_sealed-name-in-another-spelling"),
    "case-twin paths": ("W108_case-twins",),
    "paths with line breaks": ("E404_name-with-a-line-feed", "E404_name-with-a-carriage-return"),
    "CRLF": (
        "E107_seal-with-windows-line-ends",
        "E107_seal-converted-on-the-way",
        "E113_list-with-windows-line-ends",
    ),
    "lists out of order": ("E113_list-out-of-order",),
    "YAML bombs": ("E111_aliases-that-multiply", "E111_nested-without-end"),
    "YAML that says two things": ("E110_record-with-a-key-twice", "E112_unknown-field", "E112_unlike-itself"),
    "huge lists": ("E116_huge-list",),
    "a folder of that name left torn by another host": ("W101_torn-by-another-host", "W101_torn"),
    "a newer format": ("E103_relay-of-a-newer-format", "E103_hand-off-of-a-newer-format"),
}
"""What somebody may do, in the words of the plan and more, to the scenes that play it."""


def test_there_are_more_than_40_attacks_and_each_has_a_code_of_its_own() -> None:
    played = [name for names in ATTACKS.values() for name in names]
    assert len(ATTACKS) > 40
    assert len(set(played)) == len(played)
    assert set(played) <= CASES.keys()


def verified(scene: Scene, tmp_path: Path) -> dict[str, Any]:
    """What ``linksync verify --json`` says of a scene, on real folders."""
    stick, state = scene.stick.write(tmp_path / "stick"), State(tmp_path / "state")
    state.remember(scene.stick.link, scene.memory)
    if scene.known:
        state.learn_relay(read_roster(scene.known)[0])
    before = bytes_of(stick)
    options = ["--json", "--language", "en", "--state", str(state.folder), *(["--quick"] if scene.quick else [])]
    options += ["--organiser", scene.organiser] if scene.organiser else []
    run = CliRunner().invoke(main, ["verify", str(stick), *options])
    assert bytes_of(stick) == before
    told: dict[str, Any] = json.loads(run.stdout)
    assert told["exit"] == run.exit_code
    return told


def bytes_of(folder: Path) -> dict[bytes, bytes]:
    return {bytes(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


@pytest.mark.parametrize("name", sorted(CASES))
def test_verify_finds_every_attack_and_nothing_else(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    told = verified(case.make(), tmp_path)
    assert (told["verdict"], told["exit"]) == (case.verdict, case.exit)
    assert {found["code"] for found in told["findings"]} == case.codes
    assert {found["code"] for found in told["findings"] if found["attested"]} == case.attested
    assert all(found["message"] and found["remedy"] and "…" not in found["message"] for found in told["findings"])


# Everything that is signed, cut off at every byte.


def whole() -> Stick:
    """A stick on which every kind of record stands, with every list."""
    stick = travelled({**relay_page(), "policy": {"hold": ["*.iso"], "refuse": ["*.exe"]}})
    stick.sign_relay({**relay_page(), "policy": {"hold": ["*.iso"], "refuse": ["*.exe"]}, "contact": "a@b.example"})
    stick.put(f"data/{EMMEN}/setup.exe", "MZ\n")
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.put("Naast de map.txt", "Ernaast.\n")
    stick.take(PLAN)
    stick.hand_over(EMMEN)
    stick.give_receipt(stick.line[-1])
    stick.decide({"act": "withdraw", "contents": (sha256(b"weg").hex(),)})
    return stick


WHOLE = whole()
FOLDERS = sorted({path.rpartition(b"/")[0].decode() for path in WHOLE.below("linksync") if path.count(b"/") > 2})
RECORDS = [(folder, path.rpartition(b"/")[2].decode()) for folder in FOLDERS for path in WHOLE.below(folder)]


def raw(folder: str) -> RawFolder:
    return RawFolder(path=folder, files={p.rpartition(b"/")[2].decode(): WHOLE.files[p] for p in WHOLE.below(folder)})


def findings_of(folder: RawFolder) -> list[Finding]:
    """What is wrong with one sealed folder by itself, among sound ones."""
    kind = folder.path.split("/")[1]
    if kind == "relay":
        return read_roster([folder if one.path == folder.path else one for one in WHOLE.relays])[1]
    if kind == "receipts":
        return read_receipts([folder], WHOLE.roster)[1]
    if kind == "decisions":
        return read_decisions([folder], WHOLE.roster)[1]
    node, found = read_node(folder, WHOLE.roster)
    return found + (read_lists(node, folder.files)[1] if node else [])


def cuts(folder: str, name: str) -> Iterator[RawFolder]:
    """The folder with that file cut off at every byte."""
    files = raw(folder).files
    for length in range(len(files[name])):
        yield RawFolder(path=folder, files={**files, name: files[name][:length]})


def test_every_kind_of_record_is_among_those_that_are_cut_off() -> None:
    names = {name for _, name in RECORDS}
    lists = {"added.sha256", "refused.sha256", "gone.sha256", "state.sha256", "index.jsonl"}
    pages = {"relay.yaml", "allowed_signers", "handoff.yaml", "receipt.yaml", "decision.yaml"}
    assert names == lists | pages | {SEAL, SIGNATURE}
    assert all(findings_of(raw(folder)) == [] for folder in FOLDERS)


@pytest.mark.parametrize(("folder", "name"), RECORDS)
def test_every_truncation_of_a_signed_record_and_of_its_signature_is_found(folder: str, name: str) -> None:
    torn = {"W101"} if name == SIGNATURE else set()
    for cut in cuts(folder, name):
        codes = {found.code for found in findings_of(cut)}
        told = codes & ({"E106", "E107", "E108", "E201", "E206"} | torn)
        assert told, f"{folder}/{name} cut off at {len(cut.files[name])}: {codes}"
        assert name != SIGNATURE or told == torn


@pytest.mark.parametrize(("folder", "name"), RECORDS)
def test_a_record_that_was_cut_off_on_the_stick_is_never_taken_for_well(folder: str, name: str, tmp_path: Path) -> None:
    stick = whole()
    path = f"{folder}/{name}"
    stick.change(path, lambda data: data[: len(data) // 2])
    told = verified(Scene(stick=stick), tmp_path)
    beside = folder.split("/")[1] in {"receipts", "decisions"}
    assert any(found["path"].startswith(folder) for found in told["findings"])
    assert told["exit"] != 0 or (name == SIGNATURE and beside)


@pytest.mark.parametrize(("folder", "name"), RECORDS)
def test_a_record_that_is_gone_from_the_stick_is_never_taken_for_well(folder: str, name: str, tmp_path: Path) -> None:
    stick = whole()
    stick.take(f"{folder}/{name}")
    told = verified(Scene(stick=stick), tmp_path)
    assert any(found["path"].startswith(folder) for found in told["findings"])


def test_two_sealed_folders_that_have_changed_places_are_found(tmp_path: Path) -> None:
    stick = travelled()
    stick.put(REPORT, "Anders.\n")
    stick.hand_over(ZWOLLE)
    first, second = stick.take_folder(stick.line[1].path), stick.take_folder(stick.line[2].path)
    stick.files |= {path.replace(b"000002-gemeente-assen", b"000003-zorghuis-zwolle"): d for path, d in first.items()}
    stick.files |= {path.replace(b"000003-zorghuis-zwolle", b"000002-gemeente-assen"): d for path, d in second.items()}
    told = verified(Scene(stick=stick), tmp_path)
    assert {"E109"} <= {found["code"] for found in told["findings"]}
    assert told["exit"] == 30
