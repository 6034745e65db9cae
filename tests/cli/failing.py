"""Commands that fail, each in its own way, to see what the frame makes of it."""

import time

import click

from linksync.cli.render import json_option, out, progress, say
from linksync.errors import MediumError, RefusedError


@click.group()
def command() -> None:
    """Fail."""


@command.command()
@json_option
def refused(as_json: bool) -> None:
    """A refusal."""
    raise RefusedError("host-unknown", host="gemeente-assen", version=3)


@command.command()
@json_option
def gone(as_json: bool) -> None:
    """A stick that is gone."""
    raise MediumError("stick-gone", errno=19, path="/media/link", why="No such device")


@command.command()
def system() -> None:
    """An error of the system that nobody translated."""
    with open("/nergens/niets", "rb"):
        pass


@command.command()
def bug() -> None:
    """A mistake of ours."""
    raise ValueError("drie is geen vier\nen dit is regel twee")


@command.command()
def deep() -> None:
    """A recursion without end."""

    def again(depth: int) -> int:
        return again(depth + 1) + 1

    again(0)


@command.command()
def interrupted() -> None:
    """Ctrl-C, as it arrives."""
    raise KeyboardInterrupt


@command.command()
def speaks() -> None:
    """Say which language this is, with letters that ASCII lacks."""
    out(say("Nederlands: één ✔", "English: é ✔"))


@command.command()
def reads() -> None:
    """Read a while."""
    with progress("De stick wordt gelezen", "Reading the stick") as advance:
        for step in range(6):
            advance(step * 1_000_000, 5_000_000)
            time.sleep(0.12)
    out("klaar")
