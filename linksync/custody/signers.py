"""A strict subset of OpenSSH's ``allowed_signers`` (format 1, "Signatures").

Each line is exactly ``<id> namespaces="a,b" ssh-ed25519 <base64>`` and LF: no wildcard, comment, option or blank line,
since ``ssh-keygen`` lets ``*`` match anyone and skips what it cannot read in silence. Sorted, so it has one spelling.
"""

import re
from dataclasses import dataclass

from linksync.custody import names
from linksync.custody.keys import PublicKey
from linksync.errors import FormatError

BYTES_MAX = 4 * 1024 * 1024
_LINE = re.compile(r'([a-z0-9-]+) namespaces="([a-z0-9-]+(?:,[a-z0-9-]+)*)" (ssh-ed25519 [A-Za-z0-9+/=]+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSigner:
    """An id, what it may sign, and one of its keys."""

    id: str
    namespaces: tuple[str, ...]
    key: PublicKey

    @property
    def line(self) -> str:
        """The line, without its end."""
        return f'{self.id} namespaces="{",".join(self.namespaces)}" {self.key.line}'


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedSigners:
    """Who may sign what."""

    entries: tuple[AllowedSigner, ...]

    @classmethod
    def from_bytes(cls, data: bytes) -> "AllowedSigners":
        """Read the file strictly.

        Raises:
            FormatError: ``signers-line`` with its number, ``signers-order`` or ``signers-size``.
        """
        if not 0 < len(data) <= BYTES_MAX:
            raise FormatError("signers-size")
        entries = []
        for number, line in enumerate(data.decode("latin-1").removesuffix("\n").split("\n"), start=1):
            match = _LINE.fullmatch(line)
            if match is None or not names.is_id(match[1]):
                raise FormatError("signers-line", line=number)
            try:
                key = PublicKey.from_line(match[3])
            except FormatError as error:
                raise FormatError("signers-line", line=number) from error
            entries.append(AllowedSigner(id=match[1], namespaces=tuple(match[2].split(",")), key=key))
        signers = cls(entries=tuple(entries))
        if signers.to_bytes() != data or len(set(entries)) != len(entries):
            raise FormatError("signers-order")
        return signers

    def to_bytes(self) -> bytes:
        """Print the file, sorted."""
        return "".join(sorted(f"{entry.line}\n" for entry in self.entries)).encode("ascii")

    def who(self, namespace: str, key: PublicKey) -> tuple[str, ...]:
        """The ids that may sign for ``namespace`` with ``key``."""
        return tuple(e.id for e in self.entries if e.key == key and namespace in e.namespaces)

    def holds(self, id_: str, namespace: str, key: PublicKey) -> bool:
        """Whether ``id_`` may sign for ``namespace`` with ``key``."""
        return id_ in self.who(namespace, key)
