"""linksync as people run it: in a process of its own, in a pipe or on a terminal."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

LINKSYNC = [sys.executable, "-m", "linksync"]
FAILING = [
    sys.executable,
    "-c",
    "from linksync.cli import main; "
    "main.COMMANDS['fail'] = main.Row('failing:command', 'Fail.'); main.main(prog_name='linksync')",
    "fail",
]
HERE = str(Path(__file__).parent / "cli")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run gave: exit status, stdout, stderr."""

    status: int
    out: str
    err: str


def run(*arguments: str, program: list[str] = LINKSYNC, cwd: Path | None = None, **variables: str) -> Ran:
    """Run in a pipe, with nobody to answer questions."""
    done = subprocess.run(
        [*program, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": HERE, **variables},
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Terminal:
    """A run on a terminal, for as long as it is entered."""

    def __init__(self, *arguments: str, program: list[str] = LINKSYNC, **variables: str) -> None:
        """Start the program."""
        self.shown = ""
        self._pid, self._screen = pty.fork()
        if self._pid == 0:  # the child becomes the program
            environment = {**os.environ, "PYTHONPATH": HERE, "TERM": "xterm", "COLUMNS": "100", **variables}
            os.execve(program[0], [*program, *arguments], environment)  # noqa: S606

    def until(self, text: str) -> None:
        """Wait until the screen has shown a text, however its lines were folded."""
        self.until_match(re.escape(_folded(text)))

    def until_match(self, pattern: str) -> None:
        """Wait until what the screen has shown, its lines unfolded, holds a match."""
        deadline = time.monotonic() + 30
        while not re.search(pattern, _folded(self.shown)):
            if time.monotonic() > deadline or not self._more():
                self._give_up()

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._screen, text.encode())

    def ends(self) -> int:
        """Wait for the end; the exit status."""
        while self._more():
            pass
        os.close(self._screen)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _give_up(self) -> None:
        """End the program, so that no other test meets it, and fail."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._screen)
        raise AssertionError(f"nothing more after {self.shown!r}")

    def _more(self) -> bool:
        ready, _, _ = select.select([self._screen], [], [], 30)
        if not ready:
            self._give_up()
        try:
            piece = os.read(self._screen, 65536)
        except OSError:  # how a terminal says that nobody is left on it
            return False
        self.shown += piece.decode("utf-8", "replace")
        return bool(piece)


def _folded(text: str) -> str:
    return " ".join(text.split())
