"""What a working process and the daemon say to each other: one JSON object a line, of bounded size.

The daemon writes one line, the job. The process answers with events::

    {"event": "step", "step": "staged"}
    {"event": "progress", "done": 1048576, "total": 99999999}
    {"event": "arrivals", …}         while it watches: what is new, and whether all of it is complete
    {"event": "result", …}           it is done; the last line
    {"event": "error", "kind": "MediumError", "slug": "stick-gone", "fields": {…}, "errno": 19}     likewise

Paths are text as ``os.fsdecode`` gives it; what people are shown is escaped. The process is ours, but what it tells of
comes from a stick: whatever is not of this form is passed over, and a line that is too long ends the job.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from heapq import nsmallest
from itertools import accumulate, islice
from typing import Any, Literal

from linksync.custody import names
from linksync.custody.findings import Finding
from linksync.custody.screening import GRAVEST_FIRST, Class
from linksync.errors import LinksyncError, MediumError
from linksync.people.screened import screened
from linksync.people.sentences import finding_remedy, finding_sentence, reason_told
from linksync.people.texts import LANGUAGES

Task = Literal["recognise", "settle", "watch", "verify", "receive", "finish", "sync", "read"]
LINE_MAX = 1 << 20
"""Bytes of a line."""
SHOWN_MAX = 200
"""Files, waiting ones and findings that are told of, each; the counts tell of all."""
_ROOM = LINE_MAX // 4
"""Bytes of each of these lists, as it travels: names can be so long that 200 of them would not go on a line."""
_TEXT_MAX = 1500
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a process is to do.

    Attributes:
        task: what; the other fields as far as it needs them.
        path: where the stick is mounted, or a folder; as ``os.fsdecode`` gives it.
        mount: the number of the mount that is meant, 0 for a plain folder: another one there now is not touched.
        link: the Link that is meant, or "".
        state: the folder of this computer's memory.
        holder: the host's id; ``key`` the file of its key, ``organiser`` a fingerprint or "", ``relay`` a folder or "".
        archive: a folder or URL, or "".
        clamd: the virus scanner: where it is, ``off``, or "" for its usual places.
    """

    task: Task
    path: str = ""
    mount: int = 0
    link: str = ""
    state: str = ""
    holder: str = ""
    key: str = ""
    organiser: str = ""
    relay: str = ""
    archive: str = ""
    clamd: str = ""

    def to_line(self) -> bytes:
        """The line that the daemon writes."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Job":
        """The job in a line.

        Raises:
            ValueError: it is none.
        """
        told = json.loads(line)
        if not isinstance(told, dict) or not told.keys() <= {one.name for one in fields(cls)}:
            raise ValueError("no job")
        return cls(**told)


def event_of(line: bytes) -> Event | None:
    """The event in a line; None where it is none."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) and isinstance(told.get("event"), str) else None


def error_event(error: LinksyncError) -> dict[str, object]:
    """An error as an event; a field that is neither text nor number is told as text."""
    told = {name: value if isinstance(value, int) else str(value)[:_TEXT_MAX] for name, value in error.fields.items()}
    number = error.errno if isinstance(error, MediumError) else 0
    return {"event": "error", "kind": type(error).__name__, "slug": error.slug, "fields": told, "errno": number}


def added_told(files: Iterable[tuple[bytes, int, Class, tuple[str, ...]]]) -> list[dict[str, object]]:
    """The first of some files, the gravest first: path, bytes, class, and why in both languages, by their codes."""
    first = nsmallest(SHOWN_MAX, files, key=lambda one: (GRAVEST_FIRST.index(one[2]), not one[3], one[0]))
    return _fitting(
        {"path": _shown(path), "bytes": size, "class": class_, **_why(class_, codes)}
        for path, size, class_, codes in first
    )


def _why(class_: Class, codes: tuple[str, ...]) -> dict[str, object]:
    nl, en = (screened(class_, codes, language) for language in LANGUAGES)
    return {"nl": f"{nl.sentence} {nl.remedy}", "en": f"{en.sentence} {en.remedy}"} if nl and en else {}


def waiting_told(waiting: Mapping[bytes, str]) -> list[dict[str, object]]:
    """The first of the files that wait, each with its reason in both languages."""
    return _fitting(
        {"path": _shown(path), "nl": reason_told(why, "nl"), "en": reason_told(why, "en")}
        for path, why in nsmallest(SHOWN_MAX, waiting.items())
    )


def findings_told(found: Iterable[Finding]) -> list[dict[str, object]]:
    """The first of some findings, each with its sentence and what to do, in both languages."""
    return _fitting(
        {
            "code": one.code,
            "path": one.path[:_TEXT_MAX],
            "nl": finding_sentence(one, "nl")[:_TEXT_MAX],
            "en": finding_sentence(one, "en")[:_TEXT_MAX],
            "todo_nl": finding_remedy(one, "nl")[:_TEXT_MAX],
            "todo_en": finding_remedy(one, "en")[:_TEXT_MAX],
        }
        for one in islice(found, SHOWN_MAX)
    )


def _fitting(told: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """The first of them, as many as there is room for."""
    listed = list(told)
    ends = accumulate(len(json.dumps(one)) + 2 for one in listed)
    return [one for one, end in zip(listed, ends, strict=True) if end <= _ROOM]


def _shown(path: bytes) -> str:
    return names.escape(path)[:_TEXT_MAX]
