"""``linksync host setup``: asked on a terminal in Dutch and in English, or told everything on one line."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from archives import make, trees
from media import need
from running import Ran, Terminal, run
from sealed import Key, Relay

from linksync.machine.key_files import public_of
from linksync.machine.settings import config_path, read_config

OTHER = "SHA256:" + "A" * 43


@dataclass(frozen=True, slots=True)
class Table:
    """What a host has at hand: the relay's folder, its archive, a key."""

    root: Path
    relay: Relay

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def desk(self) -> Path:
        return self.root / "desk"

    @property
    def key(self) -> Path:
        path = self.root / "host-a"
        return path if path.exists() else Key("host-a").write(path)

    @property
    def memory(self) -> Path:
        return Path(os.environ["HOME"]) / ".local" / "state" / "linksync"

    def all_told(self, **other: str) -> list[str]:
        told = {"as": "host-a", "key": str(self.key), "organiser": self.relay.fingerprint, "archive": str(self.archive)}
        return [word for name, value in (told | other).items() for word in (f"--{name}", value)]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    relay = Relay()
    relay.sign()
    make(tmp_path, relay)
    return Table(tmp_path, relay)


def setup(*words: str, language: str = "en") -> Ran:
    return run("host", "setup", *words, LINKSYNC_LANGUAGE=language)


def home() -> dict[str, bytes]:
    return trees(Path(os.environ["HOME"]))


def test_told_everything_it_asks_nothing(table: Table) -> None:
    done = setup(*table.all_told(policy="ask"), "--yes")
    assert (done.status, done.out.splitlines()[0]) == (0, "✔ This computer is ready for the Link.")
    config = read_config(config_path())
    assert (config.as_, config.archive, config.policy) == ("host-a", str(table.archive), "ask")
    assert (table.memory / "relays" / "proef" / "organiser").read_text().strip() == table.relay.fingerprint
    assert "Send this" not in done.out
    assert "linksync daemon install" in done.err


def test_who_is_not_in_the_relay_or_has_anothers_key_is_not_called_ready(table: Table) -> None:
    for holder in ("zwolle", "host-b"):
        done = setup(*table.all_told(**{"as": holder}), "--yes")
        assert (done.status, done.out.splitlines()[0][:28]) == (0, "➜ Set up; this computer can ")
        assert "this key is host-a's. If that is you, give --as host-a" in " ".join(done.out.split())
        assert "Send this to the organiser" in done.out
    done = setup(*table.all_told(), "--yes")
    assert done.out.startswith("✔ This computer is ready")
    assert "Note: in the relay" not in done.out


def test_the_second_time_nothing_changes(table: Table) -> None:
    setup(*table.all_told(), "--yes")
    before = home()
    done = setup("--yes")
    assert (done.status, done.out.splitlines()[0]) == (0, "✔ Nothing was changed; all of it was set already.")
    assert home() == before


def test_settings_and_comments_that_were_there_stay(table: Table) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text("# van mij\nlanguage: nl # altijd\nwatch: [/srv/spiegel]\n")
    setup(*table.all_told(), "--yes")
    assert config_path().read_text().startswith("# van mij\nlanguage: nl # altijd\nwatch: [/srv/spiegel]\nas: host-a\n")


def test_a_wrong_fingerprint_is_refused_in_a_sentence_and_nothing_is_written(table: Table) -> None:
    before = home()
    given = ["--as", "host-a", "--key", str(table.key), "--organiser", OTHER, "--yes"]
    told = setup(*given, "--relay", str(table.desk))
    assert (told.status, told.out) == (30, "")
    assert told.err == (
        f"This is not the relay of the label: you gave {OTHER}, and it is signed with {table.relay.fingerprint}. "
        "Nothing was changed; read the label once more, and if what you gave is right, do not trust this and call the "
        "organiser.\n"
    )
    told = setup(*given, "--archive", str(table.archive), language="nl")
    assert (told.status, told.err.count("\n")) == (30, 1)
    assert "is van een andere estafette" in told.err
    assert home() == before


def test_another_fingerprint_than_the_one_known_is_refused(table: Table) -> None:
    setup(*table.all_told(), "--yes")
    thief = Relay(organiser="thief")
    thief.sign()
    before = home()
    told = setup(
        *("--organiser", thief.fingerprint, "--relay", str(thief.write(table.root / "thief"))),
        *("--archive", "", "--yes"),
    )
    assert told.status == 30
    assert "another than the one known here" in told.err
    assert home() == before


def test_a_relay_that_is_named_and_is_not_there_is_said_and_nothing_is_written(table: Table) -> None:
    nowhere, before = table.root / "nergens", home()
    told = setup(*table.all_told(), "--relay", str(nowhere), "--yes")
    assert (told.status, told.out) == (1, "")
    assert told.err.startswith(f"No signed relay stands in {nowhere}. Nothing was changed")
    assert home() == before


