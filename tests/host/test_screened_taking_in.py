"""Screening at the hand-off: what was seen is sealed and told, a file that breaks the look costs only itself."""

import errno
import io
import os
import socket
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

import pytest
from played import SECOND, THIRD, a_link, codes, copy_of, put
from scanners import EICAR, running_clamd

from linksync.custody import names
from linksync.custody.handoff import IndexLine, index_from_bytes
from linksync.custody.lists import sha256
from linksync.custody.relay import Policy
from linksync.demo.world import World
from linksync.host import screening
from linksync.host.handoff import Outcome, plan
from linksync.host.looking import Newcomers
from linksync.host.screening import Screener
from linksync.host.staging import Staging
from linksync.knowledge.clamd import Scanner, begin, scanner
from linksync.machine.direct import LEAST
from linksync.machine.limited import Limits
from linksync.people.screened import screened
from linksync.people.sentences import finding_remedy, finding_sentence
from linksync.people.texts import LANGUAGES
from linksync.people.verdicts import VERDICTS
from linksync.stick.medium import Medium
from linksync.stick.sights import Seen, Sights
from linksync.stick.tree import list_tree
from linksync.stick.verify import judge

PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0d\x86" + bytes(18) + b"\x0b\2" + bytes(300)
FILES = {
    "data/Assen/verslag.txt": b"Wij leerden dat een kort overleg genoeg is.\n",
    "data/Assen/foto.png": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(8),
    "data/Assen/setup.exe": PROGRAM,
    "data/Assen/Plan.gdoc": b'{"doc_id":"1"}',
    "data/Assen/leeg.docx": b"",
    "data/Assen/aux.txt": b"hulp",
    "data/Assen/Verslag.txt": b"Nog een verslag.\n",
}
SEEN = {
    "data/Assen/verslag.txt": ("pass", ("twin-case",), "text/plain"),
    "data/Assen/foto.png": ("hold", ("truncated",), "image/png"),
    "data/Assen/setup.exe": ("refuse", ("program",), "application/vnd.microsoft.portable-executable"),
    "data/Assen/Plan.gdoc": ("hold", ("stub-cloud",), "application/json"),
    "data/Assen/leeg.docx": ("pass", ("empty",), "inode/x-empty"),
    "data/Assen/aux.txt": ("pass", ("name-reserved",), "text/plain"),
    "data/Assen/Verslag.txt": ("pass", ("twin-case",), "text/plain"),
}


