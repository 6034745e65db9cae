"""Reading: the entry of a limited child that says what a document is and what it holds.

Kept apart from ``filling``, which asks: a child imports nothing that it does not need.
"""

from typing import BinaryIO

from linksync.knowledge import extract
from linksync.knowledge.identify import identify

IMPORTS_LATER = extract.IMPORTS_LATER


def work(job: dict[str, object], file: BinaryIO) -> dict[str, object]:
    """Read a document.

    Args:
        job: ``size`` in bytes; ``place_allowed`` where a picture may say where it was taken.
        file: the document.

    Returns:
        ``media_type`` and ``family``, and what ``extract.work`` answers as ``extract``.
    """
    size = job.get("size")
    if not isinstance(size, int):
        raise TypeError("a job says how many bytes its file has")
    identity = identify(file, size)
    known = {"media_type": identity.media_type, "family": str(identity.family), "encoding": identity.encoding}
    return {
        "media_type": identity.media_type,
        "family": str(identity.family),
        "extract": extract.work({**job, **known}, file),
    }
