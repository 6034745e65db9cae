"""What the daemon says while a stick is being let go of, also one of which nothing was handed over."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

EJECTING: dict[str, tuple[_Pair, _Pair]] = {
    "daemon-ejecting": (
        (
            "Bijna klaar: de stick wordt afgesloten.",
            "Almost done: the stick is being closed.",
        ),
        ("Laat hem nog even zitten.", "Leave it in for a moment."),
    ),
    "daemon-ejecting-busy": (
        (
            "De stick kan er nog niet uit. Hij is nog open in: {programs}. Wat overgedragen is, is klaar.",
            "The stick cannot come out yet. It is still open in: {programs}. What was handed over is done.",
        ),
        (
            "Sluit de bestanden of vensters die op de stick staan; de rest gaat vanzelf.",
            "Close the files or windows that are on the stick; the rest goes by itself.",
        ),
    ),
    "daemon-ejecting-unseen": (
        (
            "De stick kan er nog niet uit. Een programma heeft hem nog open. Wat overgedragen is, is klaar.",
            "The stick cannot come out yet. Some program still has it open. What was handed over is done.",
        ),
        (
            "Sluit de bestanden en vensters die op de stick staan; de rest gaat vanzelf.",
            "Close the files and windows that are on the stick; the rest goes by itself.",
        ),
    ),
    "daemon-ejecting-failed": (
        (
            "De stick kan er nog niet uit. Afsluiten lukte niet ({why}). Wat overgedragen is, is klaar.",
            "The stick cannot come out yet. Closing it failed ({why}). What was handed over is done.",
        ),
        (
            "Laat hem zitten; het wordt vanzelf nog eens geprobeerd.",
            "Leave it in; it is tried again by itself.",
        ),
    ),
    "daemon-ejecting-beside": (
        (
            "De stick kan er nog niet uit. Een ander deel ervan is nog open. Wat overgedragen is, is klaar.",
            "The stick cannot come out yet. Another part of it is still open. What was handed over is done.",
        ),
        (
            "Kies Uitwerpen bij dat andere deel in het programma voor je bestanden; de rest gaat vanzelf.",
            "Choose Eject for that other part in your file manager; the rest goes by itself.",
        ),
    ),
    "daemon-eject-only": (
        ("Deze computer mag de stick niet afsluiten.", "This computer may not close the stick."),
        (
            "Kies Uitwerpen in het programma voor je bestanden.",
            "Choose Eject in your file manager.",
        ),
    ),
    "daemon-safe-unwritten": (
        (
            "De stick mag eruit. Overdracht {number} staat veilig op deze computer, en nog niet op de stick.",
            "You can take the stick out. Hand-off {number} is safe on this computer, and not on the stick yet.",
        ),
        (
            "Steek hem later weer in deze computer, dan wordt het vanzelf afgemaakt.",
            "Plug it into this computer again later; the rest is then done by itself.",
        ),
    ),
}
"""Slug to sentence, and to what to do now."""
