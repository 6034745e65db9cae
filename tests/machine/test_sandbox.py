"""What a sealed process can still do, here and on kernels that lack a part, and what its filter says to each call."""

import errno
import os
import struct
import subprocess
from pathlib import Path

import pytest
from kernels import LANDLOCK, SECCOMP, run
from media import need

from linksync.machine import seccomp

KILLED, ALLOWED = 0x80000000, 0x7FFF0000
REFUSED = 0x00050000


JOBS = """
    import sys
    from linksync.machine.limited import LimitedError, Workers, guarantees
    print(*guarantees())
    with Workers("hostile_jobs:any_of_them") as workers, open(sys.argv[1], "rb") as file:
        for job in ({}, {"deed": "_imports_later"}, {"deed": "_opens", "path": sys.argv[1]},
                    {"deed": "_opens", "path": "/etc/passwd"}, {"deed": "_connects", "address": ["127.0.0.1", 9]}):
            try:
                print(sorted(workers.submit(job, file.fileno()).result()))
            except LimitedError as error:
                print(error.slug, str(error.fields.get("why")).split()[0])
"""


def jobs_without(lacking: tuple[int, ...], document: Path) -> list[str]:
    done = run(JOBS, str(document), lacking=lacking)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "document"
    path.write_bytes(b"what stands in it")
    return path


def test_on_a_kernel_without_landlock_no_file_at_all_is_opened_and_what_is_imported_late_is_there(
    document: Path,
) -> None:
    held, honest, late, own, system, net = jobs_without((LANDLOCK,), document)
    assert {"no-files", "no-writing", "no-network", "no-processes"} <= set(held.split())
    assert "only-its-own-files" not in held
    assert honest == "['number', 'pid', 'size', 'text']"
    assert late == "['cyrillic', 'red', 'text']"
    assert (own, system) == ("worker-died PermissionError", "worker-died PermissionError")
    assert net == "worker-refused None"


def test_on_a_kernel_without_seccomp_landlock_still_guards_the_files(document: Path) -> None:
    held, _, late, own, system, net = jobs_without((SECCOMP,), document)
    assert {"only-its-own-files", "no-writing"} <= set(held.split())
    assert {"no-network", "no-processes"} & set(held.split()) == set()
    assert late == "['cyrillic', 'red', 'text']"
    assert (own, system) == ("worker-died PermissionError", "worker-died PermissionError")
    assert net == "worker-died PermissionError"  # by Landlock, which guards TCP


def test_on_a_kernel_with_neither_nothing_more_is_claimed_than_bounds(document: Path) -> None:
    held, honest, *_ = jobs_without((LANDLOCK, SECCOMP), document)
    assert {name for name in held.split() if name.startswith(("no-", "only"))} == {"no-privileges"}
    assert {"memory", "wall-time", "processor-time", "ends-with-parent"} <= set(held.split())
    assert honest == "['number', 'pid', 'size', 'text']"


def test_a_sealed_process_cannot_even_read_its_own_program_where_it_was_not_told_to(tmp_path: Path) -> None:
    done = run("""
        from linksync.machine import sandbox
        sandbox.seal(())
        try:
            open(sandbox.__file__)
        except PermissionError:
            print("refused")
    """)
    assert (done.stdout, done.returncode) == ("refused\n", 0)


def test_where_no_filter_is_to_be_had_nobody_but_root_starts_a_process_or_thread() -> None:
    done = run("""
        import os, threading
        from linksync.machine import sandbox
        os.setuid(65534)
        print("no-processes" in sandbox.bound(memory=1 << 30, open_files=32, written=0))
        for attempt in (os.fork, threading.Thread(target=print).start):
            try:
                attempt()
            except (BlockingIOError, RuntimeError) as error:
                print(type(error).__name__)
    """)
    assert done.stdout.split() == ["True", "BlockingIOError", "RuntimeError"]


