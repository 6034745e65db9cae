"""Who may sign what: a strict subset of OpenSSH's ``allowed_signers`` (format 1, "The relay").

Each line is exactly this, ended by a line feed, and the lines are sorted by their bytes, each once::

    gemeente-assen namespaces="linksync-handoff-v1" ssh-ed25519 AAAA…

``ssh-keygen`` takes more: patterns, options, comments; and it passes over in silence what it cannot read. Here anything
else is refused, so that both can never read one file differently. There are no times in it: a key is revoked from a
hand-off on, by ``relay.yaml``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from linksync.custody import names
from linksync.custody.keys import PublicKey
from linksync.errors import FormatError

BYTES_MAX = 256 * 1024
"""Bytes in ``allowed_signers`` (format 1, "Bounds")."""

_LINE = re.compile(r'([a-z0-9-]+) namespaces="([a-z0-9,-]+)" (ssh-ed25519 [A-Za-z0-9+/]{68})')


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSigner:
    """One line: a key, whose it is, and what it may sign.

    Attributes:
        id: of the host, archive, archivist or organiser; lower-case words with hyphens, at most 64 characters.
        namespaces: what the key may sign; at least one, sorted, each of the same shape as an id.
        key: the key.
    """

    id: str
    namespaces: tuple[str, ...]
    key: PublicKey

    def __post_init__(self) -> None:
        if not names.is_id(self.id):
            raise ValueError(f"no id: {self.id!r}")
        if not self.namespaces or not all(map(names.is_id, self.namespaces)):
            raise ValueError(f"no namespaces: {self.namespaces!r}")
        if list(self.namespaces) != sorted(set(self.namespaces)):
            raise ValueError(f"namespaces must be sorted, each once: {self.namespaces!r}")

    @property
    def line(self) -> str:
        """The line, without its line feed."""
        return f'{self.id} namespaces="{",".join(self.namespaces)}" {self.key.line}'


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSigners:
    """Everyone who may sign.

    Attributes:
        entries: at least one, no key twice under one id. An id may have several keys, and a key several ids. Sorted by
            their lines when made, so that two with the same entries are equal.
    """

    entries: tuple[AllowedSigner, ...]
    _by_key: Mapping[PublicKey, tuple[AllowedSigner, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.entries:
            raise ValueError("nobody may sign")
        if len({(entry.id, entry.key) for entry in self.entries}) != len(self.entries):
            raise ValueError("a key stands twice under one id")
        object.__setattr__(self, "entries", tuple(sorted(self.entries, key=lambda entry: entry.line)))
        by_key: dict[PublicKey, tuple[AllowedSigner, ...]] = {}
        for entry in self.entries:
            by_key[entry.key] = (*by_key.get(entry.key, ()), entry)
        object.__setattr__(self, "_by_key", by_key)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read ``allowed_signers`` strictly; ``from_bytes(data).to_bytes() == data``.

        Args:
            data: at most 256 KiB.

        Raises:
            FormatError: ``signers-too-large`` (``size``, ``most``), ``signers-empty``, ``signers-line`` (``line``, from
                1), ``signers-duplicate`` (``id``) or ``signers-order``.
        """
        if len(data) > BYTES_MAX:
            raise FormatError("signers-too-large", size=len(data), most=BYTES_MAX)
        if not data:
            raise FormatError("signers-empty")
        *lines, end = data.split(b"\n")
        if end:
            raise FormatError("signers-line", line=len(lines) + 1)
        entries = tuple(_entry(line, number) for number, line in enumerate(lines, start=1))
        _require_once(entries)
        signers = cls(entries=entries)
        if signers.to_bytes() != data:
            raise FormatError("signers-order")
        return signers

    def to_bytes(self) -> bytes:
        """The file, sorted, each line ended by a line feed."""
        return "".join(f"{entry.line}\n" for entry in self.entries).encode()

    def holds(self, id_: str, namespace: str, key: PublicKey) -> bool:
        """Whether ``key`` may sign for ``namespace`` as ``id_``."""
        return id_ in self.who(namespace, key)

    def who(self, namespace: str, key: PublicKey) -> tuple[str, ...]:
        """The ids as which ``key`` may sign for ``namespace``, sorted; none for a stranger's key."""
        return tuple(entry.id for entry in self._by_key.get(key, ()) if namespace in entry.namespaces)

    def by_id(self, id_: str) -> tuple[AllowedSigner, ...]:
        """The entries of that id: one for each of its keys."""
        return tuple(entry for entry in self.entries if entry.id == id_)


def _entry(line: bytes, number: int) -> AllowedSigner:
    match = _LINE.fullmatch(line.decode("latin-1"))
    if match is None:
        raise FormatError("signers-line", line=number)
    try:
        return AllowedSigner(id=match[1], namespaces=tuple(match[2].split(",")), key=PublicKey.from_line(match[3]))
    except (ValueError, FormatError) as error:
        raise FormatError("signers-line", line=number) from error


def _require_once(entries: tuple[AllowedSigner, ...]) -> None:
    seen: set[tuple[str, PublicKey]] = set()
    for entry in entries:
        if (entry.id, entry.key) in seen:
            raise FormatError("signers-duplicate", id=entry.id)
        seen.add((entry.id, entry.key))
