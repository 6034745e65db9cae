"""Sealed folders: the one idea that carries every record (format 1, "Sealed folders").

A sealed folder holds ``seal.sha256``, a plain checksum list; ``seal.sha256.sig``, an OpenSSH signature over exactly
those bytes; and the files that the seal lists. The list also names the seals that this one follows: the relay version
in force and, for a hand-off, the hand-off before. **The checksum list is the chain.**

Nothing here trusts a key; ``roster`` and ``chain`` decide whose signature counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from linksync.custody import lists, names, sshsig
from linksync.custody.findings import Finding, finding
from linksync.custody.keys import Signer
from linksync.custody.pieces import digest_of
from linksync.custody.relay import (
    DECISION_NAMESPACE,
    HANDOFF_NAMESPACE,
    RECEIPT_NAMESPACE,
    RELAY_NAMESPACE,
)
from linksync.errors import FormatError

SEAL = "seal.sha256"
SIGNATURE = "seal.sha256.sig"
SIGNATURE_BYTES_MAX = 4096

ROOT = "linksync"
RELAYS = "linksync/relay"
HANDOFFS = "linksync/handoffs"
RECEIPTS = "linksync/receipts"
DECISIONS = "linksync/decisions"

_RELAY_SEAL = re.compile(r"linksync/relay/([0-9]{4})/seal\.sha256")
_HANDOFF_SEAL = re.compile(r"linksync/handoffs/([0-9]{6}-[a-z0-9-]{1,80})/seal\.sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of sealed folder: what signs it and which files it may hold.

    Attributes:
        follows: which seals its list names beside its own files: ``relay`` (the version in force, or for a relay the
            version before) and ``handoff`` (the hand-off before, or the one that a receipt is for).
    """

    namespace: str
    record: str
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    follows: frozenset[str] = frozenset({"relay"})

    @property
    def files(self) -> frozenset[str]:
        """Every name that may stand in such a folder, seal and signature apart."""
        return self.required | self.optional


