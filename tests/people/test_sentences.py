"""Every finding and every error that linksync can make has its sentence, in Dutch and in English, with its fields."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from wording import placeholders

from linksync.custody.findings import CATALOGUE, Finding, finding
from linksync.errors import FormatError, LinksyncError, RefusedError
from linksync.people.sentences import (
    COMPUTED,
    ERRORS,
    FINDINGS,
    REASONS,
    error_sentence,
    finding_remedy,
    finding_sentence,
)
from linksync.people.texts import LANGUAGES

PACKAGE = Path(__file__).resolve().parent.parent.parent / "linksync"

ERROR_CLASSES = frozenset({"LinksyncError", "FormatError", "TrustError", "MediumError", "RefusedError", "LimitedError"})

# Functions whose first argument is the slug that they raise, with the fields that they give.
RAISERS = {
    "machine/durable.py:translated": {"path", "why"},
    "archive/store.py:failed": {"name", "why"},
}

# Places that raise a slug which is no literal there: where the slug comes from, and the fields that they give. The
# slugs themselves are all of REASONS' that begin so, or are named here.
DYNAMIC: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "custody/names.py:require_person_path": (("path-",), {"path"}),
    "custody/seal.py:_require_seal_path": (("path-",), {"path"}),
    "custody/strict_yaml.py:_require_readable": (
        ("yaml-carriage-return", "yaml-tab", "yaml-control", "yaml-invisible"),
        {"line"},
    ),
    "stick/medium.py:medium_error": (
        ("stick-gone", "stick-unreadable", "stick-write", "stick-full", "stick-read-only", "stick-forbidden"),
        {"path", "why"},
    ),
    "host/staging.py:_translated": (("host-full", "host-write"), {"path", "why"}),
    "machine/durable.py:translated": ((), {"path", "why"}),
    "archive/store.py:failed": ((), {"name", "why"}),
    # the same slug again, with the path of the file it is about
    "machine/settings.py:_parsed": ((), set()),
    "machine/key_files.py:_about": ((), set()),
    "relay/desk.py:_parsed": ((), set()),
}


@dataclass(frozen=True, slots=True)
class Raised:
    """A slug or code, where it is made, and the fields that are given there."""

    name: str
    where: str
    fields: frozenset[str]


def functions() -> Iterator[tuple[str, ast.AST]]:
    """Every function of linksync with its place, and what stands outside of any."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        module = str(path.relative_to(PACKAGE))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield f"{module}:{node.name}", node


