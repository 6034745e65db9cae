"""Settling: which files that people are putting on a stick are complete.

**Complete** is a file that was the same (size and time) at two looks that stand ``QUIET`` seconds apart (times on FAT
have steps of two seconds), that no program has open for writing, whose name is not one that programs give to what they
have not finished, and that no lock file says is open in a program. A file that was there already when the stick was
first looked at, and has not changed since, is judged by the programs alone: what another computer left behind is not
"being written".

What is found here is for showing people what arrives and for choosing the moment; what is new on the stick, and what
is missing, is judged by reading it.
"""

import errno
import re
import time
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from linksync.custody import names
from linksync.custody.litter import is_litter_name
from linksync.stick.medium import Medium
from linksync.stick.tree import DEPTH_MAX, OWN_AT_ROOT, under

QUIET = 4.0
"""Seconds that a file must stay the same."""
ABANDONED = 600.0
"""Seconds after which an unfinished name or a lock file keeps nothing waiting any more."""
FULL_LOOK = 300.0
"""Seconds between two looks at everything; in between only where something rang."""
_REST, _REST_FULL = 4, 20
"""How many times longer than a look took, nothing is looked at after it: a large stick is not read all the time."""
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})

_UNFINISHED = re.compile(
    rb"""
    .*\.(?:part|partial|crdownload|opdownload|download|filepart|tmp|temp|aria2|!ut|!qb|bc!)  # downloads and copies
    | .*\.(?:sw[opx]|kate-swp)  # editors
    | ~\$.* | ~.*\.(?:tmp|doc|docx|xls|xlsx|ppt|pptx)  # Microsoft Office
    | \.~lock\..*\#  # LibreOffice
    | \.goutputstream-.* | .*\.sb-[0-9a-f]{8}-.* | \.\#.* | \#.*\# | \.fuse_hidden.* | \.nfs[0-9a-f]+
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_UNFINISHED_FOLDER = re.compile(rb".*\.(?:download|crdownload|part)|.*\.sb-[0-9a-f]{8}-.*", re.IGNORECASE | re.DOTALL)


class Stamp(NamedTuple):
    """What is compared between two looks: bytes, and the time of the last change in nanoseconds, as the medium says."""

    size: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that is not complete yet.

    Attributes:
        path: raw bytes, from the stick's root.
        reason: ``waiting-changing``, ``waiting-writer``, ``waiting-unfinished`` or ``waiting-open``; words for each
            stand in ``people.sentences.REASONS``.
    """

    path: bytes
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a look found.

    Attributes:
        complete: files that came or changed since the first look and have become complete since the look before this
            one, with their stamps.
        waiting: those that are not complete yet, sorted by path; what was there before and is open for writing too.
        gone: files that were there at the look before this one and are no more.
        look_again: seconds until another look may find more complete; None while nothing waits.
    """

    complete: Mapping[bytes, Stamp]
    waiting: tuple[Waiting, ...]
    gone: frozenset[bytes]
    look_again: float | None


class Arrivals:
    """What arrives on a stick. Reading only; for the process that works on that stick.

    Each look costs what rang: a stick of 100,000 files is read whole at the first look and every ``FULL_LOOK`` seconds.
    A look that comes too soon after a long one looks at nothing, and says when to look again.
    """

    def __init__(self, medium: Medium, *, quiet: float = QUIET) -> None:
        self._medium, self._quiet = medium, quiet
        self._seen: dict[bytes, _Folder] = {}
        self._since: dict[bytes, float] = {}
        self._held: frozenset[bytes] = frozenset()
        self._rung: set[bytes] = set()
        self._all_rung = True
        self._full_after = self._after = float("-inf")
        self._full_at = float("-inf")

    @property
    def folders(self) -> int:
        """How many folders there are, as far as was looked."""
        return len(self._seen)

    def look(
        self, now: float, rang: frozenset[bytes] | None = None, written: frozenset[bytes] = frozenset()
    ) -> Settled:
        """Look where something rang, and say what is complete.

        Args:
            now: seconds, of a clock that never goes back.
            rang: the folders where something rang; None for everything.
            written: files that a program has open for writing (``holders.written``).

        Raises:
            OSError: the stick cannot be read, or is gone.
        """
        self._rung |= {folder for folder in rang or () if not _is_outside(folder)}
        self._all_rung |= rang is None or now - self._full_at > FULL_LOOK
        if now < self._after:
            return self._judged(now, written, frozenset(), looked=False)
        began = time.monotonic()
        first, full = not self._seen, self._all_rung and now >= self._full_after
        found = _Look(self._medium, {} if full else self._seen)
        if full:
            found.folder(b"", deep=True)
        else:
            for folder in sorted(self._rung | {_above(path) for path in {*self._since, *self._held}}):
                found.folder(folder, deep=False)
        gone = self._taken_over(found, full=full, first=first, now=now)
        cost = time.monotonic() - began
        self._after = now + cost * (1 + _REST)
        if full:
            self._all_rung, self._full_at, self._full_after = False, now, now + cost * (1 + _REST_FULL)
        self._rung.clear()
        return self._judged(now, written, gone, looked=True)

    def _taken_over(self, found: "_Look", *, full: bool, first: bool, now: float) -> frozenset[bytes]:
        """Compare what was looked at with what was known, and know it from now on; gives what is gone."""
        gone: set[bytes] = set()
        lost = (self._seen.keys() - found.seen.keys() - found.unknown) if full else found.gone
        for folder in [one for one in self._seen if _is_in(one, lost) and not _is_in(one, found.unknown)]:
            gone.update(under(folder, name) for name in self._seen.pop(folder).files)
        for folder, there in found.seen.items():
            before = self._seen.get(folder, _EMPTY)
            self._seen[folder] = there
            gone.update(under(folder, name) for name in before.files.keys() - there.files.keys())
            if not first:
                fresh = (name for name, stamp in there.files.items() if before.files.get(name) != stamp)
                self._since.update((under(folder, name), now) for name in fresh)
        for path in gone:
            self._since.pop(path, None)
        return frozenset(gone)

    def _judged(self, now: float, written: frozenset[bytes], gone: frozenset[bytes], *, looked: bool) -> Settled:
        waiting = {path: "waiting-writer" for path in written if self._stamp(path) is not None}
        complete: dict[bytes, Stamp] = {}
        soonest = [self._quiet] if waiting else []
        for path, since in list(self._since.items()):
            stamp = self._stamp(path)
            reason, seconds = self._reason(path, now - since)
            if path in waiting or stamp is None:
                continue
            if reason or not looked:
                waiting[path] = reason or "waiting-changing"
                soonest.append(seconds)
            else:
                complete[path] = stamp
        for path in complete:
            del self._since[path]
        self._held = frozenset(path for path, reason in waiting.items() if reason == "waiting-writer")
        rest = max(self._after - now, 0.0)
        owed = [max(self._full_after - now, rest)] if self._all_rung else [rest] if self._rung else []
        again = [max(min(soonest), rest)] if soonest else []
        return Settled(
            complete=complete,
            waiting=tuple(Waiting(path=path, reason=reason) for path, reason in sorted(waiting.items())),
            gone=gone,
            look_again=min(again + owed, default=None),
        )

    def _reason(self, path: bytes, age: float) -> tuple[str, float]:
        """Why a file is not complete, and in how many seconds that may be otherwise; "" where it is."""
        if age < ABANDONED and _is_unfinished(path):
            return "waiting-unfinished", ABANDONED - age
        if age < ABANDONED and any(lock in self._since for lock in _locks(path)):
            return "waiting-open", ABANDONED - age
        if age < self._quiet:
            return "waiting-changing", self._quiet - age
        return "", 0.0

    def _stamp(self, path: bytes) -> Stamp | None:
        folder, _, name = path.rpartition(b"/")
        return self._seen.get(folder, _EMPTY).files.get(name)


@dataclass(frozen=True, slots=True)
class _Folder:
    files: dict[bytes, Stamp]
    inside: frozenset[bytes]


_EMPTY = _Folder({}, frozenset())


class _Look:
    """One look at some folders of a stick."""

    def __init__(self, medium: Medium, known: Mapping[bytes, _Folder]) -> None:
        self._medium, self._known = medium, known
        self.seen: dict[bytes, _Folder] = {}
        self.gone: set[bytes] = set()
        self.unknown: set[bytes] = set()

    def folder(self, path: bytes, *, deep: bool) -> None:
        """List a folder; those in it too where they are new, or ``deep``. What cannot be read stays as it was known."""
        stack = [path]
        while stack:
            at = stack.pop()
            if at in self.seen:
                continue
            try:
                there = self._listed(at)
            except OSError as error:
                if not at:
                    raise
                (self.gone if error.errno in _GONE else self.unknown).add(at)
                continue
            self.seen[at] = there
            inside = {under(at, name) for name in there.inside}
            self.gone |= {under(at, name) for name in self._known.get(at, _EMPTY).inside} - inside
            stack += [one for one in inside if deep or one not in self._known]

    def _listed(self, path: bytes) -> _Folder:
        with self._medium.at(path) as folder:
            entries = self._medium.entries(folder)
        files, inside = {}, []
        for entry in entries:
            if entry.kind == "file" and not is_litter_name(entry.name):
                files[entry.name] = Stamp(entry.size, entry.changed)
            elif entry.kind == "folder" and not _is_left_out(path, entry.name):
                inside.append(entry.name)
        for name in OWN_AT_ROOT if not path else ():
            files.pop(name, None)
        return _Folder(files, frozenset(inside))


def _is_left_out(above: bytes, name: bytes) -> bool:
    own = not above and (name == names.RECORDS or names.is_system(name))
    return own or above.count(b"/") + 1 >= DEPTH_MAX or names.path_fault(under(above, name)) is not None


def _is_outside(folder: bytes) -> bool:
    """Whether a folder is linksync's own, or an operating system's."""
    first = folder.split(b"/", 1)[0]
    return bool(first) and _is_left_out(b"", first)


def _is_in(folder: bytes, any_of: Container[bytes]) -> bool:
    """Whether a folder, or one that it stands in, is among these."""
    at = folder
    while at:
        if at in any_of:
            return True
        at = _above(at)
    return False


def _is_unfinished(path: bytes) -> bool:
    *folders, name = path.split(b"/")
    return _UNFINISHED.fullmatch(name) is not None or any(_UNFINISHED_FOLDER.fullmatch(one) for one in folders)


def _locks(path: bytes) -> Iterable[bytes]:
    """The lock files that programs lay beside a document; Word leaves out up to two of the name's first letters."""
    folder, name = _above(path), path.rpartition(b"/")[2]
    text = name.decode("utf-8", "surrogateescape")
    for lock in (f".~lock.{text}#", f"~${text}", f"~${text[1:]}", f"~${text[2:]}"):
        yield under(folder, lock.encode("utf-8", "surrogateescape"))


def _above(path: bytes) -> bytes:
    return path.rpartition(b"/")[0]
