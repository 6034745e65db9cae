"""Visitors: what people bring to a stop, and what they do to the files that lie on the stick already.

A visit is a list of events, as a file manager would carry them out; ``play`` does so on a folder. The same
stop and seed always give the same events, and the events of stops 1, 2, 3… played in order fit each other.

Later visitors change what earlier ones brought: a second revision at stops 3 and 11, a copy under another
folder at stop 4, a removal at stop 5, a rename at stop 6, and at stop 8 a card that no longer says that
everyone may see it. Every person and organisation in it is invented.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from linksync.demo.stories import CARD_NAME, Story, card_text, document, sheet_named
from linksync.demo.stories_east import EAST
from linksync.demo.stories_north import NORTH
from linksync.demo.stories_south import SOUTH

PAYLOAD = "data"
_STORIES = NORTH + EAST + SOUTH
STOPS = len(_STORIES)
"""How many stops have stories of their own; later stops tell them again in folders that name the stop."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one organisation brings.

    Attributes:
        folder: its folder in ``data/``.
        files: (path in the folder, content) of each document.
        card: the text of its ``KAART.txt``, or None.
    """

    folder: str
    files: tuple[tuple[str, bytes], ...]
    card: str | None


@dataclass(frozen=True, slots=True)
class Add:
    """A new file; its path is relative to the stick, as ``data/Bakkerij/idee.txt``."""

    path: str
    data: bytes

    def __post_init__(self) -> None:
        _require_inside(self.path)


@dataclass(frozen=True, slots=True)
class Edit:
    """Other content under a path that is there already."""

    path: str
    data: bytes

    def __post_init__(self) -> None:
        _require_inside(self.path)


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name or folder for a file."""

    old: str
    new: str

    def __post_init__(self) -> None:
        _require_inside(self.old)
        _require_inside(self.new)


@dataclass(frozen=True, slots=True)
class Remove:
    """A file that somebody throws away."""

    path: str

    def __post_init__(self) -> None:
        _require_inside(self.path)


Event = Add | Edit | Rename | Remove


@lru_cache(maxsize=64)
def contributions(stop_number: int, seed: int) -> tuple[Contribution, ...]:
    """What is brought to a stop.

    Args:
        stop_number: 1 for the first stop.
        seed: another seed gives other numbers in the texts and other pictures, under the same names.

    Raises:
        ValueError: a stop before the first.
    """
    return tuple(_contribution(story, seed) for story in _stories(stop_number))


@lru_cache(maxsize=64)
def visit(stop_number: int, seed: int) -> tuple[Event, ...]:
    """Everything that visitors do at a stop: first to what lies there, then what they bring.

    Raises:
        ValueError: a stop before the first.
    """
    brought: list[Event] = []
    for contribution in contributions(stop_number, seed):
        at = f"{PAYLOAD}/{contribution.folder}"
        brought += [Add(f"{at}/{name}", data) for name, data in contribution.files]
        if contribution.card is not None:
            brought.append(Add(f"{at}/{CARD_NAME}", contribution.card.encode()))
    return (*_later(stop_number, seed), *brought)


def play(root: Path, events: Iterable[Event]) -> None:
    """Carry events out on the folder ``root``, plainly, as a file manager does: no sync, no second thought.

    Raises:
        FileNotFoundError: an edit, rename or removal of what is not there.
        FileExistsError: a rename onto a file that is there.
        OSError: the medium fails.
    """
    for event in events:
        match event:
            case Add(path, data):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(data)
            case Edit(path, data):
                with (root / path).open("r+b") as file:
                    file.write(data)
                    file.truncate()
            case Rename(old, new):
                _rename(root / old, root / new)
            case Remove(path):
                (root / path).unlink()


def _rename(old: Path, new: Path) -> None:
    if new.exists() and not new.samefile(old):
        raise FileExistsError(str(new))
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)


def _require_inside(path: str) -> None:
    parts = path.split("/")
    if not all(parts) or "." in parts or ".." in parts or "\0" in path:
        raise ValueError(f"a visitor's path is relative and inside the stick, not {path!r}")


def _stories(stop_number: int) -> tuple[Story, ...]:
    if stop_number < 1:
        raise ValueError(f"stops are numbered from 1, not {stop_number}")
    stories = _STORIES[(stop_number - 1) % STOPS]
    if stop_number <= STOPS:
        return stories
    return tuple(replace(story, folder=f"{story.folder} (halte {stop_number})") for story in stories)


def _contribution(story: Story, seed: int) -> Contribution:
    chance = _chance(story.folder, seed)
    files = tuple((sheet.name, document(sheet, chance)) for sheet in story.sheets)
    return Contribution(story.folder, files, None if story.card is None else card_text(story.card, chance))


def _later(stop_number: int, seed: int) -> tuple[Event, ...]:
    """What the visitors of a stop do to the files of earlier stops."""
    match stop_number:
        case 3:
            more = "Aanvulling na Assen: ook de commissies doen nu mee, en de portokosten zijn nul."
            return (_revision(1, "Gemeente Noorderveld", "100% papierloos vergaderen.odt", more, seed),)
        case 4:
            name = "Zelfroosteren in 6 stappen.docx"
            copy = document(sheet_named(_stories(1), "Zorggroep De Wilgen", name), _chance("Zorggroep De Wilgen", seed))
            return (Add(f"{PAYLOAD}/Thuiszorg Het Anker/Zelfroosteren (van De Wilgen).docx", copy),)
        case 5:
            return (Remove(f"{PAYLOAD}/Bakkerij Zonnebloem/Idee van de nachtploeg.txt"),)
        case 6:
            old = f"{PAYLOAD}/Bouwbedrijf Heide & Zonen/Stand-up op de bouwplaats"
            return (Rename(f"{old}.docx", f"{old} (10 minuten).docx"),)
        case 8:
            return (_narrowed(2, "Bibliotheek 't Leespunt", seed),)
        case 11:
            more = "Drie weken later: de wachttijd bleef laag. Het bord verhuisde naar de hal."
            return (_revision(4, "Ziekenhuis De Plas", "Lean in de zorg - verspilling zien.docx", more, seed),)
        case _:
            return ()


def _revision(stop_number: int, folder: str, name: str, more: str, seed: int) -> Edit:
    sheet = sheet_named(_stories(stop_number), folder, name)
    return Edit(f"{PAYLOAD}/{folder}/{name}", document(sheet, _chance(folder, seed), more))


def _narrowed(stop_number: int, folder: str, seed: int) -> Edit:
    """The card of a folder, changed from ja to nee."""
    card = next(story.card for story in _stories(stop_number) if story.folder == folder)
    if card is None:
        raise LookupError(f"no card in {folder}")
    text = card_text(replace(card, everyone=False), _chance(folder, seed))
    return Edit(f"{PAYLOAD}/{folder}/{CARD_NAME}", text.encode())


def _chance(folder: str, seed: int) -> str:
    return f"{seed} {folder}"
