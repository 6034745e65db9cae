"""``linksync stick``: the Link's own medium."""

import datetime as dt
from pathlib import Path

import click

from linksync.cli.render import json_option, out, passphrase_option, print_json, progress, say, sign_with
from linksync.cli.settings import PATH, key_option, state_option
from linksync.host.handoff import Request
from linksync.host.prepare import Prepared, prepare
from linksync.host.state import State
from linksync.relay.folder import read_signed
from linksync.stick.medium import Medium


@click.group()
def command() -> None:
    """Prepare a stick."""


@command.command("prepare")
@click.argument("stick", type=PATH)
@click.option("--relay", type=PATH, required=True, metavar="DIR", help="The organiser's folder, with the relay signed.")
@key_option
@passphrase_option
@state_option
@json_option
def prepare_stick(
    stick: Path, relay: Path, key: Path, passphrase_file: Path | None, state: Path, as_json: bool
) -> None:
    """Make STICK a Link: its records, the START page, and hand-off 1 by the organiser.

    What stands on it already stays, and travels along.
    """
    relays = read_signed(relay)
    signer = sign_with(key, passphrase_file)
    request = Request(holder="", signer=signer, now=lambda: dt.datetime.now(dt.UTC), relays=relays)
    with Medium.open(stick) as medium, progress("De stick wordt gelezen", "Reading the stick") as advance:
        prepared = prepare(medium, State(state), request, progress=advance)
    if as_json:
        print_json(_json(prepared))
        return
    out(say(f"De Link is klaar voor vertrek: {stick}", f"The Link is ready to leave: {stick}"))
    out(f"  Link         {prepared.link}")
    out(f"  {say('Organisatie', 'Organiser  ')}  {prepared.organiser}")
    if prepared.files:
        count = prepared.files
        out(
            say(
                f"  Er stonden al {count} bestanden op; die reizen mee.",
                f"  {count} files stood on it already; they travel along.",
            )
        )
    out(say("Werp de stick uit voordat je hem eruit trekt.", "Eject the stick before you pull it out."))


def _json(prepared: Prepared) -> dict[str, object]:
    return {
        "link": prepared.link,
        "handoff": prepared.folder,
        "seal": prepared.seal,
        "organiser": prepared.organiser,
        "relay_version": prepared.relay_version,
        "finished": prepared.finished,
        "files": prepared.files,
    }
