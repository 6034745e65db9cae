"""Litter: the only thing that is ever removed, so nothing that anybody wrote may be taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.litter import BYTES_MAX, is_litter, is_litter_name

DS_STORE = b"\0\0\0\x01Bud1" + bytes(100)
THUMBS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
INI = b"[.ShellClassInfo]\r\nIconIndex=0\r\n"


def apple_double(*entries: tuple[int, int]) -> bytes:
    """An AppleDouble file with entries of these kinds and lengths, as macOS writes it: 4,096 bytes for most."""
    told, at = b"", 50
    for kind, length in entries:
        told, at = told + b"".join(n.to_bytes(4, "big") for n in (kind, at, length)), at + length
    head = b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(16) + len(entries).to_bytes(2, "big") + told
    return head.ljust(at, b"\0")


FINDER_INFO, FORK = (9, 3760), (2, 286)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (b"data/.DS_Store", DS_STORE),
        (b"data/map/Thumbs.db", THUMBS),
        (b"data/desktop.ini", INI),
        (b"data/Desktop.ini", b"\xef\xbb\xbf" + INI),
        (b"data/desktop.ini", b"\xff\xfe" + INI.decode().encode("utf-16-le")),
        (b"data/._verslag.pdf", apple_double(FINDER_INFO, FORK)),
    ],
)
def test_litter_is_known_by_name_and_content(path: bytes, data: bytes) -> None:
    assert is_litter(path, data)
    assert not is_litter(b"data/verslag.pdf", data)
    assert not is_litter(path + b"/verslag.pdf", data)


@pytest.mark.parametrize(
    "path", [b"data/.DS_Store", b"data/Thumbs.db", b"data/desktop.ini", b"data/._verslag.pdf", b"._"]
)
@given(st.binary(max_size=300))
def test_what_bears_such_a_name_and_holds_something_else_is_people_s(path: bytes, data: bytes) -> None:
    assert is_litter_name(path)
    assert not is_litter(path, b"Wat ik leerde: " + data)


def test_a_resource_fork_that_says_something_is_people_s() -> None:
    assert not is_litter(b"data/._x", apple_double(FINDER_INFO, (2, 287)))
    assert not is_litter(b"data/._x", apple_double((2, 10_000)))


def test_an_apple_double_that_holds_the_file_itself_is_people_s() -> None:
    assert not is_litter(b"data/._x", apple_double((1, 1000)))


@pytest.mark.parametrize("end", range(30))
def test_an_apple_double_that_was_cut_off_is_never_removed_before_its_entries_are_known(end: int) -> None:
    assert not is_litter(b"data/._x", apple_double((2, 10_000))[:end])


def test_what_stands_behind_the_entries_of_an_apple_double_is_people_s() -> None:
    whole = apple_double(FINDER_INFO, FORK)
    assert len(whole) == 4096
    assert not is_litter(b"data/._x", whole + b"Wat ik leerde")
    assert not is_litter(b"data/._x", whole[:-1])


def test_a_large_file_is_never_litter() -> None:
    assert not is_litter(b"data/.DS_Store", DS_STORE + bytes(BYTES_MAX))
