"""The frame of all commands: what goes wrong becomes one sentence, in the right language, with the right status."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from running import FAILING, HERE, LINKSYNC, Terminal, run

from linksync.cli.main import ALIASES, COMMANDS, Row, main


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "fail", Row("failing:command", "Fail."))


def leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for below, one in command.commands.items():
            yield from leaves(one, f"{name} {below}")
    else:
        yield name, command


def all_commands() -> list[tuple[str, click.Command]]:
    context = click.Context(main)
    found = []
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        found += list(leaves(command, name))
    return found


def test_every_row_of_the_table_is_a_command_that_explains_itself() -> None:
    for name, command in all_commands():
        assert command.help, name
    for name, row in COMMANDS.items():
        assert row.about.endswith("."), name
        assert main.get_command(click.Context(main), name) is not None


def test_every_command_speaks_both_languages_and_reports_in_json() -> None:
    for name, command in all_commands():
        options = {option for param in command.params for option in param.opts}
        assert "--language" in options, name
        assert "--json" in options or name in {"demo", "daemon run"}, name


def test_the_overview_names_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    for name, row in COMMANDS.items():
        assert f"  {name} " in shown
        assert row.about[:30] in shown


def test_no_overview_cuts_a_sentence_off() -> None:
    groups = [name for name in COMMANDS if isinstance(main.get_command(click.Context(main), name), click.Group)]
    assert len(groups) > 5
    for path in ([], *([name] for name in groups)):
        assert "..." not in CliRunner().invoke(main, [*path, "--help"]).output.partition("Commands:")[2], path


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_an_alias_is_the_same_command(alias: str) -> None:
    context = click.Context(main)
    assert main.get_command(context, alias) is main.get_command(context, ALIASES[alias])


def test_a_command_that_does_not_exist_is_wrong_usage() -> None:
    ran = run("verzin", "iets")
    assert ran.status == 2
    assert "No such command" in ran.err
    assert ran.out == ""


def test_no_command_at_all_shows_the_overview() -> None:
    ran = run()
    assert "Commands:" in ran.out + ran.err


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(("name", "status"), [("refused", 1), ("gone", 60), ("system", 1), ("bug", 1), ("deep", 1)])
def test_what_goes_wrong_is_one_sentence_on_stderr_and_a_status(name: str, status: int) -> None:
    result = CliRunner().invoke(main, ["fail", name])
    assert result.exit_code == status
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("failing")
def test_an_error_in_json_is_an_object_as_well() -> None:
    result = CliRunner().invoke(main, ["fail", "gone", "--json", "--language", "nl"])
    told = json.loads(result.stdout)
    assert told["exit"] == result.exit_code == 60
    assert told["verdict"] == "unreadable"
    assert told["error"] == "stick-gone"
    assert told["message"] == result.stderr.strip()


@pytest.mark.usefixtures("failing")
def test_a_mistake_of_ours_shows_where_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ValueError: drie is geen vier en dit" in CliRunner().invoke(main, ["fail", "bug"]).stderr
    monkeypatch.setenv("LINKSYNC_TRACEBACK", "1")
    assert isinstance(CliRunner().invoke(main, ["fail", "bug"]).exception, ValueError)


@pytest.mark.usefixtures("failing")
def test_an_interruption_is_a_sentence() -> None:
    result = CliRunner().invoke(main, ["fail", "interrupted"])
    assert result.exit_code == 1
    assert result.stderr.strip() == "Stopped. Nothing is lost; run the same again, which finishes the work."


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    ("arguments", "variables", "dutch"),
    [
        ([], {}, False),
        ([], {"LC_ALL": "nl_NL.UTF-8"}, True),
        ([], {"LC_ALL": "", "LANG": "nl_BE.UTF-8"}, True),
        ([], {"LC_ALL": "", "LC_MESSAGES": "nl_NL", "LANG": "en_GB"}, True),
        ([], {"LC_ALL": "de_DE.UTF-8", "LANG": "nl_NL.UTF-8"}, False),
        ([], {"LINKSYNC_LANGUAGE": "nl"}, True),
        ([], {"LINKSYNC_LANGUAGE": "en", "LC_ALL": "nl_NL.UTF-8"}, False),
        ([], {"LINKSYNC_LANGUAGE": "klingon", "LC_ALL": "nl_NL.UTF-8"}, True),
        (["--language", "en"], {"LINKSYNC_LANGUAGE": "nl"}, False),
        (["--language", "nl"], {"LINKSYNC_LANGUAGE": "en"}, True),
    ],
)
def test_a_flag_wins_over_the_environment_and_that_over_the_locale(
    arguments: list[str], variables: dict[str, str], dutch: bool
) -> None:
    result = CliRunner(env=variables).invoke(main, ["fail", "speaks", *arguments])
    assert result.stdout.startswith("Nederlands" if dutch else "English")


@pytest.mark.usefixtures("failing")
def test_the_language_may_stand_before_the_command() -> None:
    assert CliRunner().invoke(main, ["--language", "nl", "fail", "speaks"]).stdout.startswith("Nederlands")


@pytest.mark.usefixtures("failing")
def test_config_says_the_language_where_nobody_else_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "linksync").mkdir()
    (tmp_path / "linksync" / "config.yaml").write_text("language: nl\n")
    assert CliRunner().invoke(main, ["fail", "speaks"]).stdout.startswith("Nederlands")
    result = CliRunner(env={"LINKSYNC_LANGUAGE": "en"}).invoke(main, ["fail", "speaks"])
    assert result.stdout.startswith("English")


def test_letters_that_a_terminal_lacks_stop_nothing() -> None:
    arguments = [*FAILING, "speaks", "--language", "nl"]
    environment = {**os.environ, "PYTHONPATH": HERE, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(arguments, capture_output=True, env=environment, check=True)
    assert done.stdout.decode("latin-1") == "Nederlands: één \\u2714\n"


def test_a_pipe_that_closes_early_leaves_no_traceback() -> None:
    command = " ".join([*LINKSYNC, "--help", "|", "true"])
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_progress_is_drawn_on_a_terminal_and_results_stand_after_it() -> None:
    screen = Terminal("reads", "--language", "nl", program=FAILING)
    screen.until("De stick wordt gelezen")
    assert screen.ends() == 0
    assert "MB" in screen.shown
    assert screen.shown.rstrip().endswith("klaar")


def test_progress_is_silent_in_a_pipe() -> None:
    ran = run("reads", program=FAILING)
    assert (ran.status, ran.out, ran.err) == (0, "klaar\n", "")


def test_ctrl_c_is_one_sentence_and_status_1() -> None:
    screen = Terminal("reads", "--language", "nl", program=FAILING)
    screen.until("De stick wordt gelezen")
    screen.type("\x03")
    assert screen.ends() == 1
    assert "Gestopt. Er is niets verloren" in screen.shown
    assert "Traceback" not in screen.shown
    assert "klaar" not in screen.shown


def test_the_program_is_there_under_its_own_name() -> None:
    script = Path(sys.executable).with_name("linksync")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("linksync, version ")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["daemon", "install"], "--as ontbreekt. Of maak deze computer eens en voor al klaar: linksync host setup"),
        (["stick", "prepare", "LINK"], "--relay ontbreekt."),
        (["verify"], "STICK ontbreekt."),
        (["stick", "eject", "--jason", "x"], "de optie --jason is er niet. Bedoel je --json?"),
        (["host", "setup", "--policy", "soms"], "bij --policy kun je kiezen uit: auto, ask, verify-only."),
        (["daemon", "run", "--port", "x", "--as", "x", "--key", "k"], "wat bij --port staat, kan niet."),
        (["verify", "a", "b"], "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_said_in_dutch_to_the_dutch(command: list[str], told: str) -> None:
    result = CliRunner(env={"LINKSYNC_LANGUAGE": "nl"}).invoke(main, command)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Gebruik: ")
    assert result.stderr.splitlines()[-1].startswith("Fout: ")
    assert told in result.stderr


def test_an_unknown_command_is_said_in_dutch_too() -> None:
    result = CliRunner().invoke(main, ["--language", "nl", "verzin"])
    assert (result.exit_code, "verzin" in result.stderr, "Fout: " in result.stderr) == (2, True, True)


def test_in_english_a_host_is_told_how_to_be_ready() -> None:
    result = CliRunner().invoke(main, ["daemon", "install"])
    assert result.exit_code == 2
    assert "linksync host setup" in result.stderr
