"""Questions on a terminal, each with a sensible answer that Enter gives; a wrong answer is told and asked again."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from linksync.cli.render import fold, say, tell
from linksync.errors import LinksyncError
from linksync.people.sentences import error_sentence

Answer = TypeVar("Answer")

_YES, _NO = frozenset({"j", "ja", "y", "yes"}), frozenset({"n", "nee", "no"})


def ask(question: str, check: Callable[[str], Answer], *, default: str = "") -> Answer:
    """Ask until what is typed is right.

    Args:
        question: without its mark; ``default`` is shown after it.
        check: makes an answer of the text; a ``LinksyncError`` is told, and the question asked again.
        default: what Enter means; "" lets Enter mean nothing at all.
    """
    while True:
        told = str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()
        try:
            return check(told)
        except LinksyncError as error:
            tell(error_sentence(error, "nl"), error_sentence(error, "en"))


def choose(question: str, choices: Sequence[tuple[str, str]], *, default: int = 0) -> int:
    """Ask for one of some numbered choices.

    Args:
        question: without its mark.
        choices: a name, which may be typed instead of the number, and what it means.
        default: the place of what Enter means.

    Returns:
        The place of the one that was chosen, from 0.
    """
    click.echo("", err=True)
    click.echo(click.style(question, bold=True), err=True)
    wide = max(len(name) for name, _ in choices)
    for number, (name, about) in enumerate(choices, 1):
        line = f"  {number:>2}  {name:<{wide}}  {about}".rstrip()
        click.echo(fold(line, " " * (wide + 8)), err=True)
    while True:
        told = str(click.prompt(say("Welke?", "Which one?"), default=str(default + 1), err=True)).strip()
        if told.isascii() and told.isdigit() and 1 <= int(told) <= len(choices):
            return int(told) - 1
        found = [place for place, (name, _) in enumerate(choices) if name.casefold() == told.casefold()]
        if found:
            return found[0]
        tell(f"Typ een getal van 1 tot en met {len(choices)}.", f"Type a number from 1 to {len(choices)}.")


def agree(question: str, *, default: bool = True) -> bool:
    """Ask for a yes or a no; ``j`` and ``y`` are both a yes."""
    yes, no = say("ja", "yes"), say("nee", "no")
    while True:
        told = str(click.prompt(question, default=yes if default else no, err=True)).strip().casefold()
        if told in _YES | _NO:
            return told in _YES
        tell("Typ ja of nee.", "Type yes or no.")
