"""Objects as OCFL wants them, whatever people call their files; judged by ocfl-py and sha256sum."""

import datetime as dt
import json
import subprocess
from pathlib import Path

import pytest
from archives import make, object_path
from hypothesis import given
from hypothesis import strategies as st
from media import need
from ocfl import InventoryValidator  # type: ignore[import-untyped]
from ocfl.layout_0003_hash_and_id_n_tuple import (  # type: ignore[import-untyped]
    Layout_0003_Hash_And_Id_N_Tuple,
)
from sealed import Link, Relay

from linksync.archive import ocfl
from linksync.archive.port import Outcome
from linksync.archive.store import NAME_MAX, require_name
from linksync.custody import names
from linksync.custody.lists import sha256
from linksync.machine.sorting import InOrder

ORDINARY = {
    "data/België/café & 100%.txt": b"1",
    "data/a b/ spatie vooraan": b"2",
    "data/a b/spatie achteraan ": b"3",
    "data/日本/語.txt": b"4",
    "data/back\\slash.txt": b"5",
    "data/what?*[x]{y}.txt": b"6",
    "data/a::b/c:d.txt": b"7",
    "data/~/$HOME/`x`.txt": b"8",
    "data/-rf": b"9",
    "data/\u202egnp.exe": b"10",
    "data/e\u0301.txt": b"11",
    "data/\u00e9.txt": b"12",
    "data/A.txt": b"13",
    "data/a.txt": b"14",
    "data/same": b"1",
    "data/" + "é" * 127 + "x": b"15",
    "data/%41%2f..%00.txt": b"16",
    "naast.txt": b"17",
    "data/logs/x": b"18",
    "data/v1/content/inventory.json": b"19",
    "data/empty": b"",
    'data/quote"quote.txt': b"20",
    "data/https://x": b"21",
}
ODD = {
    b"data/not utf-8 \xff\xfe.txt": b"30",
    b"data/tab\there": b"31",
    b"data/escape\x1b[31m": b"32",
    b"data/" + "日".encode() * 86: b"33",
    b"data/" + b"/".join([b"d" * 200] * 4): b"34",
    b"data/same \xff content": b"30",
}


def test_every_name_is_kept_and_every_object_is_valid(tmp_path: Path) -> None:
    relay = Relay()
    relay.sign()
    archive = make(tmp_path, relay)
    files = {path.replace("://", ":/").encode(): data for path, data in ORDINARY.items()} | ODD
    sealed = Link(relay).seal("ncsi", files)
    answer = archive.offer(sealed.submission())
    assert answer.outcome is Outcome.ACCEPTED
    at = object_path(tmp_path / "archive", answer.object)
    run = subprocess.run([need("ocfl-validate.py"), str(at)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    for name in ("seal.sha256", "added.sha256"):
        ordinary = [
            line for line in sealed.folder.files[name].splitlines(keepends=True) if line[66:].rstrip(b"\n") not in ODD
        ]
        checked = subprocess.run(
            [need("sha256sum"), "--strict", "-c", "--quiet"],
            cwd=at / "v1/content",
            input=b"".join(ordinary),
            capture_output=True,
        )
        assert checked.returncode == 0, checked.stderr
    for path, data in ODD.items():
        stored = at / "v1/content/linksync/content" / sha256(data).hex()
        assert stored.read_bytes() == data
        assert names.escape(path) in (at / "inventory.json").read_text("utf-8").replace("\\\\", "\\")
    fetched = archive.fetch(next(iter(archive.feed(0))))
    assert fetched is not None
    for path, data in files.items():
        file = fetched.content(path, sha256(data))
        assert file is not None
        with file:
            assert file.read() == data


@given(st.integers(1, 999_999), st.binary(min_size=32, max_size=32))
def test_objects_stand_where_layout_0003_says(number: int, seal: bytes) -> None:
    id_ = ocfl.object_id("0123456789abcdef" * 2, number, seal.hex())
    assert ocfl.object_folder(id_) == "ocfl/" + Layout_0003_Hash_And_Id_N_Tuple().identifier_to_path(id_)


@given(st.binary(min_size=1, max_size=1024).filter(lambda path: names.path_fault(path) is None))
def test_every_content_path_is_a_name_in_any_store(path: bytes) -> None:
    folder = ocfl.object_folder(ocfl.object_id("0" * 32, 999_999, "0" * 64))
    name = f"{folder}/{ocfl.CONTENT}/{ocfl.content_path(path, sha256(path))}"
    assert len(require_name(name).encode()) <= NAME_MAX - 60


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.binary(max_size=3), min_size=1))
def test_an_inventory_does_not_depend_on_the_order_of_its_holdings(files: dict[str, bytes]) -> None:
    when = dt.datetime(2011, 10, 31, tzinfo=dt.UTC)
    holdings = [(sha256(data), path.encode("utf-8", "surrogatepass")) for path, data in files.items()]

    def printed(some: list[tuple[bytes, bytes]]) -> bytes:
        return b"".join(ocfl.inventory("urn:x", InOrder(some), created=when, holder="h", relay="r"))

    assert printed(holdings) == printed(holdings[::-1])
    told = json.loads(printed(holdings))
    assert sorted(told["manifest"]) == sorted(told["versions"]["v1"]["state"])
    assert sum(map(len, told["versions"]["v1"]["state"].values())) == len(files)


@pytest.mark.parametrize(
    "time", ["2011-10-31T09:00:00+00:00", "2011-10-31T09:00:00.123456+00:00", "0001-01-01T00:00:00+00:00"]
)
def test_any_time_that_a_host_claims_makes_a_valid_object(time: str, tmp_path: Path) -> None:
    pieces = ocfl.inventory(
        "urn:x", [(sha256(b""), b"data/a")], created=dt.datetime.fromisoformat(time), holder="h", relay="r"
    )
    validator = InventoryValidator()
    assert validator.validate(json.loads(b"".join(pieces))), str(validator.log)
