"""An index as columns says what its lines say one by one, and refuses what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody import lists, names
from linksync.custody.handoff import IndexLine, index_from_bytes, index_to_bytes
from linksync.custody.index import read_index
from linksync.errors import FormatError

PATH = st.binary(min_size=1, max_size=12).filter(lambda path: names.path_fault(path) is None)
LINES = st.dictionaries(
    PATH,
    st.tuples(
        st.integers(0, 10**15),
        st.sampled_from(["pass", "hold", "refuse"]),
        st.sampled_from(["organisers", "everyone"]),
        st.sampled_from([(), ("empty",), ("macros", "twin-case")]),
    ),
    min_size=1,
    max_size=8,
).map(
    lambda told: index_to_bytes(
        IndexLine(
            path=names.escape(path),
            sha256=f"{size:064x}",
            size=size,
            class_=class_,  # type: ignore[arg-type]
            audience=audience,  # type: ignore[arg-type]
            codes=codes,
        )
        for path, (size, class_, audience, codes) in told.items()
    )
)


@pytest.fixture(autouse=True)
def _blocks_of_a_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_BLOCK", 400)


def told_by_lines(data: bytes) -> object:
    """What the lines say one by one, or what is wrong with them."""
    try:
        lines = index_from_bytes(data)
    except FormatError as error:
        return error.slug, error.fields
    return [(names.unescape(one.path), one.sha256, one.size, one.class_, one.audience, one.codes) for one in lines]


def told_by_columns(data: bytes) -> object:
    try:
        index = read_index(data)
    except FormatError as error:
        return error.slug, error.fields
    return [(path, index.digest(place).hex(), *told) for place, (path, told) in enumerate(index.items())]


@given(LINES)
def test_columns_say_what_the_lines_say(data: bytes) -> None:
    assert told_by_columns(data) == told_by_lines(data)


@given(LINES, st.data())
def test_columns_refuse_the_line_that_one_by_one_is_refused(data: bytes, draw: st.DataObject) -> None:
    hurt = bytearray(data)
    at = draw.draw(st.integers(0, len(data) - 1))
    hurt[at : at + draw.draw(st.integers(0, 3))] = draw.draw(st.binary(max_size=3) | st.sampled_from([b"\n", b"A"]))
    assert told_by_columns(bytes(hurt)) == told_by_lines(bytes(hurt))


@given(LINES, st.data())
def test_a_line_out_of_order_is_told_wherever_it_stands(data: bytes, draw: st.DataObject) -> None:
    lines = data.splitlines(keepends=True)
    mixed = b"".join(draw.draw(st.permutations(lines)))
    assert told_by_columns(mixed) == told_by_lines(mixed)
    assert told_by_columns(data + lines[-1]) == told_by_lines(data + lines[-1])
