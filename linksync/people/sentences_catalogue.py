"""Sentences about the catalogue and searching in it."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "catalogue-absent": (
        "In {path} is nog geen catalogus om in te zoeken. Er is niets veranderd; doe eerst"
        ' "linksync pull ARCHIEF BIBLIOTHEEK": dat leest wat er staat.',
        "There is no catalogue in {path} to search in yet. Nothing was changed; first run"
        ' "linksync pull ARCHIVE LIBRARY": it reads what is there.',
    ),
    "catalogue-none-here": (
        "Deze computer heeft nog geen documenten gelezen. Er is niets veranderd; zoek in een bibliotheek met --library"
        ' MAP, of draag eerst een stick over en doe "linksync sync".',
        "This computer has read no documents yet. Nothing was changed; search a library with --library DIR, or hand"
        ' over a stick first and run "linksync sync".',
    ),
    "catalogue-old": (
        "De catalogus {path} is van een andere versie van linksync. Er is niets verloren;"
        ' "linksync pull" of "linksync sync" maakt hem opnieuw.',
        "The catalogue {path} is of another version of linksync. Nothing is lost;"
        ' "linksync pull" or "linksync sync" makes it again.',
    ),
    "catalogue-failed": (
        "De catalogus {path} kan niet gelezen of geschreven worden ({why}). Er is niets verloren, alleen het zoeken"
        ' heeft er last van; "linksync pull" of "linksync sync" herstelt hem.',
        "The catalogue {path} cannot be read or written ({why}). Nothing is lost, only searching is hindered;"
        ' "linksync pull" or "linksync sync" mends it.',
    ),
    "search-empty": (
        "Er is geen woord om naar te zoeken. Er is niets veranderd; typ een of meer woorden.",
        "There is no word to look for. Nothing was changed; type one or more words.",
    ),
}
