"""A stick is written so that a yank leaves old or new, and nothing that people put there is touched."""

import contextlib
import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import Faults, count_calls, each_fault
from media import exfat_stick, fat_stick, remount_readonly
from played import everything, put

from linksync.custody import lists, seal
from linksync.custody.keys import Signer
from linksync.demo.world import signer_of
from linksync.errors import MediumError, RefusedError
from linksync.stick.medium import Medium
from linksync.stick.writing import Writer

FOLDER = "linksync/receipts/archief/000001-ncsi"
DS_STORE = b"\0\0\0\x01Bud1" + bytes(100)


def sealed(text: bytes = b"format: 1\n", signer: Signer | None = None) -> dict[str, bytes]:
    follows = {"linksync/relay/0001/seal.sha256": bytes(32), "linksync/handoffs/000001-ncsi/seal.sha256": bytes(32)}
    signer = signer or signer_of("archief")
    return seal.build(seal.RECEIPT, FOLDER, {"receipt.yaml": text}, follows=follows, signer=signer)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick" / "data").mkdir(parents=True)
    return tmp_path / "stick"


@pytest.fixture
def medium(stick: Path) -> Iterator[Medium]:
    with Medium.open(stick) as opened:
        yield opened


@pytest.fixture
def writer(medium: Medium) -> Writer:
    return Writer(medium)


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_sealed_folder_is_written_with_its_signature_last_and_everything_synced(stick: Path, writer: Writer) -> None:
    with count_calls(stick) as counted:
        assert writer.put_sealed(FOLDER, sealed())
    assert held(stick / FOLDER) == sealed()
    signed = counted.calls.index(f"open {FOLDER}/seal.sha256.sig")
    rest = [call for call in counted.calls[signed + 1 :] if "seal.sha256.sig" not in call]
    assert rest == [f"fsync {FOLDER}"]
    assert f"fsync {FOLDER}/seal.sha256" in counted.calls[:signed]
    assert counted.calls[signed - 1] == f"fsync {FOLDER}"


def test_a_folder_that_is_there_is_not_written_again_but_synced(stick: Path, writer: Writer) -> None:
    writer.put_sealed(FOLDER, sealed())
    before = everything(stick)
    with count_calls(stick) as counted:
        assert not writer.put_sealed(FOLDER, sealed())
    assert everything(stick) == before
    assert {call.split()[0] for call in counted.calls} == {"fsync"}
    assert len(counted.calls) == len(sealed()) + 2


@pytest.mark.parametrize("torn", [True, False])
def test_a_sealed_folder_cut_off_at_any_call_is_finished_by_the_next_run(tmp_path: Path, torn: bool) -> None:
    def plan(number: int) -> Faults:
        place = tmp_path / f"{torn}-{number}"
        place.mkdir()
        return Faults(place, fail_at=number, error=errno.EIO, torn=torn)

    for number, faults in enumerate(each_fault(plan), start=1):
        place = tmp_path / f"{torn}-{number}"
        with Medium.open(place) as medium:
            with contextlib.suppress(MediumError), faults:
                Writer(medium).put_sealed(FOLDER, sealed())
            signature = place / FOLDER / "seal.sha256.sig"
            if signature.exists() and signature.read_bytes() == sealed()["seal.sha256.sig"]:
                assert held(place / FOLDER) == sealed(), number
            Writer(medium).put_sealed(FOLDER, sealed())
        assert held(place / FOLDER) == sealed(), number
    assert number > 15


def test_a_whole_folder_with_other_content_is_left_as_it_is(stick: Path, writer: Writer) -> None:
    writer.put_sealed(FOLDER, sealed(b"format: 1\nother: 1\n"))
    before = everything(stick)
    with pytest.raises(RefusedError) as refusal:
        writer.put_sealed(FOLDER, sealed())
    assert refusal.value.slug == "stick-folder-taken"
    assert everything(stick) == before


@pytest.mark.parametrize("name", ["receipt.yaml", "seal.sha256", "seal.sha256.sig"])
def test_something_that_is_no_file_in_a_sealed_folder_stays_and_is_said(stick: Path, writer: Writer, name: str) -> None:
    (stick / FOLDER).mkdir(parents=True)
    os.mkfifo(stick / FOLDER / name)
    with pytest.raises(MediumError) as told:
        writer.put_sealed(FOLDER, sealed())
    assert told.value.errno == errno.EEXIST
    assert (stick / FOLDER / name).is_fifo()


