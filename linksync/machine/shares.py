"""Sharing work with one more process: threads wait for each other over small files, processes do not.

The pieces of work lie in a pipe, and whoever is free takes the next one. A helper is a fork: it has the descriptors
and all that is known already, and sends back what it found. It ends with its parent, whatever happens. ``shared`` gives
half of the work to one helper; ``Apart`` gives all of it to two, and leaves their parent free for something else.
"""

import contextlib
import gc
import os
import pickle
import signal
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Generic, Self, TypeVar

from linksync.errors import LinksyncError
from linksync.machine.durable import write_all

Item = TypeVar("Item")
Result = TypeVar("Result")
Said = TypeVar("Said")
Progress = Callable[[int], None]
"""Told how many bytes were done since it was told last."""
Work = Callable[[int, Progress], Result]
"""Does the piece of that number."""
Doer = Callable[[Iterator[int], Progress], Iterator[Result]]
"""Does the pieces of those numbers, and answers as often as it likes."""
Lead = Callable[[Callable[[Said], None]], tuple[Doer[Result], int]]
Follow = Callable[[Iterator[Said]], Doer[Result]]

_NUMBER = struct.Struct("<I")
_LENGTH = struct.Struct("<Q")
PIECES_MAX = 16_000
"""Pieces that fit in a pipe's 64 KiB at once."""
_COST_TO_SHARE = 64 * 1024 * 1024
"""What starting a second process costs, in bytes that could be read in that time."""
_FILE_COST = 16 * 1024
"""What opening a file costs, in bytes that could be read in that time."""
_BATCH_COST = 8 * 1024 * 1024
_GLANCE = 0.1
"""Seconds between two looks at how far the helper is."""


def batches(costs: Iterable[tuple[Item, int]]) -> list[list[Item]]:
    """Items in batches of about equal cost, in their order: pieces of work, each a fair share for one of two.

    Work that is done sooner than a second process is started is one batch.

    Args:
        costs: each item, with the bytes that are read and written for it.
    """
    counted = list(costs)
    parts = spans([cost for _, cost in counted])
    return [[item for item, _ in counted[part.start : part.stop]] for part in parts]


def spans(costs: Sequence[int]) -> list[range]:
    """The same of the places of items, whose costs stand one after the other."""
    total = sum(costs) + _FILE_COST * len(costs)
    most = max(_BATCH_COST, total // (PIECES_MAX // 2)) if total > _COST_TO_SHARE else total
    starts: list[int] = []
    taken = most
    for place, cost in enumerate(costs):
        if taken >= most:
            starts.append(place)
            taken = 0
        taken += cost + _FILE_COST
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(costs)], strict=False)]


def done(work: Work[Result], count: int, progress: Progress) -> Iterator[Result]:
    """Do ``count`` pieces of work: here alone, or shared where that pays.

    Raises:
        LinksyncError: what a piece raised.
    """
    if count > 1 and can_share():
        return shared(work, count, progress)
    return (work(number, progress) for number in range(count))


def can_share() -> bool:
    """Whether a helper would help: a second processor, and no thread that a fork would cut off."""
    several = hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1
    return several and hasattr(os, "fork") and threading.active_count() == 1


def shared(work: Work[Result], count: int, progress: Progress) -> Iterator[Result]:
    """Do ``count`` pieces of work, some here and some in a helper; results come in no order.

    Raises:
        LinksyncError: what a piece raised, here or there.
        RuntimeError: the helper ended without a word.
    """
    if count > PIECES_MAX:
        raise ValueError(f"{count} pieces of work do not fit in a pipe")
    takes = _filled_pipe(count)
    answers, answering = os.pipe()
    gc.freeze()
    helper = os.fork()
    if helper == 0:
        os.close(answers)  # or nobody would be missed who was to listen, and a helper would wait for ever
        _help(lambda: _one_by_one(work), takes, answering)
    os.close(answering)
    listener: _Listener[Result] = _Listener(answers, SimpleQueue())
    try:
        for number in _taken(takes):
            yield work(number, lambda done: progress(done + listener.progress()))
        yield from listener.results(progress)
    finally:
        os.close(takes)
        with contextlib.suppress(ProcessLookupError):
            os.kill(helper, signal.SIGKILL)
        os.waitpid(helper, 0)
        listener.close()
        gc.unfreeze()


