"""One linksync at a time: a lock on a folder or file of this computer, waited for a little while."""

import fcntl
import time

PATIENCE = 5.0
"""Seconds to wait for another linksync."""
_GLANCE = 0.05


def take(descriptor: int) -> bool:
    """Take the lock of an open file or folder; it goes when the descriptor is closed.

    Returns:
        False where somebody else still has it after ``PATIENCE`` seconds. A file system without locks has one writer at
        a time all the same: there it is as if taken.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_GLANCE)
        except OSError:
            return True
        else:
            return True
