"""``linksync status --follow``: the board of the daemon in a terminal, live; a line a change in a pipe, or JSON."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from linksync.cli.render import language, out, say
from linksync.errors import RefusedError
from linksync.host.daemon.following import Shown, find, follow
from linksync.people.panel import time_left
from linksync.people.panel_words import BUTTONS, CLASSES, EMPTY, GONE, HEADINGS, LIGHTS, NEXT
from linksync.people.texts import files, number, plain, size

Card: TypeAlias = dict[str, Any]

_AGAIN_SECONDS = 1.0
_ROOM = (8, 4, 2, 1, 0, None)
"""Rows of a list at the most; None for what each stick says, without a frame. The first that fits is taken."""
_NOTE_MAX = 300
_OUT = frozenset({"safe", "synced", "yanked"})
_STYLE = {
    "busy": "cyan",
    "good": "green",
    "ask": "yellow",
    "attention": "dark_orange",
    "bad": "red",
    "calm": "bright_black",
}
_SHAPE = {"good": "✔", "ask": "➜", "attention": "▲", "bad": "✖", "calm": "○", "busy": "…"}


def run(state: Path, *, as_json: bool) -> None:
    """Follow the daemon until Ctrl-C; where it ends, wait for the next one.

    Args:
        state: the folder of this computer's memory.
        as_json: one JSON line each time the board changes; ``null`` when the daemon is gone.

    Raises:
        RefusedError: ``daemon-absent``: none runs here now.
    """
    find(state)
    boards = _boards(state)
    try:
        if as_json:
            for board in boards:
                _line(json.dumps(board, ensure_ascii=False))
        elif sys.stdout.isatty():
            _draw(boards, state)
        else:
            _tell(boards)
    except KeyboardInterrupt:
        pass  # how one stops watching


def _boards(state: Path) -> Iterator[Shown | None]:
    """Every board, and None once each time the daemon goes.

    Raises:
        RefusedError: ``daemon-absent``, if it never was there.
    """
    ever = there = False
    while True:
        try:
            for board in follow(find(state)):
                ever = there = True
                yield board
        except RefusedError:
            if not ever:
                raise
        if there:
            yield None
        there = False
        time.sleep(_AGAIN_SECONDS)


def _line(text: str) -> None:
    out(text)
    sys.stdout.flush()


# In a pipe.


def _tell(boards: Iterator[Shown | None]) -> None:
    """A line whenever a stick has something else to say."""
    known: dict[str, str] = {}
    for board in boards:
        if board is None:
            _line(f"{_now()}  {_gone()}")
            known = {}
            continue
        said = {str(card["id"]): _sentence(card) for card in board["cards"]}
        for card in board["cards"]:
            if known.get(card["id"]) != said[card["id"]]:
                _line(f"{_now()}  {_light(card)}  {plain(card['name'])}: {said[card['id']]}")
        known = said


def _now() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")


def _gone() -> str:
    rest = say(
        "Er is niets verloren; zodra het weer draait, gaat dit verder.",
        "Nothing is lost; as soon as it runs again, this goes on.",
    )
    return f"{say(*GONE)} {rest}"


# On a terminal.


def _draw(boards: Iterator[Shown | None], state: Path) -> None:
    """The board on a screen of its own; what it said last stays behind on the terminal."""
    console = Console()
    last: Shown | None = None
    gone = False
    try:
        with Live(Text(), console=console, screen=True, auto_refresh=True, refresh_per_second=8) as live:
            for board in boards:
                last, gone = (last, True) if board is None else (board, False)
                page = "" if gone else _page(state)
                live.update(Fitting(last, page=page, gone=gone), refresh=True)
    finally:
        for card in last["cards"] if last else ():
            out(f"{_light(card)}  {plain(card['name'])}: {_sentence(card)}")
        if gone:
            out(_gone())


def _page(state: Path) -> str:
    try:
        return find(state).page
    except RefusedError:
        return ""


class Fitting:
    """The board, with as much of its lists as the terminal has room for: every stick's sentence comes first."""

    def __init__(self, board: Shown | None, *, page: str, gone: bool) -> None:
        self._drawn = [drawn(board, page=page, gone=gone, rows=rows) for rows in _ROOM]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        free = options.update(height=None)
        fits = (one for one in self._drawn if len(console.render_lines(one, free, pad=False)) <= options.max_height)
        yield next(fits, self._drawn[-1])


