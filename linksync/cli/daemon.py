"""``linksync daemon``: waits for the Link, and does the rest."""

from contextlib import suppress
from pathlib import Path

import click

from linksync.cli.aloud import Aloud
from linksync.cli.render import fold, json_option, language, leave, out, print_json, say, tell
from linksync.cli.settings import (
    after_option,
    archive_option,
    config,
    host_option,
    key_option,
    organiser_option,
    policy_option,
    relay_option,
    state_option,
    watch_option,
)
from linksync.errors import RefusedError
from linksync.host.daemon.following import find
from linksync.host.daemon.installing import Installed, Systemd, install, this_program, uninstall
from linksync.host.daemon.running import Settings, run
from linksync.machine.settings import After, Policy
from linksync.people.texts import plain
from linksync.relay.folder import given_versions


@click.group()
def command() -> None:
    """Wait for the Link and hand it over; start by itself, or no longer."""


@command.command("run", short_help="Wait for the Link, until Ctrl-C.")
@host_option
@key_option
@organiser_option
@relay_option
@archive_option
@policy_option
@after_option
@watch_option
@state_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the page on 127.0.0.1; any if not given.")
@click.option("--notify/--no-notify", default=True, help="Show notifications on the desktop.")
@click.pass_context
def run_daemon(
    ctx: click.Context,
    host: str,
    key: Path,
    organiser: str | None,
    relay: Path | None,
    archive: str | None,
    policy: Policy,
    after: After,
    watch: tuple[Path, ...],
    state: Path,
    port: int,
    notify: bool,
) -> None:
    """Wait for the Link, until Ctrl-C or SIGTERM; what is under way is left so that the next run finishes it."""
    if relay is not None and ctx.get_parameter_source("relay") is _COMMANDLINE:
        given_versions(relay)  # a mistake now; one of the settings may come later, as a disk in the network does
    settings = Settings(
        state=state.absolute(),
        holder=host,
        key=key.absolute(),
        organiser=organiser or "",
        archive=archive,
        relay=relay,
        policy=policy,
        after=after,
        watch=tuple(path.absolute() for path in watch),
        language=language(),
        panel_port=port,
        notify=notify,
        clamd=config().clamd or "",
    )
    with Aloud() as aloud:
        status = run(settings, aloud)
    leave(status)


@command.command("install", short_help="Start by itself whenever you log in.")
@host_option
@key_option
@watch_option
@state_option
@json_option
@click.pass_context
def install_daemon(
    ctx: click.Context, host: str, key: Path, watch: tuple[Path, ...], state: Path, as_json: bool
) -> None:
    """Have the daemon start by itself whenever you log in, and start it now.

    It goes by config.yaml, as "linksync host setup" writes it; folders to watch may be added here.
    """
    del host, key  # asked for, since without them it would not start
    given = {name for name in ("watch", "state") if ctx.get_parameter_source(name) is _COMMANDLINE}
    words = [f"--watch={path.absolute()}" for path in watch if "watch" in given]
    words += [f"--state={state.absolute()}"] if "state" in given else []
    done = install(this_program(words), Systemd())
    if as_json:
        print_json({"way": done.way, "path": str(done.path), "changed": done.changed})
    else:
        show_installed(done, state.absolute())


@command.command("uninstall", short_help="Stop, and start by itself no longer.")
@json_option
def uninstall_daemon(as_json: bool) -> None:
    """Stop the daemon, and have it start by itself no longer; settings, keys and memory stay."""
    gone = uninstall(Systemd())
    if as_json:
        print_json({"removed": [str(path) for path in gone]})
    elif not gone:
        out(
            say("linksync startte niet vanzelf; er is niets veranderd.", "linksync did not start by itself; unchanged.")
        )
    else:
        out(say("linksync start niet meer vanzelf.", "linksync no longer starts by itself."))
        for path in gone:
            out(f"  {say('weggehaald', 'removed')}: {plain(str(path))}")


_COMMANDLINE = click.core.ParameterSource.COMMANDLINE


def show_installed(done: Installed, state: Path) -> None:
    """Say how the daemon starts from now on, where its page is, and how to follow it.

    Args:
        done: how it starts.
        state: the folder of its memory.
    """
    if done.way == "autostart":
        out(say("linksync start vanzelf zodra je inlogt.", "linksync starts by itself when you log in."))
        out(f"  {plain(str(done.path))}")
        out(fold(say(_NO_SYSTEMD[0], _NO_SYSTEMD[1])))
        out(fold(say(_FOLLOW[0], _FOLLOW[1])))
        return
    nl, en = ("linksync draait en start voortaan vanzelf.", "linksync runs, and starts by itself from now on.")
    if not done.changed:
        nl, en = ("linksync draait al en start vanzelf.", "linksync runs already, and starts by itself.")
    out(f"{click.style('✔', fg='green')} {click.style(say(nl, en), bold=True)}")
    out(f"  {plain(str(done.path))}")
    with suppress(RefusedError):
        out(f"{say('De pagina met de knoppen:', 'The page with the buttons:')} {find(state).page}")
    out(fold(say(_FOLLOW[0], _FOLLOW[1])))
    tell("Steek de Link er maar in.", "Plug the Link in whenever you like.")


_FOLLOW = (
    'Volg het met "linksync status --follow"; dat zegt ook waar de pagina met de knoppen is, die bij elke start een'
    " ander adres heeft.",
    'Follow it with "linksync status --follow"; it also says where the page with the buttons is, which has another'
    " address at each start.",
)
_NO_SYSTEMD = (
    'Op deze computer draait geen systemd voor gebruikers. Tot je opnieuw inlogt: "linksync daemon run".',
    'No systemd for users runs on this computer. Until you log in again: "linksync daemon run".',
)
