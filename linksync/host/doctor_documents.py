"""The doctor's rules about what visitors bring: how safely documents are opened here, and whether a scanner looks."""

import io

from linksync.host.doctor import Check, Patient, Rule, note, ok
from linksync.knowledge import clamd
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


RULES: tuple[tuple[str, Rule], ...] = (
    ("documents", documents),
    ("scanner", scanner),
)
