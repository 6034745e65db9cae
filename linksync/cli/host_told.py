"""What ``linksync host setup`` says: what this computer is ready with, and what still is to be done."""

from dataclasses import dataclass
from pathlib import Path

import click

from linksync.cli.render import fold, out, say, tell
from linksync.custody.history import NOTHING
from linksync.custody.keys import PublicKey
from linksync.custody.roster import Roster
from linksync.host.joining import Alone, Answers, ArchiveSeen, Seat, seat, signs_alone
from linksync.host.state import State
from linksync.machine.settings import After, Policy, config_path
from linksync.people.sentences import error_sentence
from linksync.people.texts import plain

POLICIES_TOLD = {
    "auto": ("alles gaat vanzelf: erin, wachten, eruit", "all by itself: in, wait, out"),
    "ask": ("eerst kijken wat erbij kwam, dan zelf op de knop drukken", "see what was added, then press the button"),
    "verify-only": ("alleen controleren, nooit overdragen", "only check, never hand over"),
}
AFTER_TOLD = {
    "eject": ("na de overdracht meteen uitwerpen", "eject right after the hand-off"),
    "stay": (
        "laten zitten, zodat bezoekers er nog iets op kunnen zetten",
        "let it stay, so that visitors can add more",
    ),
}


@dataclass(slots=True, kw_only=True)
class Setup:
    """What is known so far.

    Attributes:
        given: names what needs no question; ``asks`` whether there is anybody to ask.
        agents: the public half of a key that the ssh-agent holds, to be kept at ``key``.
        made: whether the key is new.
    """

    state: State
    given: frozenset[str]
    asks: bool
    organiser: str = ""
    archive: str = ""
    seen: ArchiveSeen | None = None
    relay: Path | None = None
    roster: Roster = NOTHING
    holder: str = ""
    key: Path | None = None
    agents: PublicKey | None = None
    public: PublicKey | None = None
    made: bool = False
    policy: Policy = "auto"
    after: After = "eject"


def short_path(path: Path) -> str:
    """A path as people know it: from their home."""
    told, home = plain(str(path)), f"{Path.home()}/"
    return f"~/{told.removeprefix(home)}" if told.startswith(home) else told


def show_setup(one: Setup, answers: Answers, changed: bool) -> None:
    """Say what stands now, and what still is to be done."""
    assert one.public is not None
    mark, same = click.style("✔", fg="green"), not changed and not one.made
    told = say("Deze computer is klaar voor de Link.", "This computer is ready for the Link.")
    if same:
        told = say("Er is niets veranderd; alles stond al goed.", "Nothing was changed; all of it was set already.")
    if seat(one.roster, one.holder, one.public) in {Seat.NO_HOST, Seat.OTHER_KEY}:
        mark = click.style("➜", fg="yellow")
        told = say("Er is niets veranderd", "Nothing was changed") if same else say("Ingesteld", "Set up")
        told += say(
            "; overdragen kan zodra de organisatie je heeft toegevoegd.",
            "; this computer can hand over once the organiser has added you.",
        )
    out(f"{mark} {click.style(told, bold=True)}")
    for nl, en, value in _rows(one, answers):
        out(fold(f"  {say(nl, en):<11}{value}", " " * 13))
    _show_key(one)


def _rows(one: Setup, answers: Answers) -> list[tuple[str, str, str]]:
    version = one.roster.newest
    relay = say("nog niet bekend; de stick brengt haar mee", "not known yet; the stick brings it")
    name = one.holder
    if version is not None:
        relay = f"{plain(version.relay.name)} ({say('versie', 'version')} {version.number})"
        party = version.relay.holder(one.holder)
        name = f"{one.holder}, {plain(party.name)}" if party else one.holder
    archive = say("geen", "none")
    if one.seen is not None:
        archive = f"{plain(answers.archive)}: {say(*archive_told(one.seen, short=True))}"
    ways = [one.policy] if one.policy == "verify-only" else [one.policy, one.after]
    return [
        ("Estafette", "Relay", relay),
        ("Label", "Label", one.organiser),
        ("Gastheer", "Host", name),
        ("Sleutel", "Key", short_path(answers.key)),
        ("Archief", "Archive", archive),
        ("Vanzelf", "By itself", "; ".join(say(*(POLICIES_TOLD | AFTER_TOLD)[way]) for way in ways)),
        ("Bewaard in", "Kept in", short_path(config_path())),
    ]


