"""Sentences about archives, the stores they stand in, and the library."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "not-an-archive": (
        '{path} is geen archief. Er is niets veranderd; kijk de naam na, of maak er een met "linksync archive new".',
        '{path} is not an archive. Nothing was changed; check the name, or make one with "linksync archive new".',
    ),
    "archive-exists": (
        "{path} is al een archief en is gelaten zoals het is. Kies een andere map, of gebruik dit.",
        "{path} is an archive already and was left as it is. Choose another folder, or use this one.",
    ),
    "archive-url": (
        '"{url}" is geen adres van een archief dat linksync kent. Er is niets veranderd; geef een map, of file:// en'
        " een map.",
        '"{url}" is not an archive\'s address that linksync knows. Nothing was changed; give a folder, or file:// and'
        " a folder.",
    ),
    "archive-not-listed": (
        "Archief {id} staat niet in de estafette (versie {version}). Er is niets gemaakt; voeg het toe met"
        ' "linksync relay add-archive" en teken opnieuw.',
        'Archive {id} is not in the relay (version {version}). Nothing was made; add it with "linksync relay'
        ' add-archive" and'
        " sign again.",
    ),
    "archive-key-not-listed": (
        "Sleutel {key} is in de estafette niet van archief {id}. Er is niets gemaakt; geef de sleutel die daar staat.",
        "Key {key} is not archive {id}'s in the relay. Nothing was made; give the key that is listed there.",
    ),
    "archive-place-taken": (
        "In {path} staat al iets, en een archief begint in een lege map. Er is niets veranderd; kies een andere map.",
        "There is something in {path} already, and an archive begins in an empty folder. Nothing was changed; choose"
        " another"
        " folder.",
    ),
    "archive-place-folds": (
        "Op de schijf van {path} zijn hoofdletters en kleine letters hetzelfde, en dan kan een archief bestanden"
        " verwarren."
        " Er is niets gemaakt; kies een andere schijf.",
        "The disk of {path} takes capitals and small letters for the same, so an archive could confuse files. Nothing"
        " was made;"
        " choose another disk.",
    ),
    "archive-organiser-other": (
        "Dit archief is van een andere organisatie: {expected} verwacht, {found} gevonden. Er is niets veranderd;"
        " geef het"
        " archief van deze estafette.",
        "This archive is another organiser's: {expected} expected, {found} found. Nothing was changed; give the"
        " archive of this"
        " relay.",
    ),
    "archive-relay-other": (
        "Het archief kent een andere versie {version} van de estafette. Er is niets veranderd; bel de organisatie.",
        "The archive knows another version {version} of the relay. Nothing was changed; call the organiser.",
    ),
    "archive-entry": (
        '{name} in het archief is niet te lezen. De rest is ongeschonden; doe "linksync archive verify" en zet dit'
        " terug uit"
        " een kopie.",
        '{name} in the archive cannot be read. All else is untouched; run "linksync archive verify" and put this back'
        " from a"
        " copy.",
    ),
    "store-too-large": (
        "{name} in het archief is groter dan {most:bytes}, en zo hoort het niet. Er is niets veranderd; doe"
        ' "linksync archive verify".',
        "{name} in the archive is over {most:bytes}, which it should not be. Nothing was changed; run"
        ' "linksync archive verify".',
    ),
    "store-name": (
        '"{name}" kan geen naam in een archief zijn. Er is niets veranderd; vraag de organisatie waar die vandaan'
        " komt.",
        '"{name}" cannot be a name in an archive. Nothing was changed; ask the organiser where it comes from.',
    ),
    "store-read": (
        "{name} in het archief kan niet gelezen worden ({why}). Er is niets veranderd; kijk de schijf na en probeer"
        " het opnieuw.",
        "{name} in the archive cannot be read ({why}). Nothing was changed; check the disk and try again.",
    ),
    "store-write": (
        "{name} kon niet in het archief geschreven worden ({why}). Er is niets verloren; kijk de schijf na en probeer"
        " het"
        " opnieuw, dan wordt het afgemaakt.",
        "{name} could not be written to the archive ({why}). Nothing is lost; check the disk and try again, which"
        " finishes the"
        " work.",
    ),
    "not-a-library": (
        "{path} is geen bibliotheek: er staan andere dingen in. Er is niets veranderd; geef een lege map, of een die"
        " nog niet"
        " bestaat.",
        "{path} is not a library: other things stand in it. Nothing was changed; give an empty folder, or one that is"
        " not there"
        " yet.",
    ),
    "library-busy": (
        "Een andere linksync is nog met {path} bezig. Er is niets veranderd; wacht tot die klaar is en probeer het"
        " opnieuw.",
        "Another linksync is still at work in {path}. Nothing was changed; wait until it is done and try again.",
    ),
    "library-place-taken": (
        "Op de plek {path} in de bibliotheek staat iets van jezelf. Er is niets overschreven; zet het ergens anders"
        " neer en"
        " haal opnieuw op.",
        "Something of your own stands at {path} in the library. Nothing was overwritten; put it elsewhere and pull"
        " again.",
    ),
    "library-list": (
        "{path} van de bibliotheek is beschadigd. Er is niets verloren, want alles staat in het archief; haal het op"
        " in een"
        " nieuwe map.",
        "{path} of the library is damaged. Nothing is lost, for all of it is in the archive; pull it into a new"
        " folder.",
    ),
    "library-state": (
        "{path} van de bibliotheek is niet te lezen. Er is niets verloren, want alles staat in het archief; haal het"
        " op in een"
        " nieuwe map.",
        "{path} of the library cannot be read. Nothing is lost, for all of it is in the archive; pull it into a new"
        " folder.",
    ),
    "library-write": (
        "{path} kon niet in de bibliotheek geschreven worden ({why}). Er is niets verloren; kijk of er plaats is en"
        " haal"
        " opnieuw op, dan wordt het afgemaakt.",
        "{path} could not be written to the library ({why}). Nothing is lost; see that there is room and pull again,"
        " which"
        " finishes the work.",
    ),
    "library-organiser-other": (
        "Dit archief is van een andere organisatie dan deze bibliotheek: {expected} verwacht, {found} gevonden. Er is"
        " niets"
        " veranderd; bel de organisatie.",
        "This archive is another organiser's than this library's: {expected} expected, {found} found. Nothing was"
        " changed; call"
        " the organiser.",
    ),
    "library-relay-other": (
        "Het archief heeft een andere versie {version} van de estafette dan deze bibliotheek. Er is niets veranderd;"
        " bel de"
        " organisatie.",
        "The archive has another version {version} of the relay than this library. Nothing was changed; call the"
        " organiser.",
    ),
}