@pytest.mark.parametrize("kind", ["file", "link"])
@pytest.mark.parametrize("at", ["linksync", "linksync/receipts", "linksync/receipts/archief", FOLDER])
def test_a_link_or_file_on_the_way_is_not_followed(
    stick: Path, writer: Writer, tmp_path: Path, at: str, kind: str
) -> None:
    place = stick / at
    place.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "elsewhere").mkdir()
    if kind == "link":
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.write_bytes(b"a person's")
    with pytest.raises(MediumError):
        writer.put_sealed(FOLDER, sealed())
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert kind == "link" or place.read_bytes() == b"a person's"


def test_a_file_of_ours_is_replaced_whole_and_synced_under_its_new_name(stick: Path, writer: Writer) -> None:
    put(stick, {"manifest-sha256.txt": b"old"})
    with count_calls(stick) as counted:
        assert writer.replace("manifest-sha256.txt", b"new")
    assert (stick / "manifest-sha256.txt").read_bytes() == b"new"
    renamed = counted.calls.index("rename manifest-sha256.txt")
    assert counted.calls[renamed + 1] == "fsync manifest-sha256.txt"
    assert sorted(os.listdir(stick / "linksync")) == []


def test_a_file_that_is_the_same_already_is_left_alone(stick: Path, writer: Writer) -> None:
    put(stick, {"bagit.txt": b"same"})
    with count_calls(stick) as counted:
        assert writer.replace("bagit.txt", b"same")
    assert counted.calls == []


@pytest.mark.parametrize("torn", [True, False])
def test_a_replacement_cut_off_at_any_call_leaves_old_or_new(tmp_path: Path, torn: bool) -> None:
    def plan(number: int) -> Faults:
        place = tmp_path / f"{torn}-{number}"
        put(place, {"bagit.txt": b"old" * 1000, "linksync/x": b""})
        return Faults(place, fail_at=number, error=errno.ENODEV, stay_dead=torn)

    for number, faults in enumerate(each_fault(plan), start=1):
        place = tmp_path / f"{torn}-{number}"
        with Medium.open(place) as medium:
            with contextlib.suppress(MediumError), faults:
                Writer(medium).replace("bagit.txt", b"new" * 1000)
            assert (place / "bagit.txt").read_bytes() in {b"old" * 1000, b"new" * 1000}
            writer = Writer(medium)
            writer.clear_unfinished()
            assert writer.replace("bagit.txt", b"new" * 1000)
        assert (place / "bagit.txt").read_bytes() == b"new" * 1000
        assert os.listdir(place / "linksync") == ["x"]


@pytest.mark.parametrize("kind", ["folder", "link", "fifo"])
def test_what_is_no_file_under_a_name_of_ours_is_peoples_and_stays(stick: Path, writer: Writer, kind: str) -> None:
    place = stick / "START-HIER.html"
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to("/etc/passwd")
    else:
        os.mkfifo(place)
    before = everything(stick)
    assert not writer.replace("START-HIER.html", b"ours")
    writer.remove("START-HIER.html")
    assert {name: told for name, told in everything(stick).items() if name != "linksync"} == before


@pytest.mark.parametrize("make", [fat_stick, exfat_stick])
def test_a_persons_file_that_the_medium_takes_for_ours_stays(make: object, tmp_path: Path) -> None:
    with make(tmp_path, holding={"start-hier.html": b"a person's"}) as real:  # type: ignore[operator]
        with Medium.open(real.path) as medium:
            assert not Writer(medium).replace("START-HIER.html", b"ours")
            Writer(medium).remove("START-HIER.html")
        assert (real.path / "start-hier.html").read_bytes() == b"a person's"


