"""Listed folder by folder, told in the order of the paths; what was read is put together in any order."""

import random

from hypothesis import given
from hypothesis import strategies as st

from linksync.custody.lists import sha256
from linksync.stick.listing import Files, Gathering, Part, Rows, Stamp

NAMES = st.sampled_from([b"a", b"a.b", b"a-", b"b", b"\xff", b"a b", b"0"])
TREES = st.sets(st.lists(NAMES, min_size=1, max_size=4).map(b"/".join), max_size=40)


def rows_of(paths: set[bytes]) -> Rows:
    """The paths as a walk lists them: the files of a folder, then what is below it."""
    folders: dict[bytes, list[tuple[bytes, int, int]]] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition(b"/")
        folders.setdefault(folder, []).append((name, len(path), 5 * len(path)))
    rows = Rows()
    shuffled = list(folders.items())
    random.Random(len(paths)).shuffle(shuffled)
    for folder, files in shuffled:
        rows.add(folder, files)
    return rows


@given(TREES)
def test_files_come_in_the_order_of_their_paths_however_folders_and_files_are_named(paths: set[bytes]) -> None:
    rows = rows_of(paths)
    files = rows.files()
    assert rows.count == len(files) == len(paths)
    assert list(files.items()) == [(path, (len(path), 5 * len(path))) for path in sorted(paths)]
    assert files == {path: (len(path), 5 * len(path)) for path in paths}
    assert Files.of(dict(files)).is_as(files)


def test_a_time_that_no_column_is_wide_enough_for_stays_different_from_others() -> None:
    rows, later = Rows(), Rows()
    rows.add(b"data", [(b"a", 1, 1 << 63), (b"b", 1, -1)])
    later.add(b"data", [(b"a", 1, (1 << 63) + 1), (b"b", 1, -1)])
    assert not rows.files().is_as(later.files())
    assert rows.files()[b"data/b"] == later.files()[b"data/b"]


def test_what_was_read_in_parts_is_put_together_with_what_failed_left_out() -> None:
    paths = [b"data/%03d" % number for number in range(100)]
    listed = Files.of(dict.fromkeys(paths, (1, 1)))
    digests = {path: sha256(path) for path in paths if path != b"data/041"}
    stamps: dict[bytes, Stamp] = {path: (1, 1) for path in paths if path not in {b"data/042", b"data/041"}}
    stamps[b"data/007"] = (2, 3)
    gathering = Gathering(listed)
    for start in (50, 0, 25, 75):
        gathering.add(Part.of(listed, start, start + 25, digests, stamps, {}))
    assert gathering.digests() == digests
    assert gathering.stamps() == stamps
    assert not gathering.stamps().is_as(listed)
