"""The doctor's rules about what visitors bring: how safely it is opened, whether a scanner looks, what was read."""

import io

from linksync.errors import RefusedError
from linksync.host.doctor import Check, Patient, Rule, note, ok
from linksync.host.reading_on import CATALOGUE, unread
from linksync.knowledge import clamd
from linksync.knowledge.catalogue import Catalogue
from linksync.machine import sandbox
from linksync.machine.limited import guarantees
from linksync.machine.settings import NO_SCANNER

_SEALED = {sandbox.MEMORY, sandbox.NO_NETWORK, sandbox.NO_PROCESSES, sandbox.NO_WRITING}
_CLOSED = {sandbox.ONLY_ITS_OWN_FILES, sandbox.NO_FILES}
_SECONDS = 5.0


def documents(_patient: Patient) -> tuple[Check, ...]:
    """What holds for the processes that open documents; a child is started to find out."""
    held = set(guarantees())
    if held >= _SEALED and held & _CLOSED:
        return ok("documents-sealed")
    if held & _CLOSED:
        return note("documents-half")
    return note("documents-open")


def scanner(patient: Patient) -> tuple[Check, ...]:
    """Whether a virus scanner answers."""
    found = clamd.scanner(patient.clamd)
    if found is None:
        return note("scanner-off") if patient.clamd == NO_SCANNER else note("scanner-none")
    if clamd.scan(found, io.BytesIO(), 0, seconds=_SECONDS).verdict == clamd.Verdict.CLEAN:
        return ok("scanner-answers", largest=found.largest)
    return note("scanner-silent", address=found.address)


def catalogue(patient: Patient) -> tuple[Check, ...]:
    """What was read for the search, what gave no text and why, and what is still to be read."""
    left = unread(patient.state)
    waiting = note("catalogue-unread", count=left) if left else ()
    path = patient.state.folder / CATALOGUE
    if not path.exists():
        return waiting or ok("catalogue-none")
    try:
        with Catalogue.open(path) as found:
            count, whys = found.count(), found.without_text()
    except RefusedError:
        return note("catalogue-old")
    without = [ok("catalogue-without", count=some, reason=f"text-{why}") for why, some in sorted(whys.items())]
    return (*ok("catalogue-read", count=count), *(check for one in without for check in one), *waiting)


RULES: tuple[tuple[str, Rule], ...] = (
    ("documents", documents),
    ("scanner", scanner),
    ("catalogue", catalogue),
)
