"""The law of screening: which class follows from which codes, and that a sealed class must follow from sealed codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from links import Link

from linksync.custody.index import read_index
from linksync.custody.relay import Policy, policy_class
from linksync.custody.screening import CODES, GRAVEST_FIRST, class_of, gravest_code

PATH = b"data/assen/verslag.doc"
KNOWN = st.sampled_from(sorted(CODES))
CLASSES = st.sampled_from(GRAVEST_FIRST)


def sealed(codes: list[str], class_: str, **policy: object) -> list[str]:
    """The findings where a host seals a file with these codes and this class."""
    link = Link()
    if policy:
        link.sign_relay(policy=policy)
    file = {PATH: b"inhoud"}
    lie = lambda line: line.update({"class": class_, "codes": codes})  # noqa: E731
    counts = {"added": 1, "held": 1, "total": len(link.files) + 1}
    if class_ == "refuse":
        link.hand_over("assen", refused=file, index=lie)
    elif class_ == "hold":
        link.hand_over("assen", file, index=lie, record={"counts": counts})
    else:
        link.hand_over("assen", file, index=lie)
    return link.codes()


# The class of codes.


@given(st.lists(KNOWN), st.dictionaries(KNOWN, CLASSES))
def test_the_gravest_class_counts(codes: list[str], changed: dict[str, str]) -> None:
    each = [changed.get(code, CODES[code]) for code in codes]
    expected = min(each, key=lambda class_: ["refuse", "hold", "pass"].index(class_), default="pass")
    assert class_of(codes, changed) == expected  # type: ignore[arg-type]
    assert codes == [] or class_of([gravest_code(codes, changed)], changed) == expected  # type: ignore[arg-type]


def test_a_code_that_is_not_known_is_no_ground() -> None:
    assert class_of(["from-the-future", "policy"], {}) == "pass"
    assert gravest_code(["from-the-future"], {}) == ""


@given(st.lists(KNOWN), st.sampled_from([("*.doc",), ()]), st.sampled_from([("verslag*",), ()]))
def test_codes_and_patterns_only_make_each_other_graver(
    codes: list[str], hold: tuple[str, ...], refuse: tuple[str, ...]
) -> None:
    policy = Policy(hold=hold, refuse=refuse)
    told = policy_class(policy, PATH, codes)
    assert told == min((policy_class(policy, PATH), class_of(codes, {})), key=GRAVEST_FIRST.index)


# What is sealed.


@pytest.mark.parametrize(
    ("codes", "class_"),
    [([], "pass"), (["empty"], "pass"), (["macros", "twin-case"], "hold"), (["macros", "program"], "refuse")],
)
def test_a_class_that_follows_from_its_codes_is_well(codes: list[str], class_: str) -> None:
    assert sealed(codes, class_) == []


@pytest.mark.parametrize(
    ("codes", "class_"),
    [
        (["program"], "pass"),
        (["program"], "hold"),
        (["macros"], "pass"),
        (["macros"], "refuse"),
        (["empty"], "hold"),
        (["from-the-future"], "refuse"),
    ],
)
def test_a_class_that_does_not_follow_from_its_codes_is_told(codes: list[str], class_: str) -> None:
    assert sealed(codes, class_) == ["E223"]


def test_the_policy_of_the_relay_changes_a_class() -> None:
    assert sealed(["macros"], "pass", screening={"macros": "pass"}) == []
    assert sealed(["macros"], "hold", screening={"macros": "pass"}) == ["E223"]
    assert sealed(["empty"], "refuse", screening={"empty": "refuse"}) == []
    assert sealed(["macros"], "refuse", refuse=["*.doc"]) == []


def test_a_code_that_is_no_slug_cannot_be_read() -> None:
    assert "E113" in sealed(["Macro's"], "pass")


def test_the_codes_of_what_is_held_are_remembered_until_it_is_taken_in_anew() -> None:
    link = Link()
    link.hand_over(
        "assen", refused={PATH: b"MZ"}, index=lambda line: line.update({"class": "refuse", "codes": ["program"]})
    )
    assert link.history().state.codes == {PATH: ("program",)}
    link.hand_over("emmen", {PATH: b"tekst"})
    assert link.codes() == []
    assert link.history().state.codes == {}


def test_an_index_tells_the_codes_of_those_that_have_any() -> None:
    lines = b"".join(
        b'{"path":"data/%03d","sha256":"%064x","size":1,"class":"pass","audience":"organisers","codes":[%s]}\n'
        % (number, number, b'"empty"' if number % 3 == 0 else b"")
        for number in range(100)
    )
    index = read_index(lines)
    assert [index[path].codes for path in index] == [("empty",) if number % 3 == 0 else () for number in range(100)]
