"""Holds: what was offered and is not in, with the bytes that came and the reason.

A hold is known by the bytes of its sealed folder, so nobody can spoil another's. Contents stand apart, by their hash,
and whoever completes a hand-off later finds them here; each is hashed again before it is used.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from linksync.archive.entries import Hold, digest_of, read_entry, sharded, to_bytes
from linksync.archive.objects import DamagedError, verified
from linksync.archive.objects import digest_of as digest_of_file
from linksync.archive.port import Content, Submission
from linksync.archive.records import folder_files, read_folder
from linksync.archive.store import Store
from linksync.custody import lists
from linksync.custody.lists import Digest
from linksync.custody.pieces import Parts
from linksync.custody.seal import HANDOFF, HANDOFFS, RELAY, RELAYS, SEAL, RawFolder
from linksync.errors import FormatError

_RECORDS, _CONTENT, _WAITING, _SEALS = "holds/records", "holds/content", "holds/waiting", "holds/seals"
_PREVIOUS = "previous.sha256"


def hold_id(handoff: RawFolder) -> str:
    """What a hold is known by: 64 hexadecimal digits."""
    files = folder_files(HANDOFF, handoff)
    told = {"path": handoff.path.encode()}
    return digest_of(Parts({"path": (told, "path")} | {name: (files, name) for name in files}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """The holds of an archive."""

    store: Store

    def keep(self, submission: Submission, hold: Hold, contents: Iterable[tuple[bytes, Digest]]) -> None:
        """Hold a submission: its records and what there is of its contents. Again changes nothing.

        Args:
            submission: what was offered.
            hold: why it is held.
            contents: paths and digests of what is to be kept.
        """
        id_ = hold_id(submission.handoff)
        at = self._folder(id_)
        new = contents if submission.content != self.held else ()
        came = [self._keep_content(path, digest, submission.content) for path, digest in new]
        if not any(came) and self.get(id_) == hold:
            return
        records = _records(submission)
        for name in records:
            self.store.put(f"{at}/{name}", records.pieces(name))
        self.store.put(f"{_SEALS}/{hold.seal or id_}/{id_}", [b"\n"])
        if hold.waits:
            self.store.put(f"{_WAITING}/{hold.waits}/{id_}", [b"\n"])
        self.store.settle()
        self.store.replace(f"{at}/hold.json", to_bytes(hold))

    def get(self, id_: str) -> Hold | None:
        """Why something is held; None where it is not, or the note cannot be read."""
        try:
            return read_entry(self.store, f"{self._folder(id_)}/hold.json", Hold)
        except FormatError:
            return None

    def all(self) -> Iterator[tuple[str, Hold]]:
        """Every hold."""
        for name in self.store.names(_RECORDS):
            id_ = name.split("/")[3] if name.endswith("/hold.json") and name.count("/") == 4 else ""
            hold = self.get(id_) if id_ else None
            if hold is not None:
                yield id_, hold

    def waiting(self, for_: str) -> list[str]:
        """The holds that wait for a hand-off to come in."""
        return [name.rpartition("/")[2] for name in self.store.names(f"{_WAITING}/{for_}")]

    def submission(self, id_: str, hold: Hold) -> Submission:
        """What was held, to be judged again."""
        at = self._folder(id_)
        handoff = read_folder(self.store, at, hold.folder, HANDOFF)
        relays: list[RawFolder] = []
        while folder := read_folder(self.store, at, f"{RELAYS}/{len(relays) + 1:04}", RELAY):
            if not folder.files:
                break
            relays.append(folder)
        try:
            previous = self.store.read(f"{at}/{_PREVIOUS}", lists.SEAL_BYTES_MAX)
        except FormatError:
            previous = None
        return Submission(
            handoff=handoff,
            previous=previous,
            relays=tuple(relays),
            content=self.held,
            attested=hold.why != "unattested",
        )

    def content(self, digest: Digest) -> BinaryIO | None:
        """A reader of a content that was held; not yet hashed again."""
        return self.store.open(sharded(_CONTENT, digest.hex()))

    def held(self, _path: bytes, digest: Digest) -> BinaryIO | None:
        """As ``content``, by path and digest."""
        return self.content(digest)

    def drop(self, digest: Digest) -> None:
        """Let go of a content that turned out to be damaged, so that it is kept again when it comes."""
        self.store.remove(sharded(_CONTENT, digest.hex()))

    def release(self, seal: str) -> None:
        """Let go of every hold of a hand-off that is in now, but for the files that it refused.

        Contents go too, when nothing else is held that may need them.
        """
        for marker in list(self.store.names(f"{_SEALS}/{seal}")):
            id_ = marker.rpartition("/")[2]
            hold = self.get(id_)
            if hold is None or hold.why != "refused":
                self._release(id_, hold)
                self.store.remove(marker)

    def _release(self, id_: str, hold: Hold | None) -> None:
        alone = hold is not None and all(other == id_ for other, _ in self.all())
        for digest in hold.contents if hold is not None and alone else ():
            self.store.remove(sharded(_CONTENT, digest))
        if hold is not None and hold.waits:
            self.store.remove(f"{_WAITING}/{hold.waits}/{id_}")
        at = self._folder(id_)
        self.store.remove(f"{at}/hold.json")
        for name in list(self.store.names(at)):
            self.store.remove(name)

    def _folder(self, id_: str) -> str:
        return sharded(_RECORDS, id_)

    def _keep_content(self, path: bytes, digest: Digest, content: Content) -> bool:
        """Keep a content that is not here whole, if it came whole; whether it is new."""
        here = self.content(digest)
        if here is not None:
            with here:
                if digest_of_file(here) == digest:
                    return False
        came = content(path, digest)
        if came is None:
            return False
        with closing(came):
            try:
                self.store.put(sharded(_CONTENT, digest.hex()), verified(came, digest))
            except DamagedError:
                self.drop(digest)
                return False
        return True


def _records(submission: Submission) -> Parts:
    """The records that came along, by their names in the hold."""
    found: dict[str, tuple[Mapping[str, bytes], str]] = {}
    for folder, kind in ((submission.handoff, HANDOFF), *((one, RELAY) for one in submission.relays)):
        files = folder_files(kind, folder)
        found |= {f"{folder.path}/{name}": (files, name) for name in files}
    if submission.previous is not None:
        found[_PREVIOUS] = ({_PREVIOUS: submission.previous}, _PREVIOUS)
    return Parts(found)


def is_handoff_path(path: str) -> bool:
    """Whether a sealed folder stands where hand-offs stand."""
    return path.startswith(f"{HANDOFFS}/") and path.count("/") == HANDOFFS.count("/") + 1


def seal_of(handoff: RawFolder) -> str:
    """The hash of a folder's seal, whatever it says; empty where it has none."""
    data = handoff.files.get(SEAL)
    return lists.sha256(data).hex() if data is not None else ""
