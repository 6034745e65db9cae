"""``linksync search WORDS``: find documents in a library, or among what this computer took in."""

import datetime as dt
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import click

from linksync.cli.render import json_option, language, out, print_json, say, tell
from linksync.cli.settings import PATH, state_option
from linksync.custody import names
from linksync.errors import RefusedError
from linksync.host.reading_on import CATALOGUE as HOST_CATALOGUE
from linksync.host.reading_on import unread
from linksync.host.state import State
from linksync.knowledge.catalogue import Catalogue
from linksync.knowledge.document import Giver, Kept
from linksync.knowledge.excerpts import Excerpt, Mark
from linksync.knowledge.finding import Found, Related, Result
from linksync.knowledge.indexing import contribution_key
from linksync.knowledge.query import Query
from linksync.library.cataloguing import CATALOGUE
from linksync.people.sentences import reason_told
from linksync.people.texts import plain, short_day

_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_DUTCH_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
RELATED_SHOWN = 4

Piece = tuple[str, bool]
"""A word, and whether it was looked for."""


def _day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    """A day, a month or a year; ``3-11-2011`` is taken for a day too."""
    if value and (match := _DUTCH_DAY.fullmatch(value)):
        value = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    if value and not _DAY.fullmatch(value):
        raise click.BadParameter(say("geef een dag als 2011-11-03", "give a day as 2011-11-03"))
    return value or ""


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--library", type=PATH, metavar="DIR", help="A library; otherwise what this computer took in.")
@click.option("--host", default="", metavar="TEXT", help="Handed over by: an id, or a part of it.")
@click.option("--stop", default="", metavar="TEXT", help="Handed over in: a place, or a part of its name.")
@click.option("--from", "since", callback=_day, metavar="DATE", help="Handed over on that day or later.")
@click.option("--to", "until", callback=_day, metavar="DATE", help="Handed over on that day or before.")
@click.option("--type", "type_", default="", metavar="TYPE", help="text, office, pdf, picture, audio …, or docx, odt …")
@click.option("--audience", type=click.Choice(["everyone", "organisers"]), default=None, help="Who may see it.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Results at the most.")
@state_option
@json_option
def command(
    words: tuple[str, ...],
    library: Path | None,
    host: str,
    stop: str,
    since: str,
    until: str,
    type_: str,
    audience: Literal["everyone", "organisers"] | None,
    limit: int,
    state: Path,
    as_json: bool,
) -> None:
    """Find documents that hold all WORDS, in any form, the best first.

    Quotes make a phrase ('"good work"'), begin* finds what begins so, -word leaves out what holds it.
    """
    query = Query(
        text=" ".join(words),
        host=host,
        stop=stop,
        since=since,
        until=until,
        type=type_,
        audience=audience or "",
        limit=limit,
    )
    with _opened(library, state) as catalogue:
        found = catalogue.search(query)
        topics = [_topics(catalogue, result) for result in found.results] if as_json else []
    if as_json:
        print_json([_json(one, some) for one, some in zip(found.results, topics, strict=True)])
    else:
        _show(found)
    if library is None and (left := unread(State(state))):
        tell(
            f"Van {left} overdracht(en) zijn de documenten hier nog niet allemaal gelezen; wat daarin staat, wordt nog"
            ' niet gevonden. "linksync sync" leest ze, of "linksync handoff STICK --read".',
            f"Of {left} hand-off(s) not all documents were read here yet; what they say is not found yet."
            ' "linksync sync" reads them, or "linksync handoff STICK --read".',
        )


def _opened(library: Path | None, state: Path) -> Catalogue:
    """The catalogue to search in."""
    if library is not None:
        return Catalogue.open(library / CATALOGUE)
    if not (state / HOST_CATALOGUE).exists():
        raise RefusedError("catalogue-none-here")
    return Catalogue.open(state / HOST_CATALOGUE)


def _show(found: Found) -> None:
    if not found.results:
        tell(
            "Niets gevonden. Probeer minder of andere woorden.",
            "Nothing found. Try fewer words, or other ones.",
        )
    for number, one in enumerate(found.results):
        if number:
            out()
        _show_result(one)
    if found.more:
        tell("Er is meer: --limit laat meer zien.", "There is more: --limit shows more.")


def _show_result(result: Result) -> None:
    kept = result.kept
    out(_styled(_pieces(kept.title, result.marks), bold=True, fg="cyan"))
    held = click.style(say("  apart gehouden", "  held apart"), fg="yellow") if kept.document.held else ""
    out(f"  {click.style(plain(kept.document.place), dim=True)}{held}")
    out(f"  {_given(kept)}")
    if kept.extract.why:
        why = reason_told(f"text-{kept.extract.why}", language())
        out(click.style(f"    {say('geen tekst', 'no text')}: {why}", dim=True))
    for line in _lines(_pieces(result.excerpt.text, result.excerpt.marks)):
        out(f"    {_styled(line)}")
    _show_related(result.related)


