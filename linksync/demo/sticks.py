"""Sticks in memory, the same to the byte every time: for the test vectors, and for tests of what a liar can do.

Honest hosts seal what stands there as ``host`` would, without a disk, a clock or chance; a ``Lie`` changes one thing of
what is sealed. START pages are left out: nothing in the format rests on them.
"""

import copy
import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from linksync.custody import lists, names, seal, sshsig
from linksync.custody.chain import number_of, read_chain, read_node
from linksync.custody.changes import compare
from linksync.custody.compose import Facts, compose
from linksync.custody.consent import Consent, is_card, read_cards
from linksync.custody.decision import Decision
from linksync.custody.lists import Digest
from linksync.custody.memory import Memory
from linksync.custody.payload import MANIFEST, OUTSIDE, State, fold, read_lists
from linksync.custody.receipt import Receipt
from linksync.custody.relay import Policy, allowed_signers, policy_class, relay_from_bytes
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import RawFolder
from linksync.custody.strict_yaml import dump
from linksync.custody.taken import Taken
from linksync.demo.keys import SeedSigner
from linksync.stick.tree import OWN_AT_ROOT

LINK, OTHER_LINK = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "f0e1d2c3b4a5968778695a4b3c2d1e0f"
ORGANISER, ARCHIVE, ARCHIVIST = "ncsi", "archief", "archivaris"
ASSEN, EMMEN, ZWOLLE = "gemeente-assen", "school-emmen", "zorghuis-zwolle"
SOFTWARE = "linksync example"
_START = dt.datetime(2011, 10, 31, 9, 0, tzinfo=dt.UTC)

Page = dict[str, Any]
"""``relay.yaml`` as a map, to be changed freely before it is signed."""


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """What somebody changes of what is sealed; by default nothing.

    Attributes:
        files: changes the folder's files before they are sealed; ``entries`` the lines of the seal; ``data`` its bytes.
        by: whose key signs; ``namespace`` for what.
        folder: another name for the folder.
    """

    files: Callable[[dict[str, bytes]], dict[str, bytes]] = _same
    entries: Callable[[dict[bytes, Digest]], dict[bytes, Digest]] = _same
    data: Callable[[bytes], bytes] = _same
    by: str = ""
    namespace: str = ""
    folder: str = ""


HONEST = Lie()


