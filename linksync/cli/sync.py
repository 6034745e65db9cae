"""``linksync sync [STICK] --archive URL``: send what is owed, then read it for the search."""

from pathlib import Path

import click

from linksync.archive.opening import open_archive
from linksync.archive.port import Outcome
from linksync.cli.render import finding_json, json_option, leave, out, print_json, progress, say, tell
from linksync.cli.settings import PATH, archive_option, state_option
from linksync.cli.verify import show_findings
from linksync.custody import names
from linksync.errors import LinksyncError
from linksync.host.keeping import read_and_let_go
from linksync.host.reading_on import ReadOn, unread
from linksync.host.state import State
from linksync.host.sync import Synced, sync
from linksync.people.sentences import error_sentence, reason_told
from linksync.people.texts import Language, files, number
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
    if stick is None:
        synced = sync(memory, target, reads=True)
    else:
        with Medium.open(stick) as medium:
            synced = sync(memory, target, medium, reads=True)
    if as_json:
        print_json(sync_json(synced))
    else:
        show_sync(synced)
    read_documents(memory)
    leave(max((_EXIT[one.outcome] for one in synced.sent), default=0))


def read_documents(memory: State) -> None:
    """Read what was taken in so that search finds it, and say so; nothing else depends on it, and it can be cut off."""
    if unread(memory):
        tell(
            "Nu worden de documenten gelezen, zodat linksync search ze vindt. Daar hoeft niemand op te wachten: Ctrl-C"
            " stopt het, en de volgende keer gaat het verder.",
            "Now the documents are read, so that linksync search finds them. Nobody need wait for that: Ctrl-C stops"
            " it, and the next time it goes on.",
        )
    try:
        with progress("De documenten worden gelezen", "Reading the documents", counted=True) as advance:
            done = read_and_let_go(memory, progress=advance)
    except KeyboardInterrupt:
        tell(
            "Het lezen is gestopt; er is niets verloren. De volgende linksync sync of handoff gaat verder.",
            "Reading was stopped; nothing is lost. The next linksync sync or handoff goes on.",
        )
    except LinksyncError as error:
        tell(error_sentence(error, "nl"), error_sentence(error, "en"))
    else:
        _tell_read(done)


def _tell_read(done: ReadOn) -> None:
    if done.read:
        tell(
            f"Gelezen voor het zoeken: {files(done.read, 'nl')}{_without(done, 'nl')}.",
            f"Read for the search: {files(done.read, 'en')}{_without(done, 'en')}.",
        )
    if done.later:
        tell(
            f"Van {done.later} overdracht(en) was nog niet alles te lezen; dat wordt later nog eens geprobeerd.",
            f"Of {done.later} hand-off(s) not all could be read yet; that is tried again later.",
        )


def _without(done: ReadOn, to: Language) -> str:
    """Why some have no text, the most frequent reason first."""
    told = [f"{number(count, to)}: {reason_told(f'text-{why}', to)}" for why, count in done.whys.most_common()]
    words = " (zonder tekst: {})" if to == "nl" else " (without text: {})"
    return words.format("; ".join(told)) if told else ""


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
