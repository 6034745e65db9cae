"""Records beside the chain: an archive's receipts and an archivist's decisions (format 1, "Receipts", "Decisions").

They stand in no chain; each is judged by the relay version that its own seal names, and by the roster alone. A record
by a key that was revoked since does not stand, whenever it was made.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from linksync.custody import lists
from linksync.custody.decision import Decision, decision_from_bytes
from linksync.custody.findings import Finding, finding
from linksync.custody.receipt import Receipt, receipt_from_bytes
from linksync.custody.relay import Party, Relay
from linksync.custody.roster import RelayVersion, Roster, record_finding, signature_problem
from linksync.custody.seal import DECISION, RECEIPT, Kind, RawFolder, Signed, read_signed
from linksync.errors import FormatError

T = TypeVar("T", Receipt, Decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified(Generic[T]):
    """A record that its signer may sign and did."""

    record: T
    folder: RawFolder
    seal: str


def read_receipts(folders: Sequence[RawFolder], roster: Roster) -> tuple[tuple[Verified[Receipt], ...], list[Finding]]:
    """Judge the folders of ``linksync/receipts/<archive>/``."""
    return _read_all(folders, roster, RECEIPT, receipt_from_bytes, lambda relay: relay.archives, _receipt_problem)


def read_decisions(
    folders: Sequence[RawFolder], roster: Roster
) -> tuple[tuple[Verified[Decision], ...], list[Finding]]:
    """Judge the folders of ``linksync/decisions/<archivist>/``."""
    return _read_all(folders, roster, DECISION, decision_from_bytes, lambda relay: relay.archivists, _decision_problem)


def _read_all(
    folders: Sequence[RawFolder],
    roster: Roster,
    kind: Kind,
    parse: Callable[[bytes], T],
    parties: Callable[[Relay], Iterable[Party]],
    problem: Callable[[T, Signed, RelayVersion], Finding | None],
) -> tuple[tuple[Verified[T], ...], list[Finding]]:
    stand: list[Verified[T]] = []
    gone = roster.revoked("")
    found: list[Finding] = []
    for folder in folders:
        signed, problems = read_signed(kind, folder)
        found += problems
        if signed is None:
            continue
        version = roster.version(signed.seal.relay_version)
        if version is None or version.seal != (signed.seal.relay or b"").hex():
            found.append(finding("E217", folder.path, version=signed.seal.relay_version))
            continue
        fault = _signer_problem(signed, version, kind, folder, parties) or _revoked(signed, gone)
        record = None if fault else _record(folder, signed, kind, parse, found)
        fault = fault or (problem(record, signed, version) if record is not None else None)
        if fault is not None:
            found.append(fault)
        elif record is not None:
            stand.append(Verified(record=record, folder=folder, seal=signed.seal.hash))
    return tuple(stand), found


def _signer_problem(
    signed: Signed,
    version: RelayVersion,
    kind: Kind,
    folder: RawFolder,
    parties: Callable[[Relay], Iterable[Party]],
) -> Finding | None:
    owner = folder.path.split("/")[-2]
    allowed = {party.id: None for party in parties(version.relay) if party.id == owner}
    fault = signature_problem(signed, version.signers, kind.namespace, allowed)
    if fault is not None and fault.code == "E202" and not allowed:
        return finding("W114", folder.path, signer=owner)
    return fault


def _revoked(signed: Signed, gone: Collection[str]) -> Finding | None:
    """A key that was revoked signs nothing beside the chain: nobody can tell what it signed before it was stolen."""
    key = signed.signature.public.fingerprint
    return finding("W114", signed.seal.folder, signer=key) if key in gone else None


def _record(
    folder: RawFolder, signed: Signed, kind: Kind, parse: Callable[[bytes], T], found: list[Finding]
) -> T | None:
    data = folder.files.get(kind.record)
    if data is None or lists.sha256(data) != signed.seal.own[kind.record]:
        return None
    try:
        return parse(data)
    except FormatError as error:
        found.append(record_finding(error, f"{folder.path}/{kind.record}"))
        return None


def _receipt_problem(record: Receipt, signed: Signed, version: RelayVersion) -> Finding | None:
    seal = signed.seal
    if record.relay != version.relay.id:
        return finding("E216", seal.folder, found=record.relay, expected=version.relay.id)
    said = (record.archive, record.handoff, f"{record.number:06}")
    if said != (seal.folder.split("/")[-2], (seal.previous or b"").hex(), seal.handoff[:6]):
        return finding("E117", f"{seal.folder}/receipt.yaml", what="record")
    return None


def _decision_problem(record: Decision, signed: Signed, version: RelayVersion) -> Finding | None:
    folder = signed.seal.folder
    if record.relay != version.relay.id:
        return finding("E216", folder, found=record.relay, expected=version.relay.id)
    if (record.archivist, f"{record.number:04}") != tuple(folder.split("/")[-2:]):
        return finding("E117", f"{folder}/decision.yaml", what="record")
    return None
