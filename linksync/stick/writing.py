"""Writing to a stick so that a yank leaves old or new: the only module that changes one.

What a textbook does with a rename destroys a file on FAT. So: a new file is written once, under a name that was never
used, and synced, then its folder; the signature that makes a sealed folder count comes last. Where a file must be
replaced, the target is synced again after the rename. Nothing is believed to stand there until it was read back.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Container, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Literal

from linksync.custody import lists, names, seal, sshsig
from linksync.custody.litter import BYTES_MAX, is_litter
from linksync.custody.pieces import Text, digest_of, size_of, text_of
from linksync.errors import MediumError, RefusedError
from linksync.machine.durable import syncfs, write_all
from linksync.stick.medium import Medium, digest_up_to, read_up_to, translated
from linksync.stick.records import TEMPORARY, is_unfinished

Put = Literal["written", "there", "taken", "other", "impossible"]
Found = Literal["nothing", "same", "other", "no file"]
"""What stands under a name of ours: nothing, what we would write, another file, or something that is no file."""

_PIECE = 1024 * 1024
_NO_SUCH_NAME = frozenset({errno.EINVAL, errno.EILSEQ, errno.ENAMETOOLONG})
_ELSEWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EXDEV})
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_SAME = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes to one stick. Every method leaves old or new and can be called again after a yank.

    Raises, all of them:
        MediumError: ``stick-gone``, ``stick-full``, ``stick-read-only``, ``stick-forbidden`` or ``stick-write``.
    """

    medium: Medium

    def put_sealed(self, path: str, files: Mapping[str, bytes]) -> bool:
        """Write a sealed folder, its signature last, or finish one that was cut off.

        Args:
            path: of the folder, relative to the root.
            files: name to bytes, with seal and signature.

        Returns:
            Whether anything had to be written.

        Raises:
            RefusedError: ``stick-folder-taken`` (``path``): a whole folder with other content stands there.
        """
        with translated(path), self._made(path) as folder:
            there = {name: _found(folder, name, files) for name in files}
            whole = all(one == "same" for one in there.values())
            if not whole and there[seal.SIGNATURE] in {"same", "other"} and _is_signed(folder):
                raise RefusedError("stick-folder-taken", path=path)
            # also where all of it is there: an earlier run may have been killed before it synced
            for name in (*sorted(files.keys() - {seal.SIGNATURE}), seal.SIGNATURE):
                if name == seal.SIGNATURE:
                    os.fsync(folder)
                self._put(folder, name, text_of(files, name), there[name])
            os.fsync(folder)
        return not whole

    def replace(self, path: str, data: bytes) -> bool:
        """Put a file of ours in place of the one there.

        Returns:
            False where something that is no plain file has its name, or a file whose name the medium only takes for
            the same: that is people's, and stays.
        """
        return self.replace_by(path, {path: data})

    def replace_by(self, path: str, files: Mapping[str, bytes]) -> bool:
        """The same by one of some files, which may be too large for memory."""
        above, _, name = path.rpartition("/")
        with translated(path), self._made(above) as folder:
            there = _found(folder, name, files, path)
            if there == "same":
                return True
            if there == "no file" or (there == "other" and not self._is_spelled(folder, name)):
                return False
            self._swap(folder, name, text_of(files, path))
        return True

    def add_file(self, path: str, data: bytes) -> bool:
        """Put a file where none is, or finish one of ours that was cut off; False where anything else has its name."""
        above, _, name = path.rpartition("/")
        with translated(path), self._made(above) as folder:
            kind, there = _kind_and_bytes(folder, name, len(data))
            if kind == "other" or not data.startswith(there):
                return False
            self._put(folder, name, lambda: (data,), _found(folder, name, {name: data}))
            os.fsync(folder)
        return True

    def put_content(self, path: bytes, source: BinaryIO, digest: lists.Digest) -> Put:
        """Put a file of people's back, whole or not at all, under a name that nothing has.

        Args:
            path: relative to the root.
            source: read to its end.
            digest: what it must be.

        Returns:
            ``there`` where exactly this stands already; ``taken`` where something else does, which stays; ``other``
            where the source holds something else, and ``impossible`` where this medium cannot carry the name.
        """
        above, _, name = path.rpartition(b"/")
        try:
            with translated(names.escape(path)), self._made_raw(above) as folder:
                if _exists(folder, name):
                    return "there" if _hash_of(folder, name) == digest else "taken"
                return "written" if self._copy(folder, name, source, digest) else "other"
        except MediumError as error:
            if error.errno in _NO_SUCH_NAME:
                return "impossible"
            raise

    def make_folder(self, path: str) -> None:
        """Make a folder with those above it."""
        with translated(path), self._made(path):
            pass

    def remove(self, path: str) -> None:
        """Remove a plain file of ours, if it is there."""
        above, _, name = path.rpartition("/")
        with translated(path), self.medium.at(above.encode()) as folder:
            if _kind_and_bytes(folder, name, 0)[0] == "file" and self._is_spelled(folder, name):
                os.unlink(name, dir_fd=folder)
                os.fsync(folder)

    def remove_litter(self, path: bytes) -> None:
        """Remove a file that a hand-off lists as litter, if that is what still stands there."""
        above, _, name = path.rpartition(b"/")
        with translated(names.escape(path)):
            try:
                with self.medium.at(above) as folder:
                    kind, data = _kind_and_bytes(folder, name, BYTES_MAX)
                    if kind == "file" and is_litter(path, data):
                        os.unlink(name, dir_fd=folder)
                        os.fsync(folder)
            except OSError as error:
                if error.errno not in _ELSEWHERE:
                    raise

    def clear_unfinished(self) -> None:
        """Remove what an earlier run left unfinished in ``linksync/``."""
        with translated(seal.ROOT), self._made(seal.ROOT) as folder:
            left = [e.name for e in self.medium.entries(folder) if e.kind == "file" and is_unfinished(e.name)]
        for name in left:
            self.remove(f"{seal.ROOT}/{name.decode('ascii')}")

    def settle(self) -> None:
        """Make everything durable that was written."""
        with translated(self.medium.path):
            syncfs(self.medium.root)

    def read_back(self, wanted: Mapping[str, bytes], *, below: str = "", but: Container[str] = ()) -> None:
        """Read files from the medium itself and compare: only then do they stand there.

        Args:
            wanted: path to bytes.
            below: the folder that the paths are relative to, where it is not the root.
            but: paths that are left out.

        Raises:
            MediumError: ``stick-readback`` (``path``): the stick does not give back what was written.
        """
        for one in wanted:
            if one in but:
                continue
            path = f"{below}/{one}" if below else one
            above, _, name = path.rpartition("/")
            with translated(path), self.medium.at(above.encode()) as folder:
                there = _digest(folder, name, size_of(wanted, one), cached=False)
            if there != digest_of(wanted, one):
                raise MediumError("stick-readback", errno=errno.EIO, path=path)

    def _made(self, path: str) -> AbstractContextManager[int]:
        return self._made_raw(path.encode())

    @contextmanager
    def _made_raw(self, path: bytes) -> Iterator[int]:
        """A descriptor of a folder, made with those above it where it is not there."""
        opened = [self.medium.root]
        try:
            for name in path.split(b"/") if path else ():
                opened.append(self._below(opened[-1], name))
            yield opened[-1]
        finally:
            for descriptor in opened[1:]:
                os.close(descriptor)

    def _below(self, folder: int, name: bytes) -> int:
        with contextlib.suppress(FileNotFoundError):
            return self.medium.open_folder(folder, name)
        os.mkdir(name, 0o755, dir_fd=folder)
        os.fsync(folder)
        below = self.medium.open_folder(folder, name)
        os.fsync(below)
        return below

    def _copy(self, folder: int, name: bytes, source: BinaryIO, digest: lists.Digest) -> bool:
        """Copy to a name of ours first, and give it its own once every byte of it is right."""
        temporary = f"{TEMPORARY.decode()}{secrets.token_hex(6)}"
        with self._made(seal.ROOT) as own:
            try:
                good = _copied(own, temporary, source) == digest
                if good:
                    os.rename(temporary, name, src_dir_fd=own, dst_dir_fd=folder)
                else:
                    os.unlink(temporary, dir_fd=own)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(temporary, dir_fd=own)
                raise
            if good:
                _sync_file(folder, name)
            os.fsync(folder)
        return good

    def _is_spelled(self, folder: int, name: str) -> bool:
        """Whether a file has exactly that name, and not one that FAT takes for the same."""
        return any(entry.name == name.encode() for entry in self.medium.entries(folder))

    def _put(self, folder: int, name: str, text: Text, there: Found) -> None:
        """Put a file where ``there`` is what stands there now.

        Raises:
            OSError: the medium fails; ``EEXIST`` where something that is no file stands there.
        """
        if there == "same":
            _sync_file(folder, name)
        elif there == "other":
            self._swap(folder, name, text)
        else:
            _write_new(folder, name, text)

    def _swap(self, folder: int, name: str, text: Text) -> None:
        """Replace a file by one of another name, and sync it under its new name too."""
        temporary = f"{TEMPORARY.decode()}{secrets.token_hex(6)}"
        with self._made(seal.ROOT) as own:
            try:
                _write_new(own, temporary, text)
                os.rename(temporary, name, src_dir_fd=own, dst_dir_fd=folder)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(temporary, dir_fd=own)
                raise
            _sync_file(folder, name)
            os.fsync(folder)
            os.fsync(own)