def _filled_pipe(count: int) -> int:
    takes, gives = os.pipe()
    os.write(gives, b"".join(_NUMBER.pack(number) for number in range(count)))
    os.close(gives)
    return takes


def _taken(pipe: int) -> Iterator[int]:
    """Pieces from the pipe, until there are none left."""
    while piece := os.read(pipe, _NUMBER.size):
        yield _NUMBER.unpack(piece)[0]


class Apart(Generic[Said, Result]):
    """Two helpers do all of the work, while their parent does something else. To be closed.

    The first one finds out what there is to do and tells the second one and the parent of it, thing by thing.

    Args:
        lead: is given a way to tell, and makes a doer and the count of pieces; runs in the first helper.
        follow: is given what was told, and makes the same doer; runs in the second one.
    """

    def __init__(self, lead: "Lead[Said, Result]", follow: "Follow[Said, Result]") -> None:
        takes, gives = os.pipe()
        hears, tells = os.pipe()
        self._helpers: list[int] = []
        self._listeners: list[_Listener[Result]] = []
        self._found: SimpleQueue[Result | None] = SimpleQueue()
        answers: list[int] = []
        gc.freeze()
        for begin in (partial(_lead, lead, gives, tells, hears), partial(_follow, follow, gives, tells, hears)):
            answer, answering = os.pipe()
            helper = os.fork()
            if helper == 0:
                for one in (*answers, answer):
                    os.close(one)
                _help(partial(begin, answering), takes, answering)
            os.close(answering)
            answers.append(answer)
            self._helpers.append(helper)
        for one in (takes, gives, hears, tells):
            os.close(one)
        self._listeners = [_Listener(answer, self._found) for answer in answers]

    def told(self) -> list[Said]:
        """What the first helper has told of, once that is all.

        Raises:
            LinksyncError: what it raised.
            RuntimeError: it ended without a word.
        """
        first = self._listeners[0]
        first.told.wait()
        first.check()
        return first.said

    def results(self, progress: Progress) -> Iterator[Result]:
        """What the two found, in no order, as it comes.

        Raises:
            LinksyncError: what one of them raised.
            RuntimeError: one ended without a word.
        """
        talking = len(self._listeners)
        while talking:
            with contextlib.suppress(Empty):
                one = self._found.get(timeout=_GLANCE)
                if one is None:
                    talking -= 1
                else:
                    yield one
            progress(sum(listener.progress() for listener in self._listeners))
        for listener in self._listeners:
            listener.check()

    def close(self) -> None:
        """End the two, whatever they are at."""
        for helper in self._helpers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(helper, signal.SIGKILL)
            os.waitpid(helper, 0)
        for listener in self._listeners:
            listener.close()
        self._helpers, self._listeners = [], []
        gc.unfreeze()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _lead(lead: "Lead[Said, Result]", gives: int, tells: int, hears: int, answering: int) -> Doer[Result]:
    os.close(hears)

    def say(thing: Said) -> None:
        message = _packed("said", thing)
        write_all(answering, message)
        with contextlib.suppress(BrokenPipeError):  # who follows has ended; the parent will hear of it
            write_all(tells, message)

    doer, count = lead(say)
    _send(answering, "told", None)
    os.close(tells)
    os.write(gives, b"".join(_NUMBER.pack(number) for number in range(count)))
    os.close(gives)
    return doer


