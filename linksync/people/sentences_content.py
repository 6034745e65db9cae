"""Sentences for ``E3xx``, ``E4xx`` and their notes: what people put on the stick, and what became of it."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

_FROM_A_COPY: _Pair = (
    "Vraag wie het gaf of het archief om het goede bestand; de volgende overdracht neemt op wat er nu staat.",
    "Ask whoever gave it, or the archive, for the right file; the next hand-off records what is here now.",
)
_RENAME: _Pair = (
    "Geef een van beide een andere naam als ze op Windows of een Mac naast elkaar moeten staan.",
    "Give one of them another name if both should stand side by side on Windows or a Mac.",
)

FINDINGS: dict[str, tuple[_Pair, _Pair]] = {
    "E301": (
        (
            "{path} is veranderd sinds het verzegeld werd.",
            "{path} was changed since it was sealed.",
        ),
        (
            "Is het bewerkt, dan wordt het bij de volgende overdracht een nieuwe versie; vraag anders om een goede"
            " kopie."
            " De verzegelde versie ligt in het archief, als die overdracht daar al was.",
            "If somebody edited it, the next hand-off makes it a new version; else ask for a good copy. The sealed"
            " version"
            " is in the archive, if that hand-off had reached it.",
        ),
    ),
    "E302": (
        ("{path} is verzegeld en staat er niet meer.", "{path} was sealed and is no longer here."),
        _FROM_A_COPY,
    ),
    "E303": (
        ("{path} is nog niet verzegeld.", "{path} is not sealed yet."),
        ("De volgende overdracht neemt het op.", "The next hand-off takes it in."),
    ),
    "E304": (
        (
            "{path} heeft nu de inhoud van een ander verzegeld bestand: ze zijn verwisseld.",
            "{path} now holds what another sealed file held: they were exchanged.",
        ),
        (
            "Zet ze terug zoals ze waren, of laat de volgende overdracht dit opnemen.",
            "Put them back as they were, or let the next hand-off record this.",
        ),
    ),
    "E305": (
        (
            "{path} heette {old} toen het verzegeld werd.",
            "{path} was called {old} when it was sealed.",
        ),
        ("De volgende overdracht neemt de nieuwe naam op.", "The next hand-off records the new name."),
    ),
    "E306": (
        (
            "{path} hoort bij geen enkele overdracht: de lijst is door iets anders geschreven.",
            "{path} belongs to no hand-off: something else wrote that list.",
        ),
        (
            "Vertrouw deze lijst niet; de volgende overdracht schrijft haar opnieuw uit de zegels.",
            "Do not trust this list; the next hand-off writes it anew from the seals.",
        ),
    ),
    "E307": (
        ("{path} kan niet gelezen worden.", "{path} cannot be read."),
        (
            "Haal de stick eruit, doe hem er weer in en probeer het nog eens; blijft het, maak dan van de rest een"
            " kopie.",
            "Take the stick out, put it back and try again; if it stays so, make a copy of all else.",
        ),
    ),
    "E308": (
        (
            "{path} is van grootte veranderd: {expected:number} byte verwacht, {found:number} byte gevonden.",
            "The size of {path} has changed: {expected:number} bytes expected, {found:number} bytes found.",
        ),
        (
            "Kijk de stick helemaal na, zonder --quick; de volgende overdracht neemt op wat er nu staat.",
            "Verify the whole stick, without --quick; the next hand-off records what is here now.",
        ),
    ),
    "E309": (
        (
            "Waar {path} stond, staat nu iets dat geen gewoon bestand is.",
            "Where {path} stood, there is now something that is no plain file.",
        ),
        _FROM_A_COPY,
    ),
    "E401": (
        (
            "{path} wacht op een oordeel: {why}.",
            "{path} waits to be judged: {why}.",
        ),
        (
            "Een archivaris beslist; het bestand is veilig ingenomen.",
            "An archivist decides; the file was taken in safely.",
        ),
    ),
    "E402": (
        (
            "{path} is geweigerd: {why}.",
            "{path} was refused: {why}.",
        ),
        (
            "Het is niet opgenomen; geef de kennis als document, zoals pdf, of vraag een archivaris.",
            "It was not taken in; give the knowledge as a document, such as PDF, or ask an archivist.",
        ),
    ),
    "E403": (
        (
            "{path} is geen bestand maar {kind}, en gaat daarom niet mee.",
            "{path} is not a file but {kind}, and so it does not go along.",
        ),
        (
            "Zet het bestand zelf op de stick, in plaats van de verwijzing.",
            "Put the file itself on the stick, instead of what points to it.",
        ),
    ),
    "E404": (
        (
            "{path} heeft een naam die geen lijst kan dragen: {kind}.",
            "{path} has a name that no list can carry: {kind}.",
        ),
        (
            "Geef het een gewone, kortere naam in de map data; het bestand blijft staan.",
            "Give it a plain, shorter name in the folder data; the file stays.",
        ),
    ),
    "W102": (
        (
            "{path} is van het besturingssysteem en is van niemand.",
            "{path} is an operating system's own and nobody's contribution.",
        ),
        ("Niets: de volgende overdracht noemt het.", "Nothing: the next hand-off names it."),
    ),
    "W103": (
        (
            "{path} is een map van het besturingssysteem en is niet geopend.",
            "{path} is an operating system's folder and was not opened.",
        ),
        (
            "Staat er iets van mensen in, zet dat dan in de map data.",
            "If something of people's is in it, put that in the folder data.",
        ),
    ),
    "W104": (
        (
            "{path} loopt achter op de laatste overdracht: de stick werd te vroeg losgehaald.",
            "{path} is behind the last hand-off: the stick was taken out too early.",
        ),
        ("De volgende overdracht schrijft het opnieuw.", "The next hand-off writes it anew."),
    ),
    "W105": (
        (
            "Er is alleen naar namen en groottes gekeken; de inhoud is niet gelezen.",
            "Only names and sizes were looked at; contents were not read.",
        ),
        ("Kijk zonder --quick om alles na te gaan.", "Verify without --quick to check everything."),
    ),
    "W107": (
        (
            "Door {path} lezen BagIt-programma's de stick niet helemaal: {why}.",
            "Because of {path} BagIt's tools do not read all of the stick: {why}.",
        ),
        (
            "Niets: het bestand is verzegeld zoals het is, en sha256sum leest het wel.",
            "Nothing: the file is sealed as it is, and sha256sum reads it.",
        ),
    ),
    "W108": (
        (
            "{path} en {twin} verschillen alleen in hoofdletters; sommige systemen zien maar een van de twee.",
            "{path} and {twin} differ in upper and lower case alone; some systems see only one of them.",
        ),
        _RENAME,
    ),
    "W109": (
        (
            "{path} en {twin} lijken dezelfde naam, maar hun letters zijn anders opgeschreven.",
            "{path} and {twin} look like the same name, and their letters are spelled differently.",
        ),
        _RENAME,
    ),
    "W110": (
        (
            "{path} wacht sinds de vorige overdracht om ingenomen te worden.",
            "{path} has waited since the last hand-off to be taken in.",
        ),
        (
            "De volgende overdracht probeert het opnieuw; laat tot dan niemand het bewerken.",
            "The next hand-off tries again; let nobody edit it until then.",
        ),
    ),
    "W111": (
        (
            "{path} kon bij de laatste overdracht niet mee ({kind}) en is toen genoemd.",
            "{path} could not go along at the last hand-off ({kind}) and was named then.",
        ),
        (
            "Zet het bestand zelf in de map data, onder een gewone naam, als het mee moet.",
            "Put the file itself in the folder data, under a plain name, if it should go along.",
        ),
    ),
}

REASONS: dict[str, _Pair] = {
    "link": ("een verwijzing (link)", "a link"),
    "fifo": ("een doorgeefluik (fifo)", "a pipe (fifo)"),
    "socket": ("een socket", "a socket"),
    "device": ("een apparaat", "a device"),
    "mount": ("een andere schijf die daar gekoppeld is", "another disk that is mounted there"),
    "pass": ("doorlaten", "pass"),
    "hold": ("laten wachten", "hold"),
    "refuse": ("weigeren", "refuse"),
    "folder": ("de naam van de map", "the folder's name"),
    "record": ("de tekst", "the text"),
    "previous": ("de overdracht ervoor", "the hand-off before"),
    "object": ("het object", "the object"),
    "index": ("de index", "the index"),
    "bag-own-name": ("zo noemt BagIt zijn eigen bestanden", "BagIt calls its own files so"),
    "bag-not-utf8": ("de naam is geen UTF-8", "the name is not UTF-8"),
    "bag-percent": ("er staat %0A of %0D in de naam", "the name has %0A or %0D in it"),
    "bag-line-break": ("er staat een regeleinde in de naam", "the name has a line break in it"),
    "bag-space-at-end": ("er staat een spatie aan het begin of eind", "a space stands at its start or end"),
    "no-room": ("er was geen plaats op deze computer", "there was no room on this computer"),
    "changed-meanwhile": ("er werd nog aan gewerkt", "somebody was still working on it"),
    "unreadable": ("het was niet te lezen", "it could not be read"),
}
"""What became of people's files, and why: words that complete a sentence."""
