"""Archives for tests, made as the command makes them, and looked into from outside."""

from pathlib import Path

from sealed import Key, Relay

from linksync.archive import ocfl
from linksync.archive.opening import new_archive, open_archive
from linksync.archive.repository import Repository


def make(at: Path, relay: Relay, id_: str = "archief") -> Repository:
    """An archive in ``at/archive``, its key in ``at/key``, the organiser's folder in ``at/desk``."""
    at.mkdir(parents=True, exist_ok=True)
    new_archive(at / "archive", relay=relay.write(at / "desk"), id_=id_, key=Key(id_).write(at / "key"))
    return open_archive(str(at / "archive"))


def object_path(archive: Path, id_: str) -> Path:
    """The folder of an object."""
    return archive / ocfl.object_folder(id_)


def trees(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def library_trees(library: Path) -> dict[str, bytes]:
    """Everything that counts in a library: linksync's own notes apart."""
    return {name: data for name, data in trees(library).items() if ".linksync" not in Path(name).parts}
