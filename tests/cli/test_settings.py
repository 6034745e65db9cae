"""Flags over environment over config.yaml over defaults; a page that is wrong is said, and nothing else happens."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from linksync.cli.main import COMMANDS, Row, main
from linksync.cli.settings import (
    after_option,
    archive_option,
    host_option,
    key_option,
    organiser_option,
    policy_option,
    relay_option,
    state_option,
    watch_option,
)
from linksync.errors import FormatError
from linksync.machine.settings import Config, config_path, read_config, state_folder, write_config

FINGERPRINT = "SHA256:jZ3k8Q1vXw0mT7yB2nLr5sPf9cHdG4aUeK6iOoVxRtM"
OTHER = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"


@click.command()
@state_option
@archive_option
@organiser_option
@host_option
@key_option
@relay_option
def told(**settings: object) -> None:
    """Show what was set."""
    for name, value in sorted(settings.items()):
        click.echo(f"{name}={value}")


@pytest.fixture(autouse=True)
def _command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "told", Row("test_settings:told", "Show what was set."))


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where config.yaml stands."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "linksync").mkdir()
    return tmp_path / "linksync" / "config.yaml"


def settings(result: Result) -> dict[str, str]:
    assert result.exit_code == 0, result.output
    return dict(line.split("=", 1) for line in result.stdout.splitlines())


def test_without_anything_the_memory_stands_in_the_platforms_place() -> None:
    found = settings(CliRunner().invoke(main, ["told", "--as", "x", "--key", "k"]))
    assert found["state"] == str(state_folder())
    assert str(state_folder()).startswith(str(Path.home()))
    assert (found["archive"], found["organiser"], found["relay"]) == ("None", "None", "None")


def test_what_nobody_set_and_must_be_set_is_wrong_usage() -> None:
    result = CliRunner().invoke(main, ["told"])
    assert result.exit_code == 2
    assert "--as" in result.stderr


def test_the_page_is_followed_where_nobody_says_otherwise(page: Path) -> None:
    page.write_text(
        f"state: /srv/state\narchive: /srv/archief\norganiser: {FINGERPRINT}\nas: gemeente-assen\n"
        "key: ~/sleutels/assen\nrelay: estafette\n"
    )
    found = settings(CliRunner().invoke(main, ["told"]))
    assert found == {
        "state": "/srv/state",
        "archive": "/srv/archief",
        "organiser": FINGERPRINT,
        "host": "gemeente-assen",
        "key": str(Path.home() / "sleutels/assen"),
        "relay": str(page.parent / "estafette"),
    }


VALUES = {
    "state": ("LINKSYNC_STATE", "state", "--state", "/a", "/b", "/c"),
    "archive": ("LINKSYNC_ARCHIVE", "archive", "--archive", "/a", "/b", "https://c.example"),
    "organiser": ("LINKSYNC_ORGANISER", "organiser", "--organiser", FINGERPRINT, OTHER, FINGERPRINT),
    "host": ("LINKSYNC_AS", "as", "--as", "a", "b", "c"),
    "key": ("LINKSYNC_KEY", "key", "--key", "/a", "/b", "/c"),
    "relay": ("LINKSYNC_RELAY", "relay", "--relay", "/a", "/b", "/c"),
}


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_flag_wins_over_the_environment_and_that_over_the_page(name: str, page: Path) -> None:
    variable, field, flag, first, second, third = VALUES[name]
    others = {v: "/o" for n, (v, *_) in VALUES.items() if n in {"host", "key"} and n != name}
    page.write_text(f"{field}: {first}\n")
    assert settings(CliRunner(env=others).invoke(main, ["told"]))[name] == first
    environment = {**others, variable: second}
    assert settings(CliRunner(env=environment).invoke(main, ["told"]))[name] == second
    assert settings(CliRunner(env=environment).invoke(main, ["told", flag, third]))[name] == third


def test_an_empty_variable_is_none(page: Path) -> None:
    page.write_text("archive: /srv/archief\nas: x\nkey: /k\n")
    assert settings(CliRunner(env={"LINKSYNC_ARCHIVE": ""}).invoke(main, ["told"]))["archive"] == "/srv/archief"


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ("as: [1\n", "line 2"),
        ("as: x\nas: y\n", "line 2"),
        ("\tas: x\n", "line 1"),
        ("taal: nl\n", '"taal" is not a field'),
        ("language: fr\n", "fr"),
        ("as: Gemeente Assen\n", "as"),
        ("- as\n", "a block of fields"),
        ("organiser: abc\n", "organiser"),
        ("state: 12\n", "state"),
    ],
)
def test_a_wrong_page_is_one_sentence_that_names_file_and_place(page: Path, text: str, told_of: str) -> None:
    page.write_text(text)
    result = CliRunner().invoke(main, ["told", "--as", "x", "--key", "k"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert str(page) in result.stderr
    assert told_of in result.stderr


def test_a_wrong_page_stops_nothing_that_does_not_need_it(page: Path) -> None:
    page.write_text("as: [\n")
    assert CliRunner().invoke(main, ["--help"]).exit_code == 0
    assert CliRunner().invoke(main, ["told", "--help"]).exit_code == 0


def test_a_page_that_is_a_folder_is_said(page: Path) -> None:
    page.mkdir()
    result = CliRunner().invoke(main, ["told", "--as", "x", "--key", "k"])
    assert result.exit_code == 1
    assert "it is a folder" in result.stderr


def test_a_wrong_fingerprint_is_wrong_usage_with_a_sentence() -> None:
    result = CliRunner().invoke(main, ["told", "--as", "x", "--key", "k", "--organiser", FINGERPRINT[:-1]])
    assert result.exit_code == 2
    assert "is not a fingerprint" in result.stderr


def test_an_empty_page_sets_nothing(page: Path) -> None:
    for text in ("", "# niets\n", "{}\n"):
        page.write_text(text)
        assert read_config(config_path()) == Config()


def test_a_page_that_is_too_large_is_not_read_on(page: Path) -> None:
    page.write_bytes(b"#" * 3_000_000)
    with pytest.raises(FormatError, match="yaml-too-large"):
        read_config(page)


@click.command()
@policy_option
@after_option
@watch_option
def daemon_told(**settings: object) -> None:
    """Show what the daemon is told."""
    for name, value in sorted(settings.items()):
        click.echo(f"{name}={[str(v) for v in value] if isinstance(value, tuple) else value}")


def test_the_daemon_follows_the_page_the_environment_and_its_flags(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "daemon-told", Row("test_settings:daemon_told", "Show what the daemon is told."))
    page.write_text("policy: ask\nafter: stay\nwatch: [~/spiegel, /srv/link]\n")
    found = settings(CliRunner().invoke(main, ["daemon-told"]))
    assert found == {"policy": "ask", "after": "stay", "watch": f"['{Path.home()}/spiegel', '/srv/link']"}
    found = settings(
        CliRunner(env={"LINKSYNC_WATCH": "/a:/b c"}).invoke(main, ["daemon-told", "--policy", "verify-only"])
    )
    assert (found["policy"], found["watch"]) == ("verify-only", "['/a', '/b c']")


def test_without_settings_the_daemon_hands_over_and_ejects(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "daemon-told", Row("test_settings:daemon_told", "Show what the daemon is told."))
    assert settings(CliRunner().invoke(main, ["daemon-told"])) == {"policy": "auto", "after": "eject", "watch": "[]"}


def test_settings_are_written_into_the_page_and_the_second_time_nothing_changes(page: Path) -> None:
    page.write_text("# van mij\nlanguage: nl\nkey: ~/assen  # thuis\n")
    fields = {"as": "gemeente-assen", "key": str(Path.home() / "assen"), "policy": "auto"}
    assert write_config(page, fields)
    assert page.read_text() == "# van mij\nlanguage: nl\nkey: ~/assen  # thuis\nas: gemeente-assen\npolicy: auto\n"
    before = page.stat()
    assert not write_config(page, fields)
    assert page.stat() == before


def test_settings_are_written_where_there_are_none_for_their_owner_alone(tmp_path: Path) -> None:
    page = tmp_path / "new" / "config.yaml"
    assert write_config(page, {"as": "x"})
    assert (page.read_text(), page.stat().st_mode & 0o777) == ("as: x\n", 0o600)


def test_a_page_that_is_a_link_stays_one(page: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.yaml"
    kept.write_text("language: nl\n")
    page.symlink_to(kept)
    assert write_config(page, {"as": "x"})
    assert page.is_symlink()
    assert kept.read_text() == "language: nl\nas: x\n"


@pytest.mark.parametrize("wrong", [{"as": "Gemeente Assen"}, {"policy": "soms"}])
def test_what_would_make_the_page_wrong_is_not_written(page: Path, wrong: dict[str, str]) -> None:
    page.write_text("language: nl\n")
    with pytest.raises(FormatError, match="record-fields"):
        write_config(page, wrong)
    assert page.read_text() == "language: nl\n"


def test_a_setting_can_be_taken_back(page: Path) -> None:
    page.write_text("archive: /srv/archief  # thuis\nas: x\n")
    assert write_config(page, {"archive": None})
    assert read_config(page) == Config(as_="x")
    assert "# thuis" in page.read_text()
    assert not write_config(page, {"archive": None})
