"""The boards of a stick's life, one for every sentence of the daemon: to show, to test and to look at.

``python tests/boards.py`` serves the page and plays them all, one every few seconds.
"""

import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from linksync.host.daemon.board import (
    Added,
    Board,
    Button,
    Card,
    Found,
    Line,
    Progress,
    Sentence,
    Snapshot,
    Told,
    Waits,
)
from linksync.host.daemon.cards import light_of
from linksync.host.daemon.panel import Panel
from linksync.host.daemon.states import SENTENCES, State, words
from linksync.people.panel import told
from linksync.people.sentences_held import HELD

LINK = "5f0c" * 8
FIELDS: dict[str, str | int] = {
    "number": 7,
    "count": 4,
    "bytes": 4_812_330,
    "waiting": 1,
    "files": 1284,
    "seconds": 25,
    "exit": 11,
    "path": "/srv/estafette",
    "programs": "LibreOffice Writer",
    "why": "Input/output error",
    "handoff": "000006-museum-de-buitenplaats",
    "archive": "knoop-drenthe",
    "version": "0.1.0",
    "host": "gemeente-assen",
    "key": "SHA256:Qm8Zr1v0bYpJx3kq5yT2w",
    "found": "SHA256:u4Jt9c0eWmVb6Xn1Rk7s",
    "relay": "slimmer-werken",
    "port": 8080,
}
ADDED = (
    Added(path="data/Gemeente Assen/Verslag werkplaats schuldhulp.odt", bytes=184_320),
    Added(path="data/Gemeente Assen/Foto's/IMG_2041.jpg", bytes=4_602_114),
    Added(path="data/Bakkerij Jansen/KAART.txt", bytes=412),
)
HELD_BACK = Added(
    path="data/Bakkerij Jansen/rooster.xlsm",
    bytes=25_484,
    class_="hold",
    why=Told(nl="er zitten macro's in", en="it has macros in it"),
)
REFUSED = Added(
    path="data/installeer-mij.exe",
    bytes=81_920,
    class_="refuse",
    why=Told(nl="het is een programma", en="it is a program"),
)
WAITS = Waits(path="data/Gemeente Assen/film.mp4.part", reason=Told(nl="nog niet af", en="not finished yet"))
FOUND = Found(
    code="E302",
    path="data/Museum/plattegrond.pdf",
    nl="data/Museum/plattegrond.pdf is verzegeld en staat er niet meer.",
    en="data/Museum/plattegrond.pdf was sealed and is no longer here.",
    todo_nl="Vraag wie het gaf of het archief om het goede bestand; de volgende overdracht neemt op wat er nu staat.",
    todo_en="Ask whoever gave it, or the archive, for the right file; the next hand-off records what is here now.",
)
LOG = tuple(
    Line(time=f"2026-11-24T13:{minute:02}:00Z", nl=told(slug, FIELDS).nl, en=told(slug, FIELDS).en, card=card)
    for minute, slug, card in (
        (12, "daemon-started", ""),
        (31, "daemon-seen", "3"),
        (31, "daemon-recognised", "3"),
        (32, "daemon-reading", "3"),
    )
)
HOSTILE = (
    "data/<script>document.documentElement.dataset.owned=1</script>.txt",
    'data/"><img src=x onerror=document.documentElement.dataset.owned=1>.txt',
    "data/\u202egpj.exe.txt",
    "data/a\tb\x07c.txt",
    "data/" + "x" * 1000 + ".pdf",
    "data/" + "map/" * 200 + "diep.txt",
    "data/één 漢字 שלום.txt",
)
_READING = {"daemon-reading", "daemon-checking", "daemon-verifying", "daemon-reading-back", "daemon-writing"}
_BUTTONS: dict[str, Button] = {
    "daemon-ask": "hand-over",
    "daemon-ask-nothing": "hand-over",
    "daemon-verified-well": "take-out",
    "daemon-verified-ill": "take-out",
    "daemon-stays": "take-out",
    "daemon-stays-new": "take-out",
    "daemon-folder-ask": "hand-over",
    "daemon-work-died": "try-again",
}
_BEFORE_LINK = {State.SEEN, State.MOUNTED, State.FOREIGN}


