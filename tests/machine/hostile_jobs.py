"""Jobs that documents would like to do in a limited child: the entries of tests/machine/test_limited.py."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

IMPORTS_LATER = ("colorsys",)

Answer = dict[str, object]


def read(job: dict[str, object], file: BinaryIO) -> Answer:
    """An honest job: where the file ends, what is in it, and the job's own number."""
    data = file.read()
    return {"number": job.get("number"), "text": data[:100].decode("latin-1"), "size": len(data), "pid": os.getpid()}


def any_of_them(job: dict[str, object], file: BinaryIO) -> Answer:
    """The job whose name is given."""
    if job.get("deed") in (None, "read"):
        return read(job, file)
    return DEEDS[str(job["deed"])](job, file)


def _memory(_job: Answer, _file: BinaryIO) -> Answer:
    return {"size": len(bytearray(3 << 30))}


def _memory_by_pieces(_job: Answer, _file: BinaryIO) -> Answer:
    hoard = []
    while True:
        hoard.append(bytearray(1 << 20))


def _leaves_memory(_job: Answer, _file: BinaryIO) -> Answer:
    HOARD.append(bytearray(350 << 20))
    return {"pid": os.getpid()}


HOARD: list[bytearray] = []


def _spins(_job: Answer, _file: BinaryIO) -> Answer:
    while True:
        pass


def _sleeps(job: Answer, _file: BinaryIO) -> Answer:
    time.sleep(float(str(job.get("seconds", 3600))))
    return {"pid": os.getpid()}


def _sleeps_deaf(job: Answer, file: BinaryIO) -> Answer:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    return _sleeps(job, file)


def _forks(_job: Answer, _file: BinaryIO) -> Answer:
    while True:
        os.fork()


def _threads(_job: Answer, _file: BinaryIO) -> Answer:
    threading.Thread(target=time.sleep, args=(60,)).start()
    return {}


def _runs(_job: Answer, _file: BinaryIO) -> Answer:
    return {"code": subprocess.call(["/bin/true"])}


def _executes(_job: Answer, _file: BinaryIO) -> Answer:
    os.execv("/bin/true", ["true"])  # noqa: S606 - which is refused


def _exits(_job: Answer, _file: BinaryIO) -> Answer:
    os._exit(0)


def _exits_politely(_job: Answer, _file: BinaryIO) -> Answer:
    sys.exit(3)


def _raises(_job: Answer, file: BinaryIO) -> Answer:
    raise ValueError(file.read())


def _segfaults(_job: Answer, _file: BinaryIO) -> Answer:
    ctypes.string_at(8)
    return {}


def _aborts(_job: Answer, _file: BinaryIO) -> Answer:
    os.abort()


def _recurses(job: Answer, file: BinaryIO) -> Answer:
    return _recurses(job, file)


def _opens(job: Answer, _file: BinaryIO) -> Answer:
    with open(str(job["path"]), str(job.get("mode", "rb"))) as file:
        return {"text": str(file.read(100))}


def _lists(job: Answer, _file: BinaryIO) -> Answer:
    return {"names": os.listdir(str(job["path"]))}


def _removes(job: Answer, _file: BinaryIO) -> Answer:
    os.unlink(str(job["path"]))
    return {}


def _connects(job: Answer, _file: BinaryIO) -> Answer:
    address: Any = job["address"]
    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(kind) as client:
        client.connect(address if isinstance(address, str) else tuple(address))
        client.sendall(b"out")
    return {}


def _kills(job: Answer, _file: BinaryIO) -> Answer:
    os.kill(int(str(job["pid"])), signal.SIGTERM)
    return {}


def _prints(_job: Answer, _file: BinaryIO) -> Answer:
    print("HOSTILE WORDS", flush=True)
    print("HOSTILE WORDS", file=sys.stderr, flush=True)
    os.write(1, b"HOSTILE WORDS")
    os.write(2, b"HOSTILE WORDS")
    return {"done": True}


def _says(job: Answer, _file: BinaryIO) -> Answer:
    return {"text": "x" * int(str(job["size"]))}


def _says_many(job: Answer, _file: BinaryIO) -> Answer:
    return {"values": [[]] * int(str(job["count"]))}


def _says_nonsense(_job: Answer, _file: BinaryIO) -> Answer:
    return {"text": {1, 2}}


def _says_no_dict(_job: Answer, _file: BinaryIO) -> Any:
    return [1, 2]


def _speaks(job: Answer, _file: BinaryIO) -> Answer:
    """Write to the channel itself, whichever descriptor that is, and never answer."""
    for descriptor in range(3, 32):
        with contextlib.suppress(OSError):
            os.write(descriptor, bytes.fromhex(str(job["bytes"])))
    return _sleeps({}, _file)


def _never_retires(job: Answer, file: BinaryIO) -> Answer:
    """Do as one that took over its process does, which goes on as long as it can."""
    room = sys.modules["linksync.machine.limited_child"].__dict__["_Room"]
    room.to_go_on = lambda _self: True
    return read(job, file)


def _tells_all(_job: Answer, _file: BinaryIO) -> Answer:
    open_ones = [number for number in range(64) if _is_open(number)]
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "open": open_ones,
        "variables": sorted(vars(sys.modules["__main__"])),
    }


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _imports_later(_job: Answer, _file: BinaryIO) -> Answer:
    import colorsys

    return {
        "red": colorsys.rgb_to_hsv(1, 0, 0)[2],
        "text": b"\xe9".decode("cp1252"),
        "cyrillic": b"\xd6".decode("koi8-r"),
    }


def _leaves_files_open(_job: Answer, file: BinaryIO) -> Answer:
    LEFT.append(os.dup(file.fileno()))
    return {"pid": os.getpid()}


LEFT: list[int] = []


def _changes_the_file(job: Answer, file: BinaryIO) -> Answer:
    os.fchmod(file.fileno(), 0o777)
    return {}


def _takes_a_lock(job: Answer, file: BinaryIO) -> Answer:
    import fcntl

    fcntl.flock(file.fileno(), fcntl.LOCK_SH)
    return {}


def _raises_its_limits(job: Answer, file: BinaryIO) -> Answer:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return {}


def _looks_into_another(job: Answer, file: BinaryIO) -> Answer:
    libc = ctypes.CDLL(None, use_errno=True)
    return {"answer": libc.ptrace(16, int(str(job["pid"])), 0, 0), "errno": ctypes.get_errno()}


DEEDS: dict[str, Callable[[dict[str, object], BinaryIO], Answer]] = {
    name: deed for name, deed in list(globals().items()) if name.startswith("_") and callable(deed)
}
