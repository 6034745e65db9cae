"""The contract that every store keeps; a new kind of store joins ``STORES`` and is held to all of it."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linksync.archive.folder_store import FolderStore
from linksync.archive.store import Store, in_pieces
from linksync.errors import FormatError, MediumError
from linksync.machine.kept import KeptFile

STORES: dict[str, Callable[[Path], Store]] = {"folder": FolderStore}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    (tmp_path / "store").mkdir()
    return STORES[request.param](tmp_path / "store")


def content(store: Store, name: str) -> bytes | None:
    file = store.open(name)
    if file is None:
        return None
    with file:
        return b"".join(in_pieces(file))


def test_what_was_put_is_read_and_opened(store: Store) -> None:
    store.put("a/b/c.txt", [b"one ", b"", b"two"])
    assert store.read("a/b/c.txt", 7) == b"one two"
    assert content(store, "a/b/c.txt") == b"one two"


def test_putting_again_takes_the_place_of_what_was_there(store: Store) -> None:
    store.put("a.txt", [b"long, and longer"])
    store.put("a.txt", [b"short"])
    assert store.read("a.txt", 100) == b"short"


def test_what_is_adopted_is_there_in_place_of_what_was_and_lives_on_without_its_giver(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_bytes(b"kept")
    store.put("a/there", [b"was there before"])
    for name in ("a/new", "a/there"):
        with KeptFile(str(tmp_path / "kept"), "rb") as file:
            if not store.adopt(name, file):
                store.put(name, in_pieces(file))
    (tmp_path / "kept").unlink()
    assert [content(store, name) for name in ("a/new", "a/there")] == [b"kept", b"kept"]
    assert sorted(store.names("")) == ["a/new", "a/there"]


def test_what_is_not_there_is_none(store: Store) -> None:
    store.put("a/file", [b"x"])
    for name in ("b", "a", "a/other", "a/file/below", "c/d/e"):
        assert store.read(name, 10) is None
        assert store.open(name) is None


def test_a_read_is_bounded(store: Store) -> None:
    store.put("a", [b"x" * 11])
    with pytest.raises(FormatError, match="store-too-large"):
        store.read("a", 10)


def test_replacing_is_at_once(store: Store) -> None:
    store.replace("a/b", b"old")
    store.replace("a/b", b"new")
    assert store.read("a/b", 10) == b"new"


def test_creating_never_touches_what_is_there(store: Store) -> None:
    assert store.create("a/b", b"first")
    assert not store.create("a/b", b"second")
    store.put("a/c", [b"content"])
    assert not store.create("a/c", b"second")
    assert store.read("a/b", 10) == b"first"


def test_of_many_who_create_at_once_one_wins_and_nobody_sees_half(store: Store) -> None:
    won: list[int] = []
    start = threading.Barrier(8)

    def create(number: int) -> None:
        start.wait()
        if store.create("one/winner", b"%d" % number * 1000):
            won.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.read("one/winner", 100_000) == b"%d" % won[0] * 1000


def test_names_are_sorted_as_whole_names_and_only_those_below(store: Store) -> None:
    for name in ("a/b/c", "a-b", "a/b.txt", "ab/c", "a/b/d/e", "é/f"):
        store.put(name, [b"x"])
    store.create("a/created", b"x")
    assert list(store.names("a")) == ["a/b.txt", "a/b/c", "a/b/d/e", "a/created"]
    assert list(store.names("")) == sorted(
        ["a/b/c", "a-b", "a/b.txt", "ab/c", "a/b/d/e", "é/f", "a/created"], key=os.fsencode
    )
    assert list(store.names("nowhere")) == []
    assert list(store.names("a/b.txt")) == []


def test_what_was_removed_is_gone_and_its_place_can_be_used_again(store: Store) -> None:
    store.put("a/b/c", [b"x"])
    store.remove("a/b/c")
    store.remove("a/b/c")
    store.remove("never/there")
    assert list(store.names("")) == []
    store.put("a/b/c", [b"again"])
    store.create("a/b/d", b"x")
    assert store.read("a/b/c", 10) == b"again"


def test_settling_is_allowed_at_any_time(store: Store) -> None:
    store.settle()
    store.put("a", [b"x"])
    store.settle()


def test_content_that_breaks_off_passes_its_error_on_and_can_be_put_again(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise LookupError("the rest is gone")

    for _ in range(2):
        with pytest.raises(LookupError):
            store.put("a/b", broken())
    store.put("a/b", [b"whole"])
    assert store.read("a/b", 10) == b"whole"
    assert list(store.names("")) == ["a/b"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "../a",
        "a/./b",
        "a\0b",
        "a\nb",
        "x" * 256,
        "a/" * 600 + "a",
        "\udcff",
    ],
)
def test_what_is_no_name_is_refused_on_the_way_in_and_out(store: Store, name: str) -> None:
    for call in (
        lambda: store.put(name, [b"x"]),
        lambda: store.replace(name, b"x"),
        lambda: store.create(name, b"x"),
        lambda: store.read(name, 10),
        lambda: store.open(name),
        lambda: store.remove(name),
    ):
        with pytest.raises(FormatError, match="store-name"):
            call()


def test_names_of_every_script_are_kept(store: Store) -> None:
    for name in ("België/café & 100%.txt", "a b/ c", "日本/語.txt", "back\\slash", "what?*", "x" * 255, "a::b"):
        store.put(name, [name.encode()])
        assert store.read(name, 1000) == name.encode()
        assert name in list(store.names(""))


def test_a_folder_store_opens_no_links_and_no_odd_things(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to("secret")
    (tmp_path / "folder").symlink_to("/")
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "fifo", "folder"):
        assert store.open(name) is None
    with pytest.raises(MediumError):
        store.put("folder/tmp/x", [b"x"])
    assert "folder/tmp" not in "".join(store.names(""))


def test_a_folder_store_says_which_name_failed_and_why(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "gone")
    with pytest.raises(MediumError) as caught:
        store.create("a/b", b"x")
    assert caught.value.slug == "store-write"
    assert caught.value.fields["name"] == "a/b"
