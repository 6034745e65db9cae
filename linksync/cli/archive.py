"""``linksync archive new|verify``: make a central archive, and check everything in one."""

from collections.abc import Iterable
from pathlib import Path

import click

from linksync.archive.opening import new_archive, open_archive
from linksync.archive.verification import verify_archive
from linksync.cli.render import (
    finding_json,
    given_passphrase,
    json_option,
    language,
    leave,
    out,
    passphrase_option,
    print_json,
    progress,
    say,
)
from linksync.cli.settings import PATH
from linksync.cli.verify import show_findings
from linksync.custody.findings import Finding
from linksync.custody.report import Report
from linksync.people.texts import number, plain, size


@click.group()
def command() -> None:
    """Make a central archive, or check one."""


@command.command(short_help="Make an archive for a relay.")
@click.argument("path", type=PATH)
@click.option("--relay", required=True, type=PATH, metavar="DIR", help="The organiser's folder.")
@click.option("--id", "id_", required=True, metavar="ID", help="The archive's id in the relay.")
@click.option("--key", required=True, type=PATH, metavar="FILE", help="The archive's private key; it stays there.")
@passphrase_option
@json_option
def new(path: Path, relay: Path, id_: str, key: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Make an archive in PATH, for the relay that the organiser signed in DIR."""
    word = given_passphrase(passphrase_file)
    roster = new_archive(path, relay=relay, id_=id_, key=key, passphrase=None if word is None else lambda: word)
    named = roster.versions[-1].relay
    if as_json:
        print_json({"archive": id_, "path": str(path), "relay": named.id, "organiser": roster.organiser})
        return
    out(
        say(
            f"{plain(str(path))} is nu archief {id_} van {plain(named.name)}. Geef die naam aan gastheren: --archive",
            f"{plain(str(path))} is now archive {id_} of {plain(named.name)}. Give hosts that name: --archive",
        )
    )


@command.command(short_help="Check every object and every byte.")
@click.argument("url")
@json_option
def verify(url: str, as_json: bool) -> None:
    """Verify the archive at URL: every object, every byte, the feed and the receipts. Writes nothing."""
    repository = open_archive(url)
    with progress("Het archief wordt nagekeken", "Verifying the archive", counted=True) as advance:
        report = verify_archive(repository, advance)
    if as_json:
        findings = [finding_json(one) for one in report.findings]
        told = {"verdict": report.verdict, "exit": report.exit, "archive": repository.id}
        print_json({**told, "organiser": repository.organiser, "counts": dict(report.counts), "findings": findings})
    else:
        _show(report, repository.id)
    leave(report.exit)


def stored_remedies(findings: Iterable[Finding]) -> dict[str, str]:
    """What to do, by code, where something is wrong in an archive and not on a stick."""
    lost = say(
        "Zet het terug uit een andere kopie van het archief; ook een bibliotheek of de stick kan het nog hebben.",
        "Put it back from another copy of the archive; a library or the stick may still have it, too.",
    )
    wrong = say(
        "Vertrouw dit deel niet en zet het terug uit een andere kopie van het archief; bel anders de organisatie. Al"
        " het andere is ongeschonden.",
        "Do not trust this part, and put it back from another copy of the archive; else call the organiser. All else is"
        " untouched.",
    )
    told = {one.code: wrong for one in findings if one.code.startswith(("E1", "E2"))}
    return told | {"E301": lost, "E302": lost}


def _show(report: Report, archive: str) -> None:
    counts = {name: number(value, language()) for name, value in report.counts.items()}
    octets = size(report.counts.get("bytes", 0), language())
    objects, files, receipts = (counts.get(name, "0") for name in ("objects", "files", "receipts"))
    mark = click.style("✔", fg="green") if report.exit == 0 else click.style("✘", fg="red")
    nl = "alles is heel" if report.exit == 0 else "er is iets mis"
    en = "all is whole" if report.exit == 0 else "something is wrong"
    out(f"{mark} {click.style(say(f'Archief {archive}: {nl}.', f'Archive {archive}: {en}.'), bold=True)}")
    out(
        say(
            f"  {objects} overdrachten, {files} bestanden, {octets}; {receipts} ontvangstbewijzen",
            f"  {objects} hand-offs, {files} files, {octets}; {receipts} receipts",
        )
    )
    if report.counts.get("holds"):
        out(say(f"  {counts['holds']} vastgehouden", f"  {counts['holds']} held"))
    show_findings(report.findings, stored_remedies(report.findings))
