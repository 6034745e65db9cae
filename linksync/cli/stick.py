"""``linksync stick``: the Link's own medium."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from linksync.archive.opening import open_archive
from linksync.cli.render import (
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
from linksync.cli.settings import PATH, archive_option, key_option, organiser_option, state_option
from linksync.custody import names
from linksync.errors import RefusedError
from linksync.host.admission import Request
from linksync.host.daemon import following
from linksync.host.daemon.devices import Device
from linksync.host.daemon.disks import Off
from linksync.host.daemon.udisks import find_disks
from linksync.host.ejecting import Ejected, by_daemon, eject, find_stick, is_mounted, link_on
from linksync.host.prepare import Prepared, prepare
from linksync.host.reseed import Reseeded, reseed
from linksync.host.state import State
from linksync.people.texts import files, size
from linksync.relay.folder import read_signed
from linksync.stick.medium import Medium


@click.group()
def command() -> None:
    """Prepare a stick, take it out safely, or make a lost one again."""


@command.command("prepare", short_help="Make a stick a Link.")
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


@command.command("eject", short_help="Let go of a stick, and say when it is safe.")
@click.argument("stick")
@state_option
@json_option
def eject_stick(stick: str, state: Path, as_json: bool) -> None:
    """Let go of STICK, a folder on it or its device, and say when it can come out.

    Everything is written down first. What a program still has open is named, and stays as it is. A daemon that has the
    Link under its hand hands over first what is new on it.
    """
    device = find_stick(stick)
    if not as_json:
        tell("Laat de stick nog even zitten.", "Leave the stick in for a moment.")
    card = _let_go_by_daemon(device, state)
    if card is not None:
        _show_card(card, as_json)
        return
    done = eject(device, find_disks())
    if as_json:
        print_json({"safe": True, "device": done.node, "name": done.name or None, "power": done.off})
        return
    _show_ejected(done)


def _let_go_by_daemon(device: Device, state: Path) -> Mapping[str, Any] | None:
    """The card of the daemon that let go of a Link; None where none runs here, or has it under its hand.

    A card that is safe may be of another plug or of a copy: it is believed only of a stick that is mounted no more.
    """
    link = link_on(device, State(state))
    if not link:
        return None
    card = None
    with contextlib.suppress(RefusedError):
        card = by_daemon(Followed(following.find(state)), link)
    return None if card is None or (card["safe"] and is_mounted(device)) else card


def _show_card(card: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json({"safe": card["safe"], "name": card["name"] or None, "sentence": card["sentence"]})
    else:
        out(card["sentence"][language()])
        if todo := card["next"][language()]:
            out(todo)
    leave(0 if card["safe"] else 1)


@dataclass(frozen=True, slots=True)
class Followed:
    """The daemon that runs here, as ``by_daemon`` asks for it."""

    address: following.Address

    def follow(self) -> Iterator[Mapping[str, Any]]:
        """The board as it changes."""
        return following.follow(self.address)

    def act(self, card: str, action: str) -> bool:
        """Press a button."""
        return following.act(self.address, card, action)


def _show_ejected(done: Ejected) -> None:
    name = done.name or done.node
    told = say(f"De stick {name} kan eruit.", f"The stick {name} can come out.")
    out(f"{click.style('✔', fg='green')} {click.style(told, bold=True)}")
    if done.off is Off.LEFT:
        nl = "Uitzetten kan deze stick niet, maar er wordt niets meer op geschreven."
        out(fold(say(nl, "This stick cannot be switched off, but nothing is written to it any more.")))


@command.command("reseed", short_help="Make a lost Link again, from the archive.")
@click.argument("stick", type=PATH)
@archive_option
@organiser_option
@click.option("--link", default="", metavar="ID", help="Which Link, where the archive knows several.")
@state_option
@json_option
def reseed_stick(
    stick: Path, archive: str | None, organiser: str | None, link: str, state: Path, as_json: bool
) -> None:
    """Make STICK carry a lost Link again: its files and its whole chain, from the archive."""
    if not archive:
        raise click.UsageError(say("Geef het archief op: --archive URL", "Say which archive: --archive URL"))
    source = open_archive(archive)
    with Medium.open(stick) as medium, progress("De stick wordt geschreven", "Writing the stick") as advance:
        made = reseed(medium, State(state), source, link=link, organiser=organiser or "", progress=advance)
    if as_json:
        print_json(_reseeded_json(made))
        return
    out(
        say(
            f"De Link staat weer op {stick}, tot en met {made.folder}.",
            f"{stick} carries the Link again, up to {made.folder}.",
        )
    )
    count = f"{files(made.written, language())}, {size(made.size, language())}"
    out(say(f"  {made.handoffs} overdrachten; {count} teruggezet.", f"  {made.handoffs} hand-offs; {count} put back."))
    for path, why in list(made.lacking.items())[:12]:
        out(f"  {say('niet teruggezet', 'not put back')}: {names.escape(path)} ({_WHY[why][language() == 'nl']})")
    if len(made.lacking) > 12:
        out(f"  … {len(made.lacking) - 12}")
    out(say("Werp de stick uit voordat je hem eruit trekt.", "Eject the stick before you pull it out."))


_WHY = {
    "absent": ("the archive does not have it", "het archief heeft het niet"),
    "other": ("the archive's copy is damaged", "de kopie in het archief is beschadigd"),
    "taken": ("something else has that name", "iets anders heeft die naam"),
    "impossible": ("this stick cannot carry that name", "deze stick kan die naam niet dragen"),
}


def _reseeded_json(made: Reseeded) -> dict[str, object]:
    return {
        "link": made.link,
        "handoff": made.folder,
        "handoffs": made.handoffs,
        "written": made.written,
        "bytes": made.size,
        "lacking": [{"path": names.escape(path), "reason": why} for path, why in made.lacking.items()],
    }
