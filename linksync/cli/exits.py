"""The exit status of every error: one table (format 1, "Verdicts").

A verdict about a Link has a status of its own, and so has the error that says the same. What could not be finished,
with nothing half-done, is 1; a command that was typed wrong is 2.
"""

from linksync.errors import LinksyncError

FAILED = 1
USAGE = 2

_BY_SLUG = {
    "not-a-link": 50,
    "half-prepared": 50,
    "link-newer": 50,
    "stick-not-a-folder": 50,
    "stick-missing": 60,
    "stick-unreadable": 60,
    "stick-gone": 60,
    "organiser-unknown": 34,
    "organiser-other": 30,
    "organiser-not-label": 30,
    "join-archive-other": 30,
    "relay-other": 30,
    "fingerprint": USAGE,
}


def exit_of(error: LinksyncError) -> int:
    """The exit status that an error leads to."""
    return _BY_SLUG.get(error.slug, FAILED)
