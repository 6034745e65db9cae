"""What a limited child may take, and what is said when a document takes more. See ``limited``."""

import signal
from dataclasses import dataclass

from linksync.errors import LinksyncError
from linksync.machine import limited_child as child
from linksync.machine.limited_process import TooMuchError, answer_of

_OUT_OF_TIME = frozenset({-signal.SIGALRM, -signal.SIGPROF, -signal.SIGXCPU})


class LimitedError(LinksyncError):
    """A document could not be worked on within the limits; it alone goes without an answer.

    ``worker-memory`` (``limit``, bytes), ``worker-time`` (``wall`` and ``processor``, seconds), ``worker-answer``
    (``limit``, bytes), ``worker-refused``: it did what no document needs, ``worker-died`` (``why``; ``started`` is
    False where no child could be started at all, which is no fault of the document).
    """

    @property
    def is_of_document(self) -> bool:
        """Whether a child was at it: else this computer can work on no document now."""
        return self.fields.get("started") is not False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may take.

    Attributes:
        memory: bytes of address space, all of it, the program too.
        processor: seconds of processor time for a job.
        wall: seconds for a job, however slow the computer is.
        open_files: descriptors that may be open.
        written: bytes that a file may be made long, where it could open one.
        answer: bytes of an answer.
        jobs: jobs after which a child makes room for a fresh one, whatever it says of itself.
    """

    memory: int = 512 << 20
    processor: float = 20.0
    wall: float = 30.0
    open_files: int = 32
    written: int = 0
    answer: int = 16 << 20
    jobs: int = 1000

    def outcome(self, kind: bytes, payload: bytes) -> dict[str, object] | LimitedError:
        """What a child's word on a job means: an answer, or why there is none.

        Raises:
            TooMuchError: that is no such word, or no answer that there can be.
        """
        if kind in (child.ANSWER, child.LAST_ANSWER):
            return answer_of(payload)
        if kind == child.MEMORY:
            return LimitedError("worker-memory", limit=self.memory)
        if kind == child.TOO_MUCH:
            return self.too_much()
        if kind == child.RAISED:
            return LimitedError("worker-died", why=payload.decode("ascii", "replace"))
        raise TooMuchError

    def told_by(self, status: int | None) -> LimitedError:
        """What the end of a child says about the job that it was at.

        Args:
            status: its own, or minus a signal's number; None where it only hung up.
        """
        if status in _OUT_OF_TIME:
            return self.out_of_time()
        if status == -signal.SIGSYS:
            return LimitedError("worker-refused")
        return LimitedError("worker-died", why=ending(status))

    def out_of_time(self) -> LimitedError:
        """A job took longer than it may."""
        return LimitedError("worker-time", wall=self.wall, processor=self.processor)

    def too_much(self) -> LimitedError:
        """A job answered more than it may, or what is no answer."""
        return LimitedError("worker-answer", limit=self.answer)


def ending(status: int | None) -> str:
    """How a process ended."""
    if status is None:
        return "hung up"
    return f"signal {-status}" if status < 0 else f"status {status}"
