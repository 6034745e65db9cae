"""Documents that would harm, in real limited children: each costs itself an answer, and nothing else."""

import errno
import os
import pwd
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from played import children
from waiting import until

from linksync.machine.limited import LimitedError, Limits, Pending, Workers, guarantees
from linksync.machine.shares import can_share

ENTRY = "hostile_jobs:any_of_them"
ROOMY = Limits(memory=256 << 20)
SHORT = Limits(memory=256 << 20, wall=1.5, processor=1.0, answer=1 << 20)


@pytest.fixture
def document(tmp_path: Path) -> Iterator[int]:
    """An open document."""
    path = tmp_path / "document"
    path.write_bytes(b"what stands in it")
    descriptor = os.open(path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    before = open_files()
    yield
    assert children() == []
    assert open_files() == before


def open_files() -> set[str]:
    return {name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}


def limited() -> list[str]:
    """The processes in which documents are worked on: those of the servers of this thread."""
    return [child for one in children() for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]


def slug(pending: Pending) -> str:
    with pytest.raises(LimitedError) as caught:
        pending.result()
    return caught.value.slug


def why(pending: Pending) -> str:
    with pytest.raises(LimitedError) as caught:
        pending.result()
    assert caught.value.slug == "worker-died"
    return str(caught.value.fields["why"])


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_thousand_jobs_are_answered_in_order_by_few_processes(tmp_path: Path) -> None:
    with Workers(ENTRY, count=2) as workers:
        waiting = []
        for number in range(1_000):
            path = tmp_path / str(number)
            path.write_bytes(b"%d" % number)
            with path.open("rb") as file:
                waiting.append(workers.submit({"number": number}, file.fileno()))
        answers = [one.result() for one in waiting]
        assert len(limited()) == 2
    assert [(one["number"], one["text"]) for one in answers] == [(n, str(n)) for n in range(1_000)]
    assert len({one["pid"] for one in answers}) == 2


def test_nothing_is_started_before_there_is_work(document: int) -> None:
    with Workers(ENTRY, count=2) as workers:
        assert children() == []
        assert workers.submit({}, document).result()["size"] == 17
        assert (len(children()), len(limited())) == (1, 1)


def test_a_document_is_read_from_its_start_wherever_its_reader_was(document: int) -> None:
    os.lseek(document, 5, os.SEEK_SET)
    with Workers(ENTRY) as workers:
        assert workers.submit({}, document).result()["text"] == "what stands in it"


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        ("_memory", "worker-memory"),
        ("_memory_by_pieces", "worker-memory"),
        ("_spins", "worker-time"),
        ("_sleeps", "worker-time"),
        ("_sleeps_deaf", "worker-time"),
        ("_forks", "worker-refused"),
        ("_threads", "worker-died"),
        ("_runs", "worker-died"),
        ("_executes", "worker-refused"),
        ("_exits", "worker-died"),
        ("_exits_politely", "worker-died"),
        ("_raises", "worker-died"),
        ("_segfaults", "worker-died"),
        ("_aborts", "worker-died"),
        ("_recurses", "worker-died"),
        ("_says_nonsense", "worker-died"),
        ("_says_no_dict", "worker-answer"),
        ("_takes_a_lock", "worker-died"),
        ("_changes_the_file", "worker-died"),
        ("_raises_its_limits", "worker-died"),
    ],
)
def test_a_hostile_document_costs_only_itself(deed: str, expected: str, document: int) -> None:
    with Workers(ENTRY, SHORT if expected == "worker-time" else ROOMY) as workers:
        before = [workers.submit({"number": number}, document) for number in range(3)]
        hostile = workers.submit({"deed": deed}, document)
        after = [workers.submit({"number": number}, document) for number in range(3, 6)]
        assert slug(hostile) == expected
        assert [one.result()["number"] for one in before + after] == list(range(6))


