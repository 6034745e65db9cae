"""The roster: the versions of the relay that stand, and whose signature counts under each.

Version 1 is verified with its own ``allowed_signers``, version N+1 with version N's; the trust in version 1 comes from
the organiser's fingerprint on the label, never from the stick (format 1, "The relay"). Rotating or revoking a key never
voids history: a record is judged by the version that its own seal names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linksync.custody import lists, names
from linksync.custody.findings import Finding, finding
from linksync.custody.keys import PublicKey
from linksync.custody.relay import RELAY_NAMESPACE, Relay, allowed_signers, relay_from_bytes
from linksync.custody.seal import RELAY, RELAYS, RawFolder, Signed, read_signed
from linksync.custody.signers import AllowedSigners
from linksync.errors import FormatError

YAML_CODES = {
    "yaml-anchor": "E111",
    "yaml-alias": "E111",
    "yaml-depth": "E111",
    "yaml-nodes": "E111",
    "record-fields": "E112",
    "future-format": "E103",
}
"""Which finding a parse error of a YAML record becomes; any other is E110."""

ROSTER_BYTES_MAX = 64 * 1024 * 1024
"""Bytes of all versions of ``relay.yaml`` together (format 1, "Bounds")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayVersion:
    """A version of the relay whose signature was verified against the version before."""

    number: int
    relay: Relay
    signers: AllowedSigners
    seal: str
    signed_by: PublicKey
    folder: RawFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The versions that stand, from 1 without a gap; empty where none does."""

    versions: tuple[RelayVersion, ...]

    @property
    def newest(self) -> RelayVersion | None:
        """The highest version."""
        return self.versions[-1] if self.versions else None

    def version(self, number: int) -> RelayVersion | None:
        """That version, or None."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None

    @property
    def organiser(self) -> str:
        """The fingerprint of the key that signed version 1, empty where nothing stands."""
        return self.versions[0].signed_by.fingerprint if self.versions else ""

    def revoked(self, link: str) -> dict[str, str]:
        """Fingerprint to the last good seal on a Link, empty for none, of every key that is revoked.

        A revocation stays although a later version no longer repeats it, until one names it anew or
        lists the key again.
        """
        told: dict[str, str] = {}
        for version in self.versions:
            if told:
                listed = {entry.key.fingerprint for entry in version.signers.entries}
                told = {key: seal for key, seal in told.items() if key not in listed}
            told |= {each.key: each.last_good.get(link, "") for each in version.relay.revoked}
        return told


def record_finding(error: FormatError, path: str) -> Finding:
    """The finding for a YAML record that could not be read."""
    why = str(error.fields.get("why", error.slug))
    return finding(YAML_CODES.get(error.slug, "E110"), path, why=why)


def read_roster(folders: Sequence[RawFolder]) -> tuple[Roster, list[Finding]]:
    """Verify the relay's versions in order (format 1, "The relay").

    Args:
        folders: the folders of ``linksync/relay/``, in any order.

    Returns:
        The versions that stand; the first that does not ends the roster.
    """
    by_number = {int(f.name): f for f in folders if len(f.name) == 4 and f.name.isascii() and f.name.isdigit()}
    found: list[Finding] = []
    versions: list[RelayVersion] = []
    left = ROSTER_BYTES_MAX
    for number in range(1, max(by_number, default=0) + 1):
        folder = by_number.get(number)
        if folder is None:
            found.append(finding("E217", f"{RELAYS}/{number:04}"))
            break
        left -= len(folder.files.get("relay.yaml", b""))
        if left < 0:
            found.append(finding("E116", folder.path))
            break
        version, problems = _read_version(number, folder, versions[-1] if versions else None)
        found += problems
        if version is None:
            break
        versions.append(version)
    return Roster(versions=tuple(versions)), found


