"""Settings of this computer: ``config.yaml`` in the platform's place, and where the memory stands.

A flag wins over the environment, the environment over ``config.yaml``, and that over the default; flags and environment
are the business of ``cli``. The page is strict YAML, with no field that linksync does not know::

    language: nl
    as: gemeente-assen
    key: ~/sleutels/assen
    archive: /srv/archief
    policy: auto
    clamd: tcp://127.0.0.1:3310
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from linksync.custody.relay import Fingerprint, Id
from linksync.custody.strict_yaml import BYTES_MAX, convert, load
from linksync.custody.yaml_edit import set_fields
from linksync.errors import FormatError, MediumError
from linksync.machine import durable

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
Policy = Literal["auto", "ask", "verify-only"]
After = Literal["eject", "stay"]
POLICIES: tuple[Policy, ...] = ("auto", "ask", "verify-only")
AFTER: tuple[After, ...] = ("eject", "stay")
_WATCH_MAX = 100
NO_SCANNER = "off"
"""The setting ``clamd`` that asks no scanner."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"as_": "as"}):
    """``config.yaml``; a field that is not there is None.

    Attributes:
        state: the folder of this computer's memory.
        archive: the URL or folder of the archive.
        organiser: the fingerprint on the label.
        as_: the id of the host that hands over here.
        key: the file of its private key.
        relay: the organiser's folder.
        policy: what the daemon does with a Link: hands it over by itself, asks first, or only verifies.
        after: what it does after the hand-off: eject the stick, or let it stay plugged in.
        watch: folders that the daemon takes for sticks.
        clamd: the virus scanner: the path of its socket, ``tcp://host:port``, or ``off``; "" and None look in the usual
            places.
    """

    state: Text | None = None
    archive: Text | None = None
    organiser: Fingerprint | None = None
    language: Literal["nl", "en"] | None = None
    as_: Id | None = None
    key: Text | None = None
    relay: Text | None = None
    policy: Policy | None = None
    after: After | None = None
    watch: Annotated[tuple[Text, ...], msgspec.Meta(max_length=_WATCH_MAX)] | None = None
    clamd: Annotated[str, msgspec.Meta(max_length=4096)] | None = None


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
    return _rooted(_parsed(_read(path), path), path.parent)


def write_config(path: Path, fields: Mapping[str, str | None]) -> bool:
    """Set fields of the settings; all else in the file stays, comments too.

    Args:
        path: the file, made where there is none.
        fields: name, as it stands in the file, to text, or None to have it say nothing. One that says the same already
            stays as it is written.

    Returns:
        Whether anything was changed.

    Raises:
        FormatError: what is there is wrong, with ``path``; nothing was changed.
        MediumError: ``config-unreadable``, or ``disk-write``: the old file still is.
    """
    data = _read(path)
    told = msgspec.to_builtins(_rooted(_parsed(data, path), path.parent))
    new = {name: text for name, text in fields.items() if told.get(name) != text}
    if not new:
        return False
    text = set_fields(data.decode(), new).encode()
    _parsed(text, path)
    durable.write(Path(os.path.realpath(path)), text, mode=0o600)
    return True


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(BYTES_MAX + 1)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise MediumError("config-unreadable", errno=error.errno or 0, path=str(path), why=why) from error


def _parsed(data: bytes, path: Path) -> Config:
    try:
        return convert(load(data) or {}, Config, what="config.yaml")
    except FormatError as error:
        if error.slug == "yaml-empty":
            return Config()
        raise FormatError(error.slug, **{**error.fields, "path": str(path)}) from error


def _rooted(config: Config, folder: Path) -> Config:
    """The same with whole paths; an archive that has a scheme stays as it is."""
    told = {name: getattr(config, name) for name in ("state", "key", "relay", "archive")}
    paths = {name: _whole(text, folder) for name, text in told.items() if text is not None}
    watch = None if config.watch is None else tuple(_whole(text, folder) for text in config.watch)
    clamd = config.clamd if config.clamd in (None, "", NO_SCANNER) else _whole(config.clamd, folder)
    return msgspec.structs.replace(config, **paths, watch=watch, clamd=clamd)


def _whole(text: str, folder: Path) -> str:
    return text if "://" in text else os.path.join(folder, os.path.expanduser(text))
