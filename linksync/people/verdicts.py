"""The one sentence that a report comes down to, by its exit status, and what to do (format 1, "Verdicts")."""

from dataclasses import dataclass

from linksync.people.texts import Language


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as people read it: the sentence, and what to do; ``fine`` where nobody has to worry."""

    fine: bool
    nl: tuple[str, str]
    en: tuple[str, str]

    def sentence(self, language: Language) -> str:
        """What was found, in a sentence."""
        return (self.nl if language == "nl" else self.en)[0]

    def remedy(self, language: Language) -> str:
        """What to do now; may be empty."""
        return (self.nl if language == "nl" else self.en)[1]


VERDICTS: dict[int, Verdict] = {
    0: Verdict(
        True,
        ("Alles klopt: elk verzegeld bestand is er, onveranderd, en elke handtekening klopt.", ""),
        ("All is well: every sealed file is here, unaltered, and every signature holds.", ""),
    ),
    10: Verdict(
        False,
        (
            "Er ontbreken bestanden die verzegeld waren.",
            "Wat het archief bereikte, is daar nog; de volgende overdracht legt vast dat ze weg zijn.",
        ),
        (
            "Files that were sealed are missing.",
            "What reached the archive is still there; the next hand-off records that they are gone.",
        ),
    ),
    11: Verdict(
        False,
        (
            "Er zijn bestanden veranderd nadat ze verzegeld werden.",
            "Was dat de bedoeling? Dan neemt de volgende overdracht ze op als nieuwe versie. Zo niet: het archief "
            "heeft de oude.",
        ),
        (
            "Files were altered after they were sealed.",
            "If that was meant, the next hand-off takes them in as a new version. If not, the archive has the old one.",
        ),
    ),
    20: Verdict(
        True,
        (
            "Wat verzegeld is klopt; er staan bestanden bij die nog niet verzegeld zijn.",
            "Dat is gewoon zo voor een overdracht: de volgende neemt ze op.",
        ),
        (
            "What is sealed is well; there are files that are not sealed yet.",
            "That is normal before a hand-off: the next one takes them in.",
        ),
    ),
    30: Verdict(
        False,
        (
            "Het verslag van de reis is veranderd, of er klopt een handtekening niet.",
            "Vertrouw niet op deze stick. Laat de meldingen hieronder zien aan de organisatie.",
        ),
        (
            "The record of the journey was altered, or a signature does not hold.",
            "Do not rely on this stick. Show the findings below to the organisers.",
        ),
    ),
    31: Verdict(
        False,
        (
            "De keten van overdrachten is gebroken.",
            "Vertrouw niet op deze stick. Laat de meldingen hieronder zien aan de organisatie.",
        ),
        (
            "The chain of hand-offs is broken.",
            "Do not rely on this stick. Show the findings below to the organisers.",
        ),
    ),
    32: Verdict(
        False,
        (
            "Deze stick loopt achter op wat hier eerder gezien is: er zijn overdrachten weggehaald, of dit is een "
            "oudere kopie.",
            "Zoek de andere stick, of vraag de organisatie. Geven en overdragen kan gewoon doorgaan.",
        ),
        (
            "This stick is behind what was seen here before: hand-offs were removed, or this is an older copy.",
            "Look for the other stick, or ask the organisers. Giving and handing over can go on.",
        ),
    ),
    33: Verdict(
        False,
        (
            "Er zijn twee verschillende vervolgen: van deze Link is een kopie gemaakt die verder is gegaan.",
            "Laat dit zien aan de organisatie. Beide kanten blijven bewaard, er gaat niets verloren.",
        ),
        (
            "There are two different successors: a copy of this Link was made and has gone on.",
            "Show this to the organisers. Both sides are kept; nothing is lost.",
        ),
    ),
    34: Verdict(
        True,
        (
            "De stick klopt met zichzelf, maar de organisatie is hier nog niet bekend.",
            "Vergelijk de vingerafdruk hieronder met het label op de sculptuur, en geef die op met --organiser.",
        ),
        (
            "The stick is consistent, but its organiser is not known here yet.",
            "Compare the fingerprint below with the label on the sculpture, and give that one with --organiser.",
        ),
    ),
    40: Verdict(
        True,
        (
            "Alles klopt; een deel van de inhoud wordt vastgehouden of is geweigerd.",
            "De archivaris beslist erover.",
        ),
        ("All is well; some of the content is held or was refused.", "An archivist decides about it."),
    ),
    50: Verdict(
        False,
        ("Dit is geen Link.", "Is het de goede stick, en de bovenste map ervan?"),
        ("This is not a Link.", "Is it the right stick, and its top folder?"),
    ),
    60: Verdict(
        False,
        (
            "Een deel van de stick is niet te lezen.",
            "Haal de stick eruit, wacht even, en probeer het opnieuw; maak een kopie zolang het nog kan.",
        ),
        (
            "Part of the stick cannot be read.",
            "Take the stick out, wait a moment and try again; make a copy while you can.",
        ),
    ),
}
"""By exit status."""
