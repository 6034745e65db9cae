"""The decision: an archivist's sealed act upon contents, named by their hashes (format 1, "Decisions")."""

import datetime as dt
from typing import Annotated, Literal

import msgspec

from linksync.custody.handoff import Audience, require_utc
from linksync.custody.relay import Id, Name, Record, SealHash, Text
from linksync.custody.strict_yaml import dump, load_record


class Decision(Record, frozen=True, kw_only=True):
    """``decision.yaml``.

    Attributes:
        act: what is decided of every content in ``contents``.
        audience: for the act ``audience`` alone: who may see them from now on.
        text: for the act ``describe`` alone: the description.
    """

    format: Literal[1]
    relay: Id
    archivist: Id
    number: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    act: Literal["release", "refuse", "withdraw", "describe", "audience"]
    contents: Annotated[tuple[SealHash, ...], msgspec.Meta(min_length=1, max_length=10_000)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    time: dt.datetime
    software: Name
    audience: Audience | None = None
    text: Text = ""

    def __post_init__(self) -> None:
        if (self.act == "audience") != (self.audience is not None):
            raise ValueError(f"act {self.act} with audience {self.audience}")
        if self.text and self.act != "describe":
            raise ValueError(f"act {self.act} with a text")
        require_utc(self.time)

    def to_bytes(self) -> bytes:
        """Print as ``decision.yaml``."""
        return dump(msgspec.to_builtins(self))


def decision_from_bytes(data: bytes) -> Decision:
    """Read ``decision.yaml`` strictly.

    Raises:
        FormatError: the YAML is not allowed, a field is wrong, or the format is newer.
    """
    return load_record(data, Decision, what="decision.yaml")
