"""Checksum lists: one spelling each, read as sha256sum reads them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import need

from linksync.custody import lists, names
from linksync.errors import FormatError

PATH = st.binary(min_size=1, max_size=30).filter(lambda p: names.path_fault(p) is None and not names.is_reserved(p))
ENTRIES = st.dictionaries(PATH, st.binary(min_size=32, max_size=32), min_size=1, max_size=6)
LINE = b"0" * 64 + b"  data/a\n"


def slug_of(data: bytes, lines: int = lists.LINES_MAX) -> str:
    with pytest.raises(FormatError) as caught:
        lists.from_bytes(data, lines=lines)
    return caught.value.slug


@given(ENTRIES)
def test_what_is_printed_is_read_again(entries: dict[bytes, bytes]) -> None:
    data = lists.to_bytes(entries)
    assert lists.from_bytes(data) == entries
    assert list(lists.from_bytes(data)) == sorted(entries)


@given(ENTRIES, st.data())
def test_whatever_is_accepted_prints_as_the_same_bytes(entries: dict[bytes, bytes], draw: st.DataObject) -> None:
    data = bytearray(lists.to_bytes(entries))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at : at + draw.draw(st.integers(0, 2))] = draw.draw(st.binary(max_size=2))
    try:
        parsed = lists.from_bytes(bytes(data))
    except FormatError:
        return
    assert lists.to_bytes(parsed) == bytes(data)


@given(ENTRIES)
def test_every_truncation_is_refused_or_a_shorter_list_of_whole_lines(entries: dict[bytes, bytes]) -> None:
    data = lists.to_bytes(entries)
    for end in range(len(data)):
        if end and data[end - 1] == 10:
            assert len(lists.from_bytes(data[:end])) < len(entries)
        else:
            assert slug_of(data[:end]) in {"list-empty", "list-line"}


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"", "list-empty"),
        (b"\n", "list-line"),
        (LINE + b"\n", "list-line"),
        (b"\n" + LINE, "list-line"),
        (LINE.replace(b"  ", b" *"), "list-line"),
        (LINE.replace(b"  ", b" "), "list-line"),
        (LINE.replace(b"0 ", b"A "), "list-line"),
        (b"\\" + LINE, "list-line"),
        (b"\xef\xbb\xbf" + LINE, "list-line"),
        (b"# a comment\n" + LINE, "list-line"),
        (b"0" * 64 + b"  \n", "list-line"),
        (LINE.replace(b"\n", b"\r\n"), "path-line-break"),
        (LINE + LINE, "list-order"),
        (LINE.replace(b"/a", b"/b") + LINE, "list-order"),
        (LINE.replace(b"data/a", b"../a"), "path-dotdot"),
        (LINE.replace(b"data/a", b"data/../../a"), "path-dotdot"),
        (LINE.replace(b"data/a", b"data/.."), "path-dotdot"),
        (LINE.replace(b"data/a", b"/etc/passwd"), "path-absolute"),
        (LINE.replace(b"data/a", b"LINKSYNC/relay"), "path-reserved"),
        (LINE.replace(b"data/a", b"data//a"), "path-empty-part"),
        (LINE.replace(b"data/a", b"data/" + b"a" * 1020), "path-length"),
        (LINE.replace(b"data/a", b"data/a\0"), "path-line-break"),
    ],
)
def test_a_list_that_could_be_read_in_two_ways_is_refused(data: bytes, slug: str) -> None:
    assert slug_of(data) == slug


def test_the_line_that_is_wrong_is_told() -> None:
    with pytest.raises(FormatError) as caught:
        lists.from_bytes(LINE + b"nonsense\n" + LINE)
    assert caught.value.fields == {"line": 2}


def test_a_list_of_more_lines_than_the_policy_allows_is_refused_before_it_is_read() -> None:
    data = b"".join(b"0" * 64 + b"  data/%04d\n" % number for number in range(101))
    assert len(lists.from_bytes(data, lines=101)) == 101
    assert slug_of(data, lines=100) == "list-too-long"
    assert slug_of(b"\n" * 2_000_000) == "list-too-long"


def test_a_megabyte_without_a_line_end_is_refused_at_once() -> None:
    assert slug_of(b"a" * 10_000_000) == "list-line"


@given(PATH)
def test_the_quick_way_forbids_what_the_names_forbid(path: bytes) -> None:
    for full in (path, b"data/" + path, b"data/../" + path, b"data/.a/" + path):
        slow = None
        try:
            names.require_person_path(full)
        except FormatError as error:
            slow = error.slug
        quick = None
        try:
            lists.require_person_path(full)
        except FormatError as error:
            quick = error.slug
        assert quick == slow


def test_sha256sum_checks_what_is_printed(tmp_path: Path) -> None:
    told = {"data/één map/a b.txt": b"1", "data/'quote\" & %41.txt": b"2", "beside.txt": b"3"}
    for path, content in told.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    data = lists.to_bytes({path.encode(): lists.sha256(content) for path, content in told.items()})
    command = [need("sha256sum"), "--strict", "--quiet", "-c", "-"]
    assert subprocess.run(command, cwd=tmp_path, input=data).returncode == 0
    wrong = data.replace(lists.sha256(b"1").hex().encode(), b"0" * 64)
    assert subprocess.run(command, cwd=tmp_path, input=wrong, capture_output=True).returncode == 1


@given(st.dictionaries(PATH.map(lambda path: b"data/" + path) | PATH, st.binary(min_size=32, max_size=32), min_size=1))
def test_lines_say_the_same_together_as_one_by_one(entries: dict[bytes, bytes]) -> None:
    data = lists.to_bytes(entries)
    assert lists.from_bytes(data) == lists.from_bytes(data, check=lambda path: lists.require_person_path(path))


@given(
    st.dictionaries(PATH.map(lambda path: b"data/" + path), st.binary(min_size=32, max_size=32), min_size=1), st.data()
)
def test_the_line_that_is_refused_is_the_first_that_is_wrong(entries: dict[bytes, bytes], draw: st.DataObject) -> None:
    data = bytearray(lists.to_bytes(entries))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at : at + draw.draw(st.integers(0, 2))] = draw.draw(
        st.binary(max_size=2) | st.sampled_from([b"/", b"A", b"."])
    )

    def told(check: Callable[[bytes], None]) -> object:
        try:
            return lists.from_bytes(bytes(data), check=check)
        except FormatError as error:
            return error.slug, error.fields

    assert told(lists.require_person_path) == told(lambda path: lists.require_person_path(path))


def test_a_list_of_the_very_paths_that_are_expected_gives_its_digests_and_no_other_does() -> None:
    paths = [b"data/%05d" % number for number in range(20_000)]
    digests = [lists.sha256(path) for path in paths]
    data = lists.to_bytes(zip(paths, digests, strict=True))
    assert lists.digests_of(lambda: (data[:5], data[5:]), paths) == bytearray().join(digests)
    for other in (paths[:-1], paths[1:], [*paths, b"data/x"], [b"data/0", *paths[1:]]):
        assert lists.digests_of(lambda: (data,), other) is None
    for wrong in (data[:-1], data.replace(b"  data/00007", b"  data/00006"), b"x" + data, data + data):
        assert lists.digests_of(lambda text=wrong: (text,), paths) is None  # type: ignore[misc]


def test_a_text_comes_in_blocks_of_whole_lines_however_it_is_cut() -> None:
    text = b"".join(b"%d\n" % number for number in range(300_000)) + b"end"
    cut = [text[at : at + 100_001] for at in range(0, len(text), 100_001)]
    for pieces in ([text], cut):
        found = list(lists.blocks(pieces))
        assert b"".join(found) == text
        assert all(block.endswith(b"\n") for block in found[:-1])
    endless = b"x" * 5_000_000
    assert b"".join(lists.blocks([endless])) == endless
    assert max(map(len, lists.blocks([endless] * 3))) < 3_000_000
