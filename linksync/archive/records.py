"""Sealed folders in a store, read within the bounds of the format and not believed."""

from linksync.archive.store import Store
from linksync.custody import lists, strict_yaml
from linksync.custody.handoff import INDEX_BYTES_MAX
from linksync.custody.seal import SEAL, SIGNATURE, SIGNATURE_BYTES_MAX, Kind, RawFolder
from linksync.custody.signers import BYTES_MAX as SIGNERS_BYTES_MAX
from linksync.errors import FormatError

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
    files: dict[str, bytes] = {}
    too_large = []
    for name in sorted(kind.files | {SEAL, SIGNATURE}):
        try:
            data = store.read("/".join(filter(None, (at, path, name))), _LIMITS.get(name, strict_yaml.BYTES_MAX))
        except FormatError:
            too_large.append(name)
            continue
        if data is not None:
            files[name] = data
    return RawFolder(path=path, files=files, too_large=tuple(too_large))


def folder_files(kind: Kind, folder: RawFolder) -> dict[str, bytes]:
    """The files of a folder that its kind may have, the signature last."""
    known = {name: data for name, data in sorted(folder.files.items()) if name in kind.files | {SEAL}}
    return known | {name: data for name, data in folder.files.items() if name == SIGNATURE}
