"""The README says what is so: its commands run as they stand there, in the order in which people would, and its links
lead somewhere."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import Terminal

from linksync.cli.main import ALIASES, COMMANDS

HOUSE = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "linksync/CHANGELOG.md")
README = (HOUSE / "README.md").read_text("utf-8")


def blocks(heading: str) -> list[str]:
    """The commands under a heading of the README."""
    section = README.split(f"### {heading}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
    return re.findall(r"```bash\n(.*?)```", section, re.DOTALL)


def play(script: str, home: Path) -> str:
    """Run commands as a newcomer would, with a folder for the stick."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
    }
    text = script.replace("/media/LINK", "LINK")
    if "SHA256:..." in text:
        command = "linksync relay show estafette --json"
        told = subprocess.run(["bash", "-c", command], cwd=home, env=environment, check=True, capture_output=True)
        text = text.replace("SHA256:...", json.loads(told.stdout)["fingerprint"])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, (text, done.stdout, done.stderr)
    return done.stdout


def test_the_commands_of_everybody_in_the_readme_play_a_relay_together(tmp_path: Path) -> None:
    (tmp_path / "LINK").mkdir()
    _, key, handoff, sync = blocks("You are a host")
    (organise,) = blocks("You organise a relay")
    (verify,) = blocks("You want to check it")
    archivist, search = blocks("You are an archivist")
    play(key, tmp_path)
    play(organise, tmp_path)
    given = tmp_path / "LINK" / "data" / "Gemeente Assen" / "Één aanvraag & 100% klaar.txt"
    given.parent.mkdir()
    given.write_text("Wat wij leerden van zelfroosteren.\n")
    assert "Hand-off 2 is done" in play(handoff, tmp_path)
    assert "000002-gemeente-assen" in play(sync, tmp_path)
    assert "All is well" in play(verify, tmp_path)
    play(archivist, tmp_path)
    found = [path for path in (tmp_path / "bibliotheek").rglob(given.name) if path.is_file()]
    assert [path.read_text() for path in found] == ["Wat wij leerden van zelfroosteren.\n"]
    assert given.name in play(search, tmp_path)


def test_settings_spare_a_host_the_options(tmp_path: Path) -> None:
    (tmp_path / "LINK").mkdir()
    _, key, handoff, _ = blocks("You are a host")
    play(key, tmp_path)
    play(blocks("You organise a relay")[0], tmp_path)
    play(handoff, tmp_path)
    page = tmp_path / ".config" / "linksync" / "config.yaml"
    page.parent.mkdir(parents=True)
    page.write_text("as: gemeente-assen\nkey: ~/assen\narchive: ~/archief\n")
    assert "Nothing new since your last hand-off" in play("linksync handoff /media/LINK", tmp_path)


def test_a_host_answers_what_is_asked_and_the_daemon_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "LINK").mkdir()
    setup, key, *_ = blocks("You are a host")
    play(key, tmp_path)
    play(blocks("You organise a relay")[0], tmp_path)
    fingerprint = (tmp_path / "estafette" / "label.svg").read_text().split("SHA256:")[1][:43]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    monkeypatch.chdir(tmp_path)
    screen = Terminal("-euc", setup, program=["/bin/bash"])
    for question, answer in (
        ("label", f"SHA256:{fingerprint}"),
        ("[-]: ", "archief"),
        ("Who are you in this relay?", "gemeente-assen"),
        ("Which key do you sign with?", "other"),
        ("Which file: ", "assen"),
        ("What happens when the Link is plugged in?", ""),
        ("And then?", ""),
        ("Shall linksync start by itself from now on?", "no"),
    ):
        screen.until(question)
        screen.until(": ")
        screen.type(f"{answer}\n")
    assert screen.ends() == 0, screen.shown
    assert "This computer is ready for the Link." in screen.shown
    assert "Send this to the organiser" not in screen.shown
    assert "linksync starts by itself when you log in." in screen.shown
    assert (tmp_path / ".config" / "autostart" / "linksync.desktop").exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = (HOUSE / page).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    here = [target for target in targets if not target.startswith("https://")]
    assert [target for target in here if not ((HOUSE / page).parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists(page: str) -> None:
    text = (HOUSE / page).read_text("utf-8")
    shown = [*re.findall(r"^linksync ([a-z]+)", text, re.MULTILINE), *re.findall(r"`linksync ([a-z]+)", text)]
    shown += re.findall(r"`([a-z]+) [a-z-]+`", text) if page.endswith("CHANGELOG.md") else []
    assert set(shown) - COMMANDS.keys() - ALIASES.keys() == set()


def test_the_scripts_that_a_newcomer_is_given_can_be_run() -> None:
    for script in re.findall(r"\btests/(?:try|all)\b", README):
        assert os.access(HOUSE / script, os.X_OK)


def test_the_licence_is_the_one_that_the_package_names() -> None:
    licence = (HOUSE / "linksync" / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
