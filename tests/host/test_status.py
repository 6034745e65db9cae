"""Status tells what a computer knows and owes, from its memory alone."""

import errno
import json
import shutil
from pathlib import Path

from click.testing import CliRunner
from faults import Faults

from linksync.cli.main import main
from linksync.demo.world import World
from linksync.host.state import State
from linksync.host.status import status

FIRST, SECOND = "gemeente-groningen", "bibliotheek-leeuwarden"


def test_what_is_owed_is_told_until_an_archive_has_signed_for_it(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    host = world.state(FIRST)
    (link,) = status(host).links
    (owed,) = link.owed
    assert (link.number, owed.folder, owed.status, owed.receipts) == (2, "000002-gemeente-groningen", "written", ())
    assert owed.files == 6
    assert owed.size > 0
    world.sync(FIRST)
    (link,) = status(host).links
    assert (link.owed, link.travelling) == ((), 2)
    (relay,) = status(host).relays
    assert (relay.organiser, relay.version) == (world.organiser, 1)


def test_a_hand_off_that_no_stick_has_given_back_is_told_apart(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    world.visit()
    with Faults(world.stick, fail_at=3, error=errno.ENODEV, stay_dead=True):
        world.hand_over(SECOND)
    (link,) = status(world.state(SECOND)).links
    assert [owed.status for owed in link.owed] == ["pending"]


def test_a_damaged_memory_is_named_and_hides_nothing_else(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    host = world.state(FIRST)
    (path,) = host.folder.glob("links/*/memory.json")
    path.write_text("{")
    told = status(host)
    assert (told.links, told.damaged) == ((), (str(path),))
    assert len(told.relays) == 1


def test_a_damaged_entry_of_the_outbox_is_named(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    host = world.state(FIRST)
    (seal,) = host.folder.glob("links/*/outbox/*/linksync/handoffs/*/seal.sha256")
    seal.write_bytes(b"")
    told = status(host)
    assert (told.links[0].owed, told.damaged) == ((), (str(seal.parents[3]),))


def test_the_command_says_it_in_words_and_as_json(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    state = str(world.state(FIRST).folder)
    shown = CliRunner().invoke(main, ["status", "--state", state, "--language", "nl"])
    assert (shown.exit_code, "nog te versturen" in shown.stdout) == (0, True)
    told = json.loads(CliRunner().invoke(main, ["status", "--state", state, "--json"]).stdout)
    assert [owed["handoff"] for owed in told["links"][0]["owed"]] == ["000002-gemeente-groningen"]
    nobody = CliRunner().invoke(main, ["status", "--state", str(tmp_path / "nobody")])
    assert (nobody.exit_code, "has not seen a Link" in nobody.stdout) == (0, True)
    assert not (tmp_path / "nobody").exists()


def test_a_relay_of_which_only_the_organiser_is_known_has_no_version_yet(tmp_path: Path) -> None:
    """As after the first look at a stick by whoever is no host."""
    State(tmp_path).remember_organiser("estafette", f"SHA256:{'A' * 43}")
    told = CliRunner().invoke(main, ["status", "--state", str(tmp_path), "--language", "en"]).stdout
    assert "(no version came here yet)" in told
    assert "version 0" not in told


def test_one_receipt_travels_and_two_travel(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.travel(1)
    world.sync(FIRST)
    host = world.state(FIRST)
    words = ["status", "--state", str(host.folder), "--language"]
    assert "  2 receipts travel with" in CliRunner().invoke(main, [*words, "en"]).stdout
    (link,) = status(host).links
    shutil.rmtree(next(host.folder.glob(f"links/{link.link}/linksync/receipts/*/*")))
    assert "  1 receipt travels with" in CliRunner().invoke(main, [*words, "en"]).stdout
    assert "  1 ontvangstbewijs reist mee" in CliRunner().invoke(main, [*words, "nl"]).stdout
