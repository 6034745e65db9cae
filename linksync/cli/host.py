"""``linksync host setup``: the computer of a host made ready for the Link, once."""

import sys
from pathlib import Path

import click
from click.core import ParameterSource

from linksync.cli.asking import agree, ask, choose
from linksync.cli.daemon import show_installed
from linksync.cli.host_told import AFTER_TOLD, POLICIES_TOLD, Setup, archive_told, setup_json, short_path, show_setup
from linksync.cli.render import json_option, language, print_json, say, tell
from linksync.cli.settings import (
    after_option,
    archive_option,
    config,
    organiser_option,
    policy_option,
    relay_option,
    some_host_option,
    some_key_option,
    state_option,
)
from linksync.custody.history import NOTHING
from linksync.custody.keys import PublicKey, fingerprint
from linksync.custody.names import ID_MAX, is_id
from linksync.errors import RefusedError
from linksync.host.daemon.installing import SERVICE, Systemd, install, standing, this_program
from linksync.host.joining import (
    Answers,
    ArchiveSeen,
    Seat,
    join,
    keep_public,
    known_roster,
    look_at_archive,
    make_key,
    newest,
    roster_of,
    seat,
    signs_alone,
)
from linksync.host.state import State
from linksync.machine.agent import agent_keys
from linksync.machine.key_files import public_of
from linksync.machine.settings import AFTER, POLICIES, After, Policy, config_path, state_folder
from linksync.people.texts import plain
from linksync.relay.folder import given_versions


@click.group()
def command() -> None:
    """Make this computer ready for the Link."""


@command.command("setup", short_help="Who you are, your key, the relay, the archive, the service.")
@some_host_option
@some_key_option
@organiser_option
@relay_option
@archive_option
@policy_option
@after_option
@state_option
@click.option("--yes", is_flag=True, help="Ask nothing: take what is given, set already, or sensible.")
@click.option("--service/--no-service", default=None, help="Start the daemon by itself from now on; else it is asked.")
@json_option
@click.pass_context
def setup(
    ctx: click.Context,
    host: str | None,
    key: Path | None,
    organiser: str | None,
    relay: Path | None,
    archive: str | None,
    policy: Policy,
    after: After,
    state: Path,
    yes: bool,
    service: bool | None,
    as_json: bool,
) -> None:
    """Make this computer ready for the Link: who you are, your key, the archive, and what happens by itself.

    It can be done again at any time; Enter keeps what is set.
    """
    told = {name for name in ctx.params if ctx.get_parameter_source(name) in _TOLD}
    asks = not yes and not as_json and sys.stdin.isatty()
    one = Setup(state=State(state), given=frozenset(told), asks=asks, organiser=organiser or "", relay=relay)
    one.archive, one.holder, one.key, one.policy, one.after = archive or "", host or "", key, policy, after
    if asks:
        tell(*_WELCOME)
    _organiser(one)
    _archive(one)
    _relay(one)
    _holder(one)
    _key(one)
    _ways(one)
    _have_key(one)
    answers = _answers(one, state)
    changed = join(one.state, config_path(), answers, one.roster)
    if as_json:
        print_json(setup_json(one, answers, changed))
    else:
        show_setup(one, answers, changed)
    _service(one, service, changed=changed, as_json=as_json)


_TOLD = frozenset({ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT})
_WELCOME = (
    "Deze computer wordt klaargemaakt voor de Link. Enter houdt wat tussen [ ] staat.",
    "This computer is made ready for the Link. Enter keeps what stands between [ ].",
)


# The questions.


def _organiser(one: Setup) -> None:
    known = {one.state.organiser(id_) for id_ in one.state.relays()} - {""}
    one.organiser = one.organiser or (next(iter(known)) if len(known) == 1 else "")
    if one.asks and "organiser" not in one.given:
        question = say("Vingerafdruk op het label van de sculptuur", "Fingerprint on the sculpture's label")
        one.organiser = ask(question, fingerprint, default=one.organiser)
    _require(one.organiser, "--organiser")


def _archive(one: Setup) -> None:
    if not one.asks or "archive" in one.given:
        one.archive = _whole(one.archive)
        one.seen = look_at_archive(one.archive, one.organiser) if one.archive else None
        return
    question = say("Archief (map of adres; een streepje voor geen)", "Archive (folder or address; a hyphen for none)")

    def check(text: str) -> tuple[str, ArchiveSeen | None]:
        url = "" if text == "-" else _whole(text)
        return url, look_at_archive(url, one.organiser) if url else None

    one.archive, one.seen = ask(question, check, default=one.archive or "-")
    if one.seen is not None:
        tell(*archive_told(one.seen))


def _relay(one: Setup) -> None:
    """The relay's versions, wherever they are."""
    given = roster_of(given_versions(one.relay), one.organiser) if one.relay else NOTHING
    there = one.seen.roster if one.seen else NOTHING
    one.roster = newest(given, there, known_roster(one.state, one.organiser))


def _holder(one: Setup) -> None:
    if one.asks and "host" not in one.given:
        one.holder = _asked_holder(one)
    _require(one.holder, "--as")
    _an_id(one.holder)


def _asked_holder(one: Setup) -> str:
    hosts = one.roster.versions[-1].relay.hosts if one.roster.versions else ()
    if hosts:
        other = (say("anders", "other"), say("nog niet in de estafette", "not in the relay yet"))
        choices = [*((host.id, plain(host.name)) for host in hosts), other]
        ids = [host.id for host in hosts]
        at = ids.index(one.holder) if one.holder in ids else _whose(one, ids)
        chosen = choose(say("Wie ben je in deze estafette?", "Who are you in this relay?"), choices, default=at)
        if chosen < len(hosts):
            return ids[chosen]
    question = say("Je id, bijvoorbeeld gemeente-assen", "Your id, for example gemeente-assen")
    return ask(question, _an_id, default=one.holder)


