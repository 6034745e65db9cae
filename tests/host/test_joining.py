"""Joining a relay is by the fingerprint on the label, is old or new whenever it is cut off, and done twice is done
once."""

import shutil
from pathlib import Path

import pytest
from archives import make, trees
from faults import Faults, Killed, each_fault
from sealed import Key, Relay

from linksync.custody.history import NOTHING
from linksync.errors import FormatError, LinksyncError, MediumError, TrustError
from linksync.host.joining import (
    Answers,
    Seat,
    join,
    known_roster,
    look_at_archive,
    make_key,
    newest,
    roster_of,
    seat,
)
from linksync.host.state import State
from linksync.machine.key_files import public_of
from linksync.machine.settings import read_config

OTHER = "SHA256:" + "A" * 43


def answers(relay: Relay, tmp_path: Path, archive: str = "") -> Answers:
    return Answers(
        holder="host-a",
        key=tmp_path / "key",
        organiser=relay.fingerprint,
        archive=archive,
        policy="auto",
        after="eject",
        language="nl",
        extra={},
    )


def test_a_host_joins_by_the_fingerprint_and_the_settings_say_so(relay: Relay, tmp_path: Path) -> None:
    roster = roster_of(tuple(relay.versions), relay.fingerprint)
    state, page = State(tmp_path / "state"), tmp_path / "config.yaml"
    assert join(state, page, answers(relay, tmp_path, "/srv/archief"), roster)
    assert (state.organiser("proef"), len(state.roster("proef").versions)) == (relay.fingerprint, 1)
    config = read_config(page)
    told = (config.as_, config.key, config.organiser, config.archive, config.policy, config.after, config.language)
    assert told == ("host-a", str(tmp_path / "key"), relay.fingerprint, "/srv/archief", "auto", "eject", "nl")


def test_joining_twice_changes_nothing(relay: Relay, tmp_path: Path) -> None:
    roster = roster_of(tuple(relay.versions), relay.fingerprint)
    state, page = State(tmp_path / "state"), tmp_path / "config.yaml"
    join(state, page, answers(relay, tmp_path), roster)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert not join(state, page, answers(relay, tmp_path), roster)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_newer_version_of_the_relay_is_learnt_the_second_time(relay: Relay, tmp_path: Path) -> None:
    state, page = State(tmp_path / "state"), tmp_path / "config.yaml"
    join(state, page, answers(relay, tmp_path), roster_of(tuple(relay.versions), relay.fingerprint))
    relay.sign(hosts={"host-z": ("host-z",)})
    assert join(state, page, answers(relay, tmp_path), roster_of(tuple(relay.versions), relay.fingerprint))
    assert known_roster(state, relay.fingerprint).versions[-1].number == 2


def test_without_a_relay_only_the_fingerprint_is_remembered(relay: Relay, tmp_path: Path) -> None:
    state, page = State(tmp_path / "state"), tmp_path / "config.yaml"
    assert join(state, page, answers(relay, tmp_path), NOTHING)
    assert state.relays() == ()
    assert read_config(page).organiser == relay.fingerprint


def test_a_relay_of_another_organiser_than_the_label_says_is_refused(relay: Relay) -> None:
    with pytest.raises(TrustError, match="organiser-not-label") as told:
        roster_of(tuple(relay.versions), OTHER)
    assert (told.value.fields["given"], told.value.fields["found"]) == (OTHER, relay.fingerprint)
    with pytest.raises(TrustError, match="relay-folder-wrong"):
        roster_of((), OTHER)


def test_another_organiser_than_the_one_known_for_that_relay_is_refused(relay: Relay, tmp_path: Path) -> None:
    state, page = State(tmp_path / "state"), tmp_path / "config.yaml"
    join(state, page, answers(relay, tmp_path), roster_of(tuple(relay.versions), relay.fingerprint))
    thief = Relay(organiser="thief")
    thief.sign()
    before = trees(tmp_path)
    with pytest.raises(TrustError, match="organiser-other"):
        join(state, page, answers(thief, tmp_path), roster_of(tuple(thief.versions), thief.fingerprint))
    assert trees(tmp_path) == before


def test_an_archive_is_looked_at_and_tells_the_relay(relay: Relay, tmp_path: Path) -> None:
    make(tmp_path, relay)
    before = trees(tmp_path)
    seen = look_at_archive(str(tmp_path / "archive"), relay.fingerprint)
    assert (seen.id, len(seen.roster.versions), seen.why) == ("archief", 1, None)
    assert trees(tmp_path) == before


def test_an_archive_of_another_relay_is_refused(relay: Relay, tmp_path: Path) -> None:
    make(tmp_path, relay)
    with pytest.raises(TrustError, match="join-archive-other"):
        look_at_archive(str(tmp_path / "archive"), OTHER)


def test_an_archive_that_is_away_may_come_back_but_no_archive_has_that_kind_of_address(tmp_path: Path) -> None:
    away = look_at_archive(str(tmp_path / "nowhere"), OTHER)
    assert (away.id, away.why.slug if away.why else "") == ("", "not-an-archive")
    with pytest.raises(FormatError, match="archive-url"):
        look_at_archive("ftp://example.org/x", OTHER)


def test_a_host_knows_whether_the_relay_has_its_key(relay: Relay) -> None:
    roster = roster_of(tuple(relay.versions), relay.fingerprint)
    own, other = Key("host-a").public, Key("host-b").public
    assert seat(roster, "host-a", own) is Seat.LISTED
    assert seat(roster, "host-a", other) is Seat.OTHER_KEY
    assert seat(roster, "niemand", own) is Seat.NO_HOST
    assert seat(NOTHING, "host-a", own) is Seat.UNKNOWN


def test_the_relay_to_go_by_is_the_highest_version(relay: Relay) -> None:
    old = roster_of(tuple(relay.versions), relay.fingerprint)
    relay.sign()
    new = roster_of(tuple(relay.versions), relay.fingerprint)
    assert newest(old, NOTHING, new) is newest(new, old) is new
    assert newest(NOTHING) is NOTHING


@pytest.mark.parametrize("killed", [True, False])
def test_cut_off_at_any_write_it_is_old_or_new_and_another_run_finishes(
    relay: Relay, tmp_path: Path, killed: bool
) -> None:
    roster = roster_of(tuple(relay.versions), relay.fingerprint)
    root = tmp_path / "home"
    state, page = State(root / "state"), root / "config.yaml"
    wanted = answers(relay, tmp_path)

    def begin() -> None:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        page.write_text("# van mij\nlanguage: en\n")

    for faults in each_fault(lambda number: Faults(root, fail_at=number, killed=killed)):
        begin()
        try:
            with faults:
                join(state, page, wanted, roster)
        except (Killed, LinksyncError, OSError):
            text = page.read_text()
            assert text == "# van mij\nlanguage: en\n" or "as: host-a" in text
            assert text.startswith("# van mij\n")
        join(state, page, wanted, roster)
        assert read_config(page).as_ == "host-a"
        assert (state.organiser("proef"), len(state.roster("proef").versions)) == (relay.fingerprint, 1)
        assert not join(state, page, wanted, roster)


def test_a_key_is_made_where_there_is_no_folder_yet_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "new" / "host-a"
    made = make_key(path, "host-a")
    assert (public_of(path), path.stat().st_mode & 0o777) == (made, 0o600)
    with pytest.raises(LinksyncError, match="key-exists"):
        make_key(path, "host-a")


def test_a_place_where_no_folder_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MediumError, match="disk-write"):
        make_key(tmp_path / "file" / "new" / "key", "host-a")
