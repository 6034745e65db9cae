"""What commands use to speak: results on stdout, talk on stderr, one sentence in the language of who is there.

For authors of commands. A command is options, one call, render; it catches nothing::

    @click.command()
    @click.argument("stick", type=PATH)
    @state_option
    @json_option
    def verify(stick: Path, state: Path, as_json: bool) -> None:
        '''Help text.'''
        with progress("De stick wordt gelezen", "Reading the stick") as advance:
            verdict = ...(progress=advance)
        if as_json:
            print_json({...})
        else:
            out(say("Alles klopt.", "All is well."))
        leave(verdict.report.exit)

- A ``LinksyncError`` that leaves a command becomes its sentence from ``people/sentences.py`` on stderr, with the
  status from ``cli/exits.py``; where ``--json`` was asked for, an object with ``error``, ``message``, ``exit`` and
  ``verdict`` on stdout as well. So do Ctrl-C and what nobody expected. ``LINKSYNC_TRACEBACK=1`` shows the latter whole.
- ``--language`` is on every command by itself; ``say`` and ``tell`` follow it.
- ``progress`` draws on a terminal and is silent elsewhere. ``sign_with`` gives a signer from a key file or the
  ssh-agent, and asks a passphrase only where somebody can type it.
"""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn, TextIO, TypeVar

import click

from linksync.cli import settings
from linksync.cli.exits import exit_of
from linksync.cli.settings import config
from linksync.custody.findings import VERDICTS, Finding
from linksync.custody.keys import Signer
from linksync.errors import LinksyncError, MediumError, RefusedError
from linksync.machine.agent import agent_signer, open_signer
from linksync.machine.key_files import PASSPHRASE_MAX, load_signer, public_of
from linksync.people.sentences import error_sentence, finding_remedy, finding_sentence
from linksync.people.texts import Language, plain, wrap

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Advance = Callable[[int, int], None]
"""Told how many bytes of how many are done."""

_LANGUAGE = "linksync.language"
_PIECES_AT_ONCE = 4096
_STEP = 0.1
"""Seconds between two drawings of a progress bar."""


# Language.


def language() -> Language:
    """The language to speak: ``--language``, LINKSYNC_LANGUAGE, ``config.yaml``, then the locale; else English."""
    chosen = _meta().get(_LANGUAGE) or os.environ.get("LINKSYNC_LANGUAGE", "")
    if chosen not in {"nl", "en"}:
        chosen = _configured() or _locale()
    return "nl" if chosen == "nl" else "en"


def say(nl: str, en: str) -> str:
    """The one of two texts that is in the language to speak."""
    return nl if language() == "nl" else en


# Speaking.


def out(text: str = "") -> None:
    """Print a result on stdout, a line feed after it."""
    click.echo(text)


def fold(text: str, indent: str = "", *, stream: TextIO | None = None) -> str:
    """Prose broken between words where it would run over a terminal's edge; elsewhere as it is.

    Args:
        text: one line without colours.
        indent: before all lines but the first.
        stream: where it goes to; stdout if not given.
    """
    if not (stream or sys.stdout).isatty():
        return text
    return wrap(text, max(40, shutil.get_terminal_size().columns), indent)


def tell(nl: str, en: str) -> None:
    """Say something on stderr, in the language to speak."""
    click.echo(fold(say(nl, en), stream=sys.stderr), err=True)


class Rows:
    """A list for JSON whose members need not all be in memory."""

    def __init__(self, rows: Callable[[], Iterator[object]]) -> None:
        """Take a way to make the members."""
        self.rows = rows


def print_json(value: Mapping[str, object] | Sequence[object]) -> None:
    """Print one JSON value on stdout; what stands in it as ``Rows`` is made while it is printed, a line for each."""
    pieces = _json_pieces(value)
    while some := "".join(islice(pieces, _PIECES_AT_ONCE)):
        click.echo(some, nl=False)
    click.echo()


def _json_pieces(value: Mapping[str, object] | Sequence[object]) -> Iterator[str]:
    places: dict[str, Rows] = {}

    def stand_in(other: object) -> str:
        if not isinstance(other, Rows):
            return str(other)
        name = f"rows-{secrets.token_hex(16)}"
        places[f'"{name}"'] = other
        return name

    margin = ""
    for piece in json.JSONEncoder(ensure_ascii=False, indent=2, default=stand_in).iterencode(value):
        if piece in places:
            yield from _row_pieces(places[piece], margin)
            continue
        margin = piece.rpartition("\n")[2] if "\n" in piece else margin
        yield piece


def _row_pieces(rows: Rows, margin: str) -> Iterator[str]:
    """A list, in lines that begin with that margin."""
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
    before = "["
    for row in rows.rows():
        yield f"{before}\n{margin}  {encode(row)}"
        before = ","
    yield "[]" if before == "[" else f"\n{margin}]"


def finding_json(found: Finding) -> dict[str, object]:
    """A finding as JSON tells it: ``code``, ``path``, ``message``, ``remedy``, ``exit``, ``attested``."""
    return {
        "code": found.code,
        "path": found.path,
        "message": finding_sentence(found, language()),
        "remedy": finding_remedy(found, language()),
        "exit": found.exit,
        "attested": found.attested or None,
    }


