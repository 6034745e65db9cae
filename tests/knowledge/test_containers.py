"""What containers list, beside the programs that make them; and what hostile lists can do: nothing."""

import io
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable

import olefile
import pytest
from documents import NAMES, document
from hypothesis import given
from hypothesis import strategies as st
from packed import FILES, MADE, PASSWORD, rar4, rar5, seven_zipped, tarred, wide_zip, zip64, zipped

from linksync.knowledge.containers import Listing, listing
from linksync.knowledge.identify import identify
from linksync.knowledge.ole2 import MAGIC, read_ole2, stream
from linksync.knowledge.sample import Sample
from linksync.knowledge.zip_directory import MOST_ENTRIES, read_directory, unpack

ZIPS = tuple(
    name for name in NAMES if name.endswith((".docx", ".xlsx", ".pptx", ".odt", ".epub")) and "locked" not in name
)
OLD = tuple(name for name in NAMES if name.endswith((".doc", ".xls", ".ppt")))


def listed(data: bytes) -> Listing:
    file = io.BytesIO(data)
    return listing(file, len(data), identify(file, len(data)))


def sizes(found: Listing) -> dict[str, int]:
    return {entry.name.decode(): entry.size for entry in found.entries if not entry.name.endswith(b"/")}


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_is_listed_as_pythons_own_reader_lists_it(name: str) -> None:
    data = document(name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        theirs = [
            (entry.filename, entry.file_size, entry.compress_size, entry.header_offset) for entry in archive.infolist()
        ]
    ours = [(entry.name.decode(), entry.size, entry.packed, entry.offset) for entry in listed(data).entries]
    assert ours == theirs


def test_parts_of_a_zip_are_unpacked_no_further_than_asked() -> None:
    data = document("long-nl.docx").read_bytes()
    sample = Sample(io.BytesIO(data), len(data))
    entry = next(entry for entry in read_directory(sample).listing.entries if entry.name == b"word/document.xml")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        whole = archive.read("word/document.xml")
    assert len(whole) > 50_000
    assert unpack(sample, entry, 1000) == whole[:1000]
    assert unpack(sample, entry, len(whole) + 1) == whole


LISTED: dict[str, Callable[[], bytes]] = {
    "zip": zipped,
    "zip with sizes after the data": wide_zip,
    "zip before which something stands": lambda: b"\0\1\2 a program" + zipped(),
    "tar": tarred,
    "tar, gnu": lambda: tarred(tarfile.GNU_FORMAT),
    "7z": seven_zipped,
    "7z, not packed": lambda: seven_zipped("-mx=0"),
    "7z, list not packed": lambda: seven_zipped("-mhc=off"),
    "7z, each file by itself": lambda: seven_zipped("-ms=off"),
    "7z, by other ways": lambda: seven_zipped("-m0=PPMd"),
    "rar 5": rar5,
}


@pytest.mark.parametrize("kind", LISTED)
def test_every_archive_lists_the_files_that_were_put_in(kind: str) -> None:
    found = listed(LISTED[kind]())
    assert (sizes(found) | {"map": 0}, found.flaws) == (
        {name: len(data) for name, data in FILES.items()} | {"map": 0},
        (),
    )


def test_an_old_rar_lists_its_files() -> None:
    assert sizes(listed(rar4())) == {name.replace("/", "\\"): len(data) for name, data in FILES.items()}


def test_a_zip64_is_read() -> None:
    assert sizes(listed(zip64(5))) == {f"{number}.txt": 1 for number in range(5)}


def test_locked_entries_are_told() -> None:
    for data in (seven_zipped(f"-p{PASSWORD}"), rar4(encrypted=True), rar5(encrypted=True)):
        found = listed(data)
        assert found.flaws == ("encrypted",)
        assert [entry.name for entry in found.entries if entry.size and not entry.encrypted] == []
    assert listed(seven_zipped(f"-p{PASSWORD}", "-mhe=on")) == Listing(flaws=("encrypted",))


def test_the_size_of_a_gzip_is_the_one_that_it_states() -> None:
    entry = listed(MADE["gz"][0]()).entries[0]
    assert (entry.size, entry.packed) == (len(FILES["plan.txt"]), len(MADE["gz"][0]()))


@pytest.mark.parametrize("name", OLD)
def test_old_office_files_hold_the_streams_that_olefile_sees(name: str) -> None:
    data = document(name).read_bytes()
    sample = Sample(io.BytesIO(data), len(data))
    ole2 = read_ole2(sample)
    with olefile.OleFileIO(io.BytesIO(data)) as theirs:
        paths = theirs.listdir()
        assert sorted(entry.name.decode() for entry in ole2.listing.entries) == sorted(path[-1] for path in paths)
        for path in paths:
            assert stream(sample, ole2, path[-1].encode(), 1 << 24) == theirs.openstream(path).read()


def test_sizes_that_stand_in_an_extended_header_of_a_tar_are_believed() -> None:
    record = b"20 size=00000007011\n"
    extended = tarfile.TarInfo("pax")
    extended.type, extended.size = tarfile.XHDTYPE, len(record)
    out = extended.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0")
    out += tarfile.TarInfo("plan.txt").tobuf(tarfile.USTAR_FORMAT) + bytes(7011).ljust(7168, b"x") + bytes(1024)
    assert [(entry.name, entry.size) for entry in listed(out).entries] == [(b"pax", 20), (b"plan.txt", 7011)]
    assert listed(out).flaws == ()


def test_more_entries_than_are_read_are_counted() -> None:
    entry = zipped({"x": b""}, zipfile.ZIP_STORED)
    start = entry.rfind(b"PK\1\2")
    one, count = entry[start : entry.rfind(b"PK\5\6")], MOST_ENTRIES + 5000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(one) * count, start, 0)
    found = listed(entry[:start] + one * count + end)
    assert (len(found.entries), found.count) == (MOST_ENTRIES, count)


