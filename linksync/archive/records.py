"""Sealed folders in a store, read within the bounds of the format and not believed."""

from collections.abc import Iterator

from linksync.archive.store import PIECE, Store, failed
from linksync.custody import lists, strict_yaml
from linksync.custody.handoff import INDEX_BYTES_MAX
from linksync.custody.pieces import Parts
from linksync.custody.seal import SEAL, SIGNATURE, SIGNATURE_BYTES_MAX, Kind, RawFolder
from linksync.custody.signers import BYTES_MAX as SIGNERS_BYTES_MAX
from linksync.errors import FormatError
from linksync.machine.spool import Laid, Spool

_LIMITS = {
    SEAL: lists.SEAL_BYTES_MAX,
    SIGNATURE: SIGNATURE_BYTES_MAX,
    "allowed_signers": SIGNERS_BYTES_MAX,
    "index.jsonl": INDEX_BYTES_MAX,
    "added.sha256": lists.LIST_BYTES_MAX,
    "refused.sha256": lists.LIST_BYTES_MAX,
    "gone.sha256": lists.LIST_BYTES_MAX,
    "state.sha256": lists.SEAL_BYTES_MAX,
}
"""The most bytes of each file; any other is a page of YAML."""


def read_folder(store: Store, at: str, path: str, kind: Kind) -> RawFolder:
    """Read a sealed folder: the files that its kind may have.

    Args:
        store: where it stands.
        at: the folder in the store in which ``path`` starts; empty for the store itself.
        path: relative to the stick's root, as ``linksync/relay/0001``.
        kind: what it is.
    """
    files = Laid(Spool())
    too_large = []
    for name in sorted(kind.files | {SEAL, SIGNATURE}):
        limit = _LIMITS.get(name, strict_yaml.BYTES_MAX)
        if _lay(store, "/".join(filter(None, (at, path, name))), files, limit, name) > limit:
            files.drop(name)
            too_large.append(name)
    return RawFolder(path=path, files=files, too_large=tuple(too_large))


def _lay(store: Store, full: str, files: Laid, limit: int, name: str) -> int:
    """Read a file, one byte more of it than the limit at the most; its bytes."""
    try:
        file = store.open(full)
    except FormatError:  # nothing can have that name
        return limit + 1
    if file is None:
        return 0
    left = limit
    with file:

        def pieces() -> Iterator[bytes]:
            nonlocal left
            while left >= 0 and (piece := file.read(min(PIECE, left + 1))):
                left -= len(piece)
                yield piece

        try:
            return files.add(name, pieces())
        except OSError as error:
            raise failed("store-read", full, error) from error


def folder_files(kind: Kind, folder: RawFolder) -> Parts:
    """The files of a folder that its kind may have, the signature last."""
    there = [name for name in sorted(folder.files) if name in kind.files | {SEAL}]
    there += [SIGNATURE] if SIGNATURE in folder.files else []
    return Parts({name: (folder.files, name) for name in there})