def test_what_nobody_can_be_asked_is_wrong_usage(table: Table) -> None:
    for missing in ("organiser", "as"):
        words = table.all_told()
        at = words.index(f"--{missing}")
        told = setup(*words[:at], *words[at + 2 :])
        assert (told.status, f"Give --{missing}: it is not asked for here." in told.err) == (2, True)
    assert not config_path().exists()


def test_a_key_is_made_and_the_line_for_the_organiser_is_shown(table: Table) -> None:
    words = table.all_told(key=str(table.root / "made" / "key"), **{"as": "emmen"})
    done = setup(*words, "--yes")
    public = public_of(table.root / "made" / "key")
    assert f"\n{public.line} emmen\n" in done.out
    assert "emmen is not in the relay yet" in done.out
    assert "key.pub" in done.out
    assert (table.root / "made" / "key.pub").read_text() == f"{public.line} emmen\n"
    assert setup("--yes").out.startswith("➜ Nothing was changed; this computer can hand over once")


def test_without_a_key_one_is_made_beside_the_settings(table: Table) -> None:
    done = setup("--as", "emmen", "--organiser", table.relay.fingerprint, "--yes", "--json")
    told = json.loads(done.out)
    assert (told["key"]["file"], told["key"]["made"]) == (str(config_path().parent / "emmen"), True)
    assert (told["seat"], told["relay"], told["changed"]) == ("unknown", None, True)


def test_a_key_of_another_host_is_said(table: Table) -> None:
    done = setup(*table.all_told(**{"as": "host-b"}), "--yes")
    assert "host-b is in the relay with another key" in done.out


def test_without_a_relay_the_stick_brings_it(table: Table) -> None:
    words = ["--as", "host-a", "--key", str(table.key), "--organiser", table.relay.fingerprint]
    done = setup(*words, "--yes")
    assert "the stick brings it" in done.out
    assert not (table.memory / "relays").exists()


def test_an_archive_that_is_away_is_remembered(table: Table) -> None:
    done = setup(*table.all_told(archive=str(table.root / "nas")), "--relay", str(table.desk), "--yes")
    assert done.status == 0
    assert "cannot be reached now" in done.out
    assert read_config(config_path()).archive == str(table.root / "nas")


def test_an_archive_is_remembered_from_every_folder(table: Table) -> None:
    run("host", "setup", *table.all_told(archive="archive"), "--yes", cwd=table.root)
    assert read_config(config_path()).archive == str(table.archive)


def test_a_key_that_others_can_read_is_refused(table: Table) -> None:
    table.key.chmod(0o644)
    done = setup(*table.all_told(), "--yes")
    assert (done.status, config_path().exists()) == (1, False)
    assert "chmod 600" in done.err


def test_another_memory_is_found_again(table: Table) -> None:
    setup(*table.all_told(), "--state", str(table.root / "memory"), "--yes")
    assert read_config(config_path()).state == str(table.root / "memory")
    assert "De Estafette" not in run("status").out
    assert table.relay.fingerprint in run("status").out


def test_wrong_settings_are_said_before_anything_is_done(table: Table) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text("as: [\n")
    done = setup(*table.all_told(), "--yes")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "config.yaml" in done.err
    assert config_path().read_text() == "as: [\n"


# On a terminal.


def test_asked_in_dutch(table: Table) -> None:
    screen = Terminal("host", "setup", LINKSYNC_LANGUAGE="nl")
    screen.until("Vingerafdruk op het label")
    screen.type("SHA256:x\n")
    screen.until("is geen vingerafdruk")
    screen.type(f"{table.relay.fingerprint}\n")
    screen.until("Archief (map of adres")
    screen.type(f"{table.archive}\n")
    screen.until("bereikbaar, en van deze estafette")
    screen.until("Wie ben je in deze estafette?")
    screen.until("Welke? [1]")
    screen.type("9\n")
    screen.until("Typ een getal van 1 tot en met 5.")
    screen.type("host-b\n")
    screen.until("Met welke sleutel teken je?")
    screen.type("nieuw\n")
    screen.until("Wat gebeurt er als de Link erin gaat?")
    screen.type("\n")
    screen.until("En daarna?")
    screen.type("stay\n")
    screen.until("host-b staat met een andere sleutel in de estafette.")
    screen.until("Zal linksync van nu af vanzelf starten? [ja]")
    screen.type("misschien\n")
    screen.until("Typ ja of nee.")
    screen.type("n\n")
    assert screen.ends() == 0
    config = read_config(config_path())
    assert (config.as_, config.policy, config.after, config.language) == ("host-b", "auto", "stay", "nl")
    assert config.key == str(config_path().parent / "host-b")


