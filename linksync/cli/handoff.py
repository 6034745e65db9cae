"""``linksync handoff STICK``: take in what was added, seal it, write it to the stick; send it to an archive."""

import datetime as dt
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import click

from linksync.archive.opening import archive_path, open_archive
from linksync.cli.exits import exit_of
from linksync.cli.render import (
    Rows,
    finding_json,
    fold,
    json_option,
    language,
    leave,
    out,
    passphrase_option,
    print_json,
    progress,
    say,
    sign_with,
    tell,
)
from linksync.cli.settings import (
    PATH,
    archive_option,
    config,
    host_option,
    key_option,
    organiser_option,
    relay_option,
    state_option,
)
from linksync.cli.sync import read_documents, show_sync, sync_json
from linksync.cli.verify import show_findings
from linksync.custody import names
from linksync.custody.screening import Class
from linksync.custody.taken import Taken
from linksync.errors import LinksyncError, MediumError
from linksync.host.admission import Request
from linksync.host.handoff import Outcome, hand_over, plan
from linksync.host.intake import removable
from linksync.host.state import State
from linksync.host.sync import Synced, sync
from linksync.knowledge.clamd import scanner
from linksync.people.screened import screened
from linksync.people.sentences import error_sentence, reason_told
from linksync.people.texts import files, plain, size
from linksync.relay.folder import given_versions
from linksync.stick.medium import Medium

SHOWN_MAX = 12
_OVERTAKEN = frozenset({"W106", "W115"})
"""What was found before this hand-off and is so no longer: it has seen the stick, and put the newest relay on it."""
PLAN_MAX = 200
"""Lines of a plan that are shown; all of it is in ``--json``."""


@click.command()
@click.argument("stick", type=PATH)
@host_option
@key_option
@organiser_option
@relay_option
@archive_option
@click.option("--place", default="", metavar="TEXT", help="Where this is; otherwise the relay's stop says it.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done; nothing is signed, written or sent.")
@click.option("--read/--unread", default=None, help="Read documents for the search at the end; on a terminal it does.")
@passphrase_option
@state_option
@json_option
def command(
    stick: Path,
    host: str,
    key: Path,
    organiser: str | None,
    relay: Path | None,
    archive: str | None,
    place: str,
    dry_run: bool,
    read: bool | None,
    passphrase_file: Path | None,
    state: Path,
    as_json: bool,
) -> None:
    """Hand over the Link at STICK as HOST: what was added is taken in, sealed and written down."""
    memory = State(state)
    if archive:
        archive_path(archive)  # an address that can never work is said before anything is done
    request = Request(
        holder=host,
        signer=sign_with(key, passphrase_file),
        now=lambda: dt.datetime.now(dt.UTC),
        organiser=organiser or "",
        relays=given_versions(relay) if relay else (),
        place=place[:200],
        scanner=scanner(config().clamd or ""),
    )
    with Medium.open(stick) as medium:
        with progress("De stick wordt gelezen", "Reading the stick") as advance:
            outcome = (plan if dry_run else hand_over)(medium, memory, request, progress=advance)
        if not as_json:
            (_show_plan if dry_run else _show)(outcome)
        wanted = None if dry_run else archive
        synced, failure = _sync(memory, wanted, None if outcome.problem else medium)
    status = exit_of(outcome.problem) if outcome.problem else exit_of(failure) if failure else 0
    if as_json:
        print_json(_json(outcome, synced, failure, status))
    else:
        if synced is not None:
            show_sync(synced)
        if not dry_run and outcome.problem is None:  # the stick is closed by now
            out(say("Werp de stick nu uit voordat je hem eruit trekt.", "Now eject the stick before you pull it out."))
    if not dry_run and (sys.stderr.isatty() if read is None else read):  # in a pipe somebody may wait for the end
        read_documents(memory)
    leave(status)


def _sync(memory: State, archive: str | None, medium: Medium | None) -> tuple[Synced | None, LinksyncError | None]:
    """Send what is owed; a hand-off is done whether or not that works."""
    if not archive:
        return None, None
    try:
        return sync(memory, open_archive(archive), medium, reads=True), None
    except LinksyncError as error:
        tell(
            "De overdracht is klaar; alleen het versturen lukte niet. " + error_sentence(error, "nl"),
            "The hand-off is done; only sending it failed. " + error_sentence(error, "en"),
        )
        return None, error


