"""A hand-off is composed piece by piece: what it says does not depend on how, and a million files need no room."""

import datetime as dt
import tracemalloc
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from links import Link

from linksync.custody import lists
from linksync.custody.changes import compare
from linksync.custody.compose import Facts, compose, composed
from linksync.custody.handoff import handoff_from_bytes, index_from_bytes
from linksync.custody.payload import State, state_list
from linksync.custody.screening import Class
from linksync.custody.standing_files import StandingFiles
from linksync.custody.taken import Taken, Takings

VERSION = Link().history().roster.versions[0]
PATHS = st.sampled_from(
    [b"los.txt", b"data/a", b"data/A.b", b"data/A/1", b"data/A/2", b"zz/1", b"data/B/%25", b"data/a b "]
)
CONTENTS = st.sampled_from([b"1", b"22", b"333"])
CLASSES: st.SearchStrategy[Class] = st.sampled_from(["pass", "hold", "refuse"])


def taken_as(content: bytes, class_: Class) -> Taken:
    return Taken(digest=lists.sha256(content), size=len(content), class_=class_, audience="organisers")


def facts_of(before: State, taken: Mapping[bytes, Taken], gone: Mapping[bytes, bytes]) -> Facts:
    found = {path: digest for path, digest in before.files.items() if path not in gone}
    return Facts(
        version=VERSION,
        link="0" * 32,
        number=2,
        previous="0" * 64,
        holder="assen",
        received_from="assen",
        place="",
        time=dt.datetime(2011, 11, 1, tzinfo=dt.UTC),
        software="test",
        taken=taken,
        gone=gone,
        changes=compare(before.files, found | {path: one.digest for path, one in taken.items()}),
    )


@given(st.dictionaries(PATHS, CONTENTS), st.dictionaries(PATHS, st.tuples(CONTENTS, CLASSES)), st.sets(PATHS))
def test_what_a_hand_off_seals_is_the_state_before_less_what_is_gone_and_more_what_it_took(
    before: dict[bytes, bytes], new: dict[bytes, tuple[bytes, Class]], away: set[bytes]
) -> None:
    stood = {path: lists.sha256(data) for path, data in before.items()}
    state = State(files=StandingFiles.of(stood, {path: len(data) for path, data in before.items()}))
    taken = {path: taken_as(*said) for path, said in sorted(new.items())}
    gone = {path: state.files[path] for path in sorted(away & state.files.keys() - taken.keys())}
    files = compose(facts_of(state, taken, gone), state)
    assert files == compose(facts_of(state, Takings.of(taken), gone), state)
    left = {path: digest for path, digest in state.files.items() if path not in gone}
    after = State(files=StandingFiles.of(left | {path: one.digest for path, one in taken.items()}))
    assert files.get("state.sha256", b"") == state_list(after.manifests())
    page = handoff_from_bytes(files["handoff.yaml"])
    sizes = {path: len(before[path]) for path in left} | {path: one.size for path, one in taken.items()}
    assert (page.counts.total, page.sizes.total) == (len(after.files), sum(sizes.values()))
    kept = {path: one.digest for path, one in taken.items() if one.class_ != "refuse"}
    assert files.get("added.sha256", b"") == lists.to_bytes(kept)
    assert page.sizes.added == sum(taken[path].size for path in kept)
    if taken:
        assert [line.path.encode() for line in index_from_bytes(files["index.jsonl"])] == list(taken)


def test_composing_takes_no_more_room_for_fifty_thousand_files_than_for_a_few() -> None:
    one = taken_as(b"1", "pass")
    taken = Takings((b"data/Bijdrage %03d/blad %05d.txt" % divmod(number, 500), one) for number in range(50_000))
    facts = facts_of(State(), taken, {})
    tracemalloc.start()
    written = sum(len(piece) for _, pieces in composed(facts, State()) for piece in pieces)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written > 12_000_000
    assert most < written // 2
