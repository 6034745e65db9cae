"""Sentences for ``E2xx`` and its notes: who signed, in which order, and whom to trust."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

_DO_NOT_TRUST: _Pair = (
    "Vertrouw dit deel niet, bewaar de stick zoals hij is en bel de organisatie.",
    "Do not trust this part, keep the stick as it is and call the organiser.",
)
_BOTH_STAY: _Pair = (
    "Bewaar beide, want beide zijn bewijs, en bel de organisatie; niets gaat verloren.",
    "Keep both, for both are proof, and call the organiser; nothing is lost.",
)
_OTHER_RELAY: _Pair = (
    "Kijk of dit de goede stick is, en vraag het anders de organisatie.",
    "See whether this is the right stick, else ask the organiser.",
)

FINDINGS: dict[str, tuple[_Pair, _Pair]] = {
    "E201": (
        (
            "De handtekening {path} hoort niet bij dit zegel: het zegel is daarna veranderd.",
            "The signature {path} is not over this seal: the seal was changed afterwards.",
        ),
        _DO_NOT_TRUST,
    ),
    "E202": (
        (
            "{path} is getekend met sleutel {key}, die niet in de estafette staat.",
            "{path} is signed with key {key}, which the relay does not list.",
        ),
        (
            "Is het een nieuwe gastheer, laat de organisatie hem dan toevoegen; vertrouw het tot dan niet.",
            "If this is a new host, have the organiser add it; do not trust it until then.",
        ),
    ),
    "E203": (
        (
            "{path} is getekend door {found}, terwijl het van {expected} zou zijn.",
            "{path} is signed by {found}, while it says to be from {expected}.",
        ),
        _DO_NOT_TRUST,
    ),
    "E204": (
        (
            "{path} is getekend voor iets anders: {expected} verwacht, {found} gevonden.",
            "{path} was signed for another purpose: {expected} expected, {found} found.",
        ),
        _DO_NOT_TRUST,
    ),
    "E205": (
        (
            "{path} is alleen getekend met sleutel {key}, die deze versie zelf meebrengt; de vorige versie kent hem"
            " niet.",
            "{path} is signed only with key {key}, which this version itself brings; the version before does not know"
            " it.",
        ),
        (
            "Laat de organisatie deze versie tekenen met een sleutel die al in de vorige stond.",
            "Have the organiser sign this version with a key that the version before lists.",
        ),
    ),
    "E206": (
        (
            "{path} is niet meer wat er verzegeld werd.",
            "{path} is no longer what was sealed.",
        ),
        _DO_NOT_TRUST,
    ),
    "E207": (
        (
            "{path} is getekend door {holder} met sleutel {key}, die is ingetrokken en voor deze overdracht niet meer"
            " telt.",
            "{path} is signed by {holder} with key {key}, which was revoked and no longer counts for this hand-off.",
        ),
        (
            "Deze overdracht telt niet. Vraag de organisatie wat er met de sleutel gebeurde.",
            "This hand-off does not count. Ask the organiser what happened to the key.",
        ),
    ),
    "E208": (
        (
            "{path} is getekend met een sleutel die versie {version} van de estafette niet meer noemt; de overdracht"
            " wacht.",
            "{path} is signed with a key that version {version} of the relay no longer lists; the hand-off is held.",
        ),
        (
            "Vraag de organisatie of deze overdracht meetelt.",
            "Ask the organiser whether this hand-off counts.",
        ),
    ),
    "E209": (
        (
            "{path} gaat terug naar versie {found} van de estafette, terwijl versie {expected} al gold.",
            "{path} falls back to version {found} of the relay, while version {expected} was in force.",
        ),
        _DO_NOT_TRUST,
    ),
    "E210": (
        (
            "Overdracht {path} ontbreekt: overdracht {next} volgt erop en noemt haar.",
            "Hand-off {path} is missing: hand-off {next} follows it and names it.",
        ),
        (
            "Vraag het archief of wie de stick eerder had om die overdracht; zij hebben er een kopie van.",
            "Ask the archive, or whoever had the stick before, for that hand-off; they have a copy.",
        ),
    ),
    "E211": (
        (
            "De stick loopt achter: overdracht {seen} is eerder gezien, en deze stick komt tot {found}.",
            "The stick is behind: hand-off {seen} was seen before, and this stick ends at {found}.",
        ),
        (
            "Kijk of er een tweede stick is, en vraag het de organisatie; wat eerder is ingenomen, is niet weg.",
            "See whether there is a second stick, and ask the organiser; what was taken in before is not gone.",
        ),
    ),
    "E212": (
        (
            "Er zijn twee verschillende overdrachten {number}: {path} en {other}.",
            "There are two different hand-offs {number}: {path} and {other}.",
        ),
        _BOTH_STAY,
    ),
    "E213": (
        (
            "Alles klopt met elkaar, maar deze organisatie is hier nog niet bekend: {found}.",
            "All agrees with itself, but this organiser is not known here yet: {found}.",
        ),
        (
            "Lees de vingerafdruk op de sculptuur en geef die mee: --organiser SHA256:…",
            "Read the fingerprint on the sculpture's label and give it: --organiser SHA256:…",
        ),
    ),
    "E214": (
        (
            "De stick is van een andere organisatie dan hier bekend is: {expected} verwacht, {found} gevonden.",
            "The stick is another organiser's than the one known here: {expected} expected, {found} found.",
        ),
        (
            "Vertrouw hem niet en bel de organisatie; kijk op de sculptuur welke vingerafdruk daar staat.",
            "Do not trust it and call the organiser; see which fingerprint the sculpture's label shows.",
        ),
    ),
    "E215": (
        (
            "{path} hoort bij een andere Link: {expected} verwacht, {found} gevonden.",
            "{path} belongs to another Link: {expected} expected, {found} found.",
        ),
        _DO_NOT_TRUST,
    ),
    "E216": (
        (
            "{path} hoort bij een andere estafette: {expected} verwacht, {found} gevonden.",
            "{path} belongs to another relay: {expected} expected, {found} found.",
        ),
        _OTHER_RELAY,
    ),
    "E217": (
        (
            "{path} rust op een versie van de estafette die hier niet staat, of hier anders is.",
            "{path} rests on a version of the relay that is not here, or is another here.",
        ),
        (
            "Vraag de organisatie om haar map, en geef die mee met --relay MAP.",
            "Ask the organiser for the relay's folder, and give it with --relay DIR.",
        ),
    ),
    "E218": (
        (
            "{path} is een andere versie dan eerder gezien: {seen} verwacht, {found} gevonden.",
            "{path} is another version than the one seen before: {seen} expected, {found} found.",
        ),
        _DO_NOT_TRUST,
    ),
    "E219": (
        (
            "{path} heeft het verkeerde nummer: {expected} verwacht, {found} gevonden.",
            "{path} has the wrong number: {expected} expected, {found} found.",
        ),
        _DO_NOT_TRUST,
    ),
    "E220": (
        (
            "{path} volgt niet uit relay.yaml: wie er mag tekenen, staat er twee keer anders.",
            "{path} does not follow from relay.yaml: they tell two stories of who may sign.",
        ),
        _DO_NOT_TRUST,
    ),
    "E221": (
        (
            "De estafette op de stick is ouder dan eerder gezien: versie {seen} verwacht, versie {found} gevonden.",
            "The relay on the stick is older than was seen before: version {seen} expected, version {found} found.",
        ),
        (
            "Vraag de organisatie waarom; een overdracht hier zet de nieuwste versie er weer op.",
            "Ask the organiser why; a hand-off here puts the newest version back on it.",
        ),
    ),
    "E222": (
        (
            "{folder} maakt {path} zichtbaar voor meer mensen dan eerst verzegeld werd.",
            "{folder} shows {path} to more people than was first sealed.",
        ),
        (
            "Het bestand blijft bij de organisatie; alleen een archivaris mag dat verruimen.",
            "The file stays with the organisers; only an archivist may widen that.",
        ),
    ),
    "E223": (
        (
            "{folder} behandelt {path} anders dan de estafette voorschrijft: {expected} verwacht, {found} gevonden.",
            "{folder} treats {path} otherwise than the relay's policy says: {expected} expected, {found} found.",
        ),
        (
            "Vraag de organisatie het na te kijken; het bestand zelf is niet weg.",
            "Ask the organiser to look at it; the file itself is not gone.",
        ),
    ),
    "E224": (
        (
            "{path} noemt {named} als verdwenen, maar dat stond er zo niet.",
            "{path} lists {named} as gone, which did not stand there so.",
        ),
        _DO_NOT_TRUST,
    ),
    "E225": (
        (
            "{path} wil de plaats van een ander: er is meer dan een die hier hoort te staan.",
            "{path} claims the place of another: more than one says to belong here.",
        ),
        _BOTH_STAY,
    ),
    "E226": (
        (
            "De handtekening {path} is niet te lezen: {why}.",
            "The signature {path} cannot be read: {why}.",
        ),
        _DO_NOT_TRUST,
    ),
    "W106": (
        (
            "De stick is verder dan eerder gezien: hier was overdracht {seen} de laatste, nu {found}.",
            "The stick is further than was seen before: hand-off {seen} was the last here, now it is {found}.",
        ),
        ("Niets: zo hoort het onderweg.", "Nothing: that is how a relay goes."),
    ),
    "W113": (
        (
            "Het geheugen van deze computer was niet te gebruiken, dus de stick is er niet mee vergeleken.",
            "The memory of this computer could not be used, so the stick was not held against it.",
        ),
        (
            "Kijk naar de map van --state en probeer het opnieuw.",
            "Look at the folder of --state and try again.",
        ),
    ),
    "W114": (
        (
            "{path} is getekend door {signer} met een sleutel die de estafette niet noemt; het telt niet mee.",
            "{path} is signed by {signer} with a key that the relay does not list; it counts for nothing.",
        ),
        (
            "Vraag de organisatie of dit archief of deze archivaris erbij hoort.",
            "Ask the organiser whether this archive or archivist belongs to the relay.",
        ),
    ),
    "W115": (
        (
            "Versie {known} van de estafette is hier al bekend; de stick heeft versie {found}.",
            "Version {known} of the relay is known here; the stick has version {found}.",
        ),
        ("De volgende overdracht zet hem erop.", "The next hand-off puts it there."),
    ),
}