def drawn(board: Shown | None, *, page: str = "", gone: bool = False, rows: int | None = _ROOM[0]) -> RenderableType:
    """The board as it stands on a terminal.

    Args:
        board: the last that was seen.
        page: the address of the page with the buttons.
        gone: whether the daemon that told it has ended.
        rows: of a list at the most; None for what each stick says, and nothing else.
    """
    parts: list[RenderableType] = [_head(board)]
    if gone:
        parts.append(Panel(Text(_gone(), "bold"), border_style="dark_orange", padding=(1, 2)))
    cards = board["cards"] if board else []
    parts += [_card(card, dimmed=gone, rows=rows) for card in cards]
    if board is not None and not cards and not gone:
        empty = Text(say(*EMPTY), "bold")
        empty.append("\n" + say("De rest gaat vanzelf.", "The rest goes by itself."), "not bold")
        parts.append(Panel(empty, border_style=_STYLE["calm"], padding=(1, 2)))
    if page:
        parts.append(Text(say("In de browser:", "In a browser:"), "bright_black"))
        parts.append(Text(page, "bright_black", overflow="fold"))
    parts.append(Text(say("Ctrl-C: stoppen met kijken", "Ctrl-C: stop watching"), "bright_black"))
    return Padding(Group(*parts), (1, 2, 0, 2))


def _head(board: Shown | None) -> RenderableType:
    head = Text(say("De Link", "The Link"), "bold")
    if board is not None:
        head.append(f" · {plain(board['host_name'] or board['holder'])}", "not bold")
        reach = {
            "reachable": say("archief bereikbaar", "archive can be reached"),
            "away": say("archief nu niet bereikbaar", "archive cannot be reached now"),
        }
        if board["archive"] in reach:
            head.append(f" · {reach[board['archive']]}", "not bold bright_black")
    return Padding(head, (0, 0, 1, 0))


def _card(card: Card, *, dimmed: bool, rows: int | None) -> RenderableType:
    style = _STYLE["calm"] if dimmed else _STYLE.get(card["light"], _STYLE["calm"])
    first, _, rest = plain(_of(card["sentence"])).partition(". ")
    name = Text.assemble(
        (plain(card["name"]), "bold"), f" · {say('overdracht', 'hand-off')} {card['number']}" if card["number"] else ""
    )
    lamp = _lamp(card, style, still=dimmed)
    if rows is None:
        beside = Table.grid(padding=(0, 2, 0, 0))
        beside.add_row(lamp, name)
        said: list[RenderableType] = [
            beside,
            Text(plain(_of(card["sentence"])), "bold"),
            Text(plain(_of(card["next"]))),
        ]
        said += [_progress(card["progress"], style)] if card["progress"] else []
        return Padding(Group(*said), (0, 0, 1, 0))
    body: list[RenderableType] = [Padding(lamp, (0, 0, 1, 0)), Text(f"{first}." if rest else first, "bold")]
    if rest:
        body.append(Text(rest))
    if todo := plain(_of(card["next"])):
        body.append(Text.assemble((f"{say(*NEXT)} ", f"bold {style}"), todo))
    if card["progress"]:
        body.append(Padding(_progress(card["progress"], style), (1, 0, 0, 0)))
    if card["button"] in BUTTONS:
        button = say(*BUTTONS[card["button"]])
        body.append(
            Text(
                say(
                    f"De knop “{button}” staat op de pagina van linksync.",
                    f"The button “{button}” is on linksync's page.",
                ),
                "italic",
            )
        )
    body += _lists(card, rows)
    return Panel(Group(*body), title=name, title_align="left", border_style=style, padding=(1, 2))


