"""Large files laid aside come back as they were, and small ones never left."""

import pytest

from linksync.machine import spool
from linksync.machine.spool import Laid, Spool


def test_large_and_small_files_come_back_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "LARGE", 100)
    files = {"a": b"small", "b": b"large" * 100, "c": b"", "d": bytes(100)}
    one = Spool()
    laid, other = Laid(one), Laid(one)
    for name, data in files.items():
        laid.add(name, (data,))
        other.add(name, (data[::-1],))
    assert dict(laid) == files == laid
    assert dict(other) == {name: data[::-1] for name, data in files.items()}
    assert ("b" in laid, "e" in laid, len(laid), laid.get("e")) == (True, False, 4, None)


def test_where_the_disk_has_no_room_memory_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "LARGE", 10)
    monkeypatch.setattr("tempfile.tempdir", "/proc/nowhere")
    laid = Laid(Spool())
    laid.add("a", (bytes(400), bytes(600)))
    assert laid["a"] == bytes(1000)