RELAY = Kind(namespace=RELAY_NAMESPACE, record="relay.yaml", required=frozenset({"relay.yaml", "allowed_signers"}))
HANDOFF = Kind(
    namespace=HANDOFF_NAMESPACE,
    record="handoff.yaml",
    required=frozenset({"handoff.yaml"}),
    optional=frozenset({"added.sha256", "refused.sha256", "gone.sha256", "index.jsonl", "state.sha256"}),
    follows=frozenset({"relay", "handoff"}),
)
RECEIPT = Kind(
    namespace=RECEIPT_NAMESPACE,
    record="receipt.yaml",
    required=frozenset({"receipt.yaml"}),
    follows=frozenset({"relay", "handoff"}),
)
DECISION = Kind(namespace=DECISION_NAMESPACE, record="decision.yaml", required=frozenset({"decision.yaml"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFolder:
    """A folder as it was read, nothing believed.

    Attributes:
        path: relative to the stick's root, as ``linksync/handoffs/000007-gemeente-assen``.
        files: the plain files that were read, by name.
        others: names of plain files that stand there and were not read, with their size in bytes.
        odd: names that are not plain files, escaped.
        too_large: names of files over their bound.
        unreadable: names of files that the medium could not read.
    """

    path: str
    files: Mapping[str, bytes]
    others: Mapping[str, int] = field(default_factory=dict)
    odd: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal that was parsed.

    Attributes:
        folder: the folder's path relative to the stick's root.
        own: the digests of the folder's files, by name.
        relay_version: the version that the list names; 0 for a first relay version.
        relay: the digest of that version's seal.
        handoff: the folder name of the hand-off that the list names, empty for none; ``previous`` its seal's digest.
        hash: the SHA-256 of the seal itself: its identity, 64 hexadecimal digits.
    """

    folder: str
    own: Mapping[str, lists.Digest]
    relay_version: int
    relay: lists.Digest | None
    handoff: str
    previous: lists.Digest | None
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A seal with a signature that can be read; whether it counts is decided by the roster."""

    seal: Seal
    data: bytes
    signature: sshsig.Signature

    @property
    def holds(self) -> bool:
        """Whether the signature is over exactly the seal's bytes, whoever made it."""
        return sshsig.check(self.data, self.signature)


def read_signed(kind: Kind, folder: RawFolder) -> tuple[Signed | None, list[Finding]]:
    """Parse seal and signature and hold the folder's files against the seal (format 1, "Sealed folders").

    Returns:
        None where the folder is torn or its seal cannot be read; the findings say which. A Signed with findings has a
        sound seal and something wrong around it.
    """
    found = _shape_findings(kind, folder)
    signature_bytes = folder.files.get(SIGNATURE)
    if SIGNATURE not in folder.too_large and (signature_bytes is None or sshsig.could_be_torn(signature_bytes)):
        return None, [*found, finding("W101", folder.path)]
    try:
        signature = sshsig.parse(signature_bytes or b"\xff")
    except FormatError as error:
        return None, [*found, finding("E226", f"{folder.path}/{SIGNATURE}", why=error.slug)]
    if SEAL not in folder.files:
        return None, [*found, finding("E106", f"{folder.path}/{SEAL}")]
    data = folder.files[SEAL]
    try:
        seal = parse_seal(kind, folder.path, data)
    except SealError as fault:
        return None, [*found, finding(fault.code, f"{folder.path}/{SEAL}", why=fault.why)]
    found += _content_findings(kind, folder, seal)
    return Signed(seal=seal, data=data, signature=signature), found


class SealError(FormatError):
    """A seal that the format does not allow.

    Attributes:
        code: of the finding.
        why: what exactly, as text.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__("seal", code=code, why=why)
        self.code = code
        self.why = why


def parse_seal(kind: Kind, folder: str, data: bytes) -> Seal:
    """Parse a seal of a folder strictly.

    Raises:
        SealError: what the format does not allow.
    """
    if len(data) > lists.SEAL_BYTES_MAX:
        raise SealError("E116", "list-too-long")
    try:
        entries = lists.from_bytes(data, check=_require_seal_path)
    except FormatError as error:
        raise SealError("E114" if error.slug in {"path-dotdot", "path-absolute"} else "E107", error.slug) from error
    prefix = f"{folder}/"
    own: dict[str, lists.Digest] = {}
    relay: tuple[int, lists.Digest | None] = (0, None)
    handoff: tuple[str, lists.Digest | None] = ("", None)
    for raw, digest in entries.items():
        path = names.escape(raw)
        if path.startswith(prefix) and path[len(prefix) :] in kind.files:
            own[path[len(prefix) :]] = digest
        elif "relay" in kind.follows and relay[1] is None and (match := _RELAY_SEAL.fullmatch(path)):
            relay = (int(match[1]), digest)
        elif "handoff" in kind.follows and handoff[1] is None and (match := _HANDOFF_SEAL.fullmatch(path)):
            handoff = (match[1], digest)
        else:
            raise SealError("E109", path)
    missing = sorted(kind.required - own.keys())
    if missing:
        raise SealError("E108", missing[0])
    if kind is not RELAY and relay[1] is None:
        raise SealError("E108", "linksync/relay/NNNN/seal.sha256")
    if kind is RECEIPT and handoff[1] is None:
        raise SealError("E108", "linksync/handoffs/NNNNNN-…/seal.sha256")
    return Seal(
        folder=folder,
        own=own,
        relay_version=relay[0],
        relay=relay[1],
        handoff=handoff[0],
        previous=handoff[1],
        hash=lists.sha256(data).hex(),
    )


def build(
    kind: Kind,
    folder: str,
    files: Mapping[str, bytes],
    *,
    follows: Mapping[str, lists.Digest],
    signer: Signer,
) -> dict[str, bytes]:
    """Seal a folder: its files, name to bytes, with what ``sealed`` makes of them.

    Raises:
        ValueError: the files are not those of the kind.
    """
    own = {name: lists.sha256(data) for name, data in files.items()}
    return {**dict(sorted(files.items())), **sealed(kind, folder, own, follows=follows, signer=signer)}


def sealed(
    kind: Kind,
    folder: str,
    own: Mapping[str, lists.Digest],
    *,
    follows: Mapping[str, lists.Digest],
    signer: Signer,
) -> dict[str, bytes]:
    """``seal.sha256`` and, last, ``seal.sha256.sig`` of a folder whose files have these digests.

    Args:
        kind: what the folder is.
        folder: its path relative to the stick's root.
        own: name to digest; exactly what the kind allows.
        follows: paths of the seals that this one follows, with their digests.
        signer: signs.

    Raises:
        ValueError: the files are not those of the kind.
    """
    if not kind.required <= own.keys() <= kind.files:
        raise ValueError(f"a {kind.record} folder cannot hold {sorted(own)}")
    entries = {f"{folder}/{name}".encode(): digest for name, digest in own.items()}
    entries |= {path.encode(): digest for path, digest in follows.items()}
    data = lists.to_bytes(entries)
    parse_seal(kind, folder, data)
    return {SEAL: data, SIGNATURE: sshsig.sign(data, namespace=kind.namespace, signer=signer)}


def seal_path(folder: str) -> str:
    """The path of a folder's seal."""
    return f"{folder}/{SEAL}"


def _require_seal_path(path: bytes) -> None:
    fault = names.path_fault(path)
    if fault is not None:
        raise FormatError(fault, path=names.escape(path))


def _shape_findings(kind: Kind, folder: RawFolder) -> list[Finding]:
    found = [finding("E104", f"{folder.path}/{name}") for name in folder.odd]
    found += [finding("E116", f"{folder.path}/{name}") for name in folder.too_large]
    found += [finding("E307", f"{folder.path}/{name}") for name in folder.unreadable]
    known = kind.files | {SEAL, SIGNATURE}
    for name in sorted({*folder.files, *folder.others} - known):
        litter = name in {".DS_Store", "Thumbs.db", "desktop.ini"} or name.startswith("._")
        found.append(finding("W102" if litter else "E105", f"{folder.path}/{name}"))
    return found


def _content_findings(kind: Kind, folder: RawFolder, seal: Seal) -> list[Finding]:
    found = []
    present = {*folder.files, *folder.others, *folder.odd, *folder.too_large, *folder.unreadable}
    for name, digest in seal.own.items():
        path = f"{folder.path}/{name}"
        if name not in present:
            found.append(finding("E106", path))
        elif name in folder.files and digest_of(folder.files, name) != digest:
            found.append(finding("E206", path))
    unlisted = sorted((kind.files & {*folder.files, *folder.others}) - seal.own.keys())
    return found + [finding("E105", f"{folder.path}/{name}") for name in unlisted]
