"""The stories of stops 1 to 4: zelfroosteren, papierloos, het nieuwe werken, één loket, lean in de zorg.

Every person and organisation here is invented.
"""

from linksync.demo.stories import Card, Sheet, Story

_SELF_ROSTERING = Sheet(
    "Zelfroosteren in 6 stappen.docx",
    "Zelfroosteren in 6 stappen",
    """Op onze afdeling maakte de teamleider het rooster. Dat kostte haar {10-14} uur per maand en er was
    altijd iemand ontevreden. Nu maken we het rooster zelf, met zijn allen.

    Stap 1: de teamleider zegt hoeveel mensen er per dienst nodig zijn, en met welke diploma's. Stap 2:
    iedereen vult in wanneer hij of zij het liefst werkt. Stap 3: we leggen alle wensen naast elkaar.

    Stap 4: wie een dienst heeft waar te veel mensen staan, kijkt eerst zelf of ruilen kan. Stap 5: wat
    overblijft bespreken we in twintig minuten. Stap 6: de teamleider kijkt alleen nog of het veilig is en
    stelt het vast.

    Na een half jaar was {72-88} procent van de wensen vervuld. Het ziekteverzuim daalde, en er wordt
    minder geruild op het laatste moment. Geef het wel drie maanden: de eerste maand klaagt iedereen.""",
)
_PAPERLESS = Sheet(
    "100% papierloos vergaderen.odt",
    "100% papierloos vergaderen in de gemeenteraad",
    """De raad kreeg elke maand {310-390} bladzijden per persoon thuisgestuurd. Nu staan alle stukken op één
    plek en leest ieder raadslid ze op een tablet.

    Wat hielp: een avond oefenen met koffie erbij, één vaste naam per stuk (datum, agendapunt, onderwerp),
    en een vrijwilliger uit de raad zelf die bij elke fractie langs kwam.

    Wat niet hielp: in het begin mochten mensen kiezen tussen papier en scherm. Toen hadden we dubbel
    werk. Pas met een einddatum ging iedereen mee. De coördinatie ligt bij de griffie.""",
)
_OWN_DESK = Sheet(
    "Het nieuwe werken (zonder eigen bureau).docx",
    "Het nieuwe werken: zonder eigen bureau",
    """Voor {40-55} medewerkers hebben we nu dertig werkplekken: stille plekken, plekken om te overleggen en
    een lange tafel. Niemand heeft nog een eigen bureau, ook de directie niet.

    Het nieuwe werken begint niet bij het meubilair maar bij afspraken. Wij spraken af: je agenda staat
    open, je bent bereikbaar op de uren die je zelf aangeeft, en we rekenen op wat af is en niet op wie er
    zit.

    Eén dag per week thuiswerken scheelt onze mensen gemiddeld {60-85} minuten reizen. Let op wie alleen
    woont: voor hen is de koffietafel belangrijker dan het bureau.""",
)
_ONE_COUNTER = Sheet(
    "Digitaal loket in één dag.pdf",
    "Digitaal loket in één dag",
    """Een vergunning voor een straatfeest duurde bij ons {15-21} werkdagen. We zetten iedereen die eraan
    werkt een dag lang in één kamer en volgden één aanvraag van begin tot eind.

    De aanvraag lag {90-96} procent van de tijd te wachten. Vier keer werd hetzelfde adres overgetypt. Aan
    het eind van de dag stond er een digitaal loket op papier: één formulier, één behandelaar, één brief.

    Nu krijgt een bewoner binnen drie dagen antwoord. De financiële controle gebeurt achteraf, met een
    steekproef. Begin klein: neem één vergunning, en de volgende gaat vanzelf sneller.""",
)
_STAND_UP = Sheet(
    "Stand-up op de bouwplaats.docx",
    "Een stand-up op de bouwplaats",
    """Elke ochtend om zeven uur staan we tien minuten bij het bord: wat is af, wat gaan we doen, wat zit in
    de weg? Timmerlui, schilders en de installateur staan er samen bij.

    Vroeger wachtten we gemiddeld {35-50} minuten per dag op elkaar of op materiaal. Dat is nu een
    kwartier.

    Wie te laat is zegt niets, maar hoort het bord wel. De uitvoerder praat het minst: dat was wennen.""",
)
_LEAN = Sheet(
    "Lean in de zorg - verspilling zien.docx",
    "Lean in de zorg: verspilling leren zien",
    """Lean werken in de zorg gaat niet over harder lopen, maar over minder zoeken. Op de polikliniek liepen
    we een ochtend mee met een patiënt en schreven elke stap op.

    Een verpleegkundige zocht {25-40} minuten per dienst naar spullen. We gaven elke kast dezelfde
    indeling, met een foto op de deur. Dat kostte één middag en een printer.

    De wachttijd ging van {42-55} naar {18-26} minuten, omdat we de controle van de bloeddruk vóór het
    gesprek deden. Ideeën komen van de mensen die het werk doen: het verbeterbord hangt in de koffiekamer.""",
)

