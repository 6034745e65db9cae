"""A real clamd with one signature of our own: what is clean, what is found, and what it has not looked into."""

import io
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from scanners import EICAR, NAME, running_clamd

from linksync.knowledge.clamd import CLEAN, LARGEST, Scanned, Scanner, Verdict, begin, scan, scanner

FOUND = Scanned(verdict=Verdict.FOUND, name=NAME)


def not_scanned(why: str) -> Scanned:
    return Scanned(verdict=Verdict.NOT_SCANNED, why=why)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The configuration of a clamd that runs."""
    with running_clamd(tmp_path_factory.mktemp("clamd")) as path:
        yield path


@pytest.fixture
def asked(config: Path) -> Scanner:
    found = scanner("", (str(config),))
    assert found is not None
    return found


def scanned(asked: Scanner | None, data: bytes, *, inside: int = 0, seconds: float = 20) -> Scanned:
    return scan(asked, io.BytesIO(data), len(data), inside=inside, seconds=seconds)


def zipped(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inside", data)
        data = packed.getvalue()
    return data


def test_a_virus_is_found_and_named_and_what_is_none_is_clean(asked: Scanner) -> None:
    assert scanned(asked, EICAR) == FOUND
    assert scanned(asked, b"een gewoon verslag " * 10_000) == CLEAN
    assert scanned(asked, b"") == CLEAN
    assert scanned(asked, zipped(EICAR, times=3)) == FOUND


def test_the_scanner_is_found_by_its_own_settings_with_what_it_takes(config: Path, asked: Scanner) -> None:
    assert asked == Scanner(address=str(config.with_name("clamd.ctl")), largest=1 << 20)
    port = config.read_text().partition("TCPSocket ")[2].split()[0]
    by_tcp = scanner(f"tcp://127.0.0.1:{port}", (str(config),))
    assert by_tcp == Scanner(address=f"tcp://127.0.0.1:{port}", largest=1 << 20)
    assert scanned(by_tcp, EICAR) == FOUND


def test_what_is_too_large_is_not_scanned_whoever_notices(asked: Scanner) -> None:
    for size in ((1 << 20) + 1, 3 << 20):
        assert scanned(asked, bytes(size)) == not_scanned("scanner-too-big")
        # a scanner whose settings cannot be read says so itself, or hangs up
        assert scanned(replace(asked, largest=LARGEST), bytes(size)) == not_scanned("scanner-too-big")


def test_what_is_packed_too_deep_or_too_large_is_not_called_clean(asked: Scanner) -> None:
    assert scanned(asked, zipped(EICAR, times=30)) == not_scanned("scanner-too-big")
    large = zipped(bytes(2 << 20) + EICAR)
    assert scanned(asked, large) == CLEAN  # so says clamd, which has not looked: the reason for ``inside``
    assert scanned(asked, large, inside=(2 << 20) + len(EICAR)) == not_scanned("scanner-too-big")


def test_no_scanner_is_no_clean_document(tmp_path: Path, asked: Scanner) -> None:
    assert scanned(None, b"x") == not_scanned("scanner-absent")
    (tmp_path / "file").touch()
    for address in (tmp_path / "nothing", tmp_path / "file", "tcp://127.0.0.1:1", "tcp://127.0.0.1:http", "tcp://"):
        assert scanned(replace(asked, address=str(address)), b"x") == not_scanned("scanner-absent")


def test_the_setting_wins_and_can_be_off(config: Path, tmp_path: Path) -> None:
    assert scanner("off", (str(config),)) is None
    assert scanner("/run/of/mine", (str(config),)) == Scanner(address="/run/of/mine")
    assert scanner("", (str(tmp_path / "no.conf"),)) in (None, Scanner(address="/run/clamav/clamd.ctl"))


def test_many_documents_are_scanned_at_the_same_time(asked: Scanner) -> None:
    documents = [EICAR if number % 3 == 0 else b"%d" % number for number in range(30)]
    sent = [begin(asked, io.BytesIO(data), len(data)) for data in documents]
    assert [one.result() for one in sent] == [FOUND if data == EICAR else CLEAN for data in documents]
    begin(asked, io.BytesIO(EICAR), len(EICAR)).close()


def test_a_document_that_cannot_be_read_is_no_failure_of_the_scanner(asked: Scanner) -> None:
    class Gone(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        scan(asked, Gone(), 100)


class Imposter:
    """Something else that listens, and answers as it likes."""

    def __init__(self, folder: Path, reply: bytes | None) -> None:
        self._server = socket.socket(socket.AF_UNIX)
        self.address = str(folder / "imposter")
        self._server.bind(self.address)
        self._server.listen()
        self._reply = reply
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        client, _ = self._server.accept()
        with client:
            if self._reply is None:
                self._over.wait()
                return
            client.recv(1 << 20)
            client.sendall(self._reply)

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._server.close()


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"stream: ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"OK\0",
        b"stream: OK, or so\0",
        b"stream: \xff\xfe FOUND\0",
        b"stream: " + b"x" * 5000 + b" FOUND\0",
        b"stream: OK\0stream: OK\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_understood_is_no_clean_document(reply: bytes, tmp_path: Path) -> None:
    imposter = Imposter(tmp_path, reply)
    assert scanned(Scanner(address=imposter.address), b"x") == not_scanned("scanner-error")
    imposter.close()


@pytest.mark.parametrize("size", [10, 20 << 20])
def test_a_scanner_that_hangs_costs_no_more_than_its_time(size: int, tmp_path: Path) -> None:
    imposter = Imposter(tmp_path, None)
    before = time.monotonic()
    assert scanned(Scanner(address=imposter.address), bytes(size), seconds=0.5) == not_scanned("scanner-time")
    assert time.monotonic() - before < 5
    imposter.close()