def verdict(program: bytes, machine: int, number: int, *arguments: int) -> int:
    """What a filter says to a call: the five instructions that ours are made of, as the kernel carries them out."""
    data = struct.pack("<IIQ6Q", number, machine, 0, *(*arguments, *[0] * (6 - len(arguments))))
    lines = list(struct.iter_unpack("<HBBI", program))
    at = held = 0
    while True:
        code, yes, no, operand = lines[at]
        at += 1
        if code == 0x06:
            return int(operand)
        if code == 0x20:
            (held,) = struct.unpack_from("<I", data, operand)
        else:
            holds = {0x15: held == operand, 0x35: held >= operand, 0x45: bool(held & operand)}[code]
            at += yes if holds else no


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("reading", [True, False])
def test_every_system_call_gets_the_verdict_that_its_table_says(machine: str, reading: bool) -> None:
    program = seccomp.filter_for(machine, pid=77, reading=reading)
    allowed = set(seccomp.ALLOWED[machine].values()) | (set(seccomp.LOOKING[machine].values()) if reading else set())
    checked = set(seccomp.CHECKED[machine].values()) - allowed
    killed = set(seccomp.KILLED[machine].values())
    assert not allowed & killed
    assert not checked & killed
    for number in set(range(600)) - checked:
        expected = ALLOWED if number in allowed else KILLED if number in killed else REFUSED | errno.EPERM
        assert verdict(program, seccomp.AUDIT[machine], number) == expected, number


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    program = seccomp.filter_for(machine, pid=77, reading=True)
    for other in (0x40000003, *(set(seccomp.AUDIT.values()) - {seccomp.AUDIT[machine]})):
        assert verdict(program, other, 0) == KILLED
    if machine == "x86_64":
        assert verdict(program, seccomp.AUDIT[machine], 0x40000000) == KILLED


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_some_calls_depend_on_their_arguments(machine: str) -> None:
    numbers = seccomp.CHECKED[machine]
    closed = seccomp.filter_for(machine, pid=77, reading=False)
    reading = seccomp.filter_for(machine, pid=77, reading=True)

    def says(program: bytes, name: str, *arguments: int) -> int:
        return verdict(program, seccomp.AUDIT[machine], numbers[name], *arguments)

    refused = REFUSED | errno.EACCES
    assert says(reading, "openat", 0, 0, os.O_RDONLY | os.O_CLOEXEC) == ALLOWED
    assert says(closed, "openat", 0, 0, os.O_RDONLY) == refused
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_TMPFILE):
        assert says(reading, "openat", 0, 0, flags) == refused
    assert says(closed, "newfstatat", 5, 0, 0, 0x1000) == ALLOWED
    assert says(closed, "newfstatat", 5, 0, 0, 0) == refused
    assert says(reading, "clone", 17) == KILLED
    assert says(reading, "clone", 0x00010000) == REFUSED | errno.EPERM
    assert says(reading, "clone3") == REFUSED | errno.ENOSYS
    assert says(reading, "kill", 77, 9) == ALLOWED
    assert says(reading, "kill", 78, 9) == KILLED
    assert says(reading, "kill", (1 << 64) - 1, 9) == KILLED
    assert says(reading, "prlimit64", 0, 9, 0, 0) == ALLOWED
    for pointer in (1, 1 << 32, 1 << 40 | 1):
        assert says(reading, "prlimit64", 0, 9, pointer, 0) == REFUSED | errno.EPERM
    assert says(reading, "fcntl", 3, 1) == ALLOWED
    assert says(reading, "fcntl", 3, 6) == REFUSED | errno.EPERM  # a lock


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_numbers_of_the_system_calls_are_those_of_libseccomp(machine: str) -> None:
    resolver = need("scmp_sys_resolver")
    tables = (seccomp.ALLOWED, seccomp.LOOKING, seccomp.CHECKED, seccomp.KILLED)
    ours = {name: number for table in tables for name, number in table[machine].items()}
    found = {
        name: int(subprocess.run([resolver, "-a", machine, name], capture_output=True, check=True).stdout)
        for name in ours
    }
    assert found == ours
