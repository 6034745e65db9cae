"""``linksync verify STICK``: everything that is wrong with a stick, and one sentence that says what it comes to."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import click

from linksync.cli.render import finding_json, fold, language, leave, out, print_json, progress, say
from linksync.custody.findings import Finding, finding
from linksync.custody.report import Report
from linksync.errors import MediumError
from linksync.host.state import State
from linksync.people.sentences import finding_remedy, finding_sentence
from linksync.people.texts import day, number, plain, size
from linksync.people.verdicts import VERDICTS
from linksync.stick.ahead import Ahead
from linksync.stick.medium import Medium
from linksync.stick.verify import Verdict, verify

SHOWN_MAX = 12
"""Findings of one code that are shown; all of them are in ``--json``."""


def run(medium: Medium, ahead: Ahead | None, organiser: str, *, quick: bool, state: Path, as_json: bool) -> NoReturn:
    """Verify an open stick and say what it comes to.

    Args:
        medium: the stick.
        ahead: those who read it meanwhile, if any.
        organiser: the fingerprint on the label, or nothing.
        quick: look at names and sizes only.
        state: the memory of this computer.
        as_json: say all of it as one object.
    """
    host = State(state)
    with progress("De stick wordt gelezen", "Reading the stick") as advance:
        verdict = verify(medium, host.trust(organiser), quick=quick, ahead=ahead, progress=advance)
    notes = _remember(host, verdict)
    if as_json:
        print_json(report_json(verdict.report, notes))
    else:
        _show(verdict, notes, medium.path)
    leave(verdict.report.exit)


def report_json(report: Report, notes: tuple[Finding, ...] = ()) -> dict[str, object]:
    """The report as one object."""
    return {
        "verdict": report.verdict,
        "exit": report.exit,
        "link": report.link or None,
        "head": {"number": report.number, "seal": report.seal} if report.number else None,
        "standing": report.standing.value,
        "counts": dict(report.counts),
        "findings": [finding_json(one) for one in (*report.findings, *notes)],
    }


def show_findings(findings: tuple[Finding, ...], remedies: Mapping[str, str] = MappingProxyType({})) -> None:
    """Findings, by code, the first few of each, with what to do; ``remedies`` by code, where those are other ones."""
    for code, some in groupby(findings, key=lambda one: (one.code, one.attested)):
        group = list(some)
        colour = "yellow" if group[0].exit == 0 else "red"
        for one in group[:SHOWN_MAX]:
            told = fold(f"  {code[0]}  {plain(finding_sentence(one, language()))}", " " * 8)
            out(told.replace(code[0], click.style(code[0], fg=colour), 1))
        if len(group) > SHOWN_MAX:
            more = number(len(group) - SHOWN_MAX, language())
            out(f"        {say(f'… en nog {more}; --json toont ze', f'… and {more} more; --json shows them')}")
        remedy = remedies.get(code[0]) or finding_remedy(group[0], language())
        if remedy:
            out(click.style(fold(f"        {plain(remedy)}", " " * 8), dim=True))


def _remember(host: State, verdict: Verdict) -> tuple[Finding, ...]:
    """Remember what was seen, if the organiser is trusted; a memory that cannot be written is a note."""
    if not verdict.judged.trusted or not verdict.report.link:
        return ()
    history = verdict.judged.history
    try:
        host.remember_organiser(history.roster.versions[0].relay.id, history.roster.organiser)
        host.remember(history.link, host.memory(history.link).learn(history.chain, history.here))
    except MediumError as error:
        return (finding("W113", "", why=error.fields.get("why", error.slug)),)
    return ()


def _show(verdict: Verdict, notes: tuple[Finding, ...], stick: str) -> None:
    report = verdict.report
    told = VERDICTS[report.exit]
    mark = _mark(report.exit, fine=told.fine)
    out(f"{mark} {click.style(told.sentence(language()), bold=True)}")
    if told.remedy(language()):
        out(fold(f"  {told.remedy(language())}", "  "))
    if report.link:
        out()
        _show_facts(verdict)
    if report.findings or notes:
        out()
        show_findings((*report.findings, *notes))
    if not report.link:
        out(f"  {plain(stick)}")


def _mark(status: int, *, fine: bool) -> str:
    """Green where all is well, yellow where something is to be done, red where something is wrong."""
    if not fine:
        return click.style("✘", fg="red")
    return click.style("✔", fg="green") if status == 0 else click.style("●", fg="yellow")


def _show_facts(verdict: Verdict) -> None:
    history, report = verdict.judged.history, verdict.report
    relay = history.roster.versions[-1].relay if history.roster.versions else None
    known = say("hier bekend", "known here") if verdict.judged.trusted else say("hier niet bekend", "not known here")
    last = history.chain.line[-1]
    holder = last.version.relay.holder(last.holder)
    when = f", {day(last.handoff.time, language())}" if last.handoff else ""
    files, octets = report.counts.get("files", 0), report.counts.get("bytes", 0)
    rows = (
        (say("Estafette", "Relay"), plain(relay.name) if relay else ""),
        (say("Organisatie", "Organiser"), f"{history.roster.organiser}  ({known})"),
        ("Link", report.link),
        (
            say("Laatste", "Last"),
            f"{say('overdracht', 'hand-off')} {report.number}: {plain(holder.name) if holder else last.holder}{when}",
        ),
        (
            say("Bestanden", "Files"),
            f"{number(files, language())}, {size(octets, language())}; "
            f"{number(len(history.state.files), language())} {say('verzegeld', 'sealed')}",
        ),
    )
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        out(f"  {click.style(name.ljust(width), dim=True)}  {value}")
