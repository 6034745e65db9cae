"""``linksync demo [DIR]``: a whole relay to look at, with what to try next."""

import shlex
from pathlib import Path

import click

from linksync.cli.render import language, out, say
from linksync.cli.settings import PATH
from linksync.cli.verify import show_findings
from linksync.demo.estafette import ORGANISER
from linksync.demo.tour import ARCHIVED, DESK, HOSTS, KEYS, LIBRARY, STICK, TAMPERED, Told, tour
from linksync.errors import RefusedError
from linksync.machine.key_files import load_public
from linksync.people.texts import day, files, plain, size
from linksync.people.verdicts import VERDICTS


@click.command()
@click.argument("folder", metavar="[DIR]", type=PATH, default=Path("estafette"))
def command(folder: Path) -> None:
    """Play a whole relay of six hosts in DIR ("estafette" if not given), on documents it makes, and say what to try."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError("demo-place-taken", path=plain(str(folder)))
    for told in tour(folder):
        _SAID[told.act](told)
    _show_next(folder)


def _done(nl: str, en: str) -> None:
    out(f"{click.style('✔', fg='green')} {say(nl, en)}")


def _keys(told: Told) -> None:
    _done(
        f"{told.number} sleutels gemaakt, voor organisatie, gastheren, archief en archivaris  ({told.place}/)",
        f"{told.number} keys made, for organiser, hosts, archive and archivist  ({told.place}/)",
    )


def _signed(told: Told) -> None:
    _done(
        f"{told.name}: getekend door de organisatie, met {told.number} gastheren  ({told.place})",
        f"{told.name}: signed by the organiser, with {told.number} hosts  ({told.place})",
    )


def _prepared(told: Told) -> None:
    _done(f"De Link is klaar voor vertrek  ({told.place}/)", f"The Link is ready to leave  ({told.place}/)")


def _archive(told: Told) -> None:
    _done(f"Het archief staat klaar  ({told.place}/)", f"The archive is ready  ({told.place}/)")
    out()


def _handed_over(told: Told) -> None:
    when = day(told.date, language()) if told.date else ""
    _done(f"Overdracht {told.number}: {told.name}, {when}", f"Hand-off {told.number}: {told.name}, {when}")
    gone = say(f"; {files(told.gone, 'nl')} weg of verplaatst", f"; {files(told.gone, 'en')} gone or moved")
    receipt = say("; het archief tekende voor ontvangst", "; the archive signed for it")
    out(
        f"    {files(told.files, language())}, {size(told.size, language())}"
        f"{gone if told.gone else ''}{receipt if told.receipt else ''}"
    )


def _verified(told: Told) -> None:
    assert told.report is not None
    out()
    _done(
        f"linksync verify {told.place}: {VERDICTS[told.report.exit].sentence('nl')}",
        f"linksync verify {told.place}: {VERDICTS[told.report.exit].sentence('en')}",
    )


def _tampered(told: Told) -> None:
    assert told.report is not None
    _done(
        f"Een kopie waarin één bit is omgezet, valt door de mand  ({told.place}/):",
        f"A copy with a single bit turned over is found out  ({told.place}/):",
    )
    show_findings(told.report.findings)


def _pulled(told: Told) -> None:
    _done(
        f"De archivaris haalde {told.number} overdrachten op: {told.files} documenten, samengevoegd  ({told.place}/)",
        f"The archivist pulled {told.number} hand-offs: {told.files} documents, merged  ({told.place}/)",
    )


_SAID = {
    "keys": _keys,
    "signed": _signed,
    "prepared": _prepared,
    "archive": _archive,
    "handed-over": _handed_over,
    "verified": _verified,
    "tampered": _tampered,
    "pulled": _pulled,
}


def _show_next(folder: Path) -> None:
    label = load_public(folder / KEYS / f"{ORGANISER}.pub").fingerprint
    at = shlex.quote(plain(str(folder)))
    host = "bibliotheek-utrecht"
    rows = (
        (say("bekijk de stick in een browser", "look at the stick in a browser"), f"{at}/{STICK}/START-HIER.html"),
        (say("kijk hem na", "check it"), f"linksync verify {at}/{STICK} --organiser {label}"),
        (
            say("kijk hem na zonder linksync", "check it without linksync"),
            f"cd {at}/{STICK} && sha256sum --strict -c manifest-sha256.txt",
        ),
        (
            say("zet er iets bij, en draag over", "add something, and hand over"),
            f"linksync handoff {at}/{STICK} --as {host} --key {at}/{KEYS}/{host} --state {at}/{HOSTS}/{host} "
            f"--archive {at}/{ARCHIVED}",
        ),
        (say("haal het op als archivaris", "pull it as an archivist"), f"linksync pull {at}/{ARCHIVED} {at}/{LIBRARY}"),
        (say("zoek erin", "search it"), f"linksync search rooster --library {at}/{LIBRARY}"),
        (say("het label voor de sculptuur", "the sculpture's label"), f"{at}/{DESK}/label.svg"),
        (say("verander iets en kijk na", "change something and check"), f"{at}/{TAMPERED}"),
    )
    out()
    out(click.style(say("En nu zelf:", "Now try:"), bold=True))
    for what, command_line in rows:
        out(f"  {what}")
        out(click.style(f"      {command_line}", fg="cyan"))
