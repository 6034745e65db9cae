"""``linksync key``: the key with which somebody signs, made once and kept on their own computer."""

import os
from pathlib import Path

import click

from linksync.cli.render import json_option, new_passphrase, out, passphrase_option, print_json, say
from linksync.cli.settings import PATH
from linksync.custody.keys import PublicKey
from linksync.machine.key_files import new_key, public_of
from linksync.people.texts import plain


@click.group()
def command() -> None:
    """Make a key to sign with, or show one."""


@command.command("new", short_help="Make a key to sign with.")
@click.argument("file", type=PATH)
@click.option("--passphrase", is_flag=True, help="Lock the key with a passphrase, which is asked or given.")
@click.option("--comment", default=None, metavar="TEXT", help="Stands in FILE.pub; the file's name if not given.")
@passphrase_option
@json_option
def new(file: Path, passphrase: bool, comment: str | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Make an Ed25519 key: FILE to sign with, which nobody else may have, and FILE.pub to give to the organiser.

    Keys that ssh-keygen made work as well.
    """
    word = new_passphrase(passphrase_file) if passphrase or passphrase_file else None
    public = new_key(file, comment=plain(file.name)[:255] if comment is None else comment, passphrase=word)
    if as_json:
        print_json({**_json(file, public), "encrypted": word is not None})
        return
    shown = _shown(file)
    out(say(f"De sleutel is gemaakt: {public.fingerprint}", f"The key is made: {public.fingerprint}"))
    out(
        say(
            f"  {shown}      om mee te tekenen: bewaar hem hier en geef hem aan niemand",
            f"  {shown}      to sign with: keep it here and give it to nobody",
        )
    )
    out(
        say(
            f"  {shown}.pub  geef dit aan de organisatie van de estafette",
            f"  {shown}.pub  give this to the organiser of the relay",
        )
    )


@command.command("show", short_help="Show the fingerprint and the public key.")
@click.argument("file", type=PATH)
@json_option
def show(file: Path, as_json: bool) -> None:
    """Show the fingerprint and the public key of FILE, which is a key or a .pub file."""
    public = public_of(file)
    if as_json:
        print_json(_json(file, public))
        return
    out(public.fingerprint)
    out(public.line)


def _json(file: Path, public: PublicKey) -> dict[str, object]:
    return {"file": _shown(file), "fingerprint": public.fingerprint, "key": public.line}


def _shown(file: Path) -> str:
    return plain(os.fspath(file))