def _whose(one: Setup, ids: list[str]) -> int:
    """The host who has one of the keys that are at hand, else the first."""
    keys = [key for key, _ in agent_keys()]
    if one.key is not None and one.key.exists():
        keys.append(public_of(one.key))
    listed = (place for place, id_ in enumerate(ids) if any(seat(one.roster, id_, key) is Seat.LISTED for key in keys))
    return next(listed, 0)


def _key(one: Setup) -> None:
    if one.asks and "key" not in one.given:
        _asked_key(one)
    one.key = (one.key or _own_key(one)).absolute()
    if one.key.exists():
        signs_alone(one.key)  # what is wrong with it is said now


def _have_key(one: Setup) -> None:
    """Make the key, once everything was answered."""
    assert one.key is not None
    if one.agents is not None:
        keep_public(one.key, one.agents, one.holder)
    elif not one.key.exists() and not one.key.is_symlink():
        make_key(one.key, one.holder)
        one.made = True
    one.public = public_of(one.key)
    signs_alone(one.key)


def _asked_key(one: Setup) -> None:
    there = [path for path in dict.fromkeys((one.key, _own_key(one))) if path is not None and path.exists()]
    agent = agent_keys()
    choices = [(say("deze", "this one"), f"{short_path(path)}{_mark(one, public_of(path))}") for path in there]
    choices += [("agent", f"{plain(comment) or key.fingerprint}{_mark(one, key)}") for key, comment in agent]
    if _own_key(one) not in there:
        choices.append((say("nieuw", "new"), say("maak een sleutel: ", "make a key: ") + short_path(_own_key(one))))
    choices.append((say("ander", "other"), say("een bestand dat je al hebt", "a file that you have already")))
    listed = [place for place, (_, about) in enumerate(choices) if about.endswith(say(*_LISTED))]
    first = 0 if there else len(agent)
    at = choose(
        say("Met welke sleutel teken je?", "Which key do you sign with?"), choices, default=(listed or [first])[0]
    )
    if at < len(there):
        one.key = there[at]
    elif at < len(there) + len(agent):
        one.key, one.agents = _own_key(one).with_name(f"{one.holder}.pub"), agent[at - len(there)][0]
    elif at == len(choices) - 1:
        one.key = ask(say("Welk bestand", "Which file"), _a_key)
    else:
        one.key = _own_key(one)


def _ways(one: Setup) -> None:
    """What happens by itself."""
    if one.asks and "policy" not in one.given:
        choices = [(name, say(*POLICIES_TOLD[name])) for name in POLICIES]
        question = say("Wat gebeurt er als de Link erin gaat?", "What happens when the Link is plugged in?")
        one.policy = POLICIES[choose(question, choices, default=POLICIES.index(one.policy))]
    if one.asks and "after" not in one.given and one.policy != "verify-only":
        then = [(name, say(*AFTER_TOLD[name])) for name in AFTER]
        one.after = AFTER[choose(say("En daarna?", "And then?"), then, default=AFTER.index(one.after))]


def _service(one: Setup, service: bool | None, *, changed: bool, as_json: bool) -> None:
    """Have it start by itself, where that is wanted; one that runs already starts anew with the new settings."""
    systemd = Systemd()
    here = standing(this_program(), systemd)
    if service is None and here.active and here.current:
        if changed:
            systemd.call("restart", SERVICE)
            tell(*_ANEW)
        return
    if service is None and one.asks:
        service = agree(say(*_SERVICE))
    if service:
        done = install(this_program(), systemd)
        if not as_json:
            show_installed(done, one.state.folder)
    elif here.way is None and not as_json:
        tell(*_NEXT)


_ANEW = ("linksync is opnieuw gestart met deze instellingen.", "linksync was started anew with these settings.")
_SERVICE = ("Zal linksync van nu af vanzelf starten?", "Shall linksync start by itself from now on?")
_NEXT = (
    'Laat linksync vanzelf starten met "linksync daemon install".',
    'Have linksync start by itself with "linksync daemon install".',
)


# What was answered.


def _answers(one: Setup, state: Path) -> Answers:
    assert one.key is not None
    extra = {} if state == state_folder() else {"state": str(state.absolute())}
    return Answers(
        holder=one.holder,
        key=one.key,
        organiser=one.organiser,
        archive=one.archive,
        policy=one.policy,
        after=one.after,
        language=config().language or language(),
        extra=extra,
    )


def _require(value: str, option: str) -> None:
    if not value:
        raise click.UsageError(
            say(f"Geef {option} mee: er wordt hier niet naar gevraagd.", f"Give {option}: it is not asked for here.")
        )


def _an_id(text: str) -> str:
    if not is_id(text):
        raise RefusedError("relay-id-wrong", id=plain(text)[:80], most=ID_MAX)
    return text


def _a_key(text: str) -> Path:
    path = Path(text).expanduser()
    public_of(path)
    return path


def _whole(archive: str) -> str:
    """An archive's address that is the same from every folder."""
    return archive if not archive or "://" in archive else str(Path(archive).expanduser().absolute())


def _own_key(one: Setup) -> Path:
    return config_path().parent / one.holder


def _mark(one: Setup, key: PublicKey) -> str:
    return say(*_LISTED) if seat(one.roster, one.holder, key) is Seat.LISTED else ""


_LISTED = ("; staat in de estafette", "; is in the relay")
