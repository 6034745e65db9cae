"""What a camera writes into a picture: when, where, and who; and TIFF, which is written in the same way.

Exif 2.32 and TIFF 6.0. Offsets and counts are a stranger's: nothing is read outside the bytes that are given.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from linksync.knowledge.extract_text import words_of
from linksync.knowledge.gathering import Gathering

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8}
_FIELDS_MAX = 300
_VALUE_MAX = 4000
_WIDTH, _HEIGHT, _DESCRIPTION, _ORIENTATION, _CHANGED, _ARTIST = 0x100, 0x101, 0x10E, 0x112, 0x132, 0x13B
_EXIF, _GPS, _TAKEN, _DIGITISED, _OFFSET, _XP_TITLE = 0x8769, 0x8825, 0x9003, 0x9004, 0x9011, 0x9C9B
_CAMERAS_OWN = frozenset({"OLYMPUS DIGITAL CAMERA", "SAMSUNG", "SONY DSC", "MINOLTA DIGITAL CAMERA"})
"""What cameras write as a description when nobody does."""


@dataclass(frozen=True, slots=True)
class _Tiff:
    data: bytes
    order: str

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        form = self.order + form
        return struct.unpack_from(form, self.data, at) if 0 <= at <= len(self.data) - struct.calcsize(form) else ()

    def fields(self, at: int) -> Iterator[tuple[int, int, int, bytes]]:
        """Tag, type, count and bytes of each field of a directory, as far as they are there."""
        count = (*self.unpack("H", at), 0)[0]
        for place in range(at + 2, at + 2 + 12 * min(count, _FIELDS_MAX), 12):
            found = self.unpack("HHI", place)
            if not found:
                return
            tag, kind, number = found
            length = _SIZES.get(kind, 0) * number
            start = place + 8 if length <= 4 else (*self.unpack("I", place + 8), 0)[0]
            if 0 < length <= _VALUE_MAX and start + length <= len(self.data):
                yield tag, kind, number, self.data[start : start + length]

    def directory(self, at: int) -> "dict[int, tuple[int, bytes]]":
        return {tag: (kind, value) for tag, kind, _, value in self.fields(at)} if at else {}

    def number(self, field: tuple[int, bytes] | None) -> int:
        form = {3: "H", 4: "I"}.get(field[0] if field else 0)
        if field is None or form is None:
            return 0
        return int(struct.unpack_from(self.order + form, field[1])[0])

    def ratios(self, field: tuple[int, bytes] | None) -> list[float]:
        if field is None or field[0] not in (5, 10):
            return []
        numbers = struct.unpack(f"{self.order}{len(field[1]) // 4}I", field[1])
        return [up / down if down else 0.0 for up, down in zip(numbers[::2], numbers[1::2], strict=True)]


def _words(field: tuple[int, bytes] | None, encoding: str = "utf-8") -> str:
    if field is None:
        return ""
    value = field[1]
    if encoding == "utf-8":
        return words_of(value).strip()
    return value.decode(encoding, "replace").partition("\0")[0].strip()


def read_exif(data: bytes, into: Gathering, place_allowed: bool, sized: bool = False) -> None:
    """Read Exif, from its byte order on.

    Args:
        data: from ``II`` or ``MM`` on.
        into: what to fill; width and height are turned as the camera was held.
        place_allowed: whether to read where the picture was taken.
        sized: whether this is a TIFF, whose own first directory says how large it is.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return
    tiff = _Tiff(data, order)
    first = tiff.directory((*tiff.unpack("I", 4), 0)[0])
    camera = tiff.directory(tiff.number(first.get(_EXIF)))
    title = _words(first.get(_XP_TITLE), "utf-16-le") or _words(first.get(_DESCRIPTION))
    into.title = into.title or ("" if title in _CAMERAS_OWN else title)
    into.author = into.author or _words(first.get(_ARTIST))
    taken = _words(camera.get(_TAKEN)) or _words(camera.get(_DIGITISED))
    into.taken = into.taken or (taken + _words(camera.get(_OFFSET)) if taken else _words(first.get(_CHANGED)))
    if sized:
        into.width, into.height = tiff.number(first.get(_WIDTH)), tiff.number(first.get(_HEIGHT))
    if 5 <= tiff.number(first.get(_ORIENTATION)) <= 8:
        into.width, into.height = into.height, into.width
    if place_allowed and into.place is None:
        into.place = _place(tiff, tiff.directory(tiff.number(first.get(_GPS))))


def _place(tiff: _Tiff, gps: dict[int, tuple[int, bytes]]) -> tuple[float, float] | None:
    """Latitude and longitude; none when one is missing or off the earth, or both are a receiver's zero for unknown."""
    degrees = []
    for ref, value, negative, most in ((1, 2, "S", 90), (3, 4, "W", 180)):
        parts = tiff.ratios(gps.get(value))
        if not 1 <= len(parts) <= 3:
            return None
        angle = sum(part / 60**power for power, part in enumerate(parts))
        if angle > most:
            return None
        degrees.append(round(-angle if _words(gps.get(ref)).upper() == negative else angle, 6))
    return (degrees[0], degrees[1]) if any(degrees) else None
