"""The shelves: files of the library, moved until they stand where the merge says.

``files.sha256`` says which content stands where. A change is made in two steps, so that a reader finds a file whole or
not at all, and a run that was cut off can be finished: what must move comes off the shelf, into ``.linksync/content``,
under its digest; then everything there goes to its place. ``next.sha256`` says what is being made, and the note
``placing`` that the second step has begun: then, whatever is not in ``.linksync/content`` stands at its new place.
"""

import errno
import os
import secrets
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from linksync.custody import lists, names
from linksync.custody.lists import Digest
from linksync.errors import FormatError, MediumError, RefusedError
from linksync.machine import durable

PRIVATE = ".linksync"
LIST = "files.sha256"
WORKSHOP = f"{PRIVATE}/new"
"""What is not finished, and of no use to a later run."""

_NEXT, _PLACING, _CONTENT = f"{PRIVATE}/next.sha256", f"{PRIVATE}/placing", f"{PRIVATE}/content"


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


class Shelves:
    """The files of a library."""

    def __init__(self, root: Path) -> None:
        """Stand in a library; ``recover`` first.

        Args:
            root: its folder.
        """
        self._root = root

    def recover(self) -> None:
        """Finish what was cut off.

        Raises:
            MediumError: ``library-write`` (``path``, ``why``).
            FormatError: ``library-list`` (``path``): the list of files is damaged.
        """
        target = self._listed(_NEXT)
        if target is not None:
            self._place(self.standing(), target)

    def standing(self) -> dict[Digest, str]:
        """Which content stands where.

        Raises:
            FormatError: ``library-list`` (``path``).
        """
        return self._listed(LIST) or {}

    def waiting_path(self, digest: Digest) -> Path:
        """Where a content waits for its place, or is to be put to wait."""
        return self._root / _CONTENT / digest.hex()

    def missing(self, sizes: Mapping[Digest, int]) -> set[Digest]:
        """The contents that should stand somewhere and do not, or with another size than they have.

        Args:
            sizes: bytes of each content that the library holds.
        """
        found = set()
        for digest, path in self.standing().items():
            try:
                size = os.lstat(self._root / path).st_size
            except OSError:
                size = -1
            if size != sizes.get(digest, size):
                found.add(digest)
        return found

    def put_aside(self, name: str) -> None:
        """Take away what stands there, to where linksync keeps what is its own; nothing where nothing stands."""
        aside = self._root / PRIVATE / "aside" / secrets.token_hex(8)
        with self._writing(), suppress(FileNotFoundError, NotADirectoryError):
            aside.parent.mkdir(parents=True, exist_ok=True)
            durable.settle(self._root / name, aside)

    def arrange(self, target: Mapping[Digest, str], missing: Set[Digest] = frozenset()) -> int:
        """Move files until each content of ``target`` stands at its place.

        What does not stand yet waits at its ``waiting_path``, whole and durable. What stands and is not in ``target``
        goes to wait there.

        Args:
            target: where each content is to stand.
            missing: contents that do not stand where they should; what stands there instead is put aside.

        Returns:
            How many were moved that stood elsewhere.

        Raises:
            RefusedError: ``library-place-taken`` (``path``): a file that linksync did not put there; nothing was moved.
            MediumError: ``library-write`` (``path``, ``why``); ``recover`` finishes it.
        """
        for digest in missing:
            self.put_aside(self.standing()[digest])
        standing = {digest: path for digest, path in self.standing().items() if digest not in missing}
        if standing == target:
            return 0
        self._require_free(standing, target)
        with self._writing():
            data = lists.to_bytes({path.encode(): digest for digest, path in target.items()})
            write_note(self._root, _NEXT, data)
        self._place(standing, target)
        return sum(standing.get(digest, path) != path for digest, path in target.items())

    def _place(self, standing: Mapping[Digest, str], target: Mapping[Digest, str]) -> None:
        with self._writing():
            (self._root / _CONTENT).mkdir(parents=True, exist_ok=True)
            if not (self._root / _PLACING).exists():
                for digest, path in standing.items():
                    if target.get(digest) != path:
                        self._take_off(path, digest)
                durable.sync_disk(self._root)
                write_note(self._root, _PLACING, b"\n")
            for digest, path in target.items():
                if standing.get(digest) != path:
                    self._put_on(digest, path)
            durable.sync_disk(self._root)
            write_note(self._root, LIST, lists.to_bytes({p.encode(): d for d, p in target.items()}))
            # in this order: a note that is left alone would let the next change skip its first step
            self._forget(_PLACING)
            self._forget(_NEXT)

    def _take_off(self, path: str, digest: Digest) -> None:
        waiting = self.waiting_path(digest)
        if waiting.exists():
            return
        with suppress(FileNotFoundError):  # somebody took it away
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

    def _forget(self, name: str) -> None:
        with suppress(FileNotFoundError):
            (self._root / name).unlink()
        durable.sync_folder((self._root / name).parent)

    def _require_free(self, standing: Mapping[Digest, str], target: Mapping[Digest, str]) -> None:
        ours = set(standing.values())
        for digest, path in target.items():
            place = self._root / path
            if standing.get(digest) != path and path not in ours and os.path.lexists(place) and not place.is_dir():
                raise RefusedError("library-place-taken", path=names.escape(path.encode()))

    def _listed(self, name: str) -> dict[Digest, str] | None:
        try:
            data = (self._root / name).read_bytes()
        except FileNotFoundError:
            return None
        try:
            found = lists.from_bytes(data, check=_require_inside) if data else {}
            listed = {digest: path.decode() for path, digest in found.items()}
        except (FormatError, UnicodeDecodeError) as error:
            raise FormatError("library-list", path=name) from error
        return listed

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, MediumError) as error:
            raise write_failed(error) from error


def write_failed(error: OSError | MediumError) -> MediumError:
    """What a failing call on the library's disk means."""
    if isinstance(error, MediumError):
        told = error.fields.get("path", "")
        return MediumError("library-write", errno=error.errno, path=told, why=os.strerror(error.errno))
    number = error.errno or errno.EIO
    path = names.escape(os.fsencode(error.filename or ""))
    return MediumError("library-write", errno=number, path=path, why=os.strerror(number))


def _require_inside(path: bytes) -> None:
    """Refuse a place outside the library's own folders."""
    parts = path.split(b"/")
    if len(parts) < 2 or parts[0] not in {b"files", b"beside", b"held"} or any(p in {b"", b".", b".."} for p in parts):
        raise FormatError("library-list", path=names.escape(path))
