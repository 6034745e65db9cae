"""The shape of a file: called other than it is, two kinds at once, or nothing but zeros."""

import re

from linksync.knowledge.identity import Family
from linksync.knowledge.sample import Sample
from linksync.knowledge.subject import Subject
from linksync.knowledge.zip_directory import read_directory

_OOXML = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.ms-word.",
    "application/vnd.ms-excel.",
    "application/vnd.ms-powerpoint.",
)
_OLD_OFFICE = ("application/msword", "application/vnd.ms-", "application/x-ole-storage", "application/rtf")
_LOCKED = ("application/x-encrypted-ooxml",)
_ISO = ("video/", "audio/", "image/hei", "image/avif", "application/ogg")
_OPEN = ("application/vnd.oasis.opendocument.",)
FITTING: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("docx", "dotx", "docm", "dotm"), (*_OOXML, *_LOCKED)),
    **dict.fromkeys(("xlsx", "xltx", "xlsm", "xltm", "xlsb", "xlam"), (*_OOXML, *_LOCKED)),
    **dict.fromkeys(("pptx", "potx", "ppsx", "pptm", "ppsm", "potm"), (*_OOXML, *_LOCKED)),
    **dict.fromkeys(("doc", "dot"), (*_OLD_OFFICE, *_LOCKED, *_OOXML)),
    **dict.fromkeys(("xls", "xlt"), (*_OLD_OFFICE, *_LOCKED, *_OOXML, "text/", "application/xml")),
    **dict.fromkeys(("ppt", "pps", "pot"), (*_OLD_OFFICE, *_LOCKED, *_OOXML)),
    **dict.fromkeys(("odt", "ott", "ods", "ots", "odp", "otp", "odg"), _OPEN),
    "rtf": ("application/rtf",),
    "pdf": ("application/pdf",),
    "epub": ("application/epub+zip",),
    **dict.fromkeys(("jpg", "jpeg"), ("image/jpeg",)),
    "png": ("image/png", "image/apng"),
    "gif": ("image/gif",),
    "bmp": ("image/bmp",),
    **dict.fromkeys(("tif", "tiff"), ("image/tiff",)),
    "webp": ("image/webp",),
    **dict.fromkeys(("heic", "heif"), ("image/hei", "image/avif")),
    "svg": ("image/svg+xml", "application/xml"),
    **dict.fromkeys(("mp4", "m4v", "mov", "3gp", "avi", "mkv", "webm", "wmv", "mpg", "mpeg", "ogv"), _ISO),
    **dict.fromkeys(("mp3", "m4a", "wav", "flac", "ogg", "oga", "opus", "aac", "wma", "aif", "aiff"), _ISO),
    "zip": ("application/",),
    "7z": ("application/x-7z-compressed",),
    "rar": ("application/vnd.rar",),
    **dict.fromkeys(("htm", "html", "xhtml"), ("text/", "application/xhtml+xml", "application/xml")),
    **dict.fromkeys(
        ("txt", "csv", "md", "log"), ("text/", "application/json", "application/xml", "message/", "application/mbox")
    ),
    "eml": ("message/", "text/", "application/mbox"),
    "msg": ("application/vnd.ms-outlook",),
}
"""Extension to how the media types begin that it fits."""

_UNKNOWN = frozenset({"application/octet-stream", "inode/x-empty"})
_SHOWN = frozenset({Family.PICTURE, Family.PDF, Family.AUDIO, Family.VIDEO})
_HEAD_LOOKED_AT = 2048
_HIDDEN = re.compile(rb"<\s*(?:script|html|body|iframe|svg)[\s>]|<\?php|<\?=", re.IGNORECASE)
_IN_FRONT = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"GIF8", b"\xff\xd8\xff", b"\x89PNG", b"#!", b"Rar!")
_PIECE = 64 * 1024


def wrong_extension(subject: Subject) -> str | None:
    """Whether the end of its name says another kind of document than there is."""
    fitting = FITTING.get(subject.extension)
    media_type = subject.identity.media_type
    if fitting is None or media_type in _UNKNOWN or subject.identity.family is Family.PROGRAM:
        return None
    return None if media_type.startswith(fitting) else "wrong-extension"


def polyglot(subject: Subject) -> str | None:
    """Whether another kind of file is hidden in what is shown as a picture, a page or a film."""
    if subject.identity.family not in _SHOWN or subject.identity.media_type == "image/svg+xml":
        return None
    head = subject.sample.head[:_HEAD_LOOKED_AT]
    if subject.identity.family is Family.PDF:
        in_front = not head.startswith(b"%PDF-") and head.startswith(_IN_FRONT)
        return "polyglot" if in_front or _is_zip_too(subject) else None
    if _HIDDEN.search(head) or b"%PDF-1" in head[:1024]:
        return "polyglot"
    return "polyglot" if _is_zip_too(subject) else None


def _is_zip_too(subject: Subject) -> bool:
    """Whether a zip's list stands at its end, with entries that are really there."""
    tail = subject.sample.tail(_PIECE)
    if b"PK\x05\x06" not in tail:
        return False
    directory = read_directory(subject.sample, 4)
    return bool(directory.found and directory.listing.entries)


def blank(subject: Subject) -> str | None:
    """Whether it is nothing but zeros, as where a stick was pulled out before its content came; looked at in places."""
    sample = subject.sample
    if sample.size == 0 or sample.head[:16].strip(b"\0") or sample.head.strip(b"\0"):
        return None
    return "blank" if all(not piece.strip(b"\0") for piece in _places(sample)) else None


def _places(sample: Sample) -> list[bytes]:
    step = max(1, sample.size // 16)
    return [sample.at(at, 4096) for at in range(0, sample.size, step)] + [sample.tail(4096)]
