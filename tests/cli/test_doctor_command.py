"""``linksync doctor``: what it says, in both languages, and how it ends."""

import json
from pathlib import Path

from running import run
from sealed import Key, Relay

from linksync.machine.settings import config_path


def test_a_new_computer_is_told_how_to_become_a_hosts() -> None:
    done = run("doctor", LINKSYNC_LANGUAGE="nl")
    assert done.status == 1
    assert "✖ In de instellingen ontbreekt: as, key.\n  → Doe: linksync host setup\n" in done.out
    assert "moet" in done.out.splitlines()[-1]
    assert done.err == ""


def test_a_program_is_told_the_same(tmp_path: Path) -> None:
    relay = Relay()
    relay.sign()
    key = Key("host-a").write(tmp_path / "key")
    run("host", "setup", "--as", "host-a", "--key", str(key), "--organiser", relay.fingerprint, "--yes")
    told = json.loads(run("doctor", "--json").out)
    found = {check["slug"]: check for check in told["checks"]}
    assert found["settings-complete"]["condition"] == "ok"
    assert found["organiser-alone"]["message"].startswith("Of the relay only the fingerprint is known")
    assert found["archive-none"]["remedy"] == "Do: linksync host setup"
    assert told["problems"] == sum(check["condition"] == "problem" for check in told["checks"])
    assert told["exit"] == (1 if told["problems"] else 0)


def test_wrong_settings_are_one_of_the_things_that_it_finds() -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text("as: [\n")
    done = run("doctor")
    assert done.status == 1
    assert "config.yaml, line 2" in done.out
    assert "The clock can be right." in done.out
