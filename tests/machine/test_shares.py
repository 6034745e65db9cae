"""A second process shares the reading, and ends with the first, whatever happens."""

import errno
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from played import children

from linksync.demo.world import World
from linksync.errors import FormatError, MediumError
from linksync.machine.shares import PIECES_MAX, batches, can_share, shared

Told = Callable[[int], None]


def square(number: int, told: Told) -> tuple[int, int, int]:
    told(number)
    return number, number * number, os.getpid()


def test_every_piece_is_done_once_by_one_of_two_and_all_progress_is_told() -> None:
    told: list[int] = []
    found = sorted(shared(square, 2_000, told.append))
    assert [(number, result) for number, result, _ in found] == [(n, n * n) for n in range(2_000)]
    assert len({pid for _, _, pid in found}) <= 2
    assert sum(told) == sum(range(2_000))
    assert children() == []


def until_the_helper_has_a_piece(work: Callable[[int, Told], int]) -> None:
    """The helper may come too late for a first piece."""
    while True:
        list(shared(work, PIECES_MAX, lambda _count: None))


def fails_in_the_helper(number: int, told: Told) -> int:
    if os.getpid() != PARENT:
        raise MediumError("host-full", errno=errno.ENOSPC, path="x", why="vol")
    return number


PARENT = os.getpid()


def test_an_error_of_the_helper_comes_with_its_kind_and_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PARENT", os.getpid())
    with pytest.raises(MediumError) as caught:
        until_the_helper_has_a_piece(fails_in_the_helper)
    assert (caught.value.slug, caught.value.errno, caught.value.fields) == (
        "host-full",
        errno.ENOSPC,
        {"path": "x", "why": "vol"},
    )
    assert children() == []


def fails_here(number: int, told: Told) -> int:
    if os.getpid() == PARENT:
        raise FormatError("index-line", line=number)
    return number


def test_an_error_here_ends_the_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PARENT", os.getpid())
    with pytest.raises(FormatError):
        list(shared(fails_here, PIECES_MAX, lambda _count: None))
    assert children() == []


def killed(number: int, told: Told) -> int:
    if os.getpid() != PARENT:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_helper_that_is_killed_is_not_taken_for_one_that_has_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PARENT", os.getpid())
    with pytest.raises(RuntimeError, match="without a word"):
        until_the_helper_has_a_piece(killed)
    assert children() == []


def test_where_threads_run_nothing_is_forked() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not can_share()
    finally:
        stop.set()
        thread.join()


def test_a_large_link_is_read_by_both_and_found_the_same(tmp_path: Path) -> None:
    world = World.begin(tmp_path)
    world.prepare()
    folder = world.stick / "data" / "Veel"
    folder.mkdir()
    for number in range(6_000):
        (folder / f"{number}.txt").write_bytes(b"%d" % number)
    (folder / "KAART.txt").write_text("Titel: Veel\nMag iedereen dit zien? ja\n")
    outcome = world.hand_over("gemeente-groningen")
    assert len(outcome.intake.taken) == 6_001
    assert {one.audience for one in outcome.intake.taken.values()} == {"everyone"}
    assert outcome.intake.bytes_read == sum(one.size for one in outcome.intake.taken.values()) + len(
        (world.stick / "data" / "LEES-MIJ.txt").read_bytes()
    )
    report = world.verify().report
    assert (report.exit, report.counts["unchanged"]) == (0, 6_002)


def test_little_work_is_one_batch_and_a_few_large_files_are_several() -> None:
    assert batches([]) == []
    assert batches((n, 1000) for n in range(100)) == [list(range(100))]
    assert batches((n, 1 << 30) for n in range(4)) == [[0], [1], [2], [3]]
    many = batches((n, 4096) for n in range(50_000))
    assert 8 < len(many) <= PIECES_MAX
    assert [item for batch in many for item in batch] == list(range(50_000))
