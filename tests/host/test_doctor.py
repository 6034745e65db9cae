"""The doctor finds what is missing, says how to mend it, writes nothing, and waits for nobody."""

import ast
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from archives import make
from played import FIRST, a_link
from sealed import Key, Relay
from wording import placeholders

from linksync.errors import FormatError, TrustError
from linksync.host import doctor_host, doctor_machine
from linksync.host.daemon.installing import Systemd, install, this_program
from linksync.host.doctor import Check, Patient, examine, ok
from linksync.host.joining import roster_of
from linksync.host.state import State
from linksync.people.sentences_doctor import CHECKS, check_remedy, check_sentence

PACKAGE = Path(doctor_host.__file__).parent


@pytest.fixture
def patient(relay: Relay, tmp_path: Path) -> Patient:
    """A computer that was made ready."""
    make(tmp_path, relay)
    state = State(tmp_path / "state")
    state.remember_organiser("proef", relay.fingerprint)
    state.learn_relay(roster_of(tuple(relay.versions), relay.fingerprint))
    return Patient(
        state=state,
        holder="host-a",
        key=Key("host-a").write(tmp_path / "own"),
        organiser=relay.fingerprint,
        archive=str(tmp_path / "archive"),
    )


def changed(patient: Patient, **fields: object) -> Patient:
    """The same computer, set otherwise."""
    told = {name: getattr(patient, name) for name in Patient.__slots__}
    return Patient(**{**told, **fields})


def slugs(found: tuple[Check, ...]) -> list[str]:
    return [check.slug for check in found if check.condition != "ok"]


def host(patient: Patient) -> list[str]:
    """What is wrong or could be better with the host, apart from the room on this disk."""
    return [slug for slug in slugs(examine(patient, doctor_host.RULES)) if not slug.startswith("memory-small")]


def test_a_computer_that_was_made_ready_lacks_nothing(patient: Patient) -> None:
    assert host(patient) == []


def test_looking_writes_nothing(patient: Patient, tmp_path: Path) -> None:
    before = {path: path.lstat().st_mtime_ns for path in (*tmp_path.rglob("*"), *Path.home().rglob("*"))}
    examine(patient, (*doctor_machine.RULES, *doctor_host.RULES))
    assert {path: path.lstat().st_mtime_ns for path in (*tmp_path.rglob("*"), *Path.home().rglob("*"))} == before


def test_a_computer_that_nobody_made_ready_is_told_what_to_do(tmp_path: Path) -> None:
    found = host(Patient(state=State(tmp_path / "state")))
    assert found == ["settings-missing", "organiser-none", "archive-none"]
    assert "linksync host setup" in check_remedy("settings-missing", {}, "en")
    assert not (tmp_path / "state").exists()


def test_settings_that_are_wrong_say_so_themselves(patient: Patient) -> None:
    [check] = doctor_host.settings(changed(patient, wrong=FormatError("yaml-tab", line=1, path="config.yaml")))
    assert (check.condition, check.error is not None) == ("problem", True)


def test_a_key_that_the_relay_does_not_have_is_a_problem(patient: Patient, tmp_path: Path) -> None:
    assert host(changed(patient, key=Key("stranger").write(tmp_path / "stranger"))) == ["key-unlisted"]
    assert host(changed(patient, holder="niemand")) == ["key-unlisted"]


def test_a_key_that_is_not_there_or_open_to_others_is_a_problem(patient: Patient, tmp_path: Path) -> None:
    assert host(changed(patient, key=tmp_path / "nowhere")) == ["key-error"]
    assert patient.key is not None
    patient.key.chmod(0o644)
    assert host(patient) == ["key-error"]


def test_only_the_fingerprint_is_enough_until_the_stick_comes(patient: Patient, tmp_path: Path) -> None:
    bare = changed(patient, state=State(tmp_path / "other"))
    assert host(bare) == ["organiser-alone", "key-unknown"]


def test_an_archive_that_is_away_is_a_note_and_one_of_another_relay_a_problem(patient: Patient, tmp_path: Path) -> None:
    assert host(changed(patient, archive=str(tmp_path / "nas"))) == ["archive-away"]
    other = Relay(organiser="other")
    other.sign()
    make(tmp_path / "other", other)
    found = examine(changed(patient, archive=str(tmp_path / "other" / "archive")), doctor_host.RULES)
    [error] = [check.error for check in found if check.condition == "problem"]
    assert isinstance(error, TrustError)


def test_what_is_owed_and_what_is_damaged_is_said(tmp_path: Path) -> None:
    world = a_link(tmp_path / "world")
    state = world.state(FIRST)
    own = Patient(state=state, holder=FIRST, organiser=world.organiser)
    [owed] = doctor_host.outbox(own)
    assert (owed.slug, owed.fields["count"]) == ("outbox-owed", 1)
    [entry] = list(state.folder.glob("links/*/outbox/*/linksync/handoffs/*/seal.sha256"))
    entry.write_text("x")
    assert slugs(doctor_host.memory(own)) == ["memory-damaged"]


def test_a_clock_before_the_last_hand_off_is_a_problem(tmp_path: Path) -> None:
    world = a_link(tmp_path / "world")
    state = world.state(FIRST)
    assert slugs(doctor_host.clock(Patient(state=state))) == []
    assert slugs(doctor_host.clock(Patient(state=state, now=time.time() - 3 * 86_400))) == ["clock-behind"]
    assert slugs(doctor_host.clock(Patient(state=State(tmp_path / "new"), now=1_000_000))) == ["clock-behind"]


