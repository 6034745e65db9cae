"""Sentences about setting up a host's computer: joining a relay, the service that starts by itself, letting go."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "service-not-ours": (
        "{path} is niet door linksync gemaakt en is gelaten zoals het is. Er is niets veranderd; haal het zelf weg of"
        " geef het een andere naam, en probeer het opnieuw.",
        "{path} was not made by linksync and was left as it is. Nothing was changed; remove or rename it yourself, and"
        " try again.",
    ),
    "service-failed": (
        "De dienst reageert niet zoals het hoort ({what}: {why}). Er is niets verloren; kijk met"
        ' "journalctl --user -u linksync" wat hem scheelt, of doe "linksync doctor".',
        "The service does not do as it should ({what}: {why}). Nothing is lost; see what ails it with"
        ' "journalctl --user -u linksync", or do "linksync doctor".',
    ),
}
