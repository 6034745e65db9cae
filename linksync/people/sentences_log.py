"""What the daemon's log says beside the sentences of its sticks: itself, and the archive."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

_NOTHING: _Pair = ("", "")

LOG: dict[str, tuple[_Pair, _Pair]] = {
    "daemon-started": (
        ("Het programma draait (linksync {version}).", "The program runs (linksync {version})."),
        _NOTHING,
    ),
    "daemon-no-udev": (
        (
            "Deze computer meldt niet wanneer er een stick in gaat; er wordt om de paar seconden gekeken.",
            "This computer does not tell when a stick is plugged in; we look every few seconds.",
        ),
        _NOTHING,
    ),
    "daemon-no-disks": (
        (
            "Deze computer opent en sluit sticks niet vanzelf. Er gaat niets verloren.",
            "This computer does not open and close sticks by itself. Nothing gets lost.",
        ),
        (
            "Open de stick zelf, en kies aan het eind zelf Uitwerpen.",
            "Open the stick yourself, and choose Eject yourself at the end.",
        ),
    ),
    "daemon-ended": (("Het programma is gestopt.", "The program has stopped."), _NOTHING),
    "daemon-ledger-new": (
        (
            "Het logboek van dit programma was beschadigd en is opzij gezet ({path}). Er is niets verloren.",
            "The ledger of this program was damaged and set aside ({path}). Nothing is lost.",
        ),
        _NOTHING,
    ),
    "daemon-archive-away": (
        (
            "Het archief is nu niet bereikbaar. Alles staat veilig op deze computer en gaat later vanzelf.",
            "The archive cannot be reached now. All is safe on this computer and goes later by itself.",
        ),
        _NOTHING,
    ),
    "daemon-archive-back": (("Het archief is weer bereikbaar.", "The archive can be reached again."), _NOTHING),
    "daemon-catalogued": (
        (
            'Gelezen voor het zoeken: {count:files}. Zoek met "linksync search".',
            'Read for the search: {count:files}. Search with "linksync search".',
        ),
        _NOTHING,
    ),
    "daemon-sent": (
        (
            "{handoff} is in het archief: {archive} heeft ervoor getekend.",
            "{handoff} is in the archive: {archive} has signed for it.",
        ),
        _NOTHING,
    ),
    "daemon-sent-held": (
        (
            "{handoff} is bij archief {archive} aangekomen en wacht daar op een oordeel. Er is niets verloren.",
            "{handoff} has reached archive {archive} and waits there to be judged. Nothing is lost.",
        ),
        _NOTHING,
    ),
}
"""Slug to sentence, and to what to do now, which may be empty; in Dutch and English."""