def card(slug: str, **changes: object) -> Card:
    """The card that says a sentence, as a daemon would fill it."""
    one = SENTENCES.get(slug)
    state = one.state if one and one.state else State.HELD
    said = told(slug, FIELDS)
    known = state not in _BEFORE_LINK
    rich = known and state not in {State.RECOGNISED, State.YANKED}
    done = state in {State.SAFE, State.SYNCED, State.QUEUED}
    whole = Card(
        id="3",
        state=State.RECOGNISED if slug == "daemon-stalled" else state,
        light=light_of(words(slug), state),
        name="/srv/estafette" if "folder" in slug else "SLIMMERLINK" if known else "USB DISK 3.0",
        link=LINK if known else "",
        number=7 if known else 0,
        sentence=Sentence(slug=slug, nl=said.nl, en=said.en),
        next=Told(nl=said.next_nl, en=said.next_en),
        progress=Progress(done=1_240_000_000, total=2_960_000_000, seconds_left=41) if slug in _READING else None,
        added=(HELD_BACK, *ADDED) if rich else (),
        added_count=4 if rich else 0,
        added_bytes=4_812_330 if rich else 0,
        waiting=(WAITS,) if "waiting" in slug or slug == "daemon-arriving" else (),
        findings=(FOUND,) if slug in {"daemon-verified-ill", "daemon-ask"} else (),
        button=_BUTTONS.get(slug, "try-again" if state is State.HELD and slug != "daemon-stalled" else ""),
        handoff="000007-gemeente-assen" if done and "untouched" not in slug and "nothing" not in slug else "",
        safe=state is State.SAFE,
        synced=state is State.SYNCED,
        receipt="knoop-drenthe" if state is State.SYNCED else "",
        since="2026-11-24T13:32:00Z",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def snapshot(*cards: Card, **changes: object) -> Snapshot:
    """A board with these cards."""
    whole = Snapshot(
        policy="auto",
        holder="gemeente-assen",
        host_name="Gemeente Assen",
        archive="away",
        cards=cards,
        log=LOG if cards else LOG[:1],
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def hostile() -> Snapshot:
    """A board on which every text that comes from outside is hostile."""
    added = tuple(Added(path=path, bytes=1, class_="hold", why=Told(nl=path, en=path)) for path in HOSTILE)
    evil = HOSTILE[0]
    whole = card(
        "daemon-ask",
        name=evil,
        added=added + tuple(replace(one, class_="pass") for one in added),
        waiting=tuple(Waits(path=path, reason=Told(nl=path, en=path)) for path in HOSTILE),
        findings=tuple(Found(code="E302", path=path, nl=path, en=path) for path in HOSTILE),
        sentence=Sentence(slug="x", nl=f"Nieuw: {evil}", en=f"New: {evil}"),
        receipt=evil,
    )
    return snapshot(whole, host_name=evil, log=(Line(time="2026-11-24T13:00:00Z", nl=evil, en=evil, card="3"),))


def every() -> Iterator[tuple[str, Snapshot]]:
    """Every state by a name: each sentence, each error that has words of its own, and some boards of more sticks."""
    yield "empty", snapshot()
    for slug, one in SENTENCES.items():
        if one.state is not None or slug == "daemon-stalled":
            policy = "verify-only" if "verif" in slug else "ask" if "ask" in slug else "auto"
            yield slug, snapshot(card(slug), policy=policy)
    for slug in HELD:
        yield slug, snapshot(card(slug))
    yield "two", two()
    yield "three", snapshot(*two().cards, card("daemon-foreign", id="9"), archive="none", udev=False)
    yield "hostile", hostile()


def two() -> Snapshot:
    """A stick that may come out beside one that is being read."""
    return snapshot(card("daemon-reading", id="4", name="LINK-OOST"), card("daemon-safe", added=(*ADDED, REFUSED)))


def main() -> None:
    """Serve the page and play every state."""
    board = Board()
    with tempfile.TemporaryDirectory() as folder:
        panel = Panel(board, lambda _card, _action: True, state=Path(folder))
        panel.start()
        sys.stdout.write(f"{panel.url}?t={panel.token}\n")
        sys.stdout.flush()
        try:
            while True:
                for name, shown in every():
                    sys.stdout.write(f"{name}\n")
                    board.put_up(shown)
                    threading.Event().wait(3)
        except KeyboardInterrupt:
            panel.close()


if __name__ == "__main__":
    main()
