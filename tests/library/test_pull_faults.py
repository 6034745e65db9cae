"""A pull cut off at every call: no half file is ever seen, and the next pull finishes."""

import errno
import resource
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from archives import library_trees, make
from faults import Faults, Killed, each_fault, turns
from sealed import Link, Relay

from linksync.archive.repository import Repository
from linksync.custody.lists import sha256
from linksync.errors import LinksyncError, MediumError
from linksync.library.pull import pull

FAULTS: dict[str, dict[str, object]] = {
    "a call fails": {"error": errno.EIO},
    "the disk is full": {"error": errno.ENOSPC, "stay_dead": True},
    "the process is killed": {"killed": True},
}
CONTENTS = {b"lees mij": 1, b"plan 1": 2, b"plan 2": 3, b"photo": 2, b"a": 3}


def archive_at(at: Path, upto: int) -> Repository:
    """Three hand-offs; the third renames what the second brought, and puts a folder where a file was."""
    relay = Relay()
    relay.sign()
    archive = make(at, relay)
    link = Link(relay)
    first = link.seal("ncsi", {b"data/LEES-MIJ.txt": b"lees mij"})
    second = link.seal("host-a", {b"data/plan.docx": b"plan 1", b"data/x": b"photo"}, after=first)
    third = link.seal("host-b", {b"data/plan.docx": b"plan 2", b"data/x/y": b"a"}, after=second, gone=[b"data/x"])
    for sealed in (first, second, third)[:upto]:
        archive.offer(sealed.submission())
    return archive


def files(library: Path) -> Mapping[str, bytes]:
    return {name: data for name, data in library_trees(library).items() if name.startswith(("files/", "held/"))}


@pytest.mark.parametrize("kind", sorted(FAULTS))
@pytest.mark.parametrize(("before", "warm"), [(0, False), (2, False), (2, True)], ids=["first", "copied", "next"])
def test_a_pull_cut_off_at_any_call_shows_whole_files_and_is_finished_by_the_next(
    kind: str, before: int, warm: bool, tmp_path: Path, full: bool
) -> None:
    start = tmp_path / "start"
    start.mkdir()
    early = archive_at(tmp_path / "early", before)
    if before:
        pull(early, start)
    archive = archive_at(tmp_path / "late", 3)
    shutil.copytree(start, tmp_path / "clean")
    pull(archive, tmp_path / "clean")
    wanted = library_trees(tmp_path / "clean")

    def world(number: int) -> Faults:
        shutil.copytree(start, tmp_path / str(number))
        if warm:  # a copy has no facts to believe until it was pulled into
            pull(early, tmp_path / str(number))
        return Faults(tmp_path / str(number), fail_at=number, **FAULTS[kind])  # type: ignore[arg-type]

    for faults in each_fault(world, **turns(FAULTS, kind, full=full)):
        library = tmp_path / str(faults.fail_at)
        with faults:
            try:
                pull(archive, library)
            except (LinksyncError, Killed):
                assert faults.fired
        assert set(map(sha256, files(library).values())) <= set(map(sha256, CONTENTS))
        again = pull(archive, library)
        assert again.findings == ()
        assert library_trees(library) == wanted
        assert not list((library / ".linksync/content").iterdir())
        assert pull(archive, library).new == ()
    assert faults.fail_at > 30


def test_a_content_that_does_not_fit_is_named(tmp_path: Path) -> None:
    """A write that fails knows its number alone, not its file."""
    relay = Relay()
    relay.sign()
    archive, link = make(tmp_path / "archive", relay), Link(relay)
    archive.offer(link.seal("ncsi", {b"data/film.mp4": bytes(4 << 20)}).submission())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, before[1]))
    try:
        with pytest.raises(MediumError) as caught:
            pull(archive, tmp_path / "library")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (caught.value.slug, caught.value.errno) == ("library-write", errno.EFBIG)
    assert str(caught.value.fields["path"]).startswith(str(tmp_path / "library"))
