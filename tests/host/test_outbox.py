"""The outbox: what was sealed here is whole or not there, and nothing that is damaged is passed on or let go."""

import os
import signal
from pathlib import Path

import pytest
from faults import Faults, each_fault
from played import FIRST, SECOND, a_link, put

from linksync.custody.lists import sha256
from linksync.custody.seal import SEAL, SIGNATURE
from linksync.demo.world import World
from linksync.errors import FormatError, MediumError
from linksync.host.outbox import Entry, Outbox
from linksync.host.state import State


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_link(tmp_path)


@pytest.fixture
def host(world: World) -> State:
    return world.state(FIRST)


@pytest.fixture
def outbox(host: State) -> Outbox:
    return host.outbox(host.links()[0])


def folder_of(outbox: Outbox, entry: Entry) -> Path:
    return outbox.folder / entry.seal / entry.folder.path


def test_an_entry_tells_its_hand_off_and_what_it_took_in(world: World, outbox: Outbox) -> None:
    (entry,) = outbox.entries()
    assert (entry.number, entry.status, entry.receipts) == (2, "written", frozenset())
    assert entry.contents().keys() == {b"data/Bakkerij/idee.txt"}
    on_stick = world.stick / entry.folder.path
    assert {path.name: path.read_bytes() for path in on_stick.iterdir()} == dict(entry.folder.files)
    before = next(world.stick.glob("linksync/handoffs/000001-*/seal.sha256"))
    assert entry.previous_seal == before.read_bytes()


def test_what_became_of_an_entry_is_noted(outbox: Outbox) -> None:
    (entry,) = outbox.entries()
    for status in ("aside", "pending", "written"):
        outbox.mark(entry.seal, status)
        assert outbox.entries()[0].status == status
    outbox.note_receipt(entry.seal, "archief")
    outbox.note_receipt(entry.seal, "ander")
    outbox.note_receipt("0" * 64, "archief")
    assert outbox.entries()[0].receipts == {"archief", "ander"}
    outbox.remove(entry.seal)
    assert outbox.entries() == ()


@pytest.mark.parametrize("name", ["seal.sha256", "seal.sha256.sig", "handoff.yaml", "added.sha256", "index.jsonl"])
def test_a_damaged_entry_is_not_offered_and_its_copies_stay(host: State, outbox: Outbox, name: str) -> None:
    (entry,) = outbox.entries()
    path = folder_of(outbox, entry) / name
    if name.endswith("sig"):
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    assert outbox.entries() == ()
    assert outbox.needed() is None
    host.drop_copies()
    copy = host.staging(host.links()[0]).open(entry.contents()[b"data/Bakkerij/idee.txt"])
    assert copy is not None
    copy.close()


def test_a_status_that_cannot_be_read_is_the_careful_one(outbox: Outbox) -> None:
    (entry,) = outbox.entries()
    (outbox.folder / entry.seal / "status").write_bytes(b"\xff" * 100)
    assert outbox.entries()[0].status == "pending"


def test_what_is_foreign_in_the_outbox_is_passed_over(outbox: Outbox) -> None:
    put(outbox.folder, {"notes.txt": b"x", "A" * 64: b"x"})
    assert len(outbox.entries()) == 1


def add(outbox: Outbox, entry: Entry) -> Entry:
    with outbox.draft(entry.folder.path) as draft:
        for name in sorted(entry.folder.files.keys() - {SEAL, SIGNATURE}):
            data = entry.folder.files[name]
            assert draft.write(name, (data[:10], data[10:])) == sha256(data)
        return draft.keep({name: entry.folder.files[name] for name in (SEAL, SIGNATURE)}, entry.previous_seal)


def test_adding_cut_off_at_any_call_leaves_all_of_an_entry_or_nothing(
    world: World, host: State, tmp_path: Path
) -> None:
    outbox = host.outbox(host.links()[0])
    (entry,) = outbox.entries()
    for number, faults in enumerate(each_fault(lambda n: Faults(tmp_path / f"at-{n}", fail_at=n)), start=1):
        other = Outbox(tmp_path / f"at-{number}" / "outbox")
        try:
            with faults:
                add(other, entry)
        except (MediumError, FormatError):
            assert other.entries() == () or other.entries()[0].folder == entry.folder
        assert add(other, entry).status == "pending"
        assert other.entries()[0].folder == entry.folder


def test_a_damaged_entry_does_not_stop_the_next_hand_off(world: World, outbox: Outbox) -> None:
    (entry,) = outbox.entries()
    (folder_of(outbox, entry) / "added.sha256").write_bytes(b"damaged")
    put(world.stick, {"data/B/2.txt": b"two"})
    assert world.hand_over(FIRST).problem is None
    assert world.hand_over(SECOND).problem is None


def test_what_is_no_folder_under_the_name_of_an_entry_is_damage_and_hinders_no_other(outbox: Outbox) -> None:
    before = outbox.entries()
    (outbox.folder / ("e" * 64)).write_bytes(b"of a disk that was repaired")
    assert [entry.seal for entry in outbox.entries()] == [entry.seal for entry in before]
    assert outbox.damaged() == (str(outbox.folder / ("e" * 64)),)
    assert outbox.needed() is None, "what it owed is not known, and no copy goes"


def test_what_a_killed_sealing_left_goes_at_the_next_hand_off(world: World, host: State, outbox: Outbox) -> None:
    pid = os.fork()
    if pid == 0:
        with outbox.draft("linksync/handoffs/000003-x") as draft:
            draft.write("added.sha256", (b"%064d  data/x" % number for number in range(1000)))
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    (outbox.folder.parent / ".new-0123456789ab").write_bytes(b"a memory that was being written")
    assert len(list(host.folder.rglob(".new-*"))) == 2
    before = {entry.seal for entry in outbox.entries()}
    put(world.stick, {"data/later.txt": b"later"})
    world.hand_over(FIRST)
    assert list(host.folder.rglob(".new-*")) == []
    assert before < {entry.seal for entry in outbox.entries()}
