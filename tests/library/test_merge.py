"""The merge is a function of a set of hand-offs: order, batches and repeats leave no trace, and nothing is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st
from months import CONTENTS, a_gift, a_handoff, months

from linksync.custody import names
from linksync.custody.lists import Digest, sha256
from linksync.library.givings import Given, Status
from linksync.library.merge import Content
from linksync.library.merge import merge as merged
from linksync.library.naming import given_path, key_of, plain_path


def merge(given: Iterable[Given], revoked: Mapping[str, Mapping[str, str]] | None = None) -> tuple[Content, ...]:
    return merged(given, revoked).contents


def as_told(contents: Iterable[Content]) -> list[object]:
    return [
        (
            one.digest,
            one.place,
            one.audience,
            one.versions,
            [(g.by.seal, g.gift, g.status, g.ended) for g in one.givings],
        )
        for one in contents
    ]


@given(months(), st.randoms(use_true_random=False))
def test_merging_commutes_and_repeats_harmlessly(month: list[Given], random: object) -> None:
    shuffled = [*month, *month[:2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert as_told(merge(shuffled)) == as_told(merge(month))
    assert as_told(merge(reversed(month))) == as_told(merge(month))


@given(months(), st.sampled_from([None, {"h2": {}}, {"h1": {"l1": "0" * 64}}]))
def test_every_content_stands_once_and_no_two_are_in_each_others_way(
    month: list[Given], revoked: dict[str, dict[str, str]] | None
) -> None:
    merged = merge(month, revoked)
    assert {one.digest for one in merged} == {gift.digest for one in month for gift in one.gifts}
    keys = [key_of(one.place) for one in merged]
    assert len(set(keys)) == len(keys)
    folders = {key[:at] for key in keys for at, char in enumerate(key) if char == "/"}
    assert not folders & set(keys)
    assert all(one.place.split("/")[0] in {"files", "beside", "held"} for one in merged)


@given(months())
def test_nobody_widens_what_was_for_the_organisers(month: list[Given]) -> None:
    narrow = {gift.digest for one in month for gift in one.gifts if gift.audience == "organisers"}
    for content in merge(month):
        if content.digest in narrow:
            assert content.audience == "organisers"


@given(months(), months())
def test_more_hand_offs_never_widen_nor_take_away(some: list[Given], more: list[Given]) -> None:
    few, all_ = merge(some), {one.digest: one for one in merge([*some, *more])}
    for content in few:
        assert content.audience == "everyone" or all_[content.digest].audience == "organisers"


def placed(contents: Iterable[Content]) -> dict[bytes, str]:
    by_digest: dict[Digest, bytes] = {sha256(data): data for data in [*CONTENTS, b"old", b"new", b"other"]}
    return {by_digest[one.digest]: one.place for one in contents}


def tag(data: bytes) -> str:
    return sha256(data).hex()[:8]


PLAN = b"data/Assen/plan.docx"


def test_the_newest_version_bears_the_name() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    two = a_handoff(2, [a_gift(PLAN, b"new")], after=one, holder="h2")
    merged = merge([one, two])
    assert placed(merged) == {b"new": "files/Assen/plan.docx", b"old": f"files/Assen/plan (h1 1 ~{tag(b'old')}).docx"}
    assert {one.versions for one in merged} == {(sha256(b"old"), sha256(b"new"))}


def test_two_sides_of_a_fork_both_say_from_whom() -> None:
    one = a_handoff(1)
    left = a_handoff(2, [a_gift(PLAN, b"old")], after=one)
    right = a_handoff(2, [a_gift(PLAN, b"new")], after=one, holder="h2")
    assert placed(merge([one, left, right])) == {
        b"old": f"files/Assen/plan (h1 2 ~{tag(b'old')}).docx",
        b"new": f"files/Assen/plan (h2 2 ~{tag(b'new')}).docx",
    }


def test_a_later_hand_off_on_one_side_of_a_fork_does_not_take_the_other_sides_name() -> None:
    one = a_handoff(1)
    left = a_handoff(2, [a_gift(PLAN, b"old")], after=one)
    right = a_handoff(2, after=one, holder="h2")
    later = a_handoff(3, [a_gift(PLAN, b"new")], after=right, holder="h2")
    assert b"old" in placed(merge([one, left, right, later]))
    assert all("(" in place for place in placed(merge([one, left, right, later])).values())


def test_two_links_with_one_path_gave_two_documents() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    other = a_handoff(5, [a_gift(PLAN, b"new")], link="l2", holder="h2")
    assert placed(merge([one, other])) == {
        b"old": f"files/Assen/plan (h1 1 ~{tag(b'old')}).docx",
        b"new": f"files/Assen/plan (h2 5 ~{tag(b'new')}).docx",
    }


def test_what_was_moved_stands_where_it_was_moved_to() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    two = a_handoff(2, [a_gift(b"data/Groningen/plan.docx", b"old")], after=one, gone=[(PLAN, b"old")])
    (content,) = merge([one, two])
    assert content.place == "files/Groningen/plan.docx"
    assert [(one.status, one.came_from) for one in content.givings] == [(Status.MOVED, None), (Status.HERE, PLAN)]


def test_what_was_thrown_away_stays_and_is_marked() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    two = a_handoff(2, after=one, gone=[(PLAN, b"old")])
    (content,) = merge([one, two])
    assert content.place == "files/Assen/plan.docx"
    assert (content.best.status, content.best.ended) == (Status.GONE, 2)


def test_what_came_back_is_there() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    two = a_handoff(2, after=one, gone=[(PLAN, b"old")])
    three = a_handoff(3, [a_gift(PLAN, b"old")], after=two)
    (content,) = merge([one, two, three])
    assert content.best.status is Status.HERE


def test_a_copy_stands_once_where_it_was_given_first_while_it_is_there() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    two = a_handoff(2, [a_gift(b"data/Z/copy.docx", b"old")], after=one, holder="h2")
    (content,) = merge([one, two])
    assert content.place == "files/Assen/plan.docx"
    assert [one.by.holder for one in content.givings] == ["h1", "h2"]
    three = a_handoff(3, [a_gift(PLAN, b"new")], after=two)
    assert placed(merge([one, two, three])) == {b"old": "files/Z/copy.docx", b"new": "files/Assen/plan.docx"}


def test_what_is_held_stands_apart_and_does_not_rewrite_what_passed() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    two = a_handoff(2, [a_gift(PLAN, b"new", held=True)], after=one)
    assert placed(merge([one, two])) == {b"old": "files/Assen/plan.docx", b"new": "held/data/Assen/plan.docx"}


def test_a_thief_rewrites_removes_and_narrows_nothing() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    good = a_handoff(2, after=one, holder="h2")
    thief = a_handoff(
        3, [a_gift(PLAN, b"new"), a_gift(b"data/copy", b"old", everyone=False)], after=good, holder="h2",
        gone=[(PLAN, b"old")], narrowed=(b"data/Assen",),
    )  # fmt: skip
    merged = merge([one, good, thief], {"h2": {"l1": good.seal}})
    assert placed(merged) == {b"old": "files/Assen/plan.docx", b"new": "held/data/Assen/plan.docx"}
    assert {one.audience for one in merged if one.digest == sha256(b"old")} == {"everyone"}
    assert [one.best.stolen for one in merged if one.digest == sha256(b"new")] == [True]


def test_a_file_and_a_folder_of_one_name_both_stand() -> None:
    one = a_handoff(1, [a_gift(b"data/x", b"old")])
    two = a_handoff(2, [a_gift(b"data/x/y", b"new")], link="l2")
    assert placed(merge([one, two])) == {b"old": f"files/x (h1 1 ~{tag(b'old')})", b"new": "files/x/y"}


def test_a_later_version_of_a_narrow_document_is_narrow_whatever_its_host_sealed() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old", everyone=False)])
    moved = a_handoff(2, [a_gift(b"data/moved", b"old", everyone=False)], after=one, gone=[(PLAN, b"old")])
    three = a_handoff(3, [a_gift(b"data/moved", b"new")], after=moved)
    assert {one.audience for one in merge([one, moved, three])} == {"organisers"}


def test_a_card_that_no_longer_says_yes_covers_what_was_there_and_nothing_later() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old")])
    two = a_handoff(2, after=one, narrowed=(b"data/Assen",))
    three = a_handoff(3, [a_gift(b"data/Assen/other", b"other")], after=two)
    audiences = {one.digest: one.audience for one in merge([one, two, three])}
    assert audiences == {sha256(b"old"): "organisers", sha256(b"other"): "everyone"}


def test_a_card_directly_in_data_speaks_for_what_is_directly_there_alone() -> None:
    one = a_handoff(1, [a_gift(PLAN, b"old"), a_gift(b"data/loose", b"other")])
    two = a_handoff(2, after=one, narrowed=(b"data",))
    audiences = {one.digest: one.audience for one in merge([one, two])}
    assert audiences == {sha256(b"old"): "everyone", sha256(b"other"): "organisers"}
    all_of_it = a_handoff(2, after=one, narrowed=(b"data/",))
    assert {one.audience for one in merge([one, all_of_it])} == {"organisers"}


def test_two_digests_that_begin_alike_get_longer_tags() -> None:
    one = a_handoff(1)
    twins = [bytes.fromhex("ab" * 4 + "00" * 28), bytes.fromhex("ab" * 5 + "11" * 27)]
    sides = [
        a_handoff(2, [replace(a_gift(PLAN, b""), digest=digest)], after=one, salt=str(n))
        for n, digest in enumerate(twins)
    ]
    assert len({content.place for content in merge([one, *sides])}) == 2


paths = st.binary(min_size=1, max_size=1024).map(lambda b: b"data/" + b) | st.text(min_size=1, max_size=300).map(
    lambda t: f"data/{t}".encode("utf-8", "surrogatepass")
)


@given(paths)
def test_every_name_is_safe_on_every_disk(path: bytes) -> None:
    assume(names.path_fault(path) is None)
    plain = plain_path(path)
    given_ = given_path(plain, holder="h" * 64, number=999_999, tag="0" * 8)
    for place in (plain, given_):
        for part in place.split("/"):
            assert part not in {"", ".", ".."}
            assert len(part.encode()) <= 255
            assert part == part.strip(" ").rstrip(".")
            assert not part.startswith(".")
            assert not set(part) & set('<>:"\\|?*\0\n\r\t')
            assert part.split(".")[0].casefold() not in {"con", "nul", "aux", "prn", "com1"}
    assert key_of(plain) != key_of(given_)
    assert key_of(key_of(plain)) == key_of(plain)


@given(paths, paths)
def test_a_name_that_was_given_never_meets_a_plain_one(one: bytes, other: bytes) -> None:
    assume(names.path_fault(one) is None and names.path_fault(other) is None)
    forged = given_path(plain_path(one), holder="h1", number=2, tag="0" * 8)
    assert key_of(plain_path(b"data/" + forged.removeprefix("files/").encode())) != key_of(forged)
    assert key_of(plain_path(other)) != key_of(forged)
