"""The verdict as a value: all findings, the gravest exit status, what was counted (format 1, "Verdicts")."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linksync.custody.chain import Node
from linksync.custody.findings import CATALOGUE, VERDICTS, Finding, gravest
from linksync.custody.memory import Standing
from linksync.custody.seal import HANDOFFS

_NEVER_ATTESTED = frozenset({"E101", "E102", "E103", "E213", "E214", "E218", "E221"})
"""Record findings that no hand-off can turn into a note: they say whom to trust, or that nothing stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What verification found.

    Attributes:
        link: the Link's id, empty where none stands.
        number: of the last hand-off, 0 for none; ``seal`` its identity.
        standing: against what was seen before.
        counts: what was looked at: ``files``, ``bytes``, ``handoffs``, and a count per kind of change.
    """

    findings: tuple[Finding, ...]
    link: str = ""
    number: int = 0
    seal: str = ""
    standing: Standing = Standing.OK
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def exit(self) -> int:
        """The gravest exit status."""
        return gravest({f.exit for f in self.findings})

    @property
    def verdict(self) -> str:
        """The word of the exit status."""
        return VERDICTS[self.exit]


def attest(found: Iterable[Finding], line: Sequence[Node]) -> list[Finding]:
    """Turn findings about records that a later hand-off on the line recorded into notes (format 1, "Sealing").

    Only structure and custody can be attested so: what is wrong with contents goes into the lists of the hand-off. What
    memory says of a seal that is not here is recorded once, as behind, and stays a note when the chain has gone on.
    Nobody can attest beforehand: what is wrong with a hand-off on the line is a note by one that comes after it.
    """
    noted: dict[tuple[str, str], list[int]] = {}
    for place, node in enumerate(line):
        if node.handoff is not None and not node.void:
            for note in node.handoff.findings:
                noted.setdefault((_group(note.code), note.path), []).append(place)
    places = {node.seal.folder: place for place, node in enumerate(line)}
    gaps = {f"{HANDOFFS}/{node.seal.handoff}": place for place, node in enumerate(line)}
    told = []
    for f in found:
        stands = (gaps if f.code == "E210" else places).get(_folder(f), -1)
        by = next((place for place in noted.get((_group(f.code), f.path), ()) if place > stands), None)
        told.append(f.attest(line[by].number) if by is not None and attestable(f) else f)
    return told


def attestable(found: Finding) -> bool:
    """Whether a hand-off records this finding, so that it becomes a note."""
    about_records = found.code[:2] in {"E1", "E2"} and CATALOGUE[found.code] in {30, 31, 32, 33, 40}
    return about_records and found.code not in _NEVER_ATTESTED and not found.attested


def _folder(found: Finding) -> str:
    """The sealed folder that a finding is about."""
    return dict(found.fields).get("folder") or "/".join(found.path.split("/")[:3])


def _group(code: str) -> str:
    return "E211" if code == "E212" else code
