"""After a hand-off what was taken in is read for the search: nobody waits for it, and no copy goes before it."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from played import SECOND, a_link, children, put
from running import Terminal

from linksync.cli.main import main
from linksync.demo.keys import write_key_file
from linksync.demo.world import World
from linksync.host import doctor_documents
from linksync.host.doctor import Patient
from linksync.people.sentences_doctor import check_sentence

EJECT = "eject the stick before you pull it out"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = a_link(tmp_path)
    put(world.stick, {"data/Molen/wind.txt": b"De molens malen weer.", "data/Molen/ruis.bin": bytes(range(256))})
    write_key_file(tmp_path / "key", SECOND)
    world.archive()
    return world


def handing_over(world: World, *more: str) -> list[str]:
    trust = ["--organiser", world.request(SECOND).organiser, "--archive", str(world.folder / "archive")]
    return ["handoff", str(world.stick), "--as", SECOND, "--key", str(world.folder / "key"), *trust, *more]


def said(world: World, *arguments: str, language: str = "en") -> Result:
    state = str(world.state(SECOND).folder)
    result = CliRunner().invoke(main, [*arguments, "--state", state, "--language", language])
    assert result.exit_code == 0, result.output
    return result


def found(world: World, *words: str) -> list[str]:
    return [one["path"] for one in json.loads(said(world, "search", *words, "--json").stdout)]


def copies(world: World) -> int:
    return sum(path.is_file() for path in world.state(SECOND).folder.glob("links/*/content/*/*"))


def kept(world: World) -> list[str]:
    (link,) = json.loads(said(world, "status", "--json").stdout)["links"]
    assert link["owed"] == []
    return [one["handoff"] for one in link["kept"]]


def test_on_a_terminal_it_is_read_after_the_word_to_eject_and_then_let_go_of(world: World) -> None:
    state = ("--state", str(world.state(SECOND).folder), "--language", "en")
    screen = Terminal(*handing_over(world), *state)
    screen.until(EJECT)
    screen.until("Ctrl-C stops it")
    assert screen.ends() == 0
    assert screen.shown.index("eject the stick") < screen.shown.index("Ctrl-C")
    assert "Read for the search: 2 files (without text: 1: this kind of file is not read" in " ".join(
        screen.shown.split()
    )
    assert found(world, "malen")[0] == "data/Molen/wind.txt"
    assert (kept(world), copies(world)) == ([], 0)


def test_in_a_pipe_nobody_waits_and_what_is_not_read_yet_is_kept_and_said(world: World) -> None:
    said(world, *handing_over(world))
    assert kept(world) == [f"000003-{SECOND}"]
    assert "still to be read for the search; 2 files" in said(world, "status").stdout
    assert copies(world) == 2
    result = said(world, "sync", "--archive", str(world.folder / "archive"))
    assert "nothing to send" in result.stdout
    assert found(world, "malen")[0] == "data/Molen/wind.txt"
    assert (kept(world), copies(world)) == ([], 0)


def test_in_a_pipe_it_is_read_where_that_is_asked_for(world: World) -> None:
    said(world, *handing_over(world, "--read"))
    assert (found(world, "malen")[0], kept(world), copies(world)) == ("data/Molen/wind.txt", [], 0)
    assert children() == [], "what looks into documents ends with the command"


def test_search_says_that_something_was_not_read_yet(world: World) -> None:
    said(world, *handing_over(world, "--read"))
    assert "not all documents were read" not in said(world, "search", "malen").stderr
    put(world.stick, {"data/Molen/later.txt": b"De molens malen later."})
    said(world, *handing_over(world))
    result = said(world, "search", "malen")
    assert "Of 1 hand-off(s) not all documents were read here yet" in result.stderr
    assert "wind.txt" in result.stdout


def test_why_a_document_has_no_text_is_told_in_words(world: World) -> None:
    said(world, *handing_over(world, "--read"))
    told = json.loads(said(world, "search", "ruis", "--json", language="nl").stdout)
    assert told[0]["without_text"] == {
        "code": "no-reader",
        "message": "dit soort bestand wordt niet op tekst gelezen",
    }
    assert "no text: this kind of file is not read for text" in said(world, "search", "ruis").stdout
    told = json.loads(said(world, "search", "malen", "--json").stdout)
    assert told[0]["without_text"] is None


def test_the_doctor_says_what_was_read_and_what_was_not(world: World) -> None:
    def told() -> list[str]:
        checks = doctor_documents.catalogue(Patient(state=world.state(SECOND)))
        return [check_sentence(check.slug, check.fields, "en") for check in checks]

    assert told() == ["Nothing was read here yet to search in."]
    said(world, *handing_over(world, "--unread"))
    assert told() == ["Still to be read for the search: the documents of 1 hand-off(s)."]
    said(world, "sync", "--archive", str(world.folder / "archive"))
    assert told() == [
        "To be searched on this computer: 2 files.",
        "Without text: 1 file, since this kind of file is not read for text.",
    ]


def test_a_catalogue_of_another_version_is_made_again_though_nothing_is_left_to_read(world: World) -> None:
    said(world, *handing_over(world, "--read"))
    path = world.state(SECOND).folder / "catalogue.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE meta SET value = 'of yesterday' WHERE name = 'index'")
        database.commit()
    state = ("--state", str(world.state(SECOND).folder), "--language", "en")
    refused = CliRunner().invoke(main, ["search", "malen", *state])
    assert '"linksync sync" makes it again' in refused.stderr
    assert said(world, "sync", "--archive", str(world.folder / "archive")).stderr == ""
    assert found(world, "malen")[0] == "data/Molen/wind.txt"


def test_ctrl_c_while_it_reads_costs_nothing_and_the_next_goes_on(world: World) -> None:
    count = 2500
    put(world.stick, {f"data/Veel/{n}.txt": f"Stuk {n} over dijken.".encode() * 20 for n in range(count)})
    state = ("--state", str(world.state(SECOND).folder), "--language", "en")
    screen = Terminal(*handing_over(world), *state)
    screen.until("Reading the documents")
    screen.until_match(rf" [1-9]\d\d/{count + 2}")
    screen.type("\x03")
    assert screen.ends() == 0, screen.shown
    assert "Reading was stopped; nothing is lost." in " ".join(screen.shown.split())
    assert "Traceback" not in screen.shown
    assert kept(world) == [f"000003-{SECOND}"]
    assert copies(world) == count + 2
    told = said(world, "sync", "--archive", str(world.folder / "archive")).stderr
    match = re.search(r"Read for the search: ([0-9,]+) files", told)
    assert match, told
    assert int(match[1].replace(",", "")) < count + 2, "what was read is not read again"
    assert len(found(world, "dijken", "--limit", "1000")) == 1000
    assert (kept(world), copies(world)) == ([], 0)
