"""The stories of stops 9 to 12: de vergadervrije dinsdag, lege ritten, meeplannende ouders, de oogst.

Every person and organisation here is invented.
"""

from linksync.demo.stories import Card, Sheet, Story

SOUTH: tuple[tuple[Story, ...], ...] = (
    (
        Story(
            folder="Verzekeraar Goed Geregeld",
            sheets=(
                Sheet(
                    "Vergadervrije dinsdag.pdf",
                    "De vergadervrije dinsdag",
                    """Op dinsdag vergadert niemand. Een afdeling van {60-75} mensen won zo ongeveer een
                    halve dag per persoon. De overleggen die verhuisden, werden korter: van een uur naar
                    veertig minuten.

                    De leiding moest het voordoen. De eerste keer dat een directeur zelf een afspraak op
                    dinsdag weigerde, geloofde iedereen het.""",
                ),
            ),
            card=Card(
                title="Vergadervrije dinsdag",
                who="Afdeling Schade",
                learnt="Amersfoort",
                what="Intern stuk; eerst overleg met de ondernemingsraad.",
                keywords="vergaderen, tijd, afspraken",
                everyone=False,
            ),
        ),
        Story(
            folder="Muziekschool Dó-Ré-Mi",
            sheets=(
                Sheet(
                    "Lessen verplaatsen met 1 sms'je.txt",
                    "Lessen verplaatsen met één sms'je",
                    """Een zieke leerling belde, wij belden terug, de docent belde. Nu gaat er één sms'je
                    naar iedereen die deze week nog een les tegoed heeft. Binnen {6-15} minuten is het gat
                    gevuld.""",
                ),
            ),
        ),
    ),
    (
        Story(
            folder="Transportbedrijf De Schakel",
            sheets=(
                Sheet(
                    "Lege ritten delen (met de concurrent!).docx",
                    "Lege ritten delen met de concurrent",
                    """{31-39} procent van onze vrachtwagens reed leeg terug. Bij de concurrent was het net
                    zo. Nu zetten we allebei onze lege ritten op één lijst, en wie past rijdt.

                    Geen nieuw systeem: een gedeelde lijst en elke middag om drie uur een telefoontje. De
                    prijs is vooraf afgesproken, zodat er niets te onderhandelen valt. In een maand
                    scheelde het {4100-5200} kilometer.""",
                ),
                Sheet(
                    "Ritten in oktober.xlsx",
                    "Ritten in oktober",
                    """Week;Leeg (km);Gedeeld (km)

                    40;{2900-3200};0

                    41;{2500-2800};{400-600}

                    42;{2000-2300};{900-1200}

                    43;{1700-1900};{1300-1500}""",
                ),
            ),
            card=Card(
                title="Lege ritten delen",
                who="Planning van De Schakel",
                learnt="Eindhoven",
                what="Samen plannen met een concurrent, met één lijst en één telefoontje.",
                keywords="transport, planning, samenwerken, duurzaam",
                everyone=True,
            ),
        ),
    ),
    (
        Story(
            folder="Kinderopvang De Vuurtoren",
            sheets=(
                Sheet(
                    "Ouders plannen mee.odt",
                    "Ouders plannen mee",
                    """Ouders geven op zondagavond door welke dagen hun kind komt. Een kwart van de dagen
                    wisselt. Wij maken daar maandag om acht uur het rooster van; dat kostte eerst een hele
                    ochtend.

                    We hebben {5-9} procent minder dagen met te veel of te weinig mensen op de groep.
                    Ouders die niets doorgeven, houden hun vaste dagen: zo is niemand de dupe.""",
                ),
                Sheet("Het planbord.png", "Het planbord in de hal"),
            ),
            card=Card(
                title="Ouders plannen mee",
                who="Groep Zeester",
                learnt="Rotterdam",
                what="Flexibele opvang met een vast rooster als terugval.",
                keywords="kinderopvang, planning, zelfroosteren",
                everyone=True,
            ),
        ),
    ),
    (
        Story(
            folder="De oogst van de Link",
            sheets=(
                Sheet(
                    "Wat de Link leerde.docx",
                    "Wat de Link leerde: een oogst in zeven zinnen",
                    """Loop een dag mee bij een ander. Vraag het aan wie het werk doet. Begin klein en stel
                    een einddatum. Geef vertrouwen, en spreek af wat af is.

                    Film je eigen werk. Hang het bord waar de koffie staat. Deel het, ook als het nog niet
                    af is.

                    Aan de afsluiting deden {55-80} mensen mee. De meesten willen volgend jaar weer.""",
                ),
                Sheet("Groepsfoto - café de aankomst.png", "Alle deelnemers bij de aankomst"),
                Sheet(
                    "Reacties van deelnemers.pdf",
                    "Reacties van deelnemers",
                    """"Ik dacht dat een ziekenhuis en een fabriek niets van elkaar konden leren. Dat heb ik
                    teruggenomen."

                    "Een stick doorgeven is ouderwets, en juist daarom stond er elke keer iemand bij te
                    vertellen."

                    "Geïnspireerd naar huis, met {3-6} dingen om morgen te proberen." """,
                ),
            ),
            card=Card(
                title="De oogst",
                who="Iedereen die er was",
                learnt="Utrecht, 30 november",
                what="Wat een maand doorgeven opleverde, in zeven zinnen.",
                keywords="oogst, slimmer werken, delen",
                everyone=True,
            ),
        ),
    ),
)
"""What is brought to stops 9 to 12, in order."""
