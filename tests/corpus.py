"""A corpus of any size, the same on every computer: plain talk in Dutch and English, in which words are planted.

Words of the talk are as frequent as words are (Zipf); its rare ones are made of syllables, so that there are many, as
in real texts, and Dutch ones are joined into compounds. None of them holds a word that is planted.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate

from questions import COMPANIONS, PHRASES, families

from linksync.knowledge.document import Document, Giver
from linksync.knowledge.extracted import Extract

_COMMON = {
    "nl": """de het een en van in is op te dat die voor met zijn aan niet ook als er maar om dan bij nog naar uit door
    over worden wij ons onze deze heeft hebben kan kunnen moet veel meer alle werk mensen tijd nieuwe goede eigen zorg
    team afspraak collega klant vraag idee week dag maand jaar project bedrijf bestuur overleg bezoek ervaring kennis
    middel doel groep stap keuze ruimte plek tafel regel taak kans hulp steun zaak soort deel punt vorm reden gevolg
    maken geven nemen zien komen weten vinden staan laten brengen houden zoeken denken delen helpen gebruiken kiezen
    bespreken proberen veranderen verbeteren groot klein lang kort snel vaak samen beter anders open vrij vast laat""",
    "en": """the a of to and in is that for with as on are this we it be by not or from at our have can will their new
    work people time good own care team agreement colleague customer question idea week day month year project company
    board visit experience knowledge means goal group step choice space place table rule task chance help support matter
    part point form reason result make give take see come know find stand let bring hold think share use choose
    discuss try change improve great small long short fast often together better other open free firm late""",
}
_ONSETS = "b br bl d dr f fr fl g gr h j k kl kr kn l m n p pl pr r s sl st str t tr v vl w z zw sch".split()  # noqa: SIM905 - sounds
_CORES = "a e i o u aa ee oo ie eu ij oe".split()  # noqa: SIM905 - sounds
_ENDS = "d f g k l m n p r s t cht lf lk lm ls mp nd ng nk ns nt rd rg rk rm rn rs rt st".split()  # noqa: SIM905 - sounds
_TAIL = {"nl": 60_000, "en": 30_000}
_HOSTS = ("stad-assen", "roc-delta", "zorggroep-oost", "winkel-zon", "waterschap-noord")
_STOPS = ("Assen", "Zwolle", "Deventer", "Arnhem", "Groningen")
_LEAST, _SHARE = 3, 1_600
"""Documents in which one form is planted at least; one of so many is."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A document and what was planted in it; empty for nothing."""

    document: Document
    word: str


class Talk:
    """Talk in a language, by chance."""

    def __init__(self, language: str, seed: int) -> None:
        """Begin."""
        self._chance = random.Random(f"{language} {seed}")
        common = [*_COMMON[language].split(), *(COMPANIONS if language == "nl" else ())]
        self._words = [*common, *self._rare(language, _TAIL[language], {*common})]
        self._weights = list(accumulate(1 / (rank + 3) ** 1.07 for rank in range(len(self._words))))

    def say(self, count: int) -> list[str]:
        """So many words."""
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def _rare(self, language: str, count: int, known: set[str]) -> list[str]:
        planted = {one for family in families() for one in (*family.forms, *family.compounds, *family.lookalikes)}
        roots = [word for word in sorted(known) if len(word) > 3]
        planted |= {word for _, phrase, other in PHRASES for word in f"{phrase} {other}".split()}
        found: dict[str, None] = {}
        while len(found) < count:
            made = "".join(self._syllable() for _ in range(self._chance.choice((2, 2, 3, 3))))
            if language == "nl" and self._chance.random() < 0.15:
                made = f"{self._chance.choice(roots)}{self._chance.choice(('', 's', ''))}{self._chance.choice(roots)}"
            made += self._chance.choice(("", "", "en", "s", "t") if language == "nl" else ("", "", "s", "ed", "ing"))
            if made not in known and not any(word in made for word in planted):
                found[made] = None
        return list(found)

    def _syllable(self) -> str:
        return "".join(self._chance.choice(sounds) for sounds in (_ONSETS, _CORES, _ENDS))


def corpus(count: int, *, words: int = 200, seed: int = 5) -> Iterator[Planted]:
    """So many documents, of about so many words; every word of the questions is planted in some of them.

    Raises:
        ValueError: there are fewer documents than are planted in.
    """
    chance = random.Random(seed)
    talk = {language: Talk(language, seed) for language in _COMMON}
    plants = [
        (family.language, word)
        for family in families()
        for word in (*family.forms, *family.compounds, *family.lookalikes)
    ]
    plants += [(language, text) for language, phrase, other in PHRASES for text in (phrase, other)]
    plants *= max(_LEAST, count // _SHARE)
    if count < len(plants):
        raise ValueError(f"{len(plants)} documents at least")
    rest = [("nl" if chance.random() < 0.7 else "en", "") for _ in range(count - len(plants))]
    order = [*plants, *rest]
    chance.shuffle(order)
    for number, (language, word) in enumerate(order):
        yield Planted(_document(number, language, word, talk[language], words, chance), word)


def _document(number: int, language: str, word: str, talk: Talk, words: int, chance: random.Random) -> Document:
    said = talk.say(chance.randint(words // 2, words * 3 // 2))
    for _ in range((1 if " " in word else 2) if word else 0):
        said.insert(chance.randrange(len(said)), word)
    text = _sentences(said, chance)
    at = number % len(_HOSTS)
    folder, day = f"data/{_HOSTS[at]}-{number // 50 % 20}", f"2011-11-{number % 30 + 1:02}"
    path = f"{folder}/stuk {number}.txt"
    giver = Giver(
        host=_HOSTS[at],
        stop=_STOPS[at],
        time=f"{day}T09:00:00Z",
        path=path,
        link="5" * 32,
        number=number % 30 + 1,
        contribution=folder,
    )
    return Document(
        digest=sha256(f"{number} {text}".encode()).digest(),
        place=path.replace("data/", "files/", 1),
        givers=(giver,),
        size=len(text),
        media_type="text/plain",
        family="text",
        audience="everyone" if number % 2 else "organisers",
        # one in ten says too little of its language
        extract=Extract(text=text, language=language if number % 10 else ""),
    )


def _sentences(words: list[str], chance: random.Random) -> str:
    told, at = [], 0
    while at < len(words):
        length = chance.randint(6, 18)
        told.append(" ".join(words[at : at + length]).capitalize() + ".")
        at += length
    return "\n".join(told)
