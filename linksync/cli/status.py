"""``linksync status``: what this computer knows and owes."""

import importlib
from pathlib import Path

import click

from linksync.cli.render import json_option, language, out, print_json, say
from linksync.cli.settings import state_option
from linksync.host.state import State
from linksync.host.status import HostStatus, LinkStatus, Owed, status
from linksync.people.texts import files, plain, size


@click.command()
@state_option
@click.option("--follow", is_flag=True, help="Watch what the daemon does, until Ctrl-C; with --json a line a change.")
@json_option
def command(state: Path, follow: bool, as_json: bool) -> None:
    """Tell what this computer knows of each Link, and what it still owes to an archive."""
    if follow:
        importlib.import_module("linksync.cli.follow").run(state, as_json=as_json)
        return
    told = status(State(state))
    if as_json:
        print_json(_json(told))
    else:
        _show(told, state)


def _show(told: HostStatus, state: Path) -> None:
    if not told.relays and not told.links:
        out(say("Deze computer heeft nog geen Link gezien.", "This computer has not seen a Link yet."))
    for relay in told.relays:
        out(click.style(plain(relay.name) or relay.id, bold=True))
        known = relay.organiser or say("organisatie niet bekend", "organiser not known")
        version = say(f"versie {relay.version}", f"version {relay.version}")
        out(f"  {known}  ({version if relay.version else say('er kwam nog geen versie', 'no version came here yet')})")
    for link in told.links:
        out()
        _show_link(link)
    for path in told.damaged:
        out(say(f"Niet te lezen: {plain(path)}", f"Cannot be read: {plain(path)}"))
    out()
    out(click.style(say(f"Geheugen: {state}", f"Memory: {state}"), dim=True))


def _show_link(link: LinkStatus) -> None:
    out(f"Link {link.link}")
    out(say(f"  laatst gezien: overdracht {link.number}", f"  last seen: hand-off {link.number}"))
    for owed in link.owed:
        out(f"  {owed.folder}: {_word(owed)}; {files(owed.files, language())}, {size(owed.size, language())}")
    for kept in link.kept:
        told = say("in het archief; nog te lezen voor het zoeken", "in the archive; still to be read for the search")
        out(f"  {kept.folder}: {told}; {files(kept.files, language())}, {size(kept.size, language())}")
    if not link.owed:
        out(say("  niets meer te versturen", "  nothing left to send"))
    if link.travelling:
        one = link.travelling == 1
        out(
            say(
                f"  {link.travelling} {'ontvangstbewijs reist' if one else 'ontvangstbewijzen reizen'} mee met de "
                "volgende overdracht hier",
                f"  {link.travelling} {'receipt travels' if one else 'receipts travel'} with the next hand-off here",
            )
        )


def _word(owed: Owed) -> str:
    words = {
        "pending": ("wacht tot de stick terugkomt", "waits until the stick comes back"),
        "written": ("nog te versturen", "to be sent"),
        "aside": ("de stick ging zonder verder; nog te versturen", "the stick went on without it; to be sent"),
    }
    nl, en = words[owed.status]
    return say(nl, en)


def _json(told: HostStatus) -> dict[str, object]:
    return {
        "relays": [
            {"id": relay.id, "name": relay.name, "organiser": relay.organiser or None, "version": relay.version}
            for relay in told.relays
        ],
        "links": [
            {
                "link": link.link,
                "number": link.number,
                "relay_version": link.relay_version,
                "receipts_travelling": link.travelling,
                "owed": [_owed_json(owed) for owed in link.owed],
                "kept": [_owed_json(kept) for kept in link.kept],
            }
            for link in told.links
        ],
        "damaged": list(told.damaged),
    }


def _owed_json(owed: Owed) -> dict[str, object]:
    return {
        "handoff": owed.folder,
        "seal": owed.seal,
        "status": owed.status,
        "files": owed.files,
        "bytes": owed.size,
        "receipts": list(owed.receipts),
    }
