"""Names in the library: people's own folders and names, made safe for any disk and readable; pure.

A plain name never looks like a given one: ``plan (gemeente-assen 3 ~1a2b3c4d).docx`` is what a file is called when its
own name is taken, and whoever brings a file of such a name finds its ``~`` made ``_``. So two contents can only meet
under one *key*, the folded name, and those are told apart there.
"""

import re
import unicodedata

from linksync.custody import names

FILES, BESIDE, HELD = "files", "beside", "held"
"""What stood in ``data/``, what stood beside it, and what is held."""

PART_MAX = 150
"""Bytes in a plain name; with what may be added it stays under 255."""
_HOLDER_MAX = 40
_EXTENSION_MAX = 20

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff]')
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]")
_GIVEN = re.compile(r" \([a-z0-9-]+ [0-9]+ ~[0-9a-f]{8,}\)(\.[^.]*)?", re.IGNORECASE)
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def root_of(path: bytes, *, held: bool) -> str:
    """The folder of the library in which a path on the stick stands."""
    if held:
        return HELD
    return FILES if names.is_payload(path) else BESIDE


def plain_path(path: bytes, *, held: bool = False) -> str:
    """Where a path on the stick stands in the library when nothing is in its way."""
    root = root_of(path, held=held)
    below = path.removeprefix(names.PAYLOAD) if root == FILES else path
    return "/".join([root, *(_safe(part) for part in below.split(b"/"))])


def key_of(path: str) -> str:
    """Equal for two paths that any disk may take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def given_path(path: str, *, holder: str, number: int, tag: str) -> str:
    """The name for a file whose plain name is taken, which says from whom it came.

    Args:
        path: the plain one.
        holder: who sealed it first.
        number: in which hand-off.
        tag: enough of its digest to tell it apart.
    """
    stem, extension = _split(path)
    return f"{stem} ({holder[:_HOLDER_MAX]} {number} ~{tag}){extension}"


def _split(path: str) -> tuple[str, str]:
    """Stem and extension, the dot with the latter; a name that starts with its only dot has none."""
    folder, slash, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _EXTENSION_MAX:
        return path, ""
    return f"{folder}{slash}{stem}", f"{dot}{extension}"


def _safe(part: bytes) -> str:
    """A part of a path that every disk can hold and every eye can read."""
    text = unicodedata.normalize("NFC", part.decode("utf-8", "surrogateescape"))
    text = _UNSEEN.sub("_", _UNSAFE.sub("_", text))
    text = _cut(text).rstrip(" .")
    if text.lstrip(" ") != text or text.startswith(".") or _DEVICES.fullmatch(text) or not text:
        text = f"_{text.lstrip(' ')}"
    return text.replace("~", "_") if _GIVEN.search(text) else text


def _cut(text: str) -> str:
    """At most 150 bytes, the extension kept."""
    if len(text.encode()) <= PART_MAX:
        return text
    stem, extension = _split(text)
    room = PART_MAX - len(extension.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + extension
