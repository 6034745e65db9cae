"""Screening at the table: what was staged is looked at in a limited process while the next file is read.

The bytes come from what was just read, or from the copy on the host's disk: the stick is not read for it. Small files
go many at a time, in one anonymous file; a file that cannot be looked at costs only itself, and is held.

Each process that reads has a screener, and thereby a limited process, of its own; what was seen is told with the rest
of what was read. A virus scanner, where there is one, is given the same bytes.
"""

import errno
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from linksync.custody.lists import Digest
from linksync.custody.relay import Policy
from linksync.custody.screening import CODES
from linksync.host.staging import Staging
from linksync.knowledge.clamd import TOO_SLOW, Scanner, Scanning, Verdict, begin
from linksync.knowledge.rules_names import name_codes
from linksync.machine.limited import LimitedError, Limits, Pending, Workers
from linksync.stick.sights import Seen

_JOBS = 64
"""Jobs of a limited process, each of 64 small files at the most: who takes one over can lie about no more."""
LIMITS = Limits(memory=512 << 20, processor=20, wall=30, answer=1 << 20, jobs=_JOBS)
HASTY = Limits(memory=512 << 20, processor=2, wall=3, answer=1 << 20, jobs=_JOBS)
"""Once several files have run out of time: more than any ordinary document takes, and a thousand hostile ones end."""
ENTRY = "linksync.knowledge.screen:work"

_FILES_AT_ONCE = 64
_BYTES_AT_ONCE = 2 << 20
_GIVEN_AT_ONCE = 8
"""Jobs that are not heard of yet: each has a file in memory, or one that is open."""
_SCANS_AT_ONCE = 8
_LATE_MAX = 8
"""Files that may run out of time before the others get less of it."""
_TELLING_MAX = 40 * 1024
"""Bytes of the paths in one job."""
_NOT_SCREENED, _NOT_SCANNED, _MALWARE = "not-screened", "not-scanned", "malware"


@dataclass(slots=True)
class _File:
    """A file that is being looked at."""

    path: bytes
    size: int
    digest: Digest
    descriptor: int = -1
    data: bytes | None = None
    scanning: Scanning | None = None

    @property
    def job(self) -> list[object]:
        """What the limited process is told of it."""
        return [self.path.decode("utf-8", "surrogateescape"), self.size]


@dataclass(slots=True)
class _Batch:
    """Files that are looked at together, in a file in memory; one alone where its bytes are not at hand.

    Attributes:
        memory: descriptor of the file in memory; -1 where there is none.
        beside: content that goes there next.
        lost: whether something of it could not be put there.
    """

    files: list[_File] = field(default_factory=list)
    octets: int = 0
    telling: int = 0
    pending: Pending | None = None
    memory: int = -1
    beside: list[bytes | memoryview] = field(default_factory=list)
    lost: bool = False

    def add(self, one: _File) -> None:
        self.files.append(one)
        self.octets += one.size
        self.telling += 6 * len(one.path) + 32

    @property
    def is_full(self) -> bool:
        return (
            len(self.files) >= _FILES_AT_ONCE or self.octets >= _BYTES_AT_ONCE or self.telling > _TELLING_MAX - 8 * 1024
        )


