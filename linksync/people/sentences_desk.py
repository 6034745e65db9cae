"""Sentences about the organiser's folder, the settings, and linksync itself."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "relay-exists": (
        "In {path} staat al een estafette, en die is gelaten zoals ze is. Kies een andere map, of ga met deze verder.",
        "There is a relay in {path} already, and it was left as it is. Choose another folder, or go on with this one.",
    ),
    "relay-missing": (
        "{path} is geen map van een estafette: er staat geen relay.yaml in. Er is niets veranderd; kijk de naam na,"
        " of begin"
        ' met "linksync relay new".',
        "{path} is not a relay's folder: it has no relay.yaml. Nothing was changed; check the name, or begin with"
        ' "linksync relay new".',
    ),
    "relay-busy": (
        "Een andere linksync is nog met {path} bezig. Er is niets veranderd; wacht tot die klaar is en probeer het"
        " opnieuw.",
        "Another linksync is still at work in {path}. Nothing was changed; wait until it is done and try again.",
    ),
    "relay-unreadable": (
        "{path} kan niet gelezen worden ({why}). Er is niets veranderd; kijk of het een gewoon bestand is dat je mag"
        " lezen.",
        "{path} cannot be read ({why}). Nothing was changed; see that it is a plain file that you may read.",
    ),
    "relay-edit": (
        'Aan "{key}" in relay.yaml kan niets vanzelf worden toegevoegd zoals het daar staat. Er is niets veranderd;'
        " voeg het"
        " zelf toe in een tekstprogramma.",
        'Nothing can be added by itself to "{key}" in relay.yaml as it stands there. Nothing was changed; add it'
        " yourself in"
        " a text editor.",
    ),
    "relay-id-taken": (
        '"{id}" staat al in de estafette, als {name}. Er is niets veranderd; kies een andere id, of zet een tweede'
        " sleutel"
        " zelf bij {id} in relay.yaml.",
        '"{id}" is already in the relay, as {name}. Nothing was changed; choose another id, or put a second key under'
        " {id} in"
        " relay.yaml yourself.",
    ),
    "relay-key-taken": (
        "Sleutel {key} staat al in de estafette, bij {id}. Er is niets veranderd; iedereen heeft een eigen sleutel"
        " nodig.",
        "Key {key} is already in the relay, under {id}. Nothing was changed; everybody needs a key of their own.",
    ),
    "relay-id-wrong": (
        '"{id}" kan geen id zijn: dat zijn kleine letters, cijfers en streepjes, hooguit {most}. Er is niets'
        " veranderd; kies"
        " bijvoorbeeld gemeente-assen.",
        '"{id}" cannot be an id: those are small letters, digits and hyphens, at most {most}. Nothing was changed;'
        " choose"
        " for example gemeente-assen.",
    ),
    "relay-not-signed": (
        'De estafette is nog niet getekend. Er is niets veranderd; doe eerst "linksync relay sign".',
        'The relay is not signed yet. Nothing was changed; first do "linksync relay sign".',
    ),
    "relay-nowhere": (
        "In {path} staat geen getekende estafette. Er is niets veranderd; kijk de naam na, of vraag de organisatie om"
        " een kopie van haar map.",
        "No signed relay stands in {path}. Nothing was changed; check the name, or ask the organiser for a copy of"
        " their folder.",
    ),
    "relay-key-not-organiser": (
        "Sleutel {key} mag versie {version} niet tekenen: hij was nog niet van {organiser}, die de estafette"
        " organiseert. Er is"
        " niets getekend; teken met de sleutel van de organisatie.",
        "Key {key} may not sign version {version}: it was not yet a key of {organiser}, who organises the relay."
        " Nothing was"
        " signed; sign with the organiser's key.",
    ),
    "relay-id-changed": (
        "De estafette heet {expected} en in relay.yaml staat nu {found}. Er is niets getekend; zet de id terug, of"
        " begin een"
        " nieuwe map voor een andere estafette.",
        "The relay is called {expected} and relay.yaml now says {found}. Nothing was signed; put the id back, or"
        " begin a new"
        " folder for another relay.",
    ),
    "relay-versions-wrong": (
        "Wat in {path} eerder getekend is, klopt niet meer ({code_told}). Er is niets veranderd; zet die map terug"
        " zoals ze"
        " was, uit een kopie of van een stick.",
        "What was signed before in {path} no longer stands ({code_told}). Nothing was changed; put that folder back"
        " as it was,"
        " from a copy or a stick.",
    ),
    "relay-would-not-stand": (
        "Deze versie zou niemand aannemen ({code_told}). Er is niets getekend; verbeter relay.yaml en probeer het"
        " opnieuw.",
        "Nobody would accept this version ({code_told}). Nothing was signed; put relay.yaml right and try again.",
    ),
    "relay-version-taken": (
        'Versie {version} is er intussen al. Er is niets overschreven; kijk ernaar met "linksync relay show".',
        'Version {version} has appeared meanwhile. Nothing was overwritten; look at it with "linksync relay show".',
    ),
    "relay-versions-many": (
        "Een estafette heeft hooguit {most} versies. Er is niets getekend; begin een nieuwe.",
        "A relay has at most {most} versions. Nothing was signed; begin a new one.",
    ),
    "relay-folder-wrong": (
        "De versies van de estafette die je meegeeft, kloppen niet ({code_told}). Er is niets veranderd; vraag de"
        " organisatie"
        " om een nieuwe kopie van haar map.",
        "The relay versions that you give do not stand ({code_told}). Nothing was changed; ask the organiser for a"
        " fresh copy"
        " of the relay's folder.",
    ),
    "label-taken": (
        "{path} is er al en is geen label. Er is niets overschreven; kies een andere naam met --svg.",
        "{path} is there already and is no label. Nothing was overwritten; choose another name with --svg.",
    ),
    "label-address": (
        '"{address}" kan niet op het label: een telefoon kan het voor iets anders aanzien. Er is niets veranderd;'
        " geef een"
        " gewoon adres dat met https:// begint.",
        '"{address}" cannot stand on the label: a telephone could take it for something else. Nothing was changed;'
        " give a"
        " plain address that starts with https://.",
    ),
    "demo-place-taken": (
        "In {path} staat al iets, en dat is gelaten zoals het is. Kies voor de demo een lege map, of een die nog niet"
        " bestaat.",
        "There is something in {path} already, and it was left as it is. Choose an empty folder for the demo, or one"
        " that is not"
        " there yet.",
    ),
    "config-unreadable": (
        "De instellingen in {path} kunnen niet gelezen worden ({why}). Er is niets veranderd; kijk of je dat bestand"
        " mag lezen.",
        "The settings in {path} cannot be read ({why}). Nothing was changed; see that you may read that file.",
    ),
    "interrupted": (
        "Gestopt. Er is niets verloren; doe hetzelfde nog eens, dan wordt het afgemaakt.",
        "Stopped. Nothing is lost; run the same again, which finishes the work.",
    ),
    "system": (
        "Het systeem weigerde bij {path}: {why}. Er is niets half gedaan; kijk dat na en probeer het opnieuw.",
        "The system refused at {path}: {why}. Nothing was left half-done; look at that and try again.",
    ),
    "unexpected": (
        "Er ging iets mis dat linksync niet verwachtte ({what}). Er is niets half gedaan; probeer het opnieuw, en"
        " meld het als"
        " het blijft. Met LINKSYNC_TRACEBACK=1 is te zien waar.",
        "Something went wrong that linksync did not expect ({what}). Nothing was left half-done; try again, and"
        " report it if it"
        " stays. LINKSYNC_TRACEBACK=1 shows where.",
    ),
}

REASONS: dict[str, _Pair] = {
    "No space left on device": ("geen ruimte meer", "no space left"),
    "Disk quota exceeded": ("geen ruimte meer", "no space left"),
    "Read-only file system": ("alleen-lezen", "read-only"),
    "Permission denied": ("geen toestemming", "permission denied"),
    "Operation not permitted": ("niet toegestaan", "not permitted"),
    "No such file or directory": ("het is er niet", "it is not there"),
    "Input/output error": ("het apparaat faalt", "the device fails"),
    "Is a directory": ("het is een map", "it is a folder"),
    "Not a directory": ("het is geen map", "it is not a folder"),
    "File exists": ("er staat al iets", "something is already there"),
    "Too many levels of symbolic links": ("het is een verwijzing (link)", "it is a link"),
    "File name too long": ("de naam is te lang", "the name is too long"),
    "Device or resource busy": ("het is bezet", "it is busy"),
    "Invalid argument": ("het is geen gewoon bestand", "it is no plain file"),
    "File too large": ("het bestand is te groot", "the file is too large"),
}
"""What the system says, in words that complete a sentence."""