def _show(outcome: Outcome) -> None:
    if outcome.finished:
        out(
            say(
                f"Eerst is overdracht {outcome.finished} afgemaakt, die onderbroken was.",
                f"Hand-off {outcome.finished}, which had been cut off, was finished first.",
            )
        )
    if outcome.problem is not None:
        _show_problem(outcome.problem, outcome)
        return
    _show_taken(outcome)
    _show_waiting(outcome)
    _show_left(outcome)
    if findings := tuple(one for one in outcome.report.findings if one.code not in _OVERTAKEN):
        out()
        show_findings(findings)
    for path in outcome.unwritten:
        out(
            say(
                f"  {path} kon niet geschreven worden: er staat iets anders met die naam.",
                f"  {path} could not be written: something else has that name.",
            )
        )


def _show_plan(outcome: Outcome) -> None:
    """What would be done."""
    if outcome.finished:
        out(
            say(
                f"Eerst zou overdracht {outcome.finished} worden afgemaakt, die onderbroken was.",
                f"Hand-off {outcome.finished}, which was cut off, would be finished first.",
            )
        )
    if not outcome.folder:
        out(say("Er is niets nieuws; er zou niets gebeuren.", "Nothing is new; nothing would be done."))
        return
    title = say(f"Overdracht {outcome.number} zou worden:", f"Hand-off {outcome.number} would be:")
    out(click.style(title, bold=True))
    words = {"pass": ("opnemen", "take in"), "hold": ("vasthouden", "hold"), "refuse": ("weigeren", "refuse")}
    for path, one in islice(outcome.intake.taken.items(), PLAN_MAX):
        nl, en = words[one.class_]
        seen = say("voor iedereen", "for everyone") if one.audience == "everyone" else ""
        why = screened(one.class_, one.codes, language())
        out(f"  {say(nl, en)}: {names.escape(path)}  {size(one.size, language())}  {seen}".rstrip())
        if why is not None:
            out(fold(f"      {why.sentence}", "      "))
    if len(outcome.intake.taken) > PLAN_MAX:
        out(f"  … {len(outcome.intake.taken) - PLAN_MAX}")
    for path in list(outcome.intake.gone)[:PLAN_MAX]:
        out(f"  {say('weg', 'gone')}: {names.escape(path)}")
    _show_waiting(outcome)
    out(say("Er is niets ondertekend, geschreven of verstuurd.", "Nothing was signed, written or sent."))


def _show_problem(problem: MediumError, outcome: Outcome) -> None:
    tell(error_sentence(problem, "nl"), error_sentence(problem, "en"))
    if outcome.folder:
        tell(
            "Wat erbij kwam staat veilig en ondertekend op deze computer. Doe dezelfde opdracht nog eens zodra de "
            "stick weer te schrijven is; dan wordt deze overdracht afgemaakt.",
            "What was added is safe and signed on this computer. Give the same command again once the stick can be "
            "written; it will finish this hand-off.",
        )


def _show_taken(outcome: Outcome) -> None:
    if not outcome.folder:
        nothing = say("Niets nieuws sinds", "Nothing new since")
        if outcome.intake.waiting:
            nothing = say("Niets opgenomen na", "Nothing taken in after")
        number = outcome.number
        stands = say(
            f"jouw laatste overdracht, nummer {number}; die staat op de stick.",
            f"your last hand-off, number {number}; it stands on the stick.",
        )
        out(f"{_mark(outcome)} {nothing} {stands}")
        return
    taken = outcome.intake.taken
    count, octets = len(taken) - taken.of_class("refuse"), taken.octets_kept()
    title = say(f"Overdracht {outcome.number} is klaar.", f"Hand-off {outcome.number} is done.")
    if outcome.intake.waiting:
        waiting = len(outcome.intake.waiting)
        title = say(
            f"Overdracht {outcome.number} is klaar, maar {files(waiting, 'nl')} ging niet mee."
            if waiting == 1
            else f"Overdracht {outcome.number} is klaar, maar {files(waiting, 'nl')} gingen niet mee.",
            f"Hand-off {outcome.number} is done, but {files(waiting, 'en')} did not go along.",
        )
    out(f"{_mark(outcome)} {click.style(title, bold=True)}")
    if count:
        out(
            say(
                f"  {files(count, 'nl')} opgenomen en ondertekend, {size(octets, 'nl')}.",
                f"  {files(count, 'en')} taken in and signed, {size(octets, 'en')}.",
            )
        )
    elif not (outcome.intake.waiting or outcome.intake.gone):
        out(say("  Niets nieuws, wel alles nagekeken.", "  Nothing new, and everything checked."))
    if outcome.intake.gone:
        gone = len(outcome.intake.gone)
        out(say(f"  {files(gone, 'nl')} verdwenen of verplaatst.", f"  {files(gone, 'en')} gone or moved."))
    _show_classes(outcome)


