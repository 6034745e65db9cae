"""``linksync doctor``: what is missing on this computer, and how to mend it."""

import os
from pathlib import Path

import click

from linksync.cli.exits import FAILED
from linksync.cli.render import fold, json_option, language, leave, out, print_json, say
from linksync.cli.settings import config
from linksync.errors import LinksyncError
from linksync.host import doctor_documents, doctor_host, doctor_machine
from linksync.host.doctor import Check, Patient, examine
from linksync.host.state import State
from linksync.machine.settings import Config, state_folder
from linksync.people.sentences import error_sentence
from linksync.people.sentences_doctor import check_remedy, check_sentence

_MARKS = {"ok": ("✔", "green"), "note": ("●", "yellow"), "problem": ("✖", "red")}


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Look what is missing on this computer for it to receive the Link, and say how to mend it. Changes nothing."""
    found = examine(_patient(), (*doctor_machine.RULES, *doctor_documents.RULES, *doctor_host.RULES))
    problems = sum(check.condition == "problem" for check in found)
    status = FAILED if problems else 0
    if as_json:
        print_json({"exit": status, "problems": problems, "checks": [_json(check) for check in found]})
        leave(status)
    for check in found:
        _show(check)
    out()
    if not problems:
        out(click.style(say("Deze computer kan de Link ontvangen.", "This computer can receive the Link."), bold=True))
    elif problems == 1:
        out(click.style(say("Eén ding moet nog verholpen worden.", "One thing still has to be mended."), bold=True))
    else:
        told = say(f"{problems} dingen moeten nog verholpen worden.", f"{problems} things still have to be mended.")
        out(click.style(told, bold=True))
    leave(status)


def _patient() -> Patient:
    """This computer, by its environment and its settings, even where those are wrong."""
    try:
        found, wrong = config(), None
    except LinksyncError as error:
        found, wrong = Config(), error

    def told(variable: str, setting: str | None) -> str:
        return os.environ.get(variable) or setting or ""

    key = told("LINKSYNC_KEY", found.key)
    return Patient(
        state=State(Path(told("LINKSYNC_STATE", found.state) or state_folder())),
        holder=told("LINKSYNC_AS", found.as_),
        key=Path(key) if key else None,
        organiser=told("LINKSYNC_ORGANISER", found.organiser),
        archive=told("LINKSYNC_ARCHIVE", found.archive),
        policy=told("LINKSYNC_POLICY", found.policy) or "auto",
        clamd=found.clamd or "",
        wrong=wrong,
    )


def _show(check: Check) -> None:
    mark, colour = _MARKS[check.condition]
    out(fold(f"{mark} {_sentence(check)}", "  ").replace(mark, click.style(mark, fg=colour), 1))
    if remedy := _remedy(check):
        out(fold(f"  → {remedy}", "    "))


def _sentence(check: Check) -> str:
    if check.error is not None:
        return error_sentence(check.error, language())
    return check_sentence(check.slug, check.fields, language())


def _remedy(check: Check) -> str:
    """How to mend it; an error says that itself."""
    return "" if check.error is not None else check_remedy(check.slug, check.fields, language())


def _json(check: Check) -> dict[str, object]:
    return {
        "code": check.code,
        "condition": check.condition,
        "slug": check.error.slug if check.error else check.slug,
        "message": _sentence(check),
        "remedy": _remedy(check) or None,
    }