def leave(status: int) -> NoReturn:
    """End the command with an exit status."""
    click.get_current_context().exit(status)


json_option = settings.json_option
"""``as_json``: whether one JSON object is asked for; errors are then told as JSON as well."""


# Progress.


@contextmanager
def progress(nl: str, en: str, *, counted: bool = False) -> Iterator[Advance]:
    """A bar on stderr while something lasts; nothing at all where stderr is no terminal.

    Gives a function to be told ``(done, total)`` as often as one likes: bytes, or things where they are ``counted``.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    measures = (MofNCompleteColumn(),) if counted else (DownloadColumn(), TransferSpeedColumn())
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *measures,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        auto_refresh=False,
    )
    with bar:
        task = bar.add_task(say(nl, en), total=None)
        drawn = 0.0

        def advance(done: int, total: int) -> None:
            nonlocal drawn
            if done >= total or monotonic() - drawn > _STEP:
                drawn = monotonic()
                bar.update(task, completed=done, total=total, refresh=True)

        yield advance


# Keys.


def passphrase_option(command: Decorated) -> Decorated:
    """``--passphrase-file``, as the argument ``passphrase_file``: a Path or None."""
    option = click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The passphrase is this file's first line; also LINKSYNC_PASSPHRASE.",
    )
    return option(command)


def sign_with(key: Path, passphrase_file: Path | None = None) -> Signer:
    """A signer for a key: a private key file, or one that the ssh-agent of this session holds.

    A key with a passphrase is opened with the one that was given, by the agent, or by asking somebody; of a ``.pub``
    file the agent holds the private half.

    Raises:
        LinksyncError: those of ``load_signer`` and ``agent_signer``; ``passphrase-unreadable`` (``path``, ``why``).
    """
    return open_signer(key, given_passphrase(passphrase_file), locked=_unlocked)


def _unlocked(key: Path) -> Signer:
    """A key with a passphrase that was not given: by the agent, else by asking."""
    with suppress(RefusedError, MediumError):
        return agent_signer(public_of(key))
    if not sys.stdin.isatty():
        return load_signer(key, passphrase=None)
    question = say(f"Wachtwoord van {_shown(key)}", f"Passphrase of {_shown(key)}")
    return load_signer(key, passphrase=lambda: _ask(question))


def new_passphrase(passphrase_file: Path | None = None) -> bytes:
    """A passphrase for a new key: as given, or typed twice.

    Raises:
        RefusedError: ``passphrase-nobody``: it is given nowhere and nobody can be asked.
        MediumError: ``passphrase-unreadable``.
    """
    given = given_passphrase(passphrase_file)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise RefusedError("passphrase-nobody")
    return _ask(say("Nieuw wachtwoord", "New passphrase"), again=say("Nog een keer", "Once more"))


def given_passphrase(passphrase_file: Path | None) -> bytes | None:
    """The passphrase from ``--passphrase-file``, else from LINKSYNC_PASSPHRASE; None where neither gives one."""
    if passphrase_file is None:
        told = os.environ.get("LINKSYNC_PASSPHRASE")
        return os.fsencode(told) if told else None
    try:
        with open(passphrase_file, "rb") as file:
            return file.read(PASSPHRASE_MAX + 2).split(b"\n", 1)[0].removesuffix(b"\r")
    except OSError as error:
        number = error.errno or 0
        shown = _shown(passphrase_file)
        raise MediumError("passphrase-unreadable", errno=number, path=shown, why=os.strerror(number)) from error


def _ask(question: str, again: str | None = None) -> bytes:
    while True:
        told = str(click.prompt(question, hide_input=True, err=True))
        if again is None or click.prompt(again, hide_input=True, err=True) == told:
            return told.encode()
        tell("Dat was niet twee keer hetzelfde.", "Those two were not the same.")


# Errors.


def failed(error: BaseException) -> int:
    """Say what went wrong; the exit status."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        click.echo("", err=True)
    told = _told(error)
    message = error_sentence(told, language())
    click.echo(fold(message, stream=sys.stderr), err=True)
    status = exit_of(told)
    if _meta().get(settings.JSON):
        verdict = VERDICTS.get(status, "failed")
        print_json({"verdict": verdict, "exit": status, "error": told.slug, "message": message})
    return status


def _told(error: BaseException) -> LinksyncError:
    """Any exception as an error that has a sentence."""
    if isinstance(error, LinksyncError):
        return error
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return LinksyncError("interrupted")
    if isinstance(error, OSError) and error.errno:
        path = _shown(error.filename) if isinstance(error.filename, str | bytes | os.PathLike) else "?"
        return MediumError("system", errno=error.errno, path=path, why=os.strerror(error.errno))
    return LinksyncError("unexpected", what=plain(f"{type(error).__name__}: {error}"[:300]))


def _shown(path: str | bytes | os.PathLike[str]) -> str:
    return plain(os.fsdecode(path))


def _meta() -> dict[str, Any]:
    context = click.get_current_context(silent=True)
    return context.meta if context is not None else {}


def _configured() -> str:
    try:
        return config().language or ""
    except LinksyncError:
        return ""


def _locale() -> str:
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name[:2].lower() for name in names if name), "")
