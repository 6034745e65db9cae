"""Which system calls a process may still make: a seccomp filter, put together here, held by the kernel.

What a reader of documents needs is let through, some of it only with certain arguments. What only an attack needs (the
network, programs, processes, other processes' memory, the kernel's inner workings) ends the process at once. All
else is refused with EPERM, which libraries know how to live with. The filter cannot be taken off again.

For x86_64 and aarch64, on kernels with seccomp filters (Linux 3.5). See seccomp(2) and ``linux/bpf_common.h``.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Iterator
from typing import TypeAlias

_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where they stand in ``struct seccomp_data``; arguments are 64 bits each, low half first on both architectures."""
_X32 = 0x40000000
_MODE_FILTER, _THREADS_TOO = 1, 1

_Line: TypeAlias = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""What the kernel calls the architectures that the tables below are for."""

# fmt: off
ALLOWED = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11,
        "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19,
        "writev": 20, "select": 23, "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32, "nanosleep": 35,
        "getitimer": 36, "setitimer": 38, "getpid": 39, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47,
        "exit": 60, "uname": 63, "getcwd": 79, "gettimeofday": 96, "getrusage": 98, "sysinfo": 99, "times": 100,
        "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "sigaltstack": 131,
        "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204, "set_tid_address": 218,
        "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231,
        "pselect6": 270, "ppoll": 271, "set_robust_list": 273, "preadv": 295, "getcpu": 309, "getrandom": 318,
        "rseq": 334,
    },
    "aarch64": {
        "getcwd": 17, "dup": 23, "close": 57, "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66,
        "pread64": 67, "preadv": 69, "pselect6": 72, "ppoll": 73, "fstat": 80, "exit": 93, "exit_group": 94,
        "set_tid_address": 96, "futex": 98, "set_robust_list": 99, "nanosleep": 101, "getitimer": 102,
        "setitimer": 103, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "sched_getaffinity": 123,
        "sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
        "rt_sigreturn": 139, "times": 153, "uname": 160, "getrusage": 165, "getcpu": 168, "gettimeofday": 169,
        "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177, "gettid": 178,
        "sysinfo": 179, "sendto": 206, "recvfrom": 207, "sendmsg": 211, "recvmsg": 212, "brk": 214, "munmap": 215,
        "mremap": 216, "mmap": 222, "mprotect": 226, "madvise": 233, "getrandom": 278, "rseq": 293,
    },
}
"""Let through, whatever the arguments."""

LOOKING = {
    "x86_64": {"stat": 4, "lstat": 6, "getdents64": 217, "newfstatat": 262, "statx": 332},
    "aarch64": {"getdents64": 61, "newfstatat": 79, "statx": 291},
}
"""Let through where Landlock guards what is opened: whoever imports a module looks for it first."""

CHECKED = {
    "x86_64": {"open": 2, "clone": 56, "kill": 62, "fcntl": 72, "tgkill": 234, "openat": 257, "newfstatat": 262,
               "prlimit64": 302, "clone3": 435},
    "aarch64": {"fcntl": 25, "openat": 56, "newfstatat": 79, "kill": 129, "tgkill": 131, "clone": 220,
                "prlimit64": 261, "clone3": 435},
}
"""Let through with some arguments only; ``_checks`` has the rules."""

KILLED = {
    "x86_64": {
        "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "socketpair": 53, "fork": 57, "vfork": 58,
        "execve": 59, "ptrace": 101, "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "swapon": 167,
        "reboot": 169, "init_module": 175, "tkill": 200, "kexec_load": 246, "add_key": 248, "request_key": 249,
        "keyctl": 250, "unshare": 272, "accept4": 288, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313, "bpf": 321, "execveat": 322,
        "userfaultfd": 323, "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "pidfd_open": 434, "pidfd_getfd": 438,
    },
    "aarch64": {
        "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "unshare": 97, "kexec_load": 104,
        "init_module": 105, "ptrace": 117, "tkill": 130, "reboot": 142, "socket": 198, "socketpair": 199, "bind": 200,
        "listen": 201, "accept": 202, "connect": 203, "add_key": 217, "request_key": 218, "keyctl": 219,
        "execve": 221, "swapon": 224, "perf_event_open": 241, "accept4": 242, "open_by_handle_at": 265, "setns": 268,
        "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273, "bpf": 280, "execveat": 281,
        "userfaultfd": 282, "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "pidfd_open": 434, "pidfd_getfd": 438,
    },
}
"""What ends the process."""
# fmt: on

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_OPEN_ONLY = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | (getattr(os, "O_TMPFILE", 0) & ~os.O_DIRECTORY)
"""Flags of open(2) that are for more than reading."""
_CLONE_THREAD, _AT_EMPTY_PATH = 0x00010000, 0x1000
_FCNTL_ABOUT_ITSELF = (0, 1, 2, 3, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))


def filter_for(machine: str, *, pid: int, reading: bool) -> bytes:
    """The filter, as the kernel takes it.

    Args:
        machine: a key of ``AUDIT``.
        pid: the process it is for; it may send signals to itself.
        reading: whether files may be opened for reading, and looked for; Landlock says which.
    """
    allowed = {**ALLOWED[machine], **(LOOKING[machine] if reading else {})}
    lines: list[_Line] = [(_LOAD, 0, 0, _ARCHITECTURE), (_JUMP_EQUAL, 1, 0, AUDIT[machine]), _give(_KILL)]
    lines.append((_LOAD, 0, 0, _NUMBER))
    if machine == "x86_64":
        lines += [(_JUMP_AT_LEAST, 0, 1, _X32), _give(_KILL)]
    for number in allowed.values():
        lines += _case(number, [_give(_ALLOW)])
    for number in KILLED[machine].values():
        lines += _case(number, [_give(_KILL)])
    for name, number in CHECKED[machine].items():
        if name not in allowed:
            lines += _case(number, _checks(name, pid, reading))
    lines.append(_give(_REFUSE | errno.EPERM))
    return b"".join(struct.pack("<HBBI", *line) for line in lines)


def install(filtering: bytes, machine: str) -> bool:
    """Put the process, all of its threads, under the filter; whether the kernel did. It has to have no_new_privs."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(filtering) // 8, filtering)
    number = ctypes.c_long(_SECCOMP[machine])
    return bool(libc.syscall(number, _MODE_FILTER, _THREADS_TOO, ctypes.byref(program)) == 0)


