"""The command ``linksync verify STICK``: the stick is read from the first moment, while the rest is being loaded."""

import importlib
from contextlib import nullcontext
from pathlib import Path

import click

from linksync.cli.settings import PATH, json_option, organiser_option, state_option
from linksync.stick.ahead import reading_ahead
from linksync.stick.medium import Medium


@click.command()
@click.argument("stick", type=PATH)
@organiser_option
@click.option("--quick", is_flag=True, help="Look at names and sizes only; contents are not read.")
@state_option
@json_option
def command(stick: Path, organiser: str | None, quick: bool, state: Path, as_json: bool) -> None:
    """Verify the Link at STICK: a mount point or a folder. Writes nothing on it."""
    with Medium.open(stick) as medium, nullcontext() if quick else reading_ahead(medium) as ahead:
        verifying = importlib.import_module("linksync.cli.verify")
        verifying.run(medium, ahead, organiser or "", quick=quick, state=state, as_json=as_json)