def test_asked_in_english_with_a_file_of_ones_own(table: Table) -> None:
    screen = Terminal("host", "setup", "--relay", str(table.desk))
    screen.until("Fingerprint on the sculpture's label")
    screen.type(f"{table.relay.fingerprint}\n")
    screen.until("Archive (folder or address")
    screen.type("\n")
    screen.until("Who are you in this relay?")
    screen.type("1\n")
    screen.until("Which key do you sign with?")
    screen.type("other\n")
    screen.until("Which file")
    screen.type(f"{table.root}/nothing\n")
    screen.until("There is no key")
    screen.type(f"{table.key}\n")
    screen.until("What happens when the Link is plugged in?")
    screen.type("verify-only\n")
    screen.until("This computer is ready for the Link.")
    screen.until("Shall linksync start by itself from now on? [yes]")
    screen.type("no\n")
    assert screen.ends() == 0
    assert "And then?" not in screen.shown
    config = read_config(config_path())
    assert (config.as_, config.key, config.archive) == ("host-a", str(table.key), None)


def test_enter_keeps_what_is_set(table: Table) -> None:
    setup(*table.all_told(policy="ask"), "--after", "stay", "--yes")
    before = home()
    screen = Terminal("host", "setup")
    for question in ("label", "Archive", "Who are you", "Which key", "What happens", "And then", "Shall linksync"):
        screen.until(question)
        screen.until("]: ")
        screen.type("no\n" if question == "Shall linksync" else "\n")
        screen.shown = ""
    assert screen.ends() == 0
    assert home() == before


def test_an_archive_that_is_no_more_is_taken_back_with_a_hyphen(table: Table) -> None:
    setup(*table.all_told(), "--yes")
    words = ("--organiser", table.relay.fingerprint, "--as", "host-a", "--key", str(table.key))
    screen = Terminal("host", "setup", *words, "--policy", "auto", "--after", "eject")
    screen.until(f"[{table.archive}]: ")
    screen.type("-\n")
    screen.until("Shall linksync start")
    screen.type("no\n")
    assert screen.ends() == 0
    assert read_config(config_path()).archive is None


SYSTEMCTL = """\
#!/bin/sh
echo "$@" >> "$HOME/told"
case "$*" in
*Version*) echo 252 ;;
*UnitFileState*) echo enabled ;;
*ActiveState*) echo active ;;
esac
"""


def test_a_daemon_that_runs_starts_anew_with_the_new_settings(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    (table.root / "bin").mkdir()
    (table.root / "bin" / "systemctl").write_text(SYSTEMCTL)
    (table.root / "bin" / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{table.root}/bin:{os.environ['PATH']}")
    log = Path(os.environ["HOME"]) / "told"
    setup(*table.all_told(), "--yes", "--service")
    log.unlink()
    setup("--yes")
    assert "restart" not in log.read_text()
    done = setup("--policy", "ask", "--yes")
    assert "was started anew with these settings" in done.err
    assert "--user --no-pager restart linksync.service" in log.read_text()


@pytest.mark.parametrize("answered", range(6))
def test_ctrl_c_at_any_question_changes_nothing(table: Table, answered: int) -> None:
    before = home()
    screen = Terminal("host", "setup")
    questions = {
        "label": f"{table.relay.fingerprint}\n",
        "Archive": f"{table.archive}\n",
        "Who are you": "1\n",
        "Which key": "1\n",
        "What happens": "1\n",
        "And then": "1\n",
    }
    for question, answer in list(questions.items())[:answered]:
        screen.until(question)
        screen.until(": ")
        screen.type(answer)
        screen.shown = ""
    screen.until(list(questions)[answered])
    screen.until(": ")
    time.sleep(0.5)  # the question is shown just before it is listened to
    screen.type("\x03")
    assert screen.ends() == 1
    assert "Nothing is lost" in screen.shown
    assert home() == before


@pytest.mark.usefixtures("ssh_agent")
def test_a_key_of_the_ssh_agent_that_the_relay_knows_is_offered_first(table: Table) -> None:
    other = Key("somebody").write(table.root / "somebody")
    for key in (other, table.key):
        subprocess.run([need("ssh-add"), "-q", str(key)], check=True)
    words = table.all_told()
    at = words.index("--key")
    screen = Terminal("host", "setup", *words[:at], *words[at + 2 :], "--policy", "auto", "--after", "eject")
    screen.until("is in the relay")
    screen.until("Which one? [2]")
    screen.type("\n")
    screen.until("the ssh-agent signs")
    screen.until("Shall linksync start")
    screen.type("no\n")
    assert screen.ends() == 0
    kept = Path(read_config(config_path()).key or "")
    assert (kept.name, public_of(kept)) == ("host-a.pub", Key("host-a").public)
