"""``linksync key``: keys that OpenSSH knows, made once, and never over something else."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from media import need
from running import Terminal, run

from linksync.cli.main import main
from linksync.cli.render import sign_with
from linksync.errors import LinksyncError

DUTCH = ["--language", "nl"]


def keygen(*arguments: str) -> str:
    return subprocess.run([need("ssh-keygen"), *arguments], check=True, capture_output=True, text=True).stdout


def new(path: Path, *arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(main, ["key", "new", str(path), "--json", *arguments])
    assert result.exit_code == 0, result.output
    told: dict[str, object] = json.loads(result.stdout)
    return told


def test_a_new_key_is_one_that_openssh_reads(tmp_path: Path) -> None:
    told = new(tmp_path / "sleutel")
    private, public = tmp_path / "sleutel", tmp_path / "sleutel.pub"
    assert keygen("-lf", str(public)).split()[1] == told["fingerprint"]
    assert keygen("-y", "-f", str(private)).strip().startswith(str(told["key"]))
    assert public.read_text() == f"{told['key']} sleutel\n"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert told["encrypted"] is False


def test_a_new_key_says_which_half_to_give_away(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["key", "new", str(tmp_path / "sleutel"), *DUTCH])
    first, secret, open_ = result.stdout.splitlines()
    assert "SHA256:" in first
    assert "geef hem aan niemand" in secret
    assert f"{tmp_path / 'sleutel'}.pub" in open_


@pytest.mark.parametrize("how", ["variable", "file"])
def test_a_passphrase_locks_the_key(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    word = tmp_path / "woord"
    word.write_text("één geheim\nen nog iets\n")
    if how == "variable":
        monkeypatch.setenv("LINKSYNC_PASSPHRASE", "één geheim")
        told = new(tmp_path / "sleutel", "--passphrase")
    else:
        told = new(tmp_path / "sleutel", "--passphrase-file", str(word))
    assert told["encrypted"] is True
    line = keygen("-y", "-P", "één geheim", "-f", str(tmp_path / "sleutel"))
    assert line.startswith(str(told["key"]))


def test_a_passphrase_that_is_asked_twice_and_typed(tmp_path: Path) -> None:
    screen = Terminal("key", "new", str(tmp_path / "sleutel"), "--passphrase", *DUTCH)
    screen.until("Nieuw wachtwoord")
    screen.type("geheim\n")
    screen.until("Nog een keer")
    screen.type("geheim\n")
    assert screen.ends() == 0
    assert "geheim" not in screen.shown.replace("geheim te", "")
    assert keygen("-y", "-P", "geheim", "-f", str(tmp_path / "sleutel"))


def test_ctrl_c_at_the_question_makes_no_key(tmp_path: Path) -> None:
    screen = Terminal("key", "new", str(tmp_path / "sleutel"), "--passphrase", *DUTCH)
    screen.until("Nieuw wachtwoord")
    screen.type("\x03")
    assert screen.ends() == 1
    assert "Gestopt." in screen.shown
    assert os.listdir(tmp_path) == []


def test_without_a_terminal_nothing_waits_for_a_passphrase(tmp_path: Path) -> None:
    ran = run("key", "new", str(tmp_path / "sleutel"), "--passphrase")
    assert ran.status == 1
    assert "--passphrase-file" in ran.err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["sleutel", "sleutel.pub"])
def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"van iemand")
    result = CliRunner().invoke(main, ["key", "new", str(tmp_path / "sleutel")])
    assert result.exit_code == 1
    assert "already there" in result.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {name: b"van iemand"}


def bad_place(tmp_path: Path, what: str) -> Path:
    if what == "no folder":
        return tmp_path / "weg" / "sleutel"
    (tmp_path / "bestand").write_bytes(b"")
    return tmp_path / "bestand" / "sleutel"


@pytest.mark.parametrize("what", ["no folder", "a file"])
def test_a_place_that_is_none_is_said(tmp_path: Path, what: str) -> None:
    result = CliRunner().invoke(main, ["key", "new", str(bad_place(tmp_path, what))])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_an_empty_passphrase_is_none(tmp_path: Path) -> None:
    (tmp_path / "woord").write_bytes(b"\n")
    result = CliRunner().invoke(
        main, ["key", "new", str(tmp_path / "sleutel"), "--passphrase-file", str(tmp_path / "woord")]
    )
    assert result.exit_code == 1
    assert not (tmp_path / "sleutel").exists()


def test_a_passphrase_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["key", "new", str(tmp_path / "sleutel"), "--passphrase-file", str(tmp_path / "weg"), *DUTCH]
    )
    assert result.exit_code == 1
    assert "(het is er niet)" in result.stderr
    assert os.listdir(tmp_path) == []


def test_show_tells_the_same_of_both_halves_and_of_keys_by_openssh(tmp_path: Path) -> None:
    keygen("-q", "-t", "ed25519", "-N", "geheim", "-C", "assen", "-f", str(tmp_path / "sleutel"))
    told = []
    for name in ("sleutel", "sleutel.pub"):
        result = CliRunner().invoke(main, ["key", "show", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
        told.append(result.stdout)
    assert told[0] == told[1]
    fingerprint, line = told[0].splitlines()
    assert keygen("-lf", str(tmp_path / "sleutel.pub")).split()[1] == fingerprint
    assert (tmp_path / "sleutel.pub").read_text().startswith(line)


def other_key(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "sleutel"
    if kind in {"rsa", "ecdsa"}:
        keygen("-q", "-t", kind, "-N", "", "-f", str(path))
    elif kind == "pem":
        keygen("-q", "-t", "rsa", "-m", "PEM", "-N", "", "-f", str(path))
    elif kind == "text":
        path.write_text("geen sleutel\n")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut off":
        new(path)
        path.write_bytes(path.read_bytes()[:200])
    elif kind == "folder":
        path.mkdir()
    return path


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "pem", "text", "empty", "cut off", "folder", "missing"])
def test_what_is_no_key_of_ours_is_one_sentence(tmp_path: Path, kind: str) -> None:
    result = CliRunner().invoke(main, ["key", "show", str(other_key(tmp_path, kind))])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "Nothing was changed" in result.stderr


@pytest.mark.parametrize("word", ["fout", "ook\tfout"])
def test_a_wrong_passphrase_is_told_from_none(tmp_path: Path, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKSYNC_PASSPHRASE", "geheim")
    new(tmp_path / "sleutel", "--passphrase")
    monkeypatch.setenv("LINKSYNC_PASSPHRASE", word)
    with pytest.raises(LinksyncError, match="key-passphrase-wrong"):
        sign_with(tmp_path / "sleutel")
    monkeypatch.delenv("LINKSYNC_PASSPHRASE")
    with pytest.raises(LinksyncError, match="key-needs-passphrase"):
        sign_with(tmp_path / "sleutel")


def test_a_public_key_alone_asks_the_agent_and_says_that_there_is_none(tmp_path: Path) -> None:
    new(tmp_path / "sleutel")
    with pytest.raises(LinksyncError, match="agent-none"):
        sign_with(tmp_path / "sleutel.pub")
