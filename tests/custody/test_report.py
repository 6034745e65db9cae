"""The report: the gravest of all findings, and what a later hand-off attests."""

import pytest
from links import Link, hash_of, played, printed, sha256, with_file

from linksync.custody.findings import CATALOGUE, Finding, finding
from linksync.custody.report import Report, attest, attestable

ALTERED = "linksync/handoffs/000002-assen/added.sha256"


def noted(*notes: tuple[str, str]) -> dict[str, object]:
    return {"findings": [{"code": code, "path": path} for code, path in notes]}


def told(link: Link) -> list[Finding]:
    history = link.history()
    return attest(history.findings, history.chain.line)


def exits(found: list[Finding]) -> set[int]:
    return {f.exit for f in found}


def test_a_report_returns_the_gravest_and_its_word() -> None:
    assert (Report(findings=()).exit, Report(findings=()).verdict) == (0, "ok")
    report = Report(findings=(finding("E303", "a"), finding("E206", "b"), finding("E210", "c"), finding("W101", "d")))
    assert (report.exit, report.verdict) == (31, "chain-broken")
    report = Report(findings=tuple(f.attest(3) for f in report.findings))
    assert (report.exit, report.verdict) == (0, "ok")


def test_damage_that_the_next_hand_off_records_is_a_note_from_then_on() -> None:
    link = played("assen", "emmen")
    link.replace_handoff(1, lambda f: with_file(f, "added.sha256", printed({b"data/x": sha256(b"")})))
    assert exits(told(link)) == {30}
    link.hand_over("meppel", record=noted(("E206", ALTERED)))
    assert [(f.code, f.attested) for f in told(link)] == [("E206", 4)]
    link.hand_over("assen", record=noted(("E206", ALTERED)))
    assert [(f.code, f.attested) for f in told(link)] == [("E206", 4)]


def test_nobody_attests_damage_to_a_hand_off_that_comes_after_their_own() -> None:
    link = played("assen")
    path = "linksync/handoffs/000004-meppel/handoff.yaml"
    link.hand_over("emmen", record=noted(("E206", path), ("E210", "linksync/handoffs/000004-meppel")))
    link.hand_over("meppel")
    link.hand_over("assen")
    broken = link.copy()
    broken.replace_handoff(3, lambda f: with_file(f, "handoff.yaml", b""))
    assert exits(told(broken)) == {30}
    del link.handoffs[3]
    assert exits(told(link)) == {31}


def test_nobody_attests_damage_to_their_own_record() -> None:
    link = played("assen")
    path = "linksync/handoffs/000003-emmen/added.sha256"
    link.hand_over("emmen", {b"data/b": b"1"}, record=noted(("E206", path)))
    link.hand_over("meppel")
    link.replace_handoff(2, lambda f: with_file(f, "added.sha256", b""))
    assert exits(told(link)) == {30}


def test_a_widening_that_was_noted_once_is_told_anew_the_next_time() -> None:
    link = played("assen")
    path = "data/assen/verslag 2.txt"
    link.hand_over("emmen", {path.encode(): b"1"}, audience="everyone")
    link.hand_over("meppel", record=noted(("E222", path)))
    assert exits(told(link)) == {0}
    link.hand_over("assen", {path.encode(): b"2"}, audience="everyone")
    assert sorted((f.code, f.attested) for f in told(link)) == [("E222", 0), ("E222", 4)]


def test_a_note_about_another_path_or_another_code_attests_nothing() -> None:
    link = played("assen", "emmen")
    link.replace_handoff(1, lambda f: with_file(f, "added.sha256", b""))
    link.hand_over("meppel", record=noted(("E106", ALTERED), ("E206", "linksync/handoffs/000002-assen/index.jsonl")))
    assert exits(told(link)) == {30}


def test_a_note_in_a_record_that_was_itself_altered_attests_nothing() -> None:
    link = played("assen", "emmen")
    link.replace_handoff(1, lambda f: with_file(f, "added.sha256", b""))
    link.hand_over("meppel", record=noted(("E206", ALTERED)))
    link.replace_handoff(3, lambda f: with_file(f, "handoff.yaml", f.files["handoff.yaml"] + b"# \n"))
    assert exits(told(link)) == {30}


def test_a_fork_that_was_recorded_as_behind_is_a_note_when_the_chain_has_gone_on() -> None:
    link = played("assen")
    seal_hash = "0" * 64
    place = f"linksync/handoffs/000002@{seal_hash}"
    link.hand_over("emmen", record=noted(("E211", place)))
    line = link.chain()[0].line
    assert attest([finding("E212", place)], line)[0].attested == 3
    assert attest([finding("E211", place)], line)[0].attested == 3
    assert attest([finding("E212", place.replace("2@", "3@"))], line)[0].attested == 0


def test_strangers_folders_stop_nobody_once_they_were_noted() -> None:
    link = played("assen")
    other = Link(hosts=("assen", "emmen", "meppel", "thief"))
    other.sign_relay()
    link.handoffs.append(other.hand_over("thief", number=9, previous=link.handoffs[1]))
    assert exits(told(link)) == {31}
    link.hand_over("emmen", previous=link.handoffs[1], record=noted(("E217", "linksync/handoffs/000009-thief")))
    assert exits(told(link)) == {0}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_only_what_is_wrong_with_records_can_be_attested(code: str) -> None:
    never = {"E101", "E102", "E103", "E213", "E214", "E218", "E221"}
    about_records = code[:2] in {"E1", "E2"}
    assert attestable(finding(code, "x")) == (about_records and code not in never)
    assert not attestable(finding(code, "x").attest(3))


def test_a_void_hand_off_attests_nothing() -> None:
    link = played("assen", "emmen")
    good = hash_of(link.handoffs[2])
    link.replace_handoff(1, lambda f: with_file(f, "added.sha256", b""))
    link.hand_over("emmen", record=noted(("E206", ALTERED)))
    link.hand_over("assen")
    assert exits(told(link)) == {0}
    line = link.chain()[0].line
    key = line[2].key.fingerprint
    link.sign_relay(hosts=link.relay["hosts"][:1], revoked=[{"key": key, "last_good": {link.id: good}}])
    assert {(f.code, f.exit) for f in told(link)} == {("E206", 30), ("E207", 30)}