def _show_related(related: Sequence[Related]) -> None:
    told = {"version": ("andere versie", "other version"), "alike": ("bijna hetzelfde", "nearly the same")}
    for one in related[:RELATED_SHOWN]:
        kind = say(*told[one.kind])
        out(click.style(f"  + {kind}: {plain(one.kept.document.place)}  ({_given(one.kept)})", dim=True))
    if len(related) > RELATED_SHOWN:
        more = len(related) - RELATED_SHOWN
        out(click.style(say(f"  + en nog {more}", f"  + and {more} more"), dim=True))


def _given(kept: Kept) -> str:
    """Who gave it, where and when, on one line."""
    if not kept.document.givers:
        return ""
    first = kept.document.givers[0]
    told = [first.host, plain(first.stop), _date(first)]
    line = " · ".join(part for part in told if part)
    others = len({one.host for one in kept.document.givers} - {first.host})
    return f"{line} {say(f'(en nog {others})', f'(and {others} more)')}" if others else line


def _date(giver: Giver) -> str:
    """The day in the reader's words, without the weekday."""
    try:
        return short_day(dt.date.fromisoformat(giver.time[:10]), language())
    except ValueError:
        return plain(giver.time[:10])


def _pieces(text: str, marks: Sequence[Mark]) -> list[Piece]:
    """A foreign text as words, nothing in it hidden, and which of them were looked for."""
    pieces, at = [], 0
    for start, end in (*marks, (len(text), len(text))):
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(_shown(piece), marked) for piece, marked in pieces if piece]


def _shown(piece: str) -> str:
    kept = re.sub(r"\s", " ", piece)
    return names.escape(kept.encode("utf-8", "surrogateescape")).replace("\\\\", "\\")


def _styled(pieces: Sequence[Piece], **always: object) -> str:
    style = {True: {"bold": True, "fg": "yellow"}, False: {}}
    return "".join(click.style(text, **{**always, **style[marked]}) for text, marked in pieces)  # type: ignore[arg-type]


def _lines(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces folded between words where they would run over a terminal's edge; elsewhere one line."""
    width = max(40, shutil.get_terminal_size().columns) - 6 if sys.stdout.isatty() else sys.maxsize
    line: list[Piece] = []
    length = 0
    for text, marked in pieces:
        for word in re.findall(r" +|[^ ]+", text):
            if length + len(word) > width and word.strip() and line:
                yield line
                line, length = [], 0
            if line or word.strip():
                line.append((word, marked))
                length += len(word)
    if line:
        yield line


def _topics(catalogue: Catalogue, result: Result) -> tuple[str, ...]:
    givers = result.kept.document.givers
    return catalogue.topics(contribution_key(givers[0].link, givers[0].contribution)) if givers else ()


def _json(result: Result, topics: tuple[str, ...]) -> dict[str, object]:
    """A result as JSON tells it."""
    kept = result.kept
    document, extract = kept.document, kept.extract
    return _json_of(kept) | {
        "author": extract.author or None,
        "language": extract.language or None,
        "media_type": document.media_type or None,
        "type": document.family or None,
        "pages": extract.pages or None,
        "bytes": document.size,
        "audience": document.audience,
        "held": document.held,
        "excerpt": result.excerpt.text,
        "without_text": _without_text(kept.extract.why),
        "highlights": _highlights(result.excerpt),
        "score": round(result.score, 4),
        "givers": [
            {"giver": one.host, "stop": one.stop, "time": one.time, "link": one.link, "number": one.number}
            | {"path": one.path, "contribution": one.contribution}
            for one in document.givers
        ],
        "card": document.card.title if document.card else None,
        "topics": list(topics),
        "related": [{"kind": one.kind} | _json_of(one.kept) for one in result.related],
    }


def _without_text(why: str) -> dict[str, object] | None:
    """Why a document has no text, as a code and in words; None where it has one."""
    return {"code": why, "message": reason_told(f"text-{why}", language())} if why else None


def _json_of(kept: Kept) -> dict[str, object]:
    first = kept.document.givers[0] if kept.document.givers else None
    return {
        "path": kept.document.place,
        "title": kept.title,
        "giver": first.host if first else None,
        "stop": first.stop if first else None,
        "date": first.time[:10] if first else None,
        "sha256": kept.document.digest.hex(),
    }


def _highlights(excerpt: Excerpt) -> list[dict[str, object]]:
    """The words that were found in an excerpt, and where they stand in it, in characters."""
    return [{"start": start, "end": end, "word": excerpt.text[start:end]} for start, end in excerpt.marks]
