"""Changes: what was added, changed, moved or went missing, each file once."""

from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.changes import compare

A, B, C = b"a" * 32, b"b" * 32, b"c" * 32
STATES = st.dictionaries(st.sampled_from([b"data/%d" % n for n in range(8)]), st.sampled_from([A, B, C]), max_size=8)


@given(STATES, STATES)
def test_every_file_is_accounted_for_exactly_once(sealed: dict[bytes, bytes], found: dict[bytes, bytes]) -> None:
    told = compare(sealed, found)
    assert sorted([*told.added, *told.moved]) == sorted(found.keys() - sealed.keys())
    assert sorted([*told.missing, *told.moved.values()]) == sorted(sealed.keys() - found.keys())
    assert told.unchanged + len(told.changed) == len(sealed.keys() & found.keys())
    assert len(set(told.moved.values())) == len(told.moved)


@given(STATES, STATES)
def test_the_changes_applied_to_the_sealed_state_give_what_was_found(
    sealed: dict[bytes, bytes], found: dict[bytes, bytes]
) -> None:
    told = compare(sealed, found)
    gone = {*told.missing, *told.moved.values()}
    after = {path: digest for path, digest in sealed.items() if path not in gone}
    after |= {path: found[path] for path in (*told.added, *told.changed, *told.moved)}
    assert after == found


@given(STATES, STATES)
def test_a_second_look_finds_nothing(sealed: dict[bytes, bytes], found: dict[bytes, bytes]) -> None:
    assert not compare(found, found).anything
    assert compare(sealed, found).anything == (sealed != found)


@given(STATES, STATES)
def test_a_moved_file_kept_its_content(sealed: dict[bytes, bytes], found: dict[bytes, bytes]) -> None:
    told = compare(sealed, found)
    assert all(found[to] == sealed[origin] for to, origin in told.moved.items())
    assert not {sealed[path] for path in told.missing} & {found[path] for path in told.added}


@given(STATES, STATES)
def test_the_order_of_finding_changes_nothing(sealed: dict[bytes, bytes], found: dict[bytes, bytes]) -> None:
    backwards = dict(reversed(found.items()))
    assert compare(dict(reversed(sealed.items())), backwards) == compare(sealed, found)


def test_a_moved_file_is_told_with_where_it_came_from() -> None:
    told = compare({b"data/oud": A, b"data/blijft": B}, {b"data/nieuw": A, b"data/blijft": B})
    assert told.moved == {b"data/nieuw": b"data/oud"}
    assert (told.added, told.missing, told.changed) == ((), (), ())


def test_a_copy_is_no_move() -> None:
    told = compare({b"data/a": A}, {b"data/a": A, b"data/b": A})
    assert (told.added, dict(told.moved)) == ((b"data/b",), {})


def test_two_files_that_changed_places_are_exchanged() -> None:
    told = compare({b"a": A, b"b": B}, {b"a": B, b"b": A})
    assert told.changed == (b"a", b"b")
    assert told.exchanged == {b"a", b"b"}


def test_a_file_edited_to_something_new_is_not_exchanged() -> None:
    assert compare({b"a": A, b"b": B}, {b"a": C, b"b": B}).exchanged == frozenset()
    assert compare({b"a": A, b"b": B}, {b"a": B, b"b": B}).exchanged == frozenset()


def test_what_could_not_be_looked_at_is_never_missing() -> None:
    told = compare({b"x/a": A, b"y/b": B}, {}, unknown=lambda path: path.startswith(b"x/"))
    assert told.missing == (b"y/b",)
    told = compare({b"x/a": A}, {b"y/a": A}, unknown=lambda path: path.startswith(b"x/"))
    assert (told.added, told.missing, dict(told.moved)) == ((b"y/a",), (), {})
