"""``linksync pull URL LIBRARY``: bring what is new from an archive into a library, verified and merged."""

from dataclasses import asdict
from pathlib import Path

import click

from linksync.archive.opening import open_archive
from linksync.cli.archive import stored_remedies
from linksync.cli.render import finding_json, json_option, language, leave, out, print_json, progress, say, tell
from linksync.cli.settings import PATH, organiser_option, state_option
from linksync.cli.verify import show_findings
from linksync.custody.findings import VERDICTS, Finding, gravest
from linksync.errors import LinksyncError
from linksync.host.state import State
from linksync.library.cataloguing import Catalogued, catalogue
from linksync.library.pull import Pulled, pull
from linksync.people.sentences import error_sentence
from linksync.people.texts import day, files, number, plain, size

SHOWN_MAX = 20
"""Hand-offs that are shown; all of them are in ``--json``."""


@click.command()
@click.argument("url")
@click.argument("library", type=PATH)
@click.option("--check", is_flag=True, help="Verify all that stands in the library again, every byte.")
@click.option("--unread", is_flag=True, help="Read no documents for the search now; the next pull does.")
@organiser_option
@state_option
@json_option
def command(
    url: str, library: Path, check: bool, unread: bool, organiser: str | None, state: Path, as_json: bool
) -> None:
    """Bring what is new in the archive at URL into the folder LIBRARY, and read it, so that search finds it.

    Each time a part of what stands there is looked at as well; what was taken away or damaged is brought again.
    """
    archive = open_archive(url)
    host, relay = State(state), archive.description.relay
    if organiser:
        host.remember_organiser(relay, organiser)
    with progress("De bibliotheek wordt bijgewerkt", "Bringing the library up to date") as advance:
        pulled = pull(archive, library, organiser=host.organiser(relay), check=check, progress=advance)
    status = gravest({one.exit for one in pulled.findings})
    if not as_json:
        _show(pulled, library)
    catalogued, failure = (None, None) if unread else _catalogued(library)
    if as_json:
        print_json(pulled_json(pulled, status) | {"catalogue": _catalogue_json(catalogued, failure)})
    elif catalogued is not None:
        _show_catalogued(catalogued)
    leave(status)


def _catalogued(library: Path) -> tuple[Catalogued | None, LinksyncError | None]:
    """Bring the catalogue to where the library stands; the pull is done whether or not that works."""
    try:
        with progress("De documenten worden gelezen", "Reading the documents", counted=True) as advance:
            return catalogue(library, progress=advance), None
    except LinksyncError as error:
        tell(
            "De bibliotheek is bijgewerkt; alleen het lezen voor het zoeken lukte niet. " + error_sentence(error, "nl"),
            "The library is up to date; only reading it for the search failed. " + error_sentence(error, "en"),
        )
        return None, error


def _catalogue_json(catalogued: Catalogued | None, failure: LinksyncError | None) -> dict[str, object] | None:
    if failure is not None:
        return {"error": failure.slug, "message": plain(error_sentence(failure, language()))}
    return None if catalogued is None else asdict(catalogued)


def _show_catalogued(catalogued: Catalogued) -> None:
    if not catalogued.read and not catalogued.removed:
        return
    read, total = number(catalogued.read, language()), number(catalogued.total, language())
    line = say(
        f"  {read} gelezen voor het zoeken; {total} te vinden", f"  {read} read for the search; {total} to be found"
    )
    if catalogued.without:
        without = number(catalogued.without, language())
        line += say(f", waarvan {without} nieuwe zonder tekst", f", of which {without} new ones without text")
    out(line)


def pulled_json(pulled: Pulled, status: int) -> dict[str, object]:
    """What came in as one object."""
    return {
        "verdict": VERDICTS[status],
        "exit": status,
        "organiser": pulled.organiser,
        "new": [
            {
                "link": one.link,
                "number": one.number,
                "holder": one.holder,
                "seal": one.seal,
                "place": one.place,
                "time": one.time.isoformat(),
                "files": len(one.gifts),
            }
            for one in pulled.new
        ],
        "contents": {"new": pulled.contents, "bytes": pulled.size, "moved": pulled.moved, "total": pulled.total},
        "handoffs": pulled.handoffs,
        "findings": [finding_json(one) for one in pulled.findings],
    }


def _show(pulled: Pulled, library: Path) -> None:
    if not pulled.new:
        out(say("Er is niets nieuws.", "There is nothing new."))
    for one in pulled.new[:SHOWN_MAX]:
        told = [one.holder, plain(one.place), day(one.time, language())]
        where = ", ".join(part for part in told if part)
        given = files(len(one.gifts), language())
        out(f"  {say('overdracht', 'hand-off')} {one.number}, {where}: {given}")
    if len(pulled.new) > SHOWN_MAX:
        out(say(f"  … en nog {len(pulled.new) - SHOWN_MAX}", f"  … and {len(pulled.new) - SHOWN_MAX} more"))
    fresh, octets = number(pulled.contents, language()), size(pulled.size, language())
    total, from_ = files(pulled.total, language()), number(pulled.handoffs, language())
    out(
        say(
            f"{plain(str(library))}: {fresh} nieuw ({octets}); {total} uit {from_} overdrachten",
            f"{plain(str(library))}: {fresh} new ({octets}); {total} from {from_} hand-offs",
        )
    )
    show_findings(pulled.findings, _remedies(pulled.findings))


def _remedies(findings: tuple[Finding, ...]) -> dict[str, str]:
    """What to do, by code; proof that somebody changed in the library has come again from the archive."""
    again = say(
        "Dit deel van de bibliotheek is apart gezet; het wordt opnieuw uit het archief gehaald.",
        "This part of the library was put aside; it is fetched from the archive again.",
    )
    here = {one.code: again for one in findings if one.path.startswith("proof/")}
    return stored_remedies(findings) | here