def _mark(outcome: Outcome) -> str:
    """Yellow where something of people's waits."""
    return click.style("●", fg="yellow") if outcome.intake.waiting else click.style("✔", fg="green")


def _show_left(outcome: Outcome) -> None:
    """What no list can carry, and the litter that goes."""
    tree = outcome.intake.tree
    left = sorted((tree.special | tree.unlistable).items())
    for path, reason in left[:SHOWN_MAX]:
        out(f"  {say('kan niet mee', 'cannot go along')}: {names.escape(path)} ({reason_told(reason, language())})")
    _show_more(len(left))
    litter = removable(outcome.intake)
    if outcome.folder and litter:
        gone = files(len(litter), language())
        out(
            say(
                f"  {gone} van besturingssystemen opgeruimd; de overdracht noemt ze: {_few(litter)}",
                f"  {gone} of operating systems tidied away, as the hand-off says: {_few(litter)}",
            )
        )


def _few(paths: Sequence[bytes]) -> str:
    """The first of some paths."""
    told = ", ".join(names.escape(path) for path in paths[:3])
    return f"{told}, …" if len(paths) > 3 else told


def _show_more(count: int) -> None:
    if count > SHOWN_MAX:
        out(say(f"  … en nog {count - SHOWN_MAX}", f"  … and {count - SHOWN_MAX} more"))


def _show_classes(outcome: Outcome) -> None:
    """What was refused, held or noted, the gravest first, each with why and what to do."""
    words: dict[Class, tuple[str, str]] = {
        "refuse": ("geweigerd", "refused"),
        "hold": ("vastgehouden", "held"),
        "pass": ("let op", "note"),
    }
    told: dict[Class, list[tuple[bytes, Taken]]] = {class_: [] for class_ in words}
    for path, one in outcome.intake.taken.told():
        told[one.class_].append((path, one))
    for class_, files_ in told.items():
        for path, one in files_[:SHOWN_MAX]:
            out(f"  {say(*words[class_])}: {names.escape(path)}")
            if seen := screened(one.class_, one.codes, language()):
                out(fold(f"      {seen.sentence} {seen.remedy}", "      "))
        _show_more(len(files_))


def _show_waiting(outcome: Outcome) -> None:
    waiting = sorted(outcome.intake.waiting.items())
    for path, reason in waiting[:SHOWN_MAX]:
        out(f"  {say('wacht', 'waits')}: {names.escape(path)} ({reason_told(reason, language())})")
    _show_more(len(waiting))
    if outcome.intake.needed:
        need, room = outcome.intake.needed, outcome.intake.room
        told = say(
            f"  Daarvoor is {size(need, 'nl')} nodig en er is plaats voor {size(room, 'nl')}. Maak ruimte op deze "
            "computer en draag opnieuw over; anders neemt een volgende gastheer het mee. Er is niets verloren.",
            f"  That takes {size(need, 'en')}, and there is room for {size(room, 'en')}. Make room on this computer "
            "and hand over again; else a next host takes it in. Nothing is lost.",
        )
        out(fold(told, "  "))


def _json(outcome: Outcome, synced: Synced | None, failure: LinksyncError | None, status: int) -> dict[str, object]:
    intake = outcome.intake
    return {
        "exit": status,
        "link": outcome.link,
        "number": outcome.number,
        "handoff": outcome.folder or None,
        "seal": outcome.seal or None,
        "finished": outcome.finished or None,
        "taken": Rows(lambda: map(_taken_json, intake.taken.pairs())),
        "gone": [names.escape(path) for path in intake.gone],
        "waiting": [{"path": names.escape(path), "reason": why} for path, why in sorted(intake.waiting.items())],
        "bytes_read": intake.bytes_read,
        "findings": [finding_json(one) for one in outcome.report.findings],
        "problem": plain(error_sentence(outcome.problem, language())) if outcome.problem else None,
        "sync": sync_json(synced) if synced else None,
        "sync_problem": plain(error_sentence(failure, language())) if failure else None,
    }


def _taken_json(pair: tuple[bytes, Taken]) -> dict[str, object]:
    path, one = pair
    return {
        "path": names.escape(path),
        "sha256": one.digest.hex(),
        "bytes": one.size,
        "class": one.class_,
        "codes": list(one.codes),
        "media_type": one.media_type or None,
        "audience": one.audience,
    }
