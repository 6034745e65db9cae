"""What a start costs: modules that a command does not need are not imported."""

import subprocess
import sys

import pytest

from linksync.cli.main import COMMANDS
from linksync.host import screening
from linksync.host.daemon import work

HEAVY = frozenset({"rich", "cryptography", "jinja2", "yaml", "msgspec", "bcrypt", "segno", "platformdirs", "json"})


def imported(*arguments: str) -> frozenset[str]:
    """Every module that a run of linksync imports."""
    command = [sys.executable, "-X", "importtime", "-m", "linksync", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (line for line in run.stderr.splitlines() if line.startswith("import time:"))
    return frozenset(line.rsplit("|", 1)[-1].strip() for line in lines)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], []])
def test_the_program_itself_imports_click_and_nothing_heavy(arguments: list[str]) -> None:
    modules = imported(*arguments)
    assert {name.split(".")[0] for name in modules} & HEAVY == set()
    assert {name for name in modules if name.startswith("linksync")} == {
        "linksync",
        "linksync.cli",
        "linksync.cli.main",
    }


def test_a_command_does_not_draw_before_there_is_something_to_draw() -> None:
    modules = imported("key", "show", "/nergens/sleutel")
    assert "linksync.machine.key_files" in modules
    assert {name.split(".")[0] for name in modules} & {"rich", "jinja2", "segno"} == set()


def test_one_command_does_not_import_another() -> None:
    modules = imported("key", "--help")
    assert {name for name in modules if name.startswith("linksync.cli.")} <= {
        "linksync.cli.main",
        "linksync.cli.keys",
        "linksync.cli.render",
        "linksync.cli.settings",
        "linksync.cli.exits",
    }


def test_what_is_started_ahead_is_what_screening_uses() -> None:
    assert COMMANDS["handoff"].prepares == work.SCREEN == screening.ENTRY
