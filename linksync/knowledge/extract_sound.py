"""What sound says of itself and how long it lasts, by tinytag."""

from typing import BinaryIO

from linksync.knowledge.gathering import Gathering

READ_BY_TINYTAG = frozenset(
    {
        "audio/mpeg",
        "audio/wav",
        "audio/flac",
        "audio/ogg",
        "audio/mp4",
        "audio/aiff",
        "video/ogg",
    }
)
"""Media types that are read here."""


def read(file: BinaryIO, into: Gathering) -> None:
    """Read the tags of a sound."""
    import tinytag  # 30 ms, which the other formats need not wait for

    file.seek(0)
    try:
        tag = tinytag.TinyTag.get(file_obj=file, image=False)
    except tinytag.UnsupportedFormatError:  # WAV has children that it does not know
        return
    into.title = tag.title or ""
    into.author = tag.artist or tag.albumartist or ""
    into.created = str(tag.year or "")
    into.seconds = float(tag.duration or 0.0)
