"""What ails this computer, and how to mend it: rules that look, one thing each, and never write or wait for long.

A rule is given the ``Patient`` and returns what it found. All of them run at once, each in a thread that is left behind
where it does not answer in time: a network folder that hangs, or a bus that is silent, costs its own answer only.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from linksync.custody.roster import Roster
from linksync.errors import LinksyncError
from linksync.host.joining import known_roster
from linksync.host.state import State

PATIENCE = 15.0
"""Seconds that every rule has."""

Condition = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a rule found.

    Attributes:
        slug: names the sentence and the remedy; what stands before its first hyphen is the code of the check.
        fields: what fills them.
        error: says it instead, where there is one.
    """

    slug: str
    condition: Condition
    fields: dict[str, object] = field(default_factory=dict)
    error: LinksyncError | None = None

    @property
    def code(self) -> str:
        """What was looked at."""
        return self.slug.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What this computer is set to; "" and None where nothing says it.

    Attributes:
        clamd: the virus scanner: where it is, ``off``, or "" for its usual places.
        wrong: what is wrong with ``config.yaml``; the rest is then as if it were not there.
        now: seconds since 1970, by this computer's clock.
    """

    state: State
    holder: str = ""
    key: Path | None = None
    organiser: str = ""
    archive: str = ""
    policy: str = "auto"
    clamd: str = ""
    wrong: LinksyncError | None = None
    now: float = field(default_factory=time.time)

    @property
    def organisers(self) -> tuple[str, ...]:
        """The fingerprints that are known here, the one that is set first."""
        known = [self.state.organiser(id_) for id_ in self.state.relays()]
        return tuple(dict.fromkeys(one for one in (self.organiser, *known) if one))

    @property
    def roster(self) -> Roster:
        """The relay to go by, as far as it is known here."""
        return known_roster(self.state, next(iter(self.organisers), ""))


Rule = Callable[[Patient], tuple[Check, ...]]


def ok(slug: str, **fields: object) -> tuple[Check, ...]:
    """All is well there."""
    return (Check(slug=slug, condition="ok", fields=fields),)


def note(slug: str, **fields: object) -> tuple[Check, ...]:
    """It could be better, and works."""
    return (Check(slug=slug, condition="note", fields=fields),)


def problem(slug: str, **fields: object) -> tuple[Check, ...]:
    """Something is missing or wrong that the Link will need."""
    return (Check(slug=slug, condition="problem", fields=fields),)


def failing(code: str, error: LinksyncError) -> tuple[Check, ...]:
    """An error that is a problem here; its own sentence says it, and what to do."""
    return (Check(slug=f"{code}-error", condition="problem", error=error),)


def examine(patient: Patient, rules: tuple[tuple[str, Rule], ...], patience: float = PATIENCE) -> tuple[Check, ...]:
    """Everything that the rules find, in their order; it takes ``patience`` seconds at the most.

    Args:
        patient: this computer.
        rules: each with its code.
        patience: seconds.
    """
    found: dict[str, tuple[Check, ...]] = {}
    threads = []
    for code, rule in rules:
        thread = threading.Thread(target=_look, args=(code, rule, patient, found), name=f"doctor {code}", daemon=True)
        thread.start()
        threads.append(thread)
    deadline = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    here = dict(found)
    return tuple(check for code, _ in rules for check in here.get(code, note("slow-answer", what=code)))


def _look(code: str, rule: Rule, patient: Patient, found: dict[str, tuple[Check, ...]]) -> None:
    try:
        found[code] = rule(patient)
    except LinksyncError as error:
        found[code] = failing(code, error)
    except Exception as error:  # what was not foreseen is one answer less, and the others stand
        found[code] = note("slow-failed", what=code, why=type(error).__name__)