def calls(function: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a function, by the name called, ``type(error)(…)`` under the empty name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = node.func
            name = (
                called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            )
            yield name, node


def literals(node: ast.expr) -> list[str]:
    """The texts that an expression can be: itself, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*literals(node.body), *literals(node.orelse)]
    return []


def given(call: ast.Call) -> frozenset[str]:
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg is not None)


def spread(call: ast.Call) -> bool:
    """Whether fields are given by ``**``."""
    return any(keyword.arg is None for keyword in call.keywords)


def raised() -> tuple[list[Raised], list[str]]:
    """Every literal slug with its place and fields, and the places whose slug is none."""
    found: list[Raised] = []
    unknown: list[str] = []
    raisers = {place.rpartition(":")[2]: fields for place, fields in RAISERS.items()}
    for where, function in functions():
        for name, call in calls(function):
            if name in ERROR_CLASSES and call.args:
                slugs = literals(call.args[0])
                unknown += [] if slugs else [where]
                fields = given(call) | (SPREAD.get(where, frozenset()) if spread(call) else frozenset())
                found += [Raised(slug, where, fields) for slug in slugs]
            elif name in raisers and call.args:
                found += [Raised(slug, where, frozenset(raisers[name])) for slug in literals(call.args[0])]
            elif name == "" and isinstance(call.func, ast.Call) and ast.unparse(call.func.func) == "type":
                unknown.append(where)
    return found, unknown


# What is given by ``**`` there.
SPREAD = {"relay/desk.py:_require_organiser": frozenset({"key", "version", "organiser"})}


def dynamic() -> Iterator[Raised]:
    for where, (slugs, fields) in DYNAMIC.items():
        for slug in slugs:
            names = [name for name in REASONS if name.startswith(slug)] if slug.endswith("-") else [slug]
            yield from (Raised(name, where, frozenset(fields)) for name in names)


SLUGS, UNKNOWN = raised()
ALL_SLUGS = [*SLUGS, *dynamic()]


def test_every_place_that_raises_is_known_to_this_test() -> None:
    assert set(UNKNOWN) == DYNAMIC.keys()


def test_every_error_that_is_raised_has_a_sentence() -> None:
    assert {one.name: one.where for one in ALL_SLUGS if one.name not in ERRORS} == {}


def test_every_sentence_about_an_error_is_needed() -> None:
    told_by_its_class = {"seal"}
    needed = {one.name for one in ALL_SLUGS} | REASONS.keys() | told_by_its_class
    assert set(ERRORS) - needed == set()


def test_the_fields_of_every_error_fill_its_sentences() -> None:
    for one in ALL_SLUGS:
        for told in ERRORS.get(one.name, ()):
            computed = COMPUTED | ({"code_told"} if "code" in one.fields else set())
            assert placeholders(told) <= one.fields | computed, (one, told)


@dataclass(frozen=True, slots=True)
class Made:
    """A finding that is made somewhere."""

    code: str
    where: str
    fields: frozenset[str]


def made() -> list[Made]:
    found = []
    for where, function in functions():
        for name, call in calls(function):
            if name == "finding" and call.args and not where.startswith("demo/"):
                fields = given(call) | ({"other", "number"} if spread(call) else set())
                found += [Made(code, where, frozenset(fields)) for code in literals(call.args[0])]
    return found


# Findings whose code stands in a table or is passed on, with the fields that are given where they are made.
MADE_ELSEWHERE = (
    *((code, ("why",)) for code in ("E103", "E110", "E111", "E112")),  # roster.record_finding
    *((code, ("why",)) for code in ("E107", "E108", "E109", "E114")),  # seal.SealError
    *((code, ("why", "where")) for code in ("E113", "E114", "E115", "E116")),  # payload.LIST_CODES
    *((code, ("kind",)) for code in ("E403", "E404")),  # stick.contents
    *((code, ("twin",)) for code in ("W108", "W109")),  # stick.contents
)


def test_every_code_of_the_catalogue_has_its_sentences_and_no_other_does() -> None:
    assert FINDINGS.keys() == CATALOGUE.keys()


def test_the_fields_of_every_finding_fill_its_sentences() -> None:
    found = [*made(), *(Made(code, "a table", frozenset(fields)) for code, fields in MADE_ELSEWHERE)]
    for one in found:
        for told in (text for pair in FINDINGS[one.code] for text in pair):
            computed = COMPUTED | {"both"} | ({"named"} if "path" in one.fields else set())
            assert placeholders(told) <= one.fields | computed, (one, told)


def test_every_finding_with_a_field_in_its_sentence_is_made_somewhere() -> None:
    known = {one.code for one in made()} | {code for code, _ in MADE_ELSEWHERE}
    asks = {code for code, pairs in FINDINGS.items() if placeholders("".join(pairs[0])) - COMPUTED}
    assert asks - known == set()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_finding_without_its_fields_still_speaks_both_languages(code: str) -> None:
    bare = finding(code, "data/a.txt")
    for language in LANGUAGES:
        for told in (finding_sentence(bare, language), finding_remedy(bare, language)):
            assert told.endswith((".", "…")), told
            assert "{" not in told
    assert finding_sentence(bare, "nl") != finding_sentence(bare, "en")
    assert finding_remedy(bare, "nl") != finding_remedy(bare, "en")


@pytest.mark.parametrize("slug", sorted(ERRORS))
def test_an_error_without_its_fields_still_speaks_both_languages(slug: str) -> None:
    bare = LinksyncError(slug)
    told = [error_sentence(bare, language) for language in LANGUAGES]
    assert told[0] != told[1]
    for sentence in told:
        assert sentence.endswith((".", "…"))
        assert "{" not in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize("slug", sorted(ERRORS))
def test_an_error_says_whether_anything_is_lost(slug: str) -> None:
    nl = r"[Nn]iets|[Nn]iet aangeraakt|gelaten zoals|ongeschonden|staat er nog|geen sleutel gemaakt|niet veranderd"
    en = r"[Nn]othing|left alone|left as it is|untouched|still is|No key was made|not changed|none was made"
    assert re.search(nl, ERRORS[slug][0])
    assert re.search(en, ERRORS[slug][1])


def test_an_unknown_slug_still_gets_a_sentence() -> None:
    assert "brand-new" in error_sentence(LinksyncError("brand-new"), "en")
    assert "brand-new" in error_sentence(LinksyncError("brand-new"), "nl")


def test_what_is_told_names_the_thing_and_both_values() -> None:
    found = finding("E219", "linksync/handoffs/000014-x", found=14, expected=12)
    assert finding_sentence(found, "en").endswith("12 expected, 14 found.")
    assert finding_sentence(found, "nl").endswith("12 verwacht, 14 gevonden.")


def test_two_sizes_are_told_to_the_byte_since_they_may_differ_by_one() -> None:
    found = finding("E308", "data/a", found=1_234_568, expected=1_234_567)
    assert "1,234,567 bytes expected, 1,234,568 bytes found" in finding_sentence(found, "en")
    assert "1.234.567 byte verwacht" in finding_sentence(found, "nl")


def test_a_note_says_which_hand_off_recorded_it() -> None:
    noted = finding("E201", "linksync/relay/0002/seal.sha256.sig").attest(7)
    assert finding_sentence(noted, "en").endswith("Hand-off 7 recorded this.")
    assert "overdracht 7" in finding_remedy(noted, "nl")


def test_a_reason_is_told_in_words() -> None:
    found = finding("E226", "linksync/relay/0001/seal.sha256.sig", why="signature-armour")
    assert "een beschadigde handtekening" in finding_sentence(found, "nl")
    assert "signature-armour" not in finding_sentence(found, "en")


def test_counts_that_differ_are_both_named() -> None:
    found = finding("E118", "linksync/handoffs/000002-x/handoff.yaml", what="total", said=3, found=4)
    assert "3 said, 4 counted" in finding_sentence(found, "en")
    assert "(" not in finding_sentence(finding("E118", "x", what="index"), "en")


def test_a_finding_that_names_a_second_path_shows_both() -> None:
    told = finding_sentence(finding("E224", "linksync/handoffs/000002-x/gone.sha256", path="data/a"), "en")
    assert "gone.sha256" in told
    assert "data/a" in told


def test_a_finding_about_the_whole_link_says_so() -> None:
    assert "the Link" in finding_sentence(Finding(code="E103"), "en")


def test_a_mistake_in_a_page_is_told_with_file_and_line() -> None:
    error = FormatError("yaml-tab", line=12, path="/srv/relay.yaml")
    assert error_sentence(error, "nl").startswith("In /srv/relay.yaml, regel 12 staat een tab.")
    assert "a tab in /srv/relay.yaml, line 12." in error_sentence(error, "en")


def test_a_line_that_is_not_known_is_not_told() -> None:
    assert "line" not in error_sentence(FormatError("yaml-syntax", line=None, path="relay.yaml"), "en").split(".")[0]


def test_a_field_that_looks_like_a_placeholder_stays_what_it_is() -> None:
    hostile = RefusedError("stick-missing", path="/media/{path!r:>99999999}{0}")
    assert "/media/{path!r:>99999999}{0}" in error_sentence(hostile, "en")


def test_an_error_that_rests_on_a_finding_tells_it() -> None:
    told = error_sentence(LinksyncError("relay-folder-wrong", code="E201"), "en")
    assert "E201" in told
    assert "signature" in told
