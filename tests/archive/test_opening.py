"""Making and opening an archive: what is refused, and that nothing was changed then; keys; many at once."""

import threading
from pathlib import Path

import pytest
from archives import make, trees
from sealed import Key, Link, Relay, Sealed

from linksync.archive.entries import Registered
from linksync.archive.feed import Feed
from linksync.archive.folder_store import FolderStore
from linksync.archive.opening import new_archive, open_archive
from linksync.archive.port import Outcome
from linksync.archive.verification import verify_archive
from linksync.errors import FormatError, LinksyncError, RefusedError
from linksync.machine.key_files import new_key


def a_line(relay: Relay, length: int) -> list[Sealed]:
    link = Link(relay)
    line = [link.seal("ncsi")]
    for number in range(2, length + 1):
        line.append(link.seal("host-a", {b"data/%d" % number: b"%d" % number}, after=line[-1]))
    return line


@pytest.mark.parametrize("url", ["{path}", "file://{path}", "file://localhost{path}"])
def test_an_archive_is_opened_by_path_or_file_url(url: str, relay: Relay, tmp_path: Path) -> None:
    make(tmp_path / "é a", relay)
    assert open_archive(url.format(path=tmp_path / "é a/archive")).id == "archief"


@pytest.mark.parametrize("url", ["https://example.org/a", "s3://bucket", "file://elsewhere/a"])
def test_another_kind_of_url_is_refused(url: str) -> None:
    with pytest.raises(FormatError, match="archive-url"):
        open_archive(url)


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"format: 1\n",
        b"format: 2\nid: x\n",
        b"[" * 100_000,
        b"\xff",
        b"format: 1\nid: ../x\nrelay: a\norganiser: b\n",
    ],
)
def test_a_page_that_is_no_archives_is_one_clear_error(page: bytes, tmp_path: Path) -> None:
    (tmp_path / "archive.yaml").write_bytes(page)
    with pytest.raises(FormatError):
        open_archive(str(tmp_path))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(RefusedError, match="not-an-archive"):
            open_archive(str(place))


def refused(tmp_path: Path, relay: Path, path: Path, id_: str = "archief", key: str = "archief") -> LinksyncError:
    before = trees(tmp_path)
    (tmp_path / "keys").mkdir(exist_ok=True)
    with pytest.raises(LinksyncError) as caught:
        new_archive(path, relay=relay, id_=id_, key=Key(key).write(tmp_path / "keys" / key))
    assert {name: data for name, data in trees(tmp_path).items() if not name.startswith("keys/")} == {
        name: data for name, data in before.items() if not name.startswith("keys/")
    }
    return caught.value


def test_an_archive_is_made_of_nothing_but_a_signed_relay_that_lists_it(relay: Relay, tmp_path: Path) -> None:
    desk = relay.write(tmp_path / "desk")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_bytes(b"x")
    new = tmp_path / "new"
    assert refused(tmp_path, tmp_path / "empty", new).slug == "relay-not-signed"
    assert refused(tmp_path, tmp_path / "nowhere", new).slug == "relay-not-signed"
    assert refused(tmp_path, desk, new, id_="ander").slug == "archive-not-listed"
    assert refused(tmp_path, desk, new, key="host-a").slug == "archive-key-not-listed"
    assert refused(tmp_path, desk, tmp_path / "full").slug == "archive-place-taken"
    assert refused(tmp_path, desk, tmp_path / "full/file").slug == "archive-place-taken"
    make(tmp_path / "made", relay)
    assert refused(tmp_path, desk, tmp_path / "made/archive").slug == "archive-exists"


def test_without_the_key_a_hand_off_is_taken_in_and_the_receipt_comes_later(relay: Relay, tmp_path: Path) -> None:
    make(tmp_path, relay)
    sealed = a_line(relay, 2)[1]
    (tmp_path / "key").rename(tmp_path / "elsewhere")
    answer = open_archive(str(tmp_path / "archive")).offer(sealed.submission())
    assert (answer.outcome, answer.receipt) == (Outcome.ACCEPTED, None)
    (tmp_path / "elsewhere").rename(tmp_path / "key")
    again = open_archive(str(tmp_path / "archive")).offer(sealed.submission())
    assert again.outcome is Outcome.ALREADY
    assert again.receipt is not None
    assert open_archive(str(tmp_path / "archive")).receipt(sealed.seal) == again.receipt


def test_a_key_that_the_relay_does_not_list_signs_no_receipt(relay: Relay, tmp_path: Path) -> None:
    archive = make(tmp_path, relay)
    (tmp_path / "key").unlink()
    new_key(tmp_path / "key", comment="another", passphrase=None)
    assert archive.offer(a_line(relay, 1)[0].submission()).receipt is None


def test_the_passphrase_of_the_key_is_asked_once(relay: Relay, tmp_path: Path) -> None:
    make(tmp_path, relay)
    (tmp_path / "key").unlink()
    new_key(tmp_path / "key", comment="another", passphrase=b"geheim")
    asked: list[str] = []

    def passphrase() -> bytes:
        asked.append("passphrase")
        return b"geheim"

    archive = open_archive(str(tmp_path / "archive"), passphrase=passphrase)
    for sealed in a_line(relay, 2):
        archive.offer(sealed.submission())
    assert asked == ["passphrase"]


def test_many_who_offer_the_same_and_others_at_once_leave_one_of_each(relay: Relay, tmp_path: Path) -> None:
    make(tmp_path, relay)
    line = a_line(relay, 8)
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def offer(turn: int) -> None:
        archive = open_archive(str(tmp_path / "archive"))
        start.wait()
        try:
            for place in range(len(line)):
                archive.offer(line[(place * (turn + 1)) % len(line)].submission())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=offer, args=(turn,)) for turn in (0, 0, 2, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    archive = open_archive(str(tmp_path / "archive"))
    report = verify_archive(archive)
    assert report.findings == ()
    assert report.counts["objects"] == report.counts["receipts"] == len(line)
    assert {arrival.seal for arrival in archive.feed(0)} == {sealed.seal for sealed in line}


def registered(number: int) -> Registered:
    return Registered(
        object="urn:x", folder="f", link="0" * 32, number=number, seal=f"{number:064}", previous="", relay_version=1
    )


def test_the_end_of_a_long_feed_is_found_in_a_few_reads(tmp_path: Path) -> None:
    reads: list[str] = []

    class Counting(FolderStore):
        def open(self, name: str):  # type: ignore[no-untyped-def]
            reads.append(name)
            return super().open(name)

    store = Counting(tmp_path)
    for number in range(1, 2001):
        store.put(f"feed/{number // 1000:06}/{number:09}.json", [b"{}"])
    assert Feed(store).last() == 2000
    assert len(reads) < 25
    feed = Feed(store)
    assert feed.append(registered(7)) == 2001
    assert [one.position for one in feed.after(1998)] == [1999, 2000, 2001]
    assert [one.seal for one in feed.after(1998)] == ["", "", f"{7:064}"]


def test_a_link_planted_in_an_archive_is_not_written_through(relay: Relay, tmp_path: Path) -> None:
    archive = make(tmp_path, relay)
    (tmp_path / "outside").mkdir()
    (tmp_path / "archive/feed").symlink_to(tmp_path / "outside")
    with pytest.raises(LinksyncError, match="store-write"):
        archive.offer(a_line(relay, 1)[0].submission())
    assert list((tmp_path / "outside").iterdir()) == []