def _follow(follow: "Follow[Said, Result]", gives: int, tells: int, hears: int, _answering: int) -> Doer[Result]:
    os.close(gives)
    os.close(tells)
    doer = follow(value for _, value in iter(lambda: _received(hears), None))
    os.close(hears)
    return doer


class _Listener(Generic[Result]):
    """Hears what a helper has to say, so that it never has to wait for us."""

    def __init__(self, pipe: int, found: "SimpleQueue[Result | None]") -> None:
        self._pipe = pipe
        self._found = found  # what it found, as it comes; None at the end
        self._error: LinksyncError | None = None
        self._ended = self._hung_up = False
        self._done = self._told = 0
        self.said: list[Any] = []
        self.told = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def progress(self) -> int:
        """What the helper has done since this was asked last."""
        done = self._done
        fresh, self._told = done - self._told, done
        return fresh

    def check(self) -> None:
        """Make sure that the helper did not fail.

        Raises:
            LinksyncError: what it raised.
            RuntimeError: it ended without a word.
        """
        if self._error is not None:
            raise self._error
        if not self._ended and self._hung_up:
            raise RuntimeError("the helper ended without a word")

    def results(self, progress: Progress) -> Iterator[Result]:
        """What the helper found, once it has ended."""
        alive = True
        while alive:
            self._thread.join(_GLANCE)
            alive = self._thread.is_alive()
            progress(self.progress())  # also of what it told last
        self.check()
        while (one := self._found.get()) is not None:
            yield one

    def close(self) -> None:
        """Stop listening; the helper has ended."""
        self._thread.join()
        os.close(self._pipe)

    def _listen(self) -> None:
        while (message := _received(self._pipe)) is not None:
            kind, value = message
            if kind == "done":
                self._done += value
            elif kind == "found":
                self._found.put(value)
            elif kind == "said":
                self.said.append(value)
            elif kind == "told":
                self.told.set()
            elif kind == "error":
                self._error = value
            else:
                self._ended = True
        self._hung_up = True
        self._found.put(None)
        self.told.set()


def _one_by_one(work: Work[Result]) -> Doer[Result]:
    """A doer that answers for each piece."""
    return lambda numbers, progress: (work(number, progress) for number in numbers)


def _help(begin: Callable[[], Doer[Result]], takes: int, answering: int) -> None:
    """What a helper does; does not return."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            do, teller = begin(), _Teller(answering)
            for result in do(_taken(takes), teller.tell):
                _send(answering, "found", result)
            teller.tell_all()
            _send(answering, "end", None)
            status = 0
        except LinksyncError as error:
            _send(answering, "error", error)
    finally:
        os._exit(status)


class _Teller:
    """Tells how much was done, no more often than anybody looks: each telling wakes who hears it."""

    def __init__(self, answering: int) -> None:
        self._answering = answering
        self._untold, self._told_at = 0, time.monotonic()

    def tell(self, count: int) -> None:
        """So much more was done."""
        self._untold += count
        if time.monotonic() - self._told_at >= _GLANCE:
            self.tell_all()

    def tell_all(self) -> None:
        """Tell what was not told yet."""
        _send(self._answering, "done", self._untold)
        self._untold, self._told_at = 0, time.monotonic()


def _send(pipe: int, kind: str, value: object) -> None:
    write_all(pipe, _packed(kind, value))


def _packed(kind: str, value: object) -> bytes:
    data = pickle.dumps((kind, value), protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def _received(pipe: int) -> tuple[str, Any] | None:
    """The next thing that the helper said; None when it has hung up."""
    head = _exactly(pipe, _LENGTH.size)
    data = _exactly(pipe, _LENGTH.unpack(head)[0]) if head else b""
    return pickle.loads(data) if data else None  # noqa: S301 - from a fork of this very process


def _exactly(pipe: int, count: int) -> bytes:
    pieces = []
    while count and (piece := os.read(pipe, min(count, 1 << 20))):
        pieces.append(piece)
        count -= len(piece)
    return b"" if count else b"".join(pieces)
