"""``linksync relay``: the organiser's desk."""

import datetime as dt
import os
import shlex
import sys
from pathlib import Path

import click

from linksync.cli.asking import agree
from linksync.cli.render import fold, json_option, language, out, passphrase_option, print_json, say, sign_with, tell
from linksync.cli.settings import PATH, key_option
from linksync.custody.relay import Party, Relay
from linksync.custody.roster import Roster
from linksync.errors import RefusedError
from linksync.machine import durable
from linksync.machine.key_files import load_public, public_of
from linksync.people.label import label_svg, label_terminal
from linksync.people.sentences_relay import change_told
from linksync.people.texts import day, plain
from linksync.relay.comparing import Change, changes, risks
from linksync.relay.desk import Group, add_party, new_relay, read_relay, sign
from linksync.relay.folder import PAGE, organiser_fingerprint, signed_roster

LABEL = "label.svg"
_HEAD = 200
_CHANGES_MAX = 40


@click.group()
def command() -> None:
    """Begin a relay, add who takes part, sign it, print its label."""


@command.command("new", short_help="Begin a relay: a draft of relay.yaml.")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--id", "id_", required=True, metavar="ID", help="The relay's id: small letters, digits and hyphens.")
@click.option("--name", required=True, metavar="NAME", help="The relay's name, as people know it.")
@click.option("--key", type=PATH, required=True, metavar="FILE", help="The organiser's key, or its .pub file.")
@click.option("--organiser-id", default="organisatie", show_default=True, metavar="ID", help="The organiser's id.")
@click.option("--organiser-name", default=None, metavar="NAME", help="The organiser's name; the relay's if not given.")
@json_option
def new(
    folder: Path, id_: str, name: str, key: Path, organiser_id: str, organiser_name: str | None, as_json: bool
) -> None:
    """Begin a relay: DIR with a draft of relay.yaml, to fill in and sign."""
    organiser = (organiser_id, name if organiser_name is None else organiser_name)
    today = dt.datetime.now(dt.UTC).astimezone().date()
    relay = new_relay(folder, id_=id_, name=name, organiser=organiser, key=public_of(key), today=today)
    if as_json:
        print_json({"path": _shown(folder / PAGE), "id": relay.id, "organiser": relay.organiser.id})
        return
    page = _shown(folder / PAGE)
    out(say(f"De estafette is begonnen: {page}", f"The relay is begun: {page}"))
    out(
        say(
            'Vul in wanneer ze is en waar ze langskomt, en voeg gastheren toe met "linksync relay add-host".',
            'Fill in when it is and where it goes, and add hosts with "linksync relay add-host".',
        )
    )


def _adder(name: str, group: Group, about: str) -> None:
    """Make one of the three commands that add somebody."""

    @command.command(name, help=about, short_help=about.partition(", to DIR")[0] + ".")
    @click.argument("folder", metavar="DIR", type=PATH)
    @click.option("--id", "id_", required=True, metavar="ID", help="Small letters, digits and hyphens; for good.")
    @click.option("--name", required=True, metavar="NAME", help="As people know them.")
    @click.option("--key", type=PATH, required=True, metavar="FILE.pub", help="Their public key.")
    @click.option("--place", default="", metavar="TEXT", help="Where they are.")
    @json_option
    def add(folder: Path, id_: str, name: str, key: Path, place: str, as_json: bool) -> None:
        public = load_public(key)
        relay = add_party(folder, group, id_=id_, name=name, key=public, place=place)
        if as_json:
            print_json({"id": id_, "key": public.fingerprint, "relay": relay.id})
            return
        shown = f"{plain(name)} ({public.fingerprint})"
        out(say(f"Toegevoegd aan {plain(relay.name)}: {shown}", f"Added to {plain(relay.name)}: {shown}"))
        sign = f"linksync relay sign {shlex.quote(plain(str(folder)))} --key"
        out(say(f"Het telt zodra je tekent: {sign} SLEUTEL", f"It counts once you sign: {sign} FILE"))


_adder("add-host", "hosts", "Add a host, who may sign hand-offs, to DIR's relay.yaml.")
_adder("add-archive", "archives", "Add an archive, which may sign receipts, to DIR's relay.yaml.")
_adder("add-archivist", "archivists", "Add an archivist, who may sign decisions, to DIR's relay.yaml.")


