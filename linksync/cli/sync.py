"""``linksync sync [STICK] --archive URL``: send what is owed; never deletes."""

from pathlib import Path

import click

from linksync.archive.opening import open_archive
from linksync.archive.port import Outcome
from linksync.cli.render import finding_json, json_option, leave, out, print_json, progress, say, tell
from linksync.cli.settings import PATH, archive_option, state_option
from linksync.cli.verify import show_findings
from linksync.custody import names
from linksync.errors import MediumError
from linksync.host.reading_on import read_on
from linksync.host.state import State
from linksync.host.sync import Synced, sync
from linksync.people.sentences import error_sentence
from linksync.stick.medium import Medium

_EXIT = {Outcome.ACCEPTED: 0, Outcome.ALREADY: 0, Outcome.INCOMPLETE: 10, Outcome.HELD: 40}


@click.command()
@click.argument("stick", type=PATH, required=False)
@archive_option
@state_option
@json_option
def command(stick: Path | None, archive: str | None, state: Path, as_json: bool) -> None:
    """Send to the archive what this computer still owes, and what the Link at STICK holds for it."""
    if not archive:
        raise click.UsageError(say("Geef het archief op: --archive URL", "Say which archive: --archive URL"))
    target = open_archive(archive)
    memory = State(state)
    read_documents(memory)
    if stick is None:
        synced = sync(memory, target)
    else:
        with Medium.open(stick) as medium:
            synced = sync(memory, target, medium)
    if as_json:
        print_json(sync_json(synced))
    else:
        show_sync(synced)
    leave(max((_EXIT[one.outcome] for one in synced.sent), default=0))


def read_documents(memory: State) -> None:
    """Read what was taken in, before its copies go, so that search finds it; nothing else depends on it."""
    try:
        with progress("De documenten worden gelezen", "Reading the documents", counted=True) as advance:
            read_on(memory, progress=advance)
    except MediumError as error:
        tell(error_sentence(error, "nl"), error_sentence(error, "en"))


def show_sync(synced: Synced) -> None:
    """What the archive said, a line a hand-off."""
    told = {
        Outcome.ACCEPTED: ("in het archief", "in the archive"),
        Outcome.ALREADY: ("stond al in het archief", "was in the archive already"),
        Outcome.INCOMPLETE: ("wacht op ontbrekende bestanden", "waits for missing files"),
        Outcome.HELD: ("vastgehouden door het archief", "held by the archive"),
    }
    for one in synced.sent:
        nl, en = told[one.outcome]
        receipt = say("; ontvangstbewijs gekregen", "; receipt received") if one.receipt else ""
        out(f"  {one.folder}: {say(nl, en)}{receipt}")
        for path in one.missing[:5]:
            out(f"      {names.escape(path)}")
        show_findings(one.findings)
    for folder in synced.pending:
        out(
            say(
                f"  {folder}: wacht tot de stick terugkomt; nog niet verstuurd",
                f"  {folder}: waits until the stick comes back; not sent yet",
            )
        )
    if not synced.sent and not synced.pending:
        out(say("  Er was niets te versturen.", "  There was nothing to send."))


def sync_json(synced: Synced) -> dict[str, object]:
    """The same as one object."""
    return {
        "archive": synced.archive,
        "relay_version": synced.relay_version,
        "pending": list(synced.pending),
        "sent": [
            {
                "link": one.link,
                "handoff": one.folder,
                "seal": one.seal,
                "outcome": one.outcome.value,
                "receipt": one.receipt,
                "missing": [names.escape(path) for path in one.missing],
                "findings": [finding_json(found) for found in one.findings],
            }
            for one in synced.sent
        ],
    }