@pytest.fixture(scope="module")
def handed_over(tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_link(tmp_path_factory.mktemp("screened"), {"data/Bakkerij/idee.txt": b"een idee"})


@pytest.fixture
def world(handed_over: World, tmp_path: Path) -> World:
    return copy_of(handed_over, tmp_path / "world")


def index_of(world: World, outcome: Outcome) -> dict[str, IndexLine]:
    data = (world.stick / "linksync" / "handoffs" / outcome.folder / "index.jsonl").read_bytes()
    return {line.path: line for line in index_from_bytes(data)}


def classes(outcome: Outcome) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {os.fsdecode(path): (one.class_, one.codes) for path, one in outcome.intake.taken.items()}


def greedy() -> bytes:
    """A small document of which a look takes more than a hundred megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(5):
            archive.writestr(f"word/header{number}.xml", b"<w:instrText>" + b"x" * (30 << 20))
    return out.getvalue()


# At the hand-off.


def test_what_was_seen_is_sealed_told_and_verified(world: World) -> None:
    put(world.stick, FILES)
    outcome = world.hand_over(SECOND)
    sealed = {path: (line.class_, line.codes, line.media_type) for path, line in index_of(world, outcome).items()}
    assert sealed == SEEN
    found = {one.path: one for one in world.verify().report.findings if one.exit}
    assert {path: one.code for path, one in found.items()} == {
        "data/Assen/foto.png": "E401",
        "data/Assen/Plan.gdoc": "E401",
        "data/Assen/setup.exe": "E402",
    }
    assert "a program" in finding_sentence(found["data/Assen/setup.exe"], "en")
    assert "cloud" in finding_sentence(found["data/Assen/Plan.gdoc"], "nl")


def test_each_byte_is_still_read_once(world: World) -> None:
    put(world.stick, FILES | {f"data/Assen/{number}.bin": os.urandom(3 << 20) for number in range(3)})
    outcome = world.hand_over(SECOND)
    assert outcome.intake.bytes_read == sum(size for size, _ in outcome.intake.tree.files.values())


def test_two_that_read_screen_as_one_does(world: World) -> None:
    chance = Random(90)  # the same each time: in so many bytes a script's four letters come by themselves now and then
    names_ = (f"data/Groep {number % 7}/bestand {number}.pdf" for number in range(90))
    many = {name: b"%PDF-1.4\n" + chance.randbytes(900_000) for name in names_}
    put(world.stick, FILES | many)
    outcome = world.hand_over(SECOND)
    told = classes(outcome)
    assert {path: told[path] for path in FILES} == {path: seen[:2] for path, seen in SEEN.items()}
    assert {told[path] for path in many} == {("hold", ("truncated",))}


def test_each_of_many_that_were_read_into_one_place_is_seen_as_it_is(world: World) -> None:
    """Small ones lie beside, larger ones are put into the file in memory at once: their order stays."""
    files = {}
    for number in range(90):
        kind = (b"Een gewone tekst.\n", PROGRAM)[number % 3 == 0]
        files[f"data/Assen/{number:02}.bin"] = kind + kind * (number % 2 * (LEAST + 100 * number) // len(kind))
    put(world.stick, files)
    with Medium.open(world.stick) as medium:
        planned = plan(medium, world.state(SECOND), world.request(SECOND))
    told = {path: "program" in found for path, (_, found) in classes(planned).items() if path.endswith(".bin")}
    assert told == {path: data.startswith(b"MZ") for path, data in files.items()}
    assert classes(world.hand_over(SECOND)) == classes(planned)


def test_where_memory_for_a_look_at_many_is_short_each_is_looked_at_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_memory: int, _pieces: object) -> int:
        raise OSError(errno.ENOSPC, "")

    put(world.stick, FILES | {"data/Assen/groter.txt": b"Een gewone tekst.\n" * 10_000})
    monkeypatch.setattr(os, "writev", full)
    told = classes(world.hand_over(SECOND))
    assert {path: told[path] for path in FILES} == {path: seen[:2] for path, seen in SEEN.items()}
    assert told["data/Assen/groter.txt"] == ("pass", ())


def test_a_plan_says_the_same_and_copies_nothing(world: World) -> None:
    put(world.stick, FILES | {"data/Assen/groot.pdf": b"%PDF-1.4\n" + os.urandom(2 << 20)})
    with Medium.open(world.stick) as medium:
        planned = plan(medium, world.state(SECOND), world.request(SECOND))
    assert classes(planned) == classes(world.hand_over(SECOND))


def test_the_same_holder_with_nothing_new_hands_over_nothing_though_a_program_stands_there(world: World) -> None:
    put(world.stick, FILES)
    world.hand_over(SECOND)
    assert world.hand_over(SECOND).folder == ""
    assert world.hand_over(THIRD).intake.taken == {}


@pytest.mark.parametrize("name", ["data/Assen/setup.exe", "data/Assen/Plan.gdoc"])
def test_what_was_held_or_refused_may_be_taken_away_or_moved(world: World, tmp_path: Path, name: str) -> None:
    put(world.stick, FILES)
    world.hand_over(SECOND)
    other = copy_of(world, tmp_path / "other")
    (world.stick / name).unlink()
    (other.stick / name).rename(other.stick / "data" / os.path.basename(name))
    assert set(world.hand_over(THIRD).intake.gone) == {name.encode()}
    moved = other.hand_over(THIRD)
    assert (set(moved.intake.gone), len(classes(moved))) == ({name.encode()}, 1)
    assert {path for _, path in codes(world.verify())}.isdisjoint({name})


def test_a_relay_that_changes_a_class_lets_in_what_was_refused_and_refuses_what_passed(world: World) -> None:
    put(world.stick, FILES)
    world.hand_over(SECOND)
    page = world.page
    world.sign_relay(page.replace("  refuse: []\n", "  refuse: []\n  screening: {program: hold, stub-cloud: pass}\n"))
    assert "screening" in world.page
    again = world.hand_over(THIRD, relays=True)
    assert classes(again) == {
        "data/Assen/setup.exe": ("hold", ("program",)),
        "data/Assen/Plan.gdoc": ("pass", ("stub-cloud",)),
    }
    assert {code for code, _ in codes(world.verify())} == {"E401"}


def test_what_breaks_the_look_is_held_and_costs_no_other_file_its_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "LIMITS", Limits(memory=160 << 20))
    many = {f"data/Assen/{number:02}.txt": b"Een gewone tekst.\n" for number in range(40)}
    put(world.stick, many | {"data/Assen/20 gulzig.docx": greedy(), "data/Assen/setup.exe": PROGRAM})
    told = classes(world.hand_over(SECOND))
    assert told.pop("data/Assen/20 gulzig.docx") == ("hold", ("not-screened",))
    assert told.pop("data/Assen/setup.exe") == ("refuse", ("program",))
    assert set(told.values()) == {("pass", ())}
    assert {code for code, _ in codes(world.verify())} == {"E401", "E402"}


def test_of_a_refused_file_that_is_gone_nothing_says_that_the_stick_or_the_archive_has_it(world: World) -> None:
    """As after ``stick reseed``: the archive never had what was refused, so it is not on the new stick."""
    put(world.stick, FILES)
    world.hand_over(SECOND)
    (world.stick / "data/Assen/setup.exe").unlink()
    report = world.verify().report
    assert {one.code for one in report.findings if one.path == "data/Assen/setup.exe"} == {"E302", "E402"}
    for language in LANGUAGES:
        told = VERDICTS[report.exit].remedy(language)
        told += "".join(finding_remedy(one, language) for one in report.findings if one.code == "E402")
        untrue = ("still on the stick", "nog op de stick", "archive still has", "archief heeft ze nog")
        assert [words for words in untrue if words in told] == []


def test_where_no_limited_process_can_be_had_everything_is_held_and_nothing_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "ENTRY", "linksync.knowledge.screen:nothing_of_that_name")
    put(world.stick, {"data/Assen/a.txt": b"een", "data/Assen/aux.txt": b"twee"})
    told = classes(world.hand_over(SECOND))
    assert told == {
        "data/Assen/a.txt": ("hold", ("not-screened",)),
        "data/Assen/aux.txt": ("hold", ("name-reserved", "not-screened")),
    }


def test_a_look_that_fails_takes_nothing_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world.stick, FILES)
    world.hand_over(SECOND)
    monkeypatch.setattr(screening, "ENTRY", "linksync.knowledge.screen:nothing_of_that_name")
    put(world.stick, {"data/Assen/later.txt": b"nog iets"})
    assert classes(world.hand_over(THIRD)) == {"data/Assen/later.txt": ("hold", ("not-screened",))}
    assert set(codes(world.verify())) == {("E402", "data/Assen/setup.exe")} | {
        ("E401", f"data/Assen/{name}") for name in ("foto.png", "Plan.gdoc", "later.txt")
    }


def test_many_that_run_out_of_time_are_given_less_of_it_and_ordinary_ones_are_looked_at_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "LIMITS", Limits(wall=0.00005))
    put(world.stick, {f"data/Assen/{number:02}.txt": b"Een gewone tekst.\n" * 200 for number in range(40)})
    told = classes(world.hand_over(SECOND))
    assert told.pop("data/Assen/00.txt") == ("hold", ("not-screened",))
    assert ("pass", ()) in told.values()
    assert {code for code, _ in codes(world.verify())} == {"E401"}


@pytest.mark.parametrize("codes", [[["program"]], [{}], [None], [1], ["no-such-code"], "program"])
def test_an_answer_that_no_screening_gives_is_none(codes: object) -> None:
    assert screening._one(["text/plain", codes, 0]) is None
    assert screening._one(["text/plain", ["program"], 0]) == ("text/plain", ("program",), 0)


def test_names_of_all_kinds_come_through_the_screening_and_are_sealed(world: World) -> None:
    names_ = [
        b"data/\xff\xfe.txt",
        "data/foto\u202egpj.exe".encode(),
        b"data/a<b>|c.txt",
        b"data/" + b"x" * 250 + b".txt",
        b"data/Caf\xc3\xa9.txt",
    ]
    put(world.stick, dict.fromkeys(names_, b"tekst"))
    outcome = world.hand_over(SECOND)
    assert {names.escape(path) for path in names_} == index_of(world, outcome).keys()
    assert {code for code, _ in codes(world.verify())} <= {"E401", "E402"}


def test_links_and_fifos_are_named_and_never_screened(world: World) -> None:
    os.symlink("/etc/passwd", world.stick / "data" / "link.txt")
    os.mkfifo(world.stick / "data" / "fifo.exe")
    put(world.stick, {"data/a.txt": b"x"})
    assert classes(world.hand_over(SECOND)) == {"data/a.txt": ("pass", ())}


# While it is plugged in.


def test_what_arrives_is_screened_where_it_stands(world: World) -> None:
    with Medium.open(world.stick) as medium:
        judged = judge(medium, world.state(SECOND).trust(""))
        new = Newcomers(medium, judged, Policy())
        try:
            put(world.stick, FILES | {"data/Assen/groot.pdf": b"%PDF-1.4\n" + os.urandom(2 << 20)})
            new.there(list_tree(medium).files)
            told = {os.fsdecode(path): (one.class_, one.codes) for path, one in new.files.items()}
        finally:
            new.close()
    assert told.pop("data/Assen/groot.pdf") == ("hold", ("truncated",))
    alone = {
        path: (class_, tuple(code for code in found if code != "twin-case"))
        for path, (class_, found, _) in SEEN.items()
    }
    assert told == alone


# The virus scanner.


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanner]:
    with running_clamd(tmp_path_factory.mktemp("clamd")) as config:
        found = scanner(settings=(str(config),))
        assert found is not None
        yield found


def looked_at(
    files: dict[bytes, bytes], staging: Staging, asked: Scanner | None, *, demanded: bool
) -> dict[bytes, Seen]:
    look = Screener(staging, asked, demanded=demanded)
    try:
        for path, data in files.items():
            at_hand = data if len(data) < 1 << 20 else None
            staging.room()
            staging.stage(data, sha256(data))
            look.read(path, len(data), sha256(data), at_hand, -1)
        return look.seen()
    finally:
        look.close()


def test_what_a_scanner_finds_is_refused_and_what_it_does_not_look_into_is_said(asked: Scanner, tmp_path: Path) -> None:
    files = {
        b"data/a.txt": b"een gewone tekst",
        b"data/b.bin": b"er zit iets in " + EICAR,
        b"data/groot.bin": os.urandom(1 << 16) * ((asked.largest >> 16) + 1),
    }
    files |= {b"data/%d.txt" % number: b"tekst %d" % number for number in range(100)}
    seen = looked_at(files, Staging(tmp_path / "staging"), asked, demanded=False)
    assert "malware" in seen[b"data/b.bin"].codes
    assert "malware" not in seen[b"data/a.txt"].codes + seen[b"data/groot.bin"].codes
    assert "not-scanned" in seen[b"data/groot.bin"].codes
    assert "not-scanned" not in seen[b"data/a.txt"].codes + seen[b"data/b.bin"].codes
    assert {seen[b"data/%d.txt" % number].codes for number in range(100)} == {()}


def test_a_relay_that_asks_for_a_scanner_is_told_of_every_file_that_none_saw(world: World) -> None:
    put(world.stick, {"data/Assen/a.txt": b"een gewone tekst"})
    world.sign_relay(world.page.replace("  refuse: []\n", "  refuse: []\n  screening: {not-scanned: hold}\n"))
    assert classes(world.hand_over(SECOND, relays=True)) == {"data/Assen/a.txt": ("hold", ("not-scanned",))}


def test_that_there_is_no_scanner_is_said_only_where_the_relay_asks(tmp_path: Path) -> None:
    files = {b"data/a.txt": b"een gewone tekst"}
    staging = Staging(tmp_path / "staging")
    assert looked_at(files, staging, None, demanded=False)[b"data/a.txt"].codes == ()
    assert looked_at(files, staging, None, demanded=True)[b"data/a.txt"].codes == ("not-scanned",)
    gone = Scanner(address=str(tmp_path / "nobody"))
    assert looked_at(files, staging, gone, demanded=False)[b"data/a.txt"].codes == ("not-scanned",)


def test_a_scanner_that_hangs_is_given_up_and_every_file_told_as_not_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "begin", partial(begin, seconds=0.3))
    files = {b"data/%d.txt" % number: b"tekst %d" % number for number in range(200)}
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(tmp_path / "clamd"))
        hanging.listen(500)
        since = time.monotonic()
        seen = looked_at(files, Staging(tmp_path / "staging"), Scanner(address=str(tmp_path / "clamd")), demanded=False)
    assert time.monotonic() - since < 200 / 8 * 0.3 / 2
    assert {one.codes for one in seen.values()} == {("not-scanned",)}


# Telling.


def test_of_several_codes_the_one_that_explains_the_class_is_told() -> None:
    told = screened("refuse", ("program", "twin-case"), "en")
    assert told is not None
    assert told.sentence.startswith("This is a program")
    policy = screened("hold", ("policy", "twin-case"), "en")
    assert policy is not None
    assert "policy" in policy.sentence
    assert screened("pass", (), "nl") is None


def test_sights_are_kept_by_place_and_what_many_have_in_common_once() -> None:
    sights = Sights(1000)
    text, program = Seen("text/plain", ()), Seen("application/x-executable", ("program",))
    sights.add(10, [text, None, program])
    sights.add(500, [text] * 400)
    assert (sights.at(10), sights.at(11), sights.at(12)) == (text, None, program)
    assert sights.at(9) is None
    assert sights.at(899) is sights.at(10)


def test_however_many_files_are_read_before_it_is_asked_only_a_few_wait_to_be_heard_of(tmp_path: Path) -> None:
    (tmp_path / "leeg").touch()
    with closing(Screener(None)) as look, (tmp_path / "leeg").open("rb") as file:
        most = 0
        for number in range(5000):
            data = b"stuk %d" % number
            look.read(b"data/%d.txt" % number, len(data), sha256(data), data, file.fileno())
            most = max(most, len(os.listdir("/proc/self/fd")))
        found = look.seen()
    assert len(found) == 5000
    assert {seen.media_type for seen in found.values()} == {"text/plain"}
    assert most < len(os.listdir("/proc/self/fd")) + 32