NORTH: tuple[tuple[Story, ...], ...] = (
    (
        Story(
            folder="Zorggroep De Wilgen",
            sheets=(
                _SELF_ROSTERING,
                Sheet(
                    "Rooster voor & na.xlsx",
                    "Rooster voor & na",
                    """Maand;Ruilingen vóór;Ruilingen na;Wensen vervuld (%)

                    augustus;{30-38};{19-24};61

                    september;{27-33};{12-16};74

                    oktober;{25-29};{5-9};83""",
                ),
            ),
            card=Card(
                title="Zelfroosteren op de afdeling",
                who="Anneke, teamleider, en het hele team",
                learnt="Aftrap in Groningen",
                what="Zelf roosteren in zes stappen; {72-88} procent van de wensen wordt vervuld.",
                keywords="zelfroosteren, zorg, planning, werkplezier",
                everyone=True,
                contact="rooster@dewilgen.example",
            ),
        ),
        Story(
            folder="Gemeente Noorderveld",
            sheets=(_PAPERLESS,),
            card=Card(
                title="Papierloos vergaderen",
                who="Griffie van de gemeente Noorderveld",
                learnt="Groningen, 31 oktober",
                what="Hoe een raad in een half jaar zonder papier ging werken.",
                keywords="papierloos, vergaderen, gemeenteraad, tablet",
                everyone=True,
            ),
        ),
        Story(
            folder="Bakkerij Zonnebloem",
            sheets=(
                Sheet(
                    "Idee van de nachtploeg.txt",
                    "Idee van de nachtploeg",
                    """De nachtploeg weet om vijf uur al welk brood tekortkomt. De winkel hoort het pas om
                    negen uur.

                    Idee: een bord bij de deur, met krijt. Kost niets. We proberen het {3-6} weken.""",
                ),
            ),
        ),
    ),
    (
        Story(
            folder="Bibliotheek 't Leespunt",
            sheets=(
                _OWN_DESK,
                Sheet("Foto's/leeszaal (na de verbouwing).png", "De leeszaal na de verbouwing"),
            ),
            card=Card(
                title="Het nieuwe werken in een bibliotheek",
                who="Jelle en Sytske, bibliotheek 't Leespunt",
                learnt="Leeuwarden",
                what="Minder bureaus, betere afspraken, en wat we de volgende keer anders doen.",
                keywords="het nieuwe werken, werkplek, thuiswerken",
                everyone=True,
                contact="directie@leespunt.example",
            ),
        ),
        Story(
            folder="Waterbedrijf De Heldere Bron",
            sheets=(
                Sheet(
                    "Storing melden per telefoon.pdf",
                    "Een storing melden per telefoon",
                    """Onze monteurs schreven storingen op papier, en op kantoor typte iemand die over. Nu
                    maakt de monteur een foto en staat de melding met de plaats erbij meteen op de kaart.

                    Van {200-260} meldingen per maand gaat er geen één meer verloren. Het kostte drie
                    weken om de formulieren kort genoeg te krijgen: zes vragen is het maximum.""",
                ),
            ),
            card=Card(
                title="Storingen melden met de telefoon",
                who="Ploeg Noord",
                learnt="Leeuwarden",
                what="Een proef, nog niet af: graag eerst alleen voor de organisatie.",
                keywords="storing, monteur, mobiel werken",
                everyone=False,
            ),
        ),
    ),
    (
        Story(
            folder="Gemeente Drentsewold",
            sheets=(_ONE_COUNTER,),
            card=Card(
                title="Digitaal loket in één dag",
                who="Team Vergunningen",
                learnt="Assen",
                what="Van {15-21} werkdagen naar drie, door één aanvraag te volgen.",
                keywords="digitaal loket, vergunning, dienstverlening, procesverbetering",
                everyone=True,
                licence="CC0-1.0",
            ),
        ),
        Story(folder="Bouwbedrijf Heide & Zonen", sheets=(_STAND_UP,)),
    ),
    (
        Story(
            folder="Ziekenhuis De Plas",
            sheets=(
                _LEAN,
                Sheet("Het verbeterbord (week 44).png", "Het verbeterbord in week 44"),
                Sheet(
                    "Wachttijd per spreekuur.xlsx",
                    "Wachttijd per spreekuur",
                    """Spreekuur;Minuten vóór;Minuten na

                    Longen;{42-55};{18-26}

                    Knieën en heupen;{38-47};{21-29}

                    Diëtist;{22-30};{9-14}""",
                ),
            ),
            card=Card(
                title="Lean in de zorg",
                who="Polikliniek, Loïs en collega's",
                learnt="Op de eigen afdeling, met hulp van een fabriek",
                what="Verspilling leren zien door een ochtend met een patiënt mee te lopen.",
                keywords="lean, zorg, wachttijd, verbeterbord",
                everyone=True,
            ),
        ),
    ),
)
"""What is brought to stops 1 to 4, in order."""
