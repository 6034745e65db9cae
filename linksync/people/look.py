"""The look of the Link: a chain whose links are hand-offs, drawn where the data is.

Every link of the chain is one hand-off or one stop to come, so the ornament is the news. Links are stadiums
that pass over and under each other; a gap in the colour of the ground under each stroke makes the crossing.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from markupsafe import Markup

State = Literal["done", "here", "ahead"]

INK = "#0c3b40"
BATON = "#f6b91a"
PAPER = "#ffffff"

LINK_WIDTH, LINK_HEIGHT, LINK_STEP = 64, 34, 45
LINKS_MAX = 16


def chain_states(done: int, ahead: int, most: int = LINKS_MAX) -> tuple[State, ...]:
    """The links of a chain of ``done`` hand-offs and ``ahead`` stops to come, at most ``most`` of them.

    The last hand-off is ``here``. A state that has any is never scaled to none.
    """
    total = done + ahead
    if total > most:
        shown = min(max(round(done * most / total), 1 if done else 0), most - (1 if ahead else 0))
        done, ahead = shown, most - shown
    passed: list[State] = ["done"] * max(done - 1, 0)
    here: list[State] = ["here"] if done else []
    coming: list[State] = ["ahead"] * ahead
    return (*passed, *here, *coming)


def chain_width(links: int) -> int:
    """How wide a chain of so many links is, in its own units, margins of 6 included."""
    return 12 + LINK_WIDTH + LINK_STEP * max(links - 1, 0)


def chain_paths(states: Sequence[str], paint: Mapping[str, str]) -> Markup:
    """The paths of a chain, to stand in an ``svg`` of ``chain_width`` by ``LINK_HEIGHT + 12``.

    Args:
        states: of the links, from left to right; any names that ``paint`` knows.
        paint: attributes by state and for the gap under it, as ``{"done": 'class="done"', "done-gap": ...}``;
            from our own code only.
    """
    drawn: list[Markup] = []
    for place, state in enumerate(states):
        x = 6 + place * LINK_STEP
        drawn += (_path(paint[f"{state}-gap"], _whole(x)), _path(paint[state], _whole(x)))
        if place:
            before = states[place - 1]
            over = x - LINK_STEP
            drawn += (
                _path(paint[f"{before}-gap"], _crossing(over)),
                _path(paint[before], _lower_right(over)),
            )
    return Markup("").join(drawn)


def _path(attributes: str, path: str) -> Markup:
    return Markup(f'<path {attributes} d="{path}"/>')  # noqa: S704 - our own numbers


def _whole(x: int) -> str:
    r, flat = LINK_HEIGHT // 2, LINK_WIDTH - LINK_HEIGHT
    return f"M{x + r} 6h{flat}a{r} {r} 0 0 1 0 {LINK_HEIGHT}h-{flat}a{r} {r} 0 0 1 0-{LINK_HEIGHT}z"


def _lower_right(x: int) -> str:
    r = LINK_HEIGHT // 2
    return f"M{x + LINK_WIDTH} {6 + r}a{r} {r} 0 0 1-{r} {r}h-6"


def _crossing(x: int) -> str:
    """The middle of ``_lower_right``: shorter, so that its gap never bites into the link's own ends."""
    r = LINK_HEIGHT // 2
    return f"M{x + LINK_WIDTH - 5} {6 + r + 12}A{r} {r} 0 0 1 {x + LINK_WIDTH - r} {6 + LINK_HEIGHT}h-1"
