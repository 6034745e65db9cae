"""Sealed relays and hand-offs for tests, without a stick: keys by name, versions, hosts who take files in."""

import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linksync.archive.port import Submission
from linksync.custody import lists, names
from linksync.custody.handoff import Audience, Counts, Handoff, IndexLine, Sizes, index_to_bytes
from linksync.custody.keys import PublicKey
from linksync.custody.lists import Digest
from linksync.custody.payload import State, state_list
from linksync.custody.relay import Policy, allowed_signers, policy_class, relay_from_bytes
from linksync.custody.seal import HANDOFF, HANDOFFS, RELAY, RELAYS, SEAL, RawFolder, build, seal_path
from linksync.custody.standing_files import StandingFiles

RELAY_ID = "proef"
LINK = "0123456789abcdef0123456789abcdef"
START = dt.datetime(2011, 10, 31, 9, 0, tzinfo=dt.UTC)


class Key:
    """A key that follows from a name."""

    def __init__(self, name: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(lists.sha256(name.encode()))
        self.public = PublicKey(self._private.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)

    def write(self, path: Path) -> Path:
        """As an OpenSSH key file."""
        form = serialization.PrivateFormat.OpenSSH
        data = self._private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        path.write_bytes(data)
        path.chmod(0o600)
        return path


@dataclass(slots=True)
class Relay:
    """A relay and its signed versions; hosts ``host-a``, ``host-b``… have a key of their own name."""

    versions: list[RawFolder] = field(default_factory=list)
    organiser: str = "organiser"

    def sign(
        self,
        *,
        hosts: Mapping[str, tuple[str, ...]] | None = None,
        archives: tuple[str, ...] = ("archief",),
        revoked: Mapping[str, str] | None = None,
        hold: tuple[str, ...] = (),
        refuse: tuple[str, ...] = (),
        link: str = LINK,
    ) -> RawFolder:
        """Sign the next version.

        Args:
            hosts: id to the names of its keys.
            archives: ids, each with a key of that name.
            revoked: name of a key to the hash of its last good seal on ``link``.
            hold: patterns of the policy; ``refuse`` likewise.
        """
        hosts = hosts or {f"host-{letter}": (f"host-{letter}",) for letter in "abcd"}
        number = len(self.versions) + 1
        page = self._page(hosts, archives, revoked or {}, hold, refuse, link).encode()
        files = {"relay.yaml": page, "allowed_signers": allowed_signers(relay_from_bytes(page)).to_bytes()}
        before = self.versions[-1] if self.versions else None
        follows = {} if before is None else {seal_path(before.path): lists.sha256(before.files[SEAL])}
        path = f"{RELAYS}/{number:04}"
        sealed = build(RELAY, path, files, follows=follows, signer=Key(self.organiser))
        self.versions.append(RawFolder(path=path, files=sealed))
        return self.versions[-1]

    def _page(
        self,
        hosts: Mapping[str, tuple[str, ...]],
        archives: tuple[str, ...],
        revoked: Mapping[str, str],
        hold: tuple[str, ...],
        refuse: tuple[str, ...],
        link: str,
    ) -> str:
        lines = ["format: 1", f"id: {RELAY_ID}", "name: Proef", "period: {from: 2011-10-31, to: 2011-11-30}"]
        lines += [f"organiser: {_party('ncsi', (self.organiser,))}", "hosts:"]
        lines += [f"- {_party(id_, keys)}" for id_, keys in hosts.items()]
        lines += ["archives:", *(f"- {_party(id_, (id_,))}" for id_ in archives)]
        lines += [f"policy: {{hold: [{_quoted(hold)}], refuse: [{_quoted(refuse)}]}}"]
        if revoked:
            lines.append("revoked:")
        for key, seal in revoked.items():
            good = f"{{{link}: {seal}}}" if seal else "{}"
            lines.append(f'- {{key: "{Key(key).public.fingerprint}", last_good: {good}}}')
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> Path:
        """The organiser's folder."""
        for version in self.versions:
            for name, data in version.files.items():
                path = folder / version.path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        return folder

    @property
    def fingerprint(self) -> str:
        return Key(self.organiser).public.fingerprint


@dataclass(frozen=True, slots=True)
class Sealed:
    """A hand-off, its contents, and what came before it."""

    folder: RawFolder
    number: int
    previous: "Sealed | None"
    contents: Mapping[bytes, bytes]
    state: State
    relays: tuple[RawFolder, ...]

    @property
    def seal(self) -> str:
        return lists.sha256(self.folder.files[SEAL]).hex()

    def content(self, path: bytes, digest: Digest) -> BinaryIO | None:
        data = self.contents.get(path)
        return io.BytesIO(data) if data is not None and lists.sha256(data) == digest else None

    def submission(self, *, without: Iterable[bytes] = (), attested: bool = True) -> Submission:
        """As a host offers it, perhaps without some contents."""
        missing = frozenset(without)
        return Submission(
            handoff=self.folder,
            previous=self.previous.folder.files[SEAL] if self.previous is not None else None,
            relays=self.relays,
            content=lambda path, digest: None if path in missing else self.content(path, digest),
            attested=attested,
        )


@dataclass(slots=True)
class Link:
    """A Link whose hand-offs are sealed one after another, or from an earlier one, as a copied stick is."""

    relay: Relay
    id: str = LINK

    def seal(
        self,
        holder: str,
        files: Mapping[bytes, bytes] | None = None,
        *,
        after: Sealed | None = None,
        gone: Iterable[bytes] = (),
        everyone: bool | Iterable[bytes] = True,
        narrowed: tuple[str, ...] = (),
        key: str | None = None,
        version: int | None = None,
        hours: int | None = None,
        place: str = "Assen",
        moved: int = 0,
    ) -> Sealed:
        """Seal a hand-off.

        Args:
            holder: who seals; ``ncsi`` for hand-off 1.
            files: path to bytes, new or changed.
            after: the hand-off before; None for hand-off 1.
            gone: paths that are not there any more.
            everyone: whether everyone may see the files, or which of them.
            narrowed: folders whose cards no longer say yes.
            key: the name of the signing key, where it is not the holder's own.
            version: of the relay in force; the newest where it is not given.
            hours: when, after the start; as many as its number where it is not given.
        """
        files = files or {}
        versions = tuple(self.relay.versions[: version or len(self.relay.versions)])
        number = 1 if after is None else after.number + 1
        before = after.state if after is not None else State()
        policy = relay_from_bytes(versions[-1].files["relay.yaml"]).policy
        open_ = set(files) if everyone is True else set(everyone or ())
        index = [_line(path, data, policy, open_) for path, data in files.items()]
        refused = {names.unescape(one.path) for one in index if one.class_ == "refuse"}
        went = {path: before.files[path] for path in gone}
        state = _after(before, files, went)
        page = Handoff(
            format=1,
            relay=RELAY_ID,
            relay_version=len(versions),
            link=self.id,
            number=number,
            previous=after.seal if after is not None else None,
            holder=holder,
            received_from=None,
            place=place,
            time=START + dt.timedelta(hours=number if hours is None else hours),
            counts=_counts(index, went, state, moved),
            sizes=Sizes(
                added=sum(one.size for one in index if one.class_ != "refuse"), total=sum(state.sizes.values())
            ),
            narrowed=narrowed,
            software="linksync tests",
        )
        digests = {path: lists.sha256(data) for path, data in files.items()}
        written = {
            "handoff.yaml": page.to_bytes(),
            "added.sha256": lists.to_bytes({p: d for p, d in digests.items() if p not in refused}),
            "refused.sha256": lists.to_bytes({p: d for p, d in digests.items() if p in refused}),
            "gone.sha256": lists.to_bytes(went),
            "index.jsonl": index_to_bytes(index),
            "state.sha256": state_list(state.manifests()),
        }
        path = f"{HANDOFFS}/{number:06}-{holder}"
        follows = {seal_path(versions[-1].path): lists.sha256(versions[-1].files[SEAL])}
        if after is not None:
            follows[seal_path(after.folder.path)] = bytes.fromhex(after.seal)
        signer = Key(key or ("organiser" if holder == "ncsi" else holder))
        sealed = build(HANDOFF, path, {n: d for n, d in written.items() if d}, follows=follows, signer=signer)
        folder = RawFolder(path=path, files=sealed)
        return Sealed(folder, number, after, dict(files), state, versions)


def _after(before: State, files: Mapping[bytes, bytes], gone: Mapping[bytes, Digest]) -> State:
    kept = {path: digest for path, digest in before.files.items() if path not in gone}
    sizes = {path: size for path, size in before.sizes.items() if path in kept}
    now = kept | {path: lists.sha256(data) for path, data in files.items()}
    return State(files=StandingFiles.of(now, sizes | {path: len(data) for path, data in files.items()}))


def _line(path: bytes, data: bytes, policy: Policy, everyone: set[bytes]) -> IndexLine:
    return IndexLine(
        path=names.escape(path),
        sha256=lists.sha256(data).hex(),
        size=len(data),
        class_=policy_class(policy, path),
        audience=_audience(path, everyone),
    )


def _audience(path: bytes, everyone: set[bytes]) -> Audience:
    return "everyone" if path in everyone else "organisers"


def _counts(index: list[IndexLine], gone: Mapping[bytes, Digest], state: State, moved: int) -> Counts:
    refused = sum(one.class_ == "refuse" for one in index)
    return Counts(
        added=len(index) - refused - moved,
        moved=moved,
        gone=len(gone) - moved,
        refused=refused,
        held=sum(one.class_ == "hold" for one in index),
        total=len(state.files),
    )


def _party(id_: str, keys: Iterable[str]) -> str:
    return f"{{id: {id_}, name: {id_}, keys: [{_quoted(Key(key).public.line for key in keys)}]}}"


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)
