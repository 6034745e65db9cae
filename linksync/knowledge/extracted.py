"""What is read out of a document: its text, what it says of itself, and why there is no text when there is none."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import msgspec

Place = tuple[float, float]
"""Latitude and longitude in degrees, north and east positive."""

WHYS = (
    "no-reader",
    "no-text",
    "encrypted",
    "unreadable",
    "too-much",
    "not-read",
    "worker-memory",
    "worker-time",
    "worker-died",
    "worker-answer",
    "worker-refused",
)
"""Every ``why``: nobody reads this format here; it was read and holds no text; it asks for a password; its bytes are
not what its format says; it unpacks to more than is looked at; it could not be opened here; and what
``machine/limited.py`` says of a child that was ended."""

PASSING = frozenset({"not-read", "worker-memory", "worker-time", "worker-died"})
"""Of these, what may be this computer's fault rather than the document's: tried again it may have a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What a document holds, as far as it could be read.

    Attributes:
        text: plain text, one paragraph, row or slide line a line; never a control character but the line feed.
        title: as the document says it, on one line; not the file's name.
        author: the same; several are parted by a semicolon and a space.
        created: RFC 3339 date or date and time, ``2011-11-03`` or ``2011-11-03T09:00:00Z``; without an offset when the
            document gives none.
        modified: the same.
        language: ``nl`` or ``en``, by the text itself, or empty when it is neither for certain.
        pages: pages, slides or sheets; 0 when unknown.
        width: of a picture or a film, in pixels; 0 when unknown.
        height: the same.
        taken: when a picture or film was taken, as ``created``, in the camera's own time.
        place: where it was taken; only when the giver allows it.
        seconds: how long sound or film lasts; 0 when unknown.
        why: a slug of ``WHYS`` when there is no text, else empty.
        cut: whether there was more text than is kept.
    """

    text: str = ""
    title: str = ""
    author: str = ""
    created: str = ""
    modified: str = ""
    language: str = ""
    pages: int = 0
    width: int = 0
    height: int = 0
    taken: str = ""
    place: Place | None = None
    seconds: float = 0.0
    why: str = ""
    cut: bool = False

    def __post_init__(self) -> None:
        if self.why and self.why not in WHYS:
            raise ValueError(f"{self.why!r} is no reason for a document to have no text")
        if self.place is not None and not (abs(self.place[0]) <= 90 and abs(self.place[1]) <= 180):
            raise ValueError(f"{self.place} is not on the earth")
        if not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise ValueError(f"nothing lasts {self.seconds} seconds")

    def to_answer(self) -> dict[str, object]:
        """What a worker answers: what JSON can hold, without the fields that say nothing."""
        told: dict[str, object] = msgspec.to_builtins(self)
        return {name: value for name, value in told.items() if value}

    @staticmethod
    def from_answer(answer: Mapping[str, object]) -> "Extract":
        """The extract that a worker answered with; a worker that met hostile bytes is not believed either.

        Raises:
            ValueError: the answer is no extract.
        """
        if unknown := answer.keys() - {field.name for field in fields(Extract)}:
            raise ValueError(f"no extract: unknown {', '.join(sorted(unknown))}")
        try:
            return msgspec.convert(dict(answer), Extract)
        except msgspec.ValidationError as error:
            raise ValueError(f"no extract: {error}") from error
