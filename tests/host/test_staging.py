"""Copies on the host's own disk: each under its hash, whole or not there, and gone when nobody needs them."""

import os
import stat
from pathlib import Path

import pytest
from faults import Faults, each_fault
from media import ext4_stick

from linksync.custody.lists import Digest, sha256
from linksync.errors import MediumError
from linksync.host.staging import RESERVE, Staging


def held(staging: Staging, digest: Digest) -> bytes | None:
    copy = staging.open(digest)
    if copy is None:
        return None
    with copy:
        return copy.read()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_copy_stands_under_its_hash_once_it_is_kept(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "content")
    copy = staging.begin()
    copy.write(b"know")
    copy.write(memoryview(b"ledge"))
    assert held(staging, sha256(b"knowledge")) is None
    copy.keep(sha256(b"knowledge"))
    assert held(staging, sha256(b"knowledge")) == b"knowledge"
    staging.settle()


def test_a_copy_that_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "content")
    copy = staging.begin()
    copy.write(b"x")
    copy.discard()
    assert files(tmp_path) == []


def test_what_nobody_needs_goes_with_what_unfinished_runs_left(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "content")
    for data in (b"a", b"b"):
        staging.stage(data, sha256(data))
    unfinished = staging.begin()
    unfinished.write(b"half")
    staging.drop_all_but({sha256(b"a")})
    assert (held(staging, sha256(b"a")), held(staging, sha256(b"b")), len(files(tmp_path))) == (b"a", None, 1)
    Staging(tmp_path / "never made").drop_all_but(set())


def test_the_room_leaves_some_for_the_host(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=100) as disk:
        found = os.statvfs(disk.path)
        room = Staging(disk.path / "content").room()
        assert found.f_bavail * found.f_frsize - RESERVE - 100_000 < room <= found.f_bavail * found.f_frsize - RESERVE


def test_a_full_disk_is_said_in_a_word_and_leaves_nothing(tmp_path: Path) -> None:
    with ext4_stick(tmp_path, megabytes=16) as disk:
        staging = Staging(disk.path / "content")
        assert staging.room() == 0
        copy = staging.begin()
        with pytest.raises(MediumError) as told:
            copy.write(bytes(20 << 20))
        copy.discard()
        assert told.value.slug == "host-full"
        assert [path for path in files(disk.path) if "lost+found" not in path.parts] == []


def test_a_disk_that_fails_at_any_call_raises_an_error_of_ours_and_the_next_run_stages(tmp_path: Path) -> None:
    for number, faults in enumerate(each_fault(lambda n: Faults(tmp_path / str(n), fail_at=n)), start=1):
        staging = Staging(tmp_path / str(number) / "content")
        try:
            with faults:
                staging.stage(b"data", sha256(b"data"))
                staging.settle()
        except MediumError:
            assert held(staging, sha256(b"data")) in {None, b"data"}
        staging.stage(b"data", sha256(b"data"))
        assert held(staging, sha256(b"data")) == b"data"


def test_copies_are_nobody_elses_to_read_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        staging = Staging(tmp_path / "content")
        staging.stage(b"small", sha256(b"small"))
        copy = staging.begin()
        copy.write(b"large")
        copy.keep(sha256(b"large"))
    finally:
        os.umask(before)
    folders = [tmp_path / "content", *(tmp_path / "content").iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_content_that_comes_again_is_written_once_and_anew_where_its_copy_was_dropped(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "content")
    staging.stage(b"twice", sha256(b"twice"))
    (path,) = files(tmp_path)
    before = path.stat().st_ino
    staging.stage(b"twice", sha256(b"twice"))
    assert path.stat().st_ino == before
    staging.drop_all_but(set())
    staging.stage(b"twice", sha256(b"twice"))
    assert held(staging, sha256(b"twice")) == b"twice"
    path.write_bytes(b"half")  # as an earlier run may have left it
    Staging(tmp_path / "content").stage(b"twice", sha256(b"twice"))
    assert held(staging, sha256(b"twice")) == b"twice"
