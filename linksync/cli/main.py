"""The entry point: groups whose commands are imported only when they are used."""

import click

from linksync import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="linksync")
def main() -> None:
    """A chain of custody for knowledge that travels on a USB stick."""
