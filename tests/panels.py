"""Panels that really serve: what they show, and what was pressed on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linksync.host.daemon.board import Board
from linksync.host.daemon.panel import Panel


@contextmanager
def served(board: Board, state: Path) -> Iterator[tuple[Panel, list[tuple[str, str]]]]:
    """A panel that shows a board, and card and action of what is pressed on it; only card 3 can be pressed."""
    pressed: list[tuple[str, str]] = []

    def act(on: str, action: str) -> bool:
        pressed.append((on, action))
        return on == "3"

    panel = Panel(board, act, state=state)
    panel.start()
    try:
        yield panel, pressed
    finally:
        panel.close()