# The computer.


def bare_path(monkeypatch: pytest.MonkeyPatch, folder: Path, **programs: str) -> None:
    """Let only these programs be found."""
    folder.mkdir()
    for name, text in programs.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(doctor_machine, "_SEARCHED", str(folder))


def test_what_a_bare_computer_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    bare_path(monkeypatch, tmp_path / "bin")
    patient = Patient(state=State(tmp_path / "state"))
    found = slugs(examine(patient, doctor_machine.RULES))
    assert {"udisks-absent", "systemd-absent", "service-none", "notifications-none", "tools-missing"} <= set(found)


def test_programs_that_hang_hold_nothing_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare_path(monkeypatch, tmp_path / "bin", busctl="exec /bin/sleep 60", loginctl="exec /bin/sleep 60")
    monkeypatch.setattr(doctor_machine, "_ASK", 0.3)
    began = time.monotonic()
    patient = Patient(state=State(tmp_path / "state"))
    assert slugs(doctor_machine.notifications(patient)) == ["notifications-none"]
    assert time.monotonic() - began < 10


def test_a_rule_that_never_answers_or_breaks_costs_only_its_own_answer(tmp_path: Path) -> None:
    over = threading.Event()

    def hangs(_patient: Patient) -> tuple[Check, ...]:
        over.wait(30)
        return ()

    def breaks(_patient: Patient) -> tuple[Check, ...]:
        raise ZeroDivisionError

    patient = Patient(state=State(tmp_path))
    rules = (("udev", hangs), ("tools", breaks), ("clock", lambda _: ok("clock-right")))
    began = time.monotonic()
    assert [check.slug for check in examine(patient, rules, 0.3)] == ["slow-answer", "slow-failed", "clock-right"]
    assert time.monotonic() - began < 10
    over.set()  # no thread is left behind


def test_notifications_and_lasting_logins_are_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare_path(
        monkeypatch,
        tmp_path / "bin",
        busctl="echo ':1.5 9 org.freedesktop.Notifications x'; echo 'org.freedesktop.Notifications 12 dunst'",
        systemctl="case $* in *Version*) echo 252 ;; esac",
        loginctl="echo no",
    )
    patient = Patient(state=State(tmp_path / "state"))
    assert slugs(doctor_machine.notifications(patient)) == []
    assert slugs(doctor_machine.systemd(patient)) == ["systemd-login"]
    (tmp_path / "bin" / "loginctl").write_text("#!/bin/sh\necho yes\n")
    assert slugs(doctor_machine.systemd(patient)) == []


def test_a_service_of_another_version_or_place_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare_path(monkeypatch, tmp_path / "bin")
    patient = Patient(state=State(tmp_path / "state"))
    assert slugs(doctor_machine.service(patient)) == ["service-none"]
    done = install(this_program(["--watch=/srv/link"]), Systemd())
    assert [check.slug for check in doctor_machine.service(patient)] == ["service-autostart"]
    done.path.write_text(done.path.read_text().replace("python", "python9"))
    assert slugs(doctor_machine.service(patient)) == ["service-other"]


STATUS = """\
case $* in
*Version*) echo 252 ;;
*UnitFileState*) echo enabled ;;
*ActiveState*) cat %(home)s/active ;;
*StatusText*) echo "linksync %(version)s: Wacht op de Link." ;;
esac"""


def test_a_service_that_stopped_or_still_runs_what_was_there_before_is_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = os.environ["PATH"]
    bare_path(monkeypatch, tmp_path / "bin", systemctl=STATUS % {"home": tmp_path, "version": "0.0.1"})
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{path}")
    patient = Patient(state=State(tmp_path / "state"))
    (tmp_path / "active").write_text("active\n")
    install(this_program(), Systemd())
    assert slugs(doctor_machine.service(patient)) == ["service-old"]
    (tmp_path / "active").write_text("failed\n")
    assert slugs(doctor_machine.service(patient)) == ["service-stopped"]


# The words.


def answers() -> list[tuple[str, str, set[str]]]:
    """Every answer that a rule can give: how bad it is, its slug, its fields."""
    found = []
    for path in PACKAGE.glob("doctor*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        for call in calls:
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name in {"ok", "note", "problem"} and isinstance(call.args[0], ast.Constant):
                found.append((name, str(call.args[0].value), {str(one.arg) for one in call.keywords}))
    return found


def test_every_answer_has_its_words_and_no_others_do() -> None:
    assert {slug for _, slug, _ in answers()} == CHECKS.keys()


def test_every_answer_fills_its_words() -> None:
    for _, slug, fields in answers():
        for text in (text for pair in CHECKS[slug] for text in pair):
            assert placeholders(text) <= fields, slug


def test_every_problem_has_a_remedy_and_every_word_both_languages() -> None:
    for slug, (sentence, remedy) in CHECKS.items():
        assert sentence[0] != sentence[1], slug
        assert bool(remedy[0]) == bool(remedy[1]), slug
        assert check_sentence(slug, {}, "nl").endswith(".")
    assert [slug for name, slug, _ in answers() if name == "problem" and not CHECKS[slug][1][0]] == []