def merge_rosters(here: Roster, known: Roster) -> tuple[Roster, list[Finding]]:
    """The longer of two rosters of one relay, and where they contradict each other: what was known first then stands.

    Args:
        here: what stands on the stick.
        known: what was seen before, elsewhere.
    """
    for mine, theirs in zip(here.versions, known.versions, strict=False):
        if mine.seal != theirs.seal:
            return known, [finding("E218", f"{RELAYS}/{mine.number:04}", seen=theirs.seal, found=mine.seal)]
    return (known if len(known.versions) > len(here.versions) else here), []


def _read_version(
    number: int, folder: RawFolder, before: RelayVersion | None
) -> tuple[RelayVersion | None, list[Finding]]:
    signed, found = read_signed(RELAY, folder)
    if signed is None:
        return None, found
    own = signed.seal.own
    if any(lists.sha256(folder.files.get(name, b"")) != own[name] for name in RELAY.required):
        return None, found
    problem = _successor_problem(number, signed, folder, before) if before else None
    if problem is not None:
        return None, [*found, problem]
    try:
        relay = relay_from_bytes(folder.files["relay.yaml"])
    except FormatError as error:
        return None, [*found, record_finding(error, f"{folder.path}/relay.yaml")]
    signers = allowed_signers(relay)
    if signers.to_bytes() != folder.files["allowed_signers"]:
        return None, [*found, finding("E220", f"{folder.path}/allowed_signers")]
    if before is None:
        problem = _first_problem(signed, relay, signers)
    elif relay.id != before.relay.id:
        problem = finding("E216", folder.path, found=relay.id, expected=before.relay.id)
    if problem is not None:
        return None, [*found, problem]
    version = RelayVersion(
        number=number,
        relay=relay,
        signers=signers,
        seal=signed.seal.hash,
        signed_by=signed.signature.public,
        folder=folder,
    )
    return version, found


def _first_problem(signed: Signed, relay: Relay, signers: AllowedSigners) -> Finding | None:
    """What is wrong with a first version: it is verified with what it brings along."""
    if signed.seal.relay is not None:
        return finding("E109", f"{signed.seal.folder}/seal.sha256", why="a first version follows none")
    return signature_problem(signed, signers, RELAY_NAMESPACE, {relay.organiser.id: None})


def _successor_problem(number: int, signed: Signed, folder: RawFolder, before: RelayVersion) -> Finding | None:
    """What is wrong with a later version, as far as the version before can tell, before anything in it is read."""
    if signed.seal.relay_version != number - 1 or (signed.seal.relay or b"").hex() != before.seal:
        return finding("E217", signed.seal.folder, version=number - 1)
    try:
        newer = AllowedSigners.from_bytes(folder.files["allowed_signers"])
    except FormatError:
        newer = None
    organiser = before.relay.organiser.id
    return signature_problem(signed, before.signers, RELAY_NAMESPACE, {organiser: None}, newer=newer)


def signature_problem(
    signed: Signed,
    signers: AllowedSigners,
    namespace: str,
    allowed: Mapping[str, object],
    *,
    newer: AllowedSigners | None = None,
) -> Finding | None:
    """What is wrong with who signed a folder, or None (format 1, "Signatures").

    Args:
        signed: seal and signature.
        signers: the roster's signers for that version.
        namespace: what the signature must be for.
        allowed: the ids that may sign this folder.
        newer: the signers that the record itself brings along, which count for nothing.
    """
    path = f"{signed.seal.folder}/seal.sha256.sig"
    signature = signed.signature
    key = signature.public
    if signature.namespace != namespace:
        return finding("E204", path, found=names.escape(signature.namespace.encode()), expected=namespace)
    if not signed.holds:
        return finding("E201", path)
    ids = signers.who(namespace, key)
    if any(id_ in allowed for id_ in ids):
        return None
    if ids:
        return finding("E203", path, found=", ".join(ids), expected=", ".join(allowed))
    if newer is not None and newer.who(namespace, key):
        return finding("E205", path, key=key.fingerprint)
    return finding("E202", path, key=key.fingerprint)
