"""A process gives up what it does not need, and cannot take it back: for work on documents from strangers.

What holds afterwards, by what the kernel has:

==================================  =======================================================================
any Unix                            bounds on open files and written bytes; no core file; low priority; no
                                    process or thread, unless it is root's
Linux                               a bound on memory; ends with its parent; no privileges, nor any to be had;
                                    never dumped
Linux, seccomp, x86_64 or aarch64   no network (not even another program's socket), no program, process or
                                    thread, no signal to others, nothing written, made, renamed or removed
the same without Landlock           no file can be opened at all
Landlock (Linux 5.13)               only the files of the program itself and the system's libraries can be
                                    read: no home, no ``/etc``, no stick. Whether a file exists, its size
                                    and its dates can still be seen, the names in a folder cannot
Landlock alone                      nothing written, no program started; no TCP from Linux 6.7, no abstract
                                    sockets and no signals from 6.12; UDP and unix sockets stay open
neither, or no Linux                none of these: only bounds
==================================  =======================================================================

What was open before stays open. The bound on memory is on the address space, so that it holds for everything: more than
that is never taken, and what is mapped counts. ``seal`` says which of it the kernel really granted.
"""

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Sequence

from linksync.machine import seccomp

MEMORY, OPEN_FILES, WRITTEN = "memory", "open-files", "written-bytes"
WITH_PARENT, NO_PRIVILEGES = "ends-with-parent", "no-privileges"
NO_NETWORK, NO_PROCESSES, NO_WRITING = "no-network", "no-processes", "no-writing"
ONLY_ITS_OWN_FILES, NO_FILES = "only-its-own-files", "no-files"

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CAPSET = {"x86_64": 126, "aarch64": 91}
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30}
_BEST_EFFORT_LAST = 2 << 13 | 7
_NICE = 5
"""A quarter of a processor that others want as well: idle, a busy computer would let every document run out of time."""

# linux/landlock.h; the numbers are the same on all architectures
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_RIGHTS, _SCOPES = 0b11, 0b11
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")

_LIBC = ctypes.CDLL(None, use_errno=True)


def bound(*, memory: int, open_files: int, written: int) -> tuple[str, ...]:
    """Bound what this process may take, for good.

    Args:
        memory: bytes of address space.
        open_files: descriptors, those that are open already among them.
        written: bytes that a file may be made long.

    Returns:
        What holds now.
    """
    held = [OPEN_FILES, WRITTEN]
    limits = {"RLIMIT_NOFILE": open_files, "RLIMIT_FSIZE": written, "RLIMIT_CORE": 0, "RLIMIT_NPROC": 0}
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, name), (most, most))
    if sys.platform == "linux":  # elsewhere the kernel takes the number and does not look at it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        held.append(MEMORY)
    if os.geteuid() != 0:  # root's are not counted
        held.append(NO_PROCESSES)
    return tuple(held)


def recede() -> None:
    """Let all other work on this computer go first, as far as it is waiting."""
    os.nice(_NICE)
    if sys.platform == "linux" and platform.machine() in _IOPRIO_SET:
        _syscall(_IOPRIO_SET[platform.machine()], 1, 0, _BEST_EFFORT_LAST)


def end_with(parent: int) -> bool:
    """Be killed when the thread that made this process ends; at once where it already has. Whether the kernel will."""
    held = sys.platform == "linux" and bool(_LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)
    if os.getppid() != parent:
        os._exit(1)
    return held


def landlock() -> int:
    """The version of Landlock that this kernel has; 0 where there is none, or where it is switched off."""
    return max(0, _syscall(_CREATE_RULESET, None, 0, _VERSION)) if sys.platform == "linux" else 0


def seal(readable: Sequence[str], *, with_landlock: bool = True) -> tuple[str, ...]:
    """Give up everything but computing, and what is open.

    Args:
        readable: files and folders that may still be read where Landlock guards them; without it, no file may.
        with_landlock: False does as if the kernel had none.

    Returns:
        What holds now, as constants of this module.
    """
    if sys.platform != "linux" or _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return ()
    held = [NO_PRIVILEGES] if _drop_capabilities() else []
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # or what reads core dumps would get the document
    version = landlock() if with_landlock else 0
    guarded = version > 0 and _guard(version, readable)
    machine = platform.machine()
    filtered = machine in seccomp.AUDIT and seccomp.install(
        seccomp.filter_for(machine, pid=os.getpid(), reading=guarded), machine
    )
    if filtered:
        held += [NO_NETWORK, NO_PROCESSES]
    if filtered or guarded:
        held += [NO_WRITING, ONLY_ITS_OWN_FILES if guarded else NO_FILES]
    return tuple(held)


def _drop_capabilities() -> bool:
    """Whether the process has none of root's powers any more."""
    number = _CAPSET.get(platform.machine())
    if number is None:
        return os.geteuid() != 0
    head, none = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    return _syscall(number, head, none) == 0


def _guard(version: int, readable: Sequence[str]) -> bool:
    """Put this process under Landlock's guard; whether it is."""
    rights = _FILE_RIGHTS.get(version, _FILE_RIGHTS[5])
    net, scopes = (_NET_RIGHTS if version >= 4 else 0), (_SCOPES if version >= 6 else 0)
    rules = _syscall(_CREATE_RULESET, struct.pack("=QQQ", rights, net, scopes), 24, 0)
    if rules < 0:
        return False
    try:
        for path in (*_LIBRARIES, *readable):
            _let_read(rules, path)
        return _syscall(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _let_read(rules: int, path: str) -> None:
    with contextlib.suppress(OSError):  # what is not there cannot be read
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)
            _syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
        finally:
            os.close(descriptor)


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    """A system call; an int argument stands in a whole register, as the kernel reads it."""
    whole = (ctypes.c_long(one) if isinstance(one, int) else one for one in arguments)
    return int(_LIBC.syscall(ctypes.c_long(number), *whole))
