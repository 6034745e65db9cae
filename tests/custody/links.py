"""A Link in memory for the tests of custody: a relay with its hosts, hand-offs by them, and what a liar would seal.

What it writes is composed by hand, not by the code under test; only seals are made by it. Everything is the same every
time: keys are made from names, hours from numbers.
"""

import copy
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linksync.custody import seal, sshsig
from linksync.custody.chain import Chain, read_chain
from linksync.custody.findings import Finding
from linksync.custody.history import NOTHING, History, read_history
from linksync.custody.keys import PublicKey
from linksync.custody.lists import Digest
from linksync.custody.relay import HANDOFF_NAMESPACE
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import RawFolder
from linksync.custody.strict_yaml import dump

LINK, OTHER_LINK = "0f" * 16, "f0" * 16
ORGANISER = "ncsi"
MANIFEST, OUTSIDE = "manifest-sha256.txt", "linksync/outside-sha256.txt"
Paths = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Hand:
    """A signer in memory, its key made from its name."""

    name: str

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.name.encode()).digest())

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.private.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


def sha256(data: bytes) -> Digest:
    return hashlib.sha256(data).digest()


def printed(entries: Mapping[bytes, Digest]) -> bytes:
    """A checksum list."""
    return b"".join(digest.hex().encode() + b"  " + path + b"\n" for path, digest in sorted(entries.items()))


def party(id_: str, *keys: str) -> dict[str, Any]:
    return {"id": id_, "name": id_.title(), "keys": [Hand(key).public.line for key in keys or (id_,)]}


def signers_of(relay: Mapping[str, Any]) -> bytes:
    """``allowed_signers``, worked out here and not by linksync."""
    bound: dict[tuple[str, str], set[str]] = {}
    groups = (("relay", [relay["organiser"]]), ("handoff", [relay["organiser"], *relay.get("hosts", ())]))
    for kind, parties in (*groups, ("receipt", relay.get("archives", ())), ("decision", relay.get("archivists", ()))):
        for one in parties:
            for key in one["keys"]:
                bound.setdefault((one["id"], key), set()).add(f"linksync-{kind}-v1")
    lines = [f'{id_} namespaces="{",".join(sorted(spaces))}" {key}\n' for (id_, key), spaces in bound.items()]
    return "".join(sorted(lines)).encode()


def relay_record(*hosts: str) -> dict[str, Any]:
    return {
        "format": 1,
        "id": "estafette",
        "name": "Slimmer Werken Estafette",
        "period": {"from": "2011-10-31", "to": "2011-11-30"},
        "organiser": party(ORGANISER),
        "hosts": [party(host) for host in hosts],
        "archives": [party("archief")],
        "archivists": [party("archivaris")],
    }


def naming(*folders: RawFolder) -> dict[str, Digest]:
    """What a seal that follows these folders lists of them."""
    return {f"{folder.path}/{seal.SEAL}": sha256(folder.files[seal.SEAL]) for folder in folders}


def sealed(
    kind: seal.Kind, folder: str, files: Mapping[str, bytes], follows: Mapping[str, Digest], hand: str
) -> RawFolder:
    """A sealed folder of whatever files, whether its kind allows them or not."""
    entries = {f"{folder}/{name}".encode(): sha256(data) for name, data in files.items()}
    return signed(kind.namespace, folder, files, entries | {p.encode(): d for p, d in follows.items()}, hand)


def signed(
    namespace: str,
    folder: str,
    files: Mapping[str, bytes],
    entries: Mapping[bytes, Digest],
    hand: str,
    *,
    raw: bytes = b"",
) -> RawFolder:
    """A folder with any seal that one likes, signed."""
    data = raw or printed(entries)
    armour = sshsig.sign(data, namespace=namespace, signer=Hand(hand))
    return RawFolder(path=folder, files={**files, seal.SEAL: data, seal.SIGNATURE: armour})


def with_file(folder: RawFolder, name: str, data: bytes | None) -> RawFolder:
    """The same folder with other bytes in one file, or without it."""
    files = {n: d for n, d in folder.files.items() if n != name}
    return replace(folder, files=files if data is None else files | {name: data})


def hash_of(folder: RawFolder) -> str:
    return sha256(folder.files[seal.SEAL]).hex()