def _loop() -> bytes:
    """A compound file whose directory is a chain that bites its own tail."""
    header = bytearray(512)
    header[:8] = MAGIC
    header[24:34] = b"\x3e\0\3\0\xfe\xff\x09\0\6\0"
    header[44:52] = struct.pack("<2L", 1, 1)
    header[56:76] = struct.pack("<5L", 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header[76:512] = struct.pack("<109L", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128L", 0xFFFFFFFD, 1, *[0xFFFFFFFF] * 126)
    root = "Root Entry".encode("utf-16-le").ljust(64, b"\0") + b"\x16\0\5\1" + bytes(60)
    return bytes(header) + table + root * 4


def test_a_chain_that_bites_its_own_tail_ends() -> None:
    begun = time.process_time()
    assert listed(_loop()).entries == ()
    assert time.process_time() - begun < 1


PARSED = ("letter-nl.docx", "letter-nl.odt", "letter-nl.doc", "sheets-nl.xls")


@given(st.sampled_from([*PARSED, *(kind for kind in MADE if kind not in ("elf", "iso"))]), st.data())
def test_flipped_and_cut_lists_raise_nothing_and_stay_small(name: str, data: st.DataObject) -> None:
    whole = bytearray(document(name).read_bytes() if name in PARSED else MADE[name][0]())
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(
            st.one_of(st.integers(0, min(200, len(whole) - 1)), st.integers(max(0, len(whole) - 400), len(whole) - 1))
        )
        whole[place] ^= data.draw(st.integers(1, 255))
    cut = bytes(whole[: data.draw(st.one_of(st.just(len(whole)), st.integers(1, len(whole))))])
    kind = identify(io.BytesIO(bytes(whole)), len(whole))
    assert len(listing(io.BytesIO(cut), len(cut), kind).entries) <= 100_000