def _give(verdict: int) -> _Line:
    return _RETURN, 0, 0, verdict


def _case(number: int, then: Iterable[_Line]) -> Iterator[_Line]:
    """What happens to the call of that number; any other goes on behind it."""
    body = list(then)
    yield _JUMP_EQUAL, 0, len(body), number
    yield from body


def _checks(name: str, pid: int, reading: bool) -> list[_Line]:
    """The verdict on a call by its arguments."""
    if name in ("open", "openat"):
        forbidden = _give(_REFUSE | errno.EACCES)
        flags = _load(1 if name == "open" else 2)
        return [*flags, (_JUMP_ANY_BIT, 1, 0, _OPEN_ONLY), _give(_ALLOW), forbidden] if reading else [forbidden]
    if name == "clone":  # a library that wants a thread gets none; a process is an attack
        return [*_load(0), (_JUMP_ANY_BIT, 0, 1, _CLONE_THREAD), _give(_REFUSE | errno.EPERM), _give(_KILL)]
    if name == "clone3":  # its flags lie in memory, where a filter cannot look: libraries use clone instead
        return [_give(_REFUSE | errno.ENOSYS)]
    if name in ("kill", "tgkill"):
        return [*_load(0), (_JUMP_EQUAL, 0, 1, pid), _give(_ALLOW), _give(_KILL)]
    if name == "fcntl":
        matches = [line for one in _FCNTL_ABOUT_ITSELF for line in _case(one, [_give(_ALLOW)])]
        return [*_load(1), *matches, _give(_REFUSE | errno.EPERM)]
    if name == "newfstatat":  # what the C library makes of fstat
        return [*_load(3), (_JUMP_ANY_BIT, 0, 1, _AT_EMPTY_PATH), _give(_ALLOW), _give(_REFUSE | errno.EACCES)]
    # prlimit64, to ask for limits, never to set them: both halves of the pointer to new ones are 0
    refused = _give(_REFUSE | errno.EPERM)
    halves = [*_load(2), (_JUMP_EQUAL, 1, 0, 0), refused, *_load(2, half=1), (_JUMP_EQUAL, 1, 0, 0), refused]
    return [*halves, _give(_ALLOW)]


def _load(argument: int, half: int = 0) -> list[_Line]:
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument + 4 * half)]
