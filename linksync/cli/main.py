"""The entry point: a table of commands, each imported only when it is used.

Whatever goes wrong in a command ends here, as one sentence on stderr and an exit status; never as a traceback. A new
command is a row in ``COMMANDS`` and a module that holds it.
"""

import importlib
import io
import os
import sys
from dataclasses import dataclass
from typing import Any

import click

from linksync import __version__


@dataclass(frozen=True, slots=True)
class Row:
    """A command.

    Attributes:
        target: where it stands, as ``module:name``.
        about: what it does, for the overview.
        prepares: the entry of limited processes that it will need: their server is started while it is imported.
    """

    target: str
    about: str
    prepares: str = ""


COMMANDS: dict[str, Row] = {
    "demo": Row("linksync.cli.demo:command", "Play a whole relay, and see what to try."),
    "host": Row("linksync.cli.host:command", "Make this computer ready for the Link."),
    "daemon": Row("linksync.cli.daemon:command", "Wait for the Link and hand it over by itself."),
    "key": Row("linksync.cli.keys:command", "Make a key to sign with, or show one."),
    "relay": Row("linksync.cli.relay:command", "The organiser's desk: begin, add, sign, label."),
    "stick": Row("linksync.cli.stick:command", "Prepare a stick, eject it, or make a lost one again."),
    "handoff": Row(
        "linksync.cli.handoff:command",
        "Hand over: take in what was added, sign, write, send.",
        prepares="linksync.knowledge.screen:work",
    ),
    "verify": Row("linksync.cli.check:command", "Check everything on a stick; also called check."),
    "archive": Row("linksync.cli.archive:command", "Make a central archive, or check one."),
    "sync": Row("linksync.cli.sync:command", "Send to the archive what this computer still owes."),
    "status": Row("linksync.cli.status:command", "What this computer knows of each Link, and still owes."),
    "doctor": Row("linksync.cli.doctor:command", "What is missing on this computer, and how to mend it."),
    "pull": Row("linksync.cli.pull:command", "Bring what is new from an archive into a library."),
    "search": Row("linksync.cli.search:command", "Find documents in a library, or on this computer."),
}
"""Name to row, in the order of a relay's life."""

ALIASES = {"check": "verify"}


class Commands(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every name, in the table's order."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is about to run; what it will need is prepared while it is imported."""
        row = _row(args[0])
        if row is not None and row.prepares and not ctx.resilient_parsing:
            ctx.call_on_close(importlib.import_module("linksync.machine.limited_servers").prepare(row.prepares))
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of that name."""
        row = _row(cmd_name)
        if row is None:
            return None
        module, _, name = row.target.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return _speaking(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The overview, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.about) for name, row in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for; what it raises becomes a sentence and an exit status."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no é still gets the result
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if not importlib.import_module("linksync.cli.usage").show(error):
                raise
            return ctx.exit(error.exit_code)
        except (click.exceptions.Exit, click.ClickException, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if os.environ.get("LINKSYNC_TRACEBACK"):
                raise
            render = importlib.import_module("linksync.cli.render")
            return ctx.exit(render.failed(error))


def _row(name: str) -> Row | None:
    return COMMANDS.get(ALIASES.get(name, name))


def _speaking(command: click.Command) -> click.Command:
    """The command, with ``--language`` on it and on all below it."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _speaking(below)
    elif all(param.name != "language" for param in command.params):
        command.params.append(_language_option())
    return command


def _language_option() -> click.Option:
    def choose(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.meta["linksync.language"] = value

    return click.Option(
        ["--language"],
        type=click.Choice(["nl", "en"]),
        callback=choose,
        expose_value=False,
        is_eager=True,
        help="Dutch or English; also LINKSYNC_LANGUAGE.",
    )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, params=[_language_option()])
@click.version_option(__version__, prog_name="linksync")
def main() -> None:
    """A chain of custody for knowledge that travels on a USB stick."""
