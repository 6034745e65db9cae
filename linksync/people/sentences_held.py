"""Errors said again for somebody who sits at the panel and types no commands: a sentence, and what to do now."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

_BY_ITSELF: _Pair = (
    "Laat de stick zitten; het gaat vanzelf verder.",
    "Leave the stick in; it goes on by itself.",
)
_AGAIN: _Pair = (
    "Steek de stick er weer in, dan wordt het vanzelf afgemaakt.",
    "Plug the stick in again; the rest is then done by itself.",
)
_ORGANISER: _Pair = (
    "Bewaar de stick zoals hij is en bel de organisatie.",
    "Keep the stick as it is and call the organiser.",
)
_CALL: _Pair = ("Bel de organisatie.", "Call the organiser.")

_GONE: tuple[_Pair, _Pair] = (
    (
        "De stick is weg. Hij is eruit gehaald, of geeft geen antwoord meer; er is niets verloren.",
        "The stick is gone. It was taken out or no longer answers; nothing is lost.",
    ),
    _AGAIN,
)
_READ_ONLY: tuple[_Pair, _Pair] = (
    (
        "Op deze stick kan niet geschreven worden. Er is niets verloren.",
        "This stick cannot be written to. Nothing is lost.",
    ),
    (
        "Zet het schuifje op de stick om, als het er is, en steek hem er opnieuw in.",
        "Move the little switch on the stick, if there is one, and plug it in again.",
    ),
)
_NOT_SAVED: tuple[_Pair, _Pair] = (
    (
        "Opslaan op deze computer lukte niet. Er is niets verloren ({path}: {why}).",
        "Saving on this computer failed. Nothing is lost ({path}: {why}).",
    ),
    (
        "Druk op Opnieuw proberen; lukt het niet, vraag dan wie deze computer beheert.",
        "Press Try again; if that fails, ask whoever looks after this computer.",
    ),
)

HELD: dict[str, tuple[_Pair, _Pair]] = {
    "stick-gone": _GONE,
    "stick-missing": _GONE,
    "disk-gone": _GONE,
    "stick-unreadable": (
        (
            "Een deel van de stick is niet te lezen. Er is niets veranderd ({path}: {why}).",
            "Part of the stick cannot be read. Nothing was changed ({path}: {why}).",
        ),
        (
            "Probeer het nog eens, of steek hem in een andere poort. Blijft het zo, maak dan een kopie van wat nog"
            " leest en bel de organisatie.",
            "Try again, or use another port. If it stays so, make a copy of what still reads and call the organiser.",
        ),
    ),
    "stick-full": (
        (
            "De stick is vol. Er is niets verloren: alles staat veilig op deze computer of nog op de stick.",
            "The stick is full. Nothing is lost: all of it is safe on this computer or still on the stick.",
        ),
        (
            "Bel de organisatie over wat eraf mag, en druk dan op Opnieuw proberen.",
            "Call the organiser about what may go, then press Try again.",
        ),
    ),
    "stick-read-only": _READ_ONLY,
    "disk-read-only": _READ_ONLY,
    "stick-forbidden": (
        (
            "Deze computer mag niet op de stick schrijven. Er is niets verloren.",
            "This computer may not write on the stick. Nothing is lost.",
        ),
        (
            "Kies Uitwerpen, steek hem er opnieuw in, en vraag anders wie deze computer beheert.",
            "Choose Eject, plug it in again, else ask whoever looks after this computer.",
        ),
    ),
    "stick-write": (
        (
            "Schrijven op de stick lukte niet. Er is niets verloren ({path}: {why}).",
            "Writing to the stick failed. Nothing is lost ({path}: {why}).",
        ),
        (
            "Druk op Opnieuw proberen, of steek hem in een andere poort; lukt het niet, bel dan de organisatie.",
            "Press Try again, or use another port; if that fails, call the organiser.",
        ),
    ),
    "stick-readback": (
        (
            "De stick geeft iets anders terug dan erop geschreven is. Er is niets verloren: het staat veilig op deze"
            " computer.",
            "The stick gives back something else than was written. Nothing is lost: it is safe on this computer.",
        ),
        (
            "Druk op Opnieuw proberen; blijft het zo, dan is de stick versleten: bel de organisatie.",
            "Press Try again; if it stays so the stick is worn out: call the organiser.",
        ),
    ),
    "stick-busy": (
        (
            "Een ander programma van linksync is met deze stick bezig. Er is niets veranderd.",
            "Another linksync program is at work on this stick. Nothing was changed.",
        ),
        _BY_ITSELF,
    ),
    "state-busy": (
        (
            "Even wachten: linksync is op deze computer nog met iets anders bezig. Er is niets veranderd.",
            "One moment: linksync is still busy with something else on this computer. Nothing was changed.",
        ),
        _BY_ITSELF,
    ),
    "stick-folder-taken": (
        (
            "Er staat iets in de weg op de stick. Er is niets overschreven ({path}).",
            "Something on the stick is in the way. Nothing was overwritten ({path}).",
        ),
        _ORGANISER,
    ),
    "half-prepared": (
        (
            "Deze Link is nog niet af. Er is niets veranderd en niets verloren.",
            "This Link is not finished yet. Nothing was changed and nothing is lost.",
        ),
        _CALL,
    ),
    "link-newer": (
        (
            "Deze Link is van een nieuwere versie van linksync. Er is niets veranderd.",
            "This Link is of a newer version of linksync. Nothing was changed.",
        ),
        (
            "Vraag wie deze computer beheert om linksync bij te werken.",
            "Ask whoever looks after this computer to update linksync.",
        ),
    ),
    "organiser-unknown": (
        (
            "Deze Link is van een organisatie die hier nog niet bekend is. Er is niets veranderd. De stick zegt:"
            " {found}",
            "This Link is of an organiser who is not known here yet. Nothing was changed. The stick says: {found}",
        ),
        (
            "Vergelijk dit met het label op de sculptuur, en vraag wie deze computer beheert om het in te stellen.",
            "Compare this with the label on the sculpture, and ask whoever looks after this computer to set it.",
        ),
    ),
    "organiser-other": (
        (
            "Deze stick noemt een andere organisatie dan hier bekend is. Er is niets veranderd.",
            "This stick names another organiser than the one known here. Nothing was changed.",
        ),
        (
            "Vertrouw de stick niet, bewaar hem zoals hij is en bel de organisatie.",
            "Do not trust the stick, keep it as it is and call the organiser.",
        ),
    ),
    "relay-other": (
        (
            "De gegevens van de estafette op deze stick zijn anders dan hier bekend. Er is niets veranderd.",
            "The relay's records on this stick are others than those known here. Nothing was changed.",
        ),
        (
            "Vertrouw de stick niet, bewaar hem zoals hij is en bel de organisatie.",
            "Do not trust the stick, keep it as it is and call the organiser.",
        ),
    ),
    "host-unknown": (
        (
            "{host} staat niet in deze estafette. Er is niets veranderd.",
            "{host} is not in this relay. Nothing was changed.",
        ),
        (
            "Vraag de organisatie om {host} toe te voegen, en druk dan op Opnieuw proberen.",
            "Ask the organiser to add {host}, then press Try again.",
        ),
    ),
    "host-key-other": (
        (
            "De sleutel van deze computer hoort in de estafette niet bij {host}. Er is niets getekend.",
            "The key of this computer is not {host}'s in the relay. Nothing was signed.",
        ),
        (
            "Vraag de organisatie om deze sleutel toe te voegen: {key}",
            "Ask the organiser to add this key: {key}",
        ),
    ),
    "host-full": (
        (
            "Deze computer is vol. Er is niets verloren en de stick is niet veranderd.",
            "This computer is full. Nothing is lost and the stick was not changed.",
        ),
        (
            "Maak wat ruimte en druk op Opnieuw proberen.",
            "Make some room and press Try again.",
        ),
    ),
    "host-write": _NOT_SAVED,
    "disk-write": _NOT_SAVED,
    "key-needs-passphrase": (
        (
            "De sleutel van deze computer is op slot. Er is niets getekend en niets verloren.",
            "The key of this computer is locked. Nothing was signed and nothing is lost.",
        ),
        (
            "Vraag wie deze computer beheert om de sleutel te openen (ssh-add), en druk op Opnieuw proberen.",
            "Ask whoever looks after this computer to unlock it (ssh-add), and press Try again.",
        ),
    ),
    "key-missing": (
        (
            "De sleutel van deze computer is er niet. Er is niets getekend en niets verloren ({path}).",
            "The key of this computer is not there. Nothing was signed and nothing is lost ({path}).",
        ),
        (
            "Vraag wie deze computer beheert om hem terug te zetten, en druk op Opnieuw proberen.",
            "Ask whoever looks after this computer to put it back, and press Try again.",
        ),
    ),
    "state-damaged": (
        (
            "Het geheugen van linksync op deze computer is beschadigd. Er is niets aan de stick veranderd ({path}).",
            "The memory of linksync on this computer is damaged. Nothing on the stick was changed ({path}).",
        ),
        (
            "Vraag wie deze computer beheert, of bel de organisatie. Niets weggooien.",
            "Ask whoever looks after this computer, or call the organiser. Throw nothing away.",
        ),
    ),
}
"""The slug of an error to the same, for the panel; fields as the error gives them."""
