"""Questions whose answers are known: words in their forms and compounds, planted where nothing else says them.

A line is a word, its inflections, after ``|`` the compounds that hold it, and after ``!`` words that only look alike:
they hold its letters, or begin as it does, and must not be found.
"""

from dataclasses import dataclass

_DUTCH = """
rooster roosters roosteren geroosterd roosterde roostert | zelfroosteren dienstrooster roosterplanning weekroosters
school scholen schooltje | scholengemeenschap basisschool schoolplein zomerscholen ! schol scholier
brief brieven briefje | briefpapier nieuwsbrief uitnodigingsbrieven ! bries
muis muizen muisje | muismat veldmuizen
kantoor kantoren kantoortje | kantoortuin hoofdkantoor kantoorgebouwen ! kanten
monteur monteurs | servicemonteur monteursopleiding
fiets fietsen fietste gefietst | fietspad bedrijfsfiets fietsenstalling ! fier
kapel kapellen kapelletje | slotkapel kapelconcert
oefenen oefening oefeningen geoefend oefende | brandoefening oefenterrein
metselen metselde gemetseld metselt | metselwerk metselcursus
duurzaam duurzame duurzaamheid duurzaamst | duurzaamheidsfonds duurzaamheidsbeleid
leerling leerlingen | leerlingbegeleiding leerlingenraad
gemeente gemeenten gemeentes | gemeentehuis gemeenteraad randgemeenten ! menen meent gemeend
vergadering vergaderingen vergaderen vergaderde vergaderd | vergaderzaal teamvergadering
robot robots robotje | zorgrobot robotarm
tractor tractoren tractors | tractorbestuurder
dossier dossiers | patientendossier dossiervorming
dokter dokters doktertje | huisdokter dokterspost
apotheek apotheken | stadsapotheek apotheekketen
verpleegkundige verpleegkundigen | wijkverpleegkundige
innovatie innovaties | zorginnovatie innovatiefonds
drempel drempels drempeltje | drempelvrees verkeersdrempels
plannen plan plannetje gepland plande | jaarplan planbord beleidsplannen ! plant planten explanation planeet
bakker bakkers bakkerij bakkertje | banketbakker bakkersoven
lantaarn lantaarns lantaarntje | straatlantaarns lantaarnpaal
klas klassen klasje | klaslokaal brugklassen
glazen glas glaasje | glasvezel wijnglazen
begeleiden begeleid begeleiding begeleidde | begeleidingsplan loopbaanbegeleiding ! geleide
antwoord antwoorden antwoordde antwoordt | antwoordformulier ! verantwoording verantwoordelijk
kind kinderen kindje | kinderopvang kindertelefoon pleegkinderen
telefoon telefoons telefoontje | telefoonboek huistelefoon
wijkagent wijkagenten |
molen molens molentje | windmolen molenaarshuis
haven havens haventje | havenmeester jachthavens
vrijwilliger vrijwilligers | vrijwilligerswerk vrijwilligersavond
fabriek fabrieken fabriekje | suikerfabriek fabriekshal
buurman buurmannen | buurmanproject
zeilen gezeild zeilde zeilt | zeilboot zeilwedstrijden
stroom stromen stroompje | stroomstoring getijdenstroom
roman romans romannetje | romanschrijver streekroman ! romantiek
ziekenhuis ziekenhuizen | ziekenhuisapotheker streekziekenhuis
"""

_ENGLISH = """
schedule schedules scheduling scheduled scheduler |
nurse nurses nursing nursed |
apprentice apprentices apprenticeship |
warehouse warehouses warehousing |
recipe recipes |
negotiate negotiates negotiated negotiating negotiation |
harvest harvests harvested harvesting |
battery batteries |
sketch sketches sketched sketching | sketchbook
lecture lectures lectured lecturing | ! lectern
timber timbers | timberframe
rehearse rehearses rehearsed rehearsing |
puzzle puzzles puzzled puzzling |
vaccine vaccines |
bridge bridges bridged bridging | footbridge drawbridge
translate translates translated translating translation |
ladder ladders | stepladder
invoice invoices invoiced invoicing |
"""

COMPANIONS = """
papier mat bord pad bedrijf concert terrein werk cursus fonds raad huis zaal team arm vrees verkeer jaar soep vezel wijn
loopbaan formulier opvang wind meester jacht avond suiker hal boot wedstrijd storing getijden streek schrijver basis
plein zomer nieuws uitnodiging veld tuin hoofd gebouw service opleiding stalling slot brand raad rand zorg bestuurder
vorming stad post keten wijk dienst week les banket oven straat paal lokaal brug beleid boek kast vreugde
""".split()  # noqa: SIM905 - a list of words reads as words
"""Words that stand beside the planted ones in compounds: talk knows them."""

PHRASES = (
    ("nl", "samen sterker morgen", "morgen samen en sterker"),
    ("nl", "goed begonnen werk", "werk goed of begonnen"),
    ("nl", "eerst kijken dan doen", "dan eerst doen en kijken"),
    ("nl", "gouden tip", "tip die gouden"),
    ("nl", "een dag zonder mail", "zonder een mail per dag"),
    ("nl", "slimmer omgaan met energie", "energie slimmer met omgaan"),
    ("nl", "stille werkplek", "werkplek waar stille"),
    ("nl", "de kunst van het weglaten", "weglaten is de kunst"),
    ("en", "lessons from the floor", "floor lessons from"),
    ("en", "quiet morning hour", "hour of quiet in the morning"),
    ("en", "walking meeting", "meeting while walking"),
    ("en", "second pair of eyes", "eyes of the second pair"),
)
"""Language, a phrase, and the same words as no phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A word, with all that it is found by and what only looks like it."""

    language: str
    word: str
    forms: tuple[str, ...]
    compounds: tuple[str, ...]
    lookalikes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is typed.

    Attributes:
        kind: ``word``, ``inflection``, ``compound``, ``phrase`` or ``two words``.
        answers: the planted words or phrases of which every document is an answer.
        wrong: those of which none is.
    """

    text: str
    kind: str
    answers: tuple[str, ...]
    wrong: tuple[str, ...] = ()


def families() -> tuple[Family, ...]:
    """All words."""
    found = []
    for language, lines in (("nl", _DUTCH), ("en", _ENGLISH)):
        for line in lines.strip().splitlines():
            told, _, lookalikes = line.partition("!")
            forms, _, compounds = told.partition("|")
            some = tuple(forms.split())
            found.append(
                Family(
                    language=language,
                    word=some[0],
                    forms=some,
                    compounds=tuple(compounds.split()),
                    lookalikes=tuple(lookalikes.split()),
                )
            )
    return tuple(found)


def questions() -> tuple[Question, ...]:
    """All questions: of each family its word, and another form of it; and each phrase."""
    found = []
    for number, family in enumerate(families()):
        answers = (*family.forms, *family.compounds)
        found.append(Question(text=family.word, kind="word", answers=answers, wrong=family.lookalikes))
        if len(family.forms) > 1:
            other = family.forms[1 + number % (len(family.forms) - 1)]
            found.append(Question(text=other, kind="inflection", answers=answers, wrong=family.lookalikes))
    found += [
        Question(text=f'"{phrase}"', kind="phrase", answers=(phrase,), wrong=(other,)) for _, phrase, other in PHRASES
    ]
    return tuple(found)
