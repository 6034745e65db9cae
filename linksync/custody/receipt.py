"""The receipt: an archive's signed word that it holds a hand-off with every byte (format 1, "Receipts")."""

import datetime as dt
from typing import Annotated, Literal

import msgspec

from linksync.custody.handoff import Count, require_utc
from linksync.custody.relay import Id, LinkId, Name, Record, SealHash
from linksync.custody.strict_yaml import dump, load_record


class Receipt(Record, frozen=True, kw_only=True, rename={"size": "bytes"}):
    """``receipt.yaml``.

    Attributes:
        handoff: the hash of the hand-off's seal.
        object: the OCFL object's id in that archive.
        files: how many files of ``added.sha256`` the archive holds; ``size`` their bytes.
    """

    format: Literal[1]
    relay: Id
    link: LinkId
    number: Annotated[int, msgspec.Meta(ge=1, le=999_999)]
    handoff: SealHash
    archive: Id
    object: Name
    files: Count
    size: Count
    time: dt.datetime
    software: Name

    def __post_init__(self) -> None:
        require_utc(self.time)

    def to_bytes(self) -> bytes:
        """Print as ``receipt.yaml``."""
        return dump(msgspec.to_builtins(self))


def receipt_from_bytes(data: bytes) -> Receipt:
    """Read ``receipt.yaml`` strictly.

    Raises:
        FormatError: the YAML is not allowed, a field is wrong, or the format is newer.
    """
    return load_record(data, Receipt, what="receipt.yaml")
