"""Cut off at every call: the archive holds the old or the new, and the next offer finishes."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import make, object_path, trees
from faults import Faults, Killed, each_fault, turns
from sealed import Link, Relay, Sealed

from linksync.archive.opening import new_archive, open_archive
from linksync.archive.port import Outcome
from linksync.archive.verification import verify_archive
from linksync.errors import LinksyncError, RefusedError

FAULTS: dict[str, dict[str, object]] = {
    "a call fails": {"error": errno.EIO},
    "the disk is full": {"error": errno.ENOSPC, "stay_dead": True},
    "the process is killed": {"killed": True},
}


def hand_off(refuse: bool = False) -> tuple[Relay, Sealed]:
    relay = Relay()
    relay.sign(refuse=("*.scr",))
    link = Link(relay)
    first = link.seal("ncsi")
    files = {b"data/plan.docx": b"plan", b"data/sub/photo.png": b"photo", b"data/\xff": b"odd"}
    if refuse:
        files[b"data/virus.scr"] = b"MZ"
    return relay, link.seal("host-a", files, after=first)


def attempt(work: Callable[[], object], faults: Faults) -> None:
    with faults:
        try:
            work()
        except (LinksyncError, Killed, OSError):
            assert faults.fired


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_accession_cut_off_at_any_call_leaves_old_or_new_and_is_finished_by_the_next(
    kind: str, tmp_path: Path, full: bool
) -> None:
    relay, sealed = hand_off(refuse=True)
    clean = make(tmp_path / "clean", relay)
    expected = clean.offer(sealed.submission())
    make(tmp_path / "made", relay)

    def world(number: int) -> Faults:
        shutil.copytree(tmp_path / "made", tmp_path / str(number))
        return Faults(tmp_path / str(number), fail_at=number, **FAULTS[kind])  # type: ignore[arg-type]

    for faults in each_fault(world, **turns(FAULTS, kind, full=full)):
        root = tmp_path / str(faults.fail_at) / "archive"
        attempt(lambda: open_archive(str(root)).offer(sealed.submission()), faults)  # noqa: B023
        archive = open_archive(str(root))
        if archive.holds_handoff(sealed.seal):
            assert verify_archive(archive).exit == 0
        else:
            assert {one.code for one in verify_archive(archive).findings} <= {"W112"}
        answer = archive.offer(sealed.submission())
        assert answer.outcome in {Outcome.ACCEPTED, Outcome.ALREADY}
        assert answer.receipt is not None
        report = verify_archive(archive)
        assert report.findings == ()
        assert report.counts["receipts"] == 1
        mine, theirs = object_path(root, answer.object), object_path(tmp_path / "clean/archive", expected.object)
        assert trees(mine) == trees(theirs)
        assert b"MZ" in trees(root / "holds").values()
        assert not list((root / "ocfl").rglob(".new*"))
    assert faults.fail_at > 20


@pytest.mark.parametrize("kind", ["the process is killed"])
def test_an_incomplete_hand_off_cut_off_at_any_call_is_completed_by_the_next(kind: str, tmp_path: Path) -> None:
    relay, sealed = hand_off()
    make(tmp_path / "made", relay)

    def world(number: int) -> Faults:
        shutil.copytree(tmp_path / "made", tmp_path / str(number))
        return Faults(tmp_path / str(number), fail_at=number, **FAULTS[kind])  # type: ignore[arg-type]

    for number, faults in enumerate(each_fault(world), start=1):
        root = tmp_path / str(number) / "archive"
        some = sealed.submission(without=[b"data/plan.docx"])
        attempt(lambda: open_archive(str(root)).offer(some), faults)  # noqa: B023
        archive = open_archive(str(root))
        assert archive.offer(some).outcome is Outcome.INCOMPLETE
        rest = sealed.submission(without=[b"data/sub/photo.png", b"data/\xff"])
        assert archive.offer(rest).outcome is Outcome.ACCEPTED
        assert verify_archive(archive).findings == ()
        assert not list(archive.holds.all())


@pytest.mark.parametrize("kind", ["the process is killed"])
def test_completing_cut_off_at_any_call_is_finished_by_the_next(kind: str, tmp_path: Path) -> None:
    relay, sealed = hand_off()
    rest = sealed.submission(without=[b"data/sub/photo.png", b"data/\xff"])
    make(tmp_path / "made", relay).offer(sealed.submission(without=[b"data/plan.docx"]))

    def world(number: int) -> Faults:
        shutil.copytree(tmp_path / "made", tmp_path / str(number))
        return Faults(tmp_path / str(number), fail_at=number, **FAULTS[kind])  # type: ignore[arg-type]

    for number, faults in enumerate(each_fault(world), start=1):
        root = tmp_path / str(number) / "archive"
        attempt(lambda: open_archive(str(root)).offer(rest), faults)  # noqa: B023
        archive = open_archive(str(root))
        assert archive.offer(rest).outcome in {Outcome.ACCEPTED, Outcome.ALREADY}
        assert verify_archive(archive).findings == ()
        assert not list(archive.holds.all())


@pytest.mark.parametrize("kind", ["the process is killed"])
def test_learning_a_relay_version_cut_off_at_any_call_is_finished_by_the_next(kind: str, tmp_path: Path) -> None:
    relay, _ = hand_off()
    newer = Relay(versions=list(relay.versions))
    newer.sign()
    newer.sign()
    make(tmp_path / "made", relay)

    def world(number: int) -> Faults:
        shutil.copytree(tmp_path / "made", tmp_path / str(number))
        return Faults(tmp_path / str(number), fail_at=number, **FAULTS[kind])  # type: ignore[arg-type]

    for number, faults in enumerate(each_fault(world), start=1):
        root = tmp_path / str(number) / "archive"
        attempt(lambda: open_archive(str(root)).learn_relay(newer.versions), faults)  # noqa: B023
        archive = open_archive(str(root))
        assert 1 <= len(archive.relay_versions()) <= 3
        archive.learn_relay(newer.versions)
        assert len(archive.relay_versions()) == 3


@pytest.mark.parametrize("kind", ["the process is killed"])
def test_making_an_archive_cut_off_at_any_call_is_finished_by_the_next(kind: str, tmp_path: Path) -> None:
    relay, sealed = hand_off()
    make(tmp_path / "made", relay)

    def world(number: int) -> Faults:
        shutil.copytree(tmp_path / "made", tmp_path / str(number) / "aside")
        return Faults(tmp_path / str(number) / "new", fail_at=number, **FAULTS[kind])  # type: ignore[arg-type]

    for number, faults in enumerate(each_fault(world), start=1):
        at = tmp_path / str(number)
        (at / "new").mkdir()

        def work(at: Path = at) -> None:
            new_archive(at / "new/a", relay=at / "aside/desk", id_="archief", key=at / "aside/key")

        attempt(work, faults)
        if not (at / "new/a/archive.yaml").exists():
            with pytest.raises(RefusedError, match="not-an-archive"):
                open_archive(str(at / "new/a"))
            work()
        archive = open_archive(str(at / "new/a"))
        assert archive.offer(sealed.submission()).outcome is Outcome.ACCEPTED
        assert verify_archive(archive).findings == ()
