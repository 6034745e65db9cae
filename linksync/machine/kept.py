"""Files of our own that never change again: they may be linked instead of copied.

Whoever writes one does so once, under a name of its own, and replaces it only by another file. A file on a stick, or
one that people can open, is never of this kind.

What this very process hashed while it wrote it need not be read once more to be believed: reading it again would show
the same pages of memory, or what the disk took a moment ago; what the disk keeps, ``archive verify`` finds out. Such a
file is known by its inode, size and times, which any other writer changes; a link that we make ourselves is noted. What
an earlier process left, or anybody else's, is never known.
"""

import contextlib
import io
import os
import stat

from linksync.machine import durable

KNOWN_MIN = 32 * 1024
"""Bytes below which a file is as soon read as known, and a million of them would fill the memory."""

Mark = tuple[int, int, int, int, int]
"""What tells a file as it is now from any other: device, inode, bytes, and the times of its changes in nanoseconds."""

_known: dict[tuple[int, int], tuple[Mark, bytes]] = {}


def mark_of(descriptor: int) -> Mark | None:
    """The mark of an open file that was just written; None where it is too small for one to pay."""
    found = os.fstat(descriptor)
    if found.st_size < KNOWN_MIN:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def know(mark: Mark, digest: bytes) -> None:
    """Know a file of ours, which this process or a fork of it hashed while writing it."""
    _known[mark[:2]] = (mark, digest)


class KeptFile(io.FileIO):
    """A reader of such a file."""

    def is_known_as(self, digest: bytes) -> bool:
        """Whether this process hashed it while writing it, that was the hash, and nobody has touched it since."""
        mark = mark_of(self.fileno())
        return mark is not None and _known.get(mark[:2]) == (mark, digest)

    def link_to(self, path: str | os.PathLike[str], mode: int) -> bool:
        """Give the file one more name, of the same disk.

        Args:
            path: nothing has it yet.
            mode: of the file, from now on under all its names.

        Returns:
            False where that cannot be: another disk, one without links, or a file that has no name any more.

        Raises:
            FileExistsError: something has that name.
            FileNotFoundError: there is no such folder.
        """
        mark = mark_of(self.fileno())
        before = _known.get(mark[:2]) if mark else None
        try:
            durable.link(self.fileno(), path)
        except FileExistsError:
            raise
        except FileNotFoundError:
            if os.path.isdir(os.path.dirname(path)):
                return False
            raise
        except OSError:
            return False
        with contextlib.suppress(OSError):
            if stat.S_IMODE(os.fstat(self.fileno()).st_mode) != mode:
                os.fchmod(self.fileno(), mode)
        if before is not None and before[0] == mark and (now := mark_of(self.fileno())):
            know(now, before[1])
        return True
