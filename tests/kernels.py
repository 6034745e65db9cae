"""Kernels that lack a part: a program that runs as if its kernel had no Landlock, or no seccomp, or neither.

A filter of its own lets it, and all that it starts, find those system calls missing: what a kernel without them says.
"""

import os
import subprocess
import sys
import textwrap

MACHINE = os.uname().machine
LANDLOCK, SECCOMP = 444, {"x86_64": 317, "aarch64": 277}[MACHINE]

_LACKING = """
import ctypes, struct
from linksync.machine import seccomp
lines = [(0x20, 0, 0, 0)]
for number in {numbers}:
    lines += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | 38)]
lines.append((0x06, 0, 0, 0x7FFF0000))
assert ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) == 0
assert seccomp.install(b"".join(struct.pack("<HBBI", *line) for line in lines), {machine!r})
"""


def run(text: str, *arguments: str, lacking: tuple[int, ...] = ()) -> "subprocess.CompletedProcess[str]":
    """Run a program with the modules of this one.

    Args:
        text: the program.
        arguments: its own.
        lacking: numbers of system calls that its kernel has not.
    """
    before = _LACKING.format(numbers=lacking, machine=MACHINE) if lacking else ""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", before + textwrap.dedent(text), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