@command.command("sign", short_help="Sign relay.yaml as it stands.")
@click.argument("folder", metavar="DIR", type=PATH)
@key_option
@passphrase_option
@json_option
def sign_relay(folder: Path, key: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Sign the next version of DIR's relay.yaml, as it stands, and say what it changes."""
    relay, roster, _ = read_relay(folder)  # what is wrong with the page is said before anybody types a passphrase
    before = roster.newest.relay if roster.newest else None
    dangers, differs = risks(before, relay), changes(before, relay) if before else ()
    for one in dangers:
        tell("Let op: " + change_told(one.slug, one.fields, "nl"), "Mind: " + change_told(one.slug, one.fields, "en"))
    if dangers and not as_json and sys.stdin.isatty() and not agree(say(*_ALL_THE_SAME), default=False):
        raise click.Abort
    signed = sign(folder, sign_with(key, passphrase_file))
    number = signed.version.number
    if as_json:
        told = {"version": number, "seal": signed.version.seal, "signed": signed.anew}
        print_json({**told, "changes": [_change_json(one) for one in differs if signed.anew]})
    elif not signed.anew:
        out(
            say(
                f"Er is niets veranderd sinds versie {number}; er is niets getekend.",
                f"Nothing has changed since version {number}; nothing was signed.",
            )
        )
    else:
        out(say(f"Versie {number} is getekend.", f"Version {number} is signed."))
        out(f"  {_shown(folder / signed.version.folder.path)}")
        _show_changes(tuple(one for one in differs if one not in dangers))


_ALL_THE_SAME = ("Toch tekenen?", "Sign all the same?")


def _show_changes(differs: tuple[Change, ...]) -> None:
    """What is other than in the version before."""
    for one in differs[:_CHANGES_MAX]:
        out(fold(f"  {change_told(one.slug, one.fields, language())}", "    "))
    if len(differs) > _CHANGES_MAX:
        more = len(differs) - _CHANGES_MAX
        out(say(f"  … en nog {more}", f"  … and {more} more"))


def _change_json(one: Change) -> dict[str, object]:
    return {"what": one.slug, **one.fields, "message": change_told(one.slug, one.fields, language())}


@command.command("show")
@click.argument("folder", metavar="DIR", type=PATH)
@json_option
def show(folder: Path, as_json: bool) -> None:
    """Show who takes part in DIR's relay, and what is signed."""
    relay, roster, unsigned = read_relay(folder)
    if as_json:
        print_json(_relay_json(relay, roster, unsigned))
        return
    first, last = (day(date, language()) for date in (relay.period.from_, relay.period.to))
    rows = (
        (say("Estafette", "Relay"), f"{plain(relay.name)} ({relay.id})"),
        (say("Wanneer", "When"), say(f"van {first} tot en met {last}", f"from {first} to {last}")),
        (say("Organisatie", "Organiser"), roster.organiser or _keys(relay.organiser)),
        (say("Getekend", "Signed"), _signed(roster, unsigned)),
    )
    for name, value in rows:
        out(f"{name:<12}{value}")
    groups = (
        (say("Gastheren", "Hosts"), relay.hosts),
        (say("Archieven", "Archives"), relay.archives),
        (say("Archivarissen", "Archivists"), relay.archivists),
    )
    for title, parties in groups:
        if parties:
            out()
            out(f"{title} ({len(parties)})")
        for party in parties:
            out(f"  {party.id:<26} {plain(party.name)}")
            out(f"  {'':<26} {_keys(party)}")
    _show_stops(relay)


def _show_stops(relay: Relay) -> None:
    """Where the Link goes, day by day."""
    if not relay.stops:
        return
    out()
    out(f"{say('Haltes', 'Stops')} ({len(relay.stops)})")
    for stop in sorted(relay.stops, key=lambda one: (one.date, one.host)):
        out(f"  {day(stop.date, language()):<27} {plain(stop.place)}, {stop.host}")


@command.command("label", short_help="Make the label for the sculpture.")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--url", default=None, metavar="URL", help="The address where people read how to check.")
@click.option(
    "--svg", type=PATH, default=None, metavar="FILE", help=f"Where the drawing goes; DIR/{LABEL} if not given."
)
@json_option
def label(folder: Path, url: str | None, svg: Path | None, as_json: bool) -> None:
    """Make the label for the sculpture: name, fingerprint and QR code, as SVG and here."""
    fingerprint = organiser_fingerprint(folder)
    newest = signed_roster(folder).versions[-1].relay
    drawing = label_svg(newest.name, fingerprint, url, relay_id=newest.id).encode()
    file = svg or folder / LABEL
    _require_label(file)
    durable.write(file, drawing)
    if as_json:
        print_json({"svg": _shown(file), "relay": newest.id, "organiser": fingerprint})
        return
    out(label_terminal(newest.name, fingerprint, url, relay_id=newest.id))
    out(say(f"Om te printen (A6): {_shown(file)}", f"To print (A6): {_shown(file)}"))


def _require_label(file: Path) -> None:
    """Make sure that only a drawing is written over.

    Raises:
        RefusedError: ``label-taken`` (``path``).
    """
    if not os.path.lexists(file):
        return
    head = b""
    if file.is_file() and not file.is_symlink():
        with open(file, "rb") as there:
            head = there.read(_HEAD)
    if b"<svg" not in head:
        raise RefusedError("label-taken", path=_shown(file))


def _signed(roster: Roster, unsigned: bool) -> str:
    if roster.newest is None:
        return say("nog niet", "not yet")
    number = roster.newest.number
    if unsigned:
        return say(f"versie {number}; relay.yaml is daarna veranderd", f"version {number}; relay.yaml changed since")
    return say(f"versie {number}", f"version {number}")


def _keys(party: Party) -> str:
    return ", ".join(key.fingerprint for key in party.public_keys)


def _relay_json(relay: Relay, roster: Roster, unsigned: bool) -> dict[str, object]:
    def told(party: Party) -> dict[str, object]:
        return {"id": party.id, "name": party.name, "keys": [key.fingerprint for key in party.public_keys]}

    return {
        "id": relay.id,
        "name": relay.name,
        "period": {"from": relay.period.from_, "to": relay.period.to},
        "organiser": told(relay.organiser),
        "fingerprint": roster.organiser or None,
        "versions": [
            {"number": v.number, "seal": v.seal, "signed_by": v.signed_by.fingerprint} for v in roster.versions
        ],
        "unsigned_changes": unsigned,
        "hosts": [told(party) for party in relay.hosts],
        "archives": [told(party) for party in relay.archives],
        "archivists": [told(party) for party in relay.archivists],
        "stops": [
            {"date": stop.date, "host": stop.host, "place": stop.place, "region": stop.region} for stop in relay.stops
        ],
    }


def _shown(path: Path) -> str:
    return plain(os.fspath(path))