def _show_key(one: Setup) -> None:
    """What still has to be done about the key."""
    assert one.key is not None
    assert one.public is not None
    alone = signs_alone(one.key)
    if alone is Alone.NO:
        tell(
            "Let op: deze sleutel heeft een wachtwoord. Vanzelf tekenen gaat alleen als de ssh-agent hem heeft.",
            "Note: this key has a passphrase. Signing by itself only works while the ssh-agent holds it.",
        )
    if alone is Alone.AGENT:
        tell(
            "Let op: de ssh-agent tekent, dus die moet draaien als de Link erin gaat.",
            "Note: the ssh-agent signs, so it must run when the Link is plugged in.",
        )
    found = seat(one.roster, one.holder, one.public)
    if found is Seat.LISTED:
        return
    nl = {
        Seat.UNKNOWN: "Staat je sleutel nog niet in de estafette? Stuur dan dit aan de organisatie:",
        Seat.NO_HOST: f"{one.holder} staat nog niet in de estafette. Stuur dit aan de organisatie:",
        Seat.OTHER_KEY: f"{one.holder} staat met een andere sleutel in de estafette. Stuur dit aan de organisatie:",
    }
    en = {
        Seat.UNKNOWN: "If your key is not in the relay yet, send this to the organiser:",
        Seat.NO_HOST: f"{one.holder} is not in the relay yet. Send this to the organiser:",
        Seat.OTHER_KEY: f"{one.holder} is in the relay with another key. Send this to the organiser:",
    }
    out()
    for whose in _others_with(one, one.public):
        out(
            fold(
                say(
                    f"Let op: in de estafette is deze sleutel van {whose}. Ben je dat, geef dan --as {whose}.",
                    f"Note: in the relay this key is {whose}'s. If that is you, give --as {whose}.",
                )
            )
        )
        out()
    out(fold(say(nl[found], en[found])))
    out()
    out(f"{one.public.line} {one.holder}")
    out()
    public = one.key if one.key.suffix == ".pub" else one.key.with_name(f"{one.key.name}.pub")
    if public.exists():
        out(say(f"Dat staat ook in {short_path(public)}", f"The same stands in {short_path(public)}"))


def _others_with(one: Setup, key: PublicKey) -> list[str]:
    """The ids of the other hosts whom the relay knows by this key."""
    hosts = one.roster.newest.relay.hosts if one.roster.newest else ()
    return [host.id for host in hosts if host.id != one.holder and seat(one.roster, host.id, key) is Seat.LISTED]


def archive_told(seen: ArchiveSeen, *, short: bool = False) -> tuple[str, str]:
    """What came of looking at an archive, in both languages."""
    if seen.why is None:
        return "bereikbaar, en van deze estafette", "can be reached, and is of this relay"
    if short:
        return "nu niet te bereiken", "cannot be reached now"
    if seen.why.slug == "not-an-archive":
        return (
            "Daar staat nu geen archief; misschien is die map nog niet verbonden. Het wordt onthouden en later opnieuw"
            " geprobeerd.",
            "There is no archive there now; perhaps that folder is not connected yet. It is remembered, and tried again"
            " later.",
        )
    return (
        f"{error_sentence(seen.why, 'nl')} Het wordt onthouden en later opnieuw geprobeerd.",
        f"{error_sentence(seen.why, 'en')} It is remembered, and tried again later.",
    )


def setup_json(one: Setup, answers: Answers, changed: bool) -> dict[str, object]:
    """The same as an object."""
    assert one.public is not None
    version = one.roster.newest
    return {
        "changed": changed or one.made,
        "config": str(config_path()),
        "relay": version.relay.id if version else None,
        "relay_version": version.number if version else 0,
        "organiser": one.organiser,
        "host": one.holder,
        "seat": seat(one.roster, one.holder, one.public),
        "key": {
            "file": str(answers.key),
            "made": one.made,
            "fingerprint": one.public.fingerprint,
            "key": one.public.line,
        },
        "archive": None if one.seen is None else {"url": answers.archive, "reached": one.seen.why is None},
        "policy": one.policy,
        "after": one.after,
    }