def test_two_workers_lose_nobody_else_whatever_is_thrown_at_them(document: int) -> None:
    deeds = ["read", "_segfaults", "read", "_exits", "read", "_memory", "_forks", "read", "_says_no_dict"] * 6
    with Workers(ENTRY, SHORT, count=2) as workers:
        waiting = [workers.submit({"deed": deed, "number": n}, document) for n, deed in enumerate(deeds)]
        for number, (deed, one) in enumerate(zip(deeds, waiting, strict=True)):
            if deed == "read":
                assert one.result()["number"] == number
            else:
                assert slug(one).startswith("worker-")


def test_what_a_dead_child_says_does_not_repeat_the_document(document: int) -> None:
    with Workers(ENTRY, SHORT) as workers:
        assert why(workers.submit({"deed": "_raises"}, document)).startswith("ValueError in hostile_jobs.py:")
        assert why(workers.submit({"deed": "_segfaults"}, document)) == "signal 11"


def test_no_file_of_anybody_can_be_read_listed_written_or_removed(tmp_path: Path, document: int) -> None:
    key = tmp_path / ".ssh" / "id_ed25519"
    key.parent.mkdir()
    key.write_text("secret")
    home = pwd.getpwuid(os.getuid()).pw_dir
    jobs: list[dict[str, object]] = [
        {"deed": "_opens", "path": str(key)},
        {"deed": "_opens", "path": "/etc/passwd"},
        {"deed": "_opens", "path": "/proc/self/environ"},
        {"deed": "_opens", "path": f"/proc/{os.getpid()}/environ"},
        {"deed": "_opens", "path": str(Path(__file__))},
        {"deed": "_opens", "path": "/dev/sda"},
        {"deed": "_lists", "path": home},
        {"deed": "_lists", "path": str(key.parent)},
        {"deed": "_lists", "path": "/"},
        {"deed": "_opens", "path": str(tmp_path / "new"), "mode": "wb"},
        {"deed": "_opens", "path": str(key), "mode": "ab"},
        {"deed": "_opens", "path": "/dev/shm/new", "mode": "wb"},  # noqa: S108 - refused
        {"deed": "_removes", "path": str(key)},
    ]
    with Workers(ENTRY, SHORT) as workers:
        told = [why(workers.submit(job, document)) for job in jobs]
    assert {one.split()[0] for one in told} <= {"PermissionError", "FileNotFoundError"}, told
    assert sum(one.startswith("FileNotFoundError") for one in told) <= 1, told  # /dev/sda
    assert key.read_text() == "secret"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ssh", "document"]


def test_no_server_is_ever_reached(tmp_path: Path, document: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "socket"))
        unix.listen()
        addresses: list[object] = [list(tcp.getsockname()), str(tmp_path / "socket")]
        with Workers(ENTRY, SHORT) as workers:
            for address in addresses:
                assert slug(workers.submit({"deed": "_connects", "address": address}, document)) == "worker-refused"
        for server in (tcp, unix):
            server.settimeout(0.2)
            with pytest.raises(TimeoutError):
                server.accept()


def test_other_processes_are_out_of_reach(document: int) -> None:
    with subprocess.Popen(["sleep", "60"]) as other, Workers(ENTRY, SHORT) as workers:
        for deed in ("_kills", "_looks_into_another"):
            assert slug(workers.submit({"deed": deed, "pid": other.pid}, document)) == "worker-refused"
        assert other.poll() is None
        other.kill()


def test_an_answer_has_a_bound_and_one_within_it_comes_whole(document: int) -> None:
    with Workers(ENTRY, SHORT) as workers:
        assert slug(workers.submit({"deed": "_says", "size": 1 << 20}, document)) == "worker-answer"
        whole = workers.submit({"deed": "_says", "size": (1 << 20) - 100}, document).result()
        assert whole == {"text": "x" * ((1 << 20) - 100)}
        assert slug(workers.submit({"deed": "_says_many", "count": 150_000}, document)) == "worker-answer"
        assert len(str(workers.submit({"deed": "_says_many", "count": 10_000}, document).result())) > 10_000


