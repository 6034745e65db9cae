"""What is said to somebody who typed a command wrong, in Dutch; click says it in English by itself.

Only what click would say for itself is said here: the help of every command is English, so a line of it stays so.
"""

import click

from linksync.cli.render import fold, language


def show(error: click.UsageError) -> bool:
    """Say in Dutch what was typed wrong; False where that is not for here, and click is to say it."""
    if language() != "nl" or type(error).__name__ == "NoArgsIsHelpError":  # click 8.2 and later have it
        return False
    if error.ctx is not None:
        click.echo(f"{error.ctx.get_usage().replace('Usage:', 'Gebruik:', 1)}", err=True)
        click.echo(f"Meer weten: {error.ctx.command_path} --help", err=True)
        click.echo("", err=True)
    click.echo(fold(f"Fout: {_told(error)}"), err=True)
    return True


def _told(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return _missing(error.param)
    if isinstance(error, click.NoSuchOption):
        near = f" Bedoel je {', '.join(sorted(error.possibilities))}?" if error.possibilities else ""
        return f"de optie {error.option_name} is er niet.{near}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        name, kind = error.param.opts[0], error.param.type
        if isinstance(kind, click.Choice):
            return f"bij {name} kun je kiezen uit: {', '.join(map(str, kind.choices))}."
        return f"wat bij {name} staat, kan niet. {error.message}"
    command = getattr(error, "command_name", "")
    return f'de opdracht "{command}" is er niet.' if command else error.format_message()


def _missing(param: click.Parameter) -> str:
    if not isinstance(param, click.Option):
        return f"{param.human_readable_name} ontbreekt."
    ready = " Of maak deze computer eens en voor al klaar: linksync host setup" if param.name == "host" else ""
    return f"{param.opts[0]} ontbreekt.{ready}"