def _write_new(folder: int, name: str, text: Text) -> None:
    descriptor = os.open(name, _NEW, 0o644, dir_fd=folder)
    try:
        for piece in text():
            write_all(descriptor, piece)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copied(folder: int, name: str, source: BinaryIO) -> lists.Digest:
    """Copy a source to a new file, synced; the hash of what was copied."""
    hasher = hashlib.sha256()
    descriptor = os.open(name, _NEW, 0o644, dir_fd=folder)
    try:
        while piece := source.read(_PIECE):
            hasher.update(piece)
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return hasher.digest()


def _exists(folder: int, name: bytes) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _hash_of(folder: int, name: bytes) -> lists.Digest | None:
    """The hash of a plain file; None for anything else."""
    if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        return None
    with os.fdopen(os.open(name, _SAME, dir_fd=folder), "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _sync_file(folder: int, name: str | bytes) -> None:
    descriptor = os.open(name, _SAME, dir_fd=folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(folder: int, name: str, most: int, *, cached: bool = True) -> lists.Digest:
    """The hash of a file, of one byte more than ``most`` at the most."""
    descriptor = os.open(name, _SAME, dir_fd=folder)
    try:
        if not cached and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        return digest_up_to(descriptor, most + 1)
    finally:
        os.close(descriptor)


def _found(folder: int, name: str, files: Mapping[str, bytes], path: str | None = None) -> Found:
    """What stands in a folder under a name, held against one of some files; it has the path ``name`` among them."""
    path = path or name
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return "nothing"
    if not stat.S_ISREG(found.st_mode):
        return "no file"
    size = size_of(files, path)
    same = found.st_size == size and _digest(folder, name, size) == digest_of(files, path)
    return "same" if same else "other"


def _is_signed(folder: int) -> bool:
    """Whether a signature stands there that is no torn one."""
    return not sshsig.could_be_torn(_kind_and_bytes(folder, seal.SIGNATURE, seal.SIGNATURE_BYTES_MAX)[1])


def _kind_and_bytes(folder: int, name: str | bytes, most: int) -> tuple[str, bytes]:
    """``nothing``, ``file`` with its bytes up to one more than ``most``, or ``other``."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return "nothing", b""
    if not stat.S_ISREG(mode):
        return "other", b""
    descriptor = os.open(name, _SAME, dir_fd=folder)
    try:
        return "file", read_up_to(descriptor, most + 1)
    finally:
        os.close(descriptor)