@pytest.mark.parametrize(
    "words",
    [
        b"a\xff\xff\xff\xff",  # an answer of 4 GiB
        b"e\x00\x00\x10\x00",  # an error of 1 MiB
        b"zz\x00\x00\x00\x00",  # nothing that there is
        b"a\x02\x00\x00\x00{",  # never finished
        b"a\x01\x00\x00\x00{",  # no JSON
        b"a\x05\x00\x00\x0012345",  # no object
        b"a\xb8\x0b\x00\x00" + b"[" * 3000,
        b"r\x02\x00\x00\x00[]",  # ready, once more
        b"b\x00\x00\x00\x00",  # broken, too late
        b"l\x01\x00\x00\x00{l\x02\x00\x00\x00{}",  # its last answers
    ],
)
def test_a_child_that_speaks_out_of_turn_is_replaced(words: bytes, document: int) -> None:
    with Workers(ENTRY, SHORT) as workers:
        workers.submit({}, document).result()
        assert slug(workers.submit({"deed": "_speaks", "bytes": words.hex()}, document)) in (
            "worker-answer",
            "worker-time",
        )
        assert workers.submit({"number": 5}, document).result()["number"] == 5


def test_answers_in_the_name_of_others_harm_nobody_but_those_others(document: int) -> None:
    forged = (b"a\x02\x00\x00\x00{}" * 5 + b"l\x02\x00\x00\x00{}" * 5).hex()
    with Workers(ENTRY, SHORT) as workers:
        jobs = [workers.submit({"deed": "_speaks", "bytes": forged}, document)]
        jobs += [workers.submit({"number": number}, document) for number in range(5)]
        assert jobs[0].result() == {}
        told = [one.result().get("number") for one in jobs[1:]]
    assert told in ([None, 1, 2, 3, 4], [0, 1, 2, 3, 4])


def test_what_a_document_prints_is_not_shown(document: int, capfd: pytest.CaptureFixture[str]) -> None:
    with Workers(ENTRY) as workers:
        assert workers.submit({"deed": "_prints"}, document).result() == {"done": True}
        assert slug(workers.submit({"deed": "_aborts"}, document)) == "worker-died"
    assert capfd.readouterr() == ("", "")


def test_nothing_of_the_parent_comes_along(document: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "token")
    leak, other = os.pipe()
    os.set_inheritable(leak, True)
    with Workers(ENTRY) as workers:
        told = workers.submit({"deed": "_tells_all"}, document).result()
        (pid,) = limited()
        assert int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16]) > os.nice(0)
    os.close(leak)
    os.close(other)
    assert set(told["environment"]) <= {"LANG", "LC_CTYPE", "TZ"}  # type: ignore[call-overload]
    assert told["folder"] == "/"
    # /dev/null three times, the channel, the size of its own memory, and the document
    assert len(told["open"]) <= 6  # type: ignore[arg-type]
    assert "hostile" not in str(told["variables"])


def test_what_is_imported_late_can_be_imported_and_only_that(document: int) -> None:
    with Workers(ENTRY) as workers:
        told = workers.submit({"deed": "_imports_later"}, document).result()
        assert told == {"red": 1, "text": "é", "cyrillic": "ж"}


def test_a_child_that_keeps_memory_or_files_makes_room_for_another(document: int) -> None:
    with Workers(ENTRY) as workers:
        for deed, most in (("_leaves_memory", 1), ("_leaves_files_open", 16)):
            jobs = [workers.submit({"deed": deed}, document) for _ in range(most * 3)]
            pids = [one.result()["pid"] for one in jobs]
            assert len(set(pids)) >= 3 if most == 1 else len(set(pids)) >= 2


