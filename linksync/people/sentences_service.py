"""Sentences about setting up a host's computer: joining a relay, the service that starts by itself, letting go."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "organiser-not-label": (
        "Dit is niet de estafette van het label: je gaf {given}, en getekend is met {found}. Er is niets veranderd;"
        " lees het label nog eens over, en klopt wat je gaf, vertrouw dit dan niet en bel de organisatie.",
        "This is not the relay of the label: you gave {given}, and it is signed with {found}. Nothing was changed; read"
        " the label once more, and if what you gave is right, do not trust this and call the organiser.",
    ),
    "join-archive-other": (
        "Het archief {archive} is van een andere estafette: je gaf {given}, en dat van het archief is {found}. Er is"
        " niets veranderd; kijk het adres van het archief na, en de vingerafdruk op het label.",
        "The archive {archive} is of another relay: you gave {given}, and the archive's is {found}. Nothing was"
        " changed; check the archive's address, and the fingerprint on the label.",
    ),
    "daemon-runs": (
        "Er draait al een linksync met dit geheugen ({path}). Er is niets veranderd; volg die met"
        ' "linksync status --follow".',
        "A linksync runs already with this memory ({path}). Nothing was changed; follow it with"
        ' "linksync status --follow".',
    ),
    "eject-not-a-stick": (
        "{path} staat niet op een stick die eruit kan. Er is niets veranderd; geef de map van de stick, zoals"
        " /media/LINK, of zijn apparaat.",
        "{path} is not on a stick that can come out. Nothing was changed; give the stick's folder, such as /media/LINK,"
        " or its device.",
    ),
    "eject-still-there": (
        "De stick {node} is losgekoppeld, maar staat nog aan. Er is niets verloren; laat hem zitten en probeer het over"
        " een minuut opnieuw.",
        "The stick {node} was let go, but still has power. Nothing is lost; leave it in and try again in a minute.",
    ),
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
