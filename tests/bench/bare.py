"""What any hand-off has to do, and nothing else: read each file once, hash it, copy it, sync. No tool: a limit.

    python tests/bench/bare.py FROM TO

Two processes, each with every second file; nothing is compared, screened, signed or archived.
"""

import hashlib
import mmap
import os
import sys
from pathlib import Path

PIECE = 1 << 20


def copy(files: list[Path], to: Path) -> None:
    """Hash and copy files, each under its hash."""
    buffer = mmap.mmap(-1, PIECE)
    view = memoryview(buffer)
    for number, path in enumerate(files):
        total, new = hashlib.sha256(), to / f"{os.getpid()}-{number}"
        source = os.open(path, os.O_RDONLY)
        target = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        while count := os.readv(source, [buffer]):
            total.update(view[:count])
            os.write(target, view[:count])
        os.close(source)
        os.close(target)
        folder = to / total.hexdigest()[:2]
        folder.mkdir(exist_ok=True)
        os.replace(new, folder / total.hexdigest())


def main(source: Path, to: Path) -> None:
    files = sorted(path for path in source.rglob("*") if path.is_file())
    to.mkdir()
    helper = os.fork()
    copy(files[helper != 0 :: 2], to)
    if helper == 0:
        os._exit(0)
    _, status = os.waitpid(helper, 0)
    os.sync()
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
