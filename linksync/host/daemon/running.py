"""The daemon, put together: bells, loop, panel, watchdog, signals."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from linksync.people.texts import Language

Policy = Literal["auto", "ask", "verify-only"]
After = Literal["eject", "stay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a daemon runs with.

    Attributes:
        state: the folder of this computer's memory.
        holder: the host's id in the relay; ``key`` the file of its private key (or ``.pub``, for the agent's).
        organiser: the fingerprint on the label, "" where it is remembered already.
        archive: its folder or URL; None for none.
        relay: the organiser's folder with signed versions; None for none.
        policy: ``auto`` hands over by itself, ``ask`` waits for the button, ``verify-only`` never hands over.
        after: whether a stick is ejected after the hand-off or stays until the button is pressed.
        watch: folders that are treated as sticks.
        panel_port: of the page on 127.0.0.1; 0 for any.
        notify: whether to show desktop notifications.
    """

    state: Path
    holder: str
    key: Path
    organiser: str = ""
    archive: str | None = None
    relay: Path | None = None
    policy: Policy = "auto"
    after: After = "eject"
    watch: tuple[Path, ...] = ()
    language: Language = "nl"
    panel_port: int = 0
    notify: bool = True


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; the exit status.

    Raises:
        LinksyncError: what is wrong with the settings; nothing was begun.
    """
    raise NotImplementedError(settings)
