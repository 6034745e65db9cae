"""Settings of this computer: ``config.yaml`` in the platform's place, and where the memory stands.

A flag wins over the environment, the environment over ``config.yaml``, and that over the default; flags and environment
are the business of ``cli``. The page is strict YAML, with no field that linksync does not know::

    language: nl
    as: gemeente-assen
    key: ~/sleutels/assen
    archive: /srv/archief
"""

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from linksync.custody.relay import Fingerprint, Id
from linksync.custody.strict_yaml import BYTES_MAX, convert, load
from linksync.errors import FormatError, MediumError

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"as_": "as"}):
    """``config.yaml``; a field that is not there is None.

    Attributes:
        state: the folder of this computer's memory.
        archive: the URL or folder of the archive.
        organiser: the fingerprint on the label.
        as_: the id of the host that hands over here.
        key: the file of its private key.
        relay: the organiser's folder.
    """

    state: Text | None = None
    archive: Text | None = None
    organiser: Fingerprint | None = None
    language: Literal["nl", "en"] | None = None
    as_: Id | None = None
    key: Text | None = None
    relay: Text | None = None


def config_path() -> Path:
    """Where ``config.yaml`` stands on this platform."""
    return Path(platformdirs.user_config_dir("linksync", appauthor=False)) / "config.yaml"


def state_folder() -> Path:
    """Where this computer's memory stands unless somebody says otherwise."""
    return Path(platformdirs.user_state_dir("linksync", appauthor=False))


def read_config(path: Path) -> Config:
    """Read the settings; none where there is no such file.

    Paths in it may start with ``~``, and are relative to the folder that the file stands in.

    Raises:
        FormatError: ``yaml-…`` or ``record-fields``, with ``path``.
        MediumError: ``config-unreadable`` (``path``, ``why``).
    """
    try:
        with open(path, "rb") as file:
            data = file.read(BYTES_MAX + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Config()
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise MediumError("config-unreadable", errno=error.errno or 0, path=str(path), why=why) from error
    try:
        config = convert(load(data) or {}, Config, what="config.yaml")
    except FormatError as error:
        if error.slug == "yaml-empty":
            return Config()
        raise FormatError(error.slug, **{**error.fields, "path": str(path)}) from error
    return _rooted(config, path.parent)


def _rooted(config: Config, folder: Path) -> Config:
    """The same with whole paths; an archive that has a scheme stays as it is."""
    told = {name: getattr(config, name) for name in ("state", "key", "relay", "archive")}
    paths = {name: _whole(text, folder) for name, text in told.items() if text is not None}
    return msgspec.structs.replace(config, **paths)


def _whole(text: str, folder: Path) -> str:
    return text if "://" in text else os.path.join(folder, os.path.expanduser(text))