def test_a_file_is_added_where_none_is_and_finished_where_it_was_cut_off(stick: Path, writer: Writer) -> None:
    assert writer.add_file("data/LEES-MIJ.txt", b"read me")
    assert writer.add_file("data/LEES-MIJ.txt", b"read me")
    (stick / "data" / "LEES-MIJ.txt").write_bytes(b"read")
    assert writer.add_file("data/LEES-MIJ.txt", b"read me")
    assert (stick / "data" / "LEES-MIJ.txt").read_bytes() == b"read me"
    (stick / "data" / "LEES-MIJ.txt").write_bytes(b"a person's own")
    assert not writer.add_file("data/LEES-MIJ.txt", b"read me")
    assert (stick / "data" / "LEES-MIJ.txt").read_bytes() == b"a person's own"


def test_litter_is_removed_only_while_it_is_litter(stick: Path, writer: Writer) -> None:
    real = b"[Netwerk]\nserver=1\n"
    put(stick, {"data/.DS_Store": DS_STORE, "data/desktop.ini": real, "data/Thumbs.db": b"", "data/._a": b"\0\5\x16\7"})
    (stick / "data" / "x").mkdir()
    (stick / "data" / "x" / ".DS_Store").symlink_to(stick / "data" / "desktop.ini")
    for name in (b".DS_Store", b"desktop.ini", b"Thumbs.db", b"._a", b"x/.DS_Store", b"none/.DS_Store", b"gone.txt"):
        writer.remove_litter(b"data/" + name)
    assert sorted(os.listdir(stick / "data")) == ["._a", "Thumbs.db", "desktop.ini", "x"]
    assert os.listdir(stick / "data" / "x") == [".DS_Store"]


def test_only_our_own_unfinished_files_are_cleared(stick: Path, writer: Writer) -> None:
    left = {".new-0123456789ab": b"x", ".new-plan.docx": b"mine", ".new-0123456789AB": b"mine", "x": b"mine"}
    put(stick, {f"linksync/{name}": data for name, data in left.items()})
    (stick / "linksync" / ".new-000000000000").mkdir()
    writer.clear_unfinished()
    kept = [".new-000000000000", ".new-0123456789AB", ".new-plan.docx", "x"]
    assert sorted(os.listdir(stick / "linksync")) == kept


def test_what_does_not_read_back_is_said(stick: Path, writer: Writer) -> None:
    put(stick, {"linksync/a": b"right", "linksync/b": b"wrong"})
    writer.read_back({"linksync/a": b"right"})
    for wanted in (b"right", b"wron", b"wrong!"):
        with pytest.raises(MediumError) as told:
            writer.read_back({"linksync/a": b"right", "linksync/b": wanted})
        assert (told.value.slug, told.value.fields["path"]) == ("stick-readback", "linksync/b")


def test_a_file_of_peoples_is_put_back_whole_or_not_at_all(stick: Path, writer: Writer) -> None:
    data = os.urandom(3_000_000)
    digest = lists.sha256(data)
    assert writer.put_content(b"data/\xff/b.bin", io.BytesIO(data), digest) == "written"
    assert writer.put_content(b"data/\xff/b.bin", io.BytesIO(b""), digest) == "there"
    assert writer.put_content(b"data/\xff/b.bin", io.BytesIO(b"x"), lists.sha256(b"x")) == "taken"
    assert writer.put_content(b"data/c.bin", io.BytesIO(b"y"), lists.sha256(b"x")) == "other"
    assert writer.put_content(b"data/" + b"n" * 300, io.BytesIO(data), digest) == "impossible"
    assert os.listdir(stick / "linksync") == []
    assert not (stick / "data" / "c.bin").exists()


def test_a_stick_that_may_only_be_read_says_so(tmp_path: Path) -> None:
    with exfat_stick(tmp_path) as real:
        remount_readonly(real)
        with Medium.open(real.path) as medium, pytest.raises(MediumError) as told:
            Writer(medium).put_sealed(FOLDER, sealed())
        assert told.value.slug == "stick-read-only"


def test_a_full_stick_says_so(tmp_path: Path) -> None:
    with exfat_stick(tmp_path, megabytes=16) as real:
        with Medium.open(real.path) as medium:
            with pytest.raises(MediumError) as told:
                Writer(medium).replace("bagit.txt", bytes(20_000_000))
            assert told.value.slug == "stick-full"
            Writer(medium).clear_unfinished()
            assert Writer(medium).replace("bagit.txt", b"fits")
        assert os.listdir(real.path / "linksync") == []