@dataclass(slots=True)
class Stick:
    """A stick, and what its honest holders know of it.

    Attributes:
        files: path to bytes of everything on it.
        links: path to target of the symbolic links on it.
        relays: the relay versions that were signed honestly.
        line: the hand-offs that were sealed honestly, in order.
        state: what they add up to.
    """

    link: str = LINK
    files: dict[bytes, bytes] = field(default_factory=dict)
    links: dict[bytes, bytes] = field(default_factory=dict)
    relays: tuple[RawFolder, ...] = ()
    line: tuple[RawFolder, ...] = ()
    state: State = field(default_factory=State)

    # What people do.

    def put(self, path: str | bytes, data: str | bytes) -> None:
        """Put a file there, or another one in its place."""
        self.files[_bytes(path)] = _bytes(data)

    def take(self, path: str | bytes) -> bytes:
        """Take a file away."""
        return self.files.pop(_bytes(path))

    def take_folder(self, path: str | bytes) -> dict[bytes, bytes]:
        """Take a folder away, with all that stands in it."""
        return {below: self.take(below) for below in self.below(path)}

    def below(self, path: str | bytes) -> list[bytes]:
        """The paths in a folder."""
        return sorted(p for p in self.files if p.startswith(_bytes(path) + b"/"))

    def change(self, path: str | bytes, how: Callable[[bytes], bytes]) -> None:
        """Change the bytes of a file."""
        self.files[_bytes(path)] = how(self.files[_bytes(path)])

    def digest(self, path: str | bytes) -> Digest:
        """The hash of a file."""
        return lists.sha256(self.files[_bytes(path)])

    def copy(self) -> "Stick":
        """Another stick with the same on it."""
        return copy.deepcopy(self)

    # What signers do.

    @property
    def roster(self) -> Roster:
        """The versions that were signed honestly."""
        return read_roster(self.relays)[0]

    @property
    def last(self) -> str:
        """The path of the last hand-off's folder."""
        return self.line[-1].path

    @property
    def seals(self) -> tuple[str, ...]:
        """The identities of the hand-offs, in order."""
        return tuple(map(seal_hash, self.line))

    @property
    def memory(self) -> Memory:
        """What somebody remembers who has seen this stick."""
        chain, _ = read_chain(self.line, self.roster)
        return Memory().learn(chain, self.roster)

    def sign_relay(self, page: Page, *, by: str = ORGANISER, lie: Lie = HONEST) -> RawFolder:
        """The organiser signs the next version of the relay with a key; hosts go by it where it is no lie."""
        return self.sign_page(dump(page), by=by, lie=lie)

    def sign_page(self, data: bytes, *, by: str = ORGANISER, lie: Lie = HONEST) -> RawFolder:
        """The same with the page as somebody wrote it."""
        path = f"{seal.RELAYS}/{len(self.relays) + 1:04}"
        files = {"relay.yaml": data, "allowed_signers": allowed_signers(relay_from_bytes(data)).to_bytes()}
        folder = _sealed(seal.RELAY, path, files, _follows(*self.relays[-1:]), by, lie)
        self._write(folder)
        if lie == HONEST:
            self.relays = (*self.relays, folder)
        return folder

    def hand_over(
        self,
        holder: str,
        *,
        by: str = "",
        after: RawFolder | None = None,
        version: int = 0,
        lie: Lie = HONEST,
        facts: Mapping[str, Any] | None = None,
    ) -> RawFolder:
        """A holder takes in what is new, seals it, and writes what follows from it.

        Args:
            holder: who hands over.
            by: the word of the key that signs; the holder's own where it is not given.
            after: the hand-off before; the last one where it is not given.
            version: of the relay in force; the newest where it is not given.
            lie: what is changed of it.
            facts: more that it tells, as ``compose.Facts`` has it.
        """
        told = replace(self._facts(holder, after or next(iter(self.line[-1:]), None), version), **(facts or {}))
        name = f"{told.number:06}-{holder}"
        before = (self.relays[told.version.number - 1], *([after] if after else self.line[-1:]))
        path = f"{seal.HANDOFFS}/{name}"
        folder = _sealed(seal.HANDOFF, path, compose(told, self.state), _follows(*before), by or holder, lie)
        self._write(folder)
        node, _ = read_node(folder, self.roster)
        if node is not None:
            self.line = (*self.line, folder)
            fold(self.state, node, read_lists(node, folder.files)[0])
        self.refresh()
        return folder

    def give_receipt(self, handoff: RawFolder, *, archive: str = ARCHIVE, lie: Lie = HONEST) -> RawFolder:
        """An archive signs that it holds a hand-off."""
        node, _ = read_node(handoff, self.roster)
        assert node is not None
        told = read_lists(node, handoff.files)[0]
        hash_ = node.seal.hash
        record = Receipt(
            format=1,
            relay=node.version.relay.id,
            link=self.link,
            number=node.number,
            handoff=hash_,
            archive=archive,
            object=f"urn:linksync:{self.link}:{node.number}:{hash_}",
            files=len(told.added),
            size=sum(told.index[path].size for path in told.added),
            time=_time(node.number) + dt.timedelta(hours=6),
            software=SOFTWARE,
        )
        path = f"{seal.RECEIPTS}/{archive}/{handoff.name}"
        follows = _follows(self.relays[-1], handoff)
        folder = _sealed(seal.RECEIPT, path, {"receipt.yaml": record.to_bytes()}, follows, archive, lie)
        self._write(folder)
        return folder

    def decide(self, act: Mapping[str, Any], *, archivist: str = ARCHIVIST, lie: Lie = HONEST) -> RawFolder:
        """An archivist decides: ``act`` and ``contents``, with ``audience`` or ``text`` as the act asks."""
        record = Decision(
            format=1,
            relay=self.roster.versions[-1].relay.id,
            archivist=archivist,
            number=1,
            reason="Beoordeeld. / Judged.",
            time=_time(len(self.line)) + dt.timedelta(hours=8),
            software=SOFTWARE,
            **act,
        )
        path = f"{seal.DECISIONS}/{archivist}/0001"
        follows = _follows(self.relays[-1])
        folder = _sealed(seal.DECISION, path, {"decision.yaml": record.to_bytes()}, follows, archivist, lie)
        self._write(folder)
        return folder

    def refresh(self) -> None:
        """Write what follows from the hand-offs: the manifests and BagIt's own files."""
        for path in (MANIFEST, OUTSIDE):
            self.files.pop(path.encode(), None)
        manifests = self.state.manifests()
        sealed = {**self._bag_files(), **{path: data for path, data in manifests.items() if path == MANIFEST}}
        listed = lists.to_bytes({path.encode(): lists.sha256(data) for path, data in sealed.items()})
        for path, data in {**manifests, **sealed, "tagmanifest-sha256.txt": listed}.items():
            self.put(path, data)

    def write(self, root: Path) -> Path:
        """Put all of it in a folder on this computer."""
        for path, data in self.files.items():
            place = root / os.fsdecode(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        for path, target in self.links.items():
            place = root / os.fsdecode(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(os.fsdecode(target))
        return root

    def _write(self, folder: RawFolder) -> None:
        for name, data in folder.files.items():
            self.put(f"{folder.path}/{name}", data)

    def _bag_files(self) -> dict[str, bytes]:
        payload = [path for path in self.state.files if names.is_payload(path)]
        octets = sum(self.state.sizes[path] for path in payload)
        info = f"External-Identifier: {self.link}\nPayload-Oxum: {octets}.{len(payload)}\n"
        return {
            "bagit.txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": info.encode(),
        }

    def _facts(self, holder: str, before: RawFolder | None, version: int) -> Facts:
        number = 1 if before is None else number_of(before.name) + 1
        in_force = self.roster.version(version or len(self.relays))
        assert in_force is not None
        here = {path: lists.sha256(data) for path, data in self.files.items() if _is_peoples(path)}
        changes = compare(self.state.files, here)
        cards = Consent(read_cards(self.files, [path for path in here if is_card(path)]))
        new = sorted([*changes.added, *changes.changed, *changes.moved])
        return Facts(
            version=in_force,
            link=self.link,
            number=number,
            previous=lists.sha256(before.files[seal.SEAL]).hex() if before else None,
            holder=holder,
            received_from=before.name[7:] if before else None,
            place="",
            time=_time(number),
            software=SOFTWARE,
            taken={path: self._taken(path, here[path], in_force.relay.policy, cards) for path in new},
            gone={path: self.state.files[path] for path in sorted({*changes.missing, *changes.moved.values()})},
            changes=changes,
        )

    def _taken(self, path: bytes, digest: Digest, policy: Policy, cards: Consent) -> Taken:
        class_ = policy_class(policy, path)
        return Taken(
            digest=digest,
            size=len(self.files[path]),
            class_=class_,
            audience=self.state.audience(path, digest, cards.asked(path)),
            codes=() if class_ == "pass" else ("policy",),
        )


def relay_page(*hosts: str, organiser: str = ORGANISER) -> Page:
    """A small ``relay.yaml`` with these hosts."""
    return {
        "format": 1,
        "id": "estafette",
        "name": "Estafette",
        "period": {"from": "2011-10-31", "to": "2011-11-30"},
        "organiser": party(ORGANISER, organiser),
        "hosts": [party(host) for host in hosts or (ASSEN, EMMEN, ZWOLLE)],
        "archives": [party(ARCHIVE)],
        "archivists": [party(ARCHIVIST)],
    }


def party(id_: str, *keys: str) -> Page:
    """Somebody who may sign, with the keys of these words; of the id itself where none is given."""
    return {"id": id_, "name": id_.replace("-", " ").title(), "keys": [key_line(key) for key in keys or (id_,)]}


def key_line(word: str) -> str:
    """The public key of a word."""
    return SeedSigner(word).public.line


def fingerprint(word: str) -> str:
    """Its fingerprint."""
    return SeedSigner(word).public.fingerprint


def seal_hash(folder: RawFolder) -> str:
    """The identity of a sealed folder."""
    return lists.sha256(folder.files[seal.SEAL]).hex()


def _sealed(
    kind: seal.Kind, path: str, files: dict[str, bytes], follows: dict[str, Digest], holder: str, lie: Lie
) -> RawFolder:
    signer = SeedSigner(lie.by or holder)
    if lie == HONEST:
        return RawFolder(path=path, files=seal.build(kind, path, files, follows=follows, signer=signer))
    path = path.rpartition("/")[0] + "/" + (lie.folder or path.rpartition("/")[2])
    files = lie.files(dict(files))
    entries = {f"{path}/{name}".encode(): lists.sha256(data) for name, data in files.items()}
    entries = lie.entries(entries | {p.encode(): digest for p, digest in follows.items()})
    data = lie.data(lists.to_bytes(entries))
    armour = sshsig.sign(data, namespace=lie.namespace or kind.namespace, signer=signer)
    return RawFolder(path=path, files={**files, seal.SEAL: data, seal.SIGNATURE: armour})


def _follows(*folders: RawFolder) -> dict[str, Digest]:
    return {seal.seal_path(folder.path): lists.sha256(folder.files[seal.SEAL]) for folder in folders}


def _is_peoples(path: bytes) -> bool:
    return not path.startswith(names.RECORDS + b"/") and path not in OWN_AT_ROOT


def _time(number: int) -> dt.datetime:
    """A day for each hand-off."""
    return _START + dt.timedelta(days=number - 1)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