class Screener:
    """Looks at files as they are read; a ``stick.sights.Look``. To be closed.

    Args:
        staging: where the copies are of what is new; None where nothing is copied, and files are looked at where they
            stand.
        scanner: a virus scanner; None where there is none.
        demanded: whether a file that no scanner saw is to be told so, though there is none.
    """

    def __init__(self, staging: Staging | None, scanner: Scanner | None = None, *, demanded: bool = False) -> None:
        self._staging, self._scanner, self._demanded = staging, scanner, demanded
        self._owner = os.getpid()
        self._workers: Workers | None = None
        self._hasty: Workers | None = None
        self._late = 0
        self._gathering = _Batch()
        self._given: deque[_Batch] = deque()
        self._found: dict[bytes, Seen] = {}
        self._spare: list[int] = []  # files in memory: one that is there costs a fifth of a new one
        self._scannings: deque[Scanning] = deque()
        self._too_slow = 0  # answers in a row that did not come in time

    def read(self, path: bytes, size: int, digest: Digest, data: bytes | memoryview | None, descriptor: int) -> None:
        """A file was read; waits where there is too much to look at already."""
        self._own()
        one = _File(path, size, digest, descriptor)
        self._scan(one, data)
        if data is None:
            self._give(_Batch([one]))
            return
        if self._staging is None:
            one.data = data = bytes(data)
        self._gathering.add(one)
        self._gathering.beside.append(data)
        if isinstance(data, memoryview):
            self._bring_in(self._gathering)
        if self._gathering.is_full:
            self._give_gathered()

    def get_ready(self) -> None:
        """Start what takes long to start, here, also for those who read in a fork of this process."""
        self._workers = self._workers or Workers(ENTRY, LIMITS)
        self._workers.get_ready()

    def seen(self) -> dict[bytes, Seen]:
        """What was seen of every file since this was asked last; waits for it."""
        self._own()
        self._give_gathered()
        while self._given:
            self._settle_oldest()
        found, self._found = self._found, {}
        return found

    def close(self) -> None:
        """End the limited process of this process, whatever it is at."""
        if self._owner == os.getpid():
            for workers in (self._workers, self._hasty):
                if workers is not None:
                    workers.close()
            self._workers = self._hasty = None
        batches = (*self._given, self._gathering)
        for memory in (*self._spare, *(batch.memory for batch in batches if batch.memory >= 0)):
            os.close(memory)
        self._spare = []
        for one in (one for batch in batches for one in batch.files):
            if one.scanning is not None:
                one.scanning.close()

    def _own(self) -> None:
        """Begin anew in a fork: the limited process is its parent's."""
        if self._owner != os.getpid():
            self._owner = os.getpid()
            self._workers = self._hasty = None
            self._gathering, self._given, self._spare = _Batch(), deque(), []
            self._found = {}
            self._scannings = deque()

    def _give_gathered(self) -> None:
        if self._gathering.files:
            self._give(self._gathering)
            self._gathering = _Batch()

    def _give(self, batch: _Batch) -> None:
        """Hand a batch to the limited process; takes in what it said of others where many wait for that."""
        self._submit(batch)
        self._given.append(batch)
        if len(self._given) > _GIVEN_AT_ONCE:
            self._settle_oldest()

    def _settle_oldest(self) -> None:
        self._found.update((one.path, seen) for one, seen in self._answers(self._given.popleft()))

    def _submit(self, batch: _Batch) -> None:
        """Hand a batch over; waits where there is too much to do already."""
        workers = self._at_work()
        with suppress(OSError), self._together(batch) as file:
            batch.pending = workers.submit({"files": [one.job for one in batch.files]}, file.fileno())
        for one in batch.files:
            one.descriptor = -1  # it is closed soon

    def _at_work(self) -> Workers:
        """The limited process; another with less patience once enough files have run out of time."""
        if self._late >= _LATE_MAX:
            self._hasty = self._hasty or Workers(ENTRY, HASTY)
            return self._hasty
        self._workers = self._workers or Workers(ENTRY, LIMITS)
        return self._workers

    def _renew(self) -> None:
        """What answers as no limited process does may have been taken over."""
        for workers in (self._workers, self._hasty):
            if workers is not None:
                workers.renew()

    def _bring_in(self, batch: _Batch) -> None:
        """Put what is beside a batch into its file in memory."""
        beside, batch.beside = batch.beside, []
        try:
            if batch.memory < 0:
                batch.memory = self._spare.pop() if self._spare else os.memfd_create("screened", os.MFD_CLOEXEC)
                os.lseek(batch.memory, 0, os.SEEK_SET)
            _write_together(batch.memory, beside)
        except OSError:
            batch.lost = True  # each file is tried alone then

    def _together(self, batch: _Batch) -> BinaryIO:
        """The content of a batch, one file after the other, from its start.

        Raises:
            OSError: it cannot be had.
        """
        if batch.beside:
            self._bring_in(batch)
        if batch.lost:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return _opened_anew(batch.memory) if batch.memory >= 0 else self._opened(batch.files[0])

    def _opened(self, one: _File) -> BinaryIO:
        """The content of a file: its copy, or where it stands.

        Raises:
            OSError: it cannot be had.
        """
        copy = self._staging.open(one.digest) if self._staging is not None else None
        if copy is None and one.descriptor < 0:
            raise FileNotFoundError(one.digest.hex())
        if copy is None:
            os.lseek(one.descriptor, 0, os.SEEK_SET)
            return cast("BinaryIO", os.fdopen(one.descriptor, "rb", closefd=False))
        return copy

    def _answers(self, batch: _Batch) -> Iterator[tuple[_File, Seen]]:
        """What was seen of each file of a batch; where one of them broke off the look at all, each is tried alone."""
        try:
            answers = _told(batch)
            if answers is None and batch.pending is not None:
                self._renew()
        except LimitedError as error:
            answers = None
            self._late += error.slug == "worker-time" and len(batch.files) == 1
        if answers is None and len(batch.files) > 1:
            for one in batch.files:
                alone = _Batch([one], beside=[one.data] if one.data is not None else [])
                self._submit(alone)
                yield from self._answers(alone)
        if batch.memory >= 0:  # nobody reads it any more
            self._spare.append(batch.memory)
            batch.memory = -1
        if answers is None and len(batch.files) > 1:
            return
        for place, one in enumerate(batch.files):
            media_type, codes, inside = answers[place] if answers else ("", _unseen(one), 0)
            yield one, Seen(media_type, tuple(sorted({*codes, *self._scanned(one, inside)})))

    def _scan(self, one: _File, data: bytes | memoryview | None) -> None:
        if self._scanner is None or self._too_slow >= _SCANS_AT_ONCE:
            return  # a scanner that hangs is not waited for at each of a thousand files
        if len(self._scannings) >= _SCANS_AT_ONCE:
            too_slow = self._scannings.popleft().result().why == TOO_SLOW
            self._too_slow = self._too_slow + 1 if too_slow else 0
        with suppress(OSError), self._to_be_scanned(one, data) as file:
            one.scanning = begin(self._scanner, file, one.size)
            self._scannings.append(one.scanning)

    def _to_be_scanned(self, one: _File, data: bytes | memoryview | None) -> BinaryIO:
        """The content of a file, for a scanner that reads it in its own time.

        Raises:
            OSError: it cannot be had.
        """
        if data is None:
            return self._opened(one)
        memory = os.memfd_create("scanned", os.MFD_CLOEXEC)
        try:
            _write_together(memory, [data])
            return _opened_anew(memory)
        finally:
            os.close(memory)

    def _scanned(self, one: _File, inside: int) -> set[str]:
        """What the virus scanner says; it is silent of what lies in an archive and is too large for it."""
        if self._scanner is None:
            return {_NOT_SCANNED} if self._demanded else set()
        verdict = one.scanning.result().verdict if one.scanning is not None else Verdict.NOT_SCANNED
        if verdict is Verdict.FOUND:
            return {_MALWARE}
        return {_NOT_SCANNED} if verdict is Verdict.NOT_SCANNED or inside > self._scanner.largest else set()