@dataclass
class Link:
    """A stick's records, and what honest hosts know of its contents.

    ``hand_over`` seals what a host would; its keywords let it lie in one thing at a time.
    """

    id: str = LINK
    hosts: tuple[str, ...] = ("assen", "emmen", "meppel")
    relay: dict[str, Any] = field(default_factory=dict)
    relays: list[RawFolder] = field(default_factory=list)
    handoffs: list[RawFolder] = field(default_factory=list)
    files: dict[bytes, Digest] = field(default_factory=dict)
    sizes: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.relay = relay_record(*self.hosts)
        self.sign_relay()
        self.hand_over(ORGANISER, {b"data/LEES-MIJ.txt": b"Lees mij."})

    @property
    def last(self) -> str:
        """The seal hash of the last hand-off."""
        return hash_of(self.handoffs[-1])

    def copy(self) -> "Link":
        return copy.deepcopy(self)

    def sign_relay(self, hand: str = ORGANISER, *, allowed: bytes = b"", **changes: Any) -> RawFolder:
        """Seal the next relay version with these fields changed."""
        self.relay = {**self.relay, **changes}
        number = len(self.relays) + 1
        files = {"relay.yaml": dump(self.relay), "allowed_signers": allowed or signers_of(self.relay)}
        place = f"linksync/relay/{number:04}"
        self.relays.append(sealed(seal.RELAY, place, files, naming(*self.relays[-1:]), hand))
        return self.relays[-1]

    def hand_over(
        self,
        holder: str,
        added: Paths | None = None,
        *,
        gone: tuple[bytes, ...] = (),
        refused: Paths | None = None,
        audience: str = "organisers",
        index: Callable[[dict[str, Any]], object] = lambda _line: None,
        hand: str = "",
        version: int = 0,
        number: int = 0,
        previous: RawFolder | None = None,
        folder: str = "",
        namespace: str = HANDOFF_NAMESPACE,
        record: Mapping[str, Any] | None = None,
        files: Mapping[str, bytes | None] | None = None,
        follows: Mapping[str, Digest] | None = None,
    ) -> RawFolder:
        """Seal a hand-off and put it on the stick."""
        added, refused = added or {}, refused or {}
        gone_list = {path: self.files.get(path, sha256(b"")) for path in gone}
        for path in gone:
            self.files.pop(path, None), self.sizes.pop(path, None)
        for path, content in (*added.items(), *refused.items()):
            self.files[path], self.sizes[path] = sha256(content), len(content)
        relay = self.relays[(version or len(self.relays)) - 1]
        before = previous or (self.handoffs[-1] if self.handoffs else None)
        number = number or (int(before.name[:6]) + 1 if before else 1)
        told = {
            "format": 1,
            "relay": "estafette",
            "relay_version": version or len(self.relays),
            "link": self.id,
            "number": number,
            "previous": hash_of(before) if before else None,
            "holder": holder,
            "received_from": None,
            "place": "Assen",
            "time": f"{dt.datetime(2011, 10, 31, tzinfo=dt.UTC) + dt.timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}",
            "counts": {
                "added": len(added),
                "gone": len(gone),
                "refused": len(refused),
                "total": len(self.files),
            },
            "bytes": {"added": sum(map(len, added.values())), "total": sum(self.sizes.values())},
            "software": "test 1",
            **(record or {}),
        }
        written: dict[str, bytes | None] = {
            "handoff.yaml": dump(told),
            "added.sha256": printed({path: sha256(data) for path, data in added.items()}) or None,
            "refused.sha256": printed({path: sha256(data) for path, data in refused.items()}) or None,
            "gone.sha256": printed(gone_list) or None,
            "index.jsonl": self._index(added, refused, audience, index) or None,
            "state.sha256": self.state() or None,
            **(files or {}),
        }
        place = folder or f"linksync/handoffs/{number:06}-{holder}"
        links = naming(relay, *([before] if before else []))
        own = {name: data for name, data in written.items() if data is not None}
        kind = replace(seal.HANDOFF, namespace=namespace)
        self.handoffs.append(sealed(kind, place, own, links if follows is None else follows, hand or holder))
        return self.handoffs[-1]

    def _index(self, added: Paths, refused: Paths, audience: str, change: Callable[[dict[str, Any]], object]) -> bytes:
        lines = []
        for path, content in sorted([*added.items(), *refused.items()]):
            line = {
                "path": path.decode(),
                "sha256": sha256(content).hex(),
                "size": len(content),
                "class": "refuse" if path in refused else "pass",
                "audience": audience,
                "codes": [],
            }
            change(line)
            lines.append(json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
        return b"".join(lines)

    def manifests(self) -> dict[str, bytes]:
        inside = {path: digest for path, digest in self.files.items() if path.startswith(b"data/")}
        beside = {path: digest for path, digest in self.files.items() if not path.startswith(b"data/")}
        return {path: printed(told) for path, told in ((MANIFEST, inside), (OUTSIDE, beside)) if told}

    def state(self) -> bytes:
        return printed({path.encode(): sha256(data) for path, data in self.manifests().items()})

    def replace_handoff(self, at: int, change: Callable[[RawFolder], RawFolder]) -> None:
        self.handoffs[at] = change(self.handoffs[at])

    def roster(self) -> Roster:
        return read_roster(self.relays)[0]

    def chain(self) -> tuple[Chain, list[Finding]]:
        return read_chain(self.handoffs, self.roster())

    def history(self, *, manifests: Mapping[str, bytes] | None = None, known: Roster = NOTHING) -> History:
        there = self.manifests() if manifests is None else manifests
        return read_history(self.relays, self.handoffs, manifests=there, known=known)

    def codes(self) -> list[str]:
        """The code of every finding about the records, sorted."""
        return sorted(f.code for f in self.history().findings)


def played(*holders: str) -> Link:
    """A Link that was handed over by these hosts, each of whom added a file."""
    link = Link()
    for number, holder in enumerate(holders, start=2):
        link.hand_over(holder, {f"data/{holder}/verslag {number}.txt".encode(): f"Geleerd {number}".encode()})
    return link


def codes(found: list[Finding] | tuple[Finding, ...]) -> list[str]:
    return sorted(f.code for f in found)
