"""The words of the panel beside its sentences, in Dutch and English: one catalogue for the page and for the terminal.

The page gets them from the server (``of_page``), and its script has none of its own. ``{n}`` and what else stands in
braces is filled in by whoever shows it; where one and many differ, both stand here, one first.
"""

from typing import TypeAlias

from linksync.people.texts import BYTES, FILES, Language

Pair: TypeAlias = tuple[str, str]
"""The same in Dutch and in English."""
Numbered: TypeAlias = tuple[Pair, Pair]
"""One and many, each in Dutch and in English."""

LIGHTS: dict[str, Pair] = {
    "busy": ("Bezig", "At work"),
    "good": ("In orde", "All right"),
    "done": ("Klaar", "Done"),
    "ask": ("Jouw beurt", "Your turn"),
    "attention": ("Let op", "Look here"),
    "bad": ("Er is iets mis", "Something is wrong"),
    "calm": ("Niets te doen", "Nothing to do"),
}
"""What each light says in a word; ``done`` is the good light of a stick that can come out, or is out."""

BUTTONS: dict[str, Pair] = {
    "hand-over": ("Overdragen", "Hand over"),
    "take-out": ("Uitnemen", "Take out"),
    "try-again": ("Opnieuw proberen", "Try again"),
}

STEPS: tuple[Pair, ...] = (
    ("lezen", "read"),
    ("nakijken", "check"),
    ("tekenen", "sign"),
    ("schrijven", "write"),
    ("teruglezen", "read back"),
    ("eruit", "take out"),
    ("naar het archief", "to the archive"),
)
"""Of a hand-off, as people see it; the last one where there is an archive."""

HEADINGS: dict[str, Pair] = {
    "added": ("Erbij gekomen", "Added"),
    "held": ("Vastgehouden", "Held back"),
    "waits": ("Niet mee deze keer", "Left for later"),
    "found": ("Opgemerkt", "Noticed"),
}

CLASSES: dict[str, Pair] = {
    "hold": ("Wacht op oordeel", "To be judged"),
    "refuse": ("Geweigerd", "Refused"),
}
"""What becomes of a file that does not simply go along."""

LEFT: dict[str, Numbered] = {
    "seconds": (("nog {n} seconde", "{n} second left"), ("nog {n} seconden", "{n} seconds left")),
    "minutes": (
        ("nog ongeveer {n} minuut", "about {n} minute left"),
        ("nog ongeveer {n} minuten", "about {n} minutes left"),
    ),
    "hours": (("nog ongeveer {n} uur", "about {n} hour left"), ("nog ongeveer {n} uur", "about {n} hours left")),
}

EMPTY: Pair = ("Steek de Link in deze computer.", "Plug the Link into this computer.")
GONE: Pair = ("Het programma is gestopt.", "The program has stopped.")
NEXT: Pair = ("Wat nu?", "What now?")

_PAGE: dict[str, Pair] = {
    "title": ("De Link", "The Link"),
    "step": ("Stap {at} van {all}: {name}", "Step {at} of {all}: {name}"),
    "stepsDone": ("Alle stappen zijn gedaan", "All steps are done"),
    "pressed": ("Even geduld…", "One moment…"),
    "refused": ("Dat kan nu niet meer.", "That cannot be done any more."),
    "unheard": (
        "Het programma antwoordt niet. Probeer het zo nog eens.",
        "The program does not answer. Try again in a moment.",
    ),
    "handoff": ("laatste overdracht:\u00a0{n}", "last hand-off:\u00a0{n}"),
    "synced": ("in archief {who}", "in archive {who}"),
    "of": ("{done} van {total}", "{done} of {total}"),
    "progress": ("Voortgang", "Progress"),
    "in": ("in {folder}", "in {folder}"),
    "all": ("Toon alle {n}", "Show all {n}"),
    "less": ("Toon minder", "Show fewer"),
    "beside": ("en nog {n}", "and {n} more"),
}
_POLICIES: dict[str, Pair] = {
    "auto": ("Overdragen gaat hier vanzelf.", "Handing over goes by itself here."),
    "ask": ("Overdragen gaat hier met de knop.", "Handing over takes the button here."),
    "verify-only": ("Hier worden sticks alleen nagekeken.", "Sticks are only checked here."),
}
_ARCHIVES: dict[str, Pair] = {
    "reachable": ("Het archief is bereikbaar.", "The archive can be reached."),
    "away": (
        "Het archief is nu niet bereikbaar; wat klaar is gaat later vanzelf.",
        "The archive cannot be reached now; what is done goes later by itself.",
    ),
    "none": ("", ""),
}


def of_page(language: Language) -> dict[str, object]:
    """All that the page's script says, in one language; of what is counted one and many."""
    at = 0 if language == "nl" else 1
    tables = {"lights": LIGHTS, "buttons": BUTTONS, "classes": CLASSES, "policy": _POLICIES, "archive": _ARCHIVES}
    return {
        **{name: pair[at] for name, pair in _PAGE.items()},
        **{name: {key: pair[at] for key, pair in table.items()} for name, table in tables.items()},
        **{name: [one[at], many[at]] for name, (one, many) in LEFT.items()},
        "steps": [pair[at] for pair in STEPS],
        "files": list(FILES[language]),
        "bytes": list(BYTES[language]),
    }
