"""Searching, as an archivist and a host see it."""

import json
from pathlib import Path

import pytest
from archives import make
from click.testing import CliRunner, Result
from played import FIRST, SECOND, a_link, put
from running import Terminal
from sealed import Link, Relay

from linksync.cli.main import main
from linksync.demo.keys import write_key_file

CARD = b"Titel: Slim roosteren\nTrefwoorden: vrijheid\nMag iedereen dit zien? ja\n"
PLAN = b"Ons plan voor zelfroosteren in de zorg. \x1b[31mRood\x1b[0m \xe2\x80\xae omgekeerd."


def said(*arguments: str, language: str = "nl") -> Result:
    return CliRunner().invoke(main, [*arguments, "--language", language])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A library of two hand-offs, pulled as people pull."""
    folder = tmp_path_factory.mktemp("search")
    relay = Relay()
    relay.sign()
    archive = make(folder, relay)
    link = Link(relay)
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij\n"})
    given = {b"data/Assen/plan.txt": PLAN, b"data/Assen/KAART.txt": CARD, b"data/Assen/leeg.bin": b"\0\1\2"}
    for sealed in (first, link.seal("host-a", given, after=first)):
        archive.offer(sealed.submission())
    result = said("pull", str(folder / "archive"), str(folder / "library"), "--state", str(folder / "state"))
    assert "4 gelezen voor het zoeken; 4 te vinden, waarvan 1 nieuwe zonder tekst" in result.stdout
    return str(folder / "library")


def searched(library: str, *words: str, language: str = "nl") -> Result:
    return said("search", *words, "--library", library, language=language)


def test_what_is_found_says_where_it_stands_and_who_gave_it(library: str) -> None:
    result = searched(library, "rooster", "zorg")
    assert result.exit_code == 0, result.output
    title, place, given, text = (line.strip() for line in result.stdout.splitlines())
    assert (title, place) == ("plan.txt", "files/Assen/plan.txt")
    assert given.startswith("host-a · Assen · ")
    assert "Ons plan voor zelfroosteren in de zorg." in text


def test_json_is_a_list_of_documents_each_once(library: str) -> None:
    told = json.loads(searched(library, "rooster", "--json").stdout)
    found = {one["path"]: one for one in told}
    plan = found["files/Assen/plan.txt"]
    assert (plan["title"], plan["giver"], plan["stop"], plan["card"]) == (
        "plan.txt",
        "host-a",
        "Assen",
        "Slim roosteren",
    )
    assert "zelfroosteren" in plan["excerpt"]
    assert [one["word"] for one in plan["highlights"]] == ["zelfroosteren"]
    assert len(found) == len(told) == 3  # and what the card of their folder is about
    assert json.loads(searched(library, "xyzzy", "--json").stdout) == []


def test_what_a_document_says_cannot_colour_or_turn_the_terminal(library: str) -> None:
    text = searched(library, "zorg").stdout
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_nothing_found_is_said_and_is_no_error(library: str) -> None:
    result = searched(library, "xyzzy", language="en")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing found." in result.stderr


def test_no_word_at_all_is_a_sentence(library: str) -> None:
    result = searched(library, "...", language="nl")
    assert result.exit_code == 1
    assert "Er is geen woord om naar te zoeken." in result.stderr


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--host", "host-a"), 1),
        (("--host", "ncsi"), 0),
        (("--type", "txt"), 1),
        (("--type", "pdf"), 0),
        (("--from", "1-1-2001", "--to", "2999"), 1),
        (("--to", "2001-12"), 0),
        (("--stop", "assen"), 1),
    ],
)
def test_options_narrow_the_search(library: str, options: tuple[str, ...], count: int) -> None:
    assert len(json.loads(searched(library, "plan", "--json", *options).stdout)) == count


def test_a_day_that_is_none_is_said(library: str) -> None:
    result = searched(library, "plan", "--from", "morgen")
    assert result.exit_code == 2
    assert "2011-11-03" in result.stderr


def test_a_library_that_was_not_read_says_what_to_do(tmp_path: Path) -> None:
    result = searched(str(tmp_path), "plan", language="en")
    assert result.exit_code == 1
    assert "linksync pull ARCHIVE LIBRARY" in result.stderr


def test_a_host_finds_what_it_took_in_after_a_sync(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    state = str(world.state(FIRST).folder)
    assert "deze computer heeft nog geen" in said("search", "idee", "--state", state).stderr.lower()
    world.archive()
    assert said("sync", "--archive", str(world.folder / "archive"), "--state", state).exit_code == 0
    result = said("search", "idee", "--state", state)
    assert "data/Bakkerij/idee.txt" in result.stdout


def test_on_a_terminal_the_words_stand_out_and_lines_end_between_words(library: str) -> None:
    screen = Terminal("search", "rooster", "--library", library, "--language", "nl", COLUMNS="60")
    screen.until("\x1b[33m\x1b[1mzelfroosteren\x1b[0m")
    assert screen.ends() == 0


def test_after_a_hand_off_on_a_terminal_what_was_taken_in_is_found(tmp_path: Path) -> None:
    world = a_link(tmp_path)
    put(world.stick, {"data/Molen/wind.txt": b"De molens malen weer."})
    state, key = world.state(SECOND).folder, tmp_path / "key"
    write_key_file(key, SECOND)
    trust = ["--organiser", world.request(SECOND).organiser, "--state", str(state)]
    screen = Terminal("handoff", str(world.stick), "--as", SECOND, "--key", str(key), *trust, "--language", "en")
    screen.until("eject the stick before you pull it out")
    assert screen.ends() == 0
    assert "data/Molen/wind.txt" in said("search", "molen", "--state", str(state)).stdout
