"""What a hand-off, a look and a pull say to the people in front of the screen."""

import os
from pathlib import Path

import click
from click.testing import CliRunner
from played import FIRST, SECOND, a_link, put
from running import Terminal

from linksync.cli.main import main
from linksync.demo.keys import write_key_file
from linksync.demo.world import World

LITTER = {"data/Foto's/.DS_Store": b"\0\0\0\1Bud1" + b"\0" * 100}


def said(world: World, host: str, *, language: str = "nl") -> str:
    """What a hand-off says, on a computer of the host's own."""
    key, state = world.folder / f"{host}.key", world.folder / "state" / host
    write_key_file(key, host)
    options = ["--as", host, "--key", str(key), "--state", str(state), "--organiser", world.organiser]
    result = CliRunner().invoke(main, ["handoff", str(world.stick), *options, "--language", language])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_host_reads_what_could_not_go_along_and_what_was_tidied_away(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    put(world.stick, {"data/School/les.txt": b"les", "data/School/twee\nregels.txt": b"x", **LITTER})
    os.symlink("les.txt", world.stick / "data" / "School" / "snelkoppeling.txt")
    told = said(world, SECOND)
    assert "1 bestand opgenomen en ondertekend" in told
    assert "kan niet mee: data/School/snelkoppeling.txt (een verwijzing (link))" in told
    assert "kan niet mee: data/School/twee\\x0aregels.txt (een pad met een regeleinde)" in told
    assert "1 bestand van besturingssystemen opgeruimd; de overdracht noemt ze: data/Foto's/.DS_Store" in told


def test_a_relay_that_is_named_and_is_not_there_is_said_before_anything_is_done(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    put(world.stick, {"data/School/les.txt": b"les"})
    key, state = world.folder / "key", world.folder / "state" / SECOND
    write_key_file(key, SECOND)
    options = ["--as", SECOND, "--key", str(key), "--state", str(state), "--organiser", world.organiser]
    result = CliRunner().invoke(main, ["handoff", str(world.stick), *options, "--relay", str(tmp_path / "nergens")])
    assert result.exit_code == 1
    assert f"No signed relay stands in {tmp_path / 'nergens'}. Nothing was changed" in " ".join(result.stderr.split())
    assert [path.name for path in (world.stick / "linksync" / "handoffs").glob(f"*-{SECOND}")] == []


def test_something_gone_is_not_called_nothing_new(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    (world.stick / "data" / "Bakkerij" / "idee.txt").unlink()
    told = said(world, SECOND)
    assert "1 bestand verdwenen of verplaatst." in told
    assert "Niets nieuws" not in told


def test_a_host_whose_turn_it_is_again_reads_nothing_that_is_no_longer_so(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    said(world, SECOND)
    put(world.stick, {"data/School/les.txt": b"les"})
    assert world.hand_over(FIRST).problem is None
    put(world.stick, {"data/School/les 2.txt": b"les 2"})
    assert "W106" not in said(world, SECOND)


def test_a_second_try_says_that_the_hand_off_stands(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    said(world, SECOND, language="en")
    assert "Nothing new since your last hand-off, number 3; it stands on the stick." in said(
        world, SECOND, language="en"
    )


def test_no_word_is_broken_at_the_edge_of_a_terminal(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    (world.stick / "data" / "Bakkerij" / "idee.txt").write_bytes(b"een ander idee")
    arguments = ["verify", str(world.stick), "--language", "nl", "--state", str(tmp_path / "st")]
    screen = Terminal(*arguments, COLUMNS="64")
    assert screen.ends() == 11
    lines = [click.unstyle(line) for line in screen.shown.splitlines()]
    remedy = next(number for number, line in enumerate(lines) if "Is het bewerkt" in line)
    assert all(line.startswith("        ") and len(line) <= 64 for line in lines[remedy : remedy + 3]), lines
    joined = " ".join(line.strip() for line in lines[remedy : remedy + 4])
    assert "Is het bewerkt, dan wordt het bij de volgende overdracht een nieuwe versie; vraag anders" in joined
