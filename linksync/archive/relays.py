"""The relay versions that an archive knows: ``relay/NNNN/``, each verified before it is kept, none ever changed."""

from collections.abc import Sequence

from linksync.archive.records import folder_files, read_folder
from linksync.archive.store import Store
from linksync.custody.roster import Roster, merge_rosters, read_roster
from linksync.custody.seal import RELAY, RELAYS, SIGNATURE, RawFolder
from linksync.errors import TrustError

_FOLDER = "relay"
VERSIONS_MAX = 9999


class RosterShelf:
    """Keeps the newest roster that anyone brought."""

    def __init__(self, store: Store, organiser: str) -> None:
        """Stand in an archive.

        Args:
            store: of the archive.
            organiser: the fingerprint that signed version 1; a relay of another organiser never comes in.
        """
        self._store = store
        self._organiser = organiser
        self._roster: Roster | None = None

    def roster(self) -> Roster:
        """The versions that stand; another process may have added one since.

        Raises:
            TrustError: ``archive-organiser-other`` (``found``, ``expected``): what stands here is another relay.
        """
        if self._roster is None or self._has(len(self._roster.versions) + 1):
            roster, _ = read_roster(self._read_all())
            if roster.organiser != self._organiser:
                raise TrustError("archive-organiser-other", found=roster.organiser or "-", expected=self._organiser)
            self._roster = roster
        return self._roster

    def learn(self, folders: Sequence[RawFolder]) -> bool:
        """Keep the versions that are newer; whether there were any.

        Raises:
            TrustError: ``archive-organiser-other`` (``found``, ``expected``) or ``archive-relay-other`` (``version``):
                a version other than the one known under that number.
        """
        here, _ = read_roster(folders)
        if not here.versions:
            return False
        if here.organiser != self._organiser:
            raise TrustError("archive-organiser-other", found=here.organiser, expected=self._organiser)
        merged, found = merge_rosters(here, self.roster())
        if found:
            raise TrustError("archive-relay-other", version=found[0].path.rpartition("/")[2])
        return self.keep(merged)

    def keep(self, roster: Roster) -> bool:
        """Write what is newer in a roster that was merged with this one; whether there was anything."""
        newer = roster.versions[len(self.roster().versions) :]
        for version in newer:
            write_version(self._store, version.number, version.folder)
        if newer:
            self._roster = None
        return bool(newer)

    def _read_all(self) -> list[RawFolder]:
        folders = []
        number = 1
        while number <= VERSIONS_MAX and self._has(number):
            folders.append(self._read(number))
            number += 1
        return folders

    def _has(self, number: int) -> bool:
        file = self._store.open(f"{_FOLDER}/{number:04}/{SIGNATURE}")
        if file is not None:
            file.close()
        return file is not None

    def _read(self, number: int) -> RawFolder:
        folder = read_folder(self._store, "", f"{_FOLDER}/{number:04}", RELAY)
        return RawFolder(path=f"{RELAYS}/{number:04}", files=folder.files, too_large=folder.too_large)


def write_version(store: Store, number: int, folder: RawFolder) -> None:
    """Put a verified version there, its signature last; what a run that was cut off left is replaced."""
    for name, data in folder_files(RELAY, folder).items():
        store.replace(f"{_FOLDER}/{number:04}/{name}", data)