def test_a_child_retires_after_many_jobs_without_losing_one(document: int) -> None:
    with Workers(ENTRY) as workers:
        jobs = [workers.submit({"number": number}, document) for number in range(2_100)]
        answers = [one.result() for one in jobs]
    assert [one["number"] for one in answers] == list(range(2_100))
    assert len({one["pid"] for one in answers}) == 3


def test_a_child_that_will_not_retire_is_ended(document: int) -> None:
    with Workers(ENTRY, Limits(jobs=5)) as workers:
        jobs = [workers.submit({"deed": "_never_retires", "number": number}, document) for number in range(12)]
        answers = [one.result() for one in jobs]
    assert [one["number"] for one in answers] == list(range(12))
    assert [len({one["pid"] for one in part}) for part in (answers[:5], answers[5:10], answers[10:])] == [1, 1, 1]
    assert len({one["pid"] for one in answers}) == 3


def test_a_child_in_which_a_job_broke_off_does_no_other(document: int) -> None:
    with Workers(ENTRY) as workers:
        before = workers.submit({}, document).result()["pid"]
        broken, after = workers.submit({"deed": "_raises"}, document), workers.submit({}, document)
        assert slug(broken) == "worker-died"
        assert after.result()["pid"] != before


def test_children_whose_answers_are_odd_can_be_let_go_of_without_losing_a_job(document: int) -> None:
    with Workers(ENTRY) as workers:
        before = workers.submit({}, document).result()["pid"]
        later = [workers.submit({"number": number}, document) for number in range(4)]
        workers.renew()
        answers = [one.result() for one in later]
    assert [one["number"] for one in answers] == list(range(4))
    assert before not in {one["pid"] for one in answers[1:]}


def test_the_limit_on_time_is_for_a_job_and_not_for_a_child(document: int) -> None:
    with Workers(ENTRY, Limits(wall=1.5)) as workers:
        jobs = [workers.submit({"deed": "_sleeps", "seconds": 0.6}, document) for _ in range(3)]
        assert len({one.result()["pid"] for one in jobs}) == 1
        time.sleep(1.6)
        assert workers.submit({}, document).result()["size"] == 17


def test_no_more_than_a_few_jobs_wait_at_a_time(document: int) -> None:
    with Workers(ENTRY) as workers:
        jobs = []
        for _ in range(16):
            jobs.append(workers.submit({"deed": "_sleeps", "seconds": 0.1}, document))
            assert sum(not one.done() for one in jobs) <= 4 + 2
        assert jobs[8].done()
        assert len({one.result()["pid"] for one in jobs}) == 1


def test_a_child_works_on_while_nobody_asks(document: int) -> None:
    with Workers(ENTRY) as workers:
        workers.submit({}, document).result()
        jobs = [workers.submit({"deed": "_sleeps", "seconds": 0.3}, document) for _ in range(2)]
        time.sleep(2.0)
        assert [one.done() for one in jobs] == [True, True]


def test_an_answer_that_lay_waiting_for_long_is_still_an_answer(document: int) -> None:
    with Workers(ENTRY, Limits(wall=1.5)) as workers:
        workers.submit({}, document).result()
        jobs = [workers.submit({"deed": "_says", "size": 8 << 20}, document) for _ in range(2)]
        time.sleep(4.0)  # longer than the limit and the grace; the child cannot go on until it is heard
        assert [len(str(one.result())) for one in jobs] == [(8 << 20) + 12] * 2


def test_closing_never_waits_for_a_document(document: int) -> None:
    workers = Workers(ENTRY, count=2)
    jobs = [workers.submit({"deed": deed}, document) for deed in ("_sleeps_deaf", "_spins", "read")]
    time.sleep(0.3)
    before = time.monotonic()
    workers.close()
    assert time.monotonic() - before < 5
    assert children() == []
    for one in jobs:
        with pytest.raises(RuntimeError, match="closed"):
            one.result()
    with pytest.raises(RuntimeError, match="closed"):
        workers.submit({}, document)
    workers.close()


