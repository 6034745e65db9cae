"""The errors of linksync: one base, four kinds, fields instead of prose.

An error carries a ``slug`` that names its sentence in ``people/sentences.py`` (Dutch and English, with what to
do) and the fields that fill it. Code decides on the kind, the slug or a field, never on text. Errors never exit; the
exit code of each is in ``cli/exits.py``. The caller's own mistakes are ``ValueError`` and ``RuntimeError``.
"""

from typing import Any


class LinksyncError(Exception):
    """A broken promise of the world outside: bytes, people, media.

    Attributes:
        slug: names the sentence that people are told, as ``yaml-anchor``.
        fields: what fills the sentence; values are shown to people, so they are already escaped or numbers.
    """

    def __init__(self, slug: str, /, **fields: object) -> None:
        super().__init__(slug)
        self.slug = slug
        self.fields = fields

    def __reduce__(self) -> tuple[object, ...]:
        """So that an error crosses from one process to another with its fields."""
        return _again, (type(self), self.slug, self.fields)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return f"{self.slug} ({told})" if told else self.slug


class FormatError(LinksyncError):
    """Bytes from outside that are not what the format says."""


class TrustError(LinksyncError):
    """A signature, key or person that does not stand for what is claimed."""


class MediumError(LinksyncError):
    """A stick, disk or store that fails; ``errno`` says how.

    Attributes:
        errno: the system's error number.
    """

    def __init__(self, slug: str, /, *, errno: int, **fields: object) -> None:
        super().__init__(slug, **fields)
        self.errno = errno

    def __reduce__(self) -> tuple[object, ...]:
        """So that an error crosses from one process to another with its fields."""
        return _again, (type(self), self.slug, {**self.fields, "errno": self.errno})


class RefusedError(LinksyncError):
    """A request that cannot be carried out as things stand; nothing was changed."""


def _again(kind: type[LinksyncError], slug: str, fields: dict[str, Any]) -> LinksyncError:
    return kind(slug, **fields)
