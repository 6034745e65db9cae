"""Files of our own that never change again: they may be linked instead of copied.

Whoever writes one does so once, under a name of its own, and replaces it only by another file. A file on a stick, or
one that people can open, is never of this kind.
"""

import contextlib
import io
import os

from linksync.machine import durable


class KeptFile(io.FileIO):
    """A reader of such a file."""

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
            os.fchmod(self.fileno(), mode)
        return True
