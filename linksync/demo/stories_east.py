"""The stories of stops 5 to 8: samen lesgeven, in tweetallen, sneller omstellen, één bezoek, ruilen.

Every person and organisation here is invented.
"""

from linksync.demo.stories import Card, Sheet, Story

EAST: tuple[tuple[Story, ...], ...] = (
    (
        Story(
            folder="Scholengemeenschap De Esdoorn",
            sheets=(
                Sheet(
                    "Samen lesgeven - geïntegreerd & gewoon.odt",
                    "Samen lesgeven: geïntegreerd en gewoon",
                    """Twee docenten, één grote klas. De een legt uit, de ander loopt rond. Voorbereiden kost
                    samen {3-5} uur minder per week dan ieder voor zich.

                    Leerlingen vragen sneller hulp. Docenten leren van elkaar zonder cursus. Kies wel zelf
                    met wie je samen lesgeeft, en praat na elke les vijf minuten na.""",
                ),
            ),
            card=Card(
                title="Samen lesgeven",
                who="Docenten van De Esdoorn",
                learnt="Een les bij de buurschool",
                what="Twee docenten voor één grote klas, en waarom dat tijd oplevert.",
                keywords="onderwijs, samenwerken, lesvoorbereiding",
                everyone=True,
            ),
        ),
        Story(
            folder="Softwarehuis Bit & Bord",
            sheets=(
                Sheet(
                    "Met z'n tweeën programmeren.pdf",
                    "Met z'n tweeën programmeren",
                    """Een ochtend per week zitten twee mensen achter één toetsenbord. Het voelt traag. Toch
                    zijn er {20-35} procent minder fouten, en niemand is meer de enige die iets weet.

                    Wissel elk half uur. Wie net begint, typt; wie het al kan, praat.""",
                ),
            ),
            card=Card(
                title="Programmeren in tweetallen",
                who="Team Oranje",
                learnt="Bij een klant",
                what="Onze ervaringen; de cijfers zijn nog niet met de klant besproken.",
                keywords="software, samenwerken, kwaliteit",
                everyone=False,
            ),
        ),
    ),
    (
        Story(
            folder="Machinefabriek Wiekslag",
            sheets=(
                Sheet(
                    "Omstellen van 45 naar 12 minuten.docx",
                    "Omstellen: van 45 naar 12 minuten",
                    """Wij filmden het omstellen van de pers en keken met de hele ploeg terug. Van de 45
                    minuten was {26-31} minuten zoeken en lopen.

                    Alle sleutels hangen nu op een bord bij de machine. Wat kan terwijl de pers nog
                    draait, doen we terwijl de pers nog draait. Niemand loopt harder, en toch maken we
                    kleinere series.""",
                ),
                Sheet("Bijlagen/Gereedschapsbord.png", "Het gereedschapsbord bij de pers"),
            ),
            card=Card(
                title="Sneller omstellen zonder rennen",
                who="Ploeg 2 van Machinefabriek Wiekslag",
                learnt="Uitwisseling met een ziekenhuis",
                what="Film je eigen werk en kijk samen terug.",
                keywords="omsteltijd, productie, lean, filmen",
                everyone=True,
                contact="ploeg2@wiekslag.example",
            ),
        ),
        Story(
            folder="Fietscafé De Ketting",
            sheets=(
                Sheet(
                    "Vrijwilligers plannen.txt",
                    "Vrijwilligers plannen zonder heen-en-weer",
                    """Eén lijst op internet, iedereen schrijft zichzelf in. Wie {2-3} keer niet kan, krijgt
                    een telefoontje: geen mopper, maar de vraag hoe het gaat.""",
                ),
            ),
        ),
    ),
    (
        Story(
            folder="Woningstichting Rietland",
            sheets=(
                Sheet(
                    "Eén monteur, één bezoek.docx",
                    "Eén monteur, één bezoek",
                    """Een lekkende kraan betekende bij ons drie bezoeken: kijken, bestellen, maken. Nu heeft
                    elke monteur een bus met de {80-120} onderdelen die het meest nodig zijn, en een pasje
                    om de rest te kopen.

                    {78-86} procent van de reparaties is in één bezoek klaar. De huurder kiest zelf het
                    uur. Het magazijn is nu zo klein dat er een lunchtafel in past.""",
                ),
                Sheet(
                    "Reparaties per bezoek.xlsx",
                    "Reparaties per bezoek",
                    """Bezoeken;Vóór (%);Na (%)

                    één;{30-38};{78-86}

                    twee;41;11

                    drie of meer;24;5""",
                ),
            ),
            card=Card(
                title="Eén monteur, één bezoek",
                who="Monteurs van Rietland",
                learnt="Hengelo, bij de machinefabriek",
                what="Geef de monteur de onderdelen én het vertrouwen.",
                keywords="reparatie, huurder, vertrouwen, voorraad",
                everyone=True,
            ),
        ),
    ),
    (
        Story(
            folder="Hogeschool Rijnoever",
            sheets=(
                Sheet(
                    "Een dag ruilen van werkplek.odt",
                    "Een dag ruilen van werkplek",
                    """Vijf docenten liepen een dag mee in een bedrijf, en vijf mensen uit dat bedrijf gaven
                    die dag les. Voorbereiding: één telefoongesprek en een parkeerkaart.

                    Iedereen kwam terug met minstens {2-4} ideeën die de volgende dag al konden. Het
                    mooiste: het bedrijf vergadert nu staand, en de opleiding heeft een rooster dat
                    studenten zelf maken.""",
                ),
                Sheet(
                    "Zelfroosteren voor studenten (concept).txt",
                    "Zelfroosteren voor studenten",
                    """Studenten kiezen hun blokken zelf, tot {3-5} dagen van tevoren. Het zelfroosteren in
                    de zorg was het voorbeeld: zie het document van De Wilgen op deze stick.""",
                ),
            ),
            card=Card(
                title="Een dag ruilen",
                who="Opleiding Bedrijfskunde, Renée en Çelik",
                learnt="Arnhem",
                what="Ruil een dag van werkplek en neem twee ideeën mee terug.",
                keywords="uitwisseling, onderwijs, zelfroosteren",
                everyone=True,
            ),
        ),
    ),
)
"""What is brought to stops 5 to 8, in order."""