def screener(staging: Staging | None, policy: Policy, scanner: Scanner | None) -> Screener:
    """A screener for a hand-off: a relay that says what becomes of files that were not scanned wants to be told."""
    return Screener(staging, scanner, demanded=_NOT_SCANNED in policy.screening)


def _write_together(memory: int, pieces: Sequence[bytes | memoryview]) -> None:
    """Write content to a file in memory, after what is there.

    Raises:
        OSError: there is no more memory.
    """
    if os.writev(memory, pieces) < sum(map(len, pieces)):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _opened_anew(memory: int) -> BinaryIO:
    """A file in memory, from its start, to be read only."""
    return cast("BinaryIO", os.fdopen(os.open(f"/proc/self/fd/{memory}", os.O_RDONLY | os.O_CLOEXEC), "rb"))


def _told(batch: _Batch) -> list[tuple[str, tuple[str, ...], int]] | None:
    """The answer of the limited process, which is a stranger's too; None where it is none.

    Raises:
        LimitedError: there is none, and why.
    """
    if batch.pending is None:
        return None
    answers = batch.pending.result().get("found")
    if not isinstance(answers, list) or len(answers) != len(batch.files):
        return None
    told = [_one(answer) for answer in answers]
    return None if None in told else cast("list[tuple[str, tuple[str, ...], int]]", told)


def _one(answer: object) -> tuple[str, tuple[str, ...], int] | None:
    match answer:
        case [str(media_type), list(codes), int(inside)] if all(map(_is_code, codes)):
            plain = media_type.isascii() and media_type.isprintable() and 0 < len(media_type) <= 200
            return (media_type, tuple(codes), inside) if plain else None
    return None


def _is_code(told: object) -> bool:
    return isinstance(told, str) and told in CODES


def _unseen(one: _File) -> tuple[str, ...]:
    """What can be said of a file that nobody could look into: what its name says."""
    return (_NOT_SCREENED, *name_codes(one.path, one.size))
