"""The options that several commands share, each with its variable and its line in ``config.yaml``.

A flag wins over ``LINKSYNC_…`` in the environment, that over ``config.yaml``, and that over the default. Each name
below is a decorator; the argument that a command gets is named beside it.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from linksync.custody.keys import fingerprint
from linksync.machine.settings import AFTER, POLICIES, Config, config_path, read_config, state_folder

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)
JSON = "linksync.json"
"""Where a command notes whether JSON is asked for."""


@functools.cache
def _config(path: Path) -> Config:
    return read_config(path)


def config() -> Config:
    """The settings in ``config.yaml``, read once.

    Raises:
        FormatError: the page is wrong.
        MediumError: ``config-unreadable``.
    """
    return _config(config_path())


def _from_config(name: str, otherwise: Callable[[], object] = lambda: None) -> Callable[[], object]:
    return lambda: getattr(config(), name) or otherwise()


class Option(Protocol):
    """A decorator that adds an option to a command."""

    def __call__(self, command: Decorated, /) -> Decorated:
        """The command with the option."""


def _option(*names: str, variable: str, default: Callable[[], object], **more: Any) -> Option:
    return click.option(*names, envvar=variable, show_envvar=True, default=default, **more)


def _must_be_set(ctx: click.Context, param: click.Parameter, value: object) -> object:
    """Ask for an option that is set nowhere; ``required`` takes a default for an answer."""
    if value is None:
        ready = "Or make this computer ready, once: linksync host setup" if param.name == "host" else None
        raise click.MissingParameter(ready, ctx=ctx, param=param)
    return value


state_option = _option(
    "--state",
    variable="LINKSYNC_STATE",
    default=_from_config("state", state_folder),
    type=PATH,
    metavar="DIR",
    help="The memory of this computer.",
)
"""``state``: a Path, never None."""

archive_option = _option(
    "--archive",
    variable="LINKSYNC_ARCHIVE",
    default=_from_config("archive"),
    metavar="URL",
    help="The archive: a folder or a URL.",
)
"""``archive``: text or None."""

organiser_option = _option(
    "--organiser",
    variable="LINKSYNC_ORGANISER",
    default=_from_config("organiser"),
    type=fingerprint,
    metavar="SHA256:...",
    help="The organiser's fingerprint, from the label.",
)
"""``organiser``: a fingerprint or None."""

_as = functools.partial(
    _option,
    "--as",
    "host",
    variable="LINKSYNC_AS",
    default=_from_config("as_"),
    metavar="HOST",
    help="Who hands over: an id from the relay.",
)

some_host_option = _as()
"""``host``: an id, or None where it is set nowhere."""

host_option = _as(callback=_must_be_set)
"""``host``: an id; asked for where it is set nowhere."""

_key = functools.partial(
    _option, "--key", variable="LINKSYNC_KEY", default=_from_config("key"), type=PATH, metavar="FILE"
)

some_key_option = _key(help="The private key that signs; made if it is not there.")
"""``key``: the Path of a private key, or None where it is set nowhere."""

key_option = _key(callback=_must_be_set, help="The private key that signs.")
"""``key``: the Path of a private key; asked for where it is set nowhere."""

relay_option = _option(
    "--relay",
    variable="LINKSYNC_RELAY",
    default=_from_config("relay"),
    type=PATH,
    metavar="DIR",
    help="The organiser's folder, or a copy of it.",
)
"""``relay``: a Path or None."""

policy_option = _option(
    "--policy",
    variable="LINKSYNC_POLICY",
    default=_from_config("policy", lambda: "auto"),
    type=click.Choice(POLICIES),
    help="What the daemon does with a Link: hand it over by itself, ask first, or only verify.",
)
"""``policy``: one of ``POLICIES``, never None."""

after_option = _option(
    "--after",
    variable="LINKSYNC_AFTER",
    default=_from_config("after", lambda: "eject"),
    type=click.Choice(AFTER),
    help="What it does after the hand-off: eject the stick, or let it stay.",
)
"""``after``: one of ``AFTER``, never None."""

watch_option = _option(
    "--watch",
    variable="LINKSYNC_WATCH",
    default=_from_config("watch", lambda: ()),
    type=PATH,
    multiple=True,
    metavar="PATH",
    help="A folder to take for a stick; may be given again.",
)
"""``watch``: a tuple of Paths."""


def json_option(command: Decorated) -> Decorated:
    """``--json``, as the argument ``as_json``; errors are then told as JSON as well."""

    def note(ctx: click.Context, _param: click.Parameter, value: bool) -> bool:
        ctx.meta[JSON] = value
        return value

    option = click.option(
        "--json", "as_json", is_flag=True, is_eager=True, callback=note, help="One JSON object on stdout."
    )
    return option(command)
