"""Sentences about mounting sticks, letting go of them, and files that are still arriving."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "disks-absent": (
        "Deze computer kan de stick niet zelf openen of afsluiten: het programma udisks is er niet of antwoordt niet."
        ' Er is niets verloren; open de stick zelf, sluit hem zelf netjes af, of kijk met "linksync doctor" wat er'
        " ontbreekt.",
        "This computer cannot open or close the stick by itself: the program udisks is not here or does not answer."
        ' Nothing is lost; open the stick yourself, eject it properly yourself, or see with "linksync doctor" what is'
        " missing.",
    ),
    "disk-not-allowed": (
        "Deze computer laat linksync de stick {node} niet openen of afsluiten. Er is niets verloren; meld je aan op het"
        ' scherm van deze computer, of kijk met "linksync doctor" hoe dat te verhelpen is.',
        "This computer does not let linksync open or close the stick {node}. Nothing is lost; log in at this computer's"
        ' own screen, or see with "linksync doctor" how to mend it.',
    ),
    "disk-already-mounted": (
        "De stick is al geopend in {path}. Er is niets veranderd; linksync gebruikt hem daar.",
        "The stick is open already at {path}. Nothing was changed; linksync uses it there.",
    ),
    "disk-not-mountable": (
        "Op {node} staat niets dat deze computer als stick kan openen. Er is niets veranderd; probeer de stick op een"
        " andere computer.",
        "There is nothing on {node} that this computer can open as a stick. Nothing was changed; try the stick in"
        " another computer.",
    ),
    "disk-gone": (
        "De stick {node} is eruit, of reageert niet meer. Er is niets verloren; doe hem er weer in, dan wordt het"
        " afgemaakt.",
        "The stick {node} was taken out, or no longer answers. Nothing is lost; put it back, which finishes the work.",
    ),
    "disk-read-only": (
        "Op de stick {node} kan niet geschreven worden. Er is niets verloren; zet het schuifje op de stick om, en doe"
        " hem er opnieuw in.",
        "The stick {node} cannot be written to. Nothing is lost; move its switch, and plug it in again.",
    ),
    "disk-timeout": (
        "De stick {node} is nog niet klaar met opslaan, of antwoordt niet. Laat hem zitten; er is niets verloren, en"
        " linksync probeert het vanzelf opnieuw.",
        "The stick {node} is still saving, or does not answer. Leave it in; nothing is lost, and linksync tries again"
        " by itself.",
    ),
    "disk-failed": (
        "De stick {node} kon niet geopend of afgesloten worden ({why}). Laat hem zitten; er is niets verloren. Probeer"
        " het opnieuw, en lukt het niet, sluit hem dan af met het eigen programma van deze computer.",
        "The stick {node} could not be opened or closed ({why}). Leave it in; nothing is lost. Try again, and if that"
        " fails, eject it with this computer's own program.",
    ),
    "disk-of-the-system": (
        "Deze computer werkt zelf vanaf {node}. Er is niets veranderd; linksync blijft ervan af, haal hem er niet uit.",
        "This computer itself runs from {node}. Nothing was changed; linksync leaves it alone, do not take it out.",
    ),
    "unmount-busy": (
        "De stick kan er nog niet uit: {programs} gebruikt {path} nog. Er is niets verloren; sluit dat programma of de"
        " bestanden erin, en probeer het dan opnieuw.",
        "The stick cannot come out yet: {programs} still uses {path}. Nothing is lost; close that program or its files,"
        " then try again.",
    ),
    "unmount-busy-unseen": (
        "De stick kan er nog niet uit: een ander programma gebruikt {path} nog. Er is niets verloren; sluit vensters en"
        " bestanden die op de stick staan, en probeer het dan opnieuw.",
        "The stick cannot come out yet: another program still uses {path}. Nothing is lost; close windows and files"
        " that stand on the stick, then try again.",
    ),
}

REASONS: dict[str, _Pair] = {
    "waiting-changing": ("verandert nog", "still changing"),
    "waiting-writer": ("een programma schrijft er nog in", "a program is still writing to it"),
    "waiting-unfinished": ("een programma is er nog niet klaar mee", "a program has not finished it"),
    "waiting-open": ("nog open in een programma", "still open in a program"),
}
"""Why a file on the stick is not taken in yet; words that stand between brackets."""
