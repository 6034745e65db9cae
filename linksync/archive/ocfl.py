"""OCFL 1.1, as much of it as an archive of immutable objects needs; pure.

One object per hand-off, one version, layout 0003 and sha256 throughout. The *content path* of a file is its path on
the stick, so that the seal and ``added.sha256`` check inside ``v1/content``. A path that JSON, a disk or an object
store cannot hold (not UTF-8, a control character, too long) is replaced by ``linksync/content/<sha256>``; people's
lists never name ``linksync/``. The *logical path* is the path on the stick, escaped as everywhere, so nothing of a
name is lost.

An inventory follows from its hand-off to the byte: it is never parsed, only made again and compared.
"""

import datetime as dt
import hashlib
import json
import re
from binascii import hexlify
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from linksync.archive.store import PART_MAX, has_control
from linksync.custody import names
from linksync.custody.lists import Digest
from linksync.custody.pieces import gathered

ROOT = "ocfl"
"""The folder of the storage root in the archive."""
LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
DECLARATION, DECLARED = "0=ocfl_object_1.1", b"ocfl_object_1.1\n"
CONTENT = "v1/content"
INVENTORIES = ("inventory.json", "v1/inventory.json")
CONTENT_PATH_MAX = 768
"""Bytes in a content path: with the folders above it, it stays under the 1,024 of a name in a store."""

_TUPLE, _TUPLES = 3, 3
_RENAMED = "linksync/content/"
_ENCAPSULATION_MAX = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def root_files() -> dict[str, bytes]:
    """The files that make a folder a storage root with its layout, the declaration last."""
    config = {"extensionName": LAYOUT, "digestAlgorithm": "sha256", "tupleSize": _TUPLE, "numberOfTuples": _TUPLES}
    layout = {"extension": LAYOUT, "description": "Hashed N-tuple trees with object ID encapsulating directory"}
    return {
        f"{ROOT}/extensions/{LAYOUT}/config.json": _json(config),
        f"{ROOT}/ocfl_layout.json": _json(layout),
        f"{ROOT}/0=ocfl_1.1": b"ocfl_1.1\n",
    }


def object_id(link: str, number: int, seal: str) -> str:
    """The id of a hand-off's object."""
    return f"urn:linksync:{link}:{number}:{seal}"


def object_folder(id_: str) -> str:
    """Where an object stands in the archive (layout 0003)."""
    digest = hashlib.sha256(id_.encode()).hexdigest()
    name = _UNSAFE.sub(lambda match: "".join(f"%{byte:02x}" for byte in match[0].encode()), id_)
    if len(name) > _ENCAPSULATION_MAX:
        name = f"{name[:_ENCAPSULATION_MAX]}-{digest}"
    tuples = [digest[at : at + _TUPLE] for at in range(0, _TUPLE * _TUPLES, _TUPLE)]
    return "/".join([ROOT, *tuples, name])


def content_path(path: bytes, digest: Digest) -> str:
    """Where in ``v1/content`` a file stands."""
    try:
        text = path.decode()
    except UnicodeDecodeError:
        text = ""
    storable = text and len(path) <= CONTENT_PATH_MAX and not has_control(path)
    if storable and all(len(part) <= PART_MAX for part in path.split(b"/")):
        return text
    return renamed(digest)


def renamed(digest: Digest) -> str:
    """Where in ``v1/content`` a file stands whose own path cannot be stored."""
    return f"{_RENAMED}{digest.hex()}"


def renamed_digest(name: str) -> Digest:
    """The digest in such a name; empty for any other name."""
    told = name.removeprefix(_RENAMED)
    return bytes.fromhex(told) if told != name and names.is_hex(told, 64) else b""


def inventory(
    id_: str, holdings: Iterable[tuple[Digest, bytes]], *, created: dt.datetime, holder: str, relay: str
) -> Iterator[bytes]:
    """The inventory of an object, in pieces.

    Args:
        id_: of the object.
        holdings: digest and path on the stick of each of its files, in order; gone through twice.
        created: when the hand-off says that it was sealed, in UTC.
        holder: who sealed it.
        relay: in which relay.
    """
    user = {"name": holder, "address": f"urn:linksync:{relay}:{holder}"}
    when = created.isoformat().replace("+00:00", "Z")
    yield b'{\n "digestAlgorithm": "sha256",\n "head": "v1",\n "id": ' + _text(id_) + b',\n "manifest": {\n'
    yield from gathered(_lines(holdings, lambda path, digest: f"{CONTENT}/{content_path(path, digest)}"))
    yield (
        b' },\n "type": "https://ocfl.io/1.1/spec/#inventory",\n "versions": {\n  "v1": {\n   "created": '
        + _text(when)
        + b',\n   "message": '
        + _text(f"sealed by {holder}")
        + b',\n   "state": {\n'
    )
    yield from gathered(_lines(holdings, lambda path, _digest: names.escape(path)))
    yield b'   },\n   "user": ' + json.dumps(user, sort_keys=True).encode() + b"\n  }\n }\n}\n"


def sidecar(digest: Digest) -> bytes:
    """The sidecar of an inventory with that digest."""
    return digest.hex().encode() + b" inventory.json\n"


def _lines(holdings: Iterable[tuple[Digest, bytes]], shown: Callable[[bytes, Digest], str]) -> Iterator[bytes]:
    """A line per digest, with its paths; equal paths, of one content under two names, once."""
    between = b""
    for digest, group in groupby(holdings, key=itemgetter(0)):
        paths = sorted({shown(path, digest) for _, path in group})
        yield between + b'    "' + hexlify(digest) + b'": [' + b", ".join(map(_text, paths)) + b"]"
        between = b",\n"
    yield b"\n"


def _text(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"