def _lamp(card: Card, style: str, *, still: bool) -> RenderableType:
    shape, _, word = _light(card).partition(" ")
    word += say(" (laatst bekend)", " (last known)") if still else ""
    if card["light"] == "busy" and not still:
        return Spinner("dots", Text(f"{word} ", f"bold {style}"), style=style)
    return Text(f" {shape} {word} ", "bold white on red" if style == _STYLE["bad"] else f"bold reverse {style}")


def _progress(told: dict[str, Any], style: str) -> RenderableType:
    done, total = int(told["done"]), max(1, int(told["total"]))
    bar = ProgressBar(total=total, completed=min(done, total), width=40, complete_style=style, finished_style=style)
    amount = f"{size(done, language())} {say('van', 'of')} {size(total, language())}"
    left = "" if told["seconds_left"] is None else f"  {time_left(int(told['seconds_left']), language())}"
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_row(bar, Text(f"{amount}{left}"))
    return row


def _lists(card: Card, most: int) -> list[RenderableType]:
    good = [one for one in card["added"] if one["class"] == "pass"]
    held = [one for one in card["added"] if one["class"] != "pass"]
    count = f"{files(card['added_count'], language())}, {size(card['added_bytes'], language())}"
    found: list[RenderableType] = []
    if good:
        rows = [(_path(one), size(one["bytes"], language())) for one in good]
        found.append(_list(say(*HEADINGS["added"]), count, rows, most, beside=card["added_more"]))
    if held:
        words = {name: say(*pair) for name, pair in CLASSES.items()}
        rows = [(_path(one), _joined(words.get(one["class"], ""), _of(one["why"]))) for one in held]
        found.append(_list(say(*HEADINGS["held"]), files(len(held), language()), rows, most))
    if card["waiting"]:
        rows = [(_path(one), plain(_of(one["reason"]))) for one in card["waiting"]]
        found.append(_list(say(*HEADINGS["waits"]), files(len(rows), language()), rows, most))
    if card["findings"]:
        notes = [Text(f"• {plain(_of(one))[:_NOTE_MAX]}") for one in card["findings"][:most]]
        head = Text.assemble((say(*HEADINGS["found"]), "bold"), (f"  {len(card['findings'])}", "bright_black"))
        found.append(Padding(Group(head, *notes), (1, 0, 0, 0)))
    return found


def _list(title: str, count: str, rows: list[tuple[str, str]], most: int, *, beside: int = 0) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(max_width=60, no_wrap=True, overflow="ellipsis")
    grid.add_column(style="bright_black")
    for left, right in rows[:most]:
        grid.add_row(Text(left), Text(right))
    more = max(0, len(rows) - most) + beside
    if more and most:
        grid.add_row(Text(say(f"en nog {number(more, 'nl')}", f"and {number(more, 'en')} more"), "bright_black"), "")
    head = Text.assemble((title, "bold"), (f"  {count}", "bright_black"))
    return Padding(Group(head, grid), (1, 0, 0, 0))


# In words.


def _of(told: dict[str, Any] | None) -> str:
    return str((told or {}).get(language()) or "")


def _sentence(card: Card) -> str:
    return plain(f"{_of(card['sentence'])} {_of(card['next'])}")


def _light(card: Card) -> str:
    """The light as its shape and its word."""
    light = card["light"] if card["light"] in _SHAPE else "calm"
    out_already = card["safe"] or card["state"] in _OUT
    nl, en = LIGHTS["done" if light == "good" and out_already else light]
    return f"{_SHAPE[light]} {say(nl, en)}"


def _path(one: dict[str, Any]) -> str:
    return plain(str(one["path"]).removeprefix("data/"))


def _joined(*words: str) -> str:
    return ": ".join(plain(word) for word in words if word)