def test_a_parent_with_workers_may_still_fork_and_one_with_threads_has_workers(document: int) -> None:
    answers: list[object] = []
    with Workers(ENTRY, count=2) as workers:
        workers.submit({}, document).result()
        assert can_share() or len(os.sched_getaffinity(0)) == 1
        threads = [
            threading.Thread(target=lambda: answers.extend(workers.submit({}, document).result() for _ in range(50)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 200


@pytest.mark.parametrize("entry", ["hostile_jobs:absent", "hostile_jobs.deeper:work", "hostile_import:work"])
def test_an_entry_that_cannot_be_started_is_told_and_not_tried_for_ever(
    entry: str, document: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hostile_import.py").write_text("raise OSError('at once')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with Workers(entry) as workers:
        jobs = [workers.submit({}, document) for _ in range(4)]
        for one in jobs:
            assert why(one).startswith("does not start: ")
        before = time.monotonic()
        assert [why(workers.submit({}, document)) for _ in range(100)]
        assert time.monotonic() - before < 5


def test_what_is_no_document_is_refused_at_once(tmp_path: Path, document: int) -> None:
    for entry in ("hostile_jobs", "hostile_jobs:", ":work", "hostile_jobs:any of them", "os:system:x"):
        with pytest.raises(ValueError, match="workers"):
            Workers(entry)
    with pytest.raises(ValueError, match="no module there_is_none"):
        Workers("there_is_none:work")
    with Workers(ENTRY) as workers:
        with (tmp_path / "new").open("wb") as file, pytest.raises(ValueError, match="reading only"):
            workers.submit({}, file.fileno())
        folder = os.open(tmp_path, os.O_RDONLY)
        with pytest.raises(ValueError, match="regular file"):
            workers.submit({}, folder)
        os.close(folder)
        with pytest.raises(ValueError, match="bytes"):
            workers.submit({"path": "x" * 70_000}, document)
        assert workers.submit({"path": "\udcff" * 5_000}, document).result()["size"] == 17


def program(text: str) -> "subprocess.Popen[str]":
    """A parent in a session of its own, that prints the number of its child and waits for ever."""
    text = textwrap.dedent(text)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", text],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )


PARENT = """
    import os
    from linksync.machine.limited import Workers
    with Workers("hostile_jobs:any_of_them") as workers, open("/etc/hostname", "rb") as file:
        print(workers.submit({}, file.fileno()).result()["pid"], flush=True)
        workers.submit({"deed": "_sleeps_deaf"}, file.fileno()).result()
"""


def test_the_children_end_with_a_parent_that_is_killed() -> None:
    with program(PARENT) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    assert until(lambda: not is_running(child), 5)


def test_a_ctrl_c_is_for_the_parent_and_no_child_has_a_word_to_say_about_it() -> None:
    with program(PARENT) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        os.killpg(parent.pid, signal.SIGINT)
        _, told = parent.communicate(timeout=10)
    assert told.count("Traceback") == 1
    assert told.rstrip().endswith("KeyboardInterrupt")
    assert until(lambda: not is_running(child), 5)


def test_a_job_costs_little_beside_a_start(document: int) -> None:
    with Workers(ENTRY) as workers:
        before = time.monotonic()
        workers.submit({}, document).result()
        start = time.monotonic() - before
        before = time.monotonic()
        for one in [workers.submit({}, document) for _ in range(300)]:
            one.result()
        assert (time.monotonic() - before) / 300 < start / 20


def test_what_holds_here_is_what_this_kernel_can_hold() -> None:
    assert set(guarantees()) == {
        "memory",
        "processor-time",
        "wall-time",
        "open-files",
        "written-bytes",
        "ends-with-parent",
        "no-privileges",
        "no-network",
        "no-processes",
        "no-writing",
        "only-its-own-files",
    }


def test_a_child_is_a_fork_of_a_server_that_never_sees_a_document(document: int) -> None:
    with Workers(ENTRY, Limits(jobs=1)) as workers:
        pids = [workers.submit({}, document).result()["pid"] for _ in range(3)]
        (server,) = children()
        files = [os.readlink(one) for one in Path(f"/proc/{server}/fd").iterdir()]
        assert len(set(pids)) == 3
        assert server not in {str(pid) for pid in pids}
        assert not [one for one in files if one.startswith("/") and one != "/dev/null"], files


def test_a_server_outlives_children_that_end_just_when_they_are_let_go_of(document: int) -> None:
    with Workers(ENTRY, Limits(jobs=1), count=2) as workers, Workers(ENTRY) as others:
        staying = others.submit({}, document).result()["pid"]
        (server,) = children()
        for _ in range(60):
            waiting = [workers.submit({"number": number}, document) for number in range(10)]
            assert [one.result()["number"] for one in waiting] == list(range(10))
            assert children() == [server]
        assert others.submit({}, document).result()["pid"] == staying


def test_children_that_cannot_be_had_for_a_moment_are_there_again_later(
    document: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with Workers(ENTRY) as workers:
        with monkeypatch.context() as patch:
            patch.setattr("linksync.machine.limited_servers.Server.fork", fails)
            with pytest.raises(LimitedError) as caught:
                workers.submit({}, document).result()
        assert not caught.value.is_of_document
        assert until(lambda: _is_answered(workers, document), 10)


def _is_answered(workers: Workers, document: int) -> bool:
    try:
        return workers.submit({}, document).result()["size"] == 17
    except LimitedError:
        return False


def test_when_a_server_is_killed_another_one_comes_and_no_document_is_blamed(document: int) -> None:
    with Workers(ENTRY, SHORT) as workers:
        child = int(str(workers.submit({}, document).result()["pid"]))
        (server,) = children()
        os.kill(int(server), signal.SIGKILL)
        assert until(lambda: not is_running(child), 5)
        lost = workers.submit({"number": 1}, document)
        assert lost.result()["number"] == 1
        assert workers.submit({"number": 2}, document).result()["number"] == 2
        assert children() != [server]


def test_a_server_that_was_prepared_is_the_one_that_is_used_and_it_ends_with_its_process() -> None:
    with program("""
        import os
        from linksync.machine.limited import Workers
        from linksync.machine.limited_servers import prepare
        from played import children
        let_go = prepare("hostile_jobs:any_of_them")
        (server,) = children()
        for _ in range(2):
            with Workers("hostile_jobs:any_of_them") as workers, open("/etc/hostname", "rb") as file:
                assert workers.submit({}, file.fileno()).result()["size"]
            assert children() == [server], children()
        let_go()
        assert children() == []
        prepare("hostile_jobs:any_of_them")
        print(*children(), flush=True)
    """) as parent:
        told, errors = parent.communicate(timeout=20)
    assert errors == ""
    assert until(lambda: not is_running(int(told)), 5)


def test_a_fork_has_children_of_the_same_server_and_loses_them_when_it_is_killed(document: int) -> None:
    with Workers(ENTRY) as workers:
        workers.get_ready()
        (server,) = children()
        heard, said = os.pipe()
        fork = os.fork()
        if fork == 0:
            with Workers(ENTRY) as own:
                os.write(said, str(own.submit({}, document).result()["pid"]).encode())
                own.submit({"deed": "_sleeps_deaf"}, document).result()
        of_fork = int(os.read(heard, 20))
        assert limited() == [str(of_fork)]
        assert workers.submit({}, document).result()["pid"] != of_fork
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)
        assert until(lambda: not is_running(of_fork), 5)
        assert workers.submit({}, document).result()["size"] == 17
        assert children() == [server]
        os.close(heard)
        os.close(said)
