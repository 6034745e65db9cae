"""The shelves: files of the library, moved until they stand where the merge says.

``sums/`` says which content stands where. A change is made in two steps, so that a reader finds a file whole or not at
all, and a run that was cut off can be finished: what must move comes off the shelf, into ``.linksync/content``, under
its digest; then everything there goes to its place. ``.linksync/moves.json`` says what moves, and whether the second
step has begun: then, whatever is not in ``.linksync/content`` stands at its new place.
"""

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from linksync.archive.objects import digest_of
from linksync.custody import names
from linksync.custody.lists import Digest
from linksync.custody.pieces import gathered
from linksync.custody.relay import Record
from linksync.errors import FormatError, MediumError, RefusedError
from linksync.library.leaves import SUMS, cut, leaf_name, listed, read_sums, require_place, sums_bytes, write_leaves
from linksync.machine import durable

PRIVATE = ".linksync"
WORKSHOP = f"{PRIVATE}/new"
"""What is not finished, and of no use to a later run."""

_MOVES, _CONTENT = f"{PRIVATE}/moves.json", f"{PRIVATE}/content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A content that changes its place.

    Attributes:
        before: where it stands; None where it waits.
        after: where it is to stand; None where it is to wait.
    """

    digest: Digest
    before: str | None
    after: str | None


class _Plan(Record, frozen=True, kw_only=True):
    """``moves.json``: digest, before and after of each move; ``placing`` once everything is off the shelf."""

    placing: bool
    moves: tuple[tuple[str, str | None, str | None], ...]


def write_note(root: Path, name: str, data: bytes) -> None:
    """Put a small file into a library, old or new and never between; one that is there already is left as it is.

    Raises:
        OSError, MediumError: the disk fails.
    """
    path = root / name
    if path.exists() and path.read_bytes() == data:
        return
    workshop = root / WORKSHOP
    workshop.mkdir(parents=True, exist_ok=True)
    durable.write(path, data, workshop=workshop)


def forget_note(root: Path, name: str) -> None:
    """Take a small file away, durably; nothing where there is none."""
    with suppress(FileNotFoundError):
        os.unlink(root / name)
        durable.sync_folder((root / name).parent)


class Shelves:
    """The files of a library."""

    def __init__(self, root: Path) -> None:
        """Stand in a library; ``recover`` first.

        Args:
            root: its folder.
        """
        self._root = root

    def recover(self) -> None:
        """Finish what was cut off, so that ``sums/`` tells what stands where.

        Raises:
            MediumError: ``library-write`` (``path``, ``why``).
            FormatError: ``library-list`` (``path``): the note of what moves is damaged.
        """
        plan = self._planned()
        if plan is None:
            return
        moves = [Move(digest=bytes.fromhex(one[0]), before=one[1], after=one[2]) for one in plan.moves]
        with writing():
            self._move(moves, placing=plan.placing)
            self._list(moves)
            self.finish()

    def standing(self) -> dict[Digest, str]:
        """Which content stands where, by the lists; of a list that is damaged nothing is known."""
        return read_sums(self._root)

    def waiting_path(self, digest: Digest) -> Path:
        """Where a content waits for its place, or is to be put to wait."""
        return self._root / _CONTENT / digest.hex()

    def missing(self, places: Iterable[tuple[Digest, str, int]]) -> dict[Digest, str]:
        """Those that do not stand where they should, or with another size than they have, and where that is.

        Args:
            places: contents, where each stands, and its bytes.
        """
        found = {}
        for digest, path, size in places:
            try:
                there = os.lstat(self._root / path).st_size
            except OSError:
                there = -1
            if size != there:
                found[digest] = path
        return found

    def put_aside(self, name: str) -> None:
        """Take away what stands there, to where linksync keeps what is its own; nothing where nothing stands."""
        aside = self._root / PRIVATE / "aside" / secrets.token_hex(8)
        with writing(), suppress(FileNotFoundError, NotADirectoryError):
            aside.parent.mkdir(parents=True, exist_ok=True)
            durable.settle(self._root / name, aside)

    def arrange(self, moves: Iterable[Move]) -> None:
        """Move contents; ``finish`` follows once ``sums/`` says so too.

        What does not stand yet waits at its ``waiting_path``, whole and durable.

        Args:
            moves: gone through several times.

        Raises:
            RefusedError: ``library-place-taken`` (``path``): a file that linksync did not put there; nothing was moved.
            MediumError: ``library-write`` (``path``, ``why``); ``recover`` finishes it.
        """
        if next(iter(moves), None) is None:
            return
        self._require_free(moves)
        with writing():
            # where nothing comes off a shelf the first step is done
            placing = all(move.before is None for move in moves)
            self._plan(moves, placing=placing)
            self._move(moves, placing=placing)

    def finish(self) -> None:
        """Forget the moves that were made; ``sums/`` tells of them."""
        with writing():
            forget_note(self._root, _MOVES)

    def _move(self, moves: Iterable[Move], *, placing: bool) -> None:
        (self._root / _CONTENT).mkdir(parents=True, exist_ok=True)
        if not placing:
            for move in moves:
                if move.before is not None:
                    self._take_off(move.before, move.digest)
            durable.sync_disk(self._root)
            self._plan(moves, placing=True)
        for move in moves:
            if move.after is not None:
                self._put_on(move.digest, move.after)
        durable.sync_disk(self._root)

    def _plan(self, moves: Iterable[Move], *, placing: bool) -> None:
        (self._root / WORKSHOP).mkdir(parents=True, exist_ok=True)
        durable.write_pieces(self._root / _MOVES, gathered(_printed(moves, placing)), workshop=self._root / WORKSHOP)

    def _planned(self) -> _Plan | None:
        try:
            data = (self._root / _MOVES).read_bytes()
        except FileNotFoundError:
            return None
        try:
            plan = msgspec.json.decode(data, type=_Plan)
            for digest, *places in plan.moves:
                if len(bytes.fromhex(digest)) != 32:
                    raise FormatError("library-list", path=_MOVES)
                for place in places:
                    require_place(place) if place is not None else None
        except (msgspec.DecodeError, ValueError, RecursionError, FormatError) as error:
            raise FormatError("library-list", path=_MOVES) from error
        return plan

    def _list(self, moves: Iterable[Move]) -> None:
        """Write ``sums/`` as it is after the moves."""
        standing = self.standing()
        for move in moves:
            if move.after is None:
                standing.pop(move.digest, None)
            else:
                standing[move.digest] = move.after
        digests = sorted(standing)
        leaves = (
            (leaf_name(SUMS, beginning), sums_bytes([(digest, standing[digest]) for digest in digests[start:end]]))
            for beginning, start, end in cut(digests)
        )
        write_leaves(self._root, leaves, lambda new: set(listed(self._root, SUMS)) - new, self._root / WORKSHOP)
        durable.sync_disk(self._root)

    def _take_off(self, path: str, digest: Digest) -> None:
        waiting = self.waiting_path(digest)
        if waiting.exists():
            return
        with suppress(FileNotFoundError, NotADirectoryError):  # somebody took it away
            durable.settle(self._root / path, waiting)
        self._prune((self._root / path).parent)

    def _put_on(self, digest: Digest, path: str) -> None:
        waiting, place = self.waiting_path(digest), self._root / path
        if waiting.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            durable.settle(waiting, place)

    def _prune(self, folder: Path) -> None:
        """Remove folders that are empty now, up to the library itself."""
        with suppress(OSError):
            while folder != self._root:
                folder.rmdir()
                folder = folder.parent

    def _require_free(self, moves: Iterable[Move]) -> None:
        ours = {move.before for move in moves}
        for move in moves:
            if move.after is not None and move.after not in ours and self._is_taken(move.after, move.digest):
                raise RefusedError("library-place-taken", path=names.escape(move.after.encode()))

    def _is_taken(self, path: str, digest: Digest) -> bool:
        """Whether something else stands there than the content that no list tells of, as when one was lost."""
        place = self._root / path
        if not os.path.lexists(place) or place.is_dir():
            return False
        try:
            with open(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                return digest_of(file) != digest
        except OSError:
            return True


def _printed(moves: Iterable[Move], placing: bool) -> Iterator[bytes]:
    """A ``_Plan``, a move a line."""
    between = b'{"placing":%s,"moves":[\n' % (b"true" if placing else b"false")
    for move in moves:
        yield between + msgspec.json.encode((move.digest.hex(), move.before, move.after))
        between = b",\n"
    yield b"]}\n"


@contextmanager
def writing(target: Path | None = None) -> Iterator[None]:
    """Tell of a failing disk as the library's (``library-write``: ``path``, ``why``).

    Args:
        target: what is written, where a call that fails does not say so itself.
    """
    try:
        yield
    except OSError as error:
        raise write_failed(error, target) from error
    except MediumError as error:
        raise (write_failed(error) if error.slug == "disk-write" else error) from error


def write_failed(error: OSError | MediumError, target: Path | None = None) -> MediumError:
    """What a failing call on the library's disk means."""
    if isinstance(error, MediumError):
        told = error.fields.get("path", "")
        return MediumError("library-write", errno=error.errno, path=told, why=os.strerror(error.errno))
    number = error.errno or errno.EIO
    path = names.escape(os.fsencode(error.filename or target or ""))
    return MediumError("library-write", errno=number, path=path, why=os.strerror(number))
