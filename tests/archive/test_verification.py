"""Verifying an archive finds whatever somebody changed in it, and says where."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import make, object_path
from sealed import Key, Link, Relay

from linksync.archive.feed import entry_name
from linksync.archive.opening import open_archive
from linksync.archive.verification import verify_archive
from linksync.custody import sshsig
from linksync.errors import TrustError

CONTENT = "v1/content"
RECORDS = f"{CONTENT}/linksync/handoffs/000002-host-a"


@pytest.fixture
def at(tmp_path: Path) -> tuple[Path, Path]:
    """An archive of two hand-offs, and the folder of the second's object."""
    relay = Relay()
    relay.sign()
    archive = make(tmp_path, relay)
    link = Link(relay)
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij"})
    second = link.seal("host-a", {b"data/plan.docx": b"plan"}, after=first)
    archive.offer(first.submission())
    answer = archive.offer(second.submission())
    return tmp_path / "archive", object_path(tmp_path / "archive", answer.object)


def codes(archive: Path) -> set[str]:
    return {one.code for one in verify_archive(open_archive(str(archive))).findings}


def test_a_whole_archive_has_no_findings_and_is_counted(at: tuple[Path, Path]) -> None:
    report = verify_archive(open_archive(str(at[0])))
    assert (report.exit, report.findings) == (0, ())
    assert {name: report.counts[name] for name in ("objects", "receipts", "holds", "arrivals")} == {
        "objects": 2, "receipts": 2, "holds": 0, "arrivals": 2,
    }  # fmt: skip


def write(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def pipe(name: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return change


TAMPERING: dict[str, tuple[Callable[[Path], object], str]] = {
    "content altered": (write(f"{CONTENT}/data/plan.docx", b"plaN"), "E301"),
    "content removed": (remove(f"{CONTENT}/data/plan.docx"), "E302"),
    "content replaced by a pipe": (pipe(f"{CONTENT}/data/plan.docx"), "E302"),
    "a file added": (write(f"{CONTENT}/data/extra.txt", b"x"), "E119"),
    "a file added beside the content": (write("extra.txt", b"x"), "E119"),
    "inventory altered": (write("inventory.json", b"{}"), "E301"),
    "inventory of the version removed": (remove("v1/inventory.json"), "E302"),
    "sidecar altered": (write("inventory.json.sha256", b"x"), "E301"),
    "declaration altered": (write("0=ocfl_object_1.1", b"ocfl_object_1.0\n"), "E301"),
    "declaration removed": (remove("0=ocfl_object_1.1"), "W112"),
    "record altered": (write(f"{RECORDS}/handoff.yaml", b"format: 1\n"), "E206"),
    "list altered": (write(f"{RECORDS}/added.sha256", b""), "E206"),
    "seal altered": (write(f"{RECORDS}/seal.sha256", b""), "E107"),
    "signature replaced": (
        lambda folder: (folder / RECORDS / "seal.sha256.sig").write_bytes(
            (folder / CONTENT / "linksync/relay/0001/seal.sha256.sig").read_bytes()
        ),
        "E204",
    ),
    "signature removed": (remove(f"{RECORDS}/seal.sha256.sig"), "E106"),
    "seal of the hand-off before altered": (
        write(f"{CONTENT}/linksync/handoffs/000001-ncsi/seal.sha256", b"x"), "E302",
    ),
    "relay altered": (write(f"{CONTENT}/linksync/relay/0001/relay.yaml", b"format: 1\n"), "E301"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(TAMPERING))
def test_whatever_is_changed_in_an_object_is_found(what: str, at: tuple[Path, Path]) -> None:
    archive, folder = at
    change, code = TAMPERING[what]
    change(folder)
    assert code in codes(archive)


def test_what_stands_outside_the_objects_is_found(at: tuple[Path, Path]) -> None:
    archive, _ = at
    (archive / "ocfl/loose").write_bytes(b"x")
    assert codes(archive) == {"E119"}
    (archive / "ocfl/loose").unlink()
    (archive / "ocfl/ocfl_layout.json").write_bytes(b"{}")
    assert codes(archive) == {"E301"}


def test_an_object_at_another_objects_place_is_found(at: tuple[Path, Path]) -> None:
    archive, folder = at
    folder.rename(folder.with_name("somewhere-else"))
    assert "E117" in codes(archive)


def test_a_feed_that_lacks_an_entry_or_names_what_is_not_there_is_found(at: tuple[Path, Path]) -> None:
    archive, _ = at
    first, second = archive / entry_name(1), archive / entry_name(2)
    kept = second.read_bytes()
    second.unlink()
    assert codes(archive) == {"W112"}
    second.write_bytes(first.read_bytes())
    assert codes(archive) == {"W112"}
    second.write_bytes(kept)
    assert codes(archive) == set()
    (archive / entry_name(3)).write_bytes(b"not a note")
    assert "E302" in codes(archive)


def test_a_receipt_that_is_altered_is_found(at: tuple[Path, Path]) -> None:
    archive, _ = at
    receipt = next((archive / "receipts").rglob("receipt.yaml"))
    receipt.write_bytes(receipt.read_bytes() + b"# more\n")
    assert "E206" in codes(archive)


def test_a_receipt_by_another_key_is_found(at: tuple[Path, Path]) -> None:
    archive, _ = at
    seal = next((archive / "receipts").rglob("seal.sha256"))
    forged = sshsig.sign(seal.read_bytes(), namespace="linksync-receipt-v1", signer=Key("stranger"))
    seal.with_name("seal.sha256.sig").write_bytes(forged)
    assert "E202" in codes(archive)


def test_an_archive_given_to_another_organiser_is_refused(at: tuple[Path, Path], tmp_path: Path) -> None:
    archive, _ = at
    other = Relay(organiser="impostor")
    other.sign()
    for name, data in other.versions[0].files.items():
        (archive / "relay/0001" / name).write_bytes(data)
    with pytest.raises(TrustError, match="archive-organiser-other"):
        verify_archive(open_archive(str(archive)))
