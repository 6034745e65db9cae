"""Sentences about documents that could not be looked into within the limits, and about the virus scanner."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]
_NOTHING: _Pair = ("", "")

ERRORS: dict[str, _Pair] = {
    "worker-memory": (
        "Een document vraagt meer geheugen dan het mag ({limit:bytes}), en is daarom niet van binnen bekeken. Er is"
        " niets verloren: het bestand zelf is ongewijzigd. Vertrouwt u het niet, vraag de gever dan om een nieuw.",
        "A document asks for more memory than it may have ({limit:bytes}), so it was not looked into. Nothing is lost:"
        " the file itself is as it was. If you do not trust it, ask its giver for another version.",
    ),
    "worker-time": (
        "Een document laat te lang op zich wachten ({wall} seconden, of {processor} seconden rekenen), en is daarom"
        " niet van binnen bekeken. Er is niets verloren: het bestand zelf is ongewijzigd. Vertrouwt u het niet, vraag"
        " de gever dan om een nieuw.",
        "A document takes too long ({wall} seconds, or {processor} seconds of reckoning), so it was not looked into."
        " Nothing is lost: the file itself is as it was. If you do not trust it, ask its giver for another version.",
    ),
    "worker-died": (
        "Een document kon niet van binnen bekeken worden: het proces dat het las, is gestopt ({why}). Er is niets"
        " verloren: het bestand zelf is ongewijzigd. Vertrouwt u het niet, vraag de gever dan om een nieuw;"
        ' gebeurt het bij elk document, kijk dan met "linksync doctor" wat er ontbreekt.',
        "A document could not be looked into: the process that read it stopped ({why}). Nothing is lost: the file"
        " itself is as it was. If you do not trust it, ask its giver for another version; if it happens with every"
        ' document, see with "linksync doctor" what is missing.',
    ),
    "worker-answer": (
        "In een document zit meer tekst dan er uitgehaald mag worden ({limit:bytes}), of het antwoord erover klopt"
        " niet; het is daarom niet van binnen bekeken. Er is niets verloren: het bestand zelf is ongewijzigd.",
        "A document holds more text than may be taken out of it ({limit:bytes}), or what was said of it makes no sense;"
        " so it was not looked into. Nothing is lost: the file itself is as it was.",
    ),
    "worker-refused": (
        "Een document probeerde bij het lezen iets te doen wat geen document nodig heeft, zoals het netwerk op gaan of"
        " een programma starten; het is meteen gestopt. Er is niets verloren en er is niets gebeurd. Open het niet, en"
        " laat de gever weten dat zijn computer besmet kan zijn.",
        "While it was read, a document tried to do what no document needs, such as using the network or starting a"
        " program; it was stopped at once. Nothing is lost and nothing was done. Do not open it, and tell its giver"
        " that their computer may be infected.",
    ),
}

REASONS: dict[str, _Pair] = {
    "scanner-absent": ("er is geen virusscanner op deze computer", "there is no virus scanner on this computer"),
    "scanner-too-big": ("te groot voor de virusscanner", "too large for the virus scanner"),
    "scanner-time": ("de virusscanner antwoordt niet op tijd", "the virus scanner does not answer in time"),
    "scanner-error": ("het lukte de virusscanner niet", "the virus scanner failed"),
}
"""Why the virus scanner has not seen a document; words that stand between brackets."""

CHECKS: dict[str, tuple[_Pair, _Pair]] = {
    "documents-sealed": (
        (
            "Documenten worden hier geopend in een afgesloten proces: geen netwerk, geen andere bestanden, weinig"
            " geheugen.",
            "Documents are opened here in a sealed process: no network, no other files, little memory.",
        ),
        _NOTHING,
    ),
    "documents-half": (
        (
            "Documenten worden hier geopend in een proces dat geen andere bestanden kan lezen of schrijven, maar de"
            " kern van deze computer sluit het netwerk niet helemaal af.",
            "Documents are opened here in a process that can read and write no other files, but this computer's kernel"
            " does not close the network off altogether.",
        ),
        (
            "Gebruik een gewone Linux op x86_64 of aarch64; laat seccomp toe als dit een container is.",
            "Use an ordinary Linux on x86_64 or aarch64; let seccomp be used if this is a container.",
        ),
    ),
    "documents-open": (
        (
            "Documenten worden hier geopend in een proces met grenzen aan tijd en geheugen, maar de kern van deze"
            " computer sluit het niet af.",
            "Documents are opened here in a process with bounds on time and memory, but this computer's kernel does not"
            " seal it.",
        ),
        (
            "Gebruik een gewone Linux op x86_64 of aarch64; laat seccomp en Landlock toe als dit een container is.",
            "Use an ordinary Linux on x86_64 or aarch64; let seccomp and Landlock be used if this is a container.",
        ),
    ),
    "scanner-answers": (
        (
            "Een virusscanner kijkt mee, tot {largest:bytes} per bestand.",
            "A virus scanner looks along, up to {largest:bytes} a file.",
        ),
        _NOTHING,
    ),
    "scanner-none": (
        ("Er kijkt geen virusscanner mee.", "No virus scanner looks along."),
        (
            "Wie dat wil: apt install clamav-daemon. linksync vindt hem vanzelf.",
            "Whoever wants one: apt install clamav-daemon. linksync finds it by itself.",
        ),
    ),
    "scanner-off": (
        ("De virusscanner staat uit in de instellingen.", "The virus scanner is off in the settings."),
        ("Haal clamd: off uit config.yaml om hem te gebruiken.", "Take clamd: off out of config.yaml to use it."),
    ),
    "scanner-silent": (
        ("De virusscanner op {address} antwoordt niet.", "The virus scanner at {address} does not answer."),
        (
            "Kijk of hij draait: systemctl status clamav-daemon.",
            "See whether it runs: systemctl status clamav-daemon.",
        ),
    ),
}
"""What the doctor finds of it, and how to mend that."""
