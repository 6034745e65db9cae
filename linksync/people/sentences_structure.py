"""Sentences for ``E1xx`` and its notes: is it a Link, and are its records shaped as the format says."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

_ASK: _Pair = (
    "Bewaar de stick zoals hij is en vraag het de organisatie; wat mensen erop zetten, kan bij de volgende overdracht"
    " gewoon mee.",
    "Keep the stick as it is and ask the organiser; what people put on it can still go along at the next hand-off.",
)

FINDINGS: dict[str, tuple[_Pair, _Pair]] = {
    "E101": (
        (
            'Dit is geen Link: er staat geen map "linksync" met overdrachten op.',
            'This is not a Link: it has no folder "linksync" with hand-offs.',
        ),
        (
            'Kijk of dit de goede stick of map is; een nieuwe Link maak je met "linksync stick prepare".',
            'See whether this is the right stick or folder; "linksync stick prepare" makes a new Link.',
        ),
    ),
    "E102": (
        (
            "Deze Link is niet af: er is aan begonnen, maar de eerste overdracht staat er niet.",
            "This Link is not finished: it was begun, and the first hand-off does not stand.",
        ),
        (
            'Laat de organisatie "linksync stick prepare" nog een keer doen, met dezelfde stick en sleutel.',
            'Have the organiser run "linksync stick prepare" again, with the same stick and key.',
        ),
    ),
    "E103": (
        (
            "{path} is gemaakt met een nieuwere vorm van de Link dan deze linksync kent.",
            "{path} was made with a newer format of the Link than this linksync knows.",
        ),
        ("Werk linksync bij en probeer het opnieuw.", "Update linksync and try again."),
    ),
    "E104": (
        (
            "{path} hoort een gewoon bestand of een gewone map te zijn, en is iets anders.",
            "{path} should be a plain file or a plain folder, and is something else.",
        ),
        _ASK,
    ),
    "E105": (
        (
            "{path} staat in een verzegelde map, maar het zegel noemt het niet.",
            "{path} stands in a sealed folder, and the seal does not list it.",
        ),
        (
            "Het telt niet mee. Hoort het bij iemands bijdrage, zet het dan in de map data.",
            "It counts for nothing. If it is somebody's contribution, put it in the folder data.",
        ),
    ),
    "E106": (
        (
            "{path} hoort in een verzegelde map te staan en is weg.",
            "{path} belongs in a sealed folder and is gone.",
        ),
        (
            "Vraag wie de stick eerder had om zijn kopie; het archief heeft er ook een, als de overdracht daar al was.",
            "Ask whoever had the stick before for their copy; so has the archive, if the hand-off had reached it.",
        ),
    ),
    "E107": (
        (
            "Het zegel {path} is geen lijst met controlegetallen: {why}.",
            "The seal {path} is not a checksum list: {why}.",
        ),
        _ASK,
    ),
    "E108": (
        (
            "Het zegel {path} noemt {why} niet, en dat moet.",
            "The seal {path} does not list {why}, which it must.",
        ),
        _ASK,
    ),
    "E109": (
        (
            "Het zegel {path} noemt iets dat er niet in mag: {why}.",
            "The seal {path} lists something that it may not: {why}.",
        ),
        _ASK,
    ),
    "E110": (
        (
            "{path} is geen YAML die de afspraken toestaan: {why}.",
            "{path} is not YAML that the format allows: {why}.",
        ),
        _ASK,
    ),
    "E111": (
        (
            "{path} is gemaakt om lezers vast te laten lopen ({why}) en is niet verder gelezen.",
            "{path} was made to exhaust its readers ({why}) and was not read further.",
        ),
        _ASK,
    ),
    "E112": (
        (
            "In {path} klopt een veld niet: {why}.",
            "A field in {path} is wrong: {why}.",
        ),
        _ASK,
    ),
    "E113": (
        (
            "De lijst {path} is niet goed opgebouwd: {why}.",
            "The list {path} is malformed: {why}.",
        ),
        _ASK,
    ),
    "E114": (
        (
            "De lijst {path} wil buiten de stick kijken: {why}.",
            "The list {path} leads outside the stick: {why}.",
        ),
        (
            "Vertrouw deze overdracht niet, en controleer haar niet met sha256sum; vraag het de organisatie.",
            "Do not trust this hand-off, nor check it with sha256sum; ask the organiser.",
        ),
    ),
    "E115": (
        (
            "De lijst {path} noemt bestanden van linksync zelf, alsof mensen die gaven.",
            "The list {path} names linksync's own files, as if people had given them.",
        ),
        _ASK,
    ),
    "E116": (
        (
            "{path} is groter dan de afspraken toestaan en is niet gelezen.",
            "{path} is larger than the format allows and was not read.",
        ),
        _ASK,
    ),
    "E117": (
        (
            "In {path} zeggen {what} en zegel niet hetzelfde.",
            "In {path}, {what} and seal do not say the same.",
        ),
        _ASK,
    ),
    "E118": (
        (
            "{path} en de lijsten ernaast spreken elkaar tegen, bij {what}{both}.",
            "{path} and the lists beside it contradict each other, at {what}{both}.",
        ),
        _ASK,
    ),
    "E119": (
        (
            "{path} hoort niet tussen de gegevens van linksync.",
            "{path} does not belong among linksync's records.",
        ),
        (
            "Het is niet gelezen. Hoort het bij iemands bijdrage, zet het dan in de map data.",
            "It was not read. If it is somebody's contribution, put it in the folder data.",
        ),
    ),
    "E120": (
        (
            "{path} volgt niet uit de overdrachten: samen komen die op een andere stand uit.",
            "{path} does not follow from the hand-offs: together they add up to another state.",
        ),
        _ASK,
    ),
    "W101": (
        (
            "{path} is niet afgemaakt: de handtekening ontbreekt, want de stick ging er te vroeg uit.",
            "{path} was not finished: it has no signature, since the stick was taken out too early.",
        ),
        (
            "Er is niets verloren; wie hem schreef, maakt hem af of schrijft bij de volgende overdracht een nieuwe.",
            "Nothing is lost; whoever wrote it finishes it, or writes a new one at the next hand-off.",
        ),
    ),
    "W112": (
        (
            "{path} is een half bestand van linksync zelf, van toen de stick te vroeg werd losgehaald.",
            "{path} is an unfinished file of linksync's own, from when the stick was taken out too early.",
        ),
        ("De volgende overdracht ruimt het op.", "The next hand-off clears it away."),
    ),
}
